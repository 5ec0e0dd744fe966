"""Warm kernels beside cold ones, taken in turn: seconds a run, and their ratio.

``python benchmarks/bench_rerun.py [NOTEBOOK [ROUNDS]]``, 01_respondents and 5 by default.
"""

import contextlib
import os
import statistics
import sys
import tempfile
import time

from analysis import municipalities
from rerun.kernels import Kernels
from rerun.plan import plan
from rerun.run import execute


def _seconds(run, kernels: Kernels) -> float:
    started = time.perf_counter()
    outcome = execute(run, kernels)
    if outcome.error:
        raise RuntimeError(f"{run.notebook.name} must run, but failed: {outcome.error}")
    return time.perf_counter() - started


def main(notebook: str = "01_respondents", rounds: int = 5) -> None:
    """Run one notebook for several places in both ways, and print the medians."""
    with contextlib.ExitStack() as stack:
        os.environ["ANALYSIS_REPORTS"] = stack.enter_context(tempfile.TemporaryDirectory())
        warm = stack.enter_context(Kernels())
        cold = stack.enter_context(Kernels(cold=True))
        places = [municipality.name for municipality in municipalities.everyone()[: rounds + 1]]
        runs = [run for run in plan(places) if run.notebook.stem == notebook]
        for kernels in (cold, warm):  # once beside the count: files in memory, the server ready
            _seconds(runs[0], kernels)
        pairs = [(_seconds(run, cold), _seconds(run, warm)) for run in runs[1:]]
    cold_median, warm_median = (statistics.median(times) for times in zip(*pairs, strict=True))
    ratio = statistics.median(slow / quick for slow, quick in pairs)
    print(
        f"{notebook}: cold {cold_median:.1f} s, warm {warm_median:.1f} s; a warm run is {ratio:.1f} times as fast"
    )


if __name__ == "__main__":
    main(*sys.argv[1:2], *map(int, sys.argv[2:3]))
