"""Time line: published figures of several sources, each with its own mark, joined only within a source."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import pandas as pd

from analysis import danish
from analysis.charts import canvas as axes
from analysis.charts import captions, marks
from analysis.charts import marks as row_of
from analysis.charts.canvas import Canvas
from analysis.charts.captions import with_explanations
from analysis.charts.figure import Figure
from analysis.charts.marks import Taken
from analysis.charts.sheet import sheet, watermark
from analysis.disclosure import ProtectedTable, require_protected

_SHAPES = ("o", "s", "D", "^")


@dataclass(frozen=True)
class _Series:
    """The column of the series with their Danish names in order, and the ranges drawn behind them."""

    column: str
    names: Mapping[str, str]
    ranges: pd.DataFrame | None
    range_label: str
    value_label: str


def timeline(
    table: ProtectedTable,
    *,
    place: str,
    name: str,
    headline: str,
    description: str,
    note: str,
    source: str,
    series_labels: Mapping[str, str],
    series: str = "series",
    ranges: ProtectedTable | None = None,
    range_label: str = "",
    unit: str = "",
    decimals: int = 0,
    value_label: str | None = None,
    columns: Mapping[str, str] | None = None,
    alt: str | None = None,
) -> Figure:
    """Draw figures over years from an axis at 0; points are joined within a series, never between sources.

    Parameters
    ----------
    table : one row a year and series: ``year``, `series` (a code), ``estimate``; ``low``, ``high`` if known.
    series_labels : code -> Danish name of the source with what it counts and who answered; at most four.
    ranges : rows of ``first_year``, ``last_year``, ``low``, ``high``: bands, as a recommended caseload.
    range_label : Danish name of the bands.

    Raises
    ------
    TypeError
        If a table has not been through the disclosure gate.
    ValueError
        If a series has no name, or there are more series than marks.
    """
    require_protected(table)
    _check(table.frame, series, series_labels)
    banded = require_protected(ranges).frame if ranges is not None else None
    label = value_label or (unit or "værdi").capitalize()
    shown = table.frame[row_of.is_shown(table.frame)].sort_values("year")
    points = [
        f"{row['year']}: {captions.quantity(row['estimate'], unit, decimals)}" for _, row in shown.iterrows()
    ]
    return Figure(
        name=name,
        table=table,
        place=place,
        headline=headline,
        description=description,
        note=with_explanations(note, table, uncertain_mark=""),
        source=source,
        alt=alt or captions.alt_text("Tidslinje", headline, [", ".join(points)], [], table.synthetic),
        columns=columns or {"year": "År", series: "Kilde", "estimate": label},
        draw=sheet(partial(_body, _Series(series, dict(series_labels), banded, range_label, label))),
        unit=unit,
        decimals=decimals,
        texts={series: dict(series_labels)},
    )


def _check(rows: pd.DataFrame, series: str, names: Mapping[str, str]) -> None:
    unnamed = sorted(set(rows[series]) - set(names))
    if unnamed:
        raise ValueError(
            f"`series_labels` must name every series, but {len(unnamed)} have no name (first:"
            f" {unnamed[0]!r}). Name it with what it counts."
        )
    if len(names) > len(_SHAPES):
        raise ValueError(
            f"A time line must have at most {len(_SHAPES)} series, but has {len(names)}. Draw two figures."
        )


def _body(lines: _Series, canvas: Canvas, figure: Figure) -> None:
    rows = figure.table.frame
    shown = rows[row_of.is_shown(rows)].sort_values("year")
    canvas.lines(canvas.left, [lines.value_label], "small", colour="muted")
    across, upright = _axes(canvas, figure, lines, shown)
    if figure.synthetic:
        watermark(canvas, across.start, upright.end, across.end - across.start, upright.start - upright.end)
    taken = Taken((across.start, upright.end - 2, canvas.right, upright.start))
    _ranges(canvas, lines, across, upright)
    for index, code in enumerate(lines.names):
        own = shown[shown[lines.column].eq(code)]
        xs = [across.at(year) for year in own["year"]]
        ys = [upright.at(value) for value in own["estimate"]]
        _series(canvas, own, xs, ys, upright, index)
        taken.boxes += [(x - 1.2, y - 1.2, x + 1.2, y + 1.2) for x, y in zip(xs, ys, strict=True)]
    _values(canvas, figure, shown, across, upright, taken)
    _years(canvas, shown, across, upright.start)
    _key(canvas, lines)


def _axes(canvas: Canvas, figure: Figure, lines: _Series, shown: pd.DataFrame) -> tuple[axes.Axis, axes.Axis]:
    bounds = [shown[column] for column in ("estimate", "high") if column in shown]
    years = [*shown["year"]]
    if lines.ranges is not None:
        bounds.append(lines.ranges["high"])
        years += [*lines.ranges["first_year"], *lines.ranges["last_year"]]
    _, high = axes.fit(pd.concat(bounds), from_zero=True, shares=figure.unit == "pct.", pad=0.18)
    height = canvas.plot_height(0.3 * (canvas.right - canvas.left) + 22)
    top = canvas.y + 0.3 * canvas.line_height("small")
    upright = axes.Axis(0.0, high, top + height, top)
    wide = axes.grid_across(canvas, upright, canvas.left, canvas.right, figure.unit == "pct.")
    room = max(0.06 * (max(years) - min(years)), 0.5)
    return axes.Axis(min(years) - room, max(years) + room, canvas.left + wide, canvas.right), upright


def _ranges(canvas: Canvas, lines: _Series, across: axes.Axis, upright: axes.Axis) -> None:
    if lines.ranges is None:
        return
    for _, band in lines.ranges.iterrows():
        left, right = across.at(band["first_year"]), across.at(band["last_year"])
        top, bottom = upright.at(band["high"]), upright.at(band["low"])
        canvas.rectangle(left, top, right - left, bottom - top, canvas.colour("grid"), order=1.1)
        for y in (top, bottom):
            canvas.line([left, right], [y, y], "rule", 0.7, order=1.3)
        text = danish.interval(band["low"], band["high"], 0)
        if canvas.measure(text, "small") + 1 < right - left:
            canvas.middle_text(
                (left + right) / 2,
                bottom - 0.65 * canvas.line_height("small"),
                text,
                size="small",
                colour="muted",
                align="center",
            )


def _series(canvas: Canvas, own: pd.DataFrame, xs: list, ys: list, upright: axes.Axis, index: int) -> None:
    colour = canvas.style.colour("series")[index]
    if len(set(xs)) > 1:
        canvas.line(xs, ys, colour, 1.4, order=3)
    if {"low", "high"} <= set(own):
        for x, low, high in zip(xs, own["low"], own["high"], strict=True):
            if pd.notna(low):
                canvas.line([x, x], [upright.at(low), upright.at(high)], colour, 1.6, order=3)
    for x, y in zip(xs, ys, strict=True):
        _shape(canvas, x, y, index)


def _shape(canvas: Canvas, x: float, y: float, index: int) -> None:
    size = 0.62 * canvas.points("body")
    canvas.line(
        [x],
        [y],
        canvas.style.colour("series")[index],
        0,
        order=4,
        marker=_SHAPES[index],
        markersize=size,
        markeredgecolor=canvas.colour("paper"),
        markeredgewidth=0.6,
    )


def _values(canvas, figure, shown: pd.DataFrame, across: axes.Axis, upright: axes.Axis, taken: Taken) -> None:
    distance = 0.3 * canvas.line_height("body")
    for _, row in shown.iterrows():
        x, y = across.at(row["year"]), upright.at(row["estimate"])
        text = figure.cell("estimate", row)
        marks.beside(canvas, taken, x, y, text, distance, True, True, weight="semibold")


def _years(canvas: Canvas, shown: pd.DataFrame, across: axes.Axis, bottom: float) -> None:
    """Write the years that have a figure, as many as there is room for."""
    baseline, last = bottom + canvas.line_height("small"), -1e9
    canvas.line([across.start, across.end], [bottom, bottom], "rule", 0.7)
    for year in sorted(set(shown["year"])):
        x, half = across.at(year), canvas.measure(str(year), "small") / 2
        if x - half > last + 1.5:
            canvas.text(x, baseline, str(int(year)), "small", colour="muted", align="center")
            last = x + half
    canvas.y = baseline + 0.7 * canvas.line_height("small")


def _key(canvas: Canvas, lines: _Series) -> None:
    """Name each source, with what it counts, on lines of its own: the sources are not to be read as one."""
    indent = 1.9 * canvas.cap_height("small")
    names = list(lines.names.values()) + ([lines.range_label] if lines.ranges is not None else [])
    for index, text in enumerate(names):
        middle = canvas.y + canvas.line_height("small") / 2
        if index < len(lines.names):
            _shape(canvas, canvas.left + 0.45 * indent, middle, index)
        else:
            side = canvas.cap_height("small")
            canvas.rectangle(canvas.left, middle - side / 2, 1.3 * side, side, "grid", "rule", 0.5, order=3)
        wrapped = canvas.wrap(text, canvas.right - canvas.left - indent, "small")
        canvas.lines(canvas.left + indent, wrapped, "small")
        canvas.y += 0.15 * canvas.line_height("small")
