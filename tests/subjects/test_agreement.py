"""Krippendorff's alpha against published examples, by hand, and where there is nothing to agree on."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.subjects.interviews import (
    bootstrap_interval,
    coder_agreement,
    codes_by_unit,
    nominal_alpha,
    units_of,
)

# Krippendorff (2011), section C: four observers, twelve units, some missing. Nominal alpha 0.743.
FOUR_OBSERVERS = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3],
    [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None],
]
# Krippendorff (2011), section B: two observers, twelve units, five values. Nominal alpha 0.692.
TWO_OBSERVERS = ["aabbdcccedda", "babbbccceddd"]


def units(observers) -> pd.DataFrame:
    return pd.DataFrame(
        {f"Koder {i}": pd.Series(list(values), dtype=object) for i, values in enumerate(observers, start=1)}
    )


def alpha(observers) -> float:
    return nominal_alpha(codes_by_unit(units(observers)).to_numpy())


def test_krippendorffs_four_observers():
    assert alpha(FOUR_OBSERVERS) == pytest.approx(0.743, abs=0.0005)


def test_krippendorffs_two_observers_with_many_values():
    assert alpha(TWO_OBSERVERS) == pytest.approx(0.692, abs=0.0005)


def test_two_coders_by_hand():
    # Three units: aa, ab, bb. Observed 2 of 6 pairs; expected 3*3*2 / (6*5) = 0.6; alpha = 1 - (1/3)/0.6.
    assert alpha(["aab", "abb"]) == pytest.approx(1 - (1 / 3) / 0.6)


def test_perfect_agreement_is_one():
    assert alpha(["abca", "abca"]) == 1


def test_units_coded_once_count_for_nothing():
    assert alpha([["a", "b", "a"], ["a", "b", None]]) == 1


def test_one_code_alone_has_no_alpha():
    assert np.isnan(alpha(["aaa", "aaa"]))
    assert np.isnan(bootstrap_interval(np.array([[2], [2]]), np.array(["x", "y"])))[0]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc")), min_size=4, max_size=30))
def test_order_and_names_of_codes_and_coders_change_nothing(pairs):
    first, second = zip(*pairs, strict=True)
    renamed = {"a": "z", "b": "y", "c": "x"}
    expected = alpha([first, second])
    assert alpha([second[::-1], first[::-1]]) == pytest.approx(expected, nan_ok=True)
    assert alpha([[renamed[v] for v in first], [renamed[v] for v in second]]) == pytest.approx(
        expected, nan_ok=True
    )


def codings(rows) -> pd.DataFrame:
    columns = ["interview", "segment_start", "segment_end", "coder", "theme", "code"]
    return pd.DataFrame(rows, columns=columns)


TWICE = codings(
    [
        ("Leder 1", 0, 9, "Koder 1", "Sparring", "Forum"),
        ("Leder 1", 0, 9, "Koder 2", "Sparring", "Tid"),
        ("Leder 1", 9, 20, "Koder 1", "Sparring", "Forum"),
        ("Leder 1", 9, 20, "Koder 2", "Sparring", "Forum"),
        ("Leder 2", 0, 9, "Koder 1", "Sagstal", "Pres"),
        ("Leder 2", 0, 9, "Koder 2", "Sagstal", "Pres"),
        ("Leder 3", 0, 9, "Koder 1", "Sagstal", "Pres"),
    ]
)


def test_segments_are_units_where_they_begin_and_end_alike():
    found = coder_agreement(TWICE)
    assert (found.unit_count, found.cluster_count, found.coder_count) == (3, 2, 2)
    # Values: Forum 3, Tid 1, Pres 2; observed 2/6; expected (36 - 9 - 1 - 4) / 30.
    assert found.alpha == pytest.approx(1 - (2 / 6) / (22 / 30))
    assert found.low <= found.alpha <= found.high


def test_agreement_on_themes_may_be_perfect_where_codes_differ():
    assert coder_agreement(TWICE, "theme").alpha == 1


def test_several_codes_of_one_coder_are_one_value():
    more = pd.concat([TWICE, codings([("Leder 2", 0, 9, "Koder 2", "Sagstal", "Fordeling")])])
    assert "Fordeling + Pres" in set(units_of(more).loc[("Leder 2", 0, 9)])


def test_the_interval_is_the_same_at_every_run_and_narrows_with_clusters():
    random = np.random.default_rng(3)
    first = random.integers(0, 3, 200)
    second = np.where(random.uniform(size=200) < 0.7, first, random.integers(0, 3, 200))
    counts = np.eye(3)[first] + np.eye(3)[second]
    clusters = np.arange(200) // 10
    few = bootstrap_interval(counts[:40], clusters[:40])
    many = bootstrap_interval(counts, clusters)
    assert many == bootstrap_interval(counts, clusters)
    assert many[1] - many[0] < few[1] - few[0]


def test_nothing_coded_twice_is_said():
    with pytest.raises(ValueError, match="none of 4 segments has"):
        coder_agreement(TWICE[TWICE["coder"].eq("Koder 1")])
