"""The spine of a place: all measures on one page, each on a scale of its own, with group and country; no ranking."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from analysis import codebook, danish
from analysis.charts import canvas as axes
from analysis.charts import captions, marks
from analysis.charts.canvas import Canvas
from analysis.charts.figure import STATUS_WORDS, Figure
from analysis.charts.kind import COMPARED, kind
from analysis.charts.sheet import watermark
from analysis.disclosure import ProtectedTable

_NARROW = 100  # mm: under this, a measure's name stands over its strip
_GAP = 2.5
_SAID = {"over": "over", "maybe_over": "måske over", "maybe_under": "måske under", "under": "under"}


@dataclass(frozen=True)
class Part:
    """A measure of the spine: its Danish name, unit and decimals, and a code of the subject that it belongs to.

    `spans` says, by area (None where there is none), from which to which estimate the shown municipalities go.
    """

    label: str
    subject: str
    unit: str
    decimals: int
    spans: Mapping[str | None, tuple[float, float]] = field(default_factory=dict)


def _columns(rows: pd.DataFrame, unit: str, options: Mapping) -> dict[str, str]:
    area = {"area": "Område"} if "area" in rows else {}
    numbers = {"estimate": "Skøn", "low": "Nedre grænse", "high": "Øvre grænse", "n": "Antal svar"}
    told = {"measure": "Mål", **area, "place": "Sted", **numbers}
    return told | {name: head for name, head in COMPARED.items() if name in rows}


def _words(rows: pd.DataFrame, options: Mapping) -> dict[str, dict[str, str]]:
    names = {code: part.label for code, part in options["parts"].items()}
    areas = {"area": codebook.levels("area")} if "area" in rows else {}
    return {"measure": names, "verdict": captions.VERDICTS, **areas}


def _check(rows: pd.DataFrame, options: Mapping) -> None:
    unknown = [code for code in rows["measure"].unique() if code not in options["parts"]]
    if unknown:
        raise ValueError(
            f"`parts` must name each measure of the table, but {len(unknown)} are without (first: {unknown[0]!r})."
            " Add it."
        )


def _describe(shows, headline, table: ProtectedTable, place, unit, decimals, options: Mapping) -> str:
    own = table.frame[table.frame["place"].eq(place)]
    counted = own.get("verdict", pd.Series(dtype=object)).map(_SAID).value_counts()
    found = danish.join_words([f"{count} {word}" for word, count in counted.items()])
    hidden = own.loc[own["status"].eq("withheld"), "measure"].map(lambda code: options["parts"][code].label)
    values = [f"Mod resten af landet: {found}"] if found else []
    shows = f"{shows} over {len(own)} mål for {place}"
    return captions.alt_text(shows, headline, values, list(hidden), table.synthetic)


@kind("Oversigt", columns=_columns, words=_words, check=_check, describe=_describe)
def spine(canvas: Canvas, figure: Figure, *, parts: Mapping[str, Part]) -> None:
    """Draw every measure of a place beside its group and the country, in the order of `parts`.

    Parameters
    ----------
    table : one row a measure, place and (where it has areas) ``area``: ``measure`` (a code), ``place``,
        ``place_level``, ``estimate``, ``low``, ``high``, ``n``, ``verdict``: of the place, its group and the country.
    parts : code of a measure -> `Part`: its Danish name, subject, unit and decimals; a line stands between
        two subjects.

    Raises
    ------
    ValueError
        If a measure has no `Part`.
    """
    rows = figure.table.frame
    edges = _edges(canvas, figure, rows)
    _heads(canvas, figure, rows, edges)
    top, subject = canvas.y, ""
    for code, part in parts.items():
        own = rows[rows["measure"].eq(code)]
        if own.empty:
            continue
        if part.subject != subject:
            subject = part.subject
            canvas.y += 0.15 * canvas.row
            canvas.line([canvas.left, canvas.right], [canvas.y] * 2, "rule", 0.6)
            canvas.y += 0.15 * canvas.row
        areas = list(own["area"].dropna().unique()) if "area" in own else []
        for area in areas or [None]:
            of_area = own if area is None else own[own["area"].eq(area)]
            name = part.label if area is None else f"{part.label}, {codebook.levels('area')[area].lower()}"
            _measure(canvas, figure, name, of_area, part.spans.get(area), edges)
    if figure.synthetic:
        watermark(canvas, edges[0], top, edges[1] - edges[0], canvas.y - top)
    canvas.y += 0.3 * canvas.row


def _others(figure: Figure, rows: pd.DataFrame) -> list[str]:
    """The places beside the chosen one, as they follow each other in the table: group, then country."""
    levels = rows.drop_duplicates("place")
    return [place for place in marks.aggregates(levels)["place"] if place != figure.place]


def _edges(canvas: Canvas, figure: Figure, rows: pd.DataFrame) -> tuple[float, float, list[float]]:
    """Return left and right of the strips, and the right edges of the columns of numbers [mm]."""
    shown, widths = rows[marks.is_shown(rows)], []
    for place in [figure.place, *_others(figure, rows)]:
        texts = [_text(figure, row) for _, row in shown[shown["place"].eq(place)].iterrows()]
        widths.append(canvas.widest(texts, weight="bold" if place == figure.place else "regular") + _GAP)
    words = [
        *_SAID.values(),
        *(STATUS_WORDS[status] for status in rows["status"].unique() if status != "shown"),
    ]
    ends = [canvas.right - canvas.widest(words, "small", "semibold") - _GAP]
    for width in reversed(widths[1:]):
        ends.insert(0, ends[0] - width)
    start = canvas.left + (1 if canvas.width < _NARROW else 0.36 * (canvas.right - canvas.left))
    return start, ends[0] - max(widths[0], 6), ends


def _text(figure: Figure, row: Mapping) -> str:
    """A value as it is written: the chosen place's own with its unit."""
    text = figure.cell("estimate", row)
    return f"{text}\u00a0{figure.unit_of(row)}" if row["place"] == figure.place else text


def _heads(canvas: Canvas, figure: Figure, rows: pd.DataFrame, edges) -> None:
    """Name the marks, and put each over its column of numbers."""
    places, side, x = [figure.place, *_others(figure, rows)], canvas.line_height("small"), canvas.left
    levels = rows.drop_duplicates("place").set_index("place")["place_level"].to_dict()
    for place in places:
        chosen = place == figure.place
        look = {"weight": "bold", "colour": "accent"} if chosen else {}
        wide = 1.2 * side + canvas.measure(place, "small", look.get("weight", "regular"))
        if x > canvas.left and x + wide > canvas.right:
            x, canvas.y = canvas.left, canvas.y + 1.1 * side
        _mark(canvas, x + 0.4 * side, canvas.y + side / 2, levels.get(place, ""), chosen, False)
        canvas.middle_text(x + 1.1 * side, canvas.y + side / 2, place, size="small", **look)
        x += wide + 3
    canvas.y += 1.7 * side
    for place, end in zip(places, edges[2], strict=True):
        _mark(
            canvas,
            end - 0.35 * side,
            canvas.y + side / 2,
            levels.get(place, ""),
            place == figure.place,
            False,
        )
    if "verdict" in rows and levels.get(figure.place) != "country":
        heading = "mod resten"
        canvas.middle_text(
            canvas.right, canvas.y + side / 2, heading, size="small", colour="muted", align="right"
        )
    canvas.y += 0.9 * side


def _measure(
    canvas: Canvas, figure: Figure, name: str, rows: pd.DataFrame, span: tuple[float, float] | None, edges
) -> None:
    start, end, ends = edges
    narrow = canvas.width < _NARROW
    width = (canvas.right if narrow else start - _GAP) - canvas.left
    lines = canvas.wrap(name, width)
    if narrow:
        canvas.lines(canvas.left, lines)
    deep = 1 if narrow else len(lines)
    height = max(1.15 * canvas.row, (deep + 0.35) * canvas.line_height("body"))
    middle = canvas.y + height / 2
    for index, line in enumerate(() if narrow else lines):
        canvas.middle_text(canvas.left, middle + (index - (deep - 1) / 2) * canvas.line_height("body"), line)
    axis = axes.Axis(*_scale(figure, rows, span), start + 1.5, end - 1.5)
    _strip(canvas, figure, rows, axis, span, middle)
    for place, right in zip([figure.place, *_others(figure, rows)], ends, strict=False):
        own = rows[rows["place"].eq(place)]
        if not own.empty:
            _value(canvas, figure, own.iloc[0], right, middle)
    canvas.y += height


def _scale(figure: Figure, rows: pd.DataFrame, span: tuple[float, float] | None) -> tuple[float, float]:
    """The ends of a measure's own scale: what is shown of it, and no more."""
    shown = rows[marks.is_shown(rows)]
    own = shown[shown["place"].eq(figure.place)]
    values = [*shown["estimate"], *own["low"], *own["high"], *(span or ())]
    return axes.fit(values, shares=rows.apply(figure.unit_of, axis=1).eq("pct.").all(), pad=0.08)


def _strip(
    canvas: Canvas,
    figure: Figure,
    rows: pd.DataFrame,
    axis: axes.Axis,
    span: tuple[float, float] | None,
    middle: float,
) -> None:
    ends = [axis.at(value) for value in span] if span else [axis.start - 1, axis.end + 1]
    canvas.line(ends, [middle, middle], "grid", 3.2 if span else 0.9, order=1.2)
    for _, row in rows[marks.is_shown(rows)].iterrows():
        chosen, x = row["place"] == figure.place, axis.at(row["estimate"])
        if chosen and pd.notna(row["low"]):
            thick = 1.4 if marks.is_uncertain(row) else 2.2
            canvas.line(
                [axis.at(row["low"]), axis.at(row["high"])], [middle, middle], "accent", thick, order=3
            )
        if chosen:
            canvas.anchors.append((row, x, middle))
        _mark(canvas, x, middle, row["place_level"], chosen, marks.is_uncertain(row))


def _mark(canvas: Canvas, x: float, middle: float, level: str, chosen: bool, uncertain: bool) -> None:
    """The chosen place a dot, the country an upright line, its group or region a diamond."""
    size = 0.42 * canvas.line_height("body")
    if chosen:
        canvas.dot(x, middle, 1.25 * size, "accent", uncertain, order=4.4)
    elif level == "country":
        canvas.line([x, x], [middle - 0.9 * size, middle + 0.9 * size], "ink", 1.5, order=3.6)
    else:
        shape = {
            "marker": "D",
            "markersize": 0.85 * size * 72 / 25.4,
            "markeredgecolor": canvas.colour("paper"),
        }
        canvas.line([x], [middle], "calm", 0, order=3.8, markeredgewidth=0.5, **shape)


def _value(canvas: Canvas, figure: Figure, row: pd.Series, right: float, middle: float) -> None:
    chosen = row["place"] == figure.place
    if row["status"] != "shown":
        if chosen:
            side = 1.37 * canvas.cap_height("small")
            marks.status_box(canvas, right - side / 2, middle, row["status"], side)
            word = STATUS_WORDS[row["status"]]
            canvas.middle_text(canvas.right, middle, word, size="small", colour="muted", align="right")
        return
    look = {"weight": "bold", "colour": "accent"} if chosen else {"colour": "muted"}
    canvas.middle_text(right, middle, _text(figure, row), align="right", **look)
    said = _SAID.get(row.get("verdict")) if chosen else None
    if said:
        weight = "regular" if said.startswith("måske") else "semibold"
        canvas.middle_text(canvas.right, middle, said, size="small", weight=weight, align="right")
