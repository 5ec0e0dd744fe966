"""Complementary suppression: which further groups to withhold so that none can be computed from the rest."""

import numpy as np
import pandas as pd

from analysis import margins


def withhold(
    table: pd.DataFrame, n: np.ndarray, secret: np.ndarray, keys: list[str], within: list[str], min_count: int
) -> np.ndarray:
    """Rows to withhold: the small, the secret, and the smallest others that will do.

    Parameters
    ----------
    table : DataFrame
    n : ndarray of int, shape (rows,)
    secret : ndarray of bool, shape (rows,)
        Rows that must be withheld whatever their size.
    keys, within : list of str
        Key columns, and those whose totals are known.
    min_count : int

    Returns
    -------
    ndarray of bool, shape (rows,)
    """
    withheld = (n < min_count) & (n > 0) | secret & (n > 0)
    label = margins.labels(table, keys)
    cells = margins.find(label, n, [keys.index(name) for name in within])
    start = cells.remainder | (cells.n < min_count) & (cells.n > 0)
    start[: len(n)] |= withheld
    return complete(cells, start, min_count)[: len(n)]


def complete(cells: margins.Cells, withheld: np.ndarray, min_count: int) -> np.ndarray:
    """Withhold further cells until every equation hides at least two, together of `min_count` or more."""
    withheld = withheld.copy()
    equations = sorted(cells.equations, key=lambda equation: cells.n[equation[0]])
    while True:
        before = withheld.sum()
        for total, parts in equations:
            _repair(cells, withheld, total, parts, min_count)
        if withheld.sum() == before:
            return withheld


def _repair(cells, withheld, total, parts, min_count):
    while not _safe(cells.n, withheld, total, parts, min_count):
        open_parts = parts[~withheld[parts] & (cells.n[parts] > 0)]
        chosen = open_parts[np.argmin(cells.n[open_parts])] if len(open_parts) else total
        withheld[chosen] = True


def _safe(n, withheld, total, parts, min_count):
    hidden = parts[withheld[parts] & (n[parts] > 0)]
    if withheld[total]:
        return len(hidden) > 0
    return len(hidden) == 0 or (len(hidden) > 1 and n[hidden].sum() >= max(min_count, len(hidden) + 1))
