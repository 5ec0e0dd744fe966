"""What the figures of a place's report say of the place itself, its group and the country, and what they withhold.

Read from the tables that the figures show and from the records of their files, so that a number is written the same
way wherever a reader meets it, and nothing is said that the disclosure gate has not let through.
"""

from pathlib import Path

from analysis import municipalities, words
from rerun.figure_files import read_status
from rerun.figure_parts import Shown

SHOWN = "vist"
_NEEDED = {"place", "estimate", "low", "high", "n"}
_LABELS = ("area", "role", "level", "theme")  # what tells two rows of one place apart


def surroundings(place: str) -> list[str]:
    """The place, its group and the country, each once."""
    own = [m.group for m in municipalities.everyone() if m.name == place]
    return list(dict.fromkeys([place, *own, municipalities.COUNTRY]))


def _rows(shown: Shown, folder: Path) -> list[dict]:
    """One dictionary a row of a figure's table: `keys`, `cells` (by column), `status`, `judged`."""
    if shown.files is None or not shown.files.record:
        return []
    record, (headers, *lines) = shown.files.record, shown.cells or ((),)
    status, keys = read_status(folder, shown.files), record["keys"]
    if not len(status) == len(lines) == len(keys["rows"]):
        raise ValueError(
            f"`{shown.files.stem}` must have as many rows in its csv ({len(status)}) and its record "
            f"({len(keys['rows'])}) as on the page ({len(lines)}), but has not. Run the report again with FORCE=1."
        )
    places = {name: headers.index(header) for name, header in record["columns"].items() if header in headers}
    judged = record.get("verdicts") or [None] * len(lines)
    return [
        {
            "keys": dict(zip(keys["columns"], values, strict=True)),
            "cells": {name: line[at] for name, at in places.items()},
            "status": said,
            "judged": verdict,
        }
        for values, line, said, verdict in zip(keys["rows"], lines, status, judged, strict=True)
    ]


def _is_measure(record: dict) -> bool:
    """Whether a figure shows one estimate a place, with interval and number of answers."""
    columns = set(record.get("columns", {}))
    return bool(
        record.get("min_count")
        and record.get("quantity", {}).get("variable")
        and columns >= _NEEDED
        and not columns & {"level", "role"}
    )


def measures(figures: list[Shown], place: str, folder: Path) -> list[dict]:
    """What is said of a place, its group and the country, measure by measure.

    Returns
    -------
    list of dict
        One a measure and area, as the figures have them first: `key`, `title`, `unit`, and `rows`: place ->
        estimate, interval and n (as shown; empty where not), status, verdict (over, som, under, none; empty
        where unknown) and whether the estimate is uncertain.
    """
    found: dict[str, dict] = {}
    for shown in figures:
        record = shown.files.record if shown.files else {}
        if not _is_measure(record):
            continue
        for row in _rows(shown, folder):
            if row["keys"].get("place") in surroundings(place):
                measure = _measure(record, row)
                measure = found.setdefault(measure["key"], measure)
                measure["rows"].setdefault(row["keys"]["place"], _numbers(row))
    return list(found.values())


def _measure(record: dict, row: dict) -> dict:
    quantity, area = record["quantity"], row["keys"].get("area") or ""
    spoken = words.named(quantity["variable"])
    return {
        "key": "|".join([quantity["variable"], quantity.get("level") or "", area]),
        "title": spoken.statistic,
        "area": row["cells"].get("area", ""),
        "unit": record["unit"],
        "rows": {},
    }


def _numbers(row: dict) -> dict:
    cells, is_shown = row["cells"], row["status"] == SHOWN
    low, high = cells["low"], cells["high"]
    between = " til " if "\u2212" in low + high else "\u2013"
    verdict, certainty = row["judged"] or ("", "")
    return {
        "estimate": cells["estimate"] if is_shown else "",
        "interval": f"{low}{between}{high}" if is_shown else "",
        "n": cells["n"] if is_shown else "",
        "status": row["status"],
        "verdict": verdict,
        "uncertain": certainty == "usikker",
    }


def withheld(figures: list[Shown], place: str, folder: Path) -> list[dict]:
    """What the figures don't show, figure by figure.

    Returns
    -------
    list of dict
        One a figure that withholds something: `name`, `headline`, `own` (status -> what of the place, as words),
        `others` (status -> number of rows about others) and `rows` (of the whole table).
    """
    found = []
    for shown in figures:
        rows = _rows(shown, folder)
        hidden = [row for row in rows if row["status"] != SHOWN]
        own: dict[str, list[str]] = {}
        others: dict[str, int] = {}
        for row in hidden:
            if place in (row["keys"].get("place"), row["keys"].get("municipality")):
                own.setdefault(row["status"], []).append(_label(row))
            else:
                others[row["status"]] = others.get(row["status"], 0) + 1
        if hidden:
            said = {"name": shown.name, "headline": shown.headline, "rows": len(rows)}
            found.append(said | {"own": own, "others": others})
    return found


def _label(row: dict) -> str:
    return ", ".join(row["cells"][name] for name in _LABELS if name in row["cells"])
