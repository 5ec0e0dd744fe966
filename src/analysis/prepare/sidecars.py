"""Sidecars: the .yml file beside each raw delivery that says what it is.

A delivery is a file or a folder in ``data/raw``; its sidecar has the same stem. It holds title, producer,
dates, licence, whether the data is provided with the project and whether it is synthetic, the reader, the
year, the files with their sha256 and rows, and the columns raw -> ours. Columns that are not listed are not
kept.
"""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from analysis import files as paths

# what a proposed sidecar says where only the researcher knows
TO_FILL_IN = "UDFYLD"
READERS = ("surveyxact", "spss", "tabular", "refi_qda")
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

    @property
    def delivery(self) -> Path:
        """The file or folder that the sidecar stands beside."""
        return self.file.parent / self.path

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
    return Sidecar(file=file, **said)


def _check_keys(said: dict, file: Path) -> None:
    optional = {"values": dict, "year": int, "notes": str}
    for key, kind in _REQUIRED.items():
        if not isinstance(said.get(key), kind):
            raise ValueError(
                f"`{key}` in {file.name} must be of kind {kind.__name__}, but is {said.get(key)!r}. Fill "
                "it in."
            )
    unfilled = _unfilled(said)
    if unfilled:
        raise ValueError(
            f"`{file.name}` must be filled in, but {len(unfilled)} of its keys still say {TO_FILL_IN} "
            f"(first: `{unfilled[0]}`). Write what you know of the delivery there."
        )
    unknown = [key for key in said if key not in _REQUIRED | optional]
    if unknown:
        known = ", ".join(_REQUIRED | optional)
        raise ValueError(
            f"`{unknown[0]}` in {file.name} must be one of the sidecar's keys ({known}). Correct it."
        )
    if said["reader"] not in READERS:
        raise ValueError(
            f"`reader` in {file.name} must be one of {', '.join(READERS)}, but is {said['reader']}."
        )


def _unfilled(said: dict) -> list[str]:
    """Keys that a proposal left to the researcher, and that are still so."""
    keys = {key: said[key] for key in _REQUIRED}
    for column, levels in (said.get("values") or {}).items():
        keys |= {f"values: {column}: {label}": level for label, level in dict(levels or {}).items()}
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
                f"`{path.name}` must have the sha256 of {sidecar.file.name} "
                f"({str(said.get('sha256'))[:12]}…), but has {sha256(path)[:12]}…. Put the file back as "
                "delivered, or run `make delivery FILE=…` for a new one."
            )


def write_sidecar(file: Path, said: dict) -> None:
    """Write a sidecar, its keys in the order given; beside first, then renamed."""
    beside = file.with_name(file.name + ".new")
    beside.write_text(yaml.safe_dump(said, allow_unicode=True, sort_keys=False, width=120), encoding="utf-8")
    beside.replace(file)
