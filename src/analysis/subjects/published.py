"""The published figures, and sentences that hold the data beside them."""

import numpy as np
import pandas as pd

from analysis import codebook, danish, data, municipalities
from analysis.charts import captions
from analysis.disclosure import ProtectedTable, declare_public
from analysis.estimates import Design, estimate_mean
from analysis.measures import measure
from analysis.sentences import own_rows


def figure(key: str) -> pd.Series:
    """One published figure by its id.

    Raises
    ------
    KeyError
        If there is none of that id.
    """
    figures = data.read("published_figures").set_index("id")
    if key not in figures.index:
        raise KeyError(
            f"`{key}` must be an id of data/raw/published_figures.csv ({', '.join(figures.index)})."
        )
    return figures.loc[key]


def value(key: str) -> str:
    """A published value as it is written: "40 sager", "20–30 sager", "55 pct."."""
    said = figure(key)
    number = danish.number(said["value"])
    if pd.notna(said["value_high"]):
        number = danish.interval(said["value"], said["value_high"], 0)
    return f"{number} {said['unit']}"


def beside(table: ProtectedTable, key: str, area: str | None = None) -> str:
    """The published figure beside what the data say for the whole country, in one sentence.

    The published value lies within the interval of the data, or it does not, and the sentence says which.
    """
    spoken, said = measure.of(table), figure(key)
    rows = own_rows(table, municipalities.COUNTRY)
    row = rows[rows["area"].eq(area)].iloc[0] if area else rows.iloc[0]
    if row["status"] != "shown":
        return f"Offentliggjort: {value(key)} ({said['source']}). Tallet i data er diskretioneret."
    scale = 100 if spoken.unit == "pct." else 1
    inside = row["low"] * scale <= said["value"] <= row["high"] * scale
    where = f" på {codebook.levels('area')[area].lower()}" if area else ""
    return (
        f"Offentliggjort{where}: {value(key)} ({said['source']}). I data: {spoken.value(row['estimate'])} "
        f"(95 pct. sikkerhedsinterval {spoken.interval(row['low'], row['high'])}). Det offentliggjorte tal ligger "
        f"{'inden for' if inside else 'uden for'} intervallet."
    )


def recommended_caseload(table: ProtectedTable, place: str) -> str:
    """Where the place's caseload on each area lies from the union's recommended range."""
    said = figure("recommended_2020")
    span = danish.interval(said["value"], said["value_high"], 0)
    parts = []
    for _, row in own_rows(table, place).iterrows():
        if row["status"] != "shown":
            continue
        below, above = row["high"] < said["value"], row["low"] > said["value_high"]
        verdict = "over" if above else "under" if below else "ikke til at skelne fra"
        parts.append(f"{verdict} spændet på {codebook.levels('area')[row['area']].lower()}")
    found = f" Sagstallet {measure.locate(place)} er {danish.join_words(parts)}." if parts else ""
    return (
        f"Dansk Socialrådgiverforenings vejledende sagstal er {span} siden februar 2020; det er ikke opgjort som "
        f"undersøgelsens, for dér tælles et barn én gang.{found}"
    )


@data.once
def unweighted(variable: str, year: int) -> str:
    """The national mean with and without weights, by area: what the weights change."""
    people = data.read("caseworkers", year).assign(one=1.0)
    weighted = estimate_mean(
        people, variable, Design(strata="municipality_code", weights="weight"), by="area"
    )
    plain = estimate_mean(people, variable, Design(weights="one"), by="area")
    both = weighted.merge(plain, on="group", suffixes=("", "_plain"))
    said = [
        f"{danish.number(row['estimate'], 1)} vægtet og {danish.number(row['estimate_plain'], 1)} uvægtet på "
        f"{codebook.levels('area')[row['group']].lower()}"
        for _, row in both.iterrows()
    ]
    return f"Landets gennemsnit er {danish.join_words(said)}."


# Published caseloads and turnover over the years, as public tables for a time line: a series a source.

REASON = "Offentliggjorte tal; ingen svar fra personer."
CASELOADS = {
    "caseload_2009_cases": "ankestyrelsen",
    "caseload_2009_children": "ankestyrelsen",
    "caseload_at_risk": "survey_at_risk",
    "caseload_disability": "survey_disability",
    "caseload_2019": "union",
    "caseload_2023": "union",
}
TURNOVERS = {"turnover": "survey", "turnover_2024_half_year": "half_year"}
HALVES = 2  # half-years in a year
_KEPT = ["year", "series", "estimate", "counted_in", "population", "counted_by", "source"]


def _figures(series: dict[str, str]) -> pd.DataFrame:
    """The published figures of some ids, in order of the years, each with the series that it belongs to."""
    figures = data.read("published_figures").set_index("id")
    absent = [key for key in series if key not in figures.index]
    if absent:
        raise KeyError(
            f"`published_figures` must hold {len(series)} ids, but {len(absent)} are not there (first: "
            f"`{absent[0]}`). Add them to data/raw/published_figures.csv."
        )
    rows = figures.loc[list(series)].assign(
        series=list(series.values()), counted_in=lambda rows: rows["unit"]
    )
    rows["estimate"] = rows["value"].astype(float)
    return rows.reset_index().sort_values("year", kind="stable", ignore_index=True)


def _public(rows: pd.DataFrame) -> ProtectedTable:
    return declare_public(rows, REASON, data.is_synthetic("published_figures"))


def caseloads() -> ProtectedTable:
    """Published mean caseloads.

    Returns
    -------
    ProtectedTable
        One row a figure: year, series, ``estimate`` [unit in ``counted_in``], population, counted_by, source.
    """
    return _public(_figures(CASELOADS)[_KEPT])


def recommended() -> ProtectedTable:
    """The union's recommended range for the years that it is known for: first_year, last_year, low, high.

    From its year to the last published caseload; the ranges before it have no year, and are not drawn.
    """
    said = data.read("published_figures").set_index("id").loc["recommended_2020"]
    last = max(_figures(CASELOADS)["year"])
    row = [said["year"], last, said["value"], said["value_high"]]
    return _public(pd.DataFrame([row], columns=["first_year", "last_year", "low", "high"]).astype(float))


def annualised(half_year: float) -> float:
    """Turnover of a half-year as that of a year [same unit], if the other half is like it.

    Leavers per mean headcount add up over the year: two halves of 12 % are 24 %.

    Examples
    --------
    >>> annualised(12)
    24
    """
    return HALVES * half_year


def turnovers() -> ProtectedTable:
    """Published turnover [0-1], with the half-year as published and annualised.

    Returns
    -------
    ProtectedTable
        One row a figure: as `caseloads`, with ``lowest`` and ``highest``: the range between municipalities
        where the source gives one. ``counted_by`` tells what is annualised by the project.
    """
    rows = _figures(TURNOVERS)
    spread = data.read("published_figures").set_index("id").loc["turnover_2024_range"]
    half = rows["series"].eq("half_year")
    rows["lowest"] = np.where(half, float(spread["value"]), np.nan)
    rows["highest"] = np.where(half, float(spread["value_high"]), np.nan)
    yearly = rows[half].assign(
        series="annualised",
        estimate=rows.loc[half, "estimate"].map(annualised),
        lowest=np.nan,
        highest=np.nan,
        counted_in="pct. på et år",
        counted_by="Projektets omregning: et halvt år ganget med to",
    )
    rows = pd.concat([rows, yearly], ignore_index=True)
    rows[["estimate", "lowest", "highest"]] /= 100
    rows["counted_in"] = rows["counted_in"].replace("pct.", "pct. på et år")
    return _public(rows[[*_KEPT, "lowest", "highest"]])


# Danish texts of the time lines of published figures: who counted, what, and what can't be compared.

_CAUTION = (
    "Kilderne spørger forskellige mennesker og tæller forskelligt. Streger forbinder kun tal fra samme kilde; en "
    "forskel mellem kilder er ikke nødvendigvis en udvikling."
)
_COLUMNS = {
    "year": "År",
    "estimate": "Tal",
    "counted_in": "Enhed",
    "population": "Hvem det gælder",
    "counted_by": "Opgjort af",
    "source": "Kilde",
}


def _lower_first(text: str) -> str:
    """A sentence's first letter in lower case, but not an abbreviation's."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def _rows(rows: pd.DataFrame) -> list[pd.Series]:
    return [row for _, row in rows.iterrows()]


def _counted_by(row: pd.Series) -> str:
    """Who counted, without the unit and the source, which are told beside it."""
    said = row["counted_by"].split(", talt i ")[0].removeprefix(f"{_source(row)}, ")
    return _lower_first(said)


def _source(row: pd.Series) -> str:
    return row["source"].split(",")[0].removesuffix(f" {row['year']}")


def _labels(rows: pd.DataFrame, factor: int = 1) -> dict[str, str]:
    """Each series named by its source, population, who counted and what was counted."""
    return {series: _label(_rows(own), factor) for series, own in rows.groupby("series", sort=False)}


def _label(own: list[pd.Series], factor: int) -> str:
    first, last = own[0], own[-1]
    years = danish.join_words([str(year) for year in dict.fromkeys(row["year"] for row in own)])
    counted = _counted_by(first)
    if _counted_by(last) != counted:
        counted += f" ({_counted_by(last)} i {last['year']})"
    units = dict.fromkeys(row["counted_in"] for row in own)
    unit = next(iter(units)) if len(units) == 1 else _values(own, factor)
    return f"{_source(first)}, {years}: {_lower_first(first['population'])}; {counted}; {unit}"


def _values(own: list[pd.Series], factor: int) -> str:
    return " = ".join(f"{danish.number(factor * row['estimate'])} {row['counted_in']}" for row in own)


def _said(row: pd.Series, factor: int = 1) -> str:
    return f"{row['year']}: {danish.number(factor * row['estimate'])} {row['counted_in']}"


def _sources(rows: pd.DataFrame) -> str:
    return "; ".join(dict.fromkeys(rows["source"]))


def for_caseloads(table: ProtectedTable, place: str) -> dict:
    """Texts of the time line of published caseloads."""
    rows = table.frame
    first, last = int(rows["year"].min()), int(rows["year"].max())
    span = danish.interval(rows["estimate"].min(), rows["estimate"].max(), 0)
    headline = f"Offentliggjorte sagstal {first}–{last}: {span}, talt på hver sin måde"
    values = [", ".join(_said(row) for row in _rows(rows))]
    recommended = figure("recommended_2020")
    return {
        "place": place,
        "headline": headline,
        "description": f"Gennemsnitligt sagstal pr. sagsbehandler på børneområdet. Hele landet, {first}–{last}",
        "note": _CAUTION,
        "source": f"{_sources(rows)}.",
        "series_labels": _labels(rows),
        "range_label": f"{danish.genitive(recommended['source'])} vejledende sagstal siden februar 2020",
        "value_label": "Sager eller børn pr. sagsbehandler",
        "columns": _COLUMNS,
        "alt": captions.alt_text("Tidslinje over sagstal", headline, values, [], table.synthetic),
    }


def for_turnovers(table: ProtectedTable, place: str) -> dict:
    """Texts of the time line of published turnover, the half-year kept apart from the year."""
    rows = table.frame
    first, last = int(rows["year"].min()), int(rows["year"].max())
    shares = {row["series"]: danish.percent(row["estimate"]) for row in _rows(rows)}
    said = (f"{shares['survey']} på et år i {first}", f"{shares['half_year']} på et halvt år i {last}")
    headline = f"Personaleomsætning: {', '.join(said)}"
    values = [", ".join(_said(row, 100) for row in _rows(rows))]
    return {
        "place": place,
        "headline": headline,
        "description": f"Offentliggjort personaleomsætning i pct. Hele landet, {first} og {last}",
        "note": f"{_CAUTION} Et halvt år er ikke et år: det omregnede tal er det halve års ganget med to og "
        "forudsætter at det andet halvår ligner det første.",
        "source": f"{_sources(rows)}, og egne beregninger.",
        "series_labels": _labels(rows, 100),
        "unit": "pct.",
        "value_label": "Pct.",
        "columns": _COLUMNS | {"lowest": "Laveste kommune", "highest": "Højeste kommune"},
        "alt": captions.alt_text("Tidslinje over personaleomsætning", headline, values, [], table.synthetic),
    }


def caseload_sentence(table: ProtectedTable) -> str:
    """Each published caseload with who counted it, as a list, and the recommended caseloads in a sentence."""
    lines = [f"- {_said(row)} ({_who(row)})" for row in _rows(table.frame)]
    return "\n".join([*lines, "", _recommended()])


def _recommended() -> str:
    """The union's recommended ranges, the latest first; only the latest has a year."""
    keys = ("recommended_2020", "recommended_before_2020", "recommended_earlier")
    spans = [danish.interval(said["value"], said["value_high"], 0) for said in map(figure, keys)]
    return (
        f"{figure(keys[0])['source']} tæller et barn én gang. Foreningens vejledende sagstal er {spans[0]} "
        f"siden februar 2020; før det var det {spans[1]}, og endnu tidligere {spans[2]}."
    )


def _who(row: pd.Series) -> str:
    return f"{_source(row)}; {_lower_first(row['population'])}; {_lower_first(row['counted_by'])}"


def turnover_sentence() -> str:
    """The published turnover of a half-year beside that of a year, and what it is worth in a year."""
    year, half = figure("turnover"), figure("turnover_2024_half_year")
    spread = figure("turnover_2024_range")
    yearly = danish.number(annualised(half["value"]))
    return (
        f"{half['statement']}, og den {spread['statement'].removeprefix('Personaleomsætningen ')} "
        f"({half['source']}). Et halvt år er ikke et år: ligner det andet halvår det første, svarer tallet til "
        f"{yearly} pct. på et år. Det er en omregning og ikke en måling, og den skal ikke læses som en ændring fra de "
        f"{danish.number(year['value'])} pct. i {year['year']}, som bygger på sagsbehandlernes egne svar."
    )
