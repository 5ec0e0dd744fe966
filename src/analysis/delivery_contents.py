"""What is in a delivery, whatever its format: variables with their questions, types, labels and answers."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analysis.personal import find_personal
from analysis.readers.raw_survey import RawSurvey, all_completed, no_questions
from analysis.readers.refi_qda import CodedProject, read_refi_qda
from analysis.readers.spss import read_spss
from analysis.readers.surveyxact import read_surveyxact
from analysis.readers.surveyxact_parts import PARTS, TEXT_FILES, things_of
from analysis.readers.tabular import WORKBOOKS, read_table
from analysis.readers.workbook import sheet_names

# more different values than this in a column of text is writing, not categories
CATEGORIES_AT_MOST = 120


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
    """

    path: Path
    reader: str
    survey: RawSurvey | None = None
    project: CodedProject | None = None


def read_delivery(path) -> Delivery:
    """Read a delivery in any of the formats, by what it is.

    Raises
    ------
    FileNotFoundError, ValueError
        Nothing there, a format that no reader knows, or a file that its reader turns down.
    """
    path = whole_delivery(Path(path))
    suffix = path.suffix.lower()
    if suffix == ".qdpx":
        return Delivery(path, "refi_qda", project=read_refi_qda(path))
    if suffix in (".sav", ".zsav"):
        return Delivery(path, "spss", survey=read_spss(path))
    if path.is_dir() or (suffix in WORKBOOKS and is_export(path)):
        return Delivery(path, "surveyxact", survey=read_surveyxact(path))
    if suffix in (*TEXT_FILES, *WORKBOOKS):
        return Delivery(path, "tabular", survey=survey_of(read_table(path)))
    if not path.exists():
        raise FileNotFoundError(f"`{path}` must be a file or a folder, but there is none. Check the name.")
    raise ValueError(
        f"`{path.name}` must be .csv, .xlsx, .sav, .zsav or .qdpx, or a folder with a SurveyXact export, "
        f"but is {suffix or 'without ending'}. Ask for it in one of these formats."
    )


def whole_delivery(path) -> Path:
    """The folder, if the file is one part of a SurveyXact export in it."""
    is_part = path.suffix.lower() in TEXT_FILES and any(things_of(part, {path.stem: path}) for part in PARTS)
    if is_part and path.is_file():
        stems = {file.stem: file for file in path.parent.iterdir() if file.suffix.lower() in TEXT_FILES}
        if all(things_of(part, stems) for part in PARTS):
            return path.parent
    return path


def is_export(path) -> bool:
    """Whether a workbook has the three sheets of a SurveyXact export."""
    names = {name: name for name in sheet_names(path)}
    return all(things_of(part, names) for part in PARTS)


def survey_of(table: pd.DataFrame) -> RawSurvey:
    """A plain table as a survey: every row an answer, labels written out."""
    return RawSurvey(table, {}, no_questions(), all_completed(table), pd.DataFrame(index=table.index))


def variables(survey: RawSurvey) -> pd.DataFrame:
    """One row a variable: `variable`, `question`, `kind`, `labels`, `answered`, `reasons`, `personal`."""
    questions = survey.questions.set_index("variable")
    personal = set(find_personal(survey.answers)["column"])
    rows = []
    for name, values in survey.answers.items():
        known = questions.loc[name] if name in questions.index else None
        labels = survey.labels.get(name) or categories_of(values)
        rows.append(
            {
                "variable": name,
                "question": question_of(known),
                "kind": kind_of(values, labels),
                "labels": labels,
                "answered": int(values.notna().sum()),
                "reasons": reasons_of(survey, name),
                "personal": name in personal,
            }
        )
    return pd.DataFrame(rows)


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


def kind_of(values, labels) -> str:
    """What a column holds: closed, number, date or text."""
    if labels:
        return "closed"
    if pd.api.types.is_numeric_dtype(values):
        return "number"
    return "date" if pd.api.types.is_datetime64_any_dtype(values) else "text"


def reasons_of(survey, name) -> dict[str, int]:
    """Reason for a missing answer -> how many."""
    if name not in survey.missing:
        return {}
    return {reason: int(count) for reason, count in survey.missing[name].value_counts().items()}
