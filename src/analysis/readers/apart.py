"""A file read in a process of its own: a damaged one can bring a reading library down, and nothing else with it."""

import importlib
import pickle
import subprocess
import sys
import tempfile
from pathlib import Path

from analysis.readers.kinds import kind_by_content

SECONDS_LIMIT = 600
MEMORY_LIMIT = 16 << 30


def read_apart(function, path, kind, *more):
    """What a function (`module:name`) makes of a file.

    Raises
    ------
    ValueError
        What the function says is wrong, whatever way it says it; a process that died or did not end.
    """
    path = Path(path)
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "read.pickle"
        command = [
            sys.executable,
            "-m",
            "analysis.readers.apart",
            function,
            str(path),
            kind,
            str(target),
            *more,
        ]
        try:
            done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=SECONDS_LIMIT)
        except subprocess.TimeoutExpired as error:
            raise ValueError(
                damaged_message(path, kind, f"reading took over {SECONDS_LIMIT} seconds")
            ) from error
        if done.returncode or not target.exists():
            raise ValueError(damaged_message(path, kind, "it brings the program that reads it down"))
        found, error = pickle.loads(target.read_bytes())
    if error:
        raise ValueError(error)
    return found


def damaged_message(path, kind, error) -> str:
    """Tell of a file that cannot be read."""
    looks = kind_by_content(path)
    return (
        f"`{path.name}` must be a whole {kind} file, but could not be read ({str(error)[:120]}). It may be "
        "cut off, or another format under this name"
        + (f" (it looks like {looks})" if looks and kind not in looks else "")
        + ": ask for the delivery again."
    )


def main(function, source, kind, target, *more) -> None:
    """Read one file, and leave the outcome in another: what was read, or what is wrong."""
    limit_memory()
    module, name = function.split(":")
    path = Path(source)
    try:
        outcome = getattr(importlib.import_module(module), name)(path, *more), ""
    except Exception as error:  # noqa: BLE001  a library's own errors are many: all are told
        is_told = isinstance(error, ValueError) and f"`{path.name}` must" in str(error)
        outcome = None, str(error) if is_told else damaged_message(path, kind, error)
    Path(target).write_bytes(pickle.dumps(outcome, protocol=5))


def limit_memory() -> None:
    """Hold this process to a bound of memory, where the system has one."""
    try:
        import resource
    except ImportError:
        return
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    soft = MEMORY_LIMIT if hard == resource.RLIM_INFINITY else min(MEMORY_LIMIT, hard)
    resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


if __name__ == "__main__":
    main(*sys.argv[1:])
