"""The sheet that every chart is drawn on: millimetres from the top left, text measured first."""

import re
from collections.abc import Sequence

from matplotlib import rc_context
from matplotlib.artist import Artist
from matplotlib.figure import Figure as Drawing
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.patches import Ellipse, Rectangle
from matplotlib.text import Text
from matplotlib.transforms import Affine2D

from analysis import shaping
from analysis.style import Sizes, Style

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
            * shaping.width(self.get_text(), font.get_file())
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
        return shaping.width(text, self.style.fonts[weight].get_file()) * self.points(size) * MM_PER_POINT

    def widest(self, texts: Sequence[str], size: str = "body", weight: str = "regular") -> float:
        """Return the width of the widest text [mm]."""
        return max((self.measure(text, size, weight) for text in texts), default=0.0)

    def wrap(self, text: str, width: float, size: str = "body", weight: str = "regular") -> list[str]:
        """Break a text into lines no wider than `width` [mm]; a long word breaks after its hyphens."""
        lines: list[str] = []
        for word in re.split(r"[ \n]+", text.strip()):  # never at a no-break space
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

    def add(self, artist: Artist) -> Artist:
        """Put something on the sheet, in millimetres from the top left."""
        artist.set_transform(self.millimetres)
        return self.drawing.add_artist(artist)

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
        return self.drawing
