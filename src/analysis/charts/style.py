"""The look of figures, read from one file: colours, fonts, sizes and the logo."""

import base64
import functools
import hashlib
import html
import importlib.util
import io
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import uharfbuzz
from fontTools.pens.svgPathPen import SVGPathPen
from matplotlib.colors import to_rgb
from matplotlib.font_manager import FontProperties

from analysis import files

STYLE_FILE = Path(__file__).parents[1] / "style.toml"
_MARKS = ("calm", "calm_light", "accent", "accent_light", "rule", "answers", "interest", "series")
_TEXTS = ("ink", "muted", "accent")
_WEIGHTS = {"regular": 400, "semibold": 600, "bold": 700}


@dataclass(frozen=True)
class Sizes:
    """Text sizes [points] and spaces [mm] of one printed width; `height` only where it is fixed."""

    headline: float
    description: float
    body: float
    small: float
    row: float
    margin: float
    height: float | None = None


@dataclass(frozen=True)
class Style:
    """A house style: `colours` by name, `fonts` by weight, `sizes` by printed width [mm]."""

    colours: MappingProxyType
    fonts: MappingProxyType
    sizes: MappingProxyType
    text_points: float
    logo: Path | None

    def colour(self, name: str) -> str:
        """Return a colour by its name in the style file."""
        return self.colours[name]

    def at(self, width_mm: float) -> Sizes:
        """Return the sizes of a printed width.

        Raises
        ------
        ValueError
            If the style has no sizes for `width_mm`.
        """
        if width_mm not in self.sizes:
            widths = ", ".join(f"{width:g}" for width in self.sizes)
            raise ValueError(
                f"`width_mm` must be one of {widths}, but is {width_mm:g}. Choose one, or add"
                f" [sizes.{width_mm:g}] to {STYLE_FILE.name}."
            )
        return self.sizes[width_mm]


def _luminance(colour: str) -> float:
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in to_rgb(colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: str, second: str) -> float:
    """Return the contrast ratio of two colours, 1 to 21.

    References
    ----------
    W3C, *Web Content Accessibility Guidelines 2.1*, "contrast ratio".
    """
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def readable_on(ground: str, style: Style) -> str:
    """Return the style's text colour, ink or paper, that stands out most on a ground."""
    return max(style.colour("ink"), style.colour("paper"), key=lambda colour: contrast(colour, ground))


def _font(fonts: dict, weight: str) -> FontProperties:
    package = importlib.util.find_spec(fonts["package"])
    folder = Path(package.origin).parent / "files" if package else None
    path = folder / fonts[weight] if folder else None
    if path is None or not path.is_file():
        raise FileNotFoundError(
            f"The font `{fonts[weight]}` must be in the package `{fonts['package']}`, but is not found."
            " Install the package: figures are not drawn in another font."
        )
    return FontProperties(family=fonts["family"], weight=_WEIGHTS[weight], fname=str(path))


def _check_contrast(colours: dict, texts: tuple[str, ...], least: float) -> None:
    named = [(name, shade) for name in texts for shade in _shades(colours[name])]
    low = [(name, shade) for name, shade in named if contrast(shade, colours["paper"]) < least]
    if low:
        name, shade = low[0]
        raise ValueError(
            f"Colours must hold {least:g}:1 against `paper`, but {len(low)} of {len(named)} do not (first:"
            f" `{name}` {shade} = {contrast(shade, colours['paper']):.2f}). Choose a darker shade."
        )


def _shades(colour: str | list[str]) -> list[str]:
    return [colour] if isinstance(colour, str) else list(colour)


@functools.cache
def read_style(path: Path = STYLE_FILE) -> Style:
    """Read a style file, and hold it to the contrast that figures promise.

    Raises
    ------
    FileNotFoundError
        If a font is not installed.
    ValueError
        If a mark or a text has too little contrast, or a text size is under the minimum.
    """
    given = tomllib.loads(path.read_text(encoding="utf-8"))
    colours = given["colours"]
    _check_contrast(colours, _MARKS, 3)
    _check_contrast({**colours, "paper": colours["band"]}, _TEXTS, 4.5)
    sizes = {float(width): Sizes(**values) for width, values in given["sizes"].items()}
    least = given["minimum"]["text_points"]
    too_small = [width for width, size in sizes.items() if min(size.small, size.body) < least]
    if too_small:
        raise ValueError(
            f"Text must be at least {least:g} points, but {len(too_small)} of {len(sizes)} sizes are not"
            f" (first: {too_small[0]:g} mm). Correct {path.name}."
        )
    return Style(
        colours=MappingProxyType(colours),
        fonts=MappingProxyType({weight: _font(given["font"], weight) for weight in _WEIGHTS}),
        sizes=MappingProxyType(sizes),
        text_points=least,
        logo=path.parent / given["logo"] if given["logo"] else None,
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
    _shaper(file).draw_glyph_with_pen(letter, pen)
    return pen.getCommands()
