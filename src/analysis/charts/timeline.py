"""Time line: published figures of several sources, each with its own mark, joined only within a source."""

from collections.abc import Mapping

import pandas as pd

from analysis import danish
from analysis.charts import canvas as axes
from analysis.charts import captions, marks
from analysis.charts import marks as row_of
from analysis.charts.canvas import Canvas
from analysis.charts.figure import Figure
from analysis.charts.kind import kind
from analysis.charts.marks import Taken
from analysis.charts.sheet import watermark
from analysis.disclosure import ProtectedTable

_SHAPES = ("o", "s", "D", "^")
_MARK = 1.2  # mm, half a mark with its rim
_STRIP_GAP = 4.0  # mm between the years and the bands beside them


def _check(rows: pd.DataFrame, options: Mapping) -> None:
    names = options["series_labels"]
    unnamed = sorted(set(rows[options["series"]]) - set(names))
    if unnamed:
        raise ValueError(
            f"`series_labels` must name every series, but {len(unnamed)} have no name (first:"
            f" {unnamed[0]!r}). Name it with what it counts."
        )
    if len(names) > len(_SHAPES):
        raise ValueError(
            f"A time line must have at most {len(_SHAPES)} series, but has {len(names)}. Draw two figures."
        )


def _columns(rows: pd.DataFrame, unit: str, options: Mapping) -> dict[str, str]:
    return {"year": "År", options["series"]: "Kilde", "estimate": (unit or "værdi").capitalize()}


def _describe(shows, headline, table: ProtectedTable, place, unit, decimals, options: Mapping) -> str:
    shown = table.frame[row_of.is_shown(table.frame)].sort_values("year")
    points = [
        f"{row['year']}: {captions.quantity(row['estimate'], unit, decimals)}" for _, row in shown.iterrows()
    ]
    return captions.alt_text(shows, headline, [", ".join(points)], [], table.synthetic)


@kind(
    "Tidslinje",
    columns=_columns,
    words=lambda rows, options: {options["series"]: dict(options["series_labels"])},
    check=_check,
    describe=_describe,
    uncertain="",
    decimals=0,
)
def timeline(
    canvas: Canvas,
    figure: Figure,
    *,
    series_labels: Mapping[str, str],
    series: str = "series",
    ranges: ProtectedTable | None = None,
    range_label: str = "",
) -> None:
    """Draw figures over years from an axis at 0; points are joined within a series, never between sources.

    Parameters
    ----------
    table : one row a year and series: ``year``, `series` (a code), ``estimate``; ``low``, ``high`` if known.
    series_labels : code -> Danish name of the source with what it counts and who answered; at most four.
    ranges : rows of ``first_year``, ``last_year``, ``low``, ``high``: bands, as a recommended caseload. Where some
        have no year, all of them stand in their order beside the years, under their ``label``.
    range_label : Danish name of the bands.

    Raises
    ------
    ValueError
        If a series has no name, or there are more series than marks.
    """
    rows, bands = figure.table.frame, None if ranges is None else ranges.frame
    shown = rows[row_of.is_shown(rows)].sort_values("year")
    canvas.lines(canvas.left, [figure.value_label], "small", colour="muted")
    across, upright = _axes(canvas, figure, bands, shown)
    if figure.synthetic:
        watermark(canvas, across.start, upright.end, across.end - across.start, upright.start - upright.end)
    taken = Taken((across.start, upright.end - 2, across.end, upright.start))
    _ranges(canvas, bands, across, upright)
    for index, code in enumerate(series_labels):
        own = shown[shown[series].eq(code)]
        xs = [across.at(year) for year in own["year"]]
        ys = [upright.at(value) for value in own["estimate"]]
        _series(canvas, own, xs, ys, upright, index)
        taken.boxes += [(x - _MARK, y - _MARK, x + _MARK, y + _MARK) for x, y in zip(xs, ys, strict=True)]
        taken.boxes += [(x - 1, upright.end, x + 1, upright.start) for x in _with_range(own, xs)]
    _values(canvas, figure, shown, across, upright, taken)
    _years(canvas, shown, across, upright.start)
    _key(canvas, series_labels, range_label if bands is not None else "")


def _axes(
    canvas: Canvas, figure: Figure, bands: pd.DataFrame | None, shown: pd.DataFrame
) -> tuple[axes.Axis, axes.Axis]:
    bounds = [shown[column] for column in ("estimate", "high") if column in shown]
    years = [*shown["year"]]
    if bands is not None:
        bounds.append(bands["high"])
        years += [*bands["first_year"].dropna(), *bands["last_year"].dropna()]
    _, high = axes.fit(pd.concat(bounds), from_zero=True, shares=figure.unit == "pct.", pad=0.18)
    height = canvas.plot_height(0.3 * (canvas.right - canvas.left) + 22)
    top = canvas.y + 0.3 * canvas.line_height("small")
    upright = axes.Axis(0.0, high, top + height, top)
    wide = axes.grid_across(canvas, upright, canvas.left, canvas.right, figure.unit == "pct.")
    room = max(0.06 * (max(years) - min(years)), 0.5)
    end = canvas.right - _strip_width(canvas, bands)
    return axes.Axis(min(years) - room, max(years) + room, canvas.left + wide, end), upright


def _strip_width(canvas: Canvas, bands: pd.DataFrame | None) -> float:
    """Return the room beside the years for bands of which some have none [mm]."""
    if bands is None or bands["first_year"].notna().all():
        return 0.0
    return _STRIP_GAP + len(bands) * (canvas.widest(list(bands["label"]), "small") + 2)


def _ranges(canvas: Canvas, bands: pd.DataFrame | None, across: axes.Axis, upright: axes.Axis) -> None:
    if bands is None:
        return
    for _, band in bands[bands["first_year"].notna()].iterrows():
        _band(canvas, band, across.at(band["first_year"]), across.at(band["last_year"]), upright)
    strip = _strip_width(canvas, bands)
    if not strip:
        return
    width, baseline = (strip - _STRIP_GAP) / len(bands), upright.start + canvas.line_height("small")
    for index, (_, band) in enumerate(bands.iterrows()):
        left = across.end + _STRIP_GAP + index * width
        _band(canvas, band, left + 0.8, left + width - 0.8, upright)
        canvas.text(left + width / 2, baseline, band["label"], "small", colour="muted", align="center")


def _band(canvas: Canvas, band: pd.Series, left: float, right: float, upright: axes.Axis) -> None:
    top, bottom = upright.at(band["high"]), upright.at(band["low"])
    canvas.rectangle(left, top, right - left, bottom - top, canvas.colour("grid"), order=1.1)
    for y in (top, bottom):
        canvas.line([left, right], [y, y], "rule", 0.7, order=1.3)
    text = danish.interval(band["low"], band["high"], 0)
    if canvas.measure(text, "small") < right - left:
        middle = bottom - 0.65 * canvas.line_height("small")
        canvas.middle_text((left + right) / 2, middle, text, size="small", colour="muted", align="center")


def _series(canvas: Canvas, own: pd.DataFrame, xs: list, ys: list, upright: axes.Axis, index: int) -> None:
    colour = canvas.style.colour("series")[index]
    if len(set(xs)) > 1:
        canvas.line(xs, ys, colour, 1.4, order=3)
    if {"low", "high"} <= set(own):
        for x, low, high in zip(xs, own["low"], own["high"], strict=True):
            if pd.notna(low):
                canvas.line([x, x], [upright.at(low), upright.at(high)], colour, 1.6, order=3)
                for end in (low, high):
                    canvas.line([x - 1, x + 1], [upright.at(end)] * 2, colour, 1.6, order=3)
    for x, y in zip(xs, ys, strict=True):
        _shape(canvas, x, y, index)


def _with_range(own: pd.DataFrame, xs: list) -> list:
    """Return where a range is drawn, so that no value is written on its line [mm]."""
    return [x for x, low in zip(xs, own["low"], strict=True) if pd.notna(low)] if "low" in own else []


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
    distance = max(0.3 * canvas.line_height("body"), _MARK + 0.05)
    for _, row in shown.iterrows():
        x, y = across.at(row["year"]), upright.at(row["estimate"])
        canvas.anchors.append((row, x, y))
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


def _key(canvas: Canvas, series_labels: Mapping[str, str], range_label: str) -> None:
    """Name each source, with what it counts, on lines of its own: the sources are not to be read as one."""
    indent = 1.9 * canvas.cap_height("small")
    names = [*series_labels.values(), *([range_label] if range_label else [])]
    for index, text in enumerate(names):
        middle = canvas.y + canvas.line_height("small") / 2
        if index < len(series_labels):
            _shape(canvas, canvas.left + 0.45 * indent, middle, index)
        else:
            side = canvas.cap_height("small")
            canvas.rectangle(canvas.left, middle - side / 2, 1.3 * side, side, "grid", "rule", 0.5, order=3)
        wrapped = canvas.wrap(text, canvas.right - canvas.left - indent, "small")
        canvas.lines(canvas.left + indent, wrapped, "small")
        canvas.y += 0.15 * canvas.line_height("small")
