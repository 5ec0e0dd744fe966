"""What matters of a place, before anything else: what stands out, how sure it is, and what is not shown."""

from analysis import danish, municipalities
from analysis.texts import sources
from rerun.site import figures as published
from rerun.site.figures import Published
from rerun.site.notebook import Chapter

MOST = 3
SPINE = "overblik"  # the figure of all measures of a place
SURE = {
    "over": "Forskellen er for stor til at være tilfældig.",
    "under": "Forskellen er for stor til at være tilfældig.",
    "maybe_over": "Forskellen kan være tilfældig.",
    "maybe_under": "Forskellen kan være tilfældig.",
}
VERDICTS = {
    "over": "over resten",
    "maybe_over": "måske over",
    "som": "ingen forskel set",
    "maybe_under": "måske under",
    "under": "under resten",
    "none": "for få svar til en sammenligning",
}
_SAYS = (
    "focus_point",
    "evidence",
    "statement",
)  # what the study says of a theme, the nearest to advice first


def stands_out(measures: list[dict], place: str) -> list[dict]:
    """The measures where a place is held to be over or under the rest of the country, the clearest first.

    Parameters
    ----------
    measures : list of dict
        As `figures.measures` returns them.
    place : str

    Returns
    -------
    list of dict
        At most three: the measure's `title`, `name`, `theme` and, as Danish text, `value`, `beside` (how far from the
        rest of the country it is) and `certainty`.
    """
    found = [m for m in measures if m["rows"].get(place, {}).get("verdict") in {"over", "under"}]
    return [_finding(measure, place) for measure in sorted(found, key=lambda m: -_clearness(m, place))[:MOST]]


def _clearness(measure: dict, place: str) -> float:
    """The distance to the rest of the country, in half widths of the place's interval."""
    own, country = measure["rows"][place], measure["rows"].get(municipalities.COUNTRY, {})
    apart = own["difference"]
    if apart is None:  # a figure that shows no differences: the whole country is near enough for an order
        apart = own["value"] - country["value"] if country.get("value") is not None else 0.0
    return abs(apart) / max((own["high"] - own["low"]) / 2, 1e-9)


def _finding(measure: dict, place: str) -> dict:
    own, unit = measure["rows"][place], f" {measure['unit']}"
    unsure = " (usikkert skøn)" if own["uncertain"] else ""
    return {
        "name": measure["name"],
        "theme": measure["theme"],
        "measure": measure["measure"],
        "short": titled(measure | {"title": measure["short"]}),
        "side": _side(own),
        "title": titled(measure),
        "value": _with_unit(own["estimate"], unit),
        "beside": _beside(measure, own, unit),
        "certainty": f"{SURE[own['verdict']]} {own['n']} svar, 95 pct. sikkerhedsinterval {own['interval']}{unsure}.",
    }


def _side(own: dict) -> str:
    return f"{own['verdict']} resten af landet"


def titled(measure: dict) -> str:
    """A measure's name, with its area."""
    return ", ".join(filter(None, [measure["title"], measure["area"].lower()]))


def _with_unit(number: str, unit: str) -> str:
    return number if unit.strip() in number else f"{number}{unit}"


def _beside(measure: dict, own: dict, unit: str) -> str:
    """The rest of the country's value and how far the place is from it, as the figure's difference has it.

    A figure that shows no difference tells the side alone, and the whole country's value as what it is.
    """
    apart, decimals = own["difference"], measure["decimals"]
    if apart is None:
        country = measure["rows"].get(municipalities.COUNTRY, {}).get("estimate")
        told = f" (hele landet: {_with_unit(country, unit)})" if country else ""
        return f"{_side(own)}{told}"
    rest = _with_unit(danish.number(own["value"] - apart, decimals), unit)
    alike = " opgjort ens" if measure["alike"] else ""
    named = "procentpoint" if measure["unit"] == "pct." else measure["unit"]
    side = "over" if apart > 0 else "under"
    return f"resten af landet{alike} {rest}, altså {danish.number(abs(apart), decimals)} {named} {side}"


def overview(measures: list[dict], place: str) -> list[dict]:
    """A row a measure: the place's value, interval and answers, the country's value, and the verdict."""
    rows = []
    for measure in measures:
        own, country = measure["rows"].get(place), measure["rows"].get(municipalities.COUNTRY, {})
        if own is None:
            continue
        rows.append(
            {
                "name": measure["name"],
                "title": titled(measure | {"title": measure["short"]}),
                "unit": measure["unit"],
                "value": own["estimate"] or own["status"],
                "interval": own["interval"],
                "n": own["n"],
                "country": country.get("estimate", ""),
                "verdict": VERDICTS.get(own["verdict"], ""),
                "is_clear": own["verdict"] in {"over", "under"},
            }
        )
    return rows


def plainly(place: str, located: str, measures: list[dict], found: list[dict]) -> str:
    """What stands out, in a sentence: how much does, or that nothing does, or why nobody can say."""
    judged = [m["rows"][place]["verdict"] for m in measures if m["rows"].get(place, {}).get("verdict")]
    compared = [verdict for verdict in judged if verdict != "none"]
    if municipalities.is_country(place):
        return "Landet er det som kommunerne sammenlignes med."
    if not compared:
        return f"Der er for få svar {located} til at sige om noget skiller sig ud fra resten af landet."
    clear = sum(verdict in {"over", "under"} for verdict in compared)
    several = f"{danish.number(len(compared))} mål der kan sammenlignes"
    counted = "Et" if clear == 1 else danish.number(clear)
    if not clear:
        return f"Intet skiller sig ud: på ingen af de {several}, er forskellen til resten af landet sikker."
    shown = f" De {danish.number(len(found))} tydeligste står her." if clear > len(found) else ""
    return f"{counted} af de {several}, skiller sig ud fra resten af landet.{shown}"


def spine(figures: list[Published]) -> Published | None:
    """The figure of all measures, which the first page shows; None where there is none."""
    return next((figure for figure in figures if figure.name == SPINE), None)


def subject(chapter: Chapter, place: str) -> str:
    """What a chapter finds, in a sentence: the first headline that names the place, or the first; else its question."""
    said = [figure.headline for figure in chapter.figures if figure.name != SPINE]
    own = [headline for headline in said if place in headline]
    return next(iter(own or said), chapter.question)


def talk(found: list[dict], place: str) -> dict:
    """What there is to talk about: of each that stands out, what the study says of it; else the study's own points.

    Parameters
    ----------
    found : list of dict
        As `stands_out` returns them.
    place : str

    Returns
    -------
    dict
        `heading`, `lead`, and `points`: (what stands out, empty where nothing does, what the study says) pairs.
    """
    alone = municipalities.is_country(place) or municipalities.is_group(place)
    lead = "Det der skiller sig ud, og dybdekortlægningens fokuspunkt eller udsagn om det:"
    if not found:
        lead = "Dybdekortlægningens fokuspunkter er de samme for alle kommuner:"
    about = [f"{one['short']}: {one['value']}, {one['side']}" for one in found]
    points = discuss(found)
    return {
        "heading": "Hvad peger undersøgelsen på?" if alone else "Hvad kan I tale om?",
        "lead": lead,
        "points": list(zip(about or [""] * len(points), points, strict=True)),
    }


def discuss(found: list[dict]) -> list[str]:
    """What the study of the nine municipalities says of each that stands out; its own focus points where nothing does.

    `found` is what `stands_out` returns. No statement is said twice; where a theme has none left, it is empty.
    """
    if not found:
        return list(sources.statements(kind="focus_point")["statement"])
    said: list[str] = []
    for one in found:
        near = [statement for statement in _statements(one) if statement not in said]
        said.append(next(iter(near), ""))
    return said


def _statements(one: dict) -> list[str]:
    """What the study says of a measure, or else of its theme."""
    themes = [one.get("measure"), one["theme"]]
    return [
        statement
        for theme in themes
        for kind in _SAYS
        for statement in sources.statements(kind=kind, theme=theme or "")["statement"]
    ]


def hidden(chapters: list, place: str) -> dict[str, list[dict]]:
    """Status -> the figures that don't show something of the place for that reason, with `page` and `words`."""
    found: dict[str, list[dict]] = {}
    for chapter in chapters:
        for entry in published.withheld(chapter.figures, place):
            for status, labels in entry["own"].items():
                named = danish.join_words([label.lower() for label in labels if label])
                found.setdefault(status, []).append(entry | {"page": chapter.file, "words": named})
    return found


def others(chapters: list, place: str) -> list[dict]:
    """The figures that don't show something about others, with `page` and `words`."""
    entries = [
        entry | {"page": chapter.file}
        for chapter in chapters
        for entry in published.withheld(chapter.figures, place)
        if entry["others"]
    ]
    return [entry | {"words": _counted(entry)} for entry in entries]


def _counted(entry: dict) -> str:
    counts = [f"{danish.number(count)} {status}" for status, count in entry["others"].items()]
    return f"{danish.join_words(counts)} af {danish.number(entry['rows'])} tal"


def is_synthetic(figures: list[Published], otherwise: bool) -> bool:
    """Whether a page must say that its numbers are synthetic: not where every figure on it rests on real data."""
    return any(figure.data["synthetic"] for figure in figures) if figures else otherwise
