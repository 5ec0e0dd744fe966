"""What is told while runs are executed: one line that is written over on a terminal, a few lines elsewhere."""

import sys
import time
from collections.abc import Iterable
from typing import TextIO

from rerun.run import Outcome

_EVERY = 30  # seconds between the lines in a file or pipe
_NAMED = 3  # places that are named where a notebook fails alike in many


def left(seconds: float) -> str:
    """Time left, as it is said.

    Examples
    --------
    >>> left(14), left(200)
    ('15 s left', '4 min left')
    """
    return f"{max(5, round(seconds / 5) * 5)} s left" if seconds < 90 else f"{-int(-seconds // 60)} min left"


class _Line:
    """Where progress is written: over itself on a terminal, else now and then below each other."""

    def __init__(self, stream: TextIO):
        self._stream, self._over = stream, stream.isatty()
        self._written, self._width = float("-inf"), 0

    def write(self, text: str, keep: bool) -> None:
        """Write a line; what is not kept may be written over, or left out."""
        if self._over:
            print(f"\r{text:<{self._width}}", end="\n" if keep else "", file=self._stream, flush=True)
            self._width = 0 if keep else len(text)
        elif keep or time.monotonic() - self._written >= _EVERY:
            print(text, file=self._stream, flush=True)
            self._written = time.monotonic()

    def end(self) -> None:
        """Leave a line that was not kept, so that what follows has one of its own."""
        if self._width:
            print(file=self._stream, flush=True)


def show_progress(outcomes: Iterable[Outcome], total: int, stream: TextIO | None = None) -> list[Outcome]:
    """Tell how far it has come and the time left, and of each failure at once; returns all outcomes.

    Parameters
    ----------
    outcomes : iterable of Outcome
        As they come.
    total : int
        How many will come.
    stream : text file, optional
        The standard error stream by default.
    """
    started, collected, line = time.monotonic(), [], _Line(stream or sys.stderr)
    try:
        for number, outcome in enumerate(outcomes, start=1):
            remaining = (time.monotonic() - started) / number * (total - number)
            told = f", {left(remaining)}" if number < total else ""
            where = f"[{number:>{len(str(total))}}/{total}] {outcome.run.place}: {outcome.run.notebook.stem}"
            line.write(
                f"{where} {'FAILED' if outcome.error else 'done'}{told}",
                bool(outcome.error) or number == total,
            )
            collected.append(outcome)
    finally:
        line.end()
    return collected


def told(failed: list[Outcome]) -> list[str]:
    """What failed, a line for each notebook and error; what failed alike in many places is one line."""
    places: dict[tuple[str, str], list[str]] = {}
    for outcome in failed:
        places.setdefault((outcome.run.notebook.name, outcome.error), []).append(outcome.run.place)
    return [
        f"{', '.join(of_error[:_NAMED])}{_more(len(of_error) - _NAMED)}, {notebook}, {error}"
        for (notebook, error), of_error in places.items()
    ]


def _more(number: int) -> str:
    return f" and {number} more" if number > 0 else ""
