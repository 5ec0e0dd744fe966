"""A warm, single-threaded process that has imported the slow packages, and forks stock kernels from itself.

Run by `rerun.kernels` as ``python -m rerun.kernel_server SOCKET``. A forked kernel is the stock ipykernel in
a process of its own: its own session, environment, folder and random state. Whoever asked holds a
connection; when it closes, the kernel is killed, and when this process ends, so are all its kernels.
"""

import contextlib
import ctypes
import gc
import importlib
import json
import os
import random
import selectors
import shutil
import signal
import socket
import sys
from pathlib import Path

# Not among them: what registers hooks on import (pyplot, the inline backend: every chart would vanish) and
# what starts threads.
PRELOADED = (
    "numpy",
    "pandas",
    "pyarrow.dataset",
    "pyarrow.parquet",
    "scipy.stats",
    "scipy.optimize",
    "formulaic",
    "patsy",
    "matplotlib.figure",
    "matplotlib.backends.backend_agg",
    "matplotlib.backends.backend_pdf",
    "matplotlib.backends.backend_svg",
    "fontTools.pens.svgPathPen",
    "PIL.PngImagePlugin",
    "pypdfium2",
    "pptx",
    "pptx.chart.data",
    "docx",
    "xlsxwriter",
    "babel.dates",
    "babel.numbers",
    "typst",
    "uharfbuzz",
    "yaml",
    "tomllib",
    "statistics",
    "sqlite3",
    "statsmodels",
    "ipywidgets",
    "scipy.cluster.hierarchy",  # and the two before: most of seaborn, which itself imports pyplot
    "faulthandler",
    "tornado.platform.asyncio",
    "IPython.display",
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.oinspect",
    "IPython.extensions.storemagic",
    "IPython.utils.wildcard",
    "ipykernel.ipkernel",
    "ipykernel.kernelapp",
    "ipykernel.debugger",
)
# The project's own, as far as notebooks import it. A kernel that finds it edited, or a list that it reads, forgets it
# and imports it anew.
OWN = (
    "analysis.charts",
    "analysis.publish",
    "analysis.sentences",
    "analysis.subjects.associations",
    "analysis.subjects.caseload",
    "analysis.subjects.deep_mapping",
    "analysis.subjects.handover",
    "analysis.subjects.practices",
    "analysis.subjects.published",
    "analysis.subjects.respondents",
    "analysis.subjects.supervision",
    "analysis.subjects.triangulation",
    "analysis.subjects.weighting",
)
GOODBYE = b"q"  # on the standard input, from one who removes its folder itself
_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG of prctl(2)


def preload() -> None:
    """Import the slow packages, and make sure that a fork is still safe.

    Raises
    ------
    ImportError
        If a package is missing.
    RuntimeError
        If a package has started a thread: a fork would leave its locks as they happened to be.
    """
    for name in (*PRELOADED, *OWN):
        importlib.import_module(name)
    _read_lists()
    threads = [(task / "comm").read_text().strip() for task in Path("/proc/self/task").iterdir()]
    if len(threads) > 1:
        raise RuntimeError(
            f"A warm kernel must be forked from one thread, but the preloaded packages run {len(threads)} "
            f"({', '.join(threads)}). Take the package that starts them out of PRELOADED."
        )
    gc.collect()
    gc.freeze()  # or the first collection in a kernel touches, and so copies, every page of memory


def _read_lists() -> None:
    """Read what every kernel reads first: lists, templates, style and versions."""
    for module, function in (
        ("analysis.municipalities", "places"),
        ("analysis.measures", "names"),
        ("analysis.texts.sources", "statements"),
        ("analysis.charts.style", "read_style"),
        ("analysis.export.record", "packages"),
        ("analysis.export.images", "typeset_fonts"),
        ("analysis.files", "code_digest"),
    ):
        with contextlib.suppress(
            OSError, ValueError, KeyError
        ):  # the notebook that needs it tells what is wrong
            getattr(importlib.import_module(module), function)()


def own_code() -> list[tuple[str, int, int]]:
    """The files of `analysis` and the lists that it reads, as they are now: name, time of change, size."""
    package = Path(importlib.import_module("analysis").__file__).parent
    lists = importlib.import_module("analysis.files").project() / "data"
    style = importlib.import_module("analysis.charts.style").style_file()
    files = [*sorted(package.rglob("*.*")), *sorted(lists.glob("*.csv")), style]
    found = ((file, file.stat()) for file in files if file.is_file() and file.suffix != ".pyc")
    return [(str(file), state.st_mtime_ns, state.st_size) for file, state in found]


def forget_own_code() -> None:
    """Have `analysis` imported anew by whoever needs it."""
    for name in [name for name in sys.modules if name.partition(".")[0] == "analysis"]:
        del sys.modules[name]


def _read_request(connection: socket.socket) -> dict:
    """One line of JSON: argv, env, cwd."""
    text = b""
    while not text.endswith(b"\n"):
        part = connection.recv(65536)
        if not part:
            raise ConnectionError("the connection was closed before the request was whole.")
        text += part
    return json.loads(text)


def _kill_group(pid: int) -> None:
    """Kill what a kernel has started, and itself if it runs; it may not have its group yet."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)


def _kill(pid: int) -> None:
    """Kill a kernel that hasn't been reaped, and what it has started."""
    _kill_group(pid)
    os.kill(pid, signal.SIGKILL)


class Server:
    """Forks a kernel for each request, and tells whoever asked how it ended.

    A request is one line of JSON on a connection of its own; the answer is the kernel's process id, and at
    its end the exit code. A connection that closes means that the kernel isn't wanted any more.
    """

    def __init__(self, listener: socket.socket):
        self._listener = listener
        self._woken, self._wake = socket.socketpair()
        self._wake.setblocking(False)
        signal.set_wakeup_fd(self._wake.fileno())
        signal.signal(signal.SIGCHLD, lambda *_: None)
        self._watched = selectors.DefaultSelector()
        for file in (listener, self._woken, sys.stdin):
            self._watched.register(file, selectors.EVENT_READ)
        self._connections: dict[int, socket.socket] = {}  # by the process id of the kernel

    def serve(self) -> dict | None:
        """Answer requests until the standard input closes.

        Returns
        -------
        dict or None
            The request, in a forked child; None in the server, when it is to end.
        """
        while True:
            for key, _ in self._watched.select():
                if key.fileobj is sys.stdin:
                    self._end(told=os.read(sys.stdin.fileno(), 1) == GOODBYE)
                    return None
                if key.fileobj is self._woken:
                    self._woken.recv(4096)
                    self._reap()
                elif key.fileobj is self._listener:
                    request = self._accept()
                    if request is not None:
                        return request
                elif key.fileobj in self._watched.get_map():
                    _kill(key.data)
                    self._watched.unregister(key.fileobj)

    def _accept(self) -> dict | None:
        """Fork for one request; the request in the child, None in the server."""
        connection, _ = self._listener.accept()
        try:
            connection.settimeout(10)
            request = _read_request(connection) | {"server": os.getpid()}
            connection.settimeout(None)
            pid = os.fork()
        except (OSError, ValueError) as error:
            print(f"A kernel could not be forked: {error}", file=sys.stderr)
            connection.close()
            return None
        if pid == 0:
            connection.close()
            self._let_go()
            return request
        self._connections[pid] = connection
        self._watched.register(connection, selectors.EVENT_READ, data=pid)
        with contextlib.suppress(OSError):  # who has gone is seen to by the closed connection
            connection.sendall(b"%d\n" % pid)
        return None

    def _reap(self) -> None:
        while self._connections:
            ended = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
            if ended is None:
                return
            _kill_group(ended.si_pid)  # while its number is still its own: a crashed kernel leaves children
            pid, status = os.waitpid(ended.si_pid, 0)
            connection = self._connections.pop(pid)
            if connection in self._watched.get_map():
                self._watched.unregister(connection)
            with contextlib.suppress(OSError):
                connection.sendall(b"%d\n" % os.waitstatus_to_exitcode(status))
            connection.close()

    def _let_go(self) -> None:
        """Close in a child what belongs to the server."""
        signal.set_wakeup_fd(-1)
        self._watched.close()
        for opened in (self._listener, self._woken, self._wake, *self._connections.values()):
            opened.close()

    def _end(self, told: bool) -> None:
        """Kill all kernels; who was killed without a word has left its folder, too."""
        for pid in self._connections:
            _kill(pid)
        if not told:
            shutil.rmtree(Path(self._listener.getsockname()).parent, ignore_errors=True)


def become_kernel(request: dict, loaded: list[tuple[str, int, int]]) -> None:
    """Turn a freshly forked child into a stock ipykernel with a state of its own."""
    os.setsid()
    ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
    if os.getppid() != request["server"]:
        return  # the server died in between
    for number in (signal.SIGCHLD, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with Path(os.devnull).open("r+b", buffering=0) as nothing:
        for standard in (0, 1):
            os.dup2(nothing.fileno(), standard)
    os.environ.clear()
    os.environ.update(request["env"])
    os.chdir(request["cwd"])
    random.seed()
    importlib.import_module("numpy.random").seed()
    if own_code() != loaded:
        forget_own_code()
    sys.argv = ["ipykernel_launcher", *request["argv"]]
    importlib.import_module("ipykernel.kernelapp").launch_new_instance()


def main() -> None:
    """Preload, say so on the standard output, and serve."""
    if sys.path[0] in ("", str(Path.cwd())):
        del sys.path[0]  # as ipykernel's own launcher does
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the one who asked
    loaded = own_code()  # before it is loaded: what is edited meanwhile is loaded anew
    preload()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(sys.argv[1])
        listener.listen(64)
        print("ready", flush=True)
        request = Server(listener).serve()
    if request is not None:
        become_kernel(request, loaded)


if __name__ == "__main__":
    main()
