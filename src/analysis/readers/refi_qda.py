"""Coded interviews from NVivo, MAXQDA, ATLAS.ti, QualCoder or Quirkos: REFI-QDA (.qdpx, .qde, .qdc)."""

import re
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple
from xml.etree.ElementTree import Element, ParseError

import pandas as pd
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from analysis.readers.archive import UNPACKED_LIMIT, open_archive
from analysis.readers.kinds import existing_file
from analysis.readers.refi_text import CountedText, counted, counting_that_fits, lookup, member_text

PATH_MARK = " > "
DEPTH_LIMIT = 100
SELECTIONS = (
    "PlainTextSelection",
    "PDFSelection",
    "PictureSelection",
    "AudioSelection",
    "VideoSelection",
    "TranscriptSelection",
)
# what holds a source's text beside itself: the text of a PDF or a picture, or the transcripts of a recording
HOLDERS = ("Representation", "TextRepresentation", "Transcript", "TextDescription")
CODING_COLUMNS = ["guid", "source", "source_name", "code", "code_name", "coder", "start", "end", "text"]
KINDS = {"Boolean": "boolean", "Integer": "Int64", "Float": "Float64", "Date": "date", "DateTime": "date"}
VALUES = ("TextValue", "BooleanValue", "IntegerValue", "FloatValue", "DateValue", "DateTimeValue")
TAKEN = ("guid", "name", "text")
BOOLEANS = {"true": True, "1": True, "false": False, "0": False}
ZONE = r"(Z|[+-]\d{2}:?\d{2})$"


@dataclass(frozen=True, eq=False)
class CodedProject:
    """Coded sources, as exchanged between programs for qualitative analysis.

    Attributes
    ----------
    codes : DataFrame
        One row a code: `guid`, `name`, `parent` (a guid), `path` (names from the top), `is_codable`,
        `description`. What some programs keep as a code of a case is no code here.
    sources : DataFrame
        One row a source: `guid`, `name`, `text` (missing when the project does not hold it; of a recording its
        first transcript), and its variables.
    codings : DataFrame
        One row a coding: `guid` (of the selection), `source`, `source_name`, `code`, `code_name`, `coder`,
        `start`, `end` (characters of the text it is of, from 0, end exclusive), `text`. No positions where a
        picture or a sound is coded, no text where the project keeps it elsewhere. What is selected both in a PDF
        and in its text is one coding.
    cases : DataFrame
        One row a case: `guid`, `name`, and a column a variable.
    case_sources : DataFrame
        One row a source of a case: `case`, `source`; named by the case, or coded with it.
    groups : DataFrame
        One row a source in a set: `name` (of the set), `source`.
    name, origin : str
        What the project is called, and the program that wrote it.
    """

    codes: pd.DataFrame
    sources: pd.DataFrame
    codings: pd.DataFrame
    cases: pd.DataFrame
    case_sources: pd.DataFrame
    groups: pd.DataFrame
    name: str
    origin: str


class Holder(NamedTuple):
    """What holds a text, or a picture or sound: its source, and the element with the selections in it."""

    source: Element
    element: Element
    key: str


class Selection(NamedTuple):
    """A selected part of a source; `holder` is the key of the text in which its positions count."""

    element: Element
    source: Element
    holder: str
    start: int | None
    end: int | None


def read_refi_qda(path) -> CodedProject:
    """Read a project: codes as a tree, sources with text, coded segments by position, cases with variables.

    Parameters
    ----------
    path : path
        A .qdpx file; a .qde (the project alone, with the texts that stand in it) or a .qdc (a codebook alone).

    Raises
    ------
    FileNotFoundError
        No such file.
    ValueError
        An archive that is not safe or not whole, no project in it, positions outside a text, or a reference
        to nothing.

    References
    ----------
    REFI-QDA Standard 1.5, https://www.qdasoftware.org
    """
    path = Path(path)
    if path.suffix.lower() in (".qde", ".qdc"):
        project = bare_project(path)
        holders = all_holders(project)
        texts = source_texts(None, holders, path.name)
    else:
        with open_archive(path) as archive:
            project = project_element(archive, path)
            holders = all_holders(project)
            texts = source_texts(archive, holders, path.name)
    selections = [
        selection_of(element, holder)
        for holder in holders
        for element in holder.element
        if is_selection(element)
    ]
    texts = counted_texts(texts, selections, project.get("origin", ""))
    codes, persons = parted(codes_table(project), project)
    check_once([source.get("guid") for source in project.iterfind("{*}Sources/*")], "source", path.name)
    check_once([*codes["guid"], *persons["guid"]], "code", path.name)
    sources = sources_table(project, holders, texts, path.name)
    codings = codings_table(project, selections, pd.concat([codes, persons]), sources, texts, path.name)
    is_person = codings["code"].isin(persons["guid"])
    return CodedProject(
        codes=codes,
        sources=sources,
        codings=codings[~is_person].reset_index(drop=True),
        cases=cases_table(project, path.name),
        case_sources=case_sources_table(project, sources, codings, path.name),
        groups=groups_table(project, sources),
        name=project.get("name", ""),
        origin=project.get("origin", ""),
    )


def check_once(guids, what, project_name) -> None:
    """Raise if two things of a kind have one GUID: what refers to it could mean either."""
    repeated = len(guids) - len({key(guid) for guid in guids})
    if repeated:
        raise ValueError(
            f"`{project_name}` must name each {what} by a GUID of its own, but {repeated} of {len(guids)} are repeated."
            " Export the project again, or put it together anew from its parts."
        )


def bare(guid) -> str:
    """A GUID without braces."""
    return (guid or "").strip().strip("{}").strip()


def key(guid) -> str:
    """A GUID as looked up: without braces, in lower case."""
    return bare(guid).lower()


def local(element) -> str:
    """Name of an element without its namespace."""
    return element.tag.rpartition("}")[2]


def target(element) -> str:
    """Key of what an element refers to."""
    return "" if element is None else key(element.get("targetGUID"))


def is_selection(element) -> bool:
    """Whether an element is a selection of any kind."""
    return local(element) in SELECTIONS


def project_element(archive, path) -> Element:
    """The project's root element."""
    name = project_member(archive)
    if not name:
        raise ValueError(
            f"`{path.name}` must hold a REFI-QDA project (`project.qde`), but has none. Export it again."
        )
    return parsed(archive.read(name), f"`{name}` in `{path.name}`")


def project_member(archive) -> str | None:
    """Name of the project in an archive: the one nearest to the top, and not what a Mac adds when it packs a folder."""
    names = [name for name in archive.namelist() if name.lower().endswith(".qde") and "__MACOSX" not in name]
    return min(
        names, key=lambda name: (name.count("/"), not name.lower().endswith("project.qde")), default=None
    )


def members(archive) -> dict[str, str]:
    """Names of an archive's files as looked up (from the project's folder, in lower case), and as they are."""
    folder = (project_member(archive) or "").rpartition("/")[0]
    return {lookup(name.removeprefix(f"{folder}/" if folder else "")): name for name in archive.namelist()}


def bare_project(path) -> Element:
    """The root element of a file that is XML itself: a project, or a codebook as a project without sources."""
    if existing_file(path).stat().st_size > UNPACKED_LIMIT:
        raise ValueError(
            f"`{path.name}` must have at most {UNPACKED_LIMIT >> 20} MB, but is larger. Export it again."
        )
    root = parsed(path.read_bytes(), f"`{path.name}`")
    if local(root) == "Project":
        return root
    if local(root) != "CodeBook":
        raise ValueError(
            f"`{path.name}` must be a REFI-QDA project or codebook, but its XML is of another kind "
            f"(`{local(root)[:40]}`). Export it again."
        )
    project = Element("Project", {"origin": root.get("origin", "")})
    project.append(root)
    return project


def parsed(content, what) -> Element:
    """The root element of plain XML."""
    try:
        return fromstring(content, forbid_dtd=True)
    except (ParseError, DefusedXmlException, LookupError, ValueError, zipfile.BadZipFile) as error:
        raise ValueError(
            f"{what} must be plain XML, but is not ({str(error)[:80]}). Export it again."
        ) from error


def all_holders(project) -> list[Holder]:
    """What holds the texts of the sources: themselves, the texts of PDFs, every transcript of a recording."""
    found = []
    for source in project.iterfind("{*}Sources/*"):
        elements = [source, *(child for child in source if local(child) in HOLDERS)]
        found += [Holder(source, element, key(element.get("guid"))) for element in elements]
    return found


def source_texts(archive, holders, project_name) -> dict[str, str]:
    """Key of the element that holds a text -> its text: from its file, else as it stands in the project."""
    names = members(archive) if archive else {}
    texts = {}
    for holder in holders:
        place = holder.element.get("plainTextPath")
        source = holder.source.get("name", "")
        content = holder.element.find("{*}PlainTextContent")
        is_needed = content is None
        text = member_text(archive, names, place, source, project_name, is_needed) if place else None
        if text is None and content is not None:
            text = (content.text or "").removeprefix("\ufeff")
        if text is not None:
            texts[holder.key] = text
    return texts


def selection_of(element, holder) -> Selection:
    """One selection; positions only where it is of a text."""
    start = end = None
    if local(element) == "PlainTextSelection":
        start, end = (position(element, name) for name in ("startPosition", "endPosition"))
    elif local(element) == "TranscriptSelection":
        start, end = synced(element, holder.element)
    return Selection(element, holder.source, holder.key, start, end)


def synced(element, transcript) -> tuple:
    """Where a selection of a transcript begins and ends, by the points in which text and sound are tied together."""
    points = {key(point.get("guid")): point for point in transcript.iterfind("{*}SyncPoint")}
    ends = [points.get(key(element.get(name))) for name in ("fromSyncPoint", "toSyncPoint")]
    if any(end is None or not end.get("position") for end in ends):
        return None, None
    return tuple(position(end, "position") for end in ends)


def position(element, name) -> int:
    """A position of a selection."""
    value = element.get(name, "").strip()
    if not (value.isascii() and value.isdecimal() and len(value) < 16):
        raise ValueError(
            f"`{name}` of each selection must be a whole number, but one is `{value[:20]}`. Export the project again."
        )
    return int(value)


def counted_texts(texts, selections, origin) -> dict[str, CountedText]:
    """The texts, as the project counts positions in them."""
    spots = [
        (selection.holder, selection.start, selection.end, selection.element.get("name", ""))
        for selection in selections
        if selection.start is not None
    ]
    counting = counting_that_fits(texts, spots, origin)
    return {holder: counted(text, counting) for holder, text in texts.items()}


def codes_table(project) -> pd.DataFrame:
    """One row a code, parents before children."""
    rows = []
    waiting = [(code, pd.NA, "", 1) for code in reversed(project.findall("{*}CodeBook/{*}Codes/{*}Code"))]
    while waiting:
        code, parent, above, depth = waiting.pop()
        if depth > DEPTH_LIMIT:
            raise ValueError(
                f"The codebook must nest its codes at most {DEPTH_LIMIT} deep, but goes deeper. Export the project "
                "again."
            )
        guid, name = bare(code.get("guid")), code.get("name", "")
        path = f"{above}{PATH_MARK}{name}" if above else name
        is_codable = code.get("isCodable", "true").strip().lower() in ("true", "1")
        rows.append((guid, name, parent, path, is_codable, code.findtext("{*}Description") or pd.NA))
        waiting += [(child, guid, path, depth + 1) for child in reversed(code.findall("{*}Code"))]
    names = ["guid", "name", "parent", "path", "is_codable", "description"]
    return pd.DataFrame(rows, columns=names).astype(dict.fromkeys(names, "string") | {"is_codable": "bool"})


def parted(codes, project) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Codes that are themes, and those that are a case's own: a person is no theme."""
    cases = {key(case.get("guid")) for case in project.iterfind("{*}Cases/{*}Case")}
    is_person = codes["guid"].map(key).isin(cases)
    return codes[~is_person].reset_index(drop=True), codes[is_person]


def sources_table(project, holders, texts, project_name) -> pd.DataFrame:
    """One row a source, with its text and variables."""
    sources = project.findall("{*}Sources/*")
    first = {}
    for holder in holders:
        if holder.key in texts:
            first.setdefault(id(holder.source), texts[holder.key].text)
    rows = [(bare(s.get("guid")), s.get("name") or pd.NA, first.get(id(s), pd.NA)) for s in sources]
    variables = values_table(project, sources, project_name)
    return pd.concat([text_table(rows, ["guid", "name", "text"]), variables], axis=1)


def text_table(rows, names) -> pd.DataFrame:
    """Rows as columns of nullable text."""
    return pd.DataFrame(rows, columns=names).astype("string")


def codings_table(project, selections, codes, sources, texts, project_name) -> pd.DataFrame:
    """One row a coding: a code put on a selection, or on a source as a whole."""
    code_names = {key(guid): (guid, name) for guid, name in zip(codes["guid"], codes["name"], strict=True)}
    coders = {key(user.get("guid")): user.get("name") for user in project.iterfind("{*}Users/{*}User")}
    rows, first = [], {}
    for selection, quotation in with_text_first(selections):
        for row in coding_rows(selection.element, selection.source, code_names, coders, project_name):
            # the same code again on the pages that the quotation stands on
            if first.setdefault((quotation, row[3]), selection) is selection:
                rows.append((*row, *place(selection, texts.get(selection.holder), project_name)))
    of_source = dict(zip(sources["guid"], sources["text"], strict=True))
    for source in project.iterfind("{*}Sources/*"):
        text = of_source[bare(source.get("guid"))]
        span = (pd.NA, pd.NA, pd.NA) if pd.isna(text) else (0, len(text), text)
        for row in coding_rows(source, source, code_names, coders, project_name):
            rows.append((*row, *span))
    table = pd.DataFrame(rows, columns=CODING_COLUMNS)
    kinds = dict.fromkeys(CODING_COLUMNS, "string") | {"start": "Int64", "end": "Int64"}
    return table.astype(kinds)


def with_text_first(selections) -> list[tuple]:
    """Selections, those of text first in each source, each with the quotation that it is a part of.

    One quotation are the selections of a source with one guid, and a page of a PDF that goes on from such a one.
    """
    found, before = [], None
    of_text = {(id(s.source), key(s.element.get("guid"))) for s in selections if s.start is not None}
    for selection in selections:
        quotation = (id(selection.source), key(selection.element.get("guid")) or id(selection.element))
        if local(selection.element) == "PDFSelection":
            if quotation not in of_text and before and goes_on(before[0], selection):
                quotation = before[1]
            before = (selection, quotation) if quotation in of_text else None
        found.append((selection, quotation))
    order = {id(selection.source): number for number, selection in reversed(list(enumerate(selections)))}
    return sorted(found, key=lambda pair: (order[id(pair[0].source)], pair[0].start is None))


def goes_on(before, selection) -> bool:
    """Whether a selection of a PDF goes on from the one before, on the next page."""
    first, second = before.element, selection.element
    pages = [element.get("page", "") for element in (first, second)]
    codes = [
        sorted(target(ref) for ref in element.iterfind("{*}Coding/{*}CodeRef")) for element in (first, second)
    ]
    return (
        before.source is selection.source
        and first.get("name") == second.get("name")
        and codes[0] == codes[1]
        and all(page.isdecimal() for page in pages)
        and int(pages[1]) == int(pages[0]) + 1
    )


def place(selection, text, project_name) -> tuple:
    """Start, end and text of a selection; missing where it is of no text, the text alone where it is kept elsewhere."""
    if selection.start is None:
        return pd.NA, pd.NA, pd.NA
    if text is None:
        return selection.start, selection.end, pd.NA
    span = text.span(selection.start, selection.end)
    if span is None:
        raise ValueError(
            f"`{project_name}` must have selections inside their text (0-{len(text.text)} characters), but one in "
            f"`{selection.source.get('name', '')}` is {selection.start}-{selection.end}. Export the project again."
        )
    return (*span, text.text[slice(*span)])


def coding_rows(element, source, code_names, coders, project_name) -> list[tuple]:
    """Guid, source, code and coder of the codings directly under an element."""
    rows = []
    for coding in element.iterfind("{*}Coding"):
        guid = target(coding.find("{*}CodeRef"))
        if guid not in code_names:
            raise ValueError(
                f"`{project_name}` must have each code it uses in its codebook, but one used in "
                f"`{source.get('name', '')}` is not there. Export the project again, codebook included."
            )
        user = coding.get("creatingUser") or element.get("creatingUser") or ""
        coder = coders.get(key(user)) or bare(user) or pd.NA
        rows.append(
            (
                bare(element.get("guid")),
                bare(source.get("guid")),
                source.get("name") or pd.NA,
                *code_names[guid],
                coder,
            )
        )
    return rows


def cases_table(project, project_name) -> pd.DataFrame:
    """One row a case, with its variables."""
    cases = project.findall("{*}Cases/{*}Case")
    rows = [(bare(case.get("guid")), case.get("name") or pd.NA) for case in cases]
    return pd.concat([text_table(rows, ["guid", "name"]), values_table(project, cases, project_name)], axis=1)


def case_sources_table(project, sources, codings, project_name) -> pd.DataFrame:
    """One row a source of a case: those it names, and those coded with it or with the code it refers to."""
    known = {key(guid): guid for guid in sources["guid"]}
    of_code, of_selection = {}, {}
    for guid, code, source in zip(codings["guid"], codings["code"], codings["source"], strict=True):
        of_code.setdefault(key(code), []).append(source)
        of_selection[key(guid)] = source
    rows = []
    for case in project.iterfind("{*}Cases/{*}Case"):
        named = [target(reference) for reference in case.iterfind("{*}SourceRef")]
        if any(guid not in known for guid in named):
            raise ValueError(
                f"`{project_name}` must hold each source that its cases name, but one of case "
                f"`{case.get('name', '')}` is not there. Export the project again, sources included."
            )
        found = [known[guid] for guid in named]
        selected = (of_selection.get(target(ref)) for ref in case.iterfind("{*}SelectionRef"))
        found += [source for source in selected if source]
        for code in (key(case.get("guid")), *(target(ref) for ref in case.iterfind("{*}CodeRef"))):
            found += of_code.get(code, [])
        rows += [(bare(case.get("guid")), source) for source in dict.fromkeys(found)]
    return text_table(rows, ["case", "source"])


def groups_table(project, sources) -> pd.DataFrame:
    """One row a source in a set (a document group, as some programs call it)."""
    known = {key(guid): guid for guid in sources["guid"]}
    rows = [
        (group.get("name", ""), known[target(member)])
        for group in project.iterfind("{*}Sets/{*}Set")
        for member in group.iterfind("{*}MemberSource")
        if target(member) in known
    ]
    return text_table(rows, ["name", "source"])


def values_table(project, elements, project_name) -> pd.DataFrame:
    """Variables of the given cases or sources: one row an element, a column a variable that any of them has."""
    variables = {
        key(variable.get("guid")): variable for variable in project.iterfind("{*}Variables/{*}Variable")
    }
    values = [values_of(element, variables, project_name) for element in elements]
    present = set().union(*values)
    used = [guid for guid in variables if guid in present]
    names = column_names([variables[guid].get("name") or guid for guid in used])
    columns = {
        name: typed([row.get(guid) for row in values], variables[guid].get("typeOfVariable", ""), name)
        for guid, name in zip(used, names, strict=True)
    }
    return pd.DataFrame(columns, index=range(len(elements)))


def column_names(names) -> list[str]:
    """Names of variables as column names: each once, and none that the table has already."""
    found = []
    for name in names:
        unique, number = name, 2
        while unique in (*TAKEN, *found):
            unique, number = f"{name}_{number}", number + 1
        found.append(unique)
    return found


def values_of(element, variables, project_name) -> dict[str, str]:
    """Key of the variable -> value as text, for one case or source."""
    values = {}
    for value in element.iterfind("{*}VariableValue"):
        guid = target(value.find("{*}VariableRef"))
        if guid not in variables:
            raise ValueError(
                f"`{project_name}` must define each variable it uses, but one is not there. Export the project again."
            )
        texts = (value.findtext(f"{{*}}{kind}") for kind in VALUES)
        values[guid] = next((text for text in texts if text), None)
    return values


def typed(values, kind, name) -> pd.Series:
    """Values of one variable, with the type that it is defined with; a moment as it is on the clock of its place."""
    text = pd.Series(values, dtype="string").str.strip()
    as_type = KINDS.get(kind)
    try:
        if as_type == "date":
            local_time = text.map(lambda moment: re.sub(ZONE, "", moment), na_action="ignore").astype(
                "string"
            )
            return pd.to_datetime(local_time, format="ISO8601").astype("datetime64[s]")
        if as_type == "boolean":
            found = text.str.lower().map(BOOLEANS).astype("boolean")
            wrong = int((found.isna() & text.notna()).sum())
            if wrong:
                raise ValueError(f"{wrong} values")
            return found
        return text if as_type is None else pd.to_numeric(text).astype(as_type)
    except (ValueError, TypeError, OverflowError) as error:
        raise ValueError(
            f"Values of `{name}` must be of type {kind}, but some of {int(text.notna().sum())} are not. Correct them "
            "in the analysis program, and export the project again."
        ) from error
