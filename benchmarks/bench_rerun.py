"""The collection by papermill as it comes, beside `rerun`: the same files, and how much sooner they are there.

``python benchmarks/bench_rerun.py [PLACE ...]``: both ways with two workers, in turn for each place, on the same two
cores. Papermill has stock kernels and a pool of processes, and every run computes everything itself. `rerun` has forked
kernels, and keeps what is the same for all places; making that is timed alone. Exits with 1 when a file differs, or a
ratio is under its limit.
"""

import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import nbformat
import papermill
from running import Memory, reports

from analysis import danish, files, municipalities
from rerun import run as runner
from rerun.kernels import Kernels
from rerun.plan import Run, plan
from rerun.state import folder as shared_folder

SAMPLE = ("Aarhus", "Roskilde", "Læsø", "Fanø")  # large, ordinary, small, unanswered
WORKERS = 2
LEAST_RATIO = 4.0
MOST_BESIDE_CELLS = 0.4  # seconds a run


def papermill_alone(run: Run) -> None:
    """Run one notebook as papermill's documentation says, in a process of the pool."""
    record = {"notebook": run.notebook.name, "parameters": run.parameters}
    os.environ["ANALYSIS_RUN"] = json.dumps(record, ensure_ascii=False)
    run.executed.parent.mkdir(parents=True, exist_ok=True)
    papermill.execute_notebook(
        str(run.notebook),
        str(run.executed),
        parameters=run.parameters,
        cwd=str(run.notebook.parent),
        progress_bar=False,
    )


def rerun_alone(run: Run, kernels: Kernels) -> None:
    """Run one notebook as `make reports` does, in a thread of the pool."""
    outcome = runner.execute(run, kernels)
    if outcome.error:
        raise RuntimeError(f"{run.place}, {run.notebook.name} must run, but failed: {outcome.error}")


def seconds(pool: Executor, task: Callable, runs: list[Run], *given: object) -> float:
    """Wall time of some runs, side by side in a pool [s]."""
    started = time.perf_counter()
    for future in [pool.submit(task, run, *given) for run in runs]:
        future.result()
    return time.perf_counter() - started


@contextmanager
def beside_cells(found: list[float]) -> Iterator[None]:
    """Collect what each run takes beside its cells' own work [s]."""

    def watched(*given, **named):
        started = time.perf_counter()
        executed = original(*given, **named)
        wall = time.perf_counter() - started
        cells = (cell.metadata.get("papermill", {}).get("duration") or 0.0 for cell in executed.cells)
        found.append(wall - sum(cells))
        return executed

    original, runner.papermill.execute_notebook = runner.papermill.execute_notebook, watched
    try:
        yield
    finally:
        runner.papermill.execute_notebook = original


def differences(first: Path, second: Path, run: Run) -> list[str]:
    """Names of a run's files that aren't the same in two folders of reports: figures, and results of cells."""
    slug = danish.slug(run.place)
    figures = sorted(file.name for file in (second / slug / "figurer").glob("*"))
    others = {file.name for file in (first / slug / "figurer").glob("*")} ^ set(figures)
    pairs = [(first / slug / "figurer" / name, second / slug / "figurer" / name) for name in figures]
    changed = [a.name for a, b in pairs if a.name not in others and a.read_bytes() != b.read_bytes()]
    notebooks = [folder / slug / "notesboeger" / run.notebook.name for folder in (first, second)]
    shown = [_results(notebook) for notebook in notebooks]
    return sorted(others) + changed + ([run.notebook.name] if shown[0] != shown[1] else [])


def _results(notebook: Path) -> list:
    cells = nbformat.read(notebook, as_version=4).cells
    return [(cell.source, cell.get("outputs", [])) for cell in cells]


def compare(places: list[str], folder: Path) -> bool:
    """Run all notebooks for some places in both ways; whether files and limits hold."""
    stock, ours = folder / "papermill", folder / "rerun"
    pairs, beside, runs = [], [], plan(places)
    memories = {"papermill": Memory(), "rerun": Memory()}
    with Kernels() as kernels, ThreadPoolExecutor(WORKERS) as threads:
        with reports(ours):
            first = seconds(threads, rerun_alone, plan([municipalities.COUNTRY]), kernels)
        print(f"{municipalities.COUNTRY} (makes what is kept for all): {first:.0f} s", flush=True)
        for place in places:
            of_place = [run for run in runs if run.place == place]
            with reports(stock), memories["papermill"].watched(), ProcessPoolExecutor(WORKERS) as pool:
                slow = seconds(pool, papermill_alone, of_place)
            with reports(ours), memories["rerun"].watched(), beside_cells(beside):
                quick = seconds(threads, rerun_alone, of_place, kernels)
            pairs.append((slow, quick))
            print(
                f"{place}: papermill {slow:.1f} s, rerun {quick:.1f} s, {slow / quick:.1f} times", flush=True
            )
    ratio = sum(slow for slow, _ in pairs) / sum(quick for _, quick in pairs)
    aside = statistics.median(beside)
    differing = [name for run in runs for name in differences(stock, ours, run)]
    print(f"{len(runs)} runs, {WORKERS} workers: {ratio:.1f} times papermill (at least {LEAST_RATIO:g})")
    print(f"beside the cells' own work: {aside:.2f} s a run (at most {MOST_BESIDE_CELLS:g})")
    print("peak memory: " + ", ".join(f"{way} {memory.peak:.0f} MB" for way, memory in memories.items()))
    print(f"files that differ: {len(differing)} {differing[:3] or ''}")
    return ratio >= LEAST_RATIO and aside <= MOST_BESIDE_CELLS and not differing


def main(*places: str) -> int:
    """Print the comparison; 1 where a limit doesn't hold."""
    print(f"Kept in {shared_folder().relative_to(files.project())}")
    with tempfile.TemporaryDirectory() as folder:
        return 0 if compare(list(places or SAMPLE), Path(folder)) else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
