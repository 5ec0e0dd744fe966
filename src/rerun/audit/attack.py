"""The attack on one release: everything that all files show, and what follows from it for what they withhold."""

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd

from rerun.audit import weighted
from rerun.audit.cells import AREAS, KEYS, complete, is_of_everybody, named
from rerun.audit.counts import System, count_intervals, count_system, of_few, sums
from rerun.audit.granted import SOURCES, Granted, groups

FINDINGS = ["kind", "quantity", "cell", "detail"]
VALUES = 4  # that a withheld count must keep possible
COALITION = 1  # respondents who join what they know of themselves
NARROW = 0.05  # of a withheld mean: known that closely, it is known
_ROUNDS = 2  # through all quantities
_TRIED = 1_000_000  # possibilities of one cell
_LARGEST = 60  # respondents of a cell whose sums are tried one by one
_WEIGHED = 1.25  # times: what weights may make of one person in a share
_UNEVEN = 0.004  # relative: weights within a place, by area
Key = tuple[str, tuple]


@dataclass
class Release:
    """One edition's cells of one year, and what is known of them.

    Attributes
    ----------
    cells : DataFrame
        From `rerun.audit.released.merge`.
    sharp : dict
        (quantity, keys) -> value and room, of numbers that were drawn finer than printed.
    granted : Granted or None
    year : object
    """

    cells: pd.DataFrame
    sharp: dict[Key, tuple[float, float]]
    granted: Granted | None
    year: object

    def estimate(self, row: dict) -> tuple[float, float]:
        """Return what is known of a shown mean, as a number of its scale (a share 0-1), and its room."""
        scale = 0.01 if row["is_share"] else 1.0
        value, room = self.sharp.get((row["quantity"], row["key"]), (row["estimate"], row["half"]))
        return value * scale, room * scale


def attack(
    cells: pd.DataFrame,
    sharp: dict,
    granted: Granted | None,
    *,
    values: int = VALUES,
    coalition: int = COALITION,
) -> tuple[list[tuple], pd.DataFrame]:
    """Attack the cells of one edition.

    Parameters
    ----------
    cells : DataFrame
        From `rerun.audit.released.merge`, of one edition.
    sharp : dict
        (quantity, keys) -> value and room.
    granted : Granted or None
        Without it, weighted sums are not tried.
    values : int
        Possible values that each withheld count must keep.
    coalition : int
        Respondents who join what they know of themselves.

    Returns
    -------
    findings : list of tuple
        As `FINDINGS`.
    withheld : DataFrame
        One row a withheld cell: quantity, cell, least, most (of its count).
    """
    cells = cells.assign(key=[tuple(key) for key in cells[list(KEYS)].to_numpy()])
    findings, tables = [], []
    for year, rows in cells.groupby(cells["year"].astype(str), sort=True):
        release = Release(rows, sharp, granted, next((y for y in rows["year"] if str(y) == year), year))
        found, table = _attack_year(release, values, coalition)
        findings += found
        tables.append(table)
    return findings, pd.concat(tables, ignore_index=True) if tables else pd.DataFrame()


def _attack_year(release: Release, values: int, coalition: int):
    cells = release.cells
    staff = None
    if release.granted is not None:
        staff = release.granted.staff[release.granted.staff["year"].eq(release.year)]
    asked = release.granted.asked_if if release.granted else {}
    hidden = cells[cells["status"].eq("withheld")]
    targets = [(quantity, key, "n") for quantity, key in zip(hidden["quantity"], hidden["key"], strict=True)]
    try:
        system = count_system(cells, staff, asked, values)
        findings, means = _weighted_sums(release, system)
        bounds = count_intervals(system, targets)
    except ValueError as error:
        return [("contradiction", "", str(release.year), str(error))], pd.DataFrame()
    findings += _narrow_counts(release, bounds, values)
    findings += _small_unions(cells, coalition)
    findings += _left_out(cells, coalition)
    findings += _told_by_status(cells, bounds, coalition)
    findings += _told_nobody(cells, staff, values)
    findings += _narrow_means(means)
    table = [(quantity, key, *pair) for (quantity, key, _), pair in bounds.items()]
    return findings, pd.DataFrame(table, columns=["quantity", "key", "least", "most"])


def _narrow_counts(release: Release, bounds: dict, values: int) -> list[tuple]:
    """Counts that keep fewer values than they must, and fewer than the public staff alone leaves: none to all."""
    about = release.cells.drop_duplicates("quantity").set_index("quantity")
    findings = []
    for (quantity, key, _), (least, most) in bounds.items():
        possible = most - least + 1
        if possible >= values:
            continue
        cell = dict(zip(KEYS, key, strict=True))
        role = SOURCES.get(about.loc[quantity, "source"], "caseworker")
        public = np.inf
        if release.granted is not None and cell["municipality"]:
            public = release.granted.employed(release.year, role, cell["municipality"], cell["area"])
        if possible < min(values, public + 1):
            kind = "pinned count" if possible == 1 else "narrow count"
            told = f"n can only be {least:g}" if possible == 1 else f"n is between {least:g} and {most:g}"
            findings.append((kind, quantity, named(key), told))
    return findings


def _small_unions(cells: pd.DataFrame, coalition: int) -> list[tuple]:
    """Withheld parts of a shown total that are too few together, once somebody subtracts himself."""
    findings = []
    for quantity, rows in cells.groupby("quantity", sort=True):
        table = complete(rows)
        table["key"] = [tuple(key) for key in table[list(KEYS)].to_numpy()]
        known = _known_counts(table)
        status = dict(zip(table["key"], table["status"], strict=True))
        for total, parts in sums(table):
            hidden = [part for part in parts if np.isnan(known[part])]
            if np.isnan(known[total]) or not hidden or any(status[part] != "withheld" for part in hidden):
                continue
            size = known[total] - sum(known[part] for part in parts if part not in hidden)
            least = rows["min_count"].min() + coalition
            if 0 < size < least:
                told = f"{len(hidden)} withheld parts have n = {size:g} together; {least} are needed"
                findings.append(("small union", quantity, named(total), told))
    return findings


def _left_out(cells: pd.DataFrame, coalition: int) -> list[tuple]:
    """Slices of one question that are a few people apart, of one group: what they differ by is those few."""
    told = cells[cells["status"].isin(["shown", "bounded"]) & cells["n"].notna()]
    findings = []
    for (_, key), rows in told.groupby(["unsliced", "key"], sort=True):
        slices = rows.drop_duplicates("quantity").sort_values("n", ascending=False).to_dict("records")
        for at, more in enumerate(slices):
            for less in slices[at + 1 :]:
                few = more["n"] - less["n"]
                if 0 < few < less["min_count"] + coalition and _may_hold(more["slice"], less["slice"]):
                    told = f"{few:g} are in `{more['slice'] or 'everybody'}` and not in `{less['slice']}`"
                    findings.append(("slices", more["unsliced"], named(key), told))
    return findings


def _may_hold(more: str, less: str) -> bool:
    """Whether one slice may lie within another: not two different values of one column."""
    plain = [re.fullmatch(r"\{'(\w+)': '([^']*)'\}|`?(\w+)`? == \S+", text.strip()) for text in (more, less)]
    if not all(plain):
        return True
    return (plain[0][1] or plain[0][3]) != (plain[1][1] or plain[1][3])


def _known_counts(table: pd.DataFrame) -> dict[tuple, float]:
    n = np.where(
        table["status"].isin(["missing", "not_relevant", "not_asked"]), 0.0, table["n"].astype(float)
    )
    return dict(zip(table["key"], n, strict=True))


def _told_by_status(cells: pd.DataFrame, bounds: dict, coalition: int) -> list[tuple]:
    """Shares that are withheld although enough answered, and although no other withheld cell needs them."""
    findings = []
    for quantity, rows in cells[cells["is_share"] & cells["source"].isin(SOURCES)].groupby(
        "quantity", sort=True
    ):
        table = complete(rows)
        table["key"] = [tuple(key) for key in table[list(KEYS)].to_numpy()]
        fewest = _fewest_shown(rows)
        needed = _needed(table, bounds, quantity, coalition)
        threshold = rows["min_count"].min()
        for row in rows[rows["status"].eq("withheld")].to_dict("records"):
            least, _ = bounds.get((quantity, row["key"], "n"), (0, np.inf))
            if least >= threshold and row["key"] not in needed and 2 * fewest < VALUES:
                told = f"{least:g} or more answered: so hardly anybody or nearly everybody said so"
                findings.append(("told by its status", quantity, named(row["key"]), told))
        findings += _bounded_to_one(quantity, rows)
    return findings


def _told_nobody(cells: pd.DataFrame, staff: pd.DataFrame | None, values: int) -> list[tuple]:
    """Groups of few employed that are told to be nobody: one that is withheld is then told to be somebody."""
    findings = []
    for quantity, rows in cells[cells["source"].isin([*SOURCES, "staff"])].groupby("quantity", sort=True):
        few = of_few(staff, rows, values)
        nobody = {(row.municipality, row.area) for row in rows[rows["status"].eq("missing")].itertuples()}
        for place, area in sorted((nobody & few) - {("", "")}):
            if staff is not None and not {(place, ""), (place, area)} & (nobody - few):
                told = f"nobody of fewer than {values} employed: so a withheld group as small is somebody"
                findings.append(
                    ("told by its status", quantity, ", ".join(filter(None, (place, area))), told)
                )
    return findings


def _fewest_shown(rows: pd.DataFrame) -> int:
    """The fewest on either side that a shown share has: what is fewer is withheld, or told by a limit."""
    shown = rows[rows["status"].eq("shown") & rows["estimate"].notna() & rows["n"].notna()]
    if shown.empty:
        return 1
    few = np.minimum(shown["estimate"], 100 - shown["estimate"]) + shown["half"]
    return max(1, int((few / 100 * shown["n"] * _WEIGHED).min()))


def _needed(table: pd.DataFrame, bounds: dict, quantity: str, coalition: int) -> set[tuple]:
    """Withheld cells that may be so for another's sake: without them, some union would be too small or alone."""
    threshold = table["min_count"].min()
    known = _known_counts(table)
    found = set()
    for _, parts in sums(table):
        hidden = [part for part in parts if np.isnan(known[part])]
        for part in hidden:
            others = [other for other in hidden if other != part]
            least = sum(bounds.get((quantity, other, "n"), (0, 0))[0] for other in others)
            small = [other for other in others if bounds.get((quantity, other, "n"), (0, 0))[0] < threshold]
            if small and (len(others) == 1 or least < threshold + coalition):
                found.add(part)
    return found


def _bounded_to_one(quantity: str, rows: pd.DataFrame) -> list[tuple]:
    """Shares under or over a limit that only nobody or everybody is: by the limit, or as one beside them is shown."""
    findings, fewest = [], _fewest_shown(rows)
    for row in rows[rows["limit"].ne("")].to_dict("records"):
        side, limit = row["limit"].split()[:2]
        limit = float(limit.replace(",", "."))
        few = limit if side == "under" else 100 - limit
        if np.isfinite(row["n"]) and (few / 100 * row["n"] <= 1 or fewest == 1):
            who = "nobody" if side == "under" else "everybody"
            told = f"`{row['limit']}` of {row['n']:g} can only be {who}"
            findings.append(("told by its status", quantity, named(row["key"]), told))
    return findings


# ---- weighted sums


def _weighted_sums(release: Release, system: System) -> tuple[list[tuple], dict]:
    """Rule out what the weighted totals don't allow; tightens the counts of the system.

    Returns
    -------
    findings : list of tuple
    means : dict
        (quantity, keys) -> possible values of the withheld mean.
    """
    findings, means = [], {}
    if release.granted is None:
        return findings, means
    rate = release.cells.loc[release.cells["variable"].eq("response_rate"), "quantity"].unique()
    for _ in range(_ROUNDS):
        before = list(system.low), list(system.high)
        _tighten(release, system)
        for quantity, rows in release.cells.groupby("quantity", sort=True):
            role = SOURCES.get(rows["source"].iloc[0])
            if role != "caseworker" or not (rows["municipality"] != "").any() or not len(rate):
                continue
            if not is_of_everybody(rows):
                continue
            table = complete(rows)
            table["key"] = [tuple(key) for key in table[list(KEYS)].to_numpy()]
            for area in sorted(set(rows.loc[rows["municipality"].ne(""), "area"])):
                try:
                    means |= _of_quantity(release, system, table, quantity, area, rate[0])
                except ValueError as error:
                    findings.append(("contradiction", quantity, area, str(error)))
        if before == (system.low, system.high):
            break
    return sorted(set(findings)), means


def _tighten(release: Release, system: System) -> None:
    """Bound the counts of every municipality that has something withheld by all statements at once, in place."""
    hidden = release.cells["status"].isin(["withheld", "bounded"]) & release.cells["municipality"].ne("")
    places = set(release.cells.loc[hidden, "municipality"])
    wanted = [name for name in system.place if name[1][0] in places and name[2] == "n"]
    for name, (least, most) in count_intervals(system, wanted).items():
        place = system.place[name]
        system.low[place], system.high[place] = least, most


def _of_quantity(
    release: Release, system: System, table: pd.DataFrame, quantity: str, area: str, rate: str
) -> dict:
    rows = table[table["area"].eq(area) & table["group"].eq("") & table["role"].eq("")]
    variable = rows["variable"].iloc[0]
    if variable not in release.granted.people:
        return {}
    places = rows[rows["municipality"].ne("")]
    hidden = [row for row in places.to_dict("records") if row["status"] in ("withheld", "unknown", "bounded")]
    bounds = {name: (system.low[place], system.high[place]) for name, place in system.place.items()}
    possible = {}
    for row in hidden:
        made = _candidates(release, row, area, rate, bounds, quantity)
        if made is None:
            return {}
        possible[row["key"]] = made
    shown = {row["key"]: row for row in places.to_dict("records") if row["key"] not in possible}
    totals = _totals(release, rows, shown, possible, variable, area)
    left = weighted.rule_out(possible, totals)
    found = {}
    for row in hidden:
        cell = left[row["key"]]
        place = system.place[quantity, row["key"], "n"]
        system.low[place] = max(system.low[place], float(cell.n.min()))
        system.high[place] = min(system.high[place], float(cell.n.max()))
        if row["status"] == "withheld":
            some = cell.n > 0
            found[quantity, row["key"]] = np.unique(np.round(cell.total[some] / cell.n[some], 9))
    return found


def _with_area(key: tuple, area: str) -> tuple:
    return (*key[:3], area, *key[4:])


def _candidates(release: Release, row: dict, area: str, rate: str, bounds: dict, quantity: str):
    """What a withheld cell may be; None where that is too much to try."""
    granted, year = release.granted, release.year
    n = bounds[quantity, row["key"], "n"]
    people = {part: bounds.get((rate, _with_area(row["key"], part), "n")) for part in ("", *AREAS)}
    if n[1] > _LARGEST or any(pair is None or not np.isfinite(pair[1]) for pair in people.values()):
        return None
    group = groups()[row["municipality"]]
    factors = granted.factors(year, "caseworker").loc[group]
    employed = granted.employed(year, "caseworker", row["municipality"]) * factors["level"]
    if row["is_share"]:
        largest, unit = 1.0, 1.0
    else:
        largest, unit = granted.largest(row["variable"]), granted.units.get(row["variable"], 1.0)
    other = people[next(name for name in AREAS if name != area)] if area else (0, 0)
    tried = np.prod([pair[1] - pair[0] + 1 for pair in (people[area], other, n)]) * largest * n[1] / unit
    if tried > _TRIED:
        return None
    if not area:
        return weighted.candidates(people[""], n, largest, unit, lambda count: [employed / count], _UNEVEN)

    def weights(count: int) -> list[float]:
        both = [(count, rest) for rest in range(int(other[0]), int(other[1]) + 1)]
        both = [pair for pair in both if people[""][0] <= sum(pair) <= people[""][1]]
        if area == "at_risk":
            return [employed / (count + factors["ratio"] * rest) for count, rest in both]
        return [employed * factors["ratio"] / (rest + factors["ratio"] * count) for count, rest in both]

    return weighted.candidates(people[area], n, largest, unit, weights, 1e-6)


def _totals(release: Release, rows: pd.DataFrame, shown: dict, possible: dict, variable: str, area: str):
    """The shown means of many places as statements about the withheld."""
    answers = release.granted.answers(release.year, "caseworker", variable, area)
    weight = answers.groupby("municipality")["weight"].sum()
    terms = {}
    for key, row in shown.items():
        if row["status"] == "shown" and np.isfinite(row["estimate"]):
            terms[key] = (*release.estimate(row), float(weight.get(row["municipality"], 0.0)), row["n"])
        else:
            terms[key] = (0.0, 0.0, 0.0, 0.0)
    found = []
    for row in rows[rows["municipality"].eq("") & rows["status"].eq("shown")].to_dict("records"):
        if not np.isfinite(row["estimate"]):
            continue
        mean, half = release.estimate(row)
        inside = [
            key
            for key in (*terms, *possible)
            if row["region"] in ("", key[1]) and row["municipality_group"] in ("", key[2])
        ]
        known = [terms[key] for key in inside if key in terms]
        rest = sum(size * (value - mean) for value, _, size, _ in known)
        room = sum(size * (own + half) for _, own, size, _ in known) + 1e-9
        n = row["n"] - sum(count for *_, count in known)
        found.append(
            weighted.Total(tuple(key for key in inside if key in possible), mean, half, rest, room, n)
        )
    return found


def _narrow_means(means: dict) -> list[tuple]:
    findings = []
    for (quantity, key), values in means.items():
        spread = values.max() - values.min()
        if len(values) == 1 or spread <= NARROW * max(abs(values.max()), 1e-9):
            told = (
                f"it is {values.min():.4g}"
                if len(values) == 1
                else f"it is {values.min():.4g}-{values.max():.4g}"
            )
            findings.append(("withheld mean", quantity, named(key), told))
    return findings
