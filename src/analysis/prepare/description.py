"""What `make delivery` says of a delivery, in Danish."""

import pandas as pd
import yaml

from analysis import codebook
from analysis.danish import join_words, number
from analysis.prepare.interviews import interviews_by_role, unknown_roles
from analysis.prepare.mapping import SURE, expected_columns, levels_of

READERS = {
    "surveyxact": "SurveyXact",
    "spss": "SPSS",
    "stata": "Stata eller SAS",
    "tabular": "tabel",
    "refi_qda": "kodede interview (REFI-QDA)",
}
KINDS = {"single": "svarkategorier", "number": "tal", "date": "dato", "text": "tekst"}
STATUSES = {
    "new": "nye",
    "distributed": "udsendte uden svar",
    "partial": "delvist besvarede",
    "completed": "gennemførte",
    "dropped_out": "frafaldne",
}
SHOWN = 6
# written out up to here
LARGEST = 1e12


def heading(delivery) -> list[str]:
    """What the delivery is, how many rows it has, and what was left out."""
    lines = [f"Leverancen {delivery.path.name} er læst som {READERS[delivery.reader]}."]
    survey = delivery.survey
    counts = survey.status.value_counts()
    told = [f"{number(counts[status])} {word}" for status, word in STATUSES.items() if counts.get(status)]
    lines.append(
        f"{number(len(survey.answers))} rækker ({join_words(told)}), {len(survey.answers.columns)} variable."
    )
    untold = int(survey.status.isna().sum())
    if untold:
        lines.append(f"{number(untold)} rækker har ingen samlet status og regnes ikke som gennemførte.")
    lines += delivery.reasons
    if survey.weight:
        lines.append(
            f"Filen siger at rækkerne er vægtet med {survey.weight}; projektet beregner sine egne vægte."
        )
    if survey.dropped:
        lines.append(
            f"{len(survey.dropped)} kolonner er udeladt fordi de er værktøjets egne eller fortæller hvem "
            f"der har svaret: {shortened(survey.dropped)}."
        )
    return lines


def first_rows(found, survey) -> list[str]:
    """The first rows as read; nothing that a person wrote."""
    shown = found.loc[~found["personal"] & (found["kind"] != "text"), "variable"].head(SHOWN)
    rows = survey.answers.head(3)[list(shown)].to_dict("records")
    return [
        f"Række {place}: "
        + "; ".join(f"{name} = {'' if pd.isna(value) else value}" for name, value in row.items())
        for place, row in enumerate(rows, start=1)
        if row
    ]


def shortened(texts) -> str:
    """The first of some texts."""
    texts = [str(text) for text in texts]
    return ", ".join(texts[:SHOWN]) + (f" og {len(texts) - SHOWN} til" if len(texts) > SHOWN else "")


def variable_lines(variable, survey, mapping) -> list[str]:
    """One variable: its kind, how many answered, question, answers, and which of our columns it may be."""
    absent = len(survey.answers) - variable.answered
    lines = [
        f"{variable.variable}: {KINDS[variable.kind]}, {number(variable.answered)} besvaret, {number(absent)} uden svar"
    ]
    if variable.question:
        lines.append(f"    spørgsmål: {variable.question}")
    lines += [f"    svar: {text}" for text in answers_text(variable, survey)]
    lines += [f"    mangler: {number(count)} {reason}" for reason, count in variable.reasons.items()]
    return [*lines, f"    forslag: {proposal(variable.variable, mapping)}"]


def answers_text(variable, survey) -> list[str]:
    """What the answers are: the scale, or the range of the numbers or dates; never what a person wrote."""
    values = survey.answers[variable.variable]
    if variable.labels:
        return [
            f"{len(variable.labels)} kategorier: {shortened(list(variable.labels.values()))}",
            *label_faults(variable, values),
        ]
    if variable.kind == "number" and variable.answered:
        decimals = 0 if values.dropna().mod(1).eq(0).all() else 1
        least, most = values.min(), values.max()
        if max(abs(least), abs(most)) > LARGEST:
            return [f"{least:g} til {most:g}"]
        return [f"{number(least, decimals)} til {number(most, decimals)}"]
    if variable.kind == "date" and variable.answered:
        return [f"{values.min():%d.%m.%Y} til {values.max():%d.%m.%Y}"]
    return []


def label_faults(variable, values) -> list[str]:
    """Codes without a label, and labels that nobody chose."""
    used = set(values.dropna().unique())
    without = sorted(used - set(variable.labels), key=str)
    unused = [label for code, label in variable.labels.items() if code not in used]
    lines = [f"koder uden tekst: {shortened(without)}"] if without else []
    return [*lines, f"ikke brugt: {shortened(unused)}"] if unused else lines


def proposal(raw, mapping) -> str:
    """Which of our columns a raw variable may be."""
    ours = mapping.columns.get(raw)
    if raw in mapping.ambiguous:
        return f"{join_words(mapping.ambiguous[raw], 'eller')}: vælg selv"
    if ours is None:
        return "ingen (kolonnen bliver ikke brugt)"
    label = expected_columns(mapping.tables[0]).loc[ours, "label"]
    return f"{ours} ({label})" + ("" if mapping.certainty[raw] >= SURE else ", usikkert: se efter")


def faults(variables, mapping) -> list[str]:
    """What does not fit, and what the researcher has to decide."""
    lines = []
    book = expected_columns(mapping.tables[0])
    for column in mapping.not_found:
        need = "skal findes" if book.loc[column, "required"] == "yes" else "kan undværes"
        lines.append(f"{column} ({book.loc[column, 'label']}) er ikke fundet i leverancen; {need}.")
    for raw, ours in mapping.ambiguous.items():
        lines.append(
            f"{raw} kan være {join_words(ours, 'eller')}. Skriv selv linjen under columns, for eksempel "
            f"{yaml.safe_dump({raw: ours[0]}, allow_unicode=True, width=1000).strip()}"
        )
    for ours, labels in mapping.unknown_labels.items():
        lines.append(
            f"{ours}: {join_words([f'»{label}«' for label in labels[:SHOWN]])} er ingen af kodebogens svar. Skriv "
            f"under values hvilket af {join_words(list(levels_of(book.loc[ours])), 'eller')} det er."
        )
    for ours, near in mapping.guesses.items():
        told = join_words([f"»{label}« som {level}" for label, level in near.items()])
        lines.append(f"{ours}: {told} er et gæt på stavemåden; ret det under values hvis det er forkert.")
    for raw in variables.loc[variables["personal"], "variable"]:
        lines.append(
            f"{raw} indeholder noget der ligner e-mailadresser, telefonnumre eller CPR-numre. Fjern det fra leverancen."
        )
    return lines


def project_lines(project) -> list[str]:
    """What is in a project with coded interviews, and what prepare will miss in it."""
    variables = [name for name in project.cases if name not in ("guid", "name")]
    coders = project.codings["coder"].nunique()
    lines = [
        f"{number(len(project.sources))} kilder, {number(len(project.codes))} koder, {number(len(project.codings))} "
        f"kodninger af {number(coders)} kodere, {number(len(project.cases))} cases.",
        f"Skrevet af {project.origin or 'et ukendt program'}. Temaer: "
        f"{shortened(project.codes.loc[project.codes['parent'].isna(), 'name'])}.",
        f"Variable på cases: {join_words(variables) or 'ingen'}.",
    ]
    try:
        found = interviews_by_role(project, dict.fromkeys(unknown_roles(project), "leader"))
        if notes := len(project.sources) - len(found):
            lines.append(f"{number(notes)} kilder uden rolle er ikke interview; de bliver ikke brugt.")
    except ValueError:
        lines.append(
            "Passer ikke: hvert interview skal have én rolle (Sagsbehandler eller Leder), som variablen Rolle på "
            "cases eller dokumenter, som et sæt af dokumenter eller som en case. Tilføj den i "
            "analyseprogrammet, og eksportér igen."
        )
    if roles := unknown_roles(project):
        lines.append(
            f"{join_words([f'»{role}«' for role in roles])} er ingen af kodebogens roller: skriv under values om det "
            "er caseworker eller leader."
        )
    if len(project.groups):
        lines.append(f"Sæt af dokumenter: {shortened(project.groups['name'].unique())}.")
    textless = int(project.codings["text"].isna().sum())
    if textless:
        lines.append(
            f"{number(textless)} kodninger er af billeder, lyd eller kilder uden tekst; de bliver ikke brugt."
        )
    return lines


def tables_text(tables) -> str:
    """The tables a delivery fills, as the codebook names them."""
    known = set(codebook.read_codebook()["table"])
    return join_words([table for table in tables if table in known])
