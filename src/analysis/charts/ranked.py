"""Ranked rows with intervals: the municipality among others, the country as a line."""

from collections.abc import Mapping
from functools import partial

import pandas as pd

from analysis import danish
from analysis.charts import canvas as axes
from analysis.charts import captions
from analysis.charts import marks as row_of
from analysis.charts import row_chart as panels_of
from analysis.charts.canvas import Canvas
from analysis.charts.captions import with_explanations
from analysis.charts.figure import Figure
from analysis.charts.row_chart import Numbers, Panels, RowChart
from analysis.charts.sheet import sheet
from analysis.disclosure import ProtectedTable, require_protected


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
        or captions.for_estimates(shows, headline, table, place, unit, decimals, panel, panels.labels),
        columns=columns or estimate_columns(panel, unit),
        draw=sheet(
            partial(
                _intervals_body, panels, value_label or (unit or "værdi").capitalize(), reference_label, order
            )
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


def _intervals_body(
    panels: Panels, value_label: str, reference: str, order: str | None, canvas: Canvas, figure: Figure
) -> None:
    rows = figure.table.frame
    values = pd.concat([rows[column] for column in ("estimate", "low", "high")])
    numbers = (Numbers(value_label, partial(figure.cell, "estimate")), Numbers("n", _count, quiet=True))
    chart = RowChart(mark, numbers, reference)
    panels_of.draw_panels(
        canvas, figure, chart, panels, axes.fit(values, shares=figure.unit == "pct."), order
    )


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
    panel, panel_labels, reference_label, order : as `analysis.charts.ranked.intervals`.

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
        or captions.for_estimates(
            "Søjlediagram", headline, table, place, unit, decimals, panel, panels.labels
        ),
        columns=columns or {key: header for key, header in headers.items() if key in table.frame},
        draw=sheet(
            partial(
                _bars_body,
                panels,
                value_label or (unit or "værdi").capitalize(),
                n_label,
                reference_label,
                order,
            )
        ),
        unit=unit,
        decimals=decimals,
        texts={panel: dict(panels.labels)} if panel else {},
    )


def _bars_body(
    panels: Panels, value_label, n_label, reference, order, canvas: Canvas, figure: Figure
) -> None:
    rows = figure.table.frame
    drawn = [rows[column] for column in ("estimate", "high") if column in rows]
    _, high = axes.fit(pd.concat(drawn), from_zero=True, shares=figure.unit == "pct.")
    numbers = (
        Numbers(value_label, partial(figure.cell, "estimate")),
        Numbers(n_label, lambda row: danish.number(row["n"]), quiet=True),
    )
    chart = RowChart(_bar, numbers, reference, covered=True)
    panels_of.draw_panels(canvas, figure, chart, panels, (0.0, high), order)


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


def shrinkage(
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
    reference_label: str = "Hele landet",
    columns: Mapping[str, str] | None = None,
    alt: str | None = None,
) -> Figure:
    """Draw each municipality's raw estimate and, in reading order, the one shrunken towards the country.

    Parameters
    ----------
    table : rows of ``place``, ``estimate`` (raw), ``shrunken``, ``n``, and ``place_level`` where the country
        is among them (its row has no shrunken value, and gives the dashed line).
    unit : ``"pct."`` for shares [0-1], else the unit's Danish name in the plural.

    Raises
    ------
    TypeError
        If `table` has not been through the disclosure gate.
    """
    require_protected(table)
    measured = f" ({unit})" if unit else ""
    shows = "Prikdiagram med rå og udjævnede skøn"
    return Figure(
        name=name,
        table=table,
        place=place,
        headline=headline,
        description=description,
        note=with_explanations(
            f"{note} Åben prik: kommunens egne svar. Fyldt prik: udjævnet skøn, trukket mod landet,"
            " jo færre svar desto mere.",
            table,
            uncertain_mark="",
        ),
        source=source,
        alt=alt or captions.for_estimates(shows, headline, table, place, unit, decimals),
        columns=columns
        or {
            "place": "Sted",
            "estimate": f"Egne svar{measured}",
            "shrunken": f"Udjævnet{measured}",
            "n": "Antal svar",
        },
        draw=sheet(partial(_shrinkage_body, reference_label)),
        unit=unit,
        decimals=decimals,
    )


def _shrinkage_body(reference: str, canvas: Canvas, figure: Figure) -> None:
    rows = figure.table.frame
    numbers = (
        Numbers("Egne", partial(figure.cell, "estimate"), quiet=True),
        Numbers("Udjævnet", partial(figure.cell, "shrunken")),
        Numbers("n", lambda row: danish.number(row["n"]), quiet=True),
    )
    scale = axes.fit(pd.concat([rows["estimate"], rows["shrunken"]]), shares=figure.unit == "pct.", pad=0.06)
    panels_of.draw_panels(
        canvas, figure, RowChart(_pair, numbers, reference), Panels(None, {}), scale, "shrunken"
    )


def _pair(canvas: Canvas, axis: axes.Axis, row: pd.Series, middle: float, colour: str, chosen: bool) -> None:
    raw = axis.at(row["estimate"])
    size = canvas.row * (0.5 if chosen else 0.4)
    if pd.isna(row["shrunken"]):
        canvas.dot(raw, middle, size, colour)
        return
    shrunken = axis.at(row["shrunken"])
    canvas.line([raw, shrunken], [middle, middle], colour, 1.6 if chosen else 0.9, order=3)
    canvas.dot(raw, middle, size * 0.85, colour, hollow=True)
    canvas.dot(shrunken, middle, size, colour, order=4.1)
