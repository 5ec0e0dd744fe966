"""One figure of any measure, for any place, beside any others: what the interactive notebook shows, as a call.

The same measures, gate, charts and sentences as in the collection; nothing is estimated here.
"""

from analysis import charts, codebook, danish, measures, sentences
from analysis.charts.figure import Figure
from analysis.disclosure import ProtectedTable
from analysis.measures import answers as distributions
from analysis.measures import measure as words
from analysis.municipalities import COUNTRY, find_place

# Function of `analysis.measures` -> the variable that it measures.
MEASURES = {
    "caseload": "caseload",
    "sparring_hours": "sparring_hours",
    "introduction_programme": "has_introduction_programme",
    "introduction_days": "introduction_days",
    "mentor": "has_mentor",
    "introduction_insufficient": "introduction_sufficient",
    "handover_difficult": "case_handover",
    "turnover": "has_changed_workplace",
    "unforeseen_changes": "change_planned",
}
# How a place is compared, and how its answers are split: code -> Danish word.
COMPARISONS = {
    "group": "Kommunegruppen",
    "region": "Regionen",
    "levels": "Alle regioner og kommunegrupper",
    "funnel": "Alle 98 kommuner som tragt",
    "map": "Alle 98 kommuner som kort",
}
WHOLE, AREAS, ANSWERS, ROLE = "whole", "areas", "answers", "role"
_SPLITS = {
    WHOLE: "Ingen",
    AREAS: "Begge områder",
    ANSWERS: "Alle svar, efter kommunegruppe",
    ROLE: "Efter rolle, kun hele landet",
}
_ONE_AREA = ("funnel", "map")  # charts without panels
_SELECTED = {
    "group": measures.peers,
    "region": measures.in_region,
    "levels": measures.with_all_levels,
    "funnel": lambda table, place: measures.all_municipalities(table),
    "map": lambda table, place: measures.all_municipalities(table),
}
_FILE_WORDS = {
    "group": "gruppe",
    "region": "region",
    "levels": "niveauer",
    "funnel": "tragt",
    "map": "kort",
    AREAS: "omraader",
    ANSWERS: "svar",
    ROLE: "rolle",
    "at_risk": "udsatte",
    "disability": "handicap",
}


def measured(measure: str, year: int, min_count: int = 5) -> ProtectedTable:
    """The protected table of a measure by its name in `MEASURES`.

    Raises
    ------
    ValueError
        If there is no such measure, or the year has no answers.
    """
    return getattr(measures, _known(measure, "measure", MEASURES))(year, min_count)


def breakdowns(table: ProtectedTable, comparison: str) -> dict[str, str]:
    """The ways in which a measure can be split in a comparison: code -> Danish word, the usual one first."""
    if "area" in table.frame:
        areas = dict(codebook.levels("area"))
        return areas if comparison in _ONE_AREA else {AREAS: _SPLITS[AREAS], **areas}
    splits = [WHOLE]
    if table.quantity["level"]:
        splits += [ANSWERS]
        splits += [ROLE] if table.quantity["variable"] in codebook.columns("leaders").index else []
    return {split: _SPLITS[split] for split in splits}


def view(
    measure: str, place: str, comparison: str = "group", breakdown: str = "", *, year: int, min_count: int = 5
) -> Figure:
    """A figure of a measure.

    Parameters
    ----------
    measure : str
        One of `MEASURES`, as "caseload".
    place : str
        Name or code of a municipality, a municipality group, or "Hele landet".
    comparison : str
        One of `COMPARISONS`: what the place is beside. The breakdowns "answers" (by municipality group) and
        "role" (the whole country: leaders' answers are never split by place) pass it over.
    breakdown : str
        One of `breakdowns`; the first when empty.
    year : int
        The year of the survey.
    min_count : int
        Fewest answers that are shown; at least 3.

    Returns
    -------
    Figure

    Raises
    ------
    KeyError
        If the place is unknown.
    ValueError
        If measure, comparison, breakdown or year is, or `min_count` is under 3.

    Examples
    --------
    >>> view("turnover", "Roskilde", "funnel", year=2014).name
    'udforsk_personaleomsaetning_2014_tragt'
    """
    place, table = find_place(place), measured(measure, year, min_count)
    possible = breakdowns(table, _known(comparison, "comparison", COMPARISONS))
    split = _known(breakdown or next(iter(possible)), "breakdown", possible)
    if split in (ANSWERS, ROLE):
        return _answers(table, COUNTRY if split == ROLE else place, split)
    if split not in (WHOLE, AREAS):
        table = table.select(area=split)
    draw = {"funnel": _funnel, "map": _map}.get(comparison, _intervals)
    return draw(table, place, comparison, _file_name(table, comparison, split))


def code(measure: str, place: str, comparison: str, breakdown: str, *, year: int, min_count: int = 5) -> str:
    """The line of Python that makes a figure again, after ``from analysis.views import view``.

    Examples
    --------
    >>> code("turnover", "Roskilde", "funnel", "whole", year=2014)
    'view("turnover", "Roskilde", "funnel", "whole", year=2014, min_count=5)'
    """
    chosen = ", ".join(f'"{choice}"' for choice in (measure, place, comparison, breakdown))
    return f"view({chosen}, year={year}, min_count={min_count})"


def _known(value: str, parameter: str, known) -> str:
    if value not in known:
        raise ValueError(f"`{parameter}` must be one of {', '.join(known)}, but is {value!r}. Choose one.")
    return value


def _file_name(table: ProtectedTable, comparison: str, split: str) -> str:
    """An ASCII name of the figure that tells it from every other choice but the threshold."""
    quantity = table.quantity
    label = codebook.label(quantity["variable"], quantity["table"])
    parts = ["udforsk", label, str(quantity["year"])]
    parts += [] if split in (ANSWERS, ROLE) else [_FILE_WORDS[comparison]]
    parts += [] if split == WHOLE else [_FILE_WORDS[split]]
    return danish.slug(" ".join(parts))


def _intervals(table: ProtectedTable, place: str, comparison: str, name: str) -> Figure:
    both = "area" in table.frame and table.frame["area"].nunique() > 1
    texts = sentences.for_intervals(table, place)
    if not both:
        texts.pop("panel_labels", None)
    return charts.intervals(
        _SELECTED[comparison](table, place), name=name, panel="area" if both else None, **texts
    )


def _funnel(table: ProtectedTable, place: str, comparison: str, name: str) -> Figure:
    return charts.funnel(
        _SELECTED[comparison](table, place),
        measures.limits(table),
        name=name,
        value_label=words.of(table).statistic,
        **sentences.for_funnel(table, place),
    )


def _map(table: ProtectedTable, place: str, comparison: str, name: str) -> Figure:
    texts = sentences.for_all_places(table, place, "Hver kommune er et felt af samme størrelse.")
    selected = _SELECTED[comparison](table, place)
    return charts.tile_map(selected, name=name, value_label=words.of(table).unit.capitalize(), **texts)


def _answers(table: ProtectedTable, place: str, split: str) -> Figure:
    quantity, interest = table.quantity, tuple(table.quantity["level"].split("|"))
    made = distributions.answers_by_role if split == ROLE else distributions.answers_by_group
    answers = made(quantity["variable"], interest, quantity["year"], table.min_count)
    texts = sentences.for_answers(answers, place, interest)
    return charts.answers(answers, name=_file_name(table, "", split), **texts)
