"""Cases on supervision (tilsyn): findings by theme, outcome, who was involved and when.

Each case is a file in ``data/raw/supervision_cases``; a new case is a new file, and the tables grow with it. The
findings are published and qualitative: there is nothing to estimate, and nothing to protect.
"""

import pandas as pd

from analysis import codebook, danish, data, municipalities
from analysis.disclosure import ProtectedTable, declare_public
from analysis.measures import measure
from analysis.sentences import first_upper
from analysis.subjects.practices import in_words, neuter

NOT_TOLD = "not_told"
SIGNS = {
    "worked": "full",
    "decisive": "half",
    "demanding": "empty",
    "failed_at_first": "cross",
    NOT_TOLD: "dash",
}
_REASON = "Offentliggjorte cases uden svar fra personer."
_SEPARATOR = " – "
# Points of a course in their order; others follow as the cases name them.
_COURSE = ("Før start", "Fra start", "Undervejs", "Hele vejen", "Til sidst")


def read() -> pd.DataFrame:
    """The findings, one row a case and theme.

    Raises
    ------
    ValueError
        If a case has a theme twice.
    """
    return check_findings(data.read("supervision_findings"))


def check_findings(findings: pd.DataFrame) -> pd.DataFrame:
    """The findings as they are, when each case has each theme once.

    Raises
    ------
    ValueError
        If a case has a theme twice.
    """
    double = findings[findings.duplicated(["case", "theme"])]
    if len(double):
        first = double.iloc[0]
        raise ValueError(
            f"Each case must have a theme once, but {len(double)} of {len(findings)} findings repeat one (first: "
            f"`{first['theme']}` in `{first['case']}`). Join them in the case's file."
        )
    return findings


def places_of_cases(findings: pd.DataFrame) -> list[str]:
    """The municipalities of the cases, in order: "Roskilde – Samskabt Styring" is Roskilde's."""
    return list(dict.fromkeys(findings["case"].str.split(_SEPARATOR).str[0]))


def outcome_labels() -> dict[str, str]:
    """The outcomes and their Danish words, with one for a theme that a case does not tell of."""
    return codebook.levels("outcome", "supervision_findings") | {NOT_TOLD: "Ikke omtalt"}


def outcome_cells(findings: pd.DataFrame) -> pd.DataFrame:
    """Themes by case, one row a cell.

    Returns
    -------
    DataFrame
        theme, case, value (an outcome, or not_told where the case doesn't tell of the theme); themes and cases in
        the order in which they are met.
    """
    themes, cases = findings[["theme"]].drop_duplicates(), findings[["case"]].drop_duplicates()
    cells = themes.merge(cases, how="cross")
    told = findings[["theme", "case", "outcome"]].astype({"outcome": str})
    cells = cells.merge(told, on=["theme", "case"], how="left").rename(columns={"outcome": "value"})
    return cells.assign(value=cells["value"].fillna(NOT_TOLD))


def outcomes() -> ProtectedTable:
    """The matrix of themes by case: theme, case, value."""
    return _public(outcome_cells(read()))


def named(findings: pd.DataFrame) -> pd.DataFrame:
    """The findings with a name for each row: the theme, and the case too where there are several."""
    if len(findings["case"].drop_duplicates()) == 1:
        return findings.assign(name=findings["theme"])
    return findings.assign(name=findings["theme"] + " (" + findings["case"] + ")")


def findings() -> ProtectedTable:
    """All findings, one row a case and theme, with a column `name`."""
    rows = named(read())
    return _public(rows.assign(outcome=rows["outcome"].astype(str)))


def involvement_cells(findings: pd.DataFrame) -> pd.DataFrame:
    """Who was involved, when, and in which themes.

    Returns
    -------
    DataFrame
        One row a party and time: involved, involved_when, themes (Danish, joined); the times in the course's order.
    """
    known = dict.fromkeys([*_COURSE, *findings["involved_when"]])
    order = [time for time in known if time in set(findings["involved_when"])]
    rows = findings.assign(
        involved_when=pd.Categorical(findings["involved_when"], categories=order, ordered=True)
    )
    joined = rows.groupby(["involved_when", "involved"], observed=True, sort=True)["theme"]
    cells = joined.agg(lambda themes: ", ".join(dict.fromkeys(themes))).rename("themes").reset_index()
    return cells.astype({"involved_when": str})


def involvement() -> ProtectedTable:
    """Who was involved and when: involved, involved_when, themes."""
    return _public(involvement_cells(read()))


def _public(rows: pd.DataFrame) -> ProtectedTable:
    return declare_public(rows, _REASON, data.is_synthetic("supervision_findings"))


# The texts of the supervision cases: headlines, what carries over, and whose case it is.

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
    places = places_of_cases(read())
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
        return f"forholdene i de øvrige {measure.plural(place)}"
    return f"forholdene {measure.locate(place)}"


def _note(place: str) -> str:
    places = places_of_cases(read())
    made_for = "kommunegruppe" if municipalities.is_group(place) else "kommune"
    kept = f"uanset hvilken {made_for} rapporten er lavet for"
    return f"{_cases(len(places))} er fra {danish.join_words(places)}, {kept}. Fundene er fortalt, ikke målt."


def _source() -> str:
    sources = list(dict.fromkeys(read()["source"]))
    return f"{'; '.join(sources)}, og egen opstilling."


def _subject() -> str:
    rows = read()
    cases = rows["case"].drop_duplicates()
    return cases.iloc[0] if len(cases) == 1 else f"{first_upper(in_words(len(cases)))} cases om tilsyn"


def outcome_headline() -> str:
    """How many themes had each outcome."""
    counts = read()["outcome"].value_counts()
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
        "signs": SIGNS,
        "labels": outcome_labels(),
        "column_heading": "Case",
        "columns": {"theme": "Tema", "case": "Case", "value": "Udfald"},
        "alt": f"Skema over {rows['theme'].nunique()} temaer i {rows['case'].nunique()} "
        f"{'case' if len(rows['case'].unique()) == 1 else 'cases'}. {outcome_headline()}.",
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
        "agreement_labels": outcome_labels(),
        "agreement_signs": SIGNS,
        "columns": {"name": "Tema", **texts, "outcome": "Udfald"},
    }


def for_findings(table: ProtectedTable, place: str) -> dict:
    """Texts of the findings with recommendations, as arguments of `charts.joint_display`."""
    texts = {"finding": "Casen beretter", "recommendation": "Anbefaling til andre"}
    failed = table.frame.loc[table.frame["outcome"].eq("failed_at_first"), "theme"].str.lower()
    themes = danish.join_words(list(dict.fromkeys(failed)))
    headline = (
        f"{_subject()}: {'temaet' if len(set(failed)) == 1 else 'temaerne'} {themes} lykkedes ikke i første omgang"
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
    rows = read()
    cases, themes = rows["case"].nunique(), len(rows)
    one = cases == 1
    return (
        f"Der er {'én case' if one else f'{in_words(cases)} cases'} med {in_words(themes)} fund. "
        f"{'Den' if one else 'De'} handler om tilsyn i dagtilbud, ikke om sagsbehandling, og er fortalt af dem der var "
        f"med. {first_upper(in_words(themes))} bud på overførsel er projektets egne og skal læses som spørgsmål at "
        "prøve af, ikke som resultater."
    )
