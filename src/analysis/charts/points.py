"""Funnel: every municipality at its number of answers, with the limits of chance."""

import numpy as np
import pandas as pd

from analysis import danish
from analysis.charts import canvas as axes
from analysis.charts import marks
from analysis.charts import marks as row_of
from analysis.charts.canvas import Canvas
from analysis.charts.figure import Figure
from analysis.charts.kind import kind
from analysis.charts.marks import Taken
from analysis.charts.sheet import watermark
from analysis.disclosure import ProtectedTable

_DASHES = {0.95: (0, (4, 2)), 0.998: "solid"}


@kind("Tragtdiagram over skøn og antal svar")
def funnel(
    canvas: Canvas,
    figure: Figure,
    limits: ProtectedTable,
    *,
    n_label: str = "Antal svar",
    size: str = "n_effective",
    value: str = "estimate",
    reference_label: str = "Hele landet",
) -> None:
    """Draw every municipality's estimate against its number of answers, inside funnel limits.

    Parameters
    ----------
    table : rows of ``place``, ``estimate``, `size`, and the country's row for the level line; with
        ``verdict``, municipalities that differ are named where there is room.
    limits : rows of ``n``, ``coverage`` (0.95 and 0.998), ``low``, ``high``: no respondent is in them.
    size : column of the number of answers that the limits are computed for.
    value : column of what is drawn and judged; another than the estimate where places are made comparable first.
    """
    rows, curves = figure.table.frame, limits.frame
    shown = rows[row_of.is_shown(rows) & ~row_of.level(rows).isin(row_of.AGGREGATES)]
    marks.chosen_without_point(canvas, rows, figure.place)
    marks.key_of_members(canvas, rows, figure.place, canvas.measure(figure.value_label, "small"))
    canvas.lines(canvas.left, [figure.value_label], "small", colour="muted")
    named = [f"{axes.percent_text(coverage)}\u00a0pct." for coverage in curves["coverage"].unique()]
    country = row_of.country(rows) if reference_label else None
    named += [reference_label, figure.cell("estimate", country)] if country is not None else []
    gutter = canvas.widest(named, "small") + 1.5
    across, upright = _axes(canvas, figure, shown, size, gutter, value)
    if figure.synthetic:
        watermark(canvas, across.start, upright.end, across.end - across.start, upright.start - upright.end)
    names = _limits(canvas, curves, across, upright)
    if country is not None:
        y = upright.at(country["estimate"])
        canvas.line([across.start, across.end], [y, y], "ink", 0.9, linestyle=(0, (3, 2)))
        names += [(y, reference_label, "ink"), (y + 0.01, figure.cell("estimate", country), "ink")]
    marks.in_gutter(canvas, across.end + 1.5, names, (upright.end, upright.start))
    _funnel_points(canvas, figure, shown, size, across, upright, value)
    axes.ticks_below(canvas, across, upright.start)
    baseline = canvas.y + 0.6 * canvas.line_height("small")
    canvas.text(across.end, baseline, n_label, "small", colour="muted", align="right")
    canvas.y += 0.9 * canvas.line_height("small")
    marks.others_without_point(canvas, rows, figure.place)


def _axes(
    canvas: Canvas, figure: Figure, shown: pd.DataFrame, size: str, gutter: float, value: str
) -> tuple[axes.Axis, axes.Axis]:
    """Return the axis of answers and the axis of values, whose ticks stand at the left edge."""
    shares = figure.unit == "pct."
    country = row_of.country(figure.table.frame)
    values = [*shown[value], *([country["estimate"]] if country is not None else [])]
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


def _funnel_points(canvas, figure, shown, size, across, upright, value) -> None:
    taken = Taken((across.start, upright.end, across.end, upright.start))
    diameter = 0.42 * canvas.line_height("body")
    places, members = [], row_of.members(shown, figure.place)
    for index, row in shown.iterrows():
        chosen, member = row["place"] == figure.place, members[index]
        x, y = across.at(row[size]), upright.at(row[value])
        hollow = row_of.is_uncertain(row)
        across_point = diameter * (1.6 if chosen else marks.MEMBER if member else 1)
        marked = row["place"] in figure.highlight
        look = ("accent", hollow, 4.5) if chosen or member else ("ink" if marked else "calm", hollow, 4)
        canvas.dot(x, y, across_point, *look)
        canvas.anchors.append((row, x, y))
        taken.boxes.append(
            (x - across_point / 2, y - across_point / 2, x + across_point / 2, y + across_point / 2)
        )
        places.append((_naming(row, chosen, marked), row["place"], x, y))
    most = 3 if canvas.width < 100 else 8
    for (first, _), name, x, y in sorted(places)[: 1 + len(figure.highlight) + 3 * most]:
        if first == 0:
            marks.beside(canvas, taken, x, y, name, diameter * 1.2, True, weight="bold", colour="accent")
        elif first == 1:
            marks.beside(canvas, taken, x, y, name, diameter, True, size="small", weight="bold")
        elif first == 2 and most:
            most -= marks.beside(canvas, taken, x, y, name, diameter, size="small", colour="muted")


def _naming(row: pd.Series, chosen: bool, marked: bool) -> tuple[int, float]:
    """In which order points get their names: the chosen, the highlighted, then those that differ most."""
    differs = row.get("verdict") in {"over", "under"}
    difference = row.get("difference", 0.0)
    return 0 if chosen else 1 if marked else 2 if differs else 3, -abs(difference) if pd.notna(
        difference
    ) else 0.0


# Small multiples: a panel a region, every municipality a point on one common axis.

_LEAST_PANEL = 26  # mm
_GAP = 4.0


def _explained(rows: pd.DataFrame) -> str:
    """What a note says of the dots, and of the bars where there are any."""
    summed = row_of.level(rows).isin(["region", "municipality_group"]) & row_of.is_shown(rows)
    bars = " Fed streg: regionens eget skøn med 95 pct. sikkerhedsinterval." if summed.any() else ""
    return f"Hver prik er en kommune; navn på dem der skiller sig ud.{bars}"


@kind("Prikdiagrammer pr. region", explains=_explained)
def small_multiples(
    canvas: Canvas, figure: Figure, *, by: str = "region", reference_label: str = "Hele landet"
) -> None:
    """Draw the municipalities of each region (or other group) as ranked points, with the region's own.

    Parameters
    ----------
    table : rows of ``place``, ``place_level``, `by`, ``estimate``, ``low``, ``high``, ``n``: municipalities,
        the rows of level `by`, and the country for the dashed line.
    by : column of the panels, and the level of the rows that sum them up.
    """
    rows = figure.table.frame
    single = rows[~row_of.level(rows).isin(row_of.AGGREGATES)]
    titles = sorted(single[by].dropna().unique(), key=danish.sort_key)
    marks.chosen_without_point(canvas, single, figure.place)
    wide = canvas.right - canvas.left
    across = max(1, min(len(titles), int((wide + _GAP) / (_LEAST_PANEL + _GAP))))
    width = (wide - _GAP * (across - 1)) / across
    drawn = rows[row_of.is_shown(rows)]
    scale = axes.fit(drawn["estimate"], shares=figure.unit == "pct.", pad=0.06)
    _reference_name(canvas, figure, reference_label)
    for first in range(0, len(titles), across):
        top, lowest = canvas.y, canvas.y
        line = titles[first : first + across]
        for index, title in enumerate(line):
            canvas.y = top
            left = canvas.left + index * (width + _GAP)
            _panel(canvas, figure, title, axes.Axis(*scale, left + 1, left + width - 1))
            lowest = max(lowest, canvas.y)
        canvas.y = lowest + (2.5 if first + across < len(titles) else 0)
    marks.others_without_point(canvas, single, figure.place)


def _reference_name(canvas: Canvas, figure: Figure, reference: str) -> None:
    """Name the dashed line once, above the panels, beside a piece of it; and the mark of a chosen group."""
    country = row_of.country(figure.table.frame)
    named = country is not None and reference
    text = f"{reference} {figure.cell('estimate', country)}" if named else ""
    used = canvas.measure(figure.value_label, "small") + 12 + canvas.measure(text, "small")
    marks.key_of_members(canvas, figure.table.frame, figure.place, used)
    middle = canvas.y + canvas.line_height("small") / 2
    canvas.middle_text(canvas.left, middle, figure.value_label, size="small", colour="muted")
    if named:
        x = canvas.left + canvas.measure(figure.value_label, "small") + 5
        if x + 8 + canvas.measure(text, "small") > canvas.right:
            x, middle = canvas.left, middle + canvas.line_height("small")
            canvas.y += canvas.line_height("small")
        canvas.line([x, x + 6], [middle, middle], "ink", 0.8, linestyle=(0, (3, 2)))
        canvas.middle_text(x + 7, middle, text, size="small")
    canvas.y += 1.6 * canvas.line_height("small")


def _panel(canvas: Canvas, figure: Figure, title: str, axis: axes.Axis) -> None:
    rows = figure.table.frame
    levels = row_of.level(rows)
    own = rows[rows[figure.options["by"]].eq(title) & ~levels.isin(row_of.AGGREGATES) & row_of.is_shown(rows)]
    total = rows[levels.eq(figure.options["by"]) & rows["place"].eq(title) & row_of.is_shown(rows)]
    _panel_title(canvas, figure, title, total, axis)
    step = max(1.35, 0.4 * canvas.row)
    top, bottom = canvas.y, canvas.y + (len(own) + 1) * step + (0.8 * canvas.row if len(total) else 0)
    if figure.synthetic:
        watermark(canvas, axis.start, top, axis.end - axis.start, min(bottom - top, 50))
    axes.grid_below(canvas, axis, top, bottom, figure.unit == "pct.")
    country = row_of.country(rows)
    if country is not None and figure.options["reference_label"]:
        canvas.line([axis.at(country["estimate"])] * 2, [top, bottom], "ink", 0.8, linestyle=(0, (3, 2)))
    if not total.empty:
        _total(canvas, axis, total.iloc[0], bottom - 0.5 * canvas.row, figure.place)
    _multiples_points(canvas, figure, row_of.ranked(own), axis, top, step, bottom)


def _panel_title(canvas, figure, title, total, axis) -> None:
    chosen = title == figure.place
    canvas.lines(
        axis.start - 1, [title], "body", "bold" if chosen else "semibold", "accent" if chosen else "ink"
    )
    summed = (
        f"{figure.cell('estimate', total.iloc[0])} (n\u00a0=\u00a0{danish.number(total.iloc[0]['n'])})"
        if len(total)
        else ""
    )
    canvas.lines(axis.start - 1, [summed], "small", colour="muted")
    canvas.y += 0.2 * canvas.line_height("small")


def _total(canvas, axis, row, middle, place) -> None:
    colour = "accent" if row["place"] == place else "ink"
    if pd.notna(row["low"]):
        canvas.line([axis.at(row["low"]), axis.at(row["high"])], [middle, middle], colour, 2.4, order=3)
    x = axis.at(row["estimate"])
    canvas.line([x, x], [middle - 0.35 * canvas.row, middle + 0.35 * canvas.row], colour, 1.4, order=4)


def _multiples_points(
    canvas, figure, own: pd.DataFrame, axis: axes.Axis, top: float, step: float, bottom: float
) -> None:
    taken = Taken((axis.start - 1, top, axis.end + 1, bottom))
    size = min(1.25 * step, 0.4 * canvas.line_height("body"))
    chosen, members, named = None, row_of.members(own, figure.place), []
    for index, (label, row) in enumerate(own.iterrows()):
        x, y = axis.at(row["estimate"]), top + (index + 1) * step
        taken.boxes.append((x - size / 2, y - size / 2, x + size / 2, y + size / 2))
        canvas.anchors.append((row, x, y))
        marked = row["place"] in figure.highlight
        named.append((_naming(row, row["place"] == figure.place, marked), row["place"], x, y))
        if row["place"] == figure.place:
            chosen = (x, y, row_of.is_uncertain(row))
            continue
        shade = "ink" if marked else "calm"
        look = (marks.MEMBER * size, "accent") if members[label] else (size, shade)
        canvas.dot(x, y, *look, row_of.is_uncertain(row))
    if chosen:
        canvas.dot(*chosen[:2], 1.6 * size, "accent", chosen[2], order=4.5)
        marks.beside(
            canvas, taken, *chosen[:2], figure.place, size, True, size="small", weight="bold", colour="accent"
        )
    for (first, _), name, x, y in sorted(named):
        if 0 < first < 3:
            marks.beside(canvas, taken, x, y, name, 0.8 * size, first == 1, size="small", colour="muted")
