"""Texts of coded sources, and the places in them that codings point to, however a program counts them."""

import re
import unicodedata
from bisect import bisect_left
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath
from typing import NamedTuple
from urllib.parse import unquote

ASTRAL = re.compile("[\U00010000-\U0010ffff]")
BYTE_ORDER_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
# what this project's own writer calls itself: it counts characters
OWN = "casework-notebooks"
# enough selections to tell how a project counts
SAMPLE = 5_000


class Counting(NamedTuple):
    """A way to count positions: is `\\r\\n` one character, and is a character beyond U+FFFF two."""

    one_line_end: bool
    utf16: bool


@dataclass(frozen=True)
class CountedText:
    """A text as a project counts it."""

    text: str
    utf16: bool

    @cached_property
    def doubled(self) -> list[int]:
        """Where characters that count as two stand, counted so."""
        return [found.start() + place for place, found in enumerate(ASTRAL.finditer(self.text))]

    def span(self, start, end) -> tuple[int, int] | None:
        """Positions as characters of the text; None if they do not lie within."""
        if self.utf16 and self.doubled:
            if end > len(self.text) + len(self.doubled):
                return None
            start, end = (place - bisect_left(self.doubled, place) for place in (start, end))
        return (start, end) if 0 <= start <= end <= len(self.text) else None


def counted(text, counting) -> CountedText:
    """A text as counted in one of the ways."""
    return CountedText(text.replace("\r\n", "\n") if counting.one_line_end else text, counting.utf16)


def counting_that_fits(texts, selections, origin) -> Counting:
    """How a project counts positions, by its selections; as its program does when they do not tell.

    Programs differ: ATLAS.ti counts `\\r\\n` as one, the others as two; NVivo and ATLAS.ti count a character
    beyond U+FFFF as two. Selections often carry the beginning of their text as their name: the counting under
    which most names fit is taken, among those the one under which most selections begin and end at words.

    Parameters
    ----------
    texts : dict
        Source -> text.
    selections : list of tuple
        Source, start, end, name.
    origin : str
        Program that wrote the project.
    """
    program = origin.lower()
    is_atlas = "atlas" in program
    usual = Counting(one_line_end=is_atlas, utf16=is_atlas or "nvivo" in program)
    if program == OWN or not any("\r\n" in text or ASTRAL.search(text) for text in texts.values()):
        return usual
    others = [Counting(one_line_end, utf16) for utf16 in (False, True) for one_line_end in (False, True)]
    candidates = [usual, *(other for other in others if other != usual)]
    step = max(1, len(selections) // SAMPLE)
    return max(candidates, key=lambda counting: fit(texts, selections[::step], counting))


def fit(texts, selections, counting) -> tuple[int, int, int]:
    """How many selections begin as their name does, how many lie within their text, how many ends are at words."""
    as_counted = {source: counted(text, counting) for source, text in texts.items()}
    named = inside = at_words = 0
    for source, start, end, name in selections:
        found = as_counted.get(source)
        span = found.span(start, end) if found else None
        if span is None:
            continue
        inside += 1
        at_words += ends_at_words(found.text, *span)
        named += bool(name) and squeezed(found.text[slice(*span)]).startswith(squeezed(name).rstrip(".…"))
    return named, inside, at_words


def ends_at_words(text, start, end) -> int:
    """How many of the two ends of a selection are at a word's: 0, 1 or 2."""
    if start == end:
        return 0
    begins = not text[start].isspace() and not (start and text[start - 1].isalnum() and text[start].isalnum())
    ends = not text[end - 1].isspace() and not (text[end : end + 1].isalnum() and text[end - 1].isalnum())
    return begins + ends


def squeezed(text) -> str:
    """Text with each run of blanks as one."""
    return re.sub(r"\s+", " ", text).strip()


def lookup(name) -> str:
    """A file's name as looked up: however its letters are composed and escaped, without regard to case."""
    return unicodedata.normalize("NFC", unquote(name)).replace("\\", "/").lower()


def member_text(archive, names, path, source, project, is_needed=True) -> str | None:
    """Text of a source's file in the archive; None if the source keeps it elsewhere (or it is not needed there)."""
    if not path.startswith("internal://") or archive is None:
        return None
    inside = PurePosixPath(path.removeprefix("internal://").replace("\\", "/").lstrip("/"))
    if ".." in inside.parts:
        raise ValueError(
            f"`{project}` must point to files inside itself only, but source `{source}` points outside. "
            "Don't use this file; ask for the delivery again."
        )
    member = names.get(lookup(f"sources/{inside}")) or names.get(lookup(str(inside)))
    if member is None and not is_needed:
        return None
    if member is None:
        raise ValueError(
            f"`{project}` must hold the text of each source, but that of `{source}` is not there. Export "
            "the project again, sources included."
        )
    return decoded(archive.read(member), source, project)


def decoded(content, source, project) -> str:
    """Text by its byte order mark, else as UTF-8; the mark itself is no part of it."""
    encoding = next((name for mark, name in BYTE_ORDER_MARKS if content.startswith(mark)), "utf-8")
    try:
        return content.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise ValueError(
            f"`{project}` must hold its sources as UTF-8, but `{source}` is not (byte {error.start}). Export it again."
        ) from error
