"""Codes, sources and coded segments of a project, as tables."""

import pandas as pd

from analysis.readers.coded_cases import values_table
from analysis.readers.coded_sources import bare, holders, key
from analysis.readers.coded_text import characters

PATH_MARK = " > "
DEPTH_LIMIT = 100
CODING_COLUMNS = ["guid", "source", "source_name", "code", "code_name", "coder", "start", "end", "text"]


def text_table(rows, names) -> pd.DataFrame:
    """Rows as columns of nullable text."""
    return pd.DataFrame(rows, columns=names).astype("string")


def codes_table(project) -> pd.DataFrame:
    """One row a code, parents before children.

    Raises
    ------
    ValueError
        Codes nested deeper than anyone codes: their paths would fill the memory.
    """
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


def sources_table(project, texts, project_name) -> pd.DataFrame:
    """One row a source, with its text and variables."""
    sources = project.findall("{*}Sources/*")
    rows = []
    for source in sources:
        found = [
            texts[key(holder.get("guid"))] for holder in holders(source) if key(holder.get("guid")) in texts
        ]
        rows.append((bare(source.get("guid")), source.get("name") or pd.NA, found[0] if found else pd.NA))
    variables = values_table(project, sources, project_name)
    return pd.concat([text_table(rows, ["guid", "name", "text"]), variables], axis=1)


def codings_table(project, selections, codes, sources, counting, project_name) -> pd.DataFrame:
    """One row a coding: a code put on a selection, or on a source as a whole.

    Raises
    ------
    ValueError
        A code that is not in the codebook, or positions outside the text.
    """
    code_names = {key(guid): (guid, name) for guid, name in zip(codes["guid"], codes["name"], strict=True)}
    texts = dict(zip(map(key, sources["guid"]), sources["text"], strict=True))
    coders = {key(user.get("guid")): user.get("name") for user in project.iterfind("{*}Users/{*}User")}
    rows = []
    for selection in selections:
        text = texts.get(key(selection.source.get("guid")), pd.NA)
        span = place(selection, text, counting, project_name)
        rows += rows_of(selection.element, selection.source, span, code_names, coders, project_name)
    for source in project.iterfind("{*}Sources/*"):
        text = texts.get(key(source.get("guid")), pd.NA)
        span = (pd.NA, pd.NA, pd.NA) if pd.isna(text) else (0, len(text), text)
        rows += rows_of(source, source, span, code_names, coders, project_name)
    table = pd.DataFrame(rows, columns=CODING_COLUMNS)
    kinds = dict.fromkeys(CODING_COLUMNS, "string") | {"start": "Int64", "end": "Int64"}
    return table.astype(kinds)


def place(selection, text, counting, project_name) -> tuple:
    """Start, end and text of a selection; missing where it is of no text, the text alone where it is kept elsewhere.

    Raises
    ------
    ValueError
        Positions outside the text.
    """
    if selection.start is None:
        return pd.NA, pd.NA, pd.NA
    if pd.isna(text):
        return selection.start, selection.end, pd.NA
    span = characters(text, selection.start, selection.end, counting)
    if span is None:
        raise ValueError(
            f"`{project_name}` must have selections inside their text (0-{len(text)} characters), but one "
            f"in `{selection.source.get('name', '')}` is {selection.start}-{selection.end}. Export the "
            "project again."
        )
    return (*span, text[slice(*span)])


def rows_of(element, source, span, code_names, coders, project_name) -> list[tuple]:
    """Rows for the codings directly under an element."""
    rows = []
    for coding in element.iterfind("{*}Coding"):
        reference = coding.find("{*}CodeRef")
        guid = "" if reference is None else key(reference.get("targetGUID"))
        if guid not in code_names:
            raise ValueError(
                f"`{project_name}` must have each code it uses in its codebook, but one used in "
                f"`{source.get('name', '')}` is not there. Export the project again, codebook included."
            )
        user = coding.get("creatingUser") or element.get("creatingUser") or ""
        coder = coders.get(key(user)) or bare(user) or pd.NA
        origin = (bare(source.get("guid")), source.get("name") or pd.NA)
        rows.append((bare(element.get("guid")), *origin, *code_names[guid], coder, *span))
    return rows
