import datetime
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import danish, municipalities


@pytest.mark.parametrize(
    ("value", "decimals", "expected"),
    [
        (1234.5, 1, "1.234,5"),
        (1234567, 0, "1.234.567"),
        (0.5, 0, "1"),
        (1.5, 0, "2"),
        (2.5, 0, "3"),
        (2.675, 2, "2,68"),
        (1.005, 2, "1,01"),
        (-2.5, 0, "−3"),
        (-0.04, 1, "0,0"),
        (0.285 * 100, 0, "29"),
    ],
)
def test_numbers_are_rounded_half_up_and_written_in_danish(value, decimals, expected):
    assert danish.number(value, decimals) == expected


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_no_text_says_nan(value):
    with pytest.raises(ValueError, match="finite"):
        danish.number(value)


@settings(max_examples=50, deadline=None)
@given(st.integers(-(10**9), 10**9), st.integers(0, 3))
def test_a_written_number_reads_back(digits, decimals):
    text = danish.number(digits / 10**decimals, decimals)
    back = text.replace(".", "").replace(",", ".").replace("−", "-")
    assert round(float(back) * 10**decimals) == digits


def test_shares_are_written_as_percentages():
    assert danish.percent(0.55) == "55 pct."
    assert danish.percent(0.29, 1) == "29,0 pct."
    assert danish.percent_interval(0.263, 0.9398) == "26–94 pct."


def test_intervals_have_an_en_dash_but_not_beside_a_minus():
    assert danish.interval(22.31, 25.06) == "22,3–25,1"
    assert danish.interval(-1.5, 2) == "−1,5 til 2,0"


def test_words_are_joined_as_in_a_sentence():
    assert danish.join_words([]) == ""
    assert danish.join_words(["Læsø"]) == "Læsø"
    assert danish.join_words(["Læsø", "Fanø"]) == "Læsø og Fanø"
    assert danish.join_words(["Læsø", "Fanø", "Ærø"], "eller") == "Læsø, Fanø eller Ærø"


def test_genitives():
    assert danish.genitive("Roskilde") == "Roskildes"
    assert danish.genitive("Aarhus") == "Aarhus'"


def test_dates_are_written_in_full():
    assert danish.long_date(datetime.date(2023, 10, 5)) == "5. oktober 2023"


def test_the_danish_alphabet_ends_in_ae_oe_aa():
    names = [
        "Aarhus",
        "Ærø",
        "Vejle",
        "Assens",
        "Øster",
        "Aabenraa",
        "Zoo",
        "Müller",
        "Mynte",
        "Høje-Taastrup",
        "Høje",
    ]
    in_order = "Assens Høje Høje-Taastrup Müller Mynte Vejle Zoo Ærø Øster Aabenraa Aarhus"
    assert sorted(names, key=danish.sort_key) == in_order.split()


def test_the_98_are_in_danish_order():
    names = sorted((place.name for place in municipalities.everyone()), key=danish.sort_key)
    assert names[0] == "Albertslund"
    assert names[-3:] == ["Aabenraa", "Aalborg", "Aarhus"]
    assert names.index("Faxe") < names.index("Faaborg-Midtfyn")


def test_file_names_are_ascii_and_unlike():
    assert danish.slug("Læsø") == "laesoe"
    assert danish.slug("Ringkøbing-Skjern") == "ringkoebing_skjern"
    assert danish.slug("Hele landet") == "hele_landet"
    slugs = {danish.slug(place.name) for place in municipalities.everyone()}
    assert len(slugs) == 98
    assert all(slug.isascii() for slug in slugs)


def test_a_composed_and_a_decomposed_name_have_one_file_name():
    assert danish.slug("A\u030arhus") == danish.slug("Århus") == "aarhus"


def test_nothing_left_of_a_name_is_told():
    with pytest.raises(ValueError, match="letter or a digit"):
        danish.slug("–")
