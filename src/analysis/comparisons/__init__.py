"""Places compared with the rest of the country, without being misled by few answers or many tests.

Verdict, difference, its interval and the word for it have their owner here: `compare_places` decides them on exact
numbers, before anything is rounded (`chance.judge` is the rule), and everybody else says what it is told.
"""

from collections.abc import Hashable, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from analysis import estimates
from analysis.comparisons.areas import (
    decompose,
    detectable_mean,
    detectable_share,
    fay_herriot,
    standardise,
)
from analysis.comparisons.chance import (
    VERDICTS,
    adjust_p,
    chance_findings,
    count_tests,
    judge,
    reliability,
    selected_coverage,
)
from analysis.comparisons.funnel import Overdispersion, funnel_limits, overdispersion, shrink
from analysis.comparisons.rest import Compared, against_rest
from analysis.estimates.design import (
    Design,
    domain_frame,
    indicator,
    names,
    numbers,
    require_columns,
    sampling_frame,
)

__all__ = [
    "MIN_UNITS",
    "VERDICTS",
    "Overdispersion",
    "adjust_p",
    "chance_findings",
    "compare_places",
    "compare_with_rest",
    "count_tests",
    "decompose",
    "detectable_mean",
    "detectable_share",
    "fay_herriot",
    "funnel_limits",
    "judge",
    "overdispersion",
    "reliability",
    "selected_coverage",
    "shrink",
    "standardise",
]

# Of fewer units, as municipalities of a group, nothing is said about units of that kind.
MIN_UNITS = 5
_WEIGHT = "design_weight_of_comparison"


def compare_places(
    data: pd.DataFrame,
    variable: str,
    design: Design,
    place: str,
    *,
    within: str | Sequence[str] | None = None,
    level: Hashable = None,
    min_count: int = 5,
    alpha: float = 0.05,
    cluster: str | None = None,
    alike: str | None = None,
) -> pd.DataFrame:
    """Estimate every place, and compare each with all the others.

    The estimates and their intervals follow `design`. The comparisons leave out its finite population
    correction: whether places differ in practice is asked of the practice, not of this year's staff, and two
    finite staffs always differ.

    Parameters
    ----------
    data, variable, design
        As `estimates.estimate_mean`; all respondents of the country.
    place : str
        Column of the places, as ``"municipality"``.
    within : str or list of str, optional
        Columns, as ``"area"``, within whose values places are compared.
    level : hashable, optional
        The value whose share is estimated; without it the mean.
    min_count : int
        Places with fewer answers are neither tested nor given a verdict.
    alpha : float
        False discovery rate of the verdicts over and under.
    cluster : str, optional
        Column of the units that the places are groups of, as ``"municipality_code"`` when they are regions: then the
        units are judged, not the respondents as if colleagues were independent, and a place of fewer than `MIN_UNITS`
        answering units gets no verdict.
    alike : str, optional
        Column, as ``"case_unit"``, whose values are not compared with each other: each place is held against what the
        others have at the place's own mix of it (a municipality that counts families, against those that do).

    Returns
    -------
    DataFrame
        One row a place (x `within`), with the columns of `estimates.estimate_mean` (``df`` is the domain's)
        and ``difference``, ``difference_low``, ``difference_high`` (place less rest, unit of the variable),
        ``p``, ``p_adjusted``, ``verdict`` (one of `VERDICTS`; the limits are those that decided it), with `alike`
        ``standardised`` (the estimate at the mix of the others: less what the place's own mix makes),
        ``reliability`` (ok, usikker) and, unless `cluster` is given, ``shrunken``, ``shrunken_low`` and
        ``shrunken_high`` (`fay_herriot`). For the number of tests see `count_tests`, for how many of them look so by
        chance `chance_findings`.

    Raises
    ------
    KeyError, TypeError, ValueError
        As the estimates.
    """
    by = [place, *names(within)]
    table = _estimated(data, variable, design, by, level)
    endless_data, endless = _endless(data, design)
    if cluster is not None:
        endless = Design(cluster=cluster, weights=endless.weights, singleton=endless.singleton)
    # Estimates that have no finite correction already are those that the differences are made of.
    own = table if design.population_size is None and cluster is None else None
    compared = _compared(endless_data, variable, endless, by, level, alike, own)
    table = table.assign(difference=compared.difference, p=compared.p)
    table["p"] = table["p"].where(table["n"] >= min_count)
    if cluster is not None:
        table["p"] = table["p"].where(_answering_units(data, variable, design, by, cluster) >= MIN_UNITS)
    table = judge(table, compared.interval, alpha=alpha)
    if alike is not None:
        table["standardised"] = table["estimate"] - compared.of_mix
    table["reliability"] = reliability(table, is_share=level is not None)
    return (
        table
        if cluster is not None
        else table.join(_shrunken(table, compared, names(within), level is not None))
    )


def compare_with_rest(
    data: pd.DataFrame,
    variable: str,
    design: Design,
    by: str,
    *,
    within: str | Sequence[str] | None = None,
    level: Hashable = None,
    coverage: float = 0.95,
    alike: str | None = None,
) -> pd.DataFrame:
    """Estimate each place's difference from all the others, with the covariance of the two estimates.

    Parameters
    ----------
    data, variable, design, coverage
        As `estimates.estimate_mean`. With a `cluster` in the design, the places are judged by how its units differ.
    by : str
        Column of the places.
    within : str or list of str, optional
        Columns within whose values places are compared.
    level : hashable, optional
        The value whose share is compared; without it the mean.
    alike : str, optional
        As `compare_places`.

    Returns
    -------
    DataFrame
        One row a place: ``group`` (with `within` the columns `by` and `within`), ``difference``,
        ``standard_error``, ``difference_low``, ``difference_high`` (unit of the variable), ``df`` and ``p``.
        The standard error is R's (``svycontrast`` of ``svyby(..., covmat=TRUE)``). Degrees of freedom after
        Satterthwaite; the interval of shares combines the two Korn-Graubard intervals, so that it
        is honest at 0 and 100 %. ``p`` is the probability of a difference as large if the place were
        as the others: binomial for shares, with the skewness of the answers for means; by t in a design with clusters.

    Raises
    ------
    KeyError, TypeError, ValueError
        As the estimates.

    References
    ----------
    Satterthwaite, F. E. (1946), Biometrics Bulletin 2(6), 110-114. Newcombe, R. G. (1998), Statistics in
    Medicine 17(8), 873-890: intervals of differences of shares.
    """
    keys = [by, *names(within)]
    own = _estimated(data, variable, design, keys, level)
    compared = _compared(data, variable, design, keys, level, alike, own)
    low, high = compared.interval(coverage)
    table = own[keys].assign(
        difference=compared.difference,
        standard_error=compared.standard_error,
        difference_low=low,
        difference_high=high,
        df=compared.df,
        p=compared.p,
    )
    return table if names(within) else table.rename(columns={by: "group"})


def _estimated(data, variable: str, design: Design, by: list[str], level: Hashable) -> pd.DataFrame:
    if level is None:
        return estimates.estimate_mean(data, variable, design, by, df="domain")
    return estimates.estimate_proportion(data, variable, level, design, by)


def _compared(
    data: pd.DataFrame,
    variable: str,
    design: Design,
    by: list[str],
    level: Hashable,
    alike: str | None,
    own: pd.DataFrame | None,
) -> Compared:
    frame, labels = domain_frame(data, [variable], design, by)
    values = numbers(data, variable) if level is None else indicator(data, variable, level)
    kind = np.zeros(len(frame), dtype="int64")
    if alike is not None:
        require_columns(data, [alike])
        kind = pd.factorize(data[alike], use_na_sentinel=False)[0]  # who doesn't say is a kind of her own
    area = np.zeros(len(labels), dtype="int64")
    if by[1:]:
        area = labels.groupby(by[1:], observed=True).ngroup().to_numpy()
    own = _estimated(data, variable, design, by, level) if own is None else own
    return against_rest(
        frame,
        values,
        area,
        kind,
        own,
        singleton=design.singleton,
        is_share=level is not None,
        is_clustered=design.cluster is not None,
    )


def _endless(data: pd.DataFrame, design: Design) -> tuple[pd.DataFrame, Design]:
    """Leave out the finite correction, and keep the weights that followed from it."""
    if design.weights is None:
        data = data.assign(**{_WEIGHT: sampling_frame(data, design)["weight"]})
        design = replace(design, weights=_WEIGHT)
    return data, replace(design, population_size=None)


def _answering_units(
    data: pd.DataFrame, variable: str, design: Design, by: list[str], cluster: str
) -> np.ndarray:
    frame, labels = domain_frame(data, [variable], design, by)
    answered = pd.DataFrame({"domain": frame["domain"], "unit": data[cluster]})[frame["answered"]]
    return answered.groupby("domain")["unit"].nunique().reindex(range(len(labels)), fill_value=0).to_numpy()


def _shrunken(table: pd.DataFrame, compared: Compared, within: list[str], is_share: bool) -> pd.DataFrame:
    """Each area's places drawn towards what is expected of them at their own mix."""
    columns = {"eblup": "shrunken", "low": "shrunken_low", "high": "shrunken_high"}
    found = pd.DataFrame(np.nan, index=table.index, columns=list(columns.values()))
    areas = table.groupby(within, observed=True).indices.values() if within else [np.arange(len(table))]
    for rows in areas:
        rows = rows[table["n"].to_numpy()[rows] > 0]
        variance = compared.spread[rows] ** 2 / compared.size[rows]
        varying = compared.mix[rows][:, :-1].std(axis=0) > 1e-9 if len(rows) else np.array([], dtype=bool)
        if len(rows) <= 2 + varying.sum() or not (variance > 0).all():
            continue
        covariates = compared.mix[rows][:, :-1][:, varying] if varying.any() else None
        drawn = fay_herriot(table["estimate"].to_numpy()[rows], variance, covariates)
        found.iloc[rows] = drawn[list(columns)].to_numpy()
    return found.clip(0, 1) if is_share else found
