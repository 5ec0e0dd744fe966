"""Charts: a protected table in, a `Figure` out. One function a chart; none computes a statistic."""

from analysis.charts.answers import answers
from analysis.charts.bars import bars
from analysis.charts.funnel import funnel
from analysis.charts.intervals import intervals
from analysis.charts.joint_display import joint_display
from analysis.charts.matrix import matrix
from analysis.charts.shrinkage import shrinkage
from analysis.charts.small_multiples import small_multiples
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
