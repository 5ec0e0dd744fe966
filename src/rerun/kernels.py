"""Where runs get their kernels: forked from a warm server where that can be, else started as Jupyter does.

A forked kernel has its imports done; what it gives is the same to the byte.
"""

import asyncio
import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from pathlib import Path
from queue import Empty
from types import TracebackType
from typing import Any

import zmq
from jupyter_client import AsyncKernelManager
from jupyter_client.asynchronous import AsyncKernelClient
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from rerun.kernel_server import GOODBYE

# How Jupyter gets at the kernel of a run: the stock manager, with waits that end when what they wait for is there.


class Client(AsyncKernelClient):
    """The stock client, which knows that a kernel is ready when it says so; stock listens for 0.2 s of silence."""

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Ask until the kernel has answered, and has said on its other channel that it is idle again.

        Raises
        ------
        RuntimeError
            If the kernel dies, or doesn't answer in time.
        """
        until = time.monotonic() + (float("inf") if timeout is None else timeout)
        asked = {self.kernel_info()}
        while not await self._answers(asked):
            if not await self.is_alive():
                raise RuntimeError("Kernel died before replying to kernel_info")
            if time.monotonic() > until:
                raise RuntimeError(f"Kernel didn't respond in {timeout} seconds")
            asked.add(self.kernel_info())

    async def _answers(self, asked: set[str]) -> bool:
        """Whether a question is answered on both channels: who isn't heard on the second must be asked again."""
        try:
            reply = await self.shell_channel.get_msg(timeout=1)
            while reply["parent_header"].get("msg_id") not in asked:
                reply = await self.shell_channel.get_msg(timeout=1)
            self._handle_kernel_info_reply(reply)
            said = await self.iopub_channel.get_msg(timeout=0.02)
            while not _ends(said, asked):
                said = await self.iopub_channel.get_msg(timeout=0.02)
        except Empty:
            return False
        return True


def _ends(message: dict, asked: set[str]) -> bool:
    own = message["parent_header"].get("msg_id") in asked
    return own and message["content"].get("execution_state") == "idle"


class Provisioner(LocalProvisioner):
    """Starts the kernel of a run: forked where the run's `Kernels` are warm, else as a process of its own."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> dict:
        """Start the kernel; a fork needs only the arguments of `cmd`, the stock command line."""
        kernels = self.parent.kernels
        forked = kernels.fork(cmd[cmd.index("-f") :], kwargs["env"], str(kwargs["cwd"]))
        if forked is None:
            connection = await super().launch_kernel(cmd, **kwargs)
            kernels.remember(self.process)
            return connection
        self.process, self.pid, self.pgid, self.cwd = forked, forked.pid, forked.pid, kwargs["cwd"]
        return self.connection_info

    async def kill(self, restart: bool = False) -> None:
        """Kill the kernel, and see to its end here: the manager would look every 0.1 s."""
        await super().kill(restart)
        until = time.monotonic() + 1
        while await self.poll() is None and time.monotonic() < until:
            await asyncio.sleep(0.002)


class Manager(AsyncKernelManager):
    """The stock manager with this interpreter and private sockets; `Kernels.manager` fills it in."""

    kernels: "Kernels"
    surroundings: dict[str, str]
    time_limit: float | None = None
    expired = False

    def __init__(self, **kwargs: Any):
        super().__init__(client_factory=Client, **kwargs)
        self.context.setsockopt(zmq.RECONNECT_IVL, 5)  # [ms]; the stock 100 would be most of a kernel's start
        self.connection_file = str(self.kernels.new_folder() / "k.json")
        if os.name == "posix":
            self.transport = "ipc"  # no race for ports, and nothing listens on the network

    @property
    def kernel_spec(self) -> KernelSpec:
        """This interpreter, whatever kernels the user has beside it."""
        argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}", "--log-level=ERROR"]
        return KernelSpec(argv=argv, display_name="Python 3", language="python")

    async def start_kernel(self, **kwargs: Any) -> None:
        """Start the kernel by this project's provisioner, with the run's environment."""
        self.kernel_id = self.kernel_id or str(uuid.uuid4())
        self.provisioner = self.provisioner or Provisioner(
            kernel_id=self.kernel_id, kernel_spec=self.kernel_spec, parent=self
        )
        await super().start_kernel(**kwargs | {"env": os.environ | self.surroundings})
        if self.time_limit is not None:
            asyncio.get_running_loop().call_later(self.time_limit, self._expire)

    def _expire(self) -> None:
        """Kill a kernel whose time is up; nbclient finds it dead, and the run's class says why."""
        type(self).expired = True
        self._killing = asyncio.ensure_future(self.provisioner.kill())


# The processes behind forked kernels: the warm server that forks them, and a forked kernel as Jupyter sees it.

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


# Where runs get their kernels: forked from a warm server where that can be, else started as Jupyter does.

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
        if sys.platform != "linux" or not hasattr(os, "fork"):
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
