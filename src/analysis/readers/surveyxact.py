"""SurveyXact's export: dataset, labels and structure, as a folder of text files or as one workbook."""

import re
from pathlib import Path

import pandas as pd

from analysis.readers import columns
from analysis.readers.raw_survey import RawSurvey, no_questions
from analysis.readers.surveyxact_parts import STRUCTURE_FIELDS, read_parts
from analysis.readers.surveyxact_system import (
    check_respondents,
    completion_status,
    respondent_columns,
    status_columns,
    tool_columns,
)

STRUCTURE = (
    "questionName",
    "variableName",
    "questionType",
    "subType",
    "questionText",
    "choiceValue",
    "choiceText",
)
KIND = {
    "single": "single",
    "multiple": "multiple",
    "string": "text",
    "double": "number",
    "integer": "number",
    "date": "date",
}


def read_surveyxact(path) -> RawSurvey:
    """Read an export: a folder with dataset, labels and structure as .csv, or a workbook with those sheets.

    Encodings, delimiters, truncated names and sheets split by column are found in the files; all forms of one
    survey read alike. The tool's own columns give the status and are dropped, as are personal data.

    Parameters
    ----------
    path : path
        The folder or the workbook.

    Raises
    ------
    FileNotFoundError
        No such folder or file, or a part of the export is not there.
    ValueError
        A part that is not what it should be, or a respondent who is there twice.
    """
    path = Path(path)
    dataset, labels, structure = read_parts(path)
    for name in respondent_columns(dataset.column_names):
        check_respondents(columns.as_text(dataset.column(name)).rename(name), path)
    questions = questions_table(structure, path)
    full_names = dict(zip(questions["variable"], questions["question"].fillna(""), strict=True))
    owned = tool_columns(dataset.column_names, full_names)
    answers = answers_table(dataset, questions, owned)
    return RawSurvey(
        answers=answers,
        labels=labels_by_variable(labels, owned, path),
        questions=questions[~questions["variable"].isin(owned)].reset_index(drop=True),
        status=completion_status(status_flags(dataset), answers, path),
        missing=pd.DataFrame(index=answers.index),
        dropped=tuple(name for name in dataset.column_names if name in owned),
    )


def status_flags(dataset) -> pd.DataFrame:
    """The tool's overall status: one column a status, 1 where it is the respondent's."""
    names = status_columns(dataset.column_names)
    return pd.DataFrame(
        {status: columns.as_numbers(dataset.column(name), name) for status, name in names.items()}
    )


def questions_table(structure, path) -> pd.DataFrame:
    """Questions as told by the structure: one row a variable.

    Raises
    ------
    ValueError
        A header that is not the one of a structure.
    """
    header = [field.strip().lower() for field in structure[0]] if structure else []
    if header[:4] != [name.lower() for name in STRUCTURE[:4]]:
        raise ValueError(
            f"The structure of `{path.name}` must begin with the header {', '.join(STRUCTURE)}, but begins "
            "otherwise. Ask for the export again."
        )
    long = [row for row in structure[1:] if is_displaced(row)]
    if long:
        raise ValueError(
            f"The structure of `{path.name}` must have {STRUCTURE_FIELDS} fields a row, but {len(long)} of "
            f"{len(structure) - 1} rows have others (first: `{long[0][1][:40]}`). A text may hold the delimiter "
            "without quotes: ask for the export again."
        )
    fields = [([field.strip() for field in row] + [""] * 7)[:STRUCTURE_FIELDS] for row in structure[1:]]
    names = ["question", "variable", "form", "kind", "text", "code", "choice"]
    table = pd.DataFrame(fields, columns=names, dtype="string").drop_duplicates("variable")
    table["type"] = table["kind"].str.lower().map(KIND).fillna("text").astype("string")
    for column in ("text", "choice", "question"):
        table[column] = one_line(table[column])
    # a column is one choice in multiple choice only
    table["choice"] = table["choice"].where(table["type"] == "multiple")
    return table[list(no_questions())].reset_index(drop=True)


def is_displaced(row) -> bool:
    """Whether fields of a row of the structure stand in others' places: text beyond the last, or as a choice's code."""
    return any(field.strip() for field in row[STRUCTURE_FIELDS:]) or not re.fullmatch(
        r"-?\d*([.,]\d+)?", "".join(row[5:6]).strip()
    )


def one_line(text) -> pd.Series:
    """Text with each run of blanks and line breaks as one blank; nothing as missing."""
    return text.str.replace(r"\s+", " ", regex=True).str.strip().replace("", pd.NA)


def answers_table(dataset, questions, owned) -> pd.DataFrame:
    """The columns that are answers, each with its type."""
    kinds = dict(zip(questions["variable"], questions["type"], strict=True))
    mark = decimal_mark(dataset, kinds)
    kept = [name for name in dataset.column_names if name not in owned]
    return pd.DataFrame(
        {name: answer_column(dataset.column(name), name, kinds.get(name), mark) for name in kept}
    )


def decimal_mark(dataset, kinds) -> str:
    """Decimal mark of the export's numbers: the one that some column shows, else the European comma."""
    numbers = [name for name in dataset.column_names if kinds.get(name) == "number"]
    marks = {columns.decimal_mark(columns.clean(dataset.column(name))) for name in numbers}
    return "." if "." in marks and "," not in marks else ","


def answer_column(text, name, kind, mark) -> pd.Series:
    """Answers of one variable, with the type that the structure tells, else that of its values."""
    if kind in ("single", "multiple"):
        return columns.as_numbers(text, name, mark, whole=True)
    if kind == "number":
        return columns.as_numbers(text, name, mark, whole=False)
    if kind == "date":
        return columns.as_dates(text, name)
    cleaned = columns.clean(text)
    if kind is None and columns.matches(cleaned, columns.INTEGER) and cleaned.null_count < len(cleaned):
        return columns.as_numbers(cleaned, name, mark)
    return columns.as_text(text)


def labels_by_variable(labels, owned, path) -> dict:
    """Variable -> {code: label}, in the order of the file.

    Raises
    ------
    ValueError
        A row without three fields, or two labels for one code.
    """
    found = {}
    for number, row in enumerate(labels, start=1):
        if len(row) < 3 or any(field.strip() for field in row[3:]):
            raise ValueError(
                f"The labels of `{path.name}` must have three fields a row (variable, value, label), but row "
                f"{number} has {len(row)}. Ask for the export again."
            )
        variable, value, label = (re.sub(r"\s+", " ", field).strip() for field in row[:3])
        if variable in owned or (number == 1 and value.lower() in ("value", "choicevalue")):
            continue
        scale = found.setdefault(variable, {})
        if scale.setdefault(code_of(value), label) != label:
            raise ValueError(
                f"The labels of `{variable}` must name each code once, but {value} has two labels. "
                "Correct the delivery."
            )
    return found


def code_of(value: str):
    """A code as a number if it is one."""
    if re.fullmatch(columns.INTEGER, value):
        return int(value)
    return float(value.replace(",", ".")) if re.fullmatch(r"-?\d+[.,]\d+", value) else value
