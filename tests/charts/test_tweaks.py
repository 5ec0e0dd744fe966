"""Small changes for a publication: the figure made anew, its words with it, and nothing opened."""

import pytest
from chart_gallery import funnel, intervals, intervals_in_panels, matrix, small_multiples, tile_map
from figure_lint import lint, texts_of
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
    with pytest.raises(ValueError, match="0 of 0 marks"):
        matrix("Roskilde").annotate("Kommune A", "her")
    with pytest.raises(ValueError, match="must leave the remark in the figure"):
        intervals("Roskilde").annotate("Køge", "langt ude til højre", (200, 0))
