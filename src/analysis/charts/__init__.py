"""Charts: a protected table in, a `Figure` out. One function a chart; none computes a statistic.

What they are all called with is in `analysis.charts.kind`; a new kind of chart is a file and a line here.
"""

from analysis.charts.answers import answers
from analysis.charts.figure import Figure
from analysis.charts.grid import matrix
from analysis.charts.joint import joint_display, text_table
from analysis.charts.own import own
from analysis.charts.points import funnel, small_multiples
from analysis.charts.ranked import bars, intervals, shrinkage
from analysis.charts.spine import spine
from analysis.charts.style import rc, register_fonts
from analysis.charts.tile_map import tile_map
from analysis.charts.timeline import timeline

register_fonts()  # for quick looks: plt.style.use("analysis.charts.house")

__all__ = [
    "Figure",
    "answers",
    "bars",
    "funnel",
    "intervals",
    "joint_display",
    "matrix",
    "own",
    "rc",
    "shrinkage",
    "small_multiples",
    "spine",
    "text_table",
    "tile_map",
    "timeline",
]
