"""Nothing is made twice: what is built is known by what it was made from."""

import dataclasses
import json
import shutil

import pytest
import small_runs
from small_runs import FIGURES

from analysis import files, municipalities
from analysis.charts import style
from analysis.export import record
from rerun import plan
from rerun import state as built
from rerun.plan import Run
from rerun.run import execute

kernels, make_run = small_runs.kernels, small_runs.make_run  # fixtures


def test_what_is_built_is_known_until_something_changes(make_run, kernels, monkeypatch):
    run = make_run(FIGURES)
    assert not built.is_built(run)
    execute(run, kernels)
    assert built.is_built(run)
    assert not built.is_built(Run(run.notebook, run.place, {"municipality": "Roskilde", "min_count": 9}))
    monkeypatch.setattr("analysis.export.record.code_digest", lambda: "other")
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


def built_runs(make_run, *names):
    """Runs that are built as far as `built` can see, without a kernel."""
    runs = [make_run(f"print({name!r})", name=name) for name in names]
    for run in runs:
        files.write(small_runs.folder_of(run.executed), b"{}")
        built.record(run, built.key(run), [])
    return runs


def test_a_changed_notebook_reruns_only_itself(make_run):
    runs = built_runs(make_run, "01_first", "02_second")
    assert built.missing(runs) == []
    make_run("print('other')", name="02_second")
    assert built.missing(runs) == [runs[1]]


@pytest.mark.parametrize("name", ["codebook.csv", "municipalities.csv", "focus_points.csv", "quotations.csv"])
def test_a_changed_list_reruns_what_may_show_it(make_run, monkeypatch, tmp_path, name):
    home = tmp_path / "home"
    (home / "data" / "processed").mkdir(parents=True)
    for file in [*(files.project() / "data").glob("*.csv"), files.processed() / "digests.json"]:
        (home / file.relative_to(files.project())).write_bytes(file.read_bytes())
    monkeypatch.setenv("ANALYSIS_HOME", str(home))
    record.code_digest.cache_clear()
    runs = built_runs(make_run, "01_first")
    record.code_digest.cache_clear()
    assert built.missing(runs) == []
    lines = (home / "data" / name).read_text(encoding="utf-8")
    (home / "data" / name).write_text(lines.replace("e", "é", 1), encoding="utf-8")
    record.code_digest.cache_clear()
    assert built.missing(runs) == runs
    record.code_digest.cache_clear()


def test_a_changed_style_reruns_what_it_shapes(make_run, monkeypatch, tmp_path):
    package = tmp_path / "analysis"
    shutil.copytree(files.package_folder(), package, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(files, "package_folder", lambda: package)
    files.code_digest.cache_clear()
    runs = built_runs(make_run, "01_first")
    files.code_digest.cache_clear()
    assert built.missing(runs) == []
    (package / "style.toml").write_text("# another look", encoding="utf-8")
    files.code_digest.cache_clear()
    assert built.missing(runs) == runs
    files.code_digest.cache_clear()


def test_a_changed_logo_reruns_what_it_stands_on(make_run, monkeypatch, tmp_path):
    logo = tmp_path / "logo.png"
    logo.write_bytes(b"first")
    with_logo = dataclasses.replace(style.read_style(), logo=logo)
    monkeypatch.setattr(style, "read_style", lambda: with_logo)
    runs = built_runs(make_run, "01_first")
    assert built.missing(runs) == []
    logo.write_bytes(b"second")
    assert built.missing(runs) == runs


def test_another_version_of_a_package_reruns_everything(make_run, monkeypatch):
    runs = built_runs(make_run, "01_first")
    versions = record.packages() | {"pandas": "0.1"}
    monkeypatch.setattr("analysis.export.record.packages", lambda: versions)
    assert built.missing(runs) == runs


def broken_off(*_):
    raise OSError("No space left on device")


def test_a_run_that_is_broken_off_while_its_files_are_moved_is_made_again_and_forgets_no_file(
    make_run, kernels, monkeypatch
):
    run = make_run(FIGURES)
    assert execute(run, kernels).error == ""
    with monkeypatch.context() as patch:
        patch.setattr("rerun.run.clean", broken_off)
        with pytest.raises(OSError, match="No space left"):
            execute(run, kernels)
    assert not built.is_built(run)
    renamed = make_run(FIGURES.replace("tal.", "antal."))
    assert execute(renamed, kernels).error == ""
    assert sorted(file.stem for file in (run.folder / "figurer").iterdir()) == ["antal"] * 3


def test_the_whole_country_is_looked_up_with_one_reading_of_each_notebook(make_run, monkeypatch):
    runs = built_runs(make_run, *(f"0{number}_notebook" for number in range(1, 8)))
    everywhere = [
        dataclasses.replace(run, place=place, parameters={"municipality": place})
        for place in municipalities.places()
        for run in runs
    ]
    read, looked_up = [], []
    built._digest_of_cells.cache_clear()
    reading, state = plan.nbformat.reads, built.state
    monkeypatch.setattr(
        "nbformat.reads", lambda *words, **named: (read.append(1), reading(*words, **named))[1]
    )
    monkeypatch.setattr(built, "state", lambda: (looked_up.append(1), state())[1])
    assert len(built.missing(everywhere)) == len(everywhere)
    assert (len(read), len(looked_up)) == (7, 1)


@pytest.mark.parametrize("harm", ["cut", "emptied", "altered"])
@pytest.mark.parametrize("which", ["figure", "notebook"])
def test_a_file_that_was_harmed_is_made_again_and_a_copy_is_not(make_run, harm, which):
    run = make_run("print(1)", name="01_first")
    figure = small_runs.folder_of(run.folder / "figurer" / "tal.png")
    for made in (run.executed, figure):
        files.write(small_runs.folder_of(made), b"content")
    built.record(run, built.key(run), [figure])
    file = run.executed if which == "notebook" else figure
    content = file.read_bytes()
    file.write_bytes(content)  # as a copy elsewhere: the same bytes, another time
    assert built.reason(run) == ""
    harmed = {"cut": content[:-9], "emptied": b"", "altered": content[:-1] + bytes([content[-1] ^ 1])}[harm]
    file.write_bytes(harmed)
    assert built.reason(run) == f"{file.name} is gone, or is not as it was made"
