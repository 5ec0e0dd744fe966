"""Nothing that tells who answered goes on to data/processed."""

import re

import pandas as pd

from analysis.readers.personal import PERSONAL

# an e-mail address, or a CPR number: day and month, year, and four digits after a hyphen or none
LOOKS_PERSONAL = re.compile(
    r"[^\s@]+@[^\s@]+\.\w+|\b(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])\d{2}-?\d{4}\b", re.ASCII
)


def looks_personal(values: pd.Series) -> pd.Series:
    """Which values hold an e-mail address or a CPR number; False where there is no text."""
    if not pd.api.types.is_string_dtype(values):
        return pd.Series(False, index=values.index)
    return values.astype("string").str.contains(LOOKS_PERSONAL).fillna(False).astype(bool)


def check_personal(table: pd.DataFrame, delivery: str) -> None:
    """Raise if a column is named as personal data, or holds it (without telling what).

    Parameters
    ----------
    table : DataFrame
        Rows as delivered.
    delivery : str
        What the delivery is called, for the message.

    Raises
    ------
    ValueError
        A column of names or addresses by its own name, or e-mail addresses or CPR numbers in a text.
    """
    named = [column for column in table if str(column).lower() in PERSONAL - {"name", "navn"}]
    if named:
        raise ValueError(
            f"`{delivery}` must hold no personal data, but {len(named)} of {len(table.columns)} columns "
            f"are named so (first: `{named[0]}`). Remove them from the delivery."
        )
    for column in table:
        found = looks_personal(table[column])
        if found.any():
            raise ValueError(
                f"`{delivery}` must hold no personal data, but `{column}` has what looks like e-mail "
                f"addresses or CPR numbers in {int(found.sum())} of {len(found)} rows (first: row "
                f"{int(found.to_numpy().argmax()) + 1}). Remove them from the delivery."
            )
