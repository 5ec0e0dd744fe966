import os
import random
import signal
from pathlib import Path

import pytest
import small_runs
from small_runs import FIGURES, is_alive, printed, wait_for, wait_until_dead

from analysis import charts, files
from rerun import state
from rerun.kernels import Kernels
from rerun.progress import show_progress
from rerun.run import execute, execute_all, without_folders

kernels, make_run = small_runs.kernels, small_runs.make_run  # fixtures
PYPLOT = "import matplotlib.pyplot as plt\nplt.plot([1, 2, 4]);"
SURROUNDINGS = """
import sys, os, json
print(json.dumps([sys.argv[0].rsplit("/")[-1][:18], len(sys.path), __name__,
                  sorted(name for name in dir() if not name.startswith("_"))]))
print(os.environ["OPENBLAS_NUM_THREADS"], os.environ["MPLBACKEND"], json.loads(os.environ["ANALYSIS_RUN"]))
"""


def test_the_injected_place_reaches_the_notebook(make_run, kernels):
    run = make_run("print(municipality)", place="Læsø")
    assert execute(run, kernels).error == ""
    assert printed(run) == "Læsø\n"
    assert run.executed.parent.parent.name == "laesoe"


def test_a_failure_names_the_cell_and_the_first_line_and_the_others_go_on(make_run, capfd):
    bad = make_run(
        "a = 1", 'raise ValueError("no rows in /home/somebody/data/a.csv\\nsecond")', name="02_bad"
    )
    good = make_run("print(1)", name="03_good")
    outcomes = show_progress(execute_all([bad, good], workers=1), 2)
    assert {outcome.run.notebook.stem: outcome.error for outcome in outcomes} == {
        "02_bad": "cell 4: ValueError: no rows in a.csv",
        "03_good": "",
    }
    assert not bad.executed.exists()
    assert good.executed.exists()
    told = capfd.readouterr().err
    assert "Roskilde: 02_bad FAILED" in told
    assert "Traceback" not in told


def test_a_failed_run_leaves_what_was_there(make_run, kernels):
    run = make_run(FIGURES)
    assert execute(run, kernels).error == ""
    before = {file: file.read_bytes() for file in run.folder.rglob("*") if file.is_file()}
    assert len(before) == 5
    broken = make_run(FIGURES.replace("[1, 3, 2]", "[9]"), "1 / 0")
    assert "ZeroDivisionError" in execute(broken, kernels).error
    assert {file: file.read_bytes() for file in run.folder.rglob("*") if file.is_file()} == before
    assert not state.is_built(broken)


def test_figures_that_are_not_made_any_more_are_removed_and_no_others(make_run, kernels):
    run = make_run(FIGURES)
    execute(run, kernels)
    own = run.folder / "figurer" / "mine.png"
    own.write_bytes(b"mine")
    renamed = make_run(FIGURES.replace("tal.", "antal."))
    execute(renamed, kernels)
    names = sorted(file.name for file in own.parent.iterdir())
    assert names == ["antal.pdf", "antal.png", "antal.svg", "mine.png"]


def test_an_executed_notebook_tells_nothing_of_the_machine(make_run, kernels):
    warned = "import os, warnings\nwarnings.warn('careful')\nprint(os.getcwd() + '/data.csv')"
    run = make_run(warned, "os.path.abspath('a/b.csv')")
    assert execute(run, kernels).error == ""
    text = run.executed.read_text(encoding="utf-8")
    assert "careful" in text
    assert "data.csv" in text
    for word in (str(Path.home()) + "/", str(files.project()), str(run.notebook.parent), "/tmp/", "duration"):
        assert word not in text


def test_a_warm_kernel_gives_what_a_cold_one_gives_to_the_byte(make_run, kernels):
    run = make_run(SURROUNDINGS, FIGURES, PYPLOT)
    results = []
    with Kernels(cold=True) as cold:
        for used in (cold, kernels):
            assert execute(run, used).error == ""
            results.append({f.name: f.read_bytes() for f in run.folder.rglob("*") if f.is_file()})
    assert kernels.warm
    assert sorted(results[0]) == [".01_made.key", "01_made.ipynb", "tal.pdf", "tal.png", "tal.svg"]
    assert b"image/png" in results[0]["01_made.ipynb"]
    assert [name for name in results[0] if results[0][name] != results[1][name]] == []


@pytest.mark.parametrize("edited", [Path(charts.__file__), files.project() / "data" / "codebook.csv"])
def test_a_warm_kernel_has_the_code_loaded_and_edited_code_and_lists_anew(make_run, edited):
    loaded = 'import sys\nprint("analysis.charts" in sys.modules)\nfrom analysis import charts'
    with Kernels() as warm:
        assert execute(run := make_run(loaded), warm).error == ""
        assert printed(run) == "True\n"
        before = edited.stat()
        os.utime(edited, ns=(before.st_atime_ns, before.st_mtime_ns + 1))
        try:
            assert execute(run := make_run(loaded), warm).error == ""
        finally:
            os.utime(edited, ns=(before.st_atime_ns, before.st_mtime_ns))
        assert printed(run) == "False\n"


def test_each_run_has_a_fresh_state(make_run, kernels):
    source = "import random, numpy, os\nseen = 'left' in globals()\nleft = 1\nos.environ['LEFT'] = '1'\nos.chdir('/')"
    told = "print(seen, random.random(), numpy.random.rand())"
    first, second = (make_run(source, told, name=name) for name in ("01_a", "02_b"))
    for run in (first, second):
        assert execute(run, kernels).error == ""
    assert printed(first).startswith("False")
    assert printed(second).startswith("False")
    assert set(printed(first).split()[1:]).isdisjoint(printed(second).split()[1:])
    assert "LEFT" not in os.environ


def test_a_run_does_not_disturb_this_process(make_run, kernels):
    random.seed(1)
    expected = random.random()
    random.seed(1)
    before = Path.cwd()
    execute(make_run("import os; os.chdir('/')"), kernels)
    assert random.random() == expected
    assert Path.cwd() == before


def test_a_kernel_that_dies_is_told(make_run, kernels):
    outcome = execute(make_run("import os; os._exit(1)"), kernels)
    assert outcome.error.startswith("the kernel died")


def test_nothing_is_left_running(make_run):
    run = make_run(
        "import os, subprocess, sys\nchild = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])",
        "print(os.getpid(), child.pid, os.getppid())",
    )
    with Kernels() as own:
        assert execute(run, own).error == ""
        kernel, child, server = map(int, printed(run).split())
        assert wait_until_dead(kernel, child)
        assert is_alive(server)
    assert wait_until_dead(server)


@pytest.mark.parametrize("cold", [False, True])
def test_stopping_in_the_middle_kills_the_kernels_and_leaves_whole_files(make_run, tmp_path, cold):
    pid_file = tmp_path / "pid"
    quick = make_run("print(1)", name="01_quick")
    slow = make_run(
        f"import os, pathlib\npathlib.Path({str(pid_file)!r}).write_text(str(os.getpid()))",
        "import time; time.sleep(60)",
        name="02_slow",
    )
    outcomes = execute_all([quick, slow], workers=2, cold=cold)
    assert next(outcomes).run == quick
    assert wait_for(lambda: pid_file.exists() and pid_file.read_text())
    with pytest.raises(KeyboardInterrupt):
        outcomes.throw(KeyboardInterrupt())
    assert wait_until_dead(int(pid_file.read_text()))
    assert quick.executed.exists()
    left = sorted(path.name for path in quick.folder.rglob("*") if path.is_file())
    assert left == [".01_quick.key", "01_quick.ipynb"]


def test_kernels_die_with_their_server_and_a_new_one_takes_over(make_run, kernels):
    run = make_run("import os; print(os.getppid())")
    execute(run, kernels)
    server = int(printed(run))
    os.kill(server, signal.SIGKILL)
    assert wait_until_dead(server)
    assert execute(run, kernels).error == ""
    assert int(printed(run)) != server


def test_a_server_that_dies_twice_gives_way_to_stock_kernels(make_run, capsys):
    with Kernels() as own:
        for _ in range(2):
            own._server._process.kill()
            own._server._process.wait()
            own.fork([], {}, "/") if not own.warm else own._renew(own._server, "killed in a test")
        assert not own.warm
        run = make_run("print(2)")
        assert execute(run, own).error == ""
    assert printed(run) == "2\n"
    assert "killed in a test" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("File /home/anna/b c/x.py:3", "File x.py:3"),
        ("C:\\Users\\anna\\x.py", "x.py"),
        ("sager/uge og 37/5", "sager/uge og 37/5"),
        ("</p> og <br/>", "</p> og <br/>"),
        ("https://a.dk/b/c", "https://a.dk/b/c"),
    ],
)
def test_folders_are_cut_off(text, said):
    assert without_folders(text) == said


def test_a_place_whose_folder_is_a_link_is_refused(make_run, kernels, tmp_path):
    run = make_run("print(1)")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    run.folder.parent.mkdir(parents=True, exist_ok=True)
    run.folder.symlink_to(elsewhere)
    assert "must be a folder, but is a link" in execute(run, kernels).error
    assert not list(elsewhere.iterdir())
