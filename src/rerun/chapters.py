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
_NUMBERS = re.compile(
    r'<p class="titel">(.*?)</p>((?:(?!<p class="titel">).)*?)'
    r'<div class="tal">\s*(<table.*?</table>)\s*</div>',
    re.DOTALL,
)
LONG_TABLE = 15  # rows: longer ones would part a chapter's text from its figures
_WIDTH = re.compile(r"max-width:([\d.]+mm)")


@dataclass(frozen=True)
class Section:
    """A heading and where it is; a long table in the appendix has its HTML too."""

    title: str
    anchor: str
    table: str = ""


@dataclass(frozen=True)
class Chapter:
    """A notebook as a chapter: title, sections, HTML, and the tables that stand in the appendix."""

    title: str
    anchor: str
    sections: list[Section]
    body: str
    tables: list[Section]


def chapter(notebook: NotebookNode, number: int) -> Chapter:
    """Return an executed notebook as the chapter of this number: prose, results and no code."""
    anchor = f"kapitel-{number}"
    body, tables = _set_aside("\n".join(filter(None, map(_cell_html, notebook.cells))), number)
    headings = [
        Section(_plain(words), f"{anchor}-{at}") for at, (_, words) in enumerate(_HEADING.findall(body))
    ]
    levels = [level for level, _ in _HEADING.findall(body)]
    anchors = iter(section.anchor for section in headings)
    body = _HEADING.sub(
        lambda found: f'<h{found[1]} id="{next(anchors)}">{_words(found[2])}</h{found[1]}>', body
    )
    sections = [section for section, level in zip(headings, levels, strict=True) if level == "2"]
    first = next((section for section, level in zip(headings, levels, strict=True) if level == "1"), None)
    if first is None:
        raise ValueError(
            f"Notebook {number} of a report must begin with a heading `# ...`, but has none. Write it."
        )
    return Chapter(first.title, first.anchor, sections, body, tables)


def _words(heading: str) -> str:
    return re.sub(r'<a class="anchor-link".*?</a>', "", heading)


def _plain(heading: str) -> str:
    return html.unescape(re.sub(r"<[^>]+>", "", _words(heading))).strip()


def _set_aside(body: str, number: int) -> tuple[str, list[Section]]:
    """Move the long tables of a chapter to the appendix, and say in their places where they are."""
    tables: list[Section] = []

    def short_or_aside(found: re.Match) -> str:
        headline, between, table = found.groups()
        if table.count("<tr") <= LONG_TABLE:
            return found[0]
        named = f"Tabel {number}.{len(tables) + 1}"
        tables.append(
            Section(f"{named}: {html.unescape(headline)}", f"tabel-{number}-{len(tables) + 1}", table)
        )
        link = f'<a href="#{tables[-1].anchor}">{named}</a>'
        page = f'<span class="side" data-kapitel="#{tables[-1].anchor}"></span>'
        here = f'<p class="henvisning">Tal bag figuren: {link}, side {page}.</p>'
        return f'<p class="titel">{headline}</p>{between}{here}'

    return _NUMBERS.sub(short_or_aside, body), tables


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
