"""A figure as a workbook: its numbers, a chart that can be edited, and what the numbers are."""

import datetime
import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from analysis.charts import style
from analysis.charts.answers import colours as answer_colours
from analysis.charts.figure import Figure, picture
from analysis.charts.marks import AGGREGATES, is_shown, level
from analysis.charts.row_chart import Panels, ordered
from analysis.export import images
from analysis.export import record as about
from analysis.export import record as provenance
from analysis.export.tables import decimals_of, exported

# What a chart that can be edited in Excel or PowerPoint shows: the rows that its figure draws, in the figure's order.

Cell = tuple[int, str]  # position of a row, header of a column in the exported table
_MOST_BARS = 40  # more can't be told apart
_WORDS = ("matrix", "joint_display", "text_table")
_TWO_VALUES = {"shrinkage": ("estimate", "shrunken")}
_PALER = 0.55  # how far a second bar of the same place is towards white


@dataclass(frozen=True)
class NativeChart:
    """A chart by the cells of the exported table that it shows.

    Attributes
    ----------
    kind : str
        ``bar``, ``stacked`` (shares of one whole) or ``line``.
    categories : list of str
        From the top, or from the left, as the figure has them.
    series : dict
        Name of the series -> one cell a category, None where there is no such row.
    limits : dict
        Name of a series -> cells of its lower and of its upper limits, where the figure draws them.
    number_format : str
        Format of the values, as Excel writes it.
    colours : list of str
        One a series.
    shades : dict
        Position of a category -> the colour in which it stands out: the figure's own place, groups and the country.
    ends : tuple
        Fixed ends of the axis of values; None is left to the program.
    """

    kind: str
    categories: list[str]
    series: dict[str, list[Cell | None]]
    limits: dict[str, tuple[list[Cell | None], list[Cell | None]]]
    number_format: str
    colours: list[str]
    shades: dict[int, str]
    ends: tuple[float | None, float | None]

    def colour(self, series: int, category: int | None = None) -> str:
        """Return the colour of a series, or of one of its bars."""
        own = self.shades.get(category)
        return self.colours[series] if own is None else own if series == 0 else style.paler(own, _PALER)


def native_chart(figure: Figure) -> NativeChart | None:
    """Return what a native chart of a figure shows; None where it would be another chart than the figure.

    Funnels, maps, the spine and charts of one's own are others, and so is one of very many bars, or of a row twice.
    """
    rows = figure.table.frame.reset_index(drop=True)
    reads = {"intervals": _bars, "bars": _bars, "shrinkage": _bars, "answers": _stacked, "timeline": _line}
    if figure.kind not in reads or "estimate" not in figure.columns or rows["estimate"].isna().all():
        return None
    keys, cells = _keyed(figure, rows)
    if len(cells) < len(keys):
        return None
    chart = reads[figure.kind](figure, rows, cells)
    bars = len(chart.categories) * (len(chart.series) if chart.kind == "bar" else 1)
    return chart if bars <= _MOST_BARS else None


def is_drawn(figure: Figure) -> bool:
    """Whether a figure draws something that it shows, and not words alone."""
    return figure.kind not in _WORDS and bool(is_shown(figure.table.frame).any())


def _keyed(figure: Figure, rows: pd.DataFrame) -> tuple[list[tuple], dict[tuple, int]]:
    """By what a figure tells its rows apart, and where the row of each is."""
    across = {"answers": figure.options.get("answer"), "timeline": figure.options.get("series")}
    second = across.get(figure.kind, figure.options.get("panel"))
    first = "year" if figure.kind == "timeline" else "place"
    keys = list(zip(rows[first], rows[second] if second else [None] * len(rows), strict=True))
    return keys, {key: at for at, key in enumerate(keys)}


def _bars(figure: Figure, rows: pd.DataFrame, cells: dict[tuple, int]) -> NativeChart:
    """One category a place, ranked as in the first panel; one series a panel, or a column of values."""
    panels = Panels.of(rows, figure.options.get("panel"), figure.options.get("panel_labels"))
    names = dict(panels.labels) or {None: figure.columns["estimate"]}
    parts = [rows[rows[panels.column].eq(code)] if panels.column else rows for code in names]
    places = list(
        dict.fromkeys(place for part in parts for place in ordered(part, figure.options["order"])["place"])
    )
    columns = _TWO_VALUES.get(figure.kind, ("estimate",))
    series = {
        name if column == "estimate" else figure.columns[column]: _cells(figure, column, places, code, cells)
        for code, name in names.items()
        for column in columns
    }
    drawn = len(columns) == 1 and {"low", "high"} <= set(figure.columns)
    limits = {
        name: tuple(_cells(figure, column, places, code, cells) for column in ("low", "high"))
        for code, name in (names.items() if drawn else ())
    }
    look = style.read_style()
    two = [look.colour("calm"), style.paler(look.colour("calm"), _PALER)]
    several = two if len(series) <= len(two) else look.colour("series")
    shades = _shades(figure, rows, places) if len(series) <= len(two) else {}
    ends = (0 if rows["estimate"].dropna().ge(0).all() else None, None)
    return NativeChart("bar", places, series, limits, _form(figure), _as_many(several, series), shades, ends)


def _cells(figure: Figure, column: str, firsts: list, second, cells: dict[tuple, int]) -> list[Cell | None]:
    return [
        (cells[first, second], figure.columns[column]) if (first, second) in cells else None
        for first in firsts
    ]


def _as_many(colours: Sequence[str], series: Mapping) -> list[str]:
    return [colours[index % len(colours)] for index in range(len(series))]


def _form(figure: Figure) -> str:
    decimals = decimals_of(exported(figure)[figure.columns["estimate"]])
    return "0." + "0" * decimals if decimals else "0"


def _shades(figure: Figure, rows: pd.DataFrame, places: list[str]) -> dict[int, str]:
    """The colours of the figure's own place, and of those that it sets apart."""
    look = style.read_style()
    apart = {*rows.loc[level(rows).isin(AGGREGATES), "place"], *figure.highlight}
    found = {at: look.colour("muted") for at, place in enumerate(places) if place in apart}
    return found | {at: look.colour("accent") for at, place in enumerate(places) if place == figure.place}


def _stacked(figure: Figure, rows: pd.DataFrame, cells: dict[tuple, int]) -> NativeChart:
    """One category a place, ranked by the sum of interest; one series an answer, without that sum."""
    told = figure.options
    labels = told["labels"]
    sums = rows[rows[told["answer"]].eq(told["total"])]
    places = list(ordered(sums, "estimate")["place"])
    series = {label: _cells(figure, "estimate", places, code, cells) for code, label in labels.items()}
    shades = answer_colours(labels, told["interest"], style.read_style())
    return NativeChart(
        "stacked", places, series, {}, _form(figure), [shades[code] for code in labels], {}, (0, 100)
    )


def _line(figure: Figure, rows: pd.DataFrame, cells: dict[tuple, int]) -> NativeChart:
    """One category a year, those without a number too, so that years stand apart as they are; one series a source."""
    years = list(range(int(rows["year"].min()), int(rows["year"].max()) + 1))
    names = figure.options["series_labels"]
    series = {name: _cells(figure, "estimate", years, code, cells) for code, name in names.items()}
    limits = {
        name: tuple(_cells(figure, column, years, code, cells) for column in ("low", "high"))
        for code, name in (names.items() if {"low", "high"} <= set(figure.columns) else ())
    }
    colours = _as_many(style.read_style().colour("series"), series)
    return NativeChart(
        "line", [str(year) for year in years], series, limits, _form(figure), colours, {}, (0, None)
    )


def _value(table: pd.DataFrame, cell: Cell | None) -> float | None:
    """The number in a cell of the exported table, None where nothing is shown."""
    found = None if cell is None else table[cell[1]].iloc[cell[0]]
    return None if found is None else float(found)


def values(figure: Figure, chart: NativeChart) -> dict[str, list[float | None]]:
    """Return the numbers of every series."""
    table = exported(figure)
    return {name: [_value(table, cell) for cell in cells] for name, cells in chart.series.items()}


def distances(figure: Figure, chart: NativeChart) -> dict[str, tuple[list[float], list[float]]]:
    """Return how far down and up the limits of every series are from its numbers; 0 where there are none."""
    table, shown = exported(figure), values(figure, chart)
    return {
        name: tuple(
            [_distance(_value(table, cell), number) for cell, number in zip(cells, shown[name], strict=True)]
            for cells in sides
        )
        for name, sides in chart.limits.items()
    }


def _distance(limit: float | None, number: float | None) -> float:
    return 0.0 if limit is None or number is None else abs(round(limit - number, 10))


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
            package.writestr(entry, content, compresslevel=9)
    return written.getvalue()


# The sheet of a workbook with a native chart, whose cells point at the numbers of another sheet.

NUMBERS, CHART = "Tal", "Diagram"
MARKERS = ("circle", "square", "diamond", "triangle")  # as the figure's own
_MM = 96 / 25.4  # pixels


def _write_chart(book: Workbook, figure: Figure, table: pd.DataFrame, chart: NativeChart, first: int) -> None:
    """Write a sheet whose cells point at the numbers, so that the chart follows when a number is changed."""
    sheet = book.add_worksheet(CHART)
    form = book.add_format({"num_format": chart.number_format})
    columns = _columns(table, chart, first)
    sheet.set_column(0, 0, 32)
    sheet.set_column(1, len(columns), 18)
    for row, name in enumerate(chart.categories, start=1):
        sheet.write_string(row, 0, name)
    for column, (name, cells) in enumerate(columns.items(), start=1):
        sheet.write_string(0, column, name)
        for row, (formula, value) in enumerate(cells, start=1):
            if formula:
                sheet.write_formula(row, column, formula, form, value)
    set_page(sheet)
    sheet.insert_chart(
        1, len(columns) + 2, _drawn(book, figure, chart), {"description": figure.alt, "object_position": 3}
    )


def _columns(table: pd.DataFrame, chart: NativeChart, first: int) -> dict[str, list[tuple[str, float]]]:
    """The columns beside the categories: the series, then the distances to their limits; formula and value a cell."""
    columns = {
        name: [_pointer(table, cell, None, first) for cell in cells] for name, cells in chart.series.items()
    }
    for name, sides in chart.limits.items():
        of = f", {name}" if len(chart.limits) > 1 else ""
        for words, cells in zip(("Ned til nedre grænse", "Op til øvre grænse"), sides, strict=True):
            columns[words + of] = [
                _pointer(table, cell, own, first) for cell, own in zip(cells, chart.series[name], strict=True)
            ]
    return columns


def _pointer(table: pd.DataFrame, cell: Cell | None, own: Cell | None, first: int) -> tuple[str, float]:
    """Formula of a cell that points at a number, and its value; of a limit, the distance to its own estimate."""
    number, estimate = _value(table, cell), _value(table, own)
    if number is None or (own is not None and estimate is None):
        return "", 0.0
    places = [
        f"{NUMBERS}!{xl_rowcol_to_cell(first + at, table.columns.get_loc(header))}"
        for at, header in (cell, own or cell)
    ]
    if own is None:
        return f"={places[0]}", number
    return f"=ABS({places[0]}-{places[1]})", _distance(number, estimate)


def _drawn(book: Workbook, figure: Figure, chart: NativeChart):
    last, is_line = len(chart.categories) + 1, chart.kind == "line"
    subtype = {"subtype": "stacked"} if chart.kind == "stacked" else {}
    drawn = book.add_chart({"type": "line" if is_line else "bar"} | subtype)
    for index, name in enumerate(chart.series):
        column = [f"={CHART}!${xl_col_to_name(index + 1)}$1", _cells_of(index + 1, last)]
        look = {"color": chart.colours[index]}
        drawn.add_series(
            {"name": column[0], "categories": _cells_of(0, last), "values": column[1], "gap": 60}
            | ({"line": look, "marker": _marker(chart, index)} if is_line else {"fill": look})
            | {"points": _points(chart, index), "y_error_bars": _error_bars(chart, name, last)}
        )
    drawn.set_title(
        {
            "name": provenance.marked(figure.headline, figure.synthetic),
            "name_font": {"size": 12},
            "overlay": False,
        }
    )
    drawn.set_legend({"none": True} if len(chart.series) == 1 else {"position": "bottom"})
    drawn.show_blanks_as(
        "span" if is_line else "gap"
    )  # a source's own points are joined over years without one
    across, down = (drawn.set_y_axis, drawn.set_x_axis) if is_line else (drawn.set_x_axis, drawn.set_y_axis)
    ends = {end: value for end, value in zip(("min", "max"), chart.ends, strict=True) if value is not None}
    across({"name": figure.unit, "num_format": "General", "major_gridlines": {"visible": True}} | ends)
    # the first category is at the top, and the numbers stand below; names stand outside where values are under 0
    down(
        {"label_position": "low", "interval_unit": 1}
        | ({} if is_line else {"reverse": True, "crossing": "max"})
    )
    rows = 1 if is_line else len(chart.categories) * (len(chart.series) if chart.kind == "bar" else 1)
    drawn.set_size({"width": 160 * _MM, "height": max(90, 5 * rows + 45) * _MM})
    return drawn


def _cells_of(column: int, last: int) -> str:
    letter = xl_col_to_name(column)
    return f"={CHART}!${letter}$2:${letter}${last}"


def _marker(chart: NativeChart, index: int) -> dict:
    look = {"color": chart.colours[index]}
    return {"type": MARKERS[index % len(MARKERS)], "size": 8, "fill": look, "border": look}


def _points(chart: NativeChart, series: int) -> list[dict | None] | None:
    if not chart.shades:
        return None
    return [
        {"fill": {"color": chart.colour(series, at)}} if at in chart.shades else None
        for at in range(len(chart.categories))
    ]


def _error_bars(chart: NativeChart, name: str, last: int) -> dict | None:
    if name not in chart.limits:
        return None
    first = 1 + len(chart.series) + 2 * list(chart.limits).index(name)
    return {
        "type": "custom",
        "minus_values": _cells_of(first, last),
        "plus_values": _cells_of(first + 1, last),
        "line": {"color": style.read_style().colour("ink")},
    }


def _write_picture(book: Workbook, figure: Figure, record: dict) -> None:
    """Write a sheet with the figure itself."""
    sheet = book.add_worksheet(CHART)
    drawn = picture(figure, **record["export"])
    light = images.light(images.png(drawn, record), coarser=3)
    scale = drawn.size[0] / 72 * 96 / images.pixels(light)[0]
    how = {"image_data": io.BytesIO(light), "description": figure.alt, "x_scale": scale, "y_scale": scale}
    sheet.insert_image(1, 0, f"{figure.name}.png", how)
    set_page(sheet)


def set_page(sheet: Worksheet) -> None:
    """Let a sheet be printed on A4, one page wide."""
    sheet.set_paper(9)  # A4
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)


# A figure as a workbook: its numbers, a chart that can be edited, and what the numbers are.

ABOUT = "Om figuren"
_INVENTED = "opdigtede svar der viser metoden. Tallene siger intet om kommunerne."


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
        _write_chart(book, figure, table, chart, first)
    elif is_drawn(figure):
        _write_picture(book, figure, record)
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
    grouped = [header not in plain for header in table.columns]
    for row, values in enumerate(table.itertuples(index=False, name=None), start=header_row + 1):
        for column, value in enumerate(values):
            if isinstance(value, str):
                sheet.write_string(row, column, value)
            elif value is not None:
                form = forms[grouped[column], -value.as_tuple().exponent]
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
