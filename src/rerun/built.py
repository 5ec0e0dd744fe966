"""What is already built: beside each executed notebook, what it was made from and what it made."""

import functools
import hashlib
import json
import os
from pathlib import Path

import nbformat

from analysis import atomic, data, paths, provenance
from rerun.plan import Run


def _key_file(run: Run) -> Path:
    return run.executed.with_name(f".{run.notebook.stem}.key")


def _notebook_digest(notebook: Path) -> str:
    """Sha256 of what a notebook says and does; what an editor adds (ids, metadata) does not count."""
    cells = nbformat.read(notebook, as_version=4).cells
    said = [(cell.cell_type, cell.source) for cell in cells]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


@functools.cache
def _runner_digest() -> str:
    """Sha256 of the modules that an executed notebook goes through."""
    folder = Path(__file__).parent
    own = [folder / "run.py", *sorted(folder.glob("kernel*.py"))]
    return hashlib.sha256(b"".join(file.read_bytes() for file in own)).hexdigest()


def key(run: Run) -> dict:
    """Everything that a run's result depends on.

    Returns
    -------
    dict
        notebook, data, code, runner and lock (digests), parameters, packages (versions), publication.
    """
    lock = paths.project() / "requirements.lock"
    return {
        "notebook": _notebook_digest(run.notebook),
        "data": data.digest(),
        "code": provenance.code_digest(),
        "runner": _runner_digest(),
        "parameters": run.parameters,
        "lock": hashlib.sha256(lock.read_bytes()).hexdigest() if lock.is_file() else "",
        "packages": provenance.packages(),
        "publication": os.environ.get("ANALYSIS_PUBLICATION", ""),
    }


def _recorded(run: Run) -> dict:
    """What an earlier run wrote down; empty where there is none that can be read."""
    try:
        found = json.loads(_key_file(run).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):  # a damaged file is as good as none: the notebook is run again
        return {}
    return found if isinstance(found, dict) else {}


def files(run: Run) -> list[Path]:
    """The figures' files that the last whole run of a notebook made for a place."""
    figures = run.folder / "figurer"
    return [figures / Path(name).name for name in _recorded(run).get("files", [])]


def record(run: Run, made_from: dict, made: list[Path]) -> None:
    """Write down that a run is whole: what it was made from (its `key`), and the files that it made."""
    content = {"key": made_from, "files": sorted(file.name for file in made)}
    text = json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True)
    atomic.write(_key_file(run), text.encode("utf-8"))


def is_built(run: Run) -> bool:
    """Whether a run would only make again what is there: the same key, and all of its files."""
    made = [run.executed, *files(run)]
    return _recorded(run).get("key") == key(run) and all(file.is_file() for file in made)
