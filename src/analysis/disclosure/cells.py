"""Which rows of a table are sums of which other rows.

A total has NA in the keys that it sums over. The municipality implies its region and group, so totals by
region and by group cross each other; both are found by comparing rows, without knowing what the keys mean.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

KEYS = ("group", "municipality", "region", "municipality_group", "area", "role")
STACKS = ("year", "variable", "measure")  # tables on top of each other: never summed over
LABELS = ("place", "place_level", "municipality_code", "status", "verdict", "reliability")
TOTAL_LABELS = ("hele landet", "i alt", "alle", "all", "total")
# What the gate promises, in numbers; said on docs/databeskyttelse.md.
COALITION = (
    1  # respondents who put together what they know of themselves: what is left is still over the threshold
)
WIDTH = 4  # possible values that each withheld count keeps
P_PERCENT = 0.15  # nobody's own number in a sum can be guessed nearer than this
MONOTONE = True  # a threshold begins with what the lower ones withhold


@dataclass(frozen=True)
class Cells:
    """Groups and the sums that tie them together.

    Attributes
    ----------
    n : ndarray of int
        Respondents in each cell: the rows of the table, then totals that a reader knows without seeing them,
        then remainders (a total less the parts that the table lists).
    row : ndarray of int
        The cell's row in the table, -1 for totals and remainders that aren't in it.
    remainder : ndarray of bool
        Cells that nobody is shown.
    equations : tuple of (int, ndarray of int)
        A total, and the cells that it is the sum of.
    levels : ndarray of float, shape (cells, levels)
        Respondents in each level of an answer.
    sums : ndarray of float, shape (cells, 0 or 2)
        Sum of a measure in the cell, and the part of it that its two largest respondents hold.
    least, most : ndarray of float
        What a reader knows that the count of a withheld cell lies between.
    known : ndarray of bool
        Cells that are shown whatever is withheld here.
    ruled : int
        How many of the equations (the first) hide respondents; the others are only known to be true.
    base : ndarray of int
        Which of all respondents' groups are among the cells, after those of the table.
    """

    n: np.ndarray
    row: np.ndarray
    remainder: np.ndarray
    equations: tuple[tuple[int, np.ndarray], ...]
    levels: np.ndarray
    sums: np.ndarray
    least: np.ndarray
    most: np.ndarray
    known: np.ndarray
    ruled: int
    base: np.ndarray


def as_list(within: str | Sequence[str] | None) -> list[str]:
    """`within` as a list of column names."""
    if within is None:
        return []
    return [within] if isinstance(within, str) else list(within)


def key_columns(table: pd.DataFrame, within: str | Sequence[str] | None) -> list[str]:
    """The columns that name a row's group.

    Raises
    ------
    ValueError
        If a column of `within` is missing, or a group has more than one row.
    """
    unknown = [name for name in as_list(within) if name not in table]
    if unknown:
        raise ValueError(
            f"`within` must name columns of the table, but {len(unknown)} are not (first: `{unknown[0]}`)."
            f" The table has {', '.join(map(str, table.columns))}."
        )
    keys = [name for name in table.columns if name in KEYS or name in as_list(within)]
    if not keys:
        keys = [name for name in table.columns if name not in LABELS and not _is_statistic(table[name])]
    full = keys + [name for name in (*STACKS, "level") if name in table and name not in keys]
    doubled = table.duplicated(full) if full else pd.Series(np.arange(len(table)) > 0)
    if doubled.any():
        first = int(np.flatnonzero(doubled.to_numpy())[0])
        raise ValueError(
            f"Each group must have one row by {', '.join(f'`{name}`' for name in full) or 'no key'}, but"
            f" {doubled.sum()} of {len(table)} rows are doubled (first: row {first})."
            " Name the other keys in `within`."
        )
    return keys


def labels(table: pd.DataFrame, keys: list[str]) -> np.ndarray:
    """Keys as text, one row a row, "" where a row is a total over the key."""
    columns = []
    for name in keys:
        text = table[name].astype("string").fillna("").to_numpy(object)
        columns.append(np.where([word.lower() in TOTAL_LABELS for word in text], "", text))
    return np.column_stack(columns).astype(object) if columns else np.empty((len(table), 0), object)


def find(
    label: np.ndarray, n: np.ndarray, known: Sequence[int], levels: np.ndarray, sums: np.ndarray
) -> Cells:
    """The cells of one table, and every equation between them.

    Parameters
    ----------
    label : ndarray of object, shape (rows, keys)
        From `labels`.
    n : ndarray of int, shape (rows,)
    known : sequence of int
        Keys (by position) whose totals a reader knows although the table doesn't show them; the grand total
        is always taken as known.
    levels, sums : ndarray of float, shape (rows, any)
        Further amounts that add up as `n` does.

    Raises
    ------
    ValueError
        If a total is less than the sum of its parts.
    """
    amounts = np.column_stack([n, levels, sums]).astype(float)
    coded, amounts, row = _with_known_totals(codes(label), amounts, known)
    equations = list(sums_of(coded))
    rest = np.array([amounts[total] - amounts[parts].sum(axis=0) for total, parts in equations])
    rest = rest.reshape(len(equations), amounts.shape[1])
    _check_sums(equations, amounts[:, 0], rest[:, 0], row)
    left = np.flatnonzero(rest[:, 0] > 0)
    for place, equation in enumerate(left):
        total, parts = equations[equation]
        equations[equation] = (total, np.append(parts, len(amounts) + place))
    remainder = np.arange(len(amounts) + len(left)) >= len(amounts)
    amounts = np.vstack([amounts, rest[left]])
    split = 1 + levels.shape[1]
    row = np.append(row, np.full(len(left), -1))
    n = amounts[:, 0].astype(int)
    return Cells(
        n,
        row,
        remainder,
        tuple(equations),
        amounts[:, 1:split],
        amounts[:, split:],
        least=np.where(remainder, 0.0, np.minimum(n, 1)),
        most=np.full(len(n), np.inf),
        known=np.zeros(len(n), bool),
        ruled=len(equations),
        base=np.empty(0, int),
    )


def _check_sums(equations, n, rest, row) -> None:
    wrong = np.flatnonzero(rest < 0)
    if len(wrong):
        total, parts = equations[wrong[0]]
        raise ValueError(
            f"A total must be at least the sum of its parts, but {len(wrong)} of {len(equations)} sums are"
            f" not (first: `n` is {n[total]:.0f} in row {row[total]}, and {n[parts].sum():.0f} in its"
            f" {len(parts)} parts). Correct the keys, or protect overlapping groups in tables of their own."
        )


def _is_statistic(column: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)


def codes(label: np.ndarray) -> np.ndarray:
    """Labels as whole numbers, column by column; -1 for a total."""
    columns = [_column_codes(column) for column in label.T]
    return np.column_stack(columns) if columns else np.empty((len(label), 0), int)


def _column_codes(column: np.ndarray) -> np.ndarray:
    """Text as whole numbers in alphabetical order, -1 for a total."""
    values, numbers = np.unique(column.astype(str), return_inverse=True)
    return numbers - 1 if len(values) and values[0] == "" else numbers


def _with_known_totals(codes, amounts, known):
    """Add the totals that a reader knows unseen: of each value of a key, and of everything."""
    totals = {tuple(code) for code in codes if (code < 0).any()}
    leaves = (codes >= 0).all(axis=1)
    extra, size = [], []
    for key in [*known, None]:
        values = np.unique(codes[leaves, key]) if key is not None else [-1]
        for value in values:
            code = np.full(codes.shape[1], -1)
            members = leaves.copy()
            if key is not None:
                code[key] = value
                members &= codes[:, key] == value
            if tuple(code) not in totals and members.sum() > 1:
                extra.append(code)
                size.append(amounts[members].sum(axis=0))
    row = np.append(np.arange(len(amounts)), np.full(len(extra), -1))
    if not extra:
        return codes, amounts, row
    return np.vstack([codes, extra]), np.vstack([amounts, size]), row


def sums_of(codes: np.ndarray):
    """Each total with the positions of its parts, for each way in which the table breaks it down.

    Parameters
    ----------
    codes : ndarray of int, shape (rows, keys)
        -1 where a row is a total over the key.

    Yields
    ------
    tuple of (int, ndarray of int)
    """
    present = codes >= 0
    patterns = np.unique(present, axis=0)
    rows_of = [np.flatnonzero((present == pattern).all(axis=1)) for pattern in patterns]
    for coarse, totals in zip(patterns, rows_of, strict=True):
        for fine, parts in zip(patterns, rows_of, strict=True):
            if (coarse <= fine).all() and (coarse < fine).any():
                yield from _matches(codes, totals, parts, np.flatnonzero(coarse))


def _matches(codes, totals, parts, shared):
    for total in totals:
        members = parts[(codes[parts][:, shared] == codes[total][shared]).all(axis=1)]
        if len(members):
            yield int(total), members


def coefficients(cells: Cells) -> np.ndarray:
    """The equations as a matrix, shape (equations, cells): 1 for a part, -1 for the total."""
    table = np.zeros((len(cells.equations), len(cells.n)))
    for row, (total, parts) in enumerate(cells.equations):
        table[row, parts] = 1.0
        table[row, total] = -1.0
    return table


# What the gate knows of each group besides its count: answers by level, sums, the weight of the largest.


def same(label: np.ndarray) -> list[np.ndarray]:
    """Positions of equal labels, in the order of the labels and not of the rows."""
    if not label.shape[1]:
        return [np.arange(len(label))] if len(label) else []
    found: dict[tuple, list[int]] = {}
    for position, key in enumerate(map(tuple, label)):
        found.setdefault(key, []).append(position)
    return [np.array(found[key], int) for key in sorted(found)]


def levels(table: pd.DataFrame, rows: list[np.ndarray]) -> np.ndarray:
    """Respondents in each level, one row a group, one column a level; none for a table without levels."""
    if "level_count" not in table:
        return np.empty((len(rows), 0))
    counts = table["level_count"].astype("Float64").to_numpy(float, na_value=np.nan)
    names = (
        table["level"].astype("string").fillna("").to_numpy(object) if "level" in table else [""] * len(table)
    )
    columns = {name: place for place, name in enumerate(sorted(set(names)))}
    levels = np.full((len(rows), len(columns)), np.nan)
    for group, members in enumerate(rows):
        for member in members:
            levels[group, columns[names[member]]] = counts[member]
    return levels


def sums(table: pd.DataFrame, first: np.ndarray, n: np.ndarray) -> np.ndarray:
    """Sum, and sum of the two largest, of each group; no columns for a table without means."""
    if "largest_two_share" not in table or "estimate" not in table:
        return np.empty((len(first), 0))
    two, mean = (
        table[name].astype("Float64").to_numpy(float, na_value=np.nan)[first]
        for name in ("largest_two_share", "estimate")
    )
    sums = n[first] * np.abs(mean)
    return np.column_stack([sums, two * sums])


# When the cells that a sum hides are safe: not one alone, no small group together, not all alike.


def is_dominated(total, two) -> np.ndarray:
    """Whether the second largest of a sum could guess the largest nearer than `P_PERCENT`, the two held together."""
    return two * (1 + P_PERCENT) > total


def is_safe(cells: Cells, withheld: np.ndarray, equation: tuple[int, np.ndarray], min_count: int) -> bool:
    """Whether the cells that one equation hides don't follow from it, nor tell on their members together."""
    total, parts = equation
    hidden = parts[withheld[parts]]
    if withheld[total]:
        return len(hidden) > 0 or cells.n[total] == 0
    if not len(hidden):
        return True
    size = cells.n[hidden].sum()
    alone = len(hidden) == 1 and not cells.remainder[hidden[0]]
    enough = size >= min_count + COALITION and size >= len(hidden) + WIDTH - 1
    return enough and not alone and not tells(cells, hidden, size)


def tells(cells: Cells, hidden: np.ndarray, size: int) -> bool:
    """Whether a union of cells, of a given size, is all alike, or outweighed by two of its members."""
    inside = cells.levels[hidden].sum(axis=0)
    if ((inside == 0) | (inside == size)).any():
        return True
    if not cells.sums.shape[1]:
        return False
    total, two = cells.sums[hidden].T
    return bool(is_dominated(total.sum(), np.sort(two)[-2:].sum()))
