"""The processed tables, by name."""

import functools
import hashlib
import json
from pathlib import Path

import pandas as pd

from analysis import paths


def _described() -> dict:
    file = paths.processed() / "digests.json"
    if not file.is_file():
        raise FileNotFoundError(
            "`data/processed` must hold the built tables, but holds none. Run `make data` in the project's folder."
        )
    return json.loads(file.read_text(encoding="utf-8"))


@functools.lru_cache(maxsize=16)
def _read(file: Path, sha256: str) -> pd.DataFrame:
    """A table, read once for as long as its digest is the same; whoever changes a copy changes only that."""
    return pd.read_parquet(file)


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
    tables = _described()["tables"]
    if name not in tables:
        known = ", ".join(f"`{table}`" for table in tables)
        raise KeyError(f"`{name}` must be a processed table ({known}). Run `make data` if it is a new one.")
    table = _read(paths.processed() / f"{name}.parquet", tables[name]["sha256"]).copy(deep=False)
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


def is_synthetic(name: str | None = None) -> bool:
    """Whether a table, or anything at all when no table is named, comes from synthetic deliveries."""
    tables = _described()["tables"]
    chosen = tables if name is None else {name: tables[name]}
    return any(table["synthetic"] for table in chosen.values())


def synthetic_deliveries() -> list[str]:
    """The synthetic deliveries that the tables are made of, by their path in data/raw."""
    deliveries = _described()["deliveries"]
    return sorted(path for path, said in deliveries.items() if said["synthetic"])


def titles(name: str) -> list[str]:
    """Titles of the deliveries that a table is made of, as their sidecars give them."""
    return list(_described()["tables"][name]["titles"])


def digest() -> str:
    """Sha256 over all processed tables: changes when any of them does."""
    tables = _described()["tables"]
    parts = "".join(f"{name}:{tables[name]['sha256']}\n" for name in sorted(tables))
    return hashlib.sha256(parts.encode()).hexdigest()
