"""What one's own breakdown is, in Danish, as far as the lists know its words: the line under its headline."""

from collections.abc import Mapping, Sequence

from analysis import codebook, danish
from analysis.measures import catalogue

# What a note of any breakdown must say.
NOTE = "Ubesvarede og ved ikke indgår ikke i grundlaget. Svarene er vægtet til antal ansatte."
_POPULATIONS = {"caseworkers": "Sagsbehandlere", "leaders": "Ledere"}


def described(table: str, variable: str, levels: Sequence[str], year: int, keys: Sequence[str], where) -> str:
    """What is estimated, by what, of whom and when; empty where no list has the words for it.

    Examples
    --------
    >>> described("caseworkers", "caseload", [], 2014, ["area"], {"region": "Sjælland"})
    'Gennemsnitligt antal sager pr. sagsbehandler, efter område. Sagsbehandlere, Region Sjælland, 2014'
    """
    named, slices = codebook.columns(table)["label"], where or {}
    if not isinstance(slices, Mapping) or not {variable, *keys, *slices} <= set(named.index):
        return ""
    by = danish.join_words([danish.first_lower(named[key]) for key in keys])
    whom = [_POPULATIONS[table], *(_slice(column, value, named[column]) for column, value in slices.items())]
    statistic = f"{_statistic(table, variable, levels, named[variable])},{' i pct.,' if levels else ''}"
    return f"{statistic} efter {by}. {', '.join(whom)}, {year}"


def _statistic(table: str, variable: str, levels: Sequence[str], label: str) -> str:
    """What is estimated: as the measure of the same answers has it, else by the question's name."""
    if len(levels) > 1:
        return f"{label}: andel af hvert svar"
    same = (table, variable, "|".join(levels))
    for measure in map(catalogue.named, catalogue.names()):
        if (measure.table, measure.variable, "|".join(measure.answers)) == same:
            return measure.statistic
    words = codebook.known_levels(variable)
    answers = danish.join_words([words.get(one, one).lower() for one in "|".join(levels).split("|")], "eller")
    return f"{label}: andel med svaret {answers}" if levels else f"{label}, gennemsnit"


def _slice(column: str, value, label: str) -> str:
    """Who is chosen: "Region Sjælland", "ansvarlig for sparring: lederen eller ingen fast"."""
    words = codebook.known_levels(column)
    chosen = [value] if not isinstance(value, list | tuple | set) else list(value)
    if not words:
        return f"{label} {danish.join_words(map(str, chosen), 'eller')}"
    answers = [words.get(str(one), str(one)).lower() for one in chosen]
    return f"{danish.first_lower(label)}: {danish.join_words(answers, 'eller')}"
