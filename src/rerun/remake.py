"""Makes a published file again from the record that it carries."""

import contextlib
import json
import os
from collections.abc import Iterator
from pathlib import Path

import papermill

from analysis import provenance
from rerun.pdf_report import write_pdf_report

# As `rerun.run` does: how sums are split over threads can change their last digit.
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "POLARS_MAX_THREADS": "1", "PYDEVD_DISABLE_FILE_VALIDATION": "1"}


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
        As `analysis.provenance_reader.read` returns it.
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
    papermill.exceptions.PapermillExecutionError
        If a notebook fails.
    """
    executed = [_execute(name, record, folder) for name in notebooks_of(record)]
    if record.get("kind") == "report":
        with _environment(_surroundings("", record, folder)):
            write_pdf_report(executed, record["place"], folder / f"{record['file']}.pdf")
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix != ".ipynb")


def _execute(name: str, record: dict, folder: Path) -> Path:
    notebook = provenance.notebook_path(name)
    if not notebook.is_file():
        raise FileNotFoundError(
            f"`notebook` must be in the folder notebooks, but {notebook.name} is not there. "
            f"Check out commit {record.get('commit', '')[:12]}."
        )
    executed = folder / notebook.name
    with _environment(_surroundings(name, record, folder)):
        papermill.execute_notebook(
            str(notebook),
            str(executed),
            parameters=record["parameters"],
            kernel_name="python3",
            cwd=str(notebook.parent),
            progress_bar=False,
            shutdown_kernel="immediate",
        )
    return executed


def _surroundings(name: str, record: dict, folder: Path) -> dict[str, str]:
    state = {key: record[key] for key in (*provenance.STATE, "notebook_digests") if key in record}
    this_run = {"notebook": name, "parameters": record["parameters"], "state": state}
    return {
        "ANALYSIS_RUN": json.dumps(this_run),
        "ANALYSIS_REPORTS": str(folder),
        "ANALYSIS_PUBLICATION": "",
        **ONE_THREAD,
    }


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
