"""A published figure as data: one .json that says all of it, which site, PDF and Office files read."""

import json
from decimal import Decimal
from pathlib import Path

import pandas as pd

from analysis import municipalities
from analysis.charts.figure import Figure, Picture
from analysis.export import record as record_of
from analysis.export.tables import exported

FORMAT = 1
MIME = "application/vnd.analysis.figure+json"  # what an executed notebook says of a figure that it shows
_COUNTS = {"n", "n_effective", "year", "rank"}
_PROBABILITIES = {"p", "p_adjusted"}
_JUDGED = ("status", "verdict", "reliability")
_PLACES = ("place", "municipality")
_TEXTS = ("headline", "description", "note", "source", "alt")


def content(figure: Figure, record: dict) -> dict:
    """Return everything that a published figure says, but its files and how large its image is.

    Parameters
    ----------
    figure : Figure
    record : dict
    """
    numbers = exported(figure)
    return {
        "format": FORMAT,
        "name": figure.name,
        "place": figure.place,
        "stem": record["file"],
        "kind": getattr(figure, "kind", "") or ("chart" if _has_numbers(numbers) else "table"),
        "synthetic": bool(figure.synthetic),
        "texts": {name: getattr(figure, name) for name in _TEXTS}
        | {"title": record["title"], "value_label": figure.columns.get("estimate", "")},
        "unit": figure.unit,
        "decimals": figure.decimals,
        "columns": [_column(figure, name, numbers[header]) for name, header in figure.columns.items()],
        "rows": _rows(figure, numbers),
        "cells": figure.shown_table().to_numpy().tolist(),
        "chosen": _chosen(figure),
        "reference": _reference(figure, numbers),
        "picture": {},
        "files": {},
        "record": record,
    }


def with_picture(said: dict, drawn: Picture) -> dict:
    """Return what a figure says, with its image's size, for a page that shows its chart without the words around it."""
    width, height = drawn.size
    return said | {"picture": {"width": width, "height": height, "chart": list(drawn.chart)}}


def to_json(said: dict) -> bytes:
    """Write what a figure says, the same bytes at every run."""
    return json.dumps(said, ensure_ascii=False, sort_keys=True, default=str, separators=(",", ":")).encode(
        "utf-8"
    )


def plain(said: dict) -> dict:
    """Return what a figure says as its .json gives it back."""
    return json.loads(to_json(said))


def _has_numbers(numbers: pd.DataFrame) -> bool:
    return any(isinstance(value, Decimal) for header in numbers for value in numbers[header])


def _column(figure: Figure, name: str, values: pd.Series) -> dict:
    numbers = [value for value in values if isinstance(value, Decimal)]
    kind = (
        "count"
        if name in _COUNTS
        else "text"
        if not numbers
        else "share"
        if figure.unit == "pct." and name not in _PROBABILITIES
        else "number"
    )
    decimals = max((-value.as_tuple().exponent for value in numbers), default=0)
    unit = figure.unit if kind in {"share", "number"} and name not in _PROBABILITIES else ""
    return {"name": name, "header": figure.columns[name], "unit": unit, "decimals": decimals, "kind": kind}


def _rows(figure: Figure, numbers: pd.DataFrame) -> list[dict]:
    """The rows as every format exports them, by column, with the words that name them and their verdict."""
    frame = figure.table.frame
    judged = [name for name in _JUDGED if name in frame]
    keys = [
        n for n in frame if n not in judged and (n == "year" or not pd.api.types.is_numeric_dtype(frame[n]))
    ]
    cells = {name: [_plain(value) for value in numbers[header]] for name, header in figure.columns.items()}
    told = cells | {name: record_of.plain(frame[name]) for name in (*keys, *judged)}
    return [dict(zip(told, row, strict=True)) for row in zip(*told.values(), strict=True)]


def _plain(value: Decimal | str | None) -> int | float | str | None:
    if not isinstance(value, Decimal):
        return value
    return (
        int(value) if value == value.to_integral_value() and value.as_tuple().exponent >= 0 else float(value)
    )


def _chosen(figure: Figure) -> list[int]:
    """The rows of the figure's own place."""
    frame = figure.table.frame
    named = [frame[name].eq(figure.place) for name in _PLACES if name in frame]
    return [at for at in range(len(frame)) if any(bool(own.iloc[at]) for own in named)]


def _reference(figure: Figure, numbers: pd.DataFrame) -> dict | None:
    """The country's value, where the figure shows one."""
    frame = figure.table.frame
    if not {"place", "estimate"} <= set(frame) or "estimate" not in figure.columns:
        return None
    found = [at for at, place in enumerate(frame["place"]) if municipalities.is_country(place)]
    value = numbers[figure.columns["estimate"]].iloc[found[0]] if len(found) == 1 else None
    return None if value is None else {"label": municipalities.COUNTRY, "value": float(value)}


def read(path: Path) -> dict:
    """Return what a figure's .json says.

    Raises
    ------
    FileNotFoundError
        If it isn't there.
    ValueError
        If it is broken, or of another format.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ValueError(
            f"`{path.name}` must be a figure's .json as `publish` writes it, but is broken ({error}). "
            "Run the report again with FORCE=1."
        ) from error
    found = content.get("format") if isinstance(content, dict) else None
    if found != FORMAT:
        raise ValueError(
            f"`{path.name}` must be of format {FORMAT}, but is of {found}. Run the report again with FORCE=1."
        )
    return content
