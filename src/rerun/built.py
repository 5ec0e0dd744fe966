"""What is already built: beside each executed notebook, what it was made from and what it made."""

import functools
import hashlib
import json
import os
from pathlib import Path

import nbformat

from analysis import atomic, data, paths, provenance, style
from rerun.plan import Run


def _key_file(run: Run) -> Path:
    return run.executed.with_name(f".{run.notebook.stem}.key")


@functools.cache
def _digest_of_cells(notebook: Path, changed: int, size: int) -> str:
    """Read once for as long as the file's time and size are the same."""
    cells = nbformat.read(notebook, as_version=4).cells
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
    own = [folder / "run.py", folder / "cleaned.py", *sorted(folder.glob("kernel*.py"))]
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
        "logo": _digest_of(style.read_style().logo),  # may lie anywhere
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
    figures = run.folder / "figurer"
    return [figures / Path(name).name for name in recorded.get("files", [])]


def files(run: Run) -> list[Path]:
    """The figures' files that the earlier runs of a notebook made for a place."""
    return _files(run, _recorded(run))


def record(run: Run, made_from: dict, made: list[Path]) -> None:
    """Write down what a run was made from (its `key`, empty while it isn't whole), and the files that it made."""
    content = {"key": made_from, "files": sorted({file.name for file in made})}
    text = json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True)
    atomic.write(_key_file(run), text.encode("utf-8"))


def is_built(run: Run, shared: dict | None = None) -> bool:
    """Whether a run would only make again what is there: the same key, and all of its files."""
    recorded = _recorded(run)
    if recorded.get("key") != key(run, shared):
        return False
    return all(file.is_file() for file in [run.executed, *_files(run, recorded)])


def missing(runs: list[Run]) -> list[Run]:
    """The runs that are not built; what they share is looked up once."""
    shared = state() if runs else {}
    return [run for run in runs if not is_built(run, shared)]
