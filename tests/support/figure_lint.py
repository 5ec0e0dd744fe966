"""What is wrong with a drawing as text: outside, too small, not Danish, in another font, one over another."""

import re
from itertools import combinations

from matplotlib import rc_context
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text

# Words that a code, a column or a library would bring in.
ENGLISH = re.compile(
    r"\b(the|of|withheld|missing|shown|municipality|country|estimate|mean|count|nan|none|true|false|at_risk"
    r"|disability|not_relevant|verdict|year|value|low|high)\b",
    re.IGNORECASE,
)


def texts_of(drawing):
    """Return the texts of a drawing with their rectangles [mm], the watermark left out."""
    renderer = FigureCanvasAgg(drawing).get_renderer()
    with rc_context({"text.hinting": "no_hinting"}):
        drawing.draw(FigureCanvasAgg(drawing).get_renderer())  # legends find their place as they are drawn
    found = []
    for text in drawing.findobj(Text):
        if text.get_text() and text.get_visible() and not (text.get_gid() or "").startswith("watermark"):
            with rc_context({"text.hinting": "no_hinting"}):  # as drawings do
                box = text.get_window_extent(renderer)
            scale = 25.4 / drawing.dpi
            found.append((text, box.x0 * scale, box.y0 * scale, box.x1 * scale, box.y1 * scale))
    return found


def ink(box):
    """Shrink a rectangle from the line's height to about the letters'."""
    text, x0, y0, x1, y1 = box
    trim = 0.16 * (y1 - y0)
    return x0 + 0.1, y0 + trim, x1 - 0.1, y1 - trim


def lint(drawing, width):
    """Return what is wrong with a drawing as text."""
    wide, high = (side * 25.4 for side in drawing.get_size_inches())
    boxes = texts_of(drawing)
    wrong = [] if abs(wide - width) < 0.01 else [f"width {wide}"]
    for text, x0, y0, x1, y1 in boxes:
        words = text.get_text()
        if x0 < -0.01 or y0 < -0.01 or x1 > wide + 0.01 or y1 > high + 0.01:
            wrong.append(f"outside: {words}")
        if text.get_fontsize() < 6.5:
            wrong.append(f"{text.get_fontsize()} points: {words}")
        if ENGLISH.search(words) or "_" in words:
            wrong.append(f"not Danish: {words}")
        if re.search(r"\d\.\d(?!\d\d)", words):
            wrong.append(f"decimal point: {words}")
        if "SourceSansPro" not in str(text.get_fontproperties().get_file()):
            wrong.append(f"font: {words}")
    for first, second in combinations(boxes, 2):
        a, b = ink(first), ink(second)
        if a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]:
            wrong.append(f"overlap: {first[0].get_text()} / {second[0].get_text()}")
    return wrong
