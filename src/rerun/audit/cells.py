"""Cells: what is shown of each group of each quantity, put together from all files."""

from itertools import product

import pandas as pd

from analysis import municipalities

PLACE_KEYS = ("municipality", "region", "municipality_group")
KEYS = (*PLACE_KEYS, "area", "role", "group")
AREAS = ("at_risk", "disability")


def complete(rows: pd.DataFrame) -> pd.DataFrame:
    """Add the cells that a reader knows to exist although no file shows them: `status` unknown."""
    if not (rows[list(PLACE_KEYS)] != "").any(axis=None):
        return rows.reset_index(drop=True)
    table = municipalities.table()
    places = table[list(PLACE_KEYS)].to_dict("records")
    places += [{name: value} for name in PLACE_KEYS[1:] for value in sorted(table[name].unique())] + [{}]
    others = [key for key in KEYS if key not in PLACE_KEYS]
    values = [sorted({"", *rows[key]}) for key in others]
    every = [
        {key: "" for key in KEYS} | place | dict(zip(others, chosen, strict=True))
        for place, chosen in product(places, product(*values))
    ]
    found = pd.DataFrame(every).merge(rows, on=list(KEYS), how="outer")
    found["status"] = found["status"].fillna("unknown")
    for name in ("quantity", "source", "variable", "is_share", "min_count", "unsliced", "whole"):
        found[name] = rows[name].iloc[0]
    return found


def is_of_everybody(rows: pd.DataFrame) -> bool:
    """Whether a quantity's rows are of all who answered, and not of a slice or a class of them."""
    return bool((rows["unsliced"].eq(rows["quantity"]) & rows["whole"].eq(rows["quantity"])).all())


def named(key: tuple) -> str:
    """A cell's keys as a reader would write them."""
    cell = dict(zip(KEYS, key, strict=True))
    finest = [cell[name] for name in KEYS if cell[name]]
    if cell["municipality"]:
        finest = [cell["municipality"], *[cell[name] for name in KEYS[3:] if cell[name]]]
    return ", ".join(finest) or municipalities.COUNTRY
