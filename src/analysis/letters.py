"""The Danish letters of the house's fonts, small enough to stand inside an SVG or a style sheet."""

import base64
import functools
import hashlib
import io
import re
from pathlib import Path

from analysis import atomic, paths, style

# What a Danish figure is written with: Latin-1, and the dashes, quotes and signs outside it.
_CHARACTERS = [*range(0x20, 0x7F), *range(0xA0, 0x100), *map(ord, "–—‘’“”•…−≤≥≈→←↑↓\u2009\u202f")]
_FEATURES = ["ccmp", "kern", "liga", "lnum", "locl", "tnum"]  # as matplotlib writes them, and even figures
_LETTERS_OF = re.compile(r"(?:font-weight: (\w+); )?font-size: [\d.]+px; font-family: '([^']+)'")


def font_faces(svg: str) -> str:
    """Return the ``@font-face`` rules of the fonts that an SVG's texts are written in."""
    used = sorted({(family, weight or "400") for weight, family in _LETTERS_OF.findall(svg)})
    return "".join(_font_face(family, weight) for family, weight in used)


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
    # imported here: nobody needs it once the letters are kept
    from fontTools import subset
    from fontTools.ttLib import TTFont

    options = subset.Options(layout_features=_FEATURES, hinting=False, notdef_outline=True)
    font = TTFont(io.BytesIO(content), recalcTimestamp=False)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=_CHARACTERS)
    subsetter.subset(font)
    font.flavor = "woff"
    written = io.BytesIO()
    font.save(written)
    return written.getvalue()
