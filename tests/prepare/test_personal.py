"""Personal data in a delivery stops the build, by count and column, and is never repeated."""

import dataclasses
import random
import re
import string

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.readers.personal import (
    check_personal,
    check_texts,
    find_personal,
    kinds_in,
    names_person,
    strings_of,
)

CPR = [
    "0101701234",
    "010170-1234",
    "010170 1234",
    "Ring om 311299-4321.",
    "x0101701234x",
    "6101701234",
    "01-01-70-1234",
    "01.01.70-1234",
    "01/01/70 1234",
    "01-01-1970-1234",
    "01011970-1234",
    "010119701234",
    "010170/1234",
    "010170.1234",
    "010170_1234",
    "010170:1234",
    "010170--1234",
    "010170 - 1234",
    "010170\u20131234",
    "010170\u20111234",
    "010170\u22121234",
    "010170\u00b71234",
    "010170\u00a01234",
    "010170\u20091234",
    "010170\u200b-\u200b1234",
    "0101\u00ad701234",
    "01 01 70 1234",
    "01 01 70 12 34",
    "0 1 0 1 7 0 1 2 3 4",
    "0-1-0-1-7-0-1-2-3-4",
    "010 170 1234",
    "0101 7012 34",
    "０１０１７０\uff0d１２３４",
    "٠١٠١٧٠-١٢٣٤",
    "CPR:010170-1234,",
    "(010170)1234",
    "010170\n1234",
    "010170-\r\n1234",
    "010170&nbsp;1234",
    "12.01701234",
    "3.0101701234",
    "1,01701234E+08",
    "1.01701234e8",
]
EMAIL = [
    "anne@example.dk",
    "Skriv til a.b+c@mail.roskilde.dk!",
    "æble@x.dk",
    "anne (at) example.dk",
    "anne(at)example.dk",
    "anne[at]example[dot]dk",
    "anne {at} example (dot) dk",
    "anne(a)example.dk",
    "anne snabel-a example.dk",
    "anne(snabela)example.dk",
    "anne at example.dk",
    "anne at example dot dk",
    "anne\uff20example.dk",
    "anne\ufe6bexample.dk",
    "anne @ example.dk",
    "anne@ example . dk",
    "anne\u200b@example.dk",
    "anne@kommunen",
    "anne[@]example.dk",
    "anne(@)example.dk",
    "anne_at_example.dk",
    "anne-at-example.dk",
    "anne&#64;example.dk",
    "anne%40example.dk",
    '"anne h"@example.dk',
    "mailto:ANNE.HANSEN@EXAMPLE.DK",
]
PHONE = [
    "2345 6789",
    "23456789",
    "+45 23456789",
    "+4523456789",
    "0045 23 45 67 89",
    "(+45) 23 45 67 89",
    "Tlf.: 23-45-67-89",
    "tlf:23456789",
    "23.45.67.89",
    "23/45/67/89",
    "234 56 789",
    "23 456 789",
    "234 567 89",
    "23 45 6789",
    "2345 67 89",
    "23 456789",
    "23-456789",
    "23 4567 89",
    "2 3 4 5 6 7 8 9",
    "23 45-67 89",
    "23\u00a045\u00a067\u00a089",
    "23\u201345\u201367\u201389",
    "２３４５６７８９",
    "4523456789",
    "(23) 45 67 89",
    "23\u22c545\u22c567\u22c589",
    "+46 70 123 45 67",
    "00 46 701234567",
]
HARMLESS = [
    "Vi sparrer 2 timer om ugen",
    "0265",
    "2014-12-01",
    "20141201",
    "01.12.2014",
    "31-12-2014",
    "23.11.2014",
    "31-12-2014 12:30",
    "2012-11-10 10:30",
    "2012-11-10T10:30:15",
    "sag 1234567890123",
    "9999999999",
    "3.104 sager, 12.500.000 kr.",
    "23.450.000 kr.",
    "23 450 000",
    "@ mødet",
    "vi ses @ mødet. Der var mange",
    "look at me. Then go",
    "A&B, 5 & 6",
    "format_at_import.de_facto",
    "kl. 10.30-11.15",
    "kl. 20.30-21.15",
    "2014 2015",
    "2014-2015",
    "2019/2020",
    "2014, 2015 og 2016",
    "27.35.08-G01-12-14",
    "0 1 2 3 4 5 6 7 8 9 10",
    "12, 10, 14, 16 og 20 sager",
    "37,5 timer; 40,25 timer",
    "12 34 56 78",
    "5798001234567",
    "9db66bd1cc75d3fbd920965bf4e1f6901c7e0180d016bf2ab464723ec8e83fa4",
    "b70692a5-f0d2-0619-2323-010170123456",
    "1.0, 2.0, 3.0",
    "0.010170123456",
    "1.201701234",
    "12.0119701234",
    "1,2317012345678",
    "-0.0101701234567e-05",
    "",
]


@pytest.mark.parametrize("text", CPR)
def test_cpr_numbers_are_found_in_all_spellings(text):
    assert "a CPR number" in kinds_in(text)
    assert "a CPR number" in kinds_in(f"Barnet {text} er flyttet")


@pytest.mark.parametrize("text", EMAIL)
def test_email_addresses_are_found(text):
    assert kinds_in(text) == ["an e-mail address"]


@pytest.mark.parametrize("text", PHONE)
def test_telephone_numbers_are_found_in_all_groupings(text):
    assert kinds_in(text) == ["a telephone number"]
    assert kinds_in(f"ring på {text} efter kl. 9") == ["a telephone number"]


@pytest.mark.parametrize("text", HARMLESS)
def test_ordinary_answers_pass(text):
    assert kinds_in(text) == []


CODES = {
    "seven digits": lambda draw: f"{draw.randrange(10**6, 10**7)}",
    "nine digits": lambda draw: f"{draw.randrange(10**8, 10**9)}",
    "case numbers by year": lambda draw: f"20{draw.randrange(10, 27)}-{draw.randrange(10**4, 10**5)}",
    "letters before": lambda draw: f"{draw.choice(string.ascii_uppercase)}{draw.randrange(10**5, 10**6)}",
    "KLE": lambda draw: f"27.{draw.randrange(100):02}.{draw.randrange(100):02}-G{draw.randrange(100):02}",
    "EAN": lambda draw: f"57980{draw.randrange(10**7, 10**8)}",
    "amounts": lambda draw: f"{draw.randrange(1, 99)}.{draw.randrange(1000):03}.{draw.randrange(1000):03},00",
    "times": lambda draw: f"{draw.randrange(24):02}.{draw.randrange(60):02}-{draw.randrange(24):02}.30",
    "dates": lambda draw: f"{draw.randrange(1, 29):02}.{draw.randrange(1, 13):02}.20{draw.randrange(10, 27)}",
}


@pytest.mark.parametrize("kind", CODES)
def test_codes_that_are_like_telephone_numbers_hardly_ever_alarm(kind):
    draw = random.Random(7)
    alarms = [code for code in (CODES[kind](draw) for _ in range(2000)) if kinds_in(f"sag {code} er lukket")]
    assert len(alarms) <= 0.01 * 2000, alarms[:5]


def test_ten_digits_alarm_no_oftener_than_days_and_months_fall():
    draw = random.Random(7)
    alarms = sum(bool(kinds_in(f"{draw.randrange(10**9, 10**10)}")) for _ in range(4000))
    assert 0.03 < alarms / 4000 < 0.10


@pytest.mark.parametrize(
    "name",
    ["email", "Fornavn", "CPR", "personnummer", "pnr", "Fødselsdato", "foedselsdato_barn", "IP-adresse", "ip"]
    + [
        "E-mail",
        "email_2",
        "respondentEmail",
        "Tlf.nr.",
        "CPR-nr",
        "ＣＰＲ",
        "mobil nr",
        "date of birth",
        "p\u200bnr",
    ],
)
def test_columns_named_as_personal_data_are_told(name):
    assert names_person(name)
    with pytest.raises(ValueError, match="1 of 2 columns are named so"):
        check_personal(pd.DataFrame({name: ["x"], "area": [1]}), "survey")


@pytest.mark.parametrize(
    "name",
    ["municipality", "area", "s_12", "numberofreturnedmail", "kommunenavn", "tip", "name", "opgave_post"],
)
def test_ordinary_names_of_columns_pass(name):
    assert not names_person(name)


def test_the_error_counts_and_names_columns_and_never_the_value():
    answers = pd.DataFrame(
        {
            "respondent": range(4),
            "comment": ["intet", None, "mit nummer er 010170-1234", "010170-1234 og anne@example.dk"],
        }
    )
    with pytest.raises(ValueError, match="survey.csv") as caught:
        check_personal(answers, "survey.csv")
    message = str(caught.value)
    assert "`comment` has what looks like a CPR number in 2 of 4 rows (first: row 3)" in message
    assert "an e-mail address in 1 of 4 rows (first: row 4)" in message
    assert "Names and addresses of people are not looked for" in message
    assert "1234" not in message
    assert "anne" not in message


def test_a_clean_delivery_passes():
    check_personal(pd.DataFrame({"comment": HARMLESS, "caseload": range(len(HARMLESS))}), "survey.csv")
    check_texts({"labels": HARMLESS}, "survey.csv")


def test_a_column_whose_name_is_somebodys_number_is_told_without_it():
    with pytest.raises(ValueError, match="1 of 2 of the names of columns") as caught:
        check_personal(pd.DataFrame({"area": [1], "svar 010170-1234": [1]}), "survey")
    assert "1234" not in str(caught.value)


def test_texts_beside_the_table_are_searched_and_the_name_of_the_delivery_too():
    with pytest.raises(ValueError, match=r"a telephone number in 1 of 2 of labels \(first: number 2\)"):
        check_texts({"labels": ["ja", "ring 23456789"]}, "survey")
    with pytest.raises(ValueError, match="of the name of the delivery") as caught:
        check_texts({}, "interview 010170-1234.qdpx")
    assert "1234" not in str(caught.value)


def test_every_string_of_a_nested_thing_is_found():
    found = strings_of({"a": ["b", {"c": 1}], "d": None, "e": True, "f": 0.1201701234})
    assert found == ["a", "b", "c", "1", "d", "e", "f"]


@pytest.mark.parametrize("values", [[101701234, 3112994321, np.nan], [5, 7, 101701234], [10119701234, 1, 2]])
def test_cpr_numbers_stored_as_numbers_are_found_with_the_zero_lost(values):
    assert find_personal(pd.DataFrame({"id": values}))["kind"].tolist() == ["a CPR number"]
    as_text = pd.DataFrame({"id": [str(value) for value in values]})
    assert find_personal(as_text)["kind"].tolist() == ["a CPR number"]


def test_running_numbers_are_no_cpr_numbers():
    assert find_personal(pd.DataFrame({"id": np.arange(1_000_000_000, 1_000_000_500)})).empty
    assert find_personal(pd.DataFrame({"id": np.arange(500)})).empty


def test_categories_are_counted_by_rows():
    answers = pd.Series(["23456789", "nej", "23456789"], dtype="category")
    assert find_personal(pd.DataFrame({"answer": answers}))["count"].tolist() == [2]


@settings(max_examples=60, deadline=None)
@given(
    st.dates(),
    st.integers(0, 9999),
    st.sampled_from(["", "-", " ", "–", " - ", "\u2009", "/", "."]),
    st.text(alphabet="abc æøå.,", max_size=10),
)
def test_any_cpr_number_in_any_text_is_found_and_not_repeated(born, serial, between, around):
    number = f"{born:%d%m}{born.year % 100:02}{between}{serial:04}"
    answers = pd.DataFrame({"text": [around + " " + number + " " + around]})
    with pytest.raises(ValueError, match="CPR number") as caught:
        check_personal(answers, "delivery")
    assert number not in str(caught.value)
    assert not re.search(r"\d{4,}", str(caught.value))


# ---- nothing that comes in is left out


def test_a_number_in_any_text_of_a_delivery_stops_the_build(tmp_path, monkeypatch):
    """A sidecar, a name of a code, a case or a coder, a label: each is read before anything is built."""
    from analysis import prepare
    from analysis.prepare import sidecars

    found = sidecars.read_sidecars()
    for sidecar in found:
        guilty = dataclasses.replace(sidecar, notes="spørg 010170-1234")
        with pytest.raises(ValueError, match=rf"a CPR number in 1 of \d+ of {re.escape(sidecar.file.name)}"):
            prepare.prepare_all([guilty])
    coded = next(sidecar for sidecar in found if "codings" in sidecar.tables)
    whole = prepare.read_refi_qda(coded.paths()[0])
    guilty = {
        "codes": whole.codes.assign(name="ring 23456789"),
        "cases": whole.cases.assign(name="anne (at) example.dk"),
        "codings": whole.codings.assign(coder="010170 1234"),
        "sources": whole.sources.assign(name="Interview 010170-1234"),
        "name": "tlf. 23 45 67 89",
    }
    for part, value in guilty.items():
        project = dataclasses.replace(whole, **{part: value})
        monkeypatch.setattr(prepare, "read_refi_qda", lambda path, project=project: project)
        with pytest.raises(ValueError, match="must hold no personal data"):
            prepare.prepare_interviews(coded)


@pytest.mark.parametrize("part", ["labels", "questions", "answers"])
def test_a_number_in_any_part_of_a_survey_stops_the_build(part, monkeypatch):
    from analysis import prepare
    from analysis.prepare import sidecars

    found = sidecars.read_sidecars()
    survey = next(sidecar for sidecar in found if "caseworkers" in sidecar.tables)
    whole = prepare.read_survey(survey)
    guilty = {
        "labels": whole.labels | {"s_1": {1: "010170-1234"}},
        "questions": whole.questions.assign(text="Ring til 23 45 67 89"),
        "answers": whole.answers.assign(not_in_the_sidecar="anne[at]example.dk"),
    }
    raw = dataclasses.replace(whole, **{part: guilty[part]})
    monkeypatch.setattr(prepare, "read_survey", lambda sidecar: raw)
    with pytest.raises(ValueError, match="must hold no personal data"):
        prepare.prepare_all(found)
