"""Random tables of places, with every level, for the tests of the gate and of the attacker."""

import numpy as np
import pandas as pd

from analysis import municipalities

PLACES = ["municipality", "region", "municipality_group"]
NUMBERS = ["n", "level_count", "total"]


def with_totals(leaves: pd.DataFrame, splits: tuple[str, ...] = ()) -> pd.DataFrame:
    """Leaves by place (and `splits`), and each total of them; an estimate in every row."""
    parts = []
    for keys in (PLACES, ["region"], ["municipality_group"], []):
        for chosen in {splits, ()}:
            by = [*keys, *chosen]
            sums = (
                leaves.groupby(by)[NUMBERS].sum().reset_index() if by else leaves[NUMBERS].sum().to_frame().T
            )
            parts.append(sums)
    table = pd.concat(parts, ignore_index=True)
    keys = [*PLACES, *splits]
    table[keys] = table[keys].astype(object).where(table[keys].notna(), pd.NA)
    table["n"] = table["n"].astype(int)
    return table.assign(estimate=table["total"] / table["n"].where(table["n"] > 0)).drop(columns="total")


def small_table(sizes, regions, groups) -> pd.DataFrame:
    """A handful of municipalities in crossing regions and groups, with region, group and country totals."""
    count = len(sizes)
    leaves = pd.DataFrame(
        {
            "municipality": [f"m{i}" for i in range(count)],
            "region": [f"r{i}" for i in regions],
            "municipality_group": [f"g{i}" for i in groups],
            "n": sizes,
            "level_count": 0,
            "total": np.asarray(sizes) * 10.0 + np.arange(count),
        }
    )
    return with_totals(leaves).drop(columns="level_count")


def country_table(seed: int, median: float = 15, areas: bool = True) -> pd.DataFrame:
    """All 98 municipalities, some with hardly any answers and one with none, by area, and every total."""
    rng = np.random.default_rng(seed)
    places = municipalities.table()[PLACES]
    size = np.round(rng.lognormal(np.log(median), 0.9, len(places))).astype(int)
    size[rng.integers(len(places))] = 0
    at_risk = rng.binomial(size, 0.55)
    parts = [("at_risk", at_risk), ("disability", size - at_risk)]
    leaves = pd.concat([places.assign(area=area, n=n) for area, n in parts], ignore_index=True)
    leaves["level_count"] = rng.binomial(leaves["n"], 0.55)
    leaves["total"] = leaves["level_count"].astype(float)
    return with_totals(leaves, ("area",) if areas else ())
