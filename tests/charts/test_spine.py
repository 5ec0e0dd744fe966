"""The spine of a place: every measure once, as its own table has it."""

import pandas as pd
import pytest
from figure_lint import lint, texts_of

from analysis import measures, views


@pytest.mark.parametrize("place", ["Roskilde", "Læsø", "Landkommuner", "Hele landet"])
def test_the_spine_holds_each_measure_of_the_place_as_the_gate_let_it_through(place):
    figure = views.spine(place, year=2014)
    rows = figure.table.frame
    assert list(dict.fromkeys(rows["measure"])) == measures.names()
    for name in measures.names():
        whole = measures.measure(name, 2014).frame
        whole = whole[whole["place"].eq(place)].reset_index(drop=True)
        own = rows[rows["measure"].eq(name) & rows["place"].eq(place)].reset_index(drop=True)
        columns = ["place", "estimate", "low", "high", "n", "status"]
        pd.testing.assert_frame_equal(own[columns], whole[columns])
    differ = rows[rows["place"].eq(place)]["verdict"].isin(["over", "under"]).sum()
    if place != "Hele landet":
        assert str(differ) in figure.headline or "ingen" in figure.headline
    assert lint(figure.render(160), 160) == []


def test_the_span_is_that_of_the_municipalities_that_are_shown():
    parts = views.spine("Roskilde", year=2014).options["parts"]
    rows = measures.measure("caseload", 2014).select(place_level="municipality", status="shown").frame
    for area, own in rows.groupby("area"):
        assert parts["caseload"].spans[area] == (own["estimate"].min(), own["estimate"].max())


def test_a_measure_that_is_withheld_says_so_and_not_where_it_lies():
    written = [text.get_text() for text, *_ in texts_of(views.spine("Læsø", year=2014).render(160))]
    assert written.count("diskretioneret") == 10
