"""The synthetic national survey: caseworkers' and leaders' answers, one row an invited person."""

import numpy as np
import pandas as pd

from analysis.prepare.survey import weigh
from analysis.synthetic.answers import closed, counts_with_mean, gaps, latent, scale_shares
from analysis.synthetic.manifest import value


def _caseloads(people: pd.DataFrame, workload: np.ndarray, random: np.random.Generator) -> pd.Series:
    latents, weights = latent(people, random, workload), people["weight"].to_numpy()
    given = gaps(len(people), random, dont_know=False) == ""
    caseloads = pd.Series(pd.NA, index=people.index, dtype="Int64")
    for area in ("at_risk", "disability"):
        here = given & (people["area"] == area).to_numpy()
        mean = value(f"caseload_mean_{area}")
        caseloads[here] = counts_with_mean(
            latents[here], weights[here], mean, value("caseload_dispersion"), random
        )
    return caseloads


def _sparring(people: pd.DataFrame, workload: np.ndarray, random: np.random.Generator) -> pd.DataFrame:
    latents = latent(people, random, -workload)
    hours = np.clip(np.round((value("sparring_hours_mean") + 0.7 * latents) * 2) / 2, 0, None)
    team, leader = value("sparring_team_meeting_share"), value("sparring_leader_share")
    forum = {"team_meeting": team, "informal": 0.15, "individual": 0.96 - team - 0.15, "none": 0.04}
    responsible = {"colleagues": 0.29, "leader": leader, "coordinator": 0.94 - 0.29 - leader, "nobody": 0.06}
    weights = people["weight"].to_numpy()
    return pd.DataFrame(
        {
            "sparring_hours": pd.Series(hours).mask(gaps(len(people), random, dont_know=False) != ""),
            "sparring_forum": closed(latent(people, random), weights, forum, random),
            "sparring_responsible": closed(latent(people, random), weights, responsible, random),
        }
    )


def _yes(latents: np.ndarray, weights: np.ndarray, share: float, random: np.random.Generator) -> np.ndarray:
    return closed(latents, weights, {"yes": share, "no": 1 - share}, random)


def _introduction(people: pd.DataFrame, random: np.random.Generator) -> pd.DataFrame:
    weights = people["weight"].to_numpy()
    has_programme = _yes(latent(people, random), weights, value("introduction_share"), random)
    days = np.maximum(np.round(value("introduction_days_mean") + 5 * latent(people, random)), 1)
    days = pd.Series(days).mask(gaps(len(people), random, dont_know=False) != "")
    mentor = pd.Series(_yes(latent(people, random), weights, value("mentor_share"), random))
    asked = has_programme == "yes"
    return pd.DataFrame(
        {
            "has_introduction_programme": has_programme,
            "introduction_days": days.where(asked),
            "has_mentor": mentor.where(asked),
        }
    )


def _opinions(
    people: pd.DataFrame, role: str, workload: np.ndarray, random: np.random.Generator
) -> pd.DataFrame:
    weights = people["weight"].to_numpy()
    sufficient = scale_shares(value(f"introduction_low_share_{role}s"))
    handover = scale_shares(value(f"handover_share_{role}s"))
    return pd.DataFrame(
        {
            "introduction_sufficient": closed(latent(people, random, workload), weights, sufficient, random),
            "case_handover": closed(latent(people, random, workload), weights, handover, random),
        }
    )


def _working_conditions(people: pd.DataFrame, random: np.random.Generator) -> pd.DataFrame:
    codes, places = pd.factorize(people["municipality_code"])
    family = random.uniform(size=len(places)) < value("family_unit_share")
    hours = random.choice([37.0, 34.0, 32.0, 30.0, 25.0], size=len(people), p=[0.7, 0.08, 0.1, 0.08, 0.04])
    return pd.DataFrame(
        {
            "case_unit": np.where(family[codes], "family", "child"),
            "weekly_hours": hours,
        }
    )


def _caseworkers(people: pd.DataFrame, random: np.random.Generator) -> pd.DataFrame:
    workload, weights = random.normal(size=len(people)), people["weight"].to_numpy()
    unforeseen = value("unforeseen_change_share")
    return pd.concat(
        [
            people,
            _caseloads(people, workload, random).rename("caseload"),
            _working_conditions(people, random),
            _sparring(people, workload, random),
            _introduction(people, random),
            _opinions(people, "caseworker", workload, random),
        ],
        axis=1,
    ).assign(
        change_planned=closed(
            latent(people, random), weights, {"planned": 1 - unforeseen, "unforeseen": unforeseen}, random
        ),
        has_changed_workplace=_yes(
            latent(people, random, -workload), weights, value("turnover_share"), random
        ),
    )


def _leaders(people: pd.DataFrame, random: np.random.Generator) -> pd.DataFrame:
    weights = people["weight"].to_numpy()
    programme = _yes(latent(people, random), weights, min(value("introduction_share") + 0.1, 1), random)
    opinions = _opinions(people, "leader", random.normal(size=len(people)), random)
    return pd.concat([people, opinions], axis=1).assign(has_introduction_programme=programme)


def make_answers(invited: pd.DataFrame, staff: pd.DataFrame, random: np.random.Generator) -> pd.DataFrame:
    """Every invited person, with answers where there are any.

    The answers are drawn for those who completed, with the weights that `prepare` will give them, so that the
    weighted margins are those of the manifest. Those who began have only background answers.
    """
    answered = []
    for role, make in (("caseworker", _caseworkers), ("leader", _leaders)):
        people = invited[(invited["role"] == role) & (invited["status"] == "completed")]
        weighed = weigh(people, staff[staff["role"] == role])
        answers = make(weighed.reset_index(drop=True), random)
        answered.append(answers.set_axis(people.index).drop(columns=people.columns))
    return invited.join(pd.concat(answered)).drop(columns=["weight", "design_weight", "employed_count"])
