"""Whether ``data/processed`` is what ``data/raw`` gives today; if not, it is built anew."""

import hashlib
import json
import subprocess
import sys
from pathlib import Path

from analysis import files

_STEPS = ("analysis.synthetic", "analysis.prepare")
_MADE_FROM = ".made_from.json"
# The code that shapes the tables: what draws and estimates does not.
_CODE = ("prepare", "readers", "synthetic", "codebook.py", "municipalities.py", "danish.py")


def _code() -> list[Path]:
    folder = files.package_folder()
    named = [folder / name for name in _CODE]
    return [file for path in named for file in (sorted(path.rglob("*.py")) if path.is_dir() else [path])]


def made_from() -> dict[str, str]:
    """What the processed tables depend on: digests of code and lists, and size and time of each raw file."""
    lists = sorted((files.project() / "data").glob("*.csv"))
    digest = hashlib.sha256(b"".join(file.read_bytes() for file in [*_code(), *lists])).hexdigest()
    raw = [
        file for file in sorted(files.raw().rglob("*")) if file.is_file() and not file.name.startswith(".")
    ]
    states = ((file.relative_to(files.raw()).as_posix(), file.stat()) for file in raw)
    return {"code": digest} | {name: f"{state.st_size} {state.st_mtime_ns}" for name, state in states}


def _is_whole(folder: Path) -> bool:
    """Whether each processed table is the one that was written."""
    try:
        tables = json.loads((folder / "digests.json").read_text(encoding="utf-8"))["tables"]
        return all(
            hashlib.sha256((folder / f"{name}.parquet").read_bytes()).hexdigest() == table["sha256"]
            for name, table in tables.items()
        )
    except (OSError, ValueError, KeyError, TypeError):  # half or empty: as good as none, it is built again
        return False


def is_fresh() -> bool:
    """Whether the processed tables are whole, and made from what lies in ``data/raw`` now."""
    folder = files.processed()
    if not files.raw().is_dir():  # only the tables were brought along
        return _is_whole(folder)
    try:
        recorded = json.loads((folder / _MADE_FROM).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return recorded == made_from() and _is_whole(folder)


def build(told: bool = False) -> None:
    """Build the processed tables where they are not what the deliveries give.

    Parameters
    ----------
    told : bool
        Say so, too, where nothing has to be built.

    Raises
    ------
    ValueError
        If a delivery stops the build; what is wrong has been said, and the old tables are as they were.
    """
    if is_fresh():
        if told:
            print("data/processed is up to date.")
        return
    for step in _STEPS:
        if subprocess.call([sys.executable, "-m", step]):
            raise ValueError("Nothing else was done: the data could not be built. Mend what is said above.")
    files.write(files.processed() / _MADE_FROM, json.dumps(made_from(), indent=1).encode("utf-8"))
