"""Tables as Danish offices send them: csv with semicolons and decimal commas, or a sheet of a workbook."""

import re
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from analysis.readers import columns
from analysis.readers.delimited import first_line, read_delimited, sniff_delimiter, sniff_encoding
from analysis.readers.workbook import read_sheet

WORKBOOKS = (".xlsx", ".xlsm")
MUNICIPALITY = re.compile(
    r"(^|_)(kommune_?(kode|nr|nummer|no)|kom_?(kode|nr)|municipality_(code|no|number))$"
)


def read_table(path, sheet=None) -> pd.DataFrame:
    """Read a table from a csv file or a workbook, with the types its values have.

    Encoding, delimiter and decimal mark are found in the file. Whole numbers become `Int64`, other numbers
    `Float64`,
    dates (year-month-day or day-month-year) `datetime64`, everything else `string`; missing is `<NA>`. A
    column named as municipality
    codes is text of four digits (`0101`), whether the file has them so or as numbers. Numbers with a leading
    zero stay text.

    Parameters
    ----------
    path : path
        A .csv, .txt, .tsv or .xlsx file.
    sheet : str, optional
        Name of the sheet in a workbook; the first if not given.

    Raises
    ------
    FileNotFoundError
        No such file.
    ValueError
        A file that is not what it should be: empty, cut off, encodings or decimal marks mixed, a column
        named twice, a formula without result.
    """
    path = Path(path)
    if path.suffix.lower() in WORKBOOKS:
        return typed_table(read_sheet(path, sheet), default_mark=".")
    if path.suffix.lower() in (".xls", ".ods", ".sav", ".zsav", ".qdpx", ".zip"):
        raise ValueError(
            f"`{path.name}` must be .csv or .xlsx, but is {path.suffix}. Save it as .xlsx, or use its own "
            "reader."
        )
    text = read_delimited(path)
    return typed_table(text, default_mark="," if delimiter_of(path) == ";" else ".")


def delimiter_of(path) -> str:
    """The delimiter of a file: a semicolon tells of a European setting, in which the comma is decimal."""
    told, header = first_line(path, sniff_encoding(path))
    return told or sniff_delimiter(header)


def typed_table(text: pa.Table, default_mark) -> pd.DataFrame:
    """Columns of text, each with the type that all its values have."""
    cleaned = {name: columns.clean(text.column(name)) for name in text.column_names}
    marks = {columns.decimal_mark(without_marks(column)) for column in cleaned.values()}
    told = marks & {",", "."}
    mark = told.pop() if len(told) == 1 else default_mark
    return pd.DataFrame({name: typed_column(column, name, mark) for name, column in cleaned.items()})


def without_marks(text) -> pa.ChunkedArray:
    """Column without the words that stand for "no number"."""
    return pc.if_else(pc.is_in(text, pa.array(columns.NO_NUMBER)), pa.scalar(None, pa.string()), text)


def typed_column(text, name, mark) -> pd.Series:
    """A column with the type that all its values have.

    Raises
    ------
    ValueError
        Numbers with decimal comma and decimal point in one column, or dates that are none.
    """
    numbers = without_marks(text)
    if numbers.null_count == len(text):
        return columns.as_text(text)
    if MUNICIPALITY.search(name.strip().lower()) and columns.matches(numbers, r"^0?[1-9]\d{2}(\.0)?$"):
        digits = pc.replace_substring_regex(numbers, r"\.0$", "")
        return columns.as_text(pc.utf8_lpad(digits, 4, "0"))
    if columns.decimal_mark(numbers) != "no" and not are_identifiers(numbers):
        return columns.as_numbers(numbers, name, mark)
    if columns.matches(text, columns.DATE):
        return columns.as_dates(text, name)
    return columns.as_text(text)


def are_identifiers(text) -> bool:
    """Whether a value is a code that a number would change: a zero in front, or very many digits."""
    return bool(pc.any(pc.match_substring_regex(text, columns.IDENTIFIER), min_count=0).as_py())
