"""What every figure has around its chart: words, logo and the mark of synthetic data."""

from bisect import bisect_left
from collections.abc import Callable, Mapping
from functools import partial

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Drawing
from matplotlib.patheffects import withStroke
from matplotlib.text import Text
from matplotlib.transforms import Affine2D, Bbox
from PIL import Image

from analysis.charts.canvas import MM_PER_POINT, Canvas
from analysis.charts.figure import AROUND, Figure
from analysis.charts.marks import card
from analysis.charts.style import Style, read_style

SYNTHETIC = "SYNTETISKE DATA"
_SYNTHETIC_NOTE = "SYNTETISKE DATA: opdigtede svar der viser metoden. Tallene siger intet om kommunerne."
# A slide has a fixed height: the largest text that fits is found first, then the widest rows.
_SCALES = [0.5 + 0.04 * step for step in range(14)]
_STRETCHES = [0.82 + 0.06 * step for step in range(12)]

_WITHOUT_MARKS = (
    "matrix",
    "joint_display",
    "text_table",
    "own",
)  # kinds whose rows are no marks of the house

Body = Callable[..., None]


def compose(
    body: Body, figure: Figure, width_mm: float, title_in_image: bool, note_in_image: bool
) -> Drawing:
    """Draw a figure: ``body(canvas, figure, **options)`` at the canvas's cursor, words around it."""
    style = read_style()
    height = style.at(width_mm).height
    if height is None:
        return _drawn(style, width_mm, body, figure, title_in_image, note_in_image).finish()
    return _on_slide(
        partial(_drawn, style, width_mm, body, figure, title_in_image, note_in_image), height, figure
    )


def _drawn(
    style: Style, width_mm: float, body: Body, figure: Figure, title: bool, note: bool, *fit: float
) -> Canvas:
    canvas = Canvas(style, width_mm, *fit)
    _fill(canvas, body, figure, title, note)
    return canvas


def _on_slide(drawn: Callable[[float, float], Canvas], height: float, figure: Figure) -> Drawing:
    def overflows(canvas: Canvas) -> bool:
        return canvas.y > height - 0.6 * canvas.sizes.margin

    smallest = drawn(_SCALES[0], _STRETCHES[0])
    if overflows(smallest):
        raise ValueError(
            f"The figure `{figure.name}` must fit a slide of {height:g} mm, but needs {smallest.y:.0f} mm"
            f" with {len(figure.table.frame)} rows. Select fewer rows for the slide."
        )
    fits = bisect_left(_SCALES, True, key=lambda scale: overflows(drawn(scale, _STRETCHES[0]))) - 1
    scale = _SCALES[max(fits, 0)]
    fits = bisect_left(_STRETCHES, True, key=lambda stretch: overflows(drawn(scale, stretch))) - 1
    return drawn(scale, _STRETCHES[max(fits, 0)]).finish()


def _fill(canvas: Canvas, body: Body, figure: Figure, title_in_image: bool, note_in_image: bool) -> None:
    if title_in_image:
        _title(canvas, figure)
    top = canvas.y
    if figure.table.frame["status"].eq("not_asked").all():
        card(canvas, f"Ikke spurgt i {figure.table.quantity.get('year', 'undersøgelsen')}")
    else:
        body(canvas, figure, **figure.options)
        for row, text, offset in figure.annotations:
            _annotate(canvas, figure.kind, row, text, offset)
    canvas.end_chart(top)
    if note_in_image:
        _notes(canvas, figure)


def _annotate(canvas: Canvas, kind: str, row: Mapping, text: str, offset: tuple[float, float]) -> None:
    """Write a remark beside a row's mark, with a thin line to it."""
    if kind in _WITHOUT_MARKS:
        raise ValueError(
            f"`annotate` must have a mark to stand beside, but a `{kind}` has none, as {', '.join(_WITHOUT_MARKS)}. "
            f"{'Write in `draw`, with `ax.annotate(...)`.' if kind == 'own' else 'Say it in `note`.'}"
        )
    own = [
        (x, y)
        for found, x, y in canvas.anchors
        if all(found.get(name) == value for name, value in row.items())
    ]
    if len(own) != 1:
        raise ValueError(
            f"`row` must be that of one mark, but {len(own)} of {len(canvas.anchors)} marks are of {dict(row)}."
            " Name more of its columns, or a row that is drawn."
        )
    (x, y), (across, down), lines = own[0], offset, text.split("\n")
    width, height = canvas.widest(lines, "small", "semibold"), len(lines) * canvas.line_height("small")
    left, top = x + across, y + down - height / 2
    if left < canvas.left or left + width > canvas.right or top < 0 or top + height > canvas.y:
        raise ValueError(
            f"`offset_mm` must leave the remark in the figure, but {text!r} would stand {left:.0f}-{left + width:.0f}"
            f" mm across and {top:.0f}-{top + height:.0f} mm down. Move or shorten it."
        )
    end = left - 0.5 if across > 0 else left + width + 0.5
    canvas.line([x, end], [y, y + down], "muted", 0.6, order=4.6)
    for index, line in enumerate(lines):
        middle = top + (index + 0.5) * canvas.line_height("small")
        written = canvas.middle_text(left, middle, line, size="small", weight="semibold", order=5.2)
        written.set_path_effects([withStroke(linewidth=1.6, foreground=canvas.colour("paper"))])


def _title(canvas: Canvas, figure: Figure) -> None:
    width = canvas.right - canvas.left
    headline = canvas.balanced(figure.headline, width, "headline", "bold")
    _name(canvas.lines(canvas.left, headline, "headline", "bold"))
    canvas.y += 0.15 * canvas.line_height("description")
    described = canvas.wrap(figure.description, width, "description")
    _name(canvas.lines(canvas.left, described, "description", colour="muted"))
    canvas.y += 0.75 * canvas.line_height("description")


def _notes(canvas: Canvas, figure: Figure) -> None:
    canvas.y += 0.7 * canvas.line_height("small")
    logo = canvas.style.logo
    reserved = 0.16 * canvas.width if logo else 0
    width = canvas.right - canvas.left - reserved
    top = canvas.y
    for text, weight in _note_texts(figure):
        wrapped = canvas.wrap(text, width, "small", weight)
        _name(canvas.lines(canvas.left, wrapped, "small", weight, "muted"))
    if logo:
        _logo(canvas, top, reserved)


def _name(texts: list[Text]) -> None:
    """Name texts as what stands around the chart: a page that has the words itself leaves them out."""
    for text in texts:
        text.set_gid(f"{AROUND}-{100 * text.get_position()[1]:.0f}")


def _note_texts(figure: Figure) -> list[tuple[str, str]]:
    texts = [(f"Anm.: {figure.note}", "regular"), (f"Kilde: {figure.source}", "regular")]
    return ([(_SYNTHETIC_NOTE, "semibold")] if figure.synthetic else []) + texts


def _logo(canvas: Canvas, top: float, reserved: float) -> None:
    with Image.open(canvas.style.logo) as image:
        pixels = np.asarray(image.convert("RGBA"))
    width = reserved - 2
    height = width * pixels.shape[0] / pixels.shape[1]
    canvas.y = max(canvas.y, top + height)
    canvas.drawing.add_artist(
        _Logo(pixels, canvas, (canvas.right - width, canvas.y - height, canvas.right, canvas.y))
    )


class _Logo(Artist):
    """An image with all its pixels and its first row at the top; `box` is left, top, right, bottom [mm]."""

    def __init__(self, pixels: np.ndarray, canvas: Canvas, box: tuple[float, float, float, float]):
        super().__init__()
        self.pixels, self.box, self.millimetres = pixels, box, canvas.millimetres
        self.set_zorder(5)

    def get_window_extent(self, renderer=None) -> Bbox:
        left, top, right, bottom = self.box
        return Bbox(self.millimetres.transform([(left, bottom), (right, top)]))

    def draw(self, renderer):
        box, look = self.get_window_extent(), renderer.new_gc()
        if renderer.option_scale_image():  # into an SVG as it is
            placed = Affine2D().scale(box.width, -box.height).translate(box.x0, box.y1)
            renderer.draw_image(look, 0, 0, self.pixels, placed)
        else:
            size = (max(round(box.width), 1), max(round(box.height), 1))
            smaller = Image.fromarray(self.pixels).resize(size, Image.Resampling.LANCZOS)
            renderer.draw_image(look, box.x0, box.y0, np.asarray(smaller)[::-1])
        look.restore()


def watermark(
    canvas: Canvas,
    x: float,
    y: float,
    width: float,
    height: float,
    over_marks: bool = False,
    on: Axes | None = None,
) -> None:
    """Write SYNTETISKE DATA aslant over a chart's ground, often enough to survive a crop.

    Drawn under marks and numbers; the rectangle [mm] is the chart's own. With `over_marks`, where bars or
    tiles cover the ground, it is etched into them too, still under their numbers. `on` is the axes that it is drawn
    on, whose marks stand lower than those of the house's charts.
    """
    under, over = (0.5, 2.6) if on else (1.5, 3.5)
    looks = [("watermark", 1.0, under)] + ([("paper", 0.24, over)] if over_marks else [])
    for look in looks:
        _watermark(canvas, x, y, width, height, on, *look)


def _watermark(
    canvas: Canvas,
    x: float,
    y: float,
    width: float,
    height: float,
    on: Axes | None,
    colour: str,
    alpha: float,
    order: float,
) -> None:
    size = min(0.115 * width, 0.3 * height, 10.0)
    points = max(size / MM_PER_POINT, canvas.style.text_points + 2)
    font = canvas.style.fonts["bold"].copy()
    font.set_size(points)
    across = canvas.measure(SYNTHETIC, "body", "bold") * points / canvas.points("body")
    columns = max(1, int(width // (across * 1.15)))
    rows = max(1, round(height / max(across * 0.7, 38)))
    for row in range(rows):
        for column in range(columns):
            drawn = Text(
                x + width * (column + 0.5) / columns,
                y + height * (row + 0.5) / rows,
                SYNTHETIC,
                fontproperties=font,
                color=canvas.colour(colour),
                alpha=alpha,
                ha="center",
                va="center",
                rotation=18 if height > 0.4 * across else 0,
                zorder=order,
            )
            canvas.add(drawn, on).set_gid(f"watermark-{colour}-{x:.0f}-{y:.0f}-{row}-{column}")
