"""One drawing as PNG, SVG for the web, SVG for print, and PDF: the same bytes at every run."""

import base64
import functools
import hashlib
import io
import re
from html import escape
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont
from matplotlib import rc_context
from matplotlib.figure import Figure as Drawing

from analysis import atomic, paths, provenance, style

PNG_DPI = 300
_NO_RDF = {"Date": None, "Creator": None, "Format": None, "Type": None}
# What a Danish figure is written with: Latin-1, and the dashes, quotes and signs outside it.
_CHARACTERS = [*range(0x20, 0x7F), *range(0xA0, 0x100), *map(ord, "–—‘’“”•…−≤≥≈→←↑↓\u2009\u202f")]
_FEATURES = ["ccmp", "kern", "liga", "lnum", "locl", "tnum"]  # as matplotlib writes them, and even figures
_LETTERS_OF = re.compile(r"(?:font-weight: (\w+); )?font-size: [\d.]+px; font-family: '([^']+)'")


def png(drawing: Drawing, record: dict) -> bytes:
    """Write a drawing as PNG of 300 dots an inch, with title, description and record in text chunks."""
    words = {
        "Title": record["title"],
        "Description": record["alt"],
        "Source": record["source"],
        "Provenance": provenance.to_json(record),
        "Software": None,
    }
    if record["synthetic"]:
        words["Warning"] = provenance.SYNTHETIC_WORDS
    return _saved(drawing, "png", dpi=PNG_DPI, metadata=words)


def pdf(drawing: Drawing, record: dict) -> bytes:
    """Write a drawing as PDF with embedded TrueType fonts; the record stands in its keywords."""
    words = {
        "Title": provenance.marked(record["title"], record["synthetic"]),
        "Subject": provenance.marked(record["alt"], record["synthetic"]),
        "Keywords": provenance.to_json(record),
        "Creator": None,
        "Producer": None,
        "CreationDate": None,
        "ModDate": None,
    }
    return _saved(drawing, "pdf", metadata=words)


def svg_for_web(drawing: Drawing, record: dict) -> bytes:
    """Write a drawing as SVG with text that can be searched and read aloud, and the font's letters inside."""
    text = _saved(drawing, "svg", "none", metadata=_NO_RDF).decode("utf-8")
    faces = _font_faces(text)
    text = re.sub(r"(font-family: '[^']+')", r"\1, sans-serif", text)
    return _described(text, record, faces).encode("utf-8")


def svg_for_print(drawing: Drawing, record: dict) -> bytes:
    """Write a drawing as SVG with letters as paths, which Word, PowerPoint and Inkscape draw right."""
    text = _saved(drawing, "svg", "path", metadata=_NO_RDF).decode("utf-8")
    return _described(text, record).encode("utf-8")


def _saved(drawing: Drawing, kind: str, letters: str = "path", **options) -> bytes:
    written = io.BytesIO()
    fixed = {"svg.fonttype": letters, "svg.hashsalt": "analysis", "pdf.fonttype": 42, "savefig.bbox": None}
    with rc_context(fixed):
        drawing.savefig(written, format=kind, **options)
    return written.getvalue()


def _described(svg: str, record: dict, faces: str = "") -> str:
    """Put language, title, description, record and font into an SVG."""
    svg = re.sub(r"\s*<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(r"\s*<!DOCTYPE[^>]*>", "", svg)
    start = svg.index("<svg")
    end = svg.index(">", start)
    inside = (
        f'\n <title id="titel">{escape(provenance.marked(record["title"], record["synthetic"]), quote=False)}</title>'
        f'\n <desc id="beskrivelse">{escape(provenance.marked(record["alt"], record["synthetic"]), quote=False)}</desc>'
        f"\n <metadata>{escape(provenance.to_json(record), quote=False)}</metadata>{faces}"
    )
    language = ' lang="da" xml:lang="da" role="img" aria-labelledby="titel beskrivelse"'
    return svg[:end] + language + ">" + inside + svg[end + 1 :]


def _font_faces(svg: str) -> str:
    used = sorted({(family, weight or "400") for weight, family in _LETTERS_OF.findall(svg)})
    faces = "".join(_font_face(family, weight) for family, weight in used)
    return f"\n <style>{faces}</style>" if faces else ""


def _font_face(family: str, weight: str) -> str:
    fonts = {str(font.get_weight()): font.get_file() for font in style.read_style().fonts.values()}
    number = {"normal": "400", "bold": "700"}.get(weight, weight)
    letters = base64.b64encode(web_font(fonts[number])).decode("ascii")
    return (
        f"@font-face{{font-family:'{family}';font-weight:{number};"
        f"src:url(data:font/woff;base64,{letters}) format('woff')}}"
    )


@functools.cache
def web_font(font: str) -> bytes:
    """Return the Danish letters of a font file as WOFF; made once a machine, and kept in ``.cache``."""
    content = Path(font).read_bytes()
    recipe = hashlib.sha256(content + f"{_CHARACTERS}{_FEATURES}".encode()).hexdigest()
    kept = paths.project() / ".cache" / "fonts" / f"{recipe}.woff"
    if kept.is_file():
        return kept.read_bytes()
    letters = _subset(content)
    kept.parent.mkdir(parents=True, exist_ok=True)
    atomic.write(kept, letters)
    return letters


def _subset(content: bytes) -> bytes:
    options = subset.Options(layout_features=_FEATURES, hinting=False, notdef_outline=True)
    font = TTFont(io.BytesIO(content), recalcTimestamp=False)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=_CHARACTERS)
    subsetter.subset(font)
    font.flavor = "woff"
    written = io.BytesIO()
    font.save(written)
    return written.getvalue()
