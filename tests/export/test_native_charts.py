"""Charts of Excel and PowerPoint are the figure's own, row by row; where they can't be, its picture stands there."""

import io
import re
from dataclasses import replace
from xml.etree import ElementTree

import chart_gallery
import openpyxl
import pandas as pd
import pytest
from pptx import Presentation
from published import figure

from analysis.charts import style
from analysis.charts.figure import picture
from analysis.export import record, slides, workbook

NATIVE = (
    "intervals",
    "intervals_of_shares",
    "intervals_in_panels",
    "bars",
    "shrinkage",
    "answers",
    "timeline",
)
PICTURES = ("funnel", "tile_map", "small_multiples", "spine")
CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"


def _record(shown):
    return record.record(shown, "proeve", width_mm=160, title_in_image=True)


def _slide(shown):
    return Presentation(io.BytesIO(slides.to_pptx(shown, _record(shown)))).slides[0]


def _chart(shown):
    return next(shape.chart for shape in _slide(shown).shapes if shape.has_chart)


def _names_as_drawn(shown):
    """The names of places in the picture, from the top; of the first panel, where there are more."""
    places = set(shown.table.frame["place"])
    found = re.findall(r'<text [^>]*?y="([\d.]+)"[^>]*>([^<]*)</text>', picture(shown).svg)
    texts = [(float(y), text) for y, text in found if text in places]
    return list(dict.fromkeys(text for _, text in sorted(texts, key=lambda at: at[0])))


def _read(cell):
    text = cell.replace(".", "").replace(",", ".").replace("−", "-")
    return float(text) if re.fullmatch(r"-?\d+(\.\d+)?", text) else None


def _cells(shown, column):
    """What a reader sees in a column of the figure's table, by the names of its rows."""
    table = shown.shown_table()
    frame = shown.table.frame
    second = {"answers": "answer", "timeline": "series"}.get(shown.kind, shown.options.get("panel"))
    first = "year" if shown.kind == "timeline" else "place"
    keys = zip(frame[first].astype(str), frame[second] if second else [None] * len(frame), strict=True)
    return dict(zip(keys, map(_read, table[shown.columns[column]]), strict=True))


def _codes(shown):
    """Name of a series -> code by which the rows of the table are told apart."""
    told = shown.options
    labels = told.get("labels") or told.get("series_labels") or told.get("panel_labels")
    return {label: code for code, label in labels.items()} if labels else {}


@pytest.mark.parametrize("kind", NATIVE)
@pytest.mark.parametrize("place", chart_gallery.CASES[:2])
def test_every_bar_is_a_row_of_the_figures_table_in_the_figures_order(kind, place):
    shown = getattr(chart_gallery, kind)(place)
    drawn, codes = _chart(shown), _codes(shown)
    categories = list(drawn.plots[0].categories)
    if shown.kind == "timeline":
        assert categories == [str(year) for year in range(int(categories[0]), int(categories[-1]) + 1)]
    elif kind != "intervals_in_panels":
        assert categories == _names_as_drawn(shown)
    found = {}
    for series in drawn.plots[0].series:
        column = "shrunken" if series.name == shown.columns.get("shrunken") else "estimate"
        cells = _cells(shown, column)
        for name, value in zip(categories, series.values, strict=True):
            key = (name, codes.get(series.name))
            assert value == cells.get(key), (series.name, name)
            found[column, *key] = key in cells
    told = {key for key in _cells(shown, "estimate") if key[1] != shown.options.get("total", "")}
    assert {key[1:] for key, is_row in found.items() if is_row} == told


@pytest.mark.parametrize("kind", NATIVE)
def test_the_workbook_shows_what_the_slide_shows(kind):
    shown = getattr(chart_gallery, kind)("Ringkøbing-Skjern")
    drawn = _chart(shown).plots[0]
    book = openpyxl.load_workbook(io.BytesIO(workbook.to_xlsx(shown, _record(shown))), data_only=True)
    lines = list(book["Diagram"].iter_rows(values_only=True))
    assert [line[0] for line in lines[1:]] == list(drawn.categories)
    for at, series in enumerate(drawn.series, start=1):
        assert lines[0][at] == series.name
        assert [line[at] for line in lines[1:]] == list(series.values)


@pytest.mark.parametrize("kind", ["intervals", "intervals_of_shares", "intervals_in_panels", "bars"])
def test_limits_stand_as_error_bars_from_an_axis_at_0(kind):
    shown = getattr(chart_gallery, kind)("Ringkøbing-Skjern")
    drawn, codes = _chart(shown), _codes(shown)
    assert drawn.value_axis.minimum_scale == 0
    for series in drawn.plots[0].series:
        bars = series._element.find(f"{CHART}errBars")
        for side, column, sign in (("minus", "low", -1), ("plus", "high", 1)):
            points = bars.find(f"{CHART}{side}").iter(f"{CHART}v")
            limits = _cells(shown, column)
            for name, value, point in zip(drawn.plots[0].categories, series.values, points, strict=True):
                if value is not None:
                    limit = limits[name, codes.get(series.name)]
                    assert value + sign * float(point.text) == pytest.approx(limit, abs=1e-6)


def test_only_the_figures_own_place_has_the_accent():
    shown = chart_gallery.intervals("Ringkøbing-Skjern")
    accent = style.read_style().colour("accent").lstrip("#")
    series = _chart(shown).plots[0].series[0]
    found = {
        list(_chart(shown).plots[0].categories)[int(point.find(f"{CHART}idx").get("val"))]
        for point in series._element.findall(f"{CHART}dPt")
        if accent in ElementTree.tostring(point, encoding="unicode")
    }
    assert found == {"Ringkøbing-Skjern"}


def test_answers_have_the_colours_of_the_figure():
    shown = chart_gallery.answers("Ringkøbing-Skjern")
    svg = picture(shown).svg.upper()
    chart = workbook.native_chart(shown)
    keys = [svg.index(f"FILL: {colour}") for colour in chart.colours]
    assert chart.ends == (0, 100) and keys == sorted(keys)  # as the key has them, from the left


def test_points_are_joined_over_years_without_one_and_only_within_a_source():
    drawn = _chart(chart_gallery.timeline("Hele landet"))
    assert drawn._chartSpace.chart.find(f"{CHART}dispBlanksAs").get("val") == "span"
    assert len(drawn.plots[0].series) == 4


@pytest.mark.parametrize("kind", PICTURES)
def test_a_chart_that_office_can_not_draw_stands_as_its_picture(kind):
    shown = getattr(chart_gallery, kind)("Ringkøbing-Skjern")
    assert workbook.native_chart(shown) is None
    (image,) = [shape for shape in _slide(shown).shapes if shape.shape_type == 13]
    assert image._element.xpath(".//p:cNvPr")[0].get("descr") == shown.alt
    book = openpyxl.load_workbook(io.BytesIO(workbook.to_xlsx(shown, _record(shown))))
    assert len(book["Diagram"]._images) == 1


def test_a_row_twice_and_very_many_bars_are_no_native_chart():
    twice = figure()
    assert workbook.native_chart(twice) is not None
    frame = twice.table.frame
    again = replace(twice, table=twice.table)
    object.__setattr__(again, "table", _Frame(pd.concat([frame, frame.head(1)], ignore_index=True)))
    assert workbook.native_chart(again) is None
    many = pd.concat(
        [frame.assign(place=frame["place"] + str(number)) for number in range(6)], ignore_index=True
    )
    object.__setattr__(again, "table", _Frame(many))
    assert workbook.native_chart(again) is None


class _Frame:
    """A table that has nothing but its rows."""

    synthetic = True

    def __init__(self, frame):
        self.frame = frame


@pytest.mark.parametrize("chart", ["matrix", "joint_display", "text_table"])
def test_words_stand_as_a_picture_on_a_slide_and_as_a_table_alone_in_a_workbook(chart):
    shown = getattr(chart_gallery, chart)("Ringkøbing-Skjern")
    assert [shape for shape in _slide(shown).shapes if shape.shape_type == 13]
    book = openpyxl.load_workbook(io.BytesIO(workbook.to_xlsx(shown, _record(shown))))
    assert book.sheetnames == ["Tal", "Om figuren"]
