"""What is told while runs are executed, and of what failed."""

import io
from pathlib import Path

from rerun.plan import Run
from rerun.progress import show_progress, told
from rerun.run import Outcome


class Terminal(io.StringIO):
    def isatty(self):
        return True


def outcome(place, error="", notebook="02_caseload"):
    return Outcome(Run(Path(f"{notebook}.ipynb"), place, {}), error)


MANY = [outcome("Roskilde"), outcome("Køge", "cell 3: no"), *(outcome("Læsø") for _ in range(98))]


def test_a_terminal_has_one_line_that_is_written_over():
    stream = Terminal()
    assert show_progress(MANY, 100, stream) == MANY
    lines = stream.getvalue().split("\n")
    assert [line.split("\r")[-1].rstrip() for line in lines[:-1]] == [
        "[  2/100] Køge: 02_caseload FAILED, 5 s left",
        "[100/100] Læsø: 02_caseload done",
    ]
    assert lines[0].split("\r")[1].startswith("[  1/100] Roskilde: 02_caseload done, ")


def test_a_shorter_line_leaves_nothing_of_a_longer_one():
    stream = Terminal()
    show_progress([outcome("Ringkøbing-Skjern"), outcome("Køge")], 2, stream)
    longer, shorter = stream.getvalue().split("\r")[1:]
    assert len(shorter.rstrip("\n")) == len(longer)


def test_a_file_has_a_line_now_and_then_and_every_failure():
    stream = io.StringIO()
    show_progress(MANY, 100, stream)
    assert [line.split(":")[0] for line in stream.getvalue().splitlines()] == [
        "[  1/100] Roskilde",
        "[  2/100] Køge",
        "[100/100] Læsø",
    ]


def test_a_terminal_is_left_on_a_line_of_its_own_when_it_is_broken_off():
    def broken():
        yield outcome("Roskilde")
        raise KeyboardInterrupt

    stream = Terminal()
    try:
        show_progress(broken(), 2, stream)
    except KeyboardInterrupt:
        assert stream.getvalue().endswith("left\n")


def test_what_fails_alike_in_many_places_is_one_line():
    failed = [outcome(place, "cell 3: no") for place in ("Roskilde", "Køge", "Læsø", "Fanø", "Ærø")]
    failed.append(outcome("Køge", "cell 3: no", "03_sparring"))
    assert told(failed) == [
        "Roskilde, Køge, Læsø and 2 more, 02_caseload.ipynb, cell 3: no",
        "Køge, 03_sparring.ipynb, cell 3: no",
    ]
    assert told([]) == []
