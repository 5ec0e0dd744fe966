"""An executed notebook as a page: its prose and results, without code; every text from data is escaped."""

import functools
import json
import re
from dataclasses import dataclass
from html import escape
from pathlib import Path

from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from rerun.figure_parts import Shown, page_html, plain, shown_in

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
