"""Writes the processed tables as a whole: beside first, then renamed, with their digests."""

import json
import shutil
from pathlib import Path

import pandas as pd

from analysis import paths
from analysis.sidecars import Sidecar, sha256


def _of_table(name: str, deliveries: list[Sidecar]) -> list[Sidecar]:
    """The deliveries that a processed table is made of."""
    derived = {"missing_answers": "caseworkers", "questions": "caseworkers", "interviews": "codings"}
    return [s for s in deliveries if name in s.tables or derived.get(name) in s.tables]


def _described(folder: Path, tables: dict[str, pd.DataFrame], deliveries: list[Sidecar]) -> dict:
    described = {
        name: {
            "sha256": sha256(folder / f"{name}.parquet"),
            "rows": len(table),
            "synthetic": any(s.synthetic for s in _of_table(name, deliveries)),
            "titles": sorted({s.title for s in _of_table(name, deliveries)}),
        }
        for name, table in tables.items()
    }
    sources = {s.path: {"title": s.title, "synthetic": s.synthetic, "year": s.year} for s in deliveries}
    return {"tables": described, "deliveries": sources}


def write(tables: dict[str, pd.DataFrame], deliveries: list[Sidecar], log: list[str]) -> None:
    """Replace data/processed by these tables, all at once; an interrupted call leaves the old ones whole."""
    folder = paths.processed()
    new, old = folder.with_name(folder.name + ".new"), folder.with_name(folder.name + ".old")
    if old.exists() and not folder.exists():
        old.rename(folder)
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(parents=True)
    for name, table in tables.items():
        table.to_parquet(new / f"{name}.parquet", index=False)
    described = _described(new, tables, deliveries)
    (new / "digests.json").write_text(json.dumps(described, ensure_ascii=False, indent=1), encoding="utf-8")
    (new / "prepare.log").write_text("\n".join(log) + "\n", encoding="utf-8")
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        folder.rename(old)
    new.rename(folder)
    shutil.rmtree(old, ignore_errors=True)
