"""Is a published file what its record says? Make it again, and compare.

``python -m rerun.verify FILE`` reads the record in any exported file, runs the notebook that it names with
its parameters in a temporary folder, and says whether the file is equal, outdated or altered. Exit code 0 is
equal.
"""

import contextlib
import json
import os
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree.ElementTree import ParseError

import papermill
from defusedxml import DefusedXmlException
from nbclient.exceptions import DeadKernelError
from papermill.exceptions import PapermillExecutionError
from PIL import UnidentifiedImageError

from analysis import provenance, provenance_reader

EQUAL, OUTDATED, ALTERED, UNKNOWN = "EQUAL", "OUTDATED", "ALTERED", "CAN'T TELL"
_UNREADABLE = (
    ValueError,
    KeyError,
    zipfile.BadZipFile,
    ParseError,
    DefusedXmlException,
    UnidentifiedImageError,
)
# As `rerun.run` does: how sums are split over threads can change their last digit.
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "POLARS_MAX_THREADS": "1", "PYDEVD_DISABLE_FILE_VALIDATION": "1"}
_DIGESTS = {"data_digest": "data", "code_digest": "code", "notebook_digest": "the notebook's code"}


@dataclass(frozen=True)
class Verdict:
    """What `verify` found: ``EQUAL``, ``OUTDATED``, ``ALTERED`` or ``CAN'T TELL``, and why."""

    outcome: str
    reasons: tuple[str, ...]

    def __str__(self):
        return f"{self.outcome}: " + "\n  ".join(self.reasons)


def verify(path: Path | str) -> Verdict:
    """Make a published file again from what it says about itself, and compare the two.

    Parameters
    ----------
    path : Path or str
        A png, svg, pdf, xlsx, pptx, zip, or a csv beside one of these.

    Returns
    -------
    Verdict
        ``EQUAL`` when the bytes are the same and nothing has changed but the commit; ``OUTDATED`` when data,
        code, notebook or packages have changed since; ``ALTERED`` when none has, and the bytes differ.

    Raises
    ------
    FileNotFoundError
        If there is no such file, or no file with a record beside a csv.
    """
    path = Path(path)
    try:
        record = provenance_reader.read(path)
    except _UNREADABLE as error:
        return Verdict(ALTERED, (f"the record of {path.name} can't be read.", str(error)))
    if not record.get("notebook"):
        why = f"{path.name} was made by hand: its record names no notebook that could be run again."
        return Verdict(UNKNOWN, (why, *_changes(record)))
    with tempfile.TemporaryDirectory(prefix="verify_") as folder:
        try:
            again = make_again(record, Path(folder))
        except (PapermillExecutionError, DeadKernelError, FileNotFoundError) as error:
            why = f"{record['notebook']} can't be run again: {_last_line(error)}"
            return Verdict(OUTDATED if _changes(record) else UNKNOWN, (why, *_changes(record)))
        return compare(path, record, _remade(path, record, again))


def make_again(record: dict, folder: Path) -> list[Path]:
    """Run the notebook of a record with its parameters, under the state that the record names.

    The state is only written down in the new files: they are made from today's data and code, so that they
    differ from the old ones where the figures do, and not for a digest's sake.

    Returns
    -------
    list of Path
        The published files, in `folder`.
    """
    notebook = provenance.notebook_path(record["notebook"])
    if not notebook.is_file():
        raise FileNotFoundError(
            f"`notebook` must be in the folder notebooks, but {notebook.name} is not there. "
            f"Check out commit {record.get('commit', '')[:12]}."
        )
    this_run = {
        "notebook": record["notebook"],
        "parameters": record["parameters"],
        "state": {name: record[name] for name in provenance.STATE if name in record},
    }
    surroundings = {
        "ANALYSIS_RUN": json.dumps(this_run),
        "ANALYSIS_REPORTS": str(folder),
        "ANALYSIS_PUBLICATION": "",
        **ONE_THREAD,
    }
    with _environment(surroundings):
        papermill.execute_notebook(
            str(notebook),
            str(folder / notebook.name),
            parameters=record["parameters"],
            kernel_name="python3",
            cwd=str(notebook.parent),
            progress_bar=False,
            shutdown_kernel="immediate",
        )
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix != ".ipynb")


@contextlib.contextmanager
def _environment(values: dict[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _remade(path: Path, record: dict, again: list[Path]) -> Path | None:
    """The new file that stands for the old one, also where the old one has been renamed."""
    stem = record.get("file", path.stem)
    wanted = [path.name, f"{stem}{path.suffix}", f"{stem}_tryk{path.suffix}"]
    found = [new for name in wanted for new in again if new.name == name]
    same = [new for new in found if new.read_bytes() == path.read_bytes()]
    return next(iter(same + found), None)


def compare(path: Path, record: dict, new: Path | None) -> Verdict:
    """Compare a file with the one that was made again, in the light of what has changed since."""
    changes = _changes(record)
    run = ", ".join(f"{name} = {value}" for name, value in record["parameters"].items())
    source = f"{record['notebook']} ({run})" if run else record["notebook"]
    if new is None:
        why = f"{source} makes no file {path.name} any more."
        return Verdict(OUTDATED if changes else ALTERED, (why, *changes))
    same = new.read_bytes() == path.read_bytes()
    if changes:
        shows = "it still comes out the same" if same else "it comes out differently"
        return Verdict(
            OUTDATED,
            (f"made again from {source} with what is here now, {shows}.", *changes, _way_back(record)),
        )
    if same:
        return Verdict(
            EQUAL, (f"made again from {source}, {path.name} is the same to the byte.", *_moved(record))
        )
    why = f"nothing that {path.name} is made from has changed, but {source} makes another file."
    return Verdict(ALTERED, (why, _first_difference(path, new), *_moved(record)))


def _changes(record: dict) -> list[str]:
    """What has changed since a record was written, but for the commit."""
    now = provenance.state(record.get("notebook", ""))
    changes = [
        f"{word} changed since: digest {_short(record.get(name))}, now {_short(now[name])}."
        for name, word in _DIGESTS.items()
        if record.get(name) != now[name]
    ]
    before, after = record.get("packages", {}), now["packages"]
    others = [
        f"{name} {before.get(name, 'absent')}, now {after.get(name, 'absent')}"
        for name in sorted({*before, *after})
        if before.get(name) != after.get(name)
    ]
    return changes + ([f"packages changed since: {'; '.join(others)}."] if others else [])


def _short(digest: str | None) -> str:
    return (digest or "none")[:12]


def _moved(record: dict) -> list[str]:
    head, _ = provenance.commit()
    before = record.get("commit", "")
    if before == head:
        return []
    return [f"The commit was {_short(before)} and is {_short(head)}; data, code and packages are the same."]


def _way_back(record: dict) -> str:
    beside = ", which had changes that weren't committed" if record.get("uncommitted_changes") else ""
    return f"To have it as it was: commit {_short(record.get('commit'))}{beside}, its data, and its packages."


def _first_difference(path: Path, new: Path) -> str:
    before, after = path.read_bytes(), new.read_bytes()
    shorter = min(len(before), len(after))
    at = next((at for at in range(shorter) if before[at] != after[at]), shorter)
    line = before[:at].count(b"\n") + 1
    place = f"line {line}" if path.suffix in {".csv", ".svg"} else f"byte {at + 1} of {len(before)}"
    return f"The first difference is at {place}: the file was changed after it was made."


def _last_line(error: BaseException) -> str:
    if isinstance(error, PapermillExecutionError):
        return f"{error.ename}: {error.evalue}"
    return str(error) or type(error).__name__


def main(arguments: list[str] | None = None) -> int:
    """Verify the files named on the command line; 0 when all are equal."""
    names = sys.argv[1:] if arguments is None else arguments
    if not names:
        print("Name a file: make verify FILE=reports/roskilde/figurer/....png", file=sys.stderr)
        return 2
    outcomes = []
    for name in names:
        try:
            verdict = verify(name)
        except FileNotFoundError as error:
            verdict = Verdict(UNKNOWN, (str(error),))
        print(f"{Path(name).name}\n{verdict}")
        outcomes.append(verdict.outcome)
    return 0 if set(outcomes) == {EQUAL} else 1


if __name__ == "__main__":
    sys.exit(main())
