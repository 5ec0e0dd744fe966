"""The plan on a Dask cluster: the same task on machines that see the same project, data and reports.

A worker starts its own warm server, and is refused if what it would make is not what this machine would make.
"""

import atexit
import hashlib
import logging
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

from distributed import Client, Future

from analysis import atomic, paths
from rerun import built
from rerun.kernels import Kernels
from rerun.plan import Run, notebooks
from rerun.run import Outcome, execute, outcome_of

_PATIENCE = 10  # seconds to wait for the scheduler, or for a first worker
_LOOKED = 0.1  # seconds between two looks at what is done
_WORDS = {
    "data": "data",
    "code": "code in `analysis`, or lists in `data`",
    "runner": "code in `rerun`",
    "notebooks": "notebooks",
    "lock": "a requirements.lock",
    "packages": "versions of packages",
    "publication": "a value of `ANALYSIS_PUBLICATION`",
}
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


def describe(token: str) -> dict:
    """What a run's result depends on, on this machine; and whether it sees the reports' folder of the caller."""
    digest = hashlib.sha256()
    for file in [*sorted(Path(__file__).parent.glob("*.py")), *notebooks()]:
        digest.update(file.read_bytes())
    own = {"notebooks": digest.hexdigest()}
    return {**built.state(), **own, "sees_reports": (paths.reports() / token).is_file()}


def _complaint(mine: dict, theirs: dict | Exception) -> str:
    """Why a worker is refused; empty if it isn't."""
    if isinstance(theirs, Exception):
        return f"it cannot tell what it has ({type(theirs).__name__}: {theirs})"
    others = [words for name, words in _WORDS.items() if mine[name] != theirs[name]]
    if others:
        return f"it has other {', other '.join(others)}"
    return (
        ""
        if theirs["sees_reports"]
        else f"it does not see the folder `{paths.reports().name}` of this machine"
    )


def _accepted(client: Client) -> list[str]:
    """Addresses of the workers that would make what this machine would make; the others are told.

    Raises
    ------
    ValueError
        If there is none.
    """
    token = f".token-{uuid.uuid4().hex}"
    shown = atomic.write(paths.reports() / token, b"")
    try:
        mine = describe(token)
        answers = client.run(describe, token, on_error="return")
    finally:
        shown.unlink()
    refused = {worker: why for worker, theirs in answers.items() if (why := _complaint(mine, theirs))}
    for worker, why in refused.items():
        print(f"Worker {worker} is refused: {why}. Bring it up to date, and start it again.", file=sys.stderr)
    if len(refused) == len(answers):
        raise ValueError(
            f"`SCHEDULER` must lead to workers with the data and code of this machine, but none of its "
            f"{len(answers)} has. Start one in a copy of this project that shares its reports."
        )
    return [worker for worker in answers if worker not in refused]


def _connected(scheduler: str) -> Client:
    """A client of the scheduler, which has a worker.

    Raises
    ------
    ConnectionError
        If there is no scheduler, or it has no worker.
    """
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # a lost connection is told once, by us
    try:
        client = Client(scheduler, timeout=_PATIENCE, set_as_default=False)
    except (OSError, ValueError) as error:
        raise ConnectionError(
            f"`SCHEDULER` must be the address of a running Dask scheduler, as tcp://host:8786, but {scheduler} "
            "does not answer. Start one with `dask scheduler`, or leave `SCHEDULER` out."
        ) from error
    try:
        client.wait_for_workers(1, timeout=_PATIENCE)
    except TimeoutError as error:
        client.close()
        raise ConnectionError(
            f"The scheduler at {scheduler} must have workers, but has none. Start some with `dask worker {scheduler}`."
        ) from error
    return client


def _check_alive(client: Client, workers: list[str], scheduler: str) -> None:
    """Raise a ConnectionError if nobody is left who could go on."""
    if client.status != "running":
        raise ConnectionError(
            f"The scheduler at {scheduler} is lost. What was whole is kept; start it again, and the same command goes on."
        )
    if not set(workers) & set(client.scheduler_info(n_workers=-1)["workers"]):
        raise ConnectionError(
            f"All {len(workers)} workers of {scheduler} are lost. What was whole is kept; start some, and the same "
            "command goes on."
        )


def _finished(
    client: Client, futures: dict[Future, Run], workers: list[str], scheduler: str
) -> Iterator[Outcome]:
    waiting = dict(futures)
    while waiting:
        _check_alive(client, workers, scheduler)
        done = [future for future in waiting if future.done()]
        for future in done:
            yield _outcome(future, waiting.pop(future))
        if not done:
            time.sleep(_LOOKED)


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
        workers = _accepted(client)
        tasks = [(run.notebook.name, run.place, run.parameters) for run in runs]
        futures = client.map(execute_here, tasks, time_limit=time_limit, pure=False, workers=workers)
        try:
            yield from _finished(client, dict(zip(futures, runs, strict=True)), workers, scheduler)
        except (
            KeyboardInterrupt,
            GeneratorExit,
        ):  # nothing more is begun, and what runs ends with its kernel
            client.cancel(futures, force=True)
            client.run(close_kernels, workers=workers, on_error="ignore")
            raise
