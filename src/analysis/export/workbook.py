"""A figure as a workbook: its numbers, a chart that can be edited, and what the numbers are."""

import datetime
import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from analysis.charts import style
from analysis.charts.figure import Figure
from analysis.charts.marks import ranked
from analysis.export import record as about
from analysis.export import record as provenance
from analysis.export.tables import decimals_of, exported

# What a chart that can be edited in Excel or PowerPoint shows: categories and series of a figure's table.

Cell = tuple[int, str]  # position of a row, header of a column in the exported table
_STATISTICS_OF_ROWS = {"status", "verdict", "reliability"}
_BESIDE = {"n", "n_effective", "df", "p", "p_adjusted", "rank", "low", "high", "standard_error"}
_BESIDE |= {"difference_low", "difference_high"}
_ESTIMATES = ("estimate", "shrunken")
_MOST_SERIES = 8
_LEAST_ANSWERS = 3  # two shares beside each other are areas, not parts of a whole


@dataclass(frozen=True)
class NativeChart:
    """A chart by the cells of the exported table that it shows.

    Attributes
    ----------
    kind : str
        ``bar``, ``stacked`` (shares of one whole) or ``line``.
    categories : list of str
    series : dict
        Name of the series -> one cell a category, None where there is no such row.
    intervals : tuple of list, or None
        Cells of lower and upper limits, for a chart of one series.
    number_format : str
        Format of the values, as Excel writes it.
    chosen : frozenset of int
        Positions of the categories that are the figure's own place, in a chart of one series.
    """

    kind: str
    categories: list[str]
    series: dict[str, list[Cell | None]]
    intervals: tuple[list[Cell], list[Cell]] | None
    number_format: str
    chosen: frozenset[int] = frozenset()


def native_chart(figure: Figure) -> NativeChart | None:
    """Return what a native chart of a figure shows; None for a figure without numbers in one unit."""
    rows, headers = figure.table.frame, figure.columns
    numeric = [name for name in headers if name not in _BESIDE and _is_number(rows, name)]
    values = [name for name in numeric if name in _ESTIMATES] or [name for name in numeric if name != "year"]
    mixed = "unit" in rows and _varies(rows["unit"])
    if not values or mixed or rows[values].isna().all(axis=None):
        return None
    labels = _labels(figure)
    decimals = decimals_of(exported(figure)[headers[values[0]]])
    form = "0." + "0" * decimals if decimals else "0"
    if len(values) > 1 or labels.shape[1] < 2 or not _is_grid(labels):
        return _plain(figure, labels, values, form)
    return _grid(figure, labels, headers[values[0]], form)


def _is_number(rows: pd.DataFrame, name: str) -> bool:
    return pd.api.types.is_numeric_dtype(rows[name]) and not pd.api.types.is_bool_dtype(rows[name])


def _labels(figure: Figure) -> pd.DataFrame:
    """The words that name a row, as a reader sees them; a year where there is more than one."""
    rows, headers = figure.table.frame, figure.columns
    words = [name for name in headers if name not in _STATISTICS_OF_ROWS and not _is_number(rows, name)]
    if "year" in headers and _varies(rows["year"]) and "year" not in words:
        words = ["year", *words]
    records = rows.to_dict("records")
    shown = pd.DataFrame({name: [figure.cell(name, row) for row in records] for name in words})
    varied = [name for name in words if _varies(shown[name])]
    return shown[varied or words[:1]]


def _varies(values: pd.Series) -> bool:
    return len(set(values.dropna())) > 1


def _is_grid(labels: pd.DataFrame) -> bool:
    few = labels.iloc[:, -1].nunique() <= _MOST_SERIES
    return few and not labels.duplicated().any() and labels.iloc[:, -1].nunique() < len(labels)


def _joined(labels: pd.DataFrame) -> list[str]:
    return [" · ".join(part for part in row if part) for row in labels.itertuples(index=False, name=None)]


def _plain(figure: Figure, labels: pd.DataFrame, values: Sequence[str], form: str) -> NativeChart:
    """One category a row, one series a column of numbers."""
    positions = _positions(figure)
    series = {figure.columns[name]: [(at, figure.columns[name]) for at in positions] for name in values}
    limits = None
    if len(values) == 1 and {"low", "high"} <= set(figure.columns):
        limits = tuple([(at, figure.columns[name]) for at in positions] for name in ("low", "high"))
    places = figure.table.frame.get("place", pd.Series([""] * len(labels)))
    chosen = [number for number, at in enumerate(positions) if places.iloc[at] == figure.place]
    words = _joined(labels)
    chosen = frozenset(chosen if len(series) == 1 else ())
    return NativeChart("bar", [words[at] for at in positions], series, limits, form, chosen)


def _positions(figure: Figure) -> list[int]:
    """The order of the bars: as ranked in the figure, where the rows are places with an estimate."""
    rows = figure.table.frame.reset_index(drop=True)
    return list(ranked(rows).index if {"place", "estimate"} <= set(rows) else rows.index)


def _grid(figure: Figure, labels: pd.DataFrame, header: str, form: str) -> NativeChart:
    """One category a name, one series a value of the last label: areas, answers, or places over years."""
    names, last = pd.Series(_joined(labels.iloc[:, :-1])), labels.iloc[:, -1]
    categories, kinds = list(dict.fromkeys(names)), list(dict.fromkeys(last))
    cells = {(name, kind): (at, header) for at, (name, kind) in enumerate(zip(names, last, strict=True))}
    parts = _parts(figure, names, last)
    series = {kind: [cells.get((name, kind)) for name in categories] for kind in parts or kinds}
    chart = "line" if "year" in labels.columns[:-1] else "stacked" if parts else "bar"
    return NativeChart(chart, categories, series, None, form)


def _parts(figure: Figure, names: pd.Series, kinds: pd.Series) -> list[str]:
    """The answers that make up a whole, without a last one that sums some of them; none where they don't."""
    if figure.unit != "pct.":
        return []
    estimates = pd.to_numeric(figure.table.frame["estimate"]).astype(float)
    wide = pd.DataFrame({"name": names, "kind": kinds, "estimate": estimates.to_numpy()})
    wide = wide.pivot_table(index="name", columns="kind", values="estimate", aggfunc="first")
    wide = wide.reindex(columns=list(dict.fromkeys(kinds)))
    for parts in (wide, wide.iloc[:, :-1]):
        sums = parts.sum(axis=1, skipna=False).dropna()
        if parts.shape[1] >= _LEAST_ANSWERS and len(sums) and sums.between(0.5, 1.005).all():
            return list(parts.columns)
    return []


def cell_value(table: pd.DataFrame, cell: Cell | None) -> float | None:
    """Return the number in a cell of the exported table, None where nothing is shown."""
    found = None if cell is None else table[cell[1]].iloc[cell[0]]
    return None if found is None else float(found)


def values(figure: Figure, chart: NativeChart) -> dict[str, list[float | None]]:
    """Return the numbers of every series."""
    table = exported(figure)
    return {name: [cell_value(table, cell) for cell in cells] for name, cells in chart.series.items()}


# Office packages and zip files whose bytes depend on nothing but what is in them.

# A fixed day: a re-run must give the same bytes, and when a file was made is in the file system.
FIXED_DATE = datetime.datetime(2000, 1, 1)
_DATES = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(</dcterms)")
_ZIP_DATE = (1980, 1, 1, 0, 0, 0)


def fixed(content: bytes) -> bytes:
    """Return an Office package with the same members, no date of its own, and Danish as its language."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        members = {name: package.read(name) for name in package.namelist()}
    date = FIXED_DATE.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    for name, member in members.items():
        if name.endswith(".xml"):
            members[name] = member = member.replace(b'lang="en-US"', b'lang="da-DK"')
        if name.endswith(".xlsx"):
            members[name] = fixed(member)
        elif name == "docProps/core.xml":
            members[name] = _DATES.sub(rb"\g<1>" + date + rb"\g<2>", member)
    return zipped(members)


def zipped(members: dict[str, bytes]) -> bytes:
    """Return a zip of members whose bytes depend on nothing but names and contents."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in members.items():
            entry = zipfile.ZipInfo(name, _ZIP_DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            package.writestr(entry, content)
    return written.getvalue()


# The sheet of a workbook with a native chart, whose cells point at the numbers of another sheet.

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
    number = cell_value(table, cell)
    if number is None:
        return "", 0.0
    reference = _reference(table, cell, first)
    if column <= len(chart.series):
        return f"={reference}", number
    estimate_cell = (cell[0], next(iter(chart.series.values()))[0][1])
    estimate = cell_value(table, estimate_cell)
    if estimate is None:
        return "", 0.0
    other = _reference(table, estimate_cell, first)
    return f"=ABS({reference}-{other})", abs(round(number - estimate, 10))


def _reference(table: pd.DataFrame, cell: Cell, first: int) -> str:
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


# A figure as a workbook: its numbers, a chart that can be edited, and what the numbers are.

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
            "created": FIXED_DATE,
        }
    )
    table = exported(figure)
    sheet = book.add_worksheet(NUMBERS)
    first = _write_numbers(book, sheet, figure, table)
    chart = native_chart(figure)
    if chart is not None:
        write_chart(book, figure, table, chart, first)
    _write_about(book, figure, record)
    book.close()
    return fixed(written.getvalue())


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
