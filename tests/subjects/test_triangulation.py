"""The rule of agreement by hand, and how what comes of it is told."""

import pandas as pd
import pytest

from analysis import codebook
from analysis.disclosure import declare_public
from analysis.subjects import triangulation
from analysis.subjects.triangulation import MOST_FREQUENT, Theme, compare, judge, practice_of, seen
from analysis.synthetic.mapping import make_practices

NUMBER = Theme("Timer", "sparring_hours")
SHARE = Theme("Program", "has_fixed_introduction", level="yes", opposite="no")


@pytest.fixture
def visited() -> pd.DataFrame:
    """The nine of the demonstration data."""
    rows = make_practices()
    levels = {column: codebook.levels(column, "practices") for column in rows}
    for column, words in levels.items():
        if words:
            rows[column] = pd.Categorical(rows[column], categories=list(words))
    return rows


def national(
    estimate: float, low: float | None = None, high: float | None = None, level: str = ""
) -> pd.Series:
    return pd.Series({"estimate": estimate, "low": low, "high": high, "level": level})


@pytest.mark.parametrize(
    ("same", "opposite", "known", "expected"),
    [
        (6, 0, 9, "confirms"),
        (5, 0, 9, "nuances"),
        (0, 6, 9, "contradicts"),
        (0, 5, 9, "nuances"),
        (4, 0, 6, "confirms"),
        (0, 0, 0, "silent"),
    ],
)
def test_two_thirds_decide(same, opposite, known, expected):
    assert judge(same, opposite, known) == expected


def test_without_a_national_estimate_the_survey_is_silent():
    assert judge(9, 0, 9, asked=False) == "silent"
    assert compare(NUMBER, pd.Series([1.0, 2.0]), None) == (0, 0)


def test_a_number_is_as_the_country_within_a_tenth_and_the_opposite_beyond_a_half():
    hours = pd.Series([2.0, 2.2, 2.21, 1.8, 1.0, 0.99, 3.01])
    assert compare(NUMBER, hours, national(2.0)) == (3, 2)


def test_a_share_is_held_to_what_the_majority_says():
    practice = pd.Series(["yes", "yes", "no"])
    assert compare(SHARE, practice, national(0.6, 0.55, 0.65)) == (2, 1)
    assert compare(SHARE, practice, national(0.4, 0.35, 0.45)) == (1, 2)


def test_a_divided_country_is_neither_confirmed_nor_contradicted():
    assert compare(SHARE, pd.Series(["yes"] * 9), national(0.5, 0.45, 0.55)) == (0, 0)


def test_an_answer_is_held_to_the_most_frequent():
    theme = Theme("Forum", "sparring_forum", answer=MOST_FREQUENT)
    assert compare(theme, pd.Series(["informal", "team_meeting"]), national(0.7, level="team_meeting")) == (
        1,
        1,
    )


def test_lesser_difficulty_is_not_the_opposite_of_difficulty(visited):
    theme = next(theme for theme in triangulation.themes() if theme.column == "handover_difficulty")
    assert compare(theme, practice_of(theme, visited), national(0.55, 0.53, 0.57)) == (2, 0)


def test_a_theme_is_asked_only_where_it_is_relevant(visited):
    theme = next(theme for theme in triangulation.themes() if theme.column == "has_mentor")
    assert seen(theme, practice_of(theme, visited)) == "Ja\u00a05, nej\u00a01"


def test_what_was_seen_is_counted(visited):
    assert seen(NUMBER, practice_of(NUMBER, visited)) == "1,0–3,0, median 2,0"
    responsible = Theme("", "sparring_responsible")
    found = seen(responsible, practice_of(responsible, visited))
    assert found == "Lederen\u00a04, faglig koordinator\u00a03, kolleger på skift\u00a02"


def test_every_theme_names_a_column_and_levels_of_the_codebook():
    for theme in triangulation.themes():
        if theme.column:
            levels = codebook.levels(theme.column, "practices")
            assert {theme.level, theme.opposite} - {None} <= set(levels)


def display(*agreements: str, synthetic: bool = True):
    rows = pd.DataFrame({"theme": [f"Tema {i}" for i in range(len(agreements))], "agreement": agreements})
    return declare_public(rows, "Invented for a test.", synthetic)


def headline(*agreements: str, synthetic: bool = True) -> str:
    return triangulation.for_joint(display(*agreements, synthetic=synthetic), "Hele landet", 2014)["headline"]


def test_the_headline_counts():
    counted = (
        "bekræfter det landsdækkende billede på ét tema og nuancerer det på to; ét kan ikke sammenholdes"
    )
    assert headline("confirms", "nuances", "nuances", "silent", synthetic=False) == f"De ni {counted}"
    assert headline("confirms", "nuances", "nuances", "silent") == (
        f"Eksempel på metoden med opdigtede data: de ni {counted}"
    )
    assert "kan ikke holdes op" in headline("silent", "silent")


def test_invented_data_confirm_nothing_of_the_report():
    invented = triangulation.conclusion(display("confirms", "nuances"))
    assert invented.startswith("**Opdigtede data:**") and "hverken bekræfter eller afkræfter" in invented
    assert "Efter reglen" not in invented
    delivered = triangulation.conclusion(display("confirms", "nuances", synthetic=False))
    assert delivered.startswith("**Data:** Efter reglen bekræfter") and "afkræfter" not in delivered


def test_the_conclusion_names_a_contradiction():
    said = triangulation.conclusion(display("confirms", "contradicts", synthetic=False))
    assert "De modsiger det af tema 1." in said and "Ingen temaer modsiges" not in said
    assert triangulation.conclusion(display("silent")).startswith("Ingen temaer kan sammenholdes")
