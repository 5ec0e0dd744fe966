"""Names beside points, placed where they collide with nothing; and the line that says who has no point."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import pandas as pd
from matplotlib.patheffects import withStroke

from analysis import danish
from analysis.charts.canvas import Canvas
from analysis.charts.rows import band, is_shown, members, status_mark
from analysis.figure import STATUS_WORDS

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
