"""The interactive notebook: processor time of one change in its widgets, beside drawing the figure alone.

The widgets are driven as a reader would; every measure is estimated and protected before (`warm_up`). Prints the
slowest and the median change of each kind of chart. Exits with 1 when a change costs more than its limit.
"""

import contextlib
import io
import statistics
import sys
import time
from dataclasses import replace

from analysis import data, explorer, measures, views
from analysis.charts.figure import figure_html

PLACES = ("København", "Fanø", "Hele landet")
MEASURES = ("caseload", "introduction_days", "turnover")
# largest median change [s], and how much more than the drawing it may be
SLOWEST, RATIO = 0.5, 2.0


def seconds(work) -> float:
    """Processor time of a call: what it costs, whatever else the machine is doing."""
    start = time.process_time()
    work()
    return time.process_time() - start


def changes(shown: explorer.Explorer) -> dict[str, list[tuple[float, float]]]:
    """Time of each change of place, and of drawing the same figure, by kind of chart."""
    found = {}
    for measure in MEASURES:
        for comparison in views.COMPARISONS:
            shown.comparison.value, shown.measure.value = comparison, measure
            for place in PLACES:
                change = seconds(lambda place=place: setattr(shown.place, "value", place))
                anew = replace(shown.figure)  # the same figure, whose picture isn't at hand
                drawing = seconds(lambda anew=anew: figure_html(anew))
                found.setdefault(comparison, []).append((change, drawing))
    return found


def main() -> int:
    """Measure, print, and judge."""
    year = data.years("caseworkers")[-1]
    with contextlib.redirect_stdout(io.StringIO()):
        warming = seconds(lambda: explorer.warm_up(year))
    shown = explorer.Explorer("Roskilde", year)
    print(f"warm-up of {len(measures.names())} measures: {warming:.1f} s")
    slow = False
    for kind, times in changes(shown).items():
        change, drawing = (statistics.median(column) for column in zip(*times, strict=True))
        worst = max(change for change, _ in times)
        slow |= change > SLOWEST or change > RATIO * drawing
        print(
            f"{kind}: change {change:.3f} s (slowest {worst:.3f}), drawing alone {drawing:.3f} s, "
            f"ratio {change / drawing:.2f} (limits {SLOWEST} s, {RATIO})"
        )
    return int(slow)


if __name__ == "__main__":
    sys.exit(main())
