"""Which groups are withheld because of who answered at all: the pattern that every measure of them inherits.

Each question leaves a few respondents without an answer, another few for each. Protected one by one, measures would
withhold different groups beside a small one, and each would tell what the other hides. With one base they agree.
"""

import pandas as pd

from analysis import municipalities
from analysis.disclosure import ProtectedTable, protect

_KEYS = ["municipality", "region", "municipality_group"]


def count_respondents(people: pd.DataFrame) -> pd.DataFrame:
    """Respondents by place and area, and every total of them.

    Parameters
    ----------
    people : DataFrame
        One row a respondent: municipality, region, municipality_group, area.

    Returns
    -------
    DataFrame
        One row a group of all 98 municipalities, answered or not: the keys (missing = summed over) and `n`.
    """
    places = municipalities.table()[_KEYS]
    areas = sorted(people["area"].astype(str).unique())
    counts = people.groupby([people["municipality"].astype(str), people["area"].astype(str)]).size()
    leaves = places.merge(pd.DataFrame({"area": areas}), how="cross")
    wanted = pd.MultiIndex.from_frame(leaves[["municipality", "area"]])
    leaves["n"] = counts.reindex(wanted, fill_value=0).to_numpy()
    parts = [leaves]
    for keys in (_KEYS, ["region"], ["municipality_group"], []):
        for area in (["area"], []):
            by = keys + area
            if by and by != [*_KEYS, "area"]:
                parts.append(leaves.groupby(by, as_index=False)["n"].sum())
    parts.append(pd.DataFrame({"n": [leaves["n"].sum()]}))
    rows = pd.concat(parts, ignore_index=True)
    keys = [*_KEYS, "area"]
    rows[keys] = rows[keys].astype(object).where(rows[keys].notna(), pd.NA)
    return rows


def base_pattern(people: pd.DataFrame, min_count: int = 5, synthetic: bool | None = None) -> ProtectedTable:
    """The groups of respondents that every measure withholds; give it to `protect` as `base`.

    Parameters
    ----------
    people : DataFrame
        All respondents of one role and year, whatever they answered.
    min_count : int
    synthetic : bool, optional

    Returns
    -------
    ProtectedTable
        The rows of `count_respondents`.
    """
    return protect(
        count_respondents(people), min_count, synthetic=synthetic, quantity={"variable": "respondents"}
    )
