"""What the weights change: national figures with and without them, through the gate."""

import numpy as np
import pandas as pd

from analysis import codebook, danish, data
from analysis.disclosure import ProtectedTable, not_asked, protect
from analysis.estimates import Design, estimate_mean, estimate_proportion
from analysis.estimates.variance import weighting_change
from analysis.measures import catalogue
from analysis.measures.places import DESIGN, answered, joined, was_asked
from analysis.texts import say

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
        `by` (or nothing), ``estimate``, ``low``, ``high`` (weighted), ``unweighted``, ``difference`` (weighted less
        unweighted, of the same answers) with ``difference_low`` and ``difference_high``, ``n`` and ``n_kish``: the
        answers of equal weight that would be worth as much (Kish), and ``level_count`` for the gate.

    References
    ----------
    Kish, L. (1965), Survey Sampling, Wiley.
    """
    people = answered(people, variable).assign(one=1.0)
    if levels:
        people = people.assign(**{variable: joined(people[variable], levels)})
    keys = [by] if by else None
    weighted, plain = (
        _estimate(people, variable, design, bool(levels), keys) for design in (DESIGN, _UNWEIGHTED)
    )
    rows = weighted[[*(keys or []), "estimate", "low", "high", "n"]].assign(unweighted=plain["estimate"])
    change = weighting_change(people, variable, DESIGN, by, level="in" if levels else None)
    rows = rows.join(change[["difference", "difference_low", "difference_high"]])
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


@data.once
def weighted_beside_unweighted(names: tuple[str, ...], year: int, min_count: int = 5) -> ProtectedTable:
    """Some measures of caseworkers in the country, weighted and unweighted.

    Parameters
    ----------
    names : tuple of str
        Of `measures.names`.
    year, min_count : int

    Returns
    -------
    ProtectedTable
        One row a measure (and area): the columns of `both_ways`, ``measure`` (its name), place, place_level.
    """
    people = data.read("caseworkers", year)
    parts = [
        both_ways(people, row.variable, row.answers, "area" if row.by_area else None).assign(measure=row.name)
        for row in (catalogue.named(name) for name in names)
        if was_asked(people, row.variable)
    ]
    quantity = {"table": "caseworkers", "variable": "several", "level": None, "year": year}
    if not parts:
        rows = pd.DataFrame({"measure": list(names), "area": pd.NA})
        return not_asked(rows, min_count, quantity)
    rows = pd.concat(parts, ignore_index=True)
    rows = rows.reindex(columns=list(dict.fromkeys([*rows, "area", "level_count"])))
    rows["area"] = rows["area"].astype(object).where(rows["area"].notna(), pd.NA)
    rows["level_count"] = rows["level_count"].astype("Float64")
    rows = rows.assign(place="Hele landet", place_level="country")
    is_share = rows["level_count"].notna()
    rows["unit"], rows["decimals"] = np.where(is_share, "pct.", ""), np.where(is_share, 0, 1)
    return protect(rows, min_count, quantity=quantity)


def largest_change(table: ProtectedTable) -> pd.Series:
    """The row that the weights change most, relative to the weighted figure."""
    shown = table.frame[table.frame["status"].eq("shown")]
    change = np.abs(shown["estimate"] - shown["unweighted"]) / shown["estimate"]
    return shown.loc[change.astype(float).idxmax()]


def told(table: ProtectedTable) -> str:
    """Weighted beside unweighted figures as a table, what the weights change most, and what they cost in certainty."""
    shown = table.frame[table.frame["status"].eq("shown")]
    if shown.empty:
        most, is_clear, worth = None, None, None
    else:
        row = largest_change(table)
        most = _row(row)
        is_clear = bool(row["difference_low"] > 0 or row["difference_high"] < 0)
        worth = 100 * float((shown["n_kish"] / shown["n"]).min())
    rows = [_row(row) for _, row in table.frame.iterrows()]
    return say("01_respondents", "weights", rows=rows, most=most, is_clear=is_clear, worth=worth)


def _row(row: pd.Series) -> dict:
    """A measure's name and its two figures as they are written; none where they aren't shown."""
    spoken = catalogue.named(row["measure"])
    area = "" if pd.isna(row["area"]) else f" på {codebook.levels('area')[row['area']].lower()}"
    shown = row["status"] == "shown"
    return {
        "name": danish.first_upper(spoken.subject) + area,
        "weighted": _written(row["estimate"], spoken) if shown else None,
        "unweighted": _written(row["unweighted"], spoken) if shown else None,
        "n": row["n"] if shown else None,
    }


def _written(value: float, spoken: catalogue.Measure) -> str:
    return danish.percent(value) if spoken.is_share else f"{danish.number(value, 1)} {spoken.unit}"
