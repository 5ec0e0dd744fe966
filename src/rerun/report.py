"""Reports of places: what is asked for is checked, run where it is not built, and made into pages."""

import argparse
import importlib
import importlib.util
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

from analysis import data, files, municipalities
from analysis.disclosure import LOWEST_MIN_COUNT
from rerun import plan as places
from rerun import state
from rerun.plan import Run, plan
from rerun.progress import show_progress, told
from rerun.run import Outcome, execute_all
from rerun.site import write_site
from rerun.state import missing


def _places(arguments: argparse.Namespace) -> list[str]:
    named = " ".join(arguments.places).strip()
    if not named and not arguments.all:
        raise ValueError(
            "`MUNICIPALITY` must name a municipality or the whole country, but is empty. Say for example\n"
            '  make report MUNICIPALITY=Roskilde\n  make report MUNICIPALITY="Hele landet"'
        )
    if not named:
        return municipalities.places()
    return list(dict.fromkeys(place for text in arguments.places for place in places.named(text)))


def _relative(path: Path) -> str:
    """A path as it is said to the user: from the project's folder, with slashes."""
    home = files.project()
    return path.relative_to(home).as_posix() if path.is_relative_to(home) else path.name


_MANY = 8  # places from which a second process saves more than its start takes


def _write_reports(runs: list[Run], failed: list[Outcome], changed: int, workers: int) -> None:
    """PDF, Word file and pages of the places, and the pages that lead to them; `changed` of them are new."""
    state.keep(runs, [(outcome.run, outcome.error) for outcome in failed])
    if changed >= _MANY:
        print(f"Writing PDF, Word file and pages of {changed} places", file=sys.stderr)
    front = write_site(workers if changed >= _MANY else 1)
    written = [folder / "index.html" for folder in dict.fromkeys(run.folder for run in runs)]
    for index in written if len(written) <= 3 else [front]:
        print(f"Open {_relative(index)}")


def _refuse_synthetic() -> None:
    """A publication rests on real data throughout; said before anything is run."""
    synthetic = data.synthetic_deliveries()
    if synthetic:
        raise ValueError(
            f"A publication must rest on real data, but {len(synthetic)} deliveries are synthetic (first: "
            f"{synthetic[0]}). Put the real ones in data/raw with their sidecars, or run `make report`."
        )


def _check_asked(arguments: argparse.Namespace) -> None:
    """What every notebook would refuse is refused once, before a kernel is started: no data, year, threshold."""
    if arguments.min_count < LOWEST_MIN_COUNT:
        raise ValueError(
            f"`MIN_COUNT` must be at least {LOWEST_MIN_COUNT} respondents, but is "
            f"{arguments.min_count}. Give 5, or more."
        )
    known = data.years("caseworkers")
    if arguments.year and arguments.year not in known:
        raise ValueError(
            f"`YEAR` must be a year of the survey ({', '.join(map(str, known))}), but is {arguments.year}. Choose one, "
            "or put its delivery in data/raw."
        )


def report(arguments: argparse.Namespace) -> int:
    """Run every notebook for the places asked for, then write their pages; 1 if a run failed."""
    parameters = {"min_count": arguments.min_count} | ({"year": arguments.year} if arguments.year else {})
    runs = plan(_places(arguments), parameters, places.notebooks(arguments.notebooks))
    _check_asked(arguments)
    if os.environ.get("ANALYSIS_PUBLICATION", "") not in {"", "0"}:
        _refuse_synthetic()
    with state.alone(files.reports()):
        state.sweep(runs, files.reports())
        state.forget_others()
        return _build(runs, arguments)


def _build(runs: list[Run], arguments: argparse.Namespace) -> int:
    wanted = runs if arguments.force else missing(runs)
    if len(wanted) < len(runs):
        print(f"{len(runs) - len(wanted)} of {len(runs)} notebooks are already built.", file=sys.stderr)
    done = show_progress(_execute_all(wanted, arguments), len(wanted))
    state.sweep(runs, files.reports())  # of a worker that was killed
    failed = [outcome for outcome in done if outcome.error]
    try:
        _write_reports(runs, failed, len({run.place for run in wanted}), arguments.workers)
    finally:
        for line in told(failed):
            print(line, file=sys.stderr)
    return 1 if failed else 0


def _cluster() -> ModuleType:
    """The module that needs Dask, an extra: imported only where a cluster is asked for."""
    if importlib.util.find_spec("distributed") is None:
        raise ValueError(
            "`SCHEDULER` needs Dask on every machine, but it isn't installed. Say pip install -e '.[cluster]', "
            "or leave `SCHEDULER` out."
        )
    return importlib.import_module("rerun.cluster")


def _execute_all(runs: list[Run], arguments: argparse.Namespace) -> Iterator[Outcome]:
    """On this machine, or on the cluster that ``SCHEDULER`` names."""
    scheduler = os.environ.get("SCHEDULER", "")
    if scheduler and runs:
        cluster = _cluster()
        return cluster.execute_all(runs, scheduler, arguments.time_limit)
    return execute_all(runs, arguments.workers, arguments.cold, arguments.time_limit)


def tell_plan(arguments: argparse.Namespace) -> int:
    """Say what `report` would run for the places asked for, and why; nothing is run."""
    parameters = {"min_count": arguments.min_count} | ({"year": arguments.year} if arguments.year else {})
    runs = plan(_places(arguments), parameters, places.notebooks(arguments.notebooks))
    shared = state.state()
    reasons = [(run, state.reason(run, shared)) for run in runs]
    for run, why in reasons:
        print(f"{run.place}: {run.name}: {f'would be run: {why}' if why else 'is built'}")
    print(f"{sum(bool(why) for _, why in reasons)} of {len(runs)} notebooks would be run.")
    others = sorted(set(places.all_notebooks()) - {run.name for run in runs})
    if others and runs:
        print(f"Run only where NOTEBOOKS names them: {', '.join(others)}.")
    return 0
