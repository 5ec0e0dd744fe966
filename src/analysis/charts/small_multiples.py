"""Small multiples: a panel a region, every municipality a point on one common axis."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import pandas as pd

from analysis import alt_text, danish
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

_LEAST_PANEL = 26  # mm
_GAP = 4.0


@dataclass(frozen=True)
class _Split:
    """The column that splits the municipalities, the country's name, and what is measured."""

    by: str
    reference: str
    value_label: str


def small_multiples(
    table: ProtectedTable,
    *,
    place: str,
    name: str,
    headline: str,
    description: str,
    note: str,
    source: str,
    by: str = "region",
    unit: str = "",
    decimals: int = 1,
    value_label: str | None = None,
    reference_label: str = "Hele landet",
    columns: Mapping[str, str] | None = None,
    alt: str | None = None,
) -> Figure:
    """Draw the municipalities of each region (or other group) as ranked points, with the region's own.

    Parameters
    ----------
    table : rows of ``place``, ``place_level``, `by`, ``estimate``, ``low``, ``high``, ``n``: municipalities,
        the rows of level `by`, and the country for the dashed line.
    by : column of the panels, and the level of the rows that sum them up.

    Raises
    ------
    TypeError
        If `table` has not been through the disclosure gate.
    """
    require_protected(table)
    split = _Split(by, reference_label, value_label or (unit or "værdi").capitalize())
    shows = "Prikdiagrammer pr. region"
    return Figure(
        name=name,
        table=table,
        place=place,
        headline=headline,
        description=description,
        note=with_explanations(
            f"{note} Hver prik er en kommune. Fed streg: panelets eget skøn med 95 pct. sikkerhedsinterval.",
            table,
        ),
        source=source,
        alt=alt or alt_text.for_estimates(shows, headline, table, place, unit, decimals),
        columns=columns or estimate_columns(None, unit),
        draw=sheet(partial(_body, split)),
        unit=unit,
        decimals=decimals,
    )


def _body(split: _Split, canvas: Canvas, figure: Figure) -> None:
    rows = figure.table.frame
    single = rows[~row_of.level(rows).isin(row_of.AGGREGATES)]
    titles = sorted(single[split.by].dropna().unique(), key=danish.sort_key)
    labels.chosen_without_point(canvas, single, figure.place)
    wide = canvas.right - canvas.left
    across = max(1, min(len(titles), int((wide + _GAP) / (_LEAST_PANEL + _GAP))))
    width = (wide - _GAP * (across - 1)) / across
    drawn = rows[row_of.is_shown(rows)]
    scale = axes.fit(drawn["estimate"], shares=figure.unit == "pct.", pad=0.06)
    _reference_name(canvas, figure, split)
    for first in range(0, len(titles), across):
        top, lowest = canvas.y, canvas.y
        line = titles[first : first + across]
        most = max(int(single[split.by].eq(title).sum()) for title in line)
        for index, title in enumerate(line):
            canvas.y = top
            left = canvas.left + index * (width + _GAP)
            _panel(canvas, figure, split, title, axes.Axis(*scale, left + 1, left + width - 1), most)
            lowest = max(lowest, canvas.y)
        canvas.y = lowest + (2.5 if first + across < len(titles) else 0)
    labels.others_without_point(canvas, single, figure.place)


def _reference_name(canvas: Canvas, figure: Figure, split: _Split) -> None:
    """Name the dashed line once, above the panels, beside a piece of it; and the mark of a chosen group."""
    country = row_of.country(figure.table.frame)
    named = country is not None and split.reference
    text = f"{split.reference} {figure.cell('estimate', country)}" if named else ""
    used = canvas.measure(split.value_label, "small") + 12 + canvas.measure(text, "small")
    labels.key_of_members(canvas, figure.table.frame, figure.place, used)
    middle = canvas.y + canvas.line_height("small") / 2
    canvas.middle_text(canvas.left, middle, split.value_label, size="small", colour="muted")
    if named:
        x = canvas.left + canvas.measure(split.value_label, "small") + 5
        if x + 8 + canvas.measure(text, "small") > canvas.right:
            x, middle = canvas.left, middle + canvas.line_height("small")
            canvas.y += canvas.line_height("small")
        canvas.line([x, x + 6], [middle, middle], "ink", 0.8, linestyle=(0, (3, 2)))
        canvas.middle_text(x + 7, middle, text, size="small")
    canvas.y += 1.6 * canvas.line_height("small")


def _panel(canvas: Canvas, figure: Figure, split: _Split, title: str, axis: axes.Axis, most: int) -> None:
    rows = figure.table.frame
    levels = row_of.level(rows)
    own = rows[rows[split.by].eq(title) & ~levels.isin(row_of.AGGREGATES) & row_of.is_shown(rows)]
    total = rows[levels.eq(split.by) & rows["place"].eq(title) & row_of.is_shown(rows)]
    _panel_title(canvas, figure, title, total, axis)
    step = max(1.35, 0.4 * canvas.row)
    top, bottom = canvas.y, canvas.y + (most + 1) * step + 0.8 * canvas.row
    if figure.synthetic:
        watermark(canvas, axis.start, top, axis.end - axis.start, min(bottom - top, 50))
    axes.grid_below(canvas, axis, top, bottom, figure.unit == "pct.")
    country = row_of.country(rows)
    if country is not None and split.reference:
        canvas.line([axis.at(country["estimate"])] * 2, [top, bottom], "ink", 0.8, linestyle=(0, (3, 2)))
    if not total.empty:
        _total(canvas, axis, total.iloc[0], bottom - 0.5 * canvas.row, figure.place)
    _points(canvas, figure, row_of.ranked(own), axis, top, step, bottom)


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


def _points(
    canvas, figure, own: pd.DataFrame, axis: axes.Axis, top: float, step: float, bottom: float
) -> None:
    taken = Taken((axis.start - 1, top, axis.end + 1, bottom))
    size = min(1.25 * step, 0.4 * canvas.line_height("body"))
    chosen, members = None, row_of.members(own, figure.place)
    for index, (label, row) in enumerate(own.iterrows()):
        x, y = axis.at(row["estimate"]), top + (index + 1) * step
        taken.boxes.append((x - size / 2, y - size / 2, x + size / 2, y + size / 2))
        if row["place"] == figure.place:
            chosen = (x, y)
            continue
        look = (labels.MEMBER * size, "accent") if members[label] else (size, "calm")
        canvas.dot(x, y, *look, row_of.is_uncertain(row))
    if chosen:
        canvas.dot(*chosen, 1.6 * size, "accent", order=4.5)
        labels.beside(
            canvas, taken, *chosen, figure.place, size, True, size="small", weight="bold", colour="accent"
        )
