"""A figure: a protected table, the words around it, and how it is drawn.

It shows itself in JupyterLab and on a page as inline SVG with its numbers below, and `analysis.publish`
writes it to files.
"""

import hashlib
import io
import re
import weakref
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from html import escape, unescape

import pandas as pd
from matplotlib import rc_context
from matplotlib.figure import Figure as Drawing

from analysis import danish, disclosure
from analysis.charts.captions import STATUS_WORDS, check_headline
from analysis.charts.fonts import check_letters, font_faces
from analysis.disclosure import rounding

# A figure drawn once, as SVG whose letters are text: every image of the figure is made from it.

# What the words around a chart are called in the SVG, so that a page can leave them to its own text.
AROUND = "omkring"
_AROUND = re.compile(rf'\s*<g id="{AROUND}-\d+">.*?</g>', re.DOTALL)
_TEXT = re.compile(r"<text [^>]*>([^<]*)</text>")
_COARSE = ' style="image-rendering:crisp-edges;image-rendering:pixelated"'  # how Matplotlib has images drawn
_FINER = re.compile(r"(\d\.\d{2})\d+")  # than a hundredth of a point: a twenty-fourth of a dot of the PNG
_TAG = re.compile(r"<[^>]*>")  # coordinates stand in them; "1.870" between them is a number that is read
_NUMBERED = re.compile(r'<g id="(figure|axes|patch|line2d|text)_\d+">')  # which nobody asks for
_NO_RDF = {"Date": None, "Creator": None, "Format": None, "Type": None}
_POINTS_A_MM = 72 / 25.4
_WIDEST_MM = 280  # a figure fills the width of the lab, and no more of a large screen


_DRAWN: "weakref.WeakKeyDictionary[Figure, dict[tuple[float, bool], Picture]]" = weakref.WeakKeyDictionary()


@dataclass(frozen=True)
class Picture:
    """A figure as it is drawn.

    Attributes
    ----------
    svg : str
        The drawing from ``<svg`` on, letters as text; it has no title, record or fonts yet.
    chart : tuple of float
        Top and bottom of the chart between the words around it [points].
    """

    svg: str
    chart: tuple[float, float]

    @property
    def size(self) -> tuple[float, float]:
        """Width and height [points]."""
        _, _, width, height = re.search(r'viewBox="([^"]+)"', self.svg)[1].split()
        return float(width), float(height)


def picture(figure: "Figure", width_mm: float = 160, title_in_image: bool = True) -> Picture:
    """Draw a figure; kept for the page that shows it after `publish` has written it.

    Parameters
    ----------
    figure : Figure
    width_mm : float
        80, 120, 160 or 254 [mm].
    title_in_image : bool
        Whether headline and description are part of the image.
    """
    drawn, how = _DRAWN.setdefault(figure, {}), (width_mm, title_in_image)
    if how not in drawn:
        drawing = figure.render(width_mm, title_in_image)
        top, bottom = drawing.chart
        drawn[how] = Picture(_as_svg(drawing), (top * _POINTS_A_MM, bottom * _POINTS_A_MM))
    return drawn[how]


def same_picture(figure: "Figure", drawn: Picture, width_mm: float, title_in_image: bool) -> None:
    """Take as a figure's picture the one of another figure that says and shows the same."""
    _DRAWN.setdefault(figure, {})[width_mm, title_in_image] = drawn


def _as_svg(drawing: Drawing) -> str:
    """Write a drawing as SVG whose letters are text; the same bytes at every run."""
    written = io.StringIO()
    look = {
        "svg.fonttype": "none",
        "svg.hashsalt": "analysis",
        "savefig.bbox": None,
        "image.composite_image": False,
    }
    with rc_context(look):
        drawing.savefig(written, format="svg", metadata=_NO_RDF)
    svg = re.sub(r"\s*<metadata>.*?</metadata>", "", written.getvalue(), count=1, flags=re.DOTALL)
    svg = _NUMBERED.sub("<g>", svg[svg.index("<svg") :].replace(_COARSE, ""))
    svg = _TAG.sub(lambda tag: _FINER.sub(r"\1", tag[0]), svg)
    check_letters(map(unescape, _TEXT.findall(svg)), "Text in a figure")
    return re.sub(r"(font-family: '[^']+')", r"\1, sans-serif", svg)


def chart_alone(drawn: Picture) -> str:
    """Return the SVG cropped to the chart, without the words around it; its coordinates stay."""
    top, bottom = drawn.chart
    opening, rest = drawn.svg.split(">", 1)
    wide = re.search(r'viewBox="0 0 ([\d.]+) [\d.]+"', opening)[1]
    opening = re.sub(r'viewBox="[^"]*"', f'viewBox="0 {top:.2f} {wide} {bottom - top:.2f}"', opening)
    return f"{opening}>{_AROUND.sub('', rest)}"


# A figure on a page: inline SVG with caption, alternative text and its numbers, without scripts.


def inline_svg(figure: "Figure", width_mm: float = 160) -> str:
    """Draw a figure's chart as an SVG element that can stand in a page beside others.

    It is the picture that `publish` writes, cropped: title and note stand on the page as text. The identifiers carry
    a digest of the drawing: two figures on a page never share one, and a re-run is byte-identical.
    """
    drawn = picture(figure, width_mm)
    svg = chart_alone(drawn)
    prefix = "f" + hashlib.sha256(f"{figure.headline}{figure.alt}{svg}".encode()).hexdigest()[:10]
    svg = re.sub(r'(\bid="|href="#|url\(#)', rf"\g<1>{prefix}-", svg)
    inside = (
        f'<title id="{prefix}-title">{escape(figure.headline)}</title>'
        f'<desc id="{prefix}-desc">{escape(figure.alt)}</desc>'
        f"<style>{font_faces(svg)}</style>"
    )
    opening, rest = svg.split(">", 1)
    named = re.sub(r'\s(width|height)="[^"]*"', "", opening) + (
        f' role="img" lang="da" aria-labelledby="{prefix}-title {prefix}-desc"'
        f' style="display:block;width:100%;max-width:{_WIDEST_MM}mm;height:auto"'
    )
    return f"{named}>{inside}{rest}"


def table_html(figure: "Figure", by: str = "") -> str:
    """Write the figure's table as HTML: Danish headers, names as row headers, numbers to the right.

    `by` is a column of the figure to sort by: numbers from the largest, words by the alphabet, empty cells last.
    """
    shown = figure.shown_table()
    if by:
        shown = shown.iloc[_sorted(figure.table.frame[by], shown[figure.columns[by]])]
    head = "".join(f'<th scope="col">{escape(header)}</th>' for header in shown.columns)
    rows = "".join(_row_html([str(cell) for cell in cells]) for cells in shown.itertuples(index=False))
    return (
        f"<table><caption>{escape(figure.description)}</caption><thead><tr>{head}</tr></thead>"
        f"<tbody>{rows}</tbody></table>"
    )


def _sorted(values: pd.Series, words: pd.Series) -> list[int]:
    """The positions of rows in order."""
    is_number = pd.api.types.is_numeric_dtype(values)
    keys = [
        -float(v) if is_number else danish.sort_key(w) for v, w in zip(values.fillna(0), words, strict=True)
    ]
    return sorted(range(len(keys)), key=lambda at: (bool(values.isna().iloc[at]), keys[at]))


def _row_html(cells: list[str]) -> str:
    first, *rest = cells
    numbers = "".join(f'<td style="{_align(cell)}">{escape(cell)}</td>' for cell in rest)
    return f'<tr><th scope="row" style="text-align:left">{escape(first)}</th>{numbers}</tr>'


def _align(cell: str) -> str:
    number = re.fullmatch(r"−?\d{1,3}(\.\d{3})*(,\d+)?( pct\.)?", cell)
    return "text-align:right" if number else "text-align:left"


def figure_html(figure: "Figure", by: str = "") -> str:
    """Write a whole figure as HTML: heading, image, note, source, and the numbers behind a fold.

    Where they are sorted `by` a column, the fold is open.
    """
    return (
        f'<figure lang="da" id="{escape(figure.name)}" style="margin:1.5em 0">'
        f"<figcaption><strong>{escape(figure.headline)}</strong><br>{escape(figure.description)}</figcaption>"
        f"{inline_svg(figure)}"
        f"<p><small>Anm.: {escape(figure.note)}<br>Kilde: {escape(figure.source)}</small></p>"
        f"<details{' open' if by else ''}><summary>Tal bag figuren</summary>{table_html(figure, by)}</details>"
        "</figure>"
    )


# A figure: a protected table, the words around it, and how it is drawn.

_NOT_SCALED = {"p", "p_adjusted"}


@dataclass(frozen=True, eq=False)
class Figure:
    """A figure for publication.

    Where rows differ in unit, the table has columns ``unit`` and ``decimals``.

    Parameters
    ----------
    name : what the figure is about, an ASCII slug without the place: ``"sagstal_omraade"``.
    table : ProtectedTable, exactly the rows that are drawn.
    place : the chosen municipality or municipality group, or ``"Hele landet"``.
    headline, description, note, source : Danish texts; `note` and `source` without ``Anm.:`` and ``Kilde:``.
    alt : alternative text, under 300 characters.
    columns : column of the table -> Danish header, for the columns that a reader is shown, in order.
    draw : ``draw(figure, width_mm, title_in_image, note_in_image)`` -> matplotlib figure.
    unit : Danish unit of the quantity; ``"pct."`` for shares [0-1] that are written as percentages.
    decimals : decimals of the quantity as written.
    texts : column -> code -> Danish word, for the columns that hold codes.
    kind : kind of chart, the name of its function.
    value_label : heading of the values, or name of their axis.
    options : what the kind of chart was told besides.
    highlight : other places that stand out, in ink and bold.
    annotations : (row, text, offset [mm]) each, as `annotate` adds them.
    again : ``again(**changes)`` makes the figure anew, with other arguments.
    """

    name: str
    table: "disclosure.ProtectedTable"
    place: str
    headline: str
    description: str
    note: str
    source: str
    alt: str
    columns: Mapping[str, str]
    draw: Callable[["Figure", float, bool, bool], Drawing] = field(repr=False)
    unit: str = ""
    decimals: int = 1
    texts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    kind: str = ""
    value_label: str = ""
    options: Mapping = field(default_factory=dict, repr=False)
    highlight: tuple[str, ...] = ()
    annotations: tuple = ()
    again: Callable[..., "Figure"] | None = field(default=None, repr=False)

    def __post_init__(self):
        disclosure.require_protected(self.table)
        _check_texts(self)
        check_headline(self.headline, self.table.frame, self.place, self.texts)

    @property
    def synthetic(self) -> bool:
        """Whether the figure rests on synthetic data, and must say so."""
        return self.table.synthetic

    def render(
        self, width_mm: float = 160, title_in_image: bool = True, note_in_image: bool = True
    ) -> Drawing:
        """Draw the figure at its exact printed size.

        Parameters
        ----------
        width_mm : 80, 120 or 160 [mm], the height follows the content; 254 is a slide of 254 x 143 mm.
        title_in_image : False leaves out headline and description, which then stand as text beside the image.
        note_in_image : False leaves out note and source too.
        """
        return self.draw(self, width_mm, title_in_image, note_in_image)

    def but(
        self, *, drop: Sequence[str] = (), highlight: Sequence[str] = (), alt: str | None = None, **changed
    ) -> "Figure":
        """Make the figure anew with something otherwise; note and alternative text follow.

        Parameters
        ----------
        drop : names of the rows to leave out. Nothing that was withheld is opened: the table has passed the gate whole.
        highlight : names of other places to stand out.
        alt : alternative text; made from what is then drawn by default.
        changed : anything that this kind of chart can be told: ``headline``, ``order``, ``note``, ``value_label`` …

        Raises
        ------
        ValueError
            If a name is not in the figure, or the chart can't be told so.

        Examples
        --------
        ``figure.but(headline="…", order=None, highlight=["Lejre"], drop=["Solrød"])``
        """
        column = "place" if "place" in self.table.frame else next(iter(self.columns))
        names = self.table.frame[column]
        for what, wanted in (("drop", drop), ("highlight", highlight)):
            _check_names(what, wanted, names)
        if self.place in drop or names.isin(list(drop)).all():
            raise ValueError(f"`drop` must leave {self.place} and something beside it. Drop fewer rows.")
        if drop:
            changed["table"] = self.table.rows(~names.isin(list(drop)).to_numpy(bool))
        changed |= {"highlight": tuple(highlight)} if highlight else {}
        return self.again(alt=alt, **changed)

    def annotate(
        self, row: str | Mapping, text: str, offset_mm: tuple[float, float] = (8.0, -5.0)
    ) -> "Figure":
        """Make the figure anew with a remark beside one of its marks.

        Parameters
        ----------
        row : the row's place, or column -> value where a place has more than one: ``{"place": "Lejre", "area": …}``.
        text : Danish; a line break with ``\n``.
        offset_mm : where the remark begins, to the right of the mark and below it [mm].

        Raises
        ------
        ValueError
            If no mark, or more than one, is that row's, or the remark would stand outside the figure.
        """
        wanted = {"place": row} if isinstance(row, str) else dict(row)
        annotated = self.again(
            alt=self.alt, annotations=(*self.annotations, (wanted, text, tuple(offset_mm)))
        )
        annotated.render()  # told here, not where it is published
        return annotated

    def cell(self, column: str, row: Mapping) -> str:
        """Write one cell of the figure's table in Danish: the row's status where there is no number."""
        value = row[column]
        if row["status"] == "bounded" and column == "estimate":
            return disclosure.limit_words(row)
        if pd.isna(value):
            return "" if row["status"] == "bounded" else STATUS_WORDS.get(row["status"], "")
        if isinstance(value, str):
            return self.texts.get(column, {}).get(value, value)
        if isinstance(value, bool):
            return "ja" if value else "nej"
        if column in {"year", "rank"}:
            return str(value)
        if rounding.is_count(column):
            return danish.number(value)
        if column in _NOT_SCALED:
            return danish.number(value, 3)
        factor = 100 if self.unit_of(row) == "pct." else 1
        return danish.number(factor * value, self.decimals_of(row))

    def unit_of(self, row: Mapping) -> str:
        """Return the unit of a row's quantity: its own, where rows differ in it, else the figure's."""
        own = row.get("unit")
        return own if isinstance(own, str) else getattr(self._part(row), "unit", self.unit)

    def decimals_of(self, row: Mapping) -> int:
        """Return the decimals that a row is written with: its own, where rows differ, else the figure's."""
        own = row.get("decimals")
        return getattr(self._part(row), "decimals", self.decimals) if pd.isna(own) else int(own)

    def _part(self, row: Mapping):
        """What the row's measure is, where a figure holds more than one."""
        return self.options.get("parts", {}).get(row.get("measure"))

    def shown_table(self) -> pd.DataFrame:
        """Return the figure's table as a reader sees it: Danish headers, every cell a text."""
        records = self.table.frame.to_dict("records")
        cells = {header: [self.cell(name, row) for row in records] for name, header in self.columns.items()}
        return pd.DataFrame(cells, dtype="str")

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict[str, str]:
        return {
            "text/html": figure_html(self),
            "text/plain": f"{self.headline}\n{self.alt}",
            # for the report's pages, PDF and Word file, which read what `publish` wrote of it
            "application/vnd.analysis.figure+json": {"name": self.name, "place": self.place},
        }


def _check_names(what: str, wanted: Sequence[str], names: pd.Series) -> None:
    known = list(dict.fromkeys(names.astype(str)))
    unknown = [name for name in wanted if name not in known]
    if isinstance(wanted, str) or unknown:
        near = danish.join_words(get_close_matches(str(unknown[0]), known, n=3) if unknown else [])
        raise ValueError(
            f"`{what}` must be a list of names in the figure, but {len(unknown)} of {len(wanted)} are not (first:"
            f" {unknown[0] if unknown else wanted!r}). {f'Nearest: {near}.' if near else 'Correct it.'}"
        )


def _check_texts(figure: Figure) -> None:
    if danish.slug(figure.name) != figure.name:
        raise ValueError(
            f"`name` must be an ASCII slug, but is {figure.name!r}. Use {danish.slug(figure.name)!r}."
        )
    empty = [
        text
        for text in ("headline", "description", "note", "source", "alt")
        if not getattr(figure, text).strip()
    ]
    if empty:
        raise ValueError(
            f"A figure must have headline, description, note, source and alt, but {len(empty)} of 5 are empty"
            f" (first: `{empty[0]}`). Write them."
        )
    if len(figure.alt) >= 300:
        raise ValueError(
            f"`alt` must be under 300 characters, but has {len(figure.alt)}. Shorten it: the table is the"
            " long description."
        )
    texts = (
        figure.headline,
        figure.description,
        figure.note,
        figure.source,
        figure.alt,
        *figure.columns.values(),
    )
    check_letters(texts, "Texts of a figure")
    absent = [column for column in figure.columns if column not in figure.table.frame]
    if absent:
        raise ValueError(
            f"`columns` must name columns of the table, but {len(absent)} of {len(figure.columns)} are not in"
            f" it (first: `{absent[0]}`). Correct the mapping."
        )
