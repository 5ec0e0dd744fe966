"""The themes that the survey and the nine visited municipalities are held together on."""

from collections.abc import Callable
from dataclasses import dataclass

from analysis import distributions, measures
from analysis.disclosure import ProtectedTable

MOST_FREQUENT = "most_frequent"


@dataclass(frozen=True)
class Theme:
    """One theme of the joint display, and the rule that its agreement is judged by.

    Attributes
    ----------
    label : str
        Danish name.
    column : str, optional
        The theme in `practices`; none where the nine weren't asked.
    measure : function of (year, min_count), optional
        The theme in the survey; none where the survey didn't ask.
    area : str, optional
        The area of a measure that has them.
    level, opposite : str, optional
        The levels of practice that say the same as the measure's share, and its opposite. Without `level` the
        theme is a number, or an answer that is held to the country's most frequent.
    among : tuple of str, optional
        Column and level of `practices` that the theme is asked of only.
    documents : str, optional
        What the documents say, in `practices`.
    answer : str, optional
        The answer whose share is shown, where the measure is a distribution: a level, or the most frequent.
    """

    label: str
    column: str | None = None
    measure: Callable[[int, int], ProtectedTable] | None = None
    area: str | None = None
    level: str | None = None
    opposite: str | None = None
    among: tuple[str, str] | None = None
    documents: str | None = None
    answer: str | None = None


def _answers_of(variable: str, level: str) -> Callable[[int, int], ProtectedTable]:
    return lambda year, min_count: distributions.answers_by_group(variable, (level,), year, min_count)


_FORUM = _answers_of("sparring_forum", "team_meeting")
_RESPONSIBLE = _answers_of("sparring_responsible", "leader")
_PROGRAMME = ("has_fixed_introduction", "yes")
THEMES = (
    Theme("Sagstal på udsatteområdet", "caseload_at_risk", measures.caseload, "at_risk"),
    Theme("Sagstal på handicapområdet", "caseload_disability", measures.caseload, "disability"),
    Theme("Timer til faglig sparring", "sparring_hours", measures.sparring_hours),
    Theme("Forum for sparring", "sparring_forum", _FORUM, answer=MOST_FREQUENT),
    Theme("Mangel på fast sparring", "has_systematic_sparring", _FORUM, None, "no", "yes", answer="none"),
    Theme("Uformel sparring", "has_informal_sparring"),
    Theme("Ansvar for sparring", "sparring_responsible", _RESPONSIBLE, answer=MOST_FREQUENT),
    Theme("Beskrivelse af sparring", "sparring_gap", documents="sparring_description"),
    Theme("Fast introduktion", "has_fixed_introduction", measures.introduction_programme, None, "yes", "no"),
    Theme(
        "Utilstrækkelig oplæring",
        "introduction_works_well",
        measures.introduction_insufficient,
        None,
        "no",
        "yes",
    ),
    Theme("Introduktionens længde", "introduction_days", measures.introduction_days),
    Theme("Mentor", "has_mentor", measures.mentor, None, "yes", "no", among=_PROGRAMME),
    Theme("Lederens egen introduktion", "has_leader_introduction"),
    Theme("Vanskelig overlevering", "handover_difficulty", measures.handover_difficult, None, "same"),
    Theme("Personaleomsætning", None, measures.turnover),
)
