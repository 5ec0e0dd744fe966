"""What of a chapter is read at once, and what is behind a fold: a claim has its figure and a sentence or two."""

import re
from dataclasses import dataclass, field
from itertools import accumulate, groupby

from rerun.site.notebook import Block, Chapter, plain

_SENTENCES, _WORDS = 2, 30  # of a claim that are read at once: two sentences, or one where they are long
_END = re.compile(r"(?<=[.!?]) (?=[A-ZÆØÅ])")
_SHORT = 12  # words: what is left of a paragraph stands with it, not behind a fold


@dataclass(frozen=True)
class Section:
    """A heading, what is read under it at once, and what more there is.

    Attributes
    ----------
    head : dict or None
        Its heading's node; None before the first.
    shown, more : list of Block
        Both in the chapter's order.
    """

    head: dict | None
    shown: list[Block] = field(default_factory=list)
    more: list[Block] = field(default_factory=list)

    @property
    def heading(self) -> str:
        """Its heading; empty where it has none."""
        return plain(self.head) if self.head else ""


def sections(chapter: Chapter, place: str) -> list[Section]:
    """Return a chapter, without its lead, as sections.

    Read at once are figures, results of other kinds, and of the prose the first two sentences of the first paragraph
    that names the place, or else of the first; of long ones the first sentence.
    """
    pieces = [piece for block in chapter.blocks[1:] for piece in _pieces(block)]
    numbers = accumulate(map(_is_heading, pieces))
    parts = groupby(zip(numbers, pieces, strict=True), key=lambda pair: pair[0])
    return [_section([piece for _, piece in part], place) for _, part in parts]


def _pieces(block: Block) -> list[Block]:
    """A block as pieces of one node each, so that some of them can be behind a fold."""
    return [Block([node]) for node in block.prose] if block.prose else [block]


def _is_heading(piece: Block) -> bool:
    return bool(piece.prose) and "anchor" in piece.prose[0]


def _section(pieces: list[Block], place: str) -> Section:
    head = pieces[0].prose[0] if _is_heading(pieces[0]) else None
    rest = pieces[1:] if head else pieces
    claim = _claim(rest, place)
    shown, more = [], []
    for piece in rest:
        if piece is claim:
            first, left = split(piece.prose[0])
            shown.append(Block([first]))
            more += [Block([left])] if left else []
        else:
            (more if piece.prose else shown).append(piece)
    return Section(head, shown, more)


def _claim(pieces: list[Block], place: str) -> Block | None:
    paragraphs = [piece for piece in pieces if piece.prose and piece.prose[0]["type"] == "paragraph"]
    own = [piece for piece in paragraphs if place in plain(piece.prose[0])]
    return next(iter(own or paragraphs), None)


def split(node: dict) -> tuple[dict, dict | None]:
    """A paragraph's first two sentences, and the rest of it; None where hardly anything is left."""
    long = len(" ".join(_END.split(plain(node))[:_SENTENCES]).split()) > _WORDS
    first, rest, left = [], [], 1 if long else _SENTENCES
    for child in node["children"]:
        parts = _END.split(child["raw"]) if child["type"] == "text" else []
        if left and len(parts) > left:
            first.append({**child, "raw": " ".join(parts[:left])})
            rest.append({**child, "raw": " ".join(parts[left:])})
            left = 0
        elif left:
            first.append(child)
            left -= max(len(parts) - 1, 0)
            left -= child["type"] == "softbreak" and plain({"children": first}).rstrip()[-1:] in {
                ".",
                "!",
                "?",
            }
        else:
            rest.append(child)
    others = {**node, "children": rest}
    if len(plain(others).split()) <= _SHORT:
        return node, None
    return {**node, "children": first}, others
