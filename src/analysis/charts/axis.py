"""A number line in millimetres: nice ticks in Danish, and the place of a value on the sheet."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from analysis import danish
from analysis.charts.canvas import Canvas

_STEPS = (1, 2, 5, 10)


@dataclass(frozen=True)
class Axis:
    """A linear scale from `low`..`high` in the table's unit to `start`..`end` [mm].

    Vertical axes have ``start`` below ``end`` on the sheet.
    """

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        """Return the place of a value on the sheet [mm]."""
        return self.start + (float(value) - self.low) / (self.high - self.low) * (self.end - self.start)

    def over(self, start: float, end: float) -> "Axis":
        """Return the same scale laid over another stretch of the sheet."""
        return Axis(self.low, self.high, start, end)

    def ticks(self, most: int) -> list[float]:
        """Return at most `most` round values within the axis."""
        span = self.high - self.low
        step = nice_step(span / max(most, 1))
        while True:
            first, last = math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9)
            if last - first < most:
                return [index * step for index in range(first, last + 1)]
            step = nice_step(step * 1.01)


def nice_step(least: float) -> float:
    """Return the smallest of 1, 2, 5 times a power of ten that is at least `least`."""
    power = 10.0 ** math.floor(math.log10(least))
    return next(step * power for step in _STEPS if step * power >= least * (1 - 1e-9))


def fit(
    values: Iterable[float], from_zero: bool = False, shares: bool = False, pad: float = 0.04
) -> tuple[float, float]:
    """Return the ends of an axis that holds `values` (missing ones are passed over), shares kept within 0-1.

    Only what is shown may be passed: the ends of an axis must not give away a withheld row.
    """
    known = [float(value) for value in values if pd.notna(value)]
    low, high = (min(known), max(known)) if known else (0.0, 1.0)
    room = pad * (high - low) if high > low else 0.1 * abs(high) or 1.0
    low, high = low - room, high + room
    if from_zero:
        low = min(0.0, low + room)
    if shares:
        low, high = max(low, 0.0), min(high, 1.0)
    return low, high


def tick_texts(ticks: list[float], shares: bool) -> list[str]:
    """Write ticks with as many decimals as their step needs; shares as percentages without the sign."""
    values = [tick * (100 if shares else 1) for tick in ticks]
    decimals = next(
        (
            places
            for places in range(4)
            if all(abs(value * 10**places % 1 - 0.5) > 0.4999 for value in values)
        ),
        4,
    )
    return [danish.number(value, decimals) for value in values]


def percent_text(share: float) -> str:
    """Write a share as a percentage without the sign, with a decimal only where it has one: ``99,8``."""
    return tick_texts([share], shares=True)[0]


def _few(canvas: Canvas, axis: Axis, shares: bool) -> list[float]:
    """Return ticks that leave room between their texts along a horizontal axis."""
    ends = [danish.number(end * (100 if shares else 1)) for end in (axis.low, axis.high)]
    longest = canvas.widest(ends, "small")
    return axis.ticks(max(3, min(8, int(abs(axis.end - axis.start) / (1.6 * longest + 2)))))


def grid_below(canvas: Canvas, axis: Axis, top: float, bottom: float, shares: bool = False) -> None:
    """Draw the vertical grid of a horizontal axis and its ticks; the cursor moves below."""
    for tick in _few(canvas, axis, shares):
        canvas.line([axis.at(tick)] * 2, [top, bottom], "grid", 0.7, order=1.2)
    ticks_below(canvas, axis, bottom, shares)


def ticks_below(canvas: Canvas, axis: Axis, bottom: float, shares: bool = False) -> None:
    """Write the ticks of a horizontal axis under `bottom`; the cursor moves below."""
    ticks = _few(canvas, axis, shares)
    baseline = bottom + canvas.line_height("small")
    for tick, text in zip(ticks, tick_texts(ticks, shares), strict=True):
        canvas.text(axis.at(tick), baseline, text, "small", colour="muted", align="center")
    canvas.y = baseline + 0.4 * canvas.line_height("small")


def grid_across(canvas: Canvas, axis: Axis, left: float, right: float, shares: bool = False) -> float:
    """Draw the horizontal grid of an upright axis with its ticks to the left; return their width [mm]."""
    most = max(3, min(7, int(abs(axis.end - axis.start) / (2.6 * canvas.line_height("small")))))
    ticks = axis.ticks(most)
    texts = tick_texts(ticks, shares)
    width = canvas.widest(texts, "small") + 2
    for tick, text in zip(ticks, texts, strict=True):
        y = axis.at(tick)
        canvas.line([left + width, right], [y, y], "grid", 0.7, order=1.2)
        canvas.middle_text(left + width - 2, y, text, size="small", colour="muted", align="right")
    return width
