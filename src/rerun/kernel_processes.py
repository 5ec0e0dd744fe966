"""The processes behind forked kernels: the warm server that forks them, and a forked kernel as Jupyter sees it."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

from rerun.kernel_server import GOODBYE

# One thread in what calculates: kernels run side by side, and how sums are split can change a last digit.
QUIET = {"OPENBLAS_NUM_THREADS": "1", "POLARS_MAX_THREADS": "1", "PYDEVD_DISABLE_FILE_VALIDATION": "1"}
# Read as packages are loaded: Arrow's memory pool would start a thread, and matplotlib wants its backend.
_WARM = {
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
}


class Forked:
    """A forked kernel as jupyter_client sees a process: what is used of `subprocess.Popen`."""

    stdin = stdout = stderr = None

    def __init__(self, pid: int, connection: socket.socket):
        self.pid, self._connection = pid, connection
        self.returncode: int | None = None

    def _read(self, timeout: float | None) -> int | None:
        if self.returncode is None:
            self._connection.settimeout(timeout)
            try:
                answer = self._connection.recv(64)
            except (BlockingIOError, TimeoutError):
                return None
            except OSError:
                answer = b""
            if (
                not answer.strip()
            ):  # the server died, and the kernel with it, but not what the kernel had started
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(self.pid, signal.SIGKILL)
            self.returncode = int(answer) if answer.strip() else -int(signal.SIGKILL)
            self._connection.close()
        return self.returncode

    def poll(self) -> int | None:
        """Exit code, or None while it runs."""
        return self._read(0.0)

    def wait(self, timeout: float | None = None) -> int | None:
        """Wait for the exit code."""
        return self._read(timeout)

    def send_signal(self, number: int) -> None:
        """Send a signal, unless the kernel has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """Kill the kernel."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask the kernel to end."""
        self.send_signal(signal.SIGTERM)


class WarmServer:
    """The process that forks kernels; started once, ended with whoever started it."""

    def __init__(self, folder: Path):
        self._address = str(folder / "s")
        inherited = {name: value for name, value in os.environ.items() if name != "MPLBACKEND"}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "rerun.kernel_server", self._address],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=inherited | QUIET | _WARM,
            start_new_session=True,
        )
        self._asking = threading.Lock()
        self._ready = False

    def fork(self, argv: list[str], env: dict[str, str], cwd: str) -> Forked:
        """Ask for a kernel.

        Raises
        ------
        ConnectionError
            If the server is dead.
        """
        self._wait_until_ready()
        connection = socket.socket(socket.AF_UNIX)
        try:
            connection.connect(self._address)
            connection.sendall(json.dumps({"argv": argv, "env": env, "cwd": cwd}).encode() + b"\n")
            answer = connection.recv(64)
        except OSError as error:
            connection.close()
            raise ConnectionError("The warm server of kernels is dead.") from error
        if not answer.strip():
            connection.close()
            raise ConnectionError("The warm server of kernels died.")
        return Forked(int(answer), connection)

    def _wait_until_ready(self) -> None:
        with self._asking:
            self._ready = self._ready or self._process.stdout.readline() == b"ready\n"
        if not (self._ready and self.alive):
            self._process.wait()
            raise ConnectionError(f"The warm server of kernels ended with code {self._process.returncode}.")

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        return self._process.poll() is None

    def close(self) -> None:
        """End it, and all its kernels with it."""
        if not self._process.stdin.closed:
            with contextlib.suppress(BrokenPipeError):
                self._process.stdin.write(GOODBYE)
                self._process.stdin.close()
        if not self._ready:
            self._process.kill()  # still importing, and without kernels
        with self._asking:
            self._process.stdout.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
