"""The attacker on the whole collection: every exported number of a quantity, for all places, at once."""

from collections.abc import Iterator
from itertools import product

import numpy as np
import pandas as pd
from scipy.sparse import block_array, csr_array, eye_array

from analysis import municipalities
from analysis.disclosure import attacker
from analysis.disclosure import cells as margins
from rerun.audit.exported import KEYS, PLACE_KEYS

# Bounds for withheld shares and means, where the answers behind them are simple sums.

NARROW = 0.05  # of the largest value that is possible
_ROUNDS = 4


def narrow_estimates(table: pd.DataFrame, equations, known: np.ndarray) -> Iterator[tuple[int, float, float]]:
    """Withheld shares or means that the shown ones leave hardly any room.

    Parameters
    ----------
    table : DataFrame
        One row a cell: status, n, estimate, min_count, half (half a unit of its last digit), top (the largest estimate
        that a group can have).
    equations : list of (int, ndarray)
        Totals and their parts.
    known : ndarray, shape (cells,)
        Counts, missing where nobody is told them.

    Yields
    ------
    tuple of (int, float, float)
        Position of a cell, and the bounds of its share or mean.
    """
    told = ~np.isnan(known) & (table["estimate"].notna().to_numpy() | (known == 0))
    withheld = table["status"].eq("withheld").to_numpy()
    if not withheld.any():
        return
    knowledge = _knowledge(table, equations, known, told)
    unknown = np.flatnonzero(~told)
    try:
        for place in _still(knowledge, np.flatnonzero(withheld[unknown])):
            (least, most), (fewest, many) = attacker.bounds(knowledge, [place, place + len(unknown)])
            # a group that is known to be large was withheld for another's sake
            if fewest < table["min_count"].min() and _is_narrow(least / many, most / fewest):
                yield int(unknown[place]), float(least / many), float(most / fewest)
    except ValueError:  # the shown numbers aren't simple sums
        return


def _still(knowledge: attacker.Knowledge, places: np.ndarray) -> np.ndarray:
    """Estimates that hardly move over a few corners of what is possible."""
    size = knowledge.matrix.shape[1] // 2
    lowest, highest = np.full(size, np.inf), np.zeros(size)
    for seed in range(_ROUNDS):
        if len(places):
            for corner in attacker.corners(knowledge, places, seed):
                mean = corner[:size] / np.maximum(corner[size:], 1.0)
                lowest, highest = np.minimum(lowest, mean), np.maximum(highest, mean)
            places = places[[_is_narrow(lowest[j], highest[j]) for j in places]]
    return places


def _is_narrow(low: float, high: float) -> bool:
    return bool(np.isfinite(high) and high - low <= NARROW * high)


def _knowledge(table, equations, known, told) -> attacker.Knowledge:
    """Statements about the unknown sums, then about the unknown counts."""
    matrix = attacker.matrix_of(equations, len(table))
    unknown = ~told
    estimate = np.where(known == 0, 0.0, table["estimate"].to_numpy(float))
    half = np.where(known == 0, 0.0, table["half"].to_numpy(float))
    sums, room = (known * estimate)[told], (known * half)[told]
    middle = -(matrix[:, told] @ sums)
    slack = np.abs(matrix[:, told]) @ room + 1e-9
    counted = -(matrix[:, told] @ known[told])
    parts = csr_array(matrix[:, unknown])
    size = int(unknown.sum())
    # no mean is more than the scale's end (of a share: everybody), so no sum more than that times the count
    top = table["top"].max()
    blocks = [[parts, None], [None, parts], [-eye_array(size), top * eye_array(size)]]
    low = [middle - slack, counted, np.zeros(size)]
    high = [middle + slack, counted, np.full(size, np.inf)]
    count = known[unknown]
    least = np.where(np.isnan(count), np.where(table["status"].eq("withheld"), 1.0, 0.0)[unknown], count)
    most = np.where(np.isnan(count), np.inf, count)
    return attacker.Knowledge(
        csr_array(block_array(blocks)),
        np.concatenate(low),
        np.concatenate(high),
        np.concatenate([np.zeros(size), least]),
        np.concatenate([np.full(size, np.inf), most]),
    )


# The attacker on the whole collection: every exported number of a quantity, for all places, at once.

# whoever answers a question has answered: no count of the survey is larger than this one's
RESPONDENTS = {"caseworkers": ("staff", "response_rate")}
_STRONGEST = ("shown", "missing", "withheld", "not_relevant")
FINDINGS = ["kind", "quantity", "cell", "detail"]


def merge_cells(exported: pd.DataFrame) -> tuple[pd.DataFrame, list[tuple]]:
    """Put together what all files say of each cell; where they disagree, that is a finding.

    Parameters
    ----------
    exported : DataFrame
        From `rerun.audit.exported.read_exported`.

    Returns
    -------
    cells : DataFrame
        One row a quantity and group: status, n, estimate, half, min_count.
    findings : list of tuple
        As `FINDINGS`.
    """
    keys = exported[list(KEYS)].fillna("").astype(str)
    found: dict[tuple, list[dict]] = {}
    for row in exported.assign(**keys).to_dict("records"):
        found.setdefault((row["quantity"], *(row[key] for key in KEYS)), []).append(row)
    findings, merged = [], []
    for label in sorted(found):
        rows = found[label]
        findings += [(kind, label[0], name_of(rows[0]), detail) for kind, detail in _disagreements(rows)]
        merged.append(_merged(rows))
    return pd.DataFrame(merged), findings


def attack(cells: pd.DataFrame) -> list[tuple]:
    """Bound every withheld cell of every quantity.

    Parameters
    ----------
    cells : DataFrame
        From `merge_cells`.

    Returns
    -------
    list of tuple
        As `FINDINGS`: counts that can be one number only, cells that follow from others, unions that are too
        small, and numbers that contradict each other.
    """
    findings = []
    for quantity, rows in cells.groupby("quantity", sort=True):
        most = _respondents(cells, rows)
        table = complete(rows)
        findings += [(kind, quantity, cell, detail) for kind, cell, detail in attack_table(table, most)]
    return findings


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
    return found


def name_of(cell: dict) -> str:
    """A cell's keys as a reader would write them."""
    finest = [cell[key] for key in KEYS if cell.get(key)]
    if cell.get("municipality"):
        finest = [word for word in finest if word not in (cell["region"], cell["municipality_group"])]
    return ", ".join(finest) or municipalities.COUNTRY


def _disagreements(rows: list[dict]) -> Iterator[tuple[str, str]]:
    """What is wrong with several files' rows of one cell."""
    told = [row for row in rows if row["status"] == "shown"]
    hidden = [row for row in rows if row["status"] != "shown"]
    careless = [row for row in hidden if row["numbers"]]
    if careless:
        yield "number in a withheld row", careless[0]["file"]
    if told and any(row["status"] != "not_relevant" for row in hidden):
        yield "shown and withheld", f"{told[0]['file']} shows what {hidden[0]['file']} withholds"
    counts = sorted({row["n"] for row in told if not np.isnan(row["n"])})
    if len(counts) > 1:
        yield "contradiction", f"n is {counts[0]:g} and {counts[-1]:g}"
    estimates = sorted((row["estimate"], row["half"]) for row in told if not np.isnan(row["estimate"]))
    if estimates and estimates[-1][0] - estimates[0][0] > 2 * max(half for _, half in estimates) + 1e-9:
        yield "contradiction", f"the estimate is {estimates[0][0]:g} and {estimates[-1][0]:g}"


def _merged(rows: list[dict]) -> dict:
    """What an attacker makes of one cell in several files: what is shown once is known."""
    status = next(status for status in _STRONGEST if any(row["status"] == status for row in rows))
    sharpest = min(rows, key=lambda row: np.nan_to_num(row["half"], nan=np.inf))
    known = [row["n"] for row in rows if not np.isnan(row["n"])]
    return sharpest | {
        "status": status,
        "n": max(known, default=np.nan),
        "min_count": min(row["min_count"] for row in rows),
    }


def _respondents(cells: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame | None:
    """The cells that count everybody who answered, if they are exported and aren't these."""
    base = RESPONDENTS.get(rows["source"].iloc[0])
    if base is None:
        return None
    found = cells[
        cells["source"].eq(base[0]) & cells["variable"].eq(base[1]) & cells["role"].isin(["", "caseworker"])
    ]
    found = found[found["status"].eq("shown")].drop_duplicates(list(KEYS))
    return found.set_index(list(KEYS))["n"] if len(found) else None


def attack_table(table: pd.DataFrame, most: pd.Series | None = None) -> Iterator[tuple[str, str, str]]:
    """Attack the cells of one quantity.

    Parameters
    ----------
    table : DataFrame
        One row a cell: the keys ("" = summed over), status, n, estimate, min_count.
    most : Series, optional
        Keys -> the number of respondents, which no count exceeds.

    Yields
    ------
    tuple of (str, str, str)
        Kind, cell, detail.
    """
    codes = margins.codes(margins.labels(table, list(KEYS)))
    equations = list(margins.sums_of(codes))
    known = np.where(table["status"].isin(["missing", "not_relevant"]), 0.0, table["n"].astype(float))
    withheld = table["status"].eq("withheld").to_numpy()
    names = [name_of(row) for row in table.to_dict("records")]
    yield from _small_unions(table, equations, known, withheld, names)
    yield from _pinned_estimates(table, equations, withheld, names)
    for cell, low, high in narrow_estimates(table, equations, known):
        yield "narrow estimate", names[cell], f"it is between {low:.4g} and {high:.4g}"
    yield from _pinned_counts(table, equations, known, withheld, names, _ceilings(table, most))


def _small_unions(table, equations, known, withheld, names):
    """Withheld parts of a shown total that together are too few."""
    for total, parts in equations:
        hidden = parts[np.isnan(known[parts])]
        if np.isnan(known[total]) or not len(hidden) or not withheld[hidden].all():
            continue
        size = known[total] - known[parts[~np.isnan(known[parts])]].sum()
        if 0 < size < table["min_count"].min():
            yield "small union", names[total], f"{len(hidden)} withheld parts have n = {size:g} together"


def _pinned_estimates(table, equations, withheld, names):
    """Withheld means and shares that follow exactly from others, whatever the weights are."""
    told = table["status"].eq("missing") | table["status"].eq("not_relevant") | table["estimate"].notna()
    unknown = np.flatnonzero(~told.to_numpy())
    matrix = attacker.matrix_of(equations, len(table))[:, unknown]
    for cell in unknown[attacker.solved_alone(matrix)]:
        if withheld[cell]:
            yield "pinned estimate", names[cell], "it follows exactly from what is shown"


def _ceilings(table: pd.DataFrame, most: pd.Series | None) -> np.ndarray:
    if most is None:
        return np.full(len(table), np.inf)
    wanted = pd.MultiIndex.from_frame(table[list(KEYS)])
    return most.reindex(wanted).fillna(np.inf).to_numpy(float)


def _pinned_counts(table, equations, known, withheld, names, most):
    """Withheld counts that can be one whole number only."""
    unknown = np.flatnonzero(np.isnan(known))
    if not withheld[unknown].any():
        return
    matrix = attacker.matrix_of(equations, len(table))
    right = -(matrix[:, ~np.isnan(known)] @ known[~np.isnan(known)])
    targets = np.flatnonzero(withheld[unknown])
    # a withheld group has somebody in it; but for those that are withheld whoever answered
    for least in (1.0, 0.0):
        lower = np.where(withheld[unknown], least, 0.0)
        knowledge = attacker.Knowledge(csr_array(matrix[:, unknown]), right, right, lower, most[unknown])
        try:
            pinned = attacker.pinned_counts(knowledge, targets)
        except ValueError:
            continue
        for cell in unknown[list(pinned)]:
            low = attacker.bounds(knowledge, [int(np.searchsorted(unknown, cell))])[0, 0]
            yield "pinned count", names[cell], f"n can only be {round(low)}"
        return
    yield "contradiction", "", "the counts shown can't all be true of the same respondents"
