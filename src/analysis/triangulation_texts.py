"""The texts of the joint display: headline, rule, and what the report itself concludes."""

from analysis import danish, data, municipalities
from analysis.disclosure import ProtectedTable
from analysis.practice_sentences import neuter
from analysis.sentences import first_upper, source
from analysis.triangulation import CONFIRMS, CONTRADICTS, FAR, NEAR, NUANCES, SILENT

_SAYS = {CONFIRMS: "bekræfter", NUANCES: "nuancerer", CONTRADICTS: "modsiger"}


def _count(table: ProtectedTable, agreement: str) -> int:
    return int(table.frame["agreement"].eq(agreement).sum())


def _themes(table: ProtectedTable, agreement: str) -> list[str]:
    rows = table.frame
    names = rows.loc[rows["agreement"].eq(agreement), "theme"].str.split(":").str[0]
    return [name[:1].lower() + name[1:] for name in names]


def headline(table: ProtectedTable) -> str:
    """On how many themes the nine confirm, nuance and contradict the country."""
    counts = [(word, _count(table, agreement)) for agreement, word in _SAYS.items()]
    said = [f"{word} det på {neuter(count)}" for word, count in counts if count]
    if not said:
        return "De ni og det landsdækkende billede kan ikke holdes op mod hinanden"
    silent = _count(table, SILENT)
    about = f"; {neuter(silent)} kan ikke sammenholdes" if silent else ""
    first, *rest = said
    first = first.replace(" det på ", " det landsdækkende billede på ") + (
        " tema" if dict(counts)[first.split()[0]] == 1 else " temaer"
    )
    return f"De ni {danish.join_words([first, *rest])}{about}"


def rule() -> str:
    """The rule of agreement, as a reader is told it."""
    near, far = danish.percent(NEAR), danish.percent(FAR)
    return (
        "Bekræfter: mindst to tredjedele af de besøgte er som landet. Modsiger: mindst to tredjedele er "
        "det modsatte. Nuancerer: derimellem. Siger intet: undersøgelsen eller de ni mangler oplysningen. "
        f"Som landet er et tal højst {near} fra landets gennemsnit (det modsatte: mere end {far} fra), "
        "landets hyppigste svar, eller det som flertallet i landet svarer. Hvor overlevering opleves i "
        "mindre grad vanskelig, er det hverken som landet eller det modsatte. Tankestreg: ikke opgjort. "
        "Usikkert: skønnet hviler på få svar eller har et bredt interval."
    )


def for_joint(table: ProtectedTable, place: str, year: int) -> dict:
    """Texts and columns of the joint display, as arguments of `charts.joint_display`."""
    own = {} if municipalities.is_country(place) else {"own": place}
    texts = own | {"seen": "Set i de ni", "documents": "Dokumenterne siger"}
    return {
        "place": place,
        "headline": headline(table),
        "description": f"Den landsdækkende kortlægning {year} ved siden af de ni besøgte kommuner, tema for "
        "tema. I parentes: 95 pct. sikkerhedsinterval",
        "note": f"n er antal svar fra sagsbehandlere. {rule()} De ni er valgt med vilje og regnes ikke op "
        "til landet.",
        "source": source("caseworkers", "practices"),
        "texts": texts,
        "columns": {
            "theme": "Tema",
            "estimate": "Hele landet",
            "low": "Nedre grænse",
            "high": "Øvre grænse",
            "unit": "Enhed",
            "n": "Antal svar",
            **texts,
            "agreement": "Sammenhold",
        },
    }


def conclusion(table: ProtectedTable) -> str:
    """Which themes are confirmed, nuanced and contradicted, beside the report's own conclusion."""
    if table.frame["agreement"].eq(SILENT).all():
        return "Ingen temaer kan sammenholdes: undersøgelsens tal er diskretioneret, eller de ni mangler oplysninger."
    said = []
    for agreement, word in _SAYS.items():
        themes = _themes(table, agreement)
        if themes:
            said.append(f"De ni {word} det landsdækkende billede af {danish.join_words(themes)}.")
    if not _themes(table, CONTRADICTS):
        said.append("Ingen temaer modsiges.")
    silent = _themes(table, SILENT)
    if silent:
        said.append(f"{first_upper(danish.join_words(silent))} kan ikke sammenholdes.")
    holds = (
        bool(_themes(table, CONFIRMS)) and bool(_themes(table, NUANCES)) and not _themes(table, CONTRADICTS)
    )
    verdict = "Data svarer til den konklusion" if holds else "Data svarer ikke helt til den konklusion"
    invented = ", men er opdigtede" if data.is_synthetic("practices") else ""
    return (
        f"{' '.join(said)} Rapportens egen konklusion er at dybdekortlægningen bekræfter det landsdækkende "
        f"billede og nuancerer dele af det. {verdict}{invented}."
    )
