"""Ranked rows with intervals: the municipality among others, the country as a line."""

from collections.abc import Mapping, Sequence
from functools import partial

import pandas as pd

from analysis import danish
from analysis.charts import canvas as axes
from analysis.charts import marks as row_of
from analysis.charts import row_chart as panels_of
from analysis.charts.canvas import Canvas
from analysis.charts.figure import Figure
from analysis.charts.kind import kind
from analysis.charts.row_chart import Numbers, Panels, RowChart


def _panels(rows: pd.DataFrame, options: Mapping) -> Panels:
    return Panels.of(rows, options["panel"], options["panel_labels"])


def _panel_words(rows: pd.DataFrame, options: Mapping) -> dict[str, dict[str, str]]:
    panels = _panels(rows, options)
    return {panels.column: dict(panels.labels)} if panels.column else {}


@kind("Prikdiagram med 95 pct. sikkerhedsintervaller", check=_panels, words=_panel_words)
def intervals(
    canvas: Canvas,
    figure: Figure,
    *,
    panel: str | None = None,
    panel_labels: Mapping[str, str] | None = None,
    reference_label: str = "Hele landet",
    order: str | Sequence[str] | None = "estimate",
) -> None:
    """Draw ranked estimates with intervals, the chosen place picked out, the country as a dashed line.

    Parameters
    ----------
    table : rows of ``place``, ``estimate``, ``low``, ``high``, and ``n``; with ``place_level`` where groups,
        regions or the country are among them; these stand last. One row a place and panel.
    panel : column that splits the chart in panels with one axis in common (``"area"``).
    panel_labels : value of `panel` -> Danish title, in the order of the panels.
    reference_label : name of the dashed line at the country's estimate; no line with ``""``.
    order : column that municipalities are ranked by, from high to low; None for the alphabet; or the places
        themselves, in order.

    Raises
    ------
    ValueError
        If a value of `panel` has no label, or the headline claims a difference that the table does not hold.
    """
    rows = figure.table.frame
    values = pd.concat([rows[column] for column in ("estimate", "low", "high")])
    numbers = (
        Numbers(figure.value_label, partial(figure.cell, "estimate")),
        Numbers("n", _count, quiet=True),
    )
    scale = axes.fit(values, shares=figure.unit == "pct.")
    panels = Panels.of(rows, panel, panel_labels)
    panels_of.draw_panels(canvas, figure, RowChart(mark, numbers, reference_label), panels, scale, order)


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


# Bars from 0: shares and counts, as response rates, with an interval where there is one.


def _check_bars(rows: pd.DataFrame, options: Mapping) -> None:
    negative = pd.to_numeric(rows["estimate"]).lt(0).sum()
    if negative:
        raise ValueError(
            f"`estimate` must be 0 or more in a bar, but {negative} of {len(rows)} rows are not."
            " Draw `intervals` instead."
        )
    _panels(rows, options)


@kind("Søjlediagram", check=_check_bars, words=_panel_words, uncertain="", decimals=0)
def bars(
    canvas: Canvas,
    figure: Figure,
    *,
    n_label: str = "n",
    panel: str | None = None,
    panel_labels: Mapping[str, str] | None = None,
    reference_label: str = "",
    order: str | Sequence[str] | None = "estimate",
) -> None:
    """Draw values as bars from 0, the chosen place picked out.

    Parameters
    ----------
    table : rows of ``place``, ``estimate``, ``n``, with ``low`` and ``high`` where there is an interval, and
        ``place_level`` where groups, regions or the country are among them; these stand last.
    panel, panel_labels, reference_label, order : as `analysis.charts.intervals`.

    Raises
    ------
    ValueError
        If a value is negative: a bar starts at 0.
    """
    rows = figure.table.frame
    drawn = [rows[column] for column in ("estimate", "high") if column in rows]
    _, high = axes.fit(pd.concat(drawn), from_zero=True, shares=figure.unit == "pct.")
    numbers = (
        Numbers(figure.value_label, partial(figure.cell, "estimate")),
        Numbers(n_label, _count, quiet=True),
    )
    chart = RowChart(_bar, numbers, reference_label, covered=True)
    panels_of.draw_panels(canvas, figure, chart, Panels.of(rows, panel, panel_labels), (0.0, high), order)


def _bar(canvas: Canvas, axis: axes.Axis, row: pd.Series, middle: float, colour: str, chosen: bool) -> None:
    colour = "muted" if colour == "ink" else colour  # bars of ink would outweigh the chosen one
    height = min(0.62 * canvas.row, 1.3 * canvas.line_height("small"))
    end = axis.at(row["estimate"])
    canvas.rectangle(axis.at(0), middle - height / 2, end - axis.at(0), height, colour, order=3)
    if pd.notna(row.get("low")):
        low, high = axis.at(row["low"]), axis.at(row["high"])
        if low < end:
            canvas.line([low, min(high, end)], [middle, middle], "paper", 2.6, order=3.6)
        canvas.line([low, high], [middle, middle], "ink", 1.0, order=3.7)


# Raw beside shrunken: how far a municipality's own answers carry.


def _shrinkage_columns(rows: pd.DataFrame, unit: str, options: Mapping) -> dict[str, str]:
    measured = f" ({unit})" if unit else ""
    own = {"place": "Sted", "estimate": f"Egne svar{measured}", "shrunken": f"Udjævnet{measured}"}
    limits = {"shrunken_low": "Udjævnet, nedre", "shrunken_high": "Udjævnet, øvre"}
    return own | {name: header for name, header in limits.items() if name in rows} | {"n": "Antal svar"}


def _explained(rows: pd.DataFrame) -> str:
    """What a note says of the two marks; where not all count alike, places are drawn to those that count as they do."""
    alike = "standardised" in rows and rows["standardised"].notna().any()
    others = "kommuner der gør det op på samme måde" if alike else "landet"
    return f"Tværstreg: egne svar. Prik: udjævnet skøn, trukket mod {others}, jo færre svar desto mere."


@kind(
    "Prikdiagram med rå og udjævnede skøn",
    columns=_shrinkage_columns,
    uncertain="",
    explains=_explained,
)
def shrinkage(
    canvas: Canvas,
    figure: Figure,
    *,
    reference_label: str = "Hele landet",
    order: str | Sequence[str] | None = "shrunken",
) -> None:
    """Draw each municipality's raw estimate and, in reading order, the one shrunken towards the country.

    Parameters
    ----------
    table : rows of ``place``, ``estimate`` (raw), ``shrunken``, ``n``, and ``place_level`` where the country
        is among them (its row has no shrunken value, and gives the dashed line).
    """
    rows = figure.table.frame
    numbers = (
        Numbers("Egne", partial(figure.cell, "estimate"), quiet=True),
        Numbers("Udjævnet", partial(figure.cell, "shrunken")),
        Numbers("n", _count, quiet=True),
    )
    scale = axes.fit(pd.concat([rows["estimate"], rows["shrunken"]]), shares=figure.unit == "pct.", pad=0.06)
    chart = RowChart(_pair, numbers, reference_label)
    panels_of.draw_panels(canvas, figure, chart, Panels(None, {}), scale, order)


def _pair(canvas: Canvas, axis: axes.Axis, row: pd.Series, middle: float, colour: str, chosen: bool) -> None:
    raw = axis.at(row["estimate"])
    size = canvas.row * (0.5 if chosen else 0.4)
    if pd.isna(row["shrunken"]):
        canvas.dot(raw, middle, size, colour)
        return
    shrunken = axis.at(row["shrunken"])
    canvas.line([raw, shrunken], [middle, middle], colour, 1.6 if chosen else 0.9, order=3)
    canvas.line([raw, raw], [middle - 0.55 * size, middle + 0.55 * size], colour, 1.8, order=3.5)
    canvas.dot(shrunken, middle, size, colour, order=4.1)
