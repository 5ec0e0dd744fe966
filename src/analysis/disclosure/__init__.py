"""The gate between estimates and anything that leaves the house: what may be said, and what is withheld.

Charts, tables and `publish` take a `ProtectedTable` and nothing else; only `protect` and `declare_public`
make one.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from analysis.disclosure import cells, rounding, suppression
from analysis.disclosure.table import (
    MISSING,
    NOT_RELEVANT,
    SHOWN,
    WITHHELD,
    ProtectedTable,
    combine,
    passed,
    require_protected,
)

__all__ = ["ProtectedTable", "combine", "declare_public", "protect", "require_protected"]

LOWEST_MIN_COUNT = 3
GATE_ONLY = ("level_count", "largest_two_share", "distinct_count")
TEXT_STATISTICS = ("verdict", "reliability")
PLACE_KEYS = ("municipality", "region", "municipality_group", "group")


def protect(
    table: pd.DataFrame,
    min_count: int = 5,
    within: str | Sequence[str] | None = None,
    synthetic: bool | None = None,
    quantity: Mapping | None = None,
    base: ProtectedTable | None = None,
) -> ProtectedTable:
    """Withhold small groups, and whatever would let them be computed from what is shown.

    Parameters
    ----------
    table : DataFrame
        One row a group: its keys (text columns), `n` [respondents], estimates. A row that is a total has NA
        in the keys that it sums over. Gate-only columns, dropped from the result: `level_count` [respondents
        in the level of a share], `largest_two_share` [0-1, sum of the two largest / sum of all, of a mean],
        `distinct_count` [different answers of a mean]. With a column `level`, the rows of a group are one
        distribution of its `n` answers, and are withheld together.
    min_count : int
        Groups with fewer respondents are withheld; at least 3.
    within : str or list of str, optional
        Key columns whose totals are known to the reader, also where the table doesn't show them.
    synthetic : bool, optional
        Whether the numbers come from demonstration data; asked of `analysis.data` when not given.
    quantity : mapping, optional
        What is measured: table, variable, level, year.
    base : ProtectedTable, optional
        A table of the same respondents; what is withheld there is withheld here.

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
    # forbidden also where nobody answered: that there are none isn't told either
    forbidden = ~irrelevant & (
        _leader_rows(frame, keys, (quantity or {}).get("table")) | _withheld_in(base, frame, keys)
    )
    secret = forbidden | (~irrelevant & _dangerous(frame, n))
    withheld = suppression.withhold(frame, n, secret, keys, cells.as_list(within), min_count)
    status = np.select([irrelevant, withheld, n == 0], [NOT_RELEVANT, WITHHELD, MISSING], SHOWN)
    shown = rounding.rounded(_blank(frame, status, keys), quantity or {})
    told = rounding.quantity_told(quantity or {}, shown)
    return passed(shown, min_count, _is_synthetic(synthetic), told)


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
            f"`min_count` must be at least {LOWEST_MIN_COUNT} respondents, but is {min_count}."
            " Give 5, or more."
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
    """Groups that tell on their members whatever their size: all alike, or two that outweigh the rest."""
    dangerous = np.zeros(len(frame), bool)
    if "level_count" in frame:
        level = _gate_column(frame, "level_count")
        dangerous |= (n > 0) & ((level == 0) | (level == n))
    if "largest_two_share" in frame:
        dangerous |= (n > 0) & (_gate_column(frame, "largest_two_share") > cells.DOMINANCE)
    if "distinct_count" in frame:
        dangerous |= (n > 0) & (_gate_column(frame, "distinct_count") == 1)
    return dangerous


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


def _withheld_in(base: ProtectedTable | None, frame: pd.DataFrame, keys: list[str]) -> np.ndarray:
    if base is None:
        return np.zeros(len(frame), bool)
    shared = [key for key in keys if key in require_protected(base)._frame]
    hidden = base._frame.loc[base._frame["status"] == WITHHELD]
    totals = (
        hidden[cells.key_columns(base._frame, None)].drop(columns=shared, errors="ignore").isna().all(axis=1)
    )
    secrets = set(map(tuple, cells.labels(hidden[totals], shared)))
    return np.array([tuple(label) in secrets for label in cells.labels(frame, shared)], bool)


def _is_synthetic(synthetic: bool | None) -> bool:
    """Unknown counts as synthetic, so that a mark is never lost."""
    if synthetic is not None:
        return bool(synthetic)
    try:
        from analysis import data

        return bool(data.is_synthetic())
    except (ImportError, FileNotFoundError):
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
