"""Matrix: themes down, places across, a sign or a number in each cell."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import pandas as pd

from analysis import alt_text, danish
from analysis.charts import signs as signs_of
from analysis.charts.canvas import Canvas
from analysis.charts.notes import with_explanations
from analysis.charts.sheet import sheet, watermark
from analysis.disclosure import ProtectedTable, require_protected
from analysis.figure import STATUS_WORDS, Figure

_CELL_GAP = 1.8  # mm between the words of two cells


@dataclass(frozen=True)
class _Cells:
    """Which columns of the table are rows, columns and values of the matrix, and how they are written."""

    row: str
    column: str
    value: str
    row_labels: Mapping[str, str]
    column_labels: Mapping[str, str]
    signs: Mapping[str, str]
    labels: Mapping[str, str]


def matrix(
    table: ProtectedTable,
    *,
    place: str,
    name: str,
    headline: str,
    description: str,
    note: str,
    source: str,
    row: str = "theme",
    column: str = "place",
    value: str = "value",
    row_labels: Mapping[str, str] | None = None,
    column_labels: Mapping[str, str] | None = None,
    signs: Mapping[str, str] | None = None,
    labels: Mapping[str, str] | None = None,
    row_heading: str = "Tema",
    column_heading: str = "Kommune",
    decimals: int = 0,
    columns: Mapping[str, str] | None = None,
    alt: str | None = None,
) -> Figure:
    """Draw themes against places, nothing counted: each cell is a case, not a share.

    Parameters
    ----------
    table : one row a cell: `row`, `column`, `value` (a code or a number), ``status``, in order.
    row_labels, column_labels : code -> Danish text of the themes and places (``"Kommune A"`` -> ``"A"``).
    signs : code of a value -> full, half, empty, cross or dash; a code without one is written as its label.
    labels : code of a value -> Danish word, in the key and in the table.
    decimals : of the values that are numbers.

    Raises
    ------
    TypeError
        If `table` has not been through the disclosure gate.
    ValueError
        If a sign is unknown, or two rows are the same cell.
    """
    require_protected(table)
    signs_of.check_signs(signs or {})
    _check_cells(table.frame, row, column)
    cells = _Cells(row, column, value, row_labels or {}, column_labels or {}, signs or {}, labels or {})
    rows = table.frame
    shows = f"Skema over {rows[row].nunique()} temaer i {rows[column].nunique()} kommuner"
    hidden = sorted(set(rows.loc[rows["status"].eq("withheld"), column]), key=danish.sort_key)
    return Figure(
        name=name,
        table=table,
        place=place,
        headline=headline,
        description=description,
        note=with_explanations(note, table, uncertain_mark=""),
        source=source,
        alt=alt or alt_text.alt_text(shows, headline, [], hidden, table.synthetic),
        columns=columns or {row: row_heading, column: column_heading, value: "Praksis"},
        draw=sheet(partial(_body, cells)),
        decimals=decimals,
        texts={row: dict(cells.row_labels), column: dict(cells.column_labels), value: dict(cells.labels)},
    )


def _check_cells(rows: pd.DataFrame, row: str, column: str) -> None:
    double = rows[rows.duplicated([row, column])]
    if not double.empty:
        first = double.iloc[0]
        raise ValueError(
            f"Each cell must be one row, but {len(double)} of {len(rows)} rows repeat a cell (first:"
            f" {first[row]!r}, {first[column]!r}). Join them before drawing."
        )


def _body(cells: _Cells, canvas: Canvas, figure: Figure) -> None:
    rows = figure.table.frame
    themes, places = list(dict.fromkeys(rows[cells.row])), list(dict.fromkeys(rows[cells.column]))
    found = rows.set_index([cells.row, cells.column])
    names = min(
        canvas.widest([cells.row_labels.get(theme, theme) for theme in themes]) + 2,
        0.4 * (canvas.right - canvas.left),
    )
    width = (canvas.right - canvas.left - names) / len(places)
    centres = {place: canvas.left + names + (index + 0.5) * width for index, place in enumerate(places)}
    top = canvas.y
    _column_heads(canvas, cells, centres, width, figure.place)
    body_top = canvas.y
    letters = _letters(canvas, figure, cells, rows, width)
    for index, theme in enumerate(themes):
        lines = canvas.wrap(cells.row_labels.get(theme, theme), names - 2)
        words = {
            place: _words(canvas, figure, cells, found.loc[(theme, place)], width, letters)
            for place in places
            if (theme, place) in found.index
        }
        deepest = max(map(len, words.values()), default=1)
        height = max(
            1.25 * canvas.row,
            (len(lines) + 0.5) * canvas.line_height("body"),
            (deepest + 0.6) * canvas.line_height("small"),
        )
        if index % 2 == 0:
            canvas.rectangle(canvas.left, canvas.y, canvas.right - canvas.left, height, "stripe", order=0.4)
        _name(canvas, lines, height)
        for place, cell_lines in words.items():
            middle = canvas.y + height / 2
            _cell(canvas, cells, found.loc[(theme, place)], centres[place], middle, width, cell_lines)
        canvas.y += height
    _chosen_column(canvas, centres, width, figure.place, top)
    if figure.synthetic:
        watermark(
            canvas, canvas.left + names, body_top, canvas.right - canvas.left - names, canvas.y - body_top
        )
    canvas.y += 0.6 * canvas.line_height("small")
    named = _named_signs(cells, rows)
    if named or letters:
        signs_of.key(canvas, named, {letter: text for text, letter in letters.items()})


def _column_heads(
    canvas: Canvas, cells: _Cells, centres: Mapping[str, float], width: float, chosen: str
) -> None:
    heads = {
        place: canvas.wrap(cells.column_labels.get(place, place), width - 0.6, "small") for place in centres
    }
    deepest = max(len(lines) for lines in heads.values())
    for place, lines in heads.items():
        top = canvas.y + (deepest - len(lines)) * canvas.line_height("small")
        for index, line in enumerate(lines):
            baseline = top + (index + 0.8) * canvas.line_height("small")
            look = {"weight": "bold", "colour": "accent"} if place == chosen else {"weight": "semibold"}
            canvas.text(centres[place], baseline, line, "small", align="center", **look)
    canvas.y += (deepest + 0.35) * canvas.line_height("small")


def _chosen_column(
    canvas: Canvas, centres: Mapping[str, float], width: float, chosen: str, top: float
) -> None:
    if chosen in centres:
        canvas.rectangle(
            centres[chosen] - width / 2, top, width, canvas.y - top, None, "accent", 1.2, order=4.5
        )


def _name(canvas: Canvas, lines: list[str], height: float) -> None:
    start = canvas.y + (height - len(lines) * canvas.line_height("body")) / 2
    for index, line in enumerate(lines):
        middle = start + (index + 0.5) * canvas.line_height("body")
        canvas.middle_text(canvas.left + 0.8, middle, line)


def _words(canvas, figure, cells: _Cells, row, width: float, letters: Mapping[str, str]) -> list[str]:
    """Return the lines of a cell that has no sign."""
    value = row[cells.value]
    if row["status"] != "shown" or value in cells.signs:
        return []
    text = _text(figure, cells, row)
    return [letters[text]] if text in letters else canvas.wrap(text, width - _CELL_GAP, "small")


def _letters(
    canvas: Canvas, figure: Figure, cells: _Cells, rows: pd.DataFrame, width: float
) -> dict[str, str]:
    """Return a letter for each word of a row where one is too wide for its cell; the key tells them."""
    written = rows[rows["status"].eq("shown") & ~rows[cells.value].isin(list(cells.signs))]
    wide = set()
    for _, theme in written.groupby(cells.row, sort=False):
        found = {cells.labels.get(value, value) for value in theme[cells.value] if isinstance(value, str)}
        lines = [line for text in found for line in canvas.wrap(text, width - _CELL_GAP, "small")]
        if canvas.widest(lines, "small") > width - _CELL_GAP:
            wide |= found
    texts = [text for text in dict.fromkeys([*cells.labels.values(), *sorted(wide)]) if text in wide]
    return dict(zip(texts, "abcdefghijklmnopqrstuvwxyz", strict=False))


def _cell(canvas, cells: _Cells, row, x: float, middle: float, width: float, lines: list[str]) -> None:
    side = min(0.62 * canvas.row, 0.6 * width, 1.1 * canvas.line_height("body"))
    if row["status"] != "shown":
        signs_of.sign(canvas, x, middle, row["status"], side)
    elif row[cells.value] in cells.signs:
        signs_of.sign(canvas, x, middle, cells.signs[row[cells.value]], side)
    for index, line in enumerate(lines):
        offset = (index - (len(lines) - 1) / 2) * canvas.line_height("small")
        canvas.middle_text(x, middle + offset, line, size="small", align="center")


def _text(figure: Figure, cells: _Cells, row: pd.Series) -> str:
    value = row[cells.value]
    if isinstance(value, str):
        return cells.labels.get(value, value)
    return danish.number(value, figure.decimals_of(row))


def _named_signs(cells: _Cells, rows: pd.DataFrame) -> dict[str, str]:
    """Return the signs that are drawn, with their words, in the order they are given."""
    present = set(rows.loc[rows["status"].eq("shown"), cells.value])
    words: dict[str, list[str]] = {}
    for code, kind in cells.signs.items():
        if code in present:
            words.setdefault(kind, []).append(cells.labels.get(code, code))
    named = {kind: " / ".join(dict.fromkeys(texts)) for kind, texts in words.items()}
    return named | {status: word for status, word in STATUS_WORDS.items() if rows["status"].eq(status).any()}
