"""The collection, executed once for all tests and test processes."""

from dataclasses import dataclass
from pathlib import Path

import filelock
import pytest

from analysis import danish, municipalities, paths
from rerun import built
from rerun.plan import plan
from rerun.reports import write_report
from rerun.run import execute_all
from rerun.site import write_front_page

COLD = (
    "København"  # in a stock kernel too, for imports that a warm one has done already would hide missing ones
)
PLACES = (COLD, "Læsø", "Fanø", municipalities.COUNTRY)


@dataclass(frozen=True)
class Collection:
    """Every notebook of the collection for a large, a small and an unanswered municipality and for the country.

    `folder` is the reports' folder; `errors` says what failed, by place and notebook.
    """

    folder: Path
    errors: dict[tuple[str, str], str]

    def report(self, place: str) -> Path:
        return self.folder / danish.slug(place)

    def executed(self, place: str, notebook: str) -> Path:
        return self.report(place) / "notesboeger" / f"{notebook}.ipynb"

    def pages(self) -> list[Path]:
        return sorted(self.folder.rglob("*.html"))


@pytest.fixture(scope="session")
def collection():
    """Run what isn't built from the code and data as they are; kept in .cache, so that only changes are run again."""
    folder = paths.project() / ".cache" / "collection"
    folder.mkdir(parents=True, exist_ok=True)
    with pytest.MonkeyPatch.context() as patch, filelock.FileLock(folder.with_suffix(".lock")):
        patch.setenv("ANALYSIS_REPORTS", str(folder))
        patch.setenv("ANALYSIS_PUBLICATION", "")
        runs = plan(list(PLACES), {"min_count": 5})
        missing = [run for run in runs if not built.is_built(run)]
        outcomes = [
            *execute_all([run for run in missing if run.place != COLD]),
            *execute_all([run for run in missing if run.place == COLD], cold=True),
        ]
        broken = [outcome.run for outcome in outcomes if outcome.error]
        for place in PLACES:
            write_report([run for run in runs if run.place == place], broken, 5, pdf=False)
        write_front_page()
    return Collection(folder, {(o.run.place, o.run.notebook.stem): o.error for o in outcomes if o.error})
