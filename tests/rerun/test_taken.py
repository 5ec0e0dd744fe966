"""A run that is not about the place that was asked for fails, and publishes nothing."""

import nbformat
import pytest
import small_runs
from nbformat.v4 import new_code_cell, new_notebook
from small_runs import FIGURES

from rerun import plan, verify
from rerun.plan import Run
from rerun.run import execute, execute_all

kernels, make_run = small_runs.kernels, small_runs.make_run  # fixtures


def left(run):
    return [file for file in run.folder.rglob("*") if file.is_file()]


def test_a_notebook_that_takes_another_place_fails_and_publishes_nothing(make_run, kernels):
    run = make_run(FIGURES, place="Læsø", heading=small_runs.HEADING.replace("municipality", "'Roskilde'"))
    assert execute(run, kernels).error.startswith(
        "`municipality` is Læsø, but the notebook is headed Roskilde"
    )
    assert left(run) == []


def test_a_figure_of_another_place_fails_and_publishes_nothing(make_run, kernels):
    run = make_run(FIGURES, place="Læsø")
    assert execute(run, kernels).error.startswith(
        "`municipality` is Læsø, but the figure tal.png is about Roskilde."
    )
    assert left(run) == []


def test_a_figure_of_the_place_in_the_folder_of_another_fails(make_run, kernels):
    run = make_run(FIGURES.replace('"place": "Roskilde"', '"place": "Læsø"'), place="Læsø")
    assert "the figure tal.png is about Læsø" in execute(run, kernels).error
    assert left(run) == []


def test_a_figure_protected_with_another_threshold_fails(make_run, kernels):
    run = make_run(FIGURES.replace('"min_count": 5', '"min_count": 3'))
    assert execute(run, kernels).error.startswith("`min_count` is 5, but the figure tal.png")
    assert left(run) == []


def test_a_figure_that_publish_did_not_write_fails(make_run, kernels):
    run = make_run(FIGURES.replace('{"Provenance": record}', "{}"))
    assert (
        "must carry the record that `publish` writes, but tal.png carries none" in execute(run, kernels).error
    )
    assert left(run) == []


def test_a_notebook_that_says_no_place_fails(make_run, kernels):
    run = make_run("print(1)", heading="1 + 1")
    assert "the notebook says of no place that it is about it" in execute(run, kernels).error
    assert left(run) == []


def untagged(cell):
    del cell["metadata"]["tags"]


REFUSED = {
    "set again": (
        lambda cells: cells.append(new_code_cell("municipality = 'Køge'")),
        "code cell 4 sets it again",
    ),
    "set in a loop": (
        lambda cells: cells.append(new_code_cell("for municipality in 'ab': pass")),
        "sets it again",
    ),
    "no tag": (lambda cells: untagged(cells[1]), "must have one cell tagged `parameters`, but has 0"),
    "two tags": (
        lambda cells: cells.append(new_code_cell("year: int = 1", metadata={"tags": ["parameters"]})),
        "must have one cell tagged `parameters`, but has 2",
    ),
    "misspelt": (
        lambda cells: cells[1].update(source=cells[1].source.replace("municipality", "munipicality")),
        "`municipality` must be a parameter of 01_made.ipynb",
    ),
}


@pytest.fixture(params=REFUSED)
def refused(request, make_run):
    """A run that must be refused, and what must be said."""
    change, message = REFUSED[request.param]
    run = make_run("print(1)")
    notebook = nbformat.read(run.notebook, as_version=4)
    change(notebook.cells)
    nbformat.write(new_notebook(cells=[nbformat.from_dict(cell) for cell in notebook.cells]), run.notebook)
    return run, message


@pytest.fixture
def no_kernels(monkeypatch):
    def started(*_, **__):
        raise AssertionError("a kernel was started")

    monkeypatch.setattr("rerun.kernels.Kernels.fork", started)
    monkeypatch.setattr("papermill.execute_notebook", started)


def test_a_plan_leaves_a_notebook_that_is_refused_to_its_own_run(refused, no_kernels, monkeypatch):
    run, _ = refused
    monkeypatch.setattr(plan, "notebooks", lambda: [run.notebook])
    (planned,) = plan.plan(["Roskilde"], {"min_count": 5})
    assert planned.notebook == run.notebook
    (outcome,) = execute_all([planned], cold=True)
    assert outcome.run == planned and outcome.error


def test_a_run_that_was_not_planned_is_refused_before_a_kernel_starts(refused, no_kernels):
    run, message = refused
    (outcome,) = execute_all([run], cold=True)
    assert message in outcome.error


def test_a_file_is_not_made_again_by_a_notebook_that_would_not_take_its_parameters(
    refused, no_kernels, monkeypatch, tmp_path
):
    run, message = refused
    monkeypatch.setattr("analysis.export.record.notebook_path", lambda _: run.notebook)
    with pytest.raises(ValueError, match=message):
        verify.make_again({"notebook": "01_made", "parameters": run.parameters}, tmp_path)


def test_a_magic_command_is_no_reason_to_refuse(make_run, kernels):
    run = make_run("%time x = 1")
    assert plan.declared_parameters(run.notebook) == {"municipality": "str", "min_count": "int"}
    assert execute(Run(run.notebook, run.place, run.parameters), kernels).error == ""
