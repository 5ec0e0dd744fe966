"""A place's whole collection as one accessible PDF: front page, contents, figures, tables, method.

WeasyPrint writes it, tagged as PDF/UA-1. It needs libraries that pip doesn't install; where they are missing,
the report is left out and a line says what to install.
"""

import contextlib
import hashlib
import importlib
import os
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import nbformat
from jinja2 import Environment, PackageLoader, StrictUndefined

from analysis import danish, data, files
from analysis.charts.style import read_style
from analysis.export import record as provenance
from rerun.plan import Run
from rerun.site.notebook import chapter

DEBIAN_PACKAGES = ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0")
_SUMMARY = (
    "Sagstal, faglig sparring og introduktion af nye medarbejdere, set i den landsdækkende kortlægning og i "
    "dybdekortlægningen af ni kommuner."
)


def weasyprint() -> ModuleType | None:
    """Return WeasyPrint; None, after a line that says so, where a library that it needs is missing."""
    try:
        with warnings.catch_warnings():
            # without libharfbuzz-subset0 it does the same with fontTools, slower
            warnings.filterwarnings("ignore", "HarfBuzz-Subset will be required", DeprecationWarning)
            with contextlib.redirect_stdout(None):
                return importlib.import_module("weasyprint")
    except OSError:
        print(
            "The PDF report is left out: WeasyPrint lacks its libraries. Everything else is made. "
            f"To have it: apt-get install {' '.join(DEBIAN_PACKAGES)}",
            file=sys.stderr,
        )
        return None


def write_pdf_report(notebooks: list[Path], place: str, path: Path, state: dict | None = None) -> Path | None:
    """Write the executed notebooks of a place as one tagged PDF.

    Parameters
    ----------
    notebooks : list of Path
        Executed notebooks, in the order of the chapters.
    place : str
        The municipality, or "Hele landet".
    path : Path
        The PDF; its folder must exist.
    state : dict, optional
        What the report's record says instead of today's state of the project, when it is made again.

    Returns
    -------
    Path or None
        `path`; None where WeasyPrint's libraries are missing.

    Raises
    ------
    ValueError
        If there are no notebooks.
    """
    if not notebooks:
        raise ValueError(
            "`notebooks` must name at least one executed notebook, but is empty. Run `make report` first."
        )
    printer = weasyprint()
    if printer is None:
        return None
    document = report_html(notebooks, report_record(notebooks, place, path.stem) | (state or {}))
    with _fixed_time():
        pdf = printer.HTML(string=document).write_pdf(pdf_variant="pdf/ua-1", custom_metadata=True)
    return files.write(path, pdf)


def report_name(place: str) -> str:
    """Return the name of a place's report: ``syntetisk_roskilde_rapport.pdf``."""
    return f"{'syntetisk_' if data.is_synthetic() else ''}{danish.slug(place)}_rapport.pdf"


@contextlib.contextmanager
def _fixed_time() -> Iterator[None]:
    """Let fontTools write a fixed day into the fonts, so that a re-run gives the same bytes."""
    before = os.environ.get("SOURCE_DATE_EPOCH")
    os.environ["SOURCE_DATE_EPOCH"] = "946684800"
    try:
        yield
    finally:
        del os.environ["SOURCE_DATE_EPOCH"]
        if before is not None:
            os.environ["SOURCE_DATE_EPOCH"] = before


def _style_sheet() -> str:
    fonts = read_style().fonts
    faces = [_font_face(Path(font.get_file()), font.get_weight()) for font in fonts.values()]
    italic = Path(fonts["regular"].get_file()).with_name("SourceSansPro-It.ttf")
    if italic.is_file():  # a house's own family may have none; the letters are then slanted
        faces.append(_font_face(italic, 400, "italic"))
    looks = Path(__file__).parent / "templates" / "report.css"
    return "\n".join([*faces, looks.read_text(encoding="utf-8")])


def _font_face(font: Path, weight: int, slant: str = "normal") -> str:
    return (
        f'@font-face {{ font-family: "Source Sans Pro"; font-weight: {weight}; font-style: {slant};'
        f" src: url({font.as_uri()}); }}"
    )


def report_html(notebooks: list[Path], record: dict) -> str:
    """Return the report as one HTML document, which WeasyPrint turns into pages."""
    read = [nbformat.read(notebook, as_version=4) for notebook in notebooks]
    chapters = [chapter(notebook, number) for number, notebook in enumerate(read, start=1)]
    environment = Environment(
        loader=PackageLoader("rerun.site", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
    )
    logo = read_style().logo
    return environment.get_template("report.html").render(
        title=record["title"],
        summary=_SUMMARY,
        style=_style_sheet(),
        logo=logo.as_uri() if logo else "",
        synthetic=record["synthetic"],
        record=provenance.to_json(record),
        chapters=chapters,
        tables=[table for one in chapters for table in one.tables],
        edition=[(label, text) for label, text in _made_of(record) if label != "Pakker"],
        made_of=_made_of(record),
        min_count=record["parameters"].get("min_count", 5),
    )


def report_record(notebooks: list[Path], place: str, file: str = "") -> dict:
    """Return what the report says about how it was made, as `analysis.export.record.record` does of a figure."""
    parameters = nbformat.read(notebooks[0], as_version=4).metadata.get("papermill", {}).get("parameters", {})
    synthetic = data.is_synthetic()
    return {
        "title": f"Børn og unge med særlige behov – {place}",
        "kind": "report",
        "file": file,
        "place": place,
        "synthetic": synthetic,
        "data_basis": provenance.SYNTHETIC_WORDS if synthetic else "",
        "notebooks": [notebook.stem for notebook in notebooks],
        "parameters": dict(sorted(parameters.items())),
        **provenance.state(),
        "notebook_digests": {
            notebook.stem: provenance.notebook_digest(notebook.stem) for notebook in notebooks
        },
    }


def _made_of(record: dict) -> list[tuple[str, str]]:
    changed = " med ændringer" if record["uncommitted_changes"] else ""
    pairs = [
        ("Datagrundlag", record["data_basis"]),
        ("Data", record["data_digest"][:16]),
        ("Kode", record["code_digest"][:16]),
        ("Version", record["commit"][:12] + changed if record["commit"] else ""),
        ("Notesbøger", ", ".join(record["notebooks"])),
        ("Parametre", ", ".join(f"{name} = {value}" for name, value in record["parameters"].items())),
        ("Pakker", ", ".join(f"{name} {version}" for name, version in record["packages"].items())),
    ]
    return [(label, text) for label, text in pairs if text]


# A place's report as PDF from its executed notebooks, made anew only when something has changed.

_MADE_BY = ("notebook.py", "pdf.py", "templates/report.html", "templates/report.css")


def write_pdf(runs: list[Run], broken: list[Run], wanted: bool) -> Path | None:
    """Write the PDF of one place, and remove one that would tell of other results than the pages.

    Parameters
    ----------
    runs : list of Run
        All runs of the place.
    broken : list of Run
        Those that failed this time: there is no PDF of what they left earlier.
    wanted : bool
        Whether the PDF is made, which takes longer than everything else; one that is still right is kept.

    Returns
    -------
    Path or None
        The PDF, where there is one.
    """
    folder, kept = runs[0].folder, runs[0].folder / ".rapport.key"
    path, digest = folder / report_name(runs[0].place), _digest([run.executed for run in runs])
    is_right = path.is_file() and kept.is_file() and kept.read_text(encoding="utf-8") == digest
    failed = any(run in broken for run in runs)
    for old in folder.glob("*_rapport.pdf"):
        if old != path or failed or not is_right:
            old.unlink()
    if failed or not (wanted or is_right):
        return None
    if not is_right:
        kept.unlink(missing_ok=True)
        if write_pdf_report([run.executed for run in runs], runs[0].place, path) is None:
            return None
        files.write(kept, digest.encode())
    return path


def _digest(executed: list[Path]) -> str:
    """Sha256 of all that a place's PDF is made from."""
    own = [Path(__file__).parent / name for name in _MADE_BY]
    read = [file.read_bytes() for file in (*own, *executed) if file.is_file()]
    said = [provenance.code_digest(), *(hashlib.sha256(content).hexdigest() for content in read)]
    return hashlib.sha256("\n".join(said).encode()).hexdigest()
