"""Which notebook is run with which parameters, and what a notebook declares."""

import ast
from dataclasses import dataclass
from pathlib import Path

import nbformat

from analysis import danish, municipalities, paths

INTERACTIVE = "explore"
KINDS = {"str": str, "int": int, "float": float, "bool": bool}


@dataclass(frozen=True)
class Run:
    """One notebook for one place.

    Attributes
    ----------
    notebook : Path
        The notebook as it stands in ``notebooks/``.
    place : str
        Official name of a municipality, a municipality group, or "Hele landet".
    parameters : dict
        What is injected; `municipality` is the place.
    """

    notebook: Path
    place: str
    parameters: dict

    @property
    def folder(self) -> Path:
        """Where the place's report is built."""
        return paths.reports() / danish.slug(self.place)

    @property
    def executed(self) -> Path:
        """The executed notebook."""
        return self.folder / "notesboeger" / self.notebook.name


def notebooks() -> list[Path]:
    """The notebooks of the collection, in order; the interactive one is not run."""
    found = sorted((paths.project() / "notebooks").glob("*.ipynb"))
    return [file for file in found if file.stem != INTERACTIVE]


def _tagged(cell: nbformat.NotebookNode) -> bool:
    return "parameters" in cell.metadata.get("tags", [])


def declared_parameters(notebook: Path) -> dict[str, str]:
    """Name -> kind of the parameters that a notebook declares in its cell tagged `parameters`.

    Raises
    ------
    ValueError
        If there is not exactly one such cell, or another cell sets one of them.
    """
    code = [cell for cell in nbformat.read(notebook, as_version=4).cells if cell.cell_type == "code"]
    cells = [cell for cell in code if _tagged(cell)]
    if len(cells) != 1:
        raise ValueError(
            f"`{notebook.name}` must have one cell tagged `parameters`, but has {len(cells)}. Tag the cell, "
            "or papermill reports the default municipality under another's name."
        )
    declared = [node for node in ast.parse(cells[0].source).body if isinstance(node, ast.AnnAssign)]
    for number, cell in enumerate(code, start=1):
        again = sorted(_names_set(cell.source) & {node.target.id for node in declared})
        if again and not _tagged(cell):
            raise ValueError(
                f"`{again[0]}` must be set in the cell tagged `parameters` of {notebook.name} only, but code cell "
                f"{number} sets it again: what was asked for would be lost. Use another name there."
            )
    return {node.target.id: ast.unparse(node.annotation) for node in declared}


def _names_set(source: str) -> set[str]:
    """Names that a cell gives a value; none where it isn't plain Python (it may hold a magic command)."""
    try:
        tree = ast.parse(source)
    except SyntaxError:  # told, with its line, by whoever executes it
        return set()
    return {
        node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }


def check_parameters(notebook: Path, parameters: dict) -> None:
    """Check names and kinds before a kernel is started.

    Raises
    ------
    ValueError
        If the notebook does not declare a parameter, or declares another kind.
    """
    declared = declared_parameters(notebook)
    for name, value in parameters.items():
        if name not in declared:
            raise ValueError(
                f"`{name}` must be a parameter of {notebook.name} ({', '.join(declared)}). "
                "Correct its spelling."
            )
        if type(value) is not KINDS.get(declared[name]):
            raise ValueError(
                f"`{name}` must be of kind {declared[name]} in {notebook.name}, but is {value!r} "
                f"({type(value).__name__}). Give it as the notebook declares it."
            )


def plan(places: list[str], parameters: dict | None = None) -> list[Run]:
    """Every notebook of the collection for every place, checked; the country first: others use what it finds.

    Raises
    ------
    KeyError
        If a place is unknown; the message names the nearest.
    ValueError
        If a parameter is not one that the notebooks declare.
    """
    names = sorted(
        dict.fromkeys(municipalities.find_place(place) for place in places),
        key=lambda name: not municipalities.is_country(name),
    )
    files = notebooks()
    for notebook in files:  # of a place only the name differs: once is enough
        check_parameters(notebook, {"municipality": municipalities.COUNTRY, **(parameters or {})})
    return [
        Run(notebook, name, {"municipality": name, **(parameters or {})})
        for name in names
        for notebook in files
    ]
