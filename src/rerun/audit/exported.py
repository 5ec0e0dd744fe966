"""Every number that the reports' figures export, in one table: what an attacker has to go on.

Read from the Danish csv files, with the record that the figure's web svg carries.
"""

import csv
import re
from decimal import Decimal, InvalidOperation
from pathlib import Path

import pandas as pd

from analysis import municipalities
from analysis.export import record_reader

STATUS = {
    "vist": "shown",
    "diskretioneret": "withheld",
    "ingen svar": "missing",
    "ikke relevant": "not_relevant",
}
PLACE_KEYS = ("municipality", "region", "municipality_group")
KEYS = (*PLACE_KEYS, "area", "role", "group")
# words of a row that don't tell one quantity from another
LABELS = ("place", "place_level", "municipality_code")
NUMBERS = ("n", "estimate")
_LARGEST_MEAN = 1000.0  # cases, hours or days of one person


def read_exported(reports: Path) -> pd.DataFrame:
    """Read what the figures of all reports export.

    Parameters
    ----------
    reports : Path
        Folder with a folder a place, each with its ``figurer``.

    Returns
    -------
    DataFrame
        One row an exported row of a protected table: `file`, `quantity` (text), `source` and `variable` (of
        the quantity), `status`, the keys (missing = summed over), `n` and `estimate` (missing where not
        exported), `half` (half a unit of the last digit of the estimate), `min_count`, and `numbers`: how
        many cells of the row hold one, years aside; `top`: the largest estimate that a group can have.

    Raises
    ------
    FileNotFoundError
        If a csv has no svg beside it, or there is no csv at all.
    ValueError
        If a file's rows aren't those of its record.
    """
    files = sorted(reports.glob("*/figurer/*.csv"))
    if not files:
        raise FileNotFoundError(
            f"`{reports.name}` must hold figures (*/figurer/*.csv), but holds none. Run `make reports` first."
        )
    rows = [row for file in files for row in _rows(file)]
    columns = [
        "file",
        "quantity",
        "source",
        "variable",
        "status",
        *KEYS,
        *NUMBERS,
        "half",
        "min_count",
        "numbers",
        "top",
    ]
    return pd.DataFrame(rows, columns=columns).astype(dict.fromkeys([*NUMBERS, "half"], float))


def _rows(file: Path) -> list[dict]:
    """One dictionary a row of a figure's csv; none for a table without respondents."""
    record = record_reader.read(file.with_suffix(".svg"))
    if record.get("min_count") is None:
        return []
    with file.open(encoding="utf-8-sig", newline="") as opened:
        lines = list(csv.DictReader(opened, delimiter=";"))
    keys = record["keys"]
    if len(lines) != len(keys["rows"]):
        raise ValueError(
            f"`{file.name}` must have the {len(keys['rows'])} rows that its record names, but has"
            f" {len(lines)}. Run the report again."
        )
    headers = record["columns"]
    return [
        _row(file, record, headers, line, dict(zip(keys["columns"], values, strict=True)))
        for line, values in zip(lines, keys["rows"], strict=True)
    ]


def _row(file: Path, record: dict, headers: dict, line: dict, words: dict) -> dict:
    quantity = _quantity(record["quantity"], words)
    numbers = {name: _number(line.get(headers.get(name, ""), "")) for name in NUMBERS}
    estimate = numbers["estimate"]
    return {
        "file": f"{file.parent.parent.name}/{file.name}",
        "quantity": " ".join(str(part) for part in quantity.values() if part is not None),
        "source": quantity.get("table"),
        "variable": quantity.get("variable"),
        "status": STATUS[line["Status"]],
        **_places(words),
        **{name: None if value is None else float(value) for name, value in numbers.items()},
        "numbers": _count_numbers(line),
        "top": 100.0 if record.get("unit") == "pct." else _LARGEST_MEAN,
        "half": None if estimate is None else 0.5 * 10.0 ** estimate.as_tuple().exponent,
        "min_count": record["min_count"],
    }


def _quantity(quantity: dict, words: dict) -> dict:
    """What a row measures: the figure's quantity, and what the row itself says more precisely."""
    if "parts" in quantity:
        quantity = quantity["parts"][words[quantity["by"]]]
    said = {name: quantity.get(name) for name in ("table", "variable", "level", "year")}
    told = {
        name: value for name, value in words.items() if name not in (*KEYS, *LABELS) and value is not None
    }
    return said | told


def _places(words: dict) -> dict:
    """The keys of a row; where it has none, those that follow from its place's name."""
    keys = {name: words.get(name) for name in KEYS}
    if any(name in words for name in KEYS) or "place" not in words:
        return keys
    return keys | _keys_of(str(words["place"]))


def _keys_of(place: str) -> dict:
    table = municipalities.table()
    if municipalities.is_country(place):
        return {}
    for name in ("region", "municipality_group"):
        if place in set(table[name]):
            return {name: place}
    if place in set(table["municipality"]):
        own = municipalities.find(place)
        return {"municipality": own.name, "region": own.region, "municipality_group": own.group}
    return {"group": place}


def _count_numbers(line: dict) -> int:
    return sum(_number(text) is not None and not re.fullmatch(r"(19|20)\d\d", text) for text in line.values())


def _number(text: str) -> Decimal | None:
    try:
        return Decimal(text.replace(".", "").replace(",", "."))
    except InvalidOperation:
        return None
