"""Danish numbers, words and order: the one place where a value becomes text.

One rounding rule everywhere, half up on the decimal digits, as Excel shows it, so that a sentence, a table,
an axis and the workbook never disagree on a last digit.
"""

import datetime
import functools
import math
import re
import unicodedata
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

import babel
from babel.dates import format_date
from babel.numbers import format_decimal

_MINUS = "\u2212"
_EN_DASH = "\u2013"
_ORDER = {letter: index for index, letter in enumerate(" 0123456789abcdefghijklmnopqrstuvwxyzæøå")}
_SAME_PLACE = str.maketrans({"ä": "æ", "ö": "ø", "ü": "y"})


@functools.cache
def _locale() -> babel.Locale:
    return babel.Locale.parse("da_DK")


def rounded(value: float, decimals: int = 0) -> Decimal:
    """Round half up (away from zero) on the first 15 significant digits, as Excel does.

    Raises
    ------
    ValueError
        If `value` is not a finite number: nothing in a text may read "nan".
    """
    number_ = float(value)
    if not math.isfinite(number_):
        raise ValueError(
            f"`value` must be a finite number, but is {value!r}. Write the row's status instead of a number."
        )
    result = Decimal(f"{number_:.15g}").quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    return abs(result) if result.is_zero() else result


@functools.lru_cache(maxsize=20_000)
def number(value: float, decimals: int = 0) -> str:
    """Write a number in Danish.

    Examples
    --------
    >>> number(1234.5, 1), number(2.5), number(-0.04, 1)
    ('1.234,5', '3', '0,0')
    """
    pattern = "#,##0" + ("." + "0" * decimals if decimals > 0 else "")
    text = format_decimal(
        rounded(value, decimals), format=pattern, locale=_locale(), decimal_quantization=False
    )
    return text.replace("-", _MINUS)


def percent(share: float, decimals: int = 0) -> str:
    """Write a share [0-1] as a percentage.

    Examples
    --------
    >>> percent(0.55), percent(0.285), percent(0.12345, 1)
    ('55 pct.', '29 pct.', '12,3 pct.')
    """
    return f"{number(float(share) * 100, decimals)} pct."


def interval(low: float, high: float, decimals: int = 1) -> str:
    """Write an interval with an en dash, or with "til" where a bound is negative.

    Examples
    --------
    >>> interval(22.31, 25.06)
    '22,3–25,1'
    >>> interval(-1.5, 2)
    '−1,5 til 2,0'
    """
    first, last = number(low, decimals), number(high, decimals)
    between = " til " if _MINUS in first + last else _EN_DASH
    return f"{first}{between}{last}"


def percent_interval(low: float, high: float, decimals: int = 0) -> str:
    """Write an interval of shares [0-1] as percentages: ``40–62 pct.``."""
    return f"{interval(float(low) * 100, float(high) * 100, decimals)} pct."


def join_words(words: Sequence[str], conjunction: str = "og") -> str:
    """Join words as a Danish sentence does.

    Examples
    --------
    >>> join_words(["Læsø", "Fanø", "Samsø"])
    'Læsø, Fanø og Samsø'
    """
    words = list(words)
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {conjunction} {words[-1]}"


def genitive(name: str) -> str:
    """Write the genitive: ``Roskildes``, but ``Aarhus'`` after s, x and z."""
    return name + ("'" if name[-1:].lower() in {"s", "x", "z"} else "s")


def long_date(day: datetime.date) -> str:
    """Write a date in full: ``5. oktober 2023``."""
    return format_date(day, format="long", locale=_locale())


def _letters(text: str) -> str:
    """Lower case, `aa` as `å`, foreign letters where a Danish dictionary puts them."""
    lowered = unicodedata.normalize("NFC", text).lower().replace("aa", "å").translate(_SAME_PLACE)
    return "".join(sign if sign in "æøå" else unicodedata.normalize("NFD", sign)[0] for sign in lowered)


def sort_key(text: str) -> tuple:
    """Return a key that sorts in Danish alphabetic order: æ, ø, å last, and `aa` in names as `å`.

    References
    ----------
    Dansk Sprognævn, *Retskrivningsordbogen*, on alphabetic order.

    Examples
    --------
    >>> sorted(["Aarhus", "Ærø", "Vejle", "Assens", "Øster"], key=sort_key)
    ['Assens', 'Vejle', 'Ærø', 'Øster', 'Aarhus']
    """
    words = re.sub(r"[^0-9a-zæøå]+", " ", _letters(text)).strip()
    return tuple(_ORDER[sign] for sign in words), text


SPELLED_OUT = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa"})  # as where there are no Danish letters


def slug(name: str) -> str:
    """Return a name that is safe in a file name: ``Ringkøbing-Skjern`` -> ``ringkoebing_skjern``.

    Raises
    ------
    ValueError
        If nothing of `name` is left.
    """
    spelled = unicodedata.normalize("NFC", name).lower().translate(SPELLED_OUT)
    plain = "".join(sign for sign in unicodedata.normalize("NFD", spelled) if not unicodedata.combining(sign))
    result = re.sub(r"[^0-9a-z]+", "_", plain).strip("_")
    if not result:
        raise ValueError(f"`name` must hold a letter or a digit, but is {name!r}. Give the figure a name.")
    return result


# Places as a sentence speaks of them.


def definite(group: str) -> str:
    """A municipality group as it is spoken of in a sentence.

    Examples
    --------
    >>> definite("Landkommuner")
    'landkommunerne'
    """
    return f"{plural(group)}ne"


def plural(group: str) -> str:
    """The municipalities of a group in a sentence: "landkommuner"."""
    return group[:1].lower() + group[1:]


def locate(place: str) -> str:
    """A place with its preposition.

    Examples
    --------
    >>> locate("Roskilde"), locate("Læsø"), locate("Nordfyns"), locate("Hele landet")
    ('i Roskilde', 'på Læsø', 'i Nordfyns Kommune', 'i hele landet')
    >>> locate("Landkommuner")
    'i landkommunerne'
    """
    if place.startswith("Hele "):
        return f"i {place[:1].lower()}{place[1:]}"
    if place.endswith("kommuner"):
        return f"i {definite(place)}"
    if place in _ON:
        return f"på {place}"
    return f"i {place} Kommune" if place in _GENITIVE else f"i {place}"


# Islands and a few others are "på" in Danish; two municipalities have a genitive as their name.
_ON = {
    "Bornholm",
    "Fanø",
    "Frederiksberg",
    "Langeland",
    "Lolland",
    "Læsø",
    "Samsø",
    "Stevns",
    "Ærø",
}
_GENITIVE = {"Nordfyns", "Vesthimmerlands"}


def first_lower(text: str) -> str:
    """The text with a small first letter, but for an abbreviation."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def first_upper(text: str) -> str:
    """The text with a capital first letter, the rest as it is."""
    return text[:1].upper() + text[1:]
