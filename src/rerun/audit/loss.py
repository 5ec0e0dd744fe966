"""What is withheld, and how much of it only for others' sake: the price of a release."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import Bounds, LinearConstraint
from scipy.sparse import csr_array

from rerun.audit.cells import KEYS, complete, is_of_everybody
from rerun.audit.counts import quiet_milp, sums
from rerun.audit.granted import SOURCES, Granted


@dataclass(frozen=True)
class Loss:
    """Withheld cells, and the answers in them.

    Attributes
    ----------
    cells, answers : int
        All of them.
    complements, complement_answers : int
        Those that reach the threshold themselves.
    least, least_answers : float
        Complements that the sums alone need, chosen to cost the fewest answers: no release can have fewer answers.
    """

    cells: int
    answers: int
    complements: int
    complement_answers: int
    least: int
    least_answers: int

    def __str__(self):
        return (
            f"Withheld: {self.cells} cells with {self.answers} answers; of them {self.complements} cells with "
            f"{self.complement_answers} answers for others' sake. The sums alone need {self.least} cells with "
            f"{self.least_answers} answers."
        )


def loss(cells: pd.DataFrame, granted: Granted, coalition: int) -> Loss:
    """Count what is withheld of one edition, with the true counts, and the least that would do.

    Parameters
    ----------
    cells : DataFrame
        From `rerun.audit.released.merge`.
    granted : Granted
        Of the data that the release was made of.
    coalition : int
        Respondents that a union must have beyond the threshold.
    """
    parts = []
    for _, rows in cells[cells["source"].isin(SOURCES)].groupby("quantity", sort=True):
        in_places = (rows["municipality"] != "").any() and is_of_everybody(rows)
        if in_places and rows["variable"].iloc[0] in granted.people:
            parts.append(_of_quantity(complete(rows), granted, coalition))
    return Loss(*(int(total) for total in np.sum(parts, axis=0))) if parts else Loss(0, 0, 0, 0, 0, 0)


def _of_quantity(table: pd.DataFrame, granted: Granted, coalition: int) -> tuple:
    table = table[table["role"].eq("") & table["group"].eq("")].reset_index(drop=True)
    n = _true_counts(table, granted)
    threshold = table["min_count"].min()
    hidden = table["status"].eq("withheld").to_numpy()
    small = (n > 0) & (n < threshold)
    complements = hidden & ~small & ~_extreme(table, granted, n)
    needed = _least(table, n, small | (hidden & ~complements), threshold + coalition)
    return (
        hidden.sum(),
        n[hidden].sum(),
        complements.sum(),
        n[complements].sum(),
        needed.sum(),
        n[needed].sum(),
    )


def _true_counts(table: pd.DataFrame, granted: Granted) -> np.ndarray:
    role = SOURCES[table["source"].iloc[0]]
    return np.array([len(_people(row, granted, role)) for row in table.to_dict("records")], float)


def _people(row: dict, granted: Granted, role: str) -> pd.DataFrame:
    people = granted.answers(row["year"], role, row["variable"], row["area"])
    for key in ("municipality", "region", "municipality_group"):
        if row[key]:
            people = people[people[key].eq(row[key])]
    return people


def _extreme(table: pd.DataFrame, granted: Granted, n: np.ndarray) -> np.ndarray:
    """Shares that nearly nobody or nearly everybody has: withheld for their own sake."""
    if not table["is_share"].iloc[0]:
        return np.zeros(len(table), bool)
    role = SOURCES[table["source"].iloc[0]]
    levels = str(table["level"].iloc[0]).split("|")
    yes = np.array(
        [
            _people(row, granted, role)[row["variable"]].astype(str).isin(levels).sum()
            for row in table.to_dict("records")
        ]
    )
    return (yes <= 1) | (yes >= n - 1)


def _least(table: pd.DataFrame, n: np.ndarray, first: np.ndarray, needed: float) -> np.ndarray:
    """The complements that cost the fewest answers: what is withheld of a sum is enough people together, or nobody."""
    place = {tuple(key): position for position, key in enumerate(table[list(KEYS)].to_numpy())}
    rows, low = [], []
    size = len(table)
    for total, parts in sums(table):
        members = np.array([place[part] for part in (total, *parts)])
        for one in members:
            # whoever is hidden in a sum (its total is its other side) hides among others with him
            row = np.zeros(size)
            row[members] = n[members]
            row[one] -= needed
            rows.append(row)
            low.append(0.0)
            row = np.zeros(size)
            row[members] = (n[members] > 0).astype(float)
            row[one] -= 2.0
            rows.append(row)
            low.append(0.0)
    if not rows or not first.any():
        return np.zeros(size, bool)
    bounds = Bounds(first.astype(float), ((n > 0) | first).astype(float))
    result = quiet_milp(
        n + 0.001,
        integrality=np.ones(size),
        bounds=bounds,
        constraints=LinearConstraint(csr_array(np.array(rows)), low, np.inf),
        options={"presolve": False, "time_limit": 20.0, "mip_rel_gap": 0.0},
    )
    if result.x is None:
        return np.zeros(size, bool)
    return (np.round(result.x) > 0) & ~first
