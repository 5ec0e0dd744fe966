"""A proposal for which raw column is which of ours, by names, labels and the wording of questions."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

import pandas as pd

from analysis import codebook, municipalities

# what prepare adds itself, or takes from elsewhere
NOT_DELIVERED = {
    "caseworkers": {
        "year",
        "municipality",
        "region",
        "municipality_group",
        "employed_count",
        "design_weight",
        "weight",
    },
    "staff": {"year", "municipality", "region", "municipality_group", "answered_count", "partial_count"},
}
SURVEY_TABLES = ["caseworkers", "leaders", "missing_answers"]
FLAT_TABLES = ("staff", "practices", "published_figures", "supervision_findings")
ENOUGH = 0.4
SURE = 0.75
# words of any question
EMPTY_WORDS = {
    "hvor",
    "hvilken",
    "hvilket",
    "hvad",
    "hvem",
    "mange",
    "antal",
    "meget",
    "grad",
    "eller",
    "dine",
    "deres",
}
NEAR = 0.8


@dataclass(frozen=True)
class Mapping:
    """A proposal: tables that the delivery fills, raw column -> ours, how sure, and what is left over."""

    tables: list[str]
    columns: dict[str, str]
    certainty: dict[str, float]
    guesses: dict[str, dict]
    unknown_labels: dict[str, list]
    not_found: list[str]


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
    return sum(mapping.certainty.values()) - sum(absent)


def expected_columns(table) -> pd.DataFrame:
    """Columns of a table that a delivery holds; of a survey also the role, which parts it in two tables."""
    book = codebook.columns(table)
    book = book[~book.index.isin(NOT_DELIVERED.get(table, set()))]
    if table == "caseworkers":
        book = pd.concat([book, codebook.columns("staff").loc[["role"]]])
    return book


def assign(variables, tables) -> Mapping:
    """Give each of our columns the raw column most like it, the surest first."""
    book = expected_columns(tables[0])
    scores = [
        (likeness(variable, column, row), variable.variable, column)
        for variable in variables.itertuples()
        for column, row in book.iterrows()
    ]
    columns, certainty = {}, {}
    for score, raw, ours in sorted(scores, key=lambda found: (-found[0], found[1], found[2])):
        if score >= ENOUGH and raw not in columns and ours not in columns.values():
            columns[raw], certainty[raw] = ours, score
    in_order = [raw for raw in variables["variable"] if raw in columns]
    guesses, unknown = proposed_values(variables, columns, book)
    return Mapping(
        tables=list(tables),
        columns={raw: columns[raw] for raw in in_order},
        certainty=certainty,
        guesses=guesses,
        unknown_labels=unknown,
        not_found=[column for column in book.index if column not in columns.values()],
    )


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
        if variable.kind == "closed":
            return 1.0 if label_likeness(variable.labels, row) else 0.5
        # codes whose labels were not delivered
        return 0.5 if variable.kind == "number" else 0.0
    if row["dtype"] in ("integer", "number"):
        return {"number": 1.0, "closed": 0.5}.get(variable.kind, 0.0)
    return 1.0 if variable.kind in ("text", "closed") else 0.0


def folded(text) -> str:
    """Text in lower case, Danish letters spelled out, other signs as blanks."""
    spelled = str(text).casefold().replace("æ", "ae").replace("ø", "oe").replace("å", "aa")
    return re.sub(r"[^a-z0-9]+", " ", spelled).strip()


def name_likeness(raw, column, row) -> float:
    """How like a raw name is to our name or label; one that the other begins with counts as near."""
    name = folded(raw)
    ours = [folded(column), folded(row["label"])]
    return max(near_name(name, text) for text in ours)


def near_name(name, text) -> float:
    """Likeness of two folded names."""
    if name == text:
        return 1.0
    ratio = SequenceMatcher(None, name, text).ratio()
    begins = min(len(name), len(text)) >= 3 and (name.startswith(text) or text.startswith(name))
    return max(0.85 if begins else 0.0, ratio if ratio > 0.6 else 0.0) * 0.9


def stems(text) -> set[str]:
    """First letters of the words that carry meaning."""
    return {word[:5] for word in folded(text).split() if len(word) > 3 and word not in EMPTY_WORDS}


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


def is_place(text) -> bool:
    """Whether a text names a municipality, or is its code."""
    try:
        municipalities.find(str(text))
    except KeyError:
        return False
    return True


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
        near = {label: nearest(label, levels) for label in odd}
        values |= (
            {ours: {label: level for label, level in near.items() if level}} if any(near.values()) else {}
        )
        unknown |= (
            {ours: [label for label, level in near.items() if not level]} if not all(near.values()) else {}
        )
    return values, unknown


def nearest(label, levels) -> str | None:
    """The level whose label is spelled nearly so, if there is one."""
    ratios = {
        level: SequenceMatcher(None, folded(label), folded(text)).ratio() for level, text in levels.items()
    }
    best = max(ratios, key=ratios.get)
    return best if ratios[best] >= NEAR else None
