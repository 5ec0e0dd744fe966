"""The demonstration practices of the nine are as the report says that the nine are."""

import pytest

from analysis.synthetic.mapping import make_practices
from analysis.texts import sources


@pytest.fixture(scope="module")
def nine():
    return make_practices()


def published(key: str) -> tuple[float, float]:
    row = sources.figure(key)
    return row["value"], row["value_high"]


def count(nine, column: str, level: str) -> int:
    return int(nine[column].eq(level).sum())


@pytest.mark.parametrize("area", ["at_risk", "disability"])
def test_several_lie_a_little_below_the_country_and_one_markedly(nine, area):
    below = published(f"caseload_{area}")[0] - nine[f"caseload_{area}"].dropna().astype(float)
    assert below.between(*published("caseload_visited")).sum() >= 3
    markedly = published(f"caseload_{area}")[0] / 3
    assert (below > markedly).sum() == published("caseload_visited_outlier")[0]


def test_sparring_is_as_told(nine):
    assert nine["sparring_hours"].dropna().astype(float).between(*published("sparring_hours")).all()
    assert count(nine, "sparring_forum", "team_meeting") == published("sparring_forum")[0]
    assert count(nine, "has_systematic_sparring", "no") == published("sparring_none")[0]
    assert count(nine, "has_informal_sparring", "yes") > 4
    assert 1 <= count(nine, "sparring_gap", "yes") <= 3


def test_introduction_and_handover_are_as_told(nine):
    assert count(nine, "has_fixed_introduction", "yes") > 4
    assert count(nine, "introduction_works_well", "yes") == published("introduction_systematic")[0]
    assert nine["introduction_days"].dropna().astype(float).median() == pytest.approx(
        published("introduction_days")[0], abs=1
    )
    programmes = nine[nine["has_fixed_introduction"].eq("yes")]
    assert 2 * count(programmes, "has_mentor", "yes") > len(programmes)
    smaller = nine[nine["size"].eq("smaller")]
    assert 2 * count(smaller, "has_leader_introduction", "yes") > len(smaller)
    assert count(nine, "handover_difficulty", "lesser") > 4
