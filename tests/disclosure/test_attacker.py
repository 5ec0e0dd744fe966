"""The attacker: it finds what can be found, and nothing after the gate."""

import numpy as np
import pandas as pd
import pytest
from disclosure_tables import PLACES, country_table, small_table
from hypothesis import given, settings
from hypothesis import strategies as st
from reports_of_tables import write_figure
from scipy.sparse import csr_array

from analysis import municipalities
from analysis.disclosure import attacker, protect, suppression
from analysis.disclosure.attacker import Knowledge, always_zero, bounds, pinned_counts
from analysis.measures.places import base_pattern, count_respondents
from rerun.audit import audit, main
from rerun.audit.attack import attack, attack_table, complete, name_of, narrow_estimates
from rerun.audit.leaks import leaks_in

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


def as_exported(table):
    """A protected table as an attacker has it: keys, and numbers where they are shown."""
    frame = table.frame
    for key in ("municipality", "region", "municipality_group", "area", "role", "group"):
        frame[key] = frame[key].astype(object).fillna("") if key in frame else ""
    frame["n"] = frame["n"].astype("Float64").to_numpy(float, na_value=np.nan)
    return frame.assign(min_count=5, quantity="q", source="caseworkers", variable="v", half=0.005, top=1000.0)


@st.composite
def small_tables(draw):
    sizes = draw(st.lists(st.sampled_from([0, 1, 1, 2, 3, 4, 6, 9, 20]), min_size=3, max_size=9))
    places = st.lists(st.integers(0, 2), min_size=len(sizes), max_size=len(sizes))
    return small_table(sizes, draw(places), draw(places))


@settings(max_examples=40, deadline=None)
@given(small_tables())
def test_random_tables_of_places_give_nothing_away(table):
    assert list(attack_table(as_exported(protect(table, synthetic=True)))) == []


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([8, 15, 30]), st.booleans())
def test_random_countries_give_nothing_away(seed, median, areas):
    table = protect(country_table(seed, median, areas), synthetic=True)
    assert attack(as_exported(table)) == []


def test_the_attacker_finds_what_a_gate_without_complements_leaves_open(monkeypatch):
    complements_off(monkeypatch)
    found = attack(as_exported(protect(country_table(3), synthetic=True)))
    assert {kind for kind, *_ in found} >= {"pinned estimate", "pinned count"}


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(1, 30), min_size=3, max_size=8))
def test_without_complements_one_small_group_beside_its_total_is_always_found(sizes):
    sizes = [4, *(size + 5 for size in sizes)]
    with pytest.MonkeyPatch.context() as patch:
        complements_off(patch)
        table = protect(small_table(sizes, [0] * len(sizes), [0] * len(sizes)), synthetic=True)
    found = list(attack_table(as_exported(table)))
    assert ("pinned count", "m0", "n can only be 4") in found
    assert ("pinned estimate", "m0", "it follows exactly from what is shown") in found


def test_a_small_union_is_found():
    table = as_exported(protect(small_table([2, 2, 9, 8], [0] * 4, [0] * 4), synthetic=True))
    table.loc[2:3, ["status", "n", "estimate"]] = [["shown", 9.0, 1.0], ["shown", 8.0, 1.0]]
    assert "small union" in {kind for kind, *_ in attack_table(table)}


def test_who_answered_bounds_who_answered_a_question():
    measure = pd.DataFrame(
        {
            "municipality": ["m0", "m1", ""],
            "region": ["r0", "r0", "r0"],
            "municipality_group": ["g0", "g0", ""],
            "area": "",
            "role": "",
            "group": "",
            "status": ["withheld", "withheld", "shown"],
            "n": [np.nan, np.nan, 12],
            "estimate": [np.nan, np.nan, 1.0],
            "min_count": 5,
            "half": 0.005,
            "top": 1000.0,
        }
    )
    keys = ["municipality", "region", "municipality_group", "area", "role", "group"]
    most = pd.Series([8.0, 4.0], index=pd.MultiIndex.from_frame(measure[keys].iloc[:2]))
    assert list(attack_table(measure)) == []
    assert {cell for _, cell, _ in attack_table(measure, most)} == {"m0", "m1"}


def test_a_mean_is_bounded_by_what_the_others_leave():
    sizes, means = [3, 20, 30], [40.0, 55.0, 50.0]
    total = sum(n * mean for n, mean in zip(sizes, means, strict=True)) / sum(sizes)
    table = as_exported(protect(small_table([*sizes], [0] * 3, [0] * 3), synthetic=True))
    table["estimate"] = [np.nan, 55.0, 50.0, *[total] * (len(table) - 3)]
    table.loc[1, ["status", "n"]] = ["shown", 20.0]
    equations = [(3, np.array([0, 1, 2]))]
    known = np.array([np.nan, 20, 30, 53.0])
    ((cell, low, high),) = narrow_estimates(table.iloc[:4].assign(half=0.001), equations, known)
    assert cell == 0
    assert low < 40.0 < high < 40.2
    # rounded to whole cases the total leaves room
    assert not list(narrow_estimates(table.iloc[:4].assign(half=0.5), equations, known))


def test_sums_that_contradict_each_other_bound_nothing():
    table = as_exported(protect(small_table([9, 20, 30], [0] * 3, [0] * 3), synthetic=True)).iloc[:4].copy()
    table["estimate"] = [np.nan, 55.0, 50.0, 1.0]
    table.loc[0, "status"] = "withheld"
    assert not list(narrow_estimates(table, [(3, np.array([0, 1, 2]))], np.array([np.nan, 20, 30, 59.0])))


def test_cells_that_no_file_shows_are_known_to_exist():
    exported = as_exported(protect(country_table(0, areas=False), synthetic=True))
    one = exported[exported["municipality"].isin(["Roskilde", ""])]
    every = complete(one)
    assert len(every) == 98 + 5 + 5 + 1
    assert every["status"].eq("unknown").sum() == 97
    assert name_of(every.loc[every["municipality"].eq("Roskilde")].iloc[0].to_dict()) == "Roskilde"


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
        assert attack(as_exported(measure)) == []


# ---- the audit of reports


def national(seed=0, **quantity):
    table = country_table(seed)
    table["place_level"] = "municipality"
    return protect(table, synthetic=True, quantity=CASELOAD | quantity)


def report_of(table, place):
    """What a municipality's report shows: itself, its group and region, and the country."""
    own = municipalities.find(place)
    frame = table.frame
    total = frame["municipality"].isna()
    here = frame["municipality"].eq(own.name).fillna(False)
    near = total & (frame["region"].isna() | frame["region"].eq(own.region))
    near &= frame["municipality_group"].isna() | frame["municipality_group"].eq(own.group)
    return table.rows((here | near).to_numpy(bool))


def write_all(reports, table, count=98):
    for place in municipalities.everyone()[:count]:
        write_figure(reports, place.code, "sagstal", report_of(table, place.name))


def test_all_reports_together_give_nothing_away(tmp_path, capsys):
    write_all(tmp_path, national())
    assert main([str(tmp_path)]) == 0
    told = capsys.readouterr().out
    assert "98 reports, 98 files, 1 quantities" in told
    assert "The attacker pinned nothing." in told


def test_reports_of_a_gate_without_complements_are_found_out(tmp_path, monkeypatch, capsys):
    complements_off(monkeypatch)
    write_all(tmp_path, national())
    assert main([str(tmp_path)]) == 1
    assert "pinned count: caseworkers caseload 2014" in capsys.readouterr().out


def test_a_few_reports_give_nothing_away_for_the_rest_is_unknown(tmp_path, monkeypatch):
    complements_off(monkeypatch)
    write_all(tmp_path, national(), count=3)
    assert not audit(tmp_path).findings["kind"].eq("pinned count").any()


def test_a_cell_shown_in_one_report_and_withheld_in_another_is_found(tmp_path):
    table = national()
    hidden = table.frame.loc[
        table.frame["status"].eq("withheld") & table.frame["area"].isna(), "municipality"
    ].iloc[0]
    careless = country_table(0)
    careless["n"] += 5 * careless["n"].gt(0)
    careless = careless[careless["municipality"].eq(hidden).fillna(False) & careless["area"].isna()]
    write_figure(tmp_path, "a", "sagstal", table)
    write_figure(tmp_path, "b", "sagstal", protect(careless, synthetic=True, quantity=CASELOAD))
    found = audit(tmp_path).findings
    assert "shown and withheld" in set(found["kind"])
    assert hidden in set(found["cell"])


def test_a_number_in_a_withheld_row_is_found(tmp_path):
    write_figure(tmp_path, "a", "sagstal", national())
    file = tmp_path / "a" / "figurer" / "sagstal.csv"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace(";;diskretioneret", "3,50;;diskretioneret", 1), encoding="utf-8")
    assert "number in a withheld row" in set(audit(tmp_path).findings["kind"])


def test_numbers_that_differ_between_reports_are_found(tmp_path):
    write_figure(tmp_path, "a", "sagstal", report_of(national(), "Roskilde"))
    write_figure(tmp_path, "b", "sagstal", report_of(national(1), "Roskilde"))
    assert "contradiction" in set(audit(tmp_path).findings["kind"])


def test_an_empty_folder_and_a_csv_that_is_not_its_record_are_told(tmp_path, capsys):
    assert main([str(tmp_path)]) == 2
    assert "Run `make reports` first" in capsys.readouterr().err
    write_figure(tmp_path, "a", "sagstal", national())
    file = tmp_path / "a" / "figurer" / "sagstal.csv"
    file.write_text(file.read_text(encoding="utf-8").split("\n")[0] + "\n", encoding="utf-8")
    assert main([str(tmp_path)]) == 2
    assert "has 0." in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "leak"),
    [
        ('"input_path": "/home/anne/projekt/notebooks/02.ipynb"', "an absolute path"),
        ("C:\\Users\\Anne\\rapport", "an absolute path"),
        ("Traceback (most recent call last)", "a traceback"),
        ("<table><th>weight</th><th>case_unit</th></table>", "rows of respondents"),
    ],
)
def test_leaks_are_found(text, leak, tmp_path):
    assert leaks_in(text) == [leak]
    write_figure(tmp_path, "a", "sagstal", report_of(national(), "Roskilde"))
    (tmp_path / "a" / "side.html").write_text(text, encoding="utf-8")
    found = audit(tmp_path).findings
    assert found[["kind", "quantity", "detail"]].to_numpy().tolist() == [["leak", "a/side.html", leak]]


def test_ordinary_pages_leak_nothing():
    page = '<a href="02_caseload.html">Sagstal</a> <table><th>Sted</th></table> https://www.sm.dk/home/x'
    assert leaks_in(page) == []


def test_the_user_is_no_leak_unless_named(monkeypatch):
    monkeypatch.setattr("getpass.getuser", lambda: "annehansen")
    assert leaks_in("skrevet af annehansen") == ["the name of a user"]


def test_pinned_cells_of_nothing_withheld_are_none():
    table = small_table([9, 9, 9], [0, 0, 0], [0, 0, 0])
    frame = protect(table, synthetic=True).frame
    assert frame["status"].eq("shown").all()
    assert attacker.pinned_counts(known([[1]], [3]), []) == []
