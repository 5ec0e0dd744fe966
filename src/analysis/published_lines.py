"""Published caseloads and turnover over the years, as public tables for a time line: a series a source."""

import numpy as np
import pandas as pd

from analysis import data
from analysis.disclosure import ProtectedTable, declare_public

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
