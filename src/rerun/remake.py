"""Makes a published file again from the record that it carries."""

import json
from pathlib import Path

import nbformat
import papermill

from analysis import provenance
from rerun.kernels import Kernels
from rerun.pdf_report import write_pdf_report
from rerun.plan import check_parameters


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
        write_pdf_report(executed, record["place"], folder / f"{record['file']}.pdf", state)
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
