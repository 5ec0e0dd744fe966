"""Which raw column is which of the codebook's: a proposal, by names, labels and the wording of questions."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

import pandas as pd

from analysis import codebook
from analysis.danish import SPELLED_OUT
from analysis.prepare.proposals import is_place

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
