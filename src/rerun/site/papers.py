"""A place's whole report as PDF and Word file, made anew only when something has changed."""

from pathlib import Path

from analysis import files
from rerun.site import document
from rerun.site.docx import write_docx
from rerun.site.pdf import write_pdf
from rerun.site.shelf import Report

_FORMATS = {".pdf": write_pdf, ".docx": write_docx}
_KEPT = ".rapport.key"


def write(notebooks: list[Path], place: str, stem: Path, state: dict | None = None) -> list[Path]:
    """Write a place's report in every format: `stem` is the files' path without ending, in the place's folder."""
    return [
        write_format(notebooks, place, stem.with_name(f"{stem.name}{ending}"), state)
        for ending, write_format in _FORMATS.items()
    ]


def write_papers(report: Report, digest: str) -> list[Path]:
    """Write the report of one place, and remove one that would tell of other results than the pages.

    Parameters
    ----------
    report : Report
    digest : str
        Of all that it is made from: what was written from the same is left alone.

    Returns
    -------
    list of Path
        The files; none where a notebook failed, or there is no result yet.
    """
    kept = report.folder / _KEPT
    notebooks = [part.executed for part in report.parts if part.is_made]
    failed = not notebooks or any(part.error for part in report.parts)
    wanted = [] if failed else [report.folder / document.report_name(report.place, end) for end in _FORMATS]
    is_right = kept.is_file() and kept.read_text(encoding="utf-8") == digest
    for old in report.folder.glob("*_rapport.*"):
        if old not in wanted or not is_right:
            old.unlink()
    if wanted and not (is_right and all(path.is_file() for path in wanted)):
        kept.unlink(missing_ok=True)
        write(notebooks, report.place, wanted[0].with_suffix(""))
        files.write(kept, digest.encode())
    return wanted
