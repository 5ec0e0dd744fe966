"""SurveyXact's export: dataset, labels and structure, as a folder of text files or as one workbook."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from analysis.readers import columns
from analysis.readers.delimited import (
    existing_file,
    read_delimited,
    rows,
    sniff_delimiter,
    sniff_encoding,
)
from analysis.readers.raw_survey import STATUSES, RawSurvey, all_completed, no_questions
from analysis.readers.workbook import read_sheet, sheet_names, sheet_rows

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
SYSTEM = ["survey", "respondentid", "organization", "created", "modified", "closetime", "starttime", "difftime", "responsecollectsessions", "numberofreturnedmail", "importgroup", "distributionschedule", "email", "digitaldistributionstatus", "digitaldistributionerrormessage"]
# the tool's own status columns; old exports number all of them on as stat_1, statc_1, ...
SYSTEM_STATUS = re.compile(
    r"stat(internal|completion|creation|distribution|source|collect|overall|[cdso]?)_\d+"
)
PERSONAL = ["e_mail", "mail", "mailadresse", "emailadresse", "emailaddress", "name", "navn", "fulde_navn", "fornavn", "efternavn", "firstname", "lastname", "phone", "telefon", "tlf", "mobil", "mobile", "telefonnummer", "cpr", "cprnr", "cprnummer", "cpr_nr", "cpr_nummer", "adresse", "address", "ipaddress", "ip", "externalkey", "respondent_id"]
PARTS = ("dataset", "labels", "structure")


def read_surveyxact(path) -> RawSurvey:
    """Read an export: a folder with `dataset.csv`, `labels.csv`, `structure.csv`, or a workbook with those sheets.

    Encodings, delimiters, truncated names and sheets split by column are found in the files; all forms of one survey
    read alike. The tool's own columns give the status and are dropped, as are personal data.

    Raises
    ------
    FileNotFoundError
        No such folder or file, or a part of the export is not there.
    ValueError
        A part that is not what it should be, or a respondent who is there twice.
    """
    path = Path(path)
    tables, labels, structure = read_folder(path) if path.is_dir() else read_workbook(path)
    dataset = side_by_side(tables, path)
    check_respondents(dataset, path)
    questions = questions_table(structure)
    owned = tool_columns(dataset.column_names, structure)
    kept = [name for name in dataset.column_names if name not in owned]
    kinds = dict(zip(questions["variable"], questions["type"], strict=True))
    mark = decimal_mark(dataset, kinds)
    answers = pd.DataFrame(
        {name: answer_column(dataset.column(name), name, kinds.get(name), mark) for name in kept}
    )
    return RawSurvey(
        answers=answers,
        labels=labels_by_variable(labels, owned, path),
        questions=questions[~questions["variable"].isin(owned)].reset_index(drop=True),
        status=completion_status(dataset, answers, path),
        missing=pd.DataFrame(index=answers.index),
        dropped=tuple(name for name in dataset.column_names if name in owned),
    )


def read_folder(path) -> tuple[list, list, list]:
    """The three parts of an export in text files: dataset tables, rows of labels, rows of structure."""
    files = {
        part: part_names(part, {file.stem: file for file in sorted(path.iterdir()) if is_text_file(file)})
        for part in PARTS
    }
    check_parts(files, path, "file `{}.csv`")
    structure = small_rows(files["structure"][0])
    labels = small_rows(files["labels"][0])
    return [read_delimited(file) for file in files["dataset"]], labels, structure


def is_text_file(file) -> bool:
    """Whether a file's ending says that it is a table of text."""
    return file.suffix.lower() in (".csv", ".txt", ".tsv")


def part_names(part, found) -> list:
    """Those of the named things that are this part, in order: `Dataset`, or `Dataset(1)`, `Dataset(2)`, ..."""
    numbered = {
        re.fullmatch(rf"{part}\s*(?:\((\d+)\))?", name.strip().lower()): thing
        for name, thing in found.items()
    }
    return [
        thing
        for _, thing in sorted((int(match[1] or 0), thing) for match, thing in numbered.items() if match)
    ]


def check_parts(found, path, what) -> None:
    """Raise if a part of the export is not there."""
    absent = [what.format(part) for part in PARTS if not found[part]]
    if absent:
        raise FileNotFoundError(
            f"`{path.name}` must hold the three parts of a SurveyXact export (dataset, labels, structure), but {len(absent)} of 3 "
            f"are not there (first: {absent[0]}). Ask for the whole export."
        )


def small_rows(file) -> list[list[str]]:
    """Rows of the labels or the structure; the delimiter is the one that splits the first line most."""
    encoding = sniff_encoding(existing_file(file))
    with file.open(encoding=encoding, newline="") as stream:
        delimiter = sniff_delimiter(stream.readline())
    return [row for row in rows(file, encoding, delimiter) if any(field.strip() for field in row)]


def read_workbook(path) -> tuple[list, list, list]:
    """The three parts of an export in one workbook."""
    found = {name: name for name in sheet_names(path)}
    sheets = {part: part_names(part, found) for part in PARTS}
    check_parts(sheets, path, "sheet `{}`")
    tables = [read_sheet(path, name) for name in sheets["dataset"]]
    return tables, sheet_rows(path, sheets["labels"][0]), sheet_rows(path, sheets["structure"][0])


def side_by_side(tables, path) -> pa.Table:
    """A dataset that was split by column, put together again.

    Raises
    ------
    ValueError
        Parts of different length, or a column that is in two parts with different content.
    """
    whole = tables[0]
    for table in tables[1:]:
        if table.num_rows != whole.num_rows:
            raise ValueError(
                f"`{path.name}` must have the same respondents in all parts of its dataset, but they have {whole.num_rows} and "
                f"{table.num_rows} rows. Ask for the export again."
            )
        for name in table.column_names:
            if name not in whole.column_names:
                whole = whole.append_column(name, table.column(name))
            elif not whole.column(name).equals(table.column(name)):
                raise ValueError(
                    f"`{path.name}` must have its respondents in the same order in all parts of its dataset, but `{name}` differs "
                    "between two of them. Ask for the export again."
                )
    return whole


def check_respondents(dataset, path) -> None:
    """Raise if a respondent is there twice (without telling who)."""
    for name in {"respondentid", "responde"}.intersection(dataset.column_names):
        identifiers = columns.clean(dataset.column(name)).drop_null()
        counts = pc.value_counts(identifiers).field("counts")
        repeated = pc.sum(pc.greater(counts, 1)).as_py() or 0
        if repeated:
            raise ValueError(
                f"`{path.name}` must have one row a respondent, but {repeated} of {len(counts)} respondents are in `{name}` more than "
                f"once ({len(identifiers)} rows). Ask for the export again, or remove the rows that are there twice."
            )


def questions_table(structure) -> pd.DataFrame:
    """Questions as told by the structure: one row a variable.

    Raises
    ------
    ValueError
        A header that is not the one of a structure, or a row too short to name a variable.
    """
    header = [field.strip().lower() for field in structure[0]] if structure else []
    if header[:4] != [name.lower() for name in STRUCTURE[:4]]:
        raise ValueError(
            f"The structure must begin with the header {', '.join(STRUCTURE)}, but begins otherwise. Ask for the export again."
        )
    # a row may be one field too long: a fault of the tool
    fields = [([field.strip() for field in row] + [""] * 7)[:7] for row in structure[1:]]
    table = pd.DataFrame(fields, columns=list(STRUCTURE), dtype="string")
    table["kind"] = table["subType"].str.lower().map(KIND).fillna("text")
    table = table.drop_duplicates("variableName")
    names = {
        "variableName": "variable",
        "questionName": "question",
        "questionText": "text",
        "kind": "type",
        "choiceText": "choice",
    }
    questions = table.rename(columns=names)[list(no_questions().columns)].astype("string")
    questions["choice"] = one_line(questions["choice"])
    questions["text"] = one_line(questions["text"])
    return questions.reset_index(drop=True)


def one_line(text) -> pd.Series:
    """Text with each run of blanks and line breaks as one blank; nothing as missing."""
    return text.str.replace(r"\s+", " ", regex=True).str.strip().replace("", pd.NA)


def tool_columns(names, structure) -> set[str]:
    """Columns that are the tool's own, or name a person: by their names, and by the full names in the structure."""
    full = {row[1].strip(): row[0].strip().lower() for row in structure[1:] if len(row) > 1}
    truncated = is_truncated(names)
    short = {name[:8] for name in SYSTEM} | {"digit_1"} if truncated else set()
    return {
        name
        for name in (*names, *full)
        if {name.lower(), full.get(name, "")} & {*SYSTEM, *PERSONAL}
        or name.lower() in short
        or SYSTEM_STATUS.fullmatch(name.lower())
    }


def is_truncated(names) -> bool:
    """Whether this is an old export, with names of at most eight characters."""
    return max(map(len, names), default=0) <= 8 and bool({"responde", "stato_4"}.intersection(names))


def labels_by_variable(labels, owned, path) -> dict:
    """Variable -> {code: label}, in the order of the file.

    Raises
    ------
    ValueError
        A row without three fields, or two labels for one code.
    """
    found = {}
    for number, row in enumerate(labels, start=1):
        if len(row) < 3:
            raise ValueError(
                f"The labels of `{path.name}` must have three fields a row (variable, value, label), but row {number} has {len(row)}. "
                "Ask for the export again."
            )
        variable, value, label = (field.strip() for field in row[:3])
        if variable in owned or (number == 1 and value.lower() in ("value", "choicevalue")):
            continue
        scale = found.setdefault(variable, {})
        code, label = code_of(value), re.sub(r"\s+", " ", label)
        if scale.setdefault(code, label) != label:
            raise ValueError(
                f"The labels of `{variable}` must name each code once, but {value} has two labels. Correct the delivery."
            )
    return found


def code_of(value: str):
    """A code as a number if it is one."""
    try:
        number = float(value.replace(",", "."))
    except ValueError:
        return value
    return int(number) if number.is_integer() else number


def decimal_mark(dataset, kinds) -> str:
    """Decimal mark of the export's numbers: the one that some column shows, else the European comma."""
    numbers = [name for name in dataset.column_names if kinds.get(name) == "number"]
    marks = {columns.decimal_mark(columns.clean(dataset.column(name))) for name in numbers}
    return "." if "." in marks and "," not in marks else ","


def answer_column(text, name, kind, mark) -> pd.Series:
    """Answers of one variable, with the type that the structure tells (or, without it, that the values have)."""
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


def completion_status(dataset, answers, path) -> pd.Series:
    """How far each respondent came, by the tool's overall status; missing where none is set.

    Raises
    ------
    ValueError
        A respondent with two statuses.
    """
    names = [
        first_of((f"statoverall_{number}", f"stato_{number}"), dataset.column_names) for number in range(1, 6)
    ]
    if not any(names):
        return all_completed(answers)
    chosen = np.column_stack([is_set(dataset, name) for name in names])
    several = chosen.sum(axis=1) > 1
    if several.any():
        raise ValueError(
            f"`{path.name}` must have one overall status a respondent, but {several.sum()} of {len(several)} rows have several (first: "
            f"row {several.argmax() + 1}). Ask for the export again."
        )
    codes = np.where(chosen.any(axis=1), chosen.argmax(axis=1), -1)
    return pd.Series(
        pd.Categorical.from_codes(codes, categories=list(STATUSES)), index=answers.index, name="status"
    )


def first_of(names, present) -> str | None:
    """The first of the names that is present."""
    return next((name for name in names if name in present), None)


def is_set(dataset, name) -> np.ndarray:
    """Whether a status column is 1, row by row; never, if there is no such column."""
    if name is None:
        return np.zeros(dataset.num_rows, dtype=bool)
    return columns.as_numbers(dataset.column(name), name).eq(1).fillna(False).to_numpy(dtype=bool)
