"""Models of counts: caseload ratios by negative binomial regression, with their assumptions checked."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from analysis.estimates.design import names, require_columns

# Rules of thumb: of a model that fits, Pearson's statistic per degree of freedom is about 1, and the counts
# vary about as much as it says.
PEARSON_RANGE = (0.8, 1.25)
VARIANCE_RANGE = (0.5, 2.0)


@dataclass(frozen=True)
class CountModel:
    """A fitted negative binomial model.

    Attributes
    ----------
    ratios : DataFrame
        One row a term: ``term``, ``ratio`` (of expected counts, at equal exposure), ``low``, ``high``, ``p``.
    theta : float
        Dispersion: the variance of a count with mean m is m + m² / theta. Infinite for a Poisson.
    checks : DataFrame
        One row an assumption: ``check``, ``observed``, ``expected``, ``holds``.
    n, n_missing : int
        Rows used, and rows left out as they lack an answer.
    """

    ratios: pd.DataFrame
    theta: float
    checks: pd.DataFrame
    n: int
    n_missing: int


def caseload_ratios(
    data: pd.DataFrame,
    terms: Sequence[str] | str,
    *,
    outcome: str = "caseload",
    exposure: str | None = "weekly_hours",
    cluster: str | None = None,
    coverage: float = 0.95,
) -> CountModel:
    """Fit ratios of expected counts by a negative binomial with estimated dispersion.

    Unweighted: it describes how the respondents' caseloads vary with the terms. Warnings of the optimiser
    reach the reader; a model that doesn't converge is none.

    Parameters
    ----------
    data : DataFrame
        One row a respondent.
    terms : str or list of str
        Columns, or terms of a formula as ``"C(area) * sparring_hours"``. The first category is the reference.
    outcome : str
        Counts [cases/caseworker].
    exposure : str, optional
        Column [hours/week] that the count is proportional to; its logarithm is the offset.
    cluster : str, optional
        Column, as ``"municipality_code"``, within which respondents are alike: standard errors are robust to
        it. Without it they are robust to a wrong variance (sandwich).
    coverage : float
        Probability that an interval covers.

    Returns
    -------
    CountModel

    Raises
    ------
    KeyError
        If a column is unknown.
    ValueError
        If a count is negative, an exposure isn't above 0, fewer rows are left than needed, or the model doesn't
        converge.

    References
    ----------
    Cameron, A. C. and Trivedi, P. K. (2013), Regression Analysis of Count Data, 2nd edition, Cambridge: NB2.
    The same estimates as ``glm.nb`` of R's MASS.
    """
    import statsmodels.formula.api as smf  # half a second, which only who fits a model shall wait

    terms = names(terms)
    used, n_missing = _complete(data, terms, outcome, exposure, cluster)
    _require_counts(used, outcome, exposure)
    offset = np.log(used[exposure].to_numpy(dtype=float)) if exposure else np.zeros(len(used))
    formula = f"Q('{outcome}') ~ {' + '.join(terms)}"
    kind = {"cov_type": "HC0"}
    if cluster:
        kind = {"cov_type": "cluster", "cov_kwds": {"groups": used[cluster].astype("category").cat.codes}}
    poisson = smf.poisson(formula, used, offset=offset).fit(disp=0)
    model = smf.negativebinomial(formula, used, offset=offset)
    start = np.append(poisson.params, _moment_alpha(poisson, used[outcome]))
    search = {"method": "bfgs", "maxiter": 500, "gtol": 1e-7, "disp": 0, "warn_convergence": False}
    fit = model.fit(start_params=start, **search, **kind)
    # At its end the search may find no better step for want of digits: then the slope says that it is there.
    slope = np.abs(model.score(fit.params.to_numpy())).max() / len(used)
    if not (fit.mle_retvals["converged"] or slope < 1e-6):
        raise ValueError(
            f"The model must converge, but on {len(used)} rows it has not ({', '.join(terms)}). Leave out a term, or "
            "join its levels."
        )
    return CountModel(
        _ratios(fit, coverage),
        float(1 / fit.params.iloc[-1]),
        _checks(fit, poisson, used[outcome].to_numpy(dtype=float)),
        len(used),
        n_missing,
    )


def _complete(
    data: pd.DataFrame, terms: list[str], outcome: str, exposure: str | None, cluster: str | None
) -> tuple[pd.DataFrame, int]:
    """Rows with all answers, and how many lack one."""
    columns = [column for column in (outcome, exposure, cluster) if column]
    require_columns(data, columns)
    words = {word for term in terms for word in re.findall(r"\w+", term)}
    mentioned = [column for column in data.columns if column in words]
    unknown = [term for term in terms if term.isidentifier() and term not in data.columns]
    require_columns(data, unknown)
    used = data.dropna(subset=[*columns, *mentioned])
    if len(used) <= 2 * len(terms):
        raise ValueError(
            f"A model of {len(terms)} terms must have more than {2 * len(terms)} complete rows, but "
            f"{len(used)} of {len(data)} are. Leave out a term with many missing answers."
        )
    return used, len(data) - len(used)


def _require_counts(used: pd.DataFrame, outcome: str, exposure: str | None) -> None:
    wrong = used[~(used[outcome] >= 0)]
    if len(wrong):
        raise ValueError(
            f"`{outcome}` must be 0 or more, but {len(wrong)} of {len(used)} rows are not (first: row "
            f"{wrong.index[0]} = {wrong[outcome].iloc[0]:g}). Correct the delivery."
        )
    if exposure and (used[exposure] <= 0).any():
        wrong = used[used[exposure] <= 0]
        raise ValueError(
            f"`{exposure}` must be above 0, but {len(wrong)} of {len(used)} rows are not (first: row "
            f"{wrong.index[0]} = {wrong[exposure].iloc[0]:g}). Set it to missing, or correct the delivery."
        )


def _moment_alpha(poisson, outcome: pd.Series) -> float:
    """A dispersion to start from, by the moments of the Poisson residuals."""
    mean = poisson.predict()
    excess = np.sum((outcome.to_numpy(dtype=float) - mean) ** 2 - mean) / np.sum(mean**2)
    return max(float(excess), 0.01)


def _ratios(fit, coverage: float) -> pd.DataFrame:
    terms = fit.params.index[:-1]
    low_high = fit.conf_int(alpha=1 - coverage).loc[terms]
    return pd.DataFrame(
        {
            "term": terms,
            "ratio": np.exp(fit.params[terms]).to_numpy(),
            "low": np.exp(low_high[0]).to_numpy(),
            "high": np.exp(low_high[1]).to_numpy(),
            "p": fit.pvalues[terms].to_numpy(),
        }
    )


def _checks(fit, poisson, counts: np.ndarray) -> pd.DataFrame:
    """Hold what was observed to what the model, and a Poisson in its place, would have."""
    mean, alpha = fit.predict(), fit.params.iloc[-1]
    variance = mean + alpha * mean**2
    pearson = np.sum((counts - mean) ** 2 / variance) / fit.df_resid
    zeros, expected_zeros = np.sum(counts == 0), np.sum((1 + alpha * mean) ** (-1 / alpha))
    # One-sided at the boundary alpha = 0: half of a chi-square with one degree of freedom.
    ratio = max(0.0, 2 * (fit.llf - poisson.llf))
    p_poisson = stats.chi2.sf(ratio, 1) / 2
    likely = np.sqrt(expected_zeros + 1)
    total, observed = mean.var() + variance.mean(), counts.var(ddof=1)
    rows = [
        ("p of a Poisson (no overdispersion)", p_poisson, 0.05, p_poisson < 0.05),
        ("Pearson statistic per degree of freedom", pearson, 1.0, _within(pearson, PEARSON_RANGE)),
        ("zeros", float(zeros), expected_zeros, abs(zeros - expected_zeros) <= 3 * likely),
        ("variance of the counts", observed, total, _within(observed / total, VARIANCE_RANGE)),
    ]
    return pd.DataFrame(rows, columns=["check", "observed", "expected", "holds"])


def _within(value: float, limits: tuple[float, float]) -> bool:
    return bool(limits[0] <= value <= limits[1])
