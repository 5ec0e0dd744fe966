"""The look of figures, read from one file: colours, fonts, sizes and the logo."""

import functools
import hashlib
import importlib.util
import os
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from matplotlib.colors import to_rgb
from matplotlib.font_manager import FontProperties, fontManager

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
