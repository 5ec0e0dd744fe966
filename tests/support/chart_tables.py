"""Invented tables for the charts' tests: withheld and unanswered municipalities, the longest names."""

import numpy as np
import pandas as pd

from analysis.disclosure import ProtectedTable, declare_public

PLACES = [
    "Roskilde", "Lejre", "Ringkøbing-Skjern", "Faaborg-Midtfyn", "Lyngby-Taarbæk", "Aabenraa",
    "Høje-Taastrup", "Odsherred", "Køge", "Ærø", "Greve", "Solrød", "Læsø", "Samsø", "Fanø", "Næstved",
]  # fmt: skip
STATUS = {"Læsø": "withheld", "Fanø": "missing", "Samsø": "withheld"}
NUMBERS = ["estimate", "low", "high", "n", "difference", "difference_low", "difference_high", "shrunken"]


def protected(rows: pd.DataFrame, synthetic: bool = True) -> ProtectedTable:
    """Blank what is not shown, as the gate does."""
    rows = rows.copy()
    numbers = [name for name in rows if pd.api.types.is_float_dtype(rows[name])]
    rows.loc[rows["status"] != "shown", numbers] = np.nan
    for text in {"verdict", "reliability"} & set(rows):
        rows.loc[rows["status"] != "shown", text] = None
    return declare_public(rows, "Invented numbers for tests.", synthetic)


def estimates(areas=("at_risk", "disability"), shares=False, synthetic=True, places=PLACES) -> ProtectedTable:
    """Return rows of municipalities, their group and the country, in one or two areas."""
    random = np.random.default_rng(7)
    rows = []
    for area in areas:
        centre = {"at_risk": 40.0, "disability": 55.0}[area]
        levels = [(place, "municipality") for place in places]
        levels += [("Hovedstadskommuner", "municipality_group"), ("Hele landet", "country")]
        for place, level in levels:
            n = {"municipality": random.integers(6, 60), "municipality_group": 450, "country": 3104}[level]
            estimate = (
                centre
                if level == "country"
                else centre + random.normal(0, 7 if level == "municipality" else 1)
            )
            half = 32 / np.sqrt(n)
            rows.append(
                {
                    "place": place,
                    "place_level": level,
                    "area": area,
                    "estimate": estimate,
                    "low": estimate - half,
                    "high": estimate + half,
                    "n": float(n),
                    "n_effective": n * 0.9,
                    "difference": estimate - centre,
                    "difference_low": estimate - centre - half,
                    "difference_high": estimate - centre + half,
                    "shrunken": centre + (estimate - centre) * n / (n + 20),
                    "verdict": "none" if level == "country" else _verdict(estimate - centre, half),
                    "reliability": "usikker" if n < 14 else "ok",
                    "status": STATUS.get(place, "shown"),
                }
            )
    frame = pd.DataFrame(rows)
    if shares:
        scaled = [name for name in NUMBERS if name != "n"]
        frame[scaled] = frame[scaled] / 100
    return protected(frame, synthetic)


def _verdict(difference: float, half: float) -> str:
    return "som" if abs(difference) < half else "over" if difference > 0 else "under"
