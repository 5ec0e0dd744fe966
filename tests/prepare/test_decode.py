import pandas as pd
import pytest

from analysis.prepare.decode import decode, municipality_codes

LEVELS = {"yes": "Ja", "no": "Nej", "dont_know": "Ved ikke"}


def column(*values):
    return pd.Series(list(values), name="has_mentor", dtype=object)


@pytest.mark.parametrize(
    ("values", "labels"),
    [
        (column(1, 2, 3, None), {1: "Ja", 2: "Nej ", 3: "Ved  ikke"}),
        (column(2, 1, 9, None), {2: "JA", 1: "nej", 9: "ved ikke"}),
        (column("Ja", "Nej", "Ved ikke", None), None),
        (column("yes", "no", "dont_know", None), {}),
    ],
    ids=["codes", "another order", "labels", "levels"],
)
def test_codes_and_labels_become_levels(values, labels):
    got = decode(values, LEVELS, labels)
    assert got[:3].tolist() == ["yes", "no", "dont_know"] and got.isna().tolist() == [False] * 3 + [True]


def test_the_sidecar_may_say_what_a_code_means():
    assert decode(column(7, 8), LEVELS, {}, {7: "yes", 8: "no"}).tolist() == ["yes", "no"]


def test_a_value_that_is_no_level_is_told():
    with pytest.raises(
        ValueError, match=r"`has_mentor` must be one of Ja, Nej, Ved ikke, but 2 of 3 .*first: Måske"
    ):
        decode(column(1, 4, 4), LEVELS, {1: "Ja", 4: "Måske"})


@pytest.mark.parametrize("value", [265, "265", "0265", 265.0, "Roskilde", "Roskilde Kommune"])
def test_municipalities_are_found_in_any_form(value):
    assert municipality_codes(column(value)).tolist() == ["0265"]


def test_codes_of_a_tool_are_read_by_their_label():
    assert municipality_codes(column(12, 13), {12: "Århus", 13: "Læsø"}).tolist() == ["0751", "0825"]


def test_an_unknown_municipality_is_told():
    with pytest.raises(ValueError, match=r"98 municipality codes, but 1 of 2 rows are not \(first: 999\)"):
        municipality_codes(column(265, 999))
