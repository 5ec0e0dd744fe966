"""How numbers spread among colleagues: shares by hand, drawn as any figure, and said to be not asked where so."""

import numpy as np
import pandas as pd
import pytest
from figure_lint import lint

from analysis import charts, data
from analysis.subjects import distributions

YEAR = 2014


@pytest.fixture(scope="module")
def caseloads():
    return distributions.spread("caseload", YEAR)


def test_shares_are_weighted_and_add_up(caseloads):
    people = data.read("caseworkers", YEAR).dropna(subset=["caseload"])
    people = people[people["area"].eq("at_risk")]
    inside = people["caseload"].between(30, 39)
    by_hand = np.average(inside, weights=people["weight"])
    row = caseloads.row(area="at_risk", level="30 til under 40")
    assert row["estimate"] == pytest.approx(by_hand, abs=0.006) and row["n"] == len(people)
    shown = caseloads.frame.query("status == 'shown'")
    assert shown.groupby("area")["estimate"].sum().to_list() == pytest.approx([1, 1], abs=0.03)


@pytest.mark.parametrize("variable", ["caseload", "sparring_hours"])
def test_the_figure_is_the_same_for_every_place_and_says_which_class_most_are_in(variable):
    table = distributions.spread(variable, YEAR)
    figure = charts.own(table, distributions.draw, **distributions.for_spread(table, "Roskilde"))
    for width in (80, 160):
        assert lint(figure.render(width), width) == []
    most = table.frame.sort_values("estimate").groupby("area")["level"].last()
    assert all(name in figure.headline for name in most)
    assert "Roskilde" not in f"{figure.headline}{figure.description}{figure.note}{figure.alt}"


def test_a_number_that_was_not_asked_for_is_a_card(monkeypatch):
    read = data.read
    monkeypatch.setattr(data, "digest", lambda: "without hours")
    monkeypatch.setattr(data, "read", lambda *named: read(*named).assign(sparring_hours=pd.NA))
    table = distributions.spread.__wrapped__("sparring_hours", YEAR)
    words = distributions.for_spread(table, "Roskilde")
    assert words["headline"] == "Timer til faglig sparring: ikke spurgt i 2014"
    assert table.frame["place"].to_list() == ["Udsatteområdet", "Handicapområdet"]
    assert charts.own(table, distributions.draw, **words).render(160).axes == []
