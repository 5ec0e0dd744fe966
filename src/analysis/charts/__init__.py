"""Charts: a protected table in, a `Figure` out. One function a chart; none computes a statistic."""

from analysis.charts.answers import answers
from analysis.charts.grid import joint_display, matrix
from analysis.charts.points import funnel, small_multiples
from analysis.charts.ranked import bars, intervals, shrinkage
from analysis.charts.tile_map import tile_map
from analysis.charts.timeline import timeline

__all__ = [
    "answers",
    "bars",
    "funnel",
    "intervals",
    "joint_display",
    "matrix",
    "shrinkage",
    "small_multiples",
    "tile_map",
    "timeline",
]
