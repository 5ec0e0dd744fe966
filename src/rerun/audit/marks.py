"""What the drawings say: coordinates of marks in SVG and PDF, turned back into numbers by the lines of the grid.

A number that was drawn finer than it is printed is known finer than it is printed. What a grid is worth is read from
the numbers written at its lines; where none are, it is the scale under which most printed numbers stand at a mark.
"""

import re
import zlib
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

_PATH = re.compile(r'\bd="([^"]+)"')
_POINT = re.compile(r"([MLCQ ]|^)\s*(-?\d+(?:\.\d+)?)[ ,](-?\d+(?:\.\d+)?)")
_USE = re.compile(r'<(?:use|circle|rect)\b[^>]*?\b(?:x|cx)="(-?[\d.]+)"[^>]*?\b(?:y|cy)="(-?[\d.]+)"')
_RECT = re.compile(
    r'<rect\b[^>]*?\bx="(-?[\d.]+)"[^>]*?\by="(-?[\d.]+)"[^>]*?\bwidth="([\d.]+)"[^>]*?\bheight="([\d.]+)"'
)
_MOVED = re.compile(r"(-?[\d.]+) (-?[\d.]+) ([ml])\b|1 0 0 1 (-?[\d.]+) (-?[\d.]+) cm|((?:-?[\d.]+ ){6})c\b")
_DEFINED = re.compile(r"<defs\b.*?</defs>", re.DOTALL)  # letters and the shape of marks, at no place
_TEXT = re.compile(r'<text\b[^>]*?\bx="(-?[\d.]+)" y="(-?[\d.]+)"[^>]*>([^<]*)</text>')
_LABEL = re.compile(r"([-\u2212+]?)(\d{1,3}(?:\.\d{3})*|\d+)(?:,(\d+))?(?:\s*(?:pct\.|%))?")
_STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)
_STEPS = [base * 10.0**power for power in (-2, -1, 0, 1, 2) for base in (1, 2, 2.5, 5)]
_CLOSE = 2e-3  # points: gaps of a grid that differ by less are one gap
_FINE = 5e-6  # points: half a unit of six decimals
_FINE_IN_PDF = 3e-5  # eight digits, where its drawing had as many
_ENOUGH = 3
_BESIDE = 6.0  # points: a line's own number stands no further off
_MARK = 12.0  # points: a closed shape no larger than this is a mark, and its middle is the number
_SAMPLE = 40  # numbers that a scale is judged by


@dataclass(frozen=True)
class Scale:
    """A line of the grid, and what a point is worth: value = start + step * (coordinate - origin) / gap."""

    origin: float
    gap: float
    start: float
    step: float
    fine: float = _FINE

    def values(self, coordinates: np.ndarray) -> np.ndarray:
        """Return the values at coordinates."""
        return self.start + self.step * (coordinates - self.origin) / self.gap

    @property
    def grain(self) -> float:
        """How exactly a value is known from coordinates."""
        return abs(self.step / self.gap) * self.fine


def shapes(file: Path) -> list[np.ndarray]:
    """Each path or mark of a drawing as its points, shape (points, 2)."""
    if file.suffix == ".pdf":
        return _pdf_shapes(file.read_bytes())
    text = _DEFINED.sub("", file.read_text(encoding="utf-8"))
    found = []
    for path in _PATH.finditer(text):
        points = _POINT.findall(path[1])
        if points and len(points) < 200:
            found.append(np.array([(float(x), float(y)) for _, x, y in points]))
    found += [np.array([(float(x), float(y))]) for x, y in _USE.findall(text)]
    for x, y, wide, high in _RECT.findall(text):
        found.append(np.array([(float(x), float(y)), (float(x) + float(wide), float(y) + float(high))]))
    return found


def _pdf_shapes(content: bytes) -> list[np.ndarray]:
    found = []
    current: list[tuple[float, float]] = []
    for x, y, kind, moved_x, moved_y, curve in _MOVED.findall(_page(content)):
        if kind == "m" or moved_x:
            if current:
                found.append(np.array(current))
            current = [(float(x or moved_x), float(y or moved_y))]
        elif curve:
            current.append(tuple(float(part) for part in curve.split()[4:6]))
        else:
            current.append((float(x), float(y)))
    return [*found, np.array(current)] if current else found


def _page(content: bytes) -> str:
    """What a PDF draws: its longest content; patterns and letters have coordinates of their own."""
    texts = []
    for stream in _STREAM.finditer(content):
        try:
            text = zlib.decompress(stream[1]).decode("latin-1")
        except zlib.error:
            continue
        if " m\n" in text or " l\n" in text:
            texts.append(text)
    return max(texts, key=len, default="")


def scales_of(drawn: list[np.ndarray], axis: int) -> list[tuple[float, float, int]]:
    """Origin, gap and number of lines of each regular grid across an axis: lines of equal reach, evenly spaced."""
    other = 1 - axis
    lines: dict[tuple, set[float]] = {}
    for points in drawn:
        straight = len(points) == 2 and abs(points[0, axis] - points[1, axis]) < 1e-6
        if straight and abs(points[0, other] - points[1, other]) > 5:
            reach = tuple(np.round(np.sort(points[:, other]), 2))
            lines.setdefault(reach, set()).add(round(float(points[0, axis]), 6))
    found = []
    for at in lines.values():
        found += _regular(np.sort(list(at)))
    return found


def _regular(spots: np.ndarray) -> list[tuple[float, float, int]]:
    """Runs of evenly spaced lines, of two at least; several panels side by side make several runs."""
    found, start = [], 0
    gaps = np.diff(spots)
    while start < len(gaps):
        end = start
        while end + 1 < len(gaps) and abs(gaps[end + 1] - gaps[start]) < _CLOSE:
            end += 1
        count = end - start + 2
        found.append((float(spots[start]), float((spots[end + 1] - spots[start]) / (count - 1)), count))
        start = end + 1
    return found


def labels_of(file: Path) -> np.ndarray:
    """Numbers written in an SVG, shape (labels, 3): where they stand, and what they say."""
    found = []
    for x, y, text in _TEXT.findall(file.read_text(encoding="utf-8")):
        number = _LABEL.fullmatch(text.replace("\xa0", " ").strip())
        if number:
            value = float(number[2].replace(".", "") + "." + (number[3] or "0"))
            found.append((float(x), float(y), -value if number[1] in ("-", "\u2212") else value))
    return np.array(found, float).reshape(-1, 3)


def labelled_scales(grids: list[tuple], labels: np.ndarray, axis: int) -> list[tuple[tuple, Scale]]:
    """The grids whose worth the numbers written along them tell exactly.

    Three numbers are enough; two are where another panel has the same scale.
    """
    told = [(grid, *found) for grid in grids if (found := _written(grid, labels, axis))]
    worth = [abs(scale.step / scale.gap) for _, scale, _ in told]
    return [
        (grid, scale)
        for (grid, scale, count), mine in zip(told, worth, strict=True)
        if count >= _ENOUGH or sum(abs(mine - other) < 1e-5 * mine for other in worth) > 1
    ]


def _written(grid: tuple, labels: np.ndarray, axis: int) -> tuple[Scale, int] | None:
    """The scale that most numbers in a row along a grid agree on, and how many those are.

    Under its line a number stands in the very middle; beside a line it stands a little lower.
    """
    origin, gap, count = grid
    place = np.round((labels[:, axis] - origin) / gap)
    aside = labels[:, axis] - origin - place * gap
    apart = min(_BESIDE, gap / 2) if axis else 0.01
    inside = (place >= 0) & (place < count) & (np.abs(aside) <= apart)
    best, most = None, 1
    for row in np.unique(np.round(labels[inside, 1 - axis], 2)):
        mine = inside & (np.abs(labels[:, 1 - axis] - row) < 0.01)
        at, value = place[mine], labels[mine, 2]
        if len(at) <= most or len(np.unique(at)) < len(at) or np.ptp(aside[mine]) > 0.02:
            continue
        step = float((value[-1] - value[0]) / (at[-1] - at[0]))
        grows = step < 0 if axis else step > 0
        if grows and np.allclose(value, value[0] + step * (at - at[0]), atol=1e-9):
            best, most = Scale(origin, gap, float(value[0] - step * at[0]), step), len(at)
    return best and (best, most)


def candidates(drawn: list[np.ndarray], axis: int) -> np.ndarray:
    """Coordinates that may stand for a number: ends of lines and bars, middles of marks; not the lines across."""
    spots = []
    for points in drawn:
        along = points[:, axis]
        if len(points) == 2 and np.ptp(along) < 1e-6:
            continue
        middle = (along.min() + along.max()) / 2
        if len(points) > 2 and np.ptp(points, axis=0).max() <= _MARK:
            is_even = np.abs(np.add.outer(along, along) - 2 * middle).min(axis=1).max() < 0.05
            spots += [middle] if is_even or len(points) <= 8 else []  # else it is a letter
        else:
            spots += [along.min(), along.max()]
    return np.unique(np.round(spots, 6)) if spots else np.zeros(0)


def find_scale(
    spots: np.ndarray,
    grid: tuple[float, ...],
    printed: np.ndarray,
    half: float,
    directions: tuple[float, ...] = (1.0, -1.0),
) -> Scale | None:
    """The scale under which the most printed numbers stand at a coordinate; None if hardly any do.

    Parameters
    ----------
    spots : ndarray
        Coordinates of marks.
    grid : (float, float)
        Origin and gap of the lines.
    printed : ndarray
        Numbers that the figure's table prints.
    half : float
        Half a unit of their last digit.
    directions : tuple of float
        1.0 where values grow with the coordinates, -1.0 where they fall.
    """
    origin, gap = grid[:2]
    best, most = None, 0.0
    printed = printed[:: max(1, len(printed) // _SAMPLE)]
    for step in _STEPS:
        if not 0.5 * step <= np.ptp(printed) + step or np.ptp(printed) > 100 * step:
            continue
        for direction in directions:
            relative = np.sort(direction * step * (spots - origin) / gap)
            span = printed.min() - relative.max(), printed.max() - relative.min()
            for start in np.arange(np.floor(span[0] / step), np.ceil(span[1] / step) + 1) * step:
                if abs(start) > 60 * step:
                    continue
                distance = _nearest(relative + start, printed)
                hit = distance <= half * 1.0001
                # chance alone hits often where the marks lie dense
                score = hit.mean() - min(1.0, len(spots) * 2 * half / max(np.ptp(relative), 1e-9))
                if score > most + 1e-9 and hit.sum() >= min(2, len(printed)):
                    best, most = Scale(origin, direction * gap, start, step), score
    return best if most > 0.25 else None


def _nearest(ordered: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Distance from each wanted number to the nearest of ordered ones."""
    at = np.searchsorted(ordered, wanted)
    left = np.abs(wanted - ordered[np.clip(at - 1, 0, len(ordered) - 1)])
    right = np.abs(wanted - ordered[np.clip(at, 0, len(ordered) - 1)])
    return np.minimum(left, right)


def read_drawing(
    file: Path, printed: np.ndarray, half: np.ndarray, leading: int = 0
) -> list[tuple[int, float, float]]:
    """Everything in a drawing that may be a number of its table, drawn finer.

    Parameters
    ----------
    file : Path
        .svg or .pdf.
    printed, half : ndarray
        The numbers and half a unit of their last digit.
    leading : int
        How many of them are surely drawn, and tell the scale; all where none do.

    Returns
    -------
    list of (int, float, float)
        Position of a number, a value that stands at a mark, and how far off it may be.
    """
    known = np.isfinite(printed)
    if known.sum() < 2:
        return []
    drawn = [points for points in shapes(file) if len(points)]
    written = file.with_name(f"{file.stem.removesuffix('_tryk')}.svg")  # in the others letters are outlines
    labels = labels_of(written) if written.is_file() else np.zeros((0, 3))
    fine = max(_FINE_IN_PDF if file.suffix == ".pdf" else _FINE, grain_of(written))
    grids = [scales_of(drawn, axis) for axis in (0, 1)]
    exact = [labelled_scales(grids[axis], labels, axis) for axis in (0, 1)]
    found = []
    for axis in (0, 1):
        spots = candidates(drawn, axis)
        for grid, scale in exact[axis]:
            found += _near(replace(scale, fine=fine), _beside(spots, grid), printed, half)
        for grid in [] if any(exact) else grids[axis]:
            directions = _directions(axis, file.suffix)
            scale = _guessed(spots, grid, printed, half, leading, directions)
            if scale is not None:
                found += _near(replace(scale, fine=fine), spots, printed, half)
    return found


def grain_of(file: Path) -> float:
    """Half a unit of the last decimal that an SVG's coordinates have, in points."""
    text = file.read_text(encoding="utf-8") if file.is_file() else ""
    decimals = [len(part) for path in _PATH.findall(text) for part in re.findall(r"\.(\d+)", path)]
    return 0.5 * 10.0 ** -max(decimals, default=6)


def _directions(axis: int, suffix: str) -> tuple[float, ...]:
    """How values may grow with the coordinates: up is down in an SVG, and either way in a PDF."""
    if not axis:
        return (1.0,)
    return (-1.0,) if suffix == ".svg" else (-1.0, 1.0)


def _beside(spots: np.ndarray, grid: tuple[float, float, int]) -> np.ndarray:
    """The spots of a grid's own panel."""
    origin, gap, count = grid
    return spots[(spots >= origin - gap / 2) & (spots <= origin + (count - 0.5) * gap)]


def _guessed(spots, grid, printed, half, leading: int, directions: tuple) -> Scale | None:
    """The scale of a grid without numbers: that of the estimates, else of whatever is printed."""
    if grid[2] < _ENOUGH:
        return None
    known = np.isfinite(printed)
    for some in (known & (np.arange(len(known)) < leading), known):
        if some.any() and np.ptp(half[some]) == 0:  # measures of several units share no scale
            unit = float(half[some][0])
            scale = find_scale(spots, grid, np.unique(printed[some]), unit, directions)
            if scale is not None:
                return scale
    return None


def _near(scale: Scale, spots: np.ndarray, printed: np.ndarray, half: np.ndarray):
    """The marks within what is printed, one a number and place."""
    told = np.sort(scale.values(spots))
    for row in np.flatnonzero(np.isfinite(printed)):
        near = told[np.abs(told - printed[row]) <= half[row] * 1.0001 + scale.grain]
        apart = np.append(True, np.diff(near) > 2 * scale.grain) if len(near) else []
        yield from ((int(row), float(value), scale.grain) for value in near[apart])


def agreed(told: list[tuple[str, float, float]]) -> tuple[float, float] | None:
    """The value that most drawings have of a number, and its room; None where two are as likely.

    Parameters
    ----------
    told : list of (str, float, float)
        File, value, room.
    """
    votes: list[tuple[int, float, float]] = []
    for _, value, room in told:
        near = [(file, other, grain) for file, other, grain in told if abs(other - value) <= room + grain]
        finest = min(near, key=lambda vote: vote[2])
        votes.append((len({file for file, _, _ in near}), finest[1], finest[2]))
    votes.sort(reverse=True)
    if not votes:
        return None
    most, value, room = votes[0]
    rival = [vote for vote in votes if vote[0] == most and abs(vote[1] - value) > vote[2] + room]
    return None if rival else (value, room)
