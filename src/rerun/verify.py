"""Is a published file what its record says? Make it again, and compare.

``python -m rerun.verify FILE`` reads the record in any exported file, runs the notebook that it names with
its parameters in a temporary folder, and says whether the file is equal, outdated or altered. Exit code 0 is
equal.
"""

import json
import sys
import tempfile
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from xml.etree.ElementTree import ParseError

import nbformat
import papermill
from defusedxml import DefusedXmlException
from nbclient.exceptions import DeadKernelError
from papermill.exceptions import PapermillExecutionError

from analysis import danish
from analysis.export import record as provenance
from analysis.export import record_reader
from rerun.kernels import Kernels
from rerun.plan import check_parameters
from rerun.site import papers

# Makes a published file again from the record that it carries.


def notebooks_of(record: dict) -> list[str]:
    """Return the notebooks that a record names: one, several for a report, none for work by hand."""
    return record.get("notebooks") or [name for name in [record.get("notebook")] if name]


def make_again(record: dict, folder: Path) -> list[Path]:
    """Run the notebooks of a record with its parameters, under the state that the record names.

    The state is only written down in the new files: they are made from today's data and code, so that they
    differ from the old ones where the figures do, and not for a digest's sake.

    Parameters
    ----------
    record : dict
        As `analysis.export.record_reader.read` returns it.
    folder : Path
        An empty folder for everything that is made.

    Returns
    -------
    list of Path
        The new files, in `folder`.

    Raises
    ------
    FileNotFoundError
        If a notebook isn't there any more.
    ValueError
        If a notebook doesn't declare a parameter that the record names.
    papermill.exceptions.PapermillExecutionError
        If a notebook fails.
    """
    names = notebooks_of(record)
    state = {key: record[key] for key in (*provenance.STATE, "notebook_digests") if key in record}
    for name in names:
        check_parameters(_notebook(name, state), record["parameters"])
    with Kernels(cold=len(names) == 1) as kernels:  # a warm server is worth its start for several
        executed = [_execute(name, record["parameters"], state, folder, kernels) for name in names]
    if record.get("kind") == "report":
        of_place = folder / danish.slug(record["place"])
        papers.write(executed, record["place"], of_place / record["file"], state)
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix != ".ipynb")


def _notebook(name: str, state: dict) -> Path:
    notebook = provenance.notebook_path(name)
    if not notebook.is_file():
        raise FileNotFoundError(
            f"`notebook` must be in the folder notebooks, but {notebook.name} is not there. "
            f"Check out commit {state.get('commit', '')[:12]}."
        )
    return notebook


def _execute(name: str, parameters: dict, state: dict, folder: Path, kernels: Kernels) -> Path:
    notebook = _notebook(name, state)
    this_run = {"notebook": name, "parameters": parameters, "state": state}
    surroundings = {
        "ANALYSIS_RUN": json.dumps(this_run),
        "ANALYSIS_REPORTS": str(folder.resolve()),
        "ANALYSIS_PUBLICATION": "",
    }
    executed = papermill.execute_notebook(
        str(notebook),
        None,
        parameters=parameters,
        kernel_name="python3",
        progress_bar=False,
        request_save_on_cell_execute=False,
        shutdown_kernel="immediate",
        kernel_manager_class=kernels.manager(surroundings),
        resources={"metadata": {"path": str(notebook.parent)}},
    )
    path = folder / notebook.name
    nbformat.write(executed, path)
    return path


# Is a published file what its record says? Make it again, and compare.

EQUAL, OUTDATED, ALTERED, UNKNOWN = "EQUAL", "OUTDATED", "ALTERED", "CAN'T TELL"
_UNREADABLE = (ValueError, KeyError, zipfile.BadZipFile, zlib.error, ParseError, DefusedXmlException)
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
        record = record_reader.read(path)
    except FileNotFoundError:
        raise
    except (OSError, *_UNREADABLE) as error:  # a broken image is an OSError
        return Verdict(ALTERED, (f"the record of {path.name} can't be read.", str(error)))
    if not notebooks_of(record):
        why = f"{path.name} was made by hand: its record names no notebook that could be run again."
        return Verdict(UNKNOWN, (why, *changes_since(record)))
    with tempfile.TemporaryDirectory(prefix="verify_") as folder:
        try:
            again = make_again(record, Path(folder))
        except (PapermillExecutionError, DeadKernelError, FileNotFoundError) as error:
            changes = changes_since(record)
            why = f"{_source(record)} can't be run again: {_cause(error)}"
            return Verdict(OUTDATED if changes else UNKNOWN, (why, *changes))
        return compare(path, record, _remade(path, record, again))


def _remade(path: Path, record: dict, again: list[Path]) -> Path | None:
    """The new file that stands for the old one, also where the old one has been renamed."""
    stem = record.get("file") or path.stem
    wanted = [path.name, f"{stem}{path.suffix}", f"{stem}_tryk{path.suffix}"]
    found = [new for name in wanted for new in again if new.name == name]
    same = [new for new in found if new.read_bytes() == path.read_bytes()]
    return next(iter(same + found), None)


def compare(path: Path, record: dict, new: Path | None) -> Verdict:
    """Compare a file with the one that was made again, in the light of what has changed since."""
    changes, source = changes_since(record), _source(record)
    if new is None:
        why = f"{source} makes no file {path.name} any more."
        return Verdict(OUTDATED if changes else ALTERED, (why, *changes))
    same = new.read_bytes() == path.read_bytes()
    if changes:
        shows = "it still comes out the same" if same else "it comes out differently"
        why = f"made again from {source} with what is here now, {shows}."
        return Verdict(OUTDATED, (why, *changes, _way_back(record)))
    if same:
        why = f"made again from {source}, {path.name} is the same to the byte."
        return Verdict(EQUAL, (why, *_moved(record)))
    why = f"nothing that {path.name} is made from has changed, but {source} makes another file."
    return Verdict(ALTERED, (why, _first_difference(path, new), *_moved(record)))


def _source(record: dict) -> str:
    run = ", ".join(f"{name} = {value}" for name, value in record["parameters"].items())
    return ", ".join(notebooks_of(record)) + (f" ({run})" if run else "")


def changes_since(record: dict) -> list[str]:
    """Return what has changed since a record was written, but for the commit: one sentence each."""
    now = provenance.state(record.get("notebook", ""))
    changes = [
        f"{word} changed since: digest {_short(record[name])}, now {_short(now[name])}."
        for name, word in _DIGESTS.items()
        if name in record and record[name] != now[name]
    ]
    changes += [
        f"the code of {notebook} changed since."
        for notebook, digest in record.get("notebook_digests", {}).items()
        if provenance.notebook_digest(notebook) != digest
    ]
    before, after = record.get("packages", {}), now["packages"]
    others = [
        f"{name} {before.get(name, 'absent')}, now {after.get(name, 'absent')}"
        for name in sorted({*before, *after})
        if before.get(name) != after.get(name)
    ]
    return changes + ([f"packages changed since: {'; '.join(others)}."] if others else [])


def _short(digest: str) -> str:
    return digest[:12] or "none"


def _moved(record: dict) -> list[str]:
    head, _ = provenance.commit()
    before = record.get("commit", "")
    if before == head:
        return []
    return [f"The commit was {_short(before)} and is {_short(head)}; data, code and packages are the same."]


def _way_back(record: dict) -> str:
    beside = ", which had changes that weren't committed" if record.get("uncommitted_changes") else ""
    return f"To have it as it was: commit {_short(record['commit'])}{beside}, its data, and its packages."


def _first_difference(path: Path, new: Path) -> str:
    before, after = path.read_bytes(), new.read_bytes()
    shorter = min(len(before), len(after))
    at = next((at for at in range(shorter) if before[at] != after[at]), shorter)
    line = before[:at].count(b"\n") + 1
    place = f"line {line}" if path.suffix in {".csv", ".svg"} else f"byte {at + 1} of {len(before)}"
    return f"The first difference is at {place}: the file was changed after it was made."


def _cause(error: BaseException) -> str:
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
