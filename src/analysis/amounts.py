"""What the gate knows of each group besides its count: answers by level, sums, the weight of the largest."""

import numpy as np
import pandas as pd


def same(label: np.ndarray) -> list[np.ndarray]:
    """Positions of equal labels, in the order of the labels and not of the rows."""
    if not label.shape[1]:
        return [np.arange(len(label))] if len(label) else []
    found: dict[tuple, list[int]] = {}
    for position, key in enumerate(map(tuple, label)):
        found.setdefault(key, []).append(position)
    return [np.array(found[key], int) for key in sorted(found)]


def levels(table: pd.DataFrame, rows: list[np.ndarray]) -> np.ndarray:
    """Respondents in each level, one row a group, one column a level; none for a table without levels."""
    if "level_count" not in table:
        return np.empty((len(rows), 0))
    counts = table["level_count"].astype("Float64").to_numpy(float, na_value=np.nan)
    names = (
        table["level"].astype("string").fillna("").to_numpy(object) if "level" in table else [""] * len(table)
    )
    columns = {name: place for place, name in enumerate(sorted(set(names)))}
    levels = np.full((len(rows), len(columns)), np.nan)
    for group, members in enumerate(rows):
        for member in members:
            levels[group, columns[names[member]]] = counts[member]
    return levels


def sums(table: pd.DataFrame, first: np.ndarray, n: np.ndarray) -> np.ndarray:
    """Sum, and sum of the two largest, of each group; no columns for a table without means."""
    if "largest_two_share" not in table or "estimate" not in table:
        return np.empty((len(first), 0))
    two, mean = (
        table[name].astype("Float64").to_numpy(float, na_value=np.nan)[first]
        for name in ("largest_two_share", "estimate")
    )
    sums = n[first] * np.abs(mean)
    return np.column_stack([sums, two * sums])
