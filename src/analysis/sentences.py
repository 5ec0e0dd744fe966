"""Danish sentences, computed from protected tables: headlines, findings, notes and sources.

Every comparison takes its wording from the verdict, so that no sentence claims a difference that the intervals don't
bear out, and tells value, reference and size; a row that isn't shown is only said not to be.
"""

import math
import re

import pandas as pd

from analysis import codebook, danish, municipalities
from analysis.charts.captions import source
from analysis.comparisons import chance_findings, detectable_mean, detectable_share
from analysis.disclosure import ProtectedTable, limit_words
from analysis.measures import catalogue
from analysis.measures.answers import TOTAL
from analysis.measures.selections import outside

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
_ALIKE = {
    "case_unit": "Sagstal sammenlignes med dem der gør sager op på samme måde (pr. barn eller pr. familie)."
}
_AT_ONE_MIX = {"case_unit": "omregnet til resten af landets måde at gøre sager op på"}
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


def _ended(subject: str) -> str:
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
        return f"{_ended(subject)} er {_values(shown, spoken)} {where}"
    if len(shown) > 1:
        return f"{_ended(f'{subject} {where}')} er {_both_areas(table, shown)}"
    row = shown.iloc[0]
    return (
        f"{_ended(subject)} er {spoken.value(row['estimate'])} {where}{on_area(row)}, {_against(table, row)}"
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
    value = spoken.value if len(shown) == 1 else lambda number: _short(number, spoken)
    return danish.join_words([f"{value(row['estimate'])}{on_area(row)}" for _, row in shown.iterrows()])


def _both_areas(table: ProtectedTable, shown: pd.DataFrame) -> str:
    """The values of two areas, each held against its own; once for both where as little is certain of them."""
    spoken, rows = catalogue.of(table), [row for _, row in shown.iterrows()]
    values = [f"{spoken.number(row['estimate'])}{on_area(row)}" for row in rows]
    said = {_CERTAINTY[row["verdict"]] for row in rows}
    rests = [_rest(row) for row in rows]
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
    spoken, verdict, rest = catalogue.of(table), row["verdict"], _rest(row)
    if verdict == "none" or math.isnan(rest):
        return f"{_country_value(table, row)}{_CERTAINTY[verdict]}"
    return f"{spoken.number(rest)} {_of_the_rest(spoken)} – {_size(spoken, row)}"


def _country_value(table: ProtectedTable, row: pd.Series) -> str:
    """The country's value of the same area, as a reference that nothing is said against."""
    rows = own_rows(table, municipalities.COUNTRY)
    rows = rows[rows["status"].eq("shown")]
    rows = rows[rows["area"].eq(row["area"])] if "area" in row else rows
    return f"{catalogue.of(table).number(rows['estimate'].iloc[0])} i hele landet – " if len(rows) else ""


def _rest(row: pd.Series) -> float:
    """What the rest of the country has, as the shown value and difference tell it; NaN in a table without."""
    return float(row["estimate"] - row["difference"]) if "difference" in row else math.nan


def _hidden(rows: pd.DataFrame, table: ProtectedTable, place: str) -> str:
    spoken, where = catalogue.of(table), danish.locate(place)
    if rows["status"].iloc[0] == "not_asked":
        return f"Der er ikke spurgt til {spoken.subject} i {table.quantity['year']}."
    if rows["status"].iloc[0] == "missing":
        areas = _areas(rows).replace("begge", "nogen af de to")
        return (
            f"{_ended(f'{danish.first_upper(spoken.subject)} {where}')} er ukendt: ingen har svaret{areas}."
        )
    why = "ikke relevant" if rows["status"].iloc[0] == "not_relevant" else "diskretioneret"
    if rows["status"].iloc[0] == "bounded":
        row = rows.iloc[0]
        why = f"{limit_words(row)} ({danish.number(row['n'])} svar; kun en grænse vises)"
    return f"{_ended(f'{danish.first_upper(spoken.subject)} {where}')} er {why}{_areas(rows)}."


def _value(row: pd.Series, spoken: catalogue.Measure, place: str) -> str:
    certainty = "" if row["reliability"] == "ok" else "; usikkert skøn"
    where = f"{danish.locate(place)}{on_area(row)}"
    return (
        f"{_ended(danish.first_upper(spoken.subject))} er {spoken.value(row['estimate'])} {where} "
        f"(95 pct. sikkerhedsinterval {spoken.interval(row['low'], row['high'])}; {danish.number(row['n'])} svar"
        f"{certainty})."
    )


def _difference(row: pd.Series, spoken: catalogue.Measure, table: ProtectedTable) -> str:
    """How the place differs from the rest of the country, in the words of its verdict, and how sure that is."""
    if row["verdict"] == "none":
        why = ": færre end fem kommuner har svaret" if row["place_level"] == "municipality_group" else ""
        return "" if row["place_level"] == "country" else f"Det er {_VERDICTS['none']}{why}."
    numbers = [spoken.number(row[column]) for column in ("difference_low", "difference_high")]
    rest = "" if pd.isna(_rest(row)) else f" ({_short(_rest(row), spoken)})"
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
    rest, n = _rest(row), int(row["n"])
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
        f"{word} {_short(limit, spoken)}"
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
        [f"{_short(row['if_lower'], spoken)}{on_area(row)}" for _, row in shown.iterrows()]
    )
    how = "10 procentpoint lavere" if spoken.is_share else "10 pct. lavere"
    said = f"Lå de {silent} pct. der ikke har svaret, {how}, var det {lower}"
    if spoken.is_share:
        row = shown.iloc[0]
        said += f", og uden antagelser er det {spoken.interval(row['bound_low'], row['bound_high'])}"
    return said if said.endswith(".") else f"{said}."


def _measured(table: ProtectedTable, how: str = "") -> str:
    """Statistic, area where it is one, population and period."""
    row = catalogue.of(table)
    return f"{row.statistic}{on_one_area(table)}{how}. {row.population}, {table.quantity['year']}"


def description(table: ProtectedTable) -> str:
    """What is shown: statistic, population and period."""
    return f"{_measured(table)}. Streg: 95 pct. sikkerhedsinterval"


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
        _ALIKE.get(table.quantity.get("alike"), ""),
    ]
    parts = [
        "n er antal svar; ved ikke indgår ikke i grundlaget.",
        "Svarene er vægtet til antal ansatte; intervallerne gælder praksis og ikke kun dagens ansatte.",
        *(comparison if compared else []),
        extra,
    ]
    return " ".join(part for part in parts if part)


# Every text of a figure, by kind of chart, as keyword arguments of the chart's function.


def on_one_area(table: ProtectedTable) -> str:
    """The one area of a table, as " på handicapområdet"; nothing when it has none or both."""
    areas = table.frame["area"].unique() if "area" in table.frame else []
    return f" på {codebook.levels('area')[areas[0]].lower()}" if len(areas) == 1 else ""


def _common(table: ProtectedTable, place: str, said: dict) -> dict:
    spoken = catalogue.of(table)
    return {
        "place": place,
        "headline": headline(table, place),
        "source": source(table.quantity["table"], year=table.quantity["year"]),
        "unit": spoken.unit,
        "decimals": spoken.decimals,
    } | said


def for_intervals(table: ProtectedTable, place: str, extra: str = "") -> dict:
    """Texts of ranked intervals of a measure."""
    groups = municipalities.is_group(place)
    said = {"description": description(table), "note": note(table, extra, groups)}
    return _common(table, place, said)


def _counted(table: ProtectedTable, found: str) -> str:
    """A headline that counts municipalities, or says that none is shown."""
    subject = danish.first_upper(catalogue.of(table).subject)
    none = "alle kommuner er diskretionerede"
    if table.frame["status"].eq("not_asked").all():
        none = f"ikke spurgt i {table.quantity['year']}"
    return f"{subject}{on_one_area(table)}: {found or none}"


def _count(rows: pd.DataFrame, *verdicts: str) -> int:
    return int(rows["verdict"].isin(verdicts).sum())


def _at_the_place(table: ProtectedTable, place: str) -> str:
    """The value of the place, its reference and how certain they differ; nothing where it has none of its own."""
    rows = own_rows(table, place)
    if rows.empty or rows["status"].ne("shown").any():
        return ""
    spoken, row, where = catalogue.of(table), rows.iloc[0], danish.locate(place)
    if municipalities.is_country(place):
        return f"; {spoken.value(row['estimate'])} {where}"
    if math.isnan(_rest(row)) or row["verdict"] == "none":
        return f"; {_short(row['estimate'], spoken)} {where}"
    return (
        f"; {_short(row['estimate'], spoken)} {where} mod {spoken.number(_rest(row))} – {_size(spoken, row)}"
    )


def _size(spoken: catalogue.Measure, row: pd.Series) -> str:
    """By how much a row differs, where that is certain; else how certain it is."""
    verdict, rest = row["verdict"], _rest(row)
    if verdict not in _CLEAR or spoken.number(rest) == spoken.number(row["estimate"]):
        return _CERTAINTY[verdict]
    return f"{spoken.apart(row['estimate'], rest)} {spoken.amount_unit} {verdict}"


def _shown_municipalities(table: ProtectedTable) -> pd.DataFrame:
    """The municipalities that are shown."""
    rows = table.frame
    return rows[rows["place_level"].eq("municipality") & rows["status"].eq("shown")]


def _shown_of_group(table: ProtectedTable, place: str) -> pd.DataFrame:
    """The municipalities of a chosen group that are shown; none where the chosen place is no group."""
    shown = _shown_municipalities(table)
    return shown[shown["municipality_group"].eq(place)] if municipalities.is_group(place) else shown.iloc[:0]


def for_funnel(table: ProtectedTable, place: str) -> dict:
    """Texts of a funnel of all municipalities: how many of those shown lie outside the funnel's own outer limits."""
    spoken, shown = catalogue.of(table), _shown_municipalities(table)
    beyond = outside(table)
    count = len(beyond) or "ingen"
    found = f"{count} af {danish.number(len(shown))} kommuner ligger uden for de yderste grænser"
    own = _shown_of_group(table, place)
    if len(own) and len(beyond):
        inside = beyond["municipality_group"].eq(place).sum()
        found += f", heraf {inside or 'ingen'} af {len(own)} {danish.plural(place)}"
    elif len(beyond) and shown["place"].eq(place).any():
        there = beyond["place"].eq(place).any()
        one, several = ("det er", "er en af dem") if there else ("det er ikke", "er ikke blandt dem")
        found += f"; {one} {place}" if len(beyond) == 1 else f"; {place} {several}"
    how = f", {_AT_ONE_MIX[spoken.alike]}," if spoken.alike else ""
    said = {
        "headline": _counted(table, found if len(shown) else ""),
        "n_label": "Effektivt antal svar",
        "description": f"{spoken.statistic}{on_one_area(table)}{how} efter effektivt antal svar. Kommuner, "
        f"{table.quantity['year']}. Grænser: 95 og 99,8 pct. af kommunerne ville ligge indenfor ved tilfældig "
        "variation og den almindelige spredning mellem kommuner",
        "note": note(table, compared=False),
    }
    return _common(table, place, said)


def for_all_places(table: ProtectedTable, place: str, extra: str = "") -> dict:
    """Texts of all municipalities at once, on the map or by region: how many lie over and under the rest."""
    shown = _shown_municipalities(table)
    found = (
        f"{_count(shown, 'over') or 'ingen'} af {len(shown)} kommuner er over resten af landet, "
        f"{_count(shown, 'under') or 'ingen'} er under"
    )
    own = _shown_of_group(table, place)
    if len(own):
        counts = [_count(own, verdict) or "ingen" for verdict in ("over", "under")]
        found += f"; af {len(own)} {danish.plural(place)} er {counts[0]} over og {counts[1]} under"
    else:
        found += _at_the_place(table, place)
    said = {
        "headline": _counted(table, found if len(shown) else ""),
        "description": _measured(table),
        "note": note(table, extra),
    }
    return _common(table, place, said)


def _short(value: float, spoken: catalogue.Measure) -> str:
    """A value in a headline that names the measure: without its unit, but for shares."""
    return spoken.value(value) if spoken.is_share else spoken.number(value)


def for_shrinkage(table: ProtectedTable, place: str) -> dict:
    """Texts of raw estimates beside shrunken ones."""
    spoken = catalogue.of(table)
    said = {
        "description": _measured(table, ", rå og udjævnet"),
        "note": note(table, compared=False),
    }
    found = _spans(table, place) if municipalities.is_group(place) else _raw_and_shrunken(table, place)
    if found:
        said["headline"] = (
            f"{_ended(f'{danish.first_upper(spoken.subject)}{on_one_area(table)} {danish.locate(place)}')} {found}"
        )
    return _common(table, place, said)


def _raw_and_shrunken(table: ProtectedTable, place: str) -> str:
    """Both values of a municipality; nothing where there are none."""
    spoken, own = catalogue.of(table), own_rows(table, place).iloc[0]
    if own["status"] != "shown" or pd.isna(own["shrunken"]):
        return ""
    raw, drawn = (_short(own[column], spoken) for column in ("estimate", "shrunken"))
    return f"er {raw} efter kommunens egne svar og {drawn} udjævnet"


def _spans(table: ProtectedTable, group: str) -> str:
    """How far apart the municipalities of a group are, raw and shrunken; nothing where fewer than two are shown."""
    spoken, own = catalogue.of(table), _shown_of_group(table, group).dropna(subset=["shrunken"])
    if len(own) < 2:
        return ""
    ends = [
        f"fra {_short(own[column].min(), spoken)} til {_short(own[column].max(), spoken)}"
        for column in ("estimate", "shrunken")
    ]
    return f"går {ends[0]} efter kommunernes egne svar og {ends[1]} udjævnet"


def for_crossed(table: ProtectedTable, row: catalogue.Measure, question: str, place: str) -> dict:
    """Texts of a measure by the answers to another question."""
    label = codebook.label(question, row.table)
    where, other = danish.locate(place), danish.first_lower(label)
    shown = table.frame[table.frame["status"].eq("shown")]
    found = "alle tal er diskretionerede"
    if table.frame["status"].eq("not_asked").all():
        found = f"ikke spurgt i {table.quantity['year']}"
    if len(shown):
        low, high = shown["estimate"].min(), shown["estimate"].max()
        found = f"fra {row.number(low)} til {row.value(high)}" if low < high else row.value(low)
    return {
        "place": place,
        "headline": f"{danish.first_upper(row.subject)} {where} efter {other}: {found}",
        "description": f"{table.quantity['description']}. Streg: 95 pct. sikkerhedsinterval",
        "note": f"n er antal svar. {table.quantity['note']} At to svar følges ad, siger ikke at det ene fører til det "
        "andet.",
        "source": source(row.table, year=table.quantity["year"]),
        "unit": row.unit,
        "decimals": row.decimals,
    }


def for_answers(table: ProtectedTable, place: str, total_label: str = "") -> dict:
    """Texts and order of a stacked chart of answers; the headline tells the national share of interest."""
    variable, origin = table.quantity["variable"], table.quantity["table"]
    levels, interest = codebook.valid_levels(variable, origin), table.quantity["interest"]
    labels = {k: v for k, v in levels.items() if k not in interest} | {k: levels[k] for k in interest}
    joined = danish.join_words([levels[k].lower() for k in interest], "eller")
    question = codebook.label(variable, origin)
    definition = codebook.columns(origin).loc[variable, "definition"]
    return {
        "place": place,
        "headline": f"{question}{_share_of_interest(table, joined)}",
        "description": f"{definition}. Fordeling af svar, {table.quantity['year']}",
        "note": note(table, f"I parentes: 95 pct. sikkerhedsinterval. {_silent_sums(table)}".strip()),
        "source": source(origin, year=table.quantity["year"]),
        "labels": labels,
        "interest": interest,
        "total_label": total_label or danish.first_upper(joined),
        "answer": "level",
    }


def _silent_sums(table: ProtectedTable) -> str:
    """What those who did not answer may change in the sums of the whole country, or of each role in it."""
    rows = table.frame
    sums = rows[rows["level"].eq(TOTAL) & rows["place_level"].eq("country") & rows["status"].eq("shown")]
    if sums.empty or "if_lower" not in sums:
        return ""
    who = [f" ({place.lower()})" if len(sums) > 1 else "" for place in sums["place"]]
    lower = [f"{danish.percent(value)}{one}" for value, one in zip(sums["if_lower"], who, strict=True)]
    ends = sums[["bound_low", "bound_high"]].itertuples(index=False)
    return (
        "Lå de der ikke har svaret, 10 procentpoint lavere, var summen for hele landet "
        f"{danish.join_words(lower)}; uden antagelser er den "
        f"{danish.join_words([danish.percent_interval(*one) for one in ends])}"
    )


def _share_of_interest(table: ProtectedTable, joined: str) -> str:
    """How large a share of the country gives the answers of interest, for a headline."""
    rows = table.frame
    country = rows[rows["level"].eq(TOTAL) & rows["place"].eq(municipalities.COUNTRY)]
    if rows["status"].eq("not_asked").all():
        return f": ikke spurgt i {table.quantity['year']}"
    if country.empty:
        return ", svar efter rolle"
    if country["status"].iloc[0] != "shown":
        return ": tallet for hele landet er diskretioneret"
    return f": {danish.percent(country['estimate'].iloc[0])} i hele landet svarer {joined}"


def for_spine(table: ProtectedTable, place: str, year: int) -> dict:
    """Texts of all measures of a place at once: on how many it stands out from the rest of the country."""
    own = own_rows(table, place)
    shown = own[own["status"].eq("shown")]
    differs = int(shown["verdict"].isin(["over", "under"]).sum())
    if shown.empty:
        found = "ingen tal kan vises"
    elif municipalities.is_country(place):
        found = f"{len(shown)} mål på én side"
    else:
        found = f"{danish.number(differs) if differs else 'ingen'} af {len(shown)} mål skiller sig klart ud"
    return {
        "place": place,
        "headline": f"{place}: {found}",
        "description": f"Hvert mål på sin egen skala, {year}. Streg: 95 pct. sikkerhedsinterval",
        "note": "Lys bjælke: fra den laveste til den højeste kommune der vises. Svarene er vægtet til antal ansatte. "
        "Målene står efter emne; rækkefølgen er ingen rangorden. "
        + " ".join(_ALIKE[part["alike"]] for part in table.quantity["parts"].values() if part.get("alike")),
        "source": source(
            *dict.fromkeys(part["table"] for part in table.quantity["parts"].values()), year=year
        ),
    }
