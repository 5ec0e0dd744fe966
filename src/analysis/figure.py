"""A figure: a protected table, the words around it, and how it is drawn.

It shows itself in JupyterLab and on a page as inline SVG with its numbers below, and `analysis.publish`
writes it to files.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import pandas as pd
from matplotlib.figure import Figure as Drawing

from analysis import danish, disclosure
from analysis.figure_page import figure_html
from analysis.headline import check_headline

STATUS_WORDS = {"withheld": "diskretioneret", "missing": "ingen svar", "not_relevant": "ikke relevant"}
_WHOLE_NUMBERS = {"n", "n_effective"}
_NOT_SCALED = {"n", "n_effective", "df", "p", "p_adjusted", "year", "rank"}


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

    def cell(self, column: str, row: Mapping) -> str:
        """Write one cell of the figure's table in Danish: the row's status where there is no number."""
        value = row[column]
        if pd.isna(value):
            return STATUS_WORDS.get(row["status"], "")
        if isinstance(value, str):
            return self.texts.get(column, {}).get(value, value)
        if isinstance(value, bool):
            return "ja" if value else "nej"
        if column in _WHOLE_NUMBERS:
            return danish.number(value)
        if column in _NOT_SCALED:
            return str(value) if column in {"year", "rank"} else danish.number(value, 3)
        factor = 100 if self.unit_of(row) == "pct." else 1
        return danish.number(factor * value, self.decimals_of(row))

    def unit_of(self, row: Mapping) -> str:
        """Return the unit of a row's quantity: its own, where rows differ in it, else the figure's."""
        own = row.get("unit")
        return own if isinstance(own, str) else self.unit

    def decimals_of(self, row: Mapping) -> int:
        """Return the decimals that a row is written with: its own, where rows differ, else the figure's."""
        own = row.get("decimals")
        return self.decimals if pd.isna(own) else int(own)

    def shown_table(self) -> pd.DataFrame:
        """Return the figure's table as a reader sees it: Danish headers, every cell a text."""
        records = self.table.frame.to_dict("records")
        cells = {header: [self.cell(name, row) for row in records] for name, header in self.columns.items()}
        return pd.DataFrame(cells, dtype="str")

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict[str, str]:
        return {"text/html": figure_html(self), "text/plain": f"{self.headline}\n{self.alt}"}


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
    absent = [column for column in figure.columns if column not in figure.table.frame]
    if absent:
        raise ValueError(
            f"`columns` must name columns of the table, but {len(absent)} of {len(figure.columns)} are not in"
            f" it (first: `{absent[0]}`). Correct the mapping."
        )
