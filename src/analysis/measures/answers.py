"""How the answers to a question spread over its scale, by municipality group and for the country, or by role."""

import numpy as np
import pandas as pd

from analysis import codebook, data, municipalities
from analysis.disclosure import ProtectedTable, declare_public, not_asked, protect
from analysis.estimates import estimate_proportion
from analysis.estimates.nonresponse import sensitivity
from analysis.measures import catalogue
from analysis.measures.places import DESIGN, answered, joined, rows_without_answers, was_asked

TOTAL = "total"


def _shares(people: pd.DataFrame, variable: str, levels: list[str], by: str) -> pd.DataFrame:
    """One row a place and level, then one for the levels together (`total`)."""
    parts = [
        estimate_proportion(people, variable, level, DESIGN, by=[by], df="domain").assign(
            level=level, level_count=lambda rows, level=level: _count(people, variable, level, by, rows[by])
        )
        for level in levels
    ]
    return pd.concat(parts, ignore_index=True)


def _count(people: pd.DataFrame, variable: str, level: str, by: str, places: pd.Series) -> list[int]:
    counts = people[people[variable].eq(level)].groupby(by, observed=True).size()
    return [int(counts.get(place, 0)) for place in places]


def _with_total(people: pd.DataFrame, variable: str, interest: tuple[str, ...], by: str) -> pd.DataFrame:
    levels = list(people[variable].cat.categories)
    together = people.assign(**{variable: joined(people[variable], interest, TOTAL)})
    total = _shares(together, variable, [TOTAL], by)
    return pd.concat([_shares(people, variable, levels, by), total], ignore_index=True)


def _of_everybody(people: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """The rows of a whole role, with what those of it who did not answer may change."""
    responding = np.full(len(rows), len(people) / people["weight"].sum())
    return rows.join(sensitivity(rows["estimate"], responding, is_share=True))


def _protected(
    rows: pd.DataFrame, table: str, variable: str, interest: tuple[str, ...], year: int, min_count: int
) -> ProtectedTable:
    quantity = _quantity(table, variable, interest, year)
    return protect(rows, min_count, quantity=quantity)


def _quantity(table: str, variable: str, interest: tuple[str, ...], year: int) -> dict:
    return {"table": table, "variable": variable, "level": "each", "year": year, "interest": list(interest)}


def _not_asked(
    rows: pd.DataFrame, table: str, variable: str, interest: tuple[str, ...], year: int, min_count: int
) -> ProtectedTable:
    """The rows of every answer to a question that the year didn't ask of everybody."""
    levels = pd.DataFrame({"level": [*codebook.valid_levels(variable, table), TOTAL]})
    rows = rows.merge(levels, how="cross")
    rows = rows.reindex(columns=list(dict.fromkeys([*rows, "estimate", "low", "high", "n"])))
    return not_asked(rows, min_count, _quantity(table, variable, interest, year))


@data.once
def answers_by_group(
    variable: str, interest: tuple[str, ...], year: int, min_count: int = 5
) -> ProtectedTable:
    """Caseworkers' answers to a closed question by municipality group and for the country.

    Parameters
    ----------
    variable : str
        Categorical column of `caseworkers`.
    interest : tuple of str
        Levels whose sum is told, in a row of the level "total".

    Returns
    -------
    ProtectedTable
        One row a place and level: place, place_level, municipality_group, level, estimate [0-1], low, high, n.
    """
    if not was_asked(data.read("caseworkers", year), variable):
        rows = rows_without_answers(("municipality_group", "country"))
        return _not_asked(rows, "caseworkers", variable, interest, year, min_count)
    rows = _by_group(variable, interest, year)
    return _protected(rows, "caseworkers", variable, interest, year, min_count)


def by_group(name: str, year: int, min_count: int = 5) -> ProtectedTable:
    """All answers to the question of a measure, as `answers_by_group`; raises as `catalogue.named`."""
    row = catalogue.named(name)
    return answers_by_group(row.variable, row.answers, year, min_count)


def by_role(name: str, year: int, min_count: int = 5) -> ProtectedTable:
    """All answers to the question of a measure, as `answers_by_role`; raises as `catalogue.named`."""
    row = catalogue.named(name)
    return answers_by_role(row.variable, row.answers, year, min_count)


def _by_group(variable: str, interest: tuple[str, ...], year: int) -> pd.DataFrame:
    """Estimated rows; never changed."""
    people = answered(data.read("caseworkers", year), variable).assign(country=municipalities.COUNTRY)
    parts = [
        _with_total(people, variable, interest, by).assign(place_level=by)
        for by in ("municipality_group", "country")
    ]
    rows = pd.concat([parts[0], _of_everybody(people, parts[1])], ignore_index=True)
    rows["place"] = rows["municipality_group"].fillna(rows["country"]).astype(str)
    group = rows["municipality_group"].astype(object)
    return rows.assign(municipality_group=group.where(group.notna(), pd.NA)).drop(columns="country")


@data.once
def answers_by_role(
    variable: str, interest: tuple[str, ...], year: int, min_count: int = 5
) -> ProtectedTable:
    """Caseworkers' and leaders' answers to the same closed question, for the country only.

    Leaders are few in each municipality: their answers are never split by place.
    """
    tables = ("caseworkers", "leaders")
    if not all(was_asked(data.read(table, year), variable) for table in tables):
        rows = pd.DataFrame({"place": ROLES, "role": ["caseworker", "leader"], "place_level": "country"})
        return _not_asked(rows, "leaders", variable, interest, year, min_count)
    rows = _by_role(variable, interest, year)
    return _protected(rows, "leaders", variable, interest, year, min_count)


def _by_role(variable: str, interest: tuple[str, ...], year: int) -> pd.DataFrame:
    """Estimated rows of both roles."""
    parts = []
    for role, table in (("caseworker", "caseworkers"), ("leader", "leaders")):
        people = answered(data.read(table, year), variable)
        rows = _of_everybody(people, _with_total(people.assign(role=role), variable, interest, "role"))
        parts.append(rows.assign(place=codebook.levels("role", "staff")[role], place_level="country"))
    return pd.concat(parts, ignore_index=True)


# The difference between caseworkers' and leaders' answers to the same question, for the country.

ROLES = ("Sagsbehandler", "Leder")
_REASON = "Forskellen er beregnet af viste tal for hele landet; der er ingen svar i den."


def difference_of_shares(first: pd.Series, second: pd.Series) -> dict[str, float]:
    """The difference of two independent shares with its interval.

    Parameters
    ----------
    first, second : Series
        ``estimate``, ``low`` and ``high`` [0-1] of two samples with nobody in common.

    Returns
    -------
    dict
        ``estimate`` (first less second), ``low`` and ``high`` [-1 to 1].

    References
    ----------
    Newcombe, R. G. (1998), Statistics in Medicine 17(8), 873-890 (the intervals of the two shares combined),
    here with Korn and Graubard's intervals, so that it is honest at 0 and 100 %.

    Examples
    --------
    >>> one = pd.Series({"estimate": 0.5, "low": 0.4, "high": 0.6})
    >>> two = pd.Series({"estimate": 0.3, "low": 0.2, "high": 0.4})
    >>> {name: round(value, 3) for name, value in difference_of_shares(one, two).items()}
    {'estimate': 0.2, 'low': 0.059, 'high': 0.341}
    """
    estimate = first["estimate"] - second["estimate"]
    below = np.hypot(first["estimate"] - first["low"], second["high"] - second["estimate"])
    above = np.hypot(first["high"] - first["estimate"], second["estimate"] - second["low"])
    return {
        "estimate": float(estimate),
        "low": float(max(estimate - below, -1)),
        "high": float(min(estimate + above, 1)),
    }


def role_difference(answers: ProtectedTable) -> ProtectedTable:
    """Caseworkers' share of interest less leaders', from the shown sums of `distributions.answers_by_role`.

    The two roles are samples of their own: no person, and no stratum, is in both.

    Returns
    -------
    ProtectedTable
        One row: place ("Hele landet"), place_level, ``estimate``, ``low``, ``high``, ``n`` (answers of both),
        and ``verdict`` (over, som, under): whether the interval excludes 0. Withheld when a role is.
    """
    sums = answers.frame[answers.frame["level"].eq(TOTAL)].set_index("place")
    first, second = (sums.loc[role] for role in ROLES)
    row = {"place": "Hele landet", "place_level": "country"}
    numbers = dict.fromkeys(("estimate", "low", "high", "n"), np.nan) | {
        "verdict": None,
        "status": "withheld",
    }
    if first["status"] == second["status"] == "shown":
        numbers = {
            **difference_of_shares(first, second),
            "n": int(first["n"] + second["n"]),
            "status": "shown",
        }
        numbers["verdict"] = "over" if numbers["low"] > 0 else "under" if numbers["high"] < 0 else "som"
    return declare_public(pd.DataFrame([row | numbers]), _REASON, answers.synthetic)
