"""Columns of cells made into numbers, dates and codes: the one place that knows how they are written."""

import datetime
import math
import re
from typing import NamedTuple

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

INTEGER = r"^[+-]?\d{1,18}$"
# a number of thousands begins with no zero: 0,123 has decimals
COMMA = r"^[+-]?(\d+|\d*,\d+|[1-9]\d{0,2}(\.\d{3})+(,\d+)?)([eE][+-]?\d+)?$"
POINT = r"^[+-]?(\d+|\d*\.\d+|[1-9]\d{0,2}(,\d{3})+(\.\d+)?)([eE][+-]?\d+)?$"
MARKED = r"[.,]"
IDENTIFIER = r"^(0\d+|\d{16,})$"
MUNICIPALITY = re.compile(
    r"(^|_)(kommune_?(kode|nr|nummer|no)|kom_?(kode|nr)|municipality_(code|no|number))$"
)
CLOCK = r"(?:[ T](?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?:[:.](?P<second>\d{2})(?:\.\d+)?)?)?$"
YEAR_FIRST = r"^(?P<year>\d{4})[-/](?P<month>\d{1,2})[-/](?P<day>\d{1,2})" + CLOCK
DAY_FIRST = r"^(?P<day>\d{1,2})[-./](?P<month>\d{1,2})[-./](?P<year>\d{4})" + CLOCK
ZONED = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})$"
# a pattern may use a name once only
DATE = re.sub(r"\?P<\w+>", "?:", f"{YEAR_FIRST}|{DAY_FIRST}|{ZONED}")
# what statistical programs and Statistics Denmark write for "no number", hidden and uncertain ones among them
NO_NUMBER = (
    r"^((?i:NA|N/A|NaN|NULL|None)|\.{1,3}|[…:•·]|\*+|[-–—]|([<≤]|(?i:under|færre end|mindre end))\s*\d+)$"
)
# signs in front of and behind a number that are none of it
CURRENCY = (
    r"(?i)^([+-]?)(?:(?:kr\.?|dkk|eur|[€$£])\s*)?([+-]?[\d.,'’\s]*\d)(?:\s*(?:kr\.?|dkk|eur|[€$£]))?(-?)$"
)
NO_CENTS = r"(\d),-(\D*)$"
MINUS = r"[\x{2212}\x{2010}-\x{2013}\x{FE63}\x{FF0D}]"
BRACKETS = r"^\((.+)\)$"
# a zero-width space, a joiner and a BOM: nobody sees them in a cell
UNSEEN = r"[\x{200B}\x{2060}\x{FEFF}]"
# as Excel writes them in English and in Danish
ERRORS = (
    r"^#(REF!|DIV/0!|VALUE!|NAME\?|N/A|NUM!|NULL!|SPILL!|CALC!|FIELD!|BLOCKED!|CONNECT!|GETTING_DATA|UNKNOWN!|BUSY!"
    r"|PYTHON!|EXTERNAL!|DIVISION/0!|REFERENCE!|VÆRDI!|NAVN\?|I/T|NUL!|OVERLØB!|BEREGN!)$"
)
SPACED = r"^([+-]?[1-9]\d{0,2})([\s\x{A0}\x{202F}\x{2009}'’]\d{3})+([.,]\d+)?$"
PERCENT = r"[\s\x{A0}\x{202F}]*(%|(?i:pct\.?|procent))$"


class UnknownDecimal(ValueError):
    """Numbers of a `column` that nothing tells the decimal mark of."""

    def __init__(self, message, column):
        super().__init__(message)
        self.column = column


class Cells(NamedTuple):
    """A column as it was delivered: each cell is in one of the three, or empty."""

    text: pa.Array
    numbers: pa.Array | None = None
    dates: pa.Array | None = None


def cells_of(values) -> Cells:
    """Python values of one column, each kind by itself: a number stays the number it is."""
    numbers = [float(value) if isinstance(value, (bool, int, float)) else None for value in values]
    dates = [as_moment(value) for value in values]
    text = [
        None if value is None or number is not None or date is not None else str(value) or None
        for value, number, date in zip(values, numbers, dates, strict=True)
    ]
    return Cells(
        pa.array(text, pa.string()), pa.array(numbers, pa.float64()), pa.array(dates, pa.timestamp("us"))
    )


def as_moment(value) -> datetime.datetime | None:
    """A date as a moment; None if it is none."""
    if isinstance(value, datetime.datetime):
        return value.replace(tzinfo=None)
    return datetime.datetime(*value.timetuple()[:3]) if isinstance(value, datetime.date) else None


def clock(seconds) -> str | None:
    """Seconds as `08:30:00`."""
    if not math.isfinite(seconds) or abs(seconds) > 1e9:
        return None
    whole = round(abs(seconds))
    return f"{'-' if seconds < 0 else ''}{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}"


def part_of(cells: Cells, kept) -> Cells:
    """Some of the cells, by a mask or a slice."""
    return Cells(
        *(None if p is None else p[kept] if isinstance(kept, slice) else p.filter(kept) for p in cells)
    )


def is_filled(part) -> bool:
    """Whether any cell is of this kind."""
    return part is not None and part.null_count < len(part)


def filled(cells: Cells) -> pa.Array:
    """Which cells are not empty."""
    found = pc.is_valid(cells.text)
    for part in (cells.numbers, cells.dates):
        if is_filled(part):
            found = pc.or_(found, pc.is_valid(part))
    return found


def by_value(text, change):
    """Change a column's text once a value, not once a row: answers have few different values."""
    whole = text.combine_chunks() if isinstance(text, pa.ChunkedArray) else text
    if isinstance(whole, pa.ChunkedArray) or len(whole) == 0:
        return change(text)
    encoded = whole.dictionary_encode()
    return change(encoded.dictionary).take(encoded.indices)


def clean(text) -> pa.Array:
    """Text without blanks around it or signs that nobody sees, `="0265"` as Excel shows it, nothing as null."""
    return by_value(text, clean_values)


def clean_values(text) -> pa.Array:
    """Cleaned values of text; line ends as one character."""
    text = pc.replace_substring_regex(text, UNSEEN, "")
    text = pc.utf8_trim_whitespace(pc.replace_substring(pc.replace_substring(text, "\r\n", "\n"), "\r", "\n"))
    text = pc.replace_substring_regex(text, r'^="([^"]*)"$', r"\1")
    return pc.if_else(pc.equal(text, ""), pa.scalar(None, pa.string()), text)


def matches(text, pattern) -> bool:
    """Whether all values that are there fit the pattern."""
    return bool(pc.all(pc.match_substring_regex(pc.unique(text), pattern), min_count=0).as_py())


def any_match(text, pattern) -> bool:
    """Whether a value fits the pattern."""
    return bool(pc.any(pc.match_substring_regex(pc.unique(text), pattern), min_count=0).as_py())


def bare_numbers(text) -> pa.Array:
    """Numbers without currency, blanks for thousands and foreign minus signs; a minus behind stands in front."""
    text = pc.replace_substring_regex(text, MINUS, "-")
    text = pc.replace_substring_regex(text, r"^-\s+", "-")
    text = pc.replace_substring_regex(text, NO_CENTS, r"\1,0\2")
    text = pc.replace_substring_regex(text, CURRENCY, r"\3\1\2")
    spaced = pc.match_substring_regex(text, SPACED)
    return pc.if_else(spaced, pc.replace_substring_regex(text, r"[\s\x{A0}\x{202F}\x{2009}'’]", ""), text)


def decimal_mark(text) -> str:
    """How a column writes decimals, by its own numbers: `,`, `.`, `whole`, `either`, `mixed`, `percent`; `no`.

    `either`: only three digits after the only mark, everywhere: `1.234` is thousands or decimals, and nothing
    tells which. `percent`: only some have the sign. `no`: there are other things than numbers.
    """
    values = pc.unique(text)
    if any_match(values, PERCENT):
        values = pc.replace_substring_regex(values, PERCENT, "")
    values = bare_numbers(values)
    fits = [pc.match_substring_regex(values, pattern) for pattern in (COMMA, POINT)]
    if not pc.all(pc.or_(*fits), min_count=0).as_py():
        return "no"
    if any_match(text, PERCENT) and not is_percent(text):
        return "percent"
    comma, point = (bool(pc.all(fit, min_count=0).as_py()) for fit in fits)
    if comma and point:
        return "either" if any_match(values, MARKED) else "whole"
    return "," if comma else "." if point else "mixed"


def check_brackets(cells: Cells, name) -> None:
    """Raise if some numbers of a column have brackets around them: negative, uncertain, or a note's number."""
    text, total = cells.text, pc.sum(filled(cells)).as_py()
    count, first = count_and_first(text, pc.match_substring_regex(text, BRACKETS))
    bare = pc.replace_substring_regex(text, BRACKETS, r"\1")
    if 0 < count < total and decimal_mark(bare) != "no":
        raise ValueError(
            f"`{name}` must say what brackets around its numbers mean, but {count} of {total} "
            f"have them (first: row {first}): negative, uncertain, or a note? Write numbers below zero with a minus, "
            "or say in the sidecar what each stands for, as in `missing: {'(5)': -5}`."
        )


def is_percent(values) -> bool:
    """Whether all values that are there are written as percentages."""
    return is_filled(values) and matches(values, PERCENT)


def number_text(number) -> str:
    """A number as a text file would have it."""
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)


def as_strings(cells: Cells) -> pa.Array:
    """All cells as text, as a text file would have them."""
    text = clean(cells.text)
    if is_filled(cells.numbers):
        numbers = [None if value is None else number_text(value) for value in cells.numbers.to_pylist()]
        text = pc.coalesce(text, pa.array(numbers, pa.string()))
    if is_filled(cells.dates):
        dates = [None if value is None else str(value)[:19] for value in cells.dates.to_pylist()]
        text = pc.coalesce(text, pa.array(dates, pa.string()))
    return text


def as_text(cells: Cells) -> pd.Series:
    """Text as a nullable column."""
    return as_strings(cells).to_pandas(types_mapper={pa.string(): pd.StringDtype("pyarrow")}.get)


def as_numbers(cells: Cells, name, mark=None, whole=None) -> pd.Series:
    """Numbers; `mark` says what three digits after the only mark are. `Int64` if all are whole.

    Parameters
    ----------
    cells : Cells
    name : str
        The column, for messages.
    mark : {",", "."}, optional
        The decimal mark, as somebody who knows has said.
    whole : bool, optional
        True: fractions are refused; False: always `Float64`.

    Raises
    ------
    ValueError
        Something that is not a number, decimal comma and point in one column, numbers that nothing tells the
        decimal mark of, or (when `whole`) a fraction.
    """
    text = clean(cells.text)
    found = "no" if is_filled(cells.dates) else decimal_mark(text)
    if found == "either" and not mark:
        raise UnknownDecimal(number_message(text, name, found), name)
    if found in ("no", "mixed", "percent") or (found in ",." and mark not in (None, found)):
        raise ValueError(number_message(text, name, found, mark))
    plain = by_value(text, lambda values: plain_numbers(values, mark if found == "either" else found))
    if whole is not False and not is_filled(cells.numbers) and matches(plain, INTEGER):
        return plain.cast(pa.int64()).to_pandas(types_mapper={pa.int64(): pd.Int64Dtype()}.get)
    numbers = by_value(plain, lambda values: values.cast(pa.float64()))
    if is_filled(cells.numbers):
        numbers = pc.coalesce(cells.numbers, numbers)
    if whole or (whole is None and matches(plain, INTEGER) and is_whole(numbers)):
        return whole_numbers(numbers, name)
    return numbers.to_pandas(types_mapper={pa.float64(): pd.Float64Dtype()}.get)


def plain_numbers(text, mark) -> pa.Array:
    """Numbers written with a decimal point, without signs for thousands; a percentage as what it is of one."""
    as_share = is_percent(text)
    plain = bare_numbers(pc.replace_substring_regex(text, PERCENT, "") if as_share else text)
    plain = pc.replace_substring(plain, "." if mark == "," else ",", "")
    plain = pc.replace_substring(pc.replace_substring_regex(plain, r"^\+", ""), ",", ".")
    return pc.replace_substring_regex(plain, "$", "e-2") if as_share else plain


def wholes(numbers) -> pa.Array:
    """Which numbers are whole, and small enough to be told from their neighbours."""
    return pc.and_(pc.equal(pc.floor(numbers), numbers), pc.less(pc.abs(numbers), float(2**53)))


def is_whole(numbers) -> bool:
    """Whether all numbers are whole."""
    return bool(pc.all(wholes(numbers), min_count=0).as_py())


def whole_numbers(numbers, name) -> pd.Series:
    """Codes that were written as decimal numbers."""
    if not is_whole(numbers):
        count = pc.sum(pc.invert(wholes(numbers))).as_py()
        raise ValueError(
            f"`{name}` must hold whole codes, but {count} of {len(numbers) - numbers.null_count} values "
            "are not. Correct the delivery."
        )
    return numbers.cast(pa.int64()).to_pandas(types_mapper={pa.int64(): pd.Int64Dtype()}.get)


def number_message(text, name, found, mark=None) -> str:
    """Tell of values that keep a column from being numbers (never the values: they may be of a person)."""
    if found == "mixed":
        return (
            f"`{name}` must use one decimal mark, but has numbers with a comma and numbers with a point. "
            "Correct the delivery."
        )
    if found == "percent":
        count, first = count_and_first(text, pc.match_substring_regex(text, PERCENT))
        return (
            f"`{name}` must have the percent sign at all numbers or at none, but {count} of "
            f"{len(text) - text.null_count} have it (first: row {first}). Correct the delivery."
        )
    if found == "no":
        count, first = count_and_first(text, pc.invert(pc.match_substring_regex(text, f"{COMMA}|{POINT}")))
        return (
            f"`{name}` must hold numbers, but {count} of {len(text) - text.null_count} values are not (first: row "
            f"{first}). Correct the delivery."
        )
    count, first = count_and_first(text, pc.match_substring_regex(text, MARKED))
    if found == "either":
        return (
            f"`{name}` must show its decimal mark, but all {count} numbers with a mark have three digits after "
            f"it (first: row {first}): thousands or decimals, nothing tells which. Write `decimal: ','` or "
            "`decimal: '.'` in the sidecar."
        )
    return (
        f"`{name}` must have the decimal mark that the sidecar says (`{mark}`), but {count} numbers are written "
        f"with `{found}` (first: row {first}). Correct `decimal` in the sidecar."
    )


def count_and_first(text, wrong) -> tuple[int, int]:
    """How many cells are so, and the number of the first, from 1."""
    wrong = pc.fill_null(wrong, False)
    return pc.sum(wrong).as_py() or 0, pc.index(wrong, True).as_py() + 1


def as_dates(cells: Cells, name) -> pd.Series:
    """Dates written year-month-day or day-month-year (with `-`, `.` or `/`), with or without a time of day.

    A moment whose zone is told (`2024-02-01T10:00:00Z`) is given as clocks in Denmark showed it.
    """
    text = clean(cells.text)
    if is_filled(cells.numbers):
        raise ValueError(
            f"`{name}` must hold dates, but {len(cells.numbers) - cells.numbers.null_count} of {len(text)} cells "
            "are numbers. Show the column as dates in the program that wrote it, and save again."
        )
    found = by_value(by_value(text, in_danish_time), iso_dates)
    dates = pd.to_datetime(as_text(Cells(found)), format="%Y-%m-%d %H:%M:%S", errors="coerce").astype(
        "datetime64[s]"
    )
    wrong = dates.isna().to_numpy() & pc.is_valid(text).to_numpy(zero_copy_only=False)
    if wrong.any():
        raise ValueError(
            f"`{name}` must hold dates as year-month-day or day-month-year, but {int(wrong.sum())} of "
            f"{len(text) - text.null_count} are not (first: row {int(wrong.argmax()) + 1}). Correct the delivery."
        )
    if is_filled(cells.dates):
        dates = dates.fillna(pd.Series(cells.dates.to_pandas()).astype("datetime64[s]"))
    return dates


def in_danish_time(text) -> pa.Array:
    """Moments whose zone is told as the time of day in Denmark; the others as they are."""
    is_zoned = pc.match_substring_regex(text, ZONED)
    if not pc.any(is_zoned).as_py():
        return text
    zoned = pc.if_else(is_zoned, text, pa.scalar(None, pa.string())).to_pandas()
    local = pd.to_datetime(zoned, utc=True, format="ISO8601", errors="coerce").dt.tz_convert(
        "Europe/Copenhagen"
    )
    return pc.if_else(is_zoned, pa.array(local.dt.strftime("%Y-%m-%d %H:%M:%S"), pa.string()), text)


def iso_dates(text) -> pa.Array:
    """Dates of either order, year first; null where they are none."""
    is_year_first = pc.match_substring_regex(text, YEAR_FIRST)
    return pc.if_else(is_year_first, iso_text(text, YEAR_FIRST), iso_text(text, DAY_FIRST))


def iso_text(text, pattern) -> pa.Array:
    """Dates that fit the pattern, written year-month-day hour:minute:second; null where they do not fit."""
    parts = pc.extract_regex(text, pattern)
    padded = {}
    for part, width in (("year", 4), ("month", 2), ("day", 2), ("hour", 2), ("minute", 2), ("second", 2)):
        padded[part] = pc.utf8_lpad(pc.struct_field(parts, part), width, "0")
    date = pc.binary_join_element_wise(padded["year"], padded["month"], padded["day"], "-")
    return pc.binary_join_element_wise(
        date, pc.binary_join_element_wise(padded["hour"], padded["minute"], padded["second"], ":"), " "
    )


def without_marks(text) -> pa.Array:
    """Column without the words and marks that stand for "no number"."""
    return by_value(
        text,
        lambda values: pc.if_else(
            pc.match_substring_regex(values, NO_NUMBER), pa.scalar(None, pa.string()), values
        ),
    )


def typed(cells: Cells, name, mark=None) -> pd.Series:
    """A column with the type that all its values have: numbers, dates, or text."""
    text = clean(cells.text)
    numbers = Cells(without_marks(text), cells.numbers, cells.dates)
    if MUNICIPALITY.search(str(name).strip().lower()):
        codes = as_strings(numbers)
        if is_filled(codes) and matches(codes, r"^0?[1-9]\d{2}(\.0)?$"):
            digits = pc.replace_substring_regex(codes, r"\.0$", "")
            return as_text(Cells(pc.utf8_lpad(digits, 4, "0")))
    if is_filled(numbers.dates):
        is_date = not is_filled(numbers.numbers) and matches(text, DATE)
        return as_dates(cells, name) if is_date else as_text(cells)
    if not is_filled(numbers.text) and not is_filled(numbers.numbers):
        return as_text(cells)
    # a number would change a code: a zero in front, or very many digits
    if decimal_mark(numbers.text) != "no" and not any_match(numbers.text, IDENTIFIER):
        return as_numbers(numbers, name, mark)
    check_brackets(numbers, name)
    return as_dates(cells, name) if matches(text, DATE) and not is_filled(cells.numbers) else as_text(cells)
