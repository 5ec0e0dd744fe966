"""The nine visited municipalities: tables of practice for the matrix, theme by theme.

Each is a labelled case beside the national picture; nothing is counted up to the country.
"""

import pandas as pd

from analysis import codebook, data, municipalities
from analysis.charts.captions import source
from analysis.disclosure import ProtectedTable, declare_public
from analysis.measures import answers as distributions
from analysis.sentences import own_rows
from analysis.texts import say, small, sources

REASON = "Praksis i organisationer, ikke svar fra personer; kommunerne er ikke navngivet."
_SIGNS = {
    "yes": "full",
    "no": "cross",
    "firm": "full",
    "partly": "half",
    "none": "cross",
    "lesser": "cross",
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
_ANSWERS = {"full": "Ja", "cross": "Nej"}


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


def counted() -> dict[str, dict]:
    """What is counted in the nine, theme by theme, for a template.

    Returns
    -------
    dict
        Column -> level -> how many of the visited, with ``known``, how many it is known of; for a number its ``low``,
        ``high`` and ``median``.
    """
    rows, found = read(), {}
    for column in rows.columns.drop("visited"):
        values = rows[column].dropna()
        levels = codebook.levels(column, "practices")
        if levels:
            found[column] = {level: int(values.eq(level).sum()) for level in levels}
        else:
            numbers = values.astype(float)
            found[column] = {"low": numbers.min(), "high": numbers.max(), "median": numbers.median()}
        found[column]["known"] = len(values)
    return found


def text(notebook: str, piece: str, **values) -> str:
    """A piece of a notebook's template on the nine visited municipalities."""
    return say(notebook, piece, **{"nine": counted(), "invented": data.is_synthetic("practices")} | values)


def caseloads(table: ProtectedTable) -> str:
    """How the caseloads of the nine lie to the national means, area by area, beside the report's statement."""
    typical, nine, rows = sources.figure("caseload_visited"), read(), own_rows(table, municipalities.COUNTRY)
    areas = []
    for _, row in rows[rows["status"].eq("shown")].iterrows():
        below = (float(row["estimate"]) - nine[f"caseload_{row['area']}"].dropna().astype(float)).round(0)
        areas.append(
            {
                "name": codebook.levels("area")[row["area"]].lower(),
                "mean": float(row["estimate"]),
                "within": int(below.between(typical["value"], typical["value_high"]).sum()),
                "far": int((below > typical["value_high"]).sum()),
                "known": len(below),
            }
        )
    invented = table.synthetic or data.is_synthetic("practices")
    told = {"areas": areas, "low": typical["value"], "high": typical["value_high"], "invented": invented}
    return text("02_caseload", "visited", **told)


def sparring() -> str:
    """Hours, forum, responsible, description and practice of sparring in the nine, beside the report's statements."""
    return text("03_sparring", "visited")


def introduction() -> str:
    """The two readings of the nine: a fixed approach, and a programme judged to work well."""
    rows = read()
    smaller = rows[rows["size"].eq("smaller")]
    leaders = int(smaller["has_leader_introduction"].eq("yes").sum())
    return text("04_introduction", "visited", leaders=leaders, smaller=len(smaller))


def headline(theme: str) -> str:
    """The finding on the nine as a headline, by theme: caseload, sparring, introduction."""
    notebooks = {"caseload": "02_caseload", "sparring": "03_sparring", "introduction": "04_introduction"}
    return text(notebooks[theme], "nine_headline")


def alike(themes: tuple[str, ...]) -> list[str]:
    """The themes on which all the visited do the same."""
    visited = read()
    return [theme for theme in themes if visited[theme].notna().all() and len(visited[theme].unique()) == 1]


def profile_headline() -> str:
    """On how many themes the visited municipalities are all alike."""
    themes = tuple(theme for theme in PROFILE if theme != "size")
    same = [small(codebook.label(theme, "practices")) for theme in alike(themes)]
    return text("06_deep_mapping", "practice_headline", same=same, themes=len(themes))


def tensions(handover: ProtectedTable, by_role: ProtectedTable) -> str:
    """The two tensions of the report, each with what the deliveries say of it.

    Parameters
    ----------
    handover, by_role : ProtectedTable
        The measure of difficult handover, and all answers to its question by role.
    """
    totals = by_role.frame[by_role.frame["level"].eq(distributions.TOTAL)].set_index("place")
    leaders = totals.loc[codebook.levels("role", "staff")["leader"]]
    workers = own_rows(handover, municipalities.COUNTRY).iloc[0]
    shares = {
        name: float(row["estimate"]) if row["status"] == "shown" else None
        for name, row in (("sagsbehandlerne", workers), ("lederne", leaders))
    }
    return text("06_deep_mapping", "tensions", shares=shares)


def for_practices(table: ProtectedTable, place: str, headline_text: str) -> dict:
    """Texts of a matrix of the nine visited municipalities."""
    return {
        "place": place,
        "headline": headline_text,
        "description": text("shared", "nine_description"),
        "note": text("shared", "nine_note"),
        "source": source("practices"),
    } | labels(table)
