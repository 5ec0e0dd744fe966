"""What a command line asks for wrongly is told in one message, before anything is run."""

import re

import pytest

import rerun.__main__ as command
from analysis import municipalities
from rerun import built_data, plan, report
from rerun.run import Outcome


@pytest.fixture(autouse=True)
def nothing_runs(monkeypatch):
    def started(*_):
        raise AssertionError("a kernel was started")

    monkeypatch.setattr(report, "execute_all", started)
    monkeypatch.setattr(built_data, "build", lambda **_: None)
    monkeypatch.delenv("ANALYSIS_PUBLICATION", raising=False)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["report"], "`MUNICIPALITY` must name a municipality or the whole country, but is empty"),
        (["report", " "], "make report MUNICIPALITY=Roskilde"),
        (["report", "Roskild"], "but `Roskild` is not. Nearest: Roskilde"),
        (["report", "--notebooks", "02_caselod", "Køge"], "`NOTEBOOKS` must name notebooks in notebooks/"),
        (["reports", "Køge Roskild Høje Taastrup"], "but `Roskild` is not. Nearest: Roskilde"),
        (
            ["report", "Roskilde", "--min-count", "2"],
            "`MIN_COUNT` must be at least 3 respondents, but is 2",
        ),
        (
            ["report", "Roskilde", "--year", "1999"],
            "`YEAR` must be a year of the survey (2014), but is 1999",
        ),
    ],
)
def test_a_wrong_wish_is_one_message(words, message, capsys):
    assert command.main(words) == 2
    said = capsys.readouterr()
    assert message in said.err and "Traceback" not in said.err and said.out == ""


def test_no_data_is_told_with_the_command_that_makes_it(tmp_path, monkeypatch, capsys):
    for folder in ("data", "notebooks"):
        (tmp_path / folder).mkdir()
    monkeypatch.setenv("ANALYSIS_HOME", str(tmp_path))
    assert command.main(["report", "Roskilde"]) == 2
    assert "Run `make data`" in capsys.readouterr().err


def test_a_publication_of_synthetic_data_is_refused(monkeypatch, capsys):
    monkeypatch.setenv("ANALYSIS_PUBLICATION", "")
    assert command.main(["publication", "Roskilde"]) == 2
    assert "A publication must rest on real data" in capsys.readouterr().err


@pytest.fixture
def asked(monkeypatch, tmp_path):
    """What would be run and written, without kernels and pages."""
    ran = []

    def executed(runs, *_):
        ran.extend(runs)
        return (Outcome(run, "cell 3: no" if run.place == "Køge" else "") for run in runs)

    monkeypatch.setenv("ANALYSIS_REPORTS", str(tmp_path / "reports"))
    monkeypatch.setattr(report, "execute_all", executed)
    monkeypatch.setattr(report, "_write_reports", lambda *_: None)
    return ran


def test_some_municipalities_are_run_and_failures_told_at_the_end(asked, capsys):
    assert command.main(["reports", "Høje-Taastrup Køge Hele landet"]) == 1
    each = len(plan.notebooks())
    assert [run.place for run in asked[::each]] == ["Hele landet", "Høje-Taastrup", "Køge"]
    assert capsys.readouterr().err.splitlines()[-1].startswith("Køge, 08_")


def test_a_plan_tells_of_notebooks_that_are_run_where_they_are_named(asked, capsys):
    assert command.main(["plan", "Køge"]) == 0
    said = capsys.readouterr().out
    assert "8 of 8 notebooks would be run." in said
    assert re.search(r"Run only where NOTEBOOKS names them: .*\bexplore\.", said)
    assert asked == []


def test_everyone_is_the_country_the_groups_and_the_municipalities(asked):
    assert command.main(["reports"]) == 1
    assert [run.place for run in asked[:: len(plan.notebooks())]] == municipalities.places()


def test_without_dask_a_scheduler_is_one_message(asked, monkeypatch, capsys):
    monkeypatch.setenv("SCHEDULER", "tcp://127.0.0.1:8786")
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    assert command.main(["report", "Roskilde"]) == 2
    assert "`SCHEDULER` needs Dask on every machine, but it isn't installed" in capsys.readouterr().err
