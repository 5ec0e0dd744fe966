"""The look of figures, read from one file: colours, fonts, sizes and the logo."""

import base64
import functools
import hashlib
import html
import importlib.util
import io
import os
import re
import tomllib
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import uharfbuzz
from fontTools.pens.svgPathPen import SVGPathPen
from matplotlib.colors import to_rgb
from matplotlib.font_manager import FontProperties, fontManager

from analysis import files

STYLE_FILE = Path(__file__).parents[1] / "style.toml"
STYLE = "STYLE"  # the environment's variable that names another style file
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


def paler(colour: str, towards_white: float) -> str:
    """Return a colour part of the way [0-1] towards white."""
    parts = [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
    return "#" + "".join(f"{round(part + (255 - part) * towards_white):02X}" for part in parts)


def readable_on(ground: str, style: Style) -> str:
    """Return the style's text colour, ink or paper, that stands out most on a ground."""
    return max(style.colour("ink"), style.colour("paper"), key=lambda colour: contrast(colour, ground))


def _font(fonts: dict, weight: str, beside: Path) -> FontProperties:
    folder = _font_folder(fonts, beside)
    path = folder / fonts[weight] if folder else None
    if path is None or not path.is_file():
        where = f"folder `{folder}`" if "folder" in fonts else f"package `{fonts.get('package')}`"
        remedy = "Put it there" if "folder" in fonts else "Install the package"
        raise FileNotFoundError(
            f"The font `{fonts[weight]}` must be in the {where}, but is not found."
            f" {remedy}: figures are not drawn in another font."
        )
    return FontProperties(family=fonts["family"], weight=_WEIGHTS[weight], fname=str(path))


def _font_folder(fonts: dict, beside: Path) -> Path | None:
    """Where the font files lie: a folder, named from the style file's own, or the folder "files" of a package."""
    if "folder" in fonts:
        return beside / fonts["folder"]
    package = importlib.util.find_spec(fonts["package"])
    return Path(package.origin).parent / "files" if package else None


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


def style_file() -> Path:
    """Return the style file in use: the one that ``STYLE`` names, or the package's own."""
    return Path(os.environ[STYLE]).resolve() if os.environ.get(STYLE) else STYLE_FILE


def read_style(path: Path | None = None) -> Style:
    """Read a style file, by default the one in use, and hold it to the contrast that figures promise.

    Raises
    ------
    FileNotFoundError
        If the file, a font or the logo is not there.
    ValueError
        If a mark or a text has too little contrast, or a text size is under the minimum.
    """
    return _read_style(path or style_file())


@functools.cache
def _read_style(path: Path) -> Style:
    if not path.is_file():
        raise FileNotFoundError(
            f"`{STYLE}` must name a style file, but `{path}` is none. Copy {STYLE_FILE.name} there, or unset it."
        )
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
        fonts=MappingProxyType({weight: _font(given["font"], weight, path.parent) for weight in _WEIGHTS}),
        sizes=MappingProxyType(sizes),
        text_points=least,
        logo=_logo(path.parent / given["logo"]) if given["logo"] else None,
    )


def _logo(path: Path) -> Path:
    if not path.is_file():
        raise FileNotFoundError(
            f"The logo `{path}` must be a PNG, but is not there. Correct `logo` in the style."
        )
    return path


def digest() -> str:
    """Return a digest of the style in use: its file, fonts and logo, wherever they lie."""
    style = read_style()
    fonts = [Path(font.get_file()) for font in style.fonts.values()]
    parts = [style_file(), *fonts, *([style.logo] if style.logo else [])]
    return hashlib.sha256(b"".join(hashlib.sha256(part.read_bytes()).digest() for part in parts)).hexdigest()


# The house style as Matplotlib's parameters: for anybody's axes on the house's sheet, and for quick looks.


def rc(width_mm: float = 160) -> dict:
    """Return the house style as Matplotlib's rc parameters, with the text sizes of a printed width [mm].

    Examples
    --------
    >>> rc(80)["axes.grid"], rc(80)["xtick.labelsize"] < rc(160)["xtick.labelsize"]
    (True, True)
    """
    style = read_style()
    sizes = style.at(width_mm)
    register_fonts()
    (family,) = style.fonts["regular"].get_family()
    ink, muted, grid, rule, paper = (style.colour(name) for name in ("ink", "muted", "grid", "rule", "paper"))
    cycle = [*style.colour("series"), style.colour("calm"), rule]
    return {
        "font.family": [family],
        "font.size": sizes.body,
        "text.color": ink,
        "figure.facecolor": paper,
        "axes.facecolor": "none",
        "axes.prop_cycle": f"cycler('color', {cycle})",
        "axes.edgecolor": rule,
        "axes.linewidth": 0.7,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.spines.left": False,
        "axes.axisbelow": True,
        "axes.grid": True,
        "grid.color": grid,
        "grid.linewidth": 0.7,
        "axes.titlesize": sizes.body,
        "axes.titleweight": 600,
        "axes.titlelocation": "left",
        "axes.titlecolor": ink,
        "axes.labelsize": sizes.small,
        "axes.labelcolor": muted,
        "axes.unicode_minus": True,
        "xaxis.labellocation": "right",
        "xtick.labelsize": sizes.small,
        "ytick.labelsize": sizes.small,
        "xtick.color": rule,
        "ytick.color": rule,
        "xtick.labelcolor": muted,
        "ytick.labelcolor": muted,
        "xtick.major.size": 0,
        "ytick.major.size": 0,
        "xtick.minor.size": 0,
        "ytick.minor.size": 0,
        "legend.frameon": False,
        "legend.fontsize": sizes.small,
        "legend.title_fontsize": sizes.small,
        "lines.linewidth": 1.4,
        "lines.markeredgecolor": paper,
        "patch.edgecolor": paper,
        "patch.linewidth": 0.6,
        "hatch.linewidth": 0.6,
        "savefig.facecolor": paper,
        "pdf.fonttype": 42,
    }


def mplstyle(width_mm: float = 160) -> str:
    """Return the house style as the text of an ``.mplstyle`` file: `house.mplstyle` beside this module.

    After ``import analysis.charts``, ``plt.style.use("analysis.charts.house")`` uses it.
    """
    values = {name: _plain(value) for name, value in rc(width_mm).items()}
    return "".join(f"{name}: {value}\n" for name, value in values.items())


def _plain(value) -> str:
    text = ", ".join(value) if isinstance(value, list) else str(value)
    return re.sub(r"'#(\w+)'", r"'\1'", text) if "cycler" in text else text.removeprefix("#")


@functools.cache
def register_fonts() -> None:
    """Make the house's fonts known to Matplotlib by their family."""
    for font in read_style().fonts.values():
        fontManager.addfont(font.get_file())


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
