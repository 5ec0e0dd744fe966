"""How Jupyter gets at the kernel of a run: the stock manager, with waits that end when what they wait for is there.

Everything else (papermill, nbclient, ipykernel) is stock.
"""

import asyncio
import os
import sys
import time
import uuid
from queue import Empty
from typing import TYPE_CHECKING, Any

import zmq
from jupyter_client import AsyncKernelManager
from jupyter_client.asynchronous import AsyncKernelClient
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

if TYPE_CHECKING:
    from rerun.kernels import Kernels


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
