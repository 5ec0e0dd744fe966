"""The gate: what is withheld, by hand and by brute force; and that nothing passes it by."""

import itertools
import pickle
import time

import linear_attacker
import numpy as np
import pandas as pd
import pytest
from disclosure_tables import country_table, small_table
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.disclosure import (
    ProtectedTable,
    combine,
    declare_public,
    protect,
    require_protected,
    suppression,
)
from analysis.disclosure import cells as margins
from analysis.disclosure import cells as safety


def groups(**sizes):
    return pd.DataFrame(
        {"group": list(sizes), "estimate": np.arange(len(sizes)) + 1.5, "n": list(sizes.values())}
    )


def statuses(table, **options):
    frame = protect(table, synthetic=True, **options).frame
    name = "group" if "group" in frame else "municipality"
    return dict(zip(frame[name].fillna("all"), frame["status"], strict=True))


# ---- by hand


def test_one_small_group_costs_the_smallest_other():
    assert statuses(groups(a=3, b=10, c=20)) == {"a": "withheld", "b": "withheld", "c": "shown"}


def test_a_small_group_beside_its_total_costs_another():
    table = pd.DataFrame({"group": ["a", "b", "c", None], "n": [3, 30, 12, 45], "estimate": 1.0})
    assert statuses(table) == {"a": "withheld", "b": "shown", "c": "withheld", "all": "shown"}


def test_two_small_groups_that_together_are_few_cost_a_third():
    assert statuses(groups(a=2, b=2, c=9, d=8))["d"] == "withheld"


def test_two_small_groups_that_together_are_enough_cost_nothing():
    assert statuses(groups(a=2, b=4, c=9)) == {"a": "withheld", "b": "withheld", "c": "shown"}


def test_the_one_of_a_small_group_does_not_learn_what_the_others_of_it_are():
    table = pd.DataFrame({"group": ["a", "b", "c", "d", None], "n": [1, 4, 50, 60, 115], "estimate": 1.0})
    assert statuses(table) == {
        "a": "withheld",
        "b": "withheld",
        "c": "withheld",
        "d": "shown",
        "all": "shown",
    }


def test_three_who_put_together_what_they_know_leave_the_threshold_too(monkeypatch):
    table = pd.DataFrame({"group": ["a", "b", "c", "d", None], "n": [3, 4, 9, 60, 76], "estimate": 1.0})
    assert statuses(table)["c"] == "shown"
    monkeypatch.setattr(safety, "COALITION", 3)
    assert statuses(table)["c"] == "withheld"


def test_five_groups_of_one_are_not_enough_for_they_are_one_each():
    assert list(statuses(groups(a=1, b=1, c=1, d=1, e=1, f=9)).values()).count("withheld") == 6


def test_all_but_one_municipality_is_a_secret_about_the_last():
    table = country_table(1, median=40, areas=False).drop(columns="level_count")
    municipality = table["municipality"].notna()
    table = table[municipality | table["region"].isna() & table["municipality_group"].isna()]
    table.loc[table["municipality"].notna(), "n"] = 20
    table.loc[table["municipality"].eq("Læsø").fillna(False), "n"] = 2
    table.loc[table["municipality"].isna(), "n"] = 97 * 20 + 2
    hidden = [name for name, status in statuses(table).items() if status == "withheld"]
    assert len(hidden) == 2
    assert "Læsø" in hidden


def test_a_group_without_answers_is_missing_and_no_secret():
    assert statuses(groups(a=0, b=10, c=20)) == {"a": "missing", "b": "shown", "c": "shown"}


def test_a_table_of_small_groups_only_is_withheld_as_a_whole():
    assert set(statuses(groups(a=1, b=2)).values()) == {"withheld"}


def test_totals_within_a_column_are_known_to_the_reader():
    table = pd.DataFrame({"group": list("abcdef"), "region": list("xxxyyy"), "n": [3, 10, 20, 9, 8, 30]})
    table["estimate"] = 1.0
    assert statuses(table, within="region") == dict(
        zip("abcdef", ["withheld"] * 2 + ["shown"] * 4, strict=True)
    )


def test_a_label_for_the_country_is_a_total():
    table = pd.DataFrame({"group": ["Roskilde", "Hele landet"], "n": [30, 3000], "estimate": 1.0})
    assert set(statuses(table).values()) == {"shown"}
    table["n"] = [3, 3000]
    assert statuses(table) == {"Roskilde": "withheld", "Hele landet": "shown"}


def test_a_group_not_listed_but_left_over_is_protected_as_well():
    table = pd.DataFrame({"group": ["a", "b", None], "n": [10, 20, 32], "estimate": 1.0})
    assert statuses(table) == {"a": "withheld", "b": "shown", "all": "shown"}


def roles():
    rows = [
        ("municipality", "Roskilde", "caseworker", 30),
        ("municipality", "Roskilde", "leader", 9),
        ("municipality", "Roskilde", None, 39),
        ("municipality", "Greve", "caseworker", 25),
        ("municipality", "Greve", "leader", 7),
        ("municipality", "Greve", None, 32),
        ("municipality", "Læsø", "caseworker", 6),
        ("municipality", "Læsø", "leader", 0),
        ("municipality", "Læsø", None, 6),
        ("country", None, "caseworker", 61),
        ("country", None, "leader", 16),
        ("country", None, None, 77),
    ]
    table = pd.DataFrame(rows, columns=["place_level", "municipality", "role", "n"])
    return table.assign(estimate=1.0)


def test_leaders_are_shown_for_the_country_only_and_not_by_difference_either():
    frame = protect(roles(), synthetic=True).frame
    local = frame[frame["place_level"].eq("municipality")]
    assert local.loc[local["role"].eq("caseworker").fillna(False), "status"].eq("shown").all()
    # also where there are none: that, too, would be told by all minus caseworkers
    assert local.loc[~local["role"].eq("caseworker").fillna(False), "status"].eq("withheld").all()
    assert set(frame.loc[frame["place_level"].eq("country"), "status"]) == {"shown"}


def test_leaders_by_any_group_are_withheld_whatever_the_group_is_called():
    table = pd.DataFrame({"group": ["Roskilde", "Greve", "Hele landet"], "role": "leader", "n": [9, 12, 21]})
    assert list(statuses(table).values()) == ["withheld", "withheld", "shown"]
    rows = groups(a=9, b=12).assign(place_level="municipality_group")
    assert set(statuses(rows, quantity={"table": "leaders"}).values()) == {"withheld"}
    assert set(statuses(rows.assign(place_level="country"), quantity={"table": "leaders"}).values()) == {
        "shown"
    }


@pytest.mark.parametrize("total", [None, "all", "I alt", "Alle"])
def test_few_leaders_cost_the_caseworkers_or_the_total(total):
    table = pd.DataFrame({"role": ["caseworker", "leader", total], "n": [30, 3, 33], "estimate": 1.0})
    assert protect(table, synthetic=True).frame["status"].tolist() == ["withheld", "withheld", "shown"]


@pytest.mark.parametrize("count", [0, 1, 11, 12])
def test_none_or_all_in_a_level_is_not_told_from_its_neighbours(count):
    table = groups(a=12, b=20, c=30).assign(level_count=[count, 8, 9], estimate=[count / 12, 0.4, 0.3])
    frame = protect(table, synthetic=True, quantity={"level": "yes"}).frame
    assert frame["status"].tolist() == ["bounded", "shown", "shown"]
    row = frame.iloc[0]
    assert row["n"] == 12 and np.isnan(row["estimate"])
    limits = [row["low"], row["high"]]
    np.testing.assert_array_equal(limits, [np.nan, 0.2] if count < 2 else [0.8, np.nan])


def test_a_share_that_its_total_would_tell_is_withheld_and_not_bounded():
    table = groups(a=12, b=20, c=30, all=62).assign(level_count=[0, 8, 9, 17], estimate=0.3)
    assert statuses(table) == {"a": "withheld", "b": "withheld", "c": "shown", "all": "shown"}


def test_withheld_groups_that_are_all_alike_together_cost_another():
    table = groups(a=3, b=4, c=9, d=30).assign(level_count=[3, 4, 5, 6])
    assert statuses(table) == {"a": "withheld", "b": "withheld", "c": "withheld", "d": "shown"}


def test_two_that_outweigh_the_rest_are_withheld():
    table = groups(a=12, b=20, c=30).assign(largest_two_share=[0.95, 0.2, 0.2])
    assert statuses(table)["a"] == "withheld"
    table["largest_two_share"] = [0.86, 0.2, 0.2]
    assert set(statuses(table).values()) == {"shown"}


def test_a_mean_of_one_answer_given_by_all_is_withheld():
    assert statuses(groups(a=12, b=20, c=30).assign(distinct_count=[1, 5, 5]))["a"] == "withheld"


def test_the_levels_of_a_distribution_are_withheld_together():
    rows = [(g, level, n) for g, n in (("a", 12), ("b", 20), ("c", 30)) for level in ("high", "low", "none")]
    table = pd.DataFrame(rows, columns=["group", "level", "n"])
    table["level_count"] = [12, 0, 0, 8, 6, 6, 10, 10, 10]
    table["estimate"] = table["level_count"] / table["n"]
    frame = protect(table, synthetic=True).frame
    assert frame.groupby("group")["status"].agg(set).to_dict() == {
        "a": {"withheld"},
        "b": {"withheld"},
        "c": {"shown"},
    }


def test_years_and_variables_are_tables_of_their_own():
    table = pd.concat([groups(a=3, b=10, c=20).assign(year=2014), groups(a=30, b=10, c=20).assign(year=2015)])
    frame = protect(table, synthetic=True).frame
    assert frame["status"].tolist() == ["withheld", "withheld", "shown", "shown", "shown", "shown"]
    assert frame["year"].tolist() == [2014] * 3 + [2015] * 3


def test_what_the_base_withholds_is_withheld_and_no_more_is_needed():
    base = protect(groups(a=3, b=6, c=20, d=30), synthetic=True)
    same = protect(groups(a=5, b=6, c=20, d=30), synthetic=True, base=base)
    none = protect(groups(a=0, b=6, c=20, d=30), synthetic=True, base=base)
    for table in (same, none):
        assert table.frame["status"].tolist() == ["withheld", "withheld", "shown", "shown"]


def test_levels_of_one_group_with_different_counts_are_turned_down():
    table = pd.DataFrame({"group": ["a", "a", "b"], "level": ["high", "low", "low"], "n": [10, 12, 20]})
    with pytest.raises(ValueError, match="in 1 of 2 groups they differ .first: row 0"):
        protect(table)


def test_a_group_that_is_not_relevant_stays_so():
    table = groups(a=0, b=10, c=20).assign(status=["not_relevant", None, None])
    table["n"] = table["n"].astype("Int64").mask([True, False, False])
    assert statuses(table) == {"a": "not_relevant", "b": "shown", "c": "shown"}


def test_a_higher_threshold_withholds_more():
    table = groups(a=8, b=12, c=30)
    assert set(statuses(table).values()) == {"shown"}
    assert list(statuses(table, min_count=10).values()) == ["withheld", "withheld", "shown"]


# ---- nothing in the rows that aren't shown


def test_rows_that_are_not_shown_hold_no_number_and_no_verdict():
    table = groups(a=3, b=10, c=20, d=0).assign(
        low=1.0, df=3, verdict="over", reliability="ok", level_count=[1, 2, 3, 0], largest_two_share=0.3
    )
    frame = protect(table, synthetic=True).frame
    hidden = frame[~frame["status"].eq("shown")]
    assert len(hidden) == 3
    assert hidden.drop(columns=["group", "status"]).isna().all(axis=None)
    assert not {"level_count", "largest_two_share"} & set(frame.columns)
    assert frame.loc[2, ["n", "verdict", "low"]].tolist() == [20, "over", 1.0]


def test_texts_that_hold_numbers_and_answers_by_yes_and_no_are_blanked_too():
    table = groups(a=3, b=10, c=20).assign(
        text=["1,5 (3 svar)", "2,5 (10 svar)", "3,5 (20 svar)"],
        theme=["x", "y", "z"],
        is_high=[True, False, True],
        seen=pd.Timestamp("2014-12-01"),
    )
    frame = protect(table, synthetic=True).frame
    assert frame["text"].isna().tolist() == [True, True, False]
    assert frame["is_high"].isna().tolist() == [True, True, False]
    assert frame["seen"].isna().tolist() == [True, True, False]
    assert frame["theme"].tolist() == ["x", "y", "z"]


def test_neither_its_text_nor_its_html_tells_more_than_it_shows():
    table = protect(groups(a=3, b=17, c=20, d=0), synthetic=True)
    for text in (repr(table), table._repr_html_()):
        assert "17" not in text
        assert "1,50" not in text
    assert "diskretioneret" in table._repr_html_()
    assert "ingen svar" in table._repr_html_()
    assert "SYNTETISKE DATA" in table._repr_html_()


# ---- the table that has passed


@pytest.fixture
def passed():
    return protect(groups(a=3, b=10, c=20), synthetic=True, quantity={"variable": "caseload"})


def test_it_cannot_be_made_without_the_gate(passed):
    with pytest.raises(TypeError, match="must come from `protect`"):
        ProtectedTable(passed.frame, 5, False)
    with pytest.raises(AttributeError):
        passed.synthetic = False


def test_its_frame_is_a_copy(passed):
    frame = passed.frame
    frame.loc[0, "n"] = 3
    assert passed.frame["n"].isna().sum() == 2


def test_selecting_keeps_the_mark_and_never_opens(passed):
    for part in (
        passed.select(group="a"),
        passed.select(group=["a", "b"]),
        passed.rows(passed.frame["group"].eq("a").to_numpy()),
        pickle.loads(pickle.dumps(passed)).select(group="a"),
    ):
        assert part.synthetic
        assert part.quantity == {"variable": "caseload"}
        assert part.frame["estimate"].isna().all()
    assert passed.row(group="c")["n"] == 20


def test_selecting_what_is_not_there_is_an_error(passed):
    with pytest.raises(KeyError, match="`grup` is no column"):
        passed.select(grup="a")
    with pytest.raises(ValueError, match="none of 3"):
        passed.select(group="x")
    with pytest.raises(ValueError, match="must find one row, but 2"):
        passed.row(status="withheld")
    with pytest.raises(ValueError, match="must be 3 booleans"):
        passed.rows([0, 1, 2])


def test_a_total_is_selected_by_none():
    table = pd.DataFrame({"group": ["a", None], "n": [10, 30], "estimate": 1.0})
    assert protect(table, synthetic=True).row(group=None)["n"] == 30


def test_plain_tables_are_turned_down(passed):
    assert require_protected(passed) is passed
    with pytest.raises(TypeError, match="must be a `ProtectedTable`, but is a DataFrame"):
        require_protected(passed.frame)


def test_public_tables_say_why():
    table = declare_public(pd.DataFrame({"value": [40.0]}), "Offentliggjort i delrapport 3.", synthetic=False)
    assert table.frame["status"].tolist() == ["shown"]
    assert not table.synthetic
    with pytest.raises(ValueError, match="`reason` must say why"):
        declare_public(pd.DataFrame({"value": [40.0]}), " ", synthetic=False)


def test_combined_tables_are_synthetic_if_one_is(passed):
    public = declare_public(
        pd.DataFrame({"group": ["x"], "estimate": [1.0]}), "Offentliggjort.", synthetic=False
    )
    both = combine({"own": passed, "published": public})
    assert both.synthetic
    assert both.min_count == 5
    assert both.frame["measure"].tolist() == ["own"] * 3 + ["published"]
    assert both.frame["status"].tolist() == ["withheld", "withheld", "shown", "shown"]


def test_without_data_a_table_counts_as_synthetic(tmp_path, monkeypatch):
    monkeypatch.setenv("ANALYSIS_HOME", str(tmp_path))
    assert protect(groups(a=10)).synthetic


# ---- errors


@pytest.mark.parametrize("count", [2, 0, -5, 5.5, True])
def test_a_threshold_under_three_is_turned_down(count):
    with pytest.raises(ValueError, match="`min_count` must be"):
        protect(groups(a=10), min_count=count)


@pytest.mark.parametrize(("n", "found"), [(-1, "-1"), (2.5, "2.5"), (None, "nan")])
def test_counts_that_are_none_are_turned_down(n, found):
    table = groups(a=10, b=20).assign(n=pd.Series([10, n], dtype=float))
    with pytest.raises(ValueError, match=f"1 of 2 rows are not .first: row 1 = {found}"):
        protect(table)


def test_a_table_without_counts_is_turned_down():
    with pytest.raises(ValueError, match="must have a column `n`"):
        protect(groups(a=10).drop(columns="n"))


def test_unknown_within_doubled_groups_and_impossible_totals_are_turned_down():
    with pytest.raises(ValueError, match="`within` must name columns"):
        protect(groups(a=10), within="region")
    with pytest.raises(ValueError, match="1 of 2 rows are doubled"):
        protect(pd.concat([groups(a=10), groups(a=10)]))
    with pytest.raises(ValueError, match="A total must be at least the sum of its parts"):
        protect(pd.DataFrame({"group": ["a", "b", None], "n": [10, 20, 25], "estimate": 1.0}))


# ---- properties

SIZES = st.lists(st.sampled_from([0, 1, 2, 3, 4, 5, 6, 7, 9, 12, 20, 30]), min_size=3, max_size=8)


@st.composite
def small_tables(draw):
    sizes = draw(SIZES)
    places = st.lists(st.integers(0, 2), min_size=len(sizes), max_size=len(sizes))
    return small_table(sizes, draw(places), draw(places))


def cells_of(table):
    label = margins.labels(table, margins.key_columns(table, None))
    n = table["n"].to_numpy(int)
    return margins.find(label, n, [], np.empty((len(n), 0)), np.empty((len(n), 0)))


def holds(cells, withheld):
    return (
        all(safety.is_safe(cells, withheld, equation, 5) for equation in cells.equations)
        and not linear_attacker.determined(cells, withheld)
        and not linear_attacker.pinned_cells(cells, withheld)
    )


def fewest(cells, start, at_most):
    """Respondents in the cheapest safe set of further cells, by trying them all; the country is kept."""
    candidates = [c for c in np.flatnonzero(~start & (cells.n > 0)) if cells.n[c] < cells.n.max()]
    costs = sorted(
        (int(cells.n[list(chosen)].sum()), chosen)
        for size in range(4)
        for chosen in itertools.combinations(candidates, size)
    )
    for cost, chosen in costs:
        withheld = start.copy()
        withheld[list(chosen)] = True
        if cost >= at_most or holds(cells, withheld):
            return min(cost, at_most)
    return at_most


@settings(max_examples=30, deadline=None)
@given(small_tables())
def test_no_more_is_withheld_than_four_times_the_fewest_respondents_that_would_do(table):
    cells = cells_of(table)
    start = (cells.n > 0) & (cells.n < 5)
    withheld = suppression.complete(cells, start, 5)
    further = int(cells.n[withheld & ~start].sum())
    assert further == 0 if holds(cells, start) else further > 0
    if not withheld[np.argmax(cells.n)]:
        assert further <= 4 * fewest(cells, start, further)


@settings(max_examples=30, deadline=None)
@given(small_tables(), st.randoms(use_true_random=False))
def test_the_order_of_the_rows_decides_nothing(table, random):
    order = list(range(len(table)))
    random.shuffle(order)
    shuffled = table.iloc[order].reset_index(drop=True)
    expected = protect(table, synthetic=True).frame["status"].iloc[order].tolist()
    assert protect(shuffled, synthetic=True).frame["status"].tolist() == expected


@settings(max_examples=30, deadline=None)
@given(small_tables())
def test_small_groups_are_never_shown_and_large_tables_never_lost(table):
    frame = protect(table, synthetic=True).frame
    small = table["n"].between(1, 4).to_numpy()
    assert frame.loc[small, "status"].eq("withheld").all()
    assert frame.loc[table["n"].eq(0).to_numpy(), "status"].eq("missing").all()
    if not small.any():
        assert not frame["status"].eq("withheld").any()


def test_the_country_is_protected_while_one_waits():
    tables = [country_table(seed, median) for seed in range(2) for median in (12, 25)]
    protect(tables[0], synthetic=True)
    started = time.process_time()
    for table in tables:
        protect(table, synthetic=True)
    assert time.process_time() - started < 4 * len(tables)


def test_regions_groups_and_the_country_stay_shown():
    for seed in range(3):
        frame = protect(country_table(seed), synthetic=True).frame
        assert frame.loc[frame["municipality"].isna(), "status"].eq("shown").all()
