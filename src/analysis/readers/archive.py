"""Zip archives from elsewhere (workbooks, coded projects), checked before anything is made of them."""

import re
import zipfile
import zlib
from contextlib import contextmanager
from pathlib import PurePosixPath

from analysis.readers.kinds import existing_file

UNPACKED_LIMIT = 1 << 30
# deflate reaches 1000; sheets of real surveys stay under 50
RATIO_LIMIT = 200
SMALL = 64 << 20
CHUNK = 1 << 20
DECLARATIONS = [
    word.encode(encoding)
    for word in ("<!DOCTYPE", "<!ENTITY")
    for encoding in ("utf-8", "utf-16-le", "utf-16-be")
]


@contextmanager
def open_archive(path, is_checked=False):
    """Open a zip archive whose content was checked: bounded, unencrypted, whole, and plain.

    Parameters
    ----------
    path : path
    is_checked : bool
        Whether the content was checked a moment ago.

    Raises
    ------
    FileNotFoundError
        No such file.
    ValueError
        Anything that an honest workbook or project is not.
    """
    path = existing_file(path)
    try:
        with zipfile.ZipFile(path) as archive:
            if not is_checked:
                check_members(archive, path)
            yield archive
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, zlib.error) as error:
        raise ValueError(
            f"`{path.name}` must be a whole zip archive ({path.suffix}), but is not ({error}). It may be cut off, or "
            "saved in another format under this name: ask for the delivery again."
        ) from error


def check_members(archive, path) -> None:
    """Check each member's name and content; reads everything once, in pieces."""
    limit = min(UNPACKED_LIMIT, max(SMALL, RATIO_LIMIT * path.stat().st_size))
    names = archive.namelist()
    repeated = len(names) - len(set(names))
    if repeated:
        raise ValueError(
            f"`{path.name}` must hold each file once, but {repeated} of {len(names)} are there twice. Ask for it again."
        )
    unpacked = 0
    for member in archive.infolist():
        check_name(member, path)
        if not member.is_dir():
            unpacked += unpacked_size(archive, member, limit - unpacked, path)


def check_name(member, path) -> None:
    """Raise if a member points outside the archive, or is encrypted."""
    parts = PurePosixPath(member.filename.replace("\\", "/"))
    if parts.is_absolute() or ".." in parts.parts or re.match("[A-Za-z]:", member.filename):
        raise ValueError(
            f"`{path.name}` must hold files inside itself only, but one of its names points outside "
            f"(`{member.filename[:80]}`). Don't use this file; ask for the delivery again."
        )
    if member.flag_bits & 1:
        raise ValueError(
            f"`{path.name}` must be readable without a password, but is encrypted. Ask for it without one, "
            "or open and save it without."
        )


def unpacked_size(archive, member, limit, path) -> int:
    """Size of a member, counted while it is unpacked and thrown away."""
    size, tail = 0, b""
    is_xml = member.filename.lower().endswith((".xml", ".rels", ".qde"))
    with archive.open(member) as stream:
        while piece := stream.read(CHUNK):
            size += len(piece)
            if size > limit:
                raise ValueError(
                    f"`{path.name}` must unpack to at most {limit >> 20} MB beyond what is read, but "
                    f"`{member.filename[:80]}` is larger: "
                    "it looks like a zip bomb. Don't open it; ask for the delivery again."
                )
            if is_xml and any(word in tail + piece for word in DECLARATIONS):
                raise ValueError(
                    f"`{path.name}` must hold plain XML, but `{member.filename[:80]}` declares a document type or "
                    "entities. Don't use this file; ask for the delivery again."
                )
            tail = piece[-32:]
    return size
