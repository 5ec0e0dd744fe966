"""Joint display: the national estimate, what was seen and what documents say, by theme; and tables of words alone."""

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

_AGREEMENT = "agreement"  # the column that says it
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
    """The table's columns with their headings."""

    theme: str
    estimate: str
    texts: Mapping[str, str]
    agreement: str
    agreement_heading: str


def _joint_columns(rows: pd.DataFrame, unit: str, options: Mapping) -> dict[str, str]:
    numbers = {
        "estimate": options["estimate_heading"],
        "low": "Nedre grænse",
        "high": "Øvre grænse",
        "n": "Antal svar",
    }
    first = {options["theme"]: options["theme_heading"], **numbers}
    return {**first, **options["texts"], _AGREEMENT: options["agreement_heading"]}


def _describe_joint(shows, headline, table: ProtectedTable, place, unit, decimals, options: Mapping) -> str:
    found = table.frame[_AGREEMENT].map(AGREEMENT).value_counts(sort=False)
    counted = ", ".join(f"{word}: {count}" for word, count in found.items())
    return captions.alt_text(
        f"{shows} over {len(table.frame)} temaer", headline, [counted], [], table.synthetic
    )


@kind(
    "Skema",
    columns=_joint_columns,
    words=lambda rows, options: {_AGREEMENT: AGREEMENT},
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
    agreement_heading: str = "Sammenhold",
) -> None:
    """Draw themes with a national estimate beside what cases and documents say, and the agreement of the two.

    Parameters
    ----------
    table : one row a theme: `theme` (Danish), `texts` columns (Danish), ``agreement`` (a code); for the
        national estimate ``estimate``, ``low``, ``high``, ``n`` and, where themes differ in
        them, ``unit`` and ``decimals``.
    texts : column of text -> its Danish heading, left to right.
    estimate_heading : heading of the national estimate.
    """
    _draw(
        canvas, figure, _Display(theme, estimate_heading, texts, _AGREEMENT, agreement_heading), theme_heading
    )


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
    _draw(canvas, figure, _Display(theme, "", texts, "", ""), theme_heading)


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
    words = [*AGREEMENT.values(), display.agreement_heading]
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
    word = AGREEMENT[code]
    left = x - 1.5 * side - canvas.measure(word, "small", "semibold") if align == "right" else x
    signs_of.sign(canvas, left + side / 2, middle, AGREEMENT_SIGNS[code], side, "ink")
    canvas.middle_text(left + 1.5 * side, middle, word, size="small", weight="semibold")
    return left
