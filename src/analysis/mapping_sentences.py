"""Danish sentences on the deep mapping as a whole: how alike the nine are, and the two tensions of the report."""

from analysis import codebook, danish, distributions, kept, measures, municipalities, practices, published
from analysis.disclosure import ProtectedTable
from analysis.practice_sentences import in_words, neuter, of_nine
from analysis.sentences import own_rows


def alike(themes: tuple[str, ...]) -> list[str]:
    """The themes on which all the visited do the same."""
    visited = practices.read()
    return [theme for theme in themes if visited[theme].notna().all() and visited[theme].nunique() == 1]


def profile_headline() -> str:
    """On how many themes the visited municipalities are all alike."""
    themes = tuple(theme for theme in practices.PROFILE if theme != "size")
    same = alike(themes)
    if not same:
        return f"De besøgte kommuner er ikke ens på noget af de {in_words(len(themes))} temaer"
    names = [codebook.label(theme, "practices").lower() for theme in same]
    count = f"{neuter(len(same))} af {in_words(len(themes))}"
    return f"De besøgte kommuner er kun ens på {count} temaer: {danish.join_words(names)}"


def _introduction() -> str:
    """The first tension: a majority with a fixed approach, and four who judge theirs to work well."""
    visited = practices.read()
    fixed, well = (
        practices.count("has_fixed_introduction", "yes"),
        practices.count("introduction_works_well", "yes"),
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
        practices.count("handover_difficulty", "lesser"),
        practices.count("handover_difficulty", "same"),
    )
    return (
        "**Vanskelig overlevering eller ikke?** I undersøgelsen svarer "
        f"{danish.join_words(answers)} at et skift i mindre grad eller slet ikke følges af hurtig og effektiv "
        f"overlevering. Om de ni skriver rapporten: »{published.figure('handover_visited')['statement']}«. I data "
        f"oplever {of_nine(*lesser)} det i mindre grad end i undersøgelsen, og {in_words(same[0])} i samme grad. De to "
        "billeder udelukker ikke hinanden: de ni er valgt med vilje, og der er spurgt forskellige mennesker på "
        "forskellige måder."
    )


@kept.once
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
