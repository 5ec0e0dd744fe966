"""A figure on a page: inline SVG with caption, alternative text and its numbers, without scripts."""

import hashlib
import re
from html import escape
from typing import TYPE_CHECKING

from analysis.letters import font_faces
from analysis.picture import chart_alone, picture

if TYPE_CHECKING:
    from analysis.figure import Figure


def inline_svg(figure: "Figure", width_mm: float = 160) -> str:
    """Draw a figure's chart as an SVG element that can stand in a page beside others.

    It is the picture that `publish` writes, cropped: title and note stand on the page as text. The identifiers carry
    a digest of the drawing: two figures on a page never share one, and a re-run is byte-identical.
    """
    drawn = picture(figure, width_mm)
    svg = chart_alone(drawn)
    prefix = "f" + hashlib.sha256(f"{figure.headline}{figure.alt}{svg}".encode()).hexdigest()[:10]
    svg = re.sub(r'(\bid="|href="#|url\(#)', rf"\g<1>{prefix}-", svg)
    inside = (
        f'<title id="{prefix}-title">{escape(figure.headline)}</title>'
        f'<desc id="{prefix}-desc">{escape(figure.alt)}</desc>'
        f"<style>{font_faces(svg)}</style>"
    )
    opening, rest = svg.split(">", 1)
    named = re.sub(r'\s(width|height)="[^"]*"', "", opening) + (
        f' role="img" lang="da" aria-labelledby="{prefix}-title {prefix}-desc"'
        f' style="display:block;width:100%;max-width:{width_mm:g}mm;height:auto"'
    )
    return f"{named}>{inside}{rest}"


def table_html(figure: "Figure") -> str:
    """Write the figure's table as HTML: Danish headers, names as row headers, numbers to the right."""
    shown = figure.shown_table()
    head = "".join(f'<th scope="col">{escape(header)}</th>' for header in shown.columns)
    rows = "".join(_row_html([str(cell) for cell in cells]) for cells in shown.itertuples(index=False))
    return (
        f"<table><caption>{escape(figure.description)}</caption><thead><tr>{head}</tr></thead>"
        f"<tbody>{rows}</tbody></table>"
    )


def _row_html(cells: list[str]) -> str:
    first, *rest = cells
    numbers = "".join(f'<td style="{_align(cell)}">{escape(cell)}</td>' for cell in rest)
    return f'<tr><th scope="row" style="text-align:left">{escape(first)}</th>{numbers}</tr>'


def _align(cell: str) -> str:
    number = re.fullmatch(r"−?\d{1,3}(\.\d{3})*(,\d+)?( pct\.)?", cell)
    return "text-align:right" if number else "text-align:left"


def figure_html(figure: "Figure") -> str:
    """Write a whole figure as HTML: heading, image, note, source, and the numbers behind a fold."""
    return (
        f'<figure lang="da" id="{escape(figure.name)}" style="margin:1.5em 0">'
        f"<figcaption><strong>{escape(figure.headline)}</strong><br>{escape(figure.description)}</figcaption>"
        f"{inline_svg(figure)}"
        f"<p><small>Anm.: {escape(figure.note)}<br>Kilde: {escape(figure.source)}</small></p>"
        f"<details><summary>Tal bag figuren</summary>{table_html(figure)}</details>"
        "</figure>"
    )
