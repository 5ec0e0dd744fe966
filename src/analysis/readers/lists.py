"""The project's own lists (codebook, measures, municipalities), row by row, as written by hand or saved by Excel."""

from difflib import get_close_matches
from pathlib import Path

from analysis.readers import text


def read_list(file: Path, columns: list[str]) -> dict[int, dict[str, str]]:
    """The rows of one of the project's own lists by row number, as written by hand or saved by Danish Excel.

    Parameters
    ----------
    file : Path
        A csv file; delimiter and encoding are found in it.
    columns : list of str
        The columns that it must have, in any order.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is no table, or its columns are others.
    """
    header, *rows = [[cell.strip() for cell in row] for row in text.rows(file)] or [[]]
    found = [name for name in header if name]
    surplus = [name for name in found if name not in columns]
    missing = [name for name in columns if name not in found]
    twice = [name for name in found if found.count(name) > 1]
    if twice:
        raise ValueError(
            f"`data/{file.name}`, row 1: expected each column once, but `{twice[0]}` stands twice."
        )
    if surplus or missing:
        near = get_close_matches(surplus[0], missing, n=1) if surplus else []
        names = f"`{surplus[0]}` is none of them" if surplus else f"`{missing[0]}` is missing"
        raise ValueError(
            f"`data/{file.name}`, row 1: expected the {len(columns)} columns {', '.join(columns)}, but "
            f"{len(surplus)} are others and {len(missing)} are missing (first: {names}). "
            + (f"Rename it `{near[0]}`." if near else "Correct the header, or leave the file out.")
        )
    filled = {number: row for number, row in enumerate(rows, start=2) if any(row)}
    for number, row in filled.items():
        if len(row) < len(header) or any(row[len(header) :]):
            raise ValueError(
                f"`data/{file.name}`, row {number}: expected {len(header)} cells, but found {len(row)}. A text that "
                "holds the delimiter must stand in quotes."
            )
    return {number: dict(zip(header, row, strict=False)) for number, row in filled.items()}
