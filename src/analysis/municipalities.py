"""The 98 municipalities: code, name, region, group, and place on the tile map; and the places that a report is of.

A place is the whole country, one of Statistics Denmark's municipality groups, or a municipality.
"""

import difflib
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

import pandas as pd

from analysis import danish, files
from analysis.readers.lists import read_list

COUNTRY = "Hele landet"
_COLUMNS = [
    "municipality_code",
    "name",
    "region",
    "landsdel",
    "municipality_group",
    "tile_row",
    "tile_column",
]

# Names that sources and readers use beside the official one, former ones of the same municipality among them; those
# that `find` would understand without are here for the site's search.
ALIASES = {
    "århus": "Aarhus",
    "ålborg": "Aalborg",
    "høje tåstrup": "Høje-Taastrup",
    "lyngby-tårbæk": "Lyngby-Taarbæk",
    "åbenrå": "Aabenraa",
    "fåborg-midtfyn": "Faaborg-Midtfyn",
    "bornholms": "Bornholm",
    "københavns": "København",
    "nordfyn": "Nordfyns",
    "vesthimmerland": "Vesthimmerlands",
    "kbh": "København",
    "mariager fjord": "Mariagerfjord",
    "brønderslev-dronninglund": "Brønderslev",
    "frederiksværk-hundested": "Halsnæs",
}


@dataclass(frozen=True)
class Municipality:
    """One municipality.

    Attributes
    ----------
    code : str
        Four digits, as ``"0265"``.
    name : str
        Official name, without the word "Kommune".
    region, group : str
        Region, and Statistics Denmark's municipality group of 2018.
    tile : tuple of int
        Row and column on this project's tile map, from the top left.
    """

    code: str
    name: str
    region: str
    group: str
    tile: tuple[int, int]


@cache
def _municipalities() -> tuple[Municipality, ...]:
    rows = read_list(files.project() / "data" / "municipalities.csv", _COLUMNS)
    return tuple(_municipality(number, row) for number, row in rows.items())


def _municipality(number: int, row: dict[str, str]) -> Municipality:
    code, tile = row["municipality_code"].zfill(4), (row["tile_row"], row["tile_column"])
    if not all(row.values()) or not re.fullmatch(r"[0-9]{4} [0-9]{1,3} [0-9]{1,3}", " ".join((code, *tile))):
        raise ValueError(
            f"`data/municipalities.csv`, row {number}: expected a code of up to four digits, two whole numbers for the "
            f"tile and no empty cell, but found {', '.join(row.values())[:120]}. Correct the row."
        )
    return Municipality(
        code, row["name"], row["region"], row["municipality_group"], (int(tile[0]), int(tile[1]))
    )


def everyone() -> tuple[Municipality, ...]:
    """All 98 municipalities, in the order of their codes."""
    return _municipalities()


def table() -> pd.DataFrame:
    """All 98 as a table, one row a municipality.

    Returns
    -------
    DataFrame
        Columns municipality_code, municipality, region, municipality_group, tile_row, tile_column.
    """
    return pd.DataFrame(
        [(m.code, m.name, m.region, m.group, *m.tile) for m in everyone()],
        columns=[
            "municipality_code",
            "municipality",
            "region",
            "municipality_group",
            "tile_row",
            "tile_column",
        ],
    )


def _folded(text: str) -> str:
    """What two spellings of a place share: small ASCII letters, words with one blank, without Kommune.

    A number keeps its marks (`-101` and `10.1` are no codes), but for the `.0` that programs put behind it.
    """
    text = unicodedata.normalize("NFKC", str(text)).casefold().translate(danish.SPELLED_OUT).strip()
    if not re.search("[a-z]", text):
        return re.sub(r"\.0+$", "", text)
    text = re.sub(r"[\s.,:()\[\]\u2010-\u2015\u2212-]+", " ", text)
    return " ".join(re.sub(r"\b((regions)?kommune|komm?)\b", "", text).split())


@cache
def _index() -> dict[str, Municipality]:
    by_name = {m.name: m for m in everyone()}
    names = {_folded(name): m for name, m in by_name.items()}
    aliases = {_folded(alias): by_name[name] for alias, name in ALIASES.items() if name in by_name}
    genitives = {name + "s": m for name, m in names.items()}
    codes = {code: m for m in everyone() for code in (m.code, m.code.lstrip("0"))}
    return genitives | aliases | names | codes


def _found(text: str | int) -> Municipality | None:
    """The municipality of a name or a code, or of both together if they say the same."""
    key = _folded(text)
    told = re.fullmatch(r"(?:(\d+) )?(\D+?)(?: (\d+))?", key)
    found = {_index().get(part) for part in (told.groups() if told else [key]) if part}
    return found.pop() if len(found) == 1 else None


def find(name_or_code: str | int) -> Municipality:
    """The municipality of a name, an alias, or a code with or without its leading zero.

    Raises
    ------
    KeyError
        If there is none; the message names the nearest names.

    Examples
    --------
    >>> find("Århus").name, find("0751").name, find("751").name, find("751 Århus Kommune").name
    ('Aarhus', 'Aarhus', 'Aarhus', 'Aarhus')
    """
    if found := _found(name_or_code):
        return found
    raise KeyError(
        f"`municipality` must be one of the 98 municipalities (name or code), but `{name_or_code}` is not. "
        f"Nearest: {_nearest(name_or_code, (m.name for m in everyone()))}."
    )


def _nearest(name: str | int, names: Iterable[str]) -> str:
    """The names that a misspelt one may have meant, for a message."""
    candidates = {_folded(known): known for known in names}
    close = difflib.get_close_matches(_folded(name), candidates, n=3, cutoff=0.5) or ["roskilde"]
    return ", ".join(candidates[known] for known in close)


@cache
def groups() -> tuple[str, ...]:
    """The municipality groups, in alphabetic order."""
    return tuple(sorted({m.group for m in everyone()}))


def places() -> list[str]:
    """Every place that a report can be of: the country, the groups, and the municipalities by code."""
    return [COUNTRY, *groups(), *(m.name for m in everyone())]


def is_country(place: str) -> bool:
    """Whether a place is the whole country ("Hele landet")."""
    return _folded(place) == _folded(COUNTRY)


def is_group(place: str) -> bool:
    """Whether a place is a municipality group ("Landkommuner")."""
    return _folded(place) in map(_folded, groups())


def place_level(place: str) -> str:
    """What a place is, in the words of the measures' column `place_level`.

    Returns
    -------
    str
        country, municipality_group or municipality.

    Raises
    ------
    KeyError
        If there is no such place.

    Examples
    --------
    >>> place_level("Roskilde"), place_level("Landkommuner"), place_level("Hele landet")
    ('municipality', 'municipality_group', 'country')
    """
    name = find_place(place)
    return "country" if name == COUNTRY else "municipality_group" if name in groups() else "municipality"


def find_place(place: str) -> str:
    """The official name of a place: a municipality, a municipality group, or the whole country.

    Raises
    ------
    KeyError
        If there is no such place; the message names the nearest.

    Examples
    --------
    >>> find_place("århus"), find_place("landkommuner"), find_place("hele landet")
    ('Aarhus', 'Landkommuner', 'Hele landet')
    """
    key = _folded(place)
    totals = {_folded(name): name for name in (COUNTRY, *groups())}
    if key in totals:
        return totals[key]
    if found := _found(place):
        return found.name
    raise KeyError(
        f"`municipality` must be one of the 98 municipalities (name or code), a municipality group "
        f'({", ".join(groups())}) or "{COUNTRY}", but `{place}` is not. Nearest: {_nearest(place, places())}.'
    )
