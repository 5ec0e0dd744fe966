"""Weights that make the respondents add up to the staff: design weights, and calibration to known margins."""

from collections.abc import Hashable, Mapping, Sequence

import numpy as np
import pandas as pd

from analysis.estimates.design import require_columns

Margin = Hashable | tuple[Hashable, ...]


def design_weights(data: pd.DataFrame, by: str | Sequence[str], population: pd.Series) -> pd.Series:
    """Weight each respondent by employed / answered in the respondent's stratum.

    Parameters
    ----------
    data : DataFrame
        One row a respondent.
    by : str or sequence of str
        Columns that make the strata, as ``["municipality_code", "role"]``.
    population : Series
        Employed in each stratum [persons], indexed by the values of `by`.

    Returns
    -------
    Series
        ``design_weight`` [employees/respondent], aligned with `data`.

    Raises
    ------
    ValueError
        If a stratum is unknown to `population`, or has fewer employed than respondents.

    Examples
    --------
    >>> people = pd.DataFrame({"place": ["a", "a", "b"]})
    >>> design_weights(people, "place", pd.Series({"a": 10, "b": 3})).tolist()
    [5.0, 5.0, 3.0]
    """
    codes, cells = _cells(data, by if isinstance(by, str) else tuple(by))
    employed = _totals_of(cells, population, by)
    answered = np.bincount(codes, minlength=len(cells))
    short = np.flatnonzero(employed < answered)
    if short.size:
        raise ValueError(
            f"Each stratum of `{by}` must have at least as many employed as respondents, but {short.size} of "
            f"{len(cells)} have fewer (first: {cells[short[0]]} = {employed[short[0]]:g} employed and "
            f"{answered[short[0]]} respondents). Correct the staff counts, or the respondents' stratum."
        )
    return pd.Series((employed / answered)[codes], index=data.index, name="design_weight")


def calibrate(
    data: pd.DataFrame,
    weights: str | pd.Series,
    margins: Mapping[Margin, pd.Series],
    tolerance: float = 1e-10,
    max_rounds: int = 500,
) -> pd.Series:
    """Rake the weights until their sums equal the known totals of every margin.

    One margin is post-stratification; more are raked in turn (iterative proportional fitting).

    Parameters
    ----------
    data : DataFrame
        One row a respondent.
    weights : str or Series
        Column of `data`, or a series aligned with it, with the weights to start from (all above 0).
    margins : mapping
        Column name, or tuple of column names for a crossed margin, to a Series of population totals indexed
        by the values of the column (a MultiIndex for a crossed margin).
    tolerance : float
        Largest relative deviation from a total that counts as equal.
    max_rounds : int
        Rounds through all margins before giving up.

    Returns
    -------
    Series
        ``weight``, aligned with `data`.

    Raises
    ------
    KeyError
        If a column isn't in `data`.
    ValueError
        If a value has no total, a total no respondents, the margins disagree on the population, a weight
        isn't positive, or the rounds don't converge.

    References
    ----------
    Deming, W. E. and Stephan, F. F. (1940), The Annals of Mathematical Statistics 11(4), 427-444. The same
    numbers as ``rake`` and ``postStratify`` of R's survey package.

    Examples
    --------
    >>> people = pd.DataFrame({"area": ["x", "x", "y"], "w": 1.0})
    >>> calibrate(people, "w", {"area": pd.Series({"x": 30, "y": 20})}).tolist()
    [15.0, 15.0, 20.0]
    """
    calibrated = _starting_weights(data, weights)
    if not margins:
        raise ValueError("`margins` must hold at least one margin, but is empty. Give column name -> totals.")
    targets = [(margin, *_target(data, margin, totals)) for margin, totals in margins.items()]
    _require_one_population(targets)
    for _ in range(max_rounds):
        before = calibrated
        for _, codes, totals in targets:
            calibrated = calibrated * (totals / np.bincount(codes, calibrated))[codes]
        if (
            np.max(np.abs(calibrated / before - 1)) < tolerance
            and _deviation(calibrated, targets)[0] < tolerance
        ):
            return pd.Series(calibrated, index=data.index, name="weight")
    deviation, margin = _deviation(calibrated, targets)
    raise ValueError(
        f"Raking must reach every total within {tolerance:g}, but after {max_rounds} rounds `{margin}` is "
        f"still {deviation:.2g} off (relative). Margins that contradict each other, or crossed cells without "
        "respondents, do this: join sparse categories, or leave out a margin."
    )


def _starting_weights(data: pd.DataFrame, weights: str | pd.Series) -> np.ndarray:
    if isinstance(weights, str):
        require_columns(data, [weights])
        weights = data[weights]
    start = pd.Series(weights).reindex(data.index).to_numpy(dtype="float64", na_value=np.nan)
    wrong = np.flatnonzero(~(np.isfinite(start) & (start > 0)))
    if wrong.size:
        raise ValueError(
            f"Weights to calibrate must be above 0, but {wrong.size} of {len(start)} rows are not (first: "
            f"row {data.index[wrong[0]]} = {start[wrong[0]]:g}). Drop or correct respondents without weight."
        )
    return start


def _cells(data: pd.DataFrame, margin: Margin) -> tuple[np.ndarray, pd.Index]:
    columns = list(margin) if isinstance(margin, tuple) else [margin]
    require_columns(data, columns)
    blank = data[columns].isna().any(axis=1).to_numpy()
    if blank.any():
        raise ValueError(
            f"`{margin}` must be known for every respondent, but {blank.sum()} of {len(data)} rows are "
            f"missing (first: row {data.index[np.argmax(blank)]}). Fill in or drop them before weighting."
        )
    keys = [data[column].astype(object) for column in columns]
    index = pd.Index(keys[0]) if len(keys) == 1 else pd.MultiIndex.from_arrays(keys)
    return index.factorize()


def _totals_of(cells: pd.Index, totals: pd.Series, margin: Margin) -> np.ndarray:
    found = totals.reindex(cells).to_numpy(dtype="float64", na_value=np.nan)
    wrong = np.flatnonzero(~(np.isfinite(found) & (found > 0)))
    if wrong.size:
        raise ValueError(
            f"Each value of `{margin}` must have a population total above 0, but {wrong.size} of {len(cells)} have "
            f"none (first: {cells[wrong[0]]} = {found[wrong[0]]:g}). Add it to the totals, or correct the answers."
        )
    return found


def _target(data: pd.DataFrame, margin: Margin, totals: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    codes, cells = _cells(data, margin)
    empty = totals.index[(totals.to_numpy(dtype="float64") > 0) & ~totals.index.isin(cells)]
    if len(empty):
        raise ValueError(
            f"Each total of `{margin}` must have respondents, but {len(empty)} of {len(totals)} have none "
            f"(first: {empty[0]} = {totals.loc[empty[0]]:g}). Join it with a similar category, "
            "or leave it out of the population."
        )
    return codes, _totals_of(cells, totals, margin)


def _require_one_population(targets: list[tuple[Margin, np.ndarray, np.ndarray]]) -> None:
    first, population = targets[0][0], targets[0][2].sum()
    for margin, _, totals in targets[1:]:
        if abs(totals.sum() / population - 1) > 1e-6:
            raise ValueError(
                f"All margins must sum to one population, but `{first}` sums to {population:g} and "
                f"`{margin}` to {totals.sum():g}. Take them from one source, or scale one on purpose."
            )


def _deviation(weights: np.ndarray, targets: list) -> tuple[float, Margin]:
    return max(
        (
            (np.max(np.abs(np.bincount(codes, weights) / totals - 1)), margin)
            for margin, codes, totals in targets
        ),
        key=lambda pair: pair[0],
    )
