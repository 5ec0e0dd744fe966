"""A measure over the survey's waves: the estimates side by side, and whether they can be read as a development.

Two numbers of two years are a development only where the same was asked, with the same answers, counting the same
thing, and where the interval of their difference excludes 0. Otherwise the paragraph says what differs.
"""

import html
import math
import re
from itertools import pairwise

import numpy as np
import pandas as pd

from analysis import codebook, danish, data, measures, municipalities, sentences
from analysis.charts.figure import STATUS_WORDS
from analysis.disclosure import ProtectedTable
from analysis.estimates.models import CountModel, caseload_ratios
from analysis.measures import answers, catalogue
from analysis.measures.answers import difference_of_shares
from analysis.measures.places import was_asked
from analysis.texts import say

_TABLE = "caseworkers"
_NOTEBOOK = "02_caseload"
# What one case is, by the measure that counts cases: the column and the level whose share is compared.
_UNITS = {"caseload": ("case_unit", "child")}
_UNIT_TOLERANCE = 0.10


def comparison(measure: str, place: str, min_count: int = 5) -> str:
    """One paragraph on a measure in every year of the survey, for a place and the country.

    Parameters
    ----------
    measure : str
        One of `measures.names`.
    place : str
        Official name of a municipality, a municipality group, or "Hele landet".
    min_count : int
        Fewest respondents shown.

    Returns
    -------
    str
        Danish. With one year only, that there is nothing to compare with.
    """
    years = data.years(_TABLE)
    tables = [measures.measure(measure, year, min_count) for year in years] if len(years) > 1 else []
    series = [
        (one, area) for one in dict.fromkeys([place, municipalities.COUNTRY]) for area in _areas(tables)
    ]
    invented = [year for year, table in zip(years, tables, strict=False) if table.synthetic]
    return say(
        _NOTEBOOK,
        "waves",
        years=years,
        invented=invented if len(invented) < len(years) else [],
        levels=[_level(tables, *one) for one in series] if tables else [],
        spans=[_span(*pair, series, min_count) for pair in pairwise(tables)],
    )


def _areas(tables: list[ProtectedTable]) -> list[str | None]:
    return list(codebook.levels("area")) if tables and "area" in tables[0].frame else [None]


def _row(table: ProtectedTable, place: str, area: str | None) -> pd.Series:
    """The row of a place, and of one area of it where the measure has areas; a missing one if nobody is in it."""
    rows = sentences.own_rows(table, place)
    rows = rows if area is None else rows[rows["area"].eq(area)]
    return rows.iloc[0] if len(rows) else pd.Series({"status": "missing", "area": area})


def _where(place: str, area: str | None) -> str:
    return danish.locate(place) + ("" if area is None else f" på {codebook.levels('area')[area].lower()}")


def _level(tables: list[ProtectedTable], place: str, area: str | None) -> dict:
    """The estimates of all years side by side."""
    spoken = catalogue.of(tables[0])
    values = []
    for table in tables:
        row = _row(table, place, area)
        shown = row["status"] == "shown"
        values.append(
            {
                "year": table.quantity["year"],
                "word": None if shown else STATUS_WORDS[row["status"]],
                "value": spoken.value(row["estimate"]) if shown else None,
                "interval": spoken.interval(row["low"], row["high"]) if shown else None,
                "n": row["n"] if shown else None,
                "uncertain": shown and row["reliability"] != "ok",
            }
        )
    return {"subject": spoken.subject, "where": _where(place, area), "values": values}


def _span(earlier: ProtectedTable, later: ProtectedTable, series: list[tuple], min_count: int) -> dict:
    """What differs between two years; only where nothing does, how the numbers have moved."""
    found = changes(earlier, later, min_count)
    moved = [] if found["differs"] else [_development(earlier, later, *one) for one in series]
    return found | {"moved": [one for one in moved if one]}


def changes(earlier: ProtectedTable, later: ProtectedTable, min_count: int) -> dict:
    """What stands in the way of comparing two years of a measure, and what was looked at and does not.

    Parameters
    ----------
    earlier, later : ProtectedTable
        One measure in two years.
    min_count : int
        Fewest respondents shown.

    Returns
    -------
    dict
        ``years``; ``absent``, those that the question wasn't asked in; ``wording`` and ``answers`` by year, where
        they differ or are unknown in one; ``unit``, of what one case is; ``differs``, whether any of it does, or the
        answers of one year alone are synthetic.
    """
    variable, years = earlier.quantity["variable"], [t.quantity["year"] for t in (earlier, later)]
    asked = {year: data.read("questions", year).set_index("question") for year in years}
    absent = [year for year in years if variable not in asked[year].index]
    found = {"years": years, "absent": absent, "wording": None, "answers": None, "unit": None}
    if absent:
        return found | {"differs": True}
    told = {year: asked[year].loc[variable] for year in years}
    is_closed = bool(codebook.levels(variable, _TABLE))
    found["wording"] = _differing({year: row["text"] for year, row in told.items()}, must_be_known=True)
    found["answers"] = _differing({year: row["answers"] for year, row in told.items()}, is_closed)
    if variable in _UNITS:
        found["unit"] = _unit(*_UNITS[variable], years, min_count)
    is_same = found["unit"] is None or found["unit"]["is_same"]
    is_mixed = earlier.synthetic != later.synthetic
    return found | {"differs": bool(found["wording"] or found["answers"] or is_mixed or not is_same)}


def _differing(told: dict[int, str], must_be_known: bool) -> dict | None:
    """What was delivered for each year, and the years it isn't known for; none where it is the same."""
    unknown = [year for year, text in told.items() if not text] if must_be_known else []
    if not unknown and len({text.casefold() for text in told.values()}) == 1:
        return None
    return {
        "unknown": unknown,
        "told": {year: _plain(text.replace("|", ", ")) for year, text in told.items()},
    }


def _plain(text: str) -> str:
    """A delivered text that a page shows as it is, with neither markup nor formulas in it."""
    return re.sub(r"([\\`*_\[\]#~$|])", r"\\\1", html.escape(text, quote=False))


def _unit(column: str, level: str, years: list[int], min_count: int) -> dict:
    """Whether about as many counted the same thing as one case in the two years."""
    rows = {year: _unit_row(column, level, year, min_count) for year in years}
    hidden = {
        year: "ikke oplyst" if row["status"] == "missing" else STATUS_WORDS[row["status"]]
        for year, row in rows.items()
        if row["status"] != "shown"
    }
    shares = {} if hidden else {year: float(row["estimate"]) for year, row in rows.items()}
    is_same = bool(shares) and abs(shares[years[0]] - shares[years[1]]) <= _UNIT_TOLERANCE
    return {
        "hidden": hidden,
        "shares": shares,
        "is_same": is_same,
        "label": codebook.levels(column, _TABLE)[level].lower(),
    }


def _unit_row(column: str, level: str, year: int, min_count: int) -> pd.Series:
    if data.read(_TABLE, year)[column].isna().all():
        return pd.Series({"status": "missing"})
    shares = answers.answers_by_group(column, (level,), year, min_count)
    return shares.row(place_level="country", level=level)


def difference(earlier: pd.Series, later: pd.Series, is_share: bool) -> dict[str, float] | None:
    """The later estimate less the earlier, two independent samples, with its interval: both from what is shown.

    Parameters
    ----------
    earlier, later : Series
        Shown rows of a measure.
    is_share : bool
        Whether they are shares [0-1].

    Returns
    -------
    dict or None
        ``estimate``, ``low``, ``high``; None where a mean has no interval to tell its uncertainty by.

    References
    ----------
    Zou, G. Y. and Donner, A. (2008), Statistics in Medicine 27(10), 1693-1702: the intervals of two means combined.
    """
    if is_share:
        return difference_of_shares(later, earlier)
    if not all(row["high"] > row["low"] for row in (earlier, later)):
        return None
    estimate = float(later["estimate"] - earlier["estimate"])
    below = np.hypot(later["estimate"] - later["low"], earlier["high"] - earlier["estimate"])
    above = np.hypot(later["high"] - later["estimate"], earlier["estimate"] - earlier["low"])
    return {"estimate": estimate, "low": float(estimate - below), "high": float(estimate + above)}


def _development(earlier: ProtectedTable, later: ProtectedTable, place: str, area: str | None) -> dict | None:
    """How a measure has moved, or that it can't be told; nothing where a year isn't shown."""
    rows, spoken = [_row(table, place, area) for table in (earlier, later)], catalogue.of(later)
    if any(row["status"] != "shown" for row in rows):
        return None
    named = {"subject": spoken.subject, "where": _where(place, area)}
    found = difference(*rows, is_share=spoken.unit == "pct.")
    if found is None or not np.isfinite([found["low"], found["high"]]).all():
        return named | {"low": None}
    scale, unit = (100, "procentpoint") if spoken.unit == "pct." else (1, spoken.unit)
    numbers = {name: found[name] * scale for name in ("low", "high")}
    return named | numbers | {"unit": unit, "decimals": spoken.decimals}


# Caseloads of the two areas compared at equal working hours, with the model's own reservations.


def fit(year: int) -> CountModel:
    """Ratio of the caseloads of the areas at equal weekly hours, alike within municipalities."""
    return caseload_ratios(data.read("caseworkers", year), ["area"], cluster="municipality_code")


@data.once
def ratio_at_equal_hours(year: int) -> str:
    """How many times more cases on one area than on the other at equal hours, and whether the model fits."""
    if not was_asked(data.read(_TABLE, year), "caseload"):
        return ""
    model = fit(year)
    row = model.ratios[model.ratios["term"].str.contains("disability")].iloc[0]
    known = math.isfinite(row["low"]) and math.isfinite(row["high"])
    return say(
        _NOTEBOOK,
        "equal_hours",
        ratio=row["ratio"],
        low=row["low"] if known else None,
        high=row["high"],
        n=model.n,
        n_missing=model.n_missing,
        checks=len(model.checks),
        broken=int((~model.checks["holds"].astype(bool)).sum()),
    )
