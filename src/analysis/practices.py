"""The nine visited municipalities: tables of practice for the matrix, theme by theme.

They were chosen on purpose. Each is a labelled case beside the national picture; nothing is counted up to the country.
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


def read() -> pd.DataFrame:
    """Practice in the nine, one row a visited municipality."""
    return data.read("practices").sort_values("visited", ignore_index=True)


def _column(practices: pd.DataFrame, column: str) -> pd.DataFrame:
    """One theme as cells of the matrix; a level is named with its column, for levels of two themes may share a name."""
    values = practices[column].astype(object)
    coded = values.map(lambda level: f"{column}:{level}", na_action="ignore")
    known = coded if codebook.levels(column, "practices") else values
    return pd.DataFrame(
        {
            "theme": column,
            "place": practices["visited"],
            "value": known.where(values.notna(), None),
            "status": values.notna().map({True: "shown", False: "not_relevant"}),
        }
    )


def matrix(columns: tuple[str, ...]) -> ProtectedTable:
    """Themes by visited municipality, one row a cell: theme, place, value (a number or a coded level), status."""
    practices = read()
    table = pd.concat([_column(practices, column) for column in columns], ignore_index=True)
    return declare_public(table, REASON, data.is_synthetic("practices"))


def labels(table: ProtectedTable) -> dict:
    """How the themes, municipalities and levels of a matrix are written, as arguments of `charts.matrix`."""
    rows = table.frame
    levels = {column: codebook.levels(column, "practices") for column in rows["theme"].unique()}
    coded = [(f"{column}:{level}", level, word) for column, words in levels.items() for level, word in words.items()]
    numbers = pd.to_numeric(rows["value"], errors="coerce").dropna()
    return {
        "row_labels": {column: codebook.label(column, "practices") for column in levels},
        "column_labels": {name: name.removeprefix("Kommune ") for name in rows["place"].unique()},
        "labels": {key: word for key, _, word in coded},
        "signs": {key: _SIGNS[level] for key, level, _ in coded if level in _SIGNS},
        "decimals": 0 if (numbers % 1 == 0).all() else 1,
    }


def count(column: str, level: str) -> tuple[int, int]:
    """How many of the visited are at a level of a theme, and how many are known."""
    known = read()[column].dropna()
    return int((known == level).sum()), len(known)
