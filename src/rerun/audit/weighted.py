"""What weighted sums give away: a total's mean, times its weights, less its parts, leaves whole numbers of few people.

For each total with few withheld parts, everything that those may be is tried; what fits no total is ruled out, until
nothing more is. The attacker is granted the weights of what is shown, and the staff of what is not.
"""

from dataclasses import dataclass

import numpy as np

_PARTS = 3  # more unknown places than this are not tried together
_MANY = 4_000_000  # combinations


@dataclass
class Candidates:
    """What one withheld cell may be: respondents, answers, the sum of the answers; and weight with its slack."""

    answered: np.ndarray
    n: np.ndarray
    total: np.ndarray
    weight: np.ndarray
    slack: np.ndarray

    def keep(self, rows: np.ndarray) -> "Candidates":
        """Return those that are left."""
        return Candidates(*(part[rows] for part in vars(self).values()))

    def __len__(self):
        return len(self.n)


@dataclass(frozen=True)
class Total:
    """A shown mean of many places: its withheld parts, and what the shown ones leave for them.

    Attributes
    ----------
    parts : tuple
        Names of the withheld cells.
    mean, half : float
        As shown.
    rest : float
        Sum over the shown parts of weight * (mean of the part - mean).
    room : float
        How far off the rest may be.
    n : float
        Answers of the withheld parts together; missing where not known.
    """

    parts: tuple
    mean: float
    half: float
    rest: float
    room: float
    n: float


def candidates(
    answered: tuple[int, int], n: tuple[int, int], largest: float, unit: float, weight_of, slack: float
) -> Candidates:
    """Everything that a cell may be within its bounds.

    Parameters
    ----------
    answered, n : (int, int)
        Least and most respondents, and answers.
    largest : float
        The largest sum of one person (1 for a share).
    unit : float
        What sums are multiples of.
    weight_of : callable
        Respondents -> list of weights that a respondent may have.
    slack : float
        Relative uncertainty of a weight.
    """
    rows = [[[answered[0], 0.0, 0.0, 0.0]]] if n[0] < 1 else []
    for people in range(max(int(answered[0]), 1), int(answered[1]) + 1):
        for weight in weight_of(people):
            for count in range(max(int(n[0]), 1), min(int(n[1]), people) + 1):
                sums = np.arange(0, largest * count + unit / 2, unit)
                rows.append(
                    np.column_stack(
                        [
                            np.full(len(sums), people),
                            np.full(len(sums), count),
                            sums,
                            np.full(len(sums), weight),
                        ]
                    )
                )
    table = np.concatenate(rows) if rows else np.zeros((0, 4))
    return Candidates(table[:, 0], table[:, 1], table[:, 2], table[:, 3], np.full(len(table), slack))


def rule_out(cells: dict, totals: list[Total], rounds: int = 8) -> dict:
    """Take away what fits no combination in some total, until nothing changes.

    Raises
    ------
    ValueError
        If nothing is left of a cell: the statements contradict each other.
    """
    left = dict(cells)
    for _ in range(rounds):
        before = {name: len(cell) for name, cell in left.items()}
        for total in totals:
            if total.parts and len(total.parts) <= _PARTS:
                _apply(total, left)
        if before == {name: len(cell) for name, cell in left.items()}:
            break
    return left


def _apply(total: Total, left: dict) -> None:
    parts = [left[name] for name in total.parts]
    values = [part.weight * (part.total - total.mean * part.n) for part in parts]
    rooms = [
        part.weight * part.n * total.half
        + part.slack * part.weight * np.abs(part.total - total.mean * part.n)
        for part in parts
    ]
    room = total.room + sum(float(each.max(initial=0.0)) for each in rooms)
    if len(parts) == 1:
        fits = [np.abs(values[0] + total.rest) <= total.room + rooms[0]]
        if np.isfinite(total.n):
            fits[0] &= parts[0].n == total.n
    elif len(parts) == 2:
        fits = _two(values, [part.n for part in parts], total, room)
    else:
        fits = _three(values, [part.n for part in parts], total, room)
    if fits is None:
        return
    if any(not fit.any() for fit in fits):
        raise ValueError("the numbers shown contradict each other")
    for name, part, fit in zip(total.parts, parts, fits, strict=True):
        left[name] = part.keep(fit)


def _two(values, counts, total: Total, room: float):
    """Which of each have a partner."""
    return [
        _has_partner(values[0], counts[0], values[1], counts[1], -total.rest, total.n, room),
        _has_partner(values[1], counts[1], values[0], counts[0], -total.rest, total.n, room),
    ]


def _has_partner(mine, my_n, others, their_n, wanted, n, room) -> np.ndarray:
    fit = np.zeros(len(mine), bool)
    groups = np.unique(their_n) if np.isfinite(n) else [np.nan]
    for count in groups:
        pool = np.sort(others[their_n == count] if np.isfinite(n) else others)
        rows = my_n == n - count if np.isfinite(n) else np.ones(len(mine), bool)
        if not len(pool) or not rows.any():
            continue
        gap = wanted - mine[rows]
        at = np.searchsorted(pool, gap - room)
        fit[rows] |= (at < len(pool)) & (pool[np.clip(at, 0, len(pool) - 1)] <= gap + room)
    return fit


def _three(values, counts, total: Total, room: float):
    """Which of each have two partners: the two larger ones joined, if that is not too many."""
    sizes = [len(value) for value in values]
    if min(sizes[0] * sizes[1], sizes[1] * sizes[2], sizes[0] * sizes[2]) > _MANY:
        return None
    fits = []
    for mine in range(3):
        a, b = [part for part in range(3) if part != mine]
        if sizes[a] * sizes[b] > _MANY:
            fits.append(np.ones(sizes[mine], bool))
            continue
        joined = np.add.outer(values[a], values[b]).ravel()
        people = np.add.outer(counts[a], counts[b]).ravel()
        fits.append(_has_partner(values[mine], counts[mine], joined, people, -total.rest, total.n, room))
    return fits
