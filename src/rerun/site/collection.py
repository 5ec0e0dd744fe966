"""The pages about all reports: front page, comparison, data and method, status."""

import re
from pathlib import Path

from analysis import danish, files, municipalities
from analysis.charts.tile_map import short_name
from rerun.plan import notebooks
from rerun.site import figures, pages, shelf
from rerun.site.shelf import COUNTRY, GROUP, MUNICIPALITY, Report
from rerun.site.summary import VERDICTS

# Two places side by side: every measure with interval, answers and verdict, or why it isn't shown; no ranking.


def lines(numbers: dict | None, unit: str, compared: bool) -> list[str] | None:
    """What a cell says, line by line; None where the reports say nothing.

    Parameters
    ----------
    numbers : dict or None
        As `own_numbers.measures` has them for a place.
    unit : str
    compared : bool
        Whether the place was to be held against the rest of the country, so that it is told where it wasn't.

    Examples
    --------
    >>> lines({"estimate": "", "status": "diskretioneret"}, "sager", True)
    ['diskretioneret']
    """
    if numbers is None:
        return None
    if not numbers["estimate"]:
        return [numbers["status"]]
    said = [f"{numbers['estimate']} {unit}", f"interval {numbers['interval']}", f"{numbers['n']} svar"]
    if numbers["verdict"] and (compared or numbers["verdict"] != "none"):
        said.append(VERDICTS[numbers["verdict"]])
    return said + (["usikkert skøn"] if numbers["uncertain"] else [])


def comparison_table(reports: list[Report], summaries: dict[str, dict]) -> dict:
    """Everything that the page of comparison shows, for its script.

    Parameters
    ----------
    reports : list of Report
    summaries : dict
        Slug -> what `place_pages.write_place` returns.

    Returns
    -------
    dict
        `maal`: titles; `steder`: slug -> `navn`, `tal` (lines a measure), `omkring` (name and key of its group
        and of the country), `grundlag`; `omkring`: key -> `tal`; `landet`: what the country is called.
    """
    measures = _measures(summaries)
    places, around = {}, {}
    for report in reports:
        summary = summaries[report.slug]
        basis = _basis(summary)
        beside = [name for name in figures.surroundings(report.place) if name != report.place]
        for name in beside:
            around.setdefault(f"{name}|{basis}", _told_measures(summary, measures, name, False))
        is_compared = not municipalities.is_country(report.place)
        places[report.slug] = {
            "navn": report.place,
            "tal": _told_measures(summary, measures, report.place, is_compared),
            "omkring": [[name, f"{name}|{basis}"] for name in beside],
            "grundlag": basis,
        }
    titles = list(measures.values())
    return {"maal": titles, "steder": places, "omkring": around, "landet": municipalities.COUNTRY}


def _measures(summaries: dict[str, dict]) -> dict[str, str]:
    """Key -> title of every measure, in the order of the reports."""
    return {
        measure["key"]: ", ".join(filter(None, [measure["title"], measure["area"].lower()]))
        for summary in summaries.values()
        for measure in summary["measures"]
    }


def _told_measures(summary: dict, measures: dict, place: str, compared: bool) -> list[list[str] | None]:
    own = {measure["key"]: measure for measure in summary["measures"]}
    return [
        lines(own[key]["rows"].get(place), own[key]["unit"], compared) if key in own else None
        for key in measures
    ]


def _basis(summary: dict) -> str:
    """What a place's numbers rest on, short: only places of the same are held side by side."""
    data = "+".join(sorted({state["data"][:8] for state in summary["states"]}))
    return f"{data}/{summary['min_count']}/{summary['year']}"


# The pages about all reports: front page, comparison, data and method, status.

_OWN_WORK = re.compile(r",? og (egne beregninger|egen opstilling)\.$|\.$")


def write_collection(reports: list[Report], summaries: dict[str, dict]) -> Path:
    """Write every page about all reports.

    Parameters
    ----------
    reports : list of Report
        In the order in which they are listed.
    summaries : dict
        Slug -> what `place_pages.write_place` returns.

    Returns
    -------
    Path
        The front page.
    """
    folder = files.reports()
    folder.mkdir(parents=True, exist_ok=True)
    pages.write_style(folder)
    shared = {
        "synthetic": any(summary["synthetic"] for summary in summaries.values()),
        "min_count": danish.join_words(
            sorted({str(s["min_count"]) for s in summaries.values()}) or ["5"], "eller"
        ),
    }
    _write_comparison(folder, reports, summaries, shared)
    _write_method(folder, reports, summaries, shared)
    _write_status(folder, reports, summaries, shared)
    return _write_front(folder, reports, shared)


def search_words(place: str) -> str:
    """What a place is found by, in lower case: its name, other names, code, and the region that it lies in.

    Examples
    --------
    >>> search_words("København")
    'københavn|københavns|kbh|0101|hovedstaden'
    """
    own = [word for m in municipalities.everyone() if m.name == place for word in (m.code, m.region)]
    others = [alias for alias, name in municipalities.ALIASES.items() if name == place]
    return "|".join([place, *others, *own]).lower()


def _entries(reports: list[Report]) -> dict[str, list[dict]]:
    """Kind -> the places of the front page; of the municipalities, those without a report too."""
    there = {report.place: report for report in reports}
    names = sorted((m.name for m in municipalities.everyone()), key=danish.sort_key)
    by_kind = {kind: [r.place for r in reports if r.kind == kind] for kind in (COUNTRY, GROUP)}
    return {
        kind: [_entry(name, there.get(name)) for name in places]
        for kind, places in (by_kind | {MUNICIPALITY: names}).items()
    }


def _entry(name: str, report: Report | None) -> dict:
    state = "mangler" if report is None else "har" if not any(p.error for p in report.parts) else "fejl"
    slug = report.slug if report else danish.slug(name)
    return {"name": name, "slug": slug, "folder": slug if report else "", "state": state}


def _tiles(entries: list[dict]) -> list[dict]:
    """The map's squares, in the order in which they are read: row by row."""
    tiles = {m.name: m.tile for m in municipalities.everyone()}
    found = [
        entry
        | {
            "row": tiles[entry["name"]][0],
            "column": tiles[entry["name"]][1],
            "short": short_name(entry["name"]),
        }
        for entry in entries
    ]
    return sorted(found, key=lambda tile: (tile["row"], tile["column"]))


def _told(entries: dict[str, list[dict]]) -> str:
    every = entries[MUNICIPALITY]
    made = sum(entry["state"] != "mangler" for entry in every)
    groups = len(entries[GROUP])
    share = f"alle {made}" if made == len(every) else f"{made} af de {len(every)}"
    told = [
        "landet" if entries[COUNTRY] else "",
        f"{danish.number(groups)} {'kommunegruppe' if groups == 1 else 'kommunegrupper'}" if groups else "",
        f"{share} kommuner",
    ]
    return f"Her er rapporter for {danish.join_words(list(filter(None, told)))}."


def _write_front(folder: Path, reports: list[Report], shared: dict) -> Path:
    entries = _entries(reports)
    listed = [entry for of_kind in entries.values() for entry in of_kind]
    return pages.write(
        folder,
        pages.FRONT,
        "front.html",
        script=pages.script("search.js"),
        country=entries[COUNTRY],
        groups=entries[GROUP],
        municipalities=entries[MUNICIPALITY],
        tiles=_tiles(entries[MUNICIPALITY]),
        told=_told(entries),
        any_failed=any(entry["state"] == "fejl" for entry in listed),
        any_missing=any(entry["state"] == "mangler" for entry in listed),
        words=pages.inline_json({entry["slug"]: search_words(entry["name"]) for entry in listed}),
        **shared,
    )


def _write_comparison(folder: Path, reports: list[Report], summaries: dict, shared: dict) -> None:
    table = comparison_table(reports, summaries)
    around = {key.split("|")[0]: numbers for key, numbers in table["omkring"].items()}
    columns = sorted(around, key=lambda name: (not municipalities.is_country(name), danish.sort_key(name)))
    rows = [(title, "", [around[name][at] for name in columns]) for at, title in enumerate(table["maal"])]
    pages.write(
        folder,
        pages.COMPARISON,
        "compare.html",
        script=pages.script("compare.js") + pages.script("scroll.js"),
        choices=[(report.slug, report.place) for report in reports],
        columns=[(name, "") for name in columns],
        rows=rows,
        numbers=pages.inline_json(table),
        **shared,
    )


def _write_method(folder: Path, reports: list[Report], summaries: dict, shared: dict) -> None:
    pages.write(
        folder,
        pages.METHOD,
        "method.html",
        sources=_sources(summaries),
        notebooks=[(part.executed.name, part.title) for part in (reports[0].parts if reports else ())]
        or [(file.name, file.stem) for file in notebooks()],
        states=_states(reports, summaries),
        **shared,
    )


def _sources(summaries: dict[str, dict]) -> list[str]:
    """Every source that a figure names, each once: a figure's line may name several."""
    named = {_OWN_WORK.sub("", source) for summary in summaries.values() for source in summary["sources"]}
    return sorted({one for source in named for one in source.split("; ")}, key=danish.sort_key)


def _states(reports: list[Report], summaries: dict[str, dict]) -> list[dict]:
    """What the reports were made from, each different state once, with the places that rest on it."""
    found: dict[str, tuple[dict, list[str]]] = {}
    for report in reports:
        summary = summaries[report.slug]
        for state in summary["states"]:
            told = state | {"min_count": summary["min_count"], "year": summary["year"]}
            found.setdefault(pages.inline_json(told), (told, []))[1].append(report.place)
    return [
        state
        | {
            "places": _named(places, len(reports)),
            "packages": ", ".join(f"{name} {version}" for name, version in state["packages"].items()),
        }
        for state, places in found.values()
    ]


def _named(places: list[str], total: int) -> str:
    return f"alle {total}" if len(places) == total and total > 1 else danish.join_words(places)


def _write_status(folder: Path, reports: list[Report], summaries: dict, shared: dict) -> None:
    rows = shelf.rows(reports, summaries)
    pages.write(
        folder,
        pages.STATUS,
        "status.html",
        script=pages.script("scroll.js"),
        told=shelf.told(reports),
        failed=shelf.failed(reports),
        unmade=shelf.unmade(reports),
        absent=shelf.absent(reports),
        rows=rows,
        states=len({(row["data"], row["code"], row["min_count"]) for row in rows}),
        **shared,
    )
