"""What a published file says about how it was made, and how that is read back from any of them.

The record names title, notebook, parameters, commit, digests and package versions: enough to make the file
again and to tell what has changed since. It holds no date, path, user or machine, so that a re-run is
byte-identical.
"""

import ast
import functools
import hashlib
import importlib.metadata
import json
import os
import platform
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd

from analysis import data, files, municipalities
from analysis.charts.figure import Figure
from analysis.files import code_digest

DISTRIBUTION = "casework-notebooks"
SYNTHETIC_WORDS = "SYNTETISKE DATA"
# What tells a later reader which state of the project a file was made in.
STATE = ("commit", "uncommitted_changes", "data_digest", "code_digest", "notebook_digest", "packages")


def run() -> dict:
    """Return the run that this process is part of, from the environment variable ``ANALYSIS_RUN``.

    Returns
    -------
    dict
        ``notebook`` and ``parameters``, of the run by `rerun` or of the notebook that is open in JupyterLab, and both
        empty elsewhere; and ``state`` where `rerun.verify` makes a file again under the state that it names.

    Raises
    ------
    ValueError
        If the variable isn't a JSON object.
    """
    text = os.environ.get("ANALYSIS_RUN", "").strip() or "{}"
    try:
        values = json.loads(text)
    except json.JSONDecodeError as error:
        raise ValueError(
            f"`ANALYSIS_RUN` must be a JSON object, but isn't JSON ({error.msg} at character {error.pos}). "
            "Unset it, or run the notebook with `python -m rerun`."
        ) from error
    if not isinstance(values, dict):
        raise ValueError(f"`ANALYSIS_RUN` must be a JSON object, but is a {type(values).__name__}. Unset it.")
    return {"notebook": "", "parameters": {}} | (values or _in_jupyter())


def _in_jupyter() -> dict:
    """Notebook and parameters of a notebook run by hand: its name as Jupyter says it, its values as they are."""
    path, folder = Path(os.environ.get("JPY_SESSION_NAME", "")), files.project() / "notebooks"
    module = sys.modules.get("IPython")
    shell = module.get_ipython() if module else None
    if shell is None or not path.is_relative_to(folder) or not path.is_file():
        return {}
    declared = _declared(json.loads(path.read_text(encoding="utf-8"))["cells"])
    parameters = {name: shell.user_ns[name] for name in declared if name in shell.user_ns}
    return {"notebook": path.relative_to(folder).with_suffix("").as_posix(), "parameters": parameters}


def _declared(cells: list[dict]) -> list[str]:
    tagged = [cell for cell in cells if "parameters" in cell["metadata"].get("tags", [])]
    source = "".join(tagged[0]["source"]) if tagged else ""
    return [node.target.id for node in ast.parse(source).body if isinstance(node, ast.AnnAssign)]


@functools.cache
def commit() -> tuple[str, bool]:
    """Return the project's commit and whether there are changes beside it; ``("", False)`` outside git."""
    head = _git("rev-parse", "HEAD")
    return head, bool(head and _git("status", "--porcelain"))


def _git(*arguments: str) -> str:
    if not (files.project() / ".git").exists():
        return ""
    command = ["git", "-C", str(files.project()), *arguments]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:  # a machine without git can still make figures
        return ""
    return answer.stdout.strip() if answer.returncode == 0 else ""


def notebook_path(notebook: str) -> Path:
    """Return the file of a notebook that is named as ``02_caseload``, with or without ``.ipynb``."""
    return files.project() / "notebooks" / f"{_name(notebook)}.ipynb"


def _name(notebook: str) -> str:
    """Name of a notebook below ``notebooks/``, as "02_caseload" or "egne/digital": a record leads nowhere else."""
    parts = Path(notebook.removesuffix(".ipynb")).parts
    return "/".join(parts[-2:] if parts[-2:-1] == ("egne",) else parts[-1:])


def notebook_digest(notebook: str) -> str:
    """Return the sha256 of a notebook's code cells; ``""`` for a notebook that isn't there."""
    path = notebook_path(notebook) if notebook else None
    if path is None or not path.is_file():
        return ""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    return hashlib.sha256(json.dumps(code).encode()).hexdigest()


@functools.cache
def _packages() -> tuple[tuple[str, str], ...]:
    names = [
        re.match(r"[\w.-]+", line)[0]
        for line in importlib.metadata.requires(DISTRIBUTION) or ()
        if "extra ==" not in line
    ]
    versions = {name: importlib.metadata.version(name) for name in names}
    return tuple(sorted({"python": platform.python_version(), **versions}.items()))


def packages() -> dict[str, str]:
    """Return the installed version of python and of every package that the project depends on."""
    return dict(_packages())


def _data_digest() -> str:
    try:
        return data.digest()
    except FileNotFoundError:  # nothing built: a figure of published tables needs no data
        return ""


def state(notebook: str = "") -> dict:
    """Return the state of the project now: commit, digests and package versions (the keys of `STATE`)."""
    head, changed = commit()
    values = (head, changed, _data_digest(), code_digest(), notebook_digest(notebook), packages())
    return dict(zip(STATE, values, strict=True))


def record(figure: Figure, file: str = "", **export) -> dict:
    """Return what a file of a figure says about how it was made.

    Parameters
    ----------
    figure : Figure
    file : str
        Name of the files, without ending.
    **export
        How it was exported: ``width_mm`` [mm], ``title_in_image``.

    Returns
    -------
    dict
        JSON-able; the same for every format of one figure.
    """
    this_run = run()
    notebook = _name(this_run["notebook"])
    texts = ("name", "place", "headline", "description", "note", "source", "alt", "unit")
    return {
        "title": figure.headline,
        "file": file,
        **{text: getattr(figure, text) for text in texts},
        "synthetic": bool(figure.synthetic),
        "data_basis": SYNTHETIC_WORDS if figure.synthetic else "",
        "notebook": notebook,
        "parameters": _parameters(figure, this_run["parameters"]),
        **state(notebook),
        **this_run.get("state", {}),
        "min_count": figure.table.min_count,
        "quantity": dict(figure.table.quantity or {}),
        "columns": dict(figure.columns),
        "keys": _keys(figure.table.frame),
        "verdicts": _verdicts(figure.table.frame),
        "export": export,
    }


def _parameters(figure: Figure, given: dict) -> dict:
    """What the notebook was run with; of what is the same for every place, what it is for the country."""
    shared = {"municipality": figure.place} if municipalities.is_country(figure.place) else {}
    return dict(sorted((given | {name: place for name, place in shared.items() if name in given}).items()))


def marked(text: str, synthetic: bool) -> str:
    """Return a text that says SYNTETISKE DATA where it must, and says it once."""
    said = not synthetic or SYNTHETIC_WORDS.lower() in text.lower()
    return text if said else f"{SYNTHETIC_WORDS}. {text}"


def _keys(rows: pd.DataFrame) -> dict:
    """Names of what the rows are about: which columns, and their values row by row; no number among them."""
    words = rows.drop(columns=["status", "verdict", "reliability"], errors="ignore")
    names = [name for name in words if name == "year" or not pd.api.types.is_numeric_dtype(words[name])]
    rows = zip(*(plain(words[name]) for name in names), strict=True)
    return {"columns": names, "rows": [list(row) for row in rows] or [[] for _ in range(len(words))]}


def plain(values: pd.Series) -> list:
    """Return the values of a column as Python's own; None where one is missing."""
    return [None if missing else value for value, missing in zip(values.tolist(), values.isna(), strict=True)]


def _verdicts(rows: pd.DataFrame) -> list[list[str] | None]:
    """Verdict and reliability, row by row, None where the row isn't shown; empty where nothing is judged."""
    if not {"verdict", "reliability"} <= set(rows.columns):
        return []
    judged = rows["status"].eq("shown") & rows["verdict"].notna()
    pairs = zip(judged, rows["verdict"], rows["reliability"], strict=True)
    return [[str(verdict), str(certainty)] if shown else None for shown, verdict, certainty in pairs]


def to_json(values: dict) -> str:
    """Write a record as one line of ASCII, which every file format can hold."""
    return json.dumps(values, ensure_ascii=True, sort_keys=True, default=_plain, separators=(",", ":"))


def _plain(value: object) -> object:
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, tuple | set | frozenset):
        return sorted(value) if not isinstance(value, tuple) else list(value)
    return str(value)


# What a reader of a figure's numbers must know, in words that stand in the workbook and in the zip.


def about(figure: Figure, record: dict) -> list[tuple[str, str]]:
    """Return what a reader of the numbers must know: (label, text) pairs, Danish."""
    digests = {"Data": "data_digest", "Kode": "code_digest", "Notesbogens kode": "notebook_digest"}
    least = figure.table.min_count
    pairs = [
        ("Datagrundlag", SYNTHETIC_WORDS if figure.synthetic else ""),
        ("Titel", figure.headline),
        ("Beskrivelse", figure.description),
        ("Sted", figure.place),
        ("Enhed", figure.unit),
        ("Anmærkning", figure.note),
        ("Kilde", figure.source),
        ("Billedtekst", figure.alt),
        ("Diskretion", f"Grupper med færre end {least} svar vises ikke." if least else ""),
        ("Decimaler", "Tallene er skrevet som i figuren."),
        ("Notesbog", record["notebook"]),
        ("Parametre", ", ".join(f"{name} = {value}" for name, value in record["parameters"].items())),
        ("Version", record["commit"] + (" med ændringer" if record["uncommitted_changes"] else "")),
        *((f"Kontrolsum, {label.lower()}", record[name]) for label, name in digests.items()),
        ("Pakker", ", ".join(f"{name} {version}" for name, version in record["packages"].items())),
    ]
    return [(label, text) for label, text in pairs if text]
