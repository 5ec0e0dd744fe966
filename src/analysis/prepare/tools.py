"""Survey tools besides SurveyXact: how their exports are known, and which of their rows are finished answers."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

import pandas as pd

# a column of a multiple choice: the question, and one of its answers
CHOICE_MARK = " / "
FILLED = "filled"
SUBMITTED = ("submitdate", "date submitted", "dato indsendt", "indsendelsesdato")
# what a column `Status` says of an answer
FINISHED = r"completed?|finished|submitted|gennemført|fuldført|afsluttet|besvaret|færdig"
UNFINISHED = (
    r"incomplete|partial(ly)?( completed?)?|in progress|started|not (started|completed|answered)|unanswered|new"
    r"|invited|sent|opened|delvist?( gennemført| besvaret)?|påbegyndt|i gang"
    r"|ikke (påbegyndt|besvaret|gennemført|startet)"
    r"|ny|inviteret|sendt|åbnet|ubesvaret|afvist|declined|disqualified|screened out|frascreenet"
)


@dataclass(frozen=True)
class Tool:
    """A survey tool: the name, what its `completed_when` is, and by which columns it was known."""

    name: str
    completed_when: dict = field(default_factory=dict)
    known_by: tuple = ()


def tool_of(table: pd.DataFrame) -> Tool | None:
    """The tool that wrote a table of answers, by its own columns; None if no known one did."""
    names = {str(name).strip().lower(): name for name in table.columns}
    if "finished" in names and names.keys() & {"responseid", "recordeddate", "distributionchannel"}:
        column = names["finished"]
        return Tool("Qualtrics", {column: chosen(table[column], ("true", "1", "sand"))}, (column,))
    if "startdate" in names and "finished" in names:
        column = names["finished"]
        return Tool("Qualtrics", {column: chosen(table[column], ("true", "1", "sand"))}, (column,))
    submitted = next(
        (names[name] for name in ("submitdate", "date submitted", "dato indsendt") if name in names), None
    )
    if submitted is not None:
        return Tool("LimeSurvey", {submitted: FILLED}, (submitted,))
    marks = [name for low, name in names.items() if low.endswith("_complete")]
    if marks and names.keys() & {"record_id", "redcap_event_name", "redcap_survey_identifier"}:
        return Tool("REDCap", {name: chosen(table[name], ("2", "complete")) for name in marks}, tuple(marks))
    if "status" in names:
        column = names["status"]
        done = [value for value in values_of(table[column]) if re.fullmatch(FINISHED, value.lower())]
        open_ones = [value for value in values_of(table[column]) if re.fullmatch(UNFINISHED, value.lower())]
        if done and len(done) + len(open_ones) == len(values_of(table[column])):
            return Tool("Enalyzer", {column: done[0] if len(done) == 1 else done}, (column,))
    if {"collector id", "respondent id"} <= names.keys():
        return Tool("SurveyMonkey", {}, (names["collector id"],))
    for start, end in (("start time", "completion time"), ("starttidspunkt", "fuldførelsestidspunkt")):
        if {start, end} <= names.keys():
            return Tool("Microsoft Forms", {}, (names[start], names[end]))
    first = str(table.columns[0]).strip().lower() if len(table.columns) else ""
    return Tool("Google Forms", {}, (table.columns[0],)) if first in ("timestamp", "tidsstempel") else None


def values_of(values: pd.Series) -> list[str]:
    """Different values of a column, as text."""
    return sorted({str(value).strip() for value in values.dropna().unique()})


def chosen(values: pd.Series, done: Iterable[str]) -> str:
    """How a column writes that an answer is finished; the first way if none is."""
    found = [value for value in values_of(values) if value.lower() in done]
    return found[0] if found else next(iter(done))


def is_said(values: pd.Series, labels: dict, said: object) -> pd.Series:
    """Which values are (or have as label) what a sidecar says; `filled` is any."""
    if said == FILLED:
        return values.notna()
    wanted = {as_written(value) for value in (said if isinstance(said, list) else [said])}
    return values.map(
        lambda value: (
            not pd.isna(value) and bool({as_written(value), as_written(labels.get(value, value))} & wanted)
        )
    ).astype(bool)


def as_written(value: object) -> str:
    """A value as compared: text in lower case, a whole number without decimals."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip().casefold()


def with_choices(table: pd.DataFrame) -> pd.DataFrame:
    """The table with a column of 0 and 1 for each answer of the questions that have several answers in a cell."""
    found = {}
    for name in table.columns:
        values = table[name]
        if not pd.api.types.is_string_dtype(values) or not values.notna().any():
            continue
        # Microsoft Forms ends each answer with a semicolon, the last one too
        if not values.dropna().str.fullmatch(r"(?s)[^;]+;(?:[^;]+;)*").all():
            continue
        parts = values.str.rstrip(";").str.split(";")
        answers = sorted({part.strip() for several in parts.dropna() for part in several})
        for answer in answers:
            has = parts.map(
                lambda several, answer=answer: answer in [part.strip() for part in several],
                na_action="ignore",
            )
            found[f"{name}{CHOICE_MARK}{answer}"] = has.astype("boolean").astype("Int64")
    return pd.concat([table, pd.DataFrame(found, index=table.index)], axis=1) if found else table
