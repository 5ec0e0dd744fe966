"""A figure as a workbook: its numbers, a chart that can be edited, and what the numbers are."""

import io

import pandas as pd
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from analysis import about, native_chart, office, provenance, style
from analysis.export_table import decimals_of, exported
from analysis.figure import Figure
from analysis.workbook_chart import NUMBERS, set_page, write_chart

ABOUT = "Om figuren"
_INVENTED = "opdigtede svar, der viser metoden. Tallene siger intet om kommunerne."


def to_xlsx(figure: Figure, record: dict) -> bytes:
    """Write a figure's numbers, chart, notes and record as a workbook."""
    written = io.BytesIO()
    book = xlsxwriter.Workbook(
        written, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    book.set_properties(
        {
            "title": provenance.marked(figure.headline, figure.synthetic),
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
        write_chart(book, figure, table, chart, first)
    _write_about(book, figure, record)
    book.close()
    return office.fixed(written.getvalue())


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
    set_page(sheet)
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


def _write_about(book: Workbook, figure: Figure, record: dict) -> None:
    sheet = book.add_worksheet(ABOUT)
    bold = book.add_format({"bold": True, "valign": "top"})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 1, 100)
    for row, (label, text) in enumerate(about.about(figure, record)):
        sheet.write_string(row, 0, label, bold)
        sheet.write_string(row, 1, text, wrapped)
        sheet.set_row(row, 15 * (1 + len(text) // 105))
    set_page(sheet)
