"""Two editions of one release: what they differ by is a few people."""

import numpy as np
import pandas as pd

from rerun.audit.cells import KEYS, named

_NEAR = 0.05  # of the largest answer: known that closely, it is known


def differences(cells: pd.DataFrame, sharp: dict, coalition: int) -> list[tuple]:
    """Attack what two editions show of one cell, where fewer than the threshold came or went.

    Parameters
    ----------
    cells : DataFrame
        From `rerun.audit.released.merge`, with several editions.
    sharp : dict
        (edition, quantity, keys) -> value and room.
    coalition : int
        Respondents who join what they know of themselves.

    Returns
    -------
    list of tuple
        Kind, quantity, cell, detail.
    """
    shown = cells[cells["status"].eq("shown") & cells["municipality"].ne("") & cells["estimate"].notna()]
    findings = []
    for label, rows in shown.groupby(["quantity", *KEYS], sort=True):
        pairs = rows.to_dict("records")
        for at, one in enumerate(pairs):
            for other in pairs[at + 1 :]:
                findings += _difference(one, other, label, sharp, coalition)
    return findings


def _difference(one: dict, other: dict, label: tuple, sharp: dict, coalition: int) -> list[tuple]:
    few = abs(one["n"] - other["n"])
    if not 0 < few < one["min_count"] + coalition:
        return []
    more, fewer = (one, other) if one["n"] > other["n"] else (other, one)
    (high, high_room), (low, low_room) = (_sum(row, label, sharp) for row in (more, fewer))
    middle, room = high - low, high_room + low_room
    largest = few if one["is_share"] else few * 3 * max(one["estimate"], other["estimate"])
    if one["is_share"]:
        possible = np.arange(max(0, np.ceil(middle - room)), min(few, np.floor(middle + room)) + 1)
        if len(possible) == 1:
            return [_told(label, few, f"{possible[0]:g} of them said so")]
    elif 2 * room <= _NEAR * largest:
        return [_told(label, few, f"their mean is {middle / few:.4g}, give or take {room / few:.2g}")]
    return []


def _sum(row: dict, label: tuple, sharp: dict) -> tuple[float, float]:
    value, room = sharp.get((row["edition"], label[0], label[1:]), (row["estimate"], row["half"]))
    scale = 0.01 if row["is_share"] else 1.0
    return row["n"] * value * scale, row["n"] * room * scale


def _told(label: tuple, few: float, what: str) -> tuple:
    return ("between editions", label[0], named(label[1:]), f"{few:g} came or went, and {what}")
