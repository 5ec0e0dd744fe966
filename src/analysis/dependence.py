"""Which withheld cells follow exactly from what is shown.

Linear algebra on the equations between cells: a withheld cell is determined if the equations can be solved
for it alone, without another withheld cell.
"""

from collections.abc import Sequence

import numpy as np

from analysis.margins import Cells

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
