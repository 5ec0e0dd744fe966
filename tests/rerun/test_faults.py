"""Faults, made to happen: no stray process, whole files only, and the next call goes on."""

import os
import signal
import subprocess

import pytest
import small_runs
from small_runs import start, wait_for, wait_until_dead, write_notebook

from analysis import files as atomic

small_home = small_runs.small_home  # a fixture
CHILD = """
import os, pathlib, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(90)"])
"""
FIGURE = """
folder = pathlib.Path(os.environ["ANALYSIS_REPORTS"]) / "roskilde" / "figurer"
folder.mkdir(parents=True)
written = (folder / "halv.csv").write_text("1;2")
"""


def slow_notebook(home, name, pids, until):
    """A notebook that has a child, has begun a figure, and waits."""
    return write_notebook(
        home / "notebooks" / f"{name}.ipynb",
        CHILD,
        FIGURE,
        f"written = pathlib.Path({str(pids)!r}).write_text(f'{{os.getpid()}} {{child.pid}} {{os.getppid()}}')",
        f"while not pathlib.Path({str(until)!r}).exists():\n    time.sleep(0.05)\n(folder / 'halv.csv').unlink()",
    )


@pytest.fixture
def in_the_middle(small_home, tmp_path):
    """A call with one notebook done and one begun: its process, those of the kernel, and how to go on."""
    pids, until = tmp_path / "pids", tmp_path / "go on"
    write_notebook(small_home / "notebooks" / "01_quick.ipynb", "print(1)")
    slow_notebook(small_home, "02_slow", pids, until)
    caller = start(small_home, "reports", "Roskilde")
    quick = small_home / "reports" / "roskilde" / "notesboeger" / "01_quick.ipynb"
    assert wait_for(lambda: quick.exists() and pids.exists() and len(pids.read_text().split()) == 3)
    yield caller, [int(pid) for pid in pids.read_text().split()], until
    caller.kill()
    caller.communicate()


def files(home):
    return sorted(path for path in (home / "reports").rglob("*") if path.is_file() and path.name != ".lock")


def half_made(home):
    """Folders of figures that are being made, and files that are being written."""
    folders = [path for path in (home / "reports").rglob("*") if path.is_dir()]
    being_written = [file for folder in (home / "reports", *folders) for file in atomic.abandoned(folder)]
    return [*(path for path in folders if path.name.startswith(".")), *being_written]


def goes_on(home, until):
    """The next call: what was whole is not made again, and nothing half-made is left."""
    until.touch()
    said = start(home, "reports", "Roskilde").communicate(timeout=60)[1]
    assert "1 of 2 notebooks are already built." in said
    assert half_made(home) == []
    assert {path.name for path in files(home)} >= {"01_quick.ipynb", "02_slow.ipynb", "index.html"}


def test_a_killed_call_leaves_no_process_and_the_next_goes_on(in_the_middle, small_home):
    caller, pids, until = in_the_middle
    (small_home / "reports" / ".index.html.abcd1234").write_text("<html><bo")  # as if killed while writing
    caller.send_signal(signal.SIGKILL)
    caller.wait()
    assert wait_until_dead(*pids)
    assert [path.name.rpartition(".")[0] for path in half_made(small_home)] == [".02_slow", ".index.html"]
    goes_on(small_home, until)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stopped_call_ends_its_kernels_and_the_next_goes_on(in_the_middle, small_home, number):
    caller, pids, until = in_the_middle
    caller.send_signal(number)
    said = caller.communicate(timeout=20)[1]
    assert (caller.returncode, said) == (128 + number, said)
    assert "Stopped. What was whole is kept" in said and "Traceback" not in said
    assert wait_until_dead(*pids)
    assert half_made(small_home) == []
    assert [path.name for path in files(small_home)] == [".01_quick.key", "01_quick.ipynb"]
    goes_on(small_home, until)


def test_two_calls_at_once_are_refused(in_the_middle, small_home):
    second = start(small_home, "reports", "Roskilde")
    said = second.communicate(timeout=60)[1]
    assert second.returncode == 2
    assert "`reports` must be written by one call at a time, but another is at work there." in said


def test_kernels_that_crash_or_never_end_are_told_and_the_others_go_on(small_home, tmp_path):
    notebooks, pids = small_home / "notebooks", [tmp_path / "crash", tmp_path / "endless"]
    tell = [
        f"written = pathlib.Path({str(file)!r}).write_text(f'{{os.getpid()}} {{child.pid}}')" for file in pids
    ]
    write_notebook(notebooks / "01_crash.ipynb", CHILD, tell[0], "os.kill(os.getpid(), 11)")
    write_notebook(notebooks / "02_endless.ipynb", CHILD, tell[1], "while True:\n    pass")
    write_notebook(notebooks / "03_good.ipynb", "print(1)")
    caller = start(small_home, "reports", "Roskilde", "--time-limit", "2")
    said = caller.communicate(timeout=60)[1]
    assert caller.returncode == 1
    assert "Roskilde, 01_crash.ipynb, the kernel died" in said
    assert "Roskilde, 02_endless.ipynb, it took longer than 2 s and was stopped" in said
    assert wait_until_dead(*(int(pid) for file in pids for pid in file.read_text().split()))
    assert half_made(small_home) == []
    assert (small_home / "reports" / "roskilde" / "notesboeger" / "03_good.ipynb").is_file()


def set_size(folder, size, *, again=False):
    options = f"remount,size={size}" if again else f"size={size}"
    return (
        subprocess.run(
            ["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder], capture_output=True
        ).returncode
        == 0
    )


@pytest.fixture
def small_disk(small_home):
    """A disk of its own for the reports, that holds next to nothing; the function makes it larger."""
    reports = small_home / "reports"
    reports.mkdir()
    if os.geteuid() != 0 or not set_size(reports, "600k"):
        pytest.skip("only an administrator of the machine can mount a small disk")
    yield lambda: set_size(reports, "20m", again=True)
    subprocess.run(["umount", reports], check=True)


def test_a_full_disk_is_told_and_the_next_call_goes_on(small_home, small_disk):
    notebooks = small_home / "notebooks"
    write_notebook(notebooks / "01_small.ipynb", "print(1)")
    write_notebook(notebooks / "02_large_output.ipynb", "print('x' * 900_000)")
    write_notebook(
        notebooks / "03_large_figure.ipynb",
        "import os, pathlib",
        FIGURE.replace('"1;2"', '"x" * 900_000') + "(folder / 'halv.csv').unlink()",
    )
    caller = start(small_home, "reports", "Roskilde")
    said = caller.communicate(timeout=60)[1]
    assert caller.returncode != 0
    assert "Roskilde, 02_large_output.ipynb, OSError: [Errno 28] No space left on device" in said
    assert "Roskilde, 03_large_figure.ipynb, cell 4: OSError: [Errno 28] No space left on device" in said
    assert "Traceback" not in said
    assert half_made(small_home) == []
    assert [path.name for path in files(small_home) if path.suffix == ".ipynb"] == ["01_small.ipynb"]
    assert small_disk()
    caller = start(small_home, "reports", "Roskilde")
    said = caller.communicate(timeout=60)[1]
    assert (caller.returncode, said.splitlines()[0]) == (0, "1 of 3 notebooks are already built.")


def test_without_fork_and_file_locks_a_report_is_made_all_the_same(small_home, tmp_path):
    write_notebook(small_home / "notebooks" / "01_quick.ipynb", "print(1)")
    (tmp_path / "sitecustomize.py").write_text("import os, sys\ndel os.fork\nsys.modules['fcntl'] = None\n")
    caller = start(small_home, "report", "Roskilde", PYTHONPATH=str(tmp_path))
    said = caller.communicate(timeout=90)[1]
    assert caller.returncode == 0 and "Traceback" not in said
    assert "Kernels start cold (this system can't fork safely)" in said
    assert (small_home / "reports" / "roskilde" / "notesboeger" / "01_quick.ipynb").is_file()
