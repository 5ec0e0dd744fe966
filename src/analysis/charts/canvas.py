"""The sheet that every chart is drawn on: millimetres from the top left, text measured first."""

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pandas as pd
from matplotlib import rc_context
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Drawing
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.patches import Ellipse, Rectangle
from matplotlib.text import Text
from matplotlib.transforms import Affine2D

from analysis import danish
from analysis.charts import fonts
from analysis.charts.style import Sizes, Style

MM_PER_INCH = 25.4
MM_PER_POINT = MM_PER_INCH / 72


class _Sheet(Drawing):
    """A drawing whose letters are as wide as they were measured, at any resolution: hinting would move them.

    `chart` is where the chart stands between the words around it: top and bottom [mm].
    """

    chart: tuple[float, float] | None = None

    def draw(self, renderer):
        with rc_context({"text.hinting": "no_hinting"}):
            super().draw(renderer)


class _Line(Text):
    """A line of text on its baseline; placed by the width that HarfBuzz gives, fifty times as fast as Matplotlib."""

    def draw(self, renderer):
        if self.get_path_effects() or self.get_bbox_patch():  # a rim or a ground, which few texts have
            super().draw(renderer)
            return
        font, size = self.get_fontproperties(), renderer.points_to_pixels(self.get_fontsize())
        x, y = self.get_transform().transform(self.get_position())
        x -= (
            {"left": 0.0, "center": 0.5, "right": 1.0}[self.get_ha()]
            * size
            * fonts.width(self.get_text(), font.get_file())
        )
        if renderer.flipy():
            y = renderer.get_canvas_width_height()[1] - y
        renderer.open_group("text", self.get_gid())
        look = renderer.new_gc()
        look.set_foreground(self.get_color())
        renderer.draw_text(look, x, y, self.get_text(), font, 0.0, mtext=self)
        look.restore()
        renderer.close_group("text")


class Canvas:
    """A sheet of fixed width [mm] whose height follows what is drawn on it.

    `y` is the cursor: the next free line from the top. Charts draw at or below it and move it down.
    """

    def __init__(self, style: Style, width: float, scale: float = 1.0, stretch: float = 1.0):
        self.style, self.width, self.scale, self.stretch = style, width, scale, stretch
        self.sizes: Sizes = style.at(width)
        self.left, self.right = self.sizes.margin, width - self.sizes.margin
        self.y = self.sizes.margin
        self.drawing = _Sheet(figsize=(width / MM_PER_INCH, 1), dpi=100, facecolor=style.colour("paper"))
        # no axes: a chart needs none of what they bring, and they take longer than the chart
        self._scale = Affine2D()
        self.anchors: list[tuple[pd.Series, float, float]] = []  # rows, and where their marks are
        self._placed: dict[Axes, tuple[float, float, float, float]] = {}
        self.millimetres = self._scale + self.drawing.transSubfigure

    def colour(self, name: str) -> str:
        """Return a colour by its name, or the colour itself."""
        return name if name.startswith("#") else self.style.colour(name)

    def points(self, size: str) -> float:
        """Return a text size [points], never under the style's minimum."""
        return max(getattr(self.sizes, size) * self.scale, self.style.text_points)

    @property
    def row(self) -> float:
        """Height of a row of a chart [mm]."""
        tightest = 1.18 if self.sizes.height else 1.32  # lines of text; a slide may be denser than a page
        return max(self.sizes.row * self.scale * self.stretch, tightest * self.points("body") * MM_PER_POINT)

    def plot_height(self, wanted: float) -> float:
        """Return the height of a chart that has no rows [mm]; on a slide it gives way to the words."""
        return wanted * (self.scale * self.stretch if self.sizes.height else 1.0)

    def line_height(self, size: str) -> float:
        """Distance between two lines of running text [mm]."""
        return 1.3 * self.points(size) * MM_PER_POINT

    def cap_height(self, size: str) -> float:
        """Height of a capital letter [mm]."""
        return 0.66 * self.points(size) * MM_PER_POINT

    def measure(self, text: str, size: str = "body", weight: str = "regular") -> float:
        """Return the width of a text [mm]."""
        if not text:
            return 0.0
        return fonts.width(text, self.style.fonts[weight].get_file()) * self.points(size) * MM_PER_POINT

    def widest(self, texts: Sequence[str], size: str = "body", weight: str = "regular") -> float:
        """Return the width of the widest text [mm]."""
        return max((self.measure(text, size, weight) for text in texts), default=0.0)

    def wrap(self, text: str, width: float, size: str = "body", weight: str = "regular") -> list[str]:
        """Break a text into lines no wider than `width` [mm]; a long word breaks after its hyphens."""
        lines: list[str] = []
        for word in re.split(r"[ \n]+(?!pct\.)", text.strip()):  # never at a no-break space
            joined = f"{lines[-1]} {word}" if lines else word
            if lines and self.measure(joined, size, weight) <= width:
                lines[-1] = joined
            else:
                lines += self._pieces(word, width, size, weight)
        return lines or [""]

    def balanced(self, text: str, width: float, size: str, weight: str) -> list[str]:
        """Break a text as `wrap` does, its lines about equally long: no headline ends in a lone word."""
        lines = self.wrap(text, width, size, weight)
        narrow, wide = width / 2, width
        while len(lines) > 1 and wide - narrow > 1:
            tried = (narrow + wide) / 2
            closer = self.wrap(text, tried, size, weight)
            fits = len(closer) == len(lines) and self.widest(closer, size, weight) <= tried
            narrow, wide = (narrow, tried) if fits else (tried, wide)
        return self.wrap(text, wide, size, weight)

    def _pieces(self, word: str, width: float, size: str, weight: str) -> list[str]:
        pieces = [""]
        for part in word.replace("-", "-\0").replace("/", "/\0").split("\0"):
            if pieces[-1] and self.measure(pieces[-1] + part, size, weight) > width:
                pieces.append(part)
            else:
                pieces[-1] += part
        return pieces

    def text(
        self,
        x: float,
        y: float,
        text: str,
        size: str = "body",
        weight: str = "regular",
        colour: str = "ink",
        align: str = "left",
        order: float = 5,
    ) -> Text:
        """Write a line of text with its baseline at `y`."""
        font: FontProperties = self.style.fonts[weight].copy()
        font.set_size(self.points(size))
        written = _Line(
            x, y, text, fontproperties=font, color=self.colour(colour), ha=align, va="baseline", zorder=order
        )
        return self.add(written)

    def add(self, artist: Artist, on: Axes | None = None) -> Artist:
        """Put something on the sheet, in millimetres from the top left; or on axes that stand on it."""
        artist.set_transform(self.millimetres)
        return (on or self.drawing).add_artist(artist)

    def place(self, axes: Axes, x: float, y: float, width: float, height: float) -> None:
        """Give axes their rectangle, its top left corner at (x, y), once the sheet's height is known."""
        self._placed[axes] = (x, y, width, height)

    def middle_text(self, x: float, middle: float, text: str, **kwargs) -> Text:
        """Write a line of text with the middle of its capitals at `middle`."""
        return self.text(x, middle + self.cap_height(kwargs.get("size", "body")) / 2, text, **kwargs)

    def lines(
        self,
        x: float,
        lines: Sequence[str],
        size: str = "body",
        weight: str = "regular",
        colour: str = "ink",
        align: str = "left",
    ) -> list[Text]:
        """Write lines of running text from the cursor, and move it below them."""
        written = []
        for line in lines:
            baseline = self.y + 0.95 * self.points(size) * MM_PER_POINT
            written.append(self.text(x, baseline, line, size, weight, colour, align))
            self.y += self.line_height(size)
        return written

    def rectangle(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        colour: str | None = "stripe",
        edge: str | None = None,
        edge_points: float = 0.7,
        order: float = 1,
        **kwargs,
    ) -> Rectangle:
        """Draw a rectangle with its top left corner at (x, y)."""
        return self.add(
            Rectangle(
                (x, y),
                width,
                height,
                facecolor=self.colour(colour) if colour else "none",
                edgecolor=self.colour(edge) if edge else "none",
                linewidth=edge_points if edge else 0,
                zorder=order,
                **kwargs,
            )
        )

    def line(
        self,
        xs: Sequence[float],
        ys: Sequence[float],
        colour: str = "grid",
        points: float = 0.7,
        order: float = 2,
        **kwargs,
    ) -> Line2D:
        """Draw a line through points."""
        style = {"solid_capstyle": "butt", "dash_capstyle": "butt", **kwargs}
        return self.add(Line2D(xs, ys, color=self.colour(colour), linewidth=points, zorder=order, **style))

    def dot(
        self,
        x: float,
        y: float,
        diameter: float,
        colour: str = "calm",
        hollow: bool = False,
        order: float = 4,
    ) -> Ellipse:
        """Draw a round mark with a thin rim of paper, hollow where the estimate is uncertain."""
        ring = 0.9 * diameter / 2.2
        return self.add(
            Ellipse(
                (x, y),
                diameter - (ring / 3 if hollow else 0),
                diameter - (ring / 3 if hollow else 0),
                facecolor=self.colour("paper" if hollow else colour),
                edgecolor=self.colour(colour if hollow else "paper"),
                linewidth=ring / MM_PER_POINT * (0.42 if hollow else 0.28),
                zorder=order,
            )
        )

    def end_chart(self, top: float) -> None:
        """Note where the chart stands, from `top` to the cursor, with some air around it."""
        above, below = 0.6 * self.line_height("description"), 0.6 * self.line_height("small")
        self.drawing.chart = (max(top - above, 0.0), self.y + below)

    def finish(self) -> Drawing:
        """Set the height to what was drawn, and return the drawing."""
        height = self.sizes.height or self.y + self.sizes.margin * 0.8
        self.drawing.set_size_inches(self.width / MM_PER_INCH, height / MM_PER_INCH)
        self._scale.translate(0, -height).scale(1 / self.width, -1 / height)
        for axes, (x, y, wide, high) in self._placed.items():
            axes.set_position((x / self.width, 1 - (y + high) / height, wide / self.width, high / height))
        return self.drawing


# A number line in millimetres: nice ticks in Danish, and the place of a value on the sheet.

_STEPS = (1, 2, 5, 10)


@dataclass(frozen=True)
class Axis:
    """A linear scale from `low`..`high` in the table's unit to `start`..`end` [mm].

    Vertical axes have ``start`` below ``end`` on the sheet.
    """

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        """Return the place of a value on the sheet [mm]."""
        return self.start + (float(value) - self.low) / (self.high - self.low) * (self.end - self.start)

    def over(self, start: float, end: float) -> "Axis":
        """Return the same scale laid over another stretch of the sheet."""
        return Axis(self.low, self.high, start, end)

    def ticks(self, most: int) -> list[float]:
        """Return at most `most` round values within the axis."""
        span = self.high - self.low
        step = nice_step(span / max(most, 1))
        while True:
            first, last = math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9)
            if last - first < most:
                return [index * step for index in range(first, last + 1)]
            step = nice_step(step * 1.01)


def nice_step(least: float) -> float:
    """Return the smallest of 1, 2, 5 times a power of ten that is at least `least`."""
    power = 10.0 ** math.floor(math.log10(least))
    return next(step * power for step in _STEPS if step * power >= least * (1 - 1e-9))


def fit(
    values: Iterable[float], from_zero: bool = False, shares: bool = False, pad: float = 0.04
) -> tuple[float, float]:
    """Return the ends of an axis that holds `values` (missing ones are passed over), shares kept within 0-1.

    Only what is shown may be passed: the ends of an axis must not give away a withheld row.
    """
    known = [float(value) for value in values if pd.notna(value)]
    low, high = (min(known), max(known)) if known else (0.0, 1.0)
    room = pad * (high - low) if high > low else 0.1 * abs(high) or 1.0
    low, high = low - room, high + room
    if from_zero:
        low = min(0.0, low + room)
    if shares:
        low, high = max(low, 0.0), min(high, 1.0)
    return low, high


def tick_texts(ticks: list[float], shares: bool) -> list[str]:
    """Write ticks with as many decimals as their step needs; shares as percentages without the sign."""
    values = [tick * (100 if shares else 1) for tick in ticks]
    decimals = next(
        (
            places
            for places in range(4)
            if all(abs(value * 10**places % 1 - 0.5) > 0.4999 for value in values)
        ),
        4,
    )
    return [danish.number(value, decimals) for value in values]


def percent_text(share: float) -> str:
    """Write a share as a percentage without the sign, with a decimal only where it has one: ``99,8``."""
    return tick_texts([share], shares=True)[0]


def _few(canvas: Canvas, axis: Axis, shares: bool) -> list[float]:
    """Return ticks that leave room between their texts along a horizontal axis."""
    ends = [danish.number(end * (100 if shares else 1)) for end in (axis.low, axis.high)]
    longest = canvas.widest(ends, "small")
    return axis.ticks(max(3, min(8, int(abs(axis.end - axis.start) / (1.6 * longest + 2)))))


def grid_below(canvas: Canvas, axis: Axis, top: float, bottom: float, shares: bool = False) -> None:
    """Draw the vertical grid of a horizontal axis and its ticks; the cursor moves below."""
    for tick in _few(canvas, axis, shares):
        canvas.line([axis.at(tick)] * 2, [top, bottom], "grid", 0.7, order=1.2)
    ticks_below(canvas, axis, bottom, shares)


def ticks_below(canvas: Canvas, axis: Axis, bottom: float, shares: bool = False) -> None:
    """Write the ticks of a horizontal axis under `bottom`; the cursor moves below."""
    ticks = _few(canvas, axis, shares)
    baseline = bottom + canvas.line_height("small")
    for tick, text in zip(ticks, tick_texts(ticks, shares), strict=True):
        canvas.text(axis.at(tick), baseline, text, "small", colour="muted", align="center")
    canvas.y = baseline + 0.4 * canvas.line_height("small")


def grid_across(canvas: Canvas, axis: Axis, left: float, right: float, shares: bool = False) -> float:
    """Draw the horizontal grid of an upright axis with its ticks to the left; return their width [mm]."""
    most = max(3, min(7, int(abs(axis.end - axis.start) / (2.6 * canvas.line_height("small")))))
    ticks = axis.ticks(most)
    texts = tick_texts(ticks, shares)
    width = canvas.widest(texts, "small") + 2
    for tick, text in zip(ticks, texts, strict=True):
        y = axis.at(tick)
        canvas.line([left + width, right], [y, y], "grid", 0.7, order=1.2)
        canvas.middle_text(left + width - 2, y, text, size="small", colour="muted", align="right")
    return width
