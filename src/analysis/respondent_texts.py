"""Danish texts on who answered: accounts, response rates and missing answers."""

import math

import pandas as pd

from analysis import alt_text, danish, municipalities, words
from analysis.disclosure import ProtectedTable
from analysis.distributions import TOTAL
from analysis.practice_sentences import in_words
from analysis.sentences import first_upper, own_rows, source

_ACCOUNTS = {"answered": "Svaret", "partial": "Svaret delvist", "not_answered": "Ikke svaret"}
_MISSING = {"answered": "Besvaret", "unanswered": "Ubesvaret", "dont_know": "Ved ikke"}
_COLUMNS = {"place": "Gruppe", "level": "Svar", "estimate": "Pct.", "count": "Antal", "n": "Spurgte"}
_ALL_STAFF = "Alle ansatte i personaleopgørelsen regnes som spurgt."


def _sums(table: ProtectedTable) -> pd.DataFrame:
    rows = table.frame
    return rows[rows["level"].eq(TOTAL) & rows["status"].eq("shown")]


def _of_role(table: ProtectedTable, role: str) -> pd.Series:
    """The counts of one role, both areas together, by level; and the number asked."""
    rows = table.frame
    own = rows[rows["role"].eq(role) & rows["area"].isna() & rows["status"].eq("shown")].set_index("level")
    return pd.concat([own["count"], pd.Series({"asked": own["n"].iloc[0]} if len(own) else {}, dtype=float)])


def for_accounts(table: ProtectedTable, place: str) -> dict:
    """Texts of the bars of what became of those asked, by role and area."""
    said = {role: _of_role(table, role) for role in ("caseworker", "leader")}
    shares = [
        f"{danish.percent(counts['answered'] / counts['asked'])} af {name}"
        for (_, counts), name in zip(said.items(), ("sagsbehandlerne", "lederne"), strict=True)
        if "asked" in counts
    ]
    roles = _sums(table)[lambda rows: rows["area"].isna()]
    headline = f"{danish.join_words(shares)} har svaret" if shares else "Svarprocenten er diskretioneret"
    return {
        "place": place,
        "headline": headline,
        "description": f"Spurgte efter besvarelse, rolle og område. Hele landet, {table.quantity['year']}",
        "note": f"n er antal spurgte. {_ALL_STAFF} Delvise besvarelser indgår ikke i tallene.",
        "source": source("staff"),
        "labels": _ACCOUNTS,
        "interest": ["partial", "not_answered"],
        "total_label": "Uden fuldt svar",
        "answer": "level",
        "columns": _COLUMNS,
        "alt": _alt("Søjler af 100 pct. over hvem der har svaret", headline, roles, table.synthetic),
    }


def _alt(shows: str, headline: str, rows: pd.DataFrame, synthetic: bool) -> str:
    """Alternative text that tells what lacks in some rows."""
    values = [f"{row['place']}: {danish.percent(row['estimate'])} mangler" for _, row in rows.iterrows()]
    return alt_text.alt_text(shows, headline, ["; ".join(values)], [], synthetic)


def accounts(table: ProtectedTable) -> str:
    """Asked = answered + partial + not answered for each role, in numbers that add up."""
    said = []
    for role, name in (("caseworker", "sagsbehandlere"), ("leader", "ledere")):
        counts = _of_role(table, role)
        if "asked" not in counts:
            continue
        parts = [danish.number(counts[level]) for level in ("answered", "partial", "not_answered")]
        said.append(
            f"Af {danish.number(counts['asked'])} spurgte {name} har {parts[0]} svaret, {parts[1]} svaret delvist "
            f"og {parts[2]} ikke svaret."
        )
    return " ".join(
        [*said, "Tallene stemmer med antallet af rækker i data, og vægtene summer til antallet af ansatte."]
    )


def for_rates(table: ProtectedTable, place: str) -> dict:
    """Texts of the bars of caseworkers' response rates; `place` is the chosen one."""
    return {
        "place": place,
        "headline": rate_headline(table, place),
        "description": f"Sagsbehandlere der har svaret, i pct. af de spurgte. {table.quantity['year']}",
        "note": f"n er antal besvarelser. {_ALL_STAFF} Ledernes svarprocent opgøres kun for hele landet, for de er "
        f"få i hver kommune.",
        "source": source("staff"),
        "unit": "pct.",
        "value_label": "Pct.",
    }


def rate_headline(table: ProtectedTable, place: str) -> str:
    """The response rate of a place, or why there is none, as a headline."""
    own = own_rows(table, place).iloc[0]
    if own["status"] != "shown":
        why = "ingen har svaret" if own["status"] == "missing" else "tallet er diskretioneret"
        return f"Svarprocenten {words.locate(place)}: {why}"
    return f"{danish.percent(own['estimate'])} af sagsbehandlerne {words.locate(place)} har svaret"


def rates(table: ProtectedTable, place: str) -> str:
    """Caseworkers' response rate in a place and the country, and how it spans the municipality groups."""
    said = [_rate(table, place)]
    if not municipalities.is_country(place):
        said.append(_rate(table, municipalities.COUNTRY))
    rows = table.frame
    groups = rows[rows["place_level"].eq("municipality_group") & rows["status"].eq("shown")]
    if len(groups) > 1:
        groups = groups.sort_values("estimate")
        low, high = groups.iloc[0], groups.iloc[-1]
        said.append(
            f"Efter kommunegruppe går svarprocenten fra {danish.percent(low['estimate'])} "
            f"{words.locate(low['place'])} til {danish.percent(high['estimate'])} {words.locate(high['place'])}."
        )
    return " ".join([*said, _places_said(rows)])


def _rate(table: ProtectedTable, place: str) -> str:
    own, where = own_rows(table, place).iloc[0], words.locate(place)
    if own["status"] == "missing":
        return f"{first_upper(where)} har ingen svaret."
    if own["status"] != "shown":
        return f"{first_upper(where)} er svarprocenten diskretioneret."
    return (
        f"{first_upper(where)} har {danish.number(own['n'])} af {danish.number(own['asked_count'])} spurgte "
        f"sagsbehandlere svaret, {danish.percent(own['estimate'])}"
    )


def _places_said(rows: pd.DataFrame) -> str:
    """How many of the municipalities are shown, withheld and without answers."""
    counts = rows.loc[rows["place_level"].eq("municipality"), "status"].value_counts()
    shown, withheld, missing_ = (int(counts.get(status, 0)) for status in ("shown", "withheld", "missing"))
    return (
        f"Svarprocenten kan vises for {danish.number(shown)} af de {danish.number(counts.sum())} kommuner; i "
        f"{in_words(withheld)} er den diskretioneret, og i {in_words(missing_)} har ingen svaret."
    )


def for_missing(table: ProtectedTable, place: str) -> dict:
    """Texts of the bars of missing answers by question."""
    sums = _sums(table).sort_values("estimate", ascending=False)
    year = table.quantity["year"]
    headline = "Svar efter spørgsmål er diskretioneret"
    if len(sums):
        fewest = math.floor(100 * (1 - sums["estimate"].max()))
        headline = f"Hvert spørgsmål er besvaret af mindst {fewest} pct. af dem der fik det"
    return {
        "place": place,
        "headline": headline,
        "description": f"Besvaret, ubesvaret og ved ikke efter spørgsmål. Hele landet, {year}",
        "note": "n er antal gennemførte besvarelser hvor spørgsmålet er stillet. Ved ikke og ubesvaret indgår "
        "ikke i grundlaget for de øvrige tal. Ubesvaret er også »ønsker ikke at svare«.",
        "source": source("missing_answers"),
        "labels": _MISSING,
        "interest": ["unanswered", "dont_know"],
        "total_label": "Mangler svar",
        "answer": "level",
        "columns": _COLUMNS | {"place": "Spørgsmål"},
        "alt": _alt("Søjler af 100 pct. over manglende svar", headline, sums.head(3), table.synthetic),
    }


def missing(table: ProtectedTable) -> str:
    """Which question lacks most answers, by role, and how much of it is "ved ikke"."""
    rows, said = table.frame, []
    for role, name in (("caseworker", "Sagsbehandlerne"), ("leader", "Lederne")):
        sums = _sums(table)
        own = sums[sums["role"].eq(role)].sort_values("estimate")
        if own.empty:
            continue
        most = own.iloc[-1]
        by_level = rows[rows["role"].eq(role) & rows["variable"].eq(most["variable"])].set_index("level")[
            "estimate"
        ]
        said.append(
            f"{name} mangler oftest svar på »{most['place'].removesuffix(' (ledere)')}«: "
            f"{danish.percent(by_level['dont_know'], 1)} svarer ved ikke, og "
            f"{danish.percent(by_level['unanswered'], 1)} har ikke svaret på det."
        )
    return " ".join(said)
