"""The pages of one place: a page a notebook, and the overview that leads to them."""

import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from analysis import danish, data
from analysis import files as atomic
from analysis.measures import measure
from rerun.site import figures as own_numbers
from rerun.site import pages
from rerun.site.figures import SYNTHETIC_PREFIX, Shown
from rerun.site.notebook import Page, make_page
from rerun.site.shelf import MUNICIPALITY, Part, Report

# All files of a place's figures in one zip, with a text that says what they are; the same bytes at every run.

_ENDING = "_figurer.zip"
_DATE = (1980, 1, 1, 0, 0, 0)
_PACKED = {".svg", ".csv", ".txt"}  # the other formats are packed already
_USES = (
    ("*.png", "billede, 300 punkter pr. tomme"),
    ("*.svg", "til nettet (tekst, der kan søges og læses op)"),
    ("*_tryk.svg", "til tryk, Word og PowerPoint (bogstaver som kurver)"),
    ("*.pdf", "til tryk (indlejrede skrifttyper)"),
    ("*.xlsx", "tallene, med et diagram, der kan redigeres"),
    ("*.csv", "tallene, til dansk Excel"),
)


def write_zip(folder: Path, place: str, figures: list[Shown], min_count: int) -> Path | None:
    """Write the zip of a place's figures, and remove one of another name.

    Returns
    -------
    Path or None
        The zip; None where there are no files.
    """
    published = [figure for figure in figures if figure.files]
    synthetic = any(figure.files.is_synthetic for figure in published)
    path = folder / f"{SYNTHETIC_PREFIX if synthetic else ''}{folder.name}{_ENDING}"
    for old in folder.glob(f"*{_ENDING}"):
        if old != path or not published:
            old.unlink()
    if not published:
        return None
    return atomic.write(path, _zipped(folder, published, _readme(place, published, synthetic, min_count)))


def _zipped(folder: Path, figures: list[Shown], readme: str) -> bytes:
    names = sorted({name for figure in figures for name, _ in figure.files.names})
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as package:
        package.writestr(_entry("LAESMIG.txt"), readme.encode("utf-8-sig"), compresslevel=6)
        for name in names:
            package.writestr(_entry(name), (folder / "figurer" / name).read_bytes(), compresslevel=1)
    return written.getvalue()


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _DATE)
    packed = Path(name).suffix in _PACKED
    entry.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
    entry.external_attr = 0o644 << 16
    return entry


def _readme(place: str, figures: list[Shown], synthetic: bool, min_count: int) -> str:
    heading = f"Børn og unge med særlige behov – {place}"
    lines = [heading, "=" * len(heading), ""]
    if synthetic:
        lines += ["SYNTETISKE DATA. Tallene er opdigtede og siger intet om nogen virkelig kommune.", ""]
    lines += [f"{files}: {use}" for files, use in _USES]
    lines += ["", f"Grupper med færre end {min_count} svar er diskretioneret.", "", "Figurer", "-------", ""]
    for figure in figures:
        record = figure.files.record
        lines += [
            figure.headline,
            f"  {record.get('description', '')}",
            f"  Kilde: {record.get('source', '')}",
        ]
        lines += [f"  {figure.files.stem}", ""]
    return "\r\n".join(lines)


# The pages of one place: a page a notebook, and the overview that leads to them.


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


def is_synthetic(figures: list[Shown], otherwise: Callable[[], bool]) -> bool:
    """Whether a page must say that its numbers are synthetic: not where every figure on it rests on real data.

    Where no figure has files, `otherwise` says it.
    """
    published = [figure.files for figure in figures if figure.files]
    return any(files.is_synthetic for files in published) if published else otherwise()


def write_place(report: Report, neighbours: Neighbours) -> dict:
    """Write every page of a place's report, and its zip.

    Returns
    -------
    dict
        What the pages of the whole collection say of the place, JSON-able: `synthetic`, `min_count`, `year` (text),
        `measures`, `states` (what the figures were made from) and `sources`.
    """
    made = {part: make_page(part.executed, report.folder) for part in report.parts if part.is_made}
    whole = [page for part, page in made.items() if part.is_whole]
    figures = [figure for page in whole for figure in page.figures]
    every = [figure for page in made.values() for figure in page.figures]
    synthetic = is_synthetic(every, data.is_synthetic)
    min_count = max([page.parameters.get("min_count", 5) for page in made.values()], default=5)
    pages.write_style(report.folder)
    written = [_write_page(report, part, list(made.items()), synthetic) for part in made]
    package = write_zip(report.folder, report.place, figures, min_count)
    summary = {
        "synthetic": synthetic,
        "min_count": min_count,
        "year": _years(figures),
        "measures": own_numbers.measures(figures, report.place, report.folder),
        "states": _states(figures),
        "sources": sorted({figure.files.record["source"] for figure in figures if _has_record(figure)}),
    }
    written.append(_write_overview(report, neighbours, whole, made, package, summary))
    for old in report.folder.glob("*.html"):
        if old not in written:  # of a notebook that is no longer there, or has no result
            old.unlink()
    return summary


def _write_page(report: Report, part: Part, made: list[tuple[Part, Page]], synthetic: bool) -> Path:
    at = next(at for at, (other, _) in enumerate(made) if other == part)
    page, around = made[at][1], [None, *(page for _, page in made), None]
    return pages.write(
        report.folder,
        page.file,
        "page.html",
        root="../",
        page=page,
        place=report.place,
        error=part.error,
        before=around[at],
        after=around[at + 2],
        synthetic=is_synthetic(page.figures, lambda: synthetic),
    )


def _write_overview(
    report: Report,
    neighbours: Neighbours,
    whole: list[Page],
    made: dict[Part, Page],
    package: Path | None,
    summary: dict,
) -> Path:
    broken = [
        {"title": part.title, "error": part.error, "page": made[part].file if part in made else ""}
        for part in report.parts
        if not part.is_whole
    ]
    hidden = [
        entry | {"page": page.file}
        for page in whole
        for entry in own_numbers.withheld(page.figures, report.place, report.folder)
    ]
    pdf = next((file.name for file in sorted(report.folder.glob("*_rapport.pdf"))), None)
    state = next(iter(summary["states"]), None)
    return pages.write(
        report.folder,
        "index.html",
        "index.html",
        root="../",
        place=report.place,
        slug=report.slug,
        located=measure.locate(report.place),
        broken=broken,
        pages=whole,
        pdf=pdf,
        zip=package.name if package else None,
        zip_size=danish.number(package.stat().st_size / 1e6, 1) if package else "",
        own_withheld=_by_status(hidden),
        other_withheld=[e | {"words": _others(e)} for e in hidden if e["others"]],
        before=neighbours.before,
        after=neighbours.after,
        wider=neighbours.wider,
        narrower=neighbours.narrower,
        neighbours=f"Forrige og næste {'kommune' if report.kind == MUNICIPALITY else 'gruppe'}",
        state={name: state[name][:12] for name in ("data", "code")} if state else None,
        min_count=summary["min_count"],
        synthetic=summary["synthetic"],
    )


def _by_status(hidden: list[dict]) -> dict[str, list[dict]]:
    """Status -> the figures that don't show something of the place for that reason, and `words`: what of it."""
    found: dict[str, list[dict]] = {}
    for entry in hidden:
        for status, labels in entry["own"].items():
            named = danish.join_words([label.lower() for label in labels if label])
            found.setdefault(status, []).append(entry | {"words": named})
    return found


def _others(entry: dict) -> str:
    counts = [f"{danish.number(count)} {status}" for status, count in entry["others"].items()]
    return f"{danish.join_words(counts)} af {danish.number(entry['rows'])} tal"


def _years(figures: list[Shown]) -> str:
    """The years that the respondents' numbers are of."""
    quantities = [figure.files.record["quantity"] for figure in figures if _has_record(figure)]
    return danish.join_words(
        sorted({str(quantity["year"]) for quantity in quantities if quantity.get("year")})
    )


def _has_record(figure: Shown) -> bool:
    return bool(figure.files and figure.files.record)


def _states(figures: list[Shown]) -> list[dict]:
    """What the figures were made from, each different state once."""
    found: list[dict] = []
    for record in (figure.files.record for figure in figures if _has_record(figure)):
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
