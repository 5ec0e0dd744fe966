"""Sheets of an Excel workbook as tables of text, so that they read like text files of the same delivery."""

import datetime
import warnings
import zipfile
import zlib
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

import openpyxl
import pyarrow as pa
from openpyxl.utils.exceptions import InvalidFileException

from analysis.readers.archive import CHUNK, open_archive
from analysis.readers.delimited import without_nameless

ROWS_AT_ONCE = 10_000
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
EXCEL_ERRORS = {"#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#N/A", "#NUM!", "#NULL!"}


@contextmanager
def open_workbook(path, formulas=False):
    """Open a workbook for reading row by row: the values last shown, or the `formulas` behind them.

    Raises
    ------
    FileNotFoundError, ValueError
        No such file, an archive that is not safe or not whole, or no workbook.
    """
    path = Path(path)
    with open_archive(path) as archive:
        if "[Content_Types].xml" not in archive.namelist():
            raise ValueError(
                f"`{path.name}` must be an Excel workbook, but is another kind of zip archive. Ask for it as "
                ".xlsx."
            )
    # a stream of our own is closed whatever happens, openpyxl's is not
    with path.open("rb") as stream, warnings.catch_warnings():
        # openpyxl warns of styles and validations that it leaves out: not of values
        warnings.filterwarnings("ignore", category=UserWarning, module="openpyxl")
        try:
            workbook = openpyxl.load_workbook(stream, read_only=True, data_only=not formulas)
        except DAMAGE as error:
            raise ValueError(damaged_message(path, error)) from error
        yield workbook


def damaged_message(path, error) -> str:
    """Tell of a workbook that cannot be read."""
    return (
        f"`{path.name}` must be an Excel workbook, but could not be read ({str(error)[:80]}). Open it in "
        "Excel and save it again."
    )


def sheet_names(path) -> list[str]:
    """Names of the sheets with cells in them, in order."""
    with open_workbook(path) as workbook:
        return [sheet.title for sheet in workbook.worksheets]


def read_sheet(path, name=None) -> pa.Table:
    """Read a sheet (the first, if no name) as text; an empty cell is null, an empty row left out.

    Raises
    ------
    ValueError
        No sheet of that name, no header, a name used twice, Excel errors, formulas whose result was not
        saved.
    """
    path = Path(path)
    with open_workbook(path) as workbook:
        sheet = sheet_of(workbook, name, path)
        sheet.reset_dimensions()
        table = text_table(filled_rows(sheet, path), path, sheet.title)
    if has_formulas(path):
        check_formulas(path, name)
    return without_nameless(table, path)


def sheet_of(workbook, name, path):
    """The sheet of that name, or the first.

    Raises
    ------
    ValueError
        No sheet of that name, or none with cells at all.
    """
    sheets = {sheet.title: sheet for sheet in workbook.worksheets}
    if sheets and name is None:
        return next(iter(sheets.values()))
    if name in sheets:
        return sheets[name]
    present = ", ".join(f"`{title}`" for title in sheets) or "none"
    raise ValueError(
        f"`{path.name}` must have a sheet `{name or 'with a table'}`, but has {present}. Name another, or "
        "ask for it again."
    )


def sheet_rows(path, name) -> list[list[str]]:
    """Rows of a small sheet as they stand, without a header; an empty cell is empty text."""
    with open_workbook(path) as workbook:
        sheet = workbook[name]
        sheet.reset_dimensions()
        return [[text or "" for text in row] for _, row in filled_rows(sheet, Path(path))]


def filled_rows(sheet, path):
    """Rows with something in them, as text."""
    try:
        for number, row in enumerate(sheet.iter_rows(values_only=True), start=1):
            texts = [cell_text(value) for value in row]
            if any(texts):
                yield number, texts
    except DAMAGE as error:
        raise ValueError(damaged_message(path, error)) from error


def cell_text(value) -> str | None:
    """Value of a cell, written as a text file would."""
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime.datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    # Excel writes a carriage return in a cell as this
    return str(value).replace("_x000D_", "\r").replace("\r\n", "\n")


def text_table(found, path, name) -> pa.Table:
    """Rows below the first as a table named by it; built in pieces, to hold few Python objects at a time."""
    _, header = next(found, (0, []))
    width = len(header)
    names = [text or "" for text in header]
    schema = pa.schema([(text, pa.string()) for text in names])
    pieces = []
    while piece := list(islice(found, ROWS_AT_ONCE)):
        rows = [checked_row(row, number, width, path, name) for number, row in piece]
        columns = [pa.array(column, pa.string()) for column in zip(*rows, strict=True)]
        pieces.append(pa.Table.from_arrays(columns, schema=schema))
    if not width:
        raise ValueError(
            f"`{path.name}` must hold data, but sheet `{name}` is empty. Ask for the delivery again."
        )
    return pa.concat_tables(pieces) if pieces else schema.empty_table()


def checked_row(row, number, width, path, name) -> list:
    """Row as wide as the header.

    Raises
    ------
    ValueError
        Values beyond the header, or an Excel error among them.
    """
    if any(row[width:]):
        raise ValueError(
            f"`{path.name}` must have a name for each column, but row {number} of sheet `{name}` is wider. "
            "Name them."
        )
    error = EXCEL_ERRORS.intersection(text for text in row if text)
    if error:
        raise ValueError(
            f"`{path.name}` must hold values, but sheet `{name}` has Excel errors (first: row {number} = "
            f"{min(error)}). "
            "Correct them in Excel and save again."
        )
    return row[:width] + [None] * (width - len(row))


def has_formulas(path) -> bool:
    """Whether any sheet holds formulas."""
    with open_archive(path) as archive:
        sheets = [
            name for name in archive.namelist() if name.startswith("xl/worksheets/") and name.endswith(".xml")
        ]
        for sheet in sheets:
            tail = b""
            with archive.open(sheet) as stream:
                while piece := stream.read(CHUNK):
                    if b"<f>" in tail + piece or b"<f " in tail + piece:
                        return True
                    tail = piece[-4:]
    return False


def check_formulas(path, name) -> None:
    """Raise if a formula's result was not saved with it: it reads as an empty cell, which it is not."""
    with open_workbook(path) as shown, open_workbook(path, formulas=True) as written:
        values, formulas = sheet_of(shown, name, path), sheet_of(written, name, path)
        pairs = zip(values.iter_rows(values_only=True), formulas.iter_rows(), strict=True)
        empty = [
            cell.coordinate
            for row, cells in pairs
            for value, cell in zip(row, cells, strict=True)
            if value is None and cell.data_type == "f"
        ]
    if empty:
        raise ValueError(
            f"`{path.name}` must hold values, but {len(empty)} cells hold a formula without a saved result "
            f"(first: {empty[0]}). "
            "Open the file in Excel, let it calculate, and save it."
        )
