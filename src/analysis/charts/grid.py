"""Matrix: themes down, places across, a sign or a number in each cell."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from analysis import danish
from analysis.charts import captions
from analysis.charts import marks as signs_of
from analysis.charts.canvas import Canvas
from analysis.charts.figure import STATUS_WORDS, Figure
from analysis.charts.kind import kind
from analysis.charts.sheet import watermark
from analysis.disclosure import ProtectedTable

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


def _check_matrix(rows: pd.DataFrame, options: Mapping) -> None:
    row, column = options["row"], options["column"]
    signs_of.check_signs(options["signs"] or {})
    double = rows[rows.duplicated([row, column])]
    if not double.empty:
        first = double.iloc[0]
        raise ValueError(
            f"Each cell must be one row, but {len(double)} of {len(rows)} rows repeat a cell (first:"
            f" {first[row]!r}, {first[column]!r}). Join them before drawing."
        )


def _matrix_columns(rows: pd.DataFrame, unit: str, options: Mapping) -> dict[str, str]:
    headings = {options["row"]: options["row_heading"], options["column"]: options["column_heading"]}
    return headings | {options["value"]: "Praksis"}


def _matrix_words(rows: pd.DataFrame, options: Mapping) -> dict[str, dict[str, str]]:
    words = {"row": "row_labels", "column": "column_labels", "value": "labels"}
    return {options[column]: dict(options[labels] or {}) for column, labels in words.items()}


def _describe_matrix(shows, headline, table: ProtectedTable, place, unit, decimals, options: Mapping) -> str:
    rows, column = table.frame, options["column"]
    shows = f"{shows} over {rows[options['row']].nunique()} temaer i {rows[column].nunique()} kommuner"
    hidden = sorted(set(rows.loc[rows["status"].eq("withheld"), column]), key=danish.sort_key)
    return captions.alt_text(shows, headline, [], hidden, table.synthetic)


@kind(
    "Skema",
    columns=_matrix_columns,
    words=_matrix_words,
    check=_check_matrix,
    describe=_describe_matrix,
    uncertain="",
    decimals=0,
)
def matrix(
    canvas: Canvas,
    figure: Figure,
    *,
    row: str = "theme",
    column: str = "place",
    value: str = "value",
    row_labels: Mapping[str, str] | None = None,
    column_labels: Mapping[str, str] | None = None,
    signs: Mapping[str, str] | None = None,
    labels: Mapping[str, str] | None = None,
    row_heading: str = "Tema",
    column_heading: str = "Kommune",
) -> None:
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
    ValueError
        If a sign is unknown, or two rows are the same cell.
    """
    cells = _Cells(row, column, value, row_labels or {}, column_labels or {}, signs or {}, labels or {})
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
    told = _told_in_words(canvas, cells, rows, width)
    for index, theme in enumerate(themes):
        lines = canvas.wrap(cells.row_labels.get(theme, theme), names - 2)
        words = {
            place: _words(canvas, figure, cells, found.loc[(theme, place)], width)
            for place in places
            if (theme, place) in found.index and theme not in told
        }
        sentence = _sentence(canvas, figure, cells, rows, theme, width * len(places)) if theme in told else []
        deepest = max(map(len, words.values()), default=len(sentence))
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
        for at, line in enumerate(sentence):
            middle = canvas.y + height / 2 + (at - (len(sentence) - 1) / 2) * canvas.line_height("small")
            canvas.middle_text(canvas.left + names, middle, line, size="small")
        canvas.y += height
    _chosen_column(canvas, centres, width, figure.place, top)
    if figure.synthetic:
        watermark(
            canvas, canvas.left + names, body_top, canvas.right - canvas.left - names, canvas.y - body_top
        )
    canvas.y += 0.6 * canvas.line_height("small")
    named = _named_signs(cells, rows)
    if named:
        signs_of.key(canvas, named)


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


def _words(canvas, figure, cells: _Cells, row, width: float) -> list[str]:
    """Return the lines of a cell that has no sign."""
    if row["status"] != "shown" or row[cells.value] in cells.signs:
        return []
    return canvas.wrap(_text(figure, cells, row), width - _CELL_GAP, "small")


def _told_in_words(canvas: Canvas, cells: _Cells, rows: pd.DataFrame, width: float) -> set[str]:
    """Return the themes of which a word is too wide for its cell, or all say the same: a sentence tells them."""
    written = rows[rows["status"].eq("shown") & ~rows[cells.value].isin(list(cells.signs))]
    told = set()
    for theme, own in written.groupby(cells.row, sort=False):
        words = [cells.labels.get(value, value) for value in own[cells.value] if isinstance(value, str)]
        lines = [line for text in words for line in canvas.wrap(text, width - _CELL_GAP, "small")]
        same = len(words) > 2 and len(words) == rows[cells.row].eq(theme).sum() and len(set(words)) == 1
        if same or canvas.widest(lines, "small") > width - _CELL_GAP:
            told.add(theme)
    return told


def _sentence(
    canvas: Canvas, figure: Figure, cells: _Cells, rows: pd.DataFrame, theme: str, width: float
) -> list[str]:
    """Return the lines that say which place does what: "lederen: A, C; faglig koordinator: B"."""
    places: dict[str, list[str]] = {}
    own = rows[rows[cells.row].eq(theme)]
    for _, row in own.iterrows():
        word = _text(figure, cells, row) if row["status"] == "shown" else STATUS_WORDS[row["status"]]
        places.setdefault(word, []).append(cells.column_labels.get(row[cells.column], row[cells.column]))
    parts = [f"{word}: {', '.join(names) if len(places) > 1 else 'alle'}" for word, names in places.items()]
    return canvas.wrap("; ".join(parts), width - _CELL_GAP, "small")


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
    for code, shape in cells.signs.items():
        if code in present:
            words.setdefault(shape, []).append(cells.labels.get(code, code))
    named = {shape: " / ".join(dict.fromkeys(texts)) for shape, texts in words.items()}
    return named | {status: word for status, word in STATUS_WORDS.items() if rows["status"].eq(status).any()}
