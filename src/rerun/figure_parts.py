"""A figure as a notebook shows it, taken apart and put together for a page: the image is the published file, once."""

import re
from dataclasses import dataclass
from html import escape, unescape
from pathlib import Path

from rerun import figure_files
from rerun.figure_files import Files

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
    return Shown(unescape(name[1]), plain(headline[1]), figure_files.find(folder, unescape(name[1])), cells)


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
    part, description = figure_files.view_box(svg), _DESCRIPTION.search(svg)
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
