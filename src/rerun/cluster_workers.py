"""Which workers of a cluster may be given runs: those that would make what this machine would make."""

import hashlib
import sys
import time
import uuid
from pathlib import Path

from distributed import Client

from analysis import atomic, paths
from rerun import built
from rerun.plan import notebooks

PATIENCE = 10  # seconds to wait for a scheduler, or for a first worker
_LOOKED = 2  # seconds between two looks at who is there
_GOES_ON = "What was whole is kept; start it again, and the same command goes on."
_WORDS = {
    "data": "data",
    "code": "code in `analysis`, or lists in `data`",
    "logo": "a logo",
    "runner": "code in `rerun`",
    "notebooks": "notebooks",
    "lock": "a requirements.lock",
    "packages": "versions of packages",
    "publication": "a value of `ANALYSIS_PUBLICATION`",
}


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
    if not theirs["sees_reports"]:
        return f"it does not see the folder `{paths.reports().name}` of this machine"
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
        ConnectionError
            If the scheduler or all workers are lost.
        ValueError
            If no worker has the data and code of this machine.
        """
        if self._client.status != "running":
            raise ConnectionError(f"The scheduler at {self._scheduler} is lost. {_GOES_ON}")
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
        shown = atomic.write(paths.reports() / token, b"")
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
