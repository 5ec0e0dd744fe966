"""Signs told apart by shape, not by colour alone, and the key that names them."""

from collections.abc import Mapping

from matplotlib.patches import Wedge

from analysis.charts.canvas import Canvas
from analysis.figure import STATUS_WORDS

SIGNS = ("full", "half", "empty", "cross", "dash", *STATUS_WORDS)


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
    if kind in {"full", "half", "empty"}:
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
        "withheld": {"colour": "paper", "edge": "rule", "hatch": "////////"},
        "missing": {"colour": "paper", "edge": "rule", "linestyle": (0, (1.5, 1))},
        "not_relevant": {"colour": "grid", "edge": "rule"},
    }
    width, height = (side, height) if height else (0.95 * side, 0.73 * side)
    canvas.rectangle(
        x - width / 2, middle - height / 2, width, height, order=3, edge_points=0.5, **looks[status]
    )


def key(canvas: Canvas, named: Mapping[str, str], letters: Mapping[str, str] | None = None) -> None:
    """Name signs, and letters that stand for words, at the cursor, on as many lines as the width needs."""
    side, gap = 1.45 * canvas.cap_height("small"), 3.5
    x = canvas.left
    for kind, word in [*named.items(), *(letters or {}).items()]:
        width = 1.5 * side + canvas.measure(word, "small")
        if x > canvas.left and x + width > canvas.right:
            x = canvas.left
            canvas.y += 1.2 * canvas.line_height("small")
        middle = canvas.y + canvas.line_height("small") / 2
        if kind in SIGNS:
            sign(canvas, x + side / 2, middle, kind, side)
        else:
            canvas.middle_text(x + side / 2, middle, kind, size="small", weight="bold", align="center")
        canvas.middle_text(x + 1.45 * side, middle, word, size="small", colour="muted")
        x += width + gap
    canvas.y += 1.35 * canvas.line_height("small")
