"""The sheet of a workbook with a native chart, whose cells point at the numbers of another sheet."""

import pandas as pd
from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from analysis import native_chart, provenance, style
from analysis.figure import Figure
from analysis.native_chart import NativeChart

NUMBERS, CHART = "Tal", "Diagram"
_MM = 96 / 25.4  # pixels


def write_chart(book: Workbook, figure: Figure, table: pd.DataFrame, chart: NativeChart, first: int) -> None:
    """Write a sheet whose cells point at the numbers, so that the chart follows when a number is changed."""
    sheet = book.add_worksheet(CHART)
    forms = book.add_format({"num_format": chart.number_format})
    columns = dict(chart.series)
    if chart.intervals:
        columns |= {"Ned til nedre grænse": chart.intervals[0], "Op til øvre grænse": chart.intervals[1]}
    sheet.set_column(0, 0, 32)
    sheet.set_column(1, len(columns), 18)
    for row, name in enumerate(chart.categories, start=1):
        sheet.write_string(row, 0, name)
    for column, (name, cells) in enumerate(columns.items(), start=1):
        sheet.write_string(0, column, name)
        for row, cell in enumerate(cells, start=1):
            formula, value = _pointer(table, chart, cell, first, column)
            if formula:
                sheet.write_formula(row, column, formula, forms, value)
    drawn = _drawn(book, figure, chart)
    set_page(sheet)
    sheet.insert_chart(1, len(columns) + 2, drawn, {"description": figure.alt, "object_position": 3})


def _pointer(table: pd.DataFrame, chart: NativeChart, cell, first: int, column: int) -> tuple[str, float]:
    """Formula of a cell that points at a number, and its value; of a limit, the distance to the estimate."""
    number = native_chart.value(table, cell)
    if number is None:
        return "", 0.0
    reference = _reference(table, cell, first)
    if column <= len(chart.series):
        return f"={reference}", number
    estimate_cell = (cell[0], next(iter(chart.series.values()))[0][1])
    estimate = native_chart.value(table, estimate_cell)
    if estimate is None:
        return "", 0.0
    other = _reference(table, estimate_cell, first)
    return f"=ABS({reference}-{other})", abs(round(number - estimate, 10))


def _reference(table: pd.DataFrame, cell: native_chart.Cell, first: int) -> str:
    return f"{NUMBERS}!{xl_rowcol_to_cell(first + cell[0], table.columns.get_loc(cell[1]))}"


def _drawn(book: Workbook, figure: Figure, chart: NativeChart):
    last = len(chart.categories) + 1
    kinds = {
        "bar": {"type": "bar"},
        "stacked": {"type": "bar", "subtype": "stacked"},
        "line": {"type": "line"},
    }
    drawn = book.add_chart(kinds[chart.kind])
    for index, colour in enumerate(series_colours(chart)):
        letter = xl_col_to_name(index + 1)
        limits = [xl_col_to_name(len(chart.series) + side) for side in (1, 2)]
        drawn.add_series(
            {
                "name": f"={CHART}!${letter}$1",
                "categories": f"={CHART}!$A$2:$A${last}",
                "values": f"={CHART}!${letter}$2:${letter}${last}",
                ("line" if chart.kind == "line" else "fill"): {"color": colour},
                "gap": 60,
                "points": _points(chart),
                "marker": {"type": "automatic"} if chart.kind == "line" else None,
            }
            | ({} if chart.intervals is None else {"y_error_bars": _error_bars(limits, last)})
        )
    drawn.set_title(
        {
            "name": provenance.marked(figure.headline, figure.synthetic),
            "name_font": {"size": 12},
            "overlay": False,
        }
    )
    drawn.set_legend({"none": True} if len(chart.series) == 1 else {"position": "bottom"})
    values, names = (
        (drawn.set_y_axis, drawn.set_x_axis) if chart.kind == "line" else (drawn.set_x_axis, drawn.set_y_axis)
    )
    top = {"max": 100} if chart.kind == "stacked" else {}
    values({"name": figure.unit, "num_format": "General", "major_gridlines": {"visible": True}, **top})
    names({} if chart.kind == "line" else {"reverse": True, "crossing": "max"})
    rows = (
        1
        if chart.kind == "line"
        else len(chart.categories) * (1 if chart.kind == "stacked" else len(chart.series))
    )
    drawn.set_size({"width": 160 * _MM, "height": max(90, 5 * rows + 45) * _MM})
    return drawn


def _points(chart: NativeChart) -> list[dict | None] | None:
    accent = {"fill": {"color": style.read_style().colour("accent")}}
    points = [accent if at in chart.chosen else None for at in range(len(chart.categories))]
    return points if chart.chosen else None


def series_colours(chart: NativeChart) -> list[str]:
    """Return one colour of the house style a series."""
    look = style.read_style()
    if len(chart.series) == 1:
        return [look.colour("calm")]
    several = (
        look.colour("series")
        if chart.kind != "stacked"
        else [*look.colour("answers"), *look.colour("interest")]
    )
    return [several[index % len(several)] for index in range(len(chart.series))]


def _error_bars(limits: list[str], last: int) -> dict:
    down, up = (f"={CHART}!${letter}$2:${letter}${last}" for letter in limits)
    return {
        "type": "custom",
        "plus_values": up,
        "minus_values": down,
        "line": {"color": style.read_style().colour("ink")},
    }


def set_page(sheet: Worksheet) -> None:
    """Let a sheet be printed on A4, one page wide."""
    sheet.set_paper(9)  # A4
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
