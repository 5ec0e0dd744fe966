"""A table's rows as cells, and what a reader knows of them from the respondents of all questions."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from analysis.disclosure import cells as margins
from analysis.disclosure.cells import Cells
from analysis.disclosure.suppression import LOWEST, NEVER, thresholds

AREA = "area"  # the respondents' own split, which no table shows


@dataclass(frozen=True, eq=False)
class Respondents:
    """How many answered at all, by group: no question has more answers, and what is closed here is closed in each.

    Attributes
    ----------
    keys : list of str
    label : ndarray of object, shape (groups, keys)
        "" where a group is a total over the key.
    n : ndarray of int, shape (groups,)
        Empty where the counts aren't known to the gate.
    closes : ndarray of int, shape (groups,)
        The threshold that closes each group.
    most : ndarray of float, shape (groups,)
        How many there can be, from what is public; infinite where nothing is.
    empty : ndarray of bool, shape (groups,)
        Where nobody answered anything, so that a question may have no answer either.
    """

    keys: list[str]
    label: np.ndarray
    n: np.ndarray
    closes: np.ndarray
    most: np.ndarray
    empty: np.ndarray

    def of(self, label: np.ndarray, keys: list[str]) -> np.ndarray:
        """The position of each label among the groups, -1 where there is none."""
        shared = [key for key in keys if key in self.keys]
        others = [self.keys.index(key) for key in self.keys if key not in shared]
        mine = np.flatnonzero((self.label[:, others] == "").all(axis=1))
        columns = [self.keys.index(key) for key in shared]
        position = {tuple(self.label[row, columns]): row for row in mine}
        wanted = label[:, [keys.index(key) for key in shared]]
        return np.array([position.get(tuple(one), -1) for one in wanted], int)

    def narrowed(
        self, label: np.ndarray, keys: list[str], closes: np.ndarray, most: np.ndarray
    ) -> "Respondents":
        """The same with groups of whom only some are asked: what closes them, and how many those can be."""
        place = self.of(label, keys)
        mine = place[place >= 0]
        closing, limit = self.closes.copy(), self.most.copy()
        closing[mine] = np.minimum(closing[mine], closes[place >= 0])
        limit[mine] = np.minimum(limit[mine], most[place >= 0])
        return replace(self, closes=closing, most=limit)


def withhold(
    table: pd.DataFrame,
    n: np.ndarray,
    secret: np.ndarray,
    keys: list[str],
    within: list[str],
    min_count: int,
    base: Respondents | None = None,
) -> np.ndarray:
    """The threshold that closes each row: the small, the secret, and the fewest others that will do.

    Tables that stand on top of each other (years, variables) are each protected by themselves; the levels of
    one distribution are withheld together.

    Parameters
    ----------
    table : DataFrame
        Keys, and if there are any `level`, `level_count`, `largest_two_share`, `estimate`, `most_count`,
        `outside_count`.
    n : ndarray of int, shape (rows,)
    secret : ndarray of bool, shape (rows,)
        Rows that must be withheld whatever their size, nobody included.
    keys, within : list of str
        Key columns, and those whose totals are known.
    min_count : int
    base : Respondents, optional

    Returns
    -------
    ndarray of int, shape (rows,)
        `NEVER` where a row is shown at `min_count`.
    """
    label = margins.labels(table, keys)
    stack = margins.labels(table, [name for name in margins.STACKS if name in table and name not in keys])
    # where all respondents are known, it is from them that a reader has totals that the table doesn't show
    known = [keys.index(name) for name in within] if base is None or not len(base.n) else []
    closes = np.full(len(n), NEVER)
    most = np.maximum(_column(table, "most_count", np.inf), n)
    for positions in margins.same(stack):
        groups = margins.same(label[positions])
        rows = [positions[members] for members in groups]
        _check_distributions(n, rows)
        first = np.array([members[0] for members in rows], int)
        always = np.array([secret[members].any() for members in rows], bool)
        cells = margins.find(
            label[first], n[first], known, margins.levels(table, rows), margins.sums(table, first, n)
        )
        most_each = np.append(most[first], np.full(len(cells.n) - len(first), np.inf))
        cells = replace(cells, most=most_each, least=np.where(most_each < margins.WIDTH, 0, cells.least))
        closing = np.minimum(_outside(table, n)[first], _nobody(cells)[: len(first)])
        closed = thresholds(_at(cells, label[first], keys, always, closing, base), len(rows), min_count)
        for members, threshold in zip(rows, closed, strict=True):
            closes[members] = threshold
    return closes


def _column(table: pd.DataFrame, name: str, otherwise: float) -> np.ndarray:
    if name not in table:
        return np.full(len(table), otherwise)
    return table[name].astype("Float64").to_numpy(float, na_value=otherwise)


def _outside(table: pd.DataFrame, n: np.ndarray) -> np.ndarray:
    """The threshold that closes each row for those of its group whom a slice leaves out: whole less slice is them."""
    left = _column(table, "outside_count", 0.0).astype(np.int64)
    return np.where((n > 0) & (left > 0), left - margins.COALITION + 1, NEVER)


def _nobody(cells: Cells) -> np.ndarray:
    """The threshold that closes each cell of nobody.

    That nobody answered is told of no group so small that a withheld count, 1 or more, would keep fewer possible values
    than it must; nor beside such a group in a small total, which somebody must then be in.
    """
    few, nobody = cells.most < margins.WIDTH, (cells.n == 0) & (cells.most > 0)
    closes = np.where(nobody & few, LOWEST, NEVER)
    for total, parts in cells.equations:
        if cells.n[total] > 0 and few[parts].any():
            alone = parts[nobody[parts]]
            closes[alone] = np.minimum(closes[alone], cells.n[total] + 1)
    for total, parts in cells.equations:
        if cells.n[total] == 0:  # where that is told, it is of the parts
            closes[parts] = np.maximum(closes[parts], closes[total])
    return closes


def _at(cells: Cells, label, keys, always, closing, base: Respondents | None):
    """A function of the threshold: the cells, and what is withheld for its own sake."""
    size = len(label)
    alike = np.array([n > 0 and margins.tells(cells, np.array([cell]), n) for cell, n in enumerate(cells.n)])
    alike[:size] = always
    closing = np.append(closing, np.full(len(cells.n) - size, NEVER))
    if base is not None:
        place = base.of(label, keys)
        closing[:size] = np.where(place >= 0, np.minimum(closing[:size], base.closes[place]), closing[:size])
        # nobody answered this, but somebody another: that would tell something of all of them
        alike[:size] |= (cells.n[:size] == 0) & (place >= 0) & ~base.empty[place]
        most = np.where(place >= 0, np.minimum(cells.most[:size], base.most[place]), cells.most[:size])
        most = np.maximum(most, cells.n[:size])
        cells = replace(cells, most=np.append(most, cells.most[size:]))
        cells = _with_respondents(cells, label, keys, base)
        extra = len(cells.n) - len(closing)
        closing = np.concatenate([closing, base.closes[cells.base], np.full(extra - len(cells.base), NEVER)])
    alike = np.append(alike, np.zeros(len(closing) - len(alike), bool))

    def at(threshold: int) -> tuple[Cells, np.ndarray]:
        small = (cells.n > 0) & (cells.n < threshold) & ~cells.known
        return cells, alike | small | (closing <= threshold)

    return at


def _with_respondents(cells: Cells, label, keys, base: Respondents) -> Cells:
    """The cells, then those of all who answered, then those who didn't answer this question.

    Nobody is shown the last; a reader knows only that they aren't fewer than none.
    """
    cells = replace(cells, least=np.where(cells.row >= 0, 0.0, cells.least))
    if not len(base.n):
        return cells
    places = [base.keys.index(key) for key in base.keys if key in keys and key != AREA]
    total = np.flatnonzero((np.delete(base.label, places, axis=1) == "").all(axis=1))
    mine = label[:, [keys.index(base.keys[place]) for place in places]]
    whole = label[:, [keys.index(key) for key in keys if key not in base.keys or key == AREA]]
    is_total = (whole == "").all(axis=1)
    size, equations, missing = len(cells.n), [], []
    for position, row in enumerate(total):
        same = (mine == base.label[row, places]).all(axis=1)
        parts = np.flatnonzero(same & is_total) if (same & is_total).any() else np.flatnonzero(same)
        left = base.n[row] - cells.n[parts].sum()
        if len(parts) and left >= 0:
            equations.append((size + position, np.append(parts, size + len(total) + len(missing))))
            missing.append(left)
    codes = margins.codes(base.label[total][:, places])
    equations += [(size + one, size + parts) for one, parts in margins.sums_of(codes)]
    more = len(total) + len(missing)
    is_missing = np.arange(more) >= len(total)
    n = np.concatenate([base.n[total], missing]).astype(int)
    most = np.append(np.maximum(base.most, base.n)[total], np.full(len(missing), np.inf))
    return replace(
        cells,
        n=np.append(cells.n, n),
        row=np.append(cells.row, np.full(more, -1)),
        remainder=np.append(cells.remainder, is_missing),
        equations=cells.equations + tuple(equations),
        least=np.append(cells.least, np.where(is_missing | (most < margins.WIDTH), 0, np.minimum(n, 1))),
        most=np.append(cells.most, most),
        known=np.append(cells.known, np.ones(more, bool)),
        base=total,
    )


def _check_distributions(n: np.ndarray, rows: list[np.ndarray]) -> None:
    wrong = [members for members in rows if len(set(n[members])) > 1]
    if wrong:
        raise ValueError(
            f"The levels of one group must have the same `n`, all its answers, but in {len(wrong)} of {len(rows)}"
            f" groups they differ (first: row {wrong[0][0]}). Give the count of each level as `level_count`."
        )
