"""From data/raw to data/processed: read, decode, check against the codebook, reconcile, write.

The only module that writes ``data/processed``. Everything is written beside and renamed at the end, so that an
interrupted or failed build leaves the old tables whole. ``python -m analysis.prepare``
"""

import sys

import pandas as pd

from analysis import codebook, processed_folder, sidecars
from analysis.coded_interviews import codings_by_role, interviews_by_role
from analysis.decode import decode, municipality_codes, rename_columns
from analysis.personal import check_personal
from analysis.prepare_survey import (
    ROLE_TABLES,
    missing_of_roles,
    prepare_questions,
    prepare_respondents,
    prepare_staff,
    read_survey,
    survey_answers,
)
from analysis.readers.refi_qda import read_refi_qda
from analysis.readers.tabular import read_table
from analysis.reconcile import Ledger, reconcile
from analysis.sidecars import Sidecar

Tables = dict[str, pd.DataFrame]


def read_staff(sidecar: Sidecar) -> pd.DataFrame:
    """Staff counts as delivered, by our names and levels."""
    delivered = rename_columns(_checked_table(sidecar), sidecar)
    levels = {
        c: decode(delivered[c], codebook.levels(c, "staff"), said=sidecar.values.get(c))
        for c in ("role", "area")
    }
    return delivered.assign(municipality_code=municipality_codes(delivered["municipality_code"]), **levels)


def _checked_table(sidecar: Sidecar) -> pd.DataFrame:
    table = read_table(sidecar.paths()[0])
    check_personal(table, sidecar.path)
    return table


def prepare_table(sidecar: Sidecar, table: str) -> pd.DataFrame:
    """A table that is delivered as it is used: renamed, decoded, checked."""
    delivered, book = rename_columns(_checked_table(sidecar), sidecar), codebook.columns(table)
    for column in [c for c in delivered if c in book.index and book.loc[c, "categories"]]:
        said = sidecar.values.get(column)
        delivered[column] = decode(delivered[column], codebook.levels(column, table), said=said)
    return codebook.validate(delivered, table)


def prepare_interviews(sidecar: Sidecar) -> Tables:
    """Interviews and their codings, by role only: no place, no name, nothing of who was interviewed where."""
    project = read_refi_qda(sidecar.paths()[0])
    check_personal(project.sources, sidecar.path)
    return {
        "interviews": codebook.validate(interviews_by_role(project), "interviews"),
        "codings": codebook.validate(codings_by_role(project), "codings"),
    }


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
    check_personal(raw.answers, survey.path)
    answers = survey_answers(raw, survey)
    counted = prepare_staff(read_staff(staff), answers, survey.year)
    tables: Tables = {"staff": counted}
    for role, name in ROLE_TABLES.items():
        tables[name] = prepare_respondents(answers, counted, role)
    tables["missing_answers"] = missing_of_roles(tables)
    tables["questions"] = prepare_questions(raw, survey)
    check_personal(tables["questions"], survey.path)
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
        sidecars.check_delivery(sidecar)
    tables = prepare_waves(found, ledger)
    tables |= prepare_interviews(_the_one([s for s in found if "codings" in s.tables], "coded interviews"))
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
        processed_folder.write(tables, found, ledger.lines)
    except (ValueError, KeyError, OSError) as error:
        print(f"The build stopped; data/processed is as it was.\n{error.args[-1]}", file=sys.stderr)
        return 1
    print("\n".join(ledger.lines))
    return 0


if __name__ == "__main__":
    sys.exit(main())
