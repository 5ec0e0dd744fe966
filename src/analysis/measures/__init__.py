"""The measures of the collection: estimates for all municipalities and every level, protected.

A measure is a row of ``data/measures.csv``. It is always estimated for everybody and protected once, whoever asks: a
figure only selects rows. So the same rows are withheld in every notebook and every report, whichever is made first.

Rows
----
place_level (municipality, municipality_group, region, country), place (Danish name), the keys municipality, region and
municipality_group (missing = summed over), for some measures area; then the columns of `analysis.estimates` and
`analysis.comparisons.compare_places`.
"""

import pandas as pd

from analysis import codebook, data
from analysis.disclosure import FILTER_NEIGHBOURS, NEIGHBOURS, ProtectedTable, not_asked, protect
from analysis.measures.asking import ask, classes
from analysis.measures.catalogue import Measure, named, names
from analysis.measures.places import (
    KEYS,
    answered,
    base_pattern,
    count_asked,
    count_respondents,
    estimate_places,
    joined,
    rows_without_answers,
    spreads,
    was_asked,
)
from analysis.measures.selections import (
    all_municipalities,
    among,
    around,
    funnel_value,
    in_region,
    limits,
    national,
    peers,
    with_all_levels,
)

__all__ = [
    "all_municipalities",
    "among",
    "around",
    "ask",
    "classes",
    "funnel_value",
    "in_region",
    "limits",
    "measure",
    "named",
    "names",
    "national",
    "peers",
    "who_answered",
    "with_all_levels",
]


def measure(name: str, year: int, min_count: int = 5) -> ProtectedTable:
    """A measure by its name in ``data/measures.csv``, for every place.

    Parameters
    ----------
    name : str
        One of `names`.
    year : int
        The year of the survey.
    min_count : int
        Fewest answers that are shown; at least 3.

    Raises
    ------
    ValueError
        If there is no such measure, or the year has no answers.
    """
    return _protected(named(name), year, min_count)


def _gate(table: str, variable: str, year: int) -> dict:
    """What the gate is told of a question: all respondents, which of them are asked it, and whom it decides to ask."""
    conditions = codebook.columns(table)["asked_if"]
    people = data.read(table, year)
    base = [count_respondents(people, _staff(table, year))]
    if conditions[variable]:
        base.append(count_asked(people, conditions[variable]))
    decides = conditions.str.startswith(f"{variable}=").any()
    return {"base": base, "neighbours": FILTER_NEIGHBOURS if decides else NEIGHBOURS}


@data.once
def _protected(row: Measure, year: int, min_count: int) -> ProtectedTable:
    """A measure, estimated and protected."""
    quantity = {"measure": row.name, "table": row.table, "variable": row.variable}
    quantity |= {
        "level": "|".join(row.answers) or None,
        "year": year,
        "unit": row.unit,
        "decimals": row.decimals,
    }
    people = data.read(row.table, year)
    if not was_asked(people, row.variable):
        none = quantity | {"spread": None, "tests": 0, "group_tests": 0}
        return not_asked(rows_without_answers(areas=row.by_area), min_count, none)
    people = answered(people, row.variable)
    if row.is_share:
        people = people.assign(**{row.variable: joined(people[row.variable], row.answers)})
    level, alike = "in" if row.is_share else None, row.alike or None
    rows = estimate_places(people, row.variable, level, row.by_area, min_count, alike)
    quantity |= {"spread": spreads(people, row.variable, row.by_area), "alike": row.alike}
    quantity["silent_percent"] = round(100 * (1 - len(people) / float(people["weight"].sum())))
    return protect(
        rows,
        min_count,
        within=KEYS,
        quantity=quantity,
        **_gate(row.table, row.variable, year),
    )


@data.once
def who_answered(table: str, year: int, min_count: int = 5) -> ProtectedTable:
    """The respondents of a table by place and area: what is withheld here is withheld in every measure of them."""
    synthetic = data.is_synthetic(table, year)
    return base_pattern(data.read(table, year), min_count, synthetic, _staff(table, year))


_ROLES = {"caseworkers": "caseworker", "leaders": "leader"}


def _staff(table: str, year: int) -> pd.DataFrame | None:
    """The public staff count of a table's role; none for a table that isn't of staff."""
    if table not in _ROLES or year not in data.years("staff"):
        return None
    staff = data.read("staff", year)
    return staff[staff["role"].eq(_ROLES[table])]
