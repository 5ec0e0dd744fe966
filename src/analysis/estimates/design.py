"""How the respondents were sampled: the design's columns, checked against the data."""

from collections.abc import Hashable, Sequence
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


# The domains of an estimate: who is in each, who answered, and with how many degrees of freedom.


def domain_frame(
    data: pd.DataFrame, variables: Sequence[str], design: Design, by: str | Sequence[str] | None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Add the domain, and whether the respondent answered, to the sampling frame.

    Returns
    -------
    frame : DataFrame
        `sampling_frame` with ``domain`` (number) and ``answered`` (all `variables` known, weight above 0).
    labels : DataFrame
        One row a domain: ``group``, or the columns of a list `by`; no columns without `by`.

    Raises
    ------
    KeyError
        If a variable or a `by` column is unknown.
    ValueError
        If `by` has gaps, or nobody answered.
    """
    keys = names(by)
    require_columns(data, [*variables, *keys])
    frame = sampling_frame(data, design)
    _require_groups(data, keys)
    unknown = data[list(variables)].isna().any(axis=1).to_numpy(dtype=bool)
    frame["weighted"] = frame["weight"] > 0
    frame["answered"] = frame["weighted"] & ~unknown
    if not frame["answered"].any():
        raise ValueError(
            f"`{variables[0]}` must have at least one answer with a weight above 0, but 0 of {len(data)} "
            "rows have one. Choose another variable or year, or correct the delivery."
        )
    frame["domain"], labels = _numbered_with_labels(data, keys)
    return frame, labels.rename(columns={by: "group"}) if isinstance(by, str) else labels


def domain_counts(frame: pd.DataFrame) -> pd.DataFrame:
    """Count each domain's answers, gaps, and sampled units less strata, and see if all were asked.

    Returns
    -------
    DataFrame
        Indexed by domain: ``n``, ``n_missing``, ``df`` (of the domain) and ``is_census`` (everybody in the
        domain's strata was sampled, and answered).
    """
    size = int(frame["domain"].max()) + 1
    domain, answered = frame["domain"].to_numpy(), frame["answered"].to_numpy()
    missing = (frame["weighted"] & ~frame["answered"]).to_numpy()
    used = frame.loc[answered, ["domain", "stratum", "unit_1"]]
    units = np.bincount(used["domain"].iloc[_first(used, "unit_1")], minlength=size)
    strata = np.bincount(used["domain"].iloc[_first(used, "stratum")], minlength=size)
    sampled = np.bincount(domain, _sampled_fraction(frame) < 1, minlength=size) > 0
    counts = pd.DataFrame(
        {
            "n": np.bincount(domain[answered], minlength=size),
            "n_missing": np.bincount(domain[missing], minlength=size),
            "df": units - strata,
        }
    )
    counts["is_census"] = ~sampled & (counts["n_missing"] == 0)
    return counts


def indicator(data: pd.DataFrame, variable: str, level: Hashable) -> np.ndarray:
    """Give 1 where the answer is the level, 0 where it is another, NaN where it is missing.

    Raises
    ------
    KeyError
        If the variable is no column.
    ValueError
        If nobody answered the level, and it is no declared category either.
    """
    require_columns(data, [variable])
    answers = data[variable]
    known = answers.notna().to_numpy()
    is_level = (answers == level).fillna(False).to_numpy(dtype=bool)
    declared = isinstance(answers.dtype, pd.CategoricalDtype) and level in answers.cat.categories
    if known.any() and not (is_level.any() or declared):
        found = ", ".join(f"`{value}`" for value in pd.unique(answers[known])[:8])
        raise ValueError(
            f"`level` must be an answer to `{variable}`, but `{level}` is none of the {known.sum()} answers. "
            f"They are {found}. Correct the spelling, or choose one of these."
        )
    return np.where(known, is_level.astype("float64"), np.nan)


def numbers(data: pd.DataFrame, variable: str) -> np.ndarray:
    """Give a numeric column as floats, NaN where missing.

    Raises
    ------
    KeyError
        If the variable is no column.
    TypeError
        If it isn't numeric.
    ValueError
        If an answer is infinite.
    """
    require_columns(data, [variable])
    if not pd.api.types.is_numeric_dtype(data[variable]):
        found = data[variable].dropna().head(1).tolist()
        raise TypeError(
            f"`{variable}` must be numeric, but is {data[variable].dtype} (first answer: {found}). "
            "Ask for the share of one of its levels, or correct its dtype in data/codebook.csv."
        )
    values = data[variable].to_numpy(dtype="float64", na_value=np.nan)
    if np.isinf(values).any():
        raise ValueError(
            f"`{variable}` must be finite, but {np.isinf(values).sum()} of {len(values)} rows are not "
            f"(first: row {data.index[np.argmax(np.isinf(values))]}). "
            "Correct the delivery, or set them to missing."
        )
    return values


def require_degrees(df: str) -> str:
    """Give back the choice of degrees of freedom, or raise a ValueError."""
    if df not in ("design", "domain"):
        raise ValueError(f"`df` must be design or domain, but is `{df}`. Choose one.")
    return df


def _first(frame: pd.DataFrame, column: str) -> np.ndarray:
    return ~frame.duplicated(["domain", column]).to_numpy()


def _sampled_fraction(frame: pd.DataFrame) -> np.ndarray:
    fraction, parent = np.ones(len(frame)), "stratum"
    if "population_1" not in frame:
        return np.zeros(len(frame))
    for stage in [column[-1] for column in frame if column.startswith("population_")]:
        sampled = frame.groupby(parent)[f"unit_{stage}"].transform("nunique")
        fraction = fraction * (sampled / frame[f"population_{stage}"]).to_numpy()
        parent = f"unit_{stage}"
    return fraction


def _require_groups(data: pd.DataFrame, keys: list[str]) -> None:
    for key in keys:
        blank = data[key].isna().to_numpy()
        if blank.any():
            raise ValueError(
                f"`{key}` must be known for every respondent, as it makes the groups, but "
                f"{blank.sum()} of {len(data)} rows are missing (first: row {data.index[np.argmax(blank)]}). "
                "Give them a category."
            )


def _numbered_with_labels(data: pd.DataFrame, keys: list[str]) -> tuple[np.ndarray, pd.DataFrame]:
    if not keys:
        return np.zeros(len(data), dtype="int64"), pd.DataFrame(index=range(1))
    groups = data.groupby(keys, observed=True, sort=True)
    labels = data.loc[~data.duplicated(keys).to_numpy(), keys]
    order = groups.ngroup()[~data.duplicated(keys).to_numpy()].to_numpy()
    return groups.ngroup().to_numpy(), labels.iloc[np.argsort(order)].reset_index(drop=True)
