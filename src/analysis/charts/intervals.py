"""Ranked rows with intervals: the municipality among others, the country as a line."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import pandas as pd

from analysis import alt_text, danish
from analysis.charts import axis as axes
from analysis.charts import rows as row_of
from analysis.charts.canvas import Canvas
from analysis.charts.notes import with_explanations
from analysis.charts.sheet import sheet, watermark
from analysis.disclosure import ProtectedTable, require_protected
from analysis.figure import Figure

_LEAST_PLOT = 26  # mm: panels stand side by side only where each has this much


@dataclass(frozen=True)
class _Look:
    """How the body is laid out: the panel column with its Danish titles, the headings and the order."""

    panel: str | None
    panel_labels: Mapping[str, str]
    value_label: str
    order: str
    reference_label: str


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
    reference_label: str | None = None,
    order: str = "estimate",
    columns: Mapping[str, str] | None = None,
    alt: str | None = None,
) -> Figure:
    """Draw ranked estimates with intervals, the chosen place picked out, the country as a dashed line.

    Parameters
    ----------
    table : rows of ``place``, ``estimate``, ``low``, ``high``, ``n``, and ``place_level`` where groups,
        regions or the country are among them; these stand below the municipalities. One row a place and panel.
    unit : ``"pct."`` for shares [0-1], else the unit's Danish name in the plural (``"sager"``).
    value_label : heading of the column of values; the unit if not given.
    panel : column that splits the chart in panels with one axis in common (``"area"``).
    panel_labels : value of `panel` -> Danish title, in the order of the panels.
    reference_label : name of the dashed line; the country's own if not given, no line with ``""``.
    order : ``"estimate"`` from high to low, ``"shrunken"``, or ``"name"``.

    Raises
    ------
    TypeError
        If `table` has not been through the disclosure gate.
    ValueError
        If the headline claims a difference that the table does not hold.
    """
    require_protected(table)
    look = _Look(
        panel,
        _panel_labels(table.frame, panel, panel_labels),
        value_label or (unit or "værdi").capitalize(),
        order,
        "Hele landet" if reference_label is None else reference_label,
    )
    texts = {panel: dict(look.panel_labels)} if panel else {}
    return Figure(
        name=name,
        table=table,
        place=place,
        headline=headline,
        description=description,
        note=with_explanations(note, table),
        source=source,
        alt=alt
        or alt_text.for_estimates(
            "Prikdiagram med 95 pct. sikkerhedsintervaller",
            headline,
            table,
            place,
            unit,
            decimals,
            panel,
            look.panel_labels,
        ),
        columns=columns or _columns(look, unit),
        draw=sheet(partial(_body, look)),
        unit=unit,
        decimals=decimals,
        texts=texts,
    )


def _panel_labels(rows: pd.DataFrame, panel: str | None, labels: Mapping[str, str] | None) -> dict[str, str]:
    if panel is None:
        return {}
    found = [str(value) for value in rows[panel].dropna().unique()]
    labels = dict(labels or {value: value for value in found})
    absent = [value for value in found if value not in labels]
    if absent:
        raise ValueError(
            f"`panel_labels` must name each value of `{panel}`, but {len(absent)} of {len(found)} have no"
            f" name (first: {absent[0]!r}). Add it."
        )
    return {value: label for value, label in labels.items() if value in found}


def _columns(look: _Look, unit: str) -> dict[str, str]:
    measured = f" ({unit})" if unit else ""
    first = {"place": "Sted"} | ({look.panel: "Område"} if look.panel else {})
    return first | {
        "estimate": f"Skøn{measured}",
        "low": "Nedre grænse",
        "high": "Øvre grænse",
        "n": "Antal svar",
    }


def _body(look: _Look, canvas: Canvas, figure: Figure) -> None:
    rows = figure.table.frame
    scale = axes.fit(
        pd.concat([rows[column] for column in ("estimate", "low", "high")]), shares=figure.unit == "pct."
    )
    panels = list(look.panel_labels) or [None]
    names = canvas.widest(list(rows["place"]), weight="semibold") + 2.5
    beside = (canvas.right - canvas.left - names) / len(panels) - _numbers_width(canvas, look, figure)
    if len(panels) > 1 and beside >= _LEAST_PLOT:
        _beside(canvas, figure, look, scale, names)
        return
    for panel in panels:
        own = rows if panel is None else rows[rows[look.panel] == panel]
        if panel is not None:
            _panel_title(canvas, look.panel_labels[panel], canvas.left)
        _panel(
            canvas, figure, look, _ordered(own, look), scale, (canvas.left, canvas.left + names, canvas.right)
        )
        canvas.y += 0.6 * canvas.row if panel != panels[-1] else 0


def _beside(canvas: Canvas, figure: Figure, look: _Look, scale: tuple[float, float], names: float) -> None:
    """Draw panels side by side with the names once; the order is the first panel's."""
    rows = figure.table.frame
    gap = 4.0
    width = (canvas.right - canvas.left - names - gap * (len(look.panel_labels) - 1)) / len(look.panel_labels)
    order = _ordered(rows[rows[look.panel] == next(iter(look.panel_labels))], look)
    top = canvas.y
    for index, (value, label) in enumerate(look.panel_labels.items()):
        canvas.y = top
        start = canvas.left + names + index * (width + gap)
        _panel_title(canvas, label, start)
        own = rows[rows[look.panel] == value].set_index("place", drop=False).reindex(order["place"])
        own = own.assign(place=order["place"].to_numpy(), status=own["status"].fillna("missing"))
        if "place_level" in own:
            own["place_level"] = order["place_level"].to_numpy()
        left = canvas.left if index == 0 else None
        _panel(canvas, figure, look, own.reset_index(drop=True), scale, (left, start, start + width))


def _panel_title(canvas: Canvas, label: str, left: float) -> None:
    canvas.lines(left, [label], "body", "semibold")
    canvas.y += 0.2 * canvas.row


def _ordered(rows: pd.DataFrame, look: _Look) -> pd.DataFrame:
    single = rows[~row_of.level(rows).isin(row_of.AGGREGATES)]
    ranked = row_of.ranked(single, None if look.order == "name" else look.order)
    return pd.concat([ranked, row_of.aggregates(rows)]) if len(single) < len(rows) else ranked


def _value(figure: Figure, row: pd.Series) -> str:
    return figure.cell("estimate", row)


def _numbers_width(canvas: Canvas, look: _Look, figure: Figure) -> float:
    return sum(_number_columns(canvas, look, figure)) + 2.0


def _number_columns(canvas: Canvas, look: _Look, figure: Figure) -> tuple[float, float]:
    """Return the widths of the columns of values and of n [mm]."""
    shown = figure.table.frame[row_of.is_shown(figure.table.frame)]
    values = canvas.widest([_value(figure, row) for _, row in shown.iterrows()], weight="bold")
    counts = canvas.widest([danish.number(n) for n in shown["n"]], "small")
    return max(values, canvas.measure(look.value_label, "small")), max(
        counts, canvas.measure("n", "small")
    ) + 2.2


def _panel(
    canvas: Canvas,
    figure: Figure,
    look: _Look,
    rows: pd.DataFrame,
    scale: tuple[float, float],
    edges: tuple[float | None, float, float],
) -> None:
    left, start, right = edges
    value_width, n_width = _number_columns(canvas, look, figure)
    axis = axes.Axis(*scale, start + 1, right - value_width - n_width - 2.0)
    reference = row_of.country(rows) if look.reference_label else None
    _headings(canvas, figure, look, axis, reference, (right - n_width, right))
    top = canvas.y
    levels = row_of.level(rows).to_numpy()
    middles = []
    for index in range(len(rows)):
        if index and (levels[index] in row_of.AGGREGATES) != (levels[index - 1] in row_of.AGGREGATES):
            canvas.y += 0.45 * canvas.row
        middles.append(canvas.y + canvas.row / 2)
        canvas.y += canvas.row
    bottom = canvas.y
    for (_, row), middle in zip(rows.iterrows(), middles, strict=True):
        _row(canvas, figure, row, axis, middle, (left, right - n_width, right))
    if reference is not None:
        x = axis.at(reference["estimate"])
        canvas.line([x, x], [top - 0.15 * canvas.row, bottom], "ink", 0.9, order=2, linestyle=(0, (3, 2)))
    if figure.synthetic:
        watermark(canvas, axis.start, top, axis.end - axis.start, bottom - top)
    axes.grid_below(canvas, axis, top, bottom, figure.unit == "pct.")


def _headings(
    canvas: Canvas,
    figure: Figure,
    look: _Look,
    axis: axes.Axis,
    reference: pd.Series | None,
    ends: tuple[float, float],
) -> None:
    """Name the dashed line where it stands, and the columns of numbers."""
    headings = [look.value_label, "n"]
    if reference is not None:
        label = f"{look.reference_label} {_value(figure, reference)}"
        half = canvas.measure(label, "small") / 2
        limit = ends[0] - canvas.measure(look.value_label, "small") - 1.5
        x = max(axis.start + half, axis.at(reference["estimate"]))
        if x + half > limit:
            x = min(x, ends[1] - half)
            canvas.lines(x, [label], "small", align="center") if limit - half < axis.start else None
            x = limit - half if limit - half >= axis.start else None
        if x is not None:
            canvas.text(x, canvas.y + canvas.line_height("small") * 0.75, label, "small", align="center")
    for end, heading in zip(ends, headings, strict=True):
        canvas.text(
            end, canvas.y + canvas.line_height("small") * 0.75, heading, "small", "regular", "muted", "right"
        )
    canvas.y += canvas.line_height("small") * 1.15


def _row(
    canvas: Canvas,
    figure: Figure,
    row: pd.Series,
    axis: axes.Axis,
    middle: float,
    edges: tuple[float | None, float, float],
) -> None:
    left, value_end, n_end = edges
    chosen = row["place"] == figure.place
    aggregate = row.get("place_level") in row_of.AGGREGATES
    weight = "bold" if chosen else "semibold" if aggregate else "regular"
    colour = "accent" if chosen else "ink"
    if chosen:
        row_of.band(canvas, middle, canvas.row, left=None if left is not None else axis.start - 1.5)
    if left is not None:
        canvas.middle_text(left, middle, row["place"], weight=weight, colour=colour)
    if row["status"] != "shown":
        row_of.status_mark(canvas, n_end, middle, row["status"], "band" if chosen else "paper", "right")
        return
    canvas.middle_text(value_end, middle, _value(figure, row), weight=weight, colour=colour, align="right")
    canvas.middle_text(n_end, middle, danish.number(row["n"]), size="small", colour="muted", align="right")
    mark(canvas, axis, row, middle, "accent" if chosen else "ink" if aggregate else "calm", chosen)


def mark(canvas: Canvas, axis: axes.Axis, row: pd.Series, middle: float, colour: str, chosen: bool) -> None:
    """Draw one estimate with its interval; larger where chosen, hollow and thin where uncertain."""
    uncertain = row_of.is_uncertain(row)
    thick = (2.6 if chosen else 1.5) * (0.6 if uncertain else 1)
    if pd.notna(row["low"]):
        canvas.line([axis.at(row["low"]), axis.at(row["high"])], [middle, middle], colour, thick, order=3)
    canvas.dot(axis.at(row["estimate"]), middle, canvas.row * (0.52 if chosen else 0.4), colour, uncertain)
