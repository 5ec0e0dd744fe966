"""Codes by role, and quotations that a hand has passed."""

import pandas as pd

from analysis import data
from analysis.subjects import interviews
from analysis.subjects.interviews import ROLE, count_codes, quotations


def codings(rows) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["interview", ROLE, "theme", "code", "segment"])


SAID = codings(
    [
        ("Leder 1", "leader", "Sparring", "Forum", "På teammødet."),
        ("Leder 1", "leader", "Sparring", "Forum", "Altid på teammødet."),
        ("Leder 2", "leader", "Sparring", "Forum", "På teammødet."),
        ("Sagsbehandler 1", "caseworker", "Sagstal", "Pres", "Der er pres på."),
    ]
)
HELD = pd.DataFrame(
    {"interview": ["Leder 1", "Leder 2", "Sagsbehandler 1"], ROLE: ["leader", "leader", "caseworker"]}
)


def test_codes_are_counted_by_interview_and_a_role_without_a_code_is_zero():
    rows = count_codes(SAID, HELD).set_index(["place", "role"])
    assert rows.loc[("Forum", "leader"), ["estimate", "n"]].tolist() == [2, 2]
    assert rows.loc[("Forum", "caseworker"), ["estimate", "n"]].tolist() == [0, 1]


def test_a_code_that_all_of_a_role_mention_is_withheld():
    counted_codes = count_codes(data.read("codings"), data.read("interviews"))
    alike = counted_codes[
        counted_codes["estimate"].isin([0]) | counted_codes["estimate"].eq(counted_codes["n"])
    ]
    shown = interviews.codes_by_role(5).frame.query("status == 'shown'")
    told = set(zip(shown["role"], shown["place"], strict=True))
    assert len(alike) and not set(zip(alike["role"], alike["place"], strict=True)) & told


def test_a_quotation_must_be_approved_word_for_word_in_the_same_role():
    approved = pd.DataFrame(
        [
            ("leader", "Forum", "På teammødet."),
            ("caseworker", "Forum", "På teammødet."),
            ("leader", "Forum", "På teammødet!"),
        ],
        columns=[ROLE, "code", "segment"],
    )
    found = quotations(SAID, approved)
    assert found[[ROLE, "segment"]].to_numpy().tolist() == [["leader", "På teammødet."]]
    assert "interview" not in found


def test_quotations_tell_the_role_and_no_number_of_an_interview():
    said = interviews.quotation_list()
    assert "leder" in said and "Leder 1" not in said and "Citaterne er opdigtede" in said
    assert interviews.quotation_list(("Findes ikke",)) == "Ingen citater er godkendt til offentliggørelse."
