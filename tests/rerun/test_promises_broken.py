"""The attacker finds again what each promise of the gate keeps, when a test breaks that promise."""

import pytest
from made_country import KEYS, SQUARE, SQUARE_SIZES, measured, people, release, staff

from analysis import disclosure, municipalities
from analysis.disclosure import cells, limit_words, protect, rounding
from analysis.measures.places import count_respondents
from rerun.audit import audit
from rerun.audit.granted import Granted

RATE = {"table": "staff", "variable": "response_rate", "level": None}
CASELOAD = {"table": "caseworkers", "variable": "caseload", "level": None}
PROGRAMME = {"table": "caseworkers", "variable": "programme", "level": "yes"}


@pytest.fixture
def table(monkeypatch):
    """Respondents of a made country, instead of Denmark; some places answer all alike about their programme."""
    monkeypatch.setattr(municipalities, "table", lambda: SQUARE.copy())
    rows = people(SQUARE, SQUARE_SIZES)
    for place, others in {"A1": 0, "B1": 1, "C1": 0, "D1": 0, "D3": 2}.items():
        mine = rows["municipality"].eq(place)
        rows.loc[mine, "programme"] = ["yes"] * (mine.sum() - others) + ["no"] * others
    return rows


@pytest.fixture
def broken(monkeypatch):
    """Break a promise of the gate, for this test."""

    def breaks(module, promise, value):
        monkeypatch.setattr(module, promise, value)
        disclosure._closed.cache_clear()

    yield breaks
    disclosure._closed.cache_clear()


def attacked(folder, table, known=()):
    granted = Granted(staff(SQUARE_SIZES), table, {}, {"caseload": 1.0})
    return audit(folder, known, granted=granted, values=cells.WIDTH)


def gated(table, column, areas, min_count=5, neighbours=disclosure.NEIGHBOURS):
    """A measure of the made country as the gate lets it out, in the units of its figure."""
    rows = measured(table, column, areas)
    scale = 100.0 if column == "programme" else 1.0
    told = rows[KEYS].replace("", None).assign(n=rows["n"], estimate=rows["estimate"] / scale)
    if column == "programme":
        told["level_count"] = rows["said_so"]
    quantity = {"unit": "pct.", "decimals": 0} if column == "programme" else {"unit": "sager", "decimals": 1}
    base = count_respondents(table, staff(SQUARE_SIZES))
    shown = protect(told, min_count, KEYS, True, quantity, base, neighbours).frame
    limits = [limit_words(row) if row["status"] == "bounded" else "" for row in shown.to_dict("records")]
    estimate = shown["estimate"].astype(float) * scale
    return rows.assign(status=shown["status"], estimate=estimate, limit=limits)


def released(folder, table, min_count=5, **how):
    """Three figures of the made country, drawn from what the gate lets out."""
    figures = {
        "svar": (gated(table, "caseload", False, min_count), RATE, "pct."),
        "sagstal": (gated(table, "caseload", True, min_count), CASELOAD, "sager"),
        "program": (gated(table, "programme", False, min_count, **how), PROGRAMME, "pct."),
    }
    for name, (rows, quantity, unit) in figures.items():
        release(folder, name, rows, quantity=quantity, unit=unit, min_count=min_count, drawn_rounded=False)
    return folder


def found(result, kind):
    rows = result.findings[result.findings["kind"].eq(kind)]
    return dict(zip(rows["cell"], rows["detail"], strict=True))


def test_of_what_the_whole_gate_lets_out_nothing_gives_way(table, tmp_path):
    low, high = released(tmp_path / "5", table, 5), released(tmp_path / "10", table, 10)
    for folder, known in ((low, []), (low, [high])):
        told = attacked(folder, table, known).findings
        assert told.empty, told


def test_without_rounding_both_caseloads_of_two_caseworkers_are_found(table, tmp_path, broken):
    broken(cells, "WIDTH", 2)  # among few others, as an earlier gate hid them
    rounded = attacked(released(tmp_path / "rounded", table), table)
    assert not found(rounded, "withheld mean")
    broken(rounding, "ROUNDS", False)
    exact = attacked(released(tmp_path / "exact", table), table)
    told = found(exact, "withheld mean")
    assert told["Læsø, at_risk"] == "it is 49"
    assert told["Læsø, disability"] == "it is 55"
    assert found(exact, "pinned count")["Læsø"] == "n can only be 2"


def test_without_the_rule_on_status_the_shares_of_all_alike_are_found(table, tmp_path, broken):
    assert not found(attacked(released(tmp_path / "ruled", table), table), "told by its status")
    broken(disclosure, "NEIGHBOURS", 0)
    told = found(attacked(released(tmp_path / "free", table, neighbours=0), table), "told by its status")
    assert {place: told[place] for place in ("A1", "C1", "D1")} == {
        "A1": "`over 95 pct.` of 59 can only be everybody",
        "C1": "`over 95 pct.` of 66 can only be everybody",
        "D1": "`over 95 pct.` of 50 can only be everybody",
    }


def test_thresholds_that_begin_anew_give_counts(table, tmp_path, broken):
    broken(cells, "MONOTONE", False)
    low, high = released(tmp_path / "5", table, 5), released(tmp_path / "6", table, 6)
    told = attacked(low, table, [high])
    assert set(found(told, "shown and withheld")) == {"A3, at_risk", "A3, disability"}
    assert found(told, "narrow count")["C0, disability"] == "n is between 5 and 6"
    for alone in (low, high):
        assert "C0, disability" not in found(attacked(alone, table), "narrow count")
