"""Complementary suppression: which further groups to withhold so that no group follows from the rest.

Every equation (a total and its parts) must hide nothing, or at least two cells whose union is no small group,
is not all alike, and is not outweighed by two of its members. The smallest cells that will do are withheld;
then the attacker is let loose on the result, and what it still pins costs a cell more, until it pins nothing.

No more than four times the respondents of the best choice are withheld beside the small groups (tested on small
random tables against all choices that keep the country; there it is 1-2 % more on average). The country is kept
where it can be. The same data and threshold give the same cells, in whatever order the rows come.
"""

import numpy as np
import pandas as pd
from scipy.optimize import linprog
from scipy.sparse import csr_array, hstack

from analysis.disclosure import attacker
from analysis.disclosure import cells as amounts
from analysis.disclosure import cells as margins
from analysis.disclosure import cells as safety
from analysis.disclosure.cells import Cells

# How a pinned cell can be freed: the cheapest cells that would have to move with it.

COUNT = -1  # instead of the number of a level
_OUTSIDE_RESPONDENTS = (
    1e6  # respondents; a total outside the table is only assumed to be known, and given up last
)
_ZERO = 1e-6


def cheapest_move(cells: Cells, withheld: np.ndarray, target: int, level: int = COUNT) -> list[int] | None:
    """Cells to withhold so that a withheld one can move.

    Parameters
    ----------
    cells : Cells
    withheld : ndarray of bool, shape (cells,)
    target : int
        Position of the cell that shall move.
    level : int
        Column of `cells.levels` that pins it; `COUNT` if its count does.

    Returns
    -------
    list of int or None
        Positions of cells; empty if the target can move already, None if nothing lets it.
    """
    down, up = _room(cells, level)
    price = np.where(withheld, 0.0, np.where(cells.row >= 0, cells.n, _OUTSIDE_RESPONDENTS))
    matrix = csr_array(attacker.coefficients(cells))
    found = [_move(matrix, price, down, up, target, way) for way in (1, -1)]
    possible = [move for move in found if move is not None]
    if not possible:
        return None
    _, moved = min(possible, key=lambda move: move[0])
    return [int(cell) for cell in np.flatnonzero(moved & ~withheld)]


def _room(cells: Cells, level: int) -> tuple[np.ndarray, np.ndarray]:
    """How many fewer and more there can be in each cell: one at least is in a withheld cell."""
    if level == COUNT:
        down = cells.n - np.where(cells.remainder, 0, 1)
        up = np.full(len(cells.n), np.inf)
    else:
        down = cells.levels[:, level]
        up = cells.n - cells.levels[:, level]
    return np.maximum(down, 0.0), np.where(cells.n > 0, up, 0.0)


def _move(matrix, price, down, up, target, way) -> tuple[float, np.ndarray] | None:
    """Price of a move of the target by one, and which cells move."""
    if (up if way > 0 else down)[target] < 1:
        return None
    most = np.concatenate([up, down])
    least = np.zeros(len(most))
    mine, other = (target, target + len(up)) if way > 0 else (target + len(up), target)
    least[mine], most[mine], most[other] = 1.0, 1.0, 0.0
    result = linprog(
        np.concatenate([price, price]),
        A_eq=hstack([matrix, -matrix]),
        b_eq=np.zeros(matrix.shape[0]),
        bounds=np.column_stack([least, most]),
        method="highs",
    )
    if result.status != 0:
        return None
    return float(result.fun), np.abs(result.x[: len(up)] - result.x[len(up) :]) > _ZERO


# Complementary suppression: which further groups to withhold so that no group follows from the rest.

_SMALL, _TRIES, _TRIES_LARGE = 60, 12, 3  # cells
_LOOK_AT = 6
_OUTSIDE = 1e9  # a total outside the table can't be withheld


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
        Rows that must be withheld whatever their size, nobody included.
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
    for positions in amounts.same(stack):
        groups = amounts.same(label[positions])
        rows = [positions[members] for members in groups]
        first = np.array([members[0] for members in rows], int)
        _check_distributions(n, rows)
        small = (n > 0) & (n < min_count)
        start = np.array([(secret | small)[members].any() for members in rows])
        cells = margins.find(
            label[first], n[first], known, amounts.levels(table, rows), amounts.sums(table, first, n)
        )
        hidden = complete(cells, _start(cells, start, min_count), min_count)
        for members, is_hidden in zip(rows, hidden, strict=False):
            withheld[members] = is_hidden
    return withheld


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
    best = _attempt(cells, start, min_count, spared=[], limit=np.inf)
    for cell in _worth_sparing(cells, start, best):
        other = _attempt(cells, start, min_count, spared=[cell], limit=cells.n[best].sum())
        best = best if other is None else other
    return best


def _attempt(
    cells: margins.Cells, start, min_count: int, spared: list[int], limit: float
) -> np.ndarray | None:
    """Withhold until nothing is pinned, then show again what need not be withheld.

    None if that withholds as many respondents as `limit`, or more.
    """
    withheld = _release(cells, start, _cover(cells, start, min_count, spared), min_count)
    repaired = False
    while cells.n[withheld].sum() < limit and (pinned := _pinned(cells, withheld)):
        withheld = _cover(cells, _freed(cells, withheld, pinned), min_count, spared)
        repaired = True
    if repaired:
        withheld = _release(cells, start, withheld, min_count, attacked=True)
    return withheld if cells.n[withheld].sum() < limit else None


def _worth_sparing(cells: margins.Cells, start: np.ndarray, withheld: np.ndarray) -> list[int]:
    """Further cells to try and do without: in a small table, and where a broad total was lost."""
    further = np.flatnonzero(withheld & ~start & (cells.row >= 0))
    broad = {total for total, parts in cells.equations if len(parts) > 2}
    if len(cells.n) > _SMALL and not broad & set(further.tolist()):
        return []
    tries = _TRIES if len(cells.n) <= _SMALL else _TRIES_LARGE
    return further[np.argsort(cells.n[further], kind="stable")][:tries].tolist()


def _check_distributions(n: np.ndarray, rows: list[np.ndarray]) -> None:
    wrong = [members for members in rows if len(set(n[members])) > 1]
    if wrong:
        raise ValueError(
            f"The levels of one group must have the same `n`, all its answers, but in {len(wrong)} of {len(rows)}"
            f" groups they differ (first: row {wrong[0][0]}). Give the count of each level as `level_count`."
        )


def _start(cells: margins.Cells, start: np.ndarray, min_count: int) -> np.ndarray:
    """Rows to withhold, with the totals and remainders that aren't in the table."""
    small = np.array(
        [n > 0 and (n < min_count or safety.tells(cells, np.array([i]), n)) for i, n in enumerate(cells.n)]
    )
    small[: len(start)] = start
    return small | cells.remainder


def _cover(cells: margins.Cells, withheld, min_count: int, spared: list[int]) -> np.ndarray:
    """Make every equation safe, those with the smallest totals first; the spared cells only if need be."""
    withheld = withheld.copy()
    equations = sorted(cells.equations, key=lambda equation: cells.n[equation[0]])
    while unsafe := [one for one in equations if not safety.is_safe(cells, withheld, one, min_count)]:
        shared = np.zeros(len(cells.n))
        for _, parts in unsafe:
            shared[parts] += 1
        price = cells.n / np.maximum(shared, 1)
        price[spared] = np.inf
        for equation in unsafe:
            while not safety.is_safe(cells, withheld, equation, min_count):
                withheld[_cheapest(cells, withheld, equation, price, min_count)] = True
    return withheld


def _cheapest(cells, withheld, equation, price, min_count) -> int:
    """The open part that makes the equation safe, cheapest with what would have to follow it."""
    total, parts = equation
    candidates = parts[~withheld[parts] & (cells.n[parts] > 0) & (cells.row[parts] >= 0)]
    if not len(candidates):
        return total
    candidates = candidates[np.argsort(price[candidates], kind="stable")]
    enough = [c for c in candidates if safety.is_safe(cells, _with(withheld, c), equation, min_count)]
    if not enough:
        return int(candidates[0])
    return int(min(enough[:_LOOK_AT], key=lambda c: price[c] + _consequence(cells, withheld, c)))


def _consequence(cells: margins.Cells, withheld: np.ndarray, cell: int) -> float:
    """Respondents in the further cells that sums need when this cell is the first that they hide."""
    cost = 0.0
    for index in cells.sums_with[cell]:
        total, parts = cells.equations[index]
        others = parts[(parts != cell) & (cells.n[parts] > 0)]
        if withheld[total] or withheld[others].any():
            continue
        inside = others[cells.row[others] >= 0]
        if len(inside):
            cost += cells.n[inside].min()
        else:
            cost += cells.n[total] if cells.row[total] >= 0 else _OUTSIDE
    return cost


def _with(withheld: np.ndarray, cell: int) -> np.ndarray:
    trial = withheld.copy()
    trial[cell] = True
    return trial


def _release(cells: margins.Cells, start, withheld, min_count, attacked: bool = False) -> np.ndarray:
    """Show again what need not be withheld after all, the largest first; `attacked`: also by the attacker."""
    withheld = withheld.copy()
    extra = np.flatnonzero(withheld & ~start)
    for cell in extra[np.argsort(-cells.n[extra], kind="stable")]:
        withheld[cell] = False
        touched = [one for one in cells.equations if one[0] == cell or cell in one[1]]
        safe = all(safety.is_safe(cells, withheld, one, min_count) for one in touched)
        withheld[cell] = not safe or (attacked and bool(_pinned(cells, withheld)))
    return withheld


def _pinned(cells: margins.Cells, withheld: np.ndarray) -> dict[int, int]:
    """What follows from what is shown: cells, and the level that is told (-1 for a count).

    Linear algebra finds what follows exactly; only when nothing of that is left is the linear program asked,
    for what follows from a count being neither negative nor a fraction.
    """
    determined = attacker.determined(cells, withheld)
    return dict.fromkeys(determined, COUNT) or attacker.pinned_cells(cells, withheld)


def _freed(cells: margins.Cells, withheld: np.ndarray, pinned: dict[int, int]) -> np.ndarray:
    """Withhold the cells that let each pinned one move."""
    withheld = withheld.copy()
    for target, level in pinned.items():
        further = cheapest_move(cells, withheld, target, level)
        stuck = further is None or (len(pinned) == 1 and not further)
        withheld[_smallest_near(cells, withheld, target) if stuck else further] = True
    return withheld


def _smallest_near(cells: margins.Cells, withheld: np.ndarray, pinned: int) -> list[int]:
    """The smallest cell that shares an equation with the pinned one, or with a cell that does, and so on."""
    near, candidates = {pinned}, []
    for _ in range(len(cells.equations)):
        near |= {
            int(c) for total, parts in cells.equations if near & {total, *parts} for c in (total, *parts)
        }
        candidates = [c for c in near if not withheld[c] and cells.n[c] > 0]
        if candidates:
            break
    return [min(candidates, key=lambda c: (cells.row[c] < 0, cells.n[c], c))]
