"""The pages of some places beside their notebooks: seconds, their ratio, and what the site weighs.

``python benchmarks/bench_site.py [PLACE ...]``. Notebooks run two at a time from warm kernels, and what is the same for
all places is kept already; the pages are made by one process. Exits with 1 when a ratio is over its limit.
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from rerun.plan import plan
from rerun.run import execute_all
from rerun.site import size, write_site

SAMPLE = ("Aarhus", "Roskilde", "Læsø", "Fanø")  # large, ordinary, small, unanswered
MOST_OF_NOTEBOOKS = 0.1
MOST_UNCHANGED = 0.02


def seconds(task: Callable[[], object]) -> float:
    """Wall time of a task [s]."""
    started = time.perf_counter()
    task()
    return time.perf_counter() - started


def run(places: list[str]) -> None:
    """Run every notebook of the places."""
    failed = [outcome for outcome in execute_all(plan(places)) if outcome.error]
    if failed:
        raise RuntimeError(f"Every notebook must run, but {len(failed)} failed (first: {failed[0].error}).")


def within(name: str, ratio: float, limit: float) -> bool:
    """Print a ratio beside its limit; whether it is within."""
    print(f"{name}: {ratio:.3f} of the notebooks' time (at most {limit})")
    return ratio <= limit


def main(places: list[str]) -> int:
    """Time notebooks, pages, and pages of which nothing has changed."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["ANALYSIS_REPORTS"] = folder
        run(places[:1])  # keeps what is the same for all places
        notebooks, made, unchanged = seconds(lambda: run(places)), seconds(write_site), seconds(write_site)
        weight, files = size()
        pages = sum(file.stat().st_size for file in Path(folder).rglob("*.html"))
    print(
        f"{len(places)} places: notebooks {notebooks:.1f} s, pages {made:.2f} s, unchanged {unchanged:.2f} s"
    )
    each = len(places) * 1e6
    print(
        f"a place: {weight / each:.1f} MB in {files // len(places)} files, {pages / each:.2f} MB of it pages"
    )
    results = [
        within("pages", made / notebooks, MOST_OF_NOTEBOOKS),
        within("unchanged", unchanged / notebooks, MOST_UNCHANGED),
    ]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or list(SAMPLE)))
