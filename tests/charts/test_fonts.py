"""Letters: as wide as Matplotlib measures them, and the same words as curves."""

import re
from xml.etree import ElementTree

import pytest
from matplotlib.font_manager import get_font
from matplotlib.ft2font import LoadFlags
from published import figure

from analysis.charts import fonts, style
from analysis.charts.figure import picture

SVG = "{http://www.w3.org/2000/svg}"
LINKED = "{http://www.w3.org/1999/xlink}href"
WORDS = ("Lyngby-Taarbæk", "AV To fi 95 pct.", "1.029", "−2,5–3,1", "Å")


@pytest.mark.parametrize("weight", ["regular", "semibold", "bold"])
@pytest.mark.parametrize("words", WORDS)
def test_a_text_is_as_wide_as_it_is_drawn(words, weight):
    file = style.read_style().fonts[weight].get_file()
    font = get_font(file)
    font.set_size(200, 72)
    font.set_text(words, 0.0, flags=LoadFlags.NO_HINTING)
    assert fonts.width(words, file) == pytest.approx(font.get_width_height()[0] / 64 / 200, abs=0.01)


def test_letters_that_stand_close_are_closer_than_alone():
    file = style.read_style().fonts["regular"].get_file()
    assert fonts.width("AV", file) < fonts.width("A", file) + fonts.width("V", file)


def written(words, looks="", place='x="10" y="20"'):
    looks = f"font-size: 10px; font-family: 'Source Sans Pro', sans-serif{looks}; fill: #16202c"
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">'
        f'<text style="{looks}" {place}>{words}</text></svg>'
    )


def test_each_letter_is_drawn_once_and_used_where_it_stands():
    root = ElementTree.fromstring(fonts.as_curves(written("anna &amp; Bo")))
    drawn = {path.attrib["id"] for path in root.iter(f"{SVG}path")}
    used = [letter.attrib[LINKED].removeprefix("#") for letter in root.iter(f"{SVG}use")]
    assert len(used) == len("anna&Bo")
    assert set(used) == drawn
    assert len(drawn) == len(set("anna&Bo"))
    assert not list(root.iter(f"{SVG}text"))


@pytest.mark.parametrize(("anchor", "share"), [("start", 0.0), ("middle", 0.5), ("end", 1.0)])
def test_a_line_begins_where_its_anchor_puts_it(anchor, share):
    root = ElementTree.fromstring(fonts.as_curves(written("Køge", f"; text-anchor: {anchor}")))
    font = style.read_style().fonts["regular"].get_file()
    first = next(root.iter(f"{SVG}use"))
    assert float(first.attrib["x"]) == pytest.approx(-share * 1000 * fonts.width("Køge", font), abs=0.01)
    group = next(group for group in root.iter(f"{SVG}g") if "transform" in group.attrib)
    assert group.attrib["transform"] == "translate(10 20) scale(0.010000 -0.010000)"
    assert group.attrib["style"] == "fill: #16202c"


def test_a_turned_line_stays_turned():
    turned = fonts.as_curves(written("x", place='transform="translate(1 2) rotate(-18)"'))
    assert 'transform="translate(1 2) rotate(-18) scale(' in turned


def test_every_line_of_a_figure_becomes_curves():
    svg = picture(figure()).svg
    curves = fonts.as_curves(svg)
    assert "<text" not in curves and "font-family" not in curves
    lines = len(re.findall("<text", svg))
    assert lines > 20
    assert len(re.findall(r'transform="(?:translate\([^)]*\)|rotate\([^)]*\)| )+scale\(', curves)) == lines
