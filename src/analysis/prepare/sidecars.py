"""Sidecars: the .yml file beside each raw delivery that says what it is.

A delivery is a file or a folder in ``data/raw``; its sidecar has the same stem. It holds title, producer,
dates, licence, whether the data is provided with the project and whether it is synthetic, the reader, the
year, the files with their sha256 and rows, and the columns raw -> ours. Columns that are not listed are not
kept. Where a file does not tell how its table lies in it, the sidecar says so: `sheet`, `header_rows`, `skip_rows`,
`rows_where`, `fill_down`, `decimal`, `missing`; `completed_when` says which rows are finished answers.
"""

import difflib
import hashlib
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from analysis import codebook
from analysis import files as paths
from analysis.readers.layout import Layout

# what a proposed sidecar says where only the researcher knows
TO_FILL_IN = "UDFYLD"
READERS = ("surveyxact", "spss", "stata", "tabular", "refi_qda")
_REQUIRED = {
    "title": str,
    "producer": str,
    "dates": str,
    "licence": str,
    "provided": bool,
    "synthetic": bool,
    "reader": str,
    "tables": list,
    "path": str,
    "files": dict,
    "columns": dict,
}
_OPTIONAL = {
    "values": dict,
    "year": int,
    "notes": str,
    "sheet": str,
    "header_rows": int,
    "skip_rows": int,
    "rows_where": dict,
    "fill_down": list,
    "decimal": (str, dict),
    "missing": (list, dict),
    "completed_when": dict,
}


def _is_one(value: object) -> bool:
    return not isinstance(value, (list, dict, type(None)))


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _are(values: object, fits: Callable, names: Callable = _is_text) -> bool:
    """Whether all values of a list fit, or of a dict, whose keys fit too."""
    if isinstance(values, dict):
        return all(names(name) and fits(value) for name, value in values.items())
    return isinstance(values, list) and all(map(fits, values))


def _is_number(value: object) -> bool:
    return value is None or (isinstance(value, (int, float)) and math.isfinite(value))


def _is_mark(value: object) -> bool:
    return value in (",", ".") or str(value).startswith(TO_FILL_IN)


def _are_rows(value: object) -> bool:
    said = value.get("not") if isinstance(value, dict) else value
    return _is_one(said) or (isinstance(said, list) and _are(said, _is_one))


# key -> what fits, and what to say of it
_SHAPES = {
    "tables": (lambda said: said and _are(said, _is_text), "a list of tables"),
    "path": (lambda said: 0 < len(said) < 256 and said.isprintable(), "the name of a file or folder"),
    "files": (
        lambda said: said and _are(said, lambda of_file: isinstance(of_file, dict)),
        "one file's name or more, each with its sha256 and rows under it",
    ),
    "columns": (lambda said: _are(said, _is_text, _is_one), "the delivery's name of a column: ours"),
    "values": (
        lambda said: _are(
            said,
            lambda levels: levels is None or (isinstance(levels, dict) and _are(levels, _is_one, _is_one)),
        ),
        "our name of a column, and under it the delivery's answer: our level",
    ),
    "header_rows": (lambda said: said > 0, "1 or more"),
    "skip_rows": (lambda said: said >= 0, "0 or more"),
    "rows_where": (lambda said: _are(said, _are_rows), "a column: [values], or a column: {not: [values]}"),
    "fill_down": (lambda said: _are(said, _is_text), "a list of columns"),
    "decimal": (
        lambda said: _is_mark(said) or (isinstance(said, dict) and _are(said, _is_mark)),
        "',' or '.', of all columns or of a column each",
    ),
    "missing": (
        lambda said: _are(said, _is_number if isinstance(said, dict) else _is_one, _is_one),
        "a list of what stands for a missing answer, or what stands there: the number it means",
    ),
    "completed_when": (
        lambda said: _are(
            said, lambda value: _is_one(value) or (isinstance(value, list) and _are(value, _is_one))
        ),
        "a column: the value of a finished answer",
    ),
}
# whose columns stand in one delivery with another's
_DELIVERED_WITH = {"caseworkers": ("leaders", "staff"), "leaders": ("caseworkers", "staff")}


@dataclass(frozen=True)
class Sidecar:
    """What a sidecar says; the attributes are its keys, `file` is the sidecar itself."""

    file: Path
    title: str
    producer: str
    dates: str
    licence: str
    provided: bool
    synthetic: bool
    reader: str
    tables: list[str]
    path: str
    files: dict[str, dict]
    columns: dict[str, str]
    values: dict[str, dict] = field(default_factory=dict)
    year: int | None = None
    notes: str = ""
    sheet: str | None = None
    header_rows: int | None = None
    skip_rows: int = 0
    rows_where: dict = field(default_factory=dict)
    fill_down: list = field(default_factory=list)
    decimal: str | dict | None = None
    missing: list | dict = field(default_factory=list)
    completed_when: dict = field(default_factory=dict)

    @property
    def delivery(self) -> Path:
        """The file or folder that the sidecar stands beside."""
        return self.file.parent / self.path

    @property
    def layout(self) -> Layout:
        """How the table lies in its file."""
        said = {name: getattr(self, name) for name in Layout.__dataclass_fields__}
        return Layout(**said | {"fill_down": tuple(self.fill_down)})

    def paths(self) -> list[Path]:
        """The files of the delivery."""
        return [self.delivery / name if self.delivery.is_dir() else self.delivery for name in self.files]


def sha256(path: Path) -> str:
    """Hex digest of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_sidecar(file: Path) -> Sidecar:
    """One sidecar, its keys checked.

    Raises
    ------
    ValueError
        If it is not YAML, or a key is missing, unknown, or of the wrong kind.
    """
    try:
        said = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ValueError(
            f"`{file.name}` must be YAML in UTF-8, but can't be read ({error}). Correct it."
        ) from None
    if not isinstance(said, dict):
        raise ValueError(f"`{file.name}` must hold keys and values, but holds none. Fill it in.")
    _check_keys(said, file)
    _check_inside(said, file)
    return Sidecar(file=file, **{key: value for key, value in said.items() if value is not None})


def _check_inside(said: dict, file: Path) -> None:
    """A delivery lies beside its sidecar or below: no path, nor a link in it, leads out of that folder."""
    folder, delivery = file.parent.resolve(), file.parent / said["path"]
    named = [delivery, *(delivery / str(name) for name in said["files"] if delivery.is_dir())]
    outside = [path for path in named if not path.resolve().is_relative_to(folder)]
    if outside:
        raise ValueError(
            f"`path` and `files` in {file.name} must lie in the sidecar's folder, but {len(outside)} of {len(named)} "
            f"lead out of it (first: {outside[0].name}). Put the delivery itself beside its sidecar."
        )


def _check_keys(said: dict, file: Path) -> None:
    for key, kind in _REQUIRED.items():
        if not isinstance(said.get(key), kind):
            raise ValueError(
                f"`{key}` in {file.name} must be of kind {kind.__name__}, but is {said.get(key)!r}. Fill it in."
            )
    for key, value in said.items():
        if key not in _REQUIRED | _OPTIONAL:
            known = list(_REQUIRED | _OPTIONAL)
            raise ValueError(
                f"`{key}` in {file.name} must be one of the sidecar's keys ({', '.join(known)}), but is not. "
                f"{_nearest(key, known)} Correct it."
            )
        if key in _OPTIONAL and value is not None and not isinstance(value, _OPTIONAL[key]):
            kinds = _OPTIONAL[key] if isinstance(_OPTIONAL[key], tuple) else (_OPTIONAL[key],)
            raise ValueError(
                f"`{key}` in {file.name} must be of kind {' or '.join(kind.__name__ for kind in kinds)}, but is "
                f"{value!r}. Correct it."
            )
    for key, (fits, expected) in _SHAPES.items():
        if said.get(key) is not None and not fits(said[key]):
            raise ValueError(
                f"`{key}` in {file.name} must be {expected}, but is {str(said[key])[:80]!r}. Correct it."
            )
    unfilled = _unfilled(said)
    if unfilled:
        raise ValueError(
            f"`{file.name}` must be filled in, but {len(unfilled)} of its keys still say {TO_FILL_IN} "
            f"(first: `{unfilled[0]}`). Write what you know of the delivery there."
        )
    if said["reader"] not in READERS:
        raise ValueError(
            f"`reader` in {file.name} must be one of {', '.join(READERS)}, but is {said['reader']}."
        )
    _check_targets(said, file)


def _nearest(name: object, known: list[str]) -> str:
    near = difflib.get_close_matches(str(name), known, n=1, cutoff=0.5)
    return f"The nearest is `{near[0]}`." if near else ""


def _check_targets(said: dict, file: Path) -> None:
    """Check that tables and columns are the codebook's: what it lacks would be left out without a word."""
    book = codebook.read_codebook()
    tables = sorted(set(book["table"]))
    known = [table for table in said["tables"] if table in tables]
    for table in said["tables"]:
        if table not in tables:
            raise ValueError(
                f"`tables` in {file.name} must name tables of data/codebook.csv, but `{table}` is none. "
                f"{_nearest(table, tables)} Correct it."
            )
    reach = {*known, *(other for table in known for other in _DELIVERED_WITH.get(table, ()))}
    columns = sorted(set(book.loc[book["table"].isin(reach), "column"]))
    wrong = [ours for ours in said["columns"].values() if ours not in columns]
    if wrong:
        raise ValueError(
            f"`columns` in {file.name} must name columns of data/codebook.csv behind the colon, but {len(wrong)} of "
            f"{len(said['columns'])} are none (first: `{wrong[0]}`). {_nearest(wrong[0], columns)} Correct it."
        )
    odd = [raw for raw in said["columns"] if not isinstance(raw, str)]
    if odd:
        raise ValueError(
            f"`columns` in {file.name} must name columns of the delivery as text, but {len(odd)} of "
            f"{len(said['columns'])} are not (first: {odd[0]!r}). Put quotes round them, as in the header."
        )


def _unfilled(said: dict) -> list[str]:
    """Keys that a proposal left to the researcher, and that are still so."""
    keys = {key: said[key] for key in _REQUIRED}
    for column, levels in (said.get("values") or {}).items():
        keys |= {f"values: {column}: {label}": level for label, level in dict(levels or {}).items()}
    if isinstance(said.get("decimal"), dict):
        keys |= {f"decimal: {column}": mark for column, mark in said["decimal"].items()}
    return [key for key, value in keys.items() if str(value).startswith(TO_FILL_IN)]


def read_sidecars(folder: Path | None = None) -> list[Sidecar]:
    """All sidecars of a folder and its subfolders, in order of their names; proposals (`.forslag.yml`) are not read."""
    files = sorted((folder or paths.raw()).rglob("*.yml"))
    return [read_sidecar(file) for file in files if not file.name.endswith(".forslag.yml")]


def check_delivery(sidecar: Sidecar) -> None:
    """Check that every file of a delivery is there, and is the one that the sidecar describes.

    Raises
    ------
    FileNotFoundError
        If a file is missing.
    ValueError
        If a file's sha256 is not the sidecar's.
    """
    missing = [path.name for path in sidecar.paths() if not path.is_file()]
    if missing:
        raise FileNotFoundError(
            f"`{sidecar.path}` must hold {len(sidecar.files)} files, but {len(missing)} are missing (first: "
            f"{missing[0]}). Put the whole delivery in data/raw, or remove its sidecar {sidecar.file.name}."
        )
    for path, said in zip(sidecar.paths(), sidecar.files.values(), strict=True):
        if sha256(path) != said.get("sha256"):
            raise ValueError(
                f"`{path.name}` must have the sha256 of {sidecar.file.name} ({str(said.get('sha256'))[:12]}…), but has "
                f"{sha256(path)[:12]}…. Put the file back as delivered, or run `make delivery FILE=…` for a new one."
            )


def write_sidecar(file: Path, said: dict) -> None:
    """Write a sidecar, its keys in the order given; beside first, then renamed."""
    beside = file.with_name(file.name + ".new")
    beside.write_text(yaml.safe_dump(said, allow_unicode=True, sort_keys=False, width=120), encoding="utf-8")
    beside.replace(file)
