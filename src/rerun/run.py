"""Executes a plan: papermill, a kernel of its own for each run, two at a time; one failure does not stop the others."""

import json
import multiprocessing
import os
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

import nbformat
import papermill
from nbclient.exceptions import DeadKernelError
from papermill.exceptions import PapermillExecutionError

from analysis import atomic
from rerun.plan import Run

WORKERS = 2  # a third worker on two cores gains nothing


@dataclass(frozen=True)
class Outcome:
    """What became of a run: `error` is empty, or names cell and first line."""

    run: Run
    error: str = ""


def _environment(run: Run) -> dict[str, str]:
    """What the kernel is told: the record for provenance, one thread, warnings of a debugger off."""
    record = {"notebook": run.notebook.name, "parameters": run.parameters}
    return {
        "ANALYSIS_RUN": json.dumps(record, ensure_ascii=False),
        "OPENBLAS_NUM_THREADS": "1",
        "POLARS_MAX_THREADS": "1",
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    }


def _clean(notebook: nbformat.NotebookNode, run: Run) -> nbformat.NotebookNode:
    """The executed notebook without what tells of the machine: paths, times, tracebacks."""
    notebook.metadata.pop("widgets", None)
    notebook.metadata["papermill"] = {"parameters": run.parameters}
    for cell in notebook.cells:
        for key in ("papermill", "execution"):
            cell.metadata.pop(key, None)
    return notebook


def execute(run: Run) -> Outcome:
    """Execute one notebook; its executed copy is written beside and renamed, and only when it is whole."""
    run.executed.parent.mkdir(parents=True, exist_ok=True)
    beside = run.executed.with_suffix(".running.ipynb")
    os.environ.update(_environment(run))
    try:
        executed = papermill.execute_notebook(
            str(run.notebook),
            str(beside),
            parameters=run.parameters,
            kernel_name="python3",
            progress_bar=False,
            request_save_on_cell_execute=False,
            shutdown_kernel="immediate",
            cwd=str(run.notebook.parent),
        )
        atomic.write(run.executed, nbformat.writes(_clean(executed, run)).encode())
        return Outcome(run)
    except PapermillExecutionError as error:
        return Outcome(run, f"cell {error.exec_count}: {error.ename}: {str(error.evalue).splitlines()[0]}")
    except DeadKernelError:
        return Outcome(run, "the kernel died; run it again, and look at the memory of the machine")
    finally:
        beside.unlink(missing_ok=True)


def _failed(future: Future, run: Run) -> Outcome:
    error = future.exception()
    return Outcome(run, f"{type(error).__name__}: {error}") if error else future.result()


def execute_all(runs: list[Run], workers: int = WORKERS) -> Iterator[Outcome]:
    """Execute every run, and hand on each outcome as it comes."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max_workers=min(workers, len(runs)), mp_context=context) as pool:
        futures = {pool.submit(execute, run): run for run in runs}
        for future in as_completed(futures):
            yield _failed(future, futures[future])


def show_progress(outcomes: Iterator[Outcome], total: int) -> list[Outcome]:
    """Print a line a run as it ends; returns all outcomes."""
    collected = []
    for number, outcome in enumerate(outcomes, start=1):
        word = f"FAILED  {outcome.error}" if outcome.error else "done"
        print(f"[{number}/{total}] {outcome.run.place}: {outcome.run.notebook.stem}  {word}", file=sys.stderr)
        collected.append(outcome)
    return collected


def relative(path: Path, folder: Path) -> str:
    """A path as it is said to the user: from the folder, with slashes."""
    return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else path.name
