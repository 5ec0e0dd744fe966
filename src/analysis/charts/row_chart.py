"""Rows of a chart: name, marks on an axis, numbers to the right, the country as a dashed line."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from analysis.charts import canvas as axes
from analysis.charts import marks as row_of
from analysis.charts.canvas import Canvas
from analysis.charts.figure import Figure
from analysis.charts.marks import country
from analysis.charts.sheet import watermark

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


Mark = Callable[[Canvas, axes.Axis, pd.Series, float, str, bool], float | None]


@dataclass(frozen=True)
class RowChart:
    """How rows are drawn.

    Parameters
    ----------
    mark : ``mark(canvas, axis, row, middle, colour, chosen)`` draws one row's marks; returns where a remark is
        tied to them [mm], if not at the estimate.
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


def draw_rows(
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
    chosen, marked = row["place"] == figure.place, row["place"] in figure.highlight
    aggregate = row.get("place_level") in row_of.AGGREGATES
    weight = "bold" if chosen or marked else "semibold" if aggregate else "regular"
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
        word = figure.cell("estimate", row) if row["status"] == "bounded" else ""
        ground = "band" if chosen else "paper"
        row_of.status_mark(canvas, ends[-1], middle, row["status"], ground, "right", word)
        return
    for end, column in zip(ends, chart.numbers, strict=True):
        look = {"colour": "muted"} if column.quiet else {"weight": weight, "colour": colour}
        canvas.middle_text(end, middle, column.write(row), size=column.size, align="right", **look)
    shade = "accent" if chosen else "ink" if aggregate or marked else "calm"
    at = chart.mark(canvas, axis, row, middle, shade, chosen or marked)
    canvas.anchors.append((row, axis.at(row["estimate"]) if at is None else at, middle))


def ordered(rows: pd.DataFrame, by: str | Sequence[str] | None) -> pd.DataFrame:
    """Return municipalities ranked `by` a column (None: by name; or as the names given), then groups and the country.

    Raises
    ------
    ValueError
        If `by` is no column of the rows.
    """
    if by is not None and not isinstance(by, str):
        first = {name: position for position, name in enumerate(by)}
        places = [first.get(place, len(first)) for place in rows["place"]]
        return rows.iloc[sorted(range(len(rows)), key=lambda at: (places[at], at))]
    if by is not None and by not in rows:
        raise ValueError(
            f"`order` must be a column of the table, None, or names in order, but is {by!r}. The table has:"
            f" {', '.join(rows)}."
        )
    single = rows[~row_of.level(rows).isin(row_of.AGGREGATES)]
    ranked = row_of.ranked(single, by)
    return pd.concat([ranked, row_of.aggregates(rows)]) if len(single) < len(rows) else ranked


def names_width(canvas: Canvas, rows: pd.DataFrame) -> float:
    """Return the width of the column of names [mm]; longer names break."""
    return min(canvas.widest(list(rows["place"]), weight="bold"), 0.36 * canvas.width) + _NAME_GAP


# Panels: the same row chart for each value of a column, side by side where there is room.

_LEAST_PLOT = 24  # mm: panels stand side by side only where each has this much for its marks
_PANEL_GAP = 4.0
_MOST_ON_SLIDE = 22  # rows of one column


@dataclass(frozen=True)
class Panels:
    """The column that splits the rows, and its values with their Danish titles; None is one panel."""

    column: str | None
    labels: Mapping[str, str]

    @classmethod
    def of(cls, rows: pd.DataFrame, column: str | None, labels: Mapping[str, str] | None) -> "Panels":
        """Check the labels of the panels against the rows.

        Raises
        ------
        ValueError
            If a value of `column` has no label.
        """
        if column is None:
            return cls(None, {})
        found = [str(value) for value in rows[column].dropna().unique()]
        labels = dict(labels or {value: value for value in found})
        absent = [value for value in found if value not in labels]
        if absent:
            raise ValueError(
                f"`panel_labels` must name each value of `{column}`, but {len(absent)} of {len(found)} are"
                f" without (first: {absent[0]!r}). Add it."
            )
        return cls(column, {value: label for value, label in labels.items() if value in found})


def draw_panels(
    canvas: Canvas,
    figure: Figure,
    chart: RowChart,
    panels: Panels,
    scale: tuple[float, float],
    order: str | Sequence[str] | None,
) -> None:
    """Draw every panel from the cursor down; names stand once where panels are side by side."""
    rows = figure.table.frame
    names = names_width(canvas, rows)
    if panels.column is None:
        own = ordered(rows, order)
        if canvas.sizes.height and len(own) > _MOST_ON_SLIDE:
            _in_two_columns(canvas, figure, chart, own, scale, names)
            return
        draw_rows(canvas, figure, chart, own, scale, (canvas.left, canvas.left + names, canvas.right))
        return
    count = len(panels.labels)
    width = (canvas.right - canvas.left - names - _PANEL_GAP * (count - 1)) / count
    if width - sum(number_widths(canvas, chart, figure)) >= _LEAST_PLOT:
        _beside(canvas, figure, chart, panels, scale, order, names, width)
    else:
        _below(canvas, figure, chart, panels, scale, order, names)


def _in_two_columns(canvas, figure, chart, own: pd.DataFrame, scale, names: float) -> None:
    """Draw many rows on a slide: the second half beside the first, the dashed line in both."""
    half = (len(own) + 1) // 2
    width = (canvas.right - canvas.left - 2 * _PANEL_GAP) / 2
    top, lowest = canvas.y, canvas.y
    for left, part in ((canvas.left, own.iloc[:half]), (canvas.right - width, own.iloc[half:])):
        canvas.y = top
        edges = (left, left + names, left + width)
        draw_rows(canvas, figure, chart, part, scale, edges, country(own))
        lowest = max(lowest, canvas.y)
    canvas.y = lowest


def _below(canvas, figure, chart, panels, scale, order, names) -> None:
    rows = figure.table.frame
    for index, (value, label) in enumerate(panels.labels.items()):
        canvas.y += 0.6 * canvas.row if index else 0
        _title(canvas, label, canvas.left)
        own = ordered(rows[rows[panels.column] == value], order)
        draw_rows(canvas, figure, chart, own, scale, (canvas.left, canvas.left + names, canvas.right))


def _beside(canvas, figure, chart, panels, scale, order, names, width) -> None:
    """Draw panels side by side; the order of the rows is the first panel's."""
    rows = figure.table.frame
    places = ordered(rows[rows[panels.column] == next(iter(panels.labels))], order)
    top = canvas.y
    for index, (value, label) in enumerate(panels.labels.items()):
        canvas.y = top
        start = canvas.left + names + index * (width + _PANEL_GAP)
        _title(canvas, label, start + 1)
        own = _aligned(rows[rows[panels.column] == value], places)
        draw_rows(canvas, figure, chart, own, scale, (None if index else canvas.left, start, start + width))


def _aligned(rows: pd.DataFrame, places: pd.DataFrame) -> pd.DataFrame:
    """Return a panel's rows in the order of `places`; a place without a row has no answers."""
    aligned = rows.set_index("place", drop=False).reindex(places["place"])
    aligned = aligned.assign(place=places["place"].to_numpy(), status=aligned["status"].fillna("missing"))
    if "place_level" in aligned:
        aligned["place_level"] = places["place_level"].to_numpy()
    return aligned.reset_index(drop=True)


def _title(canvas: Canvas, label: str, left: float) -> None:
    canvas.lines(left, [label], "body", "semibold")
    canvas.y += 0.2 * canvas.row
