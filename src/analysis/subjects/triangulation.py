"""The national survey beside the nine visited municipalities, theme by theme, with agreement by rule.

A visited municipality is *as the country* or *the opposite* of it on a theme, or neither, which is decided
from its practice alone. Two thirds decide the theme: as the country, the nine confirm; the opposite, they
contradict; neither, they nuance. Where the survey or the nine have nothing, one of them is silent. Nothing is
inferred from nine to 98.

References
----------
Fetters, Curry & Creswell (2013), *Achieving Integration in Mixed Methods Designs*, on joint displays.
"""

from dataclasses import dataclass, fields

import pandas as pd

from analysis import codebook, danish, data, files, measures, municipalities
from analysis.charts.captions import source
from analysis.charts.figure import STATUS_WORDS
from analysis.comparisons.chance import reliability
from analysis.disclosure import ProtectedTable, declare_public
from analysis.measures import answers, catalogue
from analysis.sentences import own_rows
from analysis.subjects import practices, tables
from analysis.texts import say, small

# The themes that the survey and the nine visited municipalities are held together on.

MOST_FREQUENT = "most_frequent"
_NOTEBOOK = "06_deep_mapping"


@dataclass(frozen=True)
class Theme:
    """One theme of the joint display, and the rule that its agreement is judged by.

    Attributes
    ----------
    label : str
        Danish name.
    column : str, optional
        The theme in `practices`; none where the nine weren't asked.
    measure : str, optional
        The theme in the survey, one of `measures.names`; none where the survey didn't ask.
    question : str, optional
        The theme in the survey, where it is an answer to a closed question.
    area : str, optional
        The area of a measure that has them.
    level, opposite : str, optional
        The levels of practice that say the same as the measure's share, and its opposite. Without `level` the
        theme is a number, or an answer that is held to the country's most frequent.
    among : tuple of str, optional
        Column and level of `practices` that the theme is asked of only.
    documents : str, optional
        What the documents say, in `practices`.
    answer : str, optional
        The answer whose share is shown, where the measure is a distribution: a level, or the most frequent.
    """

    label: str
    column: str | None = None
    measure: str | None = None
    area: str | None = None
    level: str | None = None
    opposite: str | None = None
    among: tuple[str, str] | None = None
    documents: str | None = None
    answer: str | None = None
    question: str | None = None


def themes() -> list[Theme]:
    """The themes of the joint display: a row of ``data/themes.csv`` each, checked as it is read."""
    rows = codebook.read_list(
        files.project() / "data" / "themes.csv", [field.name for field in fields(Theme)]
    )
    found = []
    for number, row in rows.items():
        told = {name: cell for name, cell in row.items() if cell}
        column, level = told.pop("among", "=").split("=")
        found.append(Theme(**told | ({"among": (column, level)} if column else {})))
        if not row["label"]:
            raise ValueError(
                f"`data/themes.csv`, row {number}, column `label`: expected a title, but found none."
            )
        if row["measure"] and row["measure"] not in measures.names():
            raise ValueError(
                f"`data/themes.csv`, row {number}, column `measure`: expected one of data/measures.csv "
                f"({', '.join(measures.names())}), but found `{row['measure']}`. Correct it, or leave it empty."
            )
    return found


# The national survey beside the nine visited municipalities, theme by theme, with agreement by rule.

NEAR, FAR = 0.10, 0.50  # of the national mean: as the country, and the opposite of it
CONFIRMS, NUANCES, CONTRADICTS, SILENT = "confirms", "nuances", "contradicts", "silent"
_REASON = (
    "Landstal fra beskyttede tabeller og praksis i organisationer; ingen svar fra personer under landet."
)
_NOTHING = "–"


# ---- the nine


def practice_of(theme: Theme, visited: pd.DataFrame) -> pd.Series:
    """What is known of a theme in the visited municipalities."""
    if theme.column is None:
        return pd.Series(dtype=object)
    asked = visited if theme.among is None else visited[visited[theme.among[0]].eq(theme.among[1])]
    return asked[theme.column].dropna()


def compare(theme: Theme, practice: pd.Series, national: pd.Series | None) -> tuple[int, int]:
    """How many of the visited are as the country on a theme, and how many the opposite.

    Parameters
    ----------
    practice : Series
        What is known of the theme in the visited, one value each.
    national : Series or None
        The national row: estimate, low, high, and `level` for an answer.
    """
    if national is None or practice.empty:
        return 0, 0
    if theme.answer == MOST_FREQUENT:
        as_country = practice.eq(national["level"])
        return int(as_country.sum()), int((~as_country).sum())
    if theme.level is None:
        distance = (practice.astype(float) / national["estimate"] - 1).abs().round(9)
        return int(distance.le(NEAR).sum()), int(distance.gt(FAR).sum())
    most, few = national["low"] > 0.5, national["high"] < 0.5
    levels = (theme.level, theme.opposite) if most else (theme.opposite, theme.level) if few else (None, None)
    return int(practice.eq(levels[0]).sum()), int(practice.eq(levels[1]).sum())


def judge(same: int, opposite: int, known: int, asked: bool = True) -> str:
    """The agreement of a theme: confirms, nuances, contradicts or silent.

    Parameters
    ----------
    same, opposite, known : int
        How many of the visited are as the country, the opposite of it, and known at all.
    asked : bool
        Whether there is a national estimate.

    Examples
    --------
    >>> judge(6, 3, 9), judge(5, 4, 9), judge(3, 6, 9), judge(0, 0, 9, asked=False)
    ('confirms', 'nuances', 'contradicts', 'silent')
    """
    if not asked or not known:
        return SILENT
    if 3 * same >= 2 * known:
        return CONFIRMS
    return CONTRADICTS if 3 * opposite >= 2 * known else NUANCES


def seen(theme: Theme, practice: pd.Series) -> str:
    """What was seen in the nine, counted: a span for a number, else how many are at each level."""
    if practice.empty:
        return _NOTHING
    if isinstance(practice.dtype, pd.CategoricalDtype):
        levels = _levels(practice, theme.column)
        named = f"{codebook.label(theme.column, 'practices')}: {levels.lower()}"
        return named if theme.level == "no" else levels
    return _span(practice.astype(float))


def _span(values: pd.Series) -> str:
    decimals = 0 if (values % 1 == 0).all() else 1
    ends = danish.interval(values.min(), values.max(), decimals)
    return f"{ends}, median {danish.number(values.median(), decimals)}"


def _levels(values: pd.Series, column: str) -> str:
    """ "Lederen 4, kolleger på skift 2": the levels that are seen, most frequent first."""
    labels = codebook.levels(column, "practices")
    counts = values.value_counts()
    said = [f"{labels[level].lower()}\u00a0{count}" for level, count in counts[counts > 0].items()]
    text = ", ".join(said)
    return text[:1].upper() + text[1:]


def _of_how_many(practice: pd.Series, visited: pd.DataFrame) -> str:
    return f" (af\u00a0{len(practice)})" if 0 < len(practice) < len(visited) else ""


# ---- the country, and the place


def _row(theme: Theme, table: ProtectedTable, place: str, answer: str | None) -> pd.Series | None:
    """The row of a place on a theme; of a distribution that of one answer. None where the place has none."""
    rows = own_rows(table, place)
    if theme.area:
        rows = rows[rows["area"].eq(theme.area)]
    if theme.answer:
        rows = rows[rows["level"].eq(answer)]
    return None if rows.empty else rows.iloc[0]


def _answer(theme: Theme, table: ProtectedTable) -> str | None:
    """The answer that a theme tells the share of: its own, or the country's most frequent one."""
    if theme.answer != MOST_FREQUENT:
        return theme.answer
    rows = own_rows(table, municipalities.COUNTRY)
    rows = rows[rows["level"].ne(answers.TOTAL)]
    shown = rows[rows["status"].eq("shown")]
    return (
        rows["level"].iloc[0] if shown.empty else shown["level"].loc[shown["estimate"].astype(float).idxmax()]
    )


def _own(theme: Theme, table: ProtectedTable | None, place: str) -> str:
    """The chosen place's own value with its interval, or its status."""
    if table is None or municipalities.is_country(place):
        return _NOTHING
    row = _row(theme, table, place, _answer(theme, table))
    if row is None:
        return _NOTHING
    if row["status"] != "shown":
        return STATUS_WORDS[row["status"]]
    unit, decimals = _unit(theme, table)
    factor = 100 if unit == "pct." else 1
    span = danish.interval(factor * row["low"], factor * row["high"], decimals)
    number = danish.number(factor * row["estimate"], decimals)
    certain = reliability(row.to_frame().T, is_share=unit == "pct.")[0] == "ok"
    return f"{number} {unit} ({span})" + ("" if certain else ", usikkert")


def _unit(theme: Theme, table: ProtectedTable) -> tuple[str, int]:
    """Unit and decimals of a theme's numbers."""
    if theme.answer:
        return "pct.", 0
    spoken = catalogue.of(table)
    return spoken.unit, spoken.decimals


def survey_of(theme: Theme, year: int, min_count: int) -> ProtectedTable | None:
    """What the survey says of a theme; none where it didn't ask."""
    if theme.question:
        interest = tuple(codebook.valid_levels(theme.question, "caseworkers"))[:1]
        return answers.answers_by_group(theme.question, interest, year, min_count)
    return measures.measure(theme.measure, year, min_count) if theme.measure else None


def _label(theme: Theme, national: pd.Series | None) -> str:
    if theme.answer != MOST_FREQUENT or national is None:
        return theme.label
    return f"{theme.label}: {codebook.levels(theme.column)[national['level']].lower()}"


def _theme_row(theme: Theme, visited: pd.DataFrame, place: str, year: int, min_count: int) -> dict:
    table = survey_of(theme, year, min_count)
    national = None
    if table is not None:
        national = _row(theme, table, municipalities.COUNTRY, _answer(theme, table))
    known = national if national is not None and national["status"] == "shown" else None
    practice = practice_of(theme, visited)
    same, opposite = compare(theme, practice, known)
    numbers = {name: None if known is None else known[name] for name in ("estimate", "low", "high", "n")}
    unit, decimals = (None, None) if table is None else _unit(theme, table)
    documents = practice_of(Theme("", theme.documents), visited)
    return {
        "theme": _label(theme, known),
        **numbers,
        "unit": unit,
        "decimals": decimals,
        "own": _own(theme, table, place),
        "seen": seen(theme, practice) + _of_how_many(practice, visited),
        "documents": _NOTHING if documents.empty else _levels(documents, theme.documents),
        "same": same,
        "opposite": opposite,
        "known": len(practice),
        "agreement": judge(same, opposite, len(practice), known is not None),
        "status": "shown" if national is None else national["status"],
    }


def joint_table(year: int, min_count: int = 5, place: str = municipalities.COUNTRY) -> ProtectedTable:
    """The joint display of all themes.

    Returns
    -------
    ProtectedTable
        One row a theme: theme (Danish), estimate, low, high, n of the country, unit, decimals, own (the
        place's value as text), seen, documents (texts), same, opposite, known (counts of the visited),
        agreement, status.
    """
    visited = practices.read()
    rows = pd.DataFrame([_theme_row(theme, visited, place, year, min_count) for theme in themes()])
    rows[["estimate", "low", "high", "n"]] = rows[["estimate", "low", "high", "n"]].astype(float)
    synthetic = data.is_synthetic("practices") or data.is_synthetic("caseworkers", year)
    return declare_public(rows, _REASON, synthetic)


# The texts of the joint display: headline, rule, and what it comes to.


def _themes(table: ProtectedTable, agreement: str) -> list[str]:
    rows = table.frame
    names = rows.loc[rows["agreement"].eq(agreement), "theme"].str.split(":").str[0]
    return [small(name) for name in names]


def _counts(table: ProtectedTable) -> dict:
    found = table.frame["agreement"].value_counts()
    return {
        "counts": {code: int(found.get(code, 0)) for code in (CONFIRMS, NUANCES, CONTRADICTS, SILENT)},
        "invented": table.synthetic,
        "near": NEAR,
        "far": FAR,
    }


def for_joint(table: ProtectedTable, place: str, year: int) -> dict:
    """Texts and columns of the joint display, as arguments of `charts.joint_display`."""
    own = {} if municipalities.is_country(place) else {"own": place}
    texts = own | {"seen": "De ni i data", "documents": "Dokumenterne i data"}
    country = "Hele landet i data"
    values = _counts(table) | {"year": year, "sources": source("caseworkers", "practices", year=year)}
    basis = {"svarene": data.is_synthetic("caseworkers", year), "de ni": data.is_synthetic("practices")}
    values["made_up"] = [name for name, invented in basis.items() if invented]
    return tables.said(_NOTEBOOK, "joint", place, **values) | {
        "texts": texts,
        "estimate_heading": country,
        "agreement_heading": "Efter reglen",
        "columns": {
            "theme": "Tema",
            "estimate": country,
            "low": "Nedre grænse",
            "high": "Øvre grænse",
            "unit": "Enhed",
            "n": "Antal svar",
            **texts,
            "agreement": "Efter reglen",
        },
    }


def conclusion(table: ProtectedTable) -> str:
    """Which themes are confirmed, nuanced and contradicted by the rule; of invented data, that they show nothing."""
    told = {code: _themes(table, code) for code in (CONFIRMS, NUANCES, CONTRADICTS, SILENT)}
    return say(_NOTEBOOK, "conclusion", invented=table.synthetic, **told)
