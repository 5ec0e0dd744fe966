"""A figure as a notebook shows it, taken apart and put together for a page: the image is the published file, once."""

import csv
import html
import json
import re
from dataclasses import dataclass
from html import escape, unescape
from pathlib import Path

from analysis import municipalities
from analysis.measures import measure as words

# The files of a figure that `publish` has written: their names, what they say of themselves, and their numbers.

SYNTHETIC_PREFIX = "syntetisk_"
ENDINGS = {
    ".png": "PNG",
    ".svg": "SVG",
    "_tryk.svg": "SVG til tryk",
    ".pdf": "PDF",
    ".xlsx": "Excel",
    ".csv": "CSV",
}
_VIEW_BOX = re.compile(r'<svg\b[^>]*?viewBox="([^"]+)"', re.DOTALL)
_RECORD = re.compile(r"<metadata[^>]*>(.*?)</metadata>", re.DOTALL)
_CHUNK = 32_768  # characters: title, description and record stand before the font and the drawing


@dataclass(frozen=True)
class Files:
    """The files of one figure of a place's report.

    Attributes
    ----------
    stem : str
        What their names share: ``syntetisk_roskilde_sagstal_omraade``.
    names : tuple of (str, str)
        Name of each file that is there, and what its format is called.
    record : dict
        How the figure was made, as its web SVG says; empty where there is none.
    view_box : tuple of float
        View box of the web SVG; empty where there is none.
    """

    stem: str
    names: tuple[tuple[str, str], ...]
    record: dict
    view_box: tuple[float, ...]

    @property
    def is_synthetic(self) -> bool:
        """Whether the figure rests on synthetic data, as its name says."""
        return self.stem.startswith(SYNTHETIC_PREFIX)


def find(folder: Path, name: str) -> Files | None:
    """The files of the figure of this name in a place's folder; None where there is none."""
    for prefix in (SYNTHETIC_PREFIX, ""):
        stem = f"{prefix}{folder.name}_{name}"
        found = [(f"{stem}{ending}", word) for ending, word in ENDINGS.items()]
        names = tuple((file, word) for file, word in found if (folder / "figurer" / file).is_file())
        if names:
            head = _head(folder / "figurer" / f"{stem}.svg")
            return Files(stem, names, _record(head), view_box(head))
    return None


def _head(svg: Path) -> str:
    """The beginning of an SVG, to the end of its record; the drawing behind it is long."""
    if not svg.is_file():
        return ""
    with svg.open(encoding="utf-8") as opened:
        text = opened.read(_CHUNK)
        while "</metadata>" not in text and (more := opened.read(_CHUNK)):
            text += more
    return text


def _record(head: str) -> dict:
    found = _RECORD.search(head)
    return json.loads(html.unescape(found[1])) if found else {}


def view_box(svg: str) -> tuple[float, ...]:
    """The view box of an SVG's text, four numbers; empty where it has none.

    Examples
    --------
    >>> view_box('<svg role="img" viewBox="0 12.5 453.5 118">')
    (0.0, 12.5, 453.5, 118.0)
    """
    found = _VIEW_BOX.search(svg)
    return tuple(map(float, found[1].split())) if found else ()


def read_status(folder: Path, files: Files) -> list[str]:
    """The status of each row of a figure's table, as its csv says: vist, diskretioneret, ingen svar, …"""
    path = folder / "figurer" / f"{files.stem}.csv"
    if not path.is_file():
        return []
    with path.open(encoding="utf-8-sig", newline="") as opened:
        return [line.get("Status", "") for line in csv.DictReader(opened, delimiter=";")]


# A figure as a notebook shows it, taken apart and put together for a page: the image is the published file, once.

_NAME = re.compile(r'<figure lang="da" id="([^"]+)"')
_HEADLINE = re.compile(r"<figcaption><strong>(.*?)</strong>", re.DOTALL)
_SVG = re.compile(r"<svg\b.*?</svg>", re.DOTALL)
_DESCRIPTION = re.compile(r"<desc[^>]*>(.*?)</desc>", re.DOTALL)
_TABLE = re.compile(r"<table>.*?</table>", re.DOTALL)
_ROW = re.compile(r"<tr>(.*?)</tr>", re.DOTALL)
_CELL = re.compile(r"<t[hd]\b[^>]*>(.*?)</t[hd]>", re.DOTALL)
_TAG = re.compile(r"<[^>]+>")


@dataclass(frozen=True)
class Shown:
    """A figure on a page.

    Attributes
    ----------
    name, headline : str
        Its anchor, and its finding as text.
    files : Files or None
        What `publish` wrote of it.
    cells : tuple of tuple of str
        Its table as shown: the headers, then the rows.
    """

    name: str
    headline: str
    files: Files | None
    cells: tuple[tuple[str, ...], ...]


def plain(html: str) -> str:
    """HTML as text.

    Examples
    --------
    >>> plain("<em>A</em> &lt; B")
    'A < B'
    """
    return unescape(_TAG.sub("", html)).strip()


def shown_in(html: str, folder: Path) -> Shown | None:
    """The figure that an output holds; None where it holds none."""
    name, headline = _NAME.search(html), _HEADLINE.search(html)
    if not (name and headline):
        return None
    table = _TABLE.search(html)
    rows = _ROW.findall(table[0]) if table else []
    cells = tuple(tuple(map(plain, _CELL.findall(row))) for row in rows)
    return Shown(unescape(name[1]), plain(headline[1]), find(folder, unescape(name[1])), cells)


def page_html(html: str, shown: Shown) -> str:
    """The figure's HTML for a page: the published image instead of a drawing, links to its files, folds that scroll."""
    html = _SVG.sub(
        lambda drawing: _scrolls(_image(drawing[0], shown.files), f"Figur: {shown.headline}"), html
    )
    html = _TABLE.sub(lambda table: _scrolls(table[0], f"Tal: {shown.headline}"), html)
    return html.replace("<details>", f"{_links(shown)}<details>", 1)


def _scrolls(inside: str, label: str) -> str:
    """What is wider than a phone scrolls by itself, by keyboard too."""
    named = escape(f"{label} (kan rulles vandret)")
    return f'<div class="bred" role="group" aria-label="{named}" tabindex="0">{inside}</div>'


def _image(svg: str, files: Files | None) -> str:
    """The published SVG, cropped to what the drawing shows of it; the drawing itself where they don't fit."""
    part, description = view_box(svg), _DESCRIPTION.search(svg)
    whole = files.view_box if files else ()
    if not (part and whole and description) or not _is_within(part, whole):
        return svg
    alt = escape(unescape(description[1]))
    source = escape(f"figurer/{files.stem}.svg")
    _, top, width, height = part
    return (
        f'<div class="udsnit" style="aspect-ratio:{width:g}/{height:g}">'
        f'<img src="{source}" alt="{alt}" width="{whole[2]:.0f}" height="{whole[3]:.0f}" '
        f'style="margin-top:{-100 * (top - whole[1]) / width:.3f}%"></div>'
    )


def _is_within(part: tuple[float, ...], whole: tuple[float, ...]) -> bool:
    """Whether a drawing is a lower part of a file's image, or all of it: a headline stands above it there."""
    if part[1] <= whole[1] and part != whole:
        return False  # drawn by itself, in other coordinates
    same_width = abs(part[2] - whole[2]) < 0.01 and abs(part[0] - whole[0]) < 0.01
    return same_width and whole[1] - 0.01 <= part[1] and part[1] + part[3] <= whole[1] + whole[3] + 0.01


def _links(shown: Shown) -> str:
    if shown.files is None:
        return ""
    links = [
        f'<a href="{escape(f"figurer/{file}")}" aria-label="{escape(f"{word} af figuren {shown.headline}")}" '
        f"download>{word}</a>"
        for file, word in shown.files.names
    ]
    return f'<p class="hent">Hent figuren: {" · ".join(links)}</p>'


# What the figures of a place's report say of the place itself, its group and the country, and what they withhold.

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
