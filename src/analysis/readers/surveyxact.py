"""SurveyXact's export: dataset, labels and structure, as a folder of text files or as one workbook."""

import re
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.readers import columns, text
from analysis.readers.columns import Cells
from analysis.readers.kinds import TEXT_FILES
from analysis.readers.layout import table_of, text_grid
from analysis.readers.personal import is_dropped
from analysis.readers.raw_survey import STATUSES, RawSurvey, all_completed, no_questions
from analysis.readers.workbook import open_sheets

PARTS = ("dataset", "labels", "structure")
# a row may be one empty field too long: a fault of the tool
STRUCTURE_FIELDS = 7
STRUCTURE = [
    "questionName",
    "variableName",
    "questionType",
    "subType",
    "questionText",
    "choiceValue",
    "choiceText",
]
KIND = {
    "single": "single",
    "multiple": "multiple",
    "string": "text",
    "double": "number",
    "integer": "number",
    "date": "date",
}
SYSTEM = frozenset(
    [
        *(
            "survey",
            "respondentid",
            "organization",
            "created",
            "modified",
            "closetime",
            "starttime",
            "difftime",
        ),
        *("responsecollectsessions", "numberofreturnedmail", "importgroup", "distributionschedule", "email"),
        *("digitaldistributionstatus", "digitaldistributionerrormessage"),
    ]
)
# the status columns; old exports cut their names, and number them on as stat_1, statc_1, ...
SYSTEM_STATUS = re.compile(
    r"stat(internal|completion|creation|distribution|source|collect|overall|[cdso]?)_\d+"
)
SHORT = 8
SHORT_SYSTEM = frozenset(name[:SHORT] for name in SYSTEM) | {"digit_1"}


def read_surveyxact(path, decimal=None) -> RawSurvey:
    """Read an export: a folder with dataset, labels and structure as .csv, or a workbook with those sheets.

    Encodings, delimiters, truncated names and sheets split by column are found in the files; all forms of one
    survey read alike. The tool's own columns give the status and are dropped, as are personal data.

    Parameters
    ----------
    path : path
        The folder or the workbook.
    decimal : str or dict, optional
        The decimal mark of numbers that don't show it: of all variables, or variable -> mark.

    Raises
    ------
    FileNotFoundError
        No such folder or file, or a part of the export is not there.
    ValueError
        A part that is not what it should be, or a respondent who is there twice.
    """
    path = Path(path)
    dataset, labels, structure = read_parts(path)
    for name in respondent_columns(dataset):
        check_respondents(columns.as_text(dataset[name]).rename(name), path)
    questions = questions_table(structure, path)
    full_names = dict(zip(questions["variable"], questions["question"].fillna(""), strict=True))
    owned = tool_columns(dataset, full_names)
    answers = answers_table(dataset, questions, owned, decimal)
    return RawSurvey(
        answers=answers,
        labels=labels_by_variable(labels, owned, path),
        questions=questions[~questions["variable"].isin(owned)].reset_index(drop=True),
        status=completion_status(status_flags(dataset), answers, path),
        missing=pd.DataFrame(index=answers.index),
        dropped=tuple(name for name in dataset if name in owned),
    )


def status_flags(dataset) -> pd.DataFrame:
    """The tool's overall status: one column a status, 1 where it is the respondent's."""
    names = status_columns(dataset)
    return pd.DataFrame({status: columns.as_numbers(dataset[name], name) for status, name in names.items()})


def questions_table(structure, path) -> pd.DataFrame:
    """Questions as told by the structure: one row a variable."""
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


def answers_table(dataset, questions, owned, decimal) -> pd.DataFrame:
    """The columns that are answers, each with its type."""
    kinds = dict(zip(questions["variable"], questions["type"], strict=True))
    marks = decimal if isinstance(decimal, dict) else dict.fromkeys(dataset, decimal)
    return pd.DataFrame(
        {
            name: answer_column(cells, name, kinds.get(name), marks.get(name))
            for name, cells in dataset.items()
            if name not in owned
        }
    )


def answer_column(cells, name, kind, mark) -> pd.Series:
    """Answers of one variable, with the type that the structure tells, else that of its values."""
    if kind in ("single", "multiple"):
        return columns.as_numbers(cells, name, mark, whole=True)
    if kind == "number":
        return columns.as_numbers(cells, name, mark, whole=False)
    if kind == "date":
        return columns.as_dates(cells, name)
    written = columns.clean(cells.text)
    is_code = kind is None and columns.matches(written, columns.INTEGER)
    if is_code and (columns.is_filled(written) or columns.is_filled(cells.numbers)):
        return columns.as_numbers(cells, name, mark)
    return columns.as_text(cells)


def labels_by_variable(labels, owned, path) -> dict:
    """Variable -> {code: label}, in the order of the file."""
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


def read_parts(path) -> tuple[dict, list, list]:
    """Dataset (column -> cells), rows of the labels, rows of the structure."""
    path = Path(path)
    if path.is_file() and path.suffix.lower() in TEXT_FILES:
        path = path.parent
    if path.is_dir():
        found, what = parts_in(path), "file `{}.csv`"
        read_dataset, read_rows = text_grid, small_rows
    else:
        present = {sheet.name: sheet for sheet in open_sheets(path)}
        found, what = {part: things_of(part, present) for part in PARTS}, "sheet `{}`"
        read_dataset, read_rows = (lambda sheet: sheet.grid()), sheet_rows
    check_parts(found, path, what)
    return (
        side_by_side([table_of(read_dataset(thing)).cells for thing in found["dataset"]], path),
        whole_rows(read_rows(found["labels"][0]), starts_label),
        whole_rows(read_rows(found["structure"][0]), starts_question),
    )


def parts_in(folder) -> dict[str, list]:
    """Part of an export -> the text files in a folder that are it."""
    present = {file.stem: file for file in sorted(folder.iterdir()) if file.suffix.lower() in TEXT_FILES}
    return {part: things_of(part, present) for part in PARTS}


def whole_rows(found, starts) -> list[list[str]]:
    """Rows with what a line break in a text without quotes cut off put back."""
    whole = []
    for row in found:
        if whole and not starts(row):
            whole[-1] = [*whole[-1][:-1], f"{whole[-1][-1]}\n{row[0]}", *row[1:]]
        else:
            whole.append(row)
    return whole


def starts_label(row) -> bool:
    """Whether a row of the labels is one, not the rest of a text."""
    return len(row) > 1


def starts_question(row) -> bool:
    """Whether a row of the structure is one, not the rest of a text."""
    is_typed = len(row) > 3 and row[2].strip().lower() in ("open", "closed", "questiontype")
    return is_typed or len(row) >= STRUCTURE_FIELDS


def sheet_rows(sheet) -> list[list[str]]:
    """Rows of a small sheet as they stand, without a header; an empty cell is empty text."""
    cells = [columns.as_strings(column).to_pylist() for column in sheet.grid().cells]
    return [[field or "" for field in row] for row in zip(*cells, strict=True)]


def things_of(part, present) -> list:
    """Those of the named things that are this part, in order: `Dataset`, or `Dataset(1)`, `Dataset(2)`."""
    fitting = {}
    for name, thing in present.items():
        match = re.fullmatch(rf"{part}\s*(?:\((\d+)\))?", name.strip().lower())
        if match:
            fitting[int(match[1] or 0)] = thing
    return [fitting[number] for number in sorted(fitting)]


def check_parts(found, path, what) -> None:
    """Raise if a part of the export is not there."""
    absent = [what.format(part) for part in PARTS if not found[part]]
    if absent:
        raise FileNotFoundError(
            f"`{path.name}` must hold the three parts of a SurveyXact export (dataset, labels, structure), "
            f"but {len(absent)} of 3 are not there (first: {absent[0]}). Ask for the whole export."
        )


def small_rows(file) -> list[list[str]]:
    """Rows of the labels or the structure that are not empty."""
    with text.open_text(file, text.sniff_encoding(text.existing_file(file))) as stream:
        delimiter = text.header_delimiter(stream.readline())
    return [row for row in text.rows(file, delimiter) if any(field.strip() for field in row)]


def side_by_side(tables, path) -> dict[str, Cells]:
    """A dataset that was split by column, put together again."""
    whole = dict(tables[0])
    length = len(next(iter(whole.values())).text)
    for table in tables[1:]:
        if len(next(iter(table.values())).text) != length:
            raise ValueError(
                f"`{path.name}` must have the same respondents in all parts of its dataset, but they have "
                f"{length} and {len(next(iter(table.values())).text)} rows. Ask for the export again."
            )
        for name, cells in table.items():
            if name in whole and not columns.as_strings(whole[name]).equals(columns.as_strings(cells)):
                raise ValueError(
                    f"`{path.name}` must have its respondents in the same order in all parts of its dataset, but "
                    f"`{name}` differs between two of them. Ask for the export again."
                )
            whole[name] = cells
    return whole


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
    is_personal = is_dropped(name) or is_dropped(full_name)
    return bool(known) or is_personal or name in short or bool(SYSTEM_STATUS.fullmatch(name))


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
            f"`{path.name}` must have one row a respondent, but {repeated} of {present.nunique()} are there more than "
            f"once by `{identifiers.name}`. Ask for the export again, or remove the repeated rows."
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
    """
    if flags.columns.empty:
        return all_completed(answers)
    chosen = flags.eq(1).fillna(False).to_numpy(dtype=bool)
    several = chosen.sum(axis=1) > 1
    if several.any():
        raise ValueError(
            f"`{path.name}` must have one overall status a respondent, but {several.sum()} of {len(several)} rows have "
            f"several (first: row {several.argmax() + 1}). Ask for the export again."
        )
    places = np.array([STATUSES.index(status) for status in flags.columns])
    codes = np.where(chosen.any(axis=1), places[chosen.argmax(axis=1)], -1)
    status = pd.Categorical.from_codes(codes, categories=list(STATUSES))
    return pd.Series(status, index=answers.index, name="status")
