"""How the respondents were sampled: the design's columns, checked against the data."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

# What a stratum with one sampled unit adds to the variance.
SINGLETONS = ("adjust", "certainty", "error")


@dataclass(frozen=True)
class Design:
    """The columns that say how the respondents were sampled.

    Parameters
    ----------
    strata : str or list of str, optional
        Column of the strata; the combination of the columns when a list.
    cluster : str or list of str, optional
        Column of the sampled units, one a stage (at most two). Without it, the row is the unit. Units are
        taken within their stratum, as R's ``nest=TRUE``.
    weights : str, optional
        Column of weights [persons in the population / respondent]. Without it, they follow from
        `population_size`, as in R.
    population_size : str or list of str, optional
        Column with the number of units in the population of the stratum (second stage: of the cluster), one
        a stage. It gives the finite population correction; without it there is none.
    singleton : {"adjust", "certainty", "error"}
        A stratum with one sampled unit: measured from the mean of all units (as R's
        ``lonely.psu="adjust"``), adds nothing, or raises. It adds nothing under any choice when its
        whole population of one was sampled.

    Raises
    ------
    ValueError
        If the stages don't fit together, or `singleton` is unknown.

    Examples
    --------
    >>> Design(strata="municipality_code", weights="weight").weights
    'weight'
    """

    strata: str | Sequence[str] | None = None
    cluster: str | Sequence[str] | None = None
    weights: str | None = None
    population_size: str | Sequence[str] | None = None
    singleton: str = "adjust"

    def __post_init__(self) -> None:
        stages, sizes = max(len(names(self.cluster)), 1), len(names(self.population_size))
        if stages > 2 or sizes not in (0, stages):
            raise ValueError(
                f"A design must have one or two stages and one `population_size` a stage (or none), but "
                f"{stages} `cluster` and {sizes} `population_size` columns are found. "
                "Name a column for each stage."
            )
        if self.singleton not in SINGLETONS:
            raise ValueError(
                f"`singleton` must be one of {', '.join(SINGLETONS)}, but is `{self.singleton}`. Choose one."
            )


def names(columns: str | Sequence[str] | None) -> list[str]:
    """Column names as a list, which is empty for None."""
    if columns is None:
        return []
    return [columns] if isinstance(columns, str) else list(columns)


def require_columns(data: pd.DataFrame, columns: Sequence[str]) -> None:
    """Raise a KeyError for the first name that is no column of `data`."""
    absent = [column for column in columns if column not in data.columns]
    if absent:
        raise KeyError(
            f"`{absent[0]}` must be a column, but {len(absent)} of {len(columns)} named columns are not "
            f"found. The columns are {', '.join(map(str, data.columns))}."
        )


def sampling_frame(data: pd.DataFrame, design: Design) -> pd.DataFrame:
    """Number the design's strata and units; check its weights and population sizes.

    Returns
    -------
    DataFrame
        One row a row of `data`: ``stratum`` and ``unit_1``, ``unit_2`` (integers, unique over strata),
        ``weight``, and ``population_1``, ``population_2`` where the design has them.

    Raises
    ------
    KeyError
        If a column of the design isn't in `data`.
    ValueError
        If `data` is empty, a design column has gaps, there are no weights and no population size, a weight
        is negative or missing, or a population is smaller than its sample.
    """
    strata, clusters = names(design.strata), names(design.cluster)
    sizes = names(design.population_size)
    require_columns(data, [*strata, *clusters, *sizes, *names(design.weights)])
    if data.empty:
        raise ValueError(
            "Data must have at least one respondent, but 0 rows are found. Read the table again."
        )
    for column in [*strata, *clusters, *sizes]:
        _require_known(data, column)
    frame = pd.DataFrame({"stratum": _numbered(data, strata)}, index=data.index)
    parent = "stratum"
    for stage in range(1, max(len(clusters), 1) + 1):
        unit = f"unit_{stage}"
        own = data[clusters[stage - 1]] if clusters else pd.Series(np.arange(len(data)), index=data.index)
        frame[unit] = frame.assign(own=own).groupby([parent, "own"], observed=True).ngroup()
        if sizes:
            frame[f"population_{stage}"] = _population(data, sizes[stage - 1], frame[parent], frame[unit])
        parent = unit
    frame["weight"] = _weights(data, design, frame)
    if design.singleton == "error":
        _require_no_singletons(frame)
    return frame


def degrees_of_freedom(frame: pd.DataFrame) -> int:
    """Sampled units less strata, among the rows with a weight above 0: R's ``degf``."""
    used = frame[frame["weight"] > 0]
    return int(used["unit_1"].nunique() - used["stratum"].nunique())


def _numbered(data: pd.DataFrame, columns: list[str]) -> np.ndarray:
    if not columns:
        return np.zeros(len(data), dtype="int64")
    return data.groupby(columns, observed=True, sort=False).ngroup().to_numpy(dtype="int64")


def _require_known(data: pd.DataFrame, column: str) -> None:
    blank = data[column].isna().to_numpy()
    if blank.any():
        raise ValueError(
            f"`{column}` must be known for every respondent, as it belongs to the design, but "
            f"{blank.sum()} of {len(data)} rows are missing (first: row {data.index[np.argmax(blank)]}). "
            "Correct the delivery."
        )


def _require_numbers(data: pd.DataFrame, column: str) -> np.ndarray:
    if not pd.api.types.is_numeric_dtype(data[column]):
        raise TypeError(
            f"`{column}` must be numeric, but is {data[column].dtype} (first: row {data.index[0]} = "
            f"{data[column].iloc[0]}). Convert it, or name another column."
        )
    return data[column].to_numpy(dtype="float64", na_value=np.nan)


def _population(data: pd.DataFrame, column: str, parent: pd.Series, unit: pd.Series) -> np.ndarray:
    population = _require_numbers(data, column)
    grouped = pd.DataFrame({"parent": parent, "unit": unit, "population": population}).groupby("parent")
    varying = grouped["population"].max() > grouped["population"].min()
    if varying.any():
        raise ValueError(
            f"`{column}` must be one number in each stratum (second stage: cluster), but varies "
            f"in {varying.sum()} of {len(varying)} (first: row "
            f"{data.index[np.argmax(parent == varying.idxmax())]}). Correct it, or the strata."
        )
    sampled = grouped["unit"].transform("nunique").to_numpy()
    short = np.flatnonzero(~(population >= sampled))
    if short.size:
        raise ValueError(
            f"`{column}` must be at least the number sampled, but in {short.size} of {len(data)} rows "
            f"the population is smaller than the sample (first: row {data.index[short[0]]} = "
            f"{population[short[0]]:g} for {sampled[short[0]]} sampled). Correct it, or the strata."
        )
    return population


def _weights(data: pd.DataFrame, design: Design, frame: pd.DataFrame) -> np.ndarray:
    if design.weights is not None:
        return _given_weights(data, design.weights)
    if "population_1" not in frame:
        raise ValueError(
            "A design must have `weights`, or a `population_size` that they follow from, but has neither. "
            'Name the column, as Design(weights="weight").'
        )
    weight, parent = np.ones(len(frame)), "stratum"
    for stage in range(1, len(names(design.population_size)) + 1):
        sampled = frame.groupby(parent)[f"unit_{stage}"].transform("nunique")
        weight = weight * (frame[f"population_{stage}"] / sampled).to_numpy()
        parent = f"unit_{stage}"
    return weight


def _given_weights(data: pd.DataFrame, column: str) -> np.ndarray:
    weight = _require_numbers(data, column)
    wrong = np.flatnonzero(~(np.isfinite(weight) & (weight >= 0)))
    if wrong.size:
        raise ValueError(
            f"`{column}` must be 0 or more for every respondent, but {wrong.size} of {len(weight)} rows "
            f"are negative or missing (first: row {data.index[wrong[0]]} = {weight[wrong[0]]:g}). "
            "Correct the weights."
        )
    if weight.sum() == 0:
        raise ValueError(
            f"`{column}` must be above 0 for somebody, but all {len(weight)} rows are 0. Correct it."
        )
    return weight


def _require_no_singletons(frame: pd.DataFrame) -> None:
    units = frame.groupby("stratum")["unit_1"].nunique()
    if (units == 1).any():
        first = frame.index[np.argmax(frame["stratum"] == units.eq(1).idxmax())]
        raise ValueError(
            f"Each stratum must have two sampled units or more, but {(units == 1).sum()} of {len(units)} "
            f'have one (first: row {first}). Join strata, or choose `singleton`, as "adjust".'
        )
