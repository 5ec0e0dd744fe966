"""What the benchmarks of running share: where reports go, and how much memory is used."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil


@contextmanager
def reports(folder: Path) -> Iterator[None]:
    """Have reports written to a folder."""
    os.environ["ANALYSIS_REPORTS"] = str(folder)
    folder.mkdir(parents=True, exist_ok=True)
    yield
    del os.environ["ANALYSIS_REPORTS"]


class Memory:
    """The most memory that this process and all that it has started use [MB], each page counted once."""

    def __init__(self):
        self.peak = 0.0

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Watch while something goes on."""
        over = threading.Event()

        def watch() -> None:
            while not over.wait(0.25):
                self.peak = max(self.peak, _megabytes())

        watching = threading.Thread(target=watch)
        watching.start()
        try:
            yield
        finally:
            over.set()
            watching.join()


def _megabytes() -> float:
    own = psutil.Process()
    total = 0
    for process in (own, *own.children(recursive=True)):
        try:
            total += process.memory_full_info().pss
        except (psutil.NoSuchProcess, psutil.ZombieProcess):
            continue  # it ended as we looked
    return total / 1e6
