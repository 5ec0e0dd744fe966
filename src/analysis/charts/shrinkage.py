"""Raw beside shrunken: how far a municipality's own answers carry."""

from collections.abc import Mapping
from functools import partial

import pandas as pd

from analysis import alt_text, danish
from analysis.charts import axis as axes
from analysis.charts import panels as panels_of
from analysis.charts.canvas import Canvas
from analysis.charts.notes import with_explanations
from analysis.charts.panels import Panels
from analysis.charts.row_chart import Numbers, RowChart
from analysis.charts.sheet import sheet
from analysis.disclosure import ProtectedTable, require_protected
from analysis.figure import Figure


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
        alt=alt or alt_text.for_estimates(shows, headline, table, place, unit, decimals),
        columns=columns
        or {
            "place": "Sted",
            "estimate": f"Egne svar{measured}",
            "shrunken": f"Udjævnet{measured}",
            "n": "Antal svar",
        },
        draw=sheet(partial(_body, reference_label)),
        unit=unit,
        decimals=decimals,
    )


def _body(reference: str, canvas: Canvas, figure: Figure) -> None:
    rows = figure.table.frame
    numbers = (
        Numbers("Egne", partial(figure.cell, "estimate"), quiet=True),
        Numbers("Udjævnet", partial(figure.cell, "shrunken")),
        Numbers("n", lambda row: danish.number(row["n"]), quiet=True),
    )
    scale = axes.fit(pd.concat([rows["estimate"], rows["shrunken"]]), shares=figure.unit == "pct.", pad=0.06)
    panels_of.draw(canvas, figure, RowChart(_mark, numbers, reference), Panels(None, {}), scale, "shrunken")


def _mark(canvas: Canvas, axis: axes.Axis, row: pd.Series, middle: float, colour: str, chosen: bool) -> None:
    raw = axis.at(row["estimate"])
    size = canvas.row * (0.5 if chosen else 0.4)
    if pd.isna(row["shrunken"]):
        canvas.dot(raw, middle, size, colour)
        return
    shrunken = axis.at(row["shrunken"])
    canvas.line([raw, shrunken], [middle, middle], colour, 1.6 if chosen else 0.9, order=3)
    canvas.dot(raw, middle, size * 0.85, colour, hollow=True)
    canvas.dot(shrunken, middle, size, colour, order=4.1)
