"""Tables as Danish offices send them: text with delimiters, or a sheet of a workbook."""

from pathlib import Path

import pandas as pd

from analysis.readers.kinds import TEXT_FILES, existing_file
from analysis.readers.layout import AS_IT_IS, Grid, Layout, Table, table_of, text_grid, typed_frame
from analysis.readers.workbook import WORKBOOKS, sheet_grid


def read_table(path, sheet=None, *, layout=None, wanted=None) -> pd.DataFrame:
    """Read a table from a text file or a workbook, with the types its values have.

    Encoding and delimiter are found in the file, the decimal mark of a column in its own numbers. Whole numbers
    become `Int64`, other numbers `Float64`, dates (year-month-day or day-month-year) `datetime64`, everything else
    `string`; missing is `<NA>`. A percentage is what it is of one (`12,5 %` is 0.125). A column named as
    municipality codes is text of four digits (`0101`). Numbers with a leading zero stay text. Rows without
    anything are no rows.

    Parameters
    ----------
    path : path
        A .csv, .txt, .tsv, .xlsx, .xlsm, .xls or .ods file.
    sheet : str, optional
        Name of the sheet in a workbook; if not given, the only one shown that holds a table.
    layout : Layout, optional
        What the sidecar says of how the table lies in the file.
    wanted : list of str, optional
        The columns that are used: what cannot be told in another is no fault.

    Raises
    ------
    FileNotFoundError
        No such file.
    ValueError
        A file that is not what it should be: empty, cut off, encodings mixed, a title for a heading, a column
        named twice, a formula without result, numbers that nothing tells the decimal mark of.
    """
    layout = layout or Layout(sheet=sheet)
    return typed_frame(read_cells(path, layout), layout, wanted)


def read_cells(path, layout=AS_IT_IS) -> Table:
    """The table as it lies in the file, before its columns have types."""
    return table_of(read_grid(path, layout.sheet), layout)


def read_grid(path, sheet=None) -> Grid:
    """Cells of a file as they lie in it."""
    path = Path(path)
    suffix = path.suffix.lower()
    if suffix in WORKBOOKS:
        return sheet_grid(path, sheet)
    if suffix not in TEXT_FILES and existing_file(path):
        raise ValueError(
            f"`{path.name}` must be .csv, .txt, .tsv, .xlsx, .xlsm, .xls or .ods, but is {suffix or 'without ending'}. "
            "Save it as .xlsx, or use its own reader."
        )
    return text_grid(path)
