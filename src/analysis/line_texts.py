"""Danish texts of the time lines of published figures: who counted, what was counted, and what can't be compared."""

import pandas as pd

from analysis import alt_text, danish, published
from analysis.disclosure import ProtectedTable
from analysis.published_lines import annualised
from analysis.sentences import first_upper

_CAUTION = (
    "Kilderne spørger forskellige mennesker og tæller forskelligt; streger forbinder kun tal fra samme kilde, og en "
    "forskel mellem kilder er ikke nødvendigvis en udvikling."
)


def _lower_first(text: str) -> str:
    return text[:1].lower() + text[1:]


def _labels(rows: pd.DataFrame) -> dict[str, str]:
    """Each series named by its source, population and who counted."""
    labels = {}
    for series, own in rows.groupby("series", sort=False):
        first, last = own.iloc[0], own.iloc[-1]
        years = danish.join_words([str(year) for year in dict.fromkeys(own["year"])])
        source = first["source"].split(",")[0].removesuffix(f" {first['year']}")
        counted = _lower_first(last["counted_by"].split(", talt i ")[0])
        units = danish.join_words(list(dict.fromkeys(own["unit"])), "eller")
        labels[series] = f"{source}, {years}: {_lower_first(last['population'])}; {counted}; {units}"
    return labels


def _said(row: pd.Series, factor: int = 1) -> str:
    return f"{row['year']}: {danish.number(factor * row['estimate'])} {row['unit']}"


def _sources(rows: pd.DataFrame) -> str:
    return "; ".join(dict.fromkeys(rows["source"])) + "."


def for_caseloads(table: ProtectedTable, place: str) -> dict:
    """Texts of the time line of published caseloads."""
    rows = table.frame
    first, last = int(rows["year"].min()), int(rows["year"].max())
    span = danish.interval(rows["estimate"].min(), rows["estimate"].max(), 0)
    headline = (
        f"De offentliggjorte sagstal fra {first} til {last} spænder over {span}, men er talt på hver sin måde"
    )
    shows = "Tidslinje over offentliggjorte sagstal"
    return {
        "place": place,
        "headline": headline,
        "description": f"Gennemsnitligt sagstal pr. sagsbehandler på børneområdet, {first}–{last}. Hele landet",
        "note": _CAUTION,
        "source": _sources(rows),
        "series_labels": _labels(rows),
        "range_label": published.figure("recommended_2020")["source"]
        + "s vejledende sagstal siden februar 2020",
        "value_label": "Sager eller børn pr. sagsbehandler",
        "columns": _COLUMNS,
        "alt": alt_text.alt_text(shows, headline, [", ".join(map(_said, _rows(rows)))], [], table.synthetic),
    }


_COLUMNS = {
    "year": "År",
    "estimate": "Tal",
    "unit": "Enhed",
    "population": "Hvem det gælder",
    "counted_by": "Opgjort af",
    "source": "Kilde",
}


def _rows(rows: pd.DataFrame) -> list[pd.Series]:
    return [row for _, row in rows.iterrows()]


def for_turnovers(table: ProtectedTable, place: str) -> dict:
    """Texts of the time line of published turnover, the half-year kept apart from the year."""
    rows = table.frame
    first, last = int(rows["year"].min()), int(rows["year"].max())
    values = {row["series"]: danish.percent(row["estimate"]) for row in _rows(rows)}
    headline = (
        f"Personaleomsætning: {values['survey'].removesuffix('.')} på et år i {first}, {values['half_year']} på et "
        f"halvt år i {last}"
    )
    said = ", ".join(_said(row, 100) for row in _rows(rows))
    return {
        "place": place,
        "headline": headline,
        "description": f"Offentliggjort personaleomsætning i pct., {first} og {last}. Hele landet",
        "note": f"{_CAUTION} Den lodrette streg er spændet mellem kommuner, ikke et sikkerhedsinterval. Et halvt år er ikke "
        "et år: det omregnede tal forudsætter at det andet halvår ligner det første.",
        "source": f"{_sources(rows).removesuffix('.')}, og egne beregninger.",
        "series_labels": _labels(rows),
        "unit": "pct.",
        "value_label": "Pct.",
        "columns": _COLUMNS | {"low": "Laveste kommune", "high": "Højeste kommune"},
        "alt": alt_text.alt_text("Tidslinje over personaleomsætning", headline, [said], [], table.synthetic),
    }


def caseloads(table: ProtectedTable) -> str:
    """Each published caseload with who counted it, as a list."""
    lines = [
        f"- {_said(row)} ({row['source']}: {_lower_first(row['counted_by'])})" for row in _rows(table.frame)
    ]
    return "\n".join(lines)


def turnovers() -> str:
    """The published turnover of a year and of a half-year, and what the latter is worth in a year."""
    year, half = published.figure("turnover"), published.figure("turnover_2024_half_year")
    spread = published.figure("turnover_2024_range")
    return (
        f"{first_upper(year['statement'])} ({year['source']}). {half['statement']}, og {_lower_first(spread['statement'])} "
        f"({half['source']}). Ligner det andet halvår det første, svarer det til "
        f"{danish.number(annualised(half['value']))} pct. på et år; det er en omregning og ikke en måling."
    )
