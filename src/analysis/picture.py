"""A figure drawn once, as SVG whose letters are text: every image of the figure is made from it."""

import functools
import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from matplotlib import rc_context
from matplotlib.figure import Figure as Drawing

if TYPE_CHECKING:
    from analysis.figure import Figure

# What the words around a chart are called in the SVG, so that a page can leave them to its own text.
AROUND = "omkring"
_AROUND = re.compile(rf'\s*<g id="{AROUND}-\d+">.*?</g>', re.DOTALL)
_NO_RDF = {"Date": None, "Creator": None, "Format": None, "Type": None}
_POINTS_A_MM = 72 / 25.4


@dataclass(frozen=True)
class Picture:
    """A figure as it is drawn.

    Attributes
    ----------
    svg : str
        The drawing from ``<svg`` on, letters as text; it has no title, record or fonts yet.
    chart : tuple of float
        Top and bottom of the chart between the words around it [points].
    """

    svg: str
    chart: tuple[float, float]


def picture(figure: "Figure", width_mm: float = 160, title_in_image: bool = True) -> Picture:
    """Draw a figure; kept for the page that shows it after `publish` has written it.

    Parameters
    ----------
    figure : Figure
    width_mm : float
        80, 120, 160 or 254 [mm].
    title_in_image : bool
        Whether headline and description are part of the image.
    """
    return _picture(figure, width_mm, title_in_image)


@functools.lru_cache(maxsize=4)
def _picture(figure: "Figure", width_mm: float, title_in_image: bool) -> Picture:
    drawing = figure.render(width_mm, title_in_image)
    top, bottom = drawing.chart
    return Picture(_as_svg(drawing), (top * _POINTS_A_MM, bottom * _POINTS_A_MM))


def _as_svg(drawing: Drawing) -> str:
    """Write a drawing as SVG whose letters are text; the same bytes at every run."""
    written = io.StringIO()
    with rc_context({"svg.fonttype": "none", "svg.hashsalt": "analysis", "savefig.bbox": None}):
        drawing.savefig(written, format="svg", metadata=_NO_RDF)
    svg = re.sub(r"\s*<metadata>.*?</metadata>", "", written.getvalue(), count=1, flags=re.DOTALL)
    svg = svg[svg.index("<svg") :]
    return re.sub(r"(font-family: '[^']+')", r"\1, sans-serif", svg)


def chart_alone(drawn: Picture) -> str:
    """Return the SVG cropped to the chart, without the words around it; its coordinates stay."""
    top, bottom = drawn.chart
    opening, rest = drawn.svg.split(">", 1)
    wide = re.search(r'viewBox="0 0 ([\d.]+) [\d.]+"', opening)[1]
    opening = re.sub(r'viewBox="[^"]*"', f'viewBox="0 {top:.2f} {wide} {bottom - top:.2f}"', opening)
    return f"{opening}>{_AROUND.sub('', rest)}"
