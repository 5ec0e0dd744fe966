"""A place's report as one document: what PDF and Word file both say, in the order in which they say it."""

from dataclasses import dataclass
from pathlib import Path

from analysis import danish, data, municipalities
from analysis.export import record as provenance
from rerun.site import figures as published
from rerun.site import reading, summary
from rerun.site.figures import Published
from rerun.site.notebook import Block, Chapter, plain, read_chapter

DESCRIPTION = "Børn og unge med særlige behov: sagstal, faglig sparring og introduktion af nye medarbejdere."
INVENTED = "Tallene er opdigtede så de gengiver de offentliggjorte landstal. De siger intet om nogen virkelig kommune."

_YEAR = len(", 2014")


def report_name(place: str, ending: str) -> str:
    """Return the name of a place's report: ``syntetisk_roskilde_rapport.pdf``."""
    return f"{'syntetisk_' if data.synthetic_deliveries() else ''}{danish.slug(place)}_rapport{ending}"


def chapters_of(notebooks: list[Path], folder: Path) -> list[Chapter]:
    """Read executed notebooks, whose figures lie in a place's folder.

    Raises
    ------
    ValueError
        If there are none.
    """
    if not notebooks:
        raise ValueError(
            "`notebooks` must name at least one executed notebook, but is empty. Run `make report` first."
        )
    return [read_chapter(notebook, folder) for notebook in notebooks]


def report_record(notebooks: list[Path], chapters: list[Chapter], place: str, file: str) -> dict:
    """Return what the report says about how it was made, as `analysis.export.record.record` does of a figure."""
    synthetic = summary.is_synthetic(
        [f for chapter in chapters for f in chapter.figures], bool(data.synthetic_deliveries())
    )
    return {
        "title": f"Børn og unge med særlige behov – {place}",
        "kind": "report",
        "file": file,
        "place": place,
        "synthetic": synthetic,
        "data_basis": provenance.SYNTHETIC_WORDS if synthetic else "",
        "notebooks": [notebook.stem for notebook in notebooks],
        "parameters": dict(sorted(chapters[0].parameters.items())),
        **provenance.state(),
        "notebook_digests": {
            notebook.stem: provenance.notebook_digest(notebook.stem) for notebook in notebooks
        },
    }


def content(chapters: list[Chapter], record: dict) -> dict:
    """Return everything that the report says, JSON-able but for its figures.

    Returns
    -------
    dict
        `title`, `place`, `running` (the foot of a page), `description`, `synthetic`, `is_country`; the summary:
        `plainly`, `found`, `overview` (rows of cells), `spine` (a figure or None), `talk`,
        `hidden` (text); `chapters`: title, what it says in a sentence, and blocks (`Told`); `notes` and
        `source` (what several figures say), `method` (paragraphs) and `made_of` (pairs).
    """
    place = record["place"]
    figures = [figure for chapter in chapters for figure in chapter.figures]
    measures, located = published.measures(figures, place), danish.locate(place)
    found = summary.stands_out(measures, place)
    is_country = municipalities.is_country(place)
    return {
        "title": provenance.marked(record["title"], record["synthetic"]),
        "running": f"{'Syntetiske data · ' if record['synthetic'] else ''}{record['title']}",
        "description": DESCRIPTION,
        "place": place,
        "synthetic": record["synthetic"],
        "is_country": is_country,
        "plainly": summary.plainly(place, located, measures, found),
        "found": found,
        "overview": [_cells(row, is_country) for row in summary.overview(measures, place)],
        "spine": summary.spine(figures),
        "talk": summary.talk(found, place),
        "hidden": _hidden(summary.hidden(chapters, place), located, record),
        "chapters": [
            {"title": chapter.title, "says": summary.subject(chapter, place), "blocks": _told(chapter, place)}
            for chapter in chapters
        ],
        "notes": published.common_notes(figures),
        "source": published.common_source(figures),
        "method": _method(record),
        "made_of": made_of(record),
    }


@dataclass(frozen=True)
class Told:
    """A piece of a chapter, and whether it is read at once or is more of it."""

    block: Block
    is_more: bool


def _told(chapter: Chapter, place: str) -> list[Told]:
    told = [Told(chapter.blocks[0], False)]
    for section in reading.sections(chapter, place):
        head = [Block([section.head])] if section.head else []
        told += [Told(block, False) for block in [*head, *section.shown]]
        told += [Told(block, True) for block in section.more]
    return [one for one in told if _is_told(one.block, place)]


def _is_told(block: Block, place: str) -> bool:
    """Whether a piece says something that the first page doesn't: what the place is called, or all of its measures."""
    words = "".join(map(plain, block.prose))
    names_it = len(block.prose) == 1 and words.startswith(place) and len(words) <= len(place) + _YEAR
    is_spine = block.figure is not None and block.figure.name == summary.SPINE
    return block != Block() and not names_it and not is_spine


def _cells(row: dict, is_country: bool) -> list[str]:
    own = [f"{row['title']} ({row['unit']})", row["value"], row["interval"], row["n"]]
    return own if is_country else [*own, row["country"], row["verdict"]]


def _hidden(hidden: dict[str, list[dict]], located: str, record: dict) -> str:
    if not hidden:
        return f"Ingen tal {located} er skjult i figurerne."
    counts = [f"{_figures(entries)} ({status})" for status, entries in hidden.items()]
    least = record["parameters"].get("min_count", 5)
    return (
        f"Tal {located} er ikke vist i {danish.join_words(counts)}. Diskretioneret er det som færre end {least} "
        "har svaret på, og det som andre skjulte tal kunne regnes ud af."
    )


def _figures(entries: list[dict]) -> str:
    return f"{danish.number(len(entries))} {'figur' if len(entries) == 1 else 'figurer'}"


def _method(record: dict) -> list[str]:
    least = record["parameters"].get("min_count", 5)
    return [
        "Skøn fra spørgeskemaundersøgelsen er vægtet til antallet af ansatte i kommunen og området. Intervallerne er "
        "95 pct. sikkerhedsintervaller og tager hensyn til hvordan svarene er indsamlet.",
        f"Grupper med færre end {least} besvarelser er diskretioneret. Det samme er grupper som ellers kunne regnes "
        "ud af de andre tal.",
        "En forskel til resten af landet omtales kun som en forskel når den er for stor til at være tilfældig. Højt "
        "er ikke i sig selv dårligt, og lavt ikke i sig selv godt. Alle tal bag figurerne ligger som Excel og CSV "
        "ved siden af dem.",
        "Rapporten er lavet af notesbøger og kan laves igen af det som tabellen nævner.",
    ]


def made_of(record: dict) -> list[tuple[str, str]]:
    """What a report is made of: (label, text) pairs, Danish."""
    changed = " med ændringer" if record["uncommitted_changes"] else ""
    pairs = [
        ("Datagrundlag", record["data_basis"]),
        ("Data", record["data_digest"]),
        ("Kode", record["code_digest"]),
        ("Version", record["commit"] + changed if record["commit"] else ""),
        ("Notesbøger", ", ".join(record["notebooks"])),
        ("Parametre", ", ".join(f"{name} = {value}" for name, value in record["parameters"].items())),
        ("Pakker", ", ".join(f"{name} {version}" for name, version in record["packages"].items())),
    ]
    return [(label, text) for label, text in pairs if text]


def table_of(figure: Published) -> tuple[list[str], list[list[str]], list[float]]:
    """Headers, cells and the widths that the columns of a table want, by how much stands in them."""
    lengths = [[len(str(cell)) for cell in column] for column in zip(*figure.data["cells"], strict=True)]
    widths = [max(8.0, sum(column) / len(column)) ** 0.5 for column in lengths]
    return figure.headers, figure.data["cells"], widths
