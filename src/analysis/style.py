"""The look of figures, read from one file: colours, fonts, sizes and the logo."""

import functools
import importlib.util
import tomllib
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from matplotlib.colors import to_rgb
from matplotlib.font_manager import FontProperties

STYLE_FILE = Path(__file__).with_name("style.toml")
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
