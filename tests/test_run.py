import json
import os
import random
import signal
import time
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from analysis import paths
from rerun import built
from rerun.kernels import Kernels
from rerun.plan import Run
from rerun.run import execute, execute_all, show_progress, without_folders

FIGURES = """
import os, pathlib, warnings
from matplotlib import rcParams
from matplotlib.figure import Figure
folder = pathlib.Path(os.environ["ANALYSIS_REPORTS"]) / "roskilde" / "figurer"
folder.mkdir(parents=True)
rcParams["svg.hashsalt"] = "fixed"
drawing = Figure()
drawing.subplots().plot([1, 3, 2])
for ending in ("png", "pdf", "svg"):
    drawing.savefig(folder / f"tal.{ending}", metadata={"CreationDate": None} if ending == "pdf" else {"Date": None}
                    if ending == "svg" else {})
"""
PYPLOT = "import matplotlib.pyplot as plt\nplt.plot([1, 2, 4]);"
SURROUNDINGS = """
import sys, os, json
print(json.dumps([sys.argv[0].rsplit("/")[-1][:18], len(sys.path), "analysis" in sys.modules, __name__,
                  sorted(name for name in dir() if not name.startswith("_"))]))
print(os.environ["OPENBLAS_NUM_THREADS"], os.environ["MPLBACKEND"], json.loads(os.environ["ANALYSIS_RUN"]))
"""


@pytest.fixture(scope="module")
def kernels():
    with Kernels() as shared:
        yield shared


@pytest.fixture
def make_run(tmp_path, monkeypatch):
    monkeypatch.setenv("ANALYSIS_REPORTS", str(tmp_path / "reports"))

    def make(*sources, name="01_made", place="Roskilde"):
        cells = [new_markdown_cell("# Titel\n\nHvad?")]
        cells.append(
            new_code_cell('municipality: str = "Roskilde"  # navn', metadata={"tags": ["parameters"]})
        )
        cells += [new_code_cell(source) for source in sources]
        for number, cell in enumerate(cells):
            cell["id"] = f"cell-{number}"
        notebook = tmp_path / f"{name}.ipynb"
        nbformat.write(new_notebook(cells=cells), notebook)
        return Run(notebook, place, {"municipality": place})

    return make


def outputs(run):
    cells = nbformat.read(run.executed, as_version=4).cells
    return "".join(output.get("text", "") for cell in cells for output in cell.get("outputs", []))


def is_alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


def wait_until_dead(*pids):
    until = time.monotonic() + 20
    while any(map(is_alive, pids)) and time.monotonic() < until:
        time.sleep(0.05)
    return not any(map(is_alive, pids))


def test_the_injected_place_reaches_the_notebook(make_run, kernels):
    run = make_run("print(municipality)", place="Læsø")
    assert execute(run, kernels).error == ""
    assert outputs(run) == "Læsø\n"
    assert run.executed.parent.parent.name == "laesoe"


def test_a_failure_names_the_cell_and_the_first_line_and_the_others_go_on(make_run, capfd):
    bad = make_run(
        "a = 1", 'raise ValueError("no rows in /home/somebody/data/a.csv\\nsecond")', name="02_bad"
    )
    good = make_run("print(1)", name="03_good")
    outcomes = show_progress(execute_all([bad, good], workers=1), 2)
    assert {outcome.run.notebook.stem: outcome.error for outcome in outcomes} == {
        "02_bad": "cell 3: ValueError: no rows in a.csv",
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
    assert not built.is_built(broken)


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
    for word in (str(Path.home()) + "/", str(paths.project()), str(run.notebook.parent), "/tmp/", "duration"):
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


def test_each_run_has_a_fresh_state(make_run, kernels):
    source = "import random, numpy, os\nseen = 'left' in globals()\nleft = 1\nos.environ['LEFT'] = '1'\nos.chdir('/')"
    told = "print(seen, random.random(), numpy.random.rand())"
    first, second = (make_run(source, told, name=name) for name in ("01_a", "02_b"))
    for run in (first, second):
        assert execute(run, kernels).error == ""
    assert outputs(first).startswith("False")
    assert outputs(second).startswith("False")
    assert set(outputs(first).split()[1:]).isdisjoint(outputs(second).split()[1:])
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
        kernel, child, server = map(int, outputs(run).split())
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
    until = time.monotonic() + 30
    while not (pid_file.exists() and pid_file.read_text()) and time.monotonic() < until:
        time.sleep(0.05)
    with pytest.raises(KeyboardInterrupt):
        outcomes.throw(KeyboardInterrupt())
    assert wait_until_dead(int(pid_file.read_text()))
    assert quick.executed.exists()
    left = sorted(path.name for path in quick.folder.rglob("*") if path.is_file())
    assert left == [".01_quick.key", "01_quick.ipynb"]


def test_kernels_die_with_their_server_and_a_new_one_takes_over(make_run, kernels):
    run = make_run("import os; print(os.getppid())")
    execute(run, kernels)
    server = int(outputs(run))
    os.kill(server, signal.SIGKILL)
    assert wait_until_dead(server)
    assert execute(run, kernels).error == ""
    assert int(outputs(run)) != server


def test_a_server_that_dies_twice_gives_way_to_stock_kernels(make_run, capsys):
    with Kernels() as own:
        for _ in range(2):
            own._server._process.kill()
            own._server._process.wait()
            own.fork([], {}, "/") if not own.warm else own._renew(own._server, "killed in a test")
        assert not own.warm
        run = make_run("print(2)")
        assert execute(run, own).error == ""
    assert outputs(run) == "2\n"
    assert "killed in a test" in capsys.readouterr().err


def test_what_is_built_is_known_until_something_changes(make_run, kernels, monkeypatch):
    run = make_run(FIGURES)
    assert not built.is_built(run)
    execute(run, kernels)
    assert built.is_built(run)
    assert not built.is_built(Run(run.notebook, run.place, {"municipality": "Roskilde", "min_count": 9}))
    monkeypatch.setattr("analysis.provenance.code_digest", lambda: "other")
    assert not built.is_built(run)
    monkeypatch.undo()
    monkeypatch.setenv("ANALYSIS_REPORTS", str(run.notebook.parent / "reports"))
    monkeypatch.setattr("analysis.data.digest", lambda: "other")
    assert not built.is_built(run)


def test_a_lost_figure_or_a_damaged_record_is_made_again(make_run, kernels):
    run = make_run(FIGURES)
    execute(run, kernels)
    (run.folder / "figurer" / "tal.pdf").unlink()
    assert not built.is_built(run)
    execute(run, kernels)
    assert built.is_built(run)
    (run.executed.parent / ".01_made.key").write_text("{", encoding="utf-8")
    assert not built.is_built(run)


def test_changed_prose_is_a_changed_notebook_and_an_editors_mark_is_not(make_run, kernels):
    run = make_run("print(1)")
    execute(run, kernels)
    content = json.loads(run.notebook.read_text(encoding="utf-8"))
    content["metadata"]["editor"] = "another"
    run.notebook.write_text(json.dumps(content), encoding="utf-8")
    assert built.is_built(run)
    content["cells"][0]["source"] = "# Titel\n\nHvorfor?"
    run.notebook.write_text(json.dumps(content), encoding="utf-8")
    assert not built.is_built(run)


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
