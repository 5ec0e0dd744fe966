"""A picture as PNG, SVG for the web, SVG for print, and PDF: the same bytes at every run."""

import functools
import io
import itertools
import struct
from html import escape
from pathlib import Path

import numpy as np
import typst
from PIL import Image, PngImagePlugin

from analysis import data
from analysis.charts import style
from analysis.charts.figure import Picture
from analysis.charts.fonts import as_curves, font_faces
from analysis.export import record as provenance

PNG_DPI = 300
_COLOURS, _MANY = 256, 4096  # of a palette; an image of more than these is none that a palette can hold
_UNSEEN = 2  # of 255: how far a colour may move at least
FEW, _BLENDED = 24, 16384  # of a light image, whose dots are blends of four or more
_METRE = 39.3701  # inches
_BEFORE_TEXTS = 33  # bytes of a PNG: its signature and its first chunk, the header
# A page as large as the picture, which stands on it as a figure with its alternative text.
_PAGE = b"""\
#set page(width: auto, height: auto, margin: 0pt)
#set document(
  title: sys.inputs.title, description: sys.inputs.description, keywords: sys.inputs.record, date: none,
)
#set text(lang: "da")
#image(bytes(sys.inputs.svg), format: "svg", alt: sys.inputs.description)
"""


def png(picture: Picture, record: dict) -> bytes:
    """Write a picture as PNG of 300 dots an inch, with title, description and record in text chunks."""
    words = {
        "Title": record["title"],
        "Description": record["alt"],
        "Source": record["source"],
        "Provenance": provenance.to_json(record),
    }
    if record["synthetic"]:
        words["Warning"] = provenance.SYNTHETIC_WORDS
    drawn = data.content("png", picture.svg, lambda: _in_palette(_rendered(picture), _COLOURS))
    return drawn[:_BEFORE_TEXTS] + _chunks(words) + drawn[_BEFORE_TEXTS:]


def _rendered(picture: Picture) -> Image.Image:
    import pypdfium2  # half a second, which nobody waits for who only looks

    document = pypdfium2.PdfDocument(_typeset(picture, {}, "pdf"))
    return document[0].render(scale=PNG_DPI / 72, rev_byteorder=True).to_pil()


def _chunks(words: dict[str, str]) -> bytes:
    """The chunks of a PNG that say how large its dots are, and the words."""
    texts = PngImagePlugin.PngInfo()
    for name, text in words.items():
        texts.add_text(name, text)
    written = io.BytesIO()
    dots = round(PNG_DPI * _METRE)
    PngImagePlugin.putchunk(written, b"pHYs", struct.pack(">IIB", dots, dots, 1))
    for kind, content, _ in texts.chunks:
        PngImagePlugin.putchunk(written, kind, content)
    return written.getvalue()


@functools.lru_cache(maxsize=64)  # what all places share is made once in a process
def light(
    png: bytes, box: tuple[float, float, float, float] = (0, 0, 1, 1), coarser: int = 2, most: int = FEW
) -> bytes:
    """Return an image half as fine, in few colours: what stands in documents where a finer one is published.

    `box` is the part of it that is kept, as shares of its width and height: left, top, right, bottom; `most` how
    many colours it has.
    """
    with Image.open(io.BytesIO(png)) as image:
        (wide, high), (left, top, right, bottom) = image.size, box
        part = image.convert("RGB").crop((wide * left, high * top, wide * right, high * bottom))
    return _in_palette(part.reduce(coarser), most, many=_BLENDED)


def _in_palette(image: Image.Image, most: int, many: int = _MANY, compression: int = 6) -> bytes:
    """Write an image with a palette, a third as large: the colours that are most of it stay as they are.

    Others are moved to one of those, as little as it takes. One of very many colours, as a photograph, stays whole.
    """
    written = io.BytesIO()
    found = image.getcolors(many)
    if found:
        colours = np.array([colour for _, colour in sorted(found, reverse=True)], dtype=np.int16)
        kept, nearest = _kept_colours(colours, most)
        codes = np.asarray(image.convert("RGBX")).view("<u4")[..., 0] & 0xFFFFFF
        places = np.zeros(1 << 24, np.uint8)  # by colour; but few of its pages are ever touched
        places[colours.astype("<u4") @ np.array([1, 1 << 8, 1 << 16], "<u4")] = nearest
        image = Image.fromarray(places[codes])
        image.putpalette(colours[kept].astype(np.uint8).tobytes())
    image.save(written, "PNG", compress_level=compression)
    return written.getvalue()


def _kept_colours(colours: np.ndarray, most: int) -> tuple[list[int], np.ndarray]:
    """Which colours, the most frequent first, become the palette, and which of them each colour becomes."""
    bands = np.ascontiguousarray(colours.T)
    for tolerance in itertools.count(_UNSEEN if len(colours) > most else 0):
        kept, nearest = [], np.zeros(len(colours), np.uint8)
        apart = np.full(len(colours), 256, np.int16)  # how far each colour is from the nearest kept one
        while len(kept) < most and (apart > tolerance).any():
            at = int((apart > tolerance).argmax())
            away = np.abs(bands - bands[:, at : at + 1]).max(axis=0)
            nearest[away < apart] = len(kept)
            apart = np.minimum(apart, away)
            kept.append(at)
        if (apart <= tolerance).all():
            return kept, nearest
    raise AssertionError("a tolerance of 255 leaves one colour")


def pixels(png: bytes) -> tuple[int, int]:
    """Return the width and height of an image."""
    return struct.unpack(">II", png[16:24])


def pdf(picture: Picture, record: dict) -> bytes:
    """Write a picture as PDF/UA with embedded fonts; the record stands in its keywords."""
    words = {
        "title": provenance.marked(record["title"], record["synthetic"]),
        "description": provenance.marked(record["alt"], record["synthetic"]),
        "record": provenance.to_json(record),
    }
    return _typeset(picture, words, "pdf", pdf_standards=["ua-1"])


def _typeset(picture: Picture, words: dict[str, str], kind: str, **options) -> bytes:
    given = {"title": "", "description": "", "record": ""} | words | {"svg": picture.svg}
    return _typesetter().compile(_PAGE, format=kind, sys_inputs=given, **options)


@functools.cache
def _typesetter() -> typst.Compiler:
    return typst.Compiler(font_paths=typeset_fonts())


@functools.cache
def typeset_fonts() -> typst.Fonts:
    """Return the house's fonts and no others, for Typst.

    Raises
    ------
    FileNotFoundError
        If it doesn't find a font: texts would vanish without a word.
    """
    house = style.read_style().fonts.values()
    folders = sorted({Path(font.get_file()).parent for font in house})
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=folders)
    found = {(font.family, font.weight) for font in fonts.fonts()}
    wanted = {(font.get_family()[0], int(font.get_weight())) for font in house}
    if not wanted <= found:
        missing = sorted(wanted - found)
        raise FileNotFoundError(
            f"Images must be set in the house's fonts, but {len(missing)} of {len(wanted)} are not found (first: "
            f"{missing[0][0]}, weight {missing[0][1]}). Install the package that style.toml names."
        )
    return fonts


def svg_for_web(picture: Picture, record: dict) -> bytes:
    """Write a picture as SVG with text that can be searched and read aloud, and the font's letters inside."""
    return _described(picture.svg, record, f"\n <style>{font_faces(picture.svg)}</style>").encode("utf-8")


def svg_for_print(picture: Picture, record: dict) -> bytes:
    """Write a picture as SVG with letters as curves, which Word, PowerPoint and Inkscape draw right."""
    return _described(as_curves(picture.svg), record).encode("utf-8")


def _described(svg: str, record: dict, faces: str = "") -> str:
    """Put language, title, description, record and fonts into an SVG."""
    opening, rest = svg.split(">", 1)
    inside = (
        f'\n <title id="titel">{escape(provenance.marked(record["title"], record["synthetic"]), quote=False)}</title>'
        f'\n <desc id="beskrivelse">{escape(provenance.marked(record["alt"], record["synthetic"]), quote=False)}</desc>'
        f"\n <metadata>{escape(provenance.to_json(record), quote=False)}</metadata>{faces}"
    )
    language = ' lang="da" xml:lang="da" role="img" aria-labelledby="titel beskrivelse"'
    return f'<?xml version="1.0" encoding="utf-8"?>\n{opening}{language}>{inside}{rest}'
