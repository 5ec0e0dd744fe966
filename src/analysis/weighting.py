"""What the weights change: national figures with and without them, through the gate."""

import numpy as np
import pandas as pd

from analysis import data, kept
from analysis.disclosure import ProtectedTable, protect
from analysis.estimates import Design, estimate_mean, estimate_proportion
from analysis.measures import LOW
from analysis.place_estimates import DESIGN, answered

_UNWEIGHTED = Design(weights="one")


def both_ways(
    people: pd.DataFrame, variable: str, levels: tuple[str, ...] = (), by: str | None = None
) -> pd.DataFrame:
    """A national mean, or share of some levels, weighted and unweighted.

    Parameters
    ----------
    people : DataFrame
        One row a respondent, with ``weight``; all of the country.
    variable : str
        Numeric column, or a categorical one when `levels` are given.
    levels : tuple of str
        Levels whose joined share [0-1] is estimated.
    by : str, optional
        Column whose values each get a row.

    Returns
    -------
    DataFrame
        `by` (or nothing), ``estimate``, ``low``, ``high`` (weighted), ``unweighted``, ``n`` and ``n_kish``: the
        answers of equal weight that would be worth as much (Kish), and ``level_count`` for the gate.

    References
    ----------
    Kish, L. (1965), Survey Sampling, Wiley.
    """
    people = answered(people, variable).assign(one=1.0)
    if levels:
        joined = people[variable].isin(levels).map({True: "in", False: "out"})
        kinds = pd.CategoricalDtype(["in", "out"])
        people = people.assign(**{variable: joined.where(people[variable].notna()).astype(kinds)})
    keys = [by] if by else None
    weighted, plain = (
        _estimate(people, variable, design, bool(levels), keys) for design in (DESIGN, _UNWEIGHTED)
    )
    rows = weighted[[*(keys or []), "estimate", "low", "high", "n"]].assign(unweighted=plain["estimate"])
    known = people.dropna(subset=[variable])
    groups = known.groupby(by, observed=True) if by else [(None, known)]
    kish = {key: group["weight"].sum() ** 2 / (group["weight"] ** 2).sum() for key, group in groups}
    rows["n_kish"] = [float(kish[key]) for key in (rows[by] if by else [None])]
    if levels:
        rows["level_count"] = int(known[variable].eq("in").sum())
    return rows


def _estimate(people, variable, design, is_share, keys) -> pd.DataFrame:
    if is_share:
        return estimate_proportion(people, variable, "in", design, by=keys)
    return estimate_mean(people, variable, design, by=keys)


@kept.once
def weighted_beside_unweighted(year: int, min_count: int = 5) -> ProtectedTable:
    """Caseload by area, difficult handover and turnover in the country, weighted and unweighted.

    Returns
    -------
    ProtectedTable
        One row a measure (and area): the columns of `both_ways`, ``measure`` (the variable), place, place_level.
    """
    people = data.read("caseworkers", year)
    parts = [
        both_ways(people, "caseload", by="area").assign(measure="caseload"),
        both_ways(people, "case_handover", LOW).assign(measure="case_handover"),
        both_ways(people, "has_changed_workplace", ("yes",)).assign(measure="has_changed_workplace"),
    ]
    rows = pd.concat(parts, ignore_index=True)
    rows["area"] = rows["area"].astype(object).where(rows["area"].notna(), pd.NA)
    rows["level_count"] = rows["level_count"].astype("Float64")
    rows = rows.assign(place="Hele landet", place_level="country")
    quantity = {"table": "caseworkers", "variable": "several", "level": None, "year": year}
    return protect(rows, min_count, synthetic=data.is_synthetic("caseworkers"), quantity=quantity)


def largest_change(table: ProtectedTable) -> pd.Series:
    """The row that the weights change most, relative to the weighted figure."""
    shown = table.frame[table.frame["status"].eq("shown")]
    change = np.abs(shown["estimate"] - shown["unweighted"]) / shown["estimate"]
    return shown.loc[change.astype(float).idxmax()]
