"""The files of a figure that `publish` has written: their names, what they say of themselves, and their numbers."""

import csv
import html
import json
import re
from dataclasses import dataclass
from pathlib import Path

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
