"""The pages of one place: a page a notebook, and the first page that leads to them."""

from dataclasses import dataclass
from pathlib import Path

from analysis import danish, data, municipalities
from rerun.site import figures as published
from rerun.site import notebook, pages, reading, summary
from rerun.site.figures import Published
from rerun.site.notebook import Chapter, read_chapter
from rerun.site.shelf import MUNICIPALITY, Part, Report


@dataclass(frozen=True)
class Neighbours:
    """The reports beside one.

    Attributes
    ----------
    before, after : Report or None
        Those of the same kind, in Danish order; None at the ends.
    wider, narrower : tuple of Report
        The country's, and that of the municipality's group; and the other way, those of which it is the group.
    """

    before: Report | None
    after: Report | None
    wider: tuple[Report, ...]
    narrower: tuple[Report, ...]

    def names(self) -> list[str]:
        """Which places they are of, by what they are to this one."""
        beside = [[self.before], [self.after], self.wider, self.narrower]
        return [", ".join(other.place for other in of if other) for of in beside]


def write_place(report: Report, neighbours: Neighbours) -> dict:
    """Write every page of a place's report.

    Returns
    -------
    dict
        What the pages of the whole collection say of the place, JSON-able: `synthetic`, `min_count`, `year` (text),
        `measures`, `states` (what the figures were made from) and `sources`.
    """
    made = {part: read_chapter(part.executed, report.folder) for part in report.parts if part.is_made}
    whole = [chapter for part, chapter in made.items() if part.is_whole]
    figures = [figure for chapter in whole for figure in chapter.figures]
    every = [figure for chapter in made.values() for figure in chapter.figures]
    synthetic = summary.is_synthetic(every, bool(made and data.synthetic_deliveries()))
    pages.write_style(report.folder)
    written = [_write_page(report, part, list(made.items()), synthetic) for part in made]
    said = {
        "synthetic": synthetic,
        "min_count": max([chapter.parameters.get("min_count", 5) for chapter in made.values()], default=5),
        "year": _years(figures),
        "measures": published.measures(figures, report.place),
        "states": _states(figures),
        "sources": sorted({figure.record["source"] for figure in figures}),
    }
    written.append(_write_first(report, neighbours, whole, made, said))
    for old in report.folder.glob("*.html"):
        if old not in written:  # of a notebook that is no longer there, or has no result
            old.unlink()
    return said


def _write_page(report: Report, part: Part, made: list[tuple[Part, Chapter]], synthetic: bool) -> Path:
    at = next(at for at, (other, _) in enumerate(made) if other == part)
    page, around = made[at][1], [None, *(page for _, page in made), None]
    return pages.write(
        report.folder,
        page.file,
        "page.html",
        root="../",
        script=pages.script("scroll.js"),
        page=page,
        sections=reading.sections(page, report.place),
        prose=notebook.to_html,
        notes=published.common_notes(page.figures),
        brief=published.brief_notes(page.figures),
        source=published.common_source(page.figures),
        described=published.brief_descriptions(page.figures),
        place=report.place,
        error=part.error,
        before=around[at],
        after=around[at + 2],
        synthetic=summary.is_synthetic(page.figures, synthetic),
    )


def _write_first(
    report: Report, neighbours: Neighbours, whole: list[Chapter], made: dict[Part, Chapter], said: dict
) -> Path:
    broken = [
        {"title": part.title, "error": part.error, "page": made[part].file if part in made else ""}
        for part in report.parts
        if not part.is_whole
    ]
    page_of = {figure.name: chapter.file for chapter in whole for figure in chapter.figures}
    located, measures = danish.locate(report.place), said["measures"]
    found = summary.stands_out(measures, report.place)
    state = next(iter(said["states"]), None)
    return pages.write(
        report.folder,
        "index.html",
        "index.html",
        spine=summary.spine([figure for chapter in whole for figure in chapter.figures]),
        talk=summary.talk(found, report.place),
        subject=summary.subject,
        root="../",
        script=pages.script("scroll.js"),
        place=report.place,
        is_country=municipalities.is_country(report.place),
        slug=report.slug,
        located=located,
        broken=broken,
        pages=whole,
        page_of=page_of,
        found=found,
        plainly=summary.plainly(report.place, located, measures, found),
        overview=summary.overview(measures, report.place),
        papers=_papers(report.folder),
        own_withheld=summary.hidden(whole, report.place),
        other_withheld=summary.others(whole, report.place),
        before=neighbours.before,
        after=neighbours.after,
        wider=neighbours.wider,
        narrower=neighbours.narrower,
        neighbours=f"Forrige og næste {'kommune' if report.kind == MUNICIPALITY else 'gruppe'}",
        state={name: state[name][:12] for name in ("data", "code")} if state else None,
        min_count=said["min_count"],
        synthetic=said["synthetic"],
    )


def _papers(folder: Path) -> list[tuple[str, str]]:
    """The whole report as one file: its name, and what it is."""
    words = {".pdf": "Hele rapporten som PDF", ".docx": "Hele rapporten til Word"}
    return [(file.name, words[end]) for end in words for file in sorted(folder.glob(f"*_rapport{end}"))]


def _years(figures: list[Published]) -> str:
    """The years that the respondents' numbers are of."""
    years = {
        str(figure.record["quantity"]["year"]) for figure in figures if figure.record["quantity"].get("year")
    }
    return danish.join_words(sorted(years))


def _states(figures: list[Published]) -> list[dict]:
    """What the figures were made from, each different state once."""
    found: list[dict] = []
    for record in (figure.record for figure in figures):
        state = {
            "data": record["data_digest"],
            "code": record["code_digest"],
            "commit": record["commit"],
            "changed": record["uncommitted_changes"],
            "packages": record["packages"],
        }
        if state not in found:
            found.append(state)
    return found
