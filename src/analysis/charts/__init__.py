"""Charts: a protected table in, a `Figure` out. One function a chart; none computes a statistic."""
