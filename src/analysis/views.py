"""A measure as a figure with all its texts, for any place: what notebooks and the interactive notebook call.

``views.ranked(measure(name, 2014), "Roskilde")`` is a whole figure. Measures, gate, charts and sentences are
those of the collection; nothing is estimated here.
"""

import hashlib
import json
from collections.abc import Callable, Sequence

import pandas as pd

from analysis import charts, codebook, danish, figure_texts, measures, sentences
from analysis.charts.figure import Figure
from analysis.charts.kind import estimate_columns
from analysis.charts.spine import Part
from analysis.disclosure import ProtectedTable, combine
from analysis.measures import answers as distributions
from analysis.measures import catalogue
from analysis.municipalities import COUNTRY, find, find_place, is_group, place_level

# Whom a place is ranked among: code -> Danish word.
BESIDE = {
    "group": "Kommunegruppen",
    "region": "Regionen",
    "levels": "Alle regioner og kommunegrupper",
    "around": "Kommunegruppen, regionen og landet",
}
# How a place is compared: code -> Danish word.
COMPARISONS = BESIDE | {"funnel": "Alle 98 kommuner som tragt", "map": "Alle 98 kommuner som kort"}
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
    "around": measures.around,
}
_FILE_WORDS = {
    "group": "gruppe",
    "region": "region",
    "levels": "niveauer",
    "around": "omgivelser",
    "funnel": "tragt",
    "map": "kort",
    AREAS: "omraader",
    ANSWERS: "svar",
    ROLE: "rolle",
    "at_risk": "udsatte",
    "disability": "handicap",
}


# ---- a kind of chart each, as a notebook calls it


def ranked(table: ProtectedTable, place: str, beside: str | Sequence[str] = "group", **texts) -> Figure:
    """Ranked estimates with intervals: the place among those of its group, its region, or the levels above it.

    Parameters
    ----------
    table : ProtectedTable
        From `measures.measure`; one with areas becomes a panel an area.
    place : str
        Name or code of a municipality, a municipality group, or "Hele landet".
    beside : str or sequence of str
        One of `BESIDE`, or places by name or code; the country stands with them.
    **texts
        What is otherwise taken from the measure: ``name`` (of the files), ``headline``, ``description``, ``note``,
        ``value_label``, and other keywords of `charts.intervals`.
    """
    rows = _selected(table, find_place(place), beside)
    by = {"order": "shrunken"} if _several_smoothed(rows.frame) else {}
    order = "Rækkefølgen følger de udjævnede skøn; den er ingen rangorden." if by else ""
    made = figure_texts.for_intervals(table, find_place(place), order) | by
    if _has_both_areas(table):
        made |= {"panel": "area", "panel_labels": codebook.levels("area")}
    return charts.intervals(rows, **_named(table, "omraade" if "panel" in made else "") | made | texts)


def _several_smoothed(rows: pd.DataFrame) -> bool:
    """Whether there are municipalities to order: one, though in both areas, has no place among others."""
    municipal = rows[rows["place_level"].eq("municipality")]
    return "shrunken" in rows and len(set(municipal.loc[municipal["shrunken"].notna(), "place"])) > 1


def _selected(table: ProtectedTable, place: str, beside: str | Sequence[str]) -> ProtectedTable:
    if isinstance(beside, str):
        return _SELECTED[_known(beside, "beside", BESIDE)](table, place)
    return measures.among(table, [place, *(find_place(other) for other in beside)])


def funnel(table: ProtectedTable, place: str, **texts) -> Figure:
    """All municipalities by their number of answers, within the limits of chance; parameters as `ranked`."""
    made, value = figure_texts.for_funnel(table, find_place(place)), measures.funnel_value(table)
    axis = f"{catalogue.of(table).axis}{sentences.on_one_area(table)}"
    made |= _named(table, "tragt") | {"value": value, "value_label": axis}
    return charts.funnel(measures.all_municipalities(table), measures.limits(table), **made | texts)


def map(table: ProtectedTable, place: str, **texts) -> Figure:
    """All municipalities as a map of tiles; parameters as `ranked`."""
    made = figure_texts.for_all_places(
        table, find_place(place), "Hver kommune er et felt af samme størrelse."
    )
    made["value_label"] = danish.first_upper(catalogue.of(table).unit)
    return charts.tile_map(measures.all_municipalities(table), **_named(table, "kort") | made | texts)


def shrinkage(table: ProtectedTable, place: str, **texts) -> Figure:
    """The place's group, each estimate beside the one drawn towards the country; parameters as `ranked`."""
    made = figure_texts.for_shrinkage(table, find_place(place))
    return charts.shrinkage(
        measures.peers(table, find_place(place)), **_named(table, "udjaevnet") | made | texts
    )


def by_region(table: ProtectedTable, place: str, **texts) -> Figure:
    """All municipalities, a panel a region; parameters as `ranked`."""
    made = figure_texts.for_all_places(table, find_place(place))
    return charts.small_multiples(
        measures.all_municipalities(table), **_named(table, "regioner") | made | texts
    )


def spine(place: str, *, year: int, min_count: int = 5, **texts) -> Figure:
    """Every measure of a place on one page, each on its own scale beside the place's group and the country.

    Parameters
    ----------
    place : str
        Name or code of a municipality, a municipality group, or "Hele landet".
    year : int
    min_count : int
    **texts
        As in `ranked`.
    """
    place, rows = find_place(place), {name: catalogue.named(name) for name in measures.names()}
    whole = {name: measures.measure(name, year, min_count) for name in rows}
    parts = {
        name: Part(
            danish.first_upper(row.subject),
            row.stem.split("_")[0],
            row.unit,
            row.decimals,
            _spans(whole[name]),
        )
        for name, row in rows.items()
    }
    tables = {name: _above(table, place) for name, table in whole.items()}
    table = combine(tables)
    made = figure_texts.for_spine(table, place, year) | {"name": "overblik", "parts": parts}
    return charts.spine(table, **made | texts)


def _spans(table: ProtectedTable) -> dict[str | None, tuple[float, float]]:
    """From which to which estimate the shown municipalities go, by area."""
    rows = measures.all_municipalities(table).frame
    shown = rows[rows["place_level"].eq("municipality") & rows["status"].eq("shown")]
    areas = shown["area"] if "area" in shown else pd.Series(None, index=shown.index, dtype="object")
    return {
        None if pd.isna(area) else area: (own.min(), own.max())
        for area, own in shown.groupby(areas, dropna=False)["estimate"]
    }


def _above(table: ProtectedTable, place: str) -> ProtectedTable:
    """The rows of a place, its group and the country."""
    rows, group = table.frame, None if place == COUNTRY or is_group(place) else find(place).group
    return table.rows(rows["place"].isin([place, group, COUNTRY]).to_numpy(bool))


def answers(table: ProtectedTable, place: str, **texts) -> Figure:
    """How the answers to a question spread, from `analysis.measures.answers`; parameters as `ranked`."""
    made = figure_texts.for_answers(table, find_place(place)) | {
        "name": danish.slug(table.quantity["variable"])
    }
    return charts.answers(table, **made | texts)


def _named(table: ProtectedTable, kind: str) -> dict[str, str]:
    """The name of a figure's files, from the measure, the kind of chart and its area."""
    row = catalogue.of(table)
    areas = table.frame["area"].unique() if "area" in table.frame else []
    area = _FILE_WORDS[areas[0]] if len(areas) == 1 else ""
    return {"name": danish.slug(f"{row.stem} {kind} {area}")}


def _has_both_areas(table: ProtectedTable) -> bool:
    return "area" in table.frame and len(table.frame["area"].unique()) > 1


def crossed(measure: str, question: str, place: str, *, year: int, min_count: int = 5, **texts) -> Figure:
    """A measure by the answers to another question, within a place, as `measures.ask` has it.

    Parameters
    ----------
    measure : str
        One of `measures.names`.
    question : str
        A closed question of the codebook; one of the measure's `questions`.
    place : str
        Name or code of a municipality, a municipality group, or "Hele landet".
    year, min_count : int
    **texts
        As `ranked`.
    """
    row, place = measures.named(measure), find_place(place)
    _known(question, "question", questions(measure))
    level = place_level(place)
    where = None if level == "country" else {level: place}
    asked = {"by": question, "where": where, "year": year, "min_count": min_count}
    table = measures.ask(row.variable, row.answers or None, **asked)
    made = figure_texts.for_crossed(table, row, question, place) | {"order": list(table.frame["place"])}
    label = codebook.label(question, row.table)
    made["name"] = danish.slug(f"udforsk {row.label} {year} efter {label}")
    made["columns"] = estimate_columns(table.frame, row.unit, {}) | {"place": label}
    return charts.intervals(table, **made | texts)


def questions(measure: str) -> dict[str, str]:
    """The closed questions that a measure can be crossed with: column -> Danish label."""
    row = measures.named(measure)
    book = codebook.columns(row.table)
    return dict(
        book.loc[book["dtype"].isin(["category", "ordered"]), "label"].drop(row.variable, errors="ignore")
    )


# ---- one figure of any measure, by names alone


def breakdowns(table: ProtectedTable, comparison: str | Sequence[str]) -> dict[str, str]:
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
    measure: str,
    place: str,
    comparison: str | Sequence[str] = "group",
    breakdown: str = "",
    *,
    year: int,
    min_count: int = 5,
) -> Figure:
    """A figure of a measure.

    Parameters
    ----------
    measure : str
        One of `measures.names`, as "caseload".
    place : str
        Name or code of a municipality, a municipality group, or "Hele landet".
    comparison : str or sequence of str
        One of `COMPARISONS`, or places by name or code: what the place is beside. The breakdowns "answers" (by
        municipality group) and "role" (the whole country: leaders' answers are never split by place) pass it over.
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
    >>> view("caseload", "Roskilde", "funnel", year=2014).name
    'udforsk_sagstal_2014_tragt_udsatte'
    """
    place, table = find_place(place), measures.measure(measure, year, min_count)
    if isinstance(comparison, str):
        _known(comparison, "comparison", COMPARISONS)
    possible = breakdowns(table, comparison)
    split = _known(breakdown or next(iter(possible)), "breakdown", possible)
    name = _file_name(table, comparison, split)
    if split in (ANSWERS, ROLE):
        return answers(_all_answers(table, split), COUNTRY if split == ROLE else place, name=name)
    if split not in (WHOLE, AREAS):
        table = table.select(area=split)
    drawn: dict[str, Callable[..., Figure]] = {"funnel": funnel, "map": map}
    if isinstance(comparison, str) and comparison in drawn:
        return drawn[comparison](table, place, name=name)
    return ranked(table, place, comparison, name=name)


def code(function: str, *chosen: str | Sequence[str], year: int, min_count: int = 5) -> str:
    """The line of Python that makes a figure again, after ``from analysis import views``.

    Examples
    --------
    >>> code("view", "caseload", "Roskilde", ["Køge", "Lejre"], "at_risk", year=2014)
    'views.view("caseload", "Roskilde", ["Køge", "Lejre"], "at_risk", year=2014, min_count=5)'
    """
    told = ", ".join(json.dumps(choice, ensure_ascii=False) for choice in chosen)
    return f"views.{function}({told}, year={year}, min_count={min_count})"


def _known(value: str, parameter: str, known) -> str:
    if value not in known:
        raise ValueError(f"`{parameter}` must be one of {', '.join(known)}, but is {value!r}. Choose one.")
    return value


def _file_name(table: ProtectedTable, comparison: str | Sequence[str], split: str) -> str:
    """An ASCII name of the figure that tells it from every other choice but the threshold."""
    parts = ["udforsk", catalogue.of(table).label, str(table.quantity["year"])]
    if split not in (ANSWERS, ROLE):
        parts += [_FILE_WORDS[comparison] if isinstance(comparison, str) else _own_set(comparison)]
    parts += [] if split == WHOLE else [_FILE_WORDS[split]]
    return danish.slug(" ".join(parts))


def _own_set(places: Sequence[str]) -> str:
    """Places of one's own as part of a file's name: few by name, many by their number and a digest."""
    names = " ".join(["ved", *(find_place(place) for place in places)])
    return (
        names
        if len(names) <= 60
        else f"ved {len(places)} steder {hashlib.sha256(names.encode()).hexdigest()[:6]}"
    )


def _all_answers(table: ProtectedTable, split: str) -> ProtectedTable:
    made = distributions.by_role if split == ROLE else distributions.by_group
    return made(table.quantity["measure"], table.quantity["year"], table.min_count)
