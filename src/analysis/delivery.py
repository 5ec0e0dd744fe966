"""``python -m analysis.delivery FILE``: look at a delivery, and propose its sidecar."""

import re
import sys
from pathlib import Path

from analysis import paths
from analysis.danish import join_words
from analysis.delivery_contents import Delivery, read_delivery, variables
from analysis.delivery_likeness import levels_of
from analysis.delivery_mapping import Mapping, expected_columns, propose
from analysis.delivery_text import faults, heading, project_lines, tables_text, variable_lines
from analysis.readers.surveyxact_parts import PARTS, TEXT_FILES, small_rows, things_of
from analysis.sidecars import TO_FILL_IN, sha256, write_sidecar

WITH_YEAR = ("caseworkers", "staff")


def describe(delivery: Delivery) -> tuple[list[str], dict]:
    """What to say of a delivery, and what its sidecar may say."""
    if delivery.project is not None:
        lines = [
            f"Leverancen {delivery.path.name} er læst som kodede interview.",
            *project_lines(delivery.project),
        ]
        return lines, sidecar_of(delivery, ["interviews", "codings"], {}, {}, len(delivery.project.codings))
    found = variables(delivery.survey)
    mapping = propose(found)
    lines = [*heading(delivery), ""]
    for variable in found.itertuples():
        lines += variable_lines(variable, delivery.survey, mapping)
    lines += ["", f"Leverancen ligner mest: {tables_text(mapping.tables)}."]
    doubts = [f"  - {fault}" for fault in faults(found, mapping)]
    lines += ["Passer ikke:", *doubts] if doubts else []
    said = sidecar_of(
        delivery, mapping.tables, mapping.columns, values_of(mapping), len(delivery.survey.answers)
    )
    return lines, said | year_of(delivery, mapping)


def values_of(mapping: Mapping) -> dict[str, dict]:
    """Labels that are spelled otherwise than ours, with the level they may be, or those to choose from."""
    book = expected_columns(mapping.tables[0])
    values = {ours: dict(guessed) for ours, guessed in mapping.guesses.items()}
    for ours, labels in mapping.unknown_labels.items():
        levels = join_words(list(levels_of(book.loc[ours])), "eller")
        values[ours] = values.get(ours, {}) | dict.fromkeys(labels, f"{TO_FILL_IN}: {levels}")
    return values


def sidecar_of(delivery, tables, columns, values, rows) -> dict:
    """Keys of a sidecar, in its order; what only the researcher knows is to be filled in."""
    return {
        "title": f"{TO_FILL_IN}: hvad leverancen er",
        "producer": f"{TO_FILL_IN}: hvem der har lavet den",
        "dates": f"{TO_FILL_IN}: hvornår data er indsamlet",
        "licence": f"{TO_FILL_IN}: hvad den må bruges til",
        "provided": False,
        "synthetic": False,
        "reader": delivery.reader,
        "tables": list(tables),
        "path": delivery.path.name,
        "files": {
            file.name: {"sha256": sha256(file), "rows": rows_of(file, rows)}
            for file in files_of(delivery.path)
        },
        "columns": dict(columns),
        "values": values,
    }


def files_of(path) -> list[Path]:
    """The files that a delivery consists of."""
    if path.is_file():
        return [path]
    stems = {file.stem: file for file in sorted(path.iterdir()) if file.suffix.lower() in TEXT_FILES}
    return [file for part in PARTS for file in things_of(part, stems)]


def about_file(file, rows) -> dict:
    """What a sidecar says of a file."""
    return {"sha256": sha256(file), "rows": rows_of(file, rows)}


def rows_of(file, rows) -> int:
    """Rows of one file: of an export's labels and structure their own, else those of the delivery."""
    is_explanation = file.suffix.lower() in TEXT_FILES and any(
        things_of(part, {file.stem: file}) for part in PARTS[1:]
    )
    return len(small_rows(file)) if is_explanation else rows


def year_of(delivery: Delivery, mapping: Mapping) -> dict:
    """Year of a survey or of staff counts, if the file's name or its dates tell."""
    if mapping.tables[0] not in WITH_YEAR:
        return {}
    told = re.search(r"(?<!\d)20\d\d(?!\d)", delivery.path.stem)
    dates = delivery.survey.answers.select_dtypes("datetime").stack()
    if told:
        return {"year": int(told[0])}
    return {"year": int(dates.dt.year.mode()[0])} if len(dates) else {}


def free_name(path) -> Path:
    """Where the proposal goes: beside the delivery, and never over a file that is there."""
    stem = path.stem if path.is_file() else path.name
    names = [
        f"{stem}.yml",
        f"{stem}.forslag.yml",
        *(f"{stem}.{number}.forslag.yml" for number in range(2, 100)),
    ]
    return next(path.with_name(name) for name in names if not path.with_name(name).exists())


def save(path, said) -> list[str]:
    """Write the proposal beside the delivery in data/raw, and tell what to do next."""
    if paths.raw().resolve() not in path.resolve().parents:
        return [f"Der er ikke skrevet noget forslag: læg {path.name} i data/raw, og kør kommandoen igen."]
    target = free_name(path)
    write_sidecar(target, said)
    lines = [f"Forslaget er skrevet i {target.name}, ved siden af leverancen."]
    if target.name.endswith(".forslag.yml"):
        lines.append("Der var en sidefil i forvejen; den er ikke rørt. Sammenlign de to, og ret den gamle.")
    if said.get("year") is None and said["tables"][0] in WITH_YEAR:
        lines.append("Årstallet er ikke fundet: skriv linjen `year: 2024` (med det rigtige år) i filen.")
    return [*lines, f"Ret det, hvor der står {TO_FILL_IN}, se kolonnerne efter, og kør derefter `make data`."]


def main(arguments) -> int:
    """Look at one delivery; 0 if it could be read, else 1."""
    if len(arguments) != 1 or not arguments[0]:
        print("Skriv, hvilken leverance det er: make delivery FILE=data/raw/navn", file=sys.stderr)
        return 1
    try:
        delivery = read_delivery(arguments[0])
        lines, said = describe(delivery)
        print("\n".join([*lines, "", *save(delivery.path, said)]))
    except (ValueError, OSError) as error:
        print(f"Leverancen kunne ikke læses.\n{error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
