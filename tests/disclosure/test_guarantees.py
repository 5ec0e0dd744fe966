"""What docs/databeskyttelse.md guarantees, on random small countries, attacked by whole numbers."""

import numpy as np
import pandas as pd
import pytest
from disclosure_tables import PLACES, small_table, with_totals
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from analysis.disclosure import FILTER_NEIGHBOURS, NEIGHBOURS, protect, suppression
from analysis.disclosure import cells as safety

SIZES = st.lists(st.sampled_from([0, 1, 2, 3, 4, 5, 6, 7, 9, 12, 20, 30]), min_size=3, max_size=8)


@st.composite
def countries(draw):
    """Municipalities in crossing regions and groups; a question that some of the respondents haven't answered."""
    sizes = draw(SIZES)
    places = st.lists(st.integers(0, 2), min_size=len(sizes), max_size=len(sizes))
    regions, groups = draw(places), draw(places)
    lacking = draw(st.lists(st.integers(0, 2), min_size=len(sizes), max_size=len(sizes)))
    answers = [max(size - less, 0) for size, less in zip(sizes, lacking, strict=True)]
    return small_table(sizes, regions, groups), small_table(answers, regions, groups)


def sums_of(table: pd.DataFrame) -> list[tuple[int, list[int]]]:
    """Each total and the municipalities in it, by the table's own keys."""
    keys = table[PLACES].astype(object).where(table[PLACES].notna(), None).to_numpy().tolist()
    leaves = [row for row, key in enumerate(keys) if key[0] is not None]
    found = []
    for row, key in enumerate(keys):
        if key[0] is None:
            inside = [
                leaf
                for leaf in leaves
                if all(
                    mine is None or mine == other for mine, other in zip(key[1:], keys[leaf][1:], strict=True)
                )
            ]
            found.append((row, inside))
    return found


def interval(table, frame, most, row, least=0.0) -> tuple[float, float]:
    """The fewest and the most respondents that a withheld group can have, in whole numbers."""
    shown = frame["n"].to_numpy(float, na_value=np.nan)
    missing = frame["status"].eq("missing").to_numpy()
    low = np.where(missing, 0.0, np.where(np.isnan(shown), least, shown))
    high = np.where(missing, 0.0, np.where(np.isnan(shown), most, shown))
    sums = np.zeros((0, len(table)))
    for total, parts in sums_of(table):
        line = np.zeros(len(table))
        line[parts], line[total] = 1.0, -1.0
        sums = np.vstack([sums, line])
    ends = []
    for way in (1, -1):
        objective = np.zeros(len(table))
        objective[row] = way
        result = milp(
            objective,
            integrality=np.ones(len(table)),
            bounds=Bounds(low, high),
            constraints=LinearConstraint(sums, 0, 0),
            options={"presolve": False},
        )
        assert result.status == 0, result.message
        ends.append(way * result.fun)
    return ends[0], ends[1]


@st.composite
def asked_countries(draw):
    """Respondents; those of them who answered a question, and said yes; those of these who answered what it led to."""
    sizes = draw(SIZES)
    places = st.lists(st.integers(0, 2), min_size=len(sizes), max_size=len(sizes))
    regions, groups = draw(places), draw(places)
    shares = st.lists(
        st.sampled_from([0.0, 0.1, 0.3, 0.5, 0.9, 1.0]), min_size=len(sizes), max_size=len(sizes)
    )
    lacking = st.lists(st.integers(0, 2), min_size=len(sizes), max_size=len(sizes))
    answered = np.maximum(np.array(sizes) - draw(lacking), 0)
    yes = np.round(answered * draw(shares)).astype(int)
    days = np.maximum(yes - draw(lacking), 0)

    def table(n, level):
        leaves = small_table(n, regions, groups).query("municipality.notna()").drop(columns="estimate")
        rows = with_totals(leaves.assign(level_count=level, total=level))
        return rows.drop(columns=[] if level is yes else "level_count")

    return table(sizes, 0), table(answered, yes), table(days, 0)


def yes_of(row) -> tuple[float, float]:
    """The fewest and the most who said yes, by what is told of their share."""
    if row["status"] == "bounded":
        return (0, FILTER_NEIGHBOURS) if row["high"] > 0 else (row["n"] - NEIGHBOURS, row["n"])
    if row["status"] != "shown":
        return 0, 0 if row["status"] == "missing" else 1e4
    possible = [k for k in range(row["n"] + 1) if abs(k / row["n"] - row["estimate"]) <= 0.005 + 1e-9]
    return possible[0], possible[-1]


def joint_intervals(table, asked, frame) -> dict:
    """(question, row) -> the interval of each withheld count: who answers the second said yes to the first."""
    size, leaf = len(table), table["municipality"].notna().to_numpy()
    low, high, rows = np.zeros(3 * size), np.full(3 * size, 1e4), []
    for place, told in ((0, asked), (2, frame)):
        for row, (n, status) in enumerate(zip(shown_alone(told), told["status"], strict=True)):
            known = 0.0 if status == "missing" else n
            if not np.isnan(known):
                low[place * size + row] = high[place * size + row] = known
        for total, parts in sums_of(table):
            rows.append(
                np.bincount(place * size + np.array([total, *parts]), [-1.0] + [1.0] * len(parts), 3 * size)
            )
    sums = len(rows)
    for row in np.flatnonzero(leaf):
        low[size + row], high[size + row] = yes_of(asked.iloc[row])
        for fewer, more in ((size + row, row), (2 * size + row, size + row)):
            rows.append(np.bincount([fewer, more], [1.0, -1.0], 3 * size))
    limits = LinearConstraint(
        np.array(rows), np.append(np.zeros(sums), np.full(len(rows) - sums, -np.inf)), 0
    )
    found = {}
    for place, told in ((0, asked), (2, frame)):
        for row in np.flatnonzero(told["status"].eq("withheld")):
            aim = np.bincount([place * size + row], [1.0], 3 * size)
            ends = [
                milp(
                    way * aim,
                    integrality=np.ones(3 * size),
                    bounds=Bounds(low, high),
                    constraints=limits,
                    options={"presolve": False},
                )
                for way in (1, -1)
            ]
            found[place, row] = (ends[0].fun, -ends[1].fun)
    return found


def shown_alone(frame) -> np.ndarray:
    return frame["n"].to_numpy(float, na_value=np.nan)


@settings(max_examples=25, deadline=None)
@given(countries())
def test_every_withheld_count_keeps_four_possible_values(country):
    everybody, question = country
    base = protect(everybody, synthetic=True).frame
    frame = protect(question, synthetic=True, base=everybody[[*PLACES, "n"]]).frame
    most = np.where(base["status"].eq("missing"), 0.0, shown_alone(base))
    most = np.where(np.isnan(most), 1e4, most)
    for row in np.flatnonzero(frame["status"].eq("withheld")):
        low, high = interval(question, frame, most, row)
        # nobody can be told to be among more values than there are respondents
        assert high - low + 1 >= min(safety.WIDTH, most[row] + 1)


@settings(max_examples=25, deadline=None)
@given(asked_countries())
def test_who_is_asked_is_bounded_by_who_said_yes_and_both_keep_four_possible_values(country):
    everybody, question, days = country
    base = everybody[[*PLACES, "n"]]
    asked = protect(
        question, synthetic=True, quantity={"level": "yes"}, base=base, neighbours=FILTER_NEIGHBOURS
    )
    frame = protect(days, synthetic=True, base=[base, question]).frame
    most = {
        0: everybody["n"],
        2: [
            min(yes_of(row)[1], n) for (_, row), n in zip(asked.frame.iterrows(), everybody["n"], strict=True)
        ],
    }
    for (place, row), (low, high) in joint_intervals(days, asked.frame, frame).items():
        assert high - low + 1 >= min(safety.WIDTH, most[place][row] + 1)


@settings(max_examples=25, deadline=None)
@given(countries(), st.lists(st.sampled_from([0, 1, 2, 5, 40]), min_size=8, max_size=8))
def test_public_staff_counts_narrow_no_withheld_count_but_their_own(country, silent):
    everybody, _ = country
    leaves = everybody["municipality"].notna()
    ceiling = (everybody["n"] + np.resize(silent, len(everybody))).to_numpy(float)
    for total, parts in sums_of(everybody):
        ceiling[total] = ceiling[parts].sum()
    everybody = everybody.assign(most_count=ceiling)
    frame = protect(everybody, synthetic=True).frame
    # only where so few are employed that somebody could be told by it, nobody is withheld too
    somebody = np.where(ceiling < safety.WIDTH, 0.0, 1.0)
    for row in np.flatnonzero(frame["status"].eq("withheld") & leaves):
        low, high = interval(everybody, frame, ceiling, row, somebody)
        assert high - low + 1 >= min(safety.WIDTH, ceiling[row] + 1)


def of_two_areas(areas: list[tuple[int, int]], staff: list[tuple[int, int]]) -> pd.DataFrame:
    """Respondents of municipalities by area and together, all of one region, and how many are employed."""
    rows = [
        {"municipality": f"m{at}", "area": area, "n": n, "most_count": most}
        for at, (both, employed) in enumerate(zip(areas, staff, strict=True))
        for area, n, most in zip(
            ("x", "y", None), (*both, sum(both)), (*employed, sum(employed)), strict=True
        )
    ]
    table = pd.DataFrame(rows)
    sums = table.groupby(table["area"].fillna(""))[["n", "most_count"]].sum().reset_index()
    sums["area"] = sums["area"].replace("", None)
    return pd.concat([table, sums], ignore_index=True).astype({"most_count": float})


def test_who_is_withheld_in_both_areas_of_two_employed_may_be_nobody():
    """One employed in each area: were nobody told as such, withheld would be exactly one; and three, one to three."""
    large = [(30, 20), (25, 25), (40, 31)]
    areas = [(1, 1), (0, 0), (0, 1), (0, 0), *large]
    staff = [(1, 1), (2, 1), (5, 1), (3, 2), *((2 * x, 2 * y) for x, y in large)]
    frame = protect(of_two_areas(areas, staff), synthetic=True).frame
    status = {
        place: "".join(rows["status"].str[0]) for place, rows in frame.groupby("municipality", sort=False)
    }
    # of five employed it is told that nobody answered, and so of their areas
    assert [status[f"m{at}"] for at in range(4)] == ["www", "www", "www", "mmm"]


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_no_status_of_an_area_narrows_a_withheld_count(random):
    """The fewest and the most of each area and municipality, whatever is withheld or told to be nobody beside it."""
    pair = st.tuples(st.integers(0, 3), st.integers(0, 3))
    areas = random.draw(st.lists(pair, min_size=2, max_size=4)) + [(30, 20), (25, 25), (40, 31)]
    silent = random.draw(st.lists(pair, min_size=len(areas), max_size=len(areas)))
    table = of_two_areas(areas, [(x + a, y + b) for (x, y), (a, b) in zip(areas, silent, strict=True)])
    frame, leaves = protect(table, synthetic=True).frame, table["municipality"].notna().to_numpy()
    told = frame["n"].to_numpy(float, na_value=np.nan)
    most = table["most_count"].to_numpy(float)
    nobody = frame["status"].eq("missing").to_numpy()
    low = np.where(nobody, 0, np.where(np.isnan(told), np.where(most < safety.WIDTH, 0, 1), told))
    high = np.where(nobody, 0, np.where(np.isnan(told), most, told))
    lines = []
    named = table["area"].fillna("").to_numpy(object)
    for total, area in enumerate(named):
        if leaves[total] and not area:
            lines.append((total, [total - 2, total - 1]))
        elif not leaves[total]:
            lines.append((total, np.flatnonzero(leaves & (named == area))))
    sums = np.zeros((len(lines), len(table)))
    for line, (total, parts) in enumerate(lines):
        sums[line, parts], sums[line, total] = 1, -1
    for row in np.flatnonzero(frame["status"].eq("withheld") & leaves):
        aim = np.eye(len(table))[row]
        ends = [
            way
            * milp(
                way * aim,
                integrality=np.ones(len(aim)),
                bounds=Bounds(low, high),
                constraints=LinearConstraint(sums, 0, 0),
                options={"presolve": False},
            ).fun
            for way in (1, -1)
        ]
        assert ends[1] - ends[0] + 1 >= min(safety.WIDTH, most[row] + 1), (row, ends)


def test_a_complement_beside_two_employed_is_not_enough():
    """Of two employed one or two have answered, so the neighbour would be known to one."""
    table = small_table([2, 13, 40, 50], [0] * 4, [0] * 4)
    staff = table["n"].where(table["municipality"].eq("m0"), 99).astype(float)
    assert protect(table, synthetic=True).frame["status"].eq("withheld").sum() == 2
    frame = protect(table.assign(most_count=staff), synthetic=True).frame
    assert frame["status"].eq("withheld").sum() == 3
    assert "most_count" not in frame


@settings(max_examples=25, deadline=None)
@given(countries(), st.integers(3, 9), st.integers(1, 4))
def test_a_higher_threshold_never_shows_what_a_lower_one_withholds(country, threshold, more):
    everybody, question = country
    for table, base in ((everybody, None), (question, everybody[[*PLACES, "n"]])):
        low, high = (
            protect(table, count, synthetic=True, base=base).frame["status"].eq("withheld")
            for count in (threshold, threshold + more)
        )
        assert not (low & ~high).any()


@settings(max_examples=25, deadline=None)
@given(countries())
def test_who_subtracts_himself_leaves_no_small_union(country):
    everybody, _ = country
    frame = protect(everybody, synthetic=True).frame
    hidden = frame["status"].eq("withheld").to_numpy()
    n = everybody["n"].to_numpy()
    for total, parts in sums_of(everybody):
        inside = [part for part in parts if hidden[part]]
        if inside and not hidden[total]:
            assert n[inside].sum() - safety.COALITION >= 5


@settings(max_examples=25, deadline=None)
@given(countries(), st.randoms(use_true_random=False))
def test_the_status_of_a_share_is_that_of_its_neighbours(country, random):
    """One respondent's other answer at an end of the scale changes no status, of any row, and no number but his."""
    everybody, _ = country
    leaves = everybody[everybody["municipality"].notna() & everybody["n"].ge(5)]
    alone = leaves[["municipality", "n"]].rename(columns={"municipality": "group"}).reset_index(drop=True)
    if alone.empty:
        return
    row = random.randrange(len(alone))
    frames = []
    for count in (0, 1):
        levels = (alone["n"] // 2).where(alone.index != row, count)
        table = alone.assign(level_count=levels, estimate=levels / alone["n"])
        frames.append(protect(table, synthetic=True, quantity={"level": "yes"}).frame)
    pd.testing.assert_frame_equal(*frames)
    assert frames[0].loc[row, "status"] != "shown"


def test_nobody_is_told_to_be_the_only_one_who_was_not_asked_more():
    """Nobody answered, where somebody could have: that is withheld, as one answer would be."""
    base = pd.DataFrame({"group": list("abcd"), "n": [9, 8, 20, 0]})
    asked = pd.DataFrame({"group": list("abcd"), "n": [0, 8, 20, 0], "estimate": 1.0})
    assert protect(asked, synthetic=True, base=base).frame["status"].tolist()[::3] == ["withheld", "missing"]


@pytest.mark.parametrize("switch", ["COALITION", "MONOTONE", "WIDTH"])
def test_each_guarantee_fails_without_its_rule(switch, monkeypatch):
    """What the tests above would find, if a rule were left out."""
    table = small_table([1, 4, 50, 60], [0, 0, 0, 0], [0, 0, 0, 0])
    if switch == "COALITION":
        monkeypatch.setattr(safety, "COALITION", 0)
        assert protect(table, synthetic=True).frame["status"].eq("withheld").sum() == 2
    elif switch == "WIDTH":
        monkeypatch.setattr(safety, "WIDTH", 2)
        few = small_table([1, 1, 2, 2, 50, 60], [0] * 6, [0] * 6)
        assert protect(few, synthetic=True).frame["status"].eq("withheld").sum() == 4
        monkeypatch.undo()
        assert protect(few, synthetic=True).frame["status"].eq("withheld").sum() > 4
    else:
        cells_at = _two_choices()
        assert (suppression.thresholds(cells_at, 3, 5) < suppression.NEVER).sum() == 3
        monkeypatch.setattr(safety, "MONOTONE", False)
        assert (suppression.thresholds(cells_at, 3, 5) < suppression.NEVER).sum() == 2


def _two_choices():
    """Cells of which a low threshold closes the first, and a high one the second and third."""
    table = pd.DataFrame({"group": list("abc"), "n": [30, 30, 30]})
    cells = safety.find(
        safety.labels(table, ["group"]), np.array([30, 30, 30]), [], np.empty((3, 0)), np.empty((3, 0))
    )

    def cells_at(threshold):
        closed = np.zeros(len(cells.n), bool)
        closed[[0, 1] if threshold == 3 else [1, 2]] = True
        return cells, closed

    return cells_at


def test_the_way_up_is_the_same_for_every_threshold_and_never_long():
    ways = [suppression._steps(threshold) for threshold in (3, 5, 20, 22, 25, 50, 100_000)]
    assert all(way == ways[-1][: len(way)] for way in ways)
    assert ways[0] == [3] and ways[3] == ways[4] and ways[3][-1] == 25
    assert len(ways[-1]) < 70 and ways[-1][-1] >= 100_000
