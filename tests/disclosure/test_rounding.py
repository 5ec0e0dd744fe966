"""How precisely a number leaves: rounded once, in the gate, and consistent with the verdict that was decided before."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.disclosure import protect, rounding

FINE = {"estimate": 0.43217, "low": 0.31234, "high": 0.55555, "n_effective": 41.37, "shrunken": 0.40404}
COMPARED = {
    "difference": 0.104321,
    "difference_low": 0.0012,
    "difference_high": 0.2123,
    "p_adjusted": 0.04963,
}


def table(**columns) -> pd.DataFrame:
    row = {"group": "a", "n": 44, "standard_error": 0.0713, "df": 43, "weight": 1.2345, **FINE, **COMPARED}
    return pd.DataFrame([row | columns, row | columns | {"group": "b"}])


def left(quantity, **columns) -> pd.Series:
    return protect(table(**columns), synthetic=True, quantity=quantity).frame.iloc[0]


def test_shares_leave_in_whole_percent_and_nothing_tells_the_weights():
    row = left({"level": "yes"})
    assert row[["estimate", "low", "high", "shrunken"]].tolist() == [0.43, 0.31, 0.56, 0.40]
    assert row[["n", "n_effective"]].tolist() == [44, 41]
    assert not {"standard_error", "df", "weight"} & set(row.index)


def test_a_measure_says_its_own_decimals():
    assert left({"unit": "sager", "decimals": 0}, estimate=40.4)["estimate"] == 40
    assert left({"unit": "sager", "decimals": 1}, estimate=40.44)["estimate"] == 40.4
    assert left({"unit": "pct.", "decimals": 0})["estimate"] == 0.43
    rows = table(estimate=40.44, decimals=1, unit="sager")
    rows.loc[1, ["estimate", "unit", "decimals"]] = [0.4044, "pct.", 0]
    assert protect(rows, synthetic=True).frame["estimate"].tolist() == [40.4, 0.40]


def test_a_difference_is_the_shown_value_less_the_shown_reference():
    row = left({"level": "yes"})
    # 0.43 less 0.33 (0.432 less 0.104), and the lower limit stays over 0, as the verdict says
    assert row[list(rounding.PARTS_OF_A_DIFFERENCE)].tolist() == pytest.approx([0.10, 0.01, 0.21])
    assert row["p_adjusted"] < 0.05


def test_spread_is_rounded_and_tests_are_counted_among_what_is_shown():
    rows = table(place_level="municipality")
    rows.loc[0, "n"] = 3
    told = protect(
        pd.concat([rows, rows.assign(group=["c", "d"], n=50)]),
        synthetic=True,
        quantity={"spread": {"at_risk": 12.3456, "disability": 9.87}, "tests": 4},
    )
    assert told.quantity["spread"] == {"at_risk": 12.3, "disability": 9.9}
    assert told.quantity["tests"] == told.frame["p_adjusted"].notna().sum() == 2


def test_without_rounding_everything_would_leave(monkeypatch):
    monkeypatch.setattr(rounding, "ROUNDS", False)
    assert left({"level": "yes"})["estimate"] == FINE["estimate"]


@given(
    st.floats(0, 1),
    st.floats(-1, 1),
    st.floats(0, 0.5),
    st.floats(0, 0.5),
    st.integers(0, 2),
)
def test_a_limit_never_reaches_or_crosses_0_and_holds_its_difference(share, gap, below, above, decimals):
    fine = {
        "estimate": share,
        "difference": gap,
        "difference_low": gap - below,
        "difference_high": gap + above,
    }
    row = rounding.rounded(pd.DataFrame([fine]), {"unit": "", "decimals": decimals}).iloc[0]
    for name in ("difference_low", "difference_high"):
        assert np.sign(row[name]) == np.sign(fine[name])
    assert row["difference_low"] <= row["difference"] <= row["difference_high"]
    assert abs(row["difference"] - gap) <= 1.01 * 10.0**-decimals


@given(st.lists(st.floats(-1e4, 1e4), min_size=1), st.integers(0, 3))
def test_what_has_been_rounded_stays(values, decimals):
    once = rounding.to_decimals(values, decimals)
    assert (rounding.to_decimals(once, decimals) == once).all()
    assert (np.diff(once[np.argsort(values, kind="stable")]) >= 0).all()
