"""What the report states on the nine visited municipalities, each held to the data by a rule.

A statement in words is read as: *flere* at least three, *enkelte* one to three, *flertallet* and *de fleste* more
than half, *typisk* more than half or the median.
"""

from collections.abc import Callable

import pandas as pd

from analysis import danish, data
from analysis.disclosure import ProtectedTable, declare_public
from analysis.sentences import first_upper, source
from analysis.subjects import practices, published
from analysis.subjects.practices import in_words, of_nine

HOLDS, FAILS, UNKNOWN = "holds", "fails", "unknown"
LABELS = {HOLDS: "passer", FAILS: "passer ikke", UNKNOWN: "ikke opgjort"}
SIGNS = {HOLDS: "full", FAILS: "cross", UNKNOWN: "dash"}
SEVERAL, FEW = 3, 3
MARKEDLY = 1 / 3  # of the published mean: "markedly below"
_AREAS = {"at_risk": "udsatteområdet", "disability": "handicapområdet"}
Found = tuple[bool, str]


def _below(visited: pd.DataFrame) -> dict[str, pd.Series]:
    """How many cases each of the visited lies below the published mean, by area."""
    return {
        area: float(published.figure(f"caseload_{area}")["value"])
        - visited[f"caseload_{area}"].dropna().astype(float)
        for area in _AREAS
    }


def _caseload_lower(visited: pd.DataFrame, said: pd.Series) -> Found:
    counts = {
        area: int(below.between(said["value"], said["value_high"]).sum())
        for area, below in _below(visited).items()
    }
    told = [f"{in_words(count)} på {_AREAS[area]}" for area, count in counts.items()]
    span = danish.interval(said["value"], said["value_high"], 0)
    return all(
        count >= SEVERAL for count in counts.values()
    ), f"{span} sager lavere: {danish.join_words(told)}"


def _caseload_outlier(visited: pd.DataFrame, said: pd.Series) -> Found:
    far = pd.concat(
        [
            below.gt(MARKEDLY * float(published.figure(f"caseload_{area}")["value"]))
            for area, below in _below(visited).items()
        ],
        axis=1,
    ).all(axis=1)
    return int(far.sum()) == said["value"], f"{of_nine(int(far.sum()), len(far))} mere end en tredjedel under"


def _hours(visited: pd.DataFrame, said: pd.Series) -> Found:
    hours = visited["sparring_hours"].dropna().astype(float)
    inside = bool(hours.between(said["value"], said["value_high"]).all())
    return inside, f"{danish.interval(hours.min(), hours.max(), 1)} timer om ugen"


def _days(visited: pd.DataFrame, said: pd.Series) -> Found:
    median = float(visited["introduction_days"].dropna().astype(float).median())
    return abs(median - said["value"]) <= 1, f"median {danish.number(median)} dage"


def _counted(
    column: str, level: str, test: Callable[[int, int, pd.Series], bool], among: tuple[str, str] | None = None
) -> Callable[[pd.DataFrame, pd.Series], Found]:
    """A rule on how many of the visited are at a level, among all or among those at another level."""

    def check(visited: pd.DataFrame, said: pd.Series) -> Found:
        asked = visited if among is None else visited[visited[among[0]].eq(among[1])]
        known = asked[column].dropna()
        count = int(known.eq(level).sum())
        return test(count, len(known), said), f"{in_words(count)} af {in_words(len(known))}"

    return check


def _exactly(count: int, known: int, said: pd.Series) -> bool:
    return count == said["value"]


def _most(count: int, known: int, said: pd.Series) -> bool:
    return 2 * count > known


def _some(count: int, known: int, said: pd.Series) -> bool:
    return 1 <= count <= FEW


# Id of the published figure -> theme, column that must be known, rule.
_PROGRAMME = ("has_fixed_introduction", "yes")
_CHECKS = {
    "caseload_visited": ("Sagstal", "caseload_at_risk", _caseload_lower),
    "caseload_visited_outlier": ("Sagstal", "caseload_at_risk", _caseload_outlier),
    "sparring_hours": ("Sparringstid", "sparring_hours", _hours),
    "sparring_forum": (
        "Forum for sparring",
        "sparring_forum",
        _counted("sparring_forum", "team_meeting", _exactly),
    ),
    "sparring_informal": (
        "Uformel sparring",
        "has_informal_sparring",
        _counted("has_informal_sparring", "yes", _most),
    ),
    "sparring_none": (
        "Systematisk sparring",
        "has_systematic_sparring",
        _counted("has_systematic_sparring", "no", _exactly),
    ),
    "sparring_gap": ("Beskrivelse og praksis", "sparring_gap", _counted("sparring_gap", "yes", _some)),
    "introduction_majority": (
        "Fast introduktion",
        "has_fixed_introduction",
        _counted("has_fixed_introduction", "yes", _most),
    ),
    "introduction_systematic": (
        "Velfungerende program",
        "introduction_works_well",
        _counted("introduction_works_well", "yes", _exactly),
    ),
    "introduction_days": ("Programmets længde", "introduction_days", _days),
    "introduction_mentor": ("Mentor", "has_mentor", _counted("has_mentor", "yes", _most, among=_PROGRAMME)),
    "introduction_leader": (
        "Lederens rolle",
        "has_leader_introduction",
        _counted("has_leader_introduction", "yes", _most, among=("size", "smaller")),
    ),
    "handover_visited": (
        "Overlevering",
        "handover_difficulty",
        _counted("handover_difficulty", "lesser", _most),
    ),
}


def check_statements(visited: pd.DataFrame) -> pd.DataFrame:
    """Hold every published statement on the nine to their practice.

    Parameters
    ----------
    visited : DataFrame
        As the processed table `practices`, one row a visited municipality.

    Returns
    -------
    DataFrame
        One row a statement: id, theme, statement (with its place in the report), found (Danish), holds (holds,
        fails, unknown).
    """
    rows = []
    for key, (theme, column, check) in _CHECKS.items():
        said = published.figure(key)
        known = visited[column].notna().any()
        holds, found = check(visited, said) if known else (False, "–")
        rows.append(
            {
                "id": key,
                "theme": theme,
                "statement": said["statement"] + _where(said["place_in_source"]),
                "found": first_upper(found),
                "holds": (HOLDS if holds else FAILS) if known else UNKNOWN,
            }
        )
    return pd.DataFrame(rows)


def _where(place_in_source: str) -> str:
    """Where in the chapter a statement stands, where the report says two things of the same."""
    within = place_in_source.partition(", ")[2]
    return f" ({within})" if within else ""


@data.once
def statements() -> ProtectedTable:
    """The statements of the report on the nine, held to the data."""
    table = check_statements(practices.read())
    return declare_public(table, practices.REASON, data.is_synthetic("practices"))


def for_statements(table: ProtectedTable, place: str) -> dict:
    """Texts and columns of the statements, as arguments of `charts.joint_display`."""
    holds = table.frame["holds"]
    count, known = int(holds.eq(HOLDS).sum()), int(holds.ne(UNKNOWN).sum())
    how_many = (
        f"Alle {in_words(known)}"
        if count == known
        else f"{first_upper(in_words(count))} af {in_words(known)}"
    )
    made = " Demonstrationsdata er lavet så udsagnene passer." if table.synthetic else ""
    texts = {"statement": "Rapporten skriver", "found": "I data"}
    return {
        "place": place,
        "headline": f"{how_many} udsagn om de ni besøgte kommuner passer med data",
        "description": "Dybdekortlægningens udsagn om de ni, et ad gangen, holdt op mod praksis i data",
        "note": "Ord er læst som tal: flere er mindst tre, enkelte er en til tre, flertallet og de fleste er over "
        "halvdelen, typisk er over halvdelen eller medianen, og markant under er over en tredjedel." + made,
        "source": f"{published.figure('caseload_visited')['source']}, kapitel 4; {source('practices')}",
        "texts": texts,
        "estimate_heading": "",
        "agreement": "holds",
        "agreement_heading": "Passer",
        "agreement_labels": LABELS,
        "agreement_signs": SIGNS,
        "columns": {"theme": "Tema", **texts, "holds": "Passer"},
    }
