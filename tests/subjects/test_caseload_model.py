import re

import pandas as pd
import pytest

from analysis import data
from analysis.estimates import models
from analysis.subjects import caseload as caseload_model


@pytest.fixture
def people():
    """Twenty caseworkers at 37 hours and equal dispersion, with 1.5 times the cases on one area."""
    counts = [20, 24, 28, 30, 30, 32, 34, 36, 40, 46]
    area = pd.Categorical(["at_risk"] * 10 + ["disability"] * 10)
    caseload = pd.array([*counts, *(int(1.5 * count) for count in counts[::-1])], dtype="Int64")
    rows = {
        "area": area,
        "caseload": caseload,
        "weekly_hours": 37.0,
        "municipality_code": [f"{i:04d}" for i in range(10)] * 2,
    }
    return pd.DataFrame(rows)


def test_the_ratio_is_said_as_the_model_found_it(people, monkeypatch):
    monkeypatch.setattr(data, "read", lambda name, year: people)
    said = caseload_model.ratio_at_equal_hours.__wrapped__(2014)
    ratio = models.caseload_ratios(people, ["area"], cluster="municipality_code").ratios["ratio"].iloc[-1]
    assert ratio == pytest.approx(1.5, rel=0.01)
    assert "sagstallet på handicapområdet 1,50 gange" in said
    assert re.search(r"model; 20 svar, 0 mangler", said)


def test_a_broken_assumption_is_said(people, monkeypatch):
    people["caseload"] = pd.array([30, 31] * 10, dtype="Int64")
    monkeypatch.setattr(data, "read", lambda name, year: people)
    said = caseload_model.ratio_at_equal_hours.__wrapped__(2014)  # what is kept is of the data as it is
    assert re.search(r"Forbehold: \w+ af modellens \w+ forudsætninger holder ikke", said)
