"""Handover as the two roles see it, and the nine visited, beside what is published."""

import pandas as pd

from analysis import figure_texts
from analysis.disclosure import ProtectedTable
from analysis.measures.answers import ROLES, TOTAL, role_difference
from analysis.subjects import practices
from analysis.texts import say, sources

_NOTEBOOK = "05_handover"
_PUBLISHED = {"Sagsbehandler": "handover_caseworkers", "Leder": "handover_leaders"}


def _sums(answers: ProtectedTable) -> dict[str, pd.Series]:
    """The sum of interest of each role that is shown."""
    sums = answers.frame[answers.frame["level"].eq(TOTAL)].set_index("place")
    return {role: sums.loc[role] for role in ROLES if sums.loc[role, "status"] == "shown"}


def _shares(answers: ProtectedTable) -> list[dict]:
    """Each role's sum with its interval, and whether the published one lies within it."""
    return [
        {
            "role": role,
            "share": row["estimate"],
            "low": row["low"],
            "high": row["high"],
            "n": row["n"],
            "published": _PUBLISHED[role],
            "inside": row["low"] * 100 <= sources.figure(_PUBLISHED[role])["value"] <= row["high"] * 100,
        }
        for role, row in _sums(answers).items()
    ]


def for_roles(answers: ProtectedTable, place: str) -> dict:
    """Texts of the stacked answers of the two roles; the headline tells both sums, which alone are published."""
    texts, shares = figure_texts.for_answers(answers, place), _shares(answers)
    texts["note"] = f"{texts['note']} {say(_NOTEBOOK, 'only_sums', invented=answers.synthetic)}"
    if len(shares) == len(ROLES):
        texts["headline"] = say(_NOTEBOOK, "roles_headline", shares=shares)
    return texts


def roles(answers: ProtectedTable) -> str:
    """The published shares beside those of the data, and the difference of the roles with its interval."""
    row = role_difference(answers).frame.iloc[0]
    shown = row["status"] == "shown"
    difference = {name: 100 * row[name] for name in ("estimate", "low", "high")} if shown else None
    return say(
        _NOTEBOOK,
        "roles",
        shares=_shares(answers),
        difference=difference,
        verdict=row["verdict"] if shown else None,
        invented=answers.synthetic,
    )


def visited() -> str:
    """What the nine visited municipalities say on handover."""
    return practices.text(_NOTEBOOK, "visited")


def turnover() -> str:
    """What turnover is, what the survey asks instead, and what the report sees in it."""
    return say(_NOTEBOOK, "turnover")
