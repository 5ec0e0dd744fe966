"""Sheets of a workbook (.xlsx, .xlsm, .xls, .ods) as grids of cells: numbers stay numbers."""

import datetime
import re
import warnings
import zipfile
import zlib
from collections.abc import Callable
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path
from typing import NamedTuple
from xml.etree.ElementTree import ParseError

import openpyxl
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring
from openpyxl.utils.cell import coordinate_to_tuple, range_boundaries
from openpyxl.utils.exceptions import InvalidFileException

from analysis.readers.apart import read_apart
from analysis.readers.archive import CHUNK, open_archive
from analysis.readers.columns import ERRORS, clock
from analysis.readers.kinds import ARCHIVE, OLD, existing_file, kind_by_content
from analysis.readers.layout import Grid, cell_grid

WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".ods")
ROWS_LIMIT = 1 << 20
CELLS_LIMIT = 50_000_000
# what openpyxl raises on XML that is no workbook
DAMAGE = (
    InvalidFileException,
    SyntaxError,
    OSError,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    OverflowError,
    EOFError,
    zipfile.BadZipFile,
    zlib.error,
)
ROW = re.compile(rb'<row [^>]*?\br="(\d+)"')
MERGED = re.compile(rb'<mergeCell ref="([A-Z]+\d+:[A-Z]+\d+)"')
# a formula and no value behind it; an empty text is a value
UNSAVED = re.compile(
    rb'<c r="([A-Z]+\d+)"(?![^>]*t="str")[^>]*><f(?:[^>]*/>|[^>]*>[^<]*</f>)(?:<v\s*/>|<v></v>)?</c>'
)
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"


class Sheet(NamedTuple):
    """A sheet of a workbook; its cells are read when `grid` is called."""

    name: str
    is_shown: bool
    grid: Callable[[], Grid]


def kind_of(path) -> str:
    """What a workbook is, by its content: `xlsx`, `ods` or `xls`."""
    path = existing_file(path)
    kind = kind_by_content(path)
    if kind == OLD:
        check_old(path)
        return "xls"
    if kind == ARCHIVE or (not kind and path.suffix.lower() != ".xls" and not looks_like_text(path)):
        # tells what a whole archive is not
        with open_archive(path) as archive:
            names = archive.namelist()
        if "[Content_Types].xml" in names or "content.xml" in names:
            return "xlsx" if "[Content_Types].xml" in names else "ods"
        raise ValueError(
            f"`{path.name}` must be a workbook, but is another kind of zip archive. Ask for it as .xlsx."
        )
    raise ValueError(
        f"`{path.name}` must be a workbook, but is {kind or 'text or a page'} under that name. Open it in "
        "the program that wrote it (a page or XML in Excel), and save it as .xlsx; or give it the ending .csv if it is "
        "text with delimiters."
    )


def check_old(path) -> None:
    """Raise if a file of old Office is no workbook that can be read without a password."""
    with path.open("rb") as stream:
        content = stream.read(1 << 22)
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise ValueError(
            f"`{path.name}` must be readable without a password, but is encrypted. Open it in Excel, remove the "
            "password, and save it."
        )
    if not any(name.encode("utf-16-le") in content for name in ("Workbook", "Book")):
        raise ValueError(
            f"`{path.name}` must be an Excel workbook, but is neither .xlsx nor a whole old .xls: it may have a "
            "password, or be another program's. Open it in Excel, and save it as .xlsx without a password."
        )


def looks_like_text(path) -> bool:
    """Whether the first bytes are those of a text."""
    with path.open("rb") as stream:
        return all(byte >= 32 or byte in b"\t\r\n" for byte in stream.read(8))


def open_sheets(path) -> list[Sheet]:
    """The sheets with cells, in order."""
    path = Path(path)
    found = {"xls": old_sheets, "ods": ods_sheets, "xlsx": xlsx_sheets}[kind_of(path)](path)
    return [
        Sheet(name, shown, cache(partial(grid, f"sheet `{name}` of `{path.name}`")))
        for name, shown, grid in found
    ]


def sheet_grid(path, name=None) -> Grid:
    """Cells of a sheet; without a name, of the only one shown that holds a table."""
    path = Path(path)
    present = open_sheets(path)
    if name is None:
        return only_table(present, path)
    for sheet in present:
        if sheet.name == name:
            return sheet.grid()
    raise ValueError(
        f"`{path.name}` must have a sheet `{name}`, but has {listed(present)}. Name another, or ask for it again."
    )


def only_table(present, path) -> Grid:
    """Cells of the only sheet shown that holds a table, else of the first with something in it."""
    tables = tables_in(present)
    if len(tables) > 1:
        raise ValueError(
            f"`{path.name}` must say which of its sheets is meant, but {len(tables)} hold tables "
            f"({', '.join(f'`{name}`' for name in tables)}). Write `sheet: {next(iter(tables))}` (or the other) in "
            "the sidecar."
        )
    found = [*tables.values(), *(sheet.grid() for sheet in shown(present) if len(sheet.grid().numbers))]
    if not found:
        raise ValueError(
            f"`{path.name}` must hold data, but its {len(shown(present))} sheets ({listed(shown(present))}) are empty. "
            "Ask for the delivery again."
        )
    return found[0]


def shown(present) -> list[Sheet]:
    """The sheets that are shown; all if none is."""
    return [sheet for sheet in present if sheet.is_shown] or present


def tables_in(present) -> dict[str, Grid]:
    """Name -> cells of each sheet shown that has a heading and rows below it."""
    grids = {sheet.name: sheet.grid() for sheet in shown(present)}
    return {
        name: grid
        for name, grid in grids.items()
        if len(grid.numbers) > 1 and sum(bool(text) for place in (0, 1) for text in grid.row(place)) > 1
    }


def listed(present) -> str:
    """Names of sheets, for a message."""
    return ", ".join(f"`{s.name}`" + ("" if s.is_shown else " (hidden)") for s in present) or "none"


def xlsx_sheets(path) -> list[tuple]:
    """Name, whether it is shown and how it is read, of each sheet of an .xlsx."""
    with open_workbook(path) as workbook:
        return [
            (sheet.title, sheet.sheet_state == "visible", partial(xlsx_grid, path, sheet.title))
            for sheet in workbook.worksheets
        ]


def xlsx_grid(path, name, title) -> Grid:
    """Cells of a sheet of an .xlsx."""
    with open_workbook(path) as workbook:
        sheet = workbook[name]
        sheet.reset_dimensions()
        merged, unsaved = sheet_facts(path, sheet._worksheet_path)
        return cell_grid(xlsx_rows(sheet, path), title, unsaved, merged)


@contextmanager
def open_workbook(path):
    """Open an .xlsx for reading row by row, with the values last shown."""
    # a stream of our own is closed whatever happens, openpyxl's is not
    with path.open("rb") as stream, warnings.catch_warnings():
        # openpyxl warns of styles and validations that it leaves out: not of values
        warnings.filterwarnings("ignore", category=UserWarning, module="openpyxl")
        try:
            workbook = openpyxl.load_workbook(stream, read_only=True, data_only=True)
        except DAMAGE as error:
            raise ValueError(damaged_message(path, error)) from error
        if not workbook.worksheets:
            raise ValueError(
                f"`{path.name}` must hold sheets with cells, but none can be read: it may be saved as Strict Open XML, "
                "or hold charts only. Open it in Excel, and save it as an ordinary workbook (.xlsx)."
            )
        yield workbook


def damaged_message(path, error) -> str:
    """Tell of a workbook that cannot be read."""
    return (
        f"`{path.name}` must be a whole workbook, but could not be read ({str(error)[:80]}). Open it in the program "
        "that wrote it and save it again."
    )


def xlsx_rows(sheet, path):
    """Numbered rows with something in them."""
    try:
        for number, row in enumerate(sheet.iter_rows(values_only=True), start=1):
            check_row_number(number, path)
            values = [plain_value(value) for value in row]
            if any(value is not None for value in values):
                yield number, values
    except DAMAGE as error:
        if isinstance(error, ValueError) and str(error).startswith(f"`{path.name}`"):
            raise
        raise ValueError(damaged_message(path, error)) from error


def check_row_number(number, path) -> None:
    """Raise if a sheet states a row that no program has."""
    if number > ROWS_LIMIT:
        raise ValueError(
            f"`{path.name}` must have at most {ROWS_LIMIT} rows in a sheet, as Excel has, but states row {number}. The "
            "file is damaged, or made to fill the memory: ask for the delivery again."
        )


def plain_value(value):
    """Value of a cell; nothing as None, text with the line ends that it has."""
    if isinstance(value, str):
        # Excel writes a carriage return in a cell as this
        return value.replace("_x000D_", "\r").replace("\r\n", "\n") or None
    if isinstance(value, datetime.timedelta):
        return clock(value.total_seconds())
    return value


def sheet_facts(path, member) -> tuple[list, set]:
    """Merged areas, and cells with a formula whose result was not saved, by the sheet's XML."""
    merged, unsaved, tail = set(), set(), b""
    with open_archive(path, is_checked=True) as archive:
        names = {name.lower(): name for name in archive.namelist()}
        with archive.open(names[member.lstrip("/").lower()]) as stream:
            while piece := stream.read(CHUNK):
                piece = tail + piece
                if (numbers := ROW.findall(piece)) and max(len(number) for number in numbers) > 7:
                    check_row_number(max(map(int, (n[:18] for n in numbers))), path)
                merged.update(MERGED.findall(piece))
                if b"<f" in piece:
                    unsaved.update(UNSAVED.findall(piece))
                tail = piece[-2000:]
    areas = []
    for area in sorted(merged):
        first, top, last, bottom = range_boundaries(area.decode())
        areas.append((top, first - 1, bottom, last - 1))
    cells = (coordinate_to_tuple(cell.decode()) for cell in unsaved)
    return areas, {(row, column - 1) for row, column in cells}


def ods_sheets(path) -> list[tuple]:
    """Name, whether it is shown and how it is read, of each sheet of an OpenDocument spreadsheet."""
    with open_archive(path, is_checked=True) as archive:
        try:
            content = fromstring(archive.read("content.xml"), forbid_dtd=True)
        except (ParseError, DefusedXmlException, LookupError, ValueError) as error:
            raise ValueError(damaged_message(path, f"{error}; it may have a password")) from error
    return [
        (table.get(f"{TABLE}name", ""), True, partial(ods_grid, table, path))
        for table in content.iter(f"{TABLE}table")
    ]


def ods_grid(table, path, title) -> Grid:
    """Cells of a table of an OpenDocument spreadsheet."""
    return cell_grid(ods_rows(table, path), title)


def ods_rows(table, path):
    """Numbered rows with something in them; what is repeated is written out."""
    number, cells = 0, 0
    for row in table.iter(f"{TABLE}table-row"):
        repeated = repeats(row, "rows")
        values = []
        for cell in row:
            if cell.tag in (f"{TABLE}table-cell", f"{TABLE}covered-table-cell"):
                value, times = ods_value(cell), repeats(cell, "columns")
                # an empty end is repeated to the edge of the sheet
                values += [value] * (times if value is not None or times < 1024 else 0)
                cells += times * repeated if value is not None else 0
                if cells > CELLS_LIMIT:
                    raise ValueError(
                        f"`{path.name}` must have at most {CELLS_LIMIT} cells, but repeats some to more. It is made to "
                        "fill the memory: ask for the delivery again."
                    )
        if any(value is not None for value in values):
            check_row_number(number + repeated, path)
            for place in range(repeated):
                yield number + place + 1, list(values)
        number += repeated


def repeats(element, what) -> int:
    """How many times a row or cell stands there."""
    told = element.get(f"{TABLE}number-{what}-repeated", "1")
    return int(told) if told.isascii() and told.isdecimal() and len(told) < 10 else 1


def ods_value(cell):
    """Value of a cell of an OpenDocument spreadsheet."""
    kind = cell.get(f"{OFFICE}value-type")
    number = cell.get(f"{OFFICE}value", "")
    text = "\n".join("".join(part.itertext()) for part in cell if part.tag.endswith("}p"))
    if kind in ("float", "percentage", "currency") and not re.fullmatch(ERRORS, text):
        try:
            return float(number)
        except ValueError:
            return text or None
    if kind == "boolean":
        return cell.get(f"{OFFICE}boolean-value") == "true"
    if kind == "date":
        return cell.get(f"{OFFICE}date-value", "").replace("T", " ")[:19] or None
    return text or None


def old_sheets(path) -> list[tuple]:
    """Name, whether it is shown and how it is read, of each sheet of an .xls; all are read at once, and apart."""
    found = read_apart("analysis.readers.workbook:read_old", path, "Excel")
    return [(name, is_shown, partial(old_grid, rows, merged)) for name, is_shown, rows, merged in found]


def old_grid(rows, merged, title) -> Grid:
    """Cells of a sheet of an .xls."""
    return cell_grid(iter(rows), title, merged=merged)


def read_old(path) -> list[tuple]:
    """Name, whether it is shown, numbered rows and merged areas of each sheet of an .xls."""
    import xlrd

    try:
        book = xlrd.open_workbook(path, formatting_info=True)
    except NotImplementedError:
        book = xlrd.open_workbook(path)
    found = []
    for sheet in book.sheets():
        cells = [
            [old_value(cell, book.datemode) for cell in sheet.row(place)] for place in range(sheet.nrows)
        ]
        rows = [
            (number, row)
            for number, row in enumerate(cells, start=1)
            if any(cell is not None for cell in row)
        ]
        merged = [(top + 1, first, bottom, last - 1) for top, bottom, first, last in sheet.merged_cells]
        found.append((sheet.name, sheet.visibility == 0, rows, merged))
    return found


def old_value(cell, datemode):
    """Value of a cell of an .xls."""
    import xlrd

    if cell.ctype in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK) or cell.value == "":
        return None
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return xlrd.error_text_from_code.get(cell.value, "#N/A")
    if cell.ctype == xlrd.XL_CELL_DATE:
        moment = xlrd.xldate_as_datetime(cell.value, datemode)
        return str(moment.time()) if cell.value < 1 else moment
    return bool(cell.value) if cell.ctype == xlrd.XL_CELL_BOOLEAN else cell.value
