"""The plan on a Dask cluster: the same task on machines that see the same project, data and reports.

A worker starts its own warm server, and is looked at first (`rerun.cluster`).
"""

import atexit
import hashlib
import logging
import sys
import threading
import time
import uuid
from collections import deque
from collections.abc import Iterator
from pathlib import Path

from distributed import Client, Future
from distributed.comm import CommClosedError

from analysis import files
from rerun import state
from rerun.kernels import Kernels
from rerun.plan import Run, notebooks
from rerun.run import Outcome, execute, outcome_of

# Which workers of a cluster may be given runs: those that would make what this machine would make.

PATIENCE = 10  # seconds to wait for a scheduler, or for a first worker
_LOOKED = 2  # seconds between two looks at who is there
_GOES_ON = "What was whole is kept; start it again, and the same command goes on."
_WORDS = {
    "data": "data",
    "code": "code in `analysis`, or lists in `data`",
    "style": "a style file",
    "runner": "code in `rerun`",
    "notebooks": "notebooks",
    "lock": "a requirements.lock",
    "packages": "versions of packages",
    "publication": "a value of `ANALYSIS_PUBLICATION`",
}


def describe(token: str) -> dict:
    """What a run's result depends on, on this machine; and whether it sees the reports' folder of the caller."""
    digest = hashlib.sha256()
    for file in [*sorted(Path(__file__).parent.rglob("*.py")), *notebooks()]:
        digest.update(file.read_bytes())
    own = {"notebooks": digest.hexdigest()}
    return {**state.state(), **own, "sees_reports": (files.reports() / token).is_file()}


def _complaint(mine: dict, theirs: dict | Exception) -> str:
    """Why a worker is refused; empty if it isn't."""
    if isinstance(theirs, Exception):
        return f"it cannot tell what it has ({type(theirs).__name__}: {theirs})"
    others = [words for name, words in _WORDS.items() if mine[name] != theirs[name]]
    if others:
        return f"it has other {', other '.join(others)}"
    if not theirs["sees_reports"]:
        return f"it does not see the folder `{files.reports().name}` of this machine"
    return ""


class Crew:
    """The workers that would make what this machine would make; who comes later is looked at, too."""

    def __init__(self, client: Client, scheduler: str):
        self._client, self._scheduler = client, scheduler
        self._known: set[str] = set()
        self._accepted: dict[str, int] = {}  # threads of each worker
        self._next, self._seen = 0.0, time.monotonic()

    def look(self) -> dict[str, int]:
        """Threads of the workers that can be given runs, by address.

        Raises
        ------
        CommClosedError
            If the scheduler is lost.
        ConnectionError
            If all workers are.
        ValueError
            If no worker has the data and code of this machine.
        """
        if self._client.status != "running":
            raise CommClosedError(self._client.status)
        if time.monotonic() >= self._next:
            there = self._client.nthreads()  # asks the scheduler; what its info says may be seconds old
            new = {worker: threads for worker, threads in there.items() if worker not in self._known}
            self._accepted |= self._vetted(new)
            self._known = set(there)  # who goes and comes back is looked at again
            self._accepted = {
                worker: threads for worker, threads in self._accepted.items() if worker in there
            }
            self._next = time.monotonic() + _LOOKED
            self._seen = time.monotonic() if self._accepted else self._seen
            if time.monotonic() - self._seen > 3 * PATIENCE:  # one that was killed may come back
                raise ConnectionError(f"No worker of {self._scheduler} is left. {_GOES_ON}")
        return self._accepted

    def _vetted(self, workers: dict[str, int]) -> dict[str, int]:
        """Those of some workers that are not refused; why the others are is told."""
        if not workers:
            return {}
        token = f".token.{uuid.uuid4().hex[:8]}"  # swept away if it is left
        shown = files.write(files.reports() / token, b"")
        try:
            mine = describe(token)
            answers = self._client.run(describe, token, workers=list(workers), on_error="return")
        finally:
            shown.unlink()
        refused = {worker: why for worker, theirs in answers.items() if (why := _complaint(mine, theirs))}
        for worker, why in refused.items():
            print(
                f"Worker {worker} is refused: {why}. Bring it up to date, and start it again.",
                file=sys.stderr,
            )
        if len(refused) == len(answers) and not self._accepted:
            raise ValueError(
                f"`SCHEDULER` must lead to workers with the data and code of this machine, but none of its "
                f"{len(answers)} has. Start one in a copy of this project that shares its reports."
            )
        return {worker: threads for worker, threads in workers.items() if worker not in refused}


# The plan on a Dask cluster: the same task on machines that see the same project, data and reports.

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
    run = Run(files.project() / "notebooks" / notebook, place, parameters)
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
    if not scheduler.startswith("tls://"):
        print(
            f"{scheduler} is without TLS: code and answers pass the network unencrypted, for anybody who is on it.",
            file=sys.stderr,
        )
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
        try:
            yield from _finished(client, runs, Crew(client, scheduler), time_limit)
        except CommClosedError as error:  # known by the client's status, or in the middle of a question
            raise ConnectionError(f"The scheduler at {scheduler} is lost. {_GOES_ON}") from error
