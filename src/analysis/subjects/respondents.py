"""Who was asked and who answered: response rates, accounts and missing answers, through the gate.

All staff in the staff counts were asked. A response rate is complete answers per person asked; partial answers
are counted, but not used. Caseworkers by every place, leaders for the country only.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis import codebook, danish, data, municipalities
from analysis.charts import captions
from analysis.charts.captions import source
from analysis.disclosure import ProtectedTable, protect
from analysis.estimates.design import names, require_columns
from analysis.measures import who_answered
from analysis.measures.answers import TOTAL
from analysis.measures.places import LEVELS
from analysis.sentences import own_rows
from analysis.subjects import tables
from analysis.texts import say

# What the template speaks of: accounts, response rates and missing answers.

_NOTEBOOK = "01_respondents"
_ACCOUNTS = {"answered": "Svaret", "partial": "Svaret delvist", "not_answered": "Ikke svaret"}
_MISSING = {"answered": "Besvaret", "unanswered": "Ubesvaret", "dont_know": "Ved ikke"}
_COLUMNS = {"place": "Gruppe", "level": "Svar", "estimate": "Pct.", "count": "Antal", "n": "Spurgte"}
_ROLES = ("caseworker", "leader")


def _texts(figure: str, table: ProtectedTable, place: str, shows: str = "", told: int = 0, **values) -> dict:
    """The template's texts of a figure; an alternative text that tells what the first rows of `told` lack."""
    origin, year = table.quantity["table"], table.quantity["year"]
    texts = tables.said(_NOTEBOOK, figure, place, sources=source(origin, year=year), year=year, **values)
    if not shows:
        return texts
    lacking = [
        f"{row['place']}: {danish.percent(row['estimate'])} mangler"
        for _, row in _sums(table).head(told).iterrows()
    ]
    alt = captions.alt_text(shows, texts["headline"], ["; ".join(lacking)], [], table.synthetic)
    return texts | {"answer": "level", "columns": _COLUMNS, "alt": alt}


def _sums(table: ProtectedTable) -> pd.DataFrame:
    """What lacks, both areas together, most first."""
    rows = table.frame
    rows = rows[rows["level"].eq(TOTAL) & rows["status"].eq("shown")]
    rows = rows[rows["area"].isna()] if "area" in rows else rows
    return rows.sort_values(["estimate", "place"], ascending=[False, True])


def _accounts_of(table: ProtectedTable) -> list[dict]:
    """The counts of each role that is shown, both areas together."""
    rows = table.frame
    rows = rows[rows["area"].isna() & rows["status"].eq("shown")]
    return [
        own.set_index("level")["count"].to_dict() | {"asked": own["n"].iloc[0], "role": role}
        for role in _ROLES
        if len(own := rows[rows["role"].eq(role)])
    ]


def for_accounts(table: ProtectedTable, place: str) -> dict:
    """Texts of the bars of what became of those asked, by role and area."""
    shows = "Søjler af 100 pct. over hvem der har svaret"
    return _texts("accounts", table, place, shows, told=2, roles=_accounts_of(table)) | {
        "labels": _ACCOUNTS,
        "interest": ["partial", "not_answered"],
        "total_label": "Uden fuldt svar",
    }


def accounts_sentence(table: ProtectedTable) -> str:
    """Asked = answered + partial + not answered for each role, in numbers that add up."""
    return say(_NOTEBOOK, "accounts", roles=_accounts_of(table))


def for_rates(table: ProtectedTable, place: str) -> dict:
    """Texts of the bars of caseworkers' response rates; `place` is the chosen one."""
    own = own_rows(table, place).iloc[0].to_dict()
    return _texts("rates", table, place, own=own) | {"unit": "pct.", "value_label": "Pct."}


def rates_sentence(table: ProtectedTable, place: str) -> str:
    """Caseworkers' response rate in a place and the country, and how it spans the municipality groups."""
    rows = table.frame
    own, country = (own_rows(table, one).iloc[0].to_dict() for one in (place, municipalities.COUNTRY))
    groups = rows[rows["place_level"].eq("municipality_group") & rows["status"].eq("shown")]
    counts = rows.loc[rows["place_level"].eq("municipality"), "status"].value_counts()
    return say(
        _NOTEBOOK,
        "rates",
        own=own,
        country=None if municipalities.is_country(place) else country,
        groups=groups.sort_values(["estimate", "place"]).to_dict("records"),
        counts={one: int(counts.get(one, 0)) for one in ("shown", "withheld", "missing")}
        | {"all": counts.sum()},
    )


def for_missing(table: ProtectedTable, place: str) -> dict:
    """Texts of the bars of missing answers by question."""
    sums = _sums(table)
    fewest = round(100 * (1 - sums["estimate"].max())) if len(sums) else None
    return _texts(
        "missing", table, place, "Søjler af 100 pct. over manglende svar", told=3, fewest=fewest
    ) | {
        "labels": _MISSING,
        "interest": ["unanswered", "dont_know"],
        "total_label": "Mangler svar",
        "columns": _COLUMNS | {"place": "Spørgsmål"},
    }


def missing(table: ProtectedTable) -> str:
    """Which question lacks most answers, by role, and how much of it is "ved ikke"."""
    rows, sums = table.frame, _sums(table)
    roles = []
    for role in _ROLES:
        own = sums[sums["role"].eq(role)]
        if own.empty:
            continue
        asked = rows[rows["role"].eq(role) & rows["variable"].eq(own["variable"].iloc[0])]
        levels = asked.set_index("level")["estimate"].to_dict()
        roles.append({"role": role, "question": own["place"].iloc[0].removesuffix(" (ledere)")} | levels)
    return say(_NOTEBOOK, "missing", roles=roles)


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
    return protect(rows, min_count, quantity=quantity)


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
    return protect(rows, min_count, quantity=quantity)
