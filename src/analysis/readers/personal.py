"""Personal data: CPR numbers, e-mail addresses and telephone numbers in any text, and columns named as such.

What is found is told by place and count. The value itself is neither returned nor written into an error. Names and
addresses of people are not looked for: no rule tells them from other words.
"""

import html
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping

import numpy as np
import pandas as pd

from analysis import danish

NOT_LOOKED_FOR = "Names and addresses of people are not looked for: read free text yourself."

# words of a column's name that tell who answered
_NAMED = re.compile(
    r"(?:^|_)(?:cpr(?:_?n(?:r|ummer))?|person_?n(?:r|ummer)|pnr|foedsels_?da(?:to|g)|birth_?da(?:te|y)|date_of_birth|dob"
    r"|(?:e_?)?mail_?(?:adresse|address)?|e_?post_?(?:adresse)?|(?:mobil_?)?telefon_?(?:n(?:r|ummer))?"
    r"|(?:tele|mobile_?)?phone_?(?:number)?|mobile?_?(?:n(?:r|ummer))?|tlf_?(?:n(?:r|ummer))?|fulde_?navn|for_?navn|efter_?navn|(?:first|last)_?name|surname"
    r"|ip(?:_?adresse|_?address)?|adresse|address|bopael|external_?key|respondent_?id)(?:_|$)"
)
# of a person only where the table is of people: a case, a code or a municipality has a name too
_AMBIGUOUS = frozenset(["name", "navn"])

_SPELLED_OUT = danish.SPELLED_OUT | str.maketrans({"ö": "oe", "ä": "ae"})
# what a machine wrote: digests, identifiers, times; their digits are nobody's
_MACHINE = re.compile(
    r"\b[0-9a-fA-F]{32,}\b|\b[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b"
    r"|\b(?:19|20)\d\d-[01]\d-[0-3]\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?"
)
_GAP = r"(?:[^\w\n]|_){0,3}"
_DATED = rf"(\d\d){_GAP}(\d\d){_GAP}((?:19|20)\d\d|\d\d)"
_CPR = (
    re.compile(rf"(?<!\d){_DATED}{_GAP}\d{{4}}(?!\d)"),
    re.compile(r"(?<!\d)(\d\d)(\d\d)(\d\d) ?-? ?\r?\n ?-? ?\d{4}(?!\d)"),  # broken over two lines
    re.compile(r"(?<!\d)(\d\d)([ .\-/_])(\d\d)\2(\d\d)\2\d\d\2\d\d(?!\d)"),
    re.compile(rf"(?<!\d){_DATED}[ .\-/_]{{1,3}}\d\d[ .\-/_]\d\d(?!\d)"),
)
# ten digits with one and the same sign between them, in any grouping; one point alone makes a decimal number
_SPREAD = re.compile(r"(?<!\d)(?!\d+\.\d+(?![.\d]))\d+(?P<sign>[ .\-/_]{1,2})\d+(?:(?P=sign)\d+)*(?!\d)")
_DECIMAL = re.compile(
    r"(?<![\w.,/\-])-?(0|[1-9]\d{0,3})[.,](\d{7,})(?:e-\d+)?(?![\w/\-]|[.,]\d)", re.IGNORECASE
)
_CPR_WRITTEN_BY_EXCEL = re.compile(r"(?<![\d.,])(\d)[.,](\d{5,9})E\+?0?([89])(?!\d)", re.IGNORECASE)

_DOMAINS = "dk|com|net|org|eu|se|no|de|nu|info|gov|edu|io|uk|gl|fo"
_AT_SIGN = r"(?:@|[(\[{<]\s?(?:@|at|a|æt|snabel-?\s?a|alfa)\s?[)\]}>]|\ssnabel-?\s?a\s)"
_SAYS_AT = re.compile(r"@|\bat\b|_at_|snabel|[(\[{<]\s?(?:at|a|æt|alfa)\b", re.IGNORECASE)
_FEWEST_DIGITS = 6  # a number as a spreadsheet shortens it, 1,01701E+08
_DOT = r"(?:\.|\s?[(\[{<]\s?(?:dot|punktum|\.)\s?[)\]}>]\s?|\s(?:dot|punktum)\s)"
_NAME = r"[\w.+\-%'\"]+"
_EMAIL = re.compile(
    rf"{_NAME}\s?{_AT_SIGN}\s?[\w\-]+(?:{_DOT}[\w\-]+)*{_DOT}[^\W\d]{{2,}}"
    rf"|{_NAME}\s?{_AT_SIGN}\s?[\w\-]+(?:\s?\.\s?[\w\-]+)*\s?\.\s?(?:{_DOMAINS})\b"
    rf"|{_NAME}\sat\s[\w\-]+(?:{_DOT}[\w\-]+)*{_DOT}(?:{_DOMAINS})\b"
    rf"|\w+([\-_])at\1[\w\-]+(?:\.[\w\-]+)*\.(?:{_DOMAINS})\b"
    r"|(?<![\w.])[^\W\d][\w.+\-]*@[^\W\d][\w\-]+(?![\w.]*\()",
    re.IGNORECASE,
)

# dates, years, times and sums of money: eight digits and no telephone number
_ORDINARY = re.compile(
    r"(?<!\d)(?:(?:19|20)\d\d\s?[\-/ ]\s?(?:19|20)\d\d"
    r"|[0-3]\d([.\-/ ]?)[01]\d\1(?:19|20)\d\d|(?:19|20)\d\d([.\-/ ]?)[01]\d\2[0-3]\d"
    r"|\d\d[.:]\d\d\s?-\s?\d\d[.:]\d\d"
    r"|\d{1,3}(?:\.\d{3})+(?:,\d+)?|\d{1,3}(?: \d{3})* 000)(?![\d])"
)
_SIGN = r"[ .\-/_]"
_GROUPS = "|".join(
    (r"\(?" if first == 2 else "")
    + rf"[2-9]\d{{{first - 1}}}"
    + (r"\)?" if first == 2 else "")
    + "".join(rf"(?:{{sign}})\d{{{size}}}" for size in rest)
    for first, *rest in [
        (2, 2, 2, 2),
        (4, 4),
        (2, 3, 3),
        (3, 2, 3),
        (3, 3, 2),
        (2, 2, 4),
        (4, 2, 2),
        (2, 6),
        (2, 4, 2),
    ]
)
_PHONE = re.compile(
    r"(?<![\d,.+\-/])(?:\(?(?:\+|00)\s?45\)?[\s\-.]{0,2}(?:\(0\))?|45(?=[2-9]\d{7}(?!\d)))?(?:"
    + "|".join([_GROUPS.replace("{sign}", r"[ \-/_]{1,2}"), _GROUPS.replace("{sign}", r"[.]"), r"[2-9]\d{7}"])
    + r"|[2-9](?P<one>[ .\-/_])\d(?:(?P=one)\d){6}(?!(?P=one)\d))(?![\d/]|[,.\-]\d)"
)
_ABROAD = re.compile(r"(?<![\d+])(?:\+|00)\s?[1-9]\d{0,2}[\s\-.]?(?:\(0\))?(?:[\s\-./]?\d){7,11}(?!\d)")
_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def plain(text: str) -> str:
    """Return a text as it is read: signs that look alike made one, invisible ones away, digits 0-9.

    Examples
    --------
    >>> plain("０1\u200b0170\u2011１234")
    '010170-1234'
    """
    if not text.isascii():
        text = "".join(_as_read(sign) for sign in unicodedata.normalize("NFKC", text))
    if "&" in text or "%40" in text:  # as a page or an address writes a sign
        text = html.unescape(text).replace("%40", "@").replace("\xa0", " ")
    return _DECIMAL.sub(_unless_cpr, _MACHINE.sub(" ", text))


def _unless_cpr(decimal: re.Match) -> str:
    """A decimal number is nobody's, unless its point stands after a day, or after an item's number, of a CPR number."""
    whole, part = decimal.groups()
    digits = whole + part if len(whole) == 2 and len(part) == 8 else part
    return decimal[0] if len(digits) == 10 and _is_birthday(int(digits[:2]), int(digits[2:4])) else " "


def _as_read(sign: str) -> str:
    if sign.isascii():
        return sign
    kind = unicodedata.category(sign)
    if kind in ("Cf", "Mn"):
        return ""
    if kind == "Nd":
        return str(unicodedata.decimal(sign))
    if kind == "Pd" or sign in "\u2212\u00b7\u2022\u2027\u22c5\u30fb\uff65":
        return "-"
    return " " if kind in ("Zs", "Zl", "Zp") else sign


def _is_birthday(day: int, month: int) -> bool:
    """Whether a day and month exist; a replacement number has 60 added to its day."""
    day = day - 60 if day > 60 else day
    return 1 <= month <= 12 and 1 <= day <= _DAYS[month - 1]


def _cpr_spans(text: str) -> list[tuple[int, int]]:
    """Where CPR numbers stand in a plain text."""
    spans = []
    for number in (found for pattern in _CPR for found in pattern.finditer(text)):
        digits = re.sub(r"\D", "", number[0])
        if _is_birthday(int(digits[:2]), int(digits[2:4])):
            spans.append(number.span())
    for spread in _SPREAD.finditer(text):
        digits = re.sub(r"\D", "", spread[0])
        if len(digits) == 10 and _is_birthday(int(digits[:2]), int(digits[2:4])):
            spans.append(spread.span())
    return spans


def _has_cpr(text: str) -> bool:
    numbers = (
        int(f"{a}{b}".ljust(int(power) + 1, "0")) for a, b, power in _CPR_WRITTEN_BY_EXCEL.findall(text)
    )
    return bool(_cpr_spans(text)) or any(_is_cpr_number(number) for number in numbers)


def _has_email(text: str) -> bool:
    return _SAYS_AT.search(text) is not None and _EMAIL.search(text) is not None


def _has_phone(text: str) -> bool:
    """A telephone number; not a date, a sum of money or part of a CPR number."""
    for start, end in _cpr_spans(text):
        text = text[:start] + "x" * (end - start) + text[end:]
    rest = _ORDINARY.sub("x", text)
    return _PHONE.search(rest) is not None or _ABROAD.search(rest) is not None


KINDS: dict[str, Callable[[str], bool]] = {
    "a CPR number": _has_cpr,
    "an e-mail address": _has_email,
    "a telephone number": _has_phone,
}


def kinds_in(text: str) -> list[str]:
    """Return what kinds of personal data a text holds.

    Examples
    --------
    >>> kinds_in("anne (at) example.dk, 23 45 67 89")
    ['an e-mail address', 'a telephone number']
    """
    read = plain(text)
    if sum(map(read.count, "0123456789")) < _FEWEST_DIGITS and not _SAYS_AT.search(read):
        return []
    return [kind for kind, has in KINDS.items() if has(read)]


def names_person(column: str) -> bool:
    """Whether a column of this name tells who answered: ``CPR-nr.``, ``fødselsdato``, ``email_2``.

    Examples
    --------
    >>> names_person("Fødselsdato"), names_person("Antal børn")
    (True, False)
    """
    split = re.sub(r"(?<=[a-zæøå])(?=[A-ZÆØÅ])", "_", plain(str(column))).lower().translate(_SPELLED_OUT)
    words = re.findall(r"[a-z]+|\d+", split)
    return _NAMED.search("_".join(words)) is not None


def is_dropped(column: str) -> bool:
    """Whether a survey's column is left out for its name; here a person's name counts."""
    return names_person(column) or str(column).lower() in _AMBIGUOUS


def find_personal(table: pd.DataFrame) -> pd.DataFrame:
    """Count personal data in each column.

    Texts are searched anywhere. In a column of numbers (or of texts that are numbers), most of the values with nine
    or ten digits (a leading zero may be lost) must begin with a day and a month.

    Parameters
    ----------
    table : DataFrame
        As delivered.

    Returns
    -------
    DataFrame
        One row a column and kind: `column`, `kind`, `count` [rows], `first` (position of the first row).

    References
    ----------
    CPR-kontoret, *Personnummeret i CPR*: DDMMYY and four digits; the control digit no longer holds for all.
    """
    found = []
    for position, name in enumerate(table.columns):
        for kind, rows in _rows_with(table.iloc[:, position]).items():
            if rows.any():
                found.append((str(name), kind, int(rows.sum()), int(np.flatnonzero(rows)[0])))
    return pd.DataFrame(found, columns=["column", "kind", "count", "first"])


def check_personal(table: pd.DataFrame, delivery: str) -> None:
    """Stop if a delivery has columns named as personal data, or cells or names of columns that hold it.

    Parameters
    ----------
    table : DataFrame
        As delivered.
    delivery : str
        What the delivery is called, for the message.

    Raises
    ------
    ValueError
        With counts and columns, never a value.
    """
    check_texts({"the names of columns": [str(column) for column in table.columns]}, delivery)
    named = [column for column in table if names_person(column)]
    if named:
        raise ValueError(
            f"`{_harmless(delivery)}` must hold no personal data, but {len(named)} of {len(table.columns)} columns "
            f"are named so (first: `{named[0]}`). Remove them from the delivery."
        )
    found = find_personal(table)
    if len(found):
        parts = [
            f"`{row['column']}` has what looks like {row['kind']} in {row['count']} of {len(table)} rows"
            f" (first: row {row['first'] + 1})"
            for _, row in found.iterrows()
        ]
        _refuse(delivery, parts)


def check_texts(texts: Mapping[str, Iterable[str]], delivery: str) -> None:
    """Stop if texts of a delivery that are no cells hold personal data: labels, questions, names of codes and files.

    Parameters
    ----------
    texts : mapping of str to iterable of str
        What the texts are -> the texts.
    delivery : str
        What the delivery is called, for the message; its name is searched too.

    Raises
    ------
    ValueError
        With counts, never a text.
    """
    parts = []
    for what, told in {**texts, "the name of the delivery": [delivery]}.items():
        held = [str(text) for text in told]
        for kind in KINDS:
            rows = [position for position, text in enumerate(held) if KINDS[kind](plain(text))]
            if rows:
                parts.append(f"{kind} in {len(rows)} of {len(held)} of {what} (first: number {rows[0] + 1})")
    if parts:
        _refuse(delivery, [f"there is what looks like {part}" for part in parts])


def strings_of(value: object) -> list[str]:
    """Return every string and whole number in nested dicts and lists (keys too), such as a sidecar's."""
    if isinstance(value, Mapping):
        return [text for pair in value.items() for part in pair for text in strings_of(part)]
    if isinstance(value, list | tuple | set):
        return [text for part in value for text in strings_of(part)]
    is_nobodys = value is None or isinstance(value, bool) or (isinstance(value, float) and value % 1 != 0)
    return [] if is_nobodys else [str(value)]


def _refuse(delivery: str, parts: list[str]) -> None:
    raise ValueError(
        f"`{_harmless(delivery)}` must hold no personal data, but {'; '.join(parts)}. Remove them from the delivery. "
        f"{NOT_LOOKED_FOR}"
    )


def _harmless(name: str) -> str:
    """A delivery's name for a message: without digits, where it holds a person's data itself."""
    return re.sub(r"[\w@]", "x", name) if kinds_in(str(name)) else str(name)


def _rows_with(column: pd.Series) -> dict[str, np.ndarray]:
    """For each kind, the rows that hold it; each different text is searched once."""
    if pd.api.types.is_bool_dtype(column) or pd.api.types.is_datetime64_any_dtype(column):
        return {}
    if pd.api.types.is_numeric_dtype(column):
        return {"a CPR number": _cpr_numbers(column)}
    codes, texts = pd.factorize(column.astype(object))
    texts = [plain(str(text)) for text in texts]
    found = {kind: np.array([has(text) for text in texts], bool) for kind, has in KINDS.items()}
    numerals = [text.strip().removesuffix(".0") for text in texts]
    numbers = pd.Series(
        [float(text) if re.fullmatch(r"\d{9,12}", text) else np.nan for text in numerals], dtype=float
    )
    found["a CPR number"] |= _cpr_numbers(numbers)
    return {kind: np.append(rows, False)[codes] for kind, rows in found.items()}


def _cpr_numbers(column: pd.Series) -> np.ndarray:
    """The rows with CPR numbers, where most of the values as long as one are."""
    values = column.astype("Float64").to_numpy(float, na_value=np.nan)
    long = np.isfinite(values) & (values == np.round(values)) & (values >= 1e8) & (values < 1e12)
    rows = np.zeros(len(values), bool)
    rows[long] = [_is_cpr_number(int(value)) for value in values[long]]
    return rows if rows.sum() > long.sum() / 2 else np.zeros(len(values), bool)


def _is_cpr_number(number: int) -> bool:
    """DDMMYYSSSS or DDMMYYYYSSSS, whose first zero may be lost."""
    digits = f"{number:010}" if number < 10**10 else f"{number:012}"
    return _is_birthday(int(digits[:2]), int(digits[2:4])) and (
        len(digits) == 10 or digits[4:6] in ("19", "20")
    )
