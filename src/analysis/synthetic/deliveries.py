"""Writes the demonstration deliveries and their sidecars into data/raw, byte for byte the same each time."""

import shutil
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

from analysis import codebook
from analysis.prepare.sidecars import Sidecar, read_sidecars, sha256, write_sidecar
from analysis.synthetic.manifest import value
from analysis.synthetic.mapping import make_codes, make_interviews, make_practices
from analysis.synthetic.people import make_invited, make_staff
from analysis.synthetic.refi_qda_writer import write_refi_qda
from analysis.synthetic.survey import make_answers
from analysis.synthetic.surveyxact import QUESTIONS, write_surveyxact

YEAR = 2014
_COMMON = {
    "producer": "Projektets egen generator (analysis.synthetic)",
    "licence": "CC0 1.0",
    "provided": True,
    "synthetic": True,
}
_STAFF = {"kommunekode": "municipality_code", "rolle": "role", "omraade": "area", "ansatte": "employed_count"}


def _danish_csv(table: pd.DataFrame, file: Path) -> int:
    table.to_csv(file, sep=";", decimal=",", index=False, encoding="utf-8-sig", lineterminator="\r\n")
    return len(table)


def _write_survey(folder: Path, staff: pd.DataFrame, random: np.random.Generator) -> dict:
    rows = write_surveyxact(
        make_answers(make_invited(staff, random), staff, random), folder / "national_survey"
    )
    return {
        "title": "Syntetisk landsdækkende kortlægning, demonstrationsdata",
        "dates": "september 2014 (syntetisk)",
        "reader": "surveyxact",
        "tables": ["caseworkers", "leaders", "missing_answers"],
        "year": YEAR,
        "path": "national_survey",
        "rows": rows,
        "columns": {raw: ours for raw, (ours, _) in QUESTIONS.items()},
    }


def _write_staff(folder: Path, staff: pd.DataFrame) -> dict:
    ours = {name: raw for raw, name in _STAFF.items()}
    labels = {"role": codebook.levels("role", "staff"), "area": codebook.levels("area", "staff")}
    table = staff.assign(**{column: staff[column].map(words) for column, words in labels.items()})
    rows = _danish_csv(table[list(ours)].rename(columns=ours), folder / "staff_counts.csv")
    return {
        "title": "Syntetisk personaleopgørelse, demonstrationsdata",
        "dates": "september 2014 (syntetisk)",
        "reader": "tabular",
        "tables": ["staff"],
        "year": YEAR,
        "path": "staff_counts.csv",
        "rows": {"staff_counts.csv": rows},
        "columns": _STAFF,
    }


def _write_practices(folder: Path) -> dict:
    practices = make_practices()
    for column in practices:
        labels = codebook.levels(column, "practices")
        practices[column] = practices[column].map(labels) if labels else practices[column]
    practices["introduction_days"] = practices["introduction_days"].astype("Int64")
    rows = _danish_csv(practices, folder / "practices.csv")
    return {
        "title": "Syntetisk praksis i ni besøgte kommuner, demonstrationsdata",
        "dates": "2014 (syntetisk)",
        "reader": "tabular",
        "tables": ["practices"],
        "path": "practices.csv",
        "rows": {"practices.csv": rows},
        "columns": {column: column for column in practices},
    }


def _write_interviews(folder: Path, random: np.random.Generator) -> dict:
    interviews, codings = make_interviews(random)
    roles = interviews["role"].map(codebook.levels("interview_role", "interviews"))
    sources = pd.DataFrame(
        {"guid": interviews["name"], "name": interviews["name"], "text": interviews["text"]}
    )
    cases = pd.DataFrame({"guid": interviews["name"], "name": interviews["name"], "Rolle": roles})
    write_refi_qda(
        folder / "interviews.qdpx",
        codes=make_codes(),
        sources=sources,
        codings=codings.rename(columns={"interview": "source"}),
        cases=cases,
        case_sources=pd.DataFrame({"case": interviews["name"], "source": interviews["name"]}),
        name="Syntetisk dybdekortlægning",
        created="2014-12-01T12:00:00Z",
    )
    return {
        "title": "Syntetiske kodede interview, demonstrationsdata",
        "dates": "2014 (syntetisk)",
        "reader": "refi_qda",
        "tables": ["interviews", "codings"],
        "path": "interviews.qdpx",
        "rows": {"interviews.qdpx": len(codings)},
        "columns": {},
    }


def _write_all(folder: Path) -> list[dict]:
    """Every demonstration delivery into one folder; returns what their sidecars say."""
    random = np.random.default_rng(int(value("seed")))
    staff = make_staff(random)
    said = [
        _write_survey(folder, staff, random),
        _write_staff(folder, staff),
        _write_practices(folder),
        _write_interviews(folder, random),
    ]
    return [_COMMON | one | {"files": _files(folder / one["path"], one.pop("rows"))} for one in said]


def _files(path: Path, rows: dict[str, int]) -> dict[str, dict]:
    return {
        name: {"sha256": sha256(path / name if path.is_dir() else path), "rows": count}
        for name, count in rows.items()
    }


def _said_of(one: dict) -> dict:
    """The sidecar's keys in the order a reader wants them."""
    order = [
        "title",
        "producer",
        "dates",
        "licence",
        "provided",
        "synthetic",
        "year",
        "reader",
        "tables",
        "path",
    ]
    return {key: one[key] for key in [*order, "files", "columns"] if key in one}


def _is_whole(delivery: Path, sidecar: Sidecar | None) -> bool:
    """Whether a delivery stands complete; half of one is an error, for nobody but its owner can mend it."""
    present = (
        sorted(p.name for p in delivery.iterdir())
        if delivery.is_dir()
        else [delivery.name] * delivery.exists()
    )
    if sidecar is None or not present:
        return bool(present)
    missing = [path.name for path in sidecar.paths() if not path.exists()]
    if missing:
        raise FileNotFoundError(
            f"`{delivery.name}` must hold {len(sidecar.files)} files, but {len(missing)} are missing (first: "
            f"{missing[0]}). Put the whole delivery in data/raw, or remove what is left of it."
        )
    return True


def write_deliveries(raw: Path) -> list[str]:
    """Write each demonstration delivery that is absent, unless another delivery gives the same tables.

    Returns
    -------
    list of str
        What was written, and what was left alone.

    Raises
    ------
    FileNotFoundError
        If half of a delivery is there.
    """
    there = {s.path: s for s in read_sidecars(raw)}
    real = {table for s in there.values() if not s.synthetic for table in s.tables}
    lines = []
    with tempfile.TemporaryDirectory(dir=raw, prefix=".synthetic-") as scratch:
        for one in _write_all(Path(scratch)):
            target = raw / one["path"]
            if real & set(one["tables"]):
                lines.append(f"{one['path']}: left out, real data stands in its place")
            elif _is_whole(target, there.get(one["path"])):
                lines.append(f"{one['path']}: there already")
            else:
                if target.is_dir():
                    target.rmdir()  # empty: `_is_whole` saw no file in it
                shutil.move(Path(scratch) / one["path"], target)
                write_sidecar(target.with_suffix(".yml"), _said_of(one))
                lines.append(f"{one['path']}: SYNTETISKE DATA written")
    return lines
