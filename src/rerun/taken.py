"""Whether a run took its parameters: what it says it is about, and what its figures carry, is what was asked for."""

import re
from pathlib import Path

import nbformat

from analysis import danish, provenance_reader
from rerun.plan import Run

_BOLD = re.compile(r"\*\*(.+?)\.?\*\*")
_QUICK = (".png", ".svg", ".xlsx", ".pptx", ".pdf", ".zip", ".csv")  # where a record is read soonest


def _heading(executed: nbformat.NotebookNode) -> str | None:
    """The place that the first text of an executed notebook is headed by; None where there is no such text."""
    texts = [
        output.data["text/markdown"]
        for cell in executed.cells
        for output in cell.get("outputs", [])
        if "text/markdown" in output.get("data", {})
    ]
    found = _BOLD.match(texts[0]) if texts else None
    return found[1] if found else None


def _figures(staged: Path) -> list[Path]:
    """One file of each figure that a run has published: all files of a figure carry the same record."""
    files = sorted(
        (file for file in staged.rglob("*") if file.is_file()),
        key=lambda file: _QUICK.index(file.suffix) if file.suffix in _QUICK else len(_QUICK),
    )
    first: dict[Path, Path] = {}
    for file in files:
        first.setdefault(file.with_suffix(""), file)
    return list(first.values())


def _complaint_of_figure(run: Run, file: Path, folder: Path) -> str:
    """What is wrong with one published figure; empty if nothing is."""
    try:
        record = provenance_reader.read(file)
    except (ValueError, FileNotFoundError) as error:  # not by `publish`: nobody can say what it is about
        return str(error)
    threshold = run.parameters.get("min_count")
    if record.get("place") != run.place or file.parent != folder:
        return (
            f"`municipality` is {run.place}, but the figure {file.name} is about {record.get('place')}. "
            "Draw it for the place that find_place(municipality) gives."
        )
    if threshold is not None and record.get("min_count") not in (None, threshold):
        return (
            f"`min_count` is {threshold}, but the figure {file.name} is of a table protected with "
            f"{record['min_count']}. Protect it with `min_count`."
        )
    return ""


def complaint(run: Run, executed: nbformat.NotebookNode, staged: Path) -> str:
    """What shows that a run did not take its parameters; empty if nothing does.

    Parameters
    ----------
    run : Run
    executed : NotebookNode
        The notebook with its outputs.
    staged : Path
        Where its figures were published.
    """
    said = _heading(executed)
    if said != run.place:
        found = f"is headed {said}" if said else "says of no place that it is about it"
        return (
            f"`municipality` is {run.place}, but the notebook {found}. Its first text must be "
            'Markdown(f"**{place}**") of place = find_place(municipality), and no cell may set them again.'
        )
    folder = staged / danish.slug(run.place) / "figurer"
    complaints = (_complaint_of_figure(run, file, folder) for file in _figures(staged))
    return next(filter(None, complaints), "")
