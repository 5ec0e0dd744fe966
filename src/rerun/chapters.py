"""Executed notebooks as chapters of a printed report: prose, results, figures and tables, and no code."""

import base64
import html
import re
from dataclasses import dataclass

from nbconvert.filters import markdown2html
from nbformat import NotebookNode

_HEADING = re.compile(r"<h([1-6])[^>]*>(.*?)</h\1>", re.DOTALL)
_FIGURE = re.compile(r"<figure\b[^>]*>(.*?)</figure>", re.DOTALL)
_SVG = re.compile(r"<svg\b.*?</svg>", re.DOTALL)
_DESCRIPTION = re.compile(r"<desc[^>]*>(.*?)</desc>", re.DOTALL)
_WIDTH = re.compile(r"max-width:([\d.]+mm)")


@dataclass(frozen=True)
class Section:
    """A heading and where it is."""

    title: str
    anchor: str


@dataclass(frozen=True)
class Chapter:
    """A notebook as a chapter: its title, its sections and its HTML."""

    title: str
    anchor: str
    sections: list[Section]
    body: str


def chapter(notebook: NotebookNode, number: int) -> Chapter:
    """Return an executed notebook as the chapter of this number: prose, results and no code."""
    body = "\n".join(filter(None, map(_cell_html, notebook.cells)))
    anchor = f"kapitel-{number}"
    title, sections = "", []

    def with_anchor(heading: re.Match) -> str:
        nonlocal title
        level, words = heading[1], re.sub(r"<a class=\"anchor-link\".*?</a>", "", heading[2])
        here = anchor if level == "1" and not title else f"{anchor}-{len(sections) + 1}"
        plain = re.sub(r"<[^>]+>", "", words).strip()
        if here == anchor:
            title = plain
        elif level == "2":
            sections.append(Section(plain, here))
        return f'<h{level} id="{here}">{words}</h{level}>'

    body = _HEADING.sub(with_anchor, body)
    return Chapter(title, anchor, sections, body)


def _cell_html(cell: NotebookNode) -> str:
    """A cell as HTML: prose, and the results that a reader is meant to see; no code."""
    if cell.cell_type == "markdown":
        return markdown2html(cell.source)
    if cell.cell_type != "code":
        return ""
    return "\n".join(filter(None, map(_output_html, cell.outputs)))


def _output_html(output: NotebookNode) -> str:
    bundle = output.get("data", {})
    if "text/html" in bundle:
        return _FIGURE.sub(_printed_figure, bundle["text/html"])
    return markdown2html(bundle["text/markdown"]) if "text/markdown" in bundle else ""


def _printed_figure(figure: re.Match) -> str:
    """A figure of a page as one of a printed report: nothing folded, the drawing as an image."""
    inside = _SVG.sub(_image, figure[1])
    inside = re.sub(
        r"<figcaption>\s*<strong>(.*?)</strong>\s*(?:<br>)?(.*?)</figcaption>",
        r'<div class="billede"><p class="titel">\1</p><p class="beskrivelse">\2</p>',
        inside,
        flags=re.DOTALL,
    )
    inside = re.sub(r"<summary>.*?</summary>", "", inside, flags=re.DOTALL)
    inside = inside.replace("<details>", '</div><div class="tal">', 1).replace("</details>", "</div>", 1)
    return f'<div class="figur">{inside}</div>'


def _image(svg: re.Match) -> str:
    """A drawing as an image, which has its alternative text where PDF readers look, and is quick to style."""
    alt, width = _DESCRIPTION.search(svg[0]), _WIDTH.search(svg[0])
    if alt is None:
        raise ValueError(
            "A figure must have an alternative text in <desc>, but one has none. Draw it with "
            "`analysis.charts`, and run the notebook again."
        )
    size = f' style="width:{width[1]}"' if width else ""
    content = base64.b64encode(svg[0].encode("utf-8")).decode("ascii")
    text = html.escape(html.unescape(alt[1]))
    return f'<img alt="{text}"{size} src="data:image/svg+xml;base64,{content}">'
