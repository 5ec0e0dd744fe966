"""What the studies and other sources say: their statements in our words, and the figures that they publish.

``data/statements.csv`` has a row a statement, and is checked against the codebook; a statement that is a figure names
its row of ``data/raw/published_figures.csv``. No sentence of a source stands in the project.
"""

from functools import cache

import pandas as pd

from analysis import codebook, danish, data, files
from analysis.readers.tabular import read_table

_FILE = "data/statements.csv"


def check_statements(rows: pd.DataFrame) -> pd.DataFrame:
    """The statements, typed by the codebook, when each id is there once.

    Raises
    ------
    ValueError
        If a column, a word or an id is not as it should be; row and column are named.
    """
    try:
        checked = codebook.validate(rows, "statements")
    except ValueError as error:
        raise ValueError(f"{_FILE}: {error}") from None
    double = checked[checked["id"].duplicated()]
    if len(double):
        raise ValueError(
            f"{_FILE}: `id` must be there once, but {len(double)} of {len(rows)} rows repeat one (first: row"
            f" {double.index[0] + 1} = {double['id'].iloc[0]}). Give each statement its own."
        )
    return checked


@cache
def _statements(file, written: int) -> pd.DataFrame:
    return check_statements(read_table(file)).set_index("id", drop=False)


def statements(**wanted: str) -> pd.DataFrame:
    """The statements, in the file's order; with `wanted`, those with a value in a column, as ``kind="evidence"``."""
    file = files.project() / _FILE
    rows = _statements(file, file.stat().st_mtime_ns)
    for column, value in wanted.items():
        rows = rows[rows[column].eq(value)]
    return rows


def statement(key: str) -> str:
    """What a source says, by the statement's id, without a full stop.

    Raises
    ------
    KeyError
        If there is no such statement.
    """
    rows = statements()
    if key not in rows.index:
        raise KeyError(f"`{key}` must be an id of {_FILE} ({', '.join(rows.index)}).")
    return str(rows.loc[key, "statement"])


def report(*keys: str) -> str:
    """Statements of the report as sentences, marked as the report's, with where they stand."""
    said = ". ".join(statement(key) for key in keys)
    return f"**Rapporten:** {said} (Delrapport 3, kapitel 4)."


def figure(key: str) -> pd.Series:
    """One published figure by its id.

    Raises
    ------
    KeyError
        If there is none of that id.
    """
    figures = data.read("published_figures").set_index("id")
    if key not in figures.index:
        raise KeyError(
            f"`{key}` must be an id of data/raw/published_figures.csv ({', '.join(figures.index)})."
        )
    return figures.loc[key]


def published(key: str) -> str:
    """A published value as it is written: "40 sager", "20–30 sager", "55 pct."."""
    row = figure(key)
    number = danish.number(row["value"])
    if pd.notna(row["value_high"]):
        number = danish.interval(row["value"], row["value_high"], 0)
    return f"{number} {row['unit']}"
