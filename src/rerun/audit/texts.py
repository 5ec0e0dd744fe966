"""Everything that can be read in released files, and what none of it may hold.

That is paths of this machine, tracebacks, rows of respondents, and personal data. Text that a PDF's pages draw is not
read, only its titles, descriptions and record: the same words stand in the pages and in the files beside it.
"""

import getpass
import html
import io
import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

from PIL import Image

from analysis import files
from analysis.export import record_reader
from analysis.readers.personal import kinds_in, strings_of

_PLAIN = (".html", ".ipynb", ".svg", ".csv", ".json", ".txt", ".xml", ".rels")
_PACKED = (".zip", ".xlsx", ".docx", ".pptx")
_OWN_PARTS = re.compile(r"(theme|styles|fontTable|settings|webSettings|sharedStrings_?rels)\d*\.xml$")
# columns that only a table with one row a respondent has
RESPONDENT_COLUMNS = (
    "design_weight",
    "weekly_hours",
    "case_unit",
    "has_changed_workplace",
    "respondent",
    "weight",
)
_ROOTS = ("home", "Users", "root", "tmp", "private", "mnt")  # folders that hold a machine's own
_PATHS = re.compile(rf"(?<![\w/.:])(?:/(?:{'|'.join(_ROOTS)})/[\w.\-]+|[A-Za-z]:\\+Users\\+\w+)")
_PATH_SIGNS = (*(f"/{folder}/" for folder in _ROOTS), "\\Users\\")
_TRACEBACKS = ("Traceback (most recent call last)", '"output_type": "error"')
_TABLE = re.compile(r"<table.*?</table>", re.DOTALL)
_ORDINARY_USERS = {"root", "user", "runner", "admin", "jovyan", "ubuntu"}


_SCRIPT = re.compile(r"<(script|style)\b([^>]*)>(.*?)</\1>", re.DOTALL)
_SPOKEN = re.compile(r"""\b(?:alt|title|aria-label|content|href|id|name|value)="([^"]*)\"""")
_TAG = re.compile(r"<[^>]+>")
_LONG_DATA = re.compile(r"base64,[A-Za-z0-9+/=\s]+")


def find_leaks(folder: Path) -> list[tuple[str, str]]:
    """Look through everything that can be read in a folder.

    Parameters
    ----------
    folder : Path
        Reports, or whatever leaves.

    Returns
    -------
    list of (str, str)
        File (relative to the folder) and what it holds, in words.
    """
    found: list[tuple[str, str]] = []
    clean: set[str] = set()
    for file in sorted(
        path for path in folder.rglob("*") if path.is_file() and not path.name.startswith(".")
    ):
        name = str(file.relative_to(folder))
        for leak in sorted(
            {leak for text in _texts(file.name, file.read_bytes()) for leak in leaks_in(text)}
        ):
            found.append((name, leak))
        strings = {*_strings(file.name, file.read_bytes()), file.stem}
        for kind in sorted({kind for text in strings - clean for kind in kinds_in(text)}):
            found.append((name, f"what looks like {kind}"))
        clean |= {text for text in strings - clean if len(text) < 400}
    return found


def _texts(name: str, content: bytes) -> Iterator[str]:
    """A file as text, and the files in it."""
    suffix = Path(name).suffix.lower()
    if suffix in _PLAIN:
        yield content.decode("utf-8-sig", errors="replace")
    elif suffix in _PACKED:
        for member, inside in _members(content):
            yield from _texts(member, inside)


def _members(content: bytes) -> list[tuple[str, bytes]]:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return [(info.filename, package.read(info)) for info in package.infolist() if not info.is_dir()]


def _strings(name: str, content: bytes) -> set[str]:
    """Every string that a reader, or a program for him, finds in a file."""
    suffix = Path(name).suffix.lower()
    if suffix in _PACKED:
        inside = [(member, part) for member, part in _members(content) if not _OWN_PARTS.search(member)]
        return {Path(name).stem}.union(
            *({Path(member).stem, *_strings(member, part)} for member, part in inside)
        )
    if suffix == ".pdf":
        plain = record_reader.pdf_plain(content)
        return {
            text
            for key in ("Title", "Alt", "Subject", "Keywords")
            for text in record_reader.pdf_strings(plain, key)
        }
    if suffix == ".png":
        with Image.open(io.BytesIO(content)) as image:
            return {str(text) for text in image.info.values() if isinstance(text, str)}
    text = content.decode("utf-8-sig", errors="replace") if suffix in _PLAIN else ""
    if suffix in (".json", ".ipynb"):
        return _of_json(text, is_notebook=suffix == ".ipynb")
    if suffix == ".csv":
        return {cell for line in text.splitlines() for cell in line.split(";")}
    return _of_markup(text) if text.lstrip().startswith("<") else set(text.splitlines())


def _of_json(text: str, is_notebook: bool = False) -> set[str]:
    try:
        value = json.loads(text)
    except json.JSONDecodeError:
        return set(text.splitlines())
    found = set()
    # the cells of a row are no lines of one text
    for part in strings_of(_joined(value) if is_notebook else value):
        found |= _of_markup(part) if "<" in part and ">" in part else {part}
    return found


def _joined(value: object) -> object:
    """The lines that a notebook keeps apart, as one text again."""
    if isinstance(value, dict):
        return {key: _joined(part) for key, part in value.items()}
    if isinstance(value, list):
        return (
            "".join(value)
            if all(isinstance(part, str) for part in value)
            else [_joined(part) for part in value]
        )
    return value


def _of_markup(text: str) -> set[str]:
    """What a page shows and says, the data of its scripts, and what its records hold."""
    text = _LONG_DATA.sub("", text)
    found: set[str] = set()
    for script in _SCRIPT.finditer(text):
        if "json" in script[2]:
            found |= _of_json(script[3])
    rest = _SCRIPT.sub(" ", text)
    if "<path" not in rest:  # what a drawing's attributes say is where its lines go
        found |= {html.unescape(said) for said in _SPOKEN.findall(rest)}
    for shown in _TAG.sub("\n", rest).split("\n"):
        said = html.unescape(shown).strip()
        found |= _of_json(said) if said.startswith("{") else {said}
    return found


def leaks_in(text: str) -> list[str]:
    """What one text gives away, in words, without repeating it.

    Examples
    --------
    >>> leaks_in("gemt i /home/anne/projekt")
    ['an absolute path']
    """
    own = [str(files.project()), str(Path.home())]
    checks = {
        "an absolute path": _has_path(text) or any(len(path) > 5 and path in text for path in own),
        "the name of a user": _names_user(text),
        "a traceback": any(sign in text for sign in _TRACEBACKS),
        "rows of respondents": any(_is_of_respondents(table[0]) for table in _TABLE.finditer(text)),
    }
    return [leak for leak, found in checks.items() if found]


def _has_path(text: str) -> bool:
    # the signs first: looking for them is many times faster than the expression
    return any(sign in text for sign in _PATH_SIGNS) and _PATHS.search(text) is not None


def _names_user(text: str) -> bool:
    user = getpass.getuser()
    return (
        user not in _ORDINARY_USERS
        and len(user) > 3
        and re.search(rf"\b{re.escape(user)}\b", text) is not None
    )


def _is_of_respondents(table: str) -> bool:
    """Whether a table's headers are those of a table with a row a respondent."""
    return sum(f">{column}<" in table for column in RESPONDENT_COLUMNS) >= 2
