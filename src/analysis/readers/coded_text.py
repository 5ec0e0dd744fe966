"""Text of a coded source, and the places in it that codings point to."""

import re
from dataclasses import dataclass
from pathlib import PurePosixPath

ASTRAL = re.compile("[\U00010000-\U0010ffff]")
BYTE_ORDER_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


@dataclass(frozen=True)
class Counting:
    """A way to count positions: is `\\r\\n` one character, and is a character beyond U+FFFF two."""

    one_line_end: bool
    utf16: bool = False


def member_text(archive, names, path, source, project) -> str | None:
    """Text of a source's file in the archive; None if the source keeps it elsewhere.

    Raises
    ------
    ValueError
        A path out of the archive, no such file in it, or a file that is no Unicode text.
    """
    if not path.startswith("internal://"):
        return None
    inside = PurePosixPath(path.removeprefix("internal://").replace("\\", "/").lstrip("/"))
    if ".." in inside.parts:
        raise ValueError(
            f"`{project}` must point to files inside itself only, but source `{source}` points outside. "
            "Don't use this file; ask for the delivery again."
        )
    member = names.get(f"sources/{inside}".lower()) or names.get(str(inside).lower())
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
            f"`{project}` must hold its sources as UTF-8, but `{source}` is not (byte {error.start}). "
            "Export it again."
        ) from error


def counting_that_fits(texts, selections, origin) -> Counting:
    """How a project counts positions.

    Programs differ: ATLAS.ti counts `\\r\\n` as one, the others as two. Selections often carry the
    beginning of their text as their name; the counting under which most names fit is taken, and the
    program's own when names do not tell.

    Parameters
    ----------
    texts : dict
        Source -> text.
    selections : list of tuple
        Source, start, end, name.
    origin : str
        Program that wrote the project.
    """
    usual = Counting(one_line_end="atlas" in origin.lower())
    others = [Counting(one_line_end, utf16) for utf16 in (False, True) for one_line_end in (False, True)]
    if not any("\r\n" in text or ASTRAL.search(text) for text in texts.values()):
        return usual
    candidates = [usual, *(other for other in others if other != usual)]
    return max(candidates, key=lambda counting: fit(texts, selections, counting))


def fit(texts, selections, counting) -> tuple[int, int]:
    """How many selections have a name that their text begins with, and how many lie within their text."""
    inside = named = 0
    for source, start, end, name in selections:
        text = texts.get(source)
        found = text and selected(text, start, end, counting)
        inside += found is not None
        named += bool(found and name and squeezed(found).startswith(squeezed(name).rstrip(".…")))
    return named, inside


def squeezed(text) -> str:
    """Text with each run of blanks as one."""
    return re.sub(r"\s+", " ", text).strip()


def countable(text, counting) -> str:
    """The text in which positions count (apart from characters that count as two)."""
    return text.replace("\r\n", "\n") if counting.one_line_end else text


def selected(text, start, end, counting) -> str | None:
    """The selected part of a text; None if it does not lie within."""
    span = characters(countable(text, counting), start, end, counting)
    return None if span is None else countable(text, counting)[slice(*span)]


def characters(text, start, end, counting) -> tuple[int, int] | None:
    """Positions as characters of a countable text; None if they do not lie within."""
    if counting.utf16 and ASTRAL.search(text):
        units = text.encode("utf-16-le")
        if not 0 <= start <= end <= len(units) // 2:
            return None
        start, end = (len(units[: 2 * place].decode("utf-16-le", "ignore")) for place in (start, end))
    return (start, end) if 0 <= start <= end <= len(text) else None
