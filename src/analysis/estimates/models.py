"""Models of what goes together, fitted to a sample survey: logit and proportional odds, with the design's variance.

Both are fitted by Newton's method to the weighted likelihood (a logit is a proportional odds model of two answers);
the standard errors are those of the one variance engine, from each respondent's influence on the coefficients.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy import special

from analysis.estimates import intervals
from analysis.estimates.counts import CountModel, caseload_ratios
from analysis.estimates.design import Design, degrees_of_freedom, names
from analysis.estimates.model_rows import Sample, require_both_answers, sample_of, scale_of, zero_or_one
from analysis.estimates.variance import standard_errors

__all__ = ["CountModel", "Model", "caseload_ratios", "logit", "ordinal", "predicted_shares"]

INTERCEPT = "Intercept"
# Newton needs six to eight steps; a model whose steps don't shrink is separated: its coefficients have no end.
_STEPS = 30


@dataclass(frozen=True)
class _Fit:
    """Coefficients in the order of the matrix, each respondent's influence on them, and what predicts."""

    matrix: np.ndarray
    weight: np.ndarray
    coefficients: np.ndarray
    influence: np.ndarray
    sample: Sample
    singleton: str
    coverage: float
    df: int

    def standard_errors(self, gradients: np.ndarray) -> np.ndarray:
        """Of linear combinations of the coefficients, one a row of `gradients`."""
        influence = np.zeros((len(self.sample.frame), len(gradients)))
        influence[self.sample.used] = self.influence @ np.asarray(gradients).T
        return standard_errors(influence, self.sample.frame, self.singleton)

    def rows(self, terms: list[str], estimate: np.ndarray, gradients: np.ndarray) -> pd.DataFrame:
        error = self.standard_errors(gradients)
        low, high = intervals.t_interval(estimate, error, self.df, self.coverage)
        p = intervals.p_value(estimate, error, self.df)
        columns = {"estimate": estimate, "standard_error": error, "low": low, "high": high, "p": p}
        return pd.DataFrame({"term": terms} | columns)


@dataclass(frozen=True)
class Model:
    """A fitted model.

    Attributes
    ----------
    coefficients : DataFrame
        One row a term, and a row a level that is not the reference, as ``programme[yes]``: ``term``, ``estimate``
        (log odds), ``standard_error``, ``low``, ``high``, ``p``. A logit begins with ``Intercept``; an ordinal model
        ends with its thresholds, as ``1|2``.
    margins : DataFrame or None
        Average marginal effects on the share [0-1], of a logit: per unit of a number, and of each level against the
        reference. Columns as `coefficients`.
    df : int
        Residual degrees of freedom, as in R's survey package.
    n, n_missing : int
        Respondents used, and respondents left out as they lack an answer.
    """

    coefficients: pd.DataFrame
    margins: pd.DataFrame | None
    df: int
    n: int
    n_missing: int
    _fit: _Fit = field(repr=False)


def logit(
    data: pd.DataFrame,
    outcome: str,
    terms: Sequence[str] | str,
    design: Design,
    *,
    coverage: float = 0.95,
) -> Model:
    """Fit how the odds of an answer go together with the terms, and what that is in shares.

    Parameters
    ----------
    data : DataFrame
        One row a respondent, all of the sample: who lacks an answer is left out, and stays in the design.
    outcome : str
        Column of 0 and 1 (or False and True).
    terms : str or list of str
        Columns. Numbers enter as they are; of others the first level is the reference.
    design : Design
        How the respondents were sampled. Give the municipality as `cluster` where the terms are the same for all of
        a municipality.
    coverage : float
        Probability that an interval covers.

    Returns
    -------
    Model

    Raises
    ------
    KeyError
        If a column is unknown.
    ValueError
        If the outcome has other values, a term has one level or follows from the others, a term separates the
        answers, or too few rows are complete.

    References
    ----------
    Lumley, T. (2010), Complex Surveys, Wiley: the numbers of ``svyglm(family = quasibinomial())``. The margins'
    standard errors are those of the coefficients (delta method), the respondents taken as they are.

    Examples
    --------
    >>> answers = pd.DataFrame({"low": [0, 1, 0, 1, 1, 0], "cases": [20, 40, 30, 25, 45, 41], "w": 1.0})
    >>> logit(answers, "low", "cases", Design(weights="w")).coefficients["term"].tolist()
    ['Intercept', 'cases']
    """
    sample = sample_of(data, outcome, names(terms), design)
    codes = zero_or_one(data[outcome], sample.used)
    require_both_answers(data, outcome, names(terms), codes, sample)
    fit = _fitted(sample, codes, 2, design.singleton, coverage)
    # P(1) = F(x b - threshold): the intercept is the threshold with its sign changed.
    order = [fit.coefficients.size - 1, *range(fit.coefficients.size - 1)]
    sign = np.where(np.arange(len(order)) == 0, -1.0, 1.0)
    fit = _Fit(
        np.column_stack([np.ones(len(sample.matrix)), sample.matrix]),
        fit.weight,
        fit.coefficients[order] * sign,
        fit.influence[:, order] * sign,
        *(sample, fit.singleton, coverage, fit.df),
    )
    coefficients = fit.rows([INTERCEPT, *sample.labels], fit.coefficients, np.eye(len(order)))
    return Model(coefficients, _margins(fit), fit.df, len(codes), sample.n_missing, fit)


def ordinal(
    data: pd.DataFrame,
    outcome: str,
    terms: Sequence[str] | str,
    design: Design,
    *,
    coverage: float = 0.95,
) -> Model:
    """Fit proportional odds: how the odds of a higher answer on a scale go together with the terms.

    Parameters
    ----------
    data, terms, design, coverage
        As `logit`.
    outcome : str
        Column of numbers, or of ordered categories, with at least three different answers; from low to high.

    Returns
    -------
    Model
        Without `margins`.

    Raises
    ------
    KeyError, ValueError
        As `logit`.

    References
    ----------
    McCullagh, P. (1980), Journal of the Royal Statistical Society B 42(2), 109-142. The numbers of ``svyolr`` of R's
    survey package; statsmodels' OrderedModel takes no weights.
    """
    sample = sample_of(data, outcome, names(terms), design)
    codes, levels = scale_of(data[outcome], sample.used, outcome)
    fit = _fitted(sample, codes, len(levels), design.singleton, coverage)
    labels = [*sample.labels, *(f"{low}|{high}" for low, high in zip(levels, levels[1:], strict=False))]
    coefficients = fit.rows(labels, fit.coefficients, np.eye(len(labels)))
    return Model(coefficients, None, fit.df, len(codes), sample.n_missing, fit)


def predicted_shares(model: Model, term: str, values: Sequence[float]) -> pd.DataFrame:
    """Shares that a logit expects if everybody had a value of a term, and was otherwise as she is.

    Parameters
    ----------
    model : Model
        From `logit`.
    term : str
        A number among its terms.
    values : sequence of float

    Returns
    -------
    DataFrame
        One row a value: `term`, ``estimate``, ``standard_error``, ``low``, ``high`` [0-1; the interval is made on the
        scale of the log odds].
    """
    fit = model._fit
    columns = fit.sample.columns.get(term, [])
    if model.margins is None or len(columns) != 1 or fit.sample.labels[columns[0]] != term:
        numbers = [label for label in fit.sample.labels if "[" not in label]
        raise ValueError(
            f"`term` must be a number among the terms of a logit ({', '.join(numbers) or 'it has none'}), but is "
            f"`{term}`. Choose one of these."
        )
    share, gradients = [], []
    for value in values:
        matrix = fit.matrix.copy()
        matrix[:, 1 + columns[0]] = value
        p = special.expit(matrix @ fit.coefficients)
        share.append(np.average(p, weights=fit.weight))
        gradients.append(np.average(matrix * (p * (1 - p))[:, None], axis=0, weights=fit.weight))
    share, error = np.array(share), fit.standard_errors(np.array(gradients))
    low, high = intervals.t_interval(
        special.logit(share), error / (share * (1 - share)), fit.df, fit.coverage
    )
    numbers = {"estimate": share, "standard_error": error}
    return pd.DataFrame({term: values} | numbers | {"low": special.expit(low), "high": special.expit(high)})


# ---- the fit


def _fitted(sample: Sample, codes: np.ndarray, answers: int, singleton: str, coverage: float) -> _Fit:
    """Fit proportional odds: coefficients of the terms, then the thresholds."""
    x, weight = sample.matrix, sample.weight
    shares = np.cumsum(np.bincount(codes, weight, minlength=answers)) / weight.sum()
    theta = np.concatenate([np.zeros(x.shape[1]), special.logit(shares[:-1])])
    upper, lower = _sides(x, codes, answers - 1)
    value, score, information = _likelihood(theta, upper, lower, codes, answers, weight)
    for _ in range(_STEPS):
        try:
            step = np.linalg.solve(information, weight @ score)
        except np.linalg.LinAlgError:
            break
        change = 1.0
        found = _likelihood(theta + step, upper, lower, codes, answers, weight)
        while not found[0] >= value - 1e-9 * abs(value) and change > 1e-6:
            change /= 2
            found = _likelihood(theta + change * step, upper, lower, codes, answers, weight)
        theta, (value, score, information) = theta + change * step, found
        if np.all(np.abs(step) <= 1e-9 * (1 + np.abs(theta))):
            influence = np.linalg.solve(information, score.T).T
            # As in R: units less strata of the complete rows, less the terms' coefficients.
            df = degrees_of_freedom(sample.frame[sample.used]) - x.shape[1]
            return _Fit(x, weight, theta, influence, sample, singleton, coverage, df)
    raise ValueError(
        f"The model must have an end, but after {_STEPS} steps the coefficient of "
        f"`{[*sample.labels, *['a threshold'] * answers][int(np.argmax(np.abs(theta[: len(sample.labels)])))]}` still "
        f"grows ({len(codes)} complete rows): a term tells the answers apart without exception (separation), or a "
        "level is too rare. Join levels, or leave the term out."
    )


def _sides(x: np.ndarray, codes: np.ndarray, thresholds: int) -> tuple[np.ndarray, np.ndarray]:
    """What multiplies the parameters in the threshold above an answer, and in the one below it."""
    above = codes[:, None] == np.arange(thresholds)
    below = codes[:, None] == np.arange(1, thresholds + 1)
    return np.hstack([-x, above]), np.hstack([-x, below])


def _likelihood(theta, upper, lower, codes, answers, weight) -> tuple[float, np.ndarray, np.ndarray]:
    """Weighted log likelihood, each answer's score, and the observed information."""
    is_top, is_bottom = codes == answers - 1, codes == 0
    u = np.where(is_top, np.inf, upper @ theta)
    v = np.where(is_bottom, -np.inf, lower @ theta)
    # The tail that is small is subtracted in, so that no digits are lost.
    flip = v > 0
    chance = np.where(flip, special.expit(-v) - special.expit(-u), special.expit(u) - special.expit(v))
    if not (chance > 0).all():
        return -np.inf, np.zeros_like(upper), np.zeros((len(theta), len(theta)))
    density_u, density_v = (special.expit(side) * special.expit(-side) for side in (u, v))
    a, b = density_u / chance, density_v / chance
    score = a[:, None] * upper - b[:, None] * lower
    curve_u = density_u * (1 - 2 * special.expit(u)) / chance
    curve_v = density_v * (1 - 2 * special.expit(v)) / chance
    information = (
        score.T @ (weight[:, None] * score)
        - upper.T @ ((weight * curve_u)[:, None] * upper)
        + lower.T @ ((weight * curve_v)[:, None] * lower)
    )
    return float(weight @ np.log(chance)), score, information


def _margins(fit: _Fit) -> pd.DataFrame:
    """Average marginal effects, with the gradients that give their standard errors."""
    beta, labels = fit.coefficients, fit.sample.labels
    p = special.expit(fit.matrix @ beta)
    slope, bend = p * (1 - p), p * (1 - p) * (1 - 2 * p)
    effects, gradients = [], []
    for term, columns in fit.sample.columns.items():
        for column in columns:
            at = column + 1
            if labels[column] == term:
                effects.append(beta[at] * np.average(slope, weights=fit.weight))
                gradient = beta[at] * np.average(fit.matrix * bend[:, None], axis=0, weights=fit.weight)
                gradient[at] += np.average(slope, weights=fit.weight)
            else:
                effect, gradient = _of_level(fit, at, [1 + other for other in columns])
                effects.append(effect)
            gradients.append(gradient)
    return fit.rows(labels, np.array(effects), np.array(gradients))


def _of_level(fit: _Fit, at: int, of_term: list[int]) -> tuple[float, np.ndarray]:
    """Mean difference of predictions between a level and the reference, and its gradient."""
    without = fit.matrix.copy()
    without[:, of_term] = 0
    within = without.copy()
    within[:, at] = 1
    parts = []
    for matrix in (within, without):
        p = special.expit(matrix @ fit.coefficients)
        share = np.average(p, weights=fit.weight)
        parts.append((share, np.average(matrix * (p * (1 - p))[:, None], axis=0, weights=fit.weight)))
    return parts[0][0] - parts[1][0], parts[0][1] - parts[1][1]
