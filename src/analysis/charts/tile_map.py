"""Tile map: one square a municipality, in its place in the country, shaded by its estimate."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
from matplotlib.patches import Polygon

from analysis import danish, municipalities
from analysis.charts import canvas as axes
from analysis.charts import marks as row_of
from analysis.charts.canvas import Canvas
from analysis.charts.figure import STATUS_WORDS, Figure
from analysis.charts.kind import kind
from analysis.charts.marks import chosen_without_point, status_box
from analysis.charts.sheet import watermark
from analysis.charts.style import contrast, readable_on

# Four letters tell most municipalities apart; these need others.
_SHORT = {
    "Frederiksberg": "Frbg",
    "Jammerbugt": "Jbgt",
    "Fredensborg": "Fdbg",
    "Frederikshavn": "Frhv",
    "Frederikssund": "Frsu",
    "Fredericia": "Frca",
    "Brøndby": "Brby",
    "Brønderslev": "Brøn",
    "Ringkøbing-Skjern": "RiSk",
    "Ringsted": "Ring",
    "Norddjurs": "Nodj",
    "Nordfyns": "Nofy",
}
_ARROWS = {"over": "over resten af landet", "under": "under resten af landet"}
_KEY_COLUMN = 6.4  # the sea between Jutland and Zealand: the key stands there
_GAP = 0.35
_MEMBER_EDGE = 1.2  # points; thinner than the edge of a chosen municipality


@dataclass(frozen=True)
class _Shades:
    """The limits between classes, and one colour a class."""

    breaks: tuple[float, ...]
    colours: tuple[str, ...]

    def of(self, value: float) -> str:
        """Return the colour of a value."""
        return self.colours[sum(value >= limit for limit in self.breaks)]


@kind("Kort med et felt pr. kommune", uncertain="Prik i hjørnet")
def tile_map(canvas: Canvas, figure: Figure, *, breaks: Sequence[float] | None = None) -> None:
    """Draw the municipalities as a map of squares.

    Parameters
    ----------
    table : one row a municipality: ``place``, ``estimate``, ``low``, ``high``, ``n``; other levels not drawn.
    breaks : limits between the classes, at most one fewer than the style's shades; round values if not given.

    Raises
    ------
    KeyError
        If a place is no municipality.
    """
    rows = figure.table.frame
    tiles = rows[~row_of.level(rows).isin(row_of.AGGREGATES)]
    shades = _shades(canvas, tiles[row_of.is_shown(tiles)]["estimate"], tuple(breaks or ()))
    chosen_without_point(canvas, tiles, figure.place)
    wide, high = _tile_size(canvas)
    top = canvas.y
    named = all(
        canvas.measure(short_name(name), "small", "bold") < wide - _GAP - 0.4 for name in tiles["place"]
    )
    members = row_of.members(tiles, figure.place)
    for index, row in tiles.iterrows():
        down, along = municipalities.find(row["place"]).tile
        corner = canvas.left + (along - 1) * wide, top + (down - 1) * high
        _tile(canvas, figure, shades, row, corner, (wide, high), named)
        if members[index]:
            canvas.rectangle(*corner, wide - _GAP, high - _GAP, None, "accent", _MEMBER_EDGE, order=6)
    grid = municipalities.table()
    width, height = grid["tile_column"].max() * wide, grid["tile_row"].max() * high
    if figure.synthetic:
        watermark(canvas, canvas.left, top, width, height, over_marks=True)
    below = top + height + 0.4 * canvas.line_height("small")
    if named:  # in the sea; a narrow map has no room there
        _key(canvas, figure, shades, figure.value_label, canvas.left + _KEY_COLUMN * wide, top, 5.2 * wide)
    else:
        _key(canvas, figure, shades, figure.value_label, canvas.left, below, canvas.right - canvas.left)
    canvas.y = max(canvas.y, below)


def short_name(name: str) -> str:
    """Return a municipality's name in the four letters that a tile has room for.

    Examples
    --------
    >>> short_name("Aarhus"), short_name("Fredericia")
    ('Aarh', 'Frca')
    """
    return _SHORT.get(name, name[:4])


def _tile_size(canvas: Canvas) -> tuple[float, float]:
    """Return width and height of a tile [mm]: square, but on a slide, whose height is scarce, wider."""
    grid = municipalities.table()
    wide = (canvas.right - canvas.left) / grid["tile_column"].max()
    if not canvas.sizes.height:
        return wide, wide
    high = 0.6 * canvas.sizes.height / grid["tile_row"].max()
    return min(wide, 1.7 * high), high


def _shades(canvas: Canvas, values: pd.Series, breaks: tuple[float, ...]) -> _Shades:
    colours = canvas.style.colour("sequence")
    if not breaks:
        low, high = axes.fit(values, pad=0)
        ticks = axes.Axis(low, high, 0, 1).ticks(len(colours) - 1)
        breaks = tuple(tick for tick in ticks if low < tick < high)
    if len(breaks) > len(colours) - 1:
        raise ValueError(
            f"`breaks` must be at most {len(colours) - 1}, one fewer than the shades of the style, but are"
            f" {len(breaks)}. Choose fewer."
        )
    spread = (len(colours) - 1) / max(len(breaks), 1)
    return _Shades(breaks, tuple(colours[round(index * spread)] for index in range(len(breaks) + 1)))


def _tile(canvas, figure, shades: _Shades, row, corner, size, named: bool) -> None:
    (x, y), (wide, high) = corner, (size[0] - _GAP, size[1] - _GAP)
    shown = row["status"] == "shown"
    ground = shades.of(_printed(figure, row)) if shown else canvas.colour("paper")
    if shown:
        _shade(canvas, x, y, wide, high, ground)
    else:
        status_box(canvas, x + wide / 2, y + high / 2, row["status"], wide, high)
    if row["place"] == figure.place:
        canvas.rectangle(x - _GAP / 2, y - _GAP / 2, *size, None, "accent", 2.2, order=6)
    elif row["place"] in figure.highlight:
        canvas.rectangle(x - _GAP / 2, y - _GAP / 2, *size, None, "ink", 1.6, order=5.9)
    canvas.anchors.append((row, x + wide / 2, y + high / 2))
    if shown and row.get("verdict") in _ARROWS:
        side = 0.15 * high
        _arrow(
            canvas, x + 0.8 * side, y + 0.7 * side, side, row["verdict"], readable_on(ground, canvas.style)
        )
    if shown and row_of.is_uncertain(row):
        dot = 0.15 * high
        canvas.dot(x + wide - 0.9 * dot, y + 0.9 * dot, dot, readable_on(ground, canvas.style))
    if named:
        _tile_texts(canvas, figure, row, x + wide / 2, y + high / 2, high, ground if shown else None)


def _printed(figure: Figure, row: pd.Series) -> float:
    """The value as it is printed, which its shade is that of."""
    factor = 100 if figure.unit == "pct." else 1
    return float(danish.rounded(factor * row["estimate"], figure.decimals)) / factor


def _arrow(canvas: Canvas, x: float, y: float, side: float, verdict: str, colour: str) -> None:
    """Draw a triangle up or down for a municipality that lies over or under the rest."""
    tip = -side / 2 if verdict == "over" else side / 2
    corners = [(x - side / 2, y - tip), (x + side / 2, y - tip), (x, y + tip)]
    canvas.add(
        Polygon(corners, facecolor=colour if colour.startswith("#") else canvas.colour(colour), zorder=5.6)
    )


def _shade(canvas: Canvas, x: float, y: float, wide: float, high: float, colour: str) -> None:
    """Draw a shaded rectangle; pale shades get an edge that can be seen."""
    pale = contrast(colour, canvas.colour("paper")) < 3
    canvas.rectangle(x, y, wide, high, colour, "rule" if pale else None, 0.4, order=3)


def _tile_texts(canvas, figure, row, x: float, y: float, high: float, ground: str | None) -> None:
    """Write the short name, and the value below it where the tile is high enough."""
    texts = [short_name(row["place"])]
    if ground and high > 2.3 * canvas.line_height("small"):
        texts.append(figure.cell("estimate", row))
    weight = "bold" if row["place"] == figure.place else "regular"
    colour = readable_on(ground, canvas.style) if ground else "ink"
    for index, text in enumerate(texts):
        middle = y + (index - (len(texts) - 1) / 2) * canvas.line_height("small")
        written = canvas.middle_text(
            x, middle, text, size="small", weight=weight, colour=colour, align="center", order=5.5
        )
        if not ground:
            written.set_bbox({"facecolor": canvas.colour("paper"), "edgecolor": "none", "pad": 0.4})


def _key(canvas, figure, shades: _Shades, label: str, x: float, top: float, width: float) -> None:
    """Draw the key: shades side by side, the limits between them, then the chosen place and the statuses."""
    canvas.y = top
    canvas.lines(x, canvas.wrap(label, width, "small", "semibold"), "small", "semibold")
    canvas.y += 0.2 * canvas.line_height("small")
    height, each = 0.9 * canvas.line_height("small"), width / len(shades.colours)
    limits = axes.tick_texts(list(shades.breaks), figure.unit == "pct.")
    for index, colour in enumerate(shades.colours):
        _shade(canvas, x + index * each, canvas.y, each, height, colour)
    baseline = canvas.y + height + 0.85 * canvas.line_height("small")
    for index, text in enumerate(limits, start=1):
        canvas.text(x + index * each, baseline, text, "small", colour="muted", align="center")
    canvas.y = baseline + 0.5 * canvas.line_height("small")
    side = 1.45 * canvas.cap_height("small")
    rows = figure.table.frame
    own = rows[rows["place"].eq(figure.place) & row_of.is_shown(rows)]
    if not own.empty or row_of.members(rows, figure.place).any():
        middle = canvas.y + canvas.line_height("small") / 2
        canvas.rectangle(x, middle - side / 2, side, side, None, "accent", 1.4, order=4)
        text = figure.place if own.empty else f"{figure.place} {figure.cell('estimate', own.iloc[0])}"
        canvas.middle_text(x + 1.4 * side, middle, text, size="small", weight="bold", colour="accent")
        canvas.y += 1.1 * canvas.line_height("small")
    for verdict, word in _ARROWS.items():
        if (rows.get("verdict", pd.Series(dtype=object)).eq(verdict) & row_of.is_shown(rows)).any():
            middle = canvas.y + canvas.line_height("small") / 2
            _arrow(canvas, x + side / 2, middle, 0.8 * side, verdict, "ink")
            canvas.middle_text(x + 1.4 * side, middle, word, size="small", colour="muted")
            canvas.y += 1.1 * canvas.line_height("small")
    for status, word in STATUS_WORDS.items():
        if rows["status"].eq(status).any():
            middle = canvas.y + canvas.line_height("small") / 2
            status_box(canvas, x + side / 2, middle, status, side)
            canvas.middle_text(x + 1.4 * side, middle, word, size="small", colour="muted")
            canvas.y += 1.1 * canvas.line_height("small")
