"""Which withheld cells follow exactly from what is shown, and which further cell would free them.

Linear algebra on the equations between cells: a withheld cell is determined if it doesn't move in any direction
in which the withheld cells can move together without changing what is shown.
"""

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
    """The equations as a matrix: 1 for a part, -1 for the total, shape (equations, cells)."""
    table = np.zeros((len(cells.equations), len(cells.n)))
    for row, (total, parts) in enumerate(cells.equations):
        table[row, parts] = 1.0
        table[row, total] = -1.0
    return table


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
    hidden = np.flatnonzero(withheld & (cells.n > 0))
    if not len(hidden):
        return []
    directions = _directions(coefficients(cells)[:, hidden])
    still = (np.abs(directions) < _ZERO).all(axis=1)
    return [int(cell) for cell in hidden[still] if not cells.remainder[cell]]


def freeing(cells: Cells, withheld: np.ndarray, pinned: list[int]) -> list[int]:
    """Further cells to withhold, so that each determined cell can move.

    Parameters
    ----------
    cells : Cells
    withheld : ndarray of bool, shape (cells,)
    pinned : list of int
        From `determined`.

    Returns
    -------
    list of int
        Positions of cells; empty if no single cell frees any.
    """
    hidden, candidates = np.flatnonzero(withheld & (cells.n > 0)), _open(cells, withheld)
    table = coefficients(cells)
    # how the hidden cells must move when a candidate moves by one; impossible where a residual is left
    moves, *_ = np.linalg.lstsq(table[:, hidden], -table[:, candidates], rcond=None)
    possible = (np.abs(table[:, hidden] @ moves + table[:, candidates]) < _ZERO).all(axis=0)
    return _cheapest(cells, candidates, (np.abs(moves[np.searchsorted(hidden, pinned)]) > _ZERO) & possible)


def refuting(cells: Cells, withheld: np.ndarray, proofs: list[np.ndarray]) -> list[int]:
    """Further cells to withhold, so that each proof lacks a number that it needs.

    Parameters
    ----------
    cells : Cells
    withheld : ndarray of bool, shape (cells,)
    proofs : list of ndarray, shape (any, equations)
        Weights of the equations in the proofs that pin a cell, from `attacker.pinned_cells`.

    Returns
    -------
    list of int
        Positions of cells.
    """
    candidates = _open(cells, withheld)
    table = coefficients(cells)[:, candidates]
    return _cheapest(cells, candidates, np.array([(np.abs(p @ table) > _ZERO).any(axis=0) for p in proofs]))


def _open(cells: Cells, withheld: np.ndarray) -> np.ndarray:
    """Cells that can still be withheld: rows of the table that are shown."""
    return np.flatnonzero(~withheld & (cells.n > 0) & (cells.row >= 0))


def _cheapest(cells: Cells, candidates: np.ndarray, helps: np.ndarray) -> list[int]:
    """Candidates that together help all that can be helped, cheapest in respondents by cell helped."""
    chosen = []
    while helps.any():
        price = np.where(helps.any(axis=0), cells.n[candidates] / np.maximum(helps.sum(axis=0), 1), np.inf)
        best = int(np.argmin(price))
        chosen.append(int(candidates[best]))
        helps = helps[~helps[:, best]]
    return chosen


def _directions(matrix: np.ndarray) -> np.ndarray:
    """An orthonormal basis of the directions that the matrix doesn't notice, one a column."""
    _, sizes, basis = np.linalg.svd(matrix)
    rank = int((sizes > _ZERO * max(matrix.shape)).sum())
    return basis[rank:].T
