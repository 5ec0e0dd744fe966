"""A place's report as PDF from its executed notebooks, made anew only when something has changed."""

import hashlib
from pathlib import Path

from analysis import atomic, provenance
from rerun.pdf_report import report_name, write_pdf_report
from rerun.plan import Run

_MADE_BY = ("chapters.py", "pdf_report.py", "templates/report.html", "templates/report.css")


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
        atomic.write(kept, digest.encode())
    return path


def _digest(executed: list[Path]) -> str:
    """Sha256 of all that a place's PDF is made from."""
    own = [Path(__file__).parent / name for name in _MADE_BY]
    read = [file.read_bytes() for file in (*own, *executed) if file.is_file()]
    said = [provenance.code_digest(), *(hashlib.sha256(content).hexdigest() for content in read)]
    return hashlib.sha256("\n".join(said).encode()).hexdigest()
