"""The rows that a model is fitted to: complete ones as columns of numbers, and what is required of them."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.estimates.design import Design, require_columns, sampling_frame


@dataclass(frozen=True)
class Sample:
    """The complete rows of a model: columns by term, and the design of the whole sample."""

    frame: pd.DataFrame
    used: np.ndarray
    matrix: np.ndarray
    labels: list[str]
    columns: dict[str, list[int]]
    n_missing: int

    @property
    def weight(self) -> np.ndarray:
        """Weights of the complete rows."""
        return self.frame.loc[self.used, "weight"].to_numpy()


def sample_of(data: pd.DataFrame, outcome: str, terms: list[str], design: Design) -> Sample:
    """The complete rows of outcome and terms as a matrix, with the design of the whole sample."""
    require_columns(data, [outcome, *terms])
    if not terms or len({outcome, *terms}) <= len(terms):
        raise ValueError(
            f"`terms` must be different columns, and none of them the outcome `{outcome}`, but are "
            f"{', '.join(map(str, terms)) or 'none'}. Name each once."
        )
    frame = sampling_frame(data, design).reset_index(drop=True)
    weighted = (frame["weight"] > 0).to_numpy()
    used = weighted & data[[outcome, *terms]].notna().all(axis=1).to_numpy(dtype=bool)
    parts = {term: _columns(data[term], weighted, used) for term in terms}
    labels = [label for part in parts.values() for label in part]
    if used.sum() <= len(labels) + 1:
        raise ValueError(
            f"A model of {len(labels)} columns must have more than {len(labels) + 1} complete rows, but {used.sum()} "
            f"of {len(data)} are. Leave out a term with many missing answers."
        )
    matrix = np.column_stack([column for part in parts.values() for column in part.values()])
    _require_independent(matrix, labels)
    columns = {term: [labels.index(label) for label in part] for term, part in parts.items()}
    return Sample(frame, used, matrix, labels, columns, int(weighted.sum() - used.sum()))


def _columns(answers: pd.Series, weighted: np.ndarray, used: np.ndarray) -> dict[str, np.ndarray]:
    """The columns of a term over the complete rows, by label."""
    term, complete = answers.name, answers[used]
    if pd.api.types.is_numeric_dtype(answers.dtype) and not pd.api.types.is_bool_dtype(answers.dtype):
        values = complete.to_numpy(dtype="float64")
        if not np.isfinite(values).all():
            wrong = complete.index[~np.isfinite(values)]
            raise ValueError(
                f"`{term}` must be finite, but {len(wrong)} of {len(values)} rows are not (first: row {wrong[0]}). "
                "Set them to missing."
            )
        levels, found = None, len(np.unique(values))
    else:
        levels = _levels(answers[weighted])
        gone = [level for level in levels if not (complete == level).any()]
        if gone and len(gone) < len(levels):
            raise ValueError(
                f"Each level of `{term}` must have complete rows, but {len(gone)} of {len(levels)} levels have none "
                f"(first: `{gone[0]}`). Join levels, or leave out a term with many missing answers."
            )
        found = len(levels)
    if found < 2 and len(complete):
        raise ValueError(
            f"`{term}` must have at least two different answers among the {len(complete)} complete rows, but has "
            f"{found}. Leave it out of the terms."
        )
    if levels is None:
        return {term: values}
    return {
        f"{term}[{level}]": (complete == level).fillna(False).to_numpy(dtype="float64")
        for level in levels[1:]
    }


def _levels(answers: pd.Series) -> list:
    present = answers.dropna()
    if isinstance(answers.dtype, pd.CategoricalDtype):
        return [level for level in answers.cat.categories if (present == level).any()]
    return sorted(present.unique())


def _require_independent(matrix: np.ndarray, labels: list[str]) -> None:
    whole = np.column_stack([np.ones(len(matrix)), matrix / np.abs(matrix).max(axis=0)])
    for last in range(2, whole.shape[1] + 1):
        if np.linalg.matrix_rank(whole[:, :last]) < last:
            raise ValueError(
                f"Each term must say something that the others don't, but `{labels[last - 2]}` follows from those "
                "before it. Leave one out."
            )


def zero_or_one(answers: pd.Series, used: np.ndarray) -> np.ndarray:
    """Return the complete answers as 0 and 1, of a column that holds nothing else."""
    complete = answers[used]
    is_number = pd.api.types.is_numeric_dtype(answers.dtype)  # of which bool is one
    wrong = complete[~complete.isin([0, 1])] if is_number else complete
    if len(wrong):
        raise ValueError(
            f"`{answers.name}` must be 0 or 1, but {len(wrong)} of {len(complete)} answers are not (first: row "
            f"{wrong.index[0]} = {wrong.iloc[0]}; {complete.nunique()} different ones). Make it so, as with "
            '`answers.isin(["lesser", "not_at_all"])`, or fit `ordinal`.'
        )
    return complete.to_numpy(dtype="float64").astype(int)


def require_both_answers(data, outcome, terms, codes, sample: Sample) -> None:
    """Refuse an outcome, or a level of a term, that was answered in one way only."""
    if codes.min() == codes.max():
        raise ValueError(
            f"`{outcome}` must have both answers, but all {len(codes)} complete rows are {codes[0]}. "
            "There is nothing to explain."
        )
    for term in terms:
        answers = data.loc[sample.used, term]
        if pd.api.types.is_numeric_dtype(answers.dtype) and not pd.api.types.is_bool_dtype(answers.dtype):
            continue
        alike = (
            pd.Series(codes, index=answers.index).groupby(answers, observed=True).agg(["min", "max", "size"])
        )
        alone = alike[alike["min"] == alike["max"]]
        if len(alone):
            raise ValueError(
                f"Each level of `{term}` must have both answers to `{outcome}`, but {len(alone)} of {len(alike)} have "
                f"one (first: `{alone.index[0]}`, {alone['size'].iloc[0]} rows, all {alone['min'].iloc[0]}): the model "
                "has no end (separation). Join levels, or leave the term out."
            )


def scale_of(answers: pd.Series, used: np.ndarray, outcome: str) -> tuple[np.ndarray, list[str]]:
    """Codes from 0, and the names of the answers from low to high."""
    complete = answers[used]
    ordered = isinstance(answers.dtype, pd.CategoricalDtype) and answers.cat.ordered
    if not ordered and not pd.api.types.is_numeric_dtype(answers.dtype):
        raise ValueError(
            f"`{outcome}` must be numbers or ordered categories, but is {answers.dtype} (first: row "
            f"{complete.index[0]} = {complete.iloc[0]}). Say their order, as with `pd.CategoricalDtype(..., "
            "ordered=True)`."
        )
    levels = _levels(complete)
    if len(levels) < 3:
        raise ValueError(
            f"`{outcome}` must have at least three different answers, but has {len(levels)} among {len(complete)} "
            "complete rows. Fit `logit`."
        )
    codes = np.array([levels.index(answer) for answer in complete])
    return codes, [
        f"{level:g}" if isinstance(level, int | float | np.number) else str(level) for level in levels
    ]
