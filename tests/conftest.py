"""The collection, executed once for all tests and test processes."""

import json
from dataclasses import dataclass
from pathlib import Path

import filelock
import pytest

from analysis import danish, files, municipalities
from analysis.publish import SHARED
from rerun import state
from rerun.plan import plan
from rerun.run import execute_all
from rerun.site import write_site

# Run in stock kernels: the imports that a warm one has done already would hide missing ones.
COLD = "København"
PLACES = (COLD, "Læsø", "Fanø", "Storbykommuner", municipalities.COUNTRY)


@dataclass(frozen=True)
class Collection:
    """Every notebook of the collection for a large, a small and an unanswered municipality, a group and the country.

    `folder` is the reports' folder; `errors` says what failed, by place/notebook.
    """

    folder: Path
    errors: dict[str, str]

    def report(self, place: str) -> Path:
        return self.folder / danish.slug(place)

    def executed(self, place: str, notebook: str) -> Path:
        return self.report(place) / "notesboeger" / f"{notebook}.ipynb"

    def image(self, place: str, name: str) -> Path:
        """The png of a figure: the place's own, or that of all places."""
        shared = self.report(SHARED) / "figurer"
        own = self.report(place) / "figurer"
        found = [*own.glob(f"*{own.parent.name}_{name}.png"), *shared.glob(f"*hele_landet_{name}.png")]
        return found[0]

    def pages(self) -> list[Path]:
        return sorted(self.folder.rglob("*.html"))


def _execute_missing() -> dict[str, str]:
    """Run and page what isn't built from the code and data as they are; returns the errors, by place/notebook."""
    runs = plan(list(PLACES), {"min_count": 5})
    missing = [run for run in runs if not state.is_built(run)]
    done = [
        *execute_all([run for run in missing if run.place != COLD]),
        *execute_all([run for run in missing if run.place == COLD], cold=True),
    ]
    state.keep(runs, [(outcome.run, outcome.error) for outcome in done if outcome.error])
    write_site()
    return {f"{o.run.place}/{o.run.notebook.stem}": o.error for o in done if o.error}


@pytest.fixture(scope="session")
def collection(testrun_uid):
    """Execute the collection once for all test processes; kept in .cache, so that only what changed is run again."""
    folder = files.project() / ".cache" / "collection"
    folder.mkdir(parents=True, exist_ok=True)
    done = folder.with_suffix(".json")
    with pytest.MonkeyPatch.context() as patch, filelock.FileLock(folder.with_suffix(".lock")):
        patch.setenv("ANALYSIS_REPORTS", str(folder))
        patch.setenv("ANALYSIS_PUBLICATION", "")
        told = json.loads(done.read_text(encoding="utf-8")) if done.is_file() else {}
        if told.get("test_run") != testrun_uid:
            told = {"test_run": testrun_uid, "errors": _execute_missing()}
            done.write_text(json.dumps(told), encoding="utf-8")
    return Collection(folder, told["errors"])
