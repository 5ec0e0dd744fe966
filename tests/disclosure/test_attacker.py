"""The attacker: it finds what can be found, and nothing after the gate."""

import numpy as np
import pytest
from disclosure_tables import PLACES, country_table, small_table
from hypothesis import given, settings
from hypothesis import strategies as st
from linear_attacker import Knowledge, always_zero, bounds, pinned_counts
from scipy.sparse import csr_array

import rerun.audit
from analysis.disclosure import protect, suppression
from analysis.measures.places import base_pattern, count_respondents

CASELOAD = {"table": "caseworkers", "variable": "caseload", "year": 2014}


def known(rows, low, high=None, least=1.0, most=np.inf):
    rows = csr_array(np.array(rows, float))
    size = rows.shape[1]
    low = np.array(low, float)
    high = low if high is None else np.array(high, float)
    return Knowledge(rows, low, high, np.full(size, least), np.full(size, most))


def complements_off(monkeypatch):
    """The gate without complementary suppression: only for showing that the attacker finds what it leaves open."""
    monkeypatch.setattr(suppression, "complete", lambda cells, start, min_count: start)


# ---- linear programs


def test_bounds_of_two_that_sum_to_seven():
    assert bounds(known([[1, 1]], [7]), [0, 1]).tolist() == [[1, 6], [1, 6]]


def test_a_count_without_limit_has_none():
    assert bounds(known([[1, -1]], [2]), [0]).tolist() == [[3, np.inf]]


def test_crossing_sums_pin_a_count():
    knowledge = known([[1, 1, 0, 0], [0, 0, 1, 1], [1, 1, 1, 0]], [7, 9, 12])
    assert set(pinned_counts(knowledge, range(4))) == {2, 3}


def test_three_groups_with_three_respondents_are_one_each():
    assert set(pinned_counts(known([[1, 1, 1]], [3]), range(3))) == {0, 1, 2}
    assert not pinned_counts(known([[1, 1, 1]], [4]), range(3))


def test_a_rounded_number_is_an_interval():
    assert set(pinned_counts(known([[1, 0], [1, 1]], [4.6, 9], [5.4, 9]), [0])) == {0}
    assert not pinned_counts(known([[1, 0], [1, 1]], [4.5, 9], [6.4, 9]), [0])


def test_a_ceiling_pins_where_a_sum_alone_does_not():
    assert not pinned_counts(known([[1, 1]], [7]), [0])
    assert set(pinned_counts(known([[1, 1]], [7], least=3, most=4), [0])) == set()
    assert set(pinned_counts(known([[1, 1]], [7], least=3, most=3.9), [0])) == {0}


def test_nobody_in_a_level_is_found():
    assert set(always_zero(known([[1, 1], [0, 1]], [3, 3], least=0), [0, 1])) == {0}


def test_contradictions_are_told():
    with pytest.raises(ValueError, match="What is shown must hold together"):
        bounds(known([[1, 1], [1, 1]], [7, 8]), [0])


# ---- the gate, attacked with nothing but what it shows


def attacked(table):
    """What the audit's attacker finds in a protected table, of the numbers that it may not pin."""
    frame = table.frame
    for key in ("municipality", "region", "municipality_group", "area", "role", "group"):
        frame[key] = frame[key].astype(object).fillna("") if key in frame else ""
    frame["n"] = frame["n"].astype("Float64").to_numpy(float, na_value=np.nan)
    words = {
        "quantity": "q",
        "source": "caseworkers",
        "variable": "v",
        "level": None,
        "year": 2014,
        "limit": "",
        "unsliced": "q",
        "whole": "q",
        "slice": "",
        "classed_by": "",
    }
    cells = frame.assign(**words, min_count=5, half=0.005, is_share=False)
    found, _ = rerun.audit.attack(cells, {}, None, values=2, coalition=0)
    return found


@st.composite
def small_tables(draw):
    sizes = draw(st.lists(st.sampled_from([0, 1, 1, 2, 3, 4, 6, 9, 20]), min_size=3, max_size=9))
    places = st.lists(st.integers(0, 2), min_size=len(sizes), max_size=len(sizes))
    return small_table(sizes, draw(places), draw(places))


@settings(max_examples=40, deadline=None)
@given(small_tables())
def test_random_tables_of_places_give_nothing_away(table):
    assert attacked(protect(table, synthetic=True)) == []


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([8, 15, 30]), st.booleans())
def test_random_countries_give_nothing_away(seed, median, areas):
    table = protect(country_table(seed, median, areas), synthetic=True)
    assert attacked(table) == []


def test_the_attacker_finds_what_a_gate_without_complements_leaves_open(monkeypatch):
    complements_off(monkeypatch)
    found = attacked(protect(country_table(3), synthetic=True))
    assert "pinned count" in {kind for kind, *_ in found}


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(1, 30), min_size=3, max_size=8))
def test_without_complements_one_small_group_beside_its_total_is_always_found(sizes):
    sizes = [4, *(size + 5 for size in sizes)]
    with pytest.MonkeyPatch.context() as patch:
        complements_off(patch)
        table = protect(small_table(sizes, [0] * len(sizes), [0] * len(sizes)), synthetic=True)
    found = attacked(table)
    assert ("pinned count", "q", "m0", "n can only be 4") in found


# ---- one pattern for all questions


def people(table):
    leaves = table[table["municipality"].notna() & table["area"].notna()]
    return leaves.loc[leaves.index.repeat(leaves["n"]), [*PLACES, "area"]].reset_index(drop=True)


def test_the_base_counts_everybody_at_every_level():
    table = country_table(5)
    counted = count_respondents(people(table))
    keys = [*PLACES, "area"]
    both = counted.fillna("").merge(table[[*keys, "n"]].fillna(""), on=keys, suffixes=("", "_expected"))
    assert len(both) == len(counted) == len(table)
    assert both["n"].eq(both["n_expected"]).all()


def test_questions_with_a_few_missing_answers_withhold_what_the_base_withholds():
    everyone = people(country_table(6))
    base = base_pattern(everyone, synthetic=True)
    hidden = base.frame.loc[base.frame["status"].eq("withheld"), [*PLACES, "area"]].fillna("")
    for seed in range(2):
        answered = everyone.sample(frac=0.97, random_state=seed)
        measure = protect(count_respondents(answered).assign(estimate=1.0), synthetic=True, base=base)
        frame = measure.frame.fillna({key: "" for key in [*PLACES, "area"]})
        told = hidden.merge(frame, on=[*PLACES, "area"])
        assert len(told) == len(hidden)
        assert told["status"].eq("withheld").all()
        assert attacked(measure) == []


def test_pinned_cells_of_nothing_withheld_are_none():
    table = small_table([9, 9, 9], [0, 0, 0], [0, 0, 0])
    frame = protect(table, synthetic=True).frame
    assert frame["status"].eq("shown").all()
    assert pinned_counts(known([[1]], [3]), []) == []
