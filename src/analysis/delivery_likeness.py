"""How like a raw variable is to a column of the codebook: by name, by the wording of its question, by its answers."""

import re
from difflib import SequenceMatcher

from analysis import municipalities

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
