"""What is already built: beside each executed notebook, what it was made from and what it made."""

import contextlib
import functools
import hashlib
import json
import os
import shutil
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from analysis import data
from analysis import files as atomic
from analysis import files as paths
from analysis.charts import style
from analysis.export import record as provenance
from analysis.publish import SHARED
from rerun.plan import Run, read_notebook


def _key_file(run: Run) -> Path:
    return run.executed.with_name(f".{run.notebook.stem}.key")


@functools.cache
def _digest_of_cells(notebook: Path, changed: int, size: int) -> str:
    """Read once for as long as the file's time and size are the same; a file that is no notebook is its bytes."""
    try:
        cells = read_notebook(notebook).cells
    except ValueError:  # told by the run itself
        return hashlib.sha256(notebook.read_bytes()).hexdigest()
    said = [(cell.cell_type, cell.source) for cell in cells]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def _notebook_digest(notebook: Path) -> str:
    """Sha256 of what a notebook says and does; what an editor adds (ids, metadata) does not count."""
    status = notebook.stat()
    return _digest_of_cells(notebook, status.st_mtime_ns, status.st_size)


@functools.cache
def runner_digest() -> str:
    """Sha256 of the modules that an executed notebook goes through."""
    folder = Path(__file__).parent
    own = [folder / "run.py", *sorted(folder.glob("kernel*.py"))]
    return hashlib.sha256(b"".join(file.read_bytes() for file in own)).hexdigest()


def _digest_of(file: Path | None) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest() if file and file.is_file() else ""


def state() -> dict:
    """What every run's result depends on, the same for all of them.

    Returns
    -------
    dict
        data, code (with the codebook and the other lists in ``data/``), logo, runner and lock (digests), packages
        (versions), publication.
    """
    return {
        "data": data.digest(),
        "code": provenance.code_digest(),
        "runner": runner_digest(),
        "style": style.digest(),  # may lie anywhere
        "lock": _digest_of(paths.project() / "requirements.lock"),
        "packages": provenance.packages(),
        "publication": os.environ.get("ANALYSIS_PUBLICATION", ""),
    }


def key(run: Run, shared: dict | None = None) -> dict:
    """Everything that a run's result depends on: its notebook (digest) and parameters, and the `state`.

    Parameters
    ----------
    run : Run
    shared : dict, optional
        The `state`, where it is known already.
    """
    own = {"notebook": _notebook_digest(run.notebook), "parameters": run.parameters}
    return own | (state() if shared is None else shared)


def _recorded(run: Run) -> dict:
    """What an earlier run wrote down; empty where there is none that can be read."""
    try:
        found = json.loads(_key_file(run).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):  # a damaged file is as good as none: the notebook is run again
        return {}
    return found if isinstance(found, dict) else {}


def _files(run: Run, recorded: dict) -> list[Path]:
    """By the names that were recorded: of files in the place's folder, or in that of what all places share."""
    folders = {"": run.folder / "figurer", SHARED: run.folder.parent / SHARED / "figurer"}
    parts = [name.rpartition("/") for name in recorded.get("files", {})]
    return [folders.get(folder, folders[""]) / name for folder, _, name in parts]


def files(run: Run) -> list[Path]:
    """The figures' files that the earlier runs of a notebook made for a place."""
    return _files(run, _recorded(run))


def _recorded_name(run: Run, file: Path) -> str:
    return file.name if run.folder in file.parents else f"{SHARED}/{file.name}"


def _seal(file: Path) -> list:
    """Size and digest of a file, by which it is known later."""
    content = file.read_bytes()
    return [len(content), hashlib.sha256(content).hexdigest()]


def _is_sealed(file: Path, seal: list, made: int) -> bool:
    """Whether a file is the one that was made; it is read only where it was touched after `made` [ns]."""
    try:
        status = file.stat()
        size, digest = seal
        if status.st_size != size:
            return False
        return status.st_mtime_ns <= made or hashlib.sha256(file.read_bytes()).hexdigest() == digest
    except (OSError, ValueError, TypeError):  # gone, or sealed by nobody
        return False


def record(run: Run, made_from: dict, made: list[Path]) -> None:
    """Write down what a run was made from (its `key`, empty while it isn't whole), and the files that it made."""
    content = {
        "key": made_from,
        "files": {_recorded_name(run, file): _seal(file) for file in sorted(set(made)) if file.is_file()},
    }
    if made_from:
        content["executed"] = _seal(run.executed)
    text = json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True)
    atomic.write(_key_file(run), text.encode("utf-8"))


_REASONS = {
    "data": "the data",
    "code": "the code or a list in data/",
    "runner": "the code that runs notebooks",
    "style": "the style file",
    "lock": "requirements.lock",
    "packages": "a package's version",
    "publication": "whether it is a publication",
    "notebook": "the notebook",
    "parameters": "the parameters",
}


def reason(run: Run, shared: dict | None = None) -> str:
    """Why a run would be made; empty where it would only make again what is there."""
    recorded = _recorded(run)
    if not recorded.get("key"):
        return "it was never made, or not to its end"
    now = key(run, shared)
    changed = [told for part, told in _REASONS.items() if recorded["key"].get(part) != now[part]]
    if changed:
        return f"{changed[0]} changed"
    seals = recorded.get("files", {})
    sealed = dict(zip(_files(run, recorded), seals.values(), strict=True)) if isinstance(seals, dict) else {}
    sealed[run.executed] = recorded.get("executed")
    made = _key_file(run).stat().st_mtime_ns
    broken = [file.name for file, seal in sealed.items() if not _is_sealed(file, seal, made)]
    return f"{broken[0]} is gone, or is not as it was made" if broken else ""


def is_built(run: Run, shared: dict | None = None) -> bool:
    """Whether a run would only make again what is there: the same key, and all of its files as they were made."""
    return not reason(run, shared)


def missing(runs: list[Run]) -> list[Run]:
    """The runs that are not built; what they share is looked up once."""
    shared = state() if runs else {}
    return [run for run in runs if not is_built(run, shared)]


# One call at a time in a folder of reports, and what a call that was broken off has left there.

try:
    import fcntl
except ImportError:  # not on Windows: there, two calls at once are for the user to avoid
    fcntl = None


@contextlib.contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold a folder of reports, so that no other call writes to it; it is let go however this one ends.

    Raises
    ------
    BlockingIOError
        If another call holds it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        try:
            if fcntl:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BlockingIOError(
                f"`{folder.name}` must be written by one call at a time, but another is at work there. "
                "Wait for it, or stop it."
            ) from error
        yield


def sweep(runs: list[Run], reports: Path) -> None:
    """Remove what a call that was killed left in the folders of these runs: half-made figures, half-written files."""
    folders = sorted({run.folder for run in runs})
    for folder in folders:
        for staged in folder.glob(".*/"):
            shutil.rmtree(staged)
    for folder in (reports, *folders, *sorted({run.executed.parent for run in runs})):
        for file in atomic.abandoned(folder):
            file.unlink()


# What went wrong in the last run of a notebook for a place, kept beside the executed notebook until it goes well.


def _file(executed: Path) -> Path:
    return executed.with_name(f".{executed.stem}.fejl.json")


def keep(runs: list[Run], failed: Iterable[tuple[Run, str]]) -> None:
    """Write down the error of each run that failed, and forget that of every other.

    Parameters
    ----------
    runs : list of Run
        All runs that were asked for; those that were built already are whole too.
    failed : iterable of (Run, str)
        Those that failed, and what went wrong: cell and first line.
    """
    said = {run.executed: error for run, error in failed}
    for run in runs:
        if run.executed not in said:
            _file(run.executed).unlink(missing_ok=True)
            continue
        run.executed.parent.mkdir(parents=True, exist_ok=True)
        content = {"place": run.place, "notebook": run.notebook.stem, "error": said[run.executed]}
        text = json.dumps(content, ensure_ascii=False, indent=1)
        atomic.write(_file(run.executed), text.encode("utf-8"))


def recorded(executed: Path) -> dict:
    """Place, notebook and error of the last run of a notebook; empty where it went well or was never tried."""
    if not _file(executed).is_file():
        return {}
    return json.loads(_file(executed).read_text(encoding="utf-8"))


# Where runs keep what is the same for every place (`analysis.data`): one folder a state of code, data and versions.

_DAY = 24 * 3600  # seconds; a younger folder may be that of a batch that runs beside this one


def _folders() -> Path:
    """In the project, or in the reports where the project may only be read."""
    return (paths.project() if os.access(paths.project(), os.W_OK) else paths.reports()) / ".cache" / "kept"


def folder() -> Path:
    """Return the folder of the state as it is now; it need not be there yet."""
    return _folders() / _state(data.digest())[:16]


@functools.cache
def _state(data_digest: str) -> str:
    said = [data_digest, provenance.code_digest(), provenance.packages()]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def forget_others() -> None:
    """Remove what other states have kept, unless it was made within a day."""
    for other in _folders().glob("*"):
        if other != folder() and time.time() - other.stat().st_mtime > _DAY:
            shutil.rmtree(other, ignore_errors=True)
