"""How a pinned cell can be freed: the cheapest cells that would have to move with it.

A withheld cell is safe from the attacker if it can be one respondent more, or one fewer, while everything that is
shown stays as it is. The linear program looks for such a move in which shown cells take part as little as may be;
those that do are withheld too.

References
----------
Kelly, J. P., Golden, B. L. & Assad, A. A. (1992). Cell suppression: disclosure protection for sensitive tabular data.
Networks, 22.
"""

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array, hstack

from analysis import dependence
from analysis.margins import Cells

COUNT = -1  # instead of the number of a level
_OUTSIDE = 1e6  # respondents; a total outside the table is only assumed to be known, and given up last
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
    price = np.where(withheld, 0.0, np.where(cells.row >= 0, cells.n, _OUTSIDE))
    matrix = csr_array(dependence.coefficients(cells))
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
