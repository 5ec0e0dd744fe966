"""What a reader is shown of an executed notebook: prose, published figures and other results, and no code."""

import functools
import json
import re
from dataclasses import dataclass, field
from html import escape, unescape
from pathlib import Path

import mistune

from analysis.export import figure_data
from rerun.site.figures import Published, find

_TAG = re.compile(r"<[^>]*>?")
# What an output could run or load is shown as text: pages hold results, never programs.
_RUNS = re.compile(
    r"<\s*(script|iframe|object|embed|link|meta|base|form)\b|[\s/\"']on\w+\s*=|=\s*[\"']?\s*javascript:",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"\"(?!\s*javascript:)[^\"]*\"|'(?!\s*javascript:)[^']*'", re.IGNORECASE)


@dataclass(frozen=True)
class Block:
    """A piece of a chapter: one of prose (nodes of mistune), a published figure, or a result's own HTML."""

    prose: list[dict] = field(default_factory=list)
    figure: Published | None = None
    html: str = ""


@dataclass(frozen=True)
class Chapter:
    """An executed notebook as it is read.

    Attributes
    ----------
    file : str
        Its page.
    title, question : str
    blocks : tuple of Block
        What follows the title; the first is the lead.
    parameters : dict
        What the notebook was run with.
    """

    file: str
    title: str
    question: str
    blocks: tuple[Block, ...]
    parameters: dict

    @property
    def figures(self) -> list[Published]:
        """Its published figures."""
        return [block.figure for block in self.blocks if block.figure]

    @property
    def headlines(self) -> list[str]:
        """What its figures say."""
        return [figure.headline for figure in self.figures]

    @property
    def sections(self) -> list[tuple[str, str]]:
        """Anchor and heading of each section."""
        return [(node["anchor"], plain(node)) for node in self._nodes if "anchor" in node]

    @property
    def _nodes(self) -> list[dict]:
        return [node for block in self.blocks for node in block.prose]


def read(notebook: Path) -> dict:
    """A notebook's content, plain; it was checked when it was written."""
    return json.loads(notebook.read_text(encoding="utf-8"))


def title(notebook: Path) -> str:
    """The title of a notebook, from its first cell."""
    return _first(r"^# (.+)$", _text(read(notebook)["cells"][0]["source"])) or notebook.stem


def parameters(content: dict) -> dict:
    """What an executed notebook was run with."""
    return dict(content.get("metadata", {}).get("papermill", {}).get("parameters", {}))


def read_chapter(executed: Path, folder: Path) -> Chapter:
    """Read an executed notebook.

    Parameters
    ----------
    executed : Path
    folder : Path
        The place's folder, where `publish` has written the figures.

    Raises
    ------
    ValueError
        If it doesn't begin with a heading.
    """
    content = read(executed)
    first = _text(content["cells"][0]["source"]) if content["cells"] else ""
    heading = _first(r"^# (.+)$", first)
    if not heading:
        raise ValueError(
            f"A notebook of a report must begin with a heading `# ...`, but {executed.name} does not. Write it."
        )
    beside = first.replace(f"# {heading}", "", 1)
    blocks = [
        Block(prose(beside)),
        *(block for cell in content["cells"][1:] for block in _blocks(cell, folder)),
    ]
    _give_anchors(blocks)
    lead, *rest = blocks
    return Chapter(
        file=f"{executed.stem}.html",
        title=heading,
        question=_first(r"^(?!#)(\S.+)$", beside),
        blocks=(lead, *(block for block in rest if block != Block())),
        parameters=parameters(content),
    )


def _blocks(cell: dict, folder: Path) -> list[Block]:
    if cell["cell_type"] == "markdown":
        return [Block(prose(_text(cell["source"])))]
    return [block for output in cell.get("outputs", []) for block in _results(output.get("data", {}), folder)]


def _results(bundle: dict, folder: Path) -> list[Block]:
    """A result: a figure, a table or sentences; everything else is a matter of the notebook."""
    figure = find(folder, bundle[figure_data.MIME]["name"]) if figure_data.MIME in bundle else None
    if figure:
        return [Block(figure=figure)]
    if "text/html" in bundle:
        return [Block(html=harmless(_text(bundle["text/html"])))]
    return [Block(prose(_text(bundle["text/markdown"])))] if "text/markdown" in bundle else []


def harmless(html: str) -> str:
    """A result's HTML; as text where it could run or load something."""
    if any(_RUNS.search(_QUOTED.sub('""', tag)) for tag in _TAG.findall(html)):
        return f"<pre>{escape(html)}</pre>"
    return html


def _text(source: str | list[str]) -> str:
    """Text of a notebook's file, where long texts are lists of lines."""
    return source if isinstance(source, str) else "".join(source)


def _first(pattern: str, text: str) -> str:
    found = re.search(pattern, text, flags=re.MULTILINE)
    return found.group(1).strip() if found else ""


def _give_anchors(blocks: list[Block]) -> None:
    """Name the sections of a chapter."""
    nodes = [node for block in blocks for node in block.prose]
    sections = [node for node in nodes if node["type"] == "heading" and node["attrs"]["level"] == 2]
    for at, node in enumerate(sections, start=1):
        node["anchor"] = f"afsnit-{at}"


# Prose: markdown as a tree, which page, PDF and Word file walk each in their own way.


@functools.cache
def _markdown() -> mistune.Markdown:
    return mistune.create_markdown(renderer="ast", plugins=["table"])


def prose(markdown: str) -> list[dict]:
    """Markdown as mistune's nodes; HTML within it stays text."""
    return [node for node in _markdown()(markdown) if node["type"] != "blank_line"]


def plain(node: dict) -> str:
    """The text of a node."""
    return unescape(node.get("raw", "")) or "".join(plain(child) for child in node.get("children", []))


_ELEMENTS = {
    "paragraph": "p",
    "strong": "strong",
    "emphasis": "em",
    "codespan": "code",
    "block_code": "pre",
    "list_item": "li",
    "block_quote": "blockquote",
    "table_body": "tbody",
    "table_row": "tr",
    "block_text": "",
}


def to_html(nodes: list[dict]) -> str:
    """Nodes of prose as HTML; every text is escaped.

    Examples
    --------
    >>> to_html(prose("Svar: <b>ja</b>"))
    '<p>Svar: &lt;b&gt;ja&lt;/b&gt;</p>\\n'
    """
    return "".join(map(_node_html, nodes))


def _node_html(node: dict) -> str:
    kind, attributes = node["type"], node.get("attrs", {})
    inside = (
        to_html(node["children"])
        if "children" in node
        else escape(unescape(node.get("raw", "")), quote=False)
    )
    if kind in {"softbreak", "linebreak"}:
        return "\n" if kind == "softbreak" else "<br>\n"
    if kind == "heading":
        anchor = f' id="{node["anchor"]}"' if "anchor" in node else ""
        return f"<h{attributes['level']}{anchor}>{inside}</h{attributes['level']}>\n"
    if kind == "list":
        name = "ol" if attributes["ordered"] else "ul"
        return f"<{name}>{inside}</{name}>\n"
    if kind == "link":
        return (
            f'<a href="{escape(attributes["url"])}">{inside}</a>' if _is_safe(attributes["url"]) else inside
        )
    if kind == "table_head":
        return f"<thead><tr>{inside}</tr></thead>"
    if kind == "table":
        return f'<div class="bred" role="group" aria-label="Tabel"><table>{inside}</table></div>\n'
    if kind == "table_cell":
        return f'<th scope="col">{inside}</th>' if attributes["head"] else f"<td>{inside}</td>"
    element = _ELEMENTS.get(kind, "")
    end = "\n" if kind == "paragraph" else ""
    return f"<{element}>{inside}</{element}>{end}" if element else inside


def _is_safe(url: str) -> bool:
    return re.match(r"(https?:|mailto:|#|[\w./-]+$)", url) is not None
