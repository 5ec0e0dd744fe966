"""Complementary suppression: which further groups to withhold so that no group follows from the rest.

Every equation (a total and its parts) must hide nothing, or at least two cells whose union is no small group,
is not all alike, and is not outweighed by two of its members. The smallest cells that will do are withheld;
then the attacker is let loose on the result, and what it still pins costs a cell more, until it pins nothing.
"""

import numpy as np
import pandas as pd

from analysis import attacker, dependence, margins

DOMINANCE = 0.9
_SMALL, _TRIES = 60, 12


def withhold(
    table: pd.DataFrame, n: np.ndarray, secret: np.ndarray, keys: list[str], within: list[str], min_count: int
) -> np.ndarray:
    """Rows to withhold: the small, the secret, and the smallest others that will do.

    Tables that stand on top of each other (years, variables) are each protected by themselves; the levels of
    one distribution are withheld together.

    Parameters
    ----------
    table : DataFrame
        Keys, and if there are any `level`, `level_count`, `largest_two_share`, `estimate`.
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
    label = margins.labels(table, keys)
    stack = margins.labels(table, [name for name in margins.STACKS if name in table and name not in keys])
    known = [keys.index(name) for name in within]
    withheld = np.zeros(len(n), bool)
    for positions in _same(stack):
        groups = _same(label[positions])
        rows = [positions[members] for members in groups]
        first = np.array([members[0] for members in rows], int)
        start = np.array([(secret[members] | (n[members] < min_count)).any() for members in rows]) & (
            n[first] > 0
        )
        cells = margins.find(label[first], n[first], known, _levels(table, rows), _sums(table, first, n))
        hidden = complete(cells, _start(cells, start, min_count), min_count)
        for members, is_hidden in zip(rows, hidden, strict=False):
            withheld[members] = is_hidden
    return withheld & (n > 0)


def complete(cells: margins.Cells, start: np.ndarray, min_count: int) -> np.ndarray:
    """Withhold further cells until no equation, and no attacker, gives a withheld cell away.

    Parameters
    ----------
    cells : Cells
    start : ndarray of bool, shape (cells,)
        Cells that are withheld for their own sake.
    min_count : int

    Returns
    -------
    ndarray of bool, shape (cells,)
    """
    best = _attempt(cells, start, min_count, spared=[])
    for cell in _worth_sparing(cells, start, best):
        other = _attempt(cells, start, min_count, spared=[cell])
        if cells.n[other].sum() < cells.n[best].sum():
            best = other
    return best


def _attempt(cells: margins.Cells, start: np.ndarray, min_count: int, spared: list[int]) -> np.ndarray:
    """Withhold until nothing is pinned, then show again what need not be withheld."""
    covered = _cover(cells, start, min_count, spared)
    withheld = _release(cells, start, covered, min_count)
    repaired = False
    while further := _remedy(cells, withheld):
        repaired = True
        withheld[further] = True
        withheld = _cover(cells, withheld, min_count, spared)
    return _release(cells, start, withheld, min_count, attacked=True) if repaired else withheld


def _worth_sparing(cells: margins.Cells, start: np.ndarray, withheld: np.ndarray) -> list[int]:
    """Further cells to try and do without: in a small table, and where a broad total was lost."""
    further = np.flatnonzero(withheld & ~start & (cells.row >= 0))
    broad = {total for total, parts in cells.equations if len(parts) > 2}
    if len(cells.n) > _SMALL and not broad & set(further.tolist()):
        return []
    return further[np.argsort(cells.n[further], kind="stable")][:_TRIES].tolist()


def _start(cells: margins.Cells, start: np.ndarray, min_count: int) -> np.ndarray:
    """Rows to withhold, with the totals and remainders that aren't in the table."""
    small = (cells.n > 0) & (cells.n < min_count)
    small[: len(start)] = start
    return small | cells.remainder


def _same(label: np.ndarray) -> list[np.ndarray]:
    """Positions of equal labels, in the order of the labels and not of the rows."""
    if not label.shape[1]:
        return [np.arange(len(label))] if len(label) else []
    found: dict[tuple, list[int]] = {}
    for position, key in enumerate(map(tuple, label)):
        found.setdefault(key, []).append(position)
    return [np.array(found[key], int) for key in sorted(found)]


def _levels(table: pd.DataFrame, rows: list[np.ndarray]) -> np.ndarray:
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


def _sums(table: pd.DataFrame, first: np.ndarray, n: np.ndarray) -> np.ndarray:
    """Sum, and sum of the two largest, of each group; no columns for a table without means."""
    if "largest_two_share" not in table or "estimate" not in table:
        return np.empty((len(first), 0))
    two, mean = (
        table[name].astype("Float64").to_numpy(float, na_value=np.nan)[first]
        for name in ("largest_two_share", "estimate")
    )
    sums = n[first] * np.abs(mean)
    return np.column_stack([sums, two * sums])


def _cover(cells: margins.Cells, withheld, min_count: int, spared: list[int]) -> np.ndarray:
    """Make every equation safe, those with the smallest totals first; the spared cells only if need be."""
    withheld = withheld.copy()
    equations = sorted(cells.equations, key=lambda equation: cells.n[equation[0]])
    while unsafe := [one for one in equations if not _is_safe(cells, withheld, *one, min_count)]:
        shared = np.zeros(len(cells.n))
        for _, parts in unsafe:
            shared[parts] += 1
        price = cells.n / np.maximum(shared, 1)
        price[spared] = np.inf
        for total, parts in unsafe:
            while not _is_safe(cells, withheld, total, parts, min_count):
                withheld[_cheapest(cells, withheld, total, parts, price, min_count)] = True
    return withheld


def _cheapest(cells, withheld, total, parts, price, min_count) -> int:
    """The open part that makes the equation safe, cheapest in respondents by equation that it serves."""
    candidates = parts[~withheld[parts] & (cells.n[parts] > 0)]
    if not len(candidates):
        return total
    candidates = candidates[np.argsort(price[candidates], kind="stable")]
    for candidate in candidates:
        trial = withheld.copy()
        trial[candidate] = True
        if _is_safe(cells, trial, total, parts, min_count):
            return int(candidate)
    return int(candidates[0])


def _is_safe(cells: margins.Cells, withheld, total, parts, min_count) -> bool:
    """Whether the cells that one equation hides don't follow from it, nor tell on their members together."""
    hidden = parts[withheld[parts] & (cells.n[parts] > 0)]
    if withheld[total]:
        return len(hidden) > 0 or cells.n[total] == 0
    if not len(hidden):
        return True
    size = cells.n[hidden].sum()
    alone = len(hidden) == 1 and not cells.remainder[hidden[0]]
    one_in_each = size == len(hidden) > 1
    return size >= min_count and not alone and not one_in_each and not _tells(cells, hidden, size)


def _tells(cells: margins.Cells, hidden: np.ndarray, size: int) -> bool:
    inside = cells.levels[hidden].sum(axis=0)
    if ((inside == 0) | (inside == size)).any():
        return True
    if not cells.sums.shape[1]:
        return False
    total, two = cells.sums[hidden].T
    return bool(np.sort(two)[-2:].sum() > DOMINANCE * total.sum())


def _release(cells: margins.Cells, start, withheld, min_count, attacked: bool = False) -> np.ndarray:
    """Show again what need not be withheld after all, the largest first; `attacked`: also by the attacker."""
    withheld = withheld.copy()
    extra = np.flatnonzero(withheld & ~start)
    for cell in extra[np.argsort(-cells.n[extra], kind="stable")]:
        withheld[cell] = False
        touched = [one for one in cells.equations if one[0] == cell or cell in one[1]]
        safe = all(_is_safe(cells, withheld, *one, min_count) for one in touched)
        withheld[cell] = not safe or (attacked and bool(_remedy(cells, withheld)))
    return withheld


def _remedy(cells: margins.Cells, withheld: np.ndarray) -> list[int]:
    """Further cells that free what is pinned; empty if nothing is.

    Linear algebra finds what follows exactly; only when nothing of that is left is the linear program asked,
    for what follows from a count being neither negative nor a fraction.
    """
    if determined := dependence.determined(cells, withheld):
        if freeing := dependence.freeing(cells, withheld, determined):
            return freeing
        return _smallest_near(cells, withheld, determined[0])
    if pinned := attacker.pinned_cells(cells, withheld):
        refuting = dependence.refuting(cells, withheld, list(pinned.values()))
        return refuting or _smallest_near(cells, withheld, min(pinned))
    return []


def _smallest_near(cells: margins.Cells, withheld: np.ndarray, pinned: int) -> list[int]:
    """The smallest cell that shares an equation with the pinned one, or with a cell that does, and so on."""
    near = {pinned}
    for _ in range(len(cells.equations)):
        near |= {
            int(c) for total, parts in cells.equations if near & {total, *parts} for c in (total, *parts)
        }
        candidates = [c for c in near if not withheld[c] and cells.n[c] > 0]
        if candidates:
            break
    return [min(candidates, key=lambda c: (cells.row[c] < 0, cells.n[c], c))]
