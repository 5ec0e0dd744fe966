"""Small changes for a publication: the figure made anew, its words with it, and nothing opened."""

import re

import pytest
from chart_gallery import (
    CHARTS,
    answers,
    funnel,
    intervals,
    intervals_in_panels,
    small_multiples,
    tile_map,
    timeline,
)
from figure_lint import lint, texts_of
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.text import Text

from analysis.charts.style import read_style


def names_of(drawing, names):
    return [text.get_text() for text, *_ in texts_of(drawing) if text.get_text() in names]


def test_a_headline_is_changed_and_the_alternative_text_follows():
    figure = intervals("Roskilde").but(headline="Roskilde ligger i midten")
    assert figure.headline == "Roskilde ligger i midten"
    assert "Roskilde ligger i midten" in figure.alt
    with pytest.raises(ValueError, match="headline"):
        intervals("Roskilde").but(headline="Roskilde har flere sager end resten af landet")


def test_rows_are_dropped_with_what_is_said_of_them_and_nothing_is_opened():
    figure = intervals("Roskilde")
    fewer = figure.but(drop=["Læsø", "Samsø"])
    assert "diskretioneret" in figure.alt.lower() and "Diskretioneret" in figure.note
    assert "diskretioneret" not in fewer.alt.lower() and "Diskretioneret" not in fewer.note
    hidden = (
        figure.but(drop=["Lejre", "Greve", "Solrød"]).table.frame.set_index("place").loc[["Læsø", "Samsø"]]
    )
    assert hidden["status"].eq("withheld").all() and hidden[["estimate", "low", "high", "n"]].isna().all(
        axis=None
    )
    assert len(figure.table.frame) == len(fewer.table.frame) + 2


def test_the_order_is_a_column_the_alphabet_or_as_told():
    figure, names = intervals("Roskilde"), ["Køge", "Lejre", "Greve"]
    assert names_of(figure.but(order=None).render(), names) == ["Greve", "Køge", "Lejre"]
    assert names_of(figure.but(order=names).render(), names) == names
    with pytest.raises(ValueError, match="`order` must be a column"):
        figure.but(order="navn").render()


@pytest.mark.parametrize("chart", [intervals, funnel, tile_map, small_multiples])
def test_highlighted_places_stand_out_but_not_in_the_accent(chart):
    figure = chart("Roskilde").but(highlight=["Køge"])
    drawing = figure.render(160)
    assert lint(drawing, 160) == []
    own = [text for text in drawing.findobj(Text) if text.get_text() == "Køge"]
    if chart is intervals:
        assert own[0].get_fontproperties().get_weight() == 700
    assert all(text.get_color() != read_style().colour("accent") for text in own)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"drop": ["Rokslide"]}, "Nearest: Roskilde"),
        ({"drop": "Køge"}, "list of names"),
        ({"drop": ["Roskilde"]}, "must leave Roskilde"),
        ({"colour": "red"}, "`colour` must be something that a `intervals` can be told"),
    ],
)
def test_what_cannot_be_changed_is_told(changed, told):
    with pytest.raises(ValueError, match=told):
        intervals("Roskilde").but(**changed)


def test_what_can_be_told_is_named_once():
    with pytest.raises(ValueError) as told:
        intervals("Roskilde").but(colour="red")
    named = re.findall(r"`(\w+)`", str(told.value).split("can be told ")[-1])
    assert {"order", "headline"} <= set(named) and len(named) == len(set(named))


@pytest.mark.parametrize("chart", CHARTS)
def test_a_remark_finds_marks_or_is_told_which_kinds_have_none(chart):
    figure = chart("Hele landet")
    has_none = figure.kind in ("matrix", "joint_display", "text_table")
    told = f"a `{figure.kind}` has none, as matrix, .*own" if has_none else "0 of [1-9][0-9]* marks"
    with pytest.raises(ValueError, match=told):
        figure.annotate({"place": "Atlantis"}, "her")


def test_a_remark_on_a_time_line_names_year_and_series():
    figure = timeline("Hele landet").annotate({"year": 2009, "series": "board"}, "første tal", (6, 5))
    assert "første tal" in [text.get_text() for text, *_ in texts_of(figure.render(160))]


def test_a_remark_on_a_bar_of_answers_is_tied_to_those_of_interest():
    figure = answers("Hele landet").annotate("Midtjylland", "her", (-30, 4))
    rows = figure.table.frame.query("place == 'Midtjylland' and answer == 'total'")
    drawing = figure.render(160)
    (line,) = [line for line in drawing.findobj(Line2D) if line.get_zorder() == 4.6]
    bars = [bar for bar in drawing.findobj(Rectangle) if bar.get_zorder() == 3 and bar.get_width() > 1]
    end = max(bar.get_x() + bar.get_width() for bar in bars)
    start = min(bar.get_x() for bar in bars if bar.get_width() > 8)
    length = end - start
    assert end - rows["estimate"].iloc[0] * length < line.get_xdata()[0] < end


@pytest.mark.parametrize("chart", [intervals, funnel, tile_map, small_multiples])
def test_a_remark_stands_beside_a_mark(chart):
    figure = chart("Roskilde").annotate("Køge", "ny praksis", (4, 5))
    assert "ny praksis" in [text.get_text() for text, *_ in texts_of(figure.render(160))]
    assert figure.alt == chart("Roskilde").alt


def test_a_remark_in_panels_names_its_panel():
    figure = intervals_in_panels("Roskilde")
    with pytest.raises(ValueError, match="2 of .* marks"):
        figure.annotate("Køge", "her")
    assert figure.annotate({"place": "Køge", "area": "at_risk"}, "her").annotations


def test_a_remark_without_a_mark_or_without_room_is_told():
    with pytest.raises(ValueError, match="0 of .* marks"):
        intervals("Roskilde").annotate("Læsø", "skjult")
    with pytest.raises(ValueError, match="must leave the remark in the figure"):
        intervals("Roskilde").annotate("Køge", "langt ude til højre", (200, 0))
