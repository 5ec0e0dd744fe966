"""The three parts of a SurveyXact export, from a folder of text files or from one workbook."""

import re
from pathlib import Path

import pyarrow as pa

from analysis.readers.delimited import existing_file, read_delimited, rows, sniff_delimiter, sniff_encoding
from analysis.readers.workbook import read_sheet, sheet_names, sheet_rows

PARTS = ("dataset", "labels", "structure")
# a row may be one empty field too long: a fault of the tool
STRUCTURE_FIELDS = 7
TEXT_FILES = (".csv", ".txt", ".tsv")


def read_parts(path) -> tuple[pa.Table, list, list]:
    """Dataset (as text), rows of the labels, rows of the structure.

    Raises
    ------
    FileNotFoundError
        No such folder or file, or a part is not in it.
    ValueError
        A part that is not what it should be.
    """
    path = Path(path)
    if path.is_file() and path.suffix.lower() in TEXT_FILES:
        path = path.parent
    tables, labels, structure = read_folder(path) if path.is_dir() else read_workbook(path)
    return (
        side_by_side(tables, path),
        whole_rows(labels, starts_label),
        whole_rows(structure, starts_question),
    )


def whole_rows(found, starts) -> list[list[str]]:
    """Rows with what a line break in a text without quotes cut off put back."""
    whole = []
    for row in found:
        if whole and not starts(row):
            whole[-1] = [*whole[-1][:-1], f"{whole[-1][-1]}\n{row[0]}", *row[1:]]
        else:
            whole.append(row)
    return whole


def starts_label(row) -> bool:
    """Whether a row of the labels is one, not the rest of a text."""
    return len(row) > 1


def starts_question(row) -> bool:
    """Whether a row of the structure is one, not the rest of a text."""
    is_typed = len(row) > 3 and row[2].strip().lower() in ("open", "closed", "questiontype")
    return is_typed or len(row) >= STRUCTURE_FIELDS


def read_folder(path) -> tuple[list, list, list]:
    """The parts in text files: dataset tables, rows of labels, rows of structure."""
    present = {file.stem: file for file in sorted(path.iterdir()) if file.suffix.lower() in TEXT_FILES}
    files = {part: things_of(part, present) for part in PARTS}
    check_parts(files, path, "file `{}.csv`")
    tables = [read_delimited(file) for file in files["dataset"]]
    return tables, small_rows(files["labels"][0]), small_rows(files["structure"][0])


def read_workbook(path) -> tuple[list, list, list]:
    """The parts in sheets of a workbook: dataset tables, rows of labels, rows of structure."""
    names = {name: name for name in sheet_names(path)}
    sheets = {part: things_of(part, names) for part in PARTS}
    check_parts(sheets, path, "sheet `{}`")
    tables = [read_sheet(path, name) for name in sheets["dataset"]]
    return tables, sheet_rows(path, sheets["labels"][0]), sheet_rows(path, sheets["structure"][0])


def things_of(part, present) -> list:
    """Those of the named things that are this part, in order: `Dataset`, or `Dataset(1)`, `Dataset(2)`."""
    fitting = {}
    for name, thing in present.items():
        match = re.fullmatch(rf"{part}\s*(?:\((\d+)\))?", name.strip().lower())
        if match:
            fitting[int(match[1] or 0)] = thing
    return [fitting[number] for number in sorted(fitting)]


def check_parts(found, path, what) -> None:
    """Raise if a part of the export is not there."""
    absent = [what.format(part) for part in PARTS if not found[part]]
    if absent:
        raise FileNotFoundError(
            f"`{path.name}` must hold the three parts of a SurveyXact export (dataset, labels, structure), "
            f"but {len(absent)} of 3 are not there (first: {absent[0]}). Ask for the whole export."
        )


def small_rows(file) -> list[list[str]]:
    """Rows of the labels or the structure that are not empty."""
    encoding = sniff_encoding(existing_file(file))
    with file.open(encoding=encoding, newline="") as stream:
        delimiter = sniff_delimiter(stream.readline())
    return [row for row in rows(file, encoding, delimiter) if any(field.strip() for field in row)]


def side_by_side(tables, path) -> pa.Table:
    """A dataset that was split by column, put together again.

    Raises
    ------
    ValueError
        Parts of different length, or a column that is in two parts with different content.
    """
    whole = tables[0]
    for table in tables[1:]:
        if table.num_rows != whole.num_rows:
            raise ValueError(
                f"`{path.name}` must have the same respondents in all parts of its dataset, but they have "
                f"{whole.num_rows} and {table.num_rows} rows. Ask for the export again."
            )
        for name in table.column_names:
            whole = with_column(whole, name, table.column(name), path)
    return whole


def with_column(whole, name, column, path) -> pa.Table:
    """The dataset with one more column; the same column twice is one.

    Raises
    ------
    ValueError
        A column of that name with other content.
    """
    if name not in whole.column_names:
        return whole.append_column(name, column)
    if whole.column(name).equals(column):
        return whole
    raise ValueError(
        f"`{path.name}` must have its respondents in the same order in all parts of its dataset, but "
        f"`{name}` differs between two of them. Ask for the export again."
    )
