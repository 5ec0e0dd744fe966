"""Two places side by side: every measure with interval, answers and verdict, or why it isn't shown; no ranking."""

from analysis import municipalities
from rerun import own_numbers
from rerun.shelf import Report

VERDICTS = {
    "over": "over landet",
    "som": "som landet",
    "under": "under landet",
    "none": "for få svar til en sammenligning",
}


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
    if numbers["status"] != own_numbers.SHOWN:
        return [numbers["status"]]
    said = [f"{numbers['estimate']} {unit}", f"interval {numbers['interval']}", f"{numbers['n']} svar"]
    if numbers["verdict"] and (compared or numbers["verdict"] != "none"):
        said.append(VERDICTS[numbers["verdict"]])
    return said + (["usikkert skøn"] if numbers["uncertain"] else [])


def table(reports: list[Report], summaries: dict[str, dict]) -> dict:
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
        beside = [name for name in own_numbers.surroundings(report.place) if name != report.place]
        for name in beside:
            around.setdefault(f"{name}|{basis}", _told(summary, measures, name, False))
        is_compared = not municipalities.is_country(report.place)
        places[report.slug] = {
            "navn": report.place,
            "tal": _told(summary, measures, report.place, is_compared),
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


def _told(summary: dict, measures: dict, place: str, compared: bool) -> list[list[str] | None]:
    own = {measure["key"]: measure for measure in summary["measures"]}
    return [
        lines(own[key]["rows"].get(place), own[key]["unit"], compared) if key in own else None
        for key in measures
    ]


def _basis(summary: dict) -> str:
    """What a place's numbers rest on, short: only places of the same are held side by side."""
    data = "+".join(sorted({state["data"][:8] for state in summary["states"]}))
    return f"{data}/{summary['min_count']}/{summary['year']}"
