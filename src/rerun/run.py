"""Executes runs: papermill, a kernel for each, two at a time; a failure does not stop the others."""

import base64
import json
import logging
import re
import shutil
import tempfile
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from html import escape
from pathlib import Path

import nbformat
import papermill
from jupyter_core.utils import ensure_event_loop
from nbclient.exceptions import DeadKernelError
from papermill.exceptions import PapermillExecutionError

from analysis import danish
from analysis import files as atomic
from analysis.export import images, record_reader
from analysis.export.figure_data import MIME
from analysis.publish import SHARED
from rerun import state
from rerun.kernels import Kernels, Manager
from rerun.plan import Run, check_parameters
from rerun.site.figures import Published, find

# An executed notebook without what differs from machine to machine and from time to time.

INJECTED = "injected-parameters"
_COARSER, _IN_WORDS = 3, 8  # than the published picture; colours of one that is words alone
_ABSOLUTE = re.compile(r"(?<![\w.:/<])/(?:[\w.@+ -]+/)+|\b[A-Za-z]:\\(?:[\w.@+ -]+\\)+")


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


def clean(notebook: nbformat.NotebookNode, run: Run) -> nbformat.NotebookNode:
    """The executed notebook as it is kept: no times, no folders, and the same ids each time."""
    notebook.metadata.pop("widgets", None)
    notebook.metadata["papermill"] = {"parameters": run.parameters}
    for cell in notebook.cells:
        for key in ("papermill", "execution"):
            cell.metadata.pop(key, None)
        if INJECTED in cell.metadata.get("tags", []):
            cell["id"] = INJECTED
        for output in cell.get("outputs", []):
            _clean_output(output)
    return notebook


def lightened(notebook: nbformat.NotebookNode, folder: Path) -> nbformat.NotebookNode:
    """The executed notebook with each published figure as a light picture: chart and numbers lie beside, as files.

    Parameters
    ----------
    notebook : NotebookNode
    folder : Path
        The place's, where its figures are.
    """
    for output in (output for cell in notebook.cells for output in cell.get("outputs", [])):
        data = output.get("data", {})
        figure = find(folder, data[MIME]["name"]) if MIME in data else None
        image = figure.file("png") if figure else None
        if image and image.is_file():
            data["text/html"] = _picture(figure, image.read_bytes())
    return notebook


def _picture(figure: Published, png: bytes) -> str:
    light = images.light(png, coarser=_COARSER, most=_IN_WORDS if figure.is_table else images.FEW)
    pixels, alt = base64.b64encode(light).decode("ascii"), escape(figure.data["texts"]["alt"])
    return (
        f'<figure lang="da" id="{escape(figure.name)}"><img alt="{alt}" style="width:100%;max-width:160mm"'
        f' src="data:image/png;base64,{pixels}"></figure>'
    )


# Whether a run took its parameters: what it says it is about, and what its figures carry, is what was asked for.

_BOLD = re.compile(r"\*\*(.+?)\.?\*\*")
_QUICK = (".png", ".svg", ".xlsx", ".pptx", ".pdf", ".zip", ".csv")  # where a record is read soonest


def _heading(executed: nbformat.NotebookNode) -> str | None:
    """The place that the first text of an executed notebook is headed by; None where there is no such text."""
    texts = [
        output.data["text/markdown"]
        for cell in executed.cells
        for output in cell.get("outputs", [])
        if "text/markdown" in output.get("data", {})
    ]
    found = _BOLD.match(texts[0]) if texts else None
    return found[1] if found else None


def _figures(staged: Path) -> list[Path]:
    """One file of each figure that a run has published: all files of a figure carry the same record."""
    files = sorted(
        (file for file in staged.rglob("*") if file.is_file()),
        key=lambda file: _QUICK.index(file.suffix) if file.suffix in _QUICK else len(_QUICK),
    )
    first: dict[Path, Path] = {}
    for file in files:
        first.setdefault(file.with_suffix(""), file)
    return list(first.values())


def _complaint_of_figure(run: Run, file: Path, folder: Path) -> str:
    """What is wrong with one published figure; empty if nothing is."""
    try:
        record = record_reader.read(file)
    except (ValueError, FileNotFoundError) as error:  # not by `publish`: nobody can say what it is about
        return str(error)
    threshold = run.parameters.get("min_count")
    if record.get("place") != run.place or file.parent != folder:
        return (
            f"`municipality` is {run.place}, but the figure {file.name} is about {record.get('place')}. "
            "Draw it for the place that find_place(municipality) gives."
        )
    if threshold is not None and record.get("min_count") not in (None, threshold):
        return (
            f"`min_count` is {threshold}, but the figure {file.name} is of a table protected with "
            f"{record['min_count']}. Protect it with `min_count`."
        )
    return ""


def place_complaint(run: Run, executed: nbformat.NotebookNode, staged: Path) -> str:
    """What shows that a run did not take its parameters; empty if nothing does.

    Parameters
    ----------
    run : Run
    executed : NotebookNode
        The notebook with its outputs.
    staged : Path
        Where its figures were published.
    """
    said = _heading(executed)
    if said != run.place:
        found = f"is headed {said}" if said else "says of no place that it is about it"
        return (
            f"`municipality` is {run.place}, but the notebook {found}. Its first text must be "
            'Markdown(f"**{place}**") of place = find_place(municipality), and no cell may set them again.'
        )
    folder, shared = staged / danish.slug(run.place) / "figurer", staged / SHARED / "figurer"
    complaints = (
        _complaint_of_figure(run, file, folder) for file in _figures(staged) if file.parent != shared
    )
    return next(filter(None, complaints), "")


# Executes runs: papermill, a kernel for each, two at a time; a failure does not stop the others.

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
    if run.folder.is_symlink():  # a link would write, and remove, somewhere else
        return Outcome(run, f"`{run.folder.name}` must be a folder, but is a link. Remove it, and run again")
    run.folder.mkdir(parents=True, exist_ok=True)
    staged = Path(tempfile.mkdtemp(prefix=f".{run.notebook.stem}.", dir=run.folder))
    made_from = state.key(run)
    manager = kernels.manager(_surroundings(run, staged), time_limit)
    try:
        executed = _execute(run, manager)
        complaint = place_complaint(run, executed, staged)
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
    record = {"notebook": run.name, "parameters": run.parameters}
    return {
        "ANALYSIS_RUN": json.dumps(record, ensure_ascii=False),
        "ANALYSIS_REPORTS": str(staged.resolve()),
        "ANALYSIS_SHARED": str((run.folder.parent / SHARED / "figurer").resolve()),
        "ANALYSIS_KEPT": str(state.folder()),
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
    figures, shared = run.folder / "figurer", run.folder.parent / SHARED / "figurer"
    for folder in (figures, shared, run.executed.parent):
        folder.mkdir(parents=True, exist_ok=True)
    made = sorted((staged / danish.slug(run.place) / "figurer").glob("*"))
    for_all = sorted((staged / SHARED / "figurer").glob("*"))
    old = state.files(run)
    state.record(run, {}, [*old, *made])
    moved = [file.replace(figures / file.name) for file in made]
    moved += [file.replace(shared / file.name) for file in for_all]
    kept = lightened(clean(executed, run), run.folder)
    atomic.write(run.executed, nbformat.writes(kept).encode())
    for file in set(old) - set(moved):
        if file.parent != shared:  # what is shared may be another place's too
            file.unlink(missing_ok=True)
    state.record(run, made_from, moved)


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
