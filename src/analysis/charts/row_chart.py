"""Rows of a chart: name, marks on an axis, numbers to the right, the country as a dashed line."""

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from analysis.charts import axis as axes
from analysis.charts import rows as row_of
from analysis.charts.canvas import Canvas
from analysis.charts.sheet import watermark
from analysis.figure import Figure

_GAP = 2.2  # mm between two columns of numbers
_NAME_GAP = 2.2  # mm after the names


@dataclass(frozen=True)
class Numbers:
    """A column of numbers to the right of the marks: its heading, and how a row is written."""

    heading: str
    write: Callable[[pd.Series], str]
    quiet: bool = False

    @property
    def size(self) -> str:
        """Size of text: a quiet column, as n, is small and muted."""
        return "small" if self.quiet else "body"


Mark = Callable[[Canvas, axes.Axis, pd.Series, float, str, bool], None]


@dataclass(frozen=True)
class RowChart:
    """How rows are drawn.

    Parameters
    ----------
    mark : ``mark(canvas, axis, row, middle, colour, chosen)`` draws one row's marks.
    numbers : columns of numbers, left to right.
    reference : name of the dashed line at the country's estimate; no line where empty.
    covered : whether the marks cover the ground, as bars do.
    """

    mark: Mark
    numbers: tuple[Numbers, ...]
    reference: str = "Hele landet"
    covered: bool = False


def number_widths(canvas: Canvas, chart: RowChart, figure: Figure) -> list[float]:
    """Return the width of each column of numbers, with the space before it [mm]."""
    rows = figure.table.frame
    shown = [row for _, row in rows[row_of.is_shown(rows)].iterrows()]
    return [
        _GAP
        + max(
            canvas.widest([column.write(row) for row in shown], column.size, "bold"),
            canvas.widest(_heading_lines(canvas, column.heading), "small"),
        )
        for column in chart.numbers
    ]


def _heading_lines(canvas: Canvas, heading: str) -> list[str]:
    """Break a heading of numbers, so that a long one does not take the room of the marks."""
    widest_word = canvas.widest(heading.split(), "small")
    return canvas.wrap(heading, max(0.16 * canvas.width, widest_word), "small")


def draw(
    canvas: Canvas,
    figure: Figure,
    chart: RowChart,
    rows: pd.DataFrame,
    scale: tuple[float, float],
    edges: tuple[float | None, float, float],
    country: pd.Series | None = None,
) -> None:
    """Draw rows from the cursor down.

    Parameters
    ----------
    edges : left edge of the names (None draws none), of the marks, and right edge of the numbers [mm].
    country : the row of the dashed line, where it is not among `rows`.
    """
    left, start, right = edges
    widths = number_widths(canvas, chart, figure)
    ends = [right - sum(widths[index + 1 :]) for index in range(len(widths))]
    axis = axes.Axis(*scale, start + 1, right - sum(widths))
    reference = (row_of.country(rows) if country is None else country) if chart.reference else None
    _headings(canvas, figure, chart, axis, reference, ends)
    top = canvas.y
    middles = _middles(canvas, rows, names_width(canvas, figure.table.frame) - _NAME_GAP)
    bottom = canvas.y
    for (_, row), middle in zip(rows.iterrows(), middles, strict=True):
        _row(canvas, figure, chart, row, axis, middle, left, ends)
    if reference is not None:
        x = axis.at(reference["estimate"])
        canvas.line([x, x], [top - 0.15 * canvas.row, bottom], "ink", 0.9, order=2, linestyle=(0, (3, 2)))
    if figure.synthetic:
        watermark(canvas, axis.start, top, axis.end - axis.start, bottom - top, chart.covered)
    axes.grid_below(canvas, axis, top, bottom, figure.unit == "pct.")


def _middles(canvas: Canvas, rows: pd.DataFrame, width: float) -> list[float]:
    """Return the middle of each row [mm], with a little space before groups, regions and the country."""
    aggregate = row_of.level(rows).isin(row_of.AGGREGATES).to_numpy()
    middles = []
    for index in range(len(rows)):
        if index and aggregate[index] and not aggregate[index - 1]:
            canvas.y += 0.45 * canvas.row
        lines = len(canvas.wrap(rows["place"].iloc[index], width, weight="bold"))
        height = canvas.row + (lines - 1) * canvas.line_height("body")
        middles.append(canvas.y + height / 2)
        canvas.y += height
    return middles


def _headings(
    canvas: Canvas,
    figure: Figure,
    chart: RowChart,
    axis: axes.Axis,
    reference: pd.Series | None,
    ends: list[float],
) -> None:
    """Name the dashed line where it stands, and the columns of numbers; two lines if they meet."""
    headings = [_heading_lines(canvas, column.heading) for column in chart.numbers]
    above = (max(map(len, headings), default=1) - 1) * canvas.line_height("small")
    if reference is None:
        canvas.y += above
    else:
        label = f"{chart.reference} {figure.cell('estimate', reference)}"
        half = canvas.measure(label, "small") / 2
        first = ends[0] - canvas.widest(headings[0], "small") - 1.5 if ends else axis.end
        centre = max(axis.start + half, axis.at(reference["estimate"]))
        if centre + half > first and first - half > axis.start + half:
            centre = min(centre, first - half)
        own_line = centre + half > first
        canvas.y += 0 if own_line else above
        canvas.text(min(centre, canvas.right - half), _baseline(canvas), label, "small", align="center")
        canvas.y += above + canvas.line_height("small") if own_line else 0
    for end, lines in zip(ends, headings, strict=True):
        for index, line in enumerate(reversed(lines)):
            baseline = _baseline(canvas) - index * canvas.line_height("small")
            canvas.text(end, baseline, line, "small", colour="muted", align="right")
    canvas.y += canvas.line_height("small") * 1.15


def _baseline(canvas: Canvas) -> float:
    return canvas.y + canvas.line_height("small") * 0.75


def _row(
    canvas: Canvas,
    figure: Figure,
    chart: RowChart,
    row: pd.Series,
    axis: axes.Axis,
    middle: float,
    left: float | None,
    ends: list[float],
) -> None:
    chosen = row["place"] == figure.place
    aggregate = row.get("place_level") in row_of.AGGREGATES
    weight = "bold" if chosen else "semibold" if aggregate else "regular"
    colour = "accent" if chosen else "ink"
    if chosen:
        start = axis.start - 1.5 if left is None else left - 0.4 * canvas.sizes.margin
        row_of.band(canvas, middle, canvas.row, start, ends[-1])
    if left is not None:
        lines = canvas.wrap(row["place"], names_width(canvas, figure.table.frame) - _NAME_GAP, weight="bold")
        for index, line in enumerate(lines):
            offset = (index - (len(lines) - 1) / 2) * canvas.line_height("body")
            canvas.middle_text(left, middle + offset, line, weight=weight, colour=colour)
    if row["status"] != "shown":
        row_of.status_mark(canvas, ends[-1], middle, row["status"], "band" if chosen else "paper", "right")
        return
    for end, column in zip(ends, chart.numbers, strict=True):
        look = {"colour": "muted"} if column.quiet else {"weight": weight, "colour": colour}
        canvas.middle_text(end, middle, column.write(row), size=column.size, align="right", **look)
    chart.mark(canvas, axis, row, middle, "accent" if chosen else "ink" if aggregate else "calm", chosen)


def ordered(rows: pd.DataFrame, by: str | None) -> pd.DataFrame:
    """Return municipalities ranked `by` a column (None: by name), then groups, regions and the country."""
    single = rows[~row_of.level(rows).isin(row_of.AGGREGATES)]
    ranked = row_of.ranked(single, by)
    return pd.concat([ranked, row_of.aggregates(rows)]) if len(single) < len(rows) else ranked


def names_width(canvas: Canvas, rows: pd.DataFrame) -> float:
    """Return the width of the column of names [mm]; longer names break."""
    return min(canvas.widest(list(rows["place"]), weight="bold"), 0.36 * canvas.width) + _NAME_GAP
