"""The numbers of a figure as a table of their own, and as Danish csv.

Numbers are written as the figure shows them, the same in every format: enough to draw the figure again, and no more.
"""

import csv
import functools
import io
from collections.abc import Mapping
from decimal import Decimal

import numpy as np
import pandas as pd

from analysis import danish
from analysis.charts.figure import STATUS_WORDS, Figure
from analysis.disclosure import rounding
from analysis.export import record as provenance

STATUS_HEADER = "Status"
BASIS_HEADER = "Datagrundlag"
_SHOWN = "vist"
# Columns that aren't in the figure's own unit, and their decimals.
_OWN_DECIMALS = {"p": 3, "p_adjusted": 3}
_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


@functools.lru_cache(maxsize=4)  # every format of a figure asks for it
def exported(figure: Figure) -> pd.DataFrame:
    """Return the table that every format writes: one row a row of the figure, Danish headers. Nobody may change it.

    Returns
    -------
    DataFrame
        The shown columns: numbers as `Decimal` in the figure's own unit, texts as they stand in the figure,
        ``None`` where a row is withheld, missing or not relevant; then ``Status`` with the word for that;
        and, for synthetic data, ``Datagrundlag``.
    """
    rows = figure.table.frame
    records = rows.to_dict("records")
    whole = {name for name in figure.columns if pd.api.types.is_integer_dtype(rows[name])}
    columns = {
        header: [_value(figure, name, record, name in whole) for record in records]
        for name, header in figure.columns.items()
    }
    columns[STATUS_HEADER] = [STATUS_WORDS.get(status, _SHOWN) for status in rows["status"]]
    if figure.synthetic:
        columns[BASIS_HEADER] = [provenance.SYNTHETIC_WORDS] * len(rows)
    return pd.DataFrame({name: pd.Series(values, dtype="object") for name, values in columns.items()})


def _value(figure: Figure, column: str, row: Mapping, whole: bool) -> Decimal | str | None:
    value = row[column]
    if pd.isna(value):
        return None
    if isinstance(value, str | bool | np.bool_):
        return figure.cell(column, row)
    if rounding.is_count(column):
        return danish.rounded(value)
    if column in _OWN_DECIMALS:
        return danish.rounded(value, _OWN_DECIMALS[column])
    if figure.unit_of(row) == "pct.":
        return danish.rounded(100 * value, figure.decimals_of(row))
    return danish.rounded(value, 0 if whole else figure.decimals_of(row))


def decimals_of(values: pd.Series) -> int:
    """Return the most decimals that the numbers of an exported column have."""
    return max([-value.as_tuple().exponent for value in values if isinstance(value, Decimal)], default=0)


def to_csv(figure: Figure) -> bytes:
    """Write a figure's table as csv for Danish Excel: semicolons, decimal commas, UTF-8 with a BOM."""
    table = exported(figure)
    written = io.StringIO(newline="")
    lines = csv.writer(written, delimiter=";", lineterminator="\r\n")
    lines.writerow([guarded(header) for header in table.columns])
    lines.writerows([_csv_cell(value) for value in row] for row in table.itertuples(index=False, name=None))
    return written.getvalue().encode("utf-8-sig")


def _csv_cell(value: Decimal | str | None) -> str:
    if isinstance(value, Decimal):
        return f"{value:f}".replace(".", ",")
    return guarded(value or "")


def guarded(text: str) -> str:
    """Return a text that a spreadsheet can't take as a formula: an apostrophe before ``= + - @``.

    Examples
    --------
    >>> guarded("=HYPERLINK()"), guarded("Roskilde")
    ("'=HYPERLINK()", 'Roskilde')

    References
    ----------
    OWASP, *CSV Injection*.
    """
    return f"'{text}" if text.startswith(_FORMULA_SIGNS) else text
