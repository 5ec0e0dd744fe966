"""Coded interviews written as a REFI-QDA project (.qdpx), byte for byte the same from the same tables."""

import re
import uuid
import zipfile
from io import BytesIO
from pathlib import Path
from xml.etree.ElementTree import Element, ElementTree, SubElement, indent

import pandas as pd
from pandas.api import types

NAMESPACE = "urn:QDA-XML:project:1.0"
KEYS = uuid.UUID("b7b6a5a4-9d2c-5c1e-8f0a-3d6c1e2f4a5b")
UUID = re.compile(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
EARLIEST = (1980, 1, 1, 0, 0, 0)
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def write_refi_qda(path, codes, sources, codings, cases, case_sources, name, created, users=None) -> Path:
    """Write coded sources as a project that NVivo, MAXQDA, ATLAS.ti and QualCoder read.

    Keys (`guid`, and references to them) may be any text: what is no GUID is made into one, always the same.

    Parameters
    ----------
    path : path
        The .qdpx file to write.
    codes : DataFrame
        `guid`, `name`, `parent` (key of another code, or missing), `is_codable`; parents before children.
    sources : DataFrame
        `guid`, `name`, `text`.
    codings : DataFrame
        `source`, `code`, `coder`, `start`, `end` (characters of the text, from 0, end exclusive).
    cases : DataFrame
        `guid`, `name`, and a column a variable.
    case_sources : DataFrame
        `case`, `source`.
    name : str
        What the project is called.
    created : str
        When it was made, as `2024-03-01T12:00:00Z`: the same at every run.
    users : list of str, optional
        Names of the coders; those in `codings` if not given.

    Raises
    ------
    ValueError
        A coding outside its text.
    """
    check_positions(codings, sources)
    users = sorted(users or codings["coder"].unique())
    project = Element(
        "Project", xmlns=NAMESPACE, name=name, origin="casework-notebooks", creationDateTime=created
    )
    # the schema fixes the order of what follows
    add_users(project, users)
    add_codes(project, codes)
    variables = [column for column in cases if column not in ("guid", "name")]
    add_variables(project, cases, variables)
    add_cases(project, cases, case_sources, variables)
    add_sources(project, sources, codings, created)
    members = {"project.qde": as_bytes(project)}
    for key, text in zip(sources["guid"], sources["text"], strict=True):
        members[f"sources/{guid('source', key)}.txt"] = BYTE_ORDER_MARK + text.encode("utf-8")
    return write_archive(Path(path), members)


def check_positions(codings, sources) -> None:
    """Raise if a coding does not lie within its text."""
    lengths = codings["source"].map(dict(zip(sources["guid"], sources["text"].str.len(), strict=True)))
    wrong = (
        lengths.isna()
        | (codings["start"] < 0)
        | (codings["end"] > lengths)
        | (codings["start"] > codings["end"])
    )
    if wrong.any():
        raise ValueError(
            f"`start` and `end` must lie within the source's text, but {int(wrong.sum())} of "
            f"{len(codings)} codings do not (first: row {int(wrong.to_numpy().argmax()) + 1}). Correct the "
            "positions."
        )


def guid(kind, key) -> str:
    """The key itself if it is a GUID, else one made of it."""
    key = str(key)
    return key if UUID.fullmatch(key) else str(uuid.uuid5(KEYS, f"{kind}:{key}"))


def add_users(project, users) -> None:
    """Add the coders."""
    parent = SubElement(project, "Users")
    for user in users:
        SubElement(parent, "User", guid=guid("user", user), name=user)


def add_codes(project, codes) -> None:
    """Add the codes, each under its parent."""
    top = SubElement(SubElement(project, "CodeBook"), "Codes")
    elements = {}
    for code in codes.itertuples():
        above = top if pd.isna(code.parent) else elements[code.parent]
        is_codable = "true" if code.is_codable else "false"
        elements[code.guid] = SubElement(
            above, "Code", guid=guid("code", code.guid), name=code.name, isCodable=is_codable
        )


def variable_type(column) -> str:
    """Type of a variable, by the values of its column."""
    if types.is_bool_dtype(column):
        return "Boolean"
    if types.is_integer_dtype(column):
        return "Integer"
    if types.is_float_dtype(column):
        return "Float"
    return "Date" if types.is_datetime64_any_dtype(column) else "Text"


def add_variables(project, cases, variables) -> None:
    """Add the definitions of the cases' variables."""
    parent = SubElement(project, "Variables")
    for variable in variables:
        kind = variable_type(cases[variable])
        SubElement(parent, "Variable", guid=guid("variable", variable), name=variable, typeOfVariable=kind)


def add_cases(project, cases, case_sources, variables) -> None:
    """Add the cases with their values and sources."""
    parent = SubElement(project, "Cases")
    kinds = {variable: variable_type(cases[variable]) for variable in variables}
    for case in cases.to_dict("records"):
        element = SubElement(parent, "Case", guid=guid("case", case["guid"]), name=case["name"])
        for variable in variables:
            if not pd.isna(case[variable]):
                value = SubElement(element, "VariableValue")
                SubElement(value, "VariableRef", targetGUID=guid("variable", variable))
                SubElement(value, f"{kinds[variable]}Value").text = written(case[variable], kinds[variable])
        for source in case_sources.loc[case_sources["case"] == case["guid"], "source"]:
            SubElement(element, "SourceRef", targetGUID=guid("source", source))


def written(value, kind) -> str:
    """A value as XML writes it."""
    if kind == "Boolean":
        return "true" if value else "false"
    return value.strftime("%Y-%m-%d") if kind == "Date" else str(value)


def add_sources(project, sources, codings, created) -> None:
    """Add the sources, each with its coded selections in order of their place."""
    parent = SubElement(project, "Sources")
    for source in sources.itertuples():
        key = guid("source", source.guid)
        path = f"internal://{key}.txt"
        element = SubElement(parent, "TextSource", guid=key, name=source.name, plainTextPath=path)
        own = codings[codings["source"] == source.guid]
        for coding in own.sort_values(["start", "end", "code", "coder"]).itertuples():
            add_coding(element, source, coding, created)


def add_coding(element, source, coding, created) -> None:
    """Add one selection with its code; it is named by the text it begins with."""
    place = f"{source.guid}:{coding.start}-{coding.end}:{coding.code}:{coding.coder}"
    who = {"creatingUser": guid("user", coding.coder), "creationDateTime": created}
    selection = SubElement(
        element,
        "PlainTextSelection",
        guid=guid("selection", place),
        name=NOT_XML.sub(" ", " ".join(source.text[coding.start : coding.end].split())[:60]),
        startPosition=str(coding.start),
        endPosition=str(coding.end),
        **who,
    )
    code = SubElement(selection, "Coding", guid=guid("coding", place), **who)
    SubElement(code, "CodeRef", targetGUID=guid("code", coding.code))


def as_bytes(project) -> bytes:
    """The project as an XML file."""
    indent(project)
    stream = BytesIO()
    ElementTree(project).write(stream, encoding="utf-8", xml_declaration=True)
    return stream.getvalue()


def write_archive(path, members) -> Path:
    """Write the members in order of their names, all with the same time."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(members):
            entry = zipfile.ZipInfo(name, date_time=EARLIEST)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            archive.writestr(entry, members[name])
    return path
