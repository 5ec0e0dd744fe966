"""The attacker: what can be worked out, by linear programming, about the groups that are withheld.

The attacker knows every number that is shown, that a total is the sum of its parts, and that a withheld group
has at least one respondent (a group without any is marked as missing, which isn't a secret).
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import OptimizeResult, linprog
from scipy.sparse import csr_array, vstack

from analysis.disclosure.cells import Cells, coefficients

# Which withheld cells follow exactly from what is shown.

_ZERO = 1e-8


def statements(cells: Cells, hidden: np.ndarray, amount: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Each equation as: hidden parts, less a hidden total, make up what the shown ones leave over.

    Parameters
    ----------
    cells : Cells
    hidden : ndarray of int, shape (unknowns,)
        Positions of the unknown cells.
    amount : ndarray, shape (cells,)

    Returns
    -------
    matrix : ndarray, shape (equations, unknowns)
    right : ndarray, shape (equations,)
    """
    table = coefficients(cells)
    shown = np.setdiff1d(np.arange(len(cells.n)), hidden)
    return table[:, hidden], -(table[:, shown] @ amount[shown])


def solved_alone(matrix: np.ndarray) -> np.ndarray:
    """Positions of the unknowns that the equations can be solved for, without another unknown."""
    solved, pivots = _reduced(matrix, matrix.shape[1])
    return np.sort(pivots[(solved[: len(pivots)] != 0).sum(axis=1) == 1])


def determined(cells: Cells, withheld: np.ndarray) -> list[int]:
    """Withheld cells that follow exactly from those that are shown, whatever their size.

    Parameters
    ----------
    cells : Cells
    withheld : ndarray of bool, shape (cells,)

    Returns
    -------
    list of int
        Positions of cells, in order.
    """
    hidden = np.flatnonzero(withheld)
    alone = solved_alone(coefficients(cells)[:, hidden])
    return [int(cell) for cell in hidden[alone] if cells.row[cell] >= 0]


def _reduced(matrix: np.ndarray, columns: int) -> tuple[np.ndarray, np.ndarray]:
    """Solve the equations for as many of the first `columns` unknowns as they allow (Gauss-Jordan).

    Returns
    -------
    solved : ndarray
        The equations, equivalent to the given ones; the first each have a pivot that no other has.
    pivots : ndarray of int
        The unknown that each of the first equations is solved for.
    """
    solved, pivots = matrix.copy(), []
    for column in range(columns):
        row = len(pivots)
        if row == len(solved):
            break
        best = row + int(np.argmax(np.abs(solved[row:, column])))
        if solved[best, column] == 0:
            continue
        solved[[row, best]] = solved[[best, row]]
        solved[row] /= solved[row, column]
        others = np.flatnonzero(solved[:, column])
        others = others[others != row]
        solved[others] -= np.outer(solved[others, column], solved[row])
        solved[np.abs(solved) < _ZERO] = 0.0
        pivots.append(column)
    return solved, np.array(pivots, int)


# The attacker: what can be worked out, by linear programming, about the groups that are withheld.

_SLACK = 1e-6  # HiGHS is exact to about 1e-7
_ROUNDS = 4
_FAR = 1e6  # respondents; keeps corners finite


@dataclass(frozen=True)
class Knowledge:
    """Linear statements about unknown amounts.

    Attributes
    ----------
    matrix : csr_array, shape (statements, unknowns)
    low, high : ndarray, shape (statements,)
        Each statement's sum lies between these; equal for an exact number, apart for a rounded one.
    least, most : ndarray, shape (unknowns,)
        Bounds of the unknowns themselves.
    """

    matrix: csr_array
    low: np.ndarray
    high: np.ndarray
    least: np.ndarray
    most: np.ndarray

    @property
    def exact(self) -> np.ndarray:
        """Which statements are exact numbers."""
        return self.low == self.high


def bounds(knowledge: Knowledge, unknowns) -> np.ndarray:
    """The smallest and the largest value that each unknown can have.

    Parameters
    ----------
    knowledge : Knowledge
    unknowns : sequence of int

    Returns
    -------
    ndarray, shape (unknowns, 2)
        Infinite where the statements set no limit.

    Raises
    ------
    ValueError
        If the statements contradict each other.
    """
    ends = [[_extreme(knowledge, j, way) for way in (1, -1)] for j in unknowns]
    return np.array(ends, float).reshape(-1, 2)


def pinned_counts(knowledge: Knowledge, unknowns, example: np.ndarray | None = None) -> list[int]:
    """Those of the unknowns that can be only one whole number.

    Corners of the solution space that let many unknowns vary at once are tried first; each unknown that has
    stood still is then bounded by itself.

    Parameters
    ----------
    knowledge : Knowledge
    unknowns : sequence of int
    example : ndarray, shape (unknowns,), optional
        Amounts that are known to agree with the statements; spares work.

    Returns
    -------
    list of int

    Raises
    ------
    ValueError
        If the statements contradict each other.
    """
    still = _unmoved(knowledge, unknowns, example)
    return [
        j for j, (low, high) in zip(still, bounds(knowledge, still), strict=True) if not _holds_two(low, high)
    ]


def always_zero(knowledge: Knowledge, unknowns, example: np.ndarray | None = None) -> list[int]:
    """Those of the unknowns that cannot reach 1, so that nobody is there; parameters as `pinned_counts`."""
    left = [j for j in unknowns if example is None or example[j] < 1 - _SLACK]
    while left:
        corner = _solve(_boxed(knowledge), -_indicator(knowledge, left)).x
        remaining = [j for j in left if corner[j] < 1 - _SLACK]
        if len(remaining) == len(left):
            break
        left = remaining
    return [j for j in left if _extreme(knowledge, j, -1) < 1 - _SLACK]


def pinned_cells(cells: Cells, withheld: np.ndarray) -> dict[int, int]:
    """Withheld cells whose count, or whose nobody or everybody in a level, follows from what is shown.

    Parameters
    ----------
    cells : Cells
        With the true numbers; the attacker is given those that aren't withheld.
    withheld : ndarray of bool, shape (cells,)

    Returns
    -------
    dict of int to int
        Positions of cells, and the level that is told, -1 for a count.
    """
    hidden = np.flatnonzero(withheld)
    secrets = np.flatnonzero(cells.row[hidden] >= 0)
    if not len(secrets):
        return {}
    matrix, right = statements(cells, hidden, cells.n)
    least = np.where(cells.remainder[hidden], 0.0, np.minimum(cells.n[hidden], 1))
    knowledge = Knowledge(csr_array(matrix), right, right, least, np.full(len(hidden), np.inf))
    found = dict.fromkeys(pinned_counts(knowledge, secrets, cells.n[hidden]), -1)
    for number, level in enumerate(cells.levels.T):
        found |= dict.fromkeys(_settled_levels(cells, hidden, secrets, level, least), number)
    return {int(hidden[j]): found[j] for j in sorted(found)}


def _settled_levels(cells, hidden, secrets, level, least) -> list[int]:
    """Hidden cells in which nobody, or everybody, must be in the level.

    The unknowns here are those in the level, then those outside it; together they are the count.
    """
    if np.isnan(level).any():
        return []
    size = len(hidden)
    matrix, inside = statements(cells, hidden, level)
    outside = statements(cells, hidden, cells.n - level)[1]
    zero = np.zeros_like(matrix)
    knowledge = Knowledge(
        csr_array(np.block([[matrix, zero], [zero, matrix], [np.eye(size), np.eye(size)]])),
        np.concatenate([inside, outside, least]),
        np.concatenate([inside, outside, np.full(size, np.inf)]),
        np.zeros(2 * size),
        np.full(2 * size, np.inf),
    )
    example = np.concatenate([level[hidden], (cells.n - level)[hidden]])
    return [int(j % size) for j in always_zero(knowledge, np.concatenate([secrets, secrets + size]), example)]


def _extreme(knowledge: Knowledge, unknown: int, way: int) -> float:
    """The smallest (way 1) or largest (way -1) value of an unknown."""
    result = _solve(knowledge, way * _indicator(knowledge, [unknown]))
    return -way * np.inf if result.status == 3 else float(result.x[unknown])


def _indicator(knowledge: Knowledge, unknowns) -> np.ndarray:
    objective = np.zeros(knowledge.matrix.shape[1])
    objective[unknowns] = 1.0
    return objective


def _boxed(knowledge: Knowledge) -> Knowledge:
    most = np.minimum(knowledge.most, _FAR)
    return Knowledge(knowledge.matrix, knowledge.low, knowledge.high, knowledge.least, most)


def _solve(knowledge: Knowledge, objective: np.ndarray) -> OptimizeResult:
    """Minimise the objective; status 0 (solved) or 3 (without limit)."""
    exact = knowledge.exact
    above, below = np.isfinite(knowledge.high) & ~exact, np.isfinite(knowledge.low) & ~exact
    result = linprog(
        objective,
        A_ub=vstack([knowledge.matrix[above], -knowledge.matrix[below]]),
        b_ub=np.concatenate([knowledge.high[above], -knowledge.low[below]]),
        A_eq=knowledge.matrix[exact],
        b_eq=knowledge.low[exact],
        bounds=np.column_stack([knowledge.least, knowledge.most]),
        method="highs",
    )
    if result.status not in (0, 3):
        raise ValueError(
            f"What is shown must hold together, but no counts agree with all {len(exact)} statements"
            f" (HiGHS: {result.message.strip()}). Look for totals that aren't the sum of their parts."
        )
    return result


def corners(knowledge: Knowledge, unknowns: np.ndarray, seed: int) -> list[np.ndarray]:
    """Two opposite corners of the solution space, where some of the unknowns are large and others small."""
    objective = np.zeros(knowledge.matrix.shape[1])
    objective[unknowns] = np.random.default_rng(seed).choice([-1.0, 1.0], len(unknowns))
    boxed = _boxed(knowledge)
    return [_solve(boxed, way).x for way in (objective, -objective)]


def _unmoved(knowledge: Knowledge, unknowns, example) -> list[int]:
    """Unknowns that are one whole number in each of a few corners; seeded, so that runs agree."""
    left = np.asarray(unknowns, int)
    lowest = np.full(knowledge.matrix.shape[1], np.inf) if example is None else np.array(example, float)
    highest = np.full(knowledge.matrix.shape[1], -np.inf) if example is None else np.array(example, float)
    for seed in range(_ROUNDS):
        if len(left):
            for corner in corners(knowledge, left, seed):
                lowest, highest = np.minimum(lowest, corner), np.maximum(highest, corner)
            left = left[[not _holds_two(lowest[j], highest[j]) for j in left]]
    return [int(j) for j in left]


def _holds_two(low: float, high: float) -> bool:
    """Whether two whole numbers lie between `low` and `high`."""
    return bool(np.floor(high + _SLACK) - np.ceil(low - _SLACK) >= 1)
