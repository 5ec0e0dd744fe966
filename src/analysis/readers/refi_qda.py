"""Coded interviews from NVivo, MAXQDA, ATLAS.ti or QualCoder: REFI-QDA projects (.qdpx)."""

import zipfile
from dataclasses import dataclass
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError

import pandas as pd
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from analysis.readers.archive import open_archive
from analysis.readers.coded_cases import case_sources_table, cases_table
from analysis.readers.coded_segments import codes_table, codings_table, sources_table
from analysis.readers.coded_sources import all_selections, countable_texts, source_texts


@dataclass(frozen=True, eq=False)
class CodedProject:
    """Coded sources, as exchanged between programs for qualitative analysis.

    Attributes
    ----------
    codes : DataFrame
        One row a code: `guid`, `name`, `parent` (a guid), `path` (names from the top), `is_codable`,
        `description`.
    sources : DataFrame
        One row a source: `guid`, `name`, `text` (missing when the project does not hold it), and its
        variables.
    codings : DataFrame
        One row a coding: `guid` (of the selection), `source`, `source_name`, `code`, `code_name`, `coder`,
        `start`, `end` (characters of the source's text, from 0, end exclusive), `text`. No positions where a
        picture or a sound is coded, no text where the project keeps it elsewhere.
    cases : DataFrame
        One row a case: `guid`, `name`, and a column a variable.
    case_sources : DataFrame
        One row a source of a case: `case`, `source`.
    name, origin : str
        What the project is called, and the program that wrote it.
    """

    codes: pd.DataFrame
    sources: pd.DataFrame
    codings: pd.DataFrame
    cases: pd.DataFrame
    case_sources: pd.DataFrame
    name: str
    origin: str


def read_refi_qda(path) -> CodedProject:
    """Read a project: codes as a tree, sources with text, coded segments by position, cases with variables.

    Parameters
    ----------
    path : path
        A .qdpx file.

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
    with open_archive(path) as archive:
        project = project_element(archive, path)
        texts = source_texts(archive, project, path.name)
    selections = all_selections(project)
    texts, counting = countable_texts(texts, selections, project.get("origin", ""))
    codes = codes_table(project)
    sources = sources_table(project, texts, path.name)
    return CodedProject(
        codes=codes,
        sources=sources,
        codings=codings_table(project, selections, codes, sources, counting, path.name),
        cases=cases_table(project, path.name),
        case_sources=case_sources_table(project, sources, path.name),
        name=project.get("name", ""),
        origin=project.get("origin", ""),
    )


def project_element(archive, path) -> Element:
    """The project's root element.

    Raises
    ------
    ValueError
        No project in the archive, or one that is no well-formed XML or uses entities.
    """
    names = [name for name in archive.namelist() if name.lower().endswith(".qde")]
    if not names:
        raise ValueError(
            f"`{path.name}` must hold a REFI-QDA project (`project.qde`), but has none. Export it again."
        )
    try:
        return fromstring(archive.read(names[0]), forbid_dtd=True)
    except (ParseError, DefusedXmlException, LookupError, ValueError, zipfile.BadZipFile) as error:
        raise ValueError(
            f"`{names[0]}` in `{path.name}` must be plain XML, but is not ({str(error)[:80]}). Export it "
            "again."
        ) from error
