"""What went wrong in the last run of a notebook for a place, kept beside the executed notebook until it goes well."""

import json
from collections.abc import Iterable
from pathlib import Path

from analysis import atomic
from rerun.plan import Run


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
