"""How caseloads and hours of sparring spread among colleagues, which their means don't tell."""

import pandas as pd
import seaborn as sns

from analysis import codebook, data, measures
from analysis.charts.captions import source
from analysis.disclosure import ProtectedTable
from analysis.texts import say

# Where classes after the first begin, and how a question's are spoken of; all have enough answers for the country.
_CLASSES = {"caseload": [20, 30, 40, 50, 60, 70, 80], "sparring_hours": [1, 2, 3]}
_WORDS = {
    "caseload": ("sagstal", "sager", "sager"),
    "sparring_hours": ("sparring", "timer", "timer til faglig sparring om ugen"),
}
_TEXTS = "shared"


@data.once
def spread(variable: str, year: int, min_count: int = 5) -> ProtectedTable:
    """The share of caseworkers in each class of a number, by area: one row a class and area."""
    people = data.read("caseworkers", year)
    people = people.assign(**{variable: measures.classes(people[variable], _CLASSES[variable])})
    return measures.ask(variable, by="area", year=year, people=people, min_count=min_count)


def draw(ax, rows: pd.DataFrame) -> None:
    """Draw bars of each class, the areas beside each other."""
    sns.barplot(rows, x="level", y="estimate", hue="area", ax=ax)


def for_spread(table: ProtectedTable, place: str) -> dict:
    """Texts of the figure of a spread: which class most are in."""
    variable, year = table.quantity["variable"], table.quantity["year"]
    stem, unit, spoken = _WORDS[variable]
    shown = table.frame[table.frame["status"].eq("shown")]
    most = shown.loc[shown.groupby("area", sort=False)["estimate"].idxmax()] if len(shown) else shown
    values = {"most": most.to_dict("records"), "spoken": spoken, "year": year}
    values |= {"label": codebook.label(variable), "asked": not table.frame["status"].eq("not_asked").all()}
    return {
        "place": place,
        "name": f"{stem}_fordeling",
        "headline": say(_TEXTS, "spread_headline", **values),
        "description": say(_TEXTS, "spread_description", **values),
        "note": say(_TEXTS, "spread_note", **values),
        "source": source("caseworkers", year=year),
        "value_label": "Pct.",
        "columns": {"place": "Område", "level": unit.capitalize(), "estimate": "Pct."}
        | {"low": "Nedre grænse", "high": "Øvre grænse", "n": "Antal svar"},
    }
