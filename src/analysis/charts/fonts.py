"""The letters of the house's fonts: those that there are, those that a page needs, their widths and their curves."""

import base64
import functools
import hashlib
import html
import io
import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path

import uharfbuzz
from fontTools.pens.svgPathPen import SVGPathPen

from analysis import files
from analysis.charts.style import read_style

# Letters that a font lacks vanish in print without a word: texts are held to those that it has.


@functools.cache
def _known_letters(file: str) -> frozenset[int]:
    return frozenset([*_shaper(file).face.unicodes, *map(ord, "\n\t")])


def check_letters(texts: Iterable[str], what: str = "Text") -> None:
    """Raise where a text has a letter that the house's font lacks.

    Raises
    ------
    ValueError
        With the letter and its name.
    """
    texts = list(texts)
    known = _known_letters(read_style().fonts["regular"].get_file())
    if {ord(letter) for letter in set("".join(texts))} <= known:  # as nearly always
        return
    wrong = [
        (letter, text)
        for text in texts
        for letter in text
        if ord(letter) not in known and letter not in "\n\t"
    ]
    if wrong:
        letter, text = wrong[0]
        (family,) = read_style().fonts["regular"].get_family()
        count = len({text for _, text in wrong})
        raise ValueError(
            f"{what} must be written with letters of the font `{family}`, but {count} of {len(texts)} texts are not"
            f" (first: {letter!r}, {unicodedata.name(letter, 'a letter without a name')}, in {text[:60]!r})."
            " Write it with other letters: it would vanish."
        )


# The Danish letters of the house's fonts, small enough to stand inside an SVG or a style sheet.

# What a Danish figure is written with: Latin-1, and the dashes, quotes and signs outside it.
_CHARACTERS = [*range(0x20, 0x7F), *range(0xA0, 0x100), *map(ord, "–—‘’“”•…−≤≥≈→←↑↓\u2009\u202f")]
_FEATURES = ["ccmp", "kern", "liga", "lnum", "locl", "tnum"]  # as matplotlib writes them, and even figures
_LETTERS_OF = re.compile(r"(?:font-weight: (\w+); )?font-size: [\d.]+px; font-family: '([^']+)'")


def font_faces(svg: str) -> str:
    """Return the ``@font-face`` rules of the fonts that an SVG's texts are written in."""
    used = sorted({(family, weight or "400") for weight, family in _LETTERS_OF.findall(svg)})
    return "".join(_font_face(family, weight) for family, weight in used)


def _font_face(family: str, weight: str) -> str:
    fonts = {str(font.get_weight()): font.get_file() for font in read_style().fonts.values()}
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
    kept = files.project() / ".cache" / "fonts" / f"{recipe}.woff"
    if kept.is_file():
        return kept.read_bytes()
    letters = _subset(content)
    kept.parent.mkdir(parents=True, exist_ok=True)
    files.write(kept, letters)
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


# Letters as HarfBuzz sets them, as browsers and Matplotlib do too: how wide a text is, and its letters as curves.

_TEXT = re.compile(r'<text style="([^"]*)"([^>]*)(?<!/)>(.*?)</text>', re.DOTALL)
_LETTERING = {"font-weight", "font-size", "font-family", "text-anchor"}
_SHIFT = {"start": 0.0, "middle": 0.5, "end": 1.0}


@functools.cache
def _shaper(file: str) -> uharfbuzz.Font:
    return uharfbuzz.Font(uharfbuzz.Face(Path(file).read_bytes()))


def _shaped(text: str, font: uharfbuzz.Font) -> list[tuple[int, int]]:
    """Each letter's number in the font and its advance [font units]."""
    buffer = uharfbuzz.Buffer()
    buffer.add_str(text)
    buffer.guess_segment_properties()
    uharfbuzz.shape(font, buffer)
    places = zip(buffer.glyph_infos, buffer.glyph_positions, strict=True)
    return [(letter.codepoint, place.x_advance) for letter, place in places]


@functools.lru_cache(maxsize=20_000)
def width(text: str, file: str) -> float:
    """Return the width of a line of text in a font file [font sizes].

    Examples
    --------
    >>> width("", "") == 0.0
    True
    """
    if not text:
        return 0.0
    font = _shaper(file)
    return sum(advance for _, advance in _shaped(text, font)) / font.face.upem


def as_curves(svg: str) -> str:
    """Return an SVG with each line of text as curves, which look the same where the font isn't installed.

    Parameters
    ----------
    svg : str
        As `analysis.charts.figure` draws it: each text a line of one size, weight and colour, in the house's fonts.
    """
    fonts = {str(font.get_weight()): font.get_file() for font in read_style().fonts.values()}
    letters: dict[str, str] = {}
    written = _TEXT.sub(lambda text: _line(text, fonts, letters), svg)
    start = written.index(">", written.index("<svg")) + 1
    drawn = "".join(f'<path id="{name}" d="{curve}"/>\n' for name, curve in sorted(letters.items()) if curve)
    return f"{written[:start]}\n<defs>\n{drawn}</defs>{written[start:]}"


def _line(text: re.Match, fonts: dict[str, str], letters: dict[str, str]) -> str:
    """One line as a group of letters; `letters` gathers their curves by name."""
    looks = dict(look.split(": ", 1) for look in text[1].split("; "))
    weight, size = looks.get("font-weight", "400"), float(looks["font-size"].removesuffix("px"))
    font = _shaper(fonts[weight])
    words = html.unescape(text[3])
    before = -_SHIFT[looks.get("text-anchor", "start")] * width(words, fonts[weight]) * font.face.upem
    used = []
    for letter, advance in _shaped(words, font):
        name = f"b{weight[0]}-{letter:x}"
        letters.setdefault(name, _curve(fonts[weight], letter))
        used.append(f'<use xlink:href="#{name}" x="{before:g}"/>' if letters[name] else "")
        before += advance
    scale = size / font.face.upem
    kept = "; ".join(f"{look}: {value}" for look, value in looks.items() if look not in _LETTERING)
    return f'<g style="{kept}" transform="{_origin(text[2])} scale({scale:.6f} {-scale:.6f})">{"".join(used)}</g>'


def _origin(attributes: str) -> str:
    """Where a line begins and how it is turned, as a transformation."""
    given = dict(re.findall(r'(\w+)="([^"]*)"', attributes))
    return f"translate({given['x']} {given['y']})" if "x" in given else given["transform"]


@functools.cache
def _curve(file: str, letter: int) -> str:
    pen = SVGPathPen(None, ntos="{:g}".format)
    _shaper(file).draw_glyph_with_pen(letter, pen)
    return pen.getCommands()
