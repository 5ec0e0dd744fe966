"""A table that has passed the disclosure gate: selected from, never added to, and never opened again."""

import html
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from io import BytesIO

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from analysis import danish

SHOWN, BOUNDED, WITHHELD = "shown", "bounded", "withheld"
MISSING, NOT_RELEVANT = "missing", "not_relevant"
WORDS = {
    WITHHELD: "diskretioneret",
    BOUNDED: "under/over",
    MISSING: "ingen svar",
    NOT_RELEVANT: "ikke relevant",
}
HEADERS = {
    "year": "År",
    "place": "Sted",
    "group": "Gruppe",
    "municipality": "Kommune",
    "region": "Region",
    "municipality_group": "Kommunegruppe",
    "area": "Område",
    "role": "Rolle",
    "level": "Svar",
    "estimate": "Estimat",
    "low": "Nedre grænse",
    "high": "Øvre grænse",
    "n": "Antal svar",
}
_MADE_HERE = object()


@dataclass(frozen=True, repr=False)
class ProtectedTable:
    """A table that has passed the gate; rows that may not be shown hold no numbers.

    Made by `protect` and `declare_public`, never directly.

    Attributes
    ----------
    frame : DataFrame
        A copy of the table, with a column `status`: shown, withheld, missing or not_relevant.
    min_count : int or None
        The threshold [respondents]; None for a public table.
    synthetic : bool
        Whether the numbers come from demonstration data.
    quantity : dict
        What is measured: table, variable, level, year.
    """

    _frame: pd.DataFrame
    min_count: int | None
    synthetic: bool
    quantity: dict = field(default_factory=dict)
    reason: str = ""
    _made: object = field(default=None, compare=False)

    def __post_init__(self):
        if self._made is not _MADE_HERE:
            raise TypeError(
                "A `ProtectedTable` must come from `protect` or `declare_public`, but was built directly from"
                f" a {type(self._frame).__name__}. Call `analysis.disclosure.protect(table)`."
            )
        object.__setattr__(self, "_made", None)

    @property
    def frame(self) -> pd.DataFrame:
        """A copy of what may be shown."""
        return self._frame.copy()

    def __len__(self) -> int:
        return len(self._frame)

    def __repr__(self) -> str:
        counts = self._frame["status"].value_counts().to_dict()
        settings = f"min_count={self.min_count}, synthetic={self.synthetic}"
        return f"ProtectedTable({len(self)} rows: {counts}, {settings})"

    def rows(self, mask) -> "ProtectedTable":
        """The rows where `mask` (boolean, one a row) holds; what is withheld stays withheld.

        Raises
        ------
        ValueError
            If the mask is not boolean, or not one a row.
        """
        mask = np.asarray(mask)
        if mask.dtype != bool or mask.shape != (len(self),):
            raise ValueError(
                f"`mask` must be {len(self)} booleans, one a row, but is {mask.dtype} of shape {mask.shape}."
                " Compare a column of `.frame` with a value."
            )
        return self._with(self._frame[mask].reset_index(drop=True))

    def select(self, **equals) -> "ProtectedTable":
        """The rows whose columns equal the given values; None means a total (missing key).

        A list of values selects any of them.

        Raises
        ------
        KeyError
            If a column is unknown.
        ValueError
            If no row is left.
        """
        mask = np.ones(len(self), bool)
        for column, value in equals.items():
            mask &= _equals(self._frame, column, value)
        if not mask.any():
            raise ValueError(
                f"`select` must leave at least one row, but none of {len(self)} has {equals}."
                " Check the spelling against the columns of `.frame`."
            )
        return self.rows(mask)

    def row(self, **equals) -> pd.Series:
        """The one row whose columns equal the given values.

        Raises
        ------
        ValueError
            If there is none, or more than one.
        """
        found = self.select(**equals)
        if len(found) != 1:
            raise ValueError(f"`row` must find one row, but {len(found)} have {equals}. Name more columns.")
        return found.frame.iloc[0]

    def to_bytes(self) -> bytes:
        """The table as Parquet, with what is said of it; `from_bytes` reads it."""
        told = [self.min_count, self.synthetic, self.quantity, self.reason]
        arrow = pa.Table.from_pandas(self._frame, preserve_index=False)
        arrow = arrow.replace_schema_metadata({**arrow.schema.metadata, b"told": json.dumps(told).encode()})
        written = BytesIO()
        pq.write_table(arrow, written)
        return written.getvalue()

    @classmethod
    def from_bytes(cls, content: bytes) -> "ProtectedTable":
        """The table that `to_bytes` wrote: it has passed the gate before."""
        arrow = pq.read_table(BytesIO(content))
        return passed(arrow.to_pandas(), *json.loads(arrow.schema.metadata[b"told"]))

    def _with(self, frame: pd.DataFrame) -> "ProtectedTable":
        return passed(frame, self.min_count, self.synthetic, dict(self.quantity), self.reason)

    def _repr_html_(self) -> str:
        named = [name for name in HEADERS if name in self._frame]
        head = "".join(f"<th>{HEADERS[name]}</th>" for name in named)
        body = "".join(f"<tr>{_cells(row, named)}</tr>" for _, row in self._frame.iterrows())
        mark = "<caption>SYNTETISKE DATA</caption>" if self.synthetic else ""
        return f'<table lang="da">{mark}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def passed(frame, min_count, synthetic, quantity, reason="") -> ProtectedTable:
    """What the gate lets through; for `analysis.disclosure` alone, which has done the protecting."""
    return ProtectedTable(frame, min_count, synthetic, quantity, reason, _made=_MADE_HERE)


def require_protected(table) -> ProtectedTable:
    """Return `table` if it has passed the gate.

    Raises
    ------
    TypeError
        If it has not.
    """
    if not isinstance(table, ProtectedTable):
        raise TypeError(
            f"`table` must be a `ProtectedTable`, but is a {type(table).__name__}."
            " Pass it through `analysis.disclosure.protect` first."
        )
    return table


def combine(tables: dict[str, ProtectedTable], column: str = "measure") -> ProtectedTable:
    """Tables of one figure under each other, with a column that tells them apart.

    Parameters
    ----------
    tables : dict of str to ProtectedTable
    column : str
        Name of the new first column, which holds the names.

    Returns
    -------
    ProtectedTable
        Synthetic if any is. Its quantity is ``{"by": column, "parts": {name: quantity}}``.
    """
    parts = {name: require_protected(table) for name, table in tables.items()}
    frames = []
    for name, part in parts.items():
        frame = part.frame.drop(columns=column, errors="ignore")
        frame.insert(0, column, name)
        frames.append(frame)
    counts = [part.min_count for part in parts.values() if part.min_count is not None]
    quantity = {"by": column, "parts": {name: part.quantity for name, part in parts.items()}}
    synthetic = any(part.synthetic for part in parts.values())
    return passed(pd.concat(frames, ignore_index=True), min(counts, default=None), synthetic, quantity)


def limit_words(row: Mapping) -> str:
    """What a bounded row says instead of its share: under one limit, or over the other.

    Examples
    --------
    >>> limit_words({"low": float("nan"), "high": 0.2}), limit_words({"low": 0.85, "high": None})
    ('under 20 pct.', 'over 85 pct.')
    """
    if pd.notna(row["high"]):
        return f"under {danish.percent(row['high'])}"
    return f"over {danish.percent(row['low'])}"


def _cells(row: pd.Series, names: list[str]) -> str:
    return "".join(f"<td>{html.escape(_text(row[name], name, row['status']))}</td>" for name in names)


def _text(value, name: str, status: str) -> str:
    """A cell in Danish; the word for a number that may not be shown."""
    if not pd.isna(value):
        whole = isinstance(value, int | np.integer)
        return value if isinstance(value, str) else danish.number(value, 0 if whole else 2)
    return WORDS.get(status, "") if name in ("estimate", "n") else ""


def _equals(frame: pd.DataFrame, column: str, value) -> np.ndarray:
    if column not in frame:
        raise KeyError(f"`{column}` is no column of the table. It has: {', '.join(map(str, frame.columns))}.")
    if isinstance(value, list | tuple | set):
        return frame[column].isin(list(value)).to_numpy(bool)
    if value is None or value is pd.NA:
        return frame[column].isna().to_numpy(bool)
    return (frame[column] == value).fillna(False).to_numpy(bool)


NOT_ASKED = "not_asked"
