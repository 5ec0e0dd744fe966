"""Rows for a figure, selected from a protected measure and never computed; and the limits of a funnel around them."""

from collections.abc import Callable, Collection
from functools import partial

import numpy as np
import pandas as pd

from analysis import municipalities
from analysis.comparisons.funnel import funnel_limits, overdispersion
from analysis.disclosure import ProtectedTable, declare_public

OUTER = 0.998
_LIMITS = "Grænserne er beregnet af viste tal; der er ingen svar i dem."


def limits(table: ProtectedTable) -> ProtectedTable:
    """Funnel limits around the country for one item, from what the table shows and nothing else.

    Parameters
    ----------
    table : ProtectedTable
        A measure without areas, or one area of it.

    Returns
    -------
    ProtectedTable
        One row a number of answers and coverage (0.95, 0.998): n, coverage, low, high. Widened by the overdispersion
        between the municipalities. No rows where the country or every municipality is withheld.
    """
    shown = _municipalities(table)
    limits_at = _limits_at(table)
    if limits_at is None:
        none = pd.DataFrame(columns=["n", "low", "high", "coverage"], dtype="float64")
        return declare_public(none, _LIMITS, table.synthetic)
    n = np.unique(np.geomspace(3, max(float(shown["n_effective"].max()), 10) * 1.1, 60))
    curves = [limits_at(n, coverage).assign(coverage=coverage) for coverage in (0.95, OUTER)]
    return declare_public(pd.concat(curves, ignore_index=True), _LIMITS, table.synthetic)


def funnel_value(table: ProtectedTable) -> str:
    """The column that a funnel is of: at one mix where places don't all count alike."""
    return "standardised" if "standardised" in table.frame else "estimate"


def outside(table: ProtectedTable) -> pd.DataFrame:
    """The shown municipalities that lie outside the outer limits of `limits`, each by its own number of answers."""
    shown, limits_at = _municipalities(table), _limits_at(table)
    if limits_at is None:
        return shown.iloc[:0]
    own = limits_at(shown["n_effective"].to_numpy(dtype=float), OUTER)
    estimate = shown[funnel_value(table)].to_numpy(dtype=float)
    return shown[(estimate < own["low"].to_numpy()) | (estimate > own["high"].to_numpy())]


def _municipalities(table: ProtectedTable) -> pd.DataFrame:
    rows = table.frame
    return rows[rows["place_level"].eq("municipality") & rows["status"].eq("shown")]


def _limits_at(table: ProtectedTable) -> Callable[[np.ndarray, float], pd.DataFrame] | None:
    """Answers and coverage -> limits; None where the country or every municipality is withheld."""
    rows, shown = table.frame, _municipalities(table)
    baseline = float(rows.loc[rows["place_level"].eq("country"), "estimate"].iloc[0])
    if np.isnan(baseline) or shown.empty:
        return None
    spread = table.quantity["spread"]
    spread = spread if spread is None else spread[rows["area"].iloc[0] if "area" in rows else ""]
    excess = overdispersion(shown[funnel_value(table)], shown["n_effective"], baseline, spread=spread)
    return partial(funnel_limits, baseline, spread=spread, tau2=excess.tau2)


def around(table: ProtectedTable, place: str) -> ProtectedTable:
    """A place beside the larger ones.

    A municipality with its group, its region and the country; a group with the other groups and the country; the
    country with all groups and regions.
    """
    rows = table.frame
    if municipalities.is_country(place):
        return table.rows(rows["place_level"].ne("municipality").to_numpy(bool))
    if municipalities.is_group(place):
        return _groups(table)
    own = municipalities.find(place)
    wanted = rows["place"].isin([own.name, own.group, own.region, municipalities.COUNTRY])
    wanted &= rows["place_level"].ne("municipality") | rows["place"].eq(own.name)
    return table.rows(wanted.to_numpy(bool))


def peers(table: ProtectedTable, place: str) -> ProtectedTable:
    """The municipalities of a group, the group and the country; for the country all groups.

    The group is the place itself, or the one that a municipality belongs to.
    """
    if municipalities.is_country(place):
        return _groups(table)
    group = place if municipalities.is_group(place) else municipalities.find(place).group
    return _inside(table, "municipality_group", group)


def in_region(table: ProtectedTable, place: str) -> ProtectedTable:
    """A municipality among those of its region, with the region and the country; for the country all regions.

    A group has no region: it stands beside all of them.
    """
    rows = table.frame
    if municipalities.place_level(place) == "municipality":
        return _inside(table, "region", municipalities.find(place).region)
    wanted = rows["place_level"].isin(["region", "country"]) | rows["place"].eq(place)
    return table.rows(wanted.to_numpy(bool))


def _groups(table: ProtectedTable) -> ProtectedTable:
    """All groups and the country."""
    return table.rows(table.frame["place_level"].isin(["municipality_group", "country"]).to_numpy(bool))


def _inside(table: ProtectedTable, level: str, name: str) -> ProtectedTable:
    """The municipalities of a group or region, with its own row and the country's."""
    rows = table.frame
    inside = rows["place_level"].eq("municipality") & rows[level].eq(name).fillna(False)
    totals = rows["place"].isin([name, municipalities.COUNTRY]) & rows["place_level"].ne("municipality")
    return table.rows((inside | totals).to_numpy(bool))


def with_all_levels(table: ProtectedTable, place: str) -> ProtectedTable:
    """All groups, all regions and the country, with the municipality where the place is one."""
    rows = table.frame
    wanted = rows["place_level"].ne("municipality") | rows["place"].eq(municipalities.find_place(place))
    return table.rows(wanted.to_numpy(bool))


def among(table: ProtectedTable, places: Collection[str]) -> ProtectedTable:
    """The places of that name, and the country."""
    return table.rows(table.frame["place"].isin([*places, municipalities.COUNTRY]).to_numpy(bool))


def all_municipalities(table: ProtectedTable) -> ProtectedTable:
    """All 98 municipalities and the country."""
    return table.rows(table.frame["place_level"].isin(["municipality", "country"]).to_numpy(bool))


def national(table: ProtectedTable) -> ProtectedTable:
    """The country alone."""
    return table.rows(table.frame["place_level"].eq("country").to_numpy(bool))
