"""Complementary suppression: which further groups to withhold so that no group follows from the rest.

The fewest respondents are looked for by integer programming, after Fischetti and Salazar: every equation (a total and
its parts) must hide nothing, or cells whose union is no small group even for those who subtract themselves; then each
withheld count is bounded from all that is shown, and what lies between limits that are too near each other gives a new
condition (the dual of that bound), until nothing does.

A threshold goes on where the lower one stopped, from the lowest that is allowed: what that withholds stays withheld.

References
----------
Fischetti, M. and Salazar, J. J. (2001), Management Science 47(7), 1008-1027.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csr_array

from analysis.disclosure import cells as margins
from analysis.disclosure.cells import Cells

LOWEST = 3  # respondents; no threshold is lower
EXACT = 20  # respondents; above it a threshold counts as the next of 25, 31, 38 and so on
NEVER = np.iinfo(np.int64).max  # the threshold that closes what is always shown
_FRESH = 3  # times that all further cells are chosen anew before more are added to them
_NODES = 200  # of the search; counted, not timed, so that the same data give the same cells
_A_CELL = 5.0  # what a withheld cell costs beside its respondents
_OUTSIDE = 1e5  # respondents; a total that isn't in the table is only assumed to be known, and given up last
_DEAR = 100.0  # a single cell that costs as much is hardly among the cheapest
_UNMET = 1e6  # what a limit that nothing can widen costs
_FAR = 1e4  # respondents; keeps bounds finite
_NOISE = 1e-7


@dataclass
class Conditions:
    """Linear conditions on what is withheld: each row's coefficients, and the least that they add up to."""

    rows: list[np.ndarray]
    least: list[float]
    is_soft: list[bool]

    def add(self, row: np.ndarray, least: float, is_soft: bool = False) -> None:
        """One more condition; a soft one may be left unmet where nothing else is possible."""
        self.rows.append(row)
        self.least.append(least)
        self.is_soft.append(is_soft)


def thresholds(cells_at: Callable[[int], tuple[Cells, np.ndarray]], size: int, min_count: int) -> np.ndarray:
    """The threshold at which each of the first `size` cells is closed, from the lowest allowed up to `min_count`.

    Parameters
    ----------
    cells_at : callable
        A threshold -> the cells, and those that are withheld for their own sake (bool).
    size : int
    min_count : int

    Returns
    -------
    ndarray of int
        `NEVER` where a cell stays open.
    """
    closed = np.full(size, NEVER)
    cells, start = cells_at(min_count)
    if (start[:size] | (cells.n[:size] == 0)).all():  # nobody is left to be a complement
        return np.where(start[:size], min_count, closed)
    for threshold in _steps(min_count) if margins.MONOTONE else [min_count]:
        cells, start = cells_at(threshold)
        start = start.copy()
        start[:size] |= closed <= threshold
        withheld = complete(cells, start, threshold)
        closed = np.where(withheld[:size], np.minimum(closed, min(threshold, min_count)), closed)
        if (closed < NEVER).all():
            break
    return closed


def _steps(min_count: int) -> list[int]:
    """The thresholds on the way up: each one to `EXACT`, then coarser, the last at or above what is asked for.

    The way must be the same for all thresholds, or a higher one could show what a lower one withholds; were it walked
    one by one, a threshold of 50 would take ten times as long as one of 5.

    Examples
    --------
    >>> _steps(5), _steps(22)[-3:], _steps(40)[-2:]
    ([3, 4, 5], [19, 20, 25], [38, 47])
    """
    steps = list(range(min(LOWEST, min_count), min(min_count, EXACT) + 1))
    while steps[-1] < min_count:
        steps.append(steps[-1] * 5 // 4)
    return steps


def complete(cells: Cells, start: np.ndarray, min_count: int) -> np.ndarray:
    """Withhold further cells until no equation, and no bound, gives a withheld cell away.

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
    start = start | cells.remainder
    if not (start & (cells.row >= 0)).any() and not _left_over(cells, min_count):
        return start
    conditions = _of_equations(cells, start, min_count)
    matrix = csr_array(margins.coefficients(cells))
    withheld = _cheapest(cells, start, conditions) if _violated(conditions, start) else start
    limit = max(2 * (_cost(cells, withheld) - _cost(cells, start)), _DEAR)
    for _ in range(_FRESH):
        if not _add_found(conditions, cells, withheld, min_count, matrix):
            return withheld
        withheld = _cheapest(cells, start, conditions, limit)
    while _add_found(conditions, cells, withheld, min_count, matrix):
        withheld = _cheapest(cells, withheld, conditions)
    other = _cheapest(cells, start, conditions, _cost(cells, withheld) - _cost(cells, start))
    is_cheaper = _cost(cells, other) < _cost(cells, withheld)
    return other if is_cheaper and not _add_found(conditions, cells, other, min_count, matrix) else withheld


def _add_found(conditions: Conditions, cells: Cells, withheld, min_count: int, matrix) -> bool:
    """Add what is still told by what is shown, as conditions; whether more cells can do anything about it."""
    before = len(conditions.rows)
    _add_unsafe(conditions, cells, withheld, min_count)
    if len(conditions.rows) == before:
        _add_narrow(conditions, cells, withheld, matrix)
    free = ~withheld & ~cells.known & (cells.n > 0)
    return any(
        (row @ withheld < least) and (row[free] > 0).any()
        for row, least in zip(conditions.rows[before:], conditions.least[before:], strict=True)
    )


def _cost(cells: Cells, withheld: np.ndarray) -> float:
    return float(_prices(cells)[withheld].sum())


def _prices(cells: Cells) -> np.ndarray:
    """What each cell costs: its respondents and one more; what isn't in the table is given up last."""
    price = np.where(cells.row >= 0, cells.n + _A_CELL, _OUTSIDE)
    return np.where(cells.remainder | cells.known, 0.0, price)


def _left_over(cells: Cells, min_count: int) -> bool:
    return bool((cells.remainder & (cells.n > 0) & (cells.n < min_count + margins.COALITION)).any())


def _of_equations(cells: Cells, start: np.ndarray, min_count: int) -> Conditions:
    """What each equation asks of the cells that it hides: not one alone, and no small group together."""
    found = Conditions([], [], [])
    least, spare = min_count + margins.COALITION, cells.n - cells.least
    for total, parts in cells.equations[: cells.ruled]:
        parts = parts[(cells.n[parts] > 0) | start[parts]]
        for cell in (total, *parts):
            others = np.setdiff1d(np.append(parts, total), cell)
            if cells.n[cell] > 0 and len(others) and not cells.remainder[cell]:
                _ask(found, cells, cell, others, np.ones(len(others)), 1.0)
        for cell in parts[cells.n[parts] > 0]:
            others = parts[parts != cell]
            if cells.n[cell] < least:
                wanted = least - cells.n[cell]
                size = np.append(np.minimum(cells.n[others], wanted), wanted)
                _ask(found, cells, cell, np.append(others, total), size, wanted)
            wanted = margins.WIDTH - 1 - spare[cell]
            if wanted > 0:
                # of the sum of some cells, each can have what is left when the others have their least
                size = np.append(np.clip(spare[others], 0, wanted), wanted)
                _ask(found, cells, cell, np.append(others, total), size, wanted)
    return found


def _ask(conditions: Conditions, cells: Cells, cell: int, others, size, wanted: float) -> None:
    """If `cell` is withheld, then so many respondents (or cells) of the others are."""
    row = np.zeros(len(cells.n))
    row[others] = size
    row[cell] -= wanted
    conditions.add(row, 0.0)


def _violated(conditions: Conditions, withheld: np.ndarray) -> bool:
    if not conditions.rows:
        return False
    return bool((np.array(conditions.rows) @ withheld < np.array(conditions.least) - 1e-6).any())


def _add_unsafe(conditions: Conditions, cells: Cells, withheld: np.ndarray, min_count: int) -> None:
    """Equations whose hidden cells tell on their members together: another cell, or not these."""
    for total, parts in cells.equations[: cells.ruled]:
        hidden = parts[withheld[parts]]
        if withheld[total] or not len(hidden):
            continue
        if margins.tells(cells, hidden, cells.n[hidden].sum()):
            row = np.zeros(len(cells.n))
            others = np.setdiff1d(parts[cells.n[parts] > 0], hidden)
            row[np.append(others, total)] = 1.0
            row[hidden] = -1.0
            conditions.add(row, 1.0 - len(hidden), is_soft=True)


def _add_narrow(conditions: Conditions, cells: Cells, withheld: np.ndarray, matrix: csr_array) -> None:
    """What keeps each withheld count between limits that are too near each other, as a condition to undo it."""
    hidden = np.flatnonzero(withheld)
    part = matrix[:, hidden]
    part = part[np.flatnonzero(np.diff(part.tocsr().indptr)), :]
    rows = np.flatnonzero(np.diff(matrix[:, hidden].tocsr().indptr))
    down = (cells.n - cells.least).astype(float)
    up = np.minimum(cells.most - cells.n, _FAR)
    box = np.column_stack([-down[hidden], up[hidden]])
    lowest, highest = np.zeros(len(hidden)), np.zeros(len(hidden))
    wide = margins.WIDTH - 1
    for place in np.flatnonzero(cells.row[hidden] >= 0):
        if highest[place] - lowest[place] >= wide - 1e-6:
            continue
        row = np.zeros(len(cells.n))
        for way in (1.0, -1.0):
            objective = np.zeros(len(hidden))
            objective[place] = -way
            result = linprog(objective, A_eq=part, b_eq=np.zeros(part.shape[0]), bounds=box, method="highs")
            moved = result.x
            if (np.abs(moved - np.round(moved)) < 1e-6).all():
                lowest, highest = np.minimum(lowest, moved), np.maximum(highest, moved)
            price = np.zeros(matrix.shape[0])
            price[rows] = result.eqlin.marginals
            reduced = -(matrix.T @ price)
            reduced[hidden[place]] -= way
            reduced[np.abs(reduced) < _NOISE] = 0.0
            row += np.maximum(reduced, 0) * down + np.maximum(-reduced, 0) * up
        target = hidden[place]
        own = row[target]
        if row[withheld].sum() < wide - 1e-6:
            least = (
                min(wide, _attainable(cells, withheld, matrix, target))
                if np.isfinite(cells.most).any()
                else wide
            )
            if row[withheld].sum() < least - 1e-6:
                row = np.minimum(row, least)
                row[target] = own - least
                conditions.add(row, 0.0, is_soft=True)


def _attainable(cells: Cells, withheld: np.ndarray, matrix: csr_array, target: int) -> float:
    """How wide a cell's count could be if all were withheld: of two employed, one or two have answered."""
    # a group of nobody is shown to be one; how many of a known group did not answer, nobody is shown
    fixed = (cells.known & ~cells.remainder) | ((cells.n == 0) & ~withheld)
    box = np.column_stack([np.where(fixed, cells.n, cells.least), np.where(fixed, cells.n, cells.most)])
    box[:, 1] = np.minimum(box[:, 1], cells.n + _FAR)
    ends = []
    for way in (1.0, -1.0):
        objective = np.zeros(len(cells.n))
        objective[target] = way
        none = np.zeros(matrix.shape[0])
        ends.append(way * linprog(objective, A_eq=matrix, b_eq=none, bounds=box, method="highs").fun)
    return float(np.floor(ends[1] - ends[0] + 1e-6))


def _cheapest(cells: Cells, start: np.ndarray, conditions: Conditions, limit: float = np.inf) -> np.ndarray:
    """The cells that cost fewest respondents among those that meet all conditions; none dearer than `limit`."""
    free = np.flatnonzero(~start & ~cells.known & (cells.n > 0) & (_prices(cells) <= limit))
    rows, least = np.array(conditions.rows), np.array(conditions.least)
    least = least - rows[:, start].sum(axis=1)
    soft = np.flatnonzero(np.array(conditions.is_soft))
    relevant = np.flatnonzero(np.minimum(rows[:, free], 0).sum(axis=1) < least - 1e-9)
    slack = np.zeros((len(rows), len(soft)))
    slack[soft, np.arange(len(soft))] = 1.0
    price = _prices(cells)[free]
    result = milp(
        np.append(price, np.full(len(soft), _UNMET)),
        integrality=np.append(np.ones(len(free)), np.zeros(len(soft))),
        bounds=Bounds(0, np.append(np.ones(len(free)), np.full(len(soft), np.inf))),
        constraints=LinearConstraint(
            csr_array(np.hstack([rows[:, free], slack])[relevant]), lb=least[relevant]
        ),
        options={"presolve": False, "node_limit": _NODES, "mip_rel_gap": 0.02},
    )
    withheld = start.copy()
    if result.x is None:
        withheld[free] = True
    else:
        withheld[free[result.x[: len(free)] > 0.5]] = True
    return withheld
