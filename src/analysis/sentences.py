"""Danish sentences, computed from protected tables: headlines, findings, notes and sources.

Every comparison takes its wording from the verdict over / som / under, so that no sentence claims a difference that
the intervals don't bear out, and a row that isn't shown is only said not to be.
"""

import pandas as pd

from analysis import codebook, danish, data, municipalities, words
from analysis.disclosure import ProtectedTable

_VERDICTS = {
    "over": "over resten af landet",
    "som": "ikke til at skelne fra resten af landet",
    "under": "under resten af landet",
    "none": "for spinkelt til en sammenligning med resten af landet",
}


def own_rows(table: ProtectedTable, place: str) -> pd.DataFrame:
    """The rows of the place itself."""
    rows = table.frame
    return rows[rows["place_level"].eq(municipalities.place_level(place)) & rows["place"].eq(place)]


def on_area(row: pd.Series) -> str:
    """ " på handicapområdet", or nothing when the measure has no areas."""
    return f" på {codebook.levels('area')[row['area']].lower()}" if "area" in row else ""


def _areas(rows: pd.DataFrame) -> str:
    if "area" not in rows:
        return ""
    if len(rows) == len(codebook.levels("area")):
        return " på begge områder"
    return f" på {danish.join_words([codebook.levels('area')[a].lower() for a in rows['area']])}"


def first_upper(text: str) -> str:
    """The text with a capital first letter, the rest as it is."""
    return text[:1].upper() + text[1:]


def headline(table: ProtectedTable, place: str) -> str:
    """The finding of a measure for a place, as a headline.

    Parameters
    ----------
    table : ProtectedTable
        A measure's table, with the rows of the place.
    place : str
        Official name of a municipality, a municipality group, or "Hele landet".
    """
    spoken, own = words.of(table), own_rows(table, place)
    shown = own[own["status"].eq("shown")]
    subject = first_upper(spoken.subject)
    if shown.empty:
        why = "ingen har svaret" if own["status"].eq("missing").all() else "tallet er diskretioneret"
        return f"{subject} {words.locate(place)}: {why}"
    if municipalities.is_country(place):
        values = [f"{spoken.value(row['estimate'])}{on_area(row)}" for _, row in shown.iterrows()]
        return f"{subject} er {danish.join_words(values)} {words.locate(place)}"
    parts = [f"{_VERDICTS[v]}{_areas(rows)}" for v, rows in shown.groupby("verdict", sort=False)]
    return f"{subject} {words.locate(place)} er {danish.join_words(parts)}"


def _hidden(rows: pd.DataFrame, spoken: words.Words, place: str) -> str:
    where = words.locate(place)
    if rows["status"].iloc[0] == "missing":
        areas = _areas(rows).replace("begge", "nogen af de to")
        return f"Ingen har svaret på spørgsmålet bag {spoken.subject} {where}{areas}."
    why = "diskretioneret" if rows["status"].iloc[0] == "withheld" else "ikke relevant"
    return f"{first_upper(spoken.subject)} {where} er {why}{_areas(rows)}."


def _value(row: pd.Series, spoken: words.Words, place: str) -> str:
    certainty = "" if row["reliability"] == "ok" else "; usikkert skøn"
    return (
        f"{first_upper(spoken.subject)} er {spoken.value(row['estimate'])} {words.locate(place)}{on_area(row)} "
        f"(95 pct. sikkerhedsinterval {spoken.interval(row['low'], row['high'])}; {danish.number(row['n'])} svar"
        f"{certainty})."
    )


def _difference(row: pd.Series, spoken: words.Words) -> str:
    """How the place differs from the rest of the country, in the words of its verdict."""
    scale = 100 if spoken.unit == "pct." else 1
    unit = "procentpoint" if spoken.unit == "pct." else spoken.unit
    numbers = [danish.number(row[c] * scale, spoken.decimals) for c in ("difference_low", "difference_high")]
    return (
        f"Det er {_VERDICTS[row['verdict']]}: forskellen ligger mellem {numbers[0]} og {numbers[1]} {unit}."
    )


def finding(table: ProtectedTable, place: str) -> str:
    """One paragraph on a measure in a place: value, interval, answers, and how it differs from the rest."""
    spoken, own = words.of(table), own_rows(table, place)
    hidden = own[own["status"].ne("shown")]
    said = [_hidden(rows, spoken, place) for _, rows in hidden.groupby("status", sort=False)]
    for _, row in own[own["status"].eq("shown")].iterrows():
        said.append(_value(row, spoken, place))
        if row["verdict"] != "none":
            said.append(_difference(row, spoken))
    if not municipalities.is_country(place):
        said.append(_country(table, spoken))
    return " ".join(said)


def _country(table: ProtectedTable, spoken: words.Words) -> str:
    rows = own_rows(table, municipalities.COUNTRY)
    shown = rows[rows["status"].eq("shown")]
    if shown.empty:
        return "Hele landet: diskretioneret."
    values = [f"{spoken.value(row['estimate'])}{on_area(row)}" for _, row in shown.iterrows()]
    said = danish.join_words(values)
    return f"Hele landet: {said}" + ("" if said.endswith(".") else ".")


def description(table: ProtectedTable) -> str:
    """What is shown: statistic, population and period."""
    return f"{words.of(table).statistic}. Sagsbehandlere, {table.quantity['year']}. Streg: 95 pct. sikkerhedsinterval"


def note(table: ProtectedTable, extra: str = "", groups: bool = False) -> str:
    """What a reader must know of how the numbers came about.

    Parameters
    ----------
    extra : str
        A last sentence.
    groups : bool
        Whether it is the municipality groups that the figure compares with the rest, not the municipalities.
    """
    tests = table.quantity.get("group_tests" if groups else "tests")
    compared = "Gruppernes sammenligning" if groups else "Sammenligningen"
    parts = [
        "n er antal svar; ved ikke indgår ikke i grundlaget.",
        "Svarene er vægtet til antal ansatte; intervallerne er uden endelighedskorrektion, for de beskriver praksis "
        "og ikke kun dagens ansatte.",
        f"{compared} med resten af landet er justeret for {danish.number(tests)} test." if tests else "",
        extra,
    ]
    return " ".join(part for part in parts if part)


def source(*tables: str) -> str:
    """The source line of the processed tables that a figure rests on."""
    titles = dict.fromkeys(title for table in tables for title in data.titles(table))
    return f"{'; '.join(titles)}, og egne beregninger."
