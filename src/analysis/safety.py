"""When the cells that a sum hides are safe: not one alone, no small group together, not all alike."""

import numpy as np

from analysis.margins import Cells

DOMINANCE = 0.9


def is_safe(cells: Cells, withheld: np.ndarray, equation: tuple[int, np.ndarray], min_count: int) -> bool:
    """Whether the cells that one equation hides don't follow from it, nor tell on their members together."""
    total, parts = equation
    hidden = parts[withheld[parts]]
    if withheld[total]:
        return len(hidden) > 0 or cells.n[total] == 0
    if not len(hidden):
        return True
    size = cells.n[hidden].sum()
    alone = len(hidden) == 1 and not cells.remainder[hidden[0]]
    one_in_each = size == len(hidden) > 1
    return size >= min_count and not alone and not one_in_each and not tells(cells, hidden, size)


def tells(cells: Cells, hidden: np.ndarray, size: int) -> bool:
    """Whether a union of cells, of a given size, is all alike, or outweighed by two of its members."""
    inside = cells.levels[hidden].sum(axis=0)
    if ((inside == 0) | (inside == size)).any():
        return True
    if not cells.sums.shape[1]:
        return False
    total, two = cells.sums[hidden].T
    return bool(np.sort(two)[-2:].sum() > DOMINANCE * total.sum())
