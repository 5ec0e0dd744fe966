"""Bounds for withheld shares and means, where the answers behind them are simple sums.

An unweighted share times its count is a number of people, and adds up. Of weighted ones that is only roughly so, and
the statements contradict each other: then nothing follows that `rerun.attack` doesn't find without using the weights.
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from scipy.sparse import block_array, csr_array, eye_array

from analysis import attacker, dependence

NARROW = 0.05  # of the largest value that is possible
_ROUNDS = 4


def narrow_estimates(table: pd.DataFrame, equations, known: np.ndarray) -> Iterator[tuple[int, float, float]]:
    """Withheld shares or means that the shown ones leave hardly any room.

    Parameters
    ----------
    table : DataFrame
        One row a cell: status, n, estimate, min_count, half (half a unit of its last digit), top (the largest estimate
        that a group can have).
    equations : list of (int, ndarray)
        Totals and their parts.
    known : ndarray, shape (cells,)
        Counts, missing where nobody is told them.

    Yields
    ------
    tuple of (int, float, float)
        Position of a cell, and the bounds of its share or mean.
    """
    told = ~np.isnan(known) & (table["estimate"].notna().to_numpy() | (known == 0))
    withheld = table["status"].eq("withheld").to_numpy()
    if not withheld.any():
        return
    knowledge = _knowledge(table, equations, known, told)
    unknown = np.flatnonzero(~told)
    try:
        for place in _still(knowledge, np.flatnonzero(withheld[unknown])):
            (least, most), (fewest, many) = attacker.bounds(knowledge, [place, place + len(unknown)])
            # a group that is known to be large was withheld for another's sake
            if fewest < table["min_count"].min() and _is_narrow(least / many, most / fewest):
                yield int(unknown[place]), float(least / many), float(most / fewest)
    except ValueError:  # the shown numbers aren't simple sums
        return


def _still(knowledge: attacker.Knowledge, places: np.ndarray) -> np.ndarray:
    """Estimates that hardly move over a few corners of what is possible."""
    size = knowledge.matrix.shape[1] // 2
    lowest, highest = np.full(size, np.inf), np.zeros(size)
    for seed in range(_ROUNDS):
        if len(places):
            for corner in attacker.corners(knowledge, places, seed):
                mean = corner[:size] / np.maximum(corner[size:], 1.0)
                lowest, highest = np.minimum(lowest, mean), np.maximum(highest, mean)
            places = places[[_is_narrow(lowest[j], highest[j]) for j in places]]
    return places


def _is_narrow(low: float, high: float) -> bool:
    return bool(np.isfinite(high) and high - low <= NARROW * high)


def _knowledge(table, equations, known, told) -> attacker.Knowledge:
    """Statements about the unknown sums, then about the unknown counts."""
    matrix = dependence.matrix_of(equations, len(table))
    unknown = ~told
    estimate = np.where(known == 0, 0.0, table["estimate"].to_numpy(float))
    half = np.where(known == 0, 0.0, table["half"].to_numpy(float))
    sums, room = (known * estimate)[told], (known * half)[told]
    middle = -(matrix[:, told] @ sums)
    slack = np.abs(matrix[:, told]) @ room + 1e-9
    counted = -(matrix[:, told] @ known[told])
    parts = csr_array(matrix[:, unknown])
    size = int(unknown.sum())
    # no mean is more than the scale's end (of a share: everybody), so no sum more than that times the count
    top = table["top"].max()
    blocks = [[parts, None], [None, parts], [-eye_array(size), top * eye_array(size)]]
    low = [middle - slack, counted, np.zeros(size)]
    high = [middle + slack, counted, np.full(size, np.inf)]
    count = known[unknown]
    least = np.where(np.isnan(count), np.where(table["status"].eq("withheld"), 1.0, 0.0)[unknown], count)
    most = np.where(np.isnan(count), np.inf, count)
    return attacker.Knowledge(
        csr_array(block_array(blocks)),
        np.concatenate(low),
        np.concatenate(high),
        np.concatenate([np.zeros(size), least]),
        np.concatenate([np.full(size, np.inf), most]),
    )
