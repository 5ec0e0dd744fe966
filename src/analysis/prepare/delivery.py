"""``python -m analysis.prepare.delivery FILE``: look at a delivery, and propose its sidecar."""

import re
import sys
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd
import yaml

from analysis import files
from analysis.danish import join_words
from analysis.prepare.description import (
    faults,
    first_rows,
    heading,
    project_lines,
    tables_text,
    variable_lines,
)
from analysis.prepare.interviews import unknown_roles
from analysis.prepare.mapping import Mapping, expected_columns, levels_of, propose
from analysis.prepare.proposals import propose_layout, propose_status
from analysis.prepare.sidecars import TO_FILL_IN, sha256, write_sidecar
from analysis.prepare.survey import status_by, survey_from_table
from analysis.readers.columns import UnknownDecimal
from analysis.readers.kinds import TEXT_FILES, advice_for, existing_file
from analysis.readers.personal import find_personal
from analysis.readers.raw_survey import RawSurvey
from analysis.readers.refi_qda import CodedProject, read_refi_qda
from analysis.readers.spss import kind_of, read_spss
from analysis.readers.stata import read_stata
from analysis.readers.surveyxact import PARTS, parts_in, read_surveyxact, small_rows, things_of
from analysis.readers.workbook import WORKBOOKS, open_sheets

# What is in a delivery, whatever its format: variables with their questions, types, labels and answers.

# more different values than this in a column of text is writing, not categories
CATEGORIES_AT_MOST = 120


# what is told of each variable
FOUND = ["variable", "question", "kind", "labels", "answered", "reasons", "personal"]
PROJECTS = (".qdpx", ".qde", ".qdc")
STATISTICS = {
    ".sav": "spss",
    ".zsav": "spss",
    ".por": "spss",
    ".dta": "stata",
    ".sas7bdat": "stata",
    ".xpt": "stata",
}


@dataclass(frozen=True)
class Delivery:
    """A delivery as read.

    Attributes
    ----------
    path : Path
        File or folder.
    reader : str
        Name of the reader, as in a sidecar.
    survey : RawSurvey or None
        Answers, or the rows of a table.
    project : CodedProject or None
        Coded interviews.
    said, reasons : dict, list
        What the sidecar may say of how the table lies in its file, and why.
    """

    path: Path
    reader: str
    survey: RawSurvey | None = None
    project: CodedProject | None = None
    said: dict = field(default_factory=dict)
    reasons: list = field(default_factory=list)


def read_delivery(path) -> Delivery:
    """Read a delivery in any of the formats, by what it is.

    Raises
    ------
    FileNotFoundError, ValueError
        Nothing there, a format that no reader knows, or a file that its reader turns down.
    """
    path = whole_delivery(Path(path))
    suffix = path.suffix.lower()
    if suffix in PROJECTS:
        return Delivery(path, "refi_qda", project=read_refi_qda(path))
    if suffix in STATISTICS:
        reader = STATISTICS[suffix]
        return with_status(Delivery(path, reader, {"spss": read_spss, "stata": read_stata}[reader](path)))
    if path.is_dir() or (suffix in WORKBOOKS and is_export(path)):
        marks, survey = undecided(lambda marks: read_surveyxact(path, marks))
        said = {"decimal": dict.fromkeys(marks, f"{TO_FILL_IN}: ',' eller '.'")} if marks else {}
        return Delivery(path, "surveyxact", survey=survey, said=said)
    if suffix in (*TEXT_FILES, *WORKBOOKS):
        found = propose_layout(path)
        survey = survey_from_table(found.frame, found.frame.attrs.get("questions"))
        return with_status(Delivery(path, "tabular", survey, said=found.said, reasons=found.reasons))
    raise ValueError(
        f"`{existing_file(path).name}` must be .csv, .xlsx, .xls, .ods, .sav, .zsav, .por, .dta, .sas7bdat, .xpt, "
        f".qdpx or .qde, or a folder with a SurveyXact export, but is {suffix or 'without ending'}. {advice_for(path)}"
    )


def with_status(delivery) -> Delivery:
    """The delivery with unfinished answers told apart, where the tool that wrote them is known."""
    said, reasons = propose_status(delivery.survey)
    status = status_by(delivery.survey, said.get("completed_when", {}))
    return replace(
        delivery,
        survey=replace(delivery.survey, status=status),
        said=delivery.said | said,
        reasons=delivery.reasons + reasons,
    )


def undecided(read) -> tuple[dict, RawSurvey]:
    """Columns whose decimal mark nothing tells, and the survey as read with a comma there."""
    marks = {}
    while True:
        try:
            return marks, read(marks)
        except UnknownDecimal as error:
            marks[error.column] = ","


def whole_delivery(path) -> Path:
    """The folder, if the file is one part of a SurveyXact export in it."""
    is_whole = is_text_part(path, PARTS) and path.is_file() and all(parts_in(path.parent).values())
    return path.parent if is_whole else path


def is_text_part(path, parts) -> bool:
    """Whether a text file is, by its name, one of the parts of a SurveyXact export."""
    return path.suffix.lower() in TEXT_FILES and any(things_of(part, {path.stem: path}) for part in parts)


def is_export(path) -> bool:
    """Whether a workbook has the three sheets of a SurveyXact export."""
    names = {sheet.name: sheet for sheet in open_sheets(path)}
    return all(things_of(part, names) for part in PARTS)


def variables(survey: RawSurvey) -> pd.DataFrame:
    """One row a variable: `variable`, `question`, `kind`, `labels`, `answered`, `reasons`, `personal`."""
    questions = survey.questions.set_index("variable")
    personal = set(find_personal(survey.answers)["column"])
    rows = []
    for name, values in survey.answers.items():
        known = questions.loc[name] if name in questions.index else None
        labels = survey.labels.get(name) or categories_of(values)
        told = question_of(known), kind_of(values, bool(labels)), labels, int(values.notna().sum())
        rows.append((name, *told, reasons_of(survey, name), name in personal))
    return pd.DataFrame(rows, columns=FOUND)


def question_of(known) -> str:
    """Text of a question, with what a column of it stands for."""
    if known is None:
        return ""
    return ": ".join(part for part in (known["text"], known["choice"]) if not pd.isna(part))


def categories_of(values) -> dict:
    """The values of a column of text that repeats a few; of other columns none."""
    if not pd.api.types.is_string_dtype(values):
        return {}
    counts = values.value_counts()
    few = 0 < len(counts) <= CATEGORIES_AT_MOST and counts.sum() > len(counts)
    return {text: text for text in sorted(counts.index)} if few else {}


def reasons_of(survey, name) -> dict[str, int]:
    """Reason for a missing answer -> how many."""
    if name not in survey.missing:
        return {}
    return {reason: int(count) for reason, count in survey.missing[name].value_counts().items()}


# ``python -m analysis.prepare.delivery FILE``: look at a delivery, and propose its sidecar.

WITH_YEAR = ("caseworkers", "staff")


def describe(delivery: Delivery) -> tuple[list[str], dict]:
    """What to say of a delivery, and what its sidecar may say."""
    if delivery.project is not None:
        lines = [
            f"Leverancen {delivery.path.name} er læst som kodede interview.",
            *project_lines(delivery.project),
        ]
        roles = dict.fromkeys(unknown_roles(delivery.project), f"{TO_FILL_IN}: caseworker eller leader")
        values = {"interview_role": roles} if roles else {}
        return lines, sidecar_of(
            delivery, ["interviews", "codings"], {}, values, len(delivery.project.codings)
        )
    found = variables(delivery.survey)
    mapping = propose(found)
    lines = [*heading(delivery), *first_rows(found, delivery.survey), ""]
    for variable in found.itertuples():
        lines += variable_lines(variable, delivery.survey, mapping)
    lines += ["", f"Leverancen ligner mest: {tables_text(mapping.tables)}."]
    doubts = [f"  - {fault}" for fault in faults(found, mapping)]
    lines += ["Passer ikke:", *doubts] if doubts else []
    said = sidecar_of(
        delivery, mapping.tables, mapping.columns, values_of(mapping), len(delivery.survey.answers)
    )
    return lines, said | delivery.said | year_of(delivery, mapping)


def values_of(mapping: Mapping) -> dict[str, dict]:
    """Labels that are spelled otherwise than ours, with the level they may be, or those to choose from."""
    book = expected_columns(mapping.tables[0])
    values = {ours: dict(guessed) for ours, guessed in mapping.guesses.items()}
    for ours, labels in mapping.unknown_labels.items():
        levels = join_words(list(levels_of(book.loc[ours])), "eller")
        values[ours] = values.get(ours, {}) | dict.fromkeys(labels, f"{TO_FILL_IN}: {levels}")
    return values


def sidecar_of(delivery, tables, columns, values, rows) -> dict:
    """Keys of a sidecar, in its order; what only the researcher knows is to be filled in."""
    return {
        "title": f"{TO_FILL_IN}: hvad leverancen er",
        "producer": f"{TO_FILL_IN}: hvem der har lavet den",
        "dates": f"{TO_FILL_IN}: hvornår data er indsamlet",
        "licence": f"{TO_FILL_IN}: hvad den må bruges til",
        "provided": False,
        "synthetic": False,
        "reader": delivery.reader,
        "tables": list(tables),
        "path": delivery.path.name,
        "files": {
            file.name: {"sha256": sha256(file), "rows": rows_of(file, rows)}
            for file in files_of(delivery.path)
        },
        "columns": dict(columns),
        "values": values,
    }


def files_of(path) -> list[Path]:
    """The files that a delivery consists of."""
    if path.is_file():
        return [path]
    return [file for found in parts_in(path).values() for file in found]


def rows_of(file, rows) -> int:
    """Rows of one file: of an export's labels and structure their own, else those of the delivery."""
    return len(small_rows(file)) if is_text_part(file, PARTS[1:]) else rows


def year_of(delivery: Delivery, mapping: Mapping) -> dict:
    """Year of a survey or of staff counts, if the file's name or its dates tell."""
    if mapping.tables[0] not in WITH_YEAR:
        return {}
    told = re.search(r"(?<!\d)20\d\d(?!\d)", delivery.path.stem)
    dates = delivery.survey.answers.select_dtypes("datetime").melt()["value"].dropna()
    if told:
        return {"year": int(told[0])}
    return {"year": int(dates.dt.year.mode()[0])} if len(dates) else {}


def free_name(path) -> Path:
    """Where the proposal goes: beside the delivery, and never over a file that is there.

    A sidecar of that stem may be another delivery's: then the whole name, ending and all, is the stem.
    """
    stem = path.stem if path.is_file() else path.name
    beside = path.with_name(f"{stem}.yml")
    if beside.exists() and not is_sidecar_of(beside, path):
        stem = path.name
    names = [
        f"{stem}.yml",
        f"{stem}.forslag.yml",
        *(f"{stem}.{number}.forslag.yml" for number in range(2, 100)),
    ]
    return next(path.with_name(name) for name in names if not path.with_name(name).exists())


def is_sidecar_of(sidecar, path) -> bool:
    """Whether a sidecar, filled in or not, is of this delivery."""
    try:
        said = yaml.safe_load(sidecar.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError):
        return True
    return not isinstance(said, dict) or said.get("path", path.name) == path.name


def save(path, said) -> list[str]:
    """Write the proposal beside the delivery in data/raw, and tell what to do next."""
    if files.raw().resolve() not in path.resolve().parents:
        return [f"Der er ikke skrevet noget forslag: læg {path.name} i data/raw, og kør kommandoen igen."]
    target = free_name(path)
    write_sidecar(target, said)
    lines = [f"Forslaget er skrevet i {target.name}, ved siden af leverancen."]
    if target.name.endswith(".forslag.yml"):
        lines.append("Der var en sidefil i forvejen; den er ikke rørt. Sammenlign de to, og ret den gamle.")
    if said.get("year") is None and said["tables"][0] in WITH_YEAR:
        lines.append("Årstallet er ikke fundet: skriv linjen `year: 2024` (med det rigtige år) i filen.")
    return [*lines, f"Ret det hvor der står {TO_FILL_IN}, se kolonnerne efter, og kør derefter `make data`."]


def main(arguments) -> int:
    """Look at one delivery; 0 if it could be read, else 1."""
    if len(arguments) != 1 or not arguments[0]:
        print("Skriv hvilken leverance det er: make delivery FILE=data/raw/navn", file=sys.stderr)
        return 1
    try:
        delivery = read_delivery(arguments[0])
        lines, said = describe(delivery)
        print("\n".join([*lines, "", *save(delivery.path, said)]))
    except (ValueError, OSError) as error:
        print(f"Leverancen kunne ikke læses.\n{error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
