"""Executes runs: papermill, a kernel for each, two at a time; a failure does not stop the others."""

import json
import logging
import shutil
import tempfile
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

import nbformat
import papermill
from jupyter_core.utils import ensure_event_loop
from nbclient.exceptions import DeadKernelError
from papermill.exceptions import PapermillExecutionError

from analysis import atomic, danish
from rerun import built, shared, taken
from rerun.cleaned import clean, without_folders
from rerun.kernel_manager import Manager
from rerun.kernels import Kernels
from rerun.plan import Run, check_parameters

WORKERS = 2  # a third worker on two cores gains nothing
TIME_LIMIT = 600  # seconds a notebook may take; the slowest of the collection takes a few
logging.getLogger("papermill").addHandler(logging.NullHandler())  # what goes wrong is told by the outcome


@dataclass(frozen=True)
class Outcome:
    """What became of a run: `error` is empty, or names cell and first line."""

    run: Run
    error: str = ""


def execute(run: Run, kernels: Kernels, time_limit: float = TIME_LIMIT) -> Outcome:
    """Execute one notebook.

    Its figures and its executed copy come to their place only when it has run to its end, and is about the
    place that was asked for; until then, and if it fails, those of an earlier run stay.

    Parameters
    ----------
    run : Run
    kernels : Kernels
    time_limit : float
        Seconds after which it is stopped.
    """
    try:
        check_parameters(run.notebook, run.parameters)
    except ValueError as error:
        return Outcome(run, str(error))
    run.folder.mkdir(parents=True, exist_ok=True)
    staged = Path(tempfile.mkdtemp(prefix=f".{run.notebook.stem}.", dir=run.folder))
    made_from = built.key(run)
    manager = kernels.manager(_surroundings(run, staged), time_limit)
    try:
        executed = _execute(run, manager)
        complaint = taken.complaint(run, executed, staged)
        if not complaint:
            _keep(run, made_from, executed, staged)
        return Outcome(run, complaint)
    except PapermillExecutionError as error:
        return Outcome(run, _said(run, error))
    except DeadKernelError:
        slow = f"it took longer than {time_limit:g} s and was stopped; look for a loop, or raise the limit"
        died = "the kernel died; run it again, and look at the memory of the machine"
        return Outcome(run, slow if manager.expired else died)
    finally:
        shutil.rmtree(staged, ignore_errors=True)


def _surroundings(run: Run, staged: Path) -> dict[str, str]:
    """Environment variables that tell a notebook's code which run it is part of."""
    record = {"notebook": run.notebook.name, "parameters": run.parameters}
    return {
        "ANALYSIS_RUN": json.dumps(record, ensure_ascii=False),
        "ANALYSIS_REPORTS": str(staged.resolve()),
        "ANALYSIS_KEPT": str(shared.folder()),
    }


def _execute(run: Run, manager: type[Manager]) -> nbformat.NotebookNode:
    loop = ensure_event_loop()
    try:
        return papermill.execute_notebook(
            str(run.notebook),
            None,
            parameters=run.parameters,
            kernel_name="python3",
            language="python",
            progress_bar=False,
            request_save_on_cell_execute=False,
            shutdown_kernel="immediate",
            kernel_manager_class=manager,
            resources={"metadata": {"path": str(run.notebook.parent)}},
        )
    finally:
        loop.close()  # one for each thread, which nobody else closes


def _keep(run: Run, made_from: dict, executed: nbformat.NotebookNode, staged: Path) -> None:
    """Move what a whole run has made to its place, and remove the figures that it no longer makes.

    The record is void while this goes on: if it is broken off, the run is made again, and no file is forgotten.
    """
    figures = run.folder / "figurer"
    for folder in (figures, run.executed.parent):
        folder.mkdir(parents=True, exist_ok=True)
    made = sorted((staged / danish.slug(run.place) / "figurer").glob("*"))
    old = built.files(run)
    built.record(run, {}, [*old, *made])
    atomic.write(run.executed, nbformat.writes(clean(executed, run)).encode())
    moved = [file.replace(figures / file.name) for file in made]
    for file in set(old) - set(moved):
        file.unlink(missing_ok=True)
    built.record(run, made_from, moved)


def _cell_number(run: Run, error: PapermillExecutionError) -> int:
    """Number of the code cell that failed, as counted in the notebook: papermill has added one."""
    cells = nbformat.read(run.notebook, as_version=4).cells
    tagged = next(index for index, cell in enumerate(cells) if "parameters" in cell.metadata.get("tags", []))
    index = error.cell_index - (error.cell_index > tagged)
    return sum(cell.cell_type == "code" for cell in cells[: index + 1])


def _said(run: Run, error: PapermillExecutionError) -> str:
    first = next(iter(str(error.evalue).strip().splitlines()), "")
    return without_folders(f"cell {_cell_number(run, error)}: {error.ename}: {first}")


def outcome_of(future: Future, run: Run) -> Outcome:
    """What became of a run, also where it could not be executed at all (as with a full disk)."""
    error = future.exception()
    if error is None:
        return future.result()
    return Outcome(run, without_folders(f"{type(error).__name__}: {next(iter(str(error).splitlines()), '')}"))


def execute_all(
    runs: list[Run], workers: int = WORKERS, cold: bool = False, time_limit: float = TIME_LIMIT
) -> Iterator[Outcome]:
    """Execute every run, and hand on each outcome as it comes.

    Parameters
    ----------
    runs : list of Run
    workers : int
        How many run side by side.
    cold : bool
        Start each kernel as Jupyter does, not forked from a warm one.
    time_limit : float
        Seconds that each may take.
    """
    if not runs:
        return
    with Kernels(cold) as kernels, ThreadPoolExecutor(max_workers=workers) as pool:
        futures = {pool.submit(execute, run, kernels, time_limit): run for run in runs}
        try:
            for future in as_completed(futures):
                yield outcome_of(future, futures[future])
        except BaseException:  # Ctrl-C: nothing more is begun, and what runs ends with its kernel
            pool.shutdown(wait=False, cancel_futures=True)
            kernels.close()
            raise
