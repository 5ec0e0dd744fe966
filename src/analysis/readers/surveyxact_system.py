"""What in a SurveyXact export is the tool's own: status, technical columns, and who answered."""

import re

import numpy as np
import pandas as pd

from analysis.readers.personal import is_dropped
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
    known = {name, full_name} & SYSTEM
    return (
        bool(known)
        or is_dropped(name)
        or is_dropped(full_name)
        or name in short
        or bool(SYSTEM_STATUS.fullmatch(name))
    )


def is_truncated(names) -> bool:
    """Whether this is an old export, with names of at most eight characters."""
    return max(map(len, names), default=0) <= SHORT and bool({"responde", "stato_4"}.intersection(names))


def respondent_columns(names) -> list[str]:
    """Columns that number the respondents."""
    return [name for name in names if name.lower() in ("respondentid", "responde")]


def check_respondents(identifiers: pd.Series, path) -> None:
    """Raise if a respondent is there twice (without telling who)."""
    present = identifiers.dropna()
    repeated = present[present.duplicated()].nunique()
    if repeated:
        raise ValueError(
            f"`{path.name}` must have one row a respondent, but {repeated} of {present.nunique()} are "
            f"there more than once by `{identifiers.name}`. Ask for the export again, or remove the "
            "repeated rows."
        )


def status_columns(names) -> dict[str, str]:
    """Status -> column that tells of it; empty if the delivery has none."""
    lower = {name.lower(): name for name in names}
    found = {
        status: lower.get(f"statoverall_{number}") or lower.get(f"stato_{number}")
        for number, status in enumerate(STATUSES, start=1)
    }
    return {status: name for status, name in found.items() if name}


def completion_status(flags: pd.DataFrame, answers, path) -> pd.Series:
    """How far each respondent came, by the tool's overall status; missing where none is set.

    Parameters
    ----------
    flags : DataFrame
        One column a status, 1 where it is the respondent's; no columns if the delivery does not tell.

    Raises
    ------
    ValueError
        A respondent with two statuses.
    """
    if flags.columns.empty:
        return all_completed(answers)
    chosen = flags.eq(1).fillna(False).to_numpy(dtype=bool)
    several = chosen.sum(axis=1) > 1
    if several.any():
        raise ValueError(
            f"`{path.name}` must have one overall status a respondent, but {several.sum()} of "
            f"{len(several)} rows have several (first: row {several.argmax() + 1}). Ask for the export "
            "again."
        )
    places = np.array([STATUSES.index(status) for status in flags.columns])
    codes = np.where(chosen.any(axis=1), places[chosen.argmax(axis=1)], -1)
    status = pd.Categorical.from_codes(codes, categories=list(STATUSES))
    return pd.Series(status, index=answers.index, name="status")
