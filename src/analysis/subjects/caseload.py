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
from analysis.disclosure import ProtectedTable
from analysis.disclosure.table import WORDS
from analysis.estimates.models import CountModel, caseload_ratios
from analysis.measures import answers, catalogue
from analysis.measures.answers import difference_of_shares

_TABLE = "caseworkers"
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
    if len(years) < 2:
        return f"Der er kun én måling ({years[0]}); en udvikling kan ikke opgøres."
    tables = [measures.measure(measure, year, min_count) for year in years]
    places = list(dict.fromkeys([place, municipalities.COUNTRY]))
    said = [_levels(tables, one, area) for one in places for area in _areas(tables[0])]
    for earlier, later in pairwise(tables):
        said += _between(earlier, later, places, min_count)
    return " ".join(said)


def _areas(table: ProtectedTable) -> list[str | None]:
    return list(codebook.levels("area")) if "area" in table.frame else [None]


def _row(table: ProtectedTable, place: str, area: str | None) -> pd.Series:
    """The row of a place, and of one area of it where the measure has areas; a missing one if nobody is in it."""
    rows = sentences.own_rows(table, place)
    rows = rows if area is None else rows[rows["area"].eq(area)]
    return rows.iloc[0] if len(rows) else pd.Series({"status": "missing", "area": area})


def _where(place: str, area: str | None) -> str:
    return danish.locate(place) + ("" if area is None else f" på {codebook.levels('area')[area].lower()}")


def _levels(tables: list[ProtectedTable], place: str, area: str | None) -> str:
    """The estimates of all years side by side."""
    spoken, said = catalogue.of(tables[0]), []
    for table in tables:
        row, year = _row(table, place, area), table.quantity["year"]
        if row["status"] != "shown":
            said.append(f"{WORDS[row['status']]} ({year})")
            continue
        certainty = "" if row["reliability"] == "ok" else "; usikkert skøn"
        said.append(
            f"{spoken.value(row['estimate'])} ({year}; 95 pct. sikkerhedsinterval "
            f"{spoken.interval(row['low'], row['high'])}; {danish.number(row['n'])} svar{certainty})"
        )
    return f"{danish.first_upper(spoken.subject)} {_where(place, area)}: {danish.join_words(said)}."


def _between(earlier: ProtectedTable, later: ProtectedTable, places: list[str], min_count: int) -> list[str]:
    """What differs between two years; only where nothing does, how the numbers have moved."""
    differs, same = changes(earlier, later, min_count)
    if differs:
        span = f"{earlier.quantity['year']} og {later.quantity['year']}"
        return [*differs, *same, f"Derfor kan tallene fra {span} ikke læses som en udvikling."]
    moved = [_development(earlier, later, one, area) for one in places for area in _areas(earlier)]
    return ["Spørgsmålets ordlyd og svarmuligheder er de samme.", *same, *filter(None, moved)]


def changes(earlier: ProtectedTable, later: ProtectedTable, min_count: int) -> tuple[list[str], list[str]]:
    """What stands in the way of comparing two years of a measure, and what was looked at and does not.

    Parameters
    ----------
    earlier, later : ProtectedTable
        One measure in two years.
    min_count : int
        Fewest respondents shown.

    Returns
    -------
    tuple of list of str
        Sentences on wording, answers and counting unit that differ or are unknown; on those that are alike.
    """
    variable, years = earlier.quantity["variable"], [t.quantity["year"] for t in (earlier, later)]
    asked = {year: data.read("questions", year).set_index("question") for year in years}
    absent = [year for year in years if variable not in asked[year].index]
    if absent:
        return [f"Spørgsmålet er ikke stillet i {danish.join_words([str(y) for y in absent])}."], []
    told = {year: asked[year].loc[variable] for year in years}
    differs = _wording({year: row["text"] for year, row in told.items()})
    differs += _answers(
        {year: row["answers"] for year, row in told.items()}, bool(codebook.levels(variable, _TABLE))
    )
    if variable not in _UNITS:
        return differs, []
    is_same, said = _unit(*_UNITS[variable], years, min_count)
    return (differs, [said]) if is_same else ([*differs, said], [])


def _unknown(told: dict[int, str]) -> str:
    return danish.join_words([str(year) for year, text in told.items() if not text])


def _wording(told: dict[int, str]) -> list[str]:
    quoted = danish.join_words([f"»{_plain(text)}« ({year})" for year, text in told.items() if text])
    if _unknown(told):
        known = f"; kendt er {quoted}" if quoted else ""
        return [f"Spørgsmålets ordlyd er ikke kendt for {_unknown(told)}{known}."]
    if len({text.casefold() for text in told.values()}) == 1:
        return []
    return [f"Spørgsmålet er stillet forskelligt: {quoted}."]


def _answers(told: dict[int, str], is_closed: bool) -> list[str]:
    """Whether the answers to choose from differ; a question that is answered by a number has none."""
    if is_closed and _unknown(told):
        return [f"Svarmulighederne er ikke kendt for {_unknown(told)}."]
    if len({text.casefold() for text in told.values()}) == 1:
        return []
    listed = [f"{_plain(text.replace('|', ', ')) or 'et tal'} ({year})" for year, text in told.items()]
    return [f"Svarmulighederne er forskellige: {'; '.join(listed)}."]


def _plain(text: str) -> str:
    """A delivered text that a page shows as it is, with neither markup nor formulas in it."""
    return re.sub(r"([\\`*_\[\]#~$|])", r"\\\1", html.escape(text, quote=False))


def _unit(column: str, level: str, years: list[int], min_count: int) -> tuple[bool, str]:
    """Whether about as many counted the same thing as one case in the two years, and the sentence on it."""
    rows = [_unit_row(column, level, year, min_count) for year in years]
    hidden = [
        (year, row["status"]) for year, row in zip(years, rows, strict=True) if row["status"] != "shown"
    ]
    if hidden:
        listed = [f"{'ikke oplyst' if s == 'missing' else WORDS[s]} i {year}" for year, s in hidden]
        return False, f"Opgørelsesenheden er {danish.join_words(listed)}."
    is_same = abs(rows[0]["estimate"] - rows[1]["estimate"]) <= _UNIT_TOLERANCE
    label = codebook.levels(column, _TABLE)[level].lower()
    shares = [f"{danish.percent(r['estimate'])} i {year}" for year, r in zip(years, rows, strict=True)]
    verdict = "omtrent den samme" if is_same else "forskellig"
    return is_same, (
        f"Opgørelsesenheden er {verdict}: en sag er et {label} for {danish.join_words(shares)} (hele landet)."
        + (" En enkelt kommune kan dog have skiftet enhed." if is_same else "")
    )


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


def _development(earlier: ProtectedTable, later: ProtectedTable, place: str, area: str | None) -> str:
    """How a measure has moved, or that it can't be told; nothing where a year isn't shown."""
    rows, spoken = [_row(table, place, area) for table in (earlier, later)], catalogue.of(later)
    if any(row["status"] != "shown" for row in rows):
        return ""
    begin = f"Fra {earlier.quantity['year']} til {later.quantity['year']} er {spoken.subject} {_where(place, area)}"
    found = difference(*rows, is_share=spoken.unit == "pct.")
    if found is None or not np.isfinite([found["low"], found["high"]]).all():
        return f"{begin} for spinkelt belyst til en sammenligning."
    scale, unit = (100, "procentpoint") if spoken.unit == "pct." else (1, spoken.unit)
    low, high = (danish.number(found[c] * scale, spoken.decimals) for c in ("low", "high"))
    span = f"forskellen ligger mellem {low} og {high} {unit}"
    if found["low"] <= 0 <= found["high"]:
        return f"{begin} ikke målbart ændret: {span}."
    return f"{begin} {'steget' if found['low'] > 0 else 'faldet'}: {span} (ikke justeret for flere sammenligninger)."


# Caseloads of the two areas compared at equal working hours, with the model's own reservations.


def fit(year: int) -> CountModel:
    """Ratio of the caseloads of the areas at equal weekly hours, alike within municipalities."""
    return caseload_ratios(data.read("caseworkers", year), ["area"], cluster="municipality_code")


@data.once
def ratio_at_equal_hours(year: int) -> str:
    """How many times more cases on one area than on the other at equal hours, and whether the model fits."""
    model = fit(year)
    row = model.ratios[model.ratios["term"].str.contains("disability")].iloc[0]
    broken = int((~model.checks["holds"].astype(bool)).sum())
    held = (
        f"Modellens {len(model.checks)} forudsætninger er efterprøvet og holder"
        if not broken
        else f"Forbehold: {broken} af modellens {len(model.checks)} forudsætninger holder ikke"
    )
    known = math.isfinite(row["low"]) and math.isfinite(row["high"])
    span = danish.interval(row["low"], row["high"], 2) if known else "kan ikke beregnes"
    return (
        f"Ved samme arbejdstid er sagstallet på handicapområdet {danish.number(row['ratio'], 2)} gange sagstallet på "
        f"udsatteområdet (95 pct. sikkerhedsinterval {span}; uvægtet negativ "
        f"binomial model af {danish.number(model.n)} svar, {danish.number(model.n_missing)} uden svar er udeladt). "
        f"{held}."
    )
