"""What the released figures say of each group: every csv with its record, of several folders and editions.

A cell is a group of people and a quantity. Whatever any file shows of it is known.
"""

import csv
import json
import re
from decimal import Decimal, InvalidOperation
from pathlib import Path

import numpy as np
import pandas as pd

from analysis import municipalities
from analysis.export import record_reader
from rerun.audit.cells import KEYS, named

STATUS = {
    "vist": "shown",
    "under/over": "bounded",
    "diskretioneret": "withheld",
    "ingen svar": "missing",
    "ikke relevant": "not_relevant",
    "ikke spurgt": "not_asked",
}
# words of a row that don't tell one quantity from another
_LABELS = ("place", "place_level", "municipality_code", "status", "verdict", "reliability")
NUMBERS = ("estimate", "low", "high", "difference", "difference_low", "difference_high", "shrunken", "count")
_STRONGEST = ("shown", "bounded", "missing", "withheld", "not_asked", "not_relevant")


def read_figures(folder: Path) -> list[dict]:
    """Read every figure of a folder of reports.

    Parameters
    ----------
    folder : Path
        Folder with a folder a place (or figures themselves, as saved from the explorer or the lab).

    Returns
    -------
    list of dict
        One a csv of respondents: `file` (Path), `name`, `record`, `rows` (list of dict: quantity, keys, status, n, the
        numbers as `Decimal`).

    Raises
    ------
    FileNotFoundError
        If there is no csv, or one without a file beside it that carries its record.
    ValueError
        If a file's rows aren't those of its record.
    """
    files = _tables(folder)
    if not files:
        raise FileNotFoundError(
            f"`{folder.name}` must hold figures (*/figurer/*.csv), but holds none. Run `make reports` first."
        )
    figures = []
    for file in files:
        record = record_reader.read(file)
        if record.get("min_count") is not None and record.get("quantity"):
            figures.append({"file": file, "name": str(file.relative_to(folder)), "record": record})
    for figure in figures:
        lines = _lines(figure["file"])
        figure["rows"] = _rows(figure["file"], figure["record"], lines)
        texts = {text for line in lines for text in line.values() if isinstance(text, str)}
        figure["printed"] = sorted(float(n) for text in texts if (n := number_of(text)) is not None)
    return figures


def _tables(folder: Path) -> list[Path]:
    """Every figure's table: its csv; where it was saved without one, as an image alone, what stands beside it."""
    beside = [file for file in folder.rglob("*.json") if not file.with_suffix(".csv").is_file()]
    figures = [file for file in beside if {"record", "cells", "rows"} <= set(_said(file))]
    return sorted([*folder.rglob("*.csv"), *figures])


def _said(file: Path) -> dict:
    said = json.loads(file.read_text(encoding="utf-8"))
    return said if isinstance(said, dict) else {}


def _lines(file: Path) -> list[dict]:
    if file.suffix == ".json":
        said = _said(file)
        names = [column["header"] for column in said["columns"]]
        words = {code: word for word, code in STATUS.items()}
        status = [words.get(row["status"], row["status"]) for row in said["rows"]]
        return [
            dict(zip(names, cells, strict=True)) | {"Status": told}
            for cells, told in zip(said["cells"], status, strict=True)
        ]
    with file.open(encoding="utf-8-sig", newline="") as opened:
        return list(csv.DictReader(opened, delimiter=";"))


def _rows(file: Path, record: dict, lines: list[dict]) -> list[dict]:
    keys = record["keys"]
    if len(lines) != len(keys["rows"]):
        raise ValueError(
            f"`{file.name}` must have the {len(keys['rows'])} rows that its record names, but has"
            f" {len(lines)}. Run the report again."
        )
    words = [dict(zip(keys["columns"], values, strict=True)) for values in keys["rows"]]
    return [_row(record, line, word) for line, word in zip(lines, words, strict=True)]


def _row(record: dict, line: dict, words: dict) -> dict:
    headers = record["columns"]
    if line["Status"] not in STATUS:
        raise ValueError(
            f"`Status` in {record.get('file', 'a figure')} must be one of {', '.join(STATUS)}, but is "
            f"{line['Status']}. An edition of another version needs its own audit."
        )
    quantity, within = _quantity(record["quantity"], words)
    texts = {name: line.get(headers.get(name, ""), "") for name in ("n", *NUMBERS)}
    return {
        "quantity": _named(quantity),
        # of whom it is a part: the answers of everybody, or of all classes
        "unsliced": _named(quantity | {"where": None}),
        "whole": _named({name: value for name, value in quantity.items() if name not in within}),
        "slice": quantity.get("where") or "",
        "classed_by": " ".join(within),
        "source": quantity.get("table"),
        "variable": quantity.get("variable"),
        "level": quantity.get("level"),
        "year": quantity.get("year"),
        "is_share": record.get("unit") == "pct." or record.get("is_share") is True,
        "status": STATUS[line["Status"]],
        "min_count": record["min_count"],
        "edition": str(record.get("data_digest", ""))[:12],
        "numbers": sum(
            number_of(text) is not None and not re.fullmatch(r"(19|20)\d\d", text)
            for text in line.values()
            if text
        ),
        "limit": next((text for text in line.values() if text and re.match(r"(under|over) \d", text)), ""),
        **_places(words),
        **{name: number_of(text) for name, text in texts.items()},
    }


def _named(quantity: dict) -> str:
    return " ".join(str(part) for part in quantity.values() if part is not None)


def _quantity(quantity: dict, words: dict) -> tuple[dict, list[str]]:
    """What a row measures: the figure's quantity, and what the row itself says more precisely; and its classes."""
    apart = (*KEYS, *_LABELS)
    if "parts" in quantity:  # a figure of several measures: the one that the row names
        apart = (*apart, quantity["by"])
        quantity = quantity["parts"][words[quantity["by"]]]
    whole = {name: quantity.get(name) for name in ("table", "variable", "level", "year", "where")}
    own = {name: value for name, value in words.items() if name not in apart and value is not None}
    asked_by = quantity.get("by") if isinstance(quantity.get("by"), list) else []
    return whole | own, [name for name in own if name in asked_by and name != "level"]


def _places(words: dict) -> dict:
    """The keys of a row; where it has none, those that follow from its place's name."""
    keys = {name: str(words.get(name) or "") for name in KEYS}
    if any(name in words for name in KEYS) or "place" not in words:
        return keys
    return keys | _keys_of(str(words["place"]))


def _keys_of(place: str) -> dict:
    table = municipalities.table()
    if municipalities.is_country(place):
        return {}
    for name in ("region", "municipality_group"):
        if place in set(table[name]):
            return {name: place}
    if place in set(table["municipality"]):
        own = municipalities.find(place)
        return {"municipality": own.name, "region": own.region, "municipality_group": own.group}
    return {"group": place}


def number_of(text: str | None) -> Decimal | None:
    """Return a Danish number."""
    try:
        return Decimal((text or "").replace(".", "").replace(",", ".").strip() or "x")
    except InvalidOperation:
        return None


def half_of(number: Decimal | None) -> float:
    """Return half a unit of a number's last digit."""
    return np.nan if number is None else 0.5 * 10.0 ** number.as_tuple().exponent


def told_of_cells(figures: list[dict]) -> pd.DataFrame:
    """One row a row of a figure: `file`, what is measured, the keys, status, n, estimate and its half unit."""
    rows = [
        {name: value for name, value in row.items() if name not in NUMBERS}
        | {
            "file": figure["name"],
            "position": position,
            "n": np.nan if row["n"] is None else float(row["n"]),
            "estimate": np.nan if row["estimate"] is None else float(row["estimate"]),
            "half": half_of(row["estimate"]),
        }
        for figure in figures
        for position, row in enumerate(figure["rows"])
    ]
    return pd.DataFrame(rows)


def merge(told: pd.DataFrame) -> tuple[pd.DataFrame, list[tuple]]:
    """Put together what all files say of each cell; where they disagree, that is a finding.

    Returns
    -------
    cells : DataFrame
        One row an edition, quantity and group.
    findings : list of tuple
        Kind, quantity, cell, detail.
    """
    findings, merged = [], []
    for label, rows in told.groupby(["edition", "quantity", *KEYS], sort=True):
        parts = rows.to_dict("records")
        findings += [(kind, label[1], named(label[2:]), detail) for kind, detail in _disagreements(parts)]
        merged.append(_merged(parts))
    return pd.DataFrame(merged), findings


def _disagreements(rows: list[dict]):
    """What is wrong with several files' rows of one cell."""
    told = [row for row in rows if row["status"] == "shown"]
    hidden = [row for row in rows if row["status"] not in ("shown", "bounded")]
    careless = [row for row in hidden if row["numbers"]]
    if careless:
        yield "number in a withheld row", careless[0]["file"]
    by = min((row for row in hidden if row["status"] == "withheld"), key=_threshold, default=None)
    open_ = max(told, key=_threshold, default=None)
    # a lower threshold shows more; a higher one that does gives away what the lower withholds
    if by and open_ and _threshold(open_) >= _threshold(by):
        yield "shown and withheld", f"{open_['file']} shows what {by['file']} withholds"
    counts = sorted({row["n"] for row in told if not np.isnan(row["n"])})
    if len(counts) > 1:
        yield "contradiction", f"n is {counts[0]:g} and {counts[-1]:g}"
    estimates = sorted((row["estimate"], row["half"]) for row in told if not np.isnan(row["estimate"]))
    if estimates and estimates[-1][0] - estimates[0][0] > 2 * max(half for _, half in estimates) + 1e-9:
        yield "contradiction", f"the estimate is {estimates[0][0]:g} and {estimates[-1][0]:g}"


def _threshold(row: dict) -> int:
    return row["min_count"]


def _merged(rows: list[dict]) -> dict:
    """What an attacker makes of one cell in several files: what is shown once is known."""
    status = min((row["status"] for row in rows), key=_STRONGEST.index)
    sharpest = min(rows, key=lambda row: np.nan_to_num(row["half"], nan=np.inf))
    known = [row["n"] for row in rows if not np.isnan(row["n"])]
    return sharpest | {
        "status": status,
        "n": max(known, default=np.nan),
        "min_count": min(row["min_count"] for row in rows),
        "limit": next((row["limit"] for row in rows if row["limit"]), ""),
    }
