"""The processed tables, by name."""

import contextlib
import functools
import hashlib
import json
import os
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import ParamSpec, TypeVar, get_type_hints

import pandas as pd

from analysis import files
from analysis.files import code_digest

_TOLD = ("title", "synthetic", "year", "tables", "counted_with")  # of each delivery


def _described() -> dict:
    file = files.processed() / "digests.json"
    if not file.is_file():
        raise FileNotFoundError(
            "`data/processed` must hold the built tables, but holds none. Run `make data` in the project's folder."
        )
    try:
        described = json.loads(file.read_text(encoding="utf-8"))
        deliveries = {
            path: {key: told[key] for key in _TOLD} for path, told in described["deliveries"].items()
        }
        return {"tables": dict(described["tables"]), "deliveries": deliveries}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(
            "`data/processed/digests.json` must list the built tables, but can't be read as that. "
            "Run `make data`: it builds them anew."
        ) from error


@functools.lru_cache(maxsize=16)
def _read(file: Path, sha256: str) -> pd.DataFrame:
    """A table, read once for as long as its digest is the same; whoever changes a copy changes only that."""
    try:
        content = file.read_bytes()
    except FileNotFoundError:
        content = b""
    if hashlib.sha256(content).hexdigest() != sha256:
        wrong = "has changed since" if content else "is gone or empty"
        raise ValueError(
            f"`data/processed/{file.name}` must be the table that was built, but {wrong}. "
            "Run `make data`: it builds the tables anew."
        )
    return pd.read_parquet(BytesIO(content))


def _of_table(name: str) -> dict:
    tables = _described()["tables"]
    if name not in tables:
        known = ", ".join(f"`{table}`" for table in tables)
        raise KeyError(f"`{name}` must be a processed table ({known}). Run `make data` if it is a new one.")
    return tables[name]


def read(name: str, year: int | None = None) -> pd.DataFrame:
    """One processed table, as `prepare` wrote it.

    Parameters
    ----------
    name : str
        As "caseworkers"; the codebook lists the columns.
    year : int, optional
        Only the rows of this year.

    Raises
    ------
    FileNotFoundError
        If nothing has been built.
    KeyError
        If there is no such table, or it has not been built yet.
    ValueError
        If the table has no rows of the year.
    """
    table = _read(files.processed() / f"{name}.parquet", _of_table(name)["sha256"]).copy(deep=False)
    if year is None:
        return table
    of_year = table[table["year"] == year].reset_index(drop=True)
    if of_year.empty:
        years = ", ".join(str(y) for y in sorted(table["year"].unique()))
        raise ValueError(
            f"`year` must be a year of `{name}` ({years}), but is {year}. Choose one, or put its delivery in data/raw."
        )
    return of_year


def years(name: str) -> list[int]:
    """The years that a table has rows of, in order."""
    return sorted(int(year) for year in read(name)["year"].unique())


def _deliveries(name: str, year: int | None, *parts: str) -> list[dict]:
    """What is told of the deliveries behind a table: those of a year and of none, where a year is named."""
    _of_table(name)
    of_table = [
        one for one in _described()["deliveries"].values() if any(name in one[part] for part in parts)
    ]
    return [one for one in of_table if year is None or one["year"] in (None, year)]


def is_synthetic(name: str, year: int | None = None) -> bool:
    """Whether numbers of a table, in one year or any, rest on a synthetic delivery: its own, or one that weighs it."""
    return any(one["synthetic"] for one in _deliveries(name, year, "tables", "counted_with"))


def synthetic_deliveries() -> list[str]:
    """The synthetic deliveries that the tables are made of, by their path in data/raw."""
    deliveries = _described()["deliveries"]
    return sorted(path for path, said in deliveries.items() if said["synthetic"])


def titles(name: str, year: int | None = None) -> list[str]:
    """Titles of the deliveries that a table is made of, as their sidecars give them; of one year, where it is told."""
    return sorted({one["title"] for one in _deliveries(name, year, "tables")})


def digest() -> str:
    """Sha256 over all processed tables and what is told of their deliveries: changes when any of it does."""
    return hashlib.sha256(json.dumps(_described(), sort_keys=True).encode()).hexdigest()


# What is the same for every municipality, kept on disk while the collection is run: made once, not 98 times.

_Given = ParamSpec("_Given")
_Made = TypeVar("_Made")


def _folder() -> Path | None:
    named = os.environ.get("ANALYSIS_KEPT", "")
    return Path(named) if named else None


def content(kind: str, made_from: str, make: Callable[[], bytes]) -> bytes:
    """Return what `make` makes, made once for all that is made from the same text.

    Parameters
    ----------
    kind : str
        What is made, as "png".
    made_from : str
        Everything that the content depends on, beside code and packages.
    make : callable
        Makes it.
    """
    folder = _folder()
    if folder is None:
        return make()
    digest = hashlib.sha256(f"{kind}\n{code_digest()}\n{made_from}".encode()).hexdigest()
    file = folder / f"{digest}.{kind}"
    kept = _sealed(file)
    if kept is None:
        kept = make()
        with contextlib.suppress(
            OSError
        ):  # what can't be kept (a full disk, a folder to read only) is made again
            folder.mkdir(parents=True, exist_ok=True)
            files.write(file, hashlib.sha256(kept).digest() + kept)
    return kept


def _sealed(file: Path) -> bytes | None:
    """The content of a kept file behind its digest; None where there is none, or not the one that was written."""
    try:
        content = file.read_bytes()
    except OSError:
        return None
    return content[32:] if hashlib.sha256(content[32:]).digest() == content[:32] else None


def once(function: Callable[_Given, _Made]) -> Callable[_Given, _Made]:
    """Decorate a function of names and numbers that computes from the processed data: it computes once.

    Its result is kept for as long as the processed data is the same: in this process, and in the folder where there is
    one. Results are shared: nobody may change them. A function returns a text, or what has ``to_bytes`` and
    ``from_bytes``, and says so in its signature: nothing that is kept can run when it is read.
    """
    returned = get_type_hints(function)["return"]
    if returned is str:
        kind, dump, load = "txt", str.encode, bytes.decode
    else:
        kind, dump, load = "table", returned.to_bytes, returned.from_bytes

    @functools.lru_cache(maxsize=64)
    def computed(digest: str, *given: _Given.args, **named: _Given.kwargs) -> _Made:
        said = (
            f"{function.__module__}.{function.__qualname__}\n{given!r}\n{sorted(named.items())!r}\n{digest}"
        )
        return load(content(kind, said, lambda: dump(function(*given, **named))))

    @functools.wraps(function)
    def wrapper(*given: _Given.args, **named: _Given.kwargs) -> _Made:
        return computed(digest() + code_digest(), *given, **named)

    return wrapper
