"""How many may have answered: bounds of every withheld count, from all that is shown of all measures at once.

People are whole; totals are the sums of their parts; who answers one question has answered; who was asked because of
an answer has given it; nobody answers beyond the staff, which is public.
"""

import os
import sys
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from rerun.audit.cells import AREAS, KEYS, complete
from rerun.audit.granted import SOURCES

_SECONDS = 2.0  # for one bound; what the solver has proved by then is used
_SAME = 1e-6


@dataclass
class System:
    """Statements about whole numbers: one variable a cell (and one for those who said yes), rows of sums and limits.

    Attributes
    ----------
    low, high : list of float
        Bounds of each variable.
    rows : list of tuple
        (variables, coefficients, low, high).
    place : dict
        (quantity, keys, "n" or "yes") -> variable.
    above : dict
        Quantity -> those whose counts limit its own.
    """

    low: list[float] = field(default_factory=list)
    high: list[float] = field(default_factory=list)
    rows: list[tuple] = field(default_factory=list)
    place: dict[tuple, int] = field(default_factory=dict)
    above: dict[str, set[str]] = field(default_factory=dict)

    def add(self, name: tuple, low: float, high: float) -> int:
        """Add a variable."""
        self.place[name] = len(self.low)
        self.low.append(low)
        self.high.append(high)
        return self.place[name]

    def limit(self, smaller: tuple, larger: tuple) -> None:
        """State that one variable is at most another, where both are there."""
        if smaller in self.place and larger in self.place:
            self.rows.append(((self.place[smaller], self.place[larger]), (1.0, -1.0), -np.inf, 0.0))
            self.above.setdefault(smaller[0], set()).add(larger[0])


def count_system(
    cells: pd.DataFrame, staff: pd.DataFrame | None, asked_if: dict[str, str], values: int
) -> System:
    """Everything that an attacker may state about the counts of one year.

    Parameters
    ----------
    cells : DataFrame
        One row a quantity and cell, from `rerun.audit.cells.merge`.
    staff : DataFrame or None
        Public: year, municipality, role, area, employed_count.
    asked_if : dict
        Variable -> the variable whose yes it was asked of.
    values : int
        Possible values that a withheld count is promised to keep: where fewer are employed, nobody is withheld too.
    """
    system = System()
    bases = set(asked_if.values())
    for quantity, rows in cells.groupby("quantity", sort=True):
        _add_quantity(system, quantity, complete(rows), bases, of_few(staff, rows, values))
    _add_limits(system, cells, staff, asked_if)
    _add_classes(system, cells)
    return system


def of_few(staff: pd.DataFrame | None, rows: pd.DataFrame, values: int) -> set[tuple[str, str]]:
    """Municipalities (and areas, "" for both) of so few employed that no status may tell of somebody."""
    if staff is None:
        return set()
    own = staff[staff["role"].eq(SOURCES.get(rows["source"].iloc[0], "caseworker"))]
    both = pd.concat([own, own.assign(area="")]).groupby(["municipality", "area"])["employed_count"].sum()
    return set(both.index[both < values])


def _add_quantity(
    system: System, quantity: str, rows: pd.DataFrame, bases: set[str], few: set[tuple[str, str]]
) -> None:
    for row in rows.to_dict("records"):
        key = tuple(row[name] for name in KEYS)
        low, high = _count_bounds(row)
        if row["status"] == "withheld" and (row["municipality"], row["area"]) in few:
            low = 0.0
        n = system.add((quantity, key, "n"), low, high)
        if row["is_share"] and row["variable"] in bases and row["municipality"]:
            yes = system.add((quantity, key, "yes"), *_yes_bounds(row, high))
            system.rows.append(((yes, n), (1.0, -1.0), -np.inf, 0.0))
    for total, parts in sums(rows):
        names = [(quantity, key, "n") for key in (total, *parts)]
        system.rows.append(
            (tuple(system.place[name] for name in names), (-1.0, *[1.0] * len(parts)), 0.0, 0.0)
        )


def _count_bounds(row: dict) -> tuple[float, float]:
    if row["status"] in ("missing", "not_relevant"):
        return 0.0, 0.0
    if np.isfinite(row["n"]):
        return row["n"], row["n"]
    # a withheld group has somebody in it
    return (1.0 if row["status"] == "withheld" else 0.0), np.inf


def _yes_bounds(row: dict, most: float) -> tuple[float, float]:
    """Of a shown share, the whole numbers that round to it; weights within a place are nearly alike."""
    if row["status"] != "shown" or not np.isfinite(row["estimate"]) or not np.isfinite(row["n"]):
        return 0.0, most
    if not row["municipality"]:
        return 0.0, most  # a weighted share of many places is no count
    share, room = row["estimate"] / 100 * row["n"], (row["half"] / 100 + 0.01) * row["n"]
    return max(0.0, np.ceil(share - room)), min(most, np.floor(share + room))


def sums(rows: pd.DataFrame) -> list[tuple[tuple, list[tuple]]]:
    """Totals and the parts that make them up, by keys: country and regions, groups, municipalities; areas; roles."""
    keys = [tuple(row) for row in rows[list(KEYS)].to_numpy()]
    there = set(keys)
    found = []
    for key in keys:
        cell = dict(zip(KEYS, key, strict=True))
        for narrower in _narrower(cell, keys):
            if len(narrower) > 1 and set(narrower) <= there:
                found.append((key, narrower))
    return found


def _narrower(cell: dict, keys: list[tuple]):
    """The ways to take a cell apart, each a list of keys."""
    others = {name: cell[name] for name in ("area", "role", "group")}
    fixed = tuple(others.values())
    at = {name: position for position, name in enumerate(KEYS)}
    same = [key for key in keys if key[3:] == fixed]
    if not cell["municipality"]:
        if cell["region"] and not cell["municipality_group"]:
            yield [key for key in same if key[0] and key[1] == cell["region"]]
        elif cell["municipality_group"] and not cell["region"]:
            yield [key for key in same if key[0] and key[2] == cell["municipality_group"]]
        elif not cell["region"] and not cell["municipality_group"]:
            yield [key for key in same if not key[0] and key[1] and not key[2]]
            yield [key for key in same if not key[0] and key[2] and not key[1]]
    for name in ("area", "role", "group"):
        if not cell[name]:
            here = at[name]
            place = tuple(cell.values())
            parts = [key for key in keys if key[here] and key[:here] + ("",) + key[here + 1 :] == place]
            if name != "area" or {key[here] for key in parts} == set(AREAS):
                yield parts


def _add_limits(system: System, cells: pd.DataFrame, staff, asked_if: dict[str, str]) -> None:
    about = cells.drop_duplicates("quantity").set_index("quantity")
    respondents = about.index[about["variable"].eq("response_rate")]
    if not len(respondents):
        return
    rate = respondents[0]
    unknown = cells["status"].isin(["withheld", "bounded"]) & cells["municipality"].ne("")
    _add_respondents(system, rate, staff, set(cells.loc[unknown, "municipality"]))
    for quantity, row in about.iterrows():
        role = SOURCES.get(row["source"])
        if role is None:
            continue
        for name in [name for name in system.place if name[0] == quantity and name[2] == "n"]:
            key = dict(zip(KEYS, name[1], strict=True))
            if role == "caseworker" and not key["group"]:
                system.limit(name, (rate, tuple((key | {"role": ""}).values()), "n"))
        _add_wider(system, quantity, row)
        # only the answers of everybody bound those who were asked for them
        everybody = about["whole"].eq(about.index) & about["unsliced"].eq(about.index)
        asked = about.index[
            about["variable"].eq(asked_if.get(row["variable"], "")) & about["is_share"].eq(True) & everybody
        ]
        for wide in asked:
            for name in [name for name in system.place if name[0] == quantity and name[2] == "n"]:
                system.limit(name, (wide, name[1], "yes"))


def _add_wider(system: System, quantity: str, row: pd.Series) -> None:
    """A slice is of everybody; and classes together are no more than all that they are of."""
    for name in [name for name in system.place if name[0] == quantity and name[2] == "n"]:
        if row["unsliced"] != quantity:
            system.limit(name, (row["unsliced"], *name[1:]))


def _add_classes(system: System, cells: pd.DataFrame) -> None:
    """Classes of one question, which an answer to another makes: together no more than the question's answers."""
    parts = cells[cells["whole"].ne(cells["quantity"])].drop_duplicates("quantity")
    for (whole, _), rows in parts.groupby(["whole", "classed_by"], sort=True):
        quantities = set(rows["quantity"])
        for total in [name for name in system.place if name[0] == whole and name[2] == "n"]:
            inside = [(one, *total[1:]) for one in sorted(quantities) if (one, *total[1:]) in system.place]
            places = tuple(system.place[name] for name in (total, *inside))
            if inside:
                system.rows.append((places, (-1.0, *[1.0] * len(inside)), -np.inf, 0.0))
        for quantity in quantities:
            system.above.setdefault(quantity, set()).update(quantities - {quantity}, {whole})


def _add_respondents(system: System, rate: str, staff, places: set[str]) -> None:
    """Respondents by area in these places, unknown but bounded by the staff."""
    for _, key, _ in [name for name in list(system.place) if name[0] == rate and name[2] == "n"]:
        if key[3] or key[4] or key[5] or key[0] not in places:
            continue
        total = system.place[rate, key, "n"]
        parts = []
        for area in AREAS:
            known = np.inf
            if staff is not None:
                mine = (
                    staff["municipality"].eq(key[0]) & staff["area"].eq(area) & staff["role"].eq("caseworker")
                )
                known = float(staff.loc[mine, "employed_count"].sum())
            part = (*key[:3], area, *key[4:])
            if (rate, part, "n") not in system.place:
                system.add((rate, part, "n"), 0.0, known)
            place = system.place[rate, part, "n"]
            system.high[place] = min(system.high[place], known)
            parts.append(place)
        system.rows.append(((total, *parts), (-1.0, *[1.0] * len(parts)), 0.0, 0.0))


def matrix_of(system: System) -> LinearConstraint:
    """The rows as the solver wants them."""
    if not system.rows:
        return LinearConstraint(csr_array((1, max(1, len(system.low)))), [0.0], [0.0])
    where = np.repeat(np.arange(len(system.rows)), [len(row[0]) for row in system.rows])
    columns = np.concatenate([row[0] for row in system.rows])
    values = np.concatenate([row[1] for row in system.rows])
    matrix = csr_array((values, (where, columns)), shape=(len(system.rows), len(system.low)))
    return LinearConstraint(matrix, [row[2] for row in system.rows], [row[3] for row in system.rows])


def _part(constraint: LinearConstraint, low: np.ndarray, high: np.ndarray, mine: np.ndarray):
    """The unknown variables among these, and the statements that bind nothing but them."""
    matrix = csr_array(constraint.A)
    open_ = low < high
    foreign = csr_array(matrix[:, np.flatnonzero(open_ & ~mine)])
    own = csr_array(matrix[:, np.flatnonzero(open_ & mine)])
    live = np.flatnonzero((np.diff(foreign.indptr) == 0) & (np.diff(own.indptr) > 0))
    fixed = np.flatnonzero(~open_)
    gone = (matrix[:, fixed] @ low[fixed])[live]
    return LinearConstraint(
        own[live], constraint.lb[live] - gone, constraint.ub[live] - gone
    ), np.flatnonzero(open_ & mine)


def _tighten(constraint: LinearConstraint, low: np.ndarray, high: np.ndarray, rounds: int = 6) -> None:
    """Bounds that follow row by row, in place."""
    matrix = csr_array(constraint.A)
    for _ in range(rounds):
        before = (low.copy(), high.copy())
        for row in range(matrix.shape[0]):
            part = slice(matrix.indptr[row], matrix.indptr[row + 1])
            _tighten_row(
                matrix.indices[part], matrix.data[part], constraint.lb[row], constraint.ub[row], low, high
            )
        if np.array_equal(before[0], low) and np.array_equal(before[1], high):
            return


def _tighten_row(columns, values, least, most, low, high) -> None:
    smallest = np.where(values > 0, values * low[columns], values * high[columns])
    largest = np.where(values > 0, values * high[columns], values * low[columns])
    few, many = smallest.sum(), largest.sum()
    if few > most + _SAME or many < least - _SAME:
        raise ValueError("the numbers shown contradict each other")
    open_low, open_high = np.isinf(smallest).sum(), np.isinf(largest).sum()
    for j, (column, value) in enumerate(zip(columns, values, strict=True)):
        if np.isfinite(most) and (open_low == 0 or (open_low == 1 and np.isinf(smallest[j]))):
            rest = few - smallest[j] if open_low == 0 else smallest[np.isfinite(smallest)].sum()
            limit = (most - rest) / value
            if value > 0:
                high[column] = min(high[column], np.floor(limit + _SAME))
            else:
                low[column] = max(low[column], np.ceil(limit - _SAME))
        if np.isfinite(least) and (open_high == 0 or (open_high == 1 and np.isinf(largest[j]))):
            rest = many - largest[j] if open_high == 0 else largest[np.isfinite(largest)].sum()
            limit = (least - rest) / value
            if value > 0:
                low[column] = max(low[column], np.ceil(limit - _SAME))
            else:
                high[column] = min(high[column], np.floor(limit + _SAME))


def count_intervals(system: System, targets: list[tuple]) -> dict[tuple, tuple[int, float]]:
    """The least and most that each target can be.

    Raises
    ------
    ValueError
        If the statements contradict each other.
    """
    constraint = matrix_of(system)
    low, high = np.array(system.low), np.array(system.high)
    _tighten(constraint, low, high)
    names = np.array([name[0] for name in system.place], dtype=object)
    found = {}
    for quantity in sorted({target[0] for target in targets}):
        # what limits a count is solved with it; what it limits has tightened it before
        near = {quantity, *system.above.get(quantity, ())}
        near |= {higher for lower in near for higher in system.above.get(lower, ())}
        part, free = _part(constraint, low, high, np.isin(names, list(near)))
        position = {int(variable): place for place, variable in enumerate(free)}
        for target in [target for target in targets if target[0] == quantity]:
            variable = system.place[target]
            if variable in position:
                pair = [_bound(position[variable], sign, part, low[free], high[free]) for sign in (1.0, -1.0)]
                found[target] = (pair[0], -pair[1])
            else:
                found[target] = (low[variable], high[variable])
    return found


def quiet_milp(*words, **options):
    """Solve, without the lines that the solver writes past Python on its way."""
    sys.stdout.flush()
    kept = os.dup(1)
    try:
        with Path(os.devnull).open("wb") as nowhere:
            os.dup2(nowhere.fileno(), 1)
        return milp(*words, **options)
    finally:
        os.dup2(kept, 1)
        os.close(kept)


def _bound(place: int, sign: float, constraint, low, high) -> float:
    """What one variable is at least (`sign` 1), or the negative of what it is at most (-1)."""
    aim = np.zeros(len(low))
    aim[place] = sign
    # presolve has returned wrong optima for problems of this kind
    options = {"presolve": False, "time_limit": _SECONDS}
    result = quiet_milp(
        aim, integrality=np.ones(len(low)), bounds=Bounds(low, high), constraints=constraint, options=options
    )
    if result.status == 2:
        raise ValueError("the numbers shown contradict each other")
    proved = result.mip_dual_bound if result.mip_dual_bound is not None else -np.inf
    if not np.isfinite(proved):
        return sign * (low[place] if sign > 0 else high[place])
    return float(np.ceil(proved - _SAME * 10))
