"""Static pages of a place's report: a page a notebook and an index, in Danish, without code, scripts or network."""

import re
from dataclasses import dataclass
from pathlib import Path

import nbformat
from jinja2 import Environment, PackageLoader, StrictUndefined
from nbconvert.filters import markdown2html
from nbformat import NotebookNode

from analysis import atomic, danish, data
from analysis.style import read_style

_FIGURE = re.compile(r'<figure lang="da" id="([^"]+)"')
_HEADLINE = re.compile(r"<figcaption><strong>(.*?)</strong>", re.DOTALL)
_LINKS = {"png": "PNG", "svg": "SVG", "pdf": "PDF", "xlsx": "Excel", "csv": "CSV"}


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


def _links(name: str, folder: Path) -> str:
    """Links to the files of a figure that `publish` has written."""
    figures = folder / "figurer"
    links = []
    for ending, word in _LINKS.items():
        for file in sorted(figures.glob(f"*{danish.slug(folder.name)}_{name}.{ending}")):
            links.append(f'<a href="figurer/{file.name}" download>{word}</a>')
    return f'<p class="hent">Hent figuren: {" · ".join(links)}</p>' if links else ""


def _with_links(html: str, folder: Path) -> str:
    name = _FIGURE.search(html)
    return html.replace("<details>", f"{_links(name.group(1), folder)}<details>", 1) if name else html


def _output_html(output: NotebookNode, folder: Path) -> str:
    """A result as HTML: figures, tables and sentences; everything else is a matter of the notebook."""
    bundle = output.get("data", {})
    if "text/html" in bundle:
        return _with_links(bundle["text/html"], folder)
    return markdown2html(bundle["text/markdown"]) if "text/markdown" in bundle else ""


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


def _write(folder: Path, name: str, template: str, **values: object) -> Path:
    text = _templates().get_template(template).render(**values)
    return atomic.write(folder / name, text.encode("utf-8"))


def _write_assets(folder: Path) -> None:
    """The style sheet and the fonts, so that the pages look the same without a network."""
    assets = folder / "aktiver"
    assets.mkdir(exist_ok=True)
    style = Path(__file__).parent / "templates" / "style.css"
    atomic.write(assets / "stil.css", style.read_bytes())
    for weight, font in read_style().fonts.items():
        atomic.write(assets / f"{weight}.ttf", Path(font.get_file()).read_bytes())


def write_site(place: str, folder: Path, min_count: int) -> Path:
    """Write every page of a place's report, and the index that opens by double-click.

    Parameters
    ----------
    place : str
        The municipality, or "Hele landet".
    folder : Path
        The report's folder, with the executed notebooks in ``notesboeger``.
    min_count : int
        Threshold [respondents], told to the reader.

    Returns
    -------
    Path
        The index page.
    """
    pages = [make_page(file, folder) for file in sorted((folder / "notesboeger").glob("*.ipynb"))]
    _write_assets(folder)
    shared = {"place": place, "synthetic": data.is_synthetic(), "pages": pages, "min_count": min_count}
    for page in pages:
        _write(folder, page.file, "page.html", page=page, **shared)
    pdf = next((file.name for file in sorted(folder.glob("*.pdf"))), None)
    return _write(folder, "index.html", "index.html", pdf=pdf, digest=data.digest()[:12], **shared)
