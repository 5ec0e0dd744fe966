"""Real schedulers and workers on this machine."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys

import pytest
import small_runs
from distributed import Client
from distributed.comm import CommClosedError
from small_runs import start, wait_for, wait_until_dead, write_notebook

import rerun.cluster as cluster_module

small_home = small_runs.small_home  # a fixture


def started(module, *words, **surroundings):
    return subprocess.Popen(
        [sys.executable, "-m", f"distributed.cli.{module}", "--no-dashboard", *words],
        env=os.environ | surroundings,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


class Cluster:
    """A scheduler and its workers, by their process."""

    def __init__(self, home, folder):
        self.home, self.file = home, folder / "scheduler.json"
        words = ("--port", "0", "--host", "127.0.0.1", "--scheduler-file", str(self.file))
        self.scheduler = started("dask_scheduler", *words)
        self.workers, self.callers = [], []
        assert wait_for(lambda: self.file.exists() and self.file.read_text().endswith("}"))
        self.address = json.loads(self.file.read_text())["address"]

    def add_worker(self, home=None):
        worker = started(
            "dask_worker",
            self.address,
            "--no-nanny",
            "--nthreads",
            "1",
            ANALYSIS_HOME=str(home or self.home),
            ANALYSIS_REPORTS=str(self.home / "reports"),
        )
        self.workers.append(worker)
        return worker

    def call(self, *words):
        self.callers.append(start(self.home, *words, SCHEDULER=self.address))
        return self.callers[-1]

    def close(self):
        for process in (*self.workers, self.scheduler):
            process.kill()
            process.wait()
        for caller in self.callers:
            caller.kill()
            caller.communicate()


@pytest.fixture
def cluster(small_home, tmp_path):
    made = Cluster(small_home, tmp_path)
    yield made
    made.close()


def waiting_notebook(home, name, seen, until):
    """A notebook that says which worker's it is, and waits."""
    write_notebook(
        home / "notebooks" / f"{name}.ipynb",
        "import os, pathlib, time",
        "worker = pathlib.Path(f'/proc/{os.getppid()}/status').read_text().split('PPid:')[1].split()[0]",
        f"written = pathlib.Path({str(seen)!r}).write_text(f'{{worker}} {{os.getpid()}}')",
        f"while not pathlib.Path({str(until)!r}).exists():\n    time.sleep(0.05)",
    )


def test_the_plan_is_done_though_a_worker_is_killed_and_another_has_other_code(cluster, small_home, tmp_path):
    until, seen = tmp_path / "until", [tmp_path / "1", tmp_path / "2"]
    for number, file in enumerate(seen, start=1):
        waiting_notebook(small_home, f"0{number}_waits", file, until)
    write_notebook(small_home / "notebooks" / "03_quick.ipynb", "print(1)")
    write_notebook(small_home / "notebooks" / "04_fails.ipynb", "1 / 0")
    other = shutil.copytree(small_home, tmp_path / "other")
    codebook = other / "data" / "codebook.csv"
    codebook.write_text(codebook.read_text(encoding="utf-8").replace("sag", "SAG", 1), encoding="utf-8")
    for home in (None, None, other):
        cluster.add_worker(home)
    assert wait_for(lambda: workers_of(cluster) == 3)
    caller = cluster.call("reports", "Roskilde")
    assert wait_for(lambda: all(map(is_written, seen)), 150)
    killed, kernel = map(int, seen[0].read_text().split())
    assert killed in [worker.pid for worker in cluster.workers]
    os.kill(killed, signal.SIGKILL)
    assert wait_until_dead(kernel)
    until.touch()
    said = caller.communicate(timeout=120)[1]
    assert caller.returncode == 1, said
    assert (
        said.count("is refused: it has other code in `analysis`, or lists in `data`. Bring it up to date")
        == 1
    )
    assert "Roskilde, 04_fails.ipynb, cell 3: ZeroDivisionError: division by zero" in said
    assert "Traceback" not in said
    report = small_home / "reports" / "roskilde"
    executed = sorted(file.name for file in (report / "notesboeger").glob("*.ipynb"))
    assert executed == ["01_waits.ipynb", "02_waits.ipynb", "03_quick.ipynb"]
    assert [path for path in report.glob(".*/")] == []


def workers_of(cluster):
    with Client(cluster.address, set_as_default=False) as client:
        return len(client.scheduler_info(n_workers=-1)["workers"])


def is_written(file):
    return file.exists() and len(file.read_text().split()) == 2


def test_a_call_is_stopped_a_worker_replaced_and_a_scheduler_lost(cluster, small_home, tmp_path):
    seen = tmp_path / "seen"
    waiting_notebook(small_home, "01_waits", seen, tmp_path / "never")
    cluster.add_worker()
    caller = cluster.call("reports", "Roskilde")
    assert wait_for(lambda: is_written(seen), 150)
    kernel = int(seen.read_text().split()[1])
    caller.send_signal(signal.SIGINT)
    said = caller.communicate(timeout=60)[1]
    assert (caller.returncode, said.splitlines()[-1][:8], "Traceback" in said) == (130, "Stopped.", False)
    assert wait_until_dead(kernel)
    seen.unlink()
    caller = cluster.call("reports", "Roskilde")
    assert wait_for(lambda: is_written(seen), 150)
    seen.unlink()
    cluster.workers[0].kill()  # the only one; another that comes later does its work
    cluster.add_worker()
    assert wait_for(lambda: is_written(seen), 150)
    cluster.scheduler.kill()
    said = caller.communicate(timeout=60)[1]
    assert caller.returncode == 2
    assert said.count(f"The scheduler at {cluster.address} is lost. What was whole is kept") == 1
    assert "Traceback" not in said


def test_a_scheduler_that_is_not_there_is_one_message(small_home):
    write_notebook(small_home / "notebooks" / "01_quick.ipynb", "print(1)")
    caller = start(small_home, "reports", "Roskilde", SCHEDULER="tcp://127.0.0.1:9")
    said = caller.communicate(timeout=60)[1]
    assert caller.returncode == 2
    assert "`SCHEDULER` must be the address of a running Dask scheduler" in said and "Traceback" not in said


def test_dask_is_imported_by_those_only_who_ask_for_it():
    code = "import sys, rerun.__main__; sys.exit('distributed' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


@pytest.mark.parametrize(("scheduler", "told"), [("tcp://here:8786", "without TLS"), ("tls://here:8786", "")])
def test_a_cluster_without_tls_is_told_in_a_line(scheduler, told, monkeypatch, capsys):
    from rerun import cluster

    client = type("Client", (), {"wait_for_workers": lambda self, count, timeout: None})()
    monkeypatch.setattr(cluster, "Client", lambda *words, **options: client)
    assert cluster._connected(scheduler) is client
    said = capsys.readouterr().err
    assert told in said
    assert len(said.splitlines()) == bool(told)


def test_a_scheduler_that_is_lost_in_the_middle_of_a_question_is_the_same_message(monkeypatch):
    def ask(_):
        raise CommClosedError("connection reset by peer")

    monkeypatch.setattr(cluster_module, "_connected", lambda _: contextlib.nullcontext())
    monkeypatch.setattr(cluster_module.Crew, "look", ask)
    with pytest.raises(
        ConnectionError, match="The scheduler at tcp://here:1 is lost. What was whole is kept"
    ):
        list(cluster_module.execute_all([object()], "tcp://here:1", 1))
