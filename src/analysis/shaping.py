"""Letters as HarfBuzz sets them, as browsers and Matplotlib do too: how wide a text is, and its letters as curves."""

import functools
import html
import re
from pathlib import Path

import uharfbuzz
from fontTools.pens.svgPathPen import SVGPathPen

from analysis import style

_TEXT = re.compile(r'<text style="([^"]*)"([^>]*)>(.*?)</text>', re.DOTALL)
_LETTERING = {"font-weight", "font-size", "font-family", "text-anchor"}
_SHIFT = {"start": 0.0, "middle": 0.5, "end": 1.0}


@functools.cache
def _font(file: str) -> uharfbuzz.Font:
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
    font = _font(file)
    return sum(advance for _, advance in _shaped(text, font)) / font.face.upem


def as_curves(svg: str) -> str:
    """Return an SVG with each line of text as curves, which look the same where the font isn't installed.

    Parameters
    ----------
    svg : str
        As `analysis.picture` draws it: each text a line of one size, weight and colour, in the house's fonts.
    """
    fonts = {str(font.get_weight()): font.get_file() for font in style.read_style().fonts.values()}
    letters: dict[str, str] = {}
    written = _TEXT.sub(lambda text: _line(text, fonts, letters), svg)
    start = written.index(">", written.index("<svg")) + 1
    drawn = "".join(f'<path id="{name}" d="{curve}"/>\n' for name, curve in sorted(letters.items()) if curve)
    return f"{written[:start]}\n<defs>\n{drawn}</defs>{written[start:]}"


def _line(text: re.Match, fonts: dict[str, str], letters: dict[str, str]) -> str:
    """One line as a group of letters; `letters` gathers their curves by name."""
    looks = dict(look.split(": ", 1) for look in text[1].split("; "))
    weight, size = looks.get("font-weight", "400"), float(looks["font-size"].removesuffix("px"))
    font = _font(fonts[weight])
    words = html.unescape(text[3])
    before = -_SHIFT[looks.get("text-anchor", "start")] * width(words, fonts[weight]) * font.face.upem
    used = []
    for letter, advance in _shaped(words, font):
        name = f"b{weight}-{letter:x}"
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
    pen = SVGPathPen(None)
    _font(file).draw_glyph_with_pen(letter, pen)
    return pen.getCommands()
