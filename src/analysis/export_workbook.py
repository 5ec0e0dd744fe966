"""A figure as a workbook: its numbers, a chart that can be edited, and what the numbers are."""

import io

import pandas as pd
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from analysis import native_chart, office, provenance, style
from analysis.export_table import decimals_of, exported
from analysis.figure import Figure
from analysis.native_chart import NativeChart

NUMBERS, CHART, ABOUT = "Tal", "Diagram", "Om figuren"
_MM = 96 / 25.4  # pixels
_INVENTED = "opdigtede svar, der viser metoden. Tallene siger intet om kommunerne."


def to_xlsx(figure: Figure, record: dict) -> bytes:
    """Write a figure's numbers, chart, notes and record as a workbook."""
    written = io.BytesIO()
    book = xlsxwriter.Workbook(
        written, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    book.set_properties(
        {
            "title": _marked(figure.headline, figure),
            "subject": figure.description,
            "keywords": provenance.SYNTHETIC_WORDS if figure.synthetic else "",
            "comments": provenance.to_json(record),
            "created": office.FIXED_DATE,
        }
    )
    table = exported(figure)
    sheet = book.add_worksheet(NUMBERS)
    first = _write_numbers(book, sheet, figure, table)
    chart = native_chart.native_chart(figure)
    if chart is not None:
        _write_chart(book, figure, table, chart, first)
    _write_about(book, figure, record)
    book.close()
    return office.fixed(written.getvalue())


def _marked(text: str, figure: Figure) -> str:
    return f"{provenance.SYNTHETIC_WORDS}. {text}" if figure.synthetic else text


def _heading(book: Workbook, figure: Figure) -> list[tuple[str, object]]:
    bold = book.add_format({"bold": True, "font_size": 13})
    warning = book.add_format({"bold": True, "font_color": style.read_style().colour("accent")})
    lines = [(figure.headline, bold), (figure.description, None)]
    if figure.synthetic:
        lines.insert(0, (f"{provenance.SYNTHETIC_WORDS}: {_INVENTED}", warning))
    return lines


def _write_numbers(book: Workbook, sheet: Worksheet, figure: Figure, table: pd.DataFrame) -> int:
    """Write heading and table; return the row of the table's first line of numbers."""
    lines = _heading(book, figure)
    for row, (text, form) in enumerate(lines):
        sheet.write_string(row, 0, text, form)
    header_row = len(lines) + 1
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "bottom"})
    for column, header in enumerate(table.columns):
        sheet.write_string(header_row, column, header, head)
        sheet.set_column(column, column, _column_width(header, table[header]))
    forms = _number_formats(book, table)
    plain = {header for name, header in figure.columns.items() if name in {"year", "rank"}}
    for row, values in enumerate(table.itertuples(index=False, name=None), start=header_row + 1):
        for column, value in enumerate(values):
            if isinstance(value, str):
                sheet.write_string(row, column, value)
            elif value is not None:
                form = forms[table.columns[column] not in plain, -value.as_tuple().exponent]
                sheet.write_number(row, column, float(value), form)
    sheet.freeze_panes(header_row + 1, 1)
    _set_page(sheet)
    return header_row + 1


def _number_formats(book: Workbook, table: pd.DataFrame) -> dict[tuple[bool, int], Format]:
    """A format for each number of decimals in a table, with and without (years) a thousands separator."""
    most = max((decimals_of(table[header]) for header in table.columns), default=0)
    return {
        (grouped, decimals): book.add_format(
            {"num_format": ("#,##0" if grouped else "0") + ("." + "0" * decimals if decimals else "")}
        )
        for grouped in (True, False)
        for decimals in range(most + 1)
    }


def _column_width(header: str, values: pd.Series) -> float:
    longest = max([len(str(value)) for value in values if value is not None], default=0)
    return min(max(longest, min(len(header), 16), 9) + 2, 45)


def _write_chart(book: Workbook, figure: Figure, table: pd.DataFrame, chart: NativeChart, first: int) -> None:
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
    _set_page(sheet)
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
    drawn.set_title({"name": _marked(figure.headline, figure), "name_font": {"size": 12}, "overlay": False})
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
    return {"type": "custom", "plus_values": up, "minus_values": down, "line": {"color": "#16202C"}}


def about(figure: Figure, record: dict) -> list[tuple[str, str]]:
    """Return what a reader of the numbers must know: (label, text) pairs, Danish."""
    digests = {"Data": "data_digest", "Kode": "code_digest", "Notebookens kode": "notebook_digest"}
    threshold = (
        ""
        if not figure.table.min_count
        else f"Grupper med færre end {figure.table.min_count} svar vises ikke."
    )
    pairs = [
        ("Datagrundlag", provenance.SYNTHETIC_WORDS if figure.synthetic else ""),
        ("Titel", figure.headline),
        ("Beskrivelse", figure.description),
        ("Sted", figure.place),
        ("Enhed", figure.unit),
        ("Anmærkning", figure.note),
        ("Kilde", figure.source),
        ("Billedtekst", figure.alt),
        ("Diskretion", threshold),
        ("Decimaler", "Tallene er skrevet med én decimal mere end i figuren."),
        ("Notebook", record["notebook"]),
        ("Parametre", ", ".join(f"{name} = {value}" for name, value in record["parameters"].items())),
        ("Version (commit)", record["commit"] + (" med ændringer" if record["uncommitted_changes"] else "")),
        *((f"Kontrolsum, {label.lower()}", record[name]) for label, name in digests.items()),
        ("Pakker", ", ".join(f"{name} {version}" for name, version in record["packages"].items())),
    ]
    return [(label, text) for label, text in pairs if text]


def _write_about(book: Workbook, figure: Figure, record: dict) -> None:
    sheet = book.add_worksheet(ABOUT)
    bold = book.add_format({"bold": True, "valign": "top"})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 1, 100)
    for row, (label, text) in enumerate(about(figure, record)):
        sheet.write_string(row, 0, label, bold)
        sheet.write_string(row, 1, text, wrapped)
        sheet.set_row(row, 15 * (1 + len(text) // 105))
    _set_page(sheet)


def _set_page(sheet: Worksheet) -> None:
    sheet.set_paper(9)  # A4
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
