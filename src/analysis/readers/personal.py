"""Names of columns that tell who answered: never kept."""

import re
from collections.abc import Callable

import numpy as np
import pandas as pd

PERSONAL = frozenset(
    [
        "email",
        "e_mail",
        "mail",
        "mailadresse",
        "emailadresse",
        "emailaddress",
        "name",
        "navn",
        "fulde_navn",
        "fornavn",
        "efternavn",
        "firstname",
        "lastname",
        "first_name",
        "last_name",
        "phone",
        "telefon",
        "tlf",
        "mobil",
        "mobile",
        "telefonnummer",
        "cpr",
        "cprnr",
        "cprnummer",
        "cpr_nr",
        "cpr_nummer",
        "adresse",
        "address",
        "ip",
        "ipaddress",
        "ipadresse",
        "ip_address",
        "externalkey",
        "respondentid",
        "respondent_id",
    ]
)


# Personal data in a delivery: CPR numbers, e-mail addresses and telephone numbers, found and never repeated.

_CPR = re.compile(r"(?<!\d)(\d{2})(\d{2})(\d{2})[\s\-\u2010-\u2015/.]{0,3}\d{4}(?!\d)")
_EMAIL = re.compile(r"[\w.+\-%]+@[\w\-]+(\.[\w\-]+)*\.\w{2,}")
_PREFIX = r"(?:(?:\+|00)\s?45[\s\-.]?)?"
_GROUPED = r"[2-9]\d(?:[\s\-.]?\d{2}){3}|[2-9]\d{3}[\s\-.]\d{4}|[2-9]\d{2}[\s\-.]\d{2}[\s\-.]\d{3}"
_PHONE = re.compile(rf"(?<![\d,.+\-/]){_PREFIX}(?:{_GROUPED})(?![\d/]|[,.\-]\d)")
_DATE = re.compile(r"(?:19|20)\d{2}[\s\-.]?(?:0[1-9]|1[0-2])[\s\-.]?(?:0[1-9]|[12]\d|3[01])")
_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def _is_birthday(day: int, month: int) -> bool:
    """Whether a day and month exist; a replacement number has 60 added to its day."""
    day = day - 60 if day > 60 else day
    return 1 <= month <= 12 and 1 <= day <= _DAYS[month - 1]


def _has_cpr(text: str) -> bool:
    return any(_is_birthday(int(found[1]), int(found[2])) for found in _CPR.finditer(text))


def _has_email(text: str) -> bool:
    return "@" in text and _EMAIL.search(text) is not None


def _has_phone(text: str) -> bool:
    """A telephone number; not eight digits that read as a date (20141231), nor part of a CPR number."""
    rest = _CPR.sub(" ", text)
    return any(_DATE.fullmatch(found[0]) is None for found in _PHONE.finditer(rest))


KINDS: dict[str, Callable[[str], bool]] = {
    "a CPR number": _has_cpr,
    "an e-mail address": _has_email,
    "a telephone number": _has_phone,
}


def find_personal(table: pd.DataFrame) -> pd.DataFrame:
    """Count personal data in each column.

    Texts are searched anywhere. A column of numbers counts as CPR numbers where most of its values are ten
    digits (a leading zero may be lost) that begin with a day and a month.

    Parameters
    ----------
    table : DataFrame
        As delivered.

    Returns
    -------
    DataFrame
        One row a column and kind: `column`, `kind`, `count` [rows], `first` (position of the first row).

    References
    ----------
    CPR-kontoret, *Personnummeret i CPR*: DDMMYY and four digits; the control digit no longer holds for all.
    """
    found = []
    for name in table.columns:
        for kind, rows in _rows_with(table[name]).items():
            if rows.any():
                found.append((str(name), kind, int(rows.sum()), int(np.flatnonzero(rows)[0])))
    return pd.DataFrame(found, columns=["column", "kind", "count", "first"])


def looks_personal(values: pd.Series) -> pd.Series:
    """Which values hold personal data."""
    rows = np.zeros(len(values), bool)
    for found in _rows_with(values).values():
        rows |= found
    return pd.Series(rows, index=values.index)


def check_personal(table: pd.DataFrame, delivery: str) -> None:
    """Stop if a delivery has columns named as personal data, or texts that hold it.

    Parameters
    ----------
    table : DataFrame
        As delivered.
    delivery : str
        What the delivery is called, for the message.

    Raises
    ------
    ValueError
        With counts and columns, never a value.
    """
    named = [column for column in table if str(column).lower() in PERSONAL - {"name", "navn"}]
    if named:
        raise ValueError(
            f"`{delivery}` must hold no personal data, but {len(named)} of {len(table.columns)} columns "
            f"are named so (first: `{named[0]}`). Remove them from the delivery."
        )
    found = find_personal(table)
    if len(found):
        parts = [
            f"`{row['column']}` has what looks like {row['kind']} in {row['count']} of {len(table)} rows"
            f" (first: row {row['first'] + 1})"
            for _, row in found.iterrows()
        ]
        raise ValueError(
            f"`{delivery}` must hold no personal data, but {'; '.join(parts)}. Remove them from the delivery."
        )


def _rows_with(column: pd.Series) -> dict[str, np.ndarray]:
    """For each kind, the rows that hold it; each different text is searched once."""
    if pd.api.types.is_bool_dtype(column) or pd.api.types.is_datetime64_any_dtype(column):
        return {}
    if pd.api.types.is_numeric_dtype(column):
        return {"a CPR number": _cpr_numbers(column)}
    codes, texts = pd.factorize(column.astype(object))
    texts = [str(text) for text in texts]
    return {
        kind: np.append(np.array([has(text) for text in texts], bool), False)[codes]
        for kind, has in KINDS.items()
    }


def _cpr_numbers(column: pd.Series) -> np.ndarray:
    values = column.astype("Float64").to_numpy(float, na_value=np.nan)
    whole = np.isfinite(values) & (values == np.round(values)) & (values >= 1e8) & (values < 1e10)
    numbers = np.where(whole, values, 0).astype(np.int64)
    day, month = numbers // 10**8, numbers // 10**6 % 100
    dated = whole & np.array([_is_birthday(int(d), int(m)) for d, m in zip(day, month, strict=True)], bool)
    known = np.isfinite(values).sum()
    return dated if known and dated.sum() > known / 2 else np.zeros(len(values), bool)
