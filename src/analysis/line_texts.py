"""Danish texts of the time lines of published figures: who counted, what, and what can't be compared."""

import pandas as pd

from analysis import alt_text, danish, published
from analysis.disclosure import ProtectedTable
from analysis.published_lines import annualised

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
    recommended = published.figure("recommended_2020")
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
        "alt": alt_text.alt_text("Tidslinje over sagstal", headline, values, [], table.synthetic),
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
        "alt": alt_text.alt_text("Tidslinje over personaleomsætning", headline, values, [], table.synthetic),
    }


def caseloads(table: ProtectedTable) -> str:
    """Each published caseload with who counted it, as a list, and the recommended caseloads in a sentence."""
    lines = [f"- {_said(row)} ({_who(row)})" for row in _rows(table.frame)]
    return "\n".join([*lines, "", _recommended()])


def _recommended() -> str:
    """The union's recommended ranges, the latest first; only the latest has a year."""
    keys = ("recommended_2020", "recommended_before_2020", "recommended_earlier")
    spans = [danish.interval(said["value"], said["value_high"], 0) for said in map(published.figure, keys)]
    return (
        f"{published.figure(keys[0])['source']} tæller et barn én gang. Foreningens vejledende sagstal er {spans[0]} "
        f"siden februar 2020; før det var det {spans[1]}, og endnu tidligere {spans[2]}."
    )


def _who(row: pd.Series) -> str:
    return f"{_source(row)}; {_lower_first(row['population'])}; {_lower_first(row['counted_by'])}"


def turnovers() -> str:
    """The published turnover of a half-year beside that of a year, and what it is worth in a year."""
    year, half = published.figure("turnover"), published.figure("turnover_2024_half_year")
    spread = published.figure("turnover_2024_range")
    yearly = danish.number(annualised(half["value"]))
    return (
        f"{half['statement']}, og den {spread['statement'].removeprefix('Personaleomsætningen ')} "
        f"({half['source']}). Et halvt år er ikke et år: ligner det andet halvår det første, svarer tallet til "
        f"{yearly} pct. på et år. Det er en omregning og ikke en måling, og den skal ikke læses som en ændring fra de "
        f"{danish.number(year['value'])} pct. i {year['year']}, som bygger på sagsbehandlernes egne svar."
    )
