"""Every text of a figure of a measure, by kind of chart, as keyword arguments of the chart's function."""

import math

import pandas as pd

from analysis import codebook, danish, municipalities
from analysis.charts.captions import source
from analysis.disclosure import ProtectedTable
from analysis.measures import catalogue
from analysis.measures.answers import TOTAL
from analysis.measures.selections import outside
from analysis.sentences import (
    ALIKE,
    AT_ONE_MIX,
    description,
    ended,
    headline,
    how_far,
    measured,
    note,
    on_one_area,
    own_rows,
    rest_value,
    short,
)


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
    if math.isnan(rest_value(row)) or row["verdict"] == "none":
        return f"; {short(row['estimate'], spoken)} {where}"
    return f"; {short(row['estimate'], spoken)} {where} mod {spoken.number(rest_value(row))} – {how_far(spoken, row)}"


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
    how = f", {AT_ONE_MIX[spoken.alike]}," if spoken.alike else ""
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
        "description": measured(table),
        "note": note(table, extra),
    }
    return _common(table, place, said)


def for_shrinkage(table: ProtectedTable, place: str) -> dict:
    """Texts of raw estimates beside shrunken ones."""
    spoken = catalogue.of(table)
    said = {
        "description": measured(table, ", rå og udjævnet"),
        "note": note(table, compared=False),
    }
    found = _spans(table, place) if municipalities.is_group(place) else _raw_and_shrunken(table, place)
    if found:
        said["headline"] = (
            f"{ended(f'{danish.first_upper(spoken.subject)}{on_one_area(table)} {danish.locate(place)}')} {found}"
        )
    return _common(table, place, said)


def _raw_and_shrunken(table: ProtectedTable, place: str) -> str:
    """Both values of a municipality; nothing where there are none."""
    spoken, own = catalogue.of(table), own_rows(table, place).iloc[0]
    if own["status"] != "shown" or pd.isna(own["shrunken"]):
        return ""
    raw, drawn = (short(own[column], spoken) for column in ("estimate", "shrunken"))
    return f"er {raw} efter kommunens egne svar og {drawn} udjævnet"


def _spans(table: ProtectedTable, group: str) -> str:
    """How far apart the municipalities of a group are, raw and shrunken; nothing where fewer than two are shown."""
    spoken, own = catalogue.of(table), _shown_of_group(table, group).dropna(subset=["shrunken"])
    if len(own) < 2:
        return ""
    ends = [
        f"fra {short(own[column].min(), spoken)} til {short(own[column].max(), spoken)}"
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
        + " ".join(ALIKE[part["alike"]] for part in table.quantity["parts"].values() if part.get("alike")),
        "source": source(
            *dict.fromkeys(part["table"] for part in table.quantity["parts"].values()), year=year
        ),
    }
