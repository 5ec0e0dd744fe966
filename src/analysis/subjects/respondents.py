"""Who was asked and who answered: response rates, accounts and missing answers, through the gate.

All staff in the staff counts were asked. A response rate is complete answers per person asked; partial answers
are counted, but not used. Caseworkers by every place, leaders for the country only.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis import codebook, danish, data, municipalities
from analysis.charts import captions
from analysis.disclosure import ProtectedTable, protect
from analysis.estimates.design import names, require_columns
from analysis.measures import who_answered
from analysis.measures.answers import TOTAL
from analysis.measures.places import LEVELS
from analysis.sentences import own_rows, source
from analysis.texts import in_words

# Danish texts on who answered: accounts, response rates and missing answers.

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
    return captions.alt_text(shows, headline, ["; ".join(values)], [], synthetic)


def accounts_sentence(table: ProtectedTable) -> str:
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
        return f"Svarprocenten {danish.locate(place)}: {why}"
    return f"{danish.percent(own['estimate'])} af sagsbehandlerne {danish.locate(place)} har svaret"


def rates_sentence(table: ProtectedTable, place: str) -> str:
    """Caseworkers' response rate in a place and the country, and how it spans the municipality groups."""
    said = [_rate(table, place)]
    if not municipalities.is_country(place):
        said.append(_rate(table, municipalities.COUNTRY))
    rows = table.frame
    groups = rows[rows["place_level"].eq("municipality_group") & rows["status"].eq("shown")]
    if len(groups) > 1:
        groups = groups.sort_values(["estimate", "place"])
        low, high = groups.iloc[0], groups.iloc[-1]
        said.append(
            f"Efter kommunegruppe går svarprocenten fra {danish.percent(low['estimate'])} "
            f"{danish.locate(low['place'])} til {danish.percent(high['estimate'])} {danish.locate(high['place'])}."
        )
    return " ".join([*said, _places_said(rows)])


def _rate(table: ProtectedTable, place: str) -> str:
    own, where = own_rows(table, place).iloc[0], danish.locate(place)
    if own["status"] == "missing":
        return f"{danish.first_upper(where)} har ingen svaret."
    if own["status"] != "shown":
        return f"{danish.first_upper(where)} er svarprocenten diskretioneret."
    return (
        f"{danish.first_upper(where)} har {danish.number(own['n'])} af {danish.number(own['asked_count'])} spurgte "
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
    sums = _sums(table).sort_values(["estimate", "place"], ascending=[False, True])
    year = table.quantity["year"]
    headline = "Svar efter spørgsmål er diskretioneret"
    if len(sums):
        fewest = round(100 * (1 - sums["estimate"].max()))
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
        own = sums[sums["role"].eq(role)].sort_values(["estimate", "place"])
        if own.empty:
            continue
        most = own.iloc[-1]
        by_level = rows[rows["role"].eq(role) & rows["variable"].eq(most["variable"])].set_index("level")[
            "estimate"
        ]
        said.append(
            f"{name} mangler oftest svar på »{most['place'].removesuffix(' (ledere)')}«: "
            f"{danish.percent(by_level['dont_know'])} svarer ved ikke, og "
            f"{danish.percent(by_level['unanswered'])} har ikke svaret på det."
        )
    return " ".join(said)


# How many answered, of those who were asked.


def response_rates(staff: pd.DataFrame, by: str | Sequence[str]) -> pd.DataFrame:
    """Sum invited and answered by group, with the response rates.

    Parameters
    ----------
    staff : DataFrame
        One row a municipality x role, with ``employed_count``, ``invited_count``, ``answered_count`` and
        ``partial_count`` [persons].
    by : str or sequence of str
        Columns to sum by, as ``["municipality_group", "role"]``.

    Returns
    -------
    DataFrame
        One row a group: the counts, ``response_rate`` (answered / invited, 0-1) and
        ``response_rate_with_partial`` ((answered + partial) / invited, 0-1).

    Raises
    ------
    ValueError
        If more have answered than were invited somewhere.
    """
    counts = ["employed_count", "invited_count", "answered_count", "partial_count"]
    require_columns(staff, [*names(by), *counts])
    over = staff[staff["answered_count"] + staff["partial_count"] > staff["invited_count"]]
    if len(over):
        raise ValueError(
            f"`answered_count` + `partial_count` must not exceed `invited_count`, but do in {len(over)} of "
            f"{len(staff)} rows (first: row {over.index[0]}). Correct the delivery of the staff counts."
        )
    rates = staff.groupby(names(by), observed=True, dropna=False)[counts].sum().reset_index()
    answered, invited = rates["answered_count"], rates["invited_count"].where(rates["invited_count"] > 0)
    rates["response_rate"] = (answered / invited).astype("float64")
    rates["response_rate_with_partial"] = ((answered + rates["partial_count"]) / invited).astype("float64")
    return rates


# Who was asked and who answered: response rates, accounts and missing answers, through the gate.

ROLE_TABLES = {"caseworker": "caseworkers", "leader": "leaders"}
ACCOUNTS = ("answered", "partial", "not_answered")
_KEYS = ["municipality", "region", "municipality_group"]
_COUNTS = ["employed_count", "answered_count", "partial_count"]


def _asked(year: int) -> pd.DataFrame:
    """The staff counts of a year, with the number asked: all who are employed."""
    staff = data.read("staff", year)
    return staff.assign(invited_count=staff["employed_count"], country=municipalities.COUNTRY)


def place_rates(staff: pd.DataFrame) -> pd.DataFrame:
    """Response rates of one role for each municipality, group, region and the country, not yet protected.

    Parameters
    ----------
    staff : DataFrame
        One row a municipality x area of one role, with the counts of `response_rates` and ``country``.

    Returns
    -------
    DataFrame
        place_level, place, the keys, ``estimate`` (answered / asked, 0-1), ``n`` (answered), ``asked_count``,
        and ``distinct_count``: 1 where all asked answered, so that the rate tells of each of them.
    """
    parts = []
    for level in LEVELS:
        keys = _KEYS if level == "municipality" else [level]
        rates = response_rates(staff, keys)
        parts.append(rates.assign(place_level=level, place=rates[level].astype(str)))
    rows = pd.concat(parts, ignore_index=True)
    rows[_KEYS] = rows[_KEYS].astype(object).where(rows[_KEYS].notna(), pd.NA)
    everybody = rows["answered_count"].eq(rows["invited_count"])
    rows = rows.assign(distinct_count=np.where(everybody, 1, 2))
    names = {"response_rate": "estimate", "answered_count": "n", "invited_count": "asked_count"}
    wanted = ["place_level", "place", *_KEYS, *names.values(), "distinct_count"]
    return rows.rename(columns=names)[wanted]


@data.once
def rates(year: int, min_count: int = 5) -> ProtectedTable:
    """Caseworkers' response rates [0-1] by place; a place that the measures withhold is withheld here too.

    Returns
    -------
    ProtectedTable
        The rows of `place_rates`. A place where nobody answered is missing.
    """
    staff = _asked(year)
    rows = place_rates(staff[staff["role"].eq("caseworker")])
    quantity = {"table": "staff", "variable": "response_rate", "level": None, "year": year}
    quantity |= {"unit": "pct.", "decimals": 0}
    return protect(
        rows,
        min_count,
        within=_KEYS,
        synthetic=data.is_synthetic("staff"),
        quantity=quantity,
        base=who_answered("caseworkers", year, min_count),
    )


def beside(table: ProtectedTable, place: str) -> ProtectedTable:
    """The rates of a municipality (none for the country), of all groups and regions, and of the country."""
    rows = table.frame
    wanted = rows["place_level"].ne("municipality") | rows["place"].eq(place)
    return table.rows(wanted.to_numpy(bool))


def account_rows(staff: pd.DataFrame) -> pd.DataFrame:
    """Asked = answered + partial + not answered, by role and area and by role, not yet protected.

    Parameters
    ----------
    staff : DataFrame
        One row a municipality x role x area, with the counts of `response.response_rates`.

    Returns
    -------
    DataFrame
        One row a role, area (missing = both) and `level` (one of `ACCOUNTS`, or the total of the last two):
        ``estimate`` [0-1], ``count`` and ``n`` (asked) [persons], ``low`` and ``high`` (missing: no sample).
    """
    counts = pd.concat([response_rates(staff, ["role", "area"]), response_rates(staff, ["role"])])
    counts["incomplete_count"] = counts["invited_count"] - counts["answered_count"]
    counts["not_answered_count"] = (
        counts["invited_count"] - counts["answered_count"] - counts["partial_count"]
    )
    parts = [
        pd.DataFrame(
            {
                "role": counts["role"].astype(str),
                "area": counts["area"].astype(object).where(counts["area"].notna(), pd.NA),
                "level": level,
                "estimate": counts[f"{column}_count"] / counts["invited_count"],
                "count": counts[f"{column}_count"],
                "n": counts["invited_count"],
            }
        )
        for level, column in [*zip(ACCOUNTS, ACCOUNTS, strict=True), (TOTAL, "incomplete")]
    ]
    return pd.concat(parts, ignore_index=True).assign(low=np.nan, high=np.nan)


@data.once
def accounts(year: int, min_count: int = 5) -> ProtectedTable:
    """Who was asked and what became of it, for the country by role and area; held against the respondents.

    Raises
    ------
    ValueError
        If the answers counted in `staff` are not the respondents, or the weights don't add up to the staff.
    """
    staff = _asked(year)
    rows = account_rows(staff)
    for role, table in ROLE_TABLES.items():
        reconcile_role(staff[staff["role"].eq(role)], data.read(table, year), table)
    rows["place"] = [_account_name(role, area) for role, area in zip(rows["role"], rows["area"], strict=True)]
    quantity = {"table": "staff", "variable": "response", "level": "each", "year": year}
    rows["place_level"] = "country"
    return protect(rows, min_count, synthetic=data.is_synthetic("staff"), quantity=quantity)


def reconcile_role(staff: pd.DataFrame, people: pd.DataFrame, table: str) -> None:
    """Hold the staff counts of one role against its respondents.

    Raises
    ------
    ValueError
        If the rows differ from the answers counted, or the weights from the staff.
    """
    answered, employed = int(staff["answered_count"].sum()), float(staff["employed_count"].sum())
    if len(people) != answered:
        raise ValueError(
            f"`{table}` must have the {answered} rows that `staff` counts as answered, but has "
            f"{len(people)}. Build the processed tables again with `make data`."
        )
    weighed = float(people["weight"].sum())
    if not np.isclose(weighed, employed, rtol=1e-6):
        raise ValueError(
            f"The weights of `{table}` must add up to the {employed:g} employed in `staff`, but add up to "
            f"{weighed:g}. Build the processed tables again with `make data`."
        )


def _account_name(role: str, area: str | None) -> str:
    name = {"caseworker": "Sagsbehandlere", "leader": "Ledere"}[role]
    return name if pd.isna(area) else f"{name}, {codebook.levels('area', 'staff')[area].lower()}"


def missing_rows(missing: pd.DataFrame) -> pd.DataFrame:
    """Shares answered, "ved ikke" and unanswered of those whom a question was put to, not yet protected.

    Parameters
    ----------
    missing : DataFrame
        One row a role, question and reason, with ``count`` [persons].

    Returns
    -------
    DataFrame
        One row a role, `variable` (the question) and level (answered, dont_know, unanswered, and the total of
        the last two): ``estimate`` [0-1], ``count``, ``n`` (asked), ``low`` and ``high`` (missing: no sample).
    """
    put = missing[missing["reason"].ne("not_relevant")].rename(columns={"question": "variable"})
    known = put["reason"].isin(["answered", "dont_know"])
    put = put.assign(level=put["reason"].astype(str).where(known, "unanswered"), role=put["role"].astype(str))
    asked = put.groupby(["role", "variable"], as_index=False)["count"].sum().rename(columns={"count": "n"})
    lacking = put[put["level"].ne("answered")].assign(level=TOTAL)
    counts = pd.concat([put, lacking]).groupby(["role", "variable", "level"], as_index=False)["count"].sum()
    rows = asked.merge(pd.DataFrame({"level": ["answered", "dont_know", "unanswered", TOTAL]}), how="cross")
    rows = rows.merge(counts, on=["role", "variable", "level"], how="left").fillna({"count": 0})
    return rows.assign(estimate=(rows["count"] / rows["n"]).astype(float), low=np.nan, high=np.nan)


@data.once
def missing_answers(year: int, min_count: int = 5) -> ProtectedTable:
    """Missing answers by question and role, for the country."""
    rows = missing_rows(data.read("missing_answers", year))
    names = [
        codebook.label(question, ROLE_TABLES[role]) + (" (ledere)" if role == "leader" else "")
        for role, question in zip(rows["role"], rows["variable"], strict=True)
    ]
    quantity = {"table": "missing_answers", "variable": "reason", "level": "each", "year": year}
    rows = rows.assign(place=names)
    return protect(rows, min_count, synthetic=data.is_synthetic("missing_answers"), quantity=quantity)
