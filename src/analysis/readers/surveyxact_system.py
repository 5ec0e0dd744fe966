"""What in a SurveyXact export is the tool's own: status, technical columns, and who answered."""

import re

import numpy as np
import pandas as pd
import pyarrow.compute as pc

from analysis.readers import columns
from analysis.readers.personal import PERSONAL
from analysis.readers.raw_survey import STATUSES, all_completed

SYSTEM = frozenset(
    [
        "survey",
        "respondentid",
        "organization",
        "created",
        "modified",
        "closetime",
        "starttime",
        "difftime",
        "responsecollectsessions",
        "numberofreturnedmail",
        "importgroup",
        "distributionschedule",
        "email",
        "digitaldistributionstatus",
        "digitaldistributionerrormessage",
    ]
)
# the status columns; old exports cut their names, and number them on as stat_1, statc_1, ...
SYSTEM_STATUS = re.compile(
    r"stat(internal|completion|creation|distribution|source|collect|overall|[cdso]?)_\d+"
)
SHORT = 8
SHORT_SYSTEM = frozenset(name[:SHORT] for name in SYSTEM) | {"digit_1"}


def tool_columns(names, full_names) -> set[str]:
    """Columns that are the tool's own, or tell who answered.

    Parameters
    ----------
    names : list of str
        Columns of the dataset.
    full_names : dict
        Column -> name of its question in the structure, which old exports do not cut.
    """
    short = SHORT_SYSTEM if is_truncated(names) else frozenset()
    return {
        name
        for name in (*names, *full_names)
        if is_owned(name.lower(), full_names.get(name, "").lower(), short)
    }


def is_owned(name, full_name, short) -> bool:
    """Whether a column of this name is not an answer."""
    known = {name, full_name} & (SYSTEM | PERSONAL)
    return bool(known) or name in short or bool(SYSTEM_STATUS.fullmatch(name))


def is_truncated(names) -> bool:
    """Whether this is an old export, with names of at most eight characters."""
    return max(map(len, names), default=0) <= SHORT and bool({"responde", "stato_4"}.intersection(names))


def check_respondents(dataset, path) -> None:
    """Raise if a respondent is there twice (without telling who)."""
    for name in {"respondentid", "responde"}.intersection(dataset.column_names):
        identifiers = columns.clean(dataset.column(name)).drop_null()
        counts = pc.value_counts(identifiers).field("counts")
        repeated = pc.sum(pc.greater(counts, 1)).as_py() or 0
        if repeated:
            raise ValueError(
                f"`{path.name}` must have one row a respondent, but {repeated} of {len(counts)} are "
                f"in `{name}` more than once. Ask for the export again, or remove the repeated rows."
            )


def completion_status(dataset, answers, path) -> pd.Series:
    """How far each respondent came, by the tool's overall status; missing where none is set.

    Raises
    ------
    ValueError
        A respondent with two statuses.
    """
    lower = {name.lower(): name for name in dataset.column_names}
    names = [lower.get(f"statoverall_{number}") or lower.get(f"stato_{number}") for number in range(1, 6)]
    if not any(names):
        return all_completed(answers)
    chosen = np.column_stack([is_set(dataset, name) for name in names])
    several = chosen.sum(axis=1) > 1
    if several.any():
        raise ValueError(
            f"`{path.name}` must have one overall status a respondent, but {several.sum()} of {len(several)} "
            f"rows have several (first: row {several.argmax() + 1}). Ask for the export again."
        )
    codes = np.where(chosen.any(axis=1), chosen.argmax(axis=1), -1)
    status = pd.Categorical.from_codes(codes, categories=list(STATUSES))
    return pd.Series(status, index=answers.index, name="status")


def is_set(dataset, name) -> np.ndarray:
    """Whether a status column is 1, row by row; never, if there is no such column."""
    if name is None:
        return np.zeros(dataset.num_rows, dtype=bool)
    return columns.as_numbers(dataset.column(name), name).eq(1).fillna(False).to_numpy(dtype=bool)
