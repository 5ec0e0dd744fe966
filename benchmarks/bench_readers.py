"""A million respondents: time and peak memory of reading and preparing them, as ratios to `pandas.read_csv`.

The delivery is the demonstration survey with its rows drawn again, evenly over municipalities, roles and
areas. Each way runs in a process of its own. Exits with 1 when a ratio is over its limit.
"""

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.prepare.sidecars import read_sidecar
from analysis.synthetic.deliveries import write_deliveries

RESPONDENTS = 1_000_000
# the codebook holds a municipality to 5000 employees of a role
ANSWERED = 0.9
# way -> largest ratio of time and of peak memory to pandas.read_csv
LIMITS = {"read_surveyxact": (8.0, 2.0), "prepare": (30.0, 4.0)}
OPTIONS = {"sep": ";", "encoding": "cp1252", "decimal": ","}


def write_million(folder: Path) -> int:
    """Write the demonstration deliveries, the survey with a million rows and staff to match."""
    write_deliveries(folder)
    random = np.random.default_rng(1)
    path = folder / "national_survey" / "dataset.csv"
    answers = pd.read_csv(path, dtype="str", sep=";", encoding="cp1252", keep_default_na=False)
    completed = answers[answers["statoverall_4"] == "1"]
    parts = []
    for role, of_role in completed.groupby("rolle"):
        drawn = of_role.sample(RESPONDENTS // 2, replace=True, random_state=random, ignore_index=True)
        drawn["kommune"] = random.choice(completed["kommune"].unique(), len(drawn))
        drawn["omraade"] = random.choice(["1", "2"], len(drawn))
        parts.append(drawn.assign(rolle=role))
    million = pd.concat(parts, ignore_index=True)
    is_answered = random.random(len(million)) < ANSWERED
    million["statoverall_4"], million["statoverall_2"] = (
        is_answered.astype("int"),
        (~is_answered).astype("int"),
    )
    million["respondentid"] = million.index.astype("str")
    million.to_csv(path, sep=";", encoding="cp1252", index=False)
    staff = folder / "staff_counts.csv"
    counts = pd.read_csv(staff, dtype="str", sep=";", encoding="utf-8-sig").assign(ansatte=2500)
    counts.to_csv(staff, sep=";", encoding="utf-8-sig", index=False)
    return len(million)


def read_csv(folder: Path) -> int:
    """What anyone would write, for comparison."""
    return len(pd.read_csv(folder / "national_survey" / "dataset.csv", **OPTIONS))


def read_surveyxact(folder: Path) -> int:
    """The reader alone."""
    from analysis.readers.surveyxact import read_surveyxact

    return len(read_surveyxact(folder / "national_survey").answers)


def prepare(folder: Path) -> int:
    """Read, decode, weigh, check against the codebook."""
    from analysis.prepare import Ledger, prepare_waves

    found = [read_sidecar(folder / name) for name in ("national_survey.yml", "staff_counts.yml")]
    tables = prepare_waves(found, Ledger())
    return len(tables["caseworkers"]) + len(tables["leaders"])


WAYS = {way.__name__: way for way in (write_million, read_csv, read_surveyxact, prepare)}


def measure(way: str, folder: Path) -> tuple[float, float]:
    """Seconds and peak memory [MB] of one way, in a process of its own."""
    done = subprocess.run(
        [sys.executable, __file__, way, str(folder)], check=True, capture_output=True, text=True
    )
    seconds, megabytes = done.stdout.split()
    return float(seconds), float(megabytes)


def run_one(way: str, folder: Path) -> None:
    """Run one way, and print its seconds and its peak memory beyond the imports."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.perf_counter()
    rows = WAYS[way](folder)
    seconds = time.perf_counter() - start
    if rows < RESPONDENTS * ANSWERED * 0.99:
        raise ValueError(f"`{way}` must give about {RESPONDENTS} rows, but gave {rows}.")
    print(seconds, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024)


def main() -> int:
    """Measure all ways; 1 if a ratio is over its limit."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        # a process passes its peak memory on to those it starts: this one must stay small
        measure("write_million", folder)
        megabytes = (folder / "national_survey" / "dataset.csv").stat().st_size / 1e6
        base_time, base_memory = measure("read_csv", folder)
        print(
            f"{RESPONDENTS} respondents, {megabytes:.0f} MB; read_csv: {base_time:.1f} s, "
            f"{base_memory:.0f} MB"
        )
        failed = 0
        for way, (time_limit, memory_limit) in LIMITS.items():
            seconds, memory = measure(way, folder)
            ratios = seconds / base_time, memory / base_memory
            is_over = ratios[0] > time_limit or ratios[1] > memory_limit
            failed += is_over
            print(
                f"{way}: time {ratios[0]:.1f} x (limit {time_limit:g}), memory {ratios[1]:.1f} x "
                f"(limit {memory_limit:g}){' OVER' if is_over else ''}"
            )
    return 1 if failed else 0


if __name__ == "__main__":
    if len(sys.argv) == 3:
        run_one(sys.argv[1], Path(sys.argv[2]))
    else:
        sys.exit(main())
