"""``python -m analysis.prepare.delivery FILE``: look at a delivery, and propose its sidecar."""

import re
import sys
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from pathlib import Path

import pandas as pd
import yaml

from analysis import codebook, files
from analysis.danish import SPELLED_OUT, join_words, number
from analysis.prepare.interviews import interviews_by_role, unknown_roles
from analysis.prepare.proposals import is_place, propose_layout, propose_status
from analysis.prepare.sidecars import TO_FILL_IN, sha256, write_sidecar
from analysis.prepare.survey import status_by, survey_from_table
from analysis.readers.columns import UnknownDecimal
from analysis.readers.kinds import TEXT_FILES, advice_for, existing_file
from analysis.readers.personal import find_personal
from analysis.readers.raw_survey import RawSurvey
from analysis.readers.refi_qda import CodedProject, read_refi_qda
from analysis.readers.spss import kind_of, read_spss
from analysis.readers.stata import read_stata
from analysis.readers.surveyxact import PARTS, parts_in, read_surveyxact, small_rows, things_of
from analysis.readers.workbook import WORKBOOKS, sheets

# What is in a delivery, whatever its format: variables with their questions, types, labels and answers.

# more different values than this in a column of text is writing, not categories
CATEGORIES_AT_MOST = 120


# what is told of each variable
FOUND = ["variable", "question", "kind", "labels", "answered", "reasons", "personal"]
PROJECTS = (".qdpx", ".qde", ".qdc")
STATISTICS = {
    ".sav": "spss",
    ".zsav": "spss",
    ".por": "spss",
    ".dta": "stata",
    ".sas7bdat": "stata",
    ".xpt": "stata",
}


@dataclass(frozen=True)
class Delivery:
    """A delivery as read.

    Attributes
    ----------
    path : Path
        File or folder.
    reader : str
        Name of the reader, as in a sidecar.
    survey : RawSurvey or None
        Answers, or the rows of a table.
    project : CodedProject or None
        Coded interviews.
    said, reasons : dict, list
        What the sidecar may say of how the table lies in its file, and why.
    """

    path: Path
    reader: str
    survey: RawSurvey | None = None
    project: CodedProject | None = None
    said: dict = field(default_factory=dict)
    reasons: list = field(default_factory=list)


def read_delivery(path) -> Delivery:
    """Read a delivery in any of the formats, by what it is.

    Raises
    ------
    FileNotFoundError, ValueError
        Nothing there, a format that no reader knows, or a file that its reader turns down.
    """
    path = whole_delivery(Path(path))
    suffix = path.suffix.lower()
    if suffix in PROJECTS:
        return Delivery(path, "refi_qda", project=read_refi_qda(path))
    if suffix in STATISTICS:
        reader = STATISTICS[suffix]
        return with_status(Delivery(path, reader, {"spss": read_spss, "stata": read_stata}[reader](path)))
    if path.is_dir() or (suffix in WORKBOOKS and is_export(path)):
        marks, survey = undecided(lambda marks: read_surveyxact(path, marks))
        said = {"decimal": dict.fromkeys(marks, f"{TO_FILL_IN}: ',' eller '.'")} if marks else {}
        return Delivery(path, "surveyxact", survey=survey, said=said)
    if suffix in (*TEXT_FILES, *WORKBOOKS):
        found = propose_layout(path)
        survey = survey_from_table(found.frame, found.frame.attrs.get("questions"))
        return with_status(Delivery(path, "tabular", survey, said=found.said, reasons=found.reasons))
    raise ValueError(
        f"`{existing_file(path).name}` must be .csv, .xlsx, .xls, .ods, .sav, .zsav, .por, .dta, .sas7bdat, .xpt, "
        f".qdpx or .qde, or a folder with a SurveyXact export, but is {suffix or 'without ending'}. {advice_for(path)}"
    )


def with_status(delivery) -> Delivery:
    """The delivery with unfinished answers told apart, where the tool that wrote them is known."""
    said, reasons = propose_status(delivery.survey)
    status = status_by(delivery.survey, said.get("completed_when", {}))
    return replace(
        delivery,
        survey=replace(delivery.survey, status=status),
        said=delivery.said | said,
        reasons=delivery.reasons + reasons,
    )


def undecided(read) -> tuple[dict, RawSurvey]:
    """Columns whose decimal mark nothing tells, and the survey as read with a comma there."""
    marks = {}
    while True:
        try:
            return marks, read(marks)
        except UnknownDecimal as error:
            marks[error.column] = ","


def whole_delivery(path) -> Path:
    """The folder, if the file is one part of a SurveyXact export in it."""
    is_whole = is_text_part(path, PARTS) and path.is_file() and all(parts_in(path.parent).values())
    return path.parent if is_whole else path


def is_text_part(path, parts) -> bool:
    """Whether a text file is, by its name, one of the parts of a SurveyXact export."""
    return path.suffix.lower() in TEXT_FILES and any(things_of(part, {path.stem: path}) for part in parts)


def is_export(path) -> bool:
    """Whether a workbook has the three sheets of a SurveyXact export."""
    names = {sheet.name: sheet.name for sheet in sheets(path)}
    return all(things_of(part, names) for part in PARTS)


def variables(survey: RawSurvey) -> pd.DataFrame:
    """One row a variable: `variable`, `question`, `kind`, `labels`, `answered`, `reasons`, `personal`."""
    questions = survey.questions.set_index("variable")
    personal = set(find_personal(survey.answers)["column"])
    rows = []
    for name, values in survey.answers.items():
        known = questions.loc[name] if name in questions.index else None
        labels = survey.labels.get(name) or categories_of(values)
        told = question_of(known), kind_of(values, bool(labels)), labels, int(values.notna().sum())
        rows.append((name, *told, reasons_of(survey, name), name in personal))
    return pd.DataFrame(rows, columns=FOUND)


def question_of(known) -> str:
    """Text of a question, with what a column of it stands for."""
    if known is None:
        return ""
    return ": ".join(part for part in (known["text"], known["choice"]) if not pd.isna(part))


def categories_of(values) -> dict:
    """The values of a column of text that repeats a few; of other columns none."""
    if not pd.api.types.is_string_dtype(values):
        return {}
    counts = values.value_counts()
    few = 0 < len(counts) <= CATEGORIES_AT_MOST and counts.sum() > len(counts)
    return {text: text for text in sorted(counts.index)} if few else {}


def reasons_of(survey, name) -> dict[str, int]:
    """Reason for a missing answer -> how many."""
    if name not in survey.missing:
        return {}
    return {reason: int(count) for reason, count in survey.missing[name].value_counts().items()}


# How like a raw variable is to a column of the codebook: by name, by the wording of its question, by its answers.

# words of any question
EMPTY_WORDS = re.compile("hvor|hvilke[nt]|hvad|hvem|mange|antal|meget|grad|eller|dine|deres")


def likeness(variable, column, row) -> float:
    """How like a raw variable is to one of our columns, 0-1; 0 if their kinds cannot be the same."""
    if column == "municipality_code":
        return max(place_likeness(variable), 0.6 * name_likeness(variable.variable, column, row))
    kinds = kind_likeness(variable, row)
    if not kinds:
        return 0.0
    parts = (
        name_likeness(variable.variable, column, row),
        0.8 * question_likeness(variable.question, row),
        0.7 * label_likeness(variable.labels, row),
    )
    unlike = 1.0
    for part in parts:
        unlike *= 1 - part
    return kinds * (1 - unlike)


def kind_likeness(variable, row) -> float:
    """Whether a raw variable can be of the kind of our column: 0 if not, less than 1 if it is doubtful."""
    if row["categories"]:
        if variable.kind == "single":
            return 1.0 if label_likeness(variable.labels, row) else 0.5
        # codes whose labels were not delivered
        return 0.5 if variable.kind == "number" else 0.0
    if row["dtype"] in ("integer", "number"):
        return {"number": 1.0, "single": 0.5}.get(variable.kind, 0.0)
    return 1.0 if variable.kind in ("text", "single") else 0.0


def folded(text) -> str:
    """Text in lower case, Danish letters spelled out, other signs as blanks."""
    return re.sub(r"[^a-z0-9]+", " ", str(text).casefold().translate(SPELLED_OUT)).strip()


def name_likeness(raw, column, row) -> float:
    """How like a raw name is to our name or label; one that the other begins with counts as near."""
    name = folded(raw)
    ours = [folded(column), folded(row["label"])]
    return max(near_words(name, ours), *(near_name(name, text) for text in ours))


def near_words(name, ours) -> float:
    """Share of a name's words, cut short as they often are, that a word of ours begins with."""
    parts = [word for word in name.split() if len(word) > 2]
    words = " ".join(ours).split()
    found = [part for part in parts if any(word.startswith(part) for word in words)]
    return 0.8 * len(found) / len(parts) if parts else 0.0


def near_name(name, text) -> float:
    """Likeness of two folded names."""
    if name == text:
        return 1.0
    ratio = SequenceMatcher(None, name, text).ratio()
    begins = min(len(name), len(text)) >= 3 and (name.startswith(text) or text.startswith(name))
    return max(0.85 if begins else 0.0, ratio if ratio > 0.6 else 0.0) * 0.9


def stems(text) -> set[str]:
    """First letters of the words that carry meaning."""
    return {word[:5] for word in folded(text).split() if len(word) > 3 and not EMPTY_WORDS.fullmatch(word)}


def question_likeness(question, row) -> float:
    """Share of the label's words that the question has, and of its words that the definition has."""
    asked, label = stems(question), stems(row["label"])
    told = label | stems(row["definition"])
    if not asked or not label:
        return 0.0
    return 0.6 * len(asked & label) / len(label) + 0.4 * len(asked & told) / len(asked)


def label_likeness(labels, row) -> float:
    """Share of the delivery's labels that are levels of ours."""
    ours = {folded(level) for level in levels_of(row)} | {folded(label) for label in levels_of(row).values()}
    return sum(folded(label) in ours for label in labels.values()) / len(labels) if labels else 0.0


def levels_of(row) -> dict[str, str]:
    """Level -> label of one codebook row."""
    return dict(pair.split("=", 1) for pair in row["categories"].split("|")) if row["categories"] else {}


def place_likeness(variable) -> float:
    """Share of a variable's labels that are names or codes of municipalities."""
    texts = list(variable.labels.values())
    return sum(is_place(text) for text in texts) / len(texts) if texts else 0.0


# A proposal for which raw column is which of ours, by names, labels and the wording of questions.

# what prepare adds itself, or takes from elsewhere
PLACED = ("year", "municipality", "region", "municipality_group")
NOT_DELIVERED = {
    "caseworkers": (*PLACED, "employed_count", "design_weight", "weight"),
    "staff": (*PLACED, "answered_count", "partial_count"),
}
SURVEY_TABLES = ["caseworkers", "leaders", "missing_answers"]
FLAT_TABLES = ("staff", "practices", "published_figures", "supervision_findings")
ENOUGH = 0.4
SURE = 0.75
NEAR = 0.8
# two columns this alike to one variable are a choice that is not the program's
CLOSE = 0.05


@dataclass(frozen=True)
class Mapping:
    """A proposal: tables that the delivery fills, raw column -> ours, how sure, and what is left over."""

    tables: list[str]
    columns: dict[str, str]
    certainty: dict[str, float]
    guesses: dict[str, dict]
    unknown_labels: dict[str, list]
    not_found: list[str]
    ambiguous: dict[str, list]


def propose(variables: pd.DataFrame) -> Mapping:
    """The proposal for the tables that the variables fit best."""
    candidates = [
        assign(variables, tables) for tables in ([*SURVEY_TABLES], *([name] for name in FLAT_TABLES))
    ]
    return max(candidates, key=fit)


def fit(mapping: Mapping) -> float:
    """How well a proposal explains the delivery: what is found, less what is missing."""
    required = expected_columns(mapping.tables[0])["required"].eq("yes")
    absent = [1.0 if required[column] else 0.1 for column in mapping.not_found]
    return sum(mapping.certainty.values()) + 0.5 * len(mapping.ambiguous) - sum(absent)


def expected_columns(table) -> pd.DataFrame:
    """Columns of a table that a delivery holds; of a survey also the role, which parts it in two tables."""
    book = codebook.columns(table)
    book = book[~book.index.isin(NOT_DELIVERED.get(table, ()))]
    if table == "caseworkers":
        book = pd.concat([book, codebook.columns("staff").loc[["role"]]])
    return book


def assign(variables, tables) -> Mapping:
    """Give each of our columns the raw column most like it; leave open what could as well be another."""
    book = expected_columns(tables[0])
    scores = {
        (variable.variable, column): likeness(variable, column, row)
        for variable in variables.itertuples()
        for column, row in book.iterrows()
    }
    columns = matched(scores)
    ambiguous = {raw: rivals(raw, columns, scores) for raw in columns}
    columns = {raw: columns[raw] for raw in variables["variable"] if raw in columns and not ambiguous[raw]}
    guesses, unknown = proposed_values(variables, columns, book)
    return Mapping(
        tables=list(tables),
        columns=columns,
        certainty={raw: scores[raw, ours] for raw, ours in columns.items()},
        guesses=guesses,
        unknown_labels=unknown,
        not_found=[column for column in book.index if column not in columns.values()],
        ambiguous={raw: found for raw, found in ambiguous.items() if found},
    )


def matched(scores) -> dict[str, str]:
    """Raw column -> ours, the surest pairs first, each once."""
    columns = {}
    for (raw, ours), score in sorted(scores.items(), key=lambda pair: (-pair[1], pair[0])):
        if score >= ENOUGH and raw not in columns and ours not in columns.values():
            columns[raw] = ours
    return columns


def rivals(raw, columns, scores) -> list[str]:
    """Our columns that an unsure variable could as well be, its own among them; none if it is sure."""
    ours = columns[raw]
    if scores[raw, ours] >= SURE:
        return []
    taken = {column for other, column in columns.items() if scores[other, column] >= SURE}
    near = [
        column
        for (name, column), score in scores.items()
        if name == raw and score >= scores[raw, ours] - CLOSE
    ]
    open_ones = [column for column in near if column == ours or column not in taken]
    return open_ones if len(open_ones) > 1 else []


def proposed_values(variables, columns, book) -> tuple[dict, dict]:
    """For closed columns: label -> level where the spelling is near, and the labels that are like none."""
    values, unknown = {}, {}
    for variable in variables.itertuples():
        ours = columns.get(variable.variable)
        levels = levels_of(book.loc[ours]) if ours in book.index else {}
        if not levels or ours == "municipality_code":
            continue
        known = {folded(text) for pair in levels.items() for text in pair}
        odd = [label for label in variable.labels.values() if folded(label) not in known]
        near = {label: level for label in odd if (level := nearest(label, levels))}
        if near:
            values[ours] = near
        if len(near) < len(odd):
            unknown[ours] = [label for label in odd if label not in near]
    return values, unknown


def nearest(label, levels) -> str | None:
    """The level whose label is spelled nearly so, if there is one."""
    ratios = {
        level: SequenceMatcher(None, folded(label), folded(text)).ratio() for level, text in levels.items()
    }
    best = max(ratios, key=ratios.get)
    return best if ratios[best] >= NEAR else None


# What `make delivery` says of a delivery, in Danish.

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
        f"{variable.variable}: {KINDS[variable.kind]}, {number(variable.answered)} besvaret, "
        f"{number(absent)} uden svar"
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
            f"{ours}: {join_words([f'»{label}«' for label in labels[:SHOWN]])} er ingen af kodebogens "
            "svar. Skriv under values hvilket af "
            f"{join_words(list(levels_of(book.loc[ours])), 'eller')} det er."
        )
    for ours, near in mapping.guesses.items():
        told = join_words([f"»{label}« som {level}" for label, level in near.items()])
        lines.append(f"{ours}: {told} er et gæt på stavemåden; ret det under values hvis det er forkert.")
    for raw in variables.loc[variables["personal"], "variable"]:
        lines.append(
            f"{raw} indeholder noget der ligner e-mailadresser, telefonnumre eller CPR-numre. Fjern det "
            "fra leverancen."
        )
    return lines


def project_lines(project) -> list[str]:
    """What is in a project with coded interviews, and what prepare will miss in it."""
    variables = [name for name in project.cases if name not in ("guid", "name")]
    coders = project.codings["coder"].nunique()
    lines = [
        f"{number(len(project.sources))} kilder, {number(len(project.codes))} koder, "
        f"{number(len(project.codings))} kodninger af {number(coders)} kodere, "
        f"{number(len(project.cases))} cases.",
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


# ``python -m analysis.prepare.delivery FILE``: look at a delivery, and propose its sidecar.

WITH_YEAR = ("caseworkers", "staff")


def describe(delivery: Delivery) -> tuple[list[str], dict]:
    """What to say of a delivery, and what its sidecar may say."""
    if delivery.project is not None:
        lines = [
            f"Leverancen {delivery.path.name} er læst som kodede interview.",
            *project_lines(delivery.project),
        ]
        roles = dict.fromkeys(unknown_roles(delivery.project), f"{TO_FILL_IN}: caseworker eller leader")
        values = {"interview_role": roles} if roles else {}
        return lines, sidecar_of(
            delivery, ["interviews", "codings"], {}, values, len(delivery.project.codings)
        )
    found = variables(delivery.survey)
    mapping = propose(found)
    lines = [*heading(delivery), *first_rows(found, delivery.survey), ""]
    for variable in found.itertuples():
        lines += variable_lines(variable, delivery.survey, mapping)
    lines += ["", f"Leverancen ligner mest: {tables_text(mapping.tables)}."]
    doubts = [f"  - {fault}" for fault in faults(found, mapping)]
    lines += ["Passer ikke:", *doubts] if doubts else []
    said = sidecar_of(
        delivery, mapping.tables, mapping.columns, values_of(mapping), len(delivery.survey.answers)
    )
    return lines, said | delivery.said | year_of(delivery, mapping)


def values_of(mapping: Mapping) -> dict[str, dict]:
    """Labels that are spelled otherwise than ours, with the level they may be, or those to choose from."""
    book = expected_columns(mapping.tables[0])
    values = {ours: dict(guessed) for ours, guessed in mapping.guesses.items()}
    for ours, labels in mapping.unknown_labels.items():
        levels = join_words(list(levels_of(book.loc[ours])), "eller")
        values[ours] = values.get(ours, {}) | dict.fromkeys(labels, f"{TO_FILL_IN}: {levels}")
    return values


def sidecar_of(delivery, tables, columns, values, rows) -> dict:
    """Keys of a sidecar, in its order; what only the researcher knows is to be filled in."""
    return {
        "title": f"{TO_FILL_IN}: hvad leverancen er",
        "producer": f"{TO_FILL_IN}: hvem der har lavet den",
        "dates": f"{TO_FILL_IN}: hvornår data er indsamlet",
        "licence": f"{TO_FILL_IN}: hvad den må bruges til",
        "provided": False,
        "synthetic": False,
        "reader": delivery.reader,
        "tables": list(tables),
        "path": delivery.path.name,
        "files": {
            file.name: {"sha256": sha256(file), "rows": rows_of(file, rows)}
            for file in files_of(delivery.path)
        },
        "columns": dict(columns),
        "values": values,
    }


def files_of(path) -> list[Path]:
    """The files that a delivery consists of."""
    if path.is_file():
        return [path]
    return [file for found in parts_in(path).values() for file in found]


def rows_of(file, rows) -> int:
    """Rows of one file: of an export's labels and structure their own, else those of the delivery."""
    return len(small_rows(file)) if is_text_part(file, PARTS[1:]) else rows


def year_of(delivery: Delivery, mapping: Mapping) -> dict:
    """Year of a survey or of staff counts, if the file's name or its dates tell."""
    if mapping.tables[0] not in WITH_YEAR:
        return {}
    told = re.search(r"(?<!\d)20\d\d(?!\d)", delivery.path.stem)
    dates = delivery.survey.answers.select_dtypes("datetime").melt()["value"].dropna()
    if told:
        return {"year": int(told[0])}
    return {"year": int(dates.dt.year.mode()[0])} if len(dates) else {}


def free_name(path) -> Path:
    """Where the proposal goes: beside the delivery, and never over a file that is there.

    A sidecar of that stem may be another delivery's: then the whole name, ending and all, is the stem.
    """
    stem = path.stem if path.is_file() else path.name
    beside = path.with_name(f"{stem}.yml")
    if beside.exists() and not is_sidecar_of(beside, path):
        stem = path.name
    names = [
        f"{stem}.yml",
        f"{stem}.forslag.yml",
        *(f"{stem}.{number}.forslag.yml" for number in range(2, 100)),
    ]
    return next(path.with_name(name) for name in names if not path.with_name(name).exists())


def is_sidecar_of(sidecar, path) -> bool:
    """Whether a sidecar, filled in or not, is of this delivery."""
    try:
        said = yaml.safe_load(sidecar.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError):
        return True
    return not isinstance(said, dict) or said.get("path", path.name) == path.name


def save(path, said) -> list[str]:
    """Write the proposal beside the delivery in data/raw, and tell what to do next."""
    if files.raw().resolve() not in path.resolve().parents:
        return [f"Der er ikke skrevet noget forslag: læg {path.name} i data/raw, og kør kommandoen igen."]
    target = free_name(path)
    write_sidecar(target, said)
    lines = [f"Forslaget er skrevet i {target.name}, ved siden af leverancen."]
    if target.name.endswith(".forslag.yml"):
        lines.append("Der var en sidefil i forvejen; den er ikke rørt. Sammenlign de to, og ret den gamle.")
    if said.get("year") is None and said["tables"][0] in WITH_YEAR:
        lines.append("Årstallet er ikke fundet: skriv linjen `year: 2024` (med det rigtige år) i filen.")
    return [*lines, f"Ret det hvor der står {TO_FILL_IN}, se kolonnerne efter, og kør derefter `make data`."]


def main(arguments) -> int:
    """Look at one delivery; 0 if it could be read, else 1."""
    if len(arguments) != 1 or not arguments[0]:
        print("Skriv hvilken leverance det er: make delivery FILE=data/raw/navn", file=sys.stderr)
        return 1
    try:
        delivery = read_delivery(arguments[0])
        lines, said = describe(delivery)
        print("\n".join([*lines, "", *save(delivery.path, said)]))
    except (ValueError, OSError) as error:
        print(f"Leverancen kunne ikke læses.\n{error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
