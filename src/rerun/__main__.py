"""The command line: ``casework report Roskilde``, also ``python -m rerun report Roskilde``; ``make`` calls it.

What a command needs is imported when it is called, so that ``casework --help`` answers at once.
"""

import argparse
import os
import signal
import subprocess
import sys
from types import FrameType
from typing import NoReturn

_NO_DATA_NEEDED = {"delivery", "site", "audit", "changes"}


def _report(arguments: argparse.Namespace) -> int:
    from rerun.report import report

    return report(arguments)


def _publication(arguments: argparse.Namespace) -> int:
    os.environ["ANALYSIS_PUBLICATION"] = "1"
    return _report(arguments)


def _plan(arguments: argparse.Namespace) -> int:
    from rerun.report import tell_plan

    return tell_plan(arguments)


def _data(_: argparse.Namespace) -> int:
    return 0  # every command but a few builds the data first: this one does nothing else


def _delivery(arguments: argparse.Namespace) -> int:
    from analysis.prepare.delivery import main as look

    return look([arguments.file])


def _lab(_: argparse.Namespace) -> int:
    from analysis import files
    from rerun import state

    command = [sys.executable, "-m", "jupyterlab", "--notebook-dir", str(files.project())]
    kept = os.environ | {"ANALYSIS_KEPT": str(state.folder())}  # what reports have computed answers at once
    return subprocess.call([*command, "--LabApp.default_url=/lab/tree/notebooks"], env=kept)


def _verify(arguments: argparse.Namespace) -> int:
    from rerun.verify import main as verify

    return verify(arguments.files)


def _audit(arguments: argparse.Namespace) -> int:
    from rerun.audit import main as audit

    return audit([*arguments.reports, *(["--known", *arguments.known] if arguments.known else [])])


def _changes(arguments: argparse.Namespace) -> int:
    from pathlib import Path

    from rerun.site.changes import write_changes

    print(f"Open {write_changes(Path(arguments.known))}")
    return 0


def _site(_: argparse.Namespace) -> int:
    from rerun.site.__main__ import main as build_pages

    return build_pages()


def _running(parser: argparse.ArgumentParser) -> None:
    """The options of the commands that run notebooks."""
    parser.add_argument("--min-count", type=int, default=5, help="fewest respondents shown (3 or more; 5)")
    parser.add_argument("--year", type=int, help="year of the survey; the notebooks' own if not given")
    parser.add_argument(
        "--notebooks", default="", help='some, as "02_caseload egne/digital"; all if not given'
    )
    parser.add_argument("--force", action="store_true", help="also run what is already built")
    parser.add_argument("--cold", action="store_true", help="start every kernel anew, not from a warm one")
    parser.add_argument("--workers", type=int, default=2, help="how many notebooks run side by side (2)")
    parser.add_argument(
        "--time-limit", type=float, default=600, help="seconds that a notebook may take (600)"
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="casework", description="Notebooks on casework, run for places.")
    verbs = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)

    def verb(name: str, call: object, told: str) -> argparse.ArgumentParser:
        added = verbs.add_parser(name, help=told, description=told)
        added.set_defaults(call=call)
        return added

    for name, call, told in (
        ("report", _report, "charts and pages of one or more places: casework report Roskilde"),
        ("reports", _report, "the same for the country, groups and all 98, or for those named"),
        ("publication", _publication, "as report, but refuses synthetic data"),
        ("plan", _plan, "list what would be run, what is built, and why the rest is not"),
    ):
        running = verb(name, call, told)
        running.add_argument(
            "places", nargs="*", metavar="PLACE", help="names or codes; regions and groups, too"
        )
        running.set_defaults(all=name in {"reports", "plan"})
        _running(running)
    verb("data", _data, "build data/processed from data/raw (demonstration data where nothing is)")
    verb("delivery", _delivery, "look at a delivery and propose its sidecar").add_argument("file")
    verb("lab", _lab, "open JupyterLab on the project")
    verb("verify", _verify, "make exported files again and compare").add_argument("files", nargs="+")
    audit = verb("audit", _audit, "attack everything in reports/ and say what could be computed")
    audit.add_argument("reports", nargs="*", help="a folder; reports/ if not given")
    audit.add_argument("--known", nargs="*", default=[], help="folders with what is out already")
    verb("changes", _changes, "what changed since an earlier edition").add_argument(
        "known", help="its folder"
    )
    verb("site", _site, "build the pages anew of what is already in reports/")
    return parser


def _stop(number: int, _: FrameType | None) -> NoReturn:
    """End as by Ctrl-C: kernels are ended, too, and only whole files stay."""
    raise KeyboardInterrupt(number)


def main(words: list[str] | None = None) -> int:
    """Answer a command line; errors are one message, not a traceback."""
    os.environ.setdefault("PYDEVD_DISABLE_FILE_VALIDATION", "1")
    arguments = _parser().parse_args(words)
    try:
        if arguments.command not in _NO_DATA_NEEDED:
            from rerun.built_data import build

            build(told=arguments.command == "data")
        return arguments.call(arguments)
    except (KeyError, ValueError, OSError) as error:
        print(error.args[-1] if isinstance(error, KeyError) else error, file=sys.stderr)
        return 2
    except KeyboardInterrupt as stopped:
        print("Stopped. What was whole is kept; the same command goes on from there.", file=sys.stderr)
        return 128 + (stopped.args[0] if stopped.args else signal.SIGINT)


def command() -> NoReturn:
    """Answer the command line of this process; a request to stop ends it as Ctrl-C does."""
    for number in (signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)):
        signal.signal(number, _stop)
    sys.exit(main())


if __name__ == "__main__":
    command()
