"""A notebook of the collection gives the same from a warm kernel and from a cold one."""

import pytest

from rerun.kernels import Kernels
from rerun.plan import plan
from rerun.run import execute

NOTEBOOK = "07_supervision_case"  # the quickest
FORMS = {".ipynb", ".png", ".svg", ".pdf", ".xlsx", ".csv"}


@pytest.fixture
def files_of(tmp_path, monkeypatch):
    """Everything that a run makes, by name; neither run finds what the other has kept."""

    def made(name, cold):
        monkeypatch.setenv("ANALYSIS_REPORTS", str(tmp_path / name))
        monkeypatch.setattr("rerun.state.folder", lambda: tmp_path / f"{name} kept")
        (run,) = [run for run in plan(["Læsø"]) if run.notebook.stem == NOTEBOOK]
        with Kernels(cold=cold) as kernels:
            assert kernels.warm is not cold
            assert execute(run, kernels).error == ""
        assert list((tmp_path / f"{name} kept").iterdir()) != []
        return {file.name: file.read_bytes() for file in (tmp_path / name).rglob("*") if file.is_file()}

    return made


def test_warm_and_cold_give_the_same_notebook_and_figures_to_the_byte(files_of):
    cold, warm = files_of("cold", cold=True), files_of("warm", cold=False)
    assert {f".{name.rpartition('.')[2]}" for name in cold} >= FORMS
    assert b"<svg" in cold[f"{NOTEBOOK}.ipynb"] or b"image/png" in cold[f"{NOTEBOOK}.ipynb"]
    assert sorted(cold) == sorted(warm)
    assert [name for name in cold if cold[name] != warm[name]] == []
