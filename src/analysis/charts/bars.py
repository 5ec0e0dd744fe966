"""Bars from 0: shares and counts, as response rates, with an interval where there is one."""

from collections.abc import Mapping
from functools import partial

import pandas as pd

from analysis import alt_text, danish
from analysis.charts import axis as axes
from analysis.charts import panels as panels_of
from analysis.charts.canvas import Canvas
from analysis.charts.intervals import estimate_columns
from analysis.charts.notes import with_explanations
from analysis.charts.panels import Panels
from analysis.charts.row_chart import Numbers, RowChart
from analysis.charts.sheet import sheet
from analysis.disclosure import ProtectedTable, require_protected
from analysis.figure import Figure


def bars(
    table: ProtectedTable,
    *,
    place: str,
    name: str,
    headline: str,
    description: str,
    note: str,
    source: str,
    unit: str = "",
    decimals: int = 0,
    value_label: str | None = None,
    n_label: str = "n",
    panel: str | None = None,
    panel_labels: Mapping[str, str] | None = None,
    reference_label: str = "",
    order: str | None = "estimate",
    columns: Mapping[str, str] | None = None,
    alt: str | None = None,
) -> Figure:
    """Draw values as bars from 0, the chosen place picked out.

    Parameters
    ----------
    table : rows of ``place``, ``estimate``, ``n``, with ``low`` and ``high`` where there is an interval, and
        ``place_level`` where groups, regions or the country are among them; these stand last.
    panel, panel_labels, reference_label, order : as `analysis.charts.intervals.intervals`.

    Raises
    ------
    TypeError
        If `table` has not been through the disclosure gate.
    ValueError
        If a value is negative: a bar starts at 0.
    """
    require_protected(table)
    negative = pd.to_numeric(table.frame["estimate"]).lt(0).sum()
    if negative:
        raise ValueError(
            f"`estimate` must be 0 or more in a bar, but {negative} of {len(table.frame)} rows are not."
            " Draw `intervals` instead."
        )
    panels = Panels.of(table.frame, panel, panel_labels)
    headers = estimate_columns(panel, unit)
    return Figure(
        name=name,
        table=table,
        place=place,
        headline=headline,
        description=description,
        note=with_explanations(note, table, uncertain_mark=""),
        source=source,
        alt=alt
        or alt_text.for_estimates(
            "Søjlediagram", headline, table, place, unit, decimals, panel, panels.labels
        ),
        columns=columns or {key: header for key, header in headers.items() if key in table.frame},
        draw=sheet(
            partial(
                _body, panels, value_label or (unit or "værdi").capitalize(), n_label, reference_label, order
            )
        ),
        unit=unit,
        decimals=decimals,
        texts={panel: dict(panels.labels)} if panel else {},
    )


def _body(panels: Panels, value_label, n_label, reference, order, canvas: Canvas, figure: Figure) -> None:
    rows = figure.table.frame
    drawn = [rows[column] for column in ("estimate", "high") if column in rows]
    _, high = axes.fit(pd.concat(drawn), from_zero=True, shares=figure.unit == "pct.")
    numbers = (
        Numbers(value_label, partial(figure.cell, "estimate")),
        Numbers(n_label, lambda row: danish.number(row["n"]), quiet=True),
    )
    chart = RowChart(_mark, numbers, reference, covered=True)
    panels_of.draw(canvas, figure, chart, panels, (0.0, high), order)


def _mark(canvas: Canvas, axis: axes.Axis, row: pd.Series, middle: float, colour: str, chosen: bool) -> None:
    colour = "muted" if colour == "ink" else colour  # bars of ink would outweigh the chosen one
    height = min(0.62 * canvas.row, 1.3 * canvas.line_height("small"))
    end = axis.at(row["estimate"])
    canvas.rectangle(axis.at(0), middle - height / 2, end - axis.at(0), height, colour, order=3)
    if pd.notna(row.get("low")):
        low, high = axis.at(row["low"]), axis.at(row["high"])
        if low < end:
            canvas.line([low, min(high, end)], [middle, middle], "paper", 2.6, order=3.6)
        canvas.line([low, high], [middle, middle], "ink", 1.0, order=3.7)
