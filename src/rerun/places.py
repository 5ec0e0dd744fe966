"""Which places a wish names: names in a row, of one word or several, and regions."""

import re

from analysis import municipalities

_LONGEST = 5  # words of a name, as in "Region Hovedstaden" or "Bornholms Regionskommune"


def _region(name: str) -> list[str]:
    """Municipalities of a region, with or without the word Region; empty if it is none."""
    wanted = " ".join(name.split()).casefold().removeprefix("region ")
    return [m.name for m in municipalities.everyone() if m.region.casefold() == wanted]


def _places(name: str) -> list[str]:
    """Official names of what one name stands for.

    Raises
    ------
    KeyError
        If there is no such place; the message names the nearest.
    """
    return _region(name) or [municipalities.find_place(name)]


def _is_known(name: str) -> bool:
    try:
        return bool(_places(name))
    except KeyError:
        return False


def _names(text: str) -> list[str]:
    """The names in a text: between commas if there are any, else the longest that are known, and what is left."""
    if re.search(r"[,;\n]", text):
        return [name.strip() for name in re.split(r"[,;\n]", text) if name.strip()]
    words, names, unknown = text.split(), [], []
    while words:
        lengths = range(min(_LONGEST, len(words)), 0, -1)
        length = next((length for length in lengths if _is_known(" ".join(words[:length]))), 0)
        if unknown and length:
            names.append(" ".join(unknown))
            unknown = []
        if length:
            names.append(" ".join(words[:length]))
        else:
            unknown.append(words[0])
        words = words[length or 1 :]
    return [*names, " ".join(unknown)] if unknown else names


def named(text: str) -> list[str]:
    """Official names of the places that a text names, each once.

    Parameters
    ----------
    text : str
        Names or codes of municipalities, groups, regions ("Sjælland", "Region Sjælland") and "Hele landet",
        with commas or semicolons between them, or only blanks.

    Raises
    ------
    ValueError
        If it names nothing.
    KeyError
        If a name is unknown; the message says which, and the nearest.

    Examples
    --------
    >>> named("Roskilde Høje Taastrup hele landet")
    ['Roskilde', 'Høje-Taastrup', 'Hele landet']
    """
    names = _names(text)
    if not names:
        raise ValueError('`MUNICIPALITIES` must name places, as "Roskilde Køge", but is empty. Name one.')
    unknown = [name for name in names if not _is_known(name)]
    if unknown:
        try:
            municipalities.find_place(unknown[0])
        except KeyError as error:
            others = (
                "" if len(unknown) == 1 else f" Nor are {', '.join(f'`{name}`' for name in unknown[1:])}."
            )
            raise KeyError(f"{error.args[0]}{others} Regions may be named, too.") from None
    return list(dict.fromkeys(place for name in names for place in _places(name)))
