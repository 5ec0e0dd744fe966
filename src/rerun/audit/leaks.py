"""What no page, notebook or figure may hold: paths of this machine, tracebacks, rows of respondents."""

import getpass
import re
from pathlib import Path

from analysis import files

ENDINGS = (".html", ".ipynb", ".svg", ".csv", ".json", ".txt")
# columns that only a table with one row a respondent has
RESPONDENT_COLUMNS = (
    "design_weight",
    "weekly_hours",
    "case_unit",
    "has_changed_workplace",
    "respondent",
    "weight",
)
_PATHS = re.compile(r"(?<![\w/.:])(?:/(?:home|Users|root|tmp|private|mnt)/[\w.\-]+|[A-Za-z]:\\+Users\\+\w+)")
_PATH_SIGNS = ("/home/", "/Users/", "/root/", "/tmp/", "/private/", "/mnt/", "\\Users\\")
_TRACEBACKS = ("Traceback (most recent call last)", '"output_type": "error"')
_TABLE = re.compile(r"<table.*?</table>", re.DOTALL)
_ORDINARY_USERS = {"root", "user", "runner", "admin", "jovyan", "ubuntu"}


def find_leaks(reports: Path) -> list[tuple[str, str]]:
    """Look through everything that is text in the reports.

    Parameters
    ----------
    reports : Path

    Returns
    -------
    list of (str, str)
        File (relative to the reports) and what it holds.
    """
    found = []
    for file in sorted(path for path in reports.rglob("*") if path.suffix in ENDINGS):
        text = file.read_text(encoding="utf-8-sig", errors="replace")
        found += [(str(file.relative_to(reports)), leak) for leak in leaks_in(text)]
    return found


def leaks_in(text: str) -> list[str]:
    """What one text gives away, in words, without repeating it.

    Examples
    --------
    >>> leaks_in("gemt i /home/anne/projekt")
    ['an absolute path']
    """
    own = [str(files.project()), str(Path.home())]
    checks = {
        "an absolute path": _has_path(text) or any(len(path) > 5 and path in text for path in own),
        "the name of a user": _names_user(text),
        "a traceback": any(sign in text for sign in _TRACEBACKS),
        "rows of respondents": any(_is_of_respondents(table[0]) for table in _TABLE.finditer(text)),
    }
    return [leak for leak, found in checks.items() if found]


def _has_path(text: str) -> bool:
    # the signs first: looking for them is many times faster than the expression
    return any(sign in text for sign in _PATH_SIGNS) and _PATHS.search(text) is not None


def _names_user(text: str) -> bool:
    user = getpass.getuser()
    return (
        user not in _ORDINARY_USERS
        and len(user) > 3
        and re.search(rf"\b{re.escape(user)}\b", text) is not None
    )


def _is_of_respondents(table: str) -> bool:
    """Whether a table's headers are those of a table with a row a respondent."""
    return sum(f">{column}<" in table for column in RESPONDENT_COLUMNS) >= 2
