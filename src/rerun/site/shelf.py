"""Which reports stand in `reports/`: for which places, made from which executed notebooks, and what failed."""

import datetime
from dataclasses import dataclass
from pathlib import Path

from analysis import danish, files, municipalities
from rerun import state as outcomes
from rerun.plan import all_notebooks, notebooks
from rerun.site import notebook as notebook_page

COUNTRY, GROUP, MUNICIPALITY = "country", "municipality_group", "municipality"
_ORDER = (COUNTRY, GROUP, MUNICIPALITY)


@dataclass(frozen=True)
class Part:
    """One notebook of a place's report.

    Attributes
    ----------
    title : str
    executed : Path
        The executed notebook, which is there unless no run has gone well yet.
    error : str
        What went wrong in the last run; empty when nothing did.
    """

    title: str
    executed: Path
    error: str

    @property
    def is_made(self) -> bool:
        """Whether there is a result, of the last run or of an earlier one."""
        return self.executed.is_file()

    @property
    def is_whole(self) -> bool:
        """Whether the last run went well."""
        return self.is_made and not self.error


@dataclass(frozen=True)
class Report:
    """A place's report; `kind` as in `municipalities.place_level`."""

    place: str
    kind: str
    folder: Path
    parts: tuple[Part, ...]

    @property
    def slug(self) -> str:
        """Name of its folder."""
        return self.folder.name

    @property
    def is_whole(self) -> bool:
        """Whether every notebook's last run went well."""
        return all(part.is_whole for part in self.parts)


def reports() -> list[Report]:
    """The reports that are there: the country, then groups, then municipalities, each in Danish order."""
    titles = {notebook.name: notebook_page.title(notebook) for notebook in notebooks()}
    others = {f"{name.replace('/', '_')}.ipynb": notebook for name, notebook in all_notebooks().items()}
    others = {name: notebook for name, notebook in others.items() if name not in titles}
    folders = sorted(path.parent for path in files.reports().glob("*/notesboeger"))
    found = [_report(folder, titles, others) for folder in folders]
    return sorted(
        (report for report in found if report is not None),
        key=lambda report: (_ORDER.index(report.kind), danish.sort_key(report.place)),
    )


def _report(folder: Path, titles: dict[str, str], others: dict[str, Path]) -> Report | None:
    """A report of the collection, and of the other notebooks that were run for its place."""
    kept = folder / "notesboeger"
    titles = titles | {
        name: notebook_page.title(notebook) for name, notebook in others.items() if (kept / name).is_file()
    }
    parts = tuple(
        Part(title, kept / name, outcomes.recorded(kept / name).get("error", ""))
        for name, title in titles.items()
    )
    place = _place(folder, parts)
    return Report(place, municipalities.place_level(place), folder, parts) if place else None


def _place(folder: Path, parts: tuple[Part, ...]) -> str:
    """The place that a folder is of, as its runs say; empty where nothing was ever run."""
    for part in parts:
        said = outcomes.recorded(part.executed).get("place")
        if not said and part.is_made:
            said = _known().get(folder.name) or _parameter(part.executed)
        if said:
            return said
    return ""


def _known() -> dict[str, str]:
    return {danish.slug(name): name for name in municipalities.places()}


def _parameter(executed: Path) -> str:
    return notebook_page.parameters(notebook_page.read(executed)).get("municipality", "")


# Which notebooks of which places are whole, which failed, and which were never run.


def told(reports: list[Report]) -> str:
    """The state of the collection in a sentence or two."""
    parts = [part for report in reports for part in report.parts]
    failed = sum(bool(part.error) for part in parts)
    unmade = sum(not part.is_made and not part.error for part in parts)
    whole = sum(part.is_whole for part in parts)
    counted = (
        f"{_count(len(reports), 'rapport', 'rapporter')} med {_count(len(parts), 'notesbog', 'notesbøger')}"
    )
    states = (
        f"{danish.number(whole)} hele, {danish.number(failed)} slog fejl, {danish.number(unmade)} mangler"
    )
    return f"{counted}: {states}."


def _count(number: int, one: str, more: str) -> str:
    return f"{danish.number(number)} {one if number == 1 else more}"


def failed(reports: list[Report]) -> list[dict]:
    """Every notebook whose last run failed: place, title, notebook, error, and whether an earlier result is shown."""
    return [
        {
            "place": report.place,
            "title": part.title,
            "notebook": part.executed.stem,
            "error": part.error,
            "is_made": part.is_made,
        }
        for report in reports
        for part in report.parts
        if part.error
    ]


def unmade(reports: list[Report]) -> list[tuple[str, str]]:
    """Place, and the titles of its notebooks that were never run."""
    found = [(r.place, [p.title for p in r.parts if not p.is_made and not p.error]) for r in reports]
    return [(place, danish.join_words(titles)) for place, titles in found if titles]


def absent(reports: list[Report]) -> list[str]:
    """The places without a report: the country, groups, and municipalities in Danish order."""
    there = {report.place for report in reports}
    names = sorted((m.name for m in municipalities.everyone()), key=danish.sort_key)
    every = [municipalities.COUNTRY, *municipalities.groups(), *names]
    return [name for name in every if name not in there]


def rows(reports: list[Report], summaries: dict[str, dict]) -> list[dict]:
    """One row a report: whole notebooks, when the latest was made, and what it rests on."""
    return [_row(report, summaries[report.slug]) for report in reports]


def _row(report: Report, summary: dict) -> dict:
    times = [part.executed.stat().st_mtime for part in report.parts if part.is_made]
    whole = sum(part.is_whole for part in report.parts)
    return {
        "slug": report.slug,
        "place": report.place,
        "whole": f"{whole} af {len(report.parts)}",
        "made": _moment(max(times)) if times else "aldrig",
        "min_count": summary["min_count"],
        "data": ", ".join(sorted({state["data"][:8] for state in summary["states"]})) or "–",
        "code": ", ".join(sorted({state["code"][:8] for state in summary["states"]})) or "–",
    }


def _moment(seconds: float) -> str:
    moment = datetime.datetime.fromtimestamp(seconds)
    return f"{danish.long_date(moment.date())} kl. {moment:%H.%M}"
