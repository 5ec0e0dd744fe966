"""Signs told apart by shape, not by colour alone, and the key that names them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd
from matplotlib.patches import Wedge
from matplotlib.patheffects import withStroke

from analysis import danish
from analysis.charts.canvas import Canvas
from analysis.charts.figure import STATUS_WORDS

# None is hollow: a hollow mark is an uncertain estimate, in every chart.
SIGNS = ("full", "half", "cross", "dash", *STATUS_WORDS)


def check_signs(signs: Mapping[str, str]) -> None:
    """Raise where a sign is not one that can be drawn.

    Raises
    ------
    ValueError
        If a sign is unknown.
    """
    unknown = [sign for sign in signs.values() if sign not in SIGNS]
    if unknown:
        raise ValueError(
            f"Signs must be among {', '.join(SIGNS)}, but {len(unknown)} of {len(signs)} are not (first:"
            f" {unknown[0]!r}). Choose one of them."
        )


def sign(canvas: Canvas, x: float, middle: float, kind: str, side: float, colour: str = "calm") -> None:
    """Draw a sign with its centre at (x, middle), `side` wide [mm]."""
    if kind in {"full", "half"}:
        _circle(canvas, x, middle, kind, side, colour)
    elif kind == "cross":
        half = 0.38 * side
        for ends in ((middle - half, middle + half), (middle + half, middle - half)):
            canvas.line([x - half, x + half], ends, colour, 1.5, order=4)
    elif kind == "dash":
        canvas.line([x - 0.35 * side, x + 0.35 * side], [middle, middle], "rule", 1.2, order=4)
    else:
        status_box(canvas, x, middle, kind, side)


def _circle(canvas: Canvas, x: float, middle: float, kind: str, side: float, colour: str) -> None:
    canvas.dot(x, middle, side, colour, hollow=kind != "full")
    if kind == "half":
        canvas.add(
            Wedge(
                (x, middle),
                0.44 * side,
                90,
                270,
                facecolor=canvas.colour(colour),
                edgecolor="none",
                zorder=4.2,
            )
        )


def status_box(
    canvas: Canvas, x: float, middle: float, status: str, side: float, height: float | None = None
) -> None:
    """Draw the box of a status around (x, middle): hatched withheld, dashed missing, filled not relevant."""
    looks = {
        "bounded": {"colour": "paper", "edge": "rule"},
        "withheld": {"colour": "paper", "edge": "rule", "hatch": "////////"},
        "missing": {"colour": "paper", "edge": "rule", "linestyle": (0, (1.5, 1))},
        "not_relevant": {"colour": "grid", "edge": "rule"},
        "not_asked": {"colour": "paper", "edge": "rule", "hatch": "...."},
    }
    width, height = (side, height) if height else (0.95 * side, 0.73 * side)
    canvas.rectangle(
        x - width / 2, middle - height / 2, width, height, order=3, edge_points=0.5, **looks[status]
    )


def key(canvas: Canvas, named: Mapping[str, str]) -> None:
    """Name signs at the cursor, on as many lines as the width needs."""
    side, gap = 1.45 * canvas.cap_height("small"), 3.5
    x = canvas.left
    for kind, word in named.items():
        width = 1.5 * side + canvas.measure(word, "small")
        if x > canvas.left and x + width > canvas.right:
            x = canvas.left
            canvas.y += 1.2 * canvas.line_height("small")
        middle = canvas.y + canvas.line_height("small") / 2
        sign(canvas, x + side / 2, middle, kind, side)
        canvas.middle_text(x + 1.45 * side, middle, word, size="small", colour="muted")
        x += width + gap
    canvas.y += 1.35 * canvas.line_height("small")


# Rows of a chart: their order, their names and how each status looks.

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
    canvas: Canvas,
    x: float,
    middle: float,
    status: str,
    ground: str = "paper",
    align: str = "left",
    word: str = "",
) -> None:
    """Write why there is no number (or the `word` for that), with a sign of its own for each status."""
    side = canvas.cap_height("small")
    word = word or STATUS_WORDS[status]
    needed = 2.4 * side + canvas.measure(word, "small")
    x = x - needed + 0.3 * side if align == "right" else x
    canvas.rectangle(x, middle - side, needed, 2 * side, ground, order=2.9)
    status_box(canvas, x + 0.95 * side, middle, status, 1.37 * side)
    canvas.middle_text(x + 2.1 * side, middle, word, size="small", colour="muted")


def card(canvas: Canvas, words: str) -> None:
    """Draw a card that says why there is no chart, where the chart would stand."""
    height = 3 * canvas.line_height("headline")
    canvas.rectangle(canvas.left, canvas.y, canvas.right - canvas.left, height, "stripe", order=0.5)
    look = {"weight": "semibold", "align": "center", "colour": "muted"}
    canvas.middle_text((canvas.left + canvas.right) / 2, canvas.y + height / 2, words, **look)
    canvas.y += height


# Names beside points, placed where they collide with nothing; and the line that says who has no point.

MEMBER = 1.3  # how much larger the point of a municipality of the chosen group is: not told by colour alone


@dataclass
class Taken:
    """Rectangles (left, top, right, bottom) [mm] that no label may touch, within the edges of the chart."""

    edges: tuple[float, float, float, float]
    boxes: list[tuple[float, float, float, float]] = field(default_factory=list)

    def free(self, box: tuple[float, float, float, float]) -> bool:
        """Return whether a rectangle is inside the edges and touches nothing."""
        left, top, right, bottom = self.edges
        inside = box[0] >= left and box[1] >= top and box[2] <= right and box[3] <= bottom
        return inside and not any(_touch(box, other) for other in self.boxes)


def _touch(first, second) -> bool:
    return first[0] < second[2] and second[0] < first[2] and first[1] < second[3] and second[1] < first[3]


def beside(
    canvas: Canvas,
    taken: Taken,
    x: float,
    y: float,
    text: str,
    distance: float,
    must: bool = False,
    above: bool = False,
    **look,
) -> bool:
    """Write a name beside a point where there is room, or first `above` it; `must` writes it in any case.

    Returns whether the name was written.
    """
    size, weight = look.get("size", "body"), look.get("weight", "regular")
    width, height = canvas.measure(text, size, weight), 1.25 * canvas.points(size) * 25.4 / 72
    centres = [
        (x + distance + width / 2, y),
        (x - distance - width / 2, y),
        (x, y - distance - height / 2),
        (x, y + distance + height / 2),
    ]
    boxes = [(cx - width / 2, cy - height / 2, cx + width / 2, cy + height / 2) for cx, cy in centres]
    boxes = boxes[2:] + boxes[:2] if above else boxes
    fitting = [box for box in boxes if taken.free(box)]
    if not fitting and must:
        fitting = [box for box in boxes if Taken(taken.edges).free(box)] or boxes[:1]
    if not fitting:
        return False
    box = fitting[0]
    taken.boxes.append(box)
    written = canvas.middle_text((box[0] + box[2]) / 2, (box[1] + box[3]) / 2, text, align="center", **look)
    written.set_path_effects([withStroke(linewidth=1.6, foreground=canvas.colour("paper"))])
    return True


def in_gutter(
    canvas: Canvas, x: float, texts: Sequence[tuple[float, str, str]], edges: tuple[float, float]
) -> None:
    """Write names of lines beside their ends: (y, text, colour) each, moved apart where they would touch."""
    height = canvas.line_height("small")
    lowest = edges[0]
    placed = []
    for y, text, colour in sorted(texts):
        lowest = max(y, lowest + height / 2)
        placed.append([lowest, text, colour])
        lowest += height / 2
    excess = max(0.0, lowest - edges[1])
    for y, text, colour in placed:
        canvas.middle_text(x, y - excess, text, size="small", colour=colour)


def chosen_without_point(canvas: Canvas, rows: pd.DataFrame, place: str) -> None:
    """Write at the cursor, in the chosen place's own colour, why it is not drawn."""
    hidden = rows[rows["status"].ne("shown") & rows["place"].eq(place)]
    if hidden.empty:
        return
    middle = canvas.y + canvas.row / 2
    band(canvas, middle, canvas.row)
    canvas.middle_text(canvas.left, middle, place, weight="bold", colour="accent")
    status_mark(canvas, canvas.right, middle, hidden.iloc[0]["status"], "band", "right")
    canvas.y += 1.4 * canvas.row


def key_of_members(canvas: Canvas, rows: pd.DataFrame, place: str, used: float) -> None:
    """Name the mark of the chosen group's municipalities at the right of the cursor's line, or on a line of its own.

    Nothing where the chosen place is no group. `used` is how much of the line is taken from the left [mm].
    """
    if not (members(rows, place) & is_shown(rows)).any():
        return
    side = canvas.line_height("small")
    x = canvas.right - canvas.measure(place, "small", "bold") - side
    own_line = canvas.left + used > x - side
    x = canvas.left + side / 2 if own_line else x
    middle = canvas.y + side / 2
    canvas.dot(x, middle, MEMBER * 0.42 * canvas.line_height("body"), "accent")
    canvas.middle_text(x + 0.6 * side, middle, place, size="small", weight="bold", colour="accent")
    canvas.y += 1.15 * side if own_line else 0


def others_without_point(canvas: Canvas, rows: pd.DataFrame, place: str) -> None:
    """Write at the cursor which other places are not drawn, and why."""
    hidden = rows[rows["status"].ne("shown")]
    parts = []
    for status, names in hidden[hidden["place"].ne(place)].groupby("status", sort=False)["place"]:
        known = sorted(set(names), key=danish.sort_key)
        listed = danish.join_words(known) if len(known) <= 8 else f"{len(known)} kommuner"
        parts.append(f"{STATUS_WORDS[status]}: {listed}")
    if parts:
        canvas.y += 0.4 * canvas.line_height("small")
        text = f"Ikke vist – {'; '.join(parts)}."
        lines = canvas.wrap(text, canvas.right - canvas.left, "small")
        canvas.lines(canvas.left, lines, "small", colour="muted")
