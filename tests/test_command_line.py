"""What a command line asks for wrongly is told in one message, before anything is run."""

import pytest

import rerun.__main__ as command


@pytest.fixture(autouse=True)
def nothing_runs(monkeypatch):
    def started(*_):
        raise AssertionError("a kernel was started")

    monkeypatch.setattr(command, "execute_all", started)
    monkeypatch.delenv("ANALYSIS_PUBLICATION", raising=False)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "`MUNICIPALITY` must name a municipality or the whole country, but is empty"),
        (["--municipality", " "], "make report MUNICIPALITY=Roskilde"),
        (["--municipality", "Roskild"], "but `Roskild` is not. Nearest: Roskilde"),
        (
            ["--municipality", "Roskilde", "--min-count", "2"],
            "`MIN_COUNT` must be at least 3 respondents, but is 2",
        ),
        (
            ["--municipality", "Roskilde", "--year", "1999"],
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
    assert command.main(["--municipality", "Roskilde"]) == 2
    assert "Run `make data`" in capsys.readouterr().err


def test_a_publication_of_synthetic_data_is_refused(monkeypatch, capsys):
    monkeypatch.setenv("ANALYSIS_PUBLICATION", "1")
    assert command.main(["--municipality", "Roskilde"]) == 2
    assert "A publication must rest on real data" in capsys.readouterr().err
