"""Columns of text made into numbers, dates and codes, as Danish files write them."""

import re

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

INTEGER = r"^[+-]?\d{1,18}$"
COMMA = r"^[+-]?(\d+|\d{1,3}(\.\d{3})+)(,\d+)?$"
POINT = r"^[+-]?(\d+|\d{1,3}(,\d{3})+)(\.\d+)?([eE][+-]?\d+)?$"
IDENTIFIER = r"^(0\d+|\d{16,})$"
CLOCK = r"(?:[ T](?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?:[:.](?P<second>\d{2})(?:\.\d+)?)?)?$"
YEAR_FIRST = r"^(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})" + CLOCK
DAY_FIRST = r"^(?P<day>\d{1,2})[-./](?P<month>\d{1,2})[-./](?P<year>\d{4})" + CLOCK
# a pattern may use a name once only
DATE = re.sub(r"\?P<\w+>", "?:", f"{YEAR_FIRST}|{DAY_FIRST}")
# what statistical programs and Statistics Denmark write for "no number"
NO_NUMBER = ("NA", "NaN", "NULL", ".", "..")


def by_value(text, change):
    """Change a column's text once a value, not once a row: answers have few different values."""
    whole = text.combine_chunks() if isinstance(text, pa.ChunkedArray) else text
    if isinstance(whole, pa.ChunkedArray) or len(whole) == 0:
        return change(text)
    encoded = whole.dictionary_encode()
    return change(encoded.dictionary).take(encoded.indices)


def clean(text) -> pa.Array:
    """Text without blanks around it, line ends as one character, nothing as null."""
    return by_value(text, clean_values)


def clean_values(text) -> pa.Array:
    """Cleaned values of text."""
    text = pc.utf8_trim_whitespace(pc.replace_substring(pc.replace_substring(text, "\r\n", "\n"), "\r", "\n"))
    return pc.if_else(pc.equal(text, ""), pa.scalar(None, pa.string()), text)


def matches(text, pattern) -> bool:
    """Whether all values that are there fit the pattern."""
    return bool(pc.all(pc.match_substring_regex(pc.unique(text), pattern), min_count=0).as_py())


def decimal_mark(text) -> str:
    """How a column writes numbers: `,` or `.`; `either` if both readings fit, `mixed`, or `no` number column.

    `either` are whole numbers, and `1.234`: a thousand in Denmark, a little over one elsewhere.
    """
    if not matches(text, f"{COMMA}|{POINT}"):
        return "no"
    marks = {(True, True): "either", (True, False): ",", (False, True): ".", (False, False): "mixed"}
    return marks[matches(text, COMMA), matches(text, POINT)]


def as_text(text) -> pd.Series:
    """Text as a nullable column."""
    return clean(text).to_pandas(types_mapper={pa.string(): pd.StringDtype("pyarrow")}.get)


def as_numbers(text, name, mark=".", whole=None) -> pd.Series:
    """Numbers; `mark` decides what both readings fit. `Int64` if `whole`, or if all are and `whole` is None.

    Raises
    ------
    ValueError
        Something that is not a number, decimal comma and point in one column, or (when `whole`) a fraction.
    """
    text = clean(text)
    found = decimal_mark(text)
    if found in ("no", "mixed"):
        raise ValueError(number_message(text, name, found))
    plain = by_value(text, lambda values: plain_numbers(values, mark if found == "either" else found))
    if whole is not False and matches(plain, INTEGER):
        return plain.cast(pa.int64()).to_pandas(types_mapper={pa.int64(): pd.Int64Dtype()}.get)
    numbers = by_value(plain, lambda values: values.cast(pa.float64()))
    if whole:
        return whole_numbers(numbers, name)
    return numbers.to_pandas(types_mapper={pa.float64(): pd.Float64Dtype()}.get)


def plain_numbers(text, mark) -> pa.Array:
    """Numbers written with a decimal point, without signs for thousands."""
    plain = pc.replace_substring(text, "." if mark == "," else ",", "")
    return pc.replace_substring(pc.replace_substring_regex(plain, r"^\+", ""), ",", ".")


def whole_numbers(numbers, name) -> pd.Series:
    """Codes that were written as decimal numbers.

    Raises
    ------
    ValueError
        A fraction, or more digits than a number keeps.
    """
    is_whole = pc.and_(pc.equal(pc.floor(numbers), numbers), pc.less(pc.abs(numbers), float(2**53)))
    if not pc.all(is_whole, min_count=0).as_py():
        count = pc.sum(pc.invert(is_whole)).as_py()
        raise ValueError(
            f"`{name}` must hold whole codes, but {count} of {len(numbers) - numbers.null_count} values "
            "are not. Correct the delivery."
        )
    return numbers.cast(pa.int64()).to_pandas(types_mapper={pa.int64(): pd.Int64Dtype()}.get)


def number_message(text, name, found) -> str:
    """Tell of values that keep a column from being numbers (never the values: they may be of a person)."""
    if found == "mixed":
        return (
            f"`{name}` must use one decimal mark, but has numbers with a comma and numbers with a point. "
            "Correct the delivery."
        )
    wrong = pc.invert(pc.match_substring_regex(text, f"{COMMA}|{POINT}"))
    count = pc.sum(wrong).as_py()
    first = pc.index(pc.fill_null(wrong, False), True).as_py() + 1
    present = len(text) - text.null_count
    return (
        f"`{name}` must hold numbers, but {count} of {present} values are not (first: row {first}). "
        "Correct the delivery."
    )


def as_dates(text, name) -> pd.Series:
    """Dates written year-month-day or day-month-year (with `-`, `.` or `/`), with or without a time of day.

    Raises
    ------
    ValueError
        Something that is no date, or a month over 12 (American dates are not guessed).
    """
    text = clean(text)
    found = by_value(text, iso_dates)
    dates = pd.to_datetime(as_text(found), format="%Y-%m-%d %H:%M:%S", errors="coerce").astype(
        "datetime64[s]"
    )
    wrong = dates.isna() & ~as_text(text).isna()
    if wrong.any():
        raise ValueError(
            f"`{name}` must hold dates as year-month-day or day-month-year, but {int(wrong.sum())} of "
            f"{len(text) - text.null_count} "
            f"are not (first: row {int(wrong.to_numpy().argmax()) + 1}). Correct the delivery."
        )
    return dates


def iso_dates(text) -> pa.Array:
    """Dates of either order, year first; null where they are none."""
    is_year_first = pc.match_substring_regex(text, YEAR_FIRST)
    return pc.if_else(is_year_first, iso_text(text, YEAR_FIRST), iso_text(text, DAY_FIRST))


def iso_text(text, pattern) -> pa.ChunkedArray:
    """Dates that fit the pattern, written year-month-day hour:minute:second; null where they do not fit."""
    parts = pc.extract_regex(text, pattern)
    padded = {}
    for part, width in (("year", 4), ("month", 2), ("day", 2), ("hour", 2), ("minute", 2), ("second", 2)):
        padded[part] = pc.utf8_lpad(pc.struct_field(parts, part), width, "0")
    date = pc.binary_join_element_wise(padded["year"], padded["month"], padded["day"], "-")
    return pc.binary_join_element_wise(
        date, pc.binary_join_element_wise(padded["hour"], padded["minute"], padded["second"], ":"), " "
    )
