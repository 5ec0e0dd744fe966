"""Static pages of a place's report, in Danish, without code or network: they open by double-click."""

import base64
import json
import re
from dataclasses import dataclass
from html import escape, unescape
from pathlib import Path

import nbformat
from jinja2 import Environment, PackageLoader, StrictUndefined
from nbconvert.filters import markdown2html
from nbformat import NotebookNode

from analysis import atomic, danish, data, municipalities, paths
from analysis.letters import web_font
from analysis.style import read_style

_FIGURE = re.compile(r'<figure lang="da" id="([^"]+)"')
_SYNTHETIC_PREFIX = "syntetisk_"
_HEADLINE = re.compile(r"<figcaption><strong>(.*?)</strong>", re.DOTALL)
# What is wider than a phone scrolls by itself, by keyboard too.
_WIDE = {
    "Figur": re.compile(r"<svg\b.*?</svg>", re.DOTALL),
    "Tal": re.compile(r"<table>.*?</table>", re.DOTALL),
}
_FILES = {
    ".png": "PNG",
    ".svg": "SVG",
    "_tryk.svg": "SVG til tryk",
    ".pdf": "PDF",
    ".xlsx": "Excel",
    ".csv": "CSV",
}


@dataclass(frozen=True)
class Page:
    """A notebook as a page: file name, title, question, body, and the headlines of its figures."""

    file: str
    title: str
    question: str
    body: str
    headlines: list[str]


def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("rerun", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _links(name: str, headline: str, folder: Path) -> str:
    """Links to the files of a figure that `publish` has written."""
    links = []
    for ending, word in _FILES.items():
        for prefix in ("", "syntetisk_"):
            file = folder / "figurer" / f"{prefix}{folder.name}_{name}{ending}"
            if file.is_file():
                label = escape(f"{word} af figuren {unescape(headline)}")
                links.append(f'<a href="figurer/{file.name}" aria-label="{label}" download>{word}</a>')
    return f'<p class="hent">Hent figuren: {" · ".join(links)}</p>' if links else ""


def _figure_html(html: str, folder: Path) -> str:
    name, headline = _FIGURE.search(html), _HEADLINE.search(html)
    for label, pattern in _WIDE.items():
        frame = f'<div class="bred" role="region" aria-label="{label}, kan rulles vandret" tabindex="0">'
        html = pattern.sub(lambda wide, frame=frame: f"{frame}{wide[0]}</div>", html)
    if not (name and headline):
        return html
    return html.replace("<details>", f"{_links(name[1], headline[1], folder)}<details>", 1)


def _output_html(output: NotebookNode, folder: Path) -> str:
    """A result as HTML: figures, tables and sentences; everything else is a matter of the notebook."""
    bundle = output.get("data", {})
    if "text/html" in bundle:
        return _figure_html(bundle["text/html"], folder)
    if "text/markdown" in bundle:
        return re.sub(r"<th(?=[ >])", '<th scope="col"', markdown2html(bundle["text/markdown"]))
    return ""


def _cell_html(cell: NotebookNode, folder: Path) -> str:
    if cell.cell_type == "markdown":
        return markdown2html(cell.source)
    return "\n".join(_output_html(output, folder) for output in cell.get("outputs", []))


def _first(pattern: str, text: str) -> str:
    found = re.search(pattern, text, flags=re.MULTILINE)
    return found.group(1).strip() if found else ""


def make_page(executed: Path, folder: Path) -> Page:
    """A page of an executed notebook."""
    cells = nbformat.read(executed, as_version=4).cells
    first = cells[0].source
    parts = [_cell_html(cell, folder) for cell in cells]
    body = "\n".join(part for part in parts if part)
    return Page(
        file=f"{executed.stem}.html",
        title=_first(r"^# (.+)$", first),
        question=_first(r"^(?!#)(\S.+)$", first),
        body=re.sub(r'<a class="anchor-link".*?</a>', "", body),
        headlines=_HEADLINE.findall(body),
    )


def is_synthetic_page(body: str) -> bool:
    """Whether a page must say that its numbers are synthetic: not where every figure on it rests on real data."""
    files = re.findall(r'href="figurer/([^"]+)"', body)
    return not files or any(file.startswith(_SYNTHETIC_PREFIX) for file in files)


def _write(folder: Path, name: str, template: str, **values: object) -> Path:
    text = _templates().get_template(template).render(**values)
    return atomic.write(folder / name, text.encode("utf-8"))


def _write_style(folder: Path) -> None:
    """The style sheet with its fonts inside: browsers refuse font files beside a double-clicked page."""
    faces = []
    for font in read_style().fonts.values():
        letters = base64.b64encode(web_font(font.get_file())).decode("ascii")
        faces.append(
            f'@font-face {{ font-family: "Source Sans Pro"; font-weight: {font.get_weight()}; '
            f"src: url(data:font/woff;base64,{letters}) format('woff'); }}\n"
        )
    style = (Path(__file__).parent / "templates" / "style.css").read_text(encoding="utf-8")
    (folder / "aktiver").mkdir(exist_ok=True)
    atomic.write(folder / "aktiver" / "stil.css", ("".join(faces) + style).encode("utf-8"))


def _title(notebook: Path) -> str:
    source = paths.project() / "notebooks" / notebook.name
    return _first(r"^# (.+)$", nbformat.read(source, as_version=4).cells[0].source)


def write_site(place: str, folder: Path, executed: list[Path], failed: list[Path], min_count: int) -> Path:
    """Write every page of a place's report, and the index.

    Parameters
    ----------
    place : str
        The municipality, or "Hele landet".
    folder : Path
        The report's folder.
    executed : list of Path
        Executed notebooks, in order.
    failed : list of Path
        Notebooks that could not be run this time: their pages, if any, are left as they were, and the index
        says so.
    min_count : int
        Threshold [respondents], told to the reader.

    Returns
    -------
    Path
        The index page.
    """
    pages = [make_page(file, folder) for file in executed]
    _write_style(folder)
    shared = {"place": place, "synthetic": data.is_synthetic(), "pages": pages, "min_count": min_count}
    for page in pages:
        marked = shared["synthetic"] and is_synthetic_page(page.body)
        _write(folder, page.file, "page.html", page=page, **shared | {"synthetic": marked})
    pdf = next((file.name for file in sorted(folder.glob("*.pdf"))), None)
    old = [
        {"file": file, "title": _title(notebook), "exists": (folder / file).is_file()}
        for notebook in failed
        for file in [f"{notebook.stem}.html"]
    ]
    return _write(
        folder,
        "index.html",
        "index.html",
        pdf=None if failed else pdf,
        old=old,
        digest=data.digest()[:12],
        **shared,
    )


def _search_words(place: str) -> str:
    """What a place is found by: its name, its other names and its code, in lower case."""
    if municipalities.is_country(place):
        return place.lower()
    own = municipalities.find(place)
    others = [alias for alias, name in municipalities.ALIASES.items() if name == place]
    return " ".join([place.lower(), *others, own.code])


def write_front_page() -> Path:
    """Write the page that leads to the report of every place that has one.

    Returns
    -------
    Path
        ``reports/index.html``.
    """
    everyone = [
        municipalities.COUNTRY,
        *sorted((m.name for m in municipalities.everyone()), key=danish.sort_key),
    ]
    places = [
        {"name": place, "folder": danish.slug(place), "words": _search_words(place)}
        for place in everyone
        if (paths.reports() / danish.slug(place) / "index.html").is_file()
    ]
    folder = paths.reports()
    _write_style(folder)
    words = json.dumps({place["folder"]: place["words"] for place in places}, ensure_ascii=False)
    return _write(
        folder, "index.html", "front.html", places=places, words=words, synthetic=data.is_synthetic()
    )
