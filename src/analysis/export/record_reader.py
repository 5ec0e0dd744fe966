"""Reading the provenance record back from any file that `publish` wrote."""

import codecs
import html
import json
import re
import zipfile
import zlib
from pathlib import Path

from defusedxml import ElementTree
from PIL import Image

_NEIGHBOURS = (".svg", ".png", ".pdf", ".xlsx", ".pptx", ".zip")
_DESCRIPTION = "{http://purl.org/dc/elements/1.1/}description"
_ESCAPES = re.compile(rb"\\([nrtbf()\\]|[0-7]{1,3}|\r?\n)")
_LETTERS = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def read(path: Path | str) -> dict:
    """Return the record that a published file carries.

    Parameters
    ----------
    path : Path or str
        A json, png, svg, pdf, xlsx, pptx or zip; or a csv, whose record is in the file of the same name beside it.

    Raises
    ------
    FileNotFoundError
        If there is no such file, or no file beside a csv that carries its record.
    ValueError
        If the file carries no record, or is of another kind.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"`path` must be a file, but {path.name} is not there. Check the name.")
    if path.suffix.lower() == ".csv":
        return read(_neighbour(path))
    if path.suffix.lower() not in _READERS:
        raise ValueError(
            f"`path` must be a {', '.join(sorted(_READERS))} or .csv file, but is {path.name}. "
            "Give a file that `publish` wrote."
        )
    text = _READERS[path.suffix.lower()](path)
    values = _decoded(text)
    if values is None:
        raise ValueError(
            f"`path` must carry the record that `publish` writes, but {path.name} carries none. "
            "It was made by other means, or a program that saved it dropped the record."
        )
    return values


def _decoded(text: str | None) -> dict | None:
    try:
        values = json.loads(text or "null")
    except json.JSONDecodeError:
        return None
    return values if isinstance(values, dict) and "title" in values else None


def _neighbour(path: Path) -> Path:
    found = [path.with_suffix(suffix) for suffix in _NEIGHBOURS if path.with_suffix(suffix).is_file()]
    if not found:
        raise FileNotFoundError(
            f"A csv carries no record itself: one of {', '.join(_NEIGHBOURS)} with the same name must be "
            f"beside {path.name}, but none is. Put it back beside the figure."
        )
    return found[0]


def _from_png(path: Path) -> str | None:
    with Image.open(path) as image:
        # before the pixels, where `publish` writes it; `text` would decode them all to look behind them
        return image.info.get("Provenance") or getattr(image, "text", {}).get("Provenance")


def _from_svg(path: Path) -> str | None:
    found = re.search(r"<metadata[^>]*>(.*?)</metadata>", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    return html.unescape(found[1]).strip() if found else None


def pdf_strings(content: bytes, key: str) -> list[str]:
    r"""Return the texts of a key in the dictionaries of a PDF, as ``/Title (...)`` or ``/Alt <FEFF...>``."""
    starts = (found.end() for found in re.finditer(rb"/" + key.encode() + rb"\s*\(", content))
    literal = [_literal(content, start) for start in starts]
    hexadecimal = re.findall(rb"/" + key.encode() + rb"\s*<([0-9A-Fa-f\s]+)>", content)
    texts = [_ESCAPES.sub(_unescaped, text) for text in literal]
    texts += [bytes.fromhex(text.decode("ascii")) for text in hexadecimal]
    return [_pdf_text(text) for text in texts]


def _literal(content: bytes, start: int) -> bytes:
    """The literal string of a PDF that begins at `start`, after its bracket; brackets in pairs stand inside it."""
    depth = 1
    for sign in re.finditer(rb"\\.|[()]", content[start:], flags=re.DOTALL):
        depth += {b"(": 1, b")": -1}.get(sign[0], 0)
        if depth == 0:
            return content[start : start + sign.start()]
    return b""  # it has no end: the file was cut off


def _unescaped(match: re.Match) -> bytes:
    sign = match[1]
    if sign.isdigit():
        return bytes([int(sign, 8) % 256])
    return b"" if sign.endswith(b"\n") else _LETTERS.get(sign, sign)


def _pdf_text(text: bytes) -> str:
    return text[2:].decode("utf-16-be") if text.startswith(codecs.BOM_UTF16_BE) else text.decode("latin-1")


def pdf_plain(content: bytes) -> bytes:
    """Return a PDF with the contents of its streams of objects and metadata behind it."""
    streams = re.findall(
        rb"<<([^<>]*/(?:ObjStm|XML)\b.*?)stream\r?\n(.*?)\r?\nendstream", content, flags=re.DOTALL
    )
    plain = (zlib.decompress(stream) if b"/FlateDecode" in said else stream for said, stream in streams)
    return b"\n".join([content, *plain])


def _from_pdf(path: Path) -> str | None:
    content = pdf_plain(path.read_bytes())
    found = [text for key in ("Keywords", "provenance") for text in pdf_strings(content, key)]
    return next((text for text in found if text.startswith("{")), None)


def _from_office(path: Path) -> str | None:
    """From the comments of a workbook's or a presentation's properties."""
    with zipfile.ZipFile(path) as package:
        core = ElementTree.fromstring(package.read("docProps/core.xml"))
    return core.findtext(_DESCRIPTION)


def _from_zip(path: Path) -> str | None:
    with zipfile.ZipFile(path) as package:
        return package.read("provenance.json").decode("utf-8")


def _from_json(path: Path) -> str | None:
    return json.dumps(json.loads(path.read_text(encoding="utf-8")).get("record"))


_READERS = {
    ".json": _from_json,
    ".png": _from_png,
    ".svg": _from_svg,
    ".pdf": _from_pdf,
    ".xlsx": _from_office,
    ".docx": _from_office,
    ".pptx": _from_office,
    ".zip": _from_zip,
}
