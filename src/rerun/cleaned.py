"""An executed notebook without what differs from machine to machine and from time to time."""

import re

import nbformat

from rerun.plan import Run

INJECTED = "injected-parameters"
_ABSOLUTE = re.compile(r"(?<![\w.:/<])/(?:[\w.@+ -]+/)+|\b[A-Za-z]:\\(?:[\w.@+ -]+\\)+")


def without_folders(text: str) -> str:
    """A text with absolute paths cut to the name of the file: they tell of a machine and its user.

    Examples
    --------
    >>> without_folders("/home/somebody/project/data.py:3: no")
    'data.py:3: no'
    """
    return _ABSOLUTE.sub("", text)


def _clean_output(output: nbformat.NotebookNode) -> None:
    if output.output_type == "stream":
        output.text = without_folders(output.text)
    if "text/plain" in output.get("data", {}):
        output.data["text/plain"] = without_folders(output.data["text/plain"])


def clean(notebook: nbformat.NotebookNode, run: Run) -> nbformat.NotebookNode:
    """The executed notebook as it is kept: no times, no folders, and the same ids each time."""
    notebook.metadata.pop("widgets", None)
    notebook.metadata["papermill"] = {"parameters": run.parameters}
    for cell in notebook.cells:
        for key in ("papermill", "execution"):
            cell.metadata.pop(key, None)
        if INJECTED in cell.metadata.get("tags", []):
            cell["id"] = INJECTED
        for output in cell.get("outputs", []):
            _clean_output(output)
    return notebook
