"""Published figures: read, said, and coming out of the demonstration data wherever data can answer."""

import pytest

from analysis import data, measures
from analysis.measures import answers as distributions
from analysis.measures.answers import TOTAL
from analysis.subjects import published
from analysis.texts import say, sources

YEAR = 2014
# Published figure -> what the data say of it, in the figure's own unit.
IN_DATA = {
    "caseload_at_risk": lambda: measures.measure("caseload", YEAR).row(place_level="country", area="at_risk")[
        "estimate"
    ],
    "caseload_disability": lambda: measures.measure("caseload", YEAR).row(
        place_level="country", area="disability"
    )["estimate"],
    "handover_caseworkers": lambda: 100 * _handover("Sagsbehandler"),
    "handover_leaders": lambda: 100 * _handover("Leder"),
    "turnover": lambda: 100 * measures.measure("turnover", YEAR).row(place_level="country")["estimate"],
}


def _handover(role: str) -> float:
    answers = distributions.by_role("handover_difficult", YEAR)
    return answers.row(place=role, level=TOTAL)["estimate"]


@pytest.mark.parametrize("key", IN_DATA)
def test_published_figures_come_out_of_the_data(key):
    assert round(IN_DATA[key]()) == sources.figure(key)["value"]


def test_every_number_of_the_survey_is_held_to_the_data():
    """A number that is added to the published ones must be added above too."""
    figures = data.read("published_figures")
    numbers = figures[figures["study"].eq("national_survey") & figures["value"].notna()]
    assert {*numbers["id"], "turnover"} == set(
        IN_DATA
    )  # the report tells turnover without saying who counted


def test_training_is_felt_insufficient_by_many():
    share = measures.measure("introduction_insufficient", YEAR).row(place_level="country")
    assert sources.figure("training_insufficient")["study"] == "national_survey"
    assert share["estimate"] > 0.4


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("caseload_at_risk", "40 sager"),
        ("recommended_2020", "20–30 sager"),
        ("handover_leaders", "29 pct."),
        ("caseload_2009_children", "60 børn"),
    ],
)
def test_a_value_is_written_with_its_unit(key, said):
    assert sources.published(key) == said


def test_the_data_stand_beside_what_is_published():
    caseloads, turnover = measures.measure("caseload", YEAR), measures.measure("turnover", YEAR)
    said = published.beside(caseloads, "caseload_disability", "disability")
    assert "55 sager" in said and "på handicapområdet" in said
    assert "pct.." not in published.beside(turnover, "turnover")


@pytest.mark.parametrize(("inside", "word"), [(True, "inden for"), (False, "uden for")])
def test_a_delivery_is_held_to_the_published_number(inside, word):
    found = {"value": "22 pct.", "interval": "20–24 pct.", "inside": inside}
    said = say("shared", "beside", key="turnover", where="", found=found, source="Rapporten", invented=False)
    assert "I data: 22 pct." in said and f"ligger {word} intervallet" in said


def test_what_is_made_after_a_published_number_does_not_confirm_it():
    turnover = measures.measure("turnover", YEAR)
    assert "kan ikke bekræfte det" in published.beside(turnover, "turnover")
    assert "rammer det ikke" in published.beside(turnover, "handover_leaders")
    assert not any(
        "intervallet." in published.beside(turnover, key) for key in ("turnover", "handover_leaders")
    )


def test_who_counted_turnover_is_not_told_by_the_report():
    row = sources.figure("turnover")
    assert row["study"] == "deep_mapping" and row["counted_by"].startswith("Ikke oplyst")
    assert sources.figure("training_insufficient")["population"] == "Ikke oplyst"


def test_nothing_is_said_beside_a_withheld_number():
    hidden = measures.measure("turnover", YEAR, 100_000)
    said = published.beside(hidden, "turnover")
    assert "diskretioneret" in said and "interval" not in said


def test_the_recommended_ranges_stand_in_their_order_and_judge_nobody():
    said = published.recommended_caseload()
    assert said.index("30–45") < said.index("25–35")
    assert "20–30 siden februar 2020" in said and "ikke som målestok" in said and "ikke kendt her" in said
    assert not any(word in said for word in ("over spændet", "under spændet"))


def test_an_unknown_figure_names_the_known():
    with pytest.raises(
        KeyError, match="`sagstal` must be an id of data/raw/published_figures.csv .*turnover"
    ):
        sources.figure("sagstal")
