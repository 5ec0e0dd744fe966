"""From data/raw to data/processed: read, decode, check against the codebook, reconcile, write.

The only module that writes ``data/processed``. Everything is written beside and renamed at the end, so that an
interrupted or failed build leaves the old tables whole. ``python -m analysis.prepare``
"""

import json
import shutil
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from analysis import codebook, files
from analysis.prepare import sidecars
from analysis.prepare.decode import decode, municipality_codes, rename_columns
from analysis.prepare.interviews import codings_by_role, interviews_by_role
from analysis.prepare.sidecars import Sidecar, sha256
from analysis.prepare.survey import (
    ROLE_TABLES,
    missing_of_roles,
    prepare_questions,
    prepare_respondents,
    prepare_staff,
    read_survey,
    require_background_columns,
    survey_answers,
)
from analysis.readers.personal import check_personal, check_texts, strings_of
from analysis.readers.raw_survey import RawSurvey
from analysis.readers.refi_qda import CodedProject, read_refi_qda
from analysis.readers.tabular import read_table

# Writes the processed tables as a whole: beside first, then renamed, with their digests.


_TAKEN_FROM = {"missing_answers": "caseworkers", "questions": "caseworkers", "interviews": "codings"}
# What else a table's numbers rest on: staff counts weigh the answers, and answers are counted beside the staff.
_COUNTED_WITH = {"caseworkers": "staff", "leaders": "staff", "staff": "caseworkers"}


def _told(delivery: Sidecar, tables: Iterable[str]) -> dict:
    """What is said of a delivery, and of which processed tables it is the source, or weighs or counts another's."""
    return {
        "title": delivery.title,
        "synthetic": delivery.synthetic,
        "year": delivery.year,
        "tables": [name for name in tables if _TAKEN_FROM.get(name, name) in delivery.tables],
        "counted_with": [name for name in tables if _COUNTED_WITH.get(name) in delivery.tables],
    }


def _described(folder: Path, tables: dict[str, pd.DataFrame], deliveries: list[Sidecar]) -> dict:
    described = {
        name: {"sha256": sha256(folder / f"{name}.parquet"), "rows": len(table)}
        for name, table in tables.items()
    }
    return {"tables": described, "deliveries": {one.path: _told(one, tables) for one in deliveries}}


def write(tables: dict[str, pd.DataFrame], deliveries: list[Sidecar], log: list[str]) -> None:
    """Replace data/processed by these tables, all at once; an interrupted call leaves the old ones whole."""
    folder = files.processed()
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


# Nothing lost, nothing doubled: what became of each row, and totals compared both ways before anything is written.


@dataclass(frozen=True)
class Ledger:
    """Lines on what was read, kept and left out."""

    lines: list[str] = field(default_factory=list)

    def survey(self, sidecar: Sidecar, raw: RawSurvey, tables: dict[str, pd.DataFrame]) -> None:
        """Account for every row of a survey; raises if one is lost or doubled."""
        counts = raw.status.value_counts()
        completed, kept = int(counts.get("completed", 0)), len(tables["caseworkers"]) + len(tables["leaders"])
        if completed != kept:
            raise ValueError(
                f"`{sidecar.path}` must give one row a completed answer, but {completed} completed "
                f"answers became {kept} "
                "rows. Correct `role` in the delivery or its sidecar: each answer is a caseworker's or a leader's."
            )
        left = ", ".join(f"{n} {status}" for status, n in counts.items() if status != "completed" and n)
        unlisted = len(raw.answers.columns) - len(sidecar.columns)
        self.lines.append(
            f"{sidecar.path}: {len(raw.answers)} rows = {len(tables['caseworkers'])} caseworkers + "
            f"{len(tables['leaders'])} leaders + {len(raw.answers) - completed} not completed ({left or 'none'}); "
            f"{unlisted} columns not in the sidecar and {len(raw.dropped)} of the survey tool not kept"
        )

    def left_out(self, sidecar: Sidecar, table: pd.DataFrame) -> None:
        """Account for rows that the sidecar's `rows_where` leaves out."""
        for column, count in table.attrs.get("left_out", {}).items():
            self.lines.append(f"{sidecar.path}: {count} rows left out by `rows_where` on `{column}`")

    def interviews(self, sidecar: Sidecar, project: CodedProject, tables: dict[str, pd.DataFrame]) -> None:
        """Account for every coding."""
        other = len(project.codings) - len(tables["codings"])
        notes = len(project.sources) - len(tables["interviews"])
        self.lines.append(
            f"{sidecar.path}: {len(tables['interviews'])} interviews with {len(tables['codings'])} codings of text; "
            f"{other} codings of pictures, sound or text kept elsewhere not used"
            + (f"; {notes} sources without role are no interviews" if notes else "")
        )

    def table(self, name: str, table: pd.DataFrame) -> None:
        """Account for a table that is used as delivered."""
        self.lines.append(f"{name}: {len(table)} rows")


def _require_equal(counted: pd.Series, expected: pd.Series, what: str) -> None:
    both = pd.DataFrame({"counted": counted, "expected": expected}).fillna(0).astype(float)
    wrong = both[~np.isclose(both["counted"], both["expected"], rtol=1e-6)]
    if len(wrong):
        raise ValueError(
            f"{what} must add up, but {len(wrong)} of {len(both)} totals don't (first: {wrong.index[0]} = "
            f"{wrong['counted'].iloc[0]:g}, not {wrong['expected'].iloc[0]:g}). Nothing was written."
        )


def reconcile(tables: dict[str, pd.DataFrame]) -> None:
    """Compare rows and weights with the staff counts, down the municipalities and across the areas.

    Raises
    ------
    ValueError
        If a total differs; the message names the first.
    """
    staff = tables["staff"]
    for role, name in (("caseworker", "caseworkers"), ("leader", "leaders")):
        people, of_role = tables[name], staff[staff["role"] == role]
        for keys in (["year", "municipality_code"], ["year", "area"]):
            answered = of_role.groupby(keys, observed=True)["answered_count"].sum()
            _require_equal(people.groupby(keys, observed=True).size(), answered, f"{name} by {keys[1]}")
        weights = people.groupby("year")["weight"].sum()
        _require_equal(weights, of_role.groupby("year")["employed_count"].sum(), f"Weights of {name}")


# From data/raw to data/processed: read, decode, check against the codebook, reconcile, write.

Tables = dict[str, pd.DataFrame]


def read_staff(sidecar: Sidecar) -> pd.DataFrame:
    """Staff counts as delivered, by our names and levels."""
    require_background_columns(sidecar)
    delivered = rename_columns(_checked_table(sidecar), sidecar)
    levels = {
        c: decode(delivered[c], codebook.levels(c, "staff"), said=sidecar.values.get(c))
        for c in ("role", "area")
    }
    return delivered.assign(municipality_code=municipality_codes(delivered["municipality_code"]), **levels)


def _checked_table(sidecar: Sidecar) -> pd.DataFrame:
    table = read_table(sidecar.paths()[0], layout=sidecar.layout, wanted=list(sidecar.columns))
    check_personal(table, sidecar.path)
    return table


def prepare_table(sidecar: Sidecar, table: str) -> pd.DataFrame:
    """A table that is delivered as it is used: renamed, decoded, checked."""
    delivered, book = rename_columns(_checked_table(sidecar), sidecar), codebook.columns(table)
    for column in [c for c in delivered if c in book.index and book.loc[c, "categories"]]:
        said = sidecar.values.get(column)
        delivered[column] = decode(delivered[column], codebook.levels(column, table), said=said)
    return codebook.validate(delivered, table)


def prepare_interviews(sidecar: Sidecar, ledger: Ledger | None = None) -> Tables:
    """Interviews and their codings, by role only: no place, no name, nothing of who was interviewed where."""
    project = read_refi_qda(sidecar.paths()[0])
    for table in (project.sources, project.codes, project.codings, project.cases):
        check_personal(table, sidecar.path)
    check_texts({"the name of the project": [project.name]}, sidecar.path)
    said = sidecar.values.get("interview_role")
    tables = {
        "interviews": codebook.validate(interviews_by_role(project, said), "interviews"),
        "codings": codebook.validate(codings_by_role(project, said), "codings"),
    }
    (ledger or Ledger()).interviews(sidecar, project, tables)
    return tables


def _the_one(found: list[Sidecar], what: str) -> Sidecar:
    if len(found) != 1:
        raise ValueError(
            f"data/raw must hold one delivery of {what}, but holds {len(found)}"
            + (f" (first: {found[0].file.name})" if found else "")
            + ". Put it there with its sidecar; `make data` makes the demonstration data where nothing is."
        )
    return found[0]


def _prepare_wave(survey: Sidecar, staff: Sidecar, ledger: Ledger) -> Tables:
    raw = read_survey(survey)
    for table in (raw.answers, raw.questions, raw.missing):
        check_personal(table, survey.path)
    check_texts({"labels": strings_of(raw.labels)}, survey.path)
    answers = survey_answers(raw, survey)
    counted = prepare_staff(read_staff(staff), answers, survey.year)
    tables: Tables = {"staff": counted}
    for role, name in ROLE_TABLES.items():
        tables[name] = prepare_respondents(answers, counted, role)
    tables["missing_answers"] = missing_of_roles(tables)
    tables["questions"] = prepare_questions(raw, survey)
    ledger.survey(survey, raw, tables)
    return tables


def prepare_waves(found: list[Sidecar], ledger: Ledger) -> Tables:
    """The national survey, one wave or several, each with the staff counts of its year."""
    waves = sorted((s for s in found if "caseworkers" in s.tables), key=lambda s: s.year or 0)
    if not waves:
        _the_one(waves, "the national survey")
    parts: dict[str, list[pd.DataFrame]] = {}
    for wave in waves:
        if wave.year is None or [w.year for w in waves].count(wave.year) > 1:
            raise ValueError(
                f"`year` in {wave.file.name} must be a year of its own, but is {wave.year}. Correct it."
            )
        staff = _the_one(
            [s for s in found if "staff" in s.tables and s.year == wave.year], f"staff in {wave.year}"
        )
        for name, table in _prepare_wave(wave, staff, ledger).items():
            parts.setdefault(name, []).append(table)
    return {name: pd.concat(tables, ignore_index=True) for name, tables in parts.items()}


def prepare_all(found: list[Sidecar]) -> tuple[Tables, Ledger]:
    """Every processed table, and the ledger of what became of each row."""
    ledger = Ledger()
    for sidecar in found:
        check_texts(
            {sidecar.file.name: strings_of(vars(sidecar) | {"file": sidecar.file.name})}, sidecar.path
        )
        sidecars.check_delivery(sidecar)
        if sidecar.rows_where and sidecar.reader == "tabular":
            ledger.left_out(sidecar, read_table(sidecar.paths()[0], layout=sidecar.layout, wanted=[]))
    tables = prepare_waves(found, ledger)
    interviews = _the_one([s for s in found if "codings" in s.tables], "coded interviews")
    tables |= prepare_interviews(interviews, ledger)
    for name in ("practices", "published_figures", "supervision_findings"):
        parts = [prepare_table(s, name) for s in found if name in s.tables]
        if not parts:
            _the_one([], f"`{name}`")
        tables[name] = pd.concat(parts, ignore_index=True)
        ledger.table(name, tables[name])
    reconcile(tables)
    return tables, ledger


def main() -> int:
    """Build data/processed; says what was read, kept and left out."""
    try:
        found = sidecars.read_sidecars()
        tables, ledger = prepare_all(found)
        write(tables, found, ledger.lines)
    except (ValueError, KeyError, OSError) as error:
        print(f"The build stopped; data/processed is as it was.\n{error.args[-1]}", file=sys.stderr)
        return 1
    print("\n".join(ledger.lines))
    return 0
