"""A proposal for which raw column is which of ours, by names, labels and the wording of questions."""

from dataclasses import dataclass
from difflib import SequenceMatcher

import pandas as pd

from analysis import codebook
from analysis.delivery_likeness import folded, levels_of, likeness

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
    book = book[~book.index.isin(NOT_DELIVERED.get(table, set()))]
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
