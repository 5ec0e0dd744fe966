"""The measures of the collection, one function each: estimates for all municipalities and every level, protected.

A measure is always estimated for everybody and protected once, whoever asks: a figure only selects rows. So the same
rows are withheld in every notebook and every report, whichever is made first.

Rows
----
place_level (municipality, municipality_group, region, country), place (Danish name), the keys municipality, region and
municipality_group (missing = summed over), for some measures area; then the columns of `analysis.estimates` and
`analysis.comparisons.compare_places`.
"""

import pandas as pd

from analysis import data
from analysis.disclosure import ProtectedTable, protect
from analysis.measures.places import KEYS, answered, base_pattern, estimate_places, spreads
from analysis.measures.selections import (
    all_municipalities,
    around,
    in_region,
    limits,
    national,
    peers,
    with_all_levels,
)

__all__ = [
    "all_municipalities",
    "around",
    "caseload",
    "handover_difficult",
    "in_region",
    "introduction_days",
    "introduction_insufficient",
    "introduction_programme",
    "limits",
    "mentor",
    "national",
    "peers",
    "sparring_hours",
    "turnover",
    "unforeseen_changes",
    "who_answered",
    "with_all_levels",
]


@data.once
def _protected(
    table: str, variable: str, levels: tuple[str, ...], areas: bool, year: int, min_count: int
) -> ProtectedTable:
    """A measure, estimated and protected."""
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
    quantity["spread"] = spreads(people, variable, areas)
    return protect(
        rows,
        min_count,
        within=KEYS,
        synthetic=data.is_synthetic(table),
        quantity=quantity,
        base=who_answered(table, year, min_count),
    )


@data.once
def who_answered(table: str, year: int, min_count: int = 5) -> ProtectedTable:
    """The respondents of a table by place and area: what is withheld here is withheld in every measure of them."""
    return base_pattern(data.read(table, year), min_count, data.is_synthetic(table))


def _measure(
    variable: str, year: int, min_count: int, levels: tuple[str, ...] = (), areas: bool = False
) -> ProtectedTable:
    return _protected("caseworkers", variable, levels, areas, year, min_count)


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
