"""The codebook: what each processed column is, executed as its check.

One row of ``data/codebook.csv`` a column: kind, unit, range, categories, Danish label, definition, source. Reading,
validation, labels and documentation all come from that table; a new column is a new row.
"""

from functools import cache

import pandas as pd

from analysis import files, municipalities
from analysis.readers.lists import read_list

# A category of these names is a reason for a missing answer: kept, reported, and out of every base.
MISSING_REASONS = ("dont_know", "refused", "not_relevant", "skipped")

_DTYPES = {"string": "str", "code": "str", "integer": "Int64", "number": "Float64"}


_COLUMNS = ["table", "column", "dtype", "unit", "minimum", "maximum", "categories", "required", "asked_if"]
_COLUMNS += ["label", "definition", "source"]
_KINDS = ("string", "code", "integer", "number", "category", "ordered")


@cache
def read_codebook() -> pd.DataFrame:
    """The codebook, one row a column of a processed table, in the order of the tables' columns.

    Raises
    ------
    ValueError
        If a cell of it can't be; the message names row and column.
    """
    rows = read_list(files.project() / "data" / "codebook.csv", _COLUMNS)
    seen = set()
    for number, row in rows.items():
        wrong = _wrong_cell(row, seen)
        if wrong:
            raise ValueError(f"`data/codebook.csv`, row {number}, column {wrong}. Correct the cell.")
        seen.add((row["table"], row["column"]))
    return pd.DataFrame(list(rows.values()), columns=_COLUMNS, dtype="str")


def _wrong_cell(row: dict[str, str], seen: set[tuple[str, str]]) -> str:
    """The first cell of a row that can't be, with what was expected and found; nothing where all can."""
    closed = row["dtype"] in ("category", "ordered")
    pairs = row["categories"].split("|") if row["categories"] else []
    levels = [pair.split("=", 1)[0] for pair in pairs]
    limits = [row[name] for name in ("minimum", "maximum") if row[name]]
    empty = [name for name in ("table", "column", "label", "definition", "source") if not row[name]]
    checks = {
        empty[0] if empty else "table": (not empty, "a text", ""),
        "column": ((row["table"], row["column"]) not in seen, "a column of its own", row["column"]),
        "dtype": (row["dtype"] in _KINDS, f"one of {', '.join(_KINDS)}", row["dtype"]),
        "categories": (
            bool(pairs) == closed and all("=" in pair for pair in pairs) and len(set(levels)) == len(levels),
            "`level=Danish word|…`, each level once, where the column is a closed question",
            row["categories"],
        ),
        "minimum": (
            len(limits) in (0, 2) and all(_is_number(limit) for limit in limits),
            "two numbers with a decimal point, `minimum` and `maximum`, or neither",
            " ".join(limits),
        ),
        "required": (row["required"] in ("yes", "no"), "yes or no", row["required"]),
    }
    return next(
        (
            f"`{name}`: expected {expected}, but found `{value}`"
            for name, (holds, expected, value) in checks.items()
            if not holds
        ),
        "",
    )


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def columns(table: str) -> pd.DataFrame:
    """The codebook rows of one table, indexed by column.

    Raises
    ------
    KeyError
        If the codebook has no such table.
    """
    rows = read_codebook()
    found = rows[rows["table"] == table].set_index("column")
    if found.empty:
        known = ", ".join(f"`{name}`" for name in rows["table"].unique())
        raise KeyError(f"`{table}` must be a table of data/codebook.csv ({known}).")
    return found


@cache
def _rows() -> dict[tuple[str | None, str], dict[str, str]]:
    """Each row by table and column, and the first of each column by None: figures ask for hundreds of labels."""
    rows = read_codebook().to_dict("records")
    first = {(None, row["column"]): row for row in reversed(rows)}
    return first | {(row["table"], row["column"]): row for row in rows}


def _row(column: str, table: str | None) -> dict[str, str]:
    if (table, column) not in _rows():
        if table is not None:
            columns(table)  # says so where it is the table that isn't known
        raise KeyError(f"`{column}` must be a column of data/codebook.csv. Add a row for it there.")
    return _rows()[table, column]


def label(column: str, table: str | None = None) -> str:
    """Danish label of a column.

    Examples
    --------
    >>> label("sparring_hours")
    'Timer til faglig sparring'
    """
    return _row(column, table)["label"]


def levels(column: str, table: str | None = None) -> dict[str, str]:
    """Levels of a categorical column and their Danish labels, in the order of the scale.

    Examples
    --------
    >>> levels("area")
    {'at_risk': 'Udsatteområdet', 'disability': 'Handicapområdet'}
    """
    categories = _row(column, table)["categories"]
    return dict(pair.split("=", 1) for pair in categories.split("|")) if categories else {}


def known_levels(column: str) -> dict[str, str]:
    """As `levels`, of any table; none where the codebook has no such column."""
    return levels(column) if (None, column) in _rows() else {}


def valid_levels(column: str, table: str | None = None) -> dict[str, str]:
    """The levels that are answers: those of `levels` without the reasons for a missing answer."""
    return {level: word for level, word in levels(column, table).items() if level not in MISSING_REASONS}


def _as_category(values: pd.Series, row: pd.Series) -> pd.Series:
    scale = pd.CategoricalDtype(list(_levels_of(row)), ordered=row["dtype"] == "ordered")
    unknown = values.dropna()[~values.dropna().isin(scale.categories)]
    if len(unknown):
        raise ValueError(
            f"`{row.name}` must be one of {', '.join(f'`{c}`' for c in scale.categories)}, but {len(unknown)} of "
            f"{len(values)} rows are not (first: row {_position(values, unknown)} = {unknown.iloc[0]}). "
            "Correct the delivery, or add the level in data/codebook.csv."
        )
    return values.astype(scale)


def _levels_of(row: pd.Series) -> list[str]:
    return [pair.split("=", 1)[0] for pair in row["categories"].split("|")]


def _position(values: pd.Series, wrong: pd.Series) -> int:
    """Number of the first wrong row, counted from 1."""
    return int(values.index.get_indexer_for(wrong.index[:1])[0]) + 1


def _as_number(values: pd.Series, row: pd.Series) -> pd.Series:
    numbers = pd.to_numeric(values, errors="coerce").astype("Float64")
    whole = numbers.isna() | (row["dtype"] == "number") | (numbers.fillna(0) % 1 == 0)
    wrong = values[(values.notna() & numbers.isna()) | ~whole]
    if len(wrong):
        kind = "a whole number" if row["dtype"] == "integer" else "a number"
        raise ValueError(
            f"`{row.name}` must be {kind}, but {len(wrong)} of {len(values)} rows are not (first: row "
            f"{_position(values, wrong)} = {wrong.iloc[0]}). Correct the delivery."
        )
    return numbers.astype(_DTYPES[row["dtype"]])


def _check_range(values: pd.Series, row: pd.Series) -> None:
    low, high = float(row["minimum"]), float(row["maximum"])
    outside = values[values.notna() & ~values.between(low, high).fillna(True)]
    if len(outside):
        raise ValueError(
            f"`{row.name}` must be within {row['minimum']}-{row['maximum']} {row['unit']}".rstrip()
            + f", but {len(outside)} of {len(values)} rows are not (first: row {_position(values, outside)} = "
            f"{outside.iloc[0]}). Correct the delivery, or widen the range in data/codebook.csv."
        )


def _check_codes(values: pd.Series, row: pd.Series) -> None:
    known = {m.code for m in municipalities.everyone()}
    wrong = values[values.notna() & ~values.isin(known)]
    if len(wrong):
        raise ValueError(
            f"`{row.name}` must be one of the 98 municipality codes, but {len(wrong)} of {len(values)} rows are not "
            f"(first: row {_position(values, wrong)} = {wrong.iloc[0]}). Correct the delivery."
        )


def _check_required(values: pd.Series, row: pd.Series) -> None:
    if row["required"] == "yes" and values.isna().any():
        empty = values[values.isna()]
        raise ValueError(
            f"`{row.name}` must be filled in every row, but {len(empty)} of {len(values)} rows are empty "
            f"(first: row {_position(values, empty)}). Correct the delivery."
        )


def _typed(values: pd.Series, row: pd.Series) -> pd.Series:
    _check_required(values, row)
    if row["dtype"] in ("category", "ordered"):
        return _as_category(values, row)
    if row["dtype"] in ("integer", "number"):
        numbers = _as_number(values, row)
        if row["minimum"]:
            _check_range(numbers, row)
        return numbers
    text = values.astype("str")
    if row["dtype"] == "code":
        _check_codes(text, row)
    return text


def validate(rows: pd.DataFrame, table: str) -> pd.DataFrame:
    """A table with exactly the codebook's columns, in its order, typed and within range.

    Parameters
    ----------
    rows : DataFrame
        One row a unit of the table; columns in any order.
    table : str
        Name of the table in the codebook.

    Raises
    ------
    ValueError
        If a column is missing, surplus, of the wrong kind, out of range, or empty where it is required.
    """
    book = columns(table)
    surplus = [c for c in rows.columns if c not in book.index]
    missing = [c for c in book.index if c not in rows.columns]
    for names, fault, remedy in (
        (surplus, "are not in data/codebook.csv", "Add a row for each, or leave them out of the sidecar"),
        (missing, "are missing", "Map them in the sidecar of the delivery, or correct the delivery"),
    ):
        if names:
            raise ValueError(
                f"`{table}` must have the {len(book)} columns of data/codebook.csv, but {len(names)} {fault} "
                f"(first: `{names[0]}`). {remedy}."
            )
    return pd.DataFrame({column: _typed(rows[column], book.loc[column]) for column in book.index})


def document() -> str:
    """The codebook as Markdown, a section a table: what `docs/codebook.md` would say, always up to date."""
    parts = []
    for table in read_codebook()["table"].unique():
        rows = columns(table)
        lines = [f"| `{c}` | {r['label']} | {r['unit']} | {r['definition']} |" for c, r in rows.iterrows()]
        parts.append(
            "\n".join(
                [f"## {table}", "", "| kolonne | label | enhed | definition |", "|---|---|---|---|"] + lines
            )
        )
    return "\n\n".join(parts)


if __name__ == "__main__":
    print(document())
