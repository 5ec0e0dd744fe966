"""The report's six focus points, each traced to the evidence in the data, or to none.

Which evidence a point is traced to stands in ``data/focus_points.csv``, one row a piece of evidence; how strong it is
is counted here. A source supports a point when at least a third of it points that way: of the nine visited, of the
interviews, or of the country's caseworkers.
"""

from dataclasses import dataclass

import pandas as pd

from analysis import codebook, danish, data, files, municipalities
from analysis.charts.figure import STATUS_WORDS
from analysis.disclosure import ProtectedTable, declare_public
from analysis.measures import answers
from analysis.sentences import first_upper, own_rows, source
from analysis.subjects import practices
from analysis.subjects.interviews import interviews_with
from analysis.subjects.practices import in_words, neuter

SOURCES = ("survey", "practice", "interview")
SEVERAL, ONE, WEAK, HIDDEN, NONE = "several", "one", "weak", "hidden", "none"
LABELS = {
    SEVERAL: "flere kilder",
    ONE: "én kilde",
    WEAK: "svagt",
    HIDDEN: STATUS_WORDS["withheld"],
    NONE: "ingen",
}
SIGNS = {SEVERAL: "full", ONE: "half", WEAK: "empty", HIDDEN: "withheld", NONE: "dash"}
_COLUMNS = ("id", "point", "source", "key", "level")
_NOTHING = "–"


@dataclass(frozen=True)
class Evidence:
    """One piece of evidence: of which source, how many of how many (None where withheld), and as told."""

    source: str
    count: float | None
    base: float
    told: str

    @property
    def supports(self) -> bool:
        """Whether at least a third of the source points this way."""
        return self.count is not None and self.base > 0 and 3 * self.count >= self.base


def read_focus_points() -> pd.DataFrame:
    """The focus points and what each is traced to, one row a piece of evidence.

    Raises
    ------
    ValueError
        If the file lacks a column, or names a source that is none.
    """
    file = files.project() / "data" / "focus_points.csv"
    rows = pd.read_csv(file, dtype="str", keep_default_na=False)
    if tuple(rows.columns) != _COLUMNS:
        raise ValueError(
            f"`{file.name}` must have the columns {', '.join(_COLUMNS)}, but has {', '.join(rows.columns)}."
            " Correct the file."
        )
    unknown = rows[~rows["source"].isin([*SOURCES, ""])]
    if len(unknown):
        raise ValueError(
            f"`source` must be one of {', '.join(SOURCES)}, or empty for none, but {len(unknown)} of {len(rows)} rows"
            f" are not (first: row {unknown.index[0] + 1} = {unknown['source'].iloc[0]}). Correct {file.name}."
        )
    return rows


def _of(count: int, known: int) -> str:
    """ "tre af ni", and in figures where one of them would be: "12 af 18"."""
    words = (in_words(count), in_words(known))
    return " af ".join(words if words[1].isalpha() else (str(count), str(known)))


def _practice(key: str, levels: list[str]) -> Evidence:
    known = practices.read()[key].dropna()
    count = int(known.isin(levels).sum())
    words = codebook.levels(key, "practices")
    told = f"{codebook.label(key, 'practices')}: {danish.join_words([words[v].lower() for v in levels], 'eller')}"
    return Evidence("practice", count, len(known), f"{told} i {_of(count, len(known))}")


def _interview(key: str, codes: ProtectedTable) -> Evidence:
    found = interviews_with(codes, key)
    if found is None:
        return Evidence("interview", None, 0, f"»{key}«: {STATUS_WORDS['withheld']}")
    return Evidence("interview", *found, f"»{key}« i {_of(*found)} interview")


def _survey(key: str, levels: list[str], year: int, min_count: int) -> Evidence:
    table = answers.answers_by_group(key, tuple(levels), year, min_count)
    rows = own_rows(table, municipalities.COUNTRY)
    row = rows[rows["level"].eq(answers.TOTAL)].iloc[0]
    words = codebook.levels(key, "caseworkers")
    asked = f"{codebook.label(key, 'caseworkers')}: {danish.join_words([words[v].lower() for v in levels], 'eller')}"
    if row["status"] != "shown":
        return Evidence("survey", None, 0, f"{asked}, {STATUS_WORDS[row['status']]}")
    share = danish.percent(row["estimate"])
    span = danish.percent_interval(row["low"], row["high"])
    return Evidence("survey", float(row["estimate"]), 1, f"{asked}, {share} ({span})")


def evidence_of(row: pd.Series, codes: ProtectedTable, year: int, min_count: int) -> Evidence:
    """Count one piece of evidence.

    Parameters
    ----------
    row : Series
        A row of the focus points with a source: key is a column of `practices` or `caseworkers`, or a code; level the
        levels that count, joined by "|".
    codes : ProtectedTable
        As `analysis.subjects.interviews.codes_by_role`.
    """
    levels = row["level"].split("|") if row["level"] else []
    if row["source"] == "practice":
        return _practice(row["key"], levels)
    if row["source"] == "interview":
        return _interview(row["key"], codes)
    return _survey(row["key"], levels, year, min_count)


def support(found: list[Evidence]) -> str:
    """How well a point is supported: by several sources, one, weakly (evidence, but under a third), or none.

    Where nothing that is shown supports it, and something is withheld, the support is hidden.
    """
    if not found:
        return NONE
    sources = {piece.source for piece in found if piece.supports}
    if not sources and any(piece.count is None for piece in found):
        return HIDDEN
    return SEVERAL if len(sources) > 1 else ONE if sources else WEAK


def _told(found: list[Evidence], source_name: str) -> str:
    told = [piece.told for piece in found if piece.source == source_name]
    rest = [text[:1].lower() + text[1:] for text in told[1:]]
    return "; ".join([*told[:1], *rest]) or _NOTHING


def traced(codes: ProtectedTable, year: int, min_count: int = 5) -> ProtectedTable:
    """The focus points with their evidence.

    Returns
    -------
    ProtectedTable
        One row a point: id, point, survey, practice, interview (the evidence as told), support.
    """
    rows = []
    for (number, point), pieces in read_focus_points().groupby(["id", "point"], sort=False):
        named = pieces[pieces["source"].ne("")]
        found = [evidence_of(piece, codes, year, min_count) for _, piece in named.iterrows()]
        told = {name: _told(found, name) for name in SOURCES}
        rows.append({"id": number, "point": f"{number}. {point}", **told, "support": support(found)})
    reason = "Optalt af beskyttede tabeller og praksis i organisationer."
    synthetic = any(data.is_synthetic(name) for name in ("caseworkers", "practices", "codings"))
    return declare_public(pd.DataFrame(rows), reason, synthetic)


def _headline(table: ProtectedTable) -> str:
    rows = table.frame
    several = int(rows["support"].eq(SEVERAL).sum())
    told = rows["survey"].ne(_NOTHING) & ~rows["survey"].str.contains(STATUS_WORDS["withheld"])
    measured = int(told.sum())
    return (
        f"{first_upper(neuter(several))} af {in_words(len(rows))} fokuspunkter hviler på flere kilder, "
        f"og {neuter(measured)} kan følges til tal i undersøgelsen"
    )


def for_focus_points(table: ProtectedTable, place: str) -> dict:
    """Texts and columns of the focus points, as arguments of `charts.joint_display`."""
    texts = {"survey": "Undersøgelsen", "practice": "Set i de ni", "interview": "Interview"}
    return {
        "place": place,
        "headline": _headline(table),
        "description": "Dybdekortlægningens fokuspunkter om faglig udvikling, hvert fulgt til det der taler for det",
        "note": "En kilde støtter et punkt når mindst en tredjedel peger på det: af sagsbehandlerne i landet, af de ni "
        "eller af interviewene. Svagt: der er oplysninger, men færre end en tredjedel. En kode siger at temaet er "
        "nævnt. Tankestreg: kilden har intet om punktet.",
        "source": f"Fokuspunkterne: Delrapport 3, kapitel 4; {source('caseworkers', 'practices', 'codings')}",
        "texts": texts,
        "theme": "point",
        "theme_heading": "Fokuspunkt",
        "estimate_heading": "",
        "agreement": "support",
        "agreement_heading": "Støtte",
        "agreement_labels": LABELS,
        "agreement_signs": SIGNS,
        "columns": {"point": "Fokuspunkt", **texts, "support": "Støtte"},
    }
