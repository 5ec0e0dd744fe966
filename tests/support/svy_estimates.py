"""Estimates by svy, a second witness of `analysis.estimates.variance`: by domain, on the full design."""

import numpy as np
import pandas as pd
import polars as pl
import svy

from analysis.estimates.design import Design

_SINGLETON = {"adjust": "center", "certainty": "skip", "error": None}


def _sample(frame: pd.DataFrame, design: Design, values: pl.DataFrame) -> svy.Sample:
    stages = [column[-1] for column in frame if column.startswith("population_")]
    used = ["stratum", "weight", *(f"unit_{stage}" for stage in (1, 2) if f"unit_{stage}" in frame)]
    rows = pl.DataFrame({column: frame[column].to_numpy() for column in used})
    rows = rows.with_columns(
        pl.Series(f"population_{s}", frame[f"population_{s}"].to_numpy()) for s in stages
    )
    size = {0: None, 1: "population_1", 2: svy.PopSize(psu="population_1", ssu="population_2")}[len(stages)]
    plan = svy.Design(
        stratum="stratum",
        psu="unit_1",
        ssu="unit_2" if "unit_2" in frame else None,
        wgt="weight",
        pop_size=size,
        singleton=_SINGLETON[design.singleton],
    )
    return svy.Sample(rows.hstack(values), plan)


def linearised(
    kind: str,
    frame: pd.DataFrame,
    design: Design,
    values: np.ndarray,
    below: np.ndarray | None = None,
    **options,
) -> pd.DataFrame:
    """Estimates, standard errors and svy's intervals by domain, indexed by the domain's number."""
    columns = {"domain": frame["domain"].to_numpy(), "value": _answers(frame, values)}
    if below is not None:
        columns["below"] = _answers(frame, below)
    estimation = _sample(frame, design, pl.DataFrame(columns, nan_to_null=True)).estimation
    variables = ["value"] if below is None else ["value", "below"]
    estimate = getattr(estimation, kind)(*variables, by="domain", drop_nulls=True, **options)
    rows = estimate.to_polars()
    wanted = {"estimate": "est", "standard_error": "se", "low": "lci", "high": "uci"}
    found = pd.DataFrame(
        {ours: rows[theirs].to_numpy() for ours, theirs in wanted.items()}, index=rows["domain"].to_numpy()
    )
    return found.reindex(range(int(frame["domain"].max()) + 1))


def _answers(frame: pd.DataFrame, values: np.ndarray) -> np.ndarray:
    return np.where(frame["answered"], values, np.nan)
