"""An executed notebook as a page: its prose and results, without code; every text from data is escaped."""

import base64
import functools
import html
import json
import re
from dataclasses import dataclass
from html import escape
from pathlib import Path

from nbconvert.filters import markdown2html
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat import NotebookNode

from rerun.site.figures import Shown, page_html, plain, shown_in

_TAG = re.compile(r"<[^>]*>?")
_SECTION = re.compile(r"<h2>(.*?)</h2>", re.DOTALL)
# What an output could run or load is shown as text: pages hold results, never programs.
_RUNS = re.compile(
    r"<\s*(script|iframe|object|embed|link|meta|base|form)\b|[\s/\"']on\w+\s*=|=\s*[\"']?\s*javascript:",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"\"(?!\s*javascript:)[^\"]*\"|'(?!\s*javascript:)[^']*'", re.IGNORECASE)


@dataclass(frozen=True)
class Page:
    """A notebook as a page.

    Attributes
    ----------
    file, title, question : str
    body : str
        HTML.
    sections : list of (str, str)
        Anchor and heading of each section.
    figures : list of Shown
    parameters : dict
        What the notebook was run with.
    """

    file: str
    title: str
    question: str
    body: str
    sections: list[tuple[str, str]]
    figures: list[Shown]
    parameters: dict

    @property
    def lead(self) -> str:
        """What stands before the first section."""
        return self.body.partition("<h2 id=")[0]

    @property
    def rest(self) -> str:
        """The sections."""
        return self.body[len(self.lead) :]

    @property
    def headlines(self) -> list[str]:
        """The headlines of its figures, as text."""
        return [figure.headline for figure in self.figures]


def prose(markdown: str) -> str:
    """Markdown as HTML; HTML within it stays text.

    Examples
    --------
    >>> prose("Svar: <b>ja</b>")
    '<p>Svar: &lt;b&gt;ja&lt;/b&gt;</p>\\n'
    """
    return re.sub(r"<th(?=[ >])", '<th scope="col"', _markdown().render(markdown))


@functools.cache
def _markdown() -> MarkdownWithMath:
    renderer = IPythonRenderer(escape=True, allow_harmful_protocols=False, exclude_anchor_links=True)
    return MarkdownWithMath(renderer)


def read(notebook: Path) -> dict:
    """A notebook's content, plain; it was checked when it was written."""
    return json.loads(notebook.read_text(encoding="utf-8"))


def title(notebook: Path) -> str:
    """The title of a notebook, from its first cell."""
    return _first(r"^# (.+)$", _text(read(notebook)["cells"][0]["source"])) or notebook.stem


def parameters(content: dict) -> dict:
    """What an executed notebook was run with."""
    return dict(content.get("metadata", {}).get("papermill", {}).get("parameters", {}))


def make_page(executed: Path, folder: Path) -> Page:
    """A page of an executed notebook.

    Parameters
    ----------
    executed : Path
    folder : Path
        The place's folder, where `publish` has written the figures.
    """
    content = read(executed)
    first = _text(content["cells"][0]["source"])
    figures: list[Shown] = []
    parts = [_cell_html(cell, folder, figures) for cell in content["cells"]]
    body, sections = _with_anchors("\n".join(filter(None, parts)))
    return Page(
        file=f"{executed.stem}.html",
        title=_first(r"^# (.+)$", first),
        question=_first(r"^(?!#)(\S.+)$", first),
        body=body,
        sections=sections,
        figures=figures,
        parameters=parameters(content),
    )


def _cell_html(cell: dict, folder: Path, figures: list[Shown]) -> str:
    if cell["cell_type"] == "markdown":
        return prose(_text(cell["source"]))
    return "\n".join(_output_html(output, folder, figures) for output in cell.get("outputs", []))


def _output_html(output: dict, folder: Path, figures: list[Shown]) -> str:
    """A result as HTML: figures, tables and sentences; everything else is a matter of the notebook."""
    bundle = output.get("data", {})
    if "text/html" in bundle:
        return _result_html(_text(bundle["text/html"]), folder, figures)
    return prose(_text(bundle["text/markdown"])) if "text/markdown" in bundle else ""


def _result_html(html: str, folder: Path, figures: list[Shown]) -> str:
    shown = shown_in(html, folder)
    made = page_html(html, shown) if shown else html
    if any(_RUNS.search(_QUOTED.sub('""', tag)) for tag in _TAG.findall(made)):
        return f"<pre>{escape(html)}</pre>"
    if shown:
        figures.append(shown)
    return made


def _text(source: str | list[str]) -> str:
    """Text of a notebook's file, where long texts are lists of lines."""
    return source if isinstance(source, str) else "".join(source)


def _with_anchors(body: str) -> tuple[str, list[tuple[str, str]]]:
    """Give each section an anchor, and list them."""
    sections = [(f"afsnit-{at}", plain(words)) for at, words in enumerate(_SECTION.findall(body), start=1)]
    anchors = iter(sections)
    return _SECTION.sub(lambda found: f'<h2 id="{next(anchors)[0]}">{found[1]}</h2>', body), sections


def _first(pattern: str, text: str) -> str:
    found = re.search(pattern, text, flags=re.MULTILINE)
    return found.group(1).strip() if found else ""


# Executed notebooks as chapters of a printed report: prose, results, figures and tables, and no code.

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
    body, tables = _set_aside("\n".join(filter(None, map(_printed_cell, notebook.cells))), number)
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


def _printed_cell(cell: NotebookNode) -> str:
    """A cell as HTML: prose, and the results that a reader is meant to see; no code."""
    if cell.cell_type == "markdown":
        return markdown2html(cell.source)
    if cell.cell_type != "code":
        return ""
    return "\n".join(filter(None, map(_printed_output, cell.outputs)))


def _printed_output(output: NotebookNode) -> str:
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
