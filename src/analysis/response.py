"""How many answered, of those who were asked."""

from collections.abc import Sequence

import pandas as pd

from analysis.sampling import names, require_columns


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
