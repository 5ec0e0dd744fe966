"""Which reports stand in `reports/`: for which places, made from which executed notebooks, and what failed."""

from dataclasses import dataclass
from pathlib import Path

from analysis import danish, municipalities, paths
from rerun import notebook_page, outcomes
from rerun.plan import notebooks

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
    folders = sorted(path.parent for path in paths.reports().glob("*/notesboeger"))
    found = [_report(folder, titles) for folder in folders]
    return sorted(
        (report for report in found if report is not None),
        key=lambda report: (_ORDER.index(report.kind), danish.sort_key(report.place)),
    )


def _report(folder: Path, titles: dict[str, str]) -> Report | None:
    kept = folder / "notesboeger"
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
