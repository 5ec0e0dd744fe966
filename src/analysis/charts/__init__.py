"""Charts: a protected table in, a `Figure` out. One function a chart; none computes a statistic."""

from analysis.charts.answers import answers
from analysis.charts.funnel import funnel
from analysis.charts.intervals import intervals
from analysis.charts.joint_display import joint_display
from analysis.charts.matrix import matrix
from analysis.charts.shrinkage import shrinkage

__all__ = ["answers", "funnel", "intervals", "joint_display", "matrix", "shrinkage"]
