"""Sources of a coded project, their texts, and the selections in them."""

from typing import NamedTuple
from xml.etree.ElementTree import Element

from analysis.readers.coded_text import Counting, countable, counting_that_fits, member_text

SELECTIONS = (
    "PlainTextSelection",
    "PDFSelection",
    "PictureSelection",
    "AudioSelection",
    "VideoSelection",
    "TranscriptSelection",
)


class Selection(NamedTuple):
    """A selected part of a source; `text_key` is the key of the text in which its positions count."""

    element: Element
    source: Element
    text_key: str
    start: int | None
    end: int | None


def bare(guid) -> str:
    """A GUID without braces."""
    return (guid or "").strip().strip("{}").strip()


def key(guid) -> str:
    """A GUID as looked up: without braces, in lower case."""
    return bare(guid).lower()


def local(element) -> str:
    """Name of an element without its namespace."""
    return element.tag.rpartition("}")[2]


def holders(source) -> list[Element]:
    """What holds a source's text: itself, or the text that represents a PDF or a recording."""
    return [source, *(inner for inner in source if local(inner) in ("Representation", "Transcript"))]


def source_texts(archive, project, project_name) -> dict[str, str]:
    """Key of the element that holds a text -> its text."""
    names = {name.lower().replace("\\", "/"): name for name in archive.namelist()}
    texts = {}
    for source in project.iterfind("{*}Sources/*"):
        for holder in holders(source):
            text = text_of(archive, names, holder, source.get("name", ""), project_name)
            if text is not None:
                texts[key(holder.get("guid"))] = text
    return texts


def text_of(archive, names, holder, source_name, project_name) -> str | None:
    """Text of one source: from its file in the archive, else as it stands in the project."""
    place = holder.get("plainTextPath")
    text = member_text(archive, names, place, source_name, project_name) if place else None
    content = holder.find("{*}PlainTextContent")
    if text is None and content is not None:
        text = (content.text or "").removeprefix("\ufeff")
    return text


def all_selections(project) -> list[Selection]:
    """Every selection of every source."""
    return [
        selection_of(element, source, holder)
        for source in project.iterfind("{*}Sources/*")
        for holder in holders(source)
        for element in holder
        if local(element) in SELECTIONS
    ]


def selection_of(element, source, holder) -> Selection:
    """One selection; positions only where it is of a text."""
    if local(element) != "PlainTextSelection":
        return Selection(element, source, key(holder.get("guid")), None, None)
    start, end = (position(element, name) for name in ("startPosition", "endPosition"))
    return Selection(element, source, key(holder.get("guid")), start, end)


def position(element, name) -> int:
    """A position of a selection.

    Raises
    ------
    ValueError
        None, or not a whole number.
    """
    value = element.get(name, "").strip()
    if not (value.isascii() and value.isdecimal() and len(value) < 16):
        raise ValueError(
            f"`{name}` of each selection must be a whole number, but one is `{value[:20]}`. Export the "
            "project again."
        )
    return int(value)


def countable_texts(texts, selections, origin) -> tuple[dict[str, str], Counting]:
    """The texts with line ends as the project counts them, and how it counts."""
    spots = [
        (selection.text_key, selection.start, selection.end, selection.element.get("name", ""))
        for selection in selections
        if selection.start is not None
    ]
    counting = counting_that_fits(texts, spots, origin)
    return {guid: countable(text, counting) for guid, text in texts.items()}, counting
