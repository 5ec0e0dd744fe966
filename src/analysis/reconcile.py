"""Nothing lost, nothing doubled: what became of each row, and totals compared both ways before anything is written."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from analysis.readers.raw_survey import RawSurvey
from analysis.sidecars import Sidecar


@dataclass(frozen=True)
class Ledger:
    """Lines on what was read, kept and left out."""

    lines: list[str] = field(default_factory=list)

    def survey(self, sidecar: Sidecar, raw: RawSurvey, tables: dict[str, pd.DataFrame]) -> None:
        """Account for every row of a survey; raises if one is lost or doubled."""
        counts = raw.status.value_counts()
        completed, kept = int(counts.get("completed", 0)), len(tables["caseworkers"]) + len(tables["leaders"])
        if completed != kept:
            raise ValueError(
                f"`{sidecar.path}` must give one row a completed answer, but {completed} completed "
                f"answers became {kept} "
                "rows. Correct `role` in the delivery or its sidecar: each answer is a caseworker's or a leader's."
            )
        left = ", ".join(f"{n} {status}" for status, n in counts.items() if status != "completed" and n)
        unlisted = len(raw.answers.columns) - len(sidecar.columns)
        self.lines.append(
            f"{sidecar.path}: {len(raw.answers)} rows = {len(tables['caseworkers'])} caseworkers + "
            f"{len(tables['leaders'])} leaders + {len(raw.answers) - completed} not completed ({left or 'none'}); "
            f"{unlisted} columns not in the sidecar and {len(raw.dropped)} of the survey tool not kept"
        )

    def table(self, name: str, table: pd.DataFrame) -> None:
        """Account for a table that is used as delivered."""
        self.lines.append(f"{name}: {len(table)} rows")


def _require_equal(counted: pd.Series, expected: pd.Series, what: str) -> None:
    both = pd.DataFrame({"counted": counted, "expected": expected}).fillna(0).astype(float)
    wrong = both[~np.isclose(both["counted"], both["expected"], rtol=1e-6)]
    if len(wrong):
        raise ValueError(
            f"{what} must add up, but {len(wrong)} of {len(both)} totals don't (first: {wrong.index[0]} = "
            f"{wrong['counted'].iloc[0]:g}, not {wrong['expected'].iloc[0]:g}). Nothing was written."
        )


def reconcile(tables: dict[str, pd.DataFrame]) -> None:
    """Compare rows and weights with the staff counts, down the municipalities and across the areas.

    Raises
    ------
    ValueError
        If a total differs; the message names the first.
    """
    staff = tables["staff"]
    for role, name in (("caseworker", "caseworkers"), ("leader", "leaders")):
        people, of_role = tables[name], staff[staff["role"] == role]
        for keys in (["year", "municipality_code"], ["year", "area"]):
            answered = of_role.groupby(keys, observed=True)["answered_count"].sum()
            _require_equal(people.groupby(keys, observed=True).size(), answered, f"{name} by {keys[1]}")
        weights = people.groupby("year")["weight"].sum()
        _require_equal(weights, of_role.groupby("year")["employed_count"].sum(), f"Weights of {name}")
