"""Which withheld cells follow exactly from what is shown, and which further cell would free them.

Linear algebra on the equations between cells: a withheld cell is determined if the equations can be solved
for it alone, without another withheld cell.
"""

from collections.abc import Sequence

import numpy as np

from analysis.margins import Cells

_ZERO = 1e-8
_OUTSIDE = 1e9


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


def coefficients(cells: Cells) -> np.ndarray:
    """The equations as a matrix, shape (equations, cells)."""
    return matrix_of(cells.equations, len(cells.n))


def matrix_of(equations: Sequence[tuple[int, np.ndarray]], size: int) -> np.ndarray:
    """Equations between `size` cells as a matrix: 1 for a part, -1 for the total."""
    table = np.zeros((len(equations), size))
    for row, (total, parts) in enumerate(equations):
        table[row, parts] = 1.0
        table[row, total] = -1.0
    return table


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


def freeing(cells: Cells, withheld: np.ndarray, pinned: list[int], outside: bool) -> list[int]:
    """Further cells to withhold, so that each determined cell can move.

    Parameters
    ----------
    cells : Cells
    withheld : ndarray of bool, shape (cells,)
    pinned : list of int
        From `determined`.
    outside : bool
        Whether to give up totals outside the table, which are only assumed to be known, as readily as others.

    Returns
    -------
    list of int
        Positions of cells; empty if no single cell frees any.
    """
    hidden, candidates = np.flatnonzero(withheld), _open(cells, withheld)
    table = coefficients(cells)
    solved, pivots = _reduced(np.hstack([table[:, hidden], table[:, candidates]]), len(hidden))
    # a candidate can move if no equation is left in which it stands without a hidden cell
    possible = (solved[len(pivots) :, len(hidden) :] == 0).all(axis=0)
    moves = solved[: len(pivots), len(hidden) :] != 0
    rows = [int(np.flatnonzero(hidden[pivots] == cell)[0]) for cell in pinned]
    return _cheapest(cells, candidates, moves[rows] & possible, outside)


def refuting(cells: Cells, withheld: np.ndarray, proofs: list[np.ndarray], outside: bool) -> list[int]:
    """Further cells to withhold, so that each proof lacks a number that it needs.

    Parameters
    ----------
    cells : Cells
    withheld : ndarray of bool, shape (cells,)
    proofs : list of ndarray, shape (any, equations)
        Weights of the equations in the proofs that pin a cell, from `attacker.pinned_cells`.
    outside : bool
        As in `freeing`.

    Returns
    -------
    list of int
        Positions of cells.
    """
    candidates = _open(cells, withheld)
    table = coefficients(cells)[:, candidates]
    return _cheapest(
        cells, candidates, np.array([(np.abs(p @ table) > _ZERO).any(axis=0) for p in proofs]), outside
    )


def _open(cells: Cells, withheld: np.ndarray) -> np.ndarray:
    return np.flatnonzero(~withheld & (cells.n > 0))


def _cheapest(cells: Cells, candidates: np.ndarray, helps: np.ndarray, outside: bool) -> list[int]:
    """Candidates that together help all that can be helped, cheapest in respondents by cell helped."""
    inside = (cells.row[candidates] >= 0) | outside
    price = np.where(inside, cells.n[candidates], _OUTSIDE)
    chosen = []
    while helps.any():
        best = int(np.argmin(np.where(helps.any(axis=0), price / np.maximum(helps.sum(axis=0), 1), np.inf)))
        chosen.append(int(candidates[best]))
        helps = helps[~helps[:, best]]
    return chosen


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
