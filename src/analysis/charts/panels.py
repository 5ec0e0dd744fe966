"""Panels: the same row chart for each value of a column, side by side where there is room."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from analysis.charts import row_chart
from analysis.charts.canvas import Canvas
from analysis.charts.row_chart import RowChart
from analysis.charts.rows import country
from analysis.figure import Figure

_LEAST_PLOT = 24  # mm: panels stand side by side only where each has this much for its marks
_GAP = 4.0
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


def draw(
    canvas: Canvas,
    figure: Figure,
    chart: RowChart,
    panels: Panels,
    scale: tuple[float, float],
    order: str | None,
) -> None:
    """Draw every panel from the cursor down; names stand once where panels are side by side."""
    rows = figure.table.frame
    names = row_chart.names_width(canvas, rows)
    if panels.column is None:
        own = row_chart.ordered(rows, order)
        if canvas.sizes.height and len(own) > _MOST_ON_SLIDE:
            _in_two_columns(canvas, figure, chart, own, scale, names)
            return
        row_chart.draw(canvas, figure, chart, own, scale, (canvas.left, canvas.left + names, canvas.right))
        return
    count = len(panels.labels)
    width = (canvas.right - canvas.left - names - _GAP * (count - 1)) / count
    if width - sum(row_chart.number_widths(canvas, chart, figure)) >= _LEAST_PLOT:
        _beside(canvas, figure, chart, panels, scale, order, names, width)
    else:
        _below(canvas, figure, chart, panels, scale, order, names)


def _in_two_columns(canvas, figure, chart, own: pd.DataFrame, scale, names: float) -> None:
    """Draw many rows on a slide: the second half beside the first, the dashed line in both."""
    half = (len(own) + 1) // 2
    width = (canvas.right - canvas.left - 2 * _GAP) / 2
    top, lowest = canvas.y, canvas.y
    for left, part in ((canvas.left, own.iloc[:half]), (canvas.right - width, own.iloc[half:])):
        canvas.y = top
        edges = (left, left + names, left + width)
        row_chart.draw(canvas, figure, chart, part, scale, edges, country(own))
        lowest = max(lowest, canvas.y)
    canvas.y = lowest


def _below(canvas, figure, chart, panels, scale, order, names) -> None:
    rows = figure.table.frame
    for index, (value, label) in enumerate(panels.labels.items()):
        canvas.y += 0.6 * canvas.row if index else 0
        _title(canvas, label, canvas.left)
        own = row_chart.ordered(rows[rows[panels.column] == value], order)
        row_chart.draw(canvas, figure, chart, own, scale, (canvas.left, canvas.left + names, canvas.right))


def _beside(canvas, figure, chart, panels, scale, order, names, width) -> None:
    """Draw panels side by side; the order of the rows is the first panel's."""
    rows = figure.table.frame
    places = row_chart.ordered(rows[rows[panels.column] == next(iter(panels.labels))], order)
    top = canvas.y
    for index, (value, label) in enumerate(panels.labels.items()):
        canvas.y = top
        start = canvas.left + names + index * (width + _GAP)
        _title(canvas, label, start + 1)
        own = _aligned(rows[rows[panels.column] == value], places)
        row_chart.draw(
            canvas, figure, chart, own, scale, (None if index else canvas.left, start, start + width)
        )


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
