"""Who was asked and who answered: response rates, accounts and missing answers, through the gate.

All staff in the staff counts were asked. A response rate is complete answers per person asked; partial answers
are counted, but not used. Caseworkers by every place, leaders for the country only.
"""

import numpy as np
import pandas as pd

from analysis import codebook, data, kept, municipalities
from analysis.disclosure import ProtectedTable, protect
from analysis.distributions import TOTAL
from analysis.measures import who_answered
from analysis.place_estimates import LEVELS
from analysis.response import response_rates

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


@kept.once
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


@kept.once
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


@kept.once
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
