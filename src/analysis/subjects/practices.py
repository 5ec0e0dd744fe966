"""The nine visited municipalities: tables of practice for the matrix, theme by theme.

They were chosen on purpose. Each is a labelled case beside the national picture; nothing is counted up to the
country.
"""

import pandas as pd

from analysis import codebook, danish, data, measures, municipalities
from analysis.disclosure import ProtectedTable, declare_public
from analysis.measures import answers as distributions
from analysis.sentences import first_upper, own_rows, source
from analysis.subjects import published

REASON = "Praksis i organisationer, ikke svar fra personer; kommunerne er ikke navngivet."
_SIGNS = {
    "yes": "full",
    "no": "empty",
    "firm": "full",
    "partly": "half",
    "none": "empty",
    "lesser": "empty",
    "same": "full",
}
CASELOAD = ("caseload_at_risk", "caseload_disability")
SPARRING = (
    "sparring_hours",
    "sparring_forum",
    "has_informal_sparring",
    "sparring_responsible",
    "has_systematic_sparring",
    "sparring_description",
    "sparring_gap",
)
INTRODUCTION = (
    "has_fixed_introduction",
    "introduction_works_well",
    "introduction_days",
    "has_mentor",
    "has_leader_introduction",
    "size",
)
HANDOVER = ("handover_difficulty",)
PROFILE = ("size", *CASELOAD, *SPARRING, *(theme for theme in INTRODUCTION if theme != "size"), *HANDOVER)
_UNITS = {"days": "dage", "hours/week": "om ugen"}
# Themes whose levels say the theme over again: in a matrix they are a question, and the levels its answers.
_QUESTIONS = {
    "sparring_gap": "Praksis afviger markant fra beskrivelsen",
    "handover_difficulty": "Overlevering så vanskelig som i landet",
}
_ANSWERS = {"full": "Ja", "empty": "Nej"}


def read() -> pd.DataFrame:
    """Practice in the nine, one row a visited municipality."""
    return data.read("practices").sort_values("visited", ignore_index=True)


def _column(practices: pd.DataFrame, column: str) -> pd.DataFrame:
    """One theme as cells; a level is named with its column, for levels of two themes may share a name."""
    values = practices[column].astype(object)
    coded = values.map(lambda level: f"{column}:{level}", na_action="ignore")
    numbers = pd.to_numeric(values, errors="coerce").dropna()
    known = coded if codebook.levels(column, "practices") else values
    return pd.DataFrame(
        {
            "theme": column,
            "place": practices["visited"],
            "value": known.where(values.notna(), None),
            "decimals": 0 if (numbers % 1 == 0).all() else 1,
            "status": values.notna().map({True: "shown", False: "not_relevant"}),
        }
    )


def matrix(columns: tuple[str, ...]) -> ProtectedTable:
    """Themes by visited municipality, one row a cell: theme, place, value, decimals, status."""
    practices = read()
    table = pd.concat([_column(practices, column) for column in columns], ignore_index=True)
    return declare_public(table, REASON, data.is_synthetic("practices"))


def labels(table: ProtectedTable) -> dict:
    """How the themes, municipalities and levels of a matrix are written, as arguments of `charts.matrix`."""
    rows = table.frame
    levels = {column: codebook.levels(column, "practices") for column in rows["theme"].unique()}
    coded = [
        (f"{column}:{level}", level, _ANSWERS[_SIGNS[level]] if column in _QUESTIONS else word)
        for column, words in levels.items()
        for level, word in words.items()
    ]
    numbers = pd.to_numeric(rows["value"], errors="coerce").dropna()
    return {
        "row_labels": {column: _row_label(column) for column in levels},
        "column_labels": {name: name.removeprefix("Kommune ") for name in rows["place"].unique()},
        "labels": {key: word for key, _, word in coded},
        "signs": {key: _SIGNS[level] for key, level, _ in coded if level in _SIGNS},
        "decimals": 0 if (numbers % 1 == 0).all() else 1,
    }


def _row_label(column: str) -> str:
    if column in _QUESTIONS:
        return _QUESTIONS[column]
    unit = _UNITS.get(codebook.columns("practices").loc[column, "unit"])
    return codebook.label(column, "practices") + (f" ({unit})" if unit else "")


def count_of(column: str, level: str) -> tuple[int, int]:
    """How many of the visited are at a level of a theme, and how many are known."""
    known = read()[column].dropna()
    return int((known == level).sum()), len(known)


# Danish sentences on the nine visited municipalities: counted in the data, beside what the report says.

_NUMBERS = ("ingen", "én", "to", "tre", "fire", "fem", "seks", "syv", "otte", "ni", "ti", "elleve", "tolv")


def in_words(number: int) -> str:
    """A count in words up to twelve, as Danish prose has it."""
    return _NUMBERS[number] if number < len(_NUMBERS) else danish.number(number)


def neuter(count: int) -> str:
    """A count in words before a neuter noun: "ét tema", "intet fund"."""
    return {0: "intet", 1: "ét"}.get(count, in_words(count))


def of_nine(count: int, known: int) -> str:
    """ "fire af de ni"."""
    return f"{in_words(count)} af de {in_words(known)}"


def _say(key: str) -> str:
    """What the report states, with its place."""
    said = published.figure(key)
    return f"Rapporten skriver: {said['statement']} ({said['place_in_source'].lower()})."


def _lower(column: str, mean: float) -> pd.Series:
    """How many cases each of the visited lies below the national mean [cases]; negative above it."""
    return mean - read()[column].dropna().astype(float)


def caseloads(table: ProtectedTable) -> str:
    """How the caseloads of the nine lie to the national means, area by area, beside the report's statement."""
    said = []
    typical = published.figure("caseload_visited")
    for area, word in codebook.levels("area").items():
        rows = own_rows(table, municipalities.COUNTRY)
        row = rows[rows["area"].eq(area)].iloc[0]
        if row["status"] != "shown":
            continue
        mean = float(row["estimate"])
        below = _lower(f"caseload_{area}", mean).round(0)
        within = int(below.between(typical["value"], typical["value_high"]).sum())
        far = int((below > typical["value_high"]).sum())
        span = danish.interval(typical["value"], typical["value_high"], 0)
        said.append(
            f"På {word.lower()} ligger {of_nine(within, len(below))} {span} sager under landets gennemsnit på "
            f"{danish.number(mean, 1)}, og {in_words(far)} endnu længere under."
        )
    return " ".join([*said, _say("caseload_visited"), _say("caseload_visited_outlier")])


def sparring() -> str:
    """Hours, forum, responsible, description and practice of sparring in the nine."""
    hours = read()["sparring_hours"].dropna().astype(float)
    forum, informal = (
        count_of("sparring_forum", "team_meeting"),
        count_of("has_informal_sparring", "yes"),
    )
    none, gap = count_of("has_systematic_sparring", "no"), count_of("sparring_gap", "yes")
    leader = count_of("sparring_responsible", "leader")
    return (
        f"I de ni kommuner er der afsat {danish.number(hours.min(), 0)}–{danish.number(hours.max(), 0)} timer om ugen. "
        f"Sparringen foregår hovedsagelig på teammødet i {of_nine(*forum)}, og {of_nine(*informal)} "
        f"fortæller også om uformel "
        f"sparring. Lederen har ansvaret i {of_nine(*leader)}. {first_upper(of_nine(*none))} har ingen "
        f"systematisk sparring, "
        f"og i {of_nine(*gap)} afviger praksis markant fra beskrivelsen. {_say('sparring_hours')} "
        f"{_say('sparring_forum')} "
        f"{_say('sparring_none')}"
    )


def introduction() -> str:
    """The two readings of the nine: a fixed approach, and a programme judged to work well."""
    fixed, well = (
        count_of("has_fixed_introduction", "yes"),
        count_of("introduction_works_well", "yes"),
    )
    days = read()["introduction_days"].dropna().astype(float)
    rows = read()
    smaller = rows[rows["size"].eq("smaller")]
    leaders = int(smaller["has_leader_introduction"].eq("yes").sum())
    return (
        f"To læsninger står i samme rapport. Brødteksten taler om flertallet: i data har "
        f"{of_nine(*fixed)} en fast tilgang. "
        f"Konklusionen tæller dem der selv vurderer at programmet fungerer godt: i data {of_nine(*well)}. "
        f"De to tal måler "
        f"ikke det samme, og begge kan være rigtige. Hvor der er et program, varer det typisk "
        f"{danish.number(days.median(), 0)} dage, og i {in_words(leaders)} af de {in_words(len(smaller))} "
        f"mindre kommuner "
        f"introducerer den nærmeste leder også selv. {_say('introduction_majority')} {_say('introduction_systematic')} "
        f"{_say('introduction_days')}"
    )


def headline(theme: str) -> str:
    """The finding on the nine as a headline, by theme: caseload, sparring, introduction."""
    makers = {
        "caseload": lambda: _caseload_headline(),
        "sparring": lambda: (
            f"{first_upper(of_nine(*count_of('sparring_forum', 'team_meeting')))} sparrer "
            f"hovedsagelig på teammødet"
        ),
        "introduction": lambda: (
            f"{first_upper(of_nine(*count_of('has_fixed_introduction', 'yes')))} har en fast "
            f"introduktion; {in_words(count_of('introduction_works_well', 'yes')[0])} vurderer at "
            f"den fungerer godt"
        ),
    }
    return makers[theme]()


def _caseload_headline() -> str:
    low, high = read()["caseload_at_risk"].agg(["min", "max"]).astype(float)
    span = danish.interval(low, high, 0)
    note = "opdigtede " if data.is_synthetic("practices") else ""
    return f"De ni {note}kommuners sagstal på udsatteområdet spænder over {span} sager"


# Danish sentences on the deep mapping as a whole: how alike the nine are, and the two tensions of the report.


def alike(themes: tuple[str, ...]) -> list[str]:
    """The themes on which all the visited do the same."""
    visited = read()
    return [theme for theme in themes if visited[theme].notna().all() and len(visited[theme].unique()) == 1]


def profile_headline() -> str:
    """On how many themes the visited municipalities are all alike."""
    themes = tuple(theme for theme in PROFILE if theme != "size")
    same = alike(themes)
    if not same:
        return f"De besøgte kommuner er ikke ens på noget af de {in_words(len(themes))} temaer"
    names = [codebook.label(theme, "practices").lower() for theme in same]
    count = f"{neuter(len(same))} af {in_words(len(themes))}"
    return f"De besøgte kommuner er kun ens på {count} temaer: {danish.join_words(names)}"


def _introduction() -> str:
    """The first tension: a majority with a fixed approach, and four who judge theirs to work well."""
    visited = read()
    fixed, well = (
        count_of("has_fixed_introduction", "yes"),
        count_of("introduction_works_well", "yes"),
    )
    not_well = visited["has_fixed_introduction"].eq("yes") & visited["introduction_works_well"].eq("no")
    majority, systematic = (
        published.figure("introduction_majority"),
        published.figure("introduction_systematic"),
    )
    return (
        f"**Flertallet eller fire?** Brødteksten: »{majority['statement']}«. Konklusionen: "
        f"»{systematic['statement']}«. I data har {of_nine(*fixed)} en fast tilgang, og {of_nine(*well)} har et "
        f"program som de selv vurderer fungerer godt. Det ene tal siger at der er et program, det andet at det virker; "
        f"{in_words(int(not_well.sum()))} har det første uden det andet."
    )


def _answer(row, role: str, key: str) -> str:
    if row["status"] != "shown":
        return f"{role} (diskretioneret)"
    said = published.value(key)
    return f"{danish.percent(row['estimate'])} af {role} (offentliggjort: {said})"


def _handover(year: int, min_count: int) -> str:
    """The second tension: critical in the survey, but not experienced to the same extent by the nine."""
    table: ProtectedTable = distributions.answers_by_role("case_handover", measures.LOW, year, min_count)
    totals = table.frame[table.frame["level"].eq(distributions.TOTAL)].set_index("place")
    roles = codebook.levels("role", "staff")
    own = own_rows(measures.handover_difficult(year, min_count), municipalities.COUNTRY).iloc[0]
    answers = [
        _answer(own, "sagsbehandlerne", "handover_caseworkers"),
        _answer(totals.loc[roles["leader"]], "lederne", "handover_leaders"),
    ]
    lesser, same = (
        count_of("handover_difficulty", "lesser"),
        count_of("handover_difficulty", "same"),
    )
    return (
        "**Vanskelig overlevering eller ikke?** I undersøgelsen svarer "
        f"{danish.join_words(answers)} at et skift i mindre grad eller slet ikke følges af hurtig og effektiv "
        f"overlevering. Om de ni skriver rapporten: »{published.figure('handover_visited')['statement']}«. I data "
        f"oplever {of_nine(*lesser)} det i mindre grad end i undersøgelsen, og {in_words(same[0])} i samme grad. De to "
        "billeder udelukker ikke hinanden: de ni er valgt med vilje, og der er spurgt forskellige mennesker på "
        "forskellige måder."
    )


@data.once
def tensions(year: int, min_count: int = 5) -> str:
    """The two tensions of the report, shown with their numbers: one paragraph each."""
    return f"{_introduction()}\n\n{_handover(year, min_count)}"


def training(year: int, min_count: int = 5) -> str:
    """The survey's statement on the training of new staff, which the report gives without a number."""
    said = published.figure("training_insufficient")
    row = own_rows(measures.introduction_insufficient(year, min_count), municipalities.COUNTRY).iloc[0]
    found = (
        "tallet i data er diskretioneret"
        if row["status"] != "shown"
        else f"i data svarer {danish.percent(row['estimate'])} at oplæringen i mindre grad eller slet ikke er "
        f"tilstrækkelig ({danish.percent_interval(row['low'], row['high'])})"
    )
    return f"Rapporten gengiver undersøgelsen uden tal: »{said['statement']}«; {found}."


def for_practices(table: ProtectedTable, place: str, headline_text: str) -> dict:
    """Texts of a matrix of the nine visited municipalities."""
    return {
        "place": place,
        "headline": headline_text,
        "description": "Praksis i de ni besøgte kommuner ifølge interview og dokumenter. Hver kolonne er en kommune",
        "note": "De ni kommuner er valgt med vilje. De vises som cases ved siden af landet og regnes ikke op til det.",
        "source": source("practices"),
    } | labels(table)
