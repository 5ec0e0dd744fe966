"""SPSS files (.sav, .zsav): codes with their labels, and why an answer is missing."""

import pandas as pd

from analysis.readers.delimited import existing_file
from analysis.readers.raw_survey import RawSurvey, no_questions
from analysis.readers.spss_file import read_apart
from analysis.readers.surveyxact_system import (
    check_respondents,
    completion_status,
    respondent_columns,
    status_columns,
    tool_columns,
)

EXACT = 2**53  # above it, a number may stand for its neighbours


def read_spss(path) -> RawSurvey:
    """Read an SPSS file: answers as codes, labels in the order of the codes, why answers are missing.

    A survey tool's own columns, if it wrote the file, give the status and are dropped, as are personal data.

    Parameters
    ----------
    path : path
        A .sav or .zsav file.

    Raises
    ------
    FileNotFoundError
        No such file.
    ValueError
        A file that is no SPSS file, or is cut off; or a respondent who is there twice.
    """
    path = existing_file(path)
    raw, said = read_apart(path)
    owned = tool_columns(list(raw), {})
    for name in respondent_columns(raw):
        check_respondents(raw[name], path)
    kept = [name for name in raw if name not in owned]
    reasons = {name: missing_reasons(raw[name], said, name) for name in kept}
    answers = pd.DataFrame(
        {name: typed(raw[name].mask(reasons[name].notna())) for name in kept}, index=raw.index
    )
    labels = {name: scale(said, name) for name in kept if scale(said, name)}
    flags = pd.DataFrame({status: raw[name] for status, name in status_columns(raw).items()})
    return RawSurvey(
        answers=answers,
        labels=labels,
        questions=questions_table(said, answers, labels),
        status=completion_status(flags, answers, path),
        missing=pd.DataFrame(
            {name: found for name, found in reasons.items() if found.notna().any()}, index=raw.index
        ),
        dropped=tuple(name for name in raw if name in owned),
    )


def missing_reasons(values, said, name) -> pd.Series:
    """Why an answer is missing: the label of its user-missing code, or the code itself."""
    is_missing = pd.Series(False, index=values.index)
    for bounds in said.missing_ranges.get(name, []):
        is_missing |= values.between(bounds["lo"], bounds["hi"])
    labels = {code: label.strip() for code, label in said.variable_value_labels.get(name, {}).items()}
    reasons = values.where(is_missing)
    named = {code: labels.get(code, str(plain(code))) for code in reasons.dropna().unique()}
    return reasons.map(named).astype("string")


def plain(code):
    """A whole code as an integer."""
    return int(code) if isinstance(code, float) and code.is_integer() else code


def scale(said, name) -> dict:
    """Code -> label in the order of the codes, without those that stand for a missing answer."""
    ranges = said.missing_ranges.get(name, [])
    labels = said.variable_value_labels.get(name, {})
    kept = [
        code for code in sorted(labels) if not any(bounds["lo"] <= code <= bounds["hi"] for bounds in ranges)
    ]
    return {plain(code): labels[code].strip() for code in kept}


def typed(values) -> pd.Series:
    """Values as nullable integers if all are whole, else as numbers, dates or text."""
    if pd.api.types.is_numeric_dtype(values):
        present = values.dropna()
        is_whole = len(present) > 0 and ((present % 1 == 0) & (present.abs() < EXACT)).all()
        return values.astype("Int64" if is_whole else "Float64")
    if pd.api.types.is_datetime64_any_dtype(values):
        return values.astype("datetime64[s]")
    present = values.dropna()
    if len(present) and present.map(type).astype("str").str.contains("date").all():
        return pd.to_datetime(values).astype("datetime64[s]")
    return values.astype("string").str.strip().replace("", pd.NA)


def questions_table(said, answers, labels) -> pd.DataFrame:
    """Questions as told by the variable labels: one row a variable."""
    sets = {name: (group, about) for group, about in said.mr_sets.items() for name in about["variable_list"]}
    rows = []
    for name, values in answers.items():
        label = said.column_names_to_labels.get(name)
        group, about = sets.get(name, (name, None))
        text = about.get("label") if about else label
        kind = "multiple" if about else kind_of(values, name in labels)
        rows.append((name, group, text or pd.NA, kind, (label or pd.NA) if about else pd.NA))
    return pd.DataFrame(rows, columns=list(no_questions())).astype("string")


def kind_of(values, has_labels) -> str:
    """Type of a question, by its values."""
    if has_labels:
        return "single"
    if pd.api.types.is_numeric_dtype(values):
        return "number"
    return "date" if pd.api.types.is_datetime64_any_dtype(values) else "text"
