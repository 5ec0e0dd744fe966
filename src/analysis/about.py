"""What a reader of a figure's numbers must know, in words that stand in the workbook and in the zip."""

from analysis import provenance
from analysis.figure import Figure


def about(figure: Figure, record: dict) -> list[tuple[str, str]]:
    """Return what a reader of the numbers must know: (label, text) pairs, Danish."""
    digests = {"Data": "data_digest", "Kode": "code_digest", "Notesbogens kode": "notebook_digest"}
    least = figure.table.min_count
    pairs = [
        ("Datagrundlag", provenance.SYNTHETIC_WORDS if figure.synthetic else ""),
        ("Titel", figure.headline),
        ("Beskrivelse", figure.description),
        ("Sted", figure.place),
        ("Enhed", figure.unit),
        ("Anmærkning", figure.note),
        ("Kilde", figure.source),
        ("Billedtekst", figure.alt),
        ("Diskretion", f"Grupper med færre end {least} svar vises ikke." if least else ""),
        ("Decimaler", "Tallene er skrevet med én decimal mere end i figuren."),
        ("Notesbog", record["notebook"]),
        ("Parametre", ", ".join(f"{name} = {value}" for name, value in record["parameters"].items())),
        ("Version", record["commit"] + (" med ændringer" if record["uncommitted_changes"] else "")),
        *((f"Kontrolsum, {label.lower()}", record[name]) for label, name in digests.items()),
        ("Pakker", ", ".join(f"{name} {version}" for name, version in record["packages"].items())),
    ]
    return [(label, text) for label, text in pairs if text]
