"""Synthetic staff, and who of them answers."""

import numpy as np
import pandas as pd

from analysis import municipalities
from analysis.synthetic.manifest import value

# Caseworkers employed, where the group's typical number would be far off. Assumed, as all staff counts here.
_CASEWORKERS = {
    "København": 430,
    "Aarhus": 260,
    "Aalborg": 190,
    "Odense": 185,
    "Frederiksberg": 70,
    "Læsø": 2,
    "Fanø": 3,
    "Samsø": 4,
    "Ærø": 5,
    "Langeland": 12,
    "Dragør": 7,
    "Vallensbæk": 8,
    "Ishøj": 24,
    "Solrød": 15,
}
_TYPICAL = {
    "Hovedstadskommuner": 36,
    "Storbykommuner": 200,
    "Provinsbykommuner": 72,
    "Oplandskommuner": 32,
    "Landkommuner": 38,
}
# Nobody in this municipality answers, so that every notebook is tried on a municipality without answers.
UNANSWERED = "Fanø"


def _caseworkers(group: str, name: str, random: np.random.Generator) -> int:
    typical = round(_TYPICAL[group] * np.exp(random.normal(0, 0.3)))
    return _CASEWORKERS.get(name, typical)


def make_staff(random: np.random.Generator) -> pd.DataFrame:
    """Staff of the 98 municipalities, one row a municipality, role and area: employed_count [persons]."""
    rows = []
    for place in municipalities.everyone():
        caseworkers = _caseworkers(place.group, place.name, random)
        for role, total in (("caseworker", caseworkers), ("leader", max(1, round(caseworkers / 7)))):
            disability = round(total * np.clip(random.normal(value("disability_share"), 0.06), 0.15, 0.6))
            for area, count in (("at_risk", total - disability), ("disability", disability)):
                rows.append((place.code, place.group, place.name, role, area, count))
    names = ["municipality_code", "municipality_group", "municipality", "role", "area", "employed_count"]
    return pd.DataFrame(rows, columns=names)


def make_invited(staff: pd.DataFrame, random: np.random.Generator) -> pd.DataFrame:
    """Every employee, invited to the survey: one row a person, with a status.

    Parameters
    ----------
    staff : DataFrame
        As from `make_staff`.

    Returns
    -------
    DataFrame
        The staff's columns, and status: distributed, partial, completed.
    """
    people = staff.loc[staff.index.repeat(staff["employed_count"])].reset_index(drop=True)
    place_effect = staff.drop_duplicates("municipality_code")["municipality_code"]
    willing = dict(zip(place_effect, random.normal(0, 0.35, len(place_effect)), strict=True))
    role_share = people["role"].map(
        {
            "caseworker": value("response_share_caseworkers"),
            "leader": value("response_share_leaders"),
        }
    )
    odds = role_share / (1 - role_share) * np.exp(people["municipality_code"].map(willing))
    draws = random.uniform(size=len(people))
    answers = (draws < odds / (1 + odds)) & (people["municipality"] != UNANSWERED)
    begins = ~answers & (draws > 1 - value("partial_share")) & (people["municipality"] != UNANSWERED)
    status = np.select([answers, begins], ["completed", "partial"], "distributed")
    return people.drop(columns="employed_count").assign(status=status)
