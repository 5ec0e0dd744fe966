"""What the attacker is granted: the staff, which is public, and the weights of what is shown, which follow from it.

More than most have, so that what this attacker can't find nobody can. Of the withheld it knows nothing beforehand.
"""

import functools
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from analysis import codebook, data, municipalities

SOURCES = {"caseworkers": "caseworker", "leaders": "leader"}
_MOST_OF_ONE = {"caseload": 200.0, "sparring_hours": 12.0, "introduction_days": 90.0}


@dataclass(frozen=True, eq=False)
class Granted:
    """Knowledge from outside of the release.

    Attributes
    ----------
    staff : DataFrame
        year, municipality, role, area, employed_count.
    people : DataFrame
        Respondents: year, role, municipality, municipality_group, area, weight, and their answers (of which only is
        used who of the shown answered).
    asked_if : dict
        Variable -> the variable whose yes it was asked of.
    units : dict
        Variable -> what all its answers are multiples of.
    """

    staff: pd.DataFrame
    people: pd.DataFrame
    asked_if: dict = field(default_factory=dict)
    units: dict = field(default_factory=dict)

    @functools.cache  # noqa: B019 - as many as there are places, for one run
    def employed(self, year, role: str, municipality: str, area: str = "") -> float:
        """Return the staff of a place."""
        rows = self.staff[self.staff["municipality"].eq(municipality) & self.staff["role"].eq(role)]
        rows = rows[rows["year"].eq(year)]
        return float(rows.loc[rows["area"].eq(area) if area else slice(None), "employed_count"].sum())

    def answers(self, year, role: str, variable: str, area: str) -> pd.DataFrame:
        """Respondents who answered a question."""
        people = self.people[self.people["year"].eq(year) & self.people["role"].eq(role)]
        people = people[people[variable].notna() & people[variable].astype(str).ne("dont_know")]
        return people[people["area"].eq(area)] if area else people

    @functools.cache  # noqa: B019
    def factors(self, year, role: str) -> pd.DataFrame:
        """By group of municipalities: how much the weights exceed staff / answered, and those of disability at risk."""
        people = self.people[self.people["year"].eq(year) & self.people["role"].eq(role)]
        sums = people.groupby(["municipality_group", "municipality"])["weight"].sum()
        staff = self.staff[self.staff["year"].eq(year) & self.staff["role"].eq(role)]
        employed = staff.groupby("municipality")["employed_count"].sum()
        level = sums / employed.reindex(sums.index.get_level_values(1)).to_numpy(float)
        by_area = people.groupby(["municipality_group", "municipality", "area"], observed=True)[
            "weight"
        ].first()
        ratio = by_area.xs("disability", level=2) / by_area.xs("at_risk", level=2)
        return pd.DataFrame(
            {"level": level.groupby(level=0).median(), "ratio": ratio.groupby(level=0).median()}
        ).astype(float)

    def largest(self, variable: str) -> float:
        """Return more than one person can answer."""
        return _MOST_OF_ONE.get(variable, 300.0)


def of_this_project() -> Granted | None:
    """Return what `data/processed` tells; None where nothing has been built."""
    try:
        tables = [data.read(name).assign(role=role) for name, role in SOURCES.items()]
        staff = data.read("staff")
    except (FileNotFoundError, KeyError):
        return None
    people = pd.concat(tables, ignore_index=True)
    people["area"] = people["area"].astype(str)
    book = codebook.columns("caseworkers")
    asked = {
        name: text.split("=")[0] for name, text in book["asked_if"].items() if isinstance(text, str) and text
    }
    staff = staff.assign(**{name: staff[name].astype(str) for name in ("role", "area", "municipality")})
    return Granted(
        staff, people, asked, {name: _unit(people[name]) for name in people if _is_number(people[name])}
    )


def _is_number(values: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)


def _unit(values: pd.Series) -> float:
    """Whole, half or quarter numbers, as a question is answered; 0.01 otherwise."""
    known = values.dropna().to_numpy(float)
    return next(
        (unit for unit in (1.0, 0.5, 0.25, 0.1) if np.allclose(known / unit, np.round(known / unit))), 0.01
    )


def groups() -> pd.Series:
    """Municipality -> its group."""
    return municipalities.table().set_index("municipality")["municipality_group"]
