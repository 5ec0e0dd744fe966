"""The plan on a Dask cluster: the same task on machines that see the same project, data and reports.

A worker starts its own warm server, and is looked at first (`rerun.cluster_workers`).
"""

import atexit
import logging
import threading
import time
from collections import deque
from collections.abc import Iterator

from distributed import Client, Future

from analysis import paths
from rerun.cluster_workers import PATIENCE, Crew
from rerun.kernels import Kernels
from rerun.plan import Run
from rerun.run import Outcome, execute, outcome_of

_PAUSE = 0.02  # seconds between two looks at what is done
_own: dict[str, Kernels] = {}
_opening = threading.Lock()


def _kernels() -> Kernels:
    """The kernels of this worker process, started by its first run."""
    with _opening:
        if "kernels" not in _own:
            _own["kernels"] = Kernels()
            atexit.register(close_kernels)
        return _own["kernels"]


def close_kernels() -> None:
    """End the kernels of this worker process; a later run starts new ones."""
    with _opening:
        kernels = _own.pop("kernels", None)
    if kernels is not None:
        kernels.close()


def execute_here(task: tuple[str, str, dict], time_limit: float) -> str:
    """Execute one run on a worker, in its own folders; returns the outcome's error."""
    notebook, place, parameters = task
    run = Run(paths.project() / "notebooks" / notebook, place, parameters)
    return execute(run, _kernels(), time_limit).error


def _connected(scheduler: str) -> Client:
    """A client of the scheduler, which has a worker.

    Raises
    ------
    ConnectionError
        If there is no scheduler, or it has no worker.
    """
    for name in ("distributed", "distributed.client"):  # a lost connection is told once, by us
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        client = Client(scheduler, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError) as error:
        raise ConnectionError(
            f"`SCHEDULER` must be the address of a running Dask scheduler, as tcp://host:8786, but {scheduler} "
            "does not answer. Start one with `dask scheduler`, or leave `SCHEDULER` out."
        ) from error
    try:
        client.wait_for_workers(1, timeout=PATIENCE)
    except TimeoutError as error:
        client.close()
        raise ConnectionError(
            f"The scheduler at {scheduler} must have workers, but has none. Start some with `dask worker {scheduler}`."
        ) from error
    return client


def _finished(client: Client, runs: list[Run], crew: Crew, time_limit: float) -> Iterator[Outcome]:
    """Give the workers as many runs as they have threads, and the next ones as these are done."""
    remaining, waiting = deque(runs), {}
    try:
        while remaining or waiting:
            workers = crew.look()
            for future in [future for future in waiting if workers and not waiting[future][1] & set(workers)]:
                remaining.appendleft(waiting.pop(future)[0])  # all who were to do it are gone
                future.cancel()
            while remaining and len(waiting) < sum(workers.values()):
                run = remaining.popleft()
                task = (run.notebook.name, run.place, run.parameters)
                future = client.submit(execute_here, task, time_limit, pure=False, workers=list(workers))
                waiting[future] = run, set(workers)
            done = [future for future in waiting if future.done()]
            for future in done:
                yield _outcome(future, waiting.pop(future)[0])
            if not done:
                time.sleep(_PAUSE)
    except (KeyboardInterrupt, GeneratorExit):  # nothing more is begun, and what runs ends with its kernel
        client.cancel(list(waiting), force=True)
        client.run(close_kernels, workers=list(crew.look()), on_error="ignore")
        raise


def _outcome(future: Future, run: Run) -> Outcome:
    """What became of a run: its error, or that of a worker that could not even begin."""
    return Outcome(run, future.result()) if future.status == "finished" else outcome_of(future, run)


def execute_all(runs: list[Run], scheduler: str, time_limit: float) -> Iterator[Outcome]:
    """Execute every run on a cluster, and hand on each outcome as it comes.

    What a worker had begun when it was killed is done by others.

    Parameters
    ----------
    runs : list of Run
    scheduler : str
        Address, as "tcp://host:8786".
    time_limit : float
        Seconds that each may take.

    Raises
    ------
    ConnectionError
        If the scheduler or all workers are lost.
    ValueError
        If no worker has the data and code of this machine.
    """
    with _connected(scheduler) as client:
        yield from _finished(client, runs, Crew(client, scheduler), time_limit)
