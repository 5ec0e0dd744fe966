"""Executes runs: papermill, a kernel for each, two at a time; a failure does not stop the others."""

import json
import logging
import re
import shutil
import sys
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

import nbformat
import papermill
from jupyter_core.utils import ensure_event_loop
from nbclient.exceptions import DeadKernelError
from papermill.exceptions import PapermillExecutionError

from analysis import atomic, danish
from rerun import built, shared
from rerun.kernels import Kernels
from rerun.plan import Run

WORKERS = 2  # a third worker on two cores gains nothing
_INJECTED = "injected-parameters"
logging.getLogger("papermill").addHandler(logging.NullHandler())  # what goes wrong is told by the outcome
_ABSOLUTE = re.compile(r"(?<![\w.:/<])/(?:[\w.@+ -]+/)+|\b[A-Za-z]:\\(?:[\w.@+ -]+\\)+")


@dataclass(frozen=True)
class Outcome:
    """What became of a run: `error` is empty, or names cell and first line."""

    run: Run
    error: str = ""


def without_folders(text: str) -> str:
    """A text with absolute paths cut to the name of the file: they tell of a machine and its user.

    Examples
    --------
    >>> without_folders("/home/somebody/project/data.py:3: no")
    'data.py:3: no'
    """
    return _ABSOLUTE.sub("", text)


def _clean_output(output: nbformat.NotebookNode) -> None:
    if output.output_type == "stream":
        output.text = without_folders(output.text)
    if "text/plain" in output.get("data", {}):
        output.data["text/plain"] = without_folders(output.data["text/plain"])


def _clean(notebook: nbformat.NotebookNode, run: Run) -> nbformat.NotebookNode:
    """The executed notebook without what differs from machine to machine and from time to time."""
    notebook.metadata.pop("widgets", None)
    notebook.metadata["papermill"] = {"parameters": run.parameters}
    for cell in notebook.cells:
        for key in ("papermill", "execution"):
            cell.metadata.pop(key, None)
        if _INJECTED in cell.metadata.get("tags", []):
            cell["id"] = _INJECTED
        for output in cell.get("outputs", []):
            _clean_output(output)
    return notebook


def _cell_number(run: Run, error: PapermillExecutionError) -> int:
    """Number of the code cell that failed, as counted in the notebook: papermill has added one."""
    cells = nbformat.read(run.notebook, as_version=4).cells
    tagged = next(index for index, cell in enumerate(cells) if "parameters" in cell.metadata.get("tags", []))
    index = error.cell_index - (error.cell_index > tagged)
    return sum(cell.cell_type == "code" for cell in cells[: index + 1])


def _said(run: Run, error: PapermillExecutionError) -> str:
    first = next(iter(str(error.evalue).strip().splitlines()), "")
    return without_folders(f"cell {_cell_number(run, error)}: {error.ename}: {first}")


def _publish(run: Run, staged: Path) -> list[Path]:
    """Move the figures of a whole run to their place, and remove those that it no longer makes."""
    figures = run.folder / "figurer"
    figures.mkdir(parents=True, exist_ok=True)
    made = [
        file.replace(figures / file.name)
        for file in sorted((staged / danish.slug(run.place) / "figurer").glob("*"))
        if file.is_file()
    ]
    for old in built.files(run):
        if old not in made:
            old.unlink(missing_ok=True)
    return made


def execute(run: Run, kernels: Kernels) -> Outcome:
    """Execute one notebook.

    Its figures and its executed copy come to their place only when it has run to its end; until then, and if
    it fails, those of an earlier run stay.
    """
    staged = run.folder / f".{run.notebook.stem}"
    shutil.rmtree(staged, ignore_errors=True)
    staged.mkdir(parents=True)
    run.executed.parent.mkdir(parents=True, exist_ok=True)
    made_from = built.key(run)
    try:
        executed = _execute(run, kernels, staged)
        atomic.write(run.executed, nbformat.writes(_clean(executed, run)).encode())
        built.record(run, made_from, _publish(run, staged))
        return Outcome(run)
    except PapermillExecutionError as error:
        return Outcome(run, _said(run, error))
    except DeadKernelError:
        return Outcome(run, "the kernel died; run it again, and look at the memory of the machine")
    finally:
        shutil.rmtree(staged, ignore_errors=True)


def _execute(run: Run, kernels: Kernels, staged: Path) -> nbformat.NotebookNode:
    record = {"notebook": run.notebook.name, "parameters": run.parameters}
    surroundings = {
        "ANALYSIS_RUN": json.dumps(record, ensure_ascii=False),
        "ANALYSIS_REPORTS": str(staged.resolve()),
        "ANALYSIS_KEPT": str(shared.folder()),
    }
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
            kernel_manager_class=kernels.manager(surroundings),
            resources={"metadata": {"path": str(run.notebook.parent)}},
        )
    finally:
        loop.close()  # one for each thread, which nobody else closes


def _outcome(future: Future, run: Run) -> Outcome:
    error = future.exception()
    if error is None:
        return future.result()
    return Outcome(run, without_folders(f"{type(error).__name__}: {next(iter(str(error).splitlines()), '')}"))


def execute_all(runs: list[Run], workers: int = WORKERS, cold: bool = False) -> Iterator[Outcome]:
    """Execute every run, and hand on each outcome as it comes.

    Parameters
    ----------
    runs : list of Run
    workers : int
        How many run side by side.
    cold : bool
        Start each kernel as Jupyter does, not forked from a warm one.
    """
    if not runs:
        return
    with Kernels(cold) as kernels, ThreadPoolExecutor(max_workers=workers) as pool:
        futures = {pool.submit(execute, run, kernels): run for run in runs}
        try:
            for future in as_completed(futures):
                yield _outcome(future, futures[future])
        except BaseException:  # Ctrl-C: nothing more is begun, and what runs ends with its kernel
            pool.shutdown(wait=False, cancel_futures=True)
            kernels.close()
            raise


def _left(seconds: float) -> str:
    """Time left, as it is said.

    Examples
    --------
    >>> _left(14), _left(200)
    ('15 s left', '4 min left')
    """
    return f"{max(5, round(seconds / 5) * 5)} s left" if seconds < 90 else f"{-int(-seconds // 60)} min left"


def show_progress(outcomes: Iterable[Outcome], total: int) -> list[Outcome]:
    """Print a line a run as it ends, with the time left; returns all outcomes."""
    started, collected = time.monotonic(), []
    for number, outcome in enumerate(outcomes, start=1):
        left = (time.monotonic() - started) / number * (total - number)
        word = "FAILED" if outcome.error else "done"
        told = f", {_left(left)}" if number < total else ""
        where = f"[{number:>{len(str(total))}}/{total}]"
        print(f"{where} {outcome.run.place}: {outcome.run.notebook.stem} {word}{told}", file=sys.stderr)
        collected.append(outcome)
    return collected


def relative(path: Path, folder: Path) -> str:
    """A path as it is said to the user: from the folder, with slashes."""
    return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else path.name
