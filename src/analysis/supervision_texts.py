"""The texts of the supervision cases: headlines, what carries over, and whose case it is."""

from analysis import codebook, danish, municipalities, supervision, words
from analysis.disclosure import ProtectedTable
from analysis.practice_sentences import in_words, neuter
from analysis.sentences import first_upper

_SAID = {
    "worked": "lykkedes",
    "decisive": "var afgørende",
    "demanding": "var krævende",
    "failed_at_first": "lykkedes ikke i første omgang",
}


def _cases(count: int) -> str:
    return "Casen" if count == 1 else f"De {in_words(count)} cases"


def whose(place: str) -> str:
    """Whose the cases are, whatever place the report is made for."""
    places = supervision.case_places(supervision.read())
    one = len(places) == 1
    origin = f"{_cases(len(places))} er fra {danish.join_words(places)}"
    if place in places:
        return f"{origin}. {'Den' if one else f'Casen fra {place}'} er kommunens egen."
    same, they = ("den samme", "den") if one else ("de samme", "de")
    return f"{origin} og {same} i alle rapporter; {they} siger intet om {_elsewhere(places, place)}."


def _elsewhere(case_places: list[str], place: str) -> str:
    """What the cases say nothing about: the place, or the other municipalities of a group that has a case."""
    if municipalities.is_country(place):
        return "landet som helhed"
    if any(m.group == place and m.name in case_places for m in municipalities.everyone()):
        return f"forholdene i de øvrige {words.plural(place)}"
    return f"forholdene {words.locate(place)}"


def _note(place: str) -> str:
    places = supervision.case_places(supervision.read())
    made_for = "kommunegruppe" if municipalities.is_group(place) else "kommune"
    kept = f"uanset hvilken {made_for} rapporten er lavet for"
    return f"{_cases(len(places))} er fra {danish.join_words(places)}, {kept}. Fundene er fortalt, ikke målt."


def _source() -> str:
    sources = list(dict.fromkeys(supervision.read()["source"]))
    return f"{'; '.join(sources)}, og egen opstilling."


def _subject() -> str:
    rows = supervision.read()
    cases = rows["case"].drop_duplicates()
    return cases.iloc[0] if len(cases) == 1 else f"{first_upper(in_words(len(cases)))} cases om tilsyn"


def outcome_headline() -> str:
    """How many themes had each outcome."""
    counts = supervision.read()["outcome"].value_counts()
    said = [f"{neuter(int(counts[level]))} {word}" for level, word in _SAID.items() if counts.get(level, 0)]
    first, *rest = said
    kind = "tema" if int(counts[next(level for level in _SAID if counts.get(level, 0))]) == 1 else "temaer"
    number, outcome = first.split(" ", 1)
    return f"{_subject()}: {danish.join_words([f'{number} {kind} {outcome}', *rest])}"


def for_outcomes(table: ProtectedTable, place: str) -> dict:
    """Texts of the matrix of themes by case, as arguments of `charts.matrix`."""
    rows = table.frame
    return {
        "place": place,
        "headline": outcome_headline(),
        "description": "Hvordan det gik, tema for tema. Hver kolonne er en case",
        "note": _note(place),
        "source": _source(),
        "column": "case",
        "signs": supervision.SIGNS,
        "labels": supervision.outcome_labels(),
        "column_heading": "Case",
        "columns": {"theme": "Tema", "case": "Case", "value": "Udfald"},
        "alt": f"Skema over {rows['theme'].nunique()} temaer i {rows['case'].nunique()} "
        f"{'case' if rows['case'].nunique() == 1 else 'cases'}. {outcome_headline()}.",
    }


def _display(table: ProtectedTable, place: str, texts: dict[str, str]) -> dict:
    return {
        "place": place,
        "source": _source(),
        "theme": "name",
        "estimate_heading": "",
        "texts": texts,
        "agreement": "outcome",
        "agreement_heading": "Udfald",
        "agreement_labels": supervision.outcome_labels(),
        "agreement_signs": supervision.SIGNS,
        "columns": {"name": "Tema", **texts, "outcome": "Udfald"},
    }


def for_findings(table: ProtectedTable, place: str) -> dict:
    """Texts of the findings with recommendations, as arguments of `charts.joint_display`."""
    texts = {"finding": "Casen beretter", "recommendation": "Anbefaling til andre"}
    failed = table.frame.loc[table.frame["outcome"].eq("failed_at_first"), "theme"].str.lower()
    themes = danish.join_words(list(dict.fromkeys(failed)))
    headline = (
        f"{_subject()}: {'temaet' if failed.nunique() == 1 else 'temaerne'} {themes} lykkedes ikke i første omgang"
        if len(failed)
        else f"{_subject()}: alle temaer lykkedes, var afgørende eller krævende"
    )
    return _display(table, place, texts) | {
        "headline": headline,
        "description": "Hvad casen beretter om hvert tema, og hvad den anbefaler andre",
        "note": _note(place),
    }


def for_carrying_over(table: ProtectedTable, place: str) -> dict:
    """Texts of what may carry over to casework, as arguments of `charts.joint_display`."""
    texts = {"recommendation": "Anbefaling om tilsyn", "carries_over": "Kan måske gælde for sagsbehandling"}
    count = table.frame["case"].nunique()
    return _display(table, place, texts) | {
        "headline": f"{first_upper(in_words(len(table.frame)))} forsigtige bud på hvad der kan gælde for "
        "sagsbehandling",
        "description": "Hvad der måske kan overføres fra tilsyn i dagtilbud til arbejdet med børn og unge med særlige "
        "behov",
        "note": f"Buddene er projektets egen vurdering og står ikke i {'casen' if count == 1 else 'casene'}. Ingen af "
        f"dem er prøvet af. {_note(place)}",
    }


def for_involvement(table: ProtectedTable, place: str) -> dict:
    """Texts of who was involved and when, as arguments of `charts.matrix`."""
    rows = table.frame
    all_along = rows.loc[rows["involved_when"].eq("Hele vejen"), "involved"].drop_duplicates()
    who = danish.join_words([_inner(name) for name in all_along])
    told = f"{first_upper(who)} var med hele vejen" if len(all_along) else "Ingen var med hele vejen"
    heading = codebook.label("involved_when", "supervision_findings")
    return {
        "place": place,
        "headline": f"{_subject()}: {told[:1].lower() + told[1:] if not told.startswith('MED') else told}",
        "description": "Hvem der var med hvornår i forløbet, og i hvilke temaer casen nævner dem",
        "note": _note(place),
        "source": _source(),
        "row": "involved",
        "column": "involved_when",
        "value": "themes",
        "row_heading": codebook.label("involved", "supervision_findings"),
        "column_heading": heading,
        "columns": {
            "involved": codebook.label("involved", "supervision_findings"),
            "involved_when": heading,
            "themes": "Temaer",
        },
        "alt": f"Skema over {rows['involved'].nunique()} parter og hvornår de var med. {told}.",
    }


def _inner(name: str) -> str:
    """A party's name inside a sentence; an abbreviation keeps its capitals."""
    return name if name[:2].isupper() else name[:1].lower() + name[1:]


def care() -> str:
    """Why what carries over is said with care: how many cases, of what, and whose judgement."""
    rows = supervision.read()
    cases, themes = rows["case"].nunique(), len(rows)
    one = cases == 1
    return (
        f"Der er {'én case' if one else f'{in_words(cases)} cases'} med {in_words(themes)} fund. "
        f"{'Den' if one else 'De'} handler om tilsyn i dagtilbud, ikke om sagsbehandling, og er fortalt af dem der var "
        f"med. {first_upper(in_words(themes))} bud på overførsel er projektets egne og skal læses som spørgsmål at "
        "prøve af, ikke som resultater."
    )
