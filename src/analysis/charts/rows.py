"""Rows of a chart: their order, their names and how each status looks."""

import pandas as pd

from analysis import danish
from analysis.charts.canvas import Canvas
from analysis.charts.signs import status_box
from analysis.figure import STATUS_WORDS

AGGREGATES = ("municipality_group", "region", "country")


def is_shown(rows: pd.DataFrame) -> pd.Series:
    """Return which rows may be drawn."""
    return rows["status"].eq("shown")


def is_uncertain(row: pd.Series) -> bool:
    """Return whether a row's estimate is marked as uncertain."""
    return row.get("reliability") == "usikker"


def level(rows: pd.DataFrame) -> pd.Series:
    """Return each row's level; without the column every row is a municipality."""
    if "place_level" in rows:
        return rows["place_level"].astype("object")
    return pd.Series("municipality", index=rows.index)


def members(rows: pd.DataFrame, place: str) -> pd.Series:
    """Return which rows are municipalities of the chosen group; none where the chosen place is no group."""
    if "municipality_group" not in rows:
        return pd.Series(False, index=rows.index)
    return level(rows).eq("municipality") & rows["municipality_group"].eq(place).fillna(False).astype(bool)


def ranked(rows: pd.DataFrame, by: str | None = "estimate") -> pd.DataFrame:
    """Return rows from high to low, equal ones by name; those with nothing to show last, by name alone.

    A withheld row must not have a place in the order: it would tell between which values it lies.
    """
    keys = pd.DataFrame({"name": [danish.sort_key(name) for name in rows["place"]]}, index=rows.index)
    keys["hidden"] = ~is_shown(rows)
    keys["value"] = 0.0 if by is None else -pd.to_numeric(rows[by]).fillna(0).astype(float)
    return rows.loc[keys.sort_values(["hidden", "value", "name"]).index]


def aggregates(rows: pd.DataFrame) -> pd.DataFrame:
    """Return group, region and country rows, the country last."""
    levels = level(rows)
    chosen = rows[levels.isin(AGGREGATES)]
    return chosen.loc[
        sorted(chosen.index, key=lambda i: (AGGREGATES.index(levels[i]), danish.sort_key(rows["place"][i])))
    ]


def country(rows: pd.DataFrame) -> pd.Series | None:
    """Return the country's row, if it is among the rows and shown."""
    own = rows[level(rows).eq("country") & is_shown(rows)]
    return None if own.empty else own.iloc[0]


def band(
    canvas: Canvas, middle: float, height: float, left: float | None = None, right: float | None = None
) -> None:
    """Draw the pale band behind the chosen place, over the whole width if not told otherwise."""
    start = canvas.left - 0.4 * canvas.sizes.margin if left is None else left
    end = (canvas.right if right is None else right) + 0.4 * canvas.sizes.margin
    canvas.rectangle(start, middle - height / 2, end - start, height, "band", order=0.5)


def status_mark(
    canvas: Canvas, x: float, middle: float, status: str, ground: str = "paper", align: str = "left"
) -> None:
    """Write why there is no number, with a sign of its own for each status."""
    side = canvas.cap_height("small")
    word = STATUS_WORDS[status]
    needed = 2.4 * side + canvas.measure(word, "small")
    x = x - needed + 0.3 * side if align == "right" else x
    canvas.rectangle(x, middle - side, needed, 2 * side, ground, order=2.9)
    status_box(canvas, x + 0.95 * side, middle, status, 1.37 * side)
    canvas.middle_text(x + 2.1 * side, middle, word, size="small", colour="muted")
