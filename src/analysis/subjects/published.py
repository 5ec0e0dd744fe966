"""The published figures: beside what the data say, and over the years as time lines."""

import pandas as pd

from analysis import codebook, danish, data, municipalities
from analysis.charts import captions
from analysis.charts.figure import STATUS_WORDS
from analysis.disclosure import ProtectedTable, declare_public
from analysis.measures import catalogue
from analysis.sentences import own_rows
from analysis.subjects import tables
from analysis.texts import say, small, sources

_RANGES = ("recommended_earlier", "recommended_before_2020", "recommended_2020")


def beside(table: ProtectedTable, key: str, area: str | None = None) -> str:
    """The published figure beside what the data say for the whole country, in one sentence.

    The published value lies within the interval of the data, or it does not, and the sentence says which.
    """
    spoken, said = catalogue.of(table), sources.figure(key)
    rows = own_rows(table, municipalities.COUNTRY)
    row = rows[rows["area"].eq(area)].iloc[0] if area else rows.iloc[0]
    found = None
    if row["status"] == "shown":
        scale = 100 if spoken.unit == "pct." else 1
        found = {
            "value": spoken.value(row["estimate"]),
            "interval": spoken.interval(row["low"], row["high"]),
            "inside": row["low"] * scale <= said["value"] <= row["high"] * scale,
        }
    where = f" på {codebook.levels('area')[area].lower()}" if area else ""
    return say(
        "shared",
        "beside",
        key=key,
        where=where,
        found=found,
        status=STATUS_WORDS.get(row["status"], ""),
        source=said["source"],
        invented=table.synthetic,
    )


def _ranges() -> dict:
    """The union's recommended ranges in their order, the last one dated."""
    rows = [sources.figure(key) for key in _RANGES]
    spans = [danish.interval(row["value"], row["value_high"], 0) for row in rows]
    return {"ranges": spans, "source": rows[-1]["source"]}


def recommended_caseload() -> str:
    """The union's recommended ranges, as context and no yardstick for a survey before them."""
    return say("02_caseload", "recommended", **_ranges())


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
_KEPT = ["id", "year", "series", "estimate", "counted_in", "population", "counted_by", "source"]


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
    """The union's recommended ranges in their order: first_year, last_year, low, high, label.

    The last is drawn from its year to the last published caseload; the two before it have no year.
    """
    rows = [sources.figure(key) for key in _RANGES]
    last = max(_figures(CASELOADS)["year"])
    bands = [
        {
            "first_year": row["year"] if pd.notna(row["year"]) else None,
            "last_year": last if pd.notna(row["year"]) else None,
            "low": row["value"],
            "high": row["value_high"],
            "label": f"fra {row['year']}" if pd.notna(row["year"]) else "uden år",
        }
        for row in rows
    ]
    numbers = dict.fromkeys(("first_year", "last_year", "low", "high"), float)
    return _public(pd.DataFrame(bands).astype(numbers))


def turnovers() -> ProtectedTable:
    """Published turnover [0-1], that of a half-year with its range between municipalities.

    Returns
    -------
    ProtectedTable
        One row a figure: as `caseloads`, with ``low`` and ``high`` [0-1] where the source gives a range.
    """
    rows, spread = _figures(TURNOVERS), sources.figure("turnover_2024_range")
    half = rows["series"].eq("half_year")
    for column, value in (("low", spread["value"]), ("high", spread["value_high"])):
        rows[column] = pd.Series(float(value), index=rows.index).where(half)
    rows[["estimate", "low", "high"]] /= 100
    rows["counted_in"] = rows["counted_in"].replace("pct.", "pct. på et år")
    return _public(rows[[*_KEPT, "low", "high"]])


# How the series of a time line are named: who counted, and what.

_COLUMNS = {
    "year": "År",
    "estimate": "Tal",
    "counted_in": "Enhed",
    "population": "Hvem det gælder",
    "counted_by": "Opgjort af",
    "source": "Kilde",
}


def _rows(rows: pd.DataFrame) -> list[pd.Series]:
    return [row for _, row in rows.iterrows()]


def _counted_by(row: pd.Series) -> str:
    """Who counted, without the unit and the source, which are told beside it."""
    said = row["counted_by"].split(", talt i ")[0].removeprefix(f"{_source(row)}, ")
    return small(said)


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
    return f"{_source(first)}, {years}: {small(first['population'])}; {counted}; {unit}"


def _values(own: list[pd.Series], factor: int) -> str:
    return " = ".join(f"{danish.number(factor * row['estimate'])} {row['counted_in']}" for row in own)


def _said(row: pd.Series, factor: int = 1) -> str:
    return f"{row['year']}: {danish.number(factor * row['estimate'])} {row['counted_in']}"


def _line(figure: str, table: ProtectedTable, place: str, factor: int, **values) -> dict:
    """Texts of a time line: its pieces, who counted what, and each number told."""
    rows = table.frame
    years = {"first": int(rows["year"].min()), "last": int(rows["year"].max())}
    texts = tables.said(
        "05_handover", figure, place, sources=list(dict.fromkeys(rows["source"])), **years, **values
    )
    told = [", ".join(_said(row, factor) for row in _rows(rows))]
    return texts | {
        "series_labels": _labels(rows, factor),
        "alt": captions.alt_text("Tidslinje", texts["headline"], told, [], table.synthetic),
    }


def for_caseloads(table: ProtectedTable, place: str) -> dict:
    """Texts of the time line of published caseloads."""
    low, high = table.frame["estimate"].min(), table.frame["estimate"].max()
    return _line("caseloads", table, place, 1, low=low, high=high) | {
        "range_label": say("05_handover", "range_label", **_ranges()),
        "value_label": "Sager eller børn pr. sagsbehandler",
        "columns": _COLUMNS,
    }


def for_turnovers(table: ProtectedTable, place: str) -> dict:
    """Texts of the time line of published turnover, the half-year with its range kept apart from the year."""
    rows = table.frame.set_index("series")
    half = rows.loc["half_year"]
    shares = {"year_share": rows.loc["survey", "estimate"], "half_share": half["estimate"]}
    return _line("turnovers", table, place, 100, low=half["low"], high=half["high"], **shares) | {
        "unit": "pct.",
        "value_label": "Pct.",
        "columns": _COLUMNS | {"low": "Laveste kommune", "high": "Højeste kommune"},
    }


def caseload_sentence(table: ProtectedTable) -> str:
    """Each published caseload with who counted it, as a list, and the recommended caseloads in a sentence."""
    rows = [{"year": row["year"], "key": row["id"], "who": _who(row)} for row in _rows(table.frame)]
    return say("05_handover", "caseload_list", rows=rows)


def _who(row: pd.Series) -> str:
    return f"{_source(row)}; {small(row['population'])}; {small(row['counted_by'])}"


def turnover_sentence() -> str:
    """The published turnover of a half-year and its range, beside that of a year."""
    half = sources.figure("turnover_2024_half_year")
    first = sources.figure("turnover")["year"]
    return say("05_handover", "turnover_sentence", source=half["source"], first=first)
