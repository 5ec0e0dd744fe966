"""Personal data in a delivery stops the build, by count and column, and is never repeated."""

import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.readers.personal import check_personal, find_personal, looks_personal

CPR = ["0101701234", "010170-1234", "010170 1234", "Ring om 311299-4321.", "x0101701234x", "6101701234"]
EMAIL = ["anne@example.dk", "Skriv til a.b+c@mail.roskilde.dk!", "æble@x.dk"]
PHONE = [
    "12 34 56 78",
    "2345 6789",
    "23456789",
    "+45 23456789",
    "0045 23 45 67 89",
    "Tlf.: 23-45-67-89",
    "234 56 789",
]
HARMLESS = [
    "Vi sparrer 2 timer om ugen",
    "0265",
    "2014-12-01",
    "20141201",
    "01.12.2014",
    "sag 1234567890123",
    "9999999999",
    "3.104 sager, 12.500.000 kr.",
    "@ mødet",
    "kl. 10.30-11.15",
    "",
]


def kinds(text):
    return set(find_personal(pd.DataFrame({"comment": [text]}))["kind"])


@pytest.mark.parametrize("text", CPR)
def test_cpr_numbers_are_found_with_and_without_hyphen(text):
    assert kinds(text) == {"a CPR number"}


@pytest.mark.parametrize("text", EMAIL)
def test_email_addresses_are_found(text):
    assert kinds(text) == {"an e-mail address"}


@pytest.mark.parametrize("text", PHONE[1:])
def test_telephone_numbers_are_found(text):
    assert kinds(text) == {"a telephone number"}


@pytest.mark.parametrize("text", HARMLESS + PHONE[:1])
def test_ordinary_answers_pass(text):
    assert kinds(text) == set()


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
    assert "1234" not in message
    assert "anne" not in message


def test_a_clean_delivery_passes():
    check_personal(pd.DataFrame({"comment": HARMLESS, "caseload": range(len(HARMLESS))}), "survey.csv")


def test_cpr_numbers_stored_as_numbers_are_found_with_the_zero_lost():
    found = find_personal(pd.DataFrame({"id": [101701234, 3112994321, np.nan]}))
    assert found[["column", "kind", "count"]].to_numpy().tolist() == [["id", "a CPR number", 2]]


def test_running_numbers_are_no_cpr_numbers():
    assert find_personal(pd.DataFrame({"id": np.arange(1_000_000_000, 1_000_000_500)})).empty


def test_categories_are_counted_by_rows():
    answers = pd.Series(["23456789", "nej", "23456789"], dtype="category")
    assert find_personal(pd.DataFrame({"answer": answers}))["count"].tolist() == [2]


@settings(max_examples=60, deadline=None)
@given(
    st.dates(),
    st.integers(0, 9999),
    st.sampled_from(["", "-", " ", "–", " - "]),
    st.text(alphabet="abc æøå.,", max_size=10),
)
def test_any_cpr_number_in_any_text_is_found_and_not_repeated(born, serial, between, around):
    number = f"{born:%d%m}{born.year % 100:02}{between}{serial:04}"
    answers = pd.DataFrame({"text": [around + " " + number + " " + around]})
    with pytest.raises(ValueError, match="CPR number") as caught:
        check_personal(answers, "delivery")
    assert number not in str(caught.value)
    assert not re.search(r"\d{4,}", str(caught.value))


@pytest.mark.parametrize("name", ["email", "Fornavn", "CPR"])
def test_columns_named_as_personal_data_are_told(name):
    with pytest.raises(ValueError, match=f"first: `{name}`"):
        check_personal(pd.DataFrame({name: ["x"], "area": [1]}), "survey")


def test_which_values_hold_personal_data():
    values = pd.Series(["991370-1234", None, "0101701234"], index=[7, 8, 9], dtype="string")
    assert looks_personal(values).to_dict() == {7: False, 8: False, 9: True}
