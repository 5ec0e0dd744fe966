"""Danish sentences, computed from protected tables: headlines, findings, notes and sources.

Every comparison takes its wording from the verdict, so that no sentence claims a difference that the intervals don't
bear out, and tells value, reference and size; a row that isn't shown is only said not to be.
"""

import math
import re

import pandas as pd

from analysis import codebook, danish, municipalities
from analysis.comparisons import chance_findings, detectable_mean, detectable_share
from analysis.disclosure import ProtectedTable, limit_words
from analysis.measures import catalogue

_VERDICTS = {
    "over": "over resten af landet",
    "maybe_over": "måske til at skelne fra resten af landet",
    "som": "ikke til at skelne fra resten af landet",
    "maybe_under": "måske til at skelne fra resten af landet",
    "under": "under resten af landet",
    "none": "for spinkelt til en sammenligning med resten af landet",
}


# What a headline says of a verdict, once value and reference have been told.
_CERTAINTY = {
    "over": "over resten af landet",
    "maybe_over": "forskellen kan være tilfældig",
    "som": "ingen sikker forskel",
    "maybe_under": "forskellen kan være tilfældig",
    "under": "under resten af landet",
    "none": "for spinkelt til en sammenligning",
}
_CLEAR = ("over", "under")
_WITHOUT = {
    "missing": "ingen har svaret",
    "not_relevant": "ikke relevant",
    "withheld": "tallet er diskretioneret",
    "bounded": "kun en grænse vises",
}
# What a comparison is made within, by the column of the measure's row: in a note, in a funnel, taken apart.
ALIKE = {
    "case_unit": "Sagstal sammenlignes med dem der gør sager op på samme måde (pr. barn eller pr. familie)."
}
AT_ONE_MIX = {"case_unit": "omregnet til resten af landets måde at gøre sager op på"}
_APART = {
    "case_unit": " Uden hensyn til om en sag er et barn eller en familie, er forskellen {whole}: {within} talt ens og "
    "{mix} af måden at tælle på."
}
_GROUPS = (
    "En gruppe bedømmes efter hvor forskellige dens kommuner er, og kun hvor mindst fem af dem har svaret."
)


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


def ended(subject: str) -> str:
    """A subject with the comma that ends a clause in it: "andelen hvor nye kolleger får en mentor,"."""
    return f"{subject}," if re.search(r" (der|hvor) ", subject) else subject


def headline(table: ProtectedTable, place: str) -> str:
    """The finding of a measure for a place, as a headline: value, reference, size and certainty.

    Parameters
    ----------
    table : ProtectedTable
        A measure's table, with the rows of the place.
    place : str
        Official name of a municipality, a municipality group, or "Hele landet".
    """
    spoken, own = catalogue.of(table), own_rows(table, place)
    shown = own[own["status"].eq("shown")]
    subject, where = danish.first_upper(spoken.subject), danish.locate(place)
    if shown.empty:
        return f"{subject} {where}: {_without(own, table)}{_group_instead(table, place)}"
    if municipalities.is_country(place):
        return f"{ended(subject)} er {_values(shown, spoken)} {where}"
    if len(shown) > 1:
        return f"{ended(f'{subject} {where}')} er {_both_areas(table, shown)}"
    row = shown.iloc[0]
    return (
        f"{ended(subject)} er {spoken.value(row['estimate'])} {where}{on_area(row)}, {_against(table, row)}"
    )


def _without(own: pd.DataFrame, table: ProtectedTable) -> str:
    """Why a place has no number."""
    statuses = own["status"].unique()
    if "not_asked" in statuses:
        return f"ikke spurgt i {table.quantity['year']}"
    return _WITHOUT.get(statuses[0], _WITHOUT["withheld"]) if len(statuses) == 1 else _WITHOUT["withheld"]


def _group_instead(table: ProtectedTable, place: str) -> str:
    """What a municipality that isn't shown has instead: its group's value; nothing where there is none."""
    if municipalities.place_level(place) != "municipality":
        return ""
    group = municipalities.find(place).group
    rows = own_rows(table, group)
    shown = rows[rows["status"].eq("shown")]
    return f"; {_values(shown, catalogue.of(table))} {danish.locate(group)}" if len(shown) else ""


def _values(shown: pd.DataFrame, spoken: catalogue.Measure) -> str:
    """The values with their unit; without it where there are several, each of an area."""
    value = spoken.value if len(shown) == 1 else lambda number: short(number, spoken)
    return danish.join_words([f"{value(row['estimate'])}{on_area(row)}" for _, row in shown.iterrows()])


def _both_areas(table: ProtectedTable, shown: pd.DataFrame) -> str:
    """The values of two areas, each held against its own; once for both where as little is certain of them."""
    spoken, rows = catalogue.of(table), [row for _, row in shown.iterrows()]
    values = [f"{spoken.number(row['estimate'])}{on_area(row)}" for row in rows]
    said = {_CERTAINTY[row["verdict"]] for row in rows}
    rests = [rest_value(row) for row in rows]
    if len(said) == 1 and not any(map(math.isnan, rests)) and not shown["verdict"].isin(_CLEAR).any():
        rest = danish.join_words([spoken.number(value) for value in rests])
        return f"{danish.join_words(values)}, {rest} {_of_the_rest(spoken)} – {said.pop()}"
    return danish.join_words(
        [f"{value} ({_against(table, row)})" for value, row in zip(values, rows, strict=True)]
    )


def _of_the_rest(spoken: catalogue.Measure) -> str:
    return "i resten af landet opgjort ens" if spoken.alike else "i resten af landet"


def _against(table: ProtectedTable, row: pd.Series) -> str:
    """What a row is held against, by how much it differs, and how certain that is."""
    spoken, verdict, rest = catalogue.of(table), row["verdict"], rest_value(row)
    if verdict == "none" or math.isnan(rest):
        return f"{_country_value(table, row)}{_CERTAINTY[verdict]}"
    return f"{spoken.number(rest)} {_of_the_rest(spoken)} – {how_far(spoken, row)}"


def _country_value(table: ProtectedTable, row: pd.Series) -> str:
    """The country's value of the same area, as a reference that nothing is said against."""
    rows = own_rows(table, municipalities.COUNTRY)
    rows = rows[rows["status"].eq("shown")]
    rows = rows[rows["area"].eq(row["area"])] if "area" in row else rows
    return f"{catalogue.of(table).number(rows['estimate'].iloc[0])} i hele landet – " if len(rows) else ""


def rest_value(row: pd.Series) -> float:
    """What the rest of the country has, as the shown value and difference tell it; NaN in a table without."""
    return float(row["estimate"] - row["difference"]) if "difference" in row else math.nan


def _hidden(rows: pd.DataFrame, table: ProtectedTable, place: str) -> str:
    spoken, where = catalogue.of(table), danish.locate(place)
    if rows["status"].iloc[0] == "not_asked":
        return f"Der er ikke spurgt til {spoken.subject} i {table.quantity['year']}."
    if rows["status"].iloc[0] == "missing":
        areas = _areas(rows).replace("begge", "nogen af de to")
        return f"{ended(f'{danish.first_upper(spoken.subject)} {where}')} er ukendt: ingen har svaret{areas}."
    why = "ikke relevant" if rows["status"].iloc[0] == "not_relevant" else "diskretioneret"
    if rows["status"].iloc[0] == "bounded":
        row = rows.iloc[0]
        why = f"{limit_words(row)} ({danish.number(row['n'])} svar; kun en grænse vises)"
    return f"{ended(f'{danish.first_upper(spoken.subject)} {where}')} er {why}{_areas(rows)}."


def _value(row: pd.Series, spoken: catalogue.Measure, place: str) -> str:
    certainty = "" if row["reliability"] == "ok" else "; usikkert skøn"
    where = f"{danish.locate(place)}{on_area(row)}"
    return (
        f"{ended(danish.first_upper(spoken.subject))} er {spoken.value(row['estimate'])} {where} "
        f"(95 pct. sikkerhedsinterval {spoken.interval(row['low'], row['high'])}; {danish.number(row['n'])} svar"
        f"{certainty})."
    )


def _difference(row: pd.Series, spoken: catalogue.Measure, table: ProtectedTable) -> str:
    """How the place differs from the rest of the country, in the words of its verdict, and how sure that is."""
    if row["verdict"] == "none":
        why = ": færre end fem kommuner har svaret" if row["place_level"] == "municipality_group" else ""
        return "" if row["place_level"] == "country" else f"Det er {_VERDICTS['none']}{why}."
    numbers = [spoken.number(row[column]) for column in ("difference_low", "difference_high")]
    rest = "" if pd.isna(rest_value(row)) else f" ({short(rest_value(row), spoken)})"
    said = (
        f"Det er {_VERDICTS[row['verdict']]}{rest}: forskellen ligger mellem {numbers[0]} og {numbers[1]} "
        f"{spoken.amount_unit}{_chance(row, spoken, table)}"
    )
    return (said if said.endswith(".") else f"{said}.") + _apart(row, spoken)


def _apart(row: pd.Series, spoken: catalogue.Measure) -> str:
    """What of the difference is how a place counts, and what is left; nothing where counting makes none of it."""
    mix = row["estimate"] - row.get("standardised", math.nan)
    if pd.isna(mix) or spoken.number(mix) in (spoken.number(0.0), spoken.number(-0.0)):
        return ""
    parts = {"whole": row["difference"] + mix, "within": row["difference"], "mix": mix}
    return _APART[spoken.alike].format(**{name: spoken.number(part) for name, part in parts.items()})


def _chance(row: pd.Series, spoken: catalogue.Measure, table: ProtectedTable) -> str:
    """What chance may have made of a difference that looks like one, or hidden where none is seen."""
    is_place = row["place_level"] == "municipality"
    tests = int(table.quantity.get("tests" if is_place else "group_tests") or 0)
    if row["verdict"].startswith("maybe") and tests:
        looking = danish.number(chance_findings(tests), 0 if chance_findings(tests) >= 1 else 1)
        return f", men af {danish.number(tests)} sammenligninger ville {looking} se sådan ud ved et tilfælde"
    if row["verdict"] != "som" or not is_place or not tests:
        return ""
    return _detectable(row, spoken, table, 0.05 / tests)


def _detectable(row: pd.Series, spoken: catalogue.Measure, table: ProtectedTable, alpha: float) -> str:
    """Which values so few answers would have told from the rest."""
    rest, n = rest_value(row), int(row["n"])
    if pd.isna(rest):
        return ""
    if spoken.is_share:
        if not 0 < rest < 1:
            return ""
        limits = detectable_share(n, rest, alpha)
    else:
        spread = table.quantity["spread"]
        limits = detectable_mean(n, rest, spread[row.get("area", "")], alpha)
        limits = (limits[0] if limits[0] > 0 else math.nan, limits[1])
    sides = [
        f"{word} {short(limit, spoken)}"
        for word, limit in zip(("under", "over"), limits, strict=True)
        if not math.isnan(limit)
    ]
    answers = f"{danish.number(n)} svar"
    if not sides:
        return f"; med {answers} kan ingen forskel ses med sikkerhed"
    return f"; med {answers} ses en forskel som regel først {danish.join_words(sides, 'eller')}"


def finding(table: ProtectedTable, place: str) -> str:
    """One paragraph on a measure in a place: value, interval, answers, and how it differs from the rest."""
    spoken, own = catalogue.of(table), own_rows(table, place)
    hidden = own[own["status"].ne("shown")]
    said = [_hidden(rows, table, place) for _, rows in hidden.groupby("status", sort=False)]
    for _, row in own[own["status"].eq("shown")].iterrows():
        said.append(_value(row, spoken, place))
        said.append(_difference(row, spoken, table))
    if not municipalities.is_country(place) and not own["status"].eq("not_asked").any():
        said.append(_country(table, spoken))
    said.append(_silent(table, spoken))
    return " ".join(filter(None, said))


def _country(table: ProtectedTable, spoken: catalogue.Measure) -> str:
    rows = own_rows(table, municipalities.COUNTRY)
    shown = rows[rows["status"].eq("shown")]
    if shown.empty:
        return "Hele landet: diskretioneret."
    said = _values(shown, spoken)
    return f"Hele landet: {said}" + ("" if said.endswith(".") else ".")


def _silent(table: ProtectedTable, spoken: catalogue.Measure) -> str:
    """What those who did not answer may change in the country's values; nothing where that isn't known."""
    rows = own_rows(table, municipalities.COUNTRY)
    silent = table.quantity.get("silent_percent")
    shown = rows[rows["status"].eq("shown")]
    if not silent or shown.empty or "if_lower" not in shown:
        return ""
    lower = danish.join_words(
        [f"{short(row['if_lower'], spoken)}{on_area(row)}" for _, row in shown.iterrows()]
    )
    how = "10 procentpoint lavere" if spoken.is_share else "10 pct. lavere"
    said = f"Lå de {silent} pct. der ikke har svaret, {how}, var det {lower}"
    if spoken.is_share:
        row = shown.iloc[0]
        said += f", og uden antagelser er det {spoken.interval(row['bound_low'], row['bound_high'])}"
    return said if said.endswith(".") else f"{said}."


def measured(table: ProtectedTable, how: str = "") -> str:
    """Statistic, area where it is one, population and period."""
    row = catalogue.of(table)
    return f"{row.statistic}{on_one_area(table)}{how}. {row.population}, {table.quantity['year']}"


def description(table: ProtectedTable) -> str:
    """What is shown: statistic, population and period."""
    return f"{measured(table)}. Streg: 95 pct. sikkerhedsinterval"


def note(table: ProtectedTable, extra: str = "", groups: bool = False, compared: bool = True) -> str:
    """What a reader must know of how the numbers came about.

    Parameters
    ----------
    extra : str
        A last sentence.
    groups : bool
        Whether it is the municipality groups that the figure compares with the rest, not the municipalities.
    compared : bool
        Whether the figure tells of any comparison with the rest.
    """
    tests = table.quantity.get("group_tests" if groups else "tests")
    who = "Gruppernes sammenligning" if groups else "Sammenligningen"
    comparison = [
        f"{who} med resten af landet er justeret for {danish.number(tests)} test." if tests else "",
        _GROUPS if groups else "",
        ALIKE.get(table.quantity.get("alike"), ""),
    ]
    parts = [
        "n er antal svar; ved ikke indgår ikke i grundlaget.",
        "Svarene er vægtet til antal ansatte; intervallerne gælder praksis og ikke kun dagens ansatte.",
        *(comparison if compared else []),
        extra,
    ]
    return " ".join(part for part in parts if part)


def on_one_area(table: ProtectedTable) -> str:
    """The one area of a table, as " på handicapområdet"; nothing when it has none or both."""
    areas = table.frame["area"].unique() if "area" in table.frame else []
    return f" på {codebook.levels('area')[areas[0]].lower()}" if len(areas) == 1 else ""


def how_far(spoken: catalogue.Measure, row: pd.Series) -> str:
    """By how much a row differs, where that is certain; else how certain it is."""
    verdict, rest = row["verdict"], rest_value(row)
    if verdict not in _CLEAR or spoken.number(rest) == spoken.number(row["estimate"]):
        return _CERTAINTY[verdict]
    return f"{spoken.apart(row['estimate'], rest)} {spoken.amount_unit} {verdict}"


def short(value: float, spoken: catalogue.Measure) -> str:
    """A value in a headline that names the measure: without its unit, but for shares."""
    return spoken.value(value) if spoken.is_share else spoken.number(value)
