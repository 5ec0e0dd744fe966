"""Answers as shares of a whole: one bar a place, the answers of interest at its right end with their sum."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import pandas as pd

from analysis import danish
from analysis.charts import canvas as axes
from analysis.charts import captions, row_chart
from analysis.charts import marks as row_of
from analysis.charts.canvas import Canvas
from analysis.charts.figure import Figure
from analysis.charts.kind import kind, silent_columns
from analysis.charts.row_chart import Numbers, RowChart
from analysis.charts.style import Style, readable_on
from analysis.disclosure import ProtectedTable


@dataclass(frozen=True)
class _Scale:
    """The answers in order with their Danish words, those of interest last, and the row of their sum."""

    answers: Mapping[str, str]
    interest: tuple[str, ...]
    total: str
    total_label: str
    column: str


def colours(answers: Iterable[str], interest: Sequence[str], look: Style) -> dict[str, str]:
    """Return a colour for each answer: calm shades, and saturated ones for the answers of interest.

    Raises
    ------
    ValueError
        If there are more answers than shades.
    """
    rest = [answer for answer in answers if answer not in interest]
    calm, strong = look.colour("answers"), look.colour("interest")
    if len(rest) > len(calm) or len(interest) > len(strong):
        raise ValueError(
            f"A bar must have at most {len(calm)} answers and {len(strong)} of interest, but has"
            f" {len(rest)} and {len(interest)}. Join answers, or add shades to the style file."
        )
    strongest = strong[len(strong) - len(interest) :]
    return dict(zip(rest, calm, strict=False)) | dict(zip(interest, strongest, strict=True))


def _check(rows: pd.DataFrame, options: Mapping) -> None:
    labels, interest, answer = options["labels"], tuple(options["interest"]), options["answer"]
    if tuple(labels)[len(labels) - len(interest) :] != interest:
        raise ValueError(
            f"`interest` must be the last of `labels`, in their order, but is {interest}. Order `labels` so."
        )
    unknown = sorted(set(rows[answer]) - {*labels, options["total"]})
    if unknown:
        raise ValueError(
            f"`{answer}` must be one of `labels` or {options['total']!r}, but {len(unknown)} answers are not (first:"
            f" {unknown[0]!r}). Name it."
        )


def _columns(rows: pd.DataFrame, unit: str, options: Mapping) -> dict[str, str]:
    first = {"place": "Sted", options["answer"]: "Svar", "estimate": "Pct."}
    return first | {"low": "Nedre grænse", "high": "Øvre grænse", "n": "Antal svar"} | silent_columns(rows)


def _words(rows: pd.DataFrame, options: Mapping) -> dict[str, dict[str, str]]:
    return {options["answer"]: {**options["labels"], options["total"]: options["total_label"]}}


def _describe(shows, headline, table: ProtectedTable, place, unit, decimals, options: Mapping) -> str:
    sums = table.rows(table.frame[options["answer"]].eq(options["total"]).to_numpy(bool))
    return captions.for_estimates(shows, headline, sums, place, unit, decimals)


@kind(
    "Søjler af 100 pct. med fordelingen af svar",
    columns=_columns,
    words=_words,
    check=_check,
    describe=_describe,
    uncertain="",
    decimals=0,
    unit="pct.",
)
def answers(
    canvas: Canvas,
    figure: Figure,
    *,
    labels: Mapping[str, str],
    interest: Sequence[str],
    total: str = "total",
    total_label: str = "I alt",
    answer: str = "answer",
) -> None:
    """Draw the distribution of answers as bars of 100 per cent, with the sum of interest and its interval.

    Parameters
    ----------
    table : one row a place and answer: ``place``, `answer` (a code), ``estimate`` [0-1], ``n``; the row whose
        answer is `total` is the sum of the answers of interest, with ``low`` and ``high``.
    labels : code -> Danish answer, in the order of the scale, those of `interest` last.
    interest : codes of the answers whose sum is told.
    total_label : heading of the sum (``"I mindre grad eller slet ikke"``).

    Raises
    ------
    ValueError
        If `interest` is not the last of `labels`, or a row has an unknown answer.
    """
    scale = _Scale(dict(labels), tuple(interest), total, total_label, answer)
    rows = figure.table.frame
    _key(canvas, scale)
    sums = rows[rows[answer].eq(total)].copy()
    numbers = (
        Numbers(total_label, partial(_sum_text, figure)),
        Numbers("n", lambda row: danish.number(row["n"]), quiet=True),
    )
    chart = RowChart(partial(_bar, scale, figure), numbers, reference="", covered=True)
    names = row_chart.names_width(canvas, rows)
    edges = (canvas.left, canvas.left + names, canvas.right)
    row_chart.draw_rows(canvas, figure, chart, row_chart.ordered(sums, "estimate"), (0.0, 1.0), edges)


def _key(canvas: Canvas, scale: _Scale) -> None:
    """Name the colours in the order of the bars, on as many lines as the width needs."""
    side, gap = canvas.cap_height("small") * 1.25, 3.0
    x, shades = canvas.left, colours(scale.answers, scale.interest, canvas.style)
    for code, label in scale.answers.items():
        width = 1.6 * side + canvas.measure(label, "small")
        if x + width > canvas.right:
            x = canvas.left
            canvas.y += 1.15 * canvas.line_height("small")
        middle = canvas.y + canvas.line_height("small") / 2
        canvas.rectangle(x, middle - side / 2, side, side, shades[code], order=3)
        weight = "semibold" if code in scale.interest else "regular"
        canvas.middle_text(x + 1.5 * side, middle, label, size="small", weight=weight)
        x += width + gap
    canvas.y += 1.7 * canvas.line_height("small")


def _sum_text(figure: Figure, row: pd.Series) -> str:
    text = figure.cell("estimate", row)
    if pd.isna(row["low"]):
        return text
    return f"{text} ({danish.interval(100 * row['low'], 100 * row['high'], figure.decimals)})"


def _bar(
    scale: _Scale,
    figure: Figure,
    canvas: Canvas,
    axis: axes.Axis,
    row: pd.Series,
    middle: float,
    colour: str,
    chosen: bool,
) -> float:
    """Draw a place's answers; those of the place itself are looked up by its name. A remark is tied to
    those of interest."""
    rows = figure.table.frame
    own = rows[rows["place"].eq(row["place"]) & rows[scale.column].ne(scale.total)].set_index(scale.column)
    if not row_of.is_shown(own).all():
        row_of.status_mark(canvas, axis.start, middle, "withheld")
        return axis.start
    height = min(0.72 * canvas.row, 1.5 * canvas.line_height("small"))
    shades, at = colours(scale.answers, scale.interest, canvas.style), 0.0
    for code in scale.answers:
        share = float(own["estimate"].get(code, 0.0))
        _segment(canvas, figure, axis, (at, at + share), middle, height, shades[code], own, code)
        at += share
    return axis.at(1 - row["estimate"] / 2)


def _segment(canvas, figure, axis, ends, middle, height, colour, own, code) -> None:
    start, end = (axis.at(value) for value in ends)
    if end - start < 0.05:
        return
    canvas.rectangle(start, middle - height / 2, end - start, height, colour, "paper", 0.6, order=3)
    text = figure.cell("estimate", own.loc[code])
    if canvas.measure(text, "small") + 0.8 < end - start:
        canvas.middle_text(
            (start + end) / 2,
            middle,
            text,
            size="small",
            colour=readable_on(colour, canvas.style),
            align="center",
        )
