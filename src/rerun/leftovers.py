"""One call at a time in a folder of reports, and what a call that was broken off has left there."""

import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path

from analysis import atomic
from rerun.plan import Run

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
