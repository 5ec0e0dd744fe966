"""Ranked rows with intervals: the municipality among others, the country as a line."""

from collections.abc import Mapping
from functools import partial

import pandas as pd

from analysis import alt_text, danish
from analysis.charts import axis as axes
from analysis.charts import panels as panels_of
from analysis.charts import rows as row_of
from analysis.charts.canvas import Canvas
from analysis.charts.notes import with_explanations
from analysis.charts.panels import Panels
from analysis.charts.row_chart import Numbers, RowChart
from analysis.charts.sheet import sheet
from analysis.disclosure import ProtectedTable, require_protected
from analysis.figure import Figure


def intervals(
    table: ProtectedTable,
    *,
    place: str,
    name: str,
    headline: str,
    description: str,
    note: str,
    source: str,
    unit: str = "",
    decimals: int = 1,
    value_label: str | None = None,
    panel: str | None = None,
    panel_labels: Mapping[str, str] | None = None,
    reference_label: str = "Hele landet",
    order: str | None = "estimate",
    columns: Mapping[str, str] | None = None,
    alt: str | None = None,
) -> Figure:
    """Draw ranked estimates with intervals, the chosen place picked out, the country as a dashed line.

    Parameters
    ----------
    table : rows of ``place``, ``estimate``, ``low``, ``high``, and ``n``; with ``place_level`` where groups,
        regions or the country are among them; these stand last. One row a place and panel.
    unit : ``"pct."`` for shares [0-1], else the unit's Danish name in the plural (``"sager"``).
    value_label : heading of the column of values; the unit if not given.
    panel : column that splits the chart in panels with one axis in common (``"area"``).
    panel_labels : value of `panel` -> Danish title, in the order of the panels.
    reference_label : name of the dashed line at the country's estimate; no line with ``""``.
    order : column that municipalities are ranked by, from high to low; None for the alphabet.

    Raises
    ------
    TypeError
        If `table` has not been through the disclosure gate.
    ValueError
        If the headline claims a difference that the table does not hold.
    """
    require_protected(table)
    panels = Panels.of(table.frame, panel, panel_labels)
    shows = "Prikdiagram med 95 pct. sikkerhedsintervaller"
    return Figure(
        name=name,
        table=table,
        place=place,
        headline=headline,
        description=description,
        note=with_explanations(note, table),
        source=source,
        alt=alt
        or alt_text.for_estimates(shows, headline, table, place, unit, decimals, panel, panels.labels),
        columns=columns or estimate_columns(panel, unit),
        draw=sheet(
            partial(_body, panels, value_label or (unit or "værdi").capitalize(), reference_label, order)
        ),
        unit=unit,
        decimals=decimals,
        texts={panel: dict(panels.labels)} if panel else {},
    )


def estimate_columns(panel: str | None, unit: str) -> dict[str, str]:
    """Return the columns that a table of estimates shows, with their Danish headers."""
    measured = f" ({unit})" if unit else ""
    first = {"place": "Sted"} | ({panel: "Område"} if panel else {})
    numbers = {"estimate": f"Skøn{measured}", "low": "Nedre grænse", "high": "Øvre grænse", "n": "Antal svar"}
    return first | numbers


def _body(
    panels: Panels, value_label: str, reference: str, order: str | None, canvas: Canvas, figure: Figure
) -> None:
    rows = figure.table.frame
    values = pd.concat([rows[column] for column in ("estimate", "low", "high")])
    numbers = (Numbers(value_label, partial(figure.cell, "estimate")), Numbers("n", _count, quiet=True))
    chart = RowChart(mark, numbers, reference)
    panels_of.draw(canvas, figure, chart, panels, axes.fit(values, shares=figure.unit == "pct."), order)


def _count(row: pd.Series) -> str:
    return danish.number(row["n"])


def mark(canvas: Canvas, axis: axes.Axis, row: pd.Series, middle: float, colour: str, chosen: bool) -> None:
    """Draw one estimate with its interval; larger where chosen, hollow and thin where uncertain."""
    uncertain = row_of.is_uncertain(row)
    thick = (2.6 if chosen else 1.5) * (0.6 if uncertain else 1)
    if pd.notna(row["low"]):
        canvas.line([axis.at(row["low"]), axis.at(row["high"])], [middle, middle], colour, thick, order=3)
    size = 0.52 if chosen else 0.33 if row.get("place_level") in row_of.AGGREGATES else 0.4
    canvas.dot(
        axis.at(row["estimate"]),
        middle,
        min(canvas.row, 1.6 * canvas.line_height("body")) * size,
        colour,
        uncertain,
    )
