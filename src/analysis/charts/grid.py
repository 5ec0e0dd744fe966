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


# Joint display: the national estimate, what was seen, what documents say, theme by theme.

AGREEMENT = {
    "confirms": "bekræfter",
    "nuances": "nuancerer",
    "contradicts": "modsiger",
    "silent": "siger intet",
}
AGREEMENT_SIGNS = {"confirms": "full", "nuances": "half", "contradicts": "cross", "silent": "dash"}
_STACKED_BELOW = 100  # mm: narrower, the parts of a theme stand under one another
_PAD = 2.5


@dataclass(frozen=True)
class _Display:
    """The table's columns with their headings, and the words and signs of agreement."""

    theme: str
    estimate: str
    texts: Mapping[str, str]
    agreement: str
    agreement_heading: str
    words: Mapping[str, str]
    signs: Mapping[str, str]


def _display(options: Mapping) -> _Display:
    return _Display(
        options["theme"],
        options["estimate_heading"],
        dict(options["texts"]),
        options["agreement"],
        options["agreement_heading"],
        dict(options["agreement_labels"] or AGREEMENT),
        dict(options["agreement_signs"] or AGREEMENT_SIGNS),
    )


def _joint_columns(rows: pd.DataFrame, unit: str, options: Mapping) -> dict[str, str]:
    numbers = {
        "estimate": options["estimate_heading"],
        "low": "Nedre grænse",
        "high": "Øvre grænse",
        "n": "Antal svar",
    }
    first = {options["theme"]: options["theme_heading"], **numbers}
    return {**first, **options["texts"], options["agreement"]: options["agreement_heading"]}


def _describe_joint(shows, headline, table: ProtectedTable, place, unit, decimals, options: Mapping) -> str:
    found = table.frame[options["agreement"]].map(_display(options).words).value_counts(sort=False)
    counted = ", ".join(f"{word}: {count}" for word, count in found.items())
    return captions.alt_text(
        f"{shows} over {len(table.frame)} temaer", headline, [counted], [], table.synthetic
    )


@kind(
    "Skema",
    columns=_joint_columns,
    words=lambda rows, options: {options["agreement"]: _display(options).words},
    check=lambda rows, options: signs_of.check_signs(_display(options).signs),
    describe=_describe_joint,
    uncertain="",
)
def joint_display(
    canvas: Canvas,
    figure: Figure,
    *,
    texts: Mapping[str, str],
    theme: str = "theme",
    theme_heading: str = "Tema",
    estimate_heading: str = "Hele landet",
    agreement: str = "agreement",
    agreement_heading: str = "Sammenhold",
    agreement_labels: Mapping[str, str] | None = None,
    agreement_signs: Mapping[str, str] | None = None,
) -> None:
    """Draw themes with a national estimate beside what cases and documents say, and the agreement of the two.

    Parameters
    ----------
    table : one row a theme: `theme` (Danish), `texts` columns (Danish), `agreement` (a code); for the
        national estimate ``estimate``, ``low``, ``high``, ``n`` and, where themes differ in
        them, ``unit`` and ``decimals``.
    texts : column of text -> its Danish heading, left to right.
    estimate_heading : heading of the national estimate.
    agreement_labels, agreement_signs : code -> Danish word, and code -> full, half, empty, cross or dash.

    Raises
    ------
    ValueError
        If a sign is unknown.
    """
    _draw(canvas, figure, _display(figure.options), theme_heading)


def _draw(canvas: Canvas, figure: Figure, display: _Display, theme_heading: str) -> None:
    top = canvas.y
    if canvas.width < _STACKED_BELOW:
        for _, row in figure.table.frame.iterrows():
            _stacked(canvas, figure, display, row)
    else:
        _columns(canvas, figure, display, theme_heading)
    canvas.line([canvas.left, canvas.right], [canvas.y] * 2, "rule", 0.6)
    if figure.synthetic:
        watermark(canvas, canvas.left, top, canvas.right - canvas.left, canvas.y - top)
    canvas.y += 0.4 * canvas.line_height("small")


@kind(
    "Tabel",
    columns=lambda rows, unit, options: {options["theme"]: options["theme_heading"], **options["texts"]},
    describe=lambda shows, headline, table, *_: captions.alt_text(
        f"{shows} med {len(table.frame)} rækker", headline, [], [], table.synthetic
    ),
    uncertain="",
)
def text_table(
    canvas: Canvas,
    figure: Figure,
    *,
    texts: Mapping[str, str],
    theme: str = "theme",
    theme_heading: str = "Tema",
) -> None:
    """Draw a table of words alone: themes, and what is told of each.

    Parameters
    ----------
    table : one row a theme: `theme` and the `texts` columns (Danish).
    texts : column of text -> its Danish heading, left to right.
    """
    _draw(canvas, figure, _Display(theme, "", texts, "", "", {}, {}), theme_heading)


def _national(figure: Figure, row: pd.Series) -> str:
    """Write the national estimate of a theme with its interval and n, or its status."""
    if row["status"] != "shown":
        return STATUS_WORDS[row["status"]]
    if pd.isna(row.get("estimate")):
        return "–"
    unit = row["unit"] if isinstance(row.get("unit"), str) else figure.unit
    decimals = int(row["decimals"]) if pd.notna(row.get("decimals")) else figure.decimals
    factor = 100 if unit == "pct." else 1
    text = captions.quantity(row["estimate"], unit, decimals)
    if pd.notna(row.get("low")):
        text += f" ({danish.interval(factor * row['low'], factor * row['high'], decimals)})"
    return text + (f", n\u00a0=\u00a0{danish.number(row['n'])}" if pd.notna(row.get("n")) else "")


def _stacked(canvas: Canvas, figure: Figure, display: _Display, row: pd.Series) -> None:
    """Draw a theme as a block: its name and agreement on a line, then each part under its heading."""
    canvas.line([canvas.left, canvas.right], [canvas.y] * 2, "rule", 0.6)
    canvas.y += 0.35 * canvas.line_height("body")
    end = _agreement(canvas, display, row, canvas.right, canvas.y + 0.5 * canvas.line_height("body"), "right")
    width = canvas.right - canvas.left
    canvas.lines(
        canvas.left, canvas.wrap(row[display.theme], end - canvas.left - 2, "body", "bold"), "body", "bold"
    )
    parts = {display.estimate: _national(figure, row)} if display.estimate else {}
    parts |= {heading: row[column] for column, heading in display.texts.items()}
    for heading, text in parts.items():
        if not isinstance(text, str) or text in {"", "–"}:
            continue
        canvas.y += 0.15 * canvas.line_height("small")
        canvas.lines(canvas.left, [heading], "small", "semibold", "muted")
        canvas.lines(canvas.left, canvas.wrap(text, width, "small"), "small")
    canvas.y += 0.45 * canvas.line_height("small")


def _columns(canvas: Canvas, figure: Figure, display: _Display, theme_heading: str) -> None:
    edges = _edges(canvas, figure, display, theme_heading)
    headings = [theme_heading, *([display.estimate] if display.estimate else []), *display.texts.values()]
    if display.agreement:
        headings.append(display.agreement_heading)
    _text_row(canvas, edges, headings, "muted", "semibold")
    for index, (_, row) in enumerate(figure.table.frame.iterrows()):
        canvas.line([canvas.left, canvas.right], [canvas.y] * 2, "grid" if index else "rule", 0.7)
        canvas.y += 0.3 * canvas.line_height("small")
        parts = [_national(figure, row)] if display.estimate else []
        parts += [row[column] if isinstance(row[column], str) else "" for column in display.texts]
        top = canvas.y
        _text_row(canvas, edges, [row[display.theme], *parts], "ink", "regular", first_weight="bold")
        _agreement(canvas, display, row, edges[-2], top + 0.5 * canvas.line_height("small"), "left")
        canvas.y += 0.3 * canvas.line_height("small")


def _edges(canvas: Canvas, figure: Figure, display: _Display, theme_heading: str) -> list[float]:
    """Return the left edges of the columns, and the right edge of the last [mm].

    No column is narrower than its widest word; what is left is shared by their longest texts.
    """
    rows = figure.table.frame
    columns = [[theme_heading, *rows[display.theme]]]
    if display.estimate:
        columns.append([display.estimate, *(_national(figure, row) for _, row in rows.iterrows())])
    columns += [[heading, *rows[column].dropna().astype(str)] for column, heading in display.texts.items()]
    least = [
        _PAD + canvas.widest([word for text in texts for word in text.split(" ")], "small", "bold")
        for texts in columns
    ]
    amount = [canvas.widest(texts, "small") ** 0.6 for texts in columns]
    words = [*display.words.values(), display.agreement_heading]
    last = (
        canvas.widest(words, "small", "semibold") + 2.4 * canvas.cap_height("small")
        if display.agreement
        else 0
    )
    left = canvas.right - canvas.left - last - sum(least)
    widths = [low + left * share / sum(amount) for low, share in zip(least, amount, strict=True)] + [last]
    return [canvas.left + sum(widths[:index]) for index in range(len(widths) + 1)]


def _text_row(canvas, edges, texts, colour, weight, first_weight=None) -> None:
    top, lowest = canvas.y, canvas.y
    for index, text in enumerate(texts):
        own = first_weight if first_weight and index == 0 else weight
        canvas.y = top
        lines = canvas.wrap(text, edges[index + 1] - edges[index] - _PAD, "small", own)
        canvas.lines(edges[index], lines, "small", own, colour)
        lowest = max(lowest, canvas.y)
    canvas.y = lowest


def _agreement(canvas: Canvas, display: _Display, row, x: float, middle: float, align: str) -> float:
    """Draw the sign and the word of a theme's agreement; return its left edge [mm]."""
    code = row[display.agreement] if display.agreement else None
    if not isinstance(code, str):
        return x
    side = 1.5 * canvas.cap_height("small")
    word = display.words.get(code, code)
    left = x - 1.5 * side - canvas.measure(word, "small", "semibold") if align == "right" else x
    signs_of.sign(canvas, left + side / 2, middle, display.signs.get(code, "dash"), side, "ink")
    canvas.middle_text(left + 1.5 * side, middle, word, size="small", weight="semibold")
    return left
