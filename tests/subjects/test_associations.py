"""What goes together: models behind the gate, words that say no more than the rows, a world without associations."""

import numpy as np
import pandas as pd
import pytest

from analysis import data, measures, sentences
from analysis.subjects import association_models, associations

YEAR = 2014
CAUSAL = ("fører til", "skyldes", "på grund af", "effekt", "påvirker", "giver")


@pytest.fixture(scope="module")
def effects():
    return {outcome: associations.effects(outcome, YEAR) for outcome in associations.OUTCOMES}


def _said(table) -> list[str]:
    texts = associations.for_effects(table, "Roskilde")
    return [texts["headline"], texts["note"], associations.finding(table)]


def test_words_go_together_and_never_lead_to(effects):
    for table in effects.values():
        texts = _said(table)
        assert not [
            word
            for word in CAUSAL
            for text in texts
            if word in text.lower().replace("effektiv overlevering", "")
        ]
        assert "hænger" in texts[0] and "hænger" in texts[2]
        assert texts[0].startswith("Eksempel på metoden: ")
        assert texts[2].startswith("**Opdigtede data med antagne sammenhænge:** ")


def test_each_row_stands_beside_its_interval(effects):
    for table in effects.values():
        rows = table.frame
        assert rows["status"].eq("shown").all() and len(rows) == 12
        clear = rows["verdict"].isin(["over", "under"])
        assert (np.sign(rows["low"]) == np.sign(rows["high"]))[clear].all()
        text = associations.finding(table)
        for _, row in rows.iterrows():
            assert (associations._phrase(row["term"]) in text) == (row["verdict"] != "som")


def test_classes_of_the_curve_hold_the_threshold_and_lie_beside_the_answers():
    for min_count in (5, 100):
        table = associations.curve("case_handover", YEAR, min_count)
        rows = table.frame
        assert (rows["n"] >= min_count).all() and rows["status"].eq("shown").all()
        assert rows["estimate"].between(rows["low"], rows["high"]).all()
        assert (rows["estimate"].diff().dropna() >= 0).all()
    people = data.read("caseworkers", YEAR)
    first = rows["cases"].iloc[0]
    highest = int(first.split("–")[1])
    answered = people["case_handover"].notna() & people["case_handover"].ne("dont_know")
    assert rows["n"].iloc[0] == (answered & people["caseload"].le(highest)).sum()


def test_a_level_under_the_threshold_is_withheld_with_all_that_is_held_against_it():
    table = associations.effects("case_handover", YEAR, 400).frame
    hidden = table[table["status"].ne("shown")]["term"].tolist()
    assert "Introduktionsprogram uden mentor, mod intet" in hidden  # 367
    assert table.loc[table["status"].ne("shown"), ["estimate", "low", "high", "n"]].isna().all(axis=None)
    assert "uden mentor" not in associations.finding(associations.effects("case_handover", YEAR, 400))


def test_between_and_within_are_kept_apart():
    people = association_models._people(YEAR)
    known = people.dropna(subset=["caseload"])
    own = known.groupby("municipality_code")[["caseload_within", "weight"]]
    means = own.apply(lambda rows: np.average(rows["caseload_within"].astype(float), weights=rows["weight"]))
    np.testing.assert_allclose(means, 0, atol=1e-9)
    total = 10 * (known["caseload_within"] + known["caseload_between"])
    np.testing.assert_allclose(total.astype(float), known["caseload"].astype(float))


def test_in_a_world_where_nothing_goes_together_little_is_said_to(monkeypatch):
    """Answers drawn for all alike: of twelve terms in eight worlds hardly any is called clear."""
    people = data.read("caseworkers", YEAR)
    clear = []
    for seed in range(8):
        rng = np.random.default_rng(seed)
        drawn = people.assign(case_handover=people["case_handover"].to_numpy()[rng.permutation(len(people))])
        drawn["case_handover"] = pd.Categorical(
            drawn["case_handover"], people["case_handover"].cat.categories
        )
        monkeypatch.setattr(data, "read", lambda name, year, drawn=drawn: drawn)
        table = associations.effects.__wrapped__("case_handover", YEAR)
        clear.append(int(table.frame["verdict"].isin(["over", "under"]).sum()))
        if not clear[-1]:
            assert "hænger ikke målbart sammen med" in associations.for_effects(table, "Roskilde")["headline"]
            assert "** Ingen af de 12 forhold hænger målbart sammen" in associations.finding(table)
    assert sum(count > 0 for count in clear) <= 2


@pytest.mark.parametrize("place", ["Roskilde", "Læsø", "Storbykommuner", "Hele landet"])
def test_a_place_is_told_where_it_lies(place):
    shown = [measures.measure(name, YEAR) for name in ("caseload", "handover_difficult")]
    text = associations.of_place(*shown, place)
    assert text.endswith(".") and "nan" not in text and "  " not in text
    if place == "Læsø":
        assert text == "Sagstallet på Læsø vises ikke. Andelen på Læsø vises ikke."
    else:
        assert text.count("pct.") == 3, text


def test_the_other_sentences_are_whole():
    for outcome in ("case_handover", "introduction_sufficient"):
        text = associations.on_the_scale(associations.scale(outcome, YEAR))
        assert text.endswith(".") and "odds" in text
    assert "enkelttilfælde" in associations.nine()
    assert associations.reservations(YEAR).startswith("60 pct. af sagsbehandlerne har svaret.")


@pytest.mark.parametrize("place", ["Roskilde", "Læsø", "Fanø", "Gribskov", "Storbykommuner", "Hele landet"])
def test_a_place_is_marked_on_the_curve_where_both_its_numbers_are_shown(place):
    caseloads, difficult = (measures.measure(name, YEAR) for name in ("caseload", "handover_difficult"))
    plain = associations.curve("case_handover", YEAR)
    rows = associations.beside_curve(plain, caseloads, difficult, place).frame
    marks = rows[rows["estimate"].isna()]
    cases, share = sentences.own_rows(caseloads, place), sentences.own_rows(difficult, place).iloc[0]
    shown = (
        cases[cases["status"].eq("shown")] if share["status"] == "shown" and place != "Hele landet" else []
    )
    assert len(marks) == len(shown) and len(rows) == len(plain) + len(marks)
    assert rows["status"].eq("shown").all()
    if len(marks):
        assert marks["observed"].eq(share["estimate"]).all() and marks["n"].eq(share["n"]).all()
        assert (marks["caseload"].to_numpy() == shown["estimate"].round().to_numpy()).all()


def test_a_term_that_all_answered_alike_is_told_to_be_left_out(monkeypatch):
    people = data.read("caseworkers", YEAR)
    alike = people.assign(case_unit=people["case_unit"].where(people["case_unit"].isna(), "child"))
    monkeypatch.setattr(data, "read", lambda name, year: alike)
    table = associations.effects.__wrapped__("case_handover", YEAR)
    assert len(table) == 11
    assert (
        "ingen har svaret, eller alle ens: opgørelse pr. barn eller familie."
        in associations.for_effects(table, "Roskilde")["note"]
    )


def test_a_group_that_answered_alike_is_named(monkeypatch):
    people = data.read("caseworkers", YEAR)
    answers = people["case_handover"].where(people["municipality_group"].ne("Oplandskommuner"), "not_at_all")
    apart = people.assign(case_handover=answers.where(people["case_handover"].notna()))
    monkeypatch.setattr(data, "read", lambda name, year: apart)
    with pytest.raises(
        ValueError, match="`municipality_group` must have both answers.*Oplandskommuner.*separation"
    ):
        associations.effects.__wrapped__("case_handover", YEAR)


def test_municipalities_that_answered_alike_stop_nothing(monkeypatch):
    """One, or a region's: the terms are of the country, and no municipality is one."""
    people = data.read("caseworkers", YEAR)
    alike = people["municipality"].eq("Roskilde") | people["region"].eq("Nordjylland")
    answers = people["case_handover"].mask(alike & people["case_handover"].notna(), "not_at_all")
    monkeypatch.setattr(data, "read", lambda name, year: people.assign(case_handover=answers))
    assert associations.effects.__wrapped__("case_handover", YEAR).frame["status"].eq("shown").all()
    assert associations.curve.__wrapped__("case_handover", YEAR).frame["status"].eq("shown").all()
    assert associations.scale.__wrapped__("case_handover", YEAR).frame["status"].eq("shown").all()
