"""How a table lies in its file: titles, heading rows, merged and once-written cells, totals, marks for missing."""

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from itertools import islice

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from openpyxl.utils import get_column_letter

from analysis.readers import columns, text
from analysis.readers.columns import Cells

ROWS_AT_ONCE = 10_000
JOIN = " / "
NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?")
DATES_OF_QUALTRICS = ("StartDate", "EndDate", "RecordedDate")
YEAR = re.compile(r"(19|20)\d\d")


@dataclass(frozen=True)
class Layout:
    """What a sidecar says of how a table lies in its file; the file tells the rest itself.

    Attributes
    ----------
    sheet : str or None
        Sheet of a workbook.
    header_rows : int
        Rows that the heading takes; names are joined from the top.
    skip_rows : int
        Rows above the heading.
    rows_where : dict
        Column -> the values whose rows are kept, or `{"not": values}` whose rows are left out.
    fill_down : tuple of str
        Columns whose groups are written once, and hold for the rows below.
    decimal : str, dict or None
        Decimal mark of numbers that don't show it: of all columns, or a column -> mark.
    missing : list or dict
        What stands for a missing value; as dict, what it stands for (a number, or nothing).
    """

    sheet: str | None = None
    header_rows: int | None = None
    skip_rows: int = 0
    rows_where: dict = field(default_factory=dict)
    fill_down: tuple = ()
    decimal: str | dict | None = None
    missing: list | dict = ()

    def mark(self, name) -> str | None:
        """Decimal mark that is said of a column."""
        return self.decimal.get(name) if isinstance(self.decimal, dict) else self.decimal


AS_IT_IS = Layout()


@dataclass(frozen=True, eq=False)
class Grid:
    """Cells as they lie in a file or a sheet, before anything is taken for a heading.

    Attributes
    ----------
    name : str
        What it is called in messages.
    cells : list of Cells
        One a column.
    numbers : array
        Number of each row, as the program that wrote it counts.
    odd : dict
        Number of a row -> its number of fields, where a text file has another than in most rows.
    unsaved : set
        (number of a row, position of a column) of each formula whose result was not saved.
    merged : list
        First row, first column, last row, last column of each merged area.
    """

    name: str
    cells: list
    numbers: np.ndarray
    odd: dict = field(default_factory=dict)
    unsaved: set = field(default_factory=set)
    merged: list = field(default_factory=list)

    def take(self, kept) -> "Grid":
        """Some of the rows, by a mask or a slice."""
        mask = kept if isinstance(kept, slice) else pa.array(kept)
        cells = [columns.part_of(column, mask) for column in self.cells]
        return replace(self, cells=cells, numbers=self.numbers[kept])

    def row(self, place) -> list:
        """One row as text."""
        one = self.take(slice(place, place + 1))
        return [columns.as_strings(column)[0].as_py() or "" for column in one.cells]


def text_grid(path) -> Grid:
    """Cells of a text file; the width is that of most rows, and those of another are told."""
    name = f"`{path.name}`"
    at_once = text.columns_at_once(path)
    if at_once is None:
        return ragged_grid(text.rows(path), name)
    table, numbers = at_once
    grid = Grid(name, [Cells(column) for column in table.columns], numbers)
    kept = np.zeros(len(numbers), dtype=bool)
    for column in table.columns:
        if kept.all():
            return grid
        kept |= pc.is_valid(column).to_numpy()
    return grid if kept.all() else grid.take(kept)


def ragged_grid(found, name) -> Grid:
    """Rows of a text file, row by row."""
    head = list(islice(found, 1000))
    widths = Counter(len(row) for row in head if any(row))
    width = max(widths, key=lambda count: (widths[count], count), default=0)
    pieces, odd, numbers = [], {}, []
    count = 0
    while head:
        kept = []
        for row in head:
            count += 1
            if not any(row):
                continue
            if len(row) != width:
                # an empty field too many is a fault of some tools, not of the row
                if len(row) < width or any(row[width:]):
                    odd[count] = len(row)
                row = row[:width] + [""] * (width - len(row))
            kept.append(row)
            numbers.append(count)
        if kept:
            fields = zip(*kept, strict=True)
            pieces.append([pa.array([text or None for text in column], pa.string()) for column in fields])
        head = list(islice(found, ROWS_AT_ONCE))
    cells = [
        Cells(pa.chunked_array([piece[place] for piece in pieces], pa.string())) for place in range(width)
    ]
    return Grid(name, cells, np.array(numbers, dtype=np.int64), odd)


def cell_grid(found, name, unsaved=frozenset(), merged=()) -> Grid:
    """Numbered rows of a sheet as Python values; rows with nothing in them are left out."""
    pieces, numbers, width = [], [], 0
    while piece := list(islice(found, ROWS_AT_ONCE)):
        numbers += [number for number, _ in piece]
        widest = max(len(row) for _, row in piece)
        rows = [row + [None] * (widest - len(row)) for _, row in piece]
        pieces.append([columns.cells_of(column) for column in zip(*rows, strict=True)])
        width = max(width, widest)
    cells = [
        joined([piece[place] if place < len(piece) else nothing(piece) for piece in pieces])
        for place in range(width)
    ]
    return Grid(name, cells, np.array(numbers, dtype=np.int64), {}, unsaved, merged)


def nothing(piece) -> Cells:
    """An empty column as long as the others."""
    return columns.cells_of([None] * len(piece[0].text))


def joined(parts) -> Cells:
    """Pieces of a column, one below the other."""
    return Cells(*(pa.chunked_array(list(part)) for part in zip(*parts, strict=True)))


@dataclass(frozen=True, eq=False)
class Table:
    """A table below its heading: column -> cells, and what was left out of it on the way."""

    name: str
    cells: dict
    grid: Grid
    places: dict
    questions: dict = field(default_factory=dict)
    left_out: dict = field(default_factory=dict)


def table_of(grid: Grid, layout: Layout = AS_IT_IS) -> Table:
    """The table in a grid: heading found and checked, rows and cells as the layout says.

    Raises
    ------
    ValueError
        No heading, a title for one, a column without a name or with another's, rows that don't fit, a merged
        number, a column that the layout names and the table lacks.
    """
    below = grid.take(grid.numbers > layout.skip_rows)
    if not len(below.numbers):
        raise ValueError(
            f"{grid.name} must have a header and rows, but all its rows are empty. Ask for the delivery again."
        )
    header_rows, questions = layout.header_rows or 1, {}
    if header_rows <= 3 and (count := qualtrics_rows(below)):
        names, questions, header_rows = below.row(0), below.row(1), count
    else:
        check_title(below, layout)
        names = joined_names([below.row(place) for place in range(min(header_rows, len(below.numbers)))])
    data = below.take(slice(header_rows, None))
    check_fields(data, len(names), below.numbers[:header_rows].tolist())
    places = named_places(names, data, below)
    if not layout.header_rows:
        check_not_data(places, data, names)
    data = unmerged(data, places)
    cells = {name: data.cells[place] for name, place in places.items()}
    told = {name: questions[place] for name, place in places.items() if questions}
    table = Table(grid.name, cells, data, places, told)
    return kept_rows(filled_down(table, layout), layout)


def qualtrics_rows(grid) -> int:
    """How many heading rows Qualtrics wrote: names and questions, and in text files a third of its own; 0 if none."""
    rows = [grid.row(place) for place in range(min(3, len(grid.numbers)))]
    told = [text for text in rows[-1] if text]
    if len(rows) == 3 and told and all(text.startswith('{"ImportId"') for text in told):
        return 3
    below = (
        [text for name, text in zip(*rows[:2], strict=True) if name in DATES_OF_QUALTRICS] if rows[1:] else []
    )
    return 2 if len(below) > 1 and not any(re.search(r"\d|^$", text) for text in below) else 0


def joined_names(rows) -> list[str]:
    """Names of columns from one or more heading rows; a group's name holds for the columns to its right."""
    if len(rows) > 1:
        for upper, lower in zip(rows, rows[1:], strict=False):
            group = ""
            for place, text in enumerate(upper):
                group = text or group
                upper[place] = group if text or (lower[place] and any(lower)) else text
    parts = zip(*([" ".join(text.split()) for text in row] for row in rows), strict=True)
    return [JOIN.join(dict.fromkeys(text for text in column if text)) for column in parts]


def check_title(grid, layout) -> None:
    """Raise if the first row is a title above the heading."""
    first = [[text for text in grid.row(place) if text] for place in range(min(20, len(grid.numbers)))]
    wide = [place for place, texts in enumerate(first) if len(texts) > 1]
    is_title = len(first[0]) == 1 and wide and not any(map(NUMBER.fullmatch, first[wide[0]]))
    if is_title and not layout.header_rows:
        number = int(grid.numbers[wide[0]])
        raise ValueError(
            f"{grid.name} must begin with a header, but its first row has one cell only, as a title has, and the "
            f"header seems to be row {number}. Write `skip_rows: {number - 1}` in the sidecar."
        )


def check_fields(grid, width, heading) -> None:
    """Raise if rows of a text file have another number of fields than the heading."""
    numbers = set(grid.numbers.tolist())
    odd = {number: count for number, count in grid.odd.items() if number in numbers}
    header = {grid.odd[number] for number in heading if number in grid.odd}
    # columns that the heading does not reach may be empty
    beyond = (part for cells in grid.cells[min(header, default=width) :] for part in cells)
    if not odd and len(grid.numbers) and header and any(map(columns.is_filled, beyond)):
        odd, width = dict.fromkeys(numbers, width), header.pop()
    if odd:
        first = min(odd)
        raise ValueError(
            f"{grid.name} must have {width} fields in each row, but {len(odd)} of {len(numbers)} rows have not "
            f"(first: row {first} has {odd[first]}). The file may be cut off, a text may hold the delimiter without "
            "quotes, or it is a title: ask for the delivery again, or write `skip_rows` in the sidecar."
        )


def named_places(names, data, grid) -> dict:
    """Name -> position of each column that has one; columns without a name must be empty."""
    for place, name in enumerate(names):
        if not name and any(columns.is_filled(part) for part in data.cells[place]):
            raise ValueError(
                f"{grid.name} must have a name for each column, but column {place + 1} has values and no name. "
                "Name it; if the heading takes two rows, write `header_rows: 2` in the sidecar."
            )
    repeated = [name for name in dict.fromkeys(names) if name and names.count(name) > 1]
    if repeated:
        raise ValueError(
            f"{grid.name} must name each column once, but {len(repeated)} of {len(names)} names are used more than "
            f"once (first: `{repeated[0]}`). Rename or remove the repeated columns; if a second heading row tells "
            "them apart, write `header_rows: 2` in the sidecar."
        )
    places = {name: place for place, name in enumerate(names) if name}
    if not places:
        raise ValueError(
            f"{grid.name} must have a header with names, but its first row has none. Add the header."
        )
    return places


def check_not_data(places, data, names) -> None:
    """Raise if the heading is a row of data: numbers or dates for names, above others of their kind."""
    if not len(data.numbers):
        return
    first = data.row(0)
    numeric = [name for name in places if NUMBER.fullmatch(name) and NUMBER.fullmatch(first[places[name]])]
    numbered = [name for name in numeric if name.isdecimal()]
    is_run = (
        len(numbered) > 1
        and len(numbered) == len(numeric)
        and np.all(np.diff([int(n) for n in numbered]) == 1)
    )
    wrong = [name for name in numeric if not YEAR.fullmatch(name) or YEAR.fullmatch(first[places[name]])]
    wrong = [] if is_run and not all(YEAR.fullmatch(first[places[name]]) for name in numeric) else wrong
    wrong += [
        name
        for name in places
        if re.search(columns.DATE, name) and re.search(columns.DATE, first[places[name]])
    ]
    if wrong:
        raise ValueError(
            f"{data.name} must begin with a header, but its first row looks like the rows below: "
            f"{len(wrong)} of {len(places)} names are numbers or dates (first: column {places[wrong[0]] + 1}). Add the "
            "header; if it is one, write `header_rows: 1` in the sidecar."
        )
    if len(places) > 1 and (place := repeated_heading(names, data)) is not None:
        raise ValueError(
            f"{data.name} must have its header once, but row {data.numbers[place]} repeats it. Files may have been put "
            "one below the other: remove the repeated header."
        )


def repeated_heading(names, data) -> int | None:
    """Position of a row that says what the heading says."""
    same = np.ones(len(data.numbers), dtype=bool)
    for name, cells in zip(names, data.cells, strict=False):
        if not same.any():
            return None
        same &= pc.fill_null(pc.equal(columns.clean(cells.text), name), not name).to_numpy(
            zero_copy_only=False
        )
    return int(same.argmax()) if same.any() else None


def unmerged(data: Grid, places) -> Grid:
    """A merged text holds for all its rows, as the sheet shows it."""
    cells = list(data.cells)
    where = {int(number): place for place, number in enumerate(data.numbers)}
    for first_row, first, last_row, _ in data.merged:
        if first_row == last_row or first_row not in where or first not in places.values():
            continue
        parts = [None if part is None else part.to_pylist() for part in cells[first]]
        top = where[first_row]
        if any(part is not None and part[top] is not None for part in parts[1:]):
            name = next(name for name, place in places.items() if place == first)
            raise ValueError(
                f"{data.name} must have a number in each row, but `{name}` has merged cells (first: row {first_row} to "
                f"{last_row}): it may be of each, or of all together. Unmerge them in the program that wrote the file."
            )
        for number in range(first_row + 1, last_row + 1):
            if number in where:
                parts[0][where[number]] = parts[0][top]
        cells[first] = Cells(pa.array(parts[0], pa.string()), *cells[first][1:])
    return replace(data, cells=cells)


def require_columns(table, names, key) -> None:
    """Raise if the layout names a column that is not there."""
    absent = [name for name in names if name not in table.cells]
    if absent:
        raise ValueError(
            f"`{key}` must name columns of {table.name}, but {len(absent)} are not there (first: `{absent[0]}`). "
            f"The columns are {', '.join(f'`{name}`' for name in list(table.cells)[:12])}. Correct the sidecar."
        )


def filled_down(table: Table, layout) -> Table:
    """The table with groups that are written once repeated in the rows below."""
    require_columns(table, layout.fill_down, "fill_down")
    filled = {
        name: Cells(pc.fill_null_forward(columns.as_strings(table.cells[name]))) for name in layout.fill_down
    }
    return replace(table, cells=table.cells | filled)


def kept_rows(table: Table, layout) -> Table:
    """The table with the rows that the layout keeps, and how many it leaves out by which value."""
    require_columns(table, layout.rows_where, "rows_where")
    kept, left_out = np.ones(len(table.grid.numbers), dtype=bool), {}
    for name, said in layout.rows_where.items():
        is_not = isinstance(said, dict)
        listed = said.get("not", []) if is_not else said
        values = [str(value) for value in (listed if isinstance(listed, list) else [listed])]
        text = columns.as_strings(table.cells[name])
        absent = sorted(set(values) - set(pc.unique(text).to_pylist()))
        if absent:
            raise ValueError(
                f"`rows_where` must name values of `{name}` in {table.name}, but {len(absent)} are not there (first: "
                f"`{absent[0]}`). Correct the sidecar."
            )
        listed_rows = pc.fill_null(pc.is_in(text, pa.array(values, pa.string())), False)
        out = listed_rows.to_numpy(zero_copy_only=False) == is_not
        left_out[name] = int((out & kept).sum())
        kept &= ~out
    if kept.all():
        return table
    mask = pa.array(kept)
    cells = {name: columns.part_of(column, mask) for name, column in table.cells.items()}
    return replace(table, cells=cells, grid=table.grid.take(kept), left_out=left_out)


def typed_frame(table: Table, layout: Layout = AS_IT_IS, wanted=None) -> pd.DataFrame:
    """The table with a type a column; `attrs["left_out"]` counts rows that the layout left out, by column.

    Columns that are not `wanted` and cannot be typed stay text: they stop nobody.

    Raises
    ------
    ValueError
        A wanted column with Excel errors, or one whose numbers or dates cannot be told.
    """
    found = {}
    for name, cells in table.cells.items():
        cells = marked_missing(cells, layout.missing)
        try:
            check_faults(table, name, cells)
            found[name] = columns.typed(cells, name, layout.mark(name))
        except ValueError:
            if wanted is None or name in wanted:
                raise
            found[name] = columns.as_text(cells)
    frame = pd.DataFrame(found)
    frame.attrs = {"left_out": table.left_out, "questions": table.questions}
    return frame


def marked_missing(cells, missing) -> Cells:
    """The cells without what the layout says stands for a missing value."""
    stands_for = dict(missing) if isinstance(missing, dict) else dict.fromkeys(missing)
    if not stands_for:
        return cells
    text = columns.clean(cells.text)
    numbers = cells.numbers if cells.numbers is not None else pa.nulls(len(text), pa.float64())
    for written, value in stands_for.items():
        is_it = pc.fill_null(pc.equal(text, str(written)), False)
        if isinstance(written, (int, float)) and columns.is_filled(numbers):
            numbers = pc.if_else(pc.fill_null(pc.equal(numbers, float(written)), False), None, numbers)
        text = pc.if_else(is_it, pa.scalar(None, pa.string()), text)
        if value is not None:
            numbers = pc.if_else(is_it, float(value), numbers)
    return Cells(text, numbers, cells.dates)


def check_faults(table, name, cells) -> None:
    """Raise if cells of a column hold errors of Excel, or formulas whose result was not saved."""
    place, numbers = table.places[name], table.grid.numbers
    unsaved = table.grid.unsaved & {(int(number), place) for number in numbers} if table.grid.unsaved else ()
    if unsaved:
        raise ValueError(
            f"{table.name} must hold values, but {len(unsaved)} cells hold a formula without a saved result (`{name}`, "
            f"first: {get_column_letter(place + 1)}{min(unsaved)[0]}). Open it in Excel, let it calculate, and save it."
        )
    text = columns.clean(cells.text)
    count, first = columns.count_and_first(text, pc.match_substring_regex(text, columns.ERRORS))
    if count:
        error = text[first - 1].as_py()
        raise ValueError(
            f"{table.name} must hold values, but {count} cells of `{name}` have Excel errors (first: row "
            f"{numbers[first - 1]} = {error}). Correct them in Excel and save again, or write `missing: ['{error}']` "
            "in the sidecar."
        )
