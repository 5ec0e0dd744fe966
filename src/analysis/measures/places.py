"""Estimates of one question for every municipality, group, region and the country; not yet protected."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis import codebook, municipalities
from analysis.comparisons import compare_places, reliability
from analysis.disclosure import ProtectedTable, protect
from analysis.estimates import Design, estimate_mean, estimate_proportion
from analysis.estimates.nonresponse import sensitivity

LEVELS = ("municipality", "municipality_group", "region", "country")
KEYS = ["municipality", "region", "municipality_group"]
# Municipality is the stratum and the person the unit. Without the finite correction: the numbers describe the practice
# in a municipality, not only those employed on the day of the count.
DESIGN = Design(strata="municipality_code", weights="weight")


def _estimate(
    people: pd.DataFrame,
    variable: str,
    level: str | None,
    place_level: str,
    areas: list[str],
    min_count: int,
    alike: str | None,
) -> pd.DataFrame:
    """Estimates of one level's places, each but the country compared with the rest of the country."""
    if place_level != "country":
        # Colleagues are alike: what is said of a group of municipalities is judged by how its municipalities differ.
        cluster = None if place_level == "municipality" else "municipality_code"
        return compare_places(
            *(people, variable, DESIGN, place_level),
            within=areas,
            level=level,
            min_count=min_count,
            cluster=cluster,
            alike=alike,
        )
    by = [place_level, *areas]
    if level is None:
        rows = estimate_mean(people, variable, DESIGN, by=by, df="domain")
    else:
        rows = estimate_proportion(people, variable, level, DESIGN, by=by, df="domain")
    is_share = level is not None
    # Weights add up to all who are employed: each country's row tells what those who did not answer may change.
    answering = people.groupby(by, observed=True)["weight"].agg(lambda weight: len(weight) / weight.sum())
    responding = answering.to_numpy()[: len(rows)]
    rows = rows.join(sensitivity(rows["estimate"], responding, is_share=is_share))
    return rows.assign(verdict="none", reliability=reliability(rows, is_share=is_share))


def gate_columns(people: pd.DataFrame, variable: str, level: str | None, by: list[str]) -> pd.DataFrame:
    """What only the gate sees: respondents in the level, or how much the two largest answers weigh."""
    answered = people.dropna(subset=[variable])
    groups = answered.groupby(by, observed=True)[variable]
    if level is not None:
        return groups.agg(lambda answers: int((answers == level).sum())).rename("level_count").reset_index()
    two = answered.sort_values(variable).groupby(by, observed=True)[[variable]].tail(2)
    largest = answered.loc[two.index].groupby(by, observed=True)[variable].sum() / groups.sum()
    return largest.fillna(0.0).rename("largest_two_share").reset_index()


def _level_rows(
    people: pd.DataFrame,
    place_level: str,
    variable: str,
    level: str | None,
    areas: list[str],
    min_count: int,
    alike: str | None,
) -> pd.DataFrame:
    by = [place_level, *areas]
    rows = _estimate(people, variable, level, place_level, areas, min_count, alike)
    rows = rows.merge(gate_columns(people, variable, level, by), on=by, how="left")
    rows = _all_places(rows, place_level, areas)
    return rows.assign(place_level=place_level, place=rows[place_level].astype(str))


def _all_places(rows: pd.DataFrame, place_level: str, areas: list[str]) -> pd.DataFrame:
    """The rows of a level with one for each municipality and area, answered or not, and with its keys."""
    if place_level != "municipality":
        return rows
    places = municipalities.table()[KEYS]
    for column in areas:
        places = places.merge(pd.DataFrame({column: rows[column].cat.categories}), how="cross")
        rows = rows.assign(**{column: rows[column].astype(str)})
    return places.merge(rows, on=["municipality", *areas], how="left")


def estimate_places(
    people: pd.DataFrame,
    variable: str,
    level: str | None = None,
    areas: bool = False,
    min_count: int = 5,
    alike: str | None = None,
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
    alike : str, optional
        Column whose values are not compared with each other.

    Returns
    -------
    DataFrame
        The rows that the module describes, not yet protected.
    """
    split = ["area"] if areas else []
    people = people.assign(country=municipalities.COUNTRY)
    parts = [
        _level_rows(people, place_level, variable, level, split, min_count, alike) for place_level in LEVELS
    ]
    rows = pd.concat(parts, ignore_index=True).drop(columns="country")
    if areas:
        rows["area"] = rows["area"].astype(str)
    rows[KEYS] = rows[KEYS].astype(object).where(rows[KEYS].notna(), pd.NA)
    return rows.fillna({"n": 0, "n_missing": 0, "verdict": "none"})


def was_asked(people: pd.DataFrame, variable: str) -> bool:
    """Whether a year's survey has the question: somebody answered it, if only with ved ikke."""
    return bool(people[variable].notna().any())


_NUMBERS = ["estimate", "low", "high", "n", "n_effective", "difference", "difference_low", "difference_high"]
_NUMBERS += ["p", "p_adjusted", "shrunken", "shrunken_low", "shrunken_high"]


def rows_without_answers(levels: Sequence[str] = LEVELS, areas: bool = False) -> pd.DataFrame:
    """The rows of a measure that a year didn't ask: every place (and area), and no number."""
    places = municipalities.table()[KEYS].assign(country=municipalities.COUNTRY)
    parts = []
    for level in levels:
        rows = places[KEYS] if level == "municipality" else places[[level]].drop_duplicates()
        parts.append(rows.assign(place_level=level, place=rows[level] if level in rows else places[level]))
    rows = pd.concat(parts, ignore_index=True).reindex(columns=[*KEYS, "place_level", "place"])
    if areas:
        rows = rows.merge(pd.DataFrame({"area": list(codebook.levels("area"))}), how="cross")
    return rows.assign(**dict.fromkeys(_NUMBERS, np.nan), verdict=None, reliability=None)


def answered(people: pd.DataFrame, variable: str) -> pd.DataFrame:
    """The people with reasons for a missing answer ("ved ikke" and the like) turned into missing answers."""
    values = people[variable]
    if not isinstance(values.dtype, pd.CategoricalDtype):
        return people
    reasons = [reason for reason in codebook.MISSING_REASONS if reason in values.cat.categories]
    return people.assign(**{variable: values.cat.remove_categories(reasons)})


def joined(values: pd.Series, levels: Sequence[str], name: str = "in") -> pd.Series:
    """Answers as two levels: the given ones together, and "other"; a missing answer stays missing."""
    inside = values.isin(list(levels)).map({True: name, False: "other"})
    return inside.where(values.notna()).astype(pd.CategoricalDtype([name, "other"]))


def spreads(people: pd.DataFrame, variable: str, areas: bool) -> dict | None:
    """Standard deviation of the answers in the country, by area where the measure has them; none for shares."""
    if not pd.api.types.is_numeric_dtype(people[variable]):
        return None
    if not areas:
        return {"": float(people[variable].std())}
    return {area: float(std) for area, std in people.groupby("area", observed=True)[variable].std().items()}


# Which groups are withheld because of who answered at all: the pattern that every measure of them inherits.


def count_respondents(people: pd.DataFrame, staff: pd.DataFrame | None = None) -> pd.DataFrame:
    """Respondents by place and area, and every total of them.

    Parameters
    ----------
    people : DataFrame
        One row a respondent: municipality, region, municipality_group, area.
    staff : DataFrame, optional
        The public staff count of their role: municipality, area, ``employed_count``.

    Returns
    -------
    DataFrame
        One row a group of all 98 municipalities, answered or not: the keys (missing = summed over), `n`, and with
        staff `most_count`: no more can have answered.
    """
    places = municipalities.table()[KEYS]
    areas = sorted(people["area"].astype(str).unique())
    counts = people.groupby([people["municipality"].astype(str), people["area"].astype(str)]).size()
    leaves = places.merge(pd.DataFrame({"area": areas}), how="cross")
    wanted = pd.MultiIndex.from_frame(leaves[["municipality", "area"]])
    leaves["n"] = counts.reindex(wanted, fill_value=0).to_numpy()
    amounts = ["n"]
    if staff is not None:
        employed = staff.groupby([staff["municipality"].astype(str), staff["area"].astype(str)])[
            "employed_count"
        ]
        leaves["most_count"] = employed.sum().reindex(wanted).fillna(np.inf).to_numpy(float)
        amounts.append("most_count")
    parts = [leaves]
    for keys in (KEYS, ["region"], ["municipality_group"], []):
        for area in (["area"], []):
            by = keys + area
            if by and by != [*KEYS, "area"]:
                parts.append(leaves.groupby(by, as_index=False)[amounts].sum())
    parts.append(leaves[amounts].sum().to_frame().T.astype({"n": int}))
    rows = pd.concat(parts, ignore_index=True)
    keys = [*KEYS, "area"]
    rows[keys] = rows[keys].astype(object).where(rows[keys].notna(), pd.NA)
    return rows


def count_asked(people: pd.DataFrame, condition: str) -> pd.DataFrame:
    """Answers to a question that decides who is asked another, by place, and how many of them are.

    Parameters
    ----------
    people : DataFrame
        As `count_respondents`.
    condition : str
        The codebook's ``asked_if``: "column=level".

    Returns
    -------
    DataFrame
        The rows of `count_respondents` without areas; `n` and `level_count`.
    """
    column, level = condition.split("=")
    known = answered(people, column).dropna(subset=[column])
    both = [count_respondents(part.assign(area="all")) for part in (known, known[known[column].eq(level)])]
    rows = both[0].assign(level_count=both[1]["n"])
    return rows[rows["area"].isna()].drop(columns="area").reset_index(drop=True)


def base_pattern(
    people: pd.DataFrame,
    min_count: int = 5,
    synthetic: bool | None = None,
    staff: pd.DataFrame | None = None,
) -> ProtectedTable:
    """The groups of respondents that every measure withholds; give it to `protect` as `base`.

    Parameters
    ----------
    people : DataFrame
        All respondents of one role and year, whatever they answered.
    min_count : int
    synthetic : bool, optional
    staff : DataFrame, optional
        As `count_respondents`.

    Returns
    -------
    ProtectedTable
        The rows of `count_respondents`.
    """
    counts, quantity = count_respondents(people, staff), {"variable": "respondents"}
    return protect(counts, min_count, synthetic=synthetic, quantity=quantity)
