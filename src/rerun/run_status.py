"""Which notebooks of which places are whole, which failed, and which were never run."""

import datetime

from analysis import danish, municipalities
from rerun.shelf import Report


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
