"""A place's report from its executed notebooks: pages and PDF, made anew only when something has changed."""

import hashlib
from pathlib import Path

from analysis import atomic, danish, data, provenance
from rerun.pdf_report import write_pdf_report
from rerun.plan import Run
from rerun.site import write_site


def _digest(executed: list[Path], failed: list[Path], pdf: bool) -> str:
    """Sha256 of all that a place's pages are made from."""
    own = [
        file for file in sorted(Path(__file__).parent.rglob("*")) if file.suffix in {".py", ".html", ".css"}
    ]
    said = [data.digest(), provenance.code_digest(), str(pdf), *(file.name for file in failed)]
    said += [hashlib.sha256(file.read_bytes()).hexdigest() for file in (*own, *executed)]
    return hashlib.sha256("\n".join(said).encode()).hexdigest()


def _pdf_path(place: str, folder: Path) -> Path:
    prefix = "syntetisk_" if data.is_synthetic() else ""
    return folder / f"{prefix}{danish.slug(place)}_rapport.pdf"


def write_report(runs: list[Run], broken: list[Run], min_count: int, pdf: bool) -> Path:
    """Write the pages of one place, and its PDF.

    Parameters
    ----------
    runs : list of Run
        All runs of the place.
    broken : list of Run
        Those that failed this time: nothing is made from what they left earlier, and there is no PDF.
    min_count : int
        Threshold [respondents], told to the reader.
    pdf : bool
        Whether the PDF is made, which takes longer than everything else.

    Returns
    -------
    Path
        The index page.
    """
    place, folder = runs[0].place, runs[0].folder
    executed = [run.executed for run in runs if run not in broken]
    failed = [run.notebook for run in runs if run in broken]
    kept, index = folder / ".sider.key", folder / "index.html"
    digest = _digest(executed, failed, pdf)
    if index.is_file() and kept.is_file() and kept.read_text(encoding="utf-8") == digest:
        return index
    folder.mkdir(parents=True, exist_ok=True)
    kept.unlink(missing_ok=True)
    for old in folder.glob("*_rapport.pdf"):
        old.unlink()  # it would tell of other pages than these
    if pdf and not failed:
        write_pdf_report(executed, place, _pdf_path(place, folder))
    write_site(place, folder, executed, failed, min_count)
    atomic.write(kept, digest.encode())
    return index
