"""Survey tools besides SurveyXact: how their exports are known, and which of their rows are finished answers."""

import re
from collections import Counter
from dataclasses import dataclass, field

import pandas as pd

# a column of a multiple choice: the question, and one of its answers
CHOICE_MARK = " / "
CHOICES_AT_MOST = 40
# more different cells than this are writing, not choices
CELLS_AT_MOST = 5_000
FILLED = "filled"
# what some tools write in an empty cell
UNFILLED = r"\s*(n/?a|null|none|nan|[-–—.]|\[not completed\])?\s*"
# columns that only a finished answer has something in
SUBMITTED = {
    "LimeSurvey": r"(submitdate|date submitted|dato indsendt|indsendelsesdato|datum abgeschickt)(\. .*)?",
    "Typeform": r"submit date \(utc\)",
}
# a column that tells how far an answer came, and what it says of it
STATUS = r"((respondents?|svar|besvarelses?|completion|response|survey|interview)[ _-]?)?status( for \w+)?"
FINISHED = r"completed?|finished|submitted|gennemført|fuldført|fuldstændig|afsluttet|besvaret|færdig"
UNFINISHED = (
    r"incomplete|partial(ly)?( completed?)?|in progress|started|not (started|completed|answered)|unanswered|new"
    r"|invited|sent|opened|delvist?( gennemført| fuldført| besvaret)?|påbegyndt|i gang"
    r"|ikke (påbegyndt|besvaret|gennemført|fuldført|startet)|ufuldstændig"
    r"|ny|inviteret|sendt|åbnet|ubesvaret|afvist|declined|disqualified|screened out|frascreenet"
)
QUALTRICS = {"responseid", "response id", "recordeddate", "recorded date", "distributionchannel", "startdate"}
# of Qualtrics' answers, those that somebody gave to try it, by word or code
TRIED = r".*(preview|test|spam).*|1|2|8|9|12|17|40"
REDCAP = r"0|1|2|incomplete|unverified|complete"


@dataclass(frozen=True)
class Tool:
    """A survey tool: the name, and what its `completed_when` is."""

    name: str
    completed_when: dict = field(default_factory=dict)


def tool_of(table: pd.DataFrame, labels: dict | None = None) -> Tool | None:
    """The tool that wrote a table of answers, by its own columns; None if no known one did.

    Parameters
    ----------
    table : DataFrame
    labels : dict, optional
        Column -> {code: label}, where the answers are codes.
    """
    names = {str(name).strip().lower(): name for name in table.columns}

    def values(name):
        return values_of(table[name], (labels or {}).get(name, {}))

    for low in ("statoverall_4", "stato_4"):
        if low in names:
            return Tool("SurveyXact", {names[low]: 1})
    if "finished" in names and names.keys() & QUALTRICS:
        return Tool("Qualtrics", qualtrics_finished(names, values))
    if said := redcap_finished(names, values):
        return Tool("REDCap", said)
    statuses = [name for low, name in names.items() if re.fullmatch(STATUS, low)]
    for name in statuses:
        if done := finished_words(values(name)):
            return Tool("Enalyzer", {name: done[0] if len(done) == 1 else done})
    for tool, pattern in SUBMITTED.items():
        if filled := [name for low, name in names.items() if re.fullmatch(pattern, low)]:
            return Tool(tool, {filled[0]: FILLED})
    return None


def redcap_finished(names, values) -> dict:
    """What holds for REDCap's finished answers: each of its forms is complete."""
    marks = [name for low, name in names.items() if re.fullmatch(r".*_complete|complete\?", low)]
    done = {name: [value for value in values(name) if value.lower() in ("2", "complete")] for name in marks}
    is_redcap = any(low in ("record_id", "record id") or low.startswith("redcap_") for low in names)
    are_marks = all(re.fullmatch(REDCAP, value.lower()) for name in marks for value in values(name))
    if not are_marks or not (is_redcap or all(done.values())):
        return {}
    return {name: (found or ["2"])[0] for name, found in done.items()}


def qualtrics_finished(names, values) -> dict:
    """What holds for Qualtrics' finished answers; those that somebody gave to try the survey are none."""
    name = names["finished"]
    true = [value for value in values(name) if value.lower() in ("true", "1", "sand")] or ["True"]
    said = {name: true[0]}
    kinds = values(names["status"]) if "status" in names else []
    meant = [kind for kind in kinds if not re.fullmatch(TRIED, kind.lower())]
    return said | {names["status"]: meant} if meant and len(meant) < len(kinds) else said


def finished_words(values: list[str]) -> list[str]:
    """Those of a status' words that say finished, if all are known or one says unfinished; else none."""
    done = [value for value in values if re.fullmatch(FINISHED, value.lower())]
    open_ones = [value for value in values if re.fullmatch(UNFINISHED, value.lower())]
    return done if open_ones or len(done) == len(values) else []


def values_of(values: pd.Series, labels: dict) -> list[str]:
    """Different values of a column, or their labels, as text."""
    return sorted({str(labels.get(value, value)).strip() for value in values.dropna().unique()})


def is_said(values: pd.Series, labels: dict, said: object) -> pd.Series:
    """Which values are (or have as label) what a sidecar says; `filled` is any."""
    if said == FILLED:
        return (
            values.map(lambda value: not re.fullmatch(UNFILLED, str(value), re.I), "ignore")
            .eq(True)
            .fillna(False)
        )
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
        parts = answers_by_cell(table[name])
        for answer in sorted({part for cell in parts.values() for part in cell}):
            has = table[name].map({cell: int(answer in several) for cell, several in parts.items()})
            found[f"{name}{CHOICE_MARK}{answer}"] = has.astype("Int64")
    return pd.concat([table, pd.DataFrame(found, index=table.index)], axis=1) if found else table


def answers_by_cell(values: pd.Series) -> dict:
    """Cell -> the answers in it, of a multiple choice; nothing if the column is none.

    Microsoft Forms ends each answer with a semicolon, the last one too. Google Forms sets semicolons between them, or
    commas in its sheet: it is a choice where each answer stands in two cells or more, of commas each alone, too.
    """
    counts = values.value_counts() if pd.api.types.is_string_dtype(values) else ()
    if not 0 < len(counts) <= CELLS_AT_MOST:
        return {}
    ended = all(re.fullmatch(r"(?s)[^;]+;(?:[^;]+;)*", cell) for cell in counts.index)
    for mark in ";" if ended else (";", ", "):
        parts = {cell: [part.strip() for part in cell.split(mark) if part.strip()] for cell in counts.index}
        times = Counter(part for cell, several in parts.items() for part in several * counts[cell])
        alone = {several[0] for several in parts.values() if len(several) == 1}
        is_choice = any(len(several) > 1 for several in parts.values()) and min(times.values()) > 1
        if ended or (is_choice and len(times) <= CHOICES_AT_MOST and (mark == ";" or set(times) <= alone)):
            return parts
    return {}
