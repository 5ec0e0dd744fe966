"""Focus points: which evidence supports them, by hand; codes by role; quotations that a hand has passed."""

import pandas as pd
import pytest
from demo_home import home  # noqa: F401

from analysis import codebook, data
from analysis.subjects import focus_points, interviews
from analysis.subjects.focus_points import (
    HIDDEN,
    NONE,
    ONE,
    SEVERAL,
    WEAK,
    Evidence,
    evidence_of,
    read_focus_points,
    support,
)
from analysis.subjects.interviews import ROLE, count_codes, quotations


def piece(source: str, count: float | None, base: float = 9) -> Evidence:
    return Evidence(source, count, base, "fortalt")


def test_a_third_of_a_source_supports():
    assert piece("practice", 3).supports and not piece("practice", 2).supports
    assert piece("survey", 0.34, 1).supports and not piece("survey", 0.33, 1).supports


def test_what_is_withheld_supports_nothing():
    assert not piece("interview", None).supports


def test_several_sources_one_weak_none():
    assert support([piece("practice", 3), piece("interview", 9)]) == SEVERAL
    assert support([piece("practice", 3), piece("practice", 9), piece("interview", 1)]) == ONE
    assert support([piece("practice", 2)]) == WEAK
    assert support([]) == NONE


def test_support_is_hidden_where_what_is_withheld_could_have_given_it():
    assert support([piece("practice", 2), piece("interview", None)]) == HIDDEN
    assert support([piece("practice", 3), piece("interview", None)]) == ONE


# ---- the file


def test_there_are_six_points_and_each_key_is_in_the_data():
    rows = read_focus_points()
    assert rows["id"].unique().tolist() == list("123456")
    codes = set(data.read("codings")["code"])
    for _, row in rows.iterrows():
        if row["source"] == "interview":
            assert row["key"] in codes
        else:
            table = {"practice": "practices", "survey": "caseworkers"}[row["source"]]
            assert set(row["level"].split("|")) <= set(codebook.levels(row["key"], table))


def test_a_source_that_is_none_is_said(home):  # noqa: F811
    file = home / "data" / "focus_points.csv"
    file.write_text(file.read_text(encoding="utf-8").replace(",survey,", ",rumour,"), encoding="utf-8")
    with pytest.raises(ValueError, match="1 of 10 rows are not .first: row 3 = rumour"):
        read_focus_points()


def test_a_file_of_other_columns_is_said(home):  # noqa: F811
    (home / "data" / "focus_points.csv").write_text("id,point\n1,Et punkt\n", encoding="utf-8")
    with pytest.raises(ValueError, match="must have the columns id, point, source, key, level"):
        read_focus_points()


# ---- counted in the demonstration data


@pytest.fixture(scope="module")
def codes():
    return interviews.codes_by_role(5)


def counted(codes, source: str, key: str, level: str = "") -> Evidence:
    return evidence_of(pd.Series({"source": source, "key": key, "level": level}), codes, 2014, 5)


def test_practice_is_counted_in_the_nine(codes):
    found = counted(codes, "practice", "sparring_description", "partly|none")
    assert (found.count, found.base) == (6, 9)
    assert found.told == "Beskrivelse af sparring: delvist beskrevet eller ikke beskrevet i seks af ni"


def test_an_interview_counts_once_for_a_code(codes):
    codings = data.read("codings")
    expected = codings.loc[codings["code"].eq("It-systemer"), "interview"].nunique()
    assert counted(codes, "interview", "It-systemer").count == expected


def test_a_code_that_nobody_uses_is_none_of_all(codes):
    found = counted(codes, "interview", "Findes ikke")
    assert (found.count, found.base, found.supports) == (0, 18, False)


def test_a_hidden_code_is_told_as_hidden():
    hidden = interviews.codes_by_role(10)
    found = counted(hidden, "interview", "It-systemer")
    assert found.count is None and "diskretioneret" in found.told


def test_the_survey_is_counted_for_the_country(codes):
    found = counted(codes, "survey", "sparring_forum", "none")
    assert 0 < found.count < 1 and not found.supports


def test_the_trace_counts_its_headline(codes):
    table = focus_points.traced(codes, 2014)
    headline = focus_points.for_focus_points(table, "Roskilde")["headline"]
    assert len(table) == 6
    assert table.frame.loc[table.frame["support"].eq(SEVERAL), "id"].tolist() == ["3"]
    assert headline.startswith("Ét af seks fokuspunkter hviler på flere kilder, og ét kan følges")


# ---- codes and quotations


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
    assert len(alike) and not set(alike["place"]) & set(shown["place"])


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
