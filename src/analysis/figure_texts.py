"""Every text of a figure, by kind of chart, as keyword arguments of the chart's function."""

import pandas as pd

from analysis import codebook, danish, municipalities, practices, words
from analysis.disclosure import ProtectedTable
from analysis.distributions import TOTAL
from analysis.sentences import description, first_upper, headline, note, own_rows, source


def _area(table: ProtectedTable) -> str:
    """The one area of a table, as " på handicapområdet"; nothing when it has none or both."""
    areas = table.frame["area"].unique() if "area" in table.frame else []
    return f" på {codebook.levels('area')[areas[0]].lower()}" if len(areas) == 1 else ""


def _common(table: ProtectedTable, place: str, said: dict) -> dict:
    spoken = words.of(table)
    return {
        "place": place,
        "headline": headline(table, place),
        "source": source(table.quantity["table"]),
        "unit": spoken.unit,
        "decimals": spoken.decimals,
    } | said


def for_intervals(table: ProtectedTable, place: str, extra: str = "") -> dict:
    """Texts of ranked intervals of a measure."""
    groups = municipalities.is_group(place)
    said = {"description": description(table), "note": note(table, extra, groups)}
    if "area" in table.frame:
        said["panel_labels"] = codebook.levels("area")
    return _common(table, place, said)


def _counted(table: ProtectedTable, found: str) -> str:
    """A headline that counts municipalities, or says that none is shown."""
    subject = first_upper(words.of(table).subject)
    return f"{subject}{_area(table)}: {found or 'alle kommuner er diskretionerede'}"


def _count(rows: pd.DataFrame, *verdicts: str) -> int:
    return int(rows["verdict"].isin(verdicts).sum())


def _shown_municipalities(table: ProtectedTable) -> pd.DataFrame:
    """The municipalities that are shown."""
    rows = table.frame
    return rows[rows["place_level"].eq("municipality") & rows["status"].eq("shown")]


def _shown_of_group(table: ProtectedTable, place: str) -> pd.DataFrame:
    """The municipalities of a chosen group that are shown; none where the chosen place is no group."""
    shown = _shown_municipalities(table)
    return shown[shown["municipality_group"].eq(place)] if municipalities.is_group(place) else shown.iloc[:0]


def for_funnel(table: ProtectedTable, place: str) -> dict:
    """Texts of a funnel of all municipalities: how many are shown, and how many lie outside the outer limits."""
    spoken, shown = words.of(table), _shown_municipalities(table)
    found = (
        f"{danish.number(_count(shown, 'over', 'under'))} af {danish.number(len(shown))} kommuner skiller sig ud fra "
        "resten af landet"
    )
    own = _shown_of_group(table, place)
    if len(own):
        found += f", heraf {_count(own, 'over', 'under') or 'ingen'} af {len(own)} {words.plural(place)}"
    said = {
        "headline": _counted(table, found if len(shown) else ""),
        "description": f"{spoken.statistic}{_area(table)} efter antal svar. Kommuner, {table.quantity['year']}. "
        "Grænser: 95 og 99,8 pct. af kommunerne ville ligge indenfor ved tilfældig variation og den almindelige "
        "spredning mellem kommuner",
        "note": note(table),
    }
    return _common(table, place, said)


def for_all_places(table: ProtectedTable, place: str, extra: str = "") -> dict:
    """Texts of all municipalities at once, on the map or by region: how many lie over and under the rest."""
    spoken, shown = words.of(table), _shown_municipalities(table)
    found = (
        f"{_count(shown, 'over')} af {len(shown)} kommuner er over resten af landet, "
        f"{_count(shown, 'under')} er under"
    )
    own = _shown_of_group(table, place)
    if len(own):
        counts = [_count(own, verdict) or "ingen" for verdict in ("over", "under")]
        found += f"; af {len(own)} {words.plural(place)} er {counts[0]} over og {counts[1]} under"
    said = {
        "headline": _counted(table, found if len(shown) else ""),
        "description": f"{spoken.statistic}{_area(table)}. Sagsbehandlere, {table.quantity['year']}",
        "note": note(table, extra),
    }
    return _common(table, place, said)


def _short(value: float, spoken: words.Words) -> str:
    """A value in a headline that names the measure: without its unit, but for shares."""
    return spoken.value(value) if spoken.unit == "pct." else danish.number(value, spoken.decimals)


def for_shrinkage(table: ProtectedTable, place: str) -> dict:
    """Texts of raw estimates beside shrunken ones."""
    spoken = words.of(table)
    said = {
        "description": f"{spoken.statistic}{_area(table)}, rå og udjævnet. Sagsbehandlere, {table.quantity['year']}",
        "note": note(table),
    }
    found = _spans(table, place) if municipalities.is_group(place) else _raw_and_shrunken(table, place)
    if found:
        said["headline"] = f"{first_upper(spoken.subject)}{_area(table)} {words.locate(place)} {found}"
    return _common(table, place, said)


def _raw_and_shrunken(table: ProtectedTable, place: str) -> str:
    """Both values of a municipality; nothing where there are none."""
    spoken, own = words.of(table), own_rows(table, place).iloc[0]
    if own["status"] != "shown" or pd.isna(own["shrunken"]):
        return ""
    raw, drawn = (_short(own[column], spoken) for column in ("estimate", "shrunken"))
    return f"er {raw} efter kommunens egne svar og {drawn} udjævnet"


def _spans(table: ProtectedTable, group: str) -> str:
    """How far apart the municipalities of a group are, raw and shrunken; nothing where fewer than two are shown."""
    spoken, own = words.of(table), _shown_of_group(table, group).dropna(subset=["shrunken"])
    if len(own) < 2:
        return ""
    ends = [
        f"fra {_short(own[column].min(), spoken)} til {_short(own[column].max(), spoken)}"
        for column in ("estimate", "shrunken")
    ]
    return f"går {ends[0]} efter kommunernes egne svar og {ends[1]} udjævnet"


def for_answers(table: ProtectedTable, place: str, interest: tuple[str, ...], total_label: str = "") -> dict:
    """Texts and order of a stacked chart of answers; the headline tells the national share of interest."""
    variable, origin = table.quantity["variable"], table.quantity["table"]
    levels = {k: v for k, v in codebook.levels(variable, origin).items() if k not in codebook.MISSING_REASONS}
    labels = {k: v for k, v in levels.items() if k not in interest} | {k: levels[k] for k in interest}
    joined = danish.join_words([levels[k].lower() for k in interest], "eller")
    question = codebook.label(variable, origin)
    definition = codebook.columns(origin).loc[variable, "definition"]
    return {
        "place": place,
        "headline": f"{question}{_share_of_interest(table, joined)}",
        "description": f"{definition}. Fordeling af svar, {table.quantity['year']}",
        "note": note(table, "Intervallet om summen er 95 pct. sikkerhedsinterval (Korn-Graubard)."),
        "source": source(origin),
        "labels": labels,
        "interest": list(interest),
        "total_label": total_label or first_upper(joined),
        "answer": "level",
    }


def _share_of_interest(table: ProtectedTable, joined: str) -> str:
    """How large a share of the country gives the answers of interest, for a headline."""
    rows = table.frame
    country = rows[rows["level"].eq(TOTAL) & rows["place"].eq(municipalities.COUNTRY)]
    if country.empty:
        return ", svar efter rolle"
    if country["status"].iloc[0] != "shown":
        return ": tallet for hele landet er diskretioneret"
    return f": {danish.percent(country['estimate'].iloc[0])} svarer {joined}"


def for_practices(table: ProtectedTable, place: str, headline_text: str) -> dict:
    """Texts of a matrix of the nine visited municipalities."""
    return {
        "place": place,
        "headline": headline_text,
        "description": "Praksis i de ni besøgte kommuner ifølge interview og dokumenter. Hver kolonne er en kommune",
        "note": "De ni kommuner er valgt med vilje. De vises som cases ved siden af landet og regnes ikke op til det.",
        "source": source("practices"),
    } | practices.labels(table)
