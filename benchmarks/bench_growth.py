"""How time and memory of `rerun` grow: from 1 municipality to 98, and from 3 thousand respondents to 300 thousand.

``python benchmarks/bench_growth.py``: all notebooks, two workers. Prints ratios to the smallest. Exits with 1 when 98
municipalities take more than 98 times one, or a municipality's own run grows with the respondents of the country.
"""

import hashlib
import json
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

import pandas as pd
from running import Memory, reports

from analysis import files, municipalities
from rerun.plan import plan
from rerun.run import execute_all

COUNTS = (1, 10, 98)  # municipalities
TIMES = (1, 10, 100)  # of the demonstration data's 3 thousand respondents
MOST_OF_OWN_RUN = 3.0  # a municipality's own run with 300 thousand respondents, beside that with 3 thousand
RESPONDENTS, COUNTED = ("caseworkers", "leaders"), {"staff": "_count", "missing_answers": "count"}


def execute(places: list[str], folder: Path) -> tuple[float, float]:
    """Run all notebooks for some places; time [s] and peak memory [MB]."""
    memory, started = Memory(), time.perf_counter()
    with reports(folder), memory.watched():
        failed = [outcome for outcome in execute_all(plan(places)) if outcome.error]
    if failed:
        raise RuntimeError(f"Every run must succeed, but {len(failed)} failed (first: {failed[0].error}).")
    return time.perf_counter() - started, memory.peak


def by_municipalities(folder: Path) -> bool:
    """Print time and memory for more and more municipalities; whether they grow no faster."""
    names = [municipality.name for municipality in municipalities.everyone()]
    execute([municipalities.COUNTRY], folder)  # makes what is kept for all
    found = {count: execute(names[:count], folder / str(count)) for count in COUNTS}
    first_time, first_memory = found[COUNTS[0]]
    for count, (seconds, megabytes) in found.items():
        ratios = f"{seconds / first_time:.1f} times as long, {megabytes / first_memory:.2f} times the memory"
        print(f"{count} municipalities: {seconds:.0f} s, {megabytes:.0f} MB ({ratios})", flush=True)
    return found[98][0] <= 98 * first_time


def enlarge(home: Path, times: int) -> int:
    """Write a project whose data has each respondent many times over, and counts to match; number of respondents."""
    for name in ("data", "notebooks"):
        shutil.copytree(files.project() / name, home / name)
    folder = home / "data" / "processed"
    said = json.loads((folder / "digests.json").read_text(encoding="utf-8"))
    respondents = 0
    for name in (*RESPONDENTS, *COUNTED):
        file = folder / f"{name}.parquet"
        table = pd.read_parquet(file)
        counts = [column for column in table if column.endswith(COUNTED.get(name, "_count"))]
        table[counts] = table[counts] * times
        if name in RESPONDENTS:
            table = pd.concat([table] * times, ignore_index=True)
            respondents += len(table)
        table.to_parquet(file)
        said["tables"][name]["sha256"] = hashlib.sha256(file.read_bytes()).hexdigest()
    (folder / "digests.json").write_text(json.dumps(said), encoding="utf-8")
    return respondents


def by_respondents(folder: Path) -> bool:
    """Print time and memory for more and more respondents; whether a municipality's own run stays about the same."""
    found = {}
    for times in TIMES:
        home = folder / f"home-{times}"
        count = enlarge(home, times)
        os.environ["ANALYSIS_HOME"] = str(home)
        found[count] = (
            *execute([municipalities.COUNTRY], home / "reports"),
            *execute(["Køge"], home / "reports"),
        )
        del os.environ["ANALYSIS_HOME"]
    first = next(iter(found.values()))
    kinds = ("what is made once [s]", "its memory [MB]", "a municipality [s]", "its memory [MB]")
    for count, measured in found.items():
        ratios = [now / least for now, least in zip(measured, first, strict=True)]
        told = (
            f"{kind} {now:.0f} ({r:.1f} times)" for kind, now, r in zip(kinds, measured, ratios, strict=True)
        )
        print(f"{count} respondents: {', '.join(told)}", flush=True)
    own = found[count][2]
    return own <= MOST_OF_OWN_RUN * first[2]


def main() -> int:
    """Print both growths; 1 where one is over its limit."""
    with tempfile.TemporaryDirectory() as folder:
        held = [by_respondents(Path(folder)), by_municipalities(Path(folder) / "country")]
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
