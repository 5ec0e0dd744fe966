"""Danish texts on handover and turnover: the two roles, the nine visited, and what turnover means."""

from analysis import danish, sentences
from analysis.disclosure import ProtectedTable
from analysis.measures import LOW
from analysis.measures.answers import ROLES, TOTAL, role_difference
from analysis.sentences import first_upper
from analysis.subjects import practices, published
from analysis.subjects.practices import in_words, of_nine

_PUBLISHED = {"Sagsbehandler": "handover_caseworkers", "Leder": "handover_leaders"}
_DEFINITE = {"Sagsbehandler": "sagsbehandlerne", "Leder": "lederne"}
_LOW_ANSWERS = "i mindre grad eller slet ikke"
_MORE = {
    "over": "Flere sagsbehandlere end ledere ser altså vanskelighederne.",
    "under": "Færre sagsbehandlere end ledere ser altså vanskelighederne.",
    "som": "Intervallet rummer 0, så svarene kan ikke vise at de to roller ser forskelligt på det.",
}


def _sums(answers: ProtectedTable):
    """The sum of interest of each role that is shown."""
    sums = answers.frame[answers.frame["level"].eq(TOTAL)].set_index("place")
    return {role: sums.loc[role] for role in ROLES if sums.loc[role, "status"] == "shown"}


def for_roles(answers: ProtectedTable, place: str) -> dict:
    """Texts of the stacked answers of the two roles; the headline tells both sums."""
    said = [f"{danish.percent(row['estimate'])} af {_DEFINITE[role]}" for role, row in _sums(answers).items()]
    headline = f"{danish.join_words(said)} ser kun {_LOW_ANSWERS} en hurtig og effektiv overlevering"
    texts = sentences.for_answers(answers, place, LOW)
    return texts | ({"headline": headline} if len(said) == len(ROLES) else {})


def roles(answers: ProtectedTable) -> str:
    """The published shares beside those of the data, and the difference of the roles with its interval."""
    said = published.figure("training_insufficient")["statement"]
    beside = [_beside(role, row) for role, row in _sums(answers).items()]
    return " ".join([*beside, _difference(answers), f"Kortlægningen skriver også: {said}."])


def _beside(role: str, row) -> str:
    said = published.figure(_PUBLISHED[role])
    inside = row["low"] * 100 <= said["value"] <= row["high"] * 100
    return (
        f"Offentliggjort for {_DEFINITE[role]}: {published.value(_PUBLISHED[role])} I data: "
        f"{danish.percent(row['estimate'])} (95 pct. sikkerhedsinterval "
        f"{danish.percent_interval(row['low'], row['high'])}; {danish.number(row['n'])} svar); det "
        f"offentliggjorte tal ligger {'inden for' if inside else 'uden for'} intervallet."
    )


def _difference(answers: ProtectedTable) -> str:
    row = role_difference(answers).frame.iloc[0]
    if row["status"] != "shown":
        return "Forskellen mellem rollerne kan ikke vises, for mindst den ene rolles svar er diskretioneret."
    return (
        f"Forskellen mellem rollerne er {danish.number(100 * row['estimate'])} procentpoint (95 pct. "
        f"sikkerhedsinterval {danish.interval(100 * row['low'], 100 * row['high'], 0)}). {_MORE[row['verdict']]}"
    )


def visited() -> str:
    """What the nine visited municipalities say on handover, and whether that nuances the survey."""
    lesser, known = practices.count_of("handover_difficulty", "lesser")
    said = published.figure("handover_visited")
    agrees = (
        "nuancerer undersøgelsens billede" if lesser > known / 2 else "modsiger ikke undersøgelsens billede"
    )
    return (
        f"{first_upper(of_nine(lesser, known))} besøgte kommuner oplever vanskelighederne i mindre grad end "
        f"i undersøgelsen, og {in_words(known - lesser)} oplever dem som i undersøgelsen. Dybdekortlægningen {agrees}. "
        f"Rapporten skriver: {said['statement']} ({said['place_in_source'].lower()})."
    )


def turnover_definition() -> str:
    """What turnover is, and what the survey asks instead."""
    return (
        "Personaleomsætning er antallet der fratræder i løbet af et år, i forhold til det gennemsnitlige antal "
        "ansatte. Spørgeskemaet spørger i stedet den enkelte om et skift af arbejdsplads inden for et år. Den der har "
        "forladt faget, er ikke med i svarene."
    )
