"""The nine visited municipalities: tables of practice for the matrix, theme by theme.

They were chosen on purpose. Each is a labelled case beside the national picture; nothing is counted up to the
country.
"""

import pandas as pd

from analysis import codebook, data
from analysis.disclosure import ProtectedTable, declare_public

REASON = "Praksis i organisationer, ikke svar fra personer; kommunerne er ikke navngivet."
_SIGNS = {
    "yes": "full",
    "no": "empty",
    "firm": "full",
    "partly": "half",
    "none": "empty",
    "lesser": "empty",
    "same": "full",
}
CASELOAD = ("caseload_at_risk", "caseload_disability")
SPARRING = (
    "sparring_hours",
    "sparring_forum",
    "has_informal_sparring",
    "sparring_responsible",
    "has_systematic_sparring",
    "sparring_description",
    "sparring_gap",
)
INTRODUCTION = (
    "has_fixed_introduction",
    "introduction_works_well",
    "introduction_days",
    "has_mentor",
    "has_leader_introduction",
    "size",
)
HANDOVER = ("handover_difficulty",)
PROFILE = ("size", *CASELOAD, *SPARRING, *(theme for theme in INTRODUCTION if theme != "size"), *HANDOVER)
_UNITS = {"days": "dage", "hours/week": "om ugen"}
# Themes whose levels say the theme over again: in a matrix they are a question, and the levels its answers.
_QUESTIONS = {
    "sparring_gap": "Praksis afviger markant fra beskrivelsen",
    "handover_difficulty": "Overlevering så vanskelig som i landet",
}
_ANSWERS = {"full": "Ja", "empty": "Nej"}


def read() -> pd.DataFrame:
    """Practice in the nine, one row a visited municipality."""
    return data.read("practices").sort_values("visited", ignore_index=True)


def _column(practices: pd.DataFrame, column: str) -> pd.DataFrame:
    """One theme as cells; a level is named with its column, for levels of two themes may share a name."""
    values = practices[column].astype(object)
    coded = values.map(lambda level: f"{column}:{level}", na_action="ignore")
    numbers = pd.to_numeric(values, errors="coerce").dropna()
    known = coded if codebook.levels(column, "practices") else values
    return pd.DataFrame(
        {
            "theme": column,
            "place": practices["visited"],
            "value": known.where(values.notna(), None),
            "decimals": 0 if (numbers % 1 == 0).all() else 1,
            "status": values.notna().map({True: "shown", False: "not_relevant"}),
        }
    )


def matrix(columns: tuple[str, ...]) -> ProtectedTable:
    """Themes by visited municipality, one row a cell: theme, place, value, decimals, status."""
    practices = read()
    table = pd.concat([_column(practices, column) for column in columns], ignore_index=True)
    return declare_public(table, REASON, data.is_synthetic("practices"))


def labels(table: ProtectedTable) -> dict:
    """How the themes, municipalities and levels of a matrix are written, as arguments of `charts.matrix`."""
    rows = table.frame
    levels = {column: codebook.levels(column, "practices") for column in rows["theme"].unique()}
    coded = [
        (f"{column}:{level}", level, _ANSWERS[_SIGNS[level]] if column in _QUESTIONS else word)
        for column, words in levels.items()
        for level, word in words.items()
    ]
    numbers = pd.to_numeric(rows["value"], errors="coerce").dropna()
    return {
        "row_labels": {column: _row_label(column) for column in levels},
        "column_labels": {name: name.removeprefix("Kommune ") for name in rows["place"].unique()},
        "labels": {key: word for key, _, word in coded},
        "signs": {key: _SIGNS[level] for key, level, _ in coded if level in _SIGNS},
        "decimals": 0 if (numbers % 1 == 0).all() else 1,
    }


def _row_label(column: str) -> str:
    if column in _QUESTIONS:
        return _QUESTIONS[column]
    unit = _UNITS.get(codebook.columns("practices").loc[column, "unit"])
    return codebook.label(column, "practices") + (f" ({unit})" if unit else "")


def count(column: str, level: str) -> tuple[int, int]:
    """How many of the visited are at a level of a theme, and how many are known."""
    known = read()[column].dropna()
    return int((known == level).sum()), len(known)
