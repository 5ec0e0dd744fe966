"""The site: every report in `reports/` as pages, made anew only where something has changed."""

import functools
import hashlib
import json
import multiprocessing
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from analysis import files as atomic
from analysis import files as paths
from analysis.export import record
from analysis.publish import SHARED
from rerun.site import pages, papers
from rerun.site.collection import write_collection
from rerun.site.figures import surroundings
from rerun.site.place import Neighbours, write_place
from rerun.site.shelf import GROUP, Report, reports

_KEPT = ".sider.json"


def write_site(workers: int = 1) -> Path:
    """Write the pages of every place that has been run, and the pages that lead to them.

    Parameters
    ----------
    workers : int
        How many processes write places side by side; worth their start where many places are new.

    Returns
    -------
    Path
        The front page.
    """
    found = reports()
    neighbours = [_neighbours(report, found) for report in found]
    summaries = _all_written(found, neighbours, workers)
    return write_collection(
        found, {report.slug: summary for report, summary in zip(found, summaries, strict=True)}
    )


def _all_written(found: list[Report], neighbours: list[Neighbours], workers: int) -> list[dict]:
    """What the pages of each place say; new processes are started afresh, as threads may run in this one."""
    if workers < 2:
        return list(map(_written, found, neighbours))
    with ProcessPoolExecutor(workers, multiprocessing.get_context("spawn")) as pool:
        return list(pool.map(_written, found, neighbours, chunksize=4))


def size() -> tuple[int, int]:
    """Bytes and number of files of what is handed out: everything but executed notebooks and hidden files."""
    folder = paths.reports()
    files = [
        path
        for path in folder.rglob("*")
        if path.is_file()
        and "notesboeger" not in path.parts
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    ]
    return sum(path.stat().st_size for path in files), len(files)


def _neighbours(report: Report, found: list[Report]) -> Neighbours:
    alike = [other for other in found if other.kind == report.kind]
    at = alike.index(report)
    around = surroundings(report.place)
    return Neighbours(
        before=alike[at - 1] if at else None,
        after=alike[at + 1] if at + 1 < len(alike) else None,
        wider=tuple(other for other in found if other != report and other.place in around),
        narrower=tuple(
            other for other in found if report.kind == GROUP and report.place in surroundings(other.place)[1:]
        ),
    )


def _written(report: Report, neighbours: Neighbours) -> dict:
    """What the pages of a place say, after writing them where they aren't there or no longer right."""
    kept, made_from = report.folder / _KEPT, _made_from(report)
    papers.write_papers(report, made_from)
    digest = _digest(made_from, report, neighbours)
    before = json.loads(kept.read_text(encoding="utf-8")) if kept.is_file() else {}
    if before.get("digest") == digest and all((report.folder / name).is_file() for name in before["files"]):
        return before["summary"]
    kept.unlink(missing_ok=True)  # what is written next isn't whole before the last page is
    summary = write_place(report, neighbours)
    files = sorted(path.name for path in report.folder.iterdir() if path.suffix == ".html")
    content = {"digest": digest, "files": files, "summary": summary}
    atomic.write(kept, json.dumps(content, ensure_ascii=False).encode("utf-8"))
    return summary


def _digest(made_from: str, report: Report, neighbours: Neighbours) -> str:
    """Sha256 of all that a place's pages are made from: its results, its neighbours and its PDF and Word file."""
    said = [made_from, *neighbours.names(), *_states(report.folder.glob("*_rapport.*"))]
    return hashlib.sha256("\n".join(said).encode()).hexdigest()


def _made_from(report: Report) -> str:
    """Sha256 of a place's results, and of what makes something of them."""
    said = [_own_digest(), report.place, report.kind]
    for part in report.parts:
        content = part.executed.read_bytes() if part.is_made else b""
        said += [part.title, part.error, hashlib.sha256(content).hexdigest()]
    shared = report.folder.parent / SHARED / "figurer"
    said += _states([*(report.folder / "figurer").glob("*"), *shared.glob("*.json")])
    return hashlib.sha256("\n".join(said).encode()).hexdigest()


def _states(paths: Iterable[Path]) -> list[str]:
    """Name, size and time of files."""
    found = [(path.name, path.stat()) for path in sorted(paths)]
    return [f"{name} {state.st_size} {state.st_mtime_ns}" for name, state in found]


@functools.cache
def _own_digest() -> str:
    """Sha256 of what pages are made with: modules, templates, scripts, styles and fonts."""
    own = [file for file in sorted(Path(__file__).parent.rglob("*")) if file.suffix in _SOURCES]
    parts = [pages.style_sheet(), record.code_digest().encode(), *(file.read_bytes() for file in own)]
    return hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()


_SOURCES = {".py", ".html", ".css", ".js", ".typ"}
