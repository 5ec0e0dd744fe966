"""Sentences: each verdict in its words, nothing said of what is hidden, and Danish as it is written."""

import re

import numpy as np
import pandas as pd
import pytest

from analysis import codebook, danish, data, figure_texts, measures, municipalities, sentences, views
from analysis.charts import captions
from analysis.charts.captions import claims
from analysis.disclosure import not_asked, protect
from analysis.measures import answers as distributions
from analysis.measures import places as place_estimates
from analysis.measures.selections import outside

YEAR = 2014
PLACES = municipalities.places()


def row(place: str, verdict: str = "som", estimate: float = 40.0, n: int = 30, **more) -> dict:
    level = "country" if place == municipalities.COUNTRY else "municipality"
    spread = {"over": (2.0, 8.0), "maybe_over": (2.0, 8.0), "under": (-8.0, -2.0)}.get(verdict, (-3.0, 3.0))
    return {
        "place_level": level,
        "place": place,
        "municipality": pd.NA if level == "country" else place,
        "estimate": estimate,
        "low": estimate - 5,
        "high": estimate + 5,
        "n": n,
        "n_effective": n,
        "difference": sum(spread) / 2,
        "difference_low": spread[0],
        "difference_high": spread[1],
        "verdict": verdict,
        "reliability": "ok",
        "shrunken": estimate,
    } | more


def table(*rows: dict, variable: str = "caseload", min_count: int = 5):
    """A measure of a few municipalities; the country is the sum of them."""
    frame = pd.DataFrame(list(rows))
    everybody = row(municipalities.COUNTRY, "none", n=int(frame["n"].sum()))
    keys = ["area"] if "area" in frame else []
    totals = (
        [everybody | {"area": area, "n": int(part["n"].sum())} for (area,), part in frame.groupby(keys)]
        if keys
        else [everybody]
    )
    quantity = {
        "measure": variable,
        "table": "caseworkers",
        "variable": variable,
        "level": None,
        "year": YEAR,
        "tests": 98,
        "spread": dict.fromkeys(["", "at_risk", "disability"], 15.0),
    }
    whole = pd.concat([frame, pd.DataFrame(totals)], ignore_index=True)
    return protect(whole, min_count, synthetic=True, quantity=quantity)


QUIET = [
    place for place in municipalities.table()["municipality"] if place not in ("Roskilde", "Ishøj", "Solrød")
][:40]
OTHERS = [row(name, n=40) for name in ("Køge", "Aarhus", "Vejle", "Ishøj")]


VALUE = "Sagstallet er 40,0 sager pr. sagsbehandler i Roskilde, "


@pytest.mark.parametrize(
    ("verdict", "headline", "claimed"),
    [
        ("over", "35,0 i resten af landet opgjort ens – 5,0 sager over", {"over"}),
        ("maybe_over", "35,0 i resten af landet opgjort ens – forskellen kan være tilfældig", set()),
        ("som", "40,0 i resten af landet opgjort ens – ingen sikker forskel", set()),
        ("under", "45,0 i resten af landet opgjort ens – 5,0 sager under", {"under"}),
        ("none", "40,0 i hele landet – for spinkelt til en sammenligning", set()),
    ],
)
def test_a_headline_gives_value_reference_size_and_certainty(verdict, headline, claimed):
    said = sentences.headline(table(row("Roskilde", verdict), *OTHERS), "Roskilde")
    assert said == f"{VALUE}{headline}"
    assert claims(said) == claimed


def test_a_headline_tells_the_areas_apart():
    rows = [
        row(name, verdict, area=area, n=30)
        for area, mine in (("at_risk", "over"), ("disability", "som"))
        for name, verdict in [("Roskilde", mine), ("Køge", "som"), ("Aarhus", "som"), ("Vejle", "som")]
    ]
    said = sentences.headline(table(*rows), "Roskilde")
    assert said == (
        "Sagstallet i Roskilde er 40,0 på udsatteområdet (35,0 i resten af landet opgjort ens – 5,0 sager over) og "
        "40,0 på handicapområdet (40,0 i resten af landet opgjort ens – ingen sikker forskel)"
    )
    assert sentences.headline(table(*rows), "Køge") == (
        "Sagstallet i Køge er 40,0 på udsatteområdet og 40,0 på handicapområdet, 40,0 og 40,0 i resten af landet "
        "opgjort ens – ingen sikker forskel"
    )


@pytest.mark.parametrize("name", measures.names())
def test_no_headline_contradicts_its_interval(name):
    """All places of a measure: a direction only where the interval excludes 0, and of that side."""
    measure = measures.measure(name, YEAR)
    for place in PLACES:
        own = sentences.own_rows(measure, place)
        shown = own[own["status"].eq("shown")]
        said = sentences.headline(measure, place)
        for _, one in shown.iterrows():
            excludes = one["difference_low"] > 0 or one["difference_high"] < 0
            assert pd.isna(one["difference_low"]) or excludes == (one["verdict"] not in ("som", "none"))
            clear = {"over": one["difference_low"] > 0, "under": one["difference_high"] < 0}
            assert clear.get(one["verdict"], True)
        verdicts = set(shown["verdict"])
        assert claims(said) == verdicts & {"over", "under"}
        assert ("kan være tilfældig" in said) == bool(verdicts & {"maybe_over", "maybe_under"})
        assert ("ingen sikker forskel" in said) == ("som" in verdicts)


def test_time_for_sparring_is_told_in_whole_minutes():
    told = measures.measure("sparring_hours", YEAR)
    hours = told.row(place_level="country")["estimate"]
    said = sentences.headline(told, municipalities.COUNTRY)
    assert said == f"Tiden til faglig sparring er {60 * hours:.0f} minutter om ugen i hele landet"
    finding = sentences.finding(told, "Roskilde")
    assert "minutter" in finding and "timer" not in finding


def test_a_year_that_did_not_ask_is_said_to_be():
    rows = place_estimates.rows_without_answers(areas=True)
    told = {
        "measure": "caseload",
        "table": "caseworkers",
        "variable": "caseload",
        "level": None,
        "year": 2026,
    }
    none = not_asked(rows, 5, told | {"spread": None})
    assert sentences.headline(none, "Roskilde") == "Sagstallet i Roskilde: ikke spurgt i 2026"
    assert sentences.finding(none, "Roskilde") == "Der er ikke spurgt til sagstallet i 2026."
    assert figure_texts.for_funnel(none, "Roskilde")["headline"] == "Sagstallet: ikke spurgt i 2026"
    assert measures.limits(none).frame.empty


def test_a_withheld_or_missing_place_is_only_said_to_be():
    small = table(row("Læsø", "over", 99.0, n=3), row("Fanø", "none", np.nan, n=0), *OTHERS)
    assert sentences.headline(small, "Læsø") == "Sagstallet på Læsø: tallet er diskretioneret"
    assert sentences.headline(small, "Fanø") == "Sagstallet på Fanø: ingen har svaret"
    group = row("Landkommuner", n=60) | {"place_level": "municipality_group", "municipality": pd.NA}
    beside = table(row("Læsø", "over", 99.0, n=3), group | {"municipality_group": "Landkommuner"}, *OTHERS)
    assert sentences.headline(beside, "Læsø") == (
        "Sagstallet på Læsø: tallet er diskretioneret; 40,0 sager pr. sagsbehandler i landkommunerne"
    )
    finding = sentences.finding(small, "Læsø")
    assert finding.startswith("Sagstallet på Læsø er diskretioneret.")
    assert "99" not in finding and "over" not in finding.replace("overlevering", "")
    assert sentences.finding(small, "Fanø").startswith("Sagstallet på Fanø er ukendt: ingen har svaret.")


def test_the_country_is_told_and_not_compared():
    whole = table(*OTHERS)
    assert (
        sentences.headline(whole, "Hele landet") == "Sagstallet er 40,0 sager pr. sagsbehandler i hele landet"
    )
    assert "resten af landet" not in sentences.finding(whole, "Hele landet")


def test_a_finding_gives_value_interval_answers_and_difference():
    said = sentences.finding(table(row("Roskilde", "over", 47.26, n=31), *OTHERS), "Roskilde")
    assert "Sagstallet er 47,3 sager pr. sagsbehandler i Roskilde" in said
    assert "(95 pct. sikkerhedsinterval 42,3–52,3; 31 svar)" in said
    assert "over resten af landet (42,3): forskellen ligger mellem 2,0 og 8,0 sager" in said
    assert "Hele landet: 40,0 sager pr. sagsbehandler" in said


def test_an_uncertain_estimate_is_said_to_be():
    uncertain = table(row("Roskilde", reliability="usikker"), *OTHERS)
    assert "usikkert skøn" in sentences.finding(uncertain, "Roskilde")
    assert "usikkert skøn" not in sentences.finding(uncertain, "Køge")


@pytest.mark.parametrize("name", measures.names())
def test_every_sentence_of_every_place_is_written_danish(name):
    measure = measures.measure(name, YEAR)
    for place in PLACES:
        own = sentences.own_rows(measure, place)
        said = [sentences.headline(measure, place), sentences.finding(measure, place)]
        for text in said:
            assert not re.search(r"pct\.\.|nan|None|<NA>|  | \.|\d\.\d(?!\d\d)", text), text
            assert text[0].isupper() and not text[-1].isspace()
        assert said[1].endswith(".") and not said[0].endswith(".")
        if not own["status"].eq("shown").any():
            assert re.search("diskretioneret|ingen har svaret|kun en grænse vises", said[0])
        for word in claims(said[0]):
            assert own["verdict"].eq(word).any()


@pytest.mark.parametrize("name", measures.names())
def test_notes_descriptions_and_sources_tell_how(name):
    measure = measures.measure(name, YEAR)
    note = sentences.note(measure, "Og mere.")
    assert "vægtet" in note and note.endswith("Og mere.")
    tests = int(measure.quantity["tests"])
    assert 60 <= tests <= 196 and f"justeret for {tests} test" in note
    assert str(YEAR) in sentences.description(measure)
    assert captions.source("caseworkers").endswith("og egne beregninger.")


def test_an_unknown_measure_is_named():
    unknown = table(row("Roskilde"), *OTHERS, variable="shoe_size")
    with pytest.raises(ValueError, match="`measure` must be one of caseload.*is 'shoe_size'"):
        sentences.headline(unknown, "Roskilde")


@pytest.mark.parametrize(
    ("place", "located"),
    [
        ("Roskilde", "i Roskilde"),
        ("Læsø", "på Læsø"),
        ("Bornholm", "på Bornholm"),
        ("Ærø", "på Ærø"),
        ("Frederiksberg", "på Frederiksberg"),
        ("Nordfyns", "i Nordfyns Kommune"),
        ("Vesthimmerlands", "i Vesthimmerlands Kommune"),
        ("Hele landet", "i hele landet"),
        ("Landkommuner", "i landkommunerne"),
        ("Storbykommuner", "i storbykommunerne"),
    ],
)
def test_places_have_their_preposition(place, located):
    assert danish.locate(place) == located


def test_every_place_has_a_preposition():
    assert {danish.locate(place).split()[0] for place in PLACES} == {"i", "på"}
    assert set(PLACES) >= danish._ON | danish._GENITIVE
    assert all(danish.definite(group).endswith("kommunerne") for group in municipalities.groups())


# ---- texts of figures


def test_a_funnel_counts_those_outside_its_own_limits():
    """Whatever their verdict: two lie far out, one of them "som"."""
    few = table(
        row("Roskilde", "som", 90.0), row("Ishøj", "under", 2.0), row("Solrød", "over", 44.0), *OTHERS[:3]
    )
    many = [row(name, estimate=40.0 + number % 3, n=40) for number, name in enumerate(QUIET)]
    crowded = table(
        row("Roskilde", "som", 90.0), row("Ishøj", "under", 2.0), row("Solrød", "over", 44.0), *many
    )
    assert figure_texts.for_funnel(crowded, "Roskilde")["headline"] == (
        f"Sagstallet: 2 af {len(many) + 3} kommuner ligger uden for de yderste grænser; Roskilde er en af dem"
    )
    assert "af 6 kommuner ligger uden for" in figure_texts.for_funnel(few, "Roskilde")["headline"]
    hidden = table(*[row(one["place"], n=4) for one in OTHERS])
    assert (
        figure_texts.for_funnel(hidden, "Køge")["headline"] == "Sagstallet: alle kommuner er diskretionerede"
    )


def test_shrinkage_tells_both_numbers_of_a_shown_place():
    shown = table(row("Roskilde", estimate=47.26, shrunken=43.91), *OTHERS)
    assert figure_texts.for_shrinkage(shown, "Roskilde")["headline"] == (
        "Sagstallet i Roskilde er 47,3 efter kommunens egne svar og 43,9 udjævnet"
    )
    hidden = table(row("Læsø", n=2), *OTHERS)
    assert figure_texts.for_shrinkage(hidden, "Læsø")["headline"].endswith("diskretioneret")


def test_one_area_is_named_and_two_are_not():
    caseloads = measures.measure("caseload", YEAR)
    one = figure_texts.for_funnel(caseloads.select(area="disability"), "Roskilde")
    assert "Sagstallet på handicapområdet:" in one["headline"]
    assert views.ranked(caseloads, "Roskilde").texts["area"] == codebook.levels("area")


@pytest.mark.parametrize("name", measures.names())
def test_no_verdict_of_any_place_contradicts_the_interval_beside_it(name):
    """As they are shown: rounded, behind the gate, and in the sentence."""
    measure = measures.measure(name, YEAR)
    rows = measure.frame[measure.frame["status"].eq("shown")]
    low, high, verdict = rows["difference_low"], rows["difference_high"], rows["verdict"]
    assert verdict.isin(["over", "maybe_over"]).equals(low.gt(0)), rows[["place", "verdict"]]
    assert verdict.isin(["under", "maybe_under"]).equals(high.lt(0)), rows[["place", "verdict"]]
    assert rows.loc[verdict.isin(["over", "under"]), "p_adjusted"].lt(0.05).all()
    assert low[verdict.eq("none")].isna().all()
    for place in rows.loc[verdict.str.startswith("maybe"), "place"].unique()[:6]:
        said = sentences.finding(measure, place)
        assert "se sådan ud ved et tilfælde" in said and "måske" in said


def test_a_difference_is_taken_apart_into_counting_and_what_is_left():
    """Both parts add up to the plain difference from the rest, found here by hand; the sentence tells them."""
    people = data.read("caseworkers", YEAR).dropna(subset=["caseload"])
    cases, weight = people["caseload"].astype(float), people["weight"]
    table = measures.measure("caseload", YEAR)
    rows = table.frame[table.frame["status"].eq("shown") & table.frame["place_level"].eq("municipality")]
    for _, row in rows.iloc[::9].iterrows():
        others = people["area"].eq(row["area"]) & people["municipality"].ne(row["place"])
        plain = row["estimate"] - np.average(cases[others], weights=weight[others])
        parts = row["difference"], row["estimate"] - row["standardised"]
        assert sum(parts) == pytest.approx(plain, abs=0.16)  # three numbers of one decimal
        said = sentences.finding(table, row["place"])
        told = f"{danish.number(parts[0], 1)} talt ens og {danish.number(parts[1], 1)} af måden at tælle på"
        assert (told in said) == (abs(parts[1]) > 0.05)
    assert table.frame.loc[table.frame["status"].eq("withheld"), "standardised"].isna().all()


def test_a_funnel_compares_those_who_count_alike():
    table = measures.measure("caseload", YEAR).select(area="at_risk")
    figure = views.funnel(table, "Roskilde")
    assert figure.options["value"] == "standardised" and "omregnet til" in figure.description
    beyond = outside(table)
    assert f"{len(beyond)} af " in figure.headline
    assert views.funnel(measures.measure("turnover", YEAR), "Roskilde").options["value"] == "estimate"


def test_what_the_silent_may_change_stands_in_note_and_table():
    forum = distributions.answers_by_group("sparring_forum", ("team_meeting",), YEAR)
    figure = views.answers(forum, "Roskilde")
    assert "Lå de der ikke har svaret, 10 procentpoint lavere, var summen for hele landet" in figure.note
    ranked = views.ranked(measures.measure("mentor", YEAR), "Roskilde")
    for one in (figure, ranked):
        country = one.shown_table().set_index("Sted").loc[["Hele landet"]].iloc[-1]
        assert all(country[["Lå tavse lavere", "Lavest muligt", "Højest muligt"]] != "")
    assert "bound_low" not in views.ranked(measures.measure("introduction_days", YEAR), "Roskilde").columns


def test_a_clause_in_a_subject_ends_with_a_comma():
    mentors = measures.measure("mentor", YEAR)
    assert sentences.headline(mentors, "Roskilde").startswith("Andelen hvor nye kolleger får en mentor, er ")
    assert sentences.finding(mentors, "Læsø").startswith(
        "Andelen hvor nye kolleger får en mentor på Læsø, er diskretioneret."
    )


def test_a_group_of_three_municipalities_is_told_why_it_is_not_compared():
    said = sentences.finding(measures.measure("turnover", YEAR), "Storbykommuner")
    assert (
        "for spinkelt til en sammenligning med resten af landet: færre end fem kommuner har svaret." in said
    )


def test_an_order_is_told_only_where_several_municipalities_stand_in_it():
    """One municipality in two areas makes two rows, and no order."""
    told = "Rækkefølgen følger de udjævnede skøn"
    caseloads = measures.measure("caseload", YEAR)
    assert told in views.ranked(caseloads, "Roskilde").note
    assert told not in views.ranked(caseloads, "Roskilde", beside="levels").note
