"""The measures of the collection: one row of ``data/measures.csv`` each, checked as it is read.

A row says what is estimated, how it is split, and in which Danish words it is spoken of. Estimates, figures, the
explorer, headlines, sentences and file names follow from it; a new measure is a new row.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path

from analysis import codebook, danish, files
from analysis.disclosure import ProtectedTable

_YES_NO = {"yes": True, "no": False}
_TABLES = ("caseworkers", "leaders")


@dataclass(frozen=True)
class Measure:
    """One row of ``data/measures.csv``.

    Attributes
    ----------
    name : str
        What it is asked for by: "caseload".
    table, variable : str
        A survey table of the codebook, and a column of it.
    answers : tuple of str
        Levels of the column whose joint share [0-1] is estimated; empty for the mean of a number.
    by_area : bool
        Whether each place is split by area.
    alike : str
        A column whose values are never compared with each other: a case is a child to some municipalities, a family
        to others. Empty where there is none.
    label : str
        Danish title, in menus.
    stem : str
        What files of its figures begin with: "sagstal"; ASCII.
    population : str
        Whose answers, in Danish: "Sagsbehandlere".
    subject : str
        As a sentence begins, in lower case: "sagstallet".
    statistic : str
        What is estimated, for the line under a headline.
    phrase : str
        A value in a sentence; ``{}`` is the number.
    unit : str
        Unit of the numbers; "pct." for shares.
    decimals : int
        Of the numbers in tables and charts.
    factor : int
        What a number is multiplied by in a sentence, which then is whole: 60 says hours in minutes. 1 where it is said
        as it stands.
    definition : str
    """

    name: str
    table: str
    variable: str
    answers: tuple[str, ...]
    by_area: bool
    alike: str
    label: str
    stem: str
    population: str
    subject: str
    statistic: str
    phrase: str
    unit: str
    decimals: int
    factor: int
    definition: str

    @property
    def is_share(self) -> bool:
        """Whether it is a share of answers; else it is a mean."""
        return bool(self.answers)

    @property
    def axis(self) -> str:
        """What an axis of its values is called: "Sager pr. sagsbehandler"."""
        said_otherwise = self.is_share or self.factor > 1
        return self.statistic if said_otherwise else danish.first_upper(self.phrase.replace("{}", "").strip())

    @property
    def _said(self) -> tuple[int, int]:
        """What a number is multiplied by in a sentence, and its decimals there."""
        if self.is_share:
            return 100, self.decimals
        return self.factor, 0 if self.factor > 1 else self.decimals

    def number(self, estimate: float) -> str:
        """A value as it is said, without its unit."""
        scale, decimals = self._said
        return danish.number(estimate * scale, decimals)

    def apart(self, one: float, other: float) -> str:
        """How far two values are from each other as they are said."""
        scale, decimals = self._said
        first, second = (danish.rounded(value * scale, decimals) for value in (one, other))
        return danish.number(float(abs(first - second)), decimals)

    def value(self, estimate: float) -> str:
        """A value as it is said, with its unit."""
        return self.phrase.format(f"{self.number(estimate)} pct." if self.is_share else self.number(estimate))

    def interval(self, low: float, high: float) -> str:
        """An interval in the measure's unit."""
        if self.is_share:
            return danish.percent_interval(low, high, self.decimals)
        scale, decimals = self._said
        return danish.interval(low * scale, high * scale, decimals)

    @property
    def amount_unit(self) -> str:
        """What a difference of two values is counted in, in a sentence: "procentpoint", "sager"."""
        if self.is_share:
            return "procentpoint"
        return self.phrase.replace("{}", "").split()[0] if self.factor > 1 else self.unit


_COLUMNS = [field.name for field in fields(Measure)]


def names() -> list[str]:
    """The names of all measures, in the order of ``data/measures.csv``."""
    return list(_all())


def named(name: str) -> Measure:
    """The measure of a name.

    Raises
    ------
    ValueError
        If ``data/measures.csv`` has no such row, or a row that can't be.
    """
    measures = _all()
    if name not in measures:
        raise ValueError(
            f"`measure` must be one of {', '.join(measures)}, but is {name!r}. Choose one, or add its row to "
            "data/measures.csv."
        )
    return measures[name]


def of(table: ProtectedTable) -> Measure:
    """The measure that a protected table holds; raises as `named`."""
    return named(table.quantity.get("measure", ""))


def _all() -> Mapping[str, Measure]:
    """All measures by name; read again when the file has changed."""
    file = files.project() / "data" / "measures.csv"
    return _read(file, file.stat().st_mtime_ns if file.is_file() else 0)


@lru_cache(maxsize=4)
def _read(file: Path, _changed: int) -> Mapping[str, Measure]:
    files.code_digest.cache_clear()  # by which results are kept
    rows = codebook.read_list(file, _COLUMNS)
    found: dict[str, Measure] = {}
    taken: set[tuple[str, str]] = set()
    for number, row in rows.items():
        try:
            measure = _checked(row)
            _require(measure.name not in found, "name", "a name of its own", measure.name)
            for column in ("label", "stem"):
                stem = danish.slug(getattr(measure, column))
                _require((column, stem) not in taken, column, "one of its own", getattr(measure, column))
                taken.add((column, stem))
        except _WrongCell as wrong:
            raise ValueError(f"`data/measures.csv`, row {number}, column {wrong}") from None
        found[measure.name] = measure
    return found


class _WrongCell(ValueError):
    """A cell of the file that can't be: its column, what was expected and found."""


def _require(holds: bool, column: str, expected: str, found: str) -> None:
    if not holds:
        raise _WrongCell(f"`{column}`: expected {expected}, but found `{found}`. Correct the cell.")


def _checked(row: Mapping[str, str]) -> Measure:
    """A row as a measure, if every cell of it can be."""
    for column in _COLUMNS:
        _require(column in ("answers", "alike", "factor") or row[column] != "", column, "a value", "")
    _require(
        bool(re.fullmatch(r"[a-z][a-z0-9_]*", row["name"])), "name", "a name as `my_measure`", row["name"]
    )
    _require(
        danish.slug(row["stem"]) == row["stem"],
        "stem",
        f"a name as `{danish.slug(row['stem'])}`",
        row["stem"],
    )
    _require(row["table"] in _TABLES, "table", f"one of {_listed(_TABLES)}", row["table"])
    known = [column for column in codebook.columns(row["table"]).index if column != "year"]
    near = get_close_matches(row["variable"], known, n=1) or ["see data/codebook.csv"]
    expected = f"a column of `{row['table']}` in data/codebook.csv (nearest: `{near[0]}`)"
    _require(row["variable"] in known, "variable", expected, row["variable"])
    _require(row["alike"] in ("", *known), "alike", "a column of the table, or nothing", row["alike"])
    answers = _answers(row)
    _require(row["by_area"] in _YES_NO, "by_area", "yes or no", row["by_area"])
    _require(row["phrase"].count("{}") == 1, "phrase", "one `{}`, where the number stands", row["phrase"])
    unit = (
        "`pct.`, for answers are counted" if answers else "a unit other than pct., for no answers are counted"
    )
    _require((row["unit"] == "pct.") == bool(answers), "unit", unit, row["unit"])
    _require(row["decimals"] in ("0", "1", "2", "3"), "decimals", "0, 1, 2 or 3", row["decimals"])
    _require(
        row["factor"].isdigit() or not row["factor"], "factor", "a whole number, or nothing", row["factor"]
    )
    made = {
        "factor": int(row["factor"] or 1),
        "answers": answers,
        "by_area": _YES_NO[row["by_area"]],
        "decimals": int(row["decimals"]),
    }
    return Measure(**(row | made))


def _answers(row: Mapping[str, str]) -> tuple[str, ...]:
    """The answers that count: levels of a closed question; none for a number."""
    given = tuple(part.strip() for part in row["answers"].split("|") if part.strip())
    kind = codebook.columns(row["table"]).loc[row["variable"], "dtype"]
    levels = codebook.valid_levels(row["variable"], row["table"])
    _require(bool(levels) or kind in ("integer", "number"), "variable", "a number or a closed question", kind)
    if not levels:
        _require(not given, "answers", f"nothing, for `{row['variable']}` is a number", row["answers"])
        return ()
    _require(bool(given), "answers", f"one or more of {_listed(levels)}, joined by |", "")
    unknown = [answer for answer in given if answer not in levels]
    _require(not unknown, "answers", f"levels of data/codebook.csv ({_listed(levels)})", "|".join(unknown))
    _require(
        len(set(given)) == len(given) < len(levels),
        "answers",
        "some of the levels, each once",
        row["answers"],
    )
    return given


def _listed(values) -> str:
    return ", ".join(f"`{value}`" for value in values)
