"""The synthetic deep mapping: practice in nine visited municipalities, and coded interviews by role.

The nine are called Kommune A-I and stand for no real municipality; every published statement on the nine holds in them.
"""

import numpy as np
import pandas as pd

_PRACTICE_COLUMNS = [
    "visited",
    "size",
    "caseload_at_risk",
    "caseload_disability",
    "sparring_hours",
    "sparring_forum",
    "has_informal_sparring",
    "sparring_responsible",
    "has_systematic_sparring",
    "sparring_description",
    "sparring_gap",
    "has_fixed_introduction",
    "introduction_works_well",
    "introduction_days",
    "has_mentor",
    "has_leader_introduction",
    "handover_difficulty",
]
_T = "team_meeting"
_PRACTICES = [
    ("A", "larger", 34, 48, 2, _T, "yes", "coordinator", "yes", "firm", "no")
    + ("yes", "yes", 14, "yes", "no", "lesser"),
    ("B", "larger", 33, 50, 1.5, _T, "yes", "leader", "yes", "partly", "yes")
    + ("yes", "no", 14, "yes", "no", "lesser"),
    ("C", "larger", 40, 55, 3, _T, "yes", "coordinator", "yes", "firm", "no")
    + ("yes", "yes", 15, "yes", "no", "lesser"),
    ("D", "smaller", 35, 49, 1, _T, "no", "colleagues", "yes", "none", "no")
    + ("no", "no", None, "no", "yes", "same"),
    ("E", "larger", 18, 30, 2.5, _T, "yes", "coordinator", "yes", "firm", "no")
    + ("yes", "yes", 14, "yes", "no", "lesser"),
    ("F", "larger", 41, 56, 2, _T, "no", "leader", "yes", "partly", "yes")
    + ("yes", "no", 10, "no", "no", "lesser"),
    ("G", "smaller", 32, 47, 1.5, _T, "yes", "colleagues", "yes", "partly", "yes")
    + ("no", "no", None, "no", "yes", "lesser"),
    ("H", "smaller", 39, 54, 1, _T, "no", "leader", "no", "none", "no")
    + ("no", "no", None, "no", "yes", "same"),
    ("I", "smaller", 35, 50, 3, _T, "yes", "leader", "yes", "partly", "no")
    + ("yes", "yes", 14, "yes", "yes", "lesser"),
]

# Theme -> code -> sentences that an interview could hold.
THEMES = {
    "Sagstal": {
        "Sagstallet presser tiden": (
            "Der er for lidt tid til den enkelte sag.",
            "Vi når det vigtigste, men ikke mere.",
        ),
        "Sagstallet er til at arbejde med": (
            "Sagerne er fordelt så det kan lade sig gøre.",
            "Hos os er sagstallet til at holde ud.",
        ),
    },
    "Sparring": {
        "Sparring på teammødet": (
            "Vi tager de svære sager op på teammødet.",
            "Teammødet er stedet hvor vi får sparring.",
        ),
        "Uformel sparring": (
            "Man kan altid banke på hos en kollega.",
            "Meget sparring sker ved skrivebordet.",
        ),
        "Drøftelse af bevillinger": (
            "Mødet går med bevillinger.",
            "Vi taler mest om hvad der kan bevilges.",
        ),
    },
    "Introduktion": {
        "Fast program": (
            "Nye kolleger følger et fast program.",
            "De første uger er planlagt på forhånd.",
        ),
        "Mentor": ("Den nye får sin egen mentor.", "Min mentor var med til de første møder."),
        "Lederen introducerer": (
            "Den nærmeste leder tager selv imod.",
            "Introduktionen afhænger meget af lederen.",
        ),
    },
    "Overlevering": {
        "Viden går tabt": (
            "Når en kollega stopper, ryger der viden.",
            "Familien må fortælle det hele igen.",
        ),
        "Overlap ved skift": (
            "Vi holder et møde hvor begge er med.",
            "Ved planlagte skift er der overlap.",
        ),
    },
    "Faglig udvikling": {
        "Kobling til politiske mål": (
            "Kurserne hænger ikke sammen med de politiske mål.",
            "Målene fylder ikke i det daglige.",
        ),
        "Samarbejde på tværs af kommuner": (
            "Vi taler sjældent med nabokommunen om uddannelse.",
            "Et fælles kursus ville være oplagt.",
        ),
        "Forankring af kurser": (
            "Det er svært at holde fast i det lærte.",
            "Efter kurset bliver hverdagen som før.",
        ),
        "Ny viden og lovgivning": (
            "Ny lovgivning læser vi hver for sig.",
            "Vi mangler tid til at dele ny viden.",
        ),
        "It-systemer": (
            "Systemet har sat dagsordenen for udviklingen.",
            "De digitale arbejdsgange tager tid at lære.",
        ),
    },
}


def make_practices() -> pd.DataFrame:
    """Practice in the nine visited municipalities, one row each."""
    practices = pd.DataFrame(_PRACTICES, columns=_PRACTICE_COLUMNS)
    return practices.assign(visited="Kommune " + practices["visited"])


def make_codes() -> pd.DataFrame:
    """The code tree, one row a theme or code: guid, name, parent (missing for a theme), is_codable."""
    themes = [(theme, theme, None, False) for theme in THEMES]
    codes = [(code, code, theme, True) for theme, names in THEMES.items() for code in names]
    return pd.DataFrame(themes + codes, columns=["guid", "name", "parent", "is_codable"])


def _sentences(random: np.random.Generator) -> list[tuple[str, str]]:
    """(Code, sentence) of one interview: of each theme one to three codes, in the themes' order."""
    chosen = []
    for codes in THEMES.values():
        names = list(codes)
        count = min(len(names), int(random.integers(1, 4)))
        for i in sorted(random.choice(len(names), size=count, replace=False)):
            chosen.append((names[i], codes[names[i]][int(random.integers(2))]))
    return chosen


def _second_opinion(code: str, random: np.random.Generator) -> str:
    """The second coder's code of a sentence: mostly the same, else another of the same theme."""
    codes = next(list(codes) for codes in THEMES.values() if code in codes)
    return code if random.uniform() < 0.8 else str(random.choice(codes))


def _one_interview(name: str, twice: bool, random: np.random.Generator) -> tuple[str, list[tuple]]:
    text, codings = "Syntetisk interview, skrevet til demonstration.\n", []
    for code, sentence in _sentences(random):
        start, end = len(text), len(text) + len(sentence)
        codings.append((name, code, "Koder 1", start, end))
        if twice:
            codings.append((name, _second_opinion(code, random), "Koder 2", start, end))
        text += sentence + "\n"
    return text, codings


def make_interviews(random: np.random.Generator) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Interviews (name, role, text) and codings (interview, code, coder, start, end), by role and by no place."""
    interviews, codings = [], []
    for role, word in (("caseworker", "Sagsbehandler"), ("leader", "Leder")):
        for number in range(1, 10):
            name = f"{word} {number}"
            text, coded = _one_interview(name, number <= 4, random)
            interviews.append((name, role, text))
            codings += coded
    return (
        pd.DataFrame(interviews, columns=["name", "role", "text"]),
        pd.DataFrame(codings, columns=["interview", "code", "coder", "start", "end"]),
    )
