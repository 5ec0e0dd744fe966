"""One rule for verdict, interval and word: in worlds without differences, with some, and of labels only."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analysis import comparisons
from analysis.comparisons import judge
from analysis.disclosure.rounding import away_from_zero
from analysis.estimates import Design

CLEAR, MAYBE = ["over", "under"], ["maybe_over", "maybe_under"]
PLACES = Design(strata="place", weights="w")


def world(seed: int, differing: int = 0, gap: float = 0.0, colleagues: float = 0.0) -> pd.DataFrame:
    """A country of 91 municipalities, of which the first few differ; colleagues may be alike."""
    rng = np.random.default_rng(seed)
    sizes = np.maximum(5, rng.lognormal(np.log(25), 0.6, 91).astype(int))
    place = np.repeat(np.arange(91), sizes)
    sign = np.where(np.arange(91) % 2, 1, -1) * (np.arange(91) < differing)
    level = -0.6 + gap * sign + rng.normal(0, colleagues, 91)
    yes = rng.random(len(place)) < 1 / (1 + np.exp(-level[place]))
    cases = rng.gamma(4, 7, len(place)) * np.exp(0.4 * (gap * sign + rng.normal(0, colleagues, 91))[place])
    kinds = rng.permutation(np.repeat(["a", "b", "c", "d", "e"], [32, 26, 17, 13, 3]))
    return pd.DataFrame(
        {
            "place": place,
            "kind": kinds[place],
            "w": rng.uniform(1.3, 2, 91)[place] * rng.uniform(0.8, 1.25, len(place)),
            "yes": np.where(yes, "yes", "no"),
            "cases": np.round(cases),
            "truth": sign[place],
        }
    )


def judged(people: pd.DataFrame, variable: str, by: str = "place", **more) -> pd.DataFrame:
    level = "yes" if variable == "yes" else None
    return comparisons.compare_places(people, variable, PLACES, by, level=level, **more)


def assert_words_and_intervals_agree(table: pd.DataFrame) -> None:
    low, high, verdict = (table[name] for name in ("difference_low", "difference_high", "verdict"))
    above, below = verdict.isin(["over", "maybe_over"]), verdict.isin(["under", "maybe_under"])
    pd.testing.assert_series_equal(above, low > 0, check_names=False)
    pd.testing.assert_series_equal(below, high < 0, check_names=False)
    assert ((low <= 0) & (high >= 0))[verdict.eq("som")].all()
    assert (table["p_adjusted"] < 0.05)[verdict.isin(CLEAR)].all()
    assert (
        table.loc[verdict.eq("none"), ["difference_low", "difference_high", "p_adjusted"]]
        .isna()
        .all(axis=None)
    )
    rounded = away_from_zero(low, 1), away_from_zero(high, 1)
    assert (rounded[0] > 0)[above].all() and (rounded[1] < 0)[below].all()


@pytest.mark.parametrize("variable", ["yes", "cases"])
@pytest.mark.parametrize(("differing", "gap"), [(0, 0.0), (12, 1.2)])
def test_no_word_contradicts_its_interval(variable, differing, gap):
    found = set()
    for seed in range(8):
        table = judged(world(seed, differing, gap), variable)
        assert_words_and_intervals_agree(table)
        found |= set(table["verdict"])
    assert {"som", *MAYBE} <= found and (differing == 0 or set(CLEAR) <= found)


def test_verdicts_are_rarely_false_and_the_intervals_of_the_flagged_cover():
    """Null worlds: one family in twenty. Mixed worlds: of those called clear hardly any is not, by what it is."""
    families, false, clear = 0, 0, 0
    for seed in range(40):
        families += judged(world(seed), "yes")["verdict"].isin(CLEAR).any()
        people = world(1000 + seed, 12, 1.2)
        table = judged(people, "yes").set_index("place")
        truth = people.groupby("place")["truth"].first()
        flagged = table[table["verdict"].isin(CLEAR)]
        clear += len(flagged)
        false += (np.sign(flagged["difference"]) != truth.loc[flagged.index]).sum()
    assert families <= 6  # 2 expected
    assert clear > 60 and false / clear <= 0.05


def test_intervals_of_the_flagged_cover_as_they_say():
    """Differences known: of the clear, 95 % of the intervals hold the truth; unadjusted ones don't."""
    rng = np.random.default_rng(9)
    held, plain, clear = 0, 0, 0
    for _ in range(400):
        truth = rng.normal(0, 1, 91) * (np.arange(91) < 30)
        found = truth + rng.normal(0, 1, 91) * 0.6
        p = 2 * stats.norm.sf(np.abs(found) / 0.6)
        table = judge(
            pd.DataFrame({"difference": found, "p": p}),
            lambda coverage, found=found: (
                found - _quantile(coverage) * 0.6,
                found + _quantile(coverage) * 0.6,
            ),
        )
        is_clear = table["verdict"].isin(CLEAR).to_numpy()
        inside = (table["difference_low"] <= truth) & (truth <= table["difference_high"])
        clear, held = clear + is_clear.sum(), held + inside[is_clear].sum()
        plain += (np.abs(found - truth) <= _quantile(0.95) * 0.6)[is_clear].sum()
    assert held / clear > 0.94  # 0.95 within its own error
    assert plain / clear < 0.91


def _quantile(coverage):
    return stats.norm.ppf((1 + coverage) / 2)


@pytest.mark.parametrize("variable", ["yes", "cases"])
def test_a_label_on_municipalities_is_rarely_a_finding(variable):
    """Colleagues are alike and groups are labels: respondents taken as independent would cry wolf."""
    as_clusters, as_people, tests = 0, 0, 0
    worlds = 60
    for seed in range(worlds):
        people = world(seed, colleagues=0.5)
        table = judged(people, variable, "kind", cluster="place")
        assert_words_and_intervals_agree(table)
        assert table.set_index("kind").loc["e", "verdict"] == "none"  # three municipalities
        as_clusters += table["verdict"].isin(CLEAR).any()
        tests += table["verdict"].isin(MAYBE + CLEAR).sum()
        as_people += judged(people, variable, "kind")["verdict"].isin(CLEAR).any()
    assert as_clusters <= 0.1 * worlds
    assert tests <= 0.1 * 4 * worlds
    assert as_people > 3 * max(as_clusters, 1)


def test_chance_findings_are_as_many_as_the_sentence_says():
    expected, looked = 0.0, 0
    for seed in range(30):
        table = judged(world(seed), "cases")
        expected += comparisons.chance_findings(comparisons.count_tests(table["p_adjusted"]))
        looked += table["verdict"].isin(MAYBE).sum()
    assert 0.6 * expected < looked < 1.4 * expected


def test_a_clear_verdict_needs_p_and_the_interval_of_the_selected():
    table = pd.DataFrame({"difference": [4.0, 4.0, -4.0, 1.0, 4.0], "p": [1e-4, 0.02, 1e-4, 0.6, np.nan]})

    def interval(coverage):
        reach = 5.0 if coverage > 0.96 else 2.0
        return table["difference"] - reach, table["difference"] + reach

    # all flagged of the first three, but their wider intervals hold 0: maybe, with the plain interval
    found = judge(table, interval)
    assert found["verdict"].tolist() == ["maybe_over", "maybe_over", "maybe_under", "som", "none"]
    assert found["difference_low"].tolist()[:4] == [2.0, 2.0, -6.0, -1.0]
    assert np.isnan(found["difference_low"].iloc[4])


def test_small_area_estimates_stand_beside_their_own():
    table = judged(world(3, 12, 1.2), "yes")
    assert ((table["shrunken_low"] < table["shrunken"]) & (table["shrunken"] < table["shrunken_high"])).all()
    assert table["shrunken"].between(0, 1).all() and table["shrunken_low"].min() >= 0
    own = (table["high"] - table["low"]).mean()
    assert (table["shrunken_high"] - table["shrunken_low"]).mean() < own
