"""The command line: ``python -m rerun --municipality Roskilde``; the Makefile's targets are its front door."""

import argparse
import os
import sys
from pathlib import Path

from analysis import data, municipalities, paths
from rerun.plan import Run, plan
from rerun.run import WORKERS, execute_all, relative, show_progress
from rerun.site import write_site


def _arguments(words: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="rerun", description="Runs the collection for municipalities.")
    parser.add_argument("--municipality", action="append", default=[], help="a name or code; may be repeated")
    parser.add_argument("--all", action="store_true", help="the 98 municipalities and the whole country")
    parser.add_argument("--min-count", type=int, default=5, help="fewest respondents shown (3 or more)")
    parser.add_argument("--year", type=int, help="year of the survey; the notebooks' own if not given")
    parser.add_argument("--workers", type=int, default=WORKERS)
    return parser.parse_args(words)


def _places(arguments: argparse.Namespace) -> list[str]:
    everyone = [municipalities.COUNTRY, *(m.name for m in municipalities.everyone())]
    named = [name for name in arguments.municipality if name.strip()]
    if not named and not arguments.all:
        raise ValueError(
            "`MUNICIPALITY` must name a municipality or the whole country, but is empty. Say for example\n"
            '  make report MUNICIPALITY=Roskilde\n  make report MUNICIPALITY="Hele landet"'
        )
    return everyone if arguments.all else named


def _write_reports(runs: list[Run], min_count: int) -> list[Path]:
    folders = {run.place: run.folder for run in runs}
    return [write_site(place, folder, min_count) for place, folder in folders.items()]


def report(arguments: argparse.Namespace) -> int:
    """Run every notebook for the places asked for, then write their pages; 1 if a run failed."""
    parameters = {"min_count": arguments.min_count} | ({"year": arguments.year} if arguments.year else {})
    runs = plan(_places(arguments), parameters)
    data.digest()  # without data nothing is started
    outcomes = show_progress(execute_all(runs, arguments.workers), len(runs))
    failed = [outcome for outcome in outcomes if outcome.error]
    broken = {outcome.run.place for outcome in failed}
    for index in _write_reports([run for run in runs if run.place not in broken], arguments.min_count):
        print(f"Open {relative(index, paths.project())}")
    for outcome in failed:
        print(f"{outcome.run.place}, {outcome.run.notebook.name}: {outcome.error}", file=sys.stderr)
    return 1 if failed else 0


def main(words: list[str] | None = None) -> int:
    """Answer a command line; errors are one message, not a traceback."""
    try:
        return report(_arguments(words))
    except (KeyError, ValueError, OSError) as error:
        print(error.args[-1], file=sys.stderr)
        return 2


if __name__ == "__main__":
    os.environ.setdefault("PYDEVD_DISABLE_FILE_VALIDATION", "1")
    sys.exit(main())
