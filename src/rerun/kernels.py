"""Where runs get their kernels: forked from a warm server where that can be, else started as Jupyter does.

A forked kernel has its imports done; what it gives is the same to the byte.
"""

import shutil
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from types import TracebackType

from rerun.kernel_manager import Manager
from rerun.kernel_processes import QUIET, Forked, WarmServer

_DEATHS = 2  # so often may the warm server die before the stock kernel takes over


class Kernels:
    """Where runs get their kernels: warm where the system can fork safely, unless `cold`.

    Used in a ``with`` statement; at its end no process is left.

    Parameters
    ----------
    cold : bool
        Start every kernel as Jupyter does.
    """

    def __init__(self, cold: bool = False):
        # sockets' paths end at 107 bytes: a short folder, readable by nobody else
        self._folder = Path(tempfile.mkdtemp(prefix="k", dir="/tmp" if Path("/tmp").is_dir() else None))
        self._lock = threading.Lock()
        self._deaths, self._number, self._closed = 0, 0, False
        self._cold: list[subprocess.Popen] = []
        self._server: WarmServer | None = None
        self._why_cold = "as asked" if cold else ""
        if sys.platform != "linux":
            self._why_cold = "this system can't fork safely"
        if not self._why_cold:
            self._server = WarmServer(self._folder)
        elif not cold:  # who asked for it knows
            self._say_cold()

    def __enter__(self) -> "Kernels":
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def _say_cold(self) -> None:
        print(f"Kernels start cold ({self._why_cold}): every run imports its packages anew.", file=sys.stderr)

    @property
    def warm(self) -> bool:
        """Whether kernels are forked."""
        return not self._why_cold

    def new_folder(self) -> Path:
        """A short private folder for the sockets of one kernel."""
        with self._lock:
            self._number += 1
            folder = self._folder / str(self._number)
        folder.mkdir(mode=0o700)
        return folder

    def fork(self, argv: list[str], env: dict[str, str], cwd: str) -> Forked | None:
        """A forked kernel; None where there is no warm server (any more).

        Raises
        ------
        RuntimeError
            If everything has been stopped.
        """
        while self.warm or self._closed:
            if self._closed:
                raise RuntimeError("Stopped before the kernel was started.")
            server = self._server
            try:
                return server.fork(argv, env, cwd)
            except ConnectionError as error:
                self._renew(server, str(error))
        return None

    def _renew(self, dead: WarmServer, why: str) -> None:
        with self._lock:
            if self._closed or self._server is not dead or not self.warm:
                return  # another run has seen to it
            dead.close()
            self._deaths += 1
            (self._folder / "s").unlink(missing_ok=True)
            if self._deaths < _DEATHS:
                self._server = WarmServer(self._folder)
            else:
                self._why_cold = why
                self._say_cold()

    def manager(self, surroundings: dict[str, str], time_limit: float | None = None) -> type[Manager]:
        """The class of kernel manager that nbclient is told to use for one run.

        Parameters
        ----------
        surroundings : dict
            Environment variables of the kernel, beside those of this process.
        time_limit : float, optional
            Seconds after which the kernel is killed, and the class's `expired` is True.
        """
        own = {"IPYTHONDIR": str(self._folder / "ipython")} | QUIET | surroundings
        filled_in = {"kernels": self, "surroundings": own, "time_limit": time_limit}
        return type("RunManager", (Manager,), filled_in)

    def remember(self, process: subprocess.Popen) -> None:
        """Note a kernel that was started cold, so that it ends with the others."""
        with self._lock:
            self._cold = [running for running in self._cold if running.poll() is None]
            self._cold.append(process)

    def close(self) -> None:
        """End all kernels and the server, and remove the folder."""
        with self._lock:
            self._closed = True
        for process in self._cold:
            if process.poll() is None:
                process.kill()
        if self._server is not None:
            self._server.close()
        shutil.rmtree(self._folder, ignore_errors=True)
