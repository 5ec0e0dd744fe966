"""Numbers that left finer than they are shown: in drawings, records, workbooks and slides."""

import hashlib
import io
import json
import re
import zipfile
from pathlib import Path

import numpy as np

from rerun.audit.cells import KEYS
from rerun.audit.marks import agreed, read_drawing
from rerun.audit.released import NUMBERS, half_of

_DRAWINGS = (".svg", "_tryk.svg", ".pdf")
_BESIDE = (".xlsx", ".pptx", ".docx", ".json")
_CHART_NUMBER = re.compile(r"<(?:c:)?v>(-?\d+\.\d+(?:[eE]-?\d+)?)</(?:c:)?v>")
_JSON_NUMBER = re.compile(r"(?<![\w.\"])-?\d+\.\d+(?:[eE]-?\d+)?(?![\w.\"])")
_BY_CHANCE = 0.2  # of the marks beside a printed number: frames and corners stand anywhere
_DIGITS = 4  # significant, that a number of a record may have


def finer_than_shown(figures: list[dict]) -> tuple[list[tuple], dict]:
    """Compare whatever says a number of a figure with what its table prints.

    Parameters
    ----------
    figures : list of dict
        From `rerun.audit.released.read_figures`.

    Returns
    -------
    findings : list of tuple
        Kind, quantity, cell, detail.
    sharp : dict
        (edition, quantity, keys) -> value and room, of estimates that were drawn finer than printed.
    """
    findings, votes, seen = [], {}, set()
    for figure in figures:
        file = figure["file"]
        digest = hashlib.sha1(file.read_bytes()).hexdigest()
        findings += _of_record(figure)
        if digest in seen:  # what is the same for all places stands in each place's folder
            continue
        seen.add(digest)
        findings += _of_neighbours(figure)
        for ending in _DRAWINGS:
            drawing = file.with_name(file.stem + ending)
            if drawing.is_file():
                findings += _of_drawing(figure, drawing, votes)
    sharp = {key: value for key, told in votes.items() if (value := agreed(told))}
    return findings, sharp


def _of_drawing(figure: dict, drawing: Path, votes: dict) -> list[tuple]:
    rows = figure["rows"]
    printed = np.array(
        [[np.nan if row[name] is None else float(row[name]) for row in rows] for name in NUMBERS]
    )
    half = np.array([[half_of(row[name]) for row in rows] for name in NUMBERS])
    told = read_drawing(drawing, printed.ravel(), half.ravel(), leading=len(rows))
    unit = 2 * half.ravel()
    whole = {round(value / unit[place], 3): _is_of(value, unit[place], room) for place, value, room in told}
    off = [value for value, is_whole in whole.items() if not is_whole]
    if len(off) <= max(3, _BY_CHANCE * len(whole)):
        return []
    for place, value, room in told:
        if place < len(rows) and _is_plausible(rows[place], value, room):
            row = rows[place]
            key = (row["edition"], row["quantity"], tuple(row[name] for name in KEYS))
            votes.setdefault(key, []).append((figure["name"], value, room))
    name = str(Path(figure["name"]).with_name(drawing.name))
    return [
        (
            "finer than shown",
            name,
            "",
            f"{len(off)} of {len(whole)} marks stand where no printed number does",
        )
    ]


def _is_of(value: float, unit: float, room: float) -> bool:
    """Whether a value can be printed, or lies in the middle of two: a multiple of half the unit of the last digit."""
    return abs(value - unit / 2 * round(2 * value / unit)) <= 2 * room + 1e-9


def _is_plausible(row: dict, value: float, room: float) -> bool:
    """Within a place and area weights are alike: the sum of whole answers is whole."""
    if not (row["municipality"] and row["area"]) or row["n"] is None or row["is_share"]:
        return True
    total = value * float(row["n"])
    return abs(total * 2 - round(total * 2)) <= 4 * float(row["n"]) * room + 4e-5


def _of_record(figure: dict) -> list[tuple]:
    """Numbers of the record with more digits than anybody shows."""
    quantity = json.dumps(figure["record"].get("quantity") or {})
    fine = [text for text in _JSON_NUMBER.findall(quantity) if _significant(text) > _DIGITS]
    if fine:
        told = f"{len(fine)} numbers of the record have {_significant(fine[0])} digits"
        return [("finer than shown", figure["name"], "", told)]
    return []


def _significant(text: str) -> int:
    return len(re.sub(r"[eE].*|\D", "", text).lstrip("0"))


def _of_neighbours(figure: dict) -> list[tuple]:
    """Workbook, slides, document and data beside the table: no number finer than the table prints them."""
    exponents = [
        number.as_tuple().exponent
        for row in figure["rows"]
        for name in NUMBERS
        if (number := row[name]) is not None
    ]
    # a share may be written as 0.55
    decimals = -min(exponents, default=0) + 2 * any(row["is_share"] for row in figure["rows"])
    printed = np.array(figure["printed"] or [np.inf])  # a p-value has decimals of its own
    findings = []
    for ending in _BESIDE:
        beside = figure["file"].with_suffix(ending)
        if beside.is_file():
            finer = [number for number in _numbers(beside) if abs(round(number, decimals) - number) > 1e-9]
            fine = [number for number in finer if np.abs(printed - number).min() > 1e-9]
            if fine:
                name = str(Path(figure["name"]).with_suffix(ending))
                told = f"{len(fine)} numbers have more than {decimals} decimals"
                findings.append(("finer than shown", name, "", told))
    return findings


def _numbers(file: Path) -> list[float]:
    """The numbers that are not whole in a file's data: cells, caches of charts, rows."""
    if file.suffix == ".json":
        rows = json.loads(file.read_text(encoding="utf-8")).get("rows", [])
        return [float(text) for text in _JSON_NUMBER.findall(json.dumps(rows))]
    with zipfile.ZipFile(io.BytesIO(file.read_bytes())) as package:
        parts = [name for name in package.namelist() if re.search(r"(sheet|chart)\d*\.xml$", name)]
        texts = [package.read(name).decode("utf-8") for name in parts]
        # the workbook behind a slide's chart
        inner = [package.read(name) for name in package.namelist() if name.endswith(".xlsx")]
    for content in inner:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            texts += [
                package.read(n).decode("utf-8") for n in package.namelist() if re.search(r"sheet\d*\.xml$", n)
            ]
    return [float(text) for part in texts for text in _CHART_NUMBER.findall(part)]
