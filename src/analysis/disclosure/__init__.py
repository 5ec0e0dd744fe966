"""The gate between estimates and anything that leaves the house: what may be said, and what is withheld.

Charts, tables and `publish` take a `ProtectedTable` and nothing else; only `protect` and `declare_public`
make one.

What it promises stands on docs/databeskyttelse.md. Tests turn a promise off to see it broken: `rounding.ROUNDS`,
`cells.COALITION` (0), `cells.WIDTH` (2), `cells.P_PERCENT`, `cells.MONOTONE`, `NEIGHBOURS` here, and
`suppression.complete` (no complements).
"""

import functools
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from analysis import data
from analysis.disclosure import cells, rounding
from analysis.disclosure.respondents import Respondents, withhold
from analysis.disclosure.suppression import LOWEST as LOWEST_MIN_COUNT
from analysis.disclosure.suppression import NEVER
from analysis.disclosure.table import (
    BOUNDED,
    MISSING,
    NOT_ASKED,
    NOT_RELEVANT,
    SHOWN,
    WITHHELD,
    ProtectedTable,
    combine,
    limit_words,
    passed,
    require_protected,
)

__all__ = [
    "ProtectedTable",
    "combine",
    "declare_public",
    "limit_words",
    "not_asked",
    "protect",
    "require_protected",
]

NEIGHBOURS = 1  # answers beside none and all that are shown as none and all are
FILTER_NEIGHBOURS = (
    3  # the same, where the answer decides who is asked another question: they are few enough there
)
BOUND_STEP = 0.05  # of the limits that a bounded share is told to be under or over
BOUNDED_FROM = 200  # respondents; the percent of a smaller total tells how many of its parts said yes
GATE_ONLY = ("level_count", "largest_two_share", "distinct_count", "most_count", "outside_count", "secret")
TEXT_STATISTICS = ("verdict", "reliability")
PLACE_KEYS = ("municipality", "region", "municipality_group", "group")


def protect(
    table: pd.DataFrame,
    min_count: int = 5,
    within: str | Sequence[str] | None = None,
    synthetic: bool | None = None,
    quantity: Mapping | None = None,
    base: pd.DataFrame | ProtectedTable | Sequence[pd.DataFrame] | None = None,
    neighbours: int = NEIGHBOURS,
) -> ProtectedTable:
    """Withhold small groups, and whatever would let them be computed from what is shown.

    Parameters
    ----------
    table : DataFrame
        One row a group: its keys (text columns), `n` [respondents], estimates. A row that is a total has NA
        in the keys that it sums over. Gate-only columns, dropped from the result: `level_count` [respondents
        in the level of a share], `largest_two_share` [0-1, sum of the two largest / sum of all, of a mean],
        `distinct_count` [different answers of a mean], `most_count` [respondents that there can be, from what is
        public], `outside_count` [respondents of the group whom a slice leaves out], `secret` [whether the row is
        withheld whatever its size]. With a column `level`, the rows of a group are one distribution of its `n`
        answers, and are withheld together.
    min_count : int
        Groups with fewer respondents are withheld; at least 3.
    within : str or list of str, optional
        Key columns whose totals are known to the reader, also where the table doesn't show them.
    synthetic : bool, optional
        Whether the numbers come from demonstration data; by default those of the quantity's table and year.
    quantity : mapping, optional
        What is measured: table, variable, level, year.
    base : DataFrame, ProtectedTable or sequence of DataFrame, optional
        All respondents by the same keys, with `n`; what a threshold withholds there is withheld here. Not yet
        protected it also says how many there are, whom a reader may know from another figure, and in `most_count`
        how many there can be. After it the questions, with `n` and `level_count`, of which only those in the level
        are asked this one: what is shown of them says how many can have answered.
    neighbours : int
        Answers beside none and all that are told as none and all are; `FILTER_NEIGHBOURS` where the level decides
        who is asked another question.

    Returns
    -------
    ProtectedTable

    Raises
    ------
    ValueError
        If `min_count` is under 3, a column is missing, `n` isn't a count, or a total is less than its parts.
    """
    _check_threshold(min_count)
    keys = cells.key_columns(table, within)
    frame = table.reset_index(drop=True)
    n = _counts(frame)
    irrelevant = _irrelevant(frame)
    respondents = _respondents(base, int(min_count))
    # forbidden also where nobody answered: that there are none isn't told either
    forbidden = _leader_rows(frame, keys, (quantity or {}).get("table"))
    bounded, untold = _bounded(frame, n, keys, neighbours)
    secret = ~irrelevant & (forbidden | _dangerous(frame, n) | untold)
    closes = withhold(frame, n, secret, keys, cells.as_list(within), min_count, respondents)
    choices = [irrelevant, closes <= min_count, n == 0, bounded != 0]
    status = np.select(choices, [NOT_RELEVANT, WITHHELD, MISSING, BOUNDED], SHOWN)
    shown = rounding.rounded(_blank(frame, status, keys), quantity or {})
    shown = _with_bounds(shown, n, bounded, neighbours)
    told = rounding.quantity_told(quantity or {}, shown)
    return passed(shown, min_count, _is_synthetic(quantity or {}) if synthetic is None else synthetic, told)


def not_asked(rows: pd.DataFrame, min_count: int | None, quantity: dict) -> ProtectedTable:
    """The rows of a question that a year didn't ask: keys without a number, so there is nothing to protect.

    Parameters
    ----------
    rows : DataFrame
        Keys and labels; every other column is empty.
    """
    return passed(rows.assign(status=NOT_ASKED), min_count, _is_synthetic(quantity), quantity)


def declare_public(table: pd.DataFrame, reason: str, synthetic: bool) -> ProtectedTable:
    """Pass a table in which no respondent is counted: published figures, the practice of organisations.

    Parameters
    ----------
    table : DataFrame
    reason : str
        Why nothing in it is a secret; kept with the table.
    synthetic : bool
        Whether the numbers come from demonstration data.

    Raises
    ------
    ValueError
        If no reason is given.
    """
    if not isinstance(reason, str) or not reason.strip():
        raise ValueError("`reason` must say why the table is public, but is empty. Write a sentence.")
    frame = table.reset_index(drop=True).copy()
    if "status" not in frame:
        frame["status"] = SHOWN
    return passed(frame, None, bool(synthetic), {}, reason)


def _check_threshold(min_count) -> None:
    if isinstance(min_count, bool) or not isinstance(min_count, int | np.integer):
        raise ValueError(f"`min_count` must be a whole number, but is {min_count!r}. Give 5, or more.")
    if min_count < LOWEST_MIN_COUNT:
        raise ValueError(
            f"`min_count` must be at least {LOWEST_MIN_COUNT} respondents, but is {min_count}. Give 5, or more."
        )


def _irrelevant(frame: pd.DataFrame) -> np.ndarray:
    if "status" not in frame:
        return np.zeros(len(frame), bool)
    return (frame["status"] == NOT_RELEVANT).fillna(False).to_numpy(bool)


def _counts(frame: pd.DataFrame) -> np.ndarray:
    """`n` as whole numbers, 0 where a group isn't relevant."""
    if "n" not in frame:
        raise ValueError(
            f"A table must have a column `n` [respondents], but has {', '.join(map(str, frame.columns))}."
            " Take it from `analysis.estimates`."
        )
    n = pd.to_numeric(frame["n"], errors="coerce").astype("Float64").to_numpy(float, na_value=np.nan)
    n = np.where(_irrelevant(frame), 0.0, n)
    wrong = ~(np.isfinite(n) & (n >= 0) & (n == np.round(n)))
    if wrong.any():
        first = int(np.flatnonzero(wrong)[0])
        raise ValueError(
            f"`n` must be a whole number of respondents, 0 or more, but {wrong.sum()} of {len(n)} rows are"
            f" not (first: row {first} = {frame['n'].iloc[first]}). Count respondents without weights."
        )
    return n.astype(int)


def _dangerous(frame: pd.DataFrame, n: np.ndarray) -> np.ndarray:
    """Groups that tell on their members whatever their size: one answer of all, or two that outweigh the rest."""
    dangerous = np.zeros(len(frame), bool)
    if "largest_two_share" in frame:
        dangerous |= (n > 0) & cells.is_dominated(1.0, _gate_column(frame, "largest_two_share"))
    if "distinct_count" in frame:
        dangerous |= (n > 0) & (_gate_column(frame, "distinct_count") == 1)
    if "secret" in frame:
        dangerous |= frame["secret"].to_numpy(bool)
    return dangerous


def _ends(frame: pd.DataFrame, n: np.ndarray, neighbours: int) -> np.ndarray:
    """-1 where none, or hardly any, are in the level; 1 where all, or nearly all, are; 0 elsewhere."""
    if "level_count" not in frame:
        return np.zeros(len(frame), int)
    level = _gate_column(frame, "level_count")
    return np.select([(n > 0) & (level <= neighbours), (n > 0) & (n - level <= NEIGHBOURS)], [-1, 1], 0)


def _bounded(
    frame: pd.DataFrame, n: np.ndarray, keys: list[str], neighbours: int
) -> tuple[np.ndarray, np.ndarray]:
    """The ends of the rows that may be told by a limit; and the rows at an end of which not even that may be told."""
    ends = _ends(frame, n, neighbours)
    bounded = np.where(_may_be_bounded(frame, keys), ends, 0)
    return bounded, (ends != 0) & (bounded == 0)


def _may_be_bounded(frame: pd.DataFrame, keys: list[str]) -> np.ndarray:
    """Rows of a level alone whose every total is so large that its whole percent doesn't count its parts."""
    if "level_count" not in frame or "level" in frame:
        return np.zeros(len(frame), bool)
    n = _counts(frame)
    fine = np.ones(len(frame), bool)
    for total, parts in cells.sums_of(cells.codes(cells.labels(frame, keys))):
        fine[parts] &= n[total] >= BOUNDED_FROM
    return fine


def _with_bounds(frame: pd.DataFrame, n: np.ndarray, ends: np.ndarray, neighbours: int) -> pd.DataFrame:
    """Bounded rows get their n again, and the limit that the share is under or over: `high` or `low`."""
    bounded = frame["status"].eq(BOUNDED).to_numpy(bool)
    if not bounded.any():
        return frame
    near = np.where(ends < 0, neighbours, NEIGHBOURS) + 1
    limit = np.ceil(near / np.maximum(n, 1) / BOUND_STEP - 1e-9) * BOUND_STEP
    numbers = {
        "n": n,
        "high": np.where(ends < 0, np.minimum(limit, 1.0), np.nan),
        "low": np.where(ends > 0, np.maximum(1.0 - limit, 0.0), np.nan),
    }
    changed = {
        name: pd.Series(rounding.to_decimals(value, 2), index=frame.index).where(
            bounded, frame.get(name, np.nan)
        )
        for name, value in numbers.items()
    }
    return frame.assign(**changed)


def _gate_column(frame: pd.DataFrame, name: str) -> np.ndarray:
    return pd.to_numeric(frame[name]).astype("Float64").to_numpy(float, na_value=np.nan)


def _leader_rows(frame: pd.DataFrame, keys: list[str], source: str | None) -> np.ndarray:
    """Leaders below the country; and all staff together, which minus the caseworkers is the leaders."""
    if "role" in frame:
        leaders = ~(frame["role"] == "caseworker").fillna(False).to_numpy(bool)
    else:
        leaders = np.full(len(frame), source == "leaders")
    if "place_level" in frame:
        return leaders & (frame["place_level"] != "country").fillna(True).to_numpy(bool)
    places = cells.labels(frame, [key for key in keys if key in PLACE_KEYS])
    return leaders & (places != "").any(axis=1)


def _respondents(
    base: pd.DataFrame | ProtectedTable | Sequence[pd.DataFrame] | None, min_count: int
) -> Respondents | None:
    """All respondents, and the threshold that closes each group of them."""
    if base is None:
        return None
    if isinstance(base, ProtectedTable):
        return _closed_before(base)
    found = None
    for rows in [base] if isinstance(base, pd.DataFrame) else base:
        names = tuple(cells.key_columns(rows, None))
        content = rows[list(names)].fillna("").astype(str).assign(n=_counts(rows))
        told = {name: rows[name] for name in ("most_count", "level_count") if name in rows}
        content = content.assign(**told).itertuples(index=False, name=None)
        found = _closed((*names, "n", *told), tuple(content), min_count, found)
    return found


def _closed_before(base: ProtectedTable) -> Respondents:
    """What a table has closed, without the counts of it."""
    frame = require_protected(base)._frame
    names = cells.key_columns(frame, None)
    hidden = frame["status"].eq(WITHHELD).to_numpy(bool)
    closes = np.where(hidden, LOWEST_MIN_COUNT, NEVER)
    most, empty = np.full(len(frame), np.inf), frame["status"].eq(MISSING).to_numpy(bool)
    return Respondents(names, cells.labels(frame, names), np.empty(0, int), closes, most, empty)


@functools.lru_cache(maxsize=8)
def _closed(
    columns: tuple[str, ...],
    rows: tuple[tuple, ...],
    min_count: int,
    above: Respondents | None,
) -> Respondents:
    """All respondents, or those of a question that some of them answered; kept, for each question asks."""
    frame = pd.DataFrame(rows, columns=list(columns))
    keys = list(columns[: columns.index("n")])
    frame[keys] = frame[keys].replace("", pd.NA)
    n, label = _counts(frame), cells.labels(frame, keys)
    bounded, secret = _bounded(frame, n, keys, FILTER_NEIGHBOURS)
    closes = withhold(frame, n, secret, keys, [], min_count, above)
    if above is None:
        most = frame["most_count"].to_numpy(float) if "most_count" in frame else np.full(len(n), np.inf)
        return Respondents(keys, label, n, closes, np.maximum(most, n), n == 0)
    # where the share is shown, its whole percent tells how many are asked
    asked = np.select(
        [bounded < 0, bounded > 0], [FILTER_NEIGHBOURS, n], frame["level_count"].to_numpy(float)
    )
    asked = np.where(closes > LOWEST_MIN_COUNT, asked, np.inf)
    closes = np.where(bounded != 0, LOWEST_MIN_COUNT, closes)
    return above.narrowed(label, keys, closes, asked)


def _is_synthetic(quantity: Mapping) -> bool:
    """Whether the table and year of a quantity are; unknown counts as synthetic, so that a mark is never lost."""
    try:
        return data.is_synthetic(quantity["table"], quantity.get("year"))
    except (KeyError, FileNotFoundError):
        return True


def _blank(frame: pd.DataFrame, status: np.ndarray, keys: list[str]) -> pd.DataFrame:
    """The table without numbers in rows that aren't shown, and without what only the gate sees."""
    kept = frame.drop(columns=[name for name in GATE_ONLY if name in frame]).copy()
    kept["status"] = status
    words = {*keys, *cells.STACKS, *cells.LABELS, "level"} - set(TEXT_STATISTICS)
    for name in [name for name in kept if name not in words]:
        kept[name] = _blanked(kept[name], status != SHOWN, name in TEXT_STATISTICS)
    return kept


def _blanked(column: pd.Series, hidden: np.ndarray, is_statistic: bool) -> pd.Series:
    """A column without what it says of the hidden rows: every number, and every text that holds a digit."""
    if pd.api.types.is_bool_dtype(column):
        return column.astype("boolean").mask(hidden)
    if pd.api.types.is_numeric_dtype(column):
        whole = pd.api.types.is_integer_dtype(column)
        return column.astype("Int64" if whole else column.dtype).mask(hidden)
    if is_statistic or pd.api.types.is_datetime64_any_dtype(column):
        return column.mask(hidden)
    return column.mask(hidden & column.astype("string").str.contains(r"\d").fillna(False).to_numpy(bool))
