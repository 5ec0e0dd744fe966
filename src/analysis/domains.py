"""The domains of an estimate: who is in each, who answered, and with how many degrees of freedom."""

from collections.abc import Hashable, Sequence

import numpy as np
import pandas as pd

from analysis.sampling import Design, names, require_columns, sampling_frame


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
    frame["domain"], labels = _numbered(data, keys)
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


def _numbered(data: pd.DataFrame, keys: list[str]) -> tuple[np.ndarray, pd.DataFrame]:
    if not keys:
        return np.zeros(len(data), dtype="int64"), pd.DataFrame(index=range(1))
    groups = data.groupby(keys, observed=True, sort=True)
    labels = data.loc[~data.duplicated(keys).to_numpy(), keys]
    order = groups.ngroup()[~data.duplicated(keys).to_numpy()].to_numpy()
    return groups.ngroup().to_numpy(), labels.iloc[np.argsort(order)].reset_index(drop=True)
