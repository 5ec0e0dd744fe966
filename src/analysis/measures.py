"""The measures of the collection, one function each: estimates for all municipalities and every level, protected.

A measure is always estimated for everybody and protected once, whoever asks: a figure only selects rows. So the same
rows are withheld in every notebook and every report, whichever is made first.

Rows
----
place_level (municipality, municipality_group, region, country), place (Danish name), the keys municipality, region and
municipality_group (missing = summed over), for some measures area; then the columns of `analysis.estimates` and
`analysis.comparisons.compare_places`.
"""

from functools import lru_cache

import numpy as np
import pandas as pd

from analysis import data, municipalities
from analysis.codebook import MISSING_REASONS
from analysis.comparisons import compare_places, count_tests, reliability
from analysis.disclosure import ProtectedTable, declare_public, protect
from analysis.estimates import Design, estimate_mean, estimate_proportion
from analysis.funnel import funnel_limits, overdispersion

LEVELS = ("municipality", "municipality_group", "region", "country")
_KEYS = ["municipality", "region", "municipality_group"]
# Municipality is the stratum and the person the unit. Without the finite correction: the numbers describe the practice
# in a municipality, not only those employed on the day of the count.
DESIGN = Design(strata="municipality_code", weights="weight")


def _estimate(
    people: pd.DataFrame, variable: str, level: str | None, place_level: str, areas: list[str], min_count: int
) -> pd.DataFrame:
    """Estimates of one level's places, each but the country compared with the rest of the country."""
    if place_level != "country":
        return compare_places(
            people, variable, DESIGN, place_level, within=areas, level=level, min_count=min_count
        )
    by = [place_level, *areas]
    if level is None:
        rows = estimate_mean(people, variable, DESIGN, by=by, df="domain")
    else:
        rows = estimate_proportion(people, variable, level, DESIGN, by=by, df="domain")
    return rows.assign(verdict="none", reliability=reliability(rows, is_share=level is not None))


def _gate_columns(people: pd.DataFrame, variable: str, level: str | None, by: list[str]) -> pd.DataFrame:
    """What only the gate sees: respondents in the level, or how much the two largest answers weigh."""
    answered = people.dropna(subset=[variable])
    groups = answered.groupby(by, observed=True)[variable]
    if level is not None:
        return groups.agg(lambda answers: int((answers == level).sum())).rename("level_count").reset_index()
    two = answered.sort_values(variable).groupby(by, observed=True)[[variable]].tail(2)
    largest = answered.loc[two.index].groupby(by, observed=True)[variable].sum() / groups.sum()
    return largest.fillna(0.0).rename("largest_two_share").reset_index()


def _level_rows(
    people: pd.DataFrame, place_level: str, variable: str, level: str | None, areas: list[str], min_count: int
) -> pd.DataFrame:
    by = [place_level, *areas]
    rows = _estimate(people, variable, level, place_level, areas, min_count)
    rows = rows.merge(_gate_columns(people, variable, level, by), on=by, how="left")
    rows = _all_places(rows, place_level, areas)
    return rows.assign(place_level=place_level, place=rows[place_level].astype(str))


def _all_places(rows: pd.DataFrame, place_level: str, areas: list[str]) -> pd.DataFrame:
    """The rows of a level with one for each municipality and area, answered or not, and with its keys."""
    if place_level != "municipality":
        return rows
    places = municipalities.table()[_KEYS]
    for column in areas:
        places = places.merge(pd.DataFrame({column: rows[column].cat.categories}), how="cross")
        rows = rows.assign(**{column: rows[column].astype(str)})
    return places.merge(rows, on=["municipality", *areas], how="left")


def estimate_places(
    people: pd.DataFrame, variable: str, level: str | None = None, areas: bool = False, min_count: int = 5
) -> pd.DataFrame:
    """Mean of a variable, or share of a level, for every municipality, group, region and the country.

    Parameters
    ----------
    people : DataFrame
        One row a respondent of one role and year.
    variable : str
        Numeric column; or a categorical one when `level` is given. Reasons for missing answers are no answers.
    level : str, optional
        The level whose share [0-1] is estimated.
    areas : bool
        Whether each place is split by area.
    min_count : int
        Places with fewer answers get no verdict.

    Returns
    -------
    DataFrame
        The rows that the module describes, not yet protected.
    """
    split = ["area"] if areas else []
    people = people.assign(country=municipalities.COUNTRY)
    parts = [_level_rows(people, place_level, variable, level, split, min_count) for place_level in LEVELS]
    rows = pd.concat(parts, ignore_index=True).drop(columns="country")
    if areas:
        rows["area"] = rows["area"].astype(str)
    rows[_KEYS] = rows[_KEYS].astype(object).where(rows[_KEYS].notna(), pd.NA)
    return rows.fillna({"n": 0, "n_missing": 0, "verdict": "none"})


def answered(people: pd.DataFrame, variable: str) -> pd.DataFrame:
    """The people with reasons for a missing answer ("ved ikke" and the like) turned into missing answers."""
    values = people[variable]
    if not isinstance(values.dtype, pd.CategoricalDtype):
        return people
    reasons = [reason for reason in MISSING_REASONS if reason in values.cat.categories]
    return people.assign(**{variable: values.cat.remove_categories(reasons)})


@lru_cache(maxsize=64)
def _protected(
    digest: str, table: str, variable: str, levels: tuple[str, ...], areas: bool, year: int, min_count: int
) -> ProtectedTable:
    """A measure, estimated and protected; kept for as long as the processed data (its digest) is the same."""
    people = answered(data.read(table, year), variable)
    level = None
    if levels:
        level = "yes" if levels == ("yes",) else "low"
        joined = people[variable].isin(levels).map({True: level, False: "other"})
        people = people.assign(
            **{variable: joined.where(people[variable].notna()).astype(pd.CategoricalDtype([level, "other"]))}
        )
    rows = estimate_places(people, variable, level, areas, min_count)
    quantity = {"table": table, "variable": variable, "level": "|".join(levels) or None, "year": year}
    quantity["spread"] = _spreads(people, variable, areas)
    quantity["tests"] = count_tests(rows.loc[rows["place_level"].eq("municipality"), "p"])
    return protect(rows, min_count, within=_KEYS, synthetic=data.is_synthetic(table), quantity=quantity)


def _measure(
    variable: str, year: int, min_count: int, levels: tuple[str, ...] = (), areas: bool = False
) -> ProtectedTable:
    return _protected(data.digest(), "caseworkers", variable, levels, areas, year, min_count)


LOW = ("lesser", "not_at_all")


def caseload(year: int, min_count: int = 5) -> ProtectedTable:
    """Mean caseload [cases/caseworker] by place and area."""
    return _measure("caseload", year, min_count, areas=True)


def sparring_hours(year: int, min_count: int = 5) -> ProtectedTable:
    """Mean time for professional sparring [hours/week] by place."""
    return _measure("sparring_hours", year, min_count)


def introduction_programme(year: int, min_count: int = 5) -> ProtectedTable:
    """Share [0-1] of caseworkers whose workplace has a fixed introduction programme, by place."""
    return _measure("has_introduction_programme", year, min_count, ("yes",))


def introduction_days(year: int, min_count: int = 5) -> ProtectedTable:
    """Mean length of the introduction programme [days] where there is one, by place."""
    return _measure("introduction_days", year, min_count)


def mentor(year: int, min_count: int = 5) -> ProtectedTable:
    """Share [0-1] whose new colleagues get a mentor, where there is an introduction programme, by place."""
    return _measure("has_mentor", year, min_count, ("yes",))


def introduction_insufficient(year: int, min_count: int = 5) -> ProtectedTable:
    """Share [0-1] who find the training of new staff sufficient only to a lesser degree or not at all, by place."""
    return _measure("introduction_sufficient", year, min_count, LOW)


def handover_difficult(year: int, min_count: int = 5) -> ProtectedTable:
    """Share [0-1] for whom a change of caseworker is followed by quick handover to a lesser degree or not at all."""
    return _measure("case_handover", year, min_count, LOW)


def turnover(year: int, min_count: int = 5) -> ProtectedTable:
    """Share [0-1] of caseworkers who changed workplace within a year, by place."""
    return _measure("has_changed_workplace", year, min_count, ("yes",))


def unforeseen_changes(year: int, min_count: int = 5) -> ProtectedTable:
    """Share [0-1] of caseworkers for whom the latest change of caseworker in a case was unforeseen, by place."""
    return _measure("change_planned", year, min_count, ("unforeseen",))


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
    rows = table.frame
    baseline = float(rows.loc[rows["place_level"].eq("country"), "estimate"].iloc[0])
    shown = rows[rows["place_level"].eq("municipality") & rows["status"].eq("shown")]
    if np.isnan(baseline) or shown.empty:
        none = pd.DataFrame(columns=["n", "low", "high", "coverage"], dtype="float64")
        return declare_public(none, _LIMITS, table.synthetic)
    spread = table.quantity["spread"]
    spread = spread if spread is None else spread[rows["area"].iloc[0] if "area" in rows else None]
    excess = overdispersion(shown["estimate"], shown["n_effective"], baseline, spread=spread)
    n = np.unique(np.geomspace(3, max(float(shown["n_effective"].max()), 10) * 1.1, 60))
    curves = [
        funnel_limits(baseline, n, coverage, spread=spread, tau2=excess.tau2).assign(coverage=coverage)
        for coverage in (0.95, 0.998)
    ]
    return declare_public(pd.concat(curves, ignore_index=True), _LIMITS, table.synthetic)


def _spreads(people: pd.DataFrame, variable: str, areas: bool) -> dict | None:
    """Standard deviation of the answers in the country, by area where the measure has them; none for shares."""
    if not pd.api.types.is_numeric_dtype(people[variable]):
        return None
    if not areas:
        return {None: float(people[variable].std())}
    return {area: float(std) for area, std in people.groupby("area", observed=True)[variable].std().items()}


# ---- rows for a figure: selected, never computed


def around(table: ProtectedTable, place: str) -> ProtectedTable:
    """A municipality, its group, its region and the country; for the country all groups and regions."""
    rows = table.frame
    wanted = rows["place_level"].ne("municipality")
    if not municipalities.is_country(place):
        own = municipalities.find(place)
        wanted = rows["place"].isin([own.name, own.group, own.region, municipalities.COUNTRY])
        wanted &= rows["place_level"].ne("municipality") | rows["place"].eq(own.name)
    return table.rows(wanted.to_numpy(bool))


def peers(table: ProtectedTable, place: str) -> ProtectedTable:
    """A municipality among those of its group, with the group and the country; for the country all groups."""
    rows = table.frame
    if municipalities.is_country(place):
        return table.rows(rows["place_level"].isin(["municipality_group", "country"]).to_numpy(bool))
    group = municipalities.find(place).group
    inside = rows["place_level"].eq("municipality") & rows["municipality_group"].eq(group).fillna(False)
    totals = rows["place"].isin([group, municipalities.COUNTRY]) & rows["place_level"].ne("municipality")
    return table.rows((inside | totals).to_numpy(bool))


def in_region(table: ProtectedTable, place: str) -> ProtectedTable:
    """A municipality among those of its region, with the region and the country; for the country all regions."""
    rows = table.frame
    if municipalities.is_country(place):
        return table.rows(rows["place_level"].isin(["region", "country"]).to_numpy(bool))
    region = municipalities.find(place).region
    inside = rows["place_level"].eq("municipality") & rows["region"].eq(region).fillna(False)
    totals = rows["place"].isin([region, municipalities.COUNTRY]) & rows["place_level"].ne("municipality")
    return table.rows((inside | totals).to_numpy(bool))


def with_all_levels(table: ProtectedTable, place: str) -> ProtectedTable:
    """A municipality with all groups, all regions and the country."""
    rows = table.frame
    wanted = rows["place_level"].ne("municipality") | rows["place"].eq(municipalities.find_place(place))
    return table.rows(wanted.to_numpy(bool))


def all_municipalities(table: ProtectedTable) -> ProtectedTable:
    """All 98 municipalities and the country."""
    return table.rows(table.frame["place_level"].isin(["municipality", "country"]).to_numpy(bool))


def national(table: ProtectedTable) -> ProtectedTable:
    """The country alone."""
    return table.rows(table.frame["place_level"].eq("country").to_numpy(bool))
