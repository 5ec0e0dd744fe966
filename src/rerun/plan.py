"""Which notebook is run with which parameters, and what a notebook declares."""

import ast
import re
from dataclasses import dataclass
from pathlib import Path

import nbformat

from analysis import danish, municipalities
from analysis import files as paths

COLLECTION = "[0-9][0-9]_*.ipynb"
OWN = "egne"  # folder of notebooks that the researchers keep for themselves
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
    def name(self) -> str:
        """Name of the notebook in ``notebooks/``, as "02_caseload" or "egne/digital"."""
        folder = paths.project() / "notebooks"
        inside = self.notebook.is_relative_to(folder)
        return (
            (self.notebook.relative_to(folder) if inside else Path(self.notebook.name))
            .with_suffix("")
            .as_posix()
        )

    @property
    def executed(self) -> Path:
        """The executed notebook."""
        return self.folder / "notesboeger" / f"{self.name.replace('/', '_')}.ipynb"


def all_notebooks() -> dict[str, Path]:
    """Every notebook in ``notebooks/`` by its name, the researchers' own and scratch files among them."""
    folder = paths.project() / "notebooks"
    names = {
        file.relative_to(folder).with_suffix("").as_posix(): file for file in sorted(folder.rglob("*.ipynb"))
    }
    return {name: file for name, file in names.items() if ".ipynb_checkpoints" not in name}


def notebooks(named: str = "") -> list[Path]:
    """The notebooks of the collection, in order, or those that are named.

    Parameters
    ----------
    named : str
        Names with blanks or commas between, as "02_caseload egne/digital"; with or without their ending.

    Raises
    ------
    ValueError
        If there is no such notebook; the message lists those that are there.
    """
    known = all_notebooks()
    if not named.strip():
        folder = paths.project() / "notebooks"
        return [file for file in known.values() if file.parent == folder and file.match(COLLECTION)]
    wanted = [
        name.removesuffix(".ipynb").removeprefix("notebooks/") for name in re.split(r"[\s,;]+", named.strip())
    ]
    unknown = [name for name in wanted if name not in known]
    if unknown:
        raise ValueError(
            f"`NOTEBOOKS` must name notebooks in notebooks/ ({', '.join(known)}), but {len(unknown)} of {len(wanted)} "
            f"are not there (first: `{unknown[0]}`). Correct the name."
        )
    return [known[name] for name in dict.fromkeys(wanted)]


def _tagged(cell: nbformat.NotebookNode) -> bool:
    return "parameters" in cell.metadata.get("tags", [])


def read_notebook(notebook: Path) -> nbformat.NotebookNode:
    """A notebook as it stands.

    Raises
    ------
    ValueError
        If the file is no notebook; the message says what is wrong with it.
    """
    try:
        return nbformat.reads(notebook.read_text(encoding="utf-8"), as_version=4)
    except UnicodeDecodeError as error:
        wrong = f"is not UTF-8 (byte {error.start})"
    except (
        nbformat.reader.NotJSONError,
        nbformat.ValidationError,
        AttributeError,
        KeyError,
        TypeError,
    ) as error:
        wrong = f"can't be read as one ({next(iter(str(error).splitlines()), type(error).__name__)[:80]})"
    raise ValueError(
        f"`{notebook.name}` must be a Jupyter notebook, but {wrong}. Open it in JupyterLab and save it anew, or take "
        "it out of notebooks/."
    )


def _parsed(notebook: Path, source: str) -> ast.Module:
    try:
        return ast.parse(source)
    except SyntaxError as error:
        raise ValueError(
            f"The cell tagged `parameters` of {notebook.name} must be plain Python, but its line {error.lineno} is "
            f"not: {error.msg}. Correct it; a name and a value stand there as `year: int = 2014`."
        ) from None


def declared_parameters(notebook: Path) -> dict[str, str]:
    """Name -> kind of the parameters that a notebook declares in its cell tagged `parameters`.

    Raises
    ------
    ValueError
        If there is not exactly one such cell, or another cell sets one of them.
    """
    code = [cell for cell in read_notebook(notebook).cells if cell.cell_type == "code"]
    cells = [cell for cell in code if _tagged(cell)]
    if len(cells) != 1:
        raise ValueError(
            f"`{notebook.name}` must have one cell tagged `parameters`, but has {len(cells)}. Tag the cell, "
            "or papermill reports the default municipality under another's name."
        )
    declared = [node for node in _parsed(notebook, cells[0].source).body if isinstance(node, ast.AnnAssign)]
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
                f"`{name}` must be a parameter of {notebook.name} ({', '.join(declared)}). Write `{name}:"
                f" {type(value).__name__} = {value!r}` in its cell tagged `parameters`, or correct the spelling."
            )
        if type(value) is not KINDS.get(declared[name]):
            raise ValueError(
                f"`{name}` must be of kind {declared[name]} in {notebook.name}, but is {value!r} "
                f"({type(value).__name__}). Give it as the notebook declares it."
            )


def plan(places: list[str], parameters: dict | None = None, chosen: list[Path] | None = None) -> list[Run]:
    """Notebooks for places; the country first: others use what it finds.

    A parameter that is wrong for a notebook, or a notebook that can't be read, is told by its own run.

    Parameters
    ----------
    places : list of str
        Names or codes of municipalities, groups, or "Hele landet".
    parameters : dict, optional
        What each notebook is given beside its place.
    chosen : list of Path, optional
        Notebooks; the collection if not given.

    Raises
    ------
    KeyError
        If a place is unknown; the message names the nearest.
    """
    names = sorted(
        dict.fromkeys(municipalities.find_place(place) for place in places),
        key=lambda name: not municipalities.is_country(name),
    )
    files = notebooks() if chosen is None else chosen
    return [
        Run(notebook, name, {"municipality": name, **(parameters or {})})
        for name in names
        for notebook in files
    ]


# Which places a wish names: names in a row, of one word or several, and regions.

_LONGEST = 5  # words of a name, as in "Region Hovedstaden" or "Bornholms Regionskommune"


def _region(name: str) -> list[str]:
    """Municipalities of a region, with or without the word Region; empty if it is none."""
    wanted = " ".join(name.split()).casefold().removeprefix("region ")
    return [m.name for m in municipalities.everyone() if m.region.casefold() == wanted]


def _places(name: str) -> list[str]:
    """Official names of what one name stands for.

    Raises
    ------
    KeyError
        If there is no such place; the message names the nearest.
    """
    return _region(name) or [municipalities.find_place(name)]


def _is_known(name: str) -> bool:
    try:
        return bool(_places(name))
    except KeyError:
        return False


def _names(text: str) -> list[str]:
    """The names in a text: between commas if there are any, else the longest that are known, and what is left."""
    if re.search(r"[,;\n]", text):
        return [name.strip() for name in re.split(r"[,;\n]", text) if name.strip()]
    words, names, unknown = text.split(), [], []
    while words:
        lengths = range(min(_LONGEST, len(words)), 0, -1)
        length = next((length for length in lengths if _is_known(" ".join(words[:length]))), 0)
        if unknown and length:
            names.append(" ".join(unknown))
            unknown = []
        if length:
            names.append(" ".join(words[:length]))
        else:
            unknown.append(words[0])
        words = words[length or 1 :]
    return [*names, " ".join(unknown)] if unknown else names


def named(text: str) -> list[str]:
    """Official names of the places that a text names, each once.

    Parameters
    ----------
    text : str
        Names or codes of municipalities, groups, regions ("Sjælland", "Region Sjælland") and "Hele landet",
        with commas or semicolons between them, or only blanks.

    Raises
    ------
    ValueError
        If it names nothing.
    KeyError
        If a name is unknown; the message says which, and the nearest.

    Examples
    --------
    >>> named("Roskilde Høje Taastrup hele landet")
    ['Roskilde', 'Høje-Taastrup', 'Hele landet']
    """
    names = _names(text)
    if not names:
        raise ValueError('`MUNICIPALITIES` must name places, as "Roskilde Køge", but is empty. Name one.')
    unknown = [name for name in names if not _is_known(name)]
    if unknown:
        try:
            municipalities.find_place(unknown[0])
        except KeyError as error:
            others = (
                "" if len(unknown) == 1 else f" Nor are {', '.join(f'`{name}`' for name in unknown[1:])}."
            )
            raise KeyError(f"{error.args[0]}{others} Regions may be named, too.") from None
    return list(dict.fromkeys(place for name in names for place in _places(name)))
