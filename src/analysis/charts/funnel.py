"""Funnel: every municipality at its number of answers, with the limits of chance."""

from collections.abc import Mapping
from functools import partial

import numpy as np
import pandas as pd

from analysis import alt_text
from analysis.charts import axis as axes
from analysis.charts import labels
from analysis.charts import rows as row_of
from analysis.charts.canvas import Canvas
from analysis.charts.intervals import estimate_columns
from analysis.charts.labels import Taken
from analysis.charts.notes import with_explanations
from analysis.charts.sheet import sheet, watermark
from analysis.disclosure import ProtectedTable, require_protected
from analysis.figure import Figure

_DASHES = {0.95: (0, (4, 2)), 0.998: "solid"}


def funnel(
    table: ProtectedTable,
    limits: ProtectedTable,
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
    n_label: str = "Antal svar",
    size: str = "n_effective",
    reference_label: str = "Hele landet",
    columns: Mapping[str, str] | None = None,
    alt: str | None = None,
) -> Figure:
    """Draw every municipality's estimate against its number of answers, inside funnel limits.

    Parameters
    ----------
    table : rows of ``place``, ``estimate``, `size`, and the country's row for the level line; with
        ``verdict``, municipalities that differ are named where there is room.
    limits : rows of ``n``, ``coverage`` (0.95 and 0.998), ``low``, ``high``: no respondent is in them.
    size : column of the number of answers that the limits are computed for.
    value_label : what the vertical axis measures, written above it; the unit if not given.

    Raises
    ------
    TypeError
        If a table has not been through the disclosure gate.
    """
    require_protected(table)
    require_protected(limits)
    shows = "Tragtdiagram over skøn og antal svar"
    return Figure(
        name=name,
        table=table,
        place=place,
        headline=headline,
        description=description,
        note=with_explanations(note, table),
        source=source,
        alt=alt or alt_text.for_estimates(shows, headline, table, place, unit, decimals),
        columns=columns or estimate_columns(None, unit),
        draw=sheet(
            partial(
                _body,
                limits.frame,
                size,
                value_label or (unit or "værdi").capitalize(),
                n_label,
                reference_label,
            )
        ),
        unit=unit,
        decimals=decimals,
    )


def _body(
    limits: pd.DataFrame,
    size: str,
    value_label: str,
    n_label: str,
    reference_label: str,
    canvas: Canvas,
    figure: Figure,
) -> None:
    rows = figure.table.frame
    shown = rows[row_of.is_shown(rows) & ~row_of.level(rows).isin(row_of.AGGREGATES)]
    labels.chosen_without_point(canvas, rows, figure.place)
    labels.key_of_members(canvas, rows, figure.place, canvas.measure(value_label, "small"))
    canvas.lines(canvas.left, [value_label], "small", colour="muted")
    named = [f"{axes.percent_text(coverage)} pct." for coverage in limits["coverage"].unique()]
    country = row_of.country(rows) if reference_label else None
    named += [reference_label, figure.cell("estimate", country)] if country is not None else []
    gutter = canvas.widest(named, "small") + 1.5
    across, upright = _axes(canvas, figure, shown, size, gutter)
    if figure.synthetic:
        watermark(canvas, across.start, upright.end, across.end - across.start, upright.start - upright.end)
    names = _limits(canvas, limits, across, upright)
    if country is not None:
        y = upright.at(country["estimate"])
        canvas.line([across.start, across.end], [y, y], "ink", 0.9, linestyle=(0, (3, 2)))
        names += [(y, reference_label, "ink"), (y + 0.01, figure.cell("estimate", country), "ink")]
    labels.in_gutter(canvas, across.end + 1.5, names, (upright.end, upright.start))
    _points(canvas, figure, shown, size, across, upright)
    axes.ticks_below(canvas, across, upright.start)
    baseline = canvas.y + 0.6 * canvas.line_height("small")
    canvas.text(across.end, baseline, n_label, "small", colour="muted", align="right")
    canvas.y += 0.9 * canvas.line_height("small")
    labels.others_without_point(canvas, rows, figure.place)


def _axes(
    canvas: Canvas, figure: Figure, shown: pd.DataFrame, size: str, gutter: float
) -> tuple[axes.Axis, axes.Axis]:
    """Return the axis of answers and the axis of values, whose ticks stand at the left edge."""
    shares = figure.unit == "pct."
    country = row_of.country(figure.table.frame)
    values = [*shown["estimate"], *([country["estimate"]] if country is not None else [])]
    low, high = axes.fit(values, shares=shares, pad=0.12)
    height = canvas.plot_height(0.52 * (canvas.right - canvas.left))
    top = canvas.y + 0.3 * canvas.line_height("small")
    upright = axes.Axis(low, high, top + height, top)
    end = canvas.right - gutter
    wide = axes.grid_across(canvas, upright, canvas.left, end, shares)
    most = shown[size].max() if len(shown) else 10.0
    return axes.Axis(0, 1.06 * float(most), canvas.left + wide, end), upright


def _limits(
    canvas: Canvas, limits: pd.DataFrame, across: axes.Axis, upright: axes.Axis
) -> list[tuple[float, str, str]]:
    """Draw the curves of the limits; return where the upper ones end, with their names."""
    names = []
    for coverage, curve in limits[limits["n"].gt(0)].sort_values("n").groupby("coverage"):
        for bound in ("low", "high"):
            curve_n, values = curve["n"].to_numpy(float), curve[bound].to_numpy(float)
            n = np.append(curve_n[curve_n < across.high], min(across.high, curve_n.max()))
            ys = np.interp(n, curve_n, values)
            seen = (ys >= upright.low) & (ys <= upright.high)
            if not seen.any():
                continue
            xs, ys = [across.at(x) for x in n[seen]], [upright.at(y) for y in ys[seen]]
            canvas.line(xs, ys, "rule", 0.9, linestyle=_DASHES.get(coverage, "dotted"))
            if bound == "high":
                names.append((ys[-1], f"{axes.percent_text(coverage)} pct.", "muted"))
    return names


def _points(canvas, figure, shown, size, across, upright) -> None:
    taken = Taken((across.start, upright.end, across.end, upright.start))
    diameter = 0.42 * canvas.line_height("body")
    places, members = [], row_of.members(shown, figure.place)
    for index, row in shown.iterrows():
        chosen, member = row["place"] == figure.place, members[index]
        x, y = across.at(row[size]), upright.at(row["estimate"])
        hollow = row_of.is_uncertain(row)
        across_point = diameter * (1.6 if chosen else labels.MEMBER if member else 1)
        look = ("accent", hollow, 4.5) if chosen or member else ("calm", hollow, 4)
        canvas.dot(x, y, across_point, *look)
        taken.boxes.append(
            (x - across_point / 2, y - across_point / 2, x + across_point / 2, y + across_point / 2)
        )
        places.append((not chosen, -abs(row.get("difference", 0.0)), row.get("verdict"), row["place"], x, y))
    most = 3 if canvas.width < 100 else 8
    for other, _, verdict, name, x, y in sorted(places, key=lambda point: point[:2])[: 1 + 3 * most]:
        if not other:
            labels.beside(canvas, taken, x, y, name, diameter * 1.2, True, weight="bold", colour="accent")
        elif verdict in {"over", "under"} and most:
            most -= labels.beside(canvas, taken, x, y, name, diameter, size="small", colour="muted")
