"""One figure of every chart: a large, a withheld and an unanswered municipality, the whole country and a group."""

import numpy as np
import pandas as pd
from chart_tables import NUMBERS, PLACES, STATUS, estimates, protected

from analysis import charts, municipalities
from analysis.charts.spine import Part
from analysis.disclosure import declare_public

AREAS = {"at_risk": "Udsatteområdet", "disability": "Handicapområdet"}
GRADES = {
    "very_high": "I meget høj grad",
    "high": "I høj grad",
    "some": "I nogen grad",
    "lesser": "I mindre grad",
    "not_at_all": "Slet ikke",
}
CASES = ("Ringkøbing-Skjern", "Læsø", "Fanø", "Hele landet", "Hovedstadskommuner")
WORDS = {
    "description": "Gennemsnitligt antal aktive sager pr. sagsbehandler i kommunen og i de kommuner"
    " der ligner den, 2014. Streg: 95 pct. sikkerhedsinterval",
    "note": "n er antal sagsbehandlere der har svaret. Kommunerne opgør sager forskelligt (barn eller familie).",
    "source": "KL's landsdækkende spørgeskemaundersøgelse 2014 og egne beregninger.",
}


def _words(chart, place):
    headline = f"{place}: det lange fund som overskriften siger uden at sige for meget om forskelle"
    return {"place": place, "name": f"proeve_{chart}", "headline": headline, **WORDS}


def _everywhere():
    """Return all 98 with their regions and groups, the regions and the country, on one area."""
    table = municipalities.table()
    rows = estimates(("at_risk",), places=list(table["municipality"])).frame
    rows = rows[rows["place_level"].isin(["municipality", "country"])]
    keys = table[["municipality", "region", "municipality_group"]]
    rows = rows.merge(keys, left_on="place", right_on="municipality", how="left")
    regions = [
        {
            "place": region,
            "place_level": "region",
            "region": region,
            "estimate": 39.0 + index,
            "low": 38.0 + index,
        }
        | {"high": 40.0 + index, "n": 500.0, "n_effective": 450.0, "reliability": "ok", "status": "shown"}
        for index, region in enumerate(sorted(table["region"].unique()))
    ]
    return protected(pd.concat([rows, pd.DataFrame(regions)], ignore_index=True))


def _limits():
    n = np.arange(1.0, 80.0)
    curves = [
        pd.DataFrame(
            {"n": n, "coverage": cover, "low": 40 - z * 17 / np.sqrt(n), "high": 40 + z * 17 / np.sqrt(n)}
        )
        for cover, z in ((0.95, 1.96), (0.998, 3.09))
    ]
    return declare_public(pd.concat(curves, ignore_index=True), "Limits hold no answers.", True)


def _answers(place):
    random = np.random.default_rng(3)
    places = [(place, "municipality")] if place != "Hele landet" else []
    places += [
        ("Provinsbykommuner", "municipality_group"),
        ("Midtjylland", "region"),
        ("Hele landet", "country"),
    ]
    rows = []
    for name, level in places:
        shares = random.dirichlet([4, 12, 20, 25, 12])
        common = {"place": name, "place_level": level, "n": 30.0, "status": STATUS.get(name, "shown")}
        rows += [
            common | {"answer": code, "estimate": share} for code, share in zip(GRADES, shares, strict=True)
        ]
        total = shares[3] + shares[4]
        rows.append(common | {"answer": "total", "estimate": total, "low": total - 0.1, "high": total + 0.1})
    return protected(pd.DataFrame(rows))


def _practices():
    themes = {
        "sparring_hours": "Timer til faglig sparring pr. uge",
        "responsible": "Ansvarlig for sparring",
        "programme": "Introduktionsprogram der vurderes at virke",
        "days": "Programmets længde (dage)",
    }
    values = {"sparring_hours": [1.0, 2.0, 3.0], "responsible": ["leader", "coordinator", "turn"]}
    values |= {"programme": ["yes", "partly", "no"], "days": [14.0, 10.0, 21.0]}
    rows = [
        {"theme": theme, "place": f"Kommune {letter}", "value": values[theme][index % 3], "status": "shown"}
        for theme in themes
        for index, letter in enumerate("ABCDEFGHI")
    ]
    frame = pd.DataFrame(rows)
    frame["value"] = frame["value"].astype(object)
    for row, status in ((5, "withheld"), (20, "missing"), (30, "not_relevant")):
        frame.loc[row, ["value", "status"]] = [None, status]
    return themes, declare_public(frame, "Practices of organisations.", True)


def _themes():
    rows = [
        {
            "theme": "Sagstal",
            "estimate": 40.0,
            "low": 38.2,
            "high": 41.8,
            "n": 1876.0,
            "unit": "sager",
            "decimals": 1,
        }
        | {
            "seen": "For flere af de ni ligger gennemsnittet lavere, typisk 5–8 sager.",
            "agreement": "nuances",
        }
        | {"documents": "Nævner sjældent et sagstal."},
        {
            "theme": "Overlevering ved sagsbehandlerskift",
            "estimate": 0.55,
            "low": 0.53,
            "high": 0.57,
            "n": 2758.0,
        }
        | {"unit": "pct.", "decimals": 0, "seen": "Opleves ikke i samme omfang.", "agreement": "contradicts"}
        | {"documents": ""},
        {"theme": "Nye it-systemer", "seen": "DUBU og ICS sætter dagsordenen.", "agreement": "silent"},
    ]
    return declare_public(pd.DataFrame(rows), "Findings, no respondents.", True)


def _years():
    rows = [(2009, "board", 46.0), (2014, "risk", 40.0), (2014, "disability", 55.0), (2019, "union", 33.0)]
    rows += [(2023, "union", 31.0)]
    ranges = [(2009, 2014, 30.0, 45.0), (2014, 2020, 25.0, 35.0), (2020, 2023, 20.0, 30.0)]
    published = declare_public(
        pd.DataFrame(rows, columns=["year", "series", "estimate"]), "Published.", False
    )
    columns = ["first_year", "last_year", "low", "high"]
    return published, declare_public(pd.DataFrame(ranges, columns=columns), "Published.", False)


def intervals(place):
    return charts.intervals(estimates(("at_risk",)), unit="sager", **_words("intervals", place))


def intervals_in_panels(place):
    words = _words("panels", place)
    return charts.intervals(estimates(), unit="sager", panel="area", panel_labels=AREAS, **words)


def intervals_of_shares(place):
    words = _words("shares", place)
    return charts.intervals(estimates(("at_risk",), shares=True), unit="pct.", decimals=0, **words)


def shrinkage(place):
    return charts.shrinkage(estimates(("at_risk",)), unit="sager", **_words("shrinkage", place))


def bars(place):
    table = estimates(("at_risk",), shares=True)
    return charts.bars(table, unit="pct.", reference_label="Hele landet", **_words("bars", place))


def funnel(place):
    label = "Sager pr. sagsbehandler"
    return charts.funnel(_everywhere(), _limits(), unit="sager", value_label=label, **_words("funnel", place))


def tile_map(place):
    table = _everywhere().select(place_level="municipality")
    return charts.tile_map(table, unit="sager", value_label="Sager pr. sagsbehandler", **_words("map", place))


def small_multiples(place):
    return charts.small_multiples(_everywhere(), unit="sager", **_words("regions", place))


def answers(place):
    words = _words("answers", place)
    interest = ["lesser", "not_at_all"]
    return charts.answers(
        _answers(place), labels=GRADES, interest=interest, total_label="Mindre/slet ikke", **words
    )


def matrix(place):
    themes, table = _practices()
    return charts.matrix(
        table,
        row_labels=themes,
        column_labels={f"Kommune {letter}": letter for letter in "ABCDEFGHI"},
        signs={"yes": "full", "partly": "half", "no": "cross"},
        labels={"yes": "ja", "partly": "delvist", "no": "nej"}
        | {"leader": "lederen", "coordinator": "faglig koordinator", "turn": "kolleger på skift"},
        **_words("matrix", place),
    )


def joint_display(place):
    texts = {"seen": "Set i de ni kommuner", "documents": "Dokumenterne siger"}
    return charts.joint_display(_themes(), texts=texts, **_words("joint", place))


def text_table(place):
    texts = {"seen": "Set i de ni kommuner", "documents": "Dokumenterne siger"}
    return charts.text_table(_themes(), texts=texts, **_words("joint", place))


def timeline(place):
    published, ranges = _years()
    names = {
        "board": "Ankestyrelsen 2009: 46 sager svarer til 60 børn; 163 sagsbehandlere, 19 ledere",
        "risk": "Delrapport 2, udsatteområdet: spørgeskema til sagsbehandlere",
        "disability": "Delrapport 2, handicapområdet: spørgeskema til sagsbehandlere",
        "union": "Dansk Socialrådgiverforening: tillidsrepræsentanter",
    }
    return charts.timeline(
        published,
        series_labels=names,
        ranges=ranges,
        range_label="Vejledende sagstal",
        unit="sager",
        **_words("timeline", place),
    )


def spine(place):
    parts = {
        "caseload": Part("Sager pr. sagsbehandler", "Sagstal", "sager", 1),
        "sparring_hours": Part("Timer til faglig sparring om ugen", "Sparring", "timer", 1),
        "handover": Part(
            "Skift følges slet ikke af hurtig og effektiv overlevering", "Overlevering", "pct.", 0
        ),
        "mentor": Part("Nye kolleger får en mentor", "Introduktion", "pct.", 0),
    }
    levels = {"municipality": place, "municipality_group": "Provinsbykommuner", "country": "Hele landet"}
    if place == "Hele landet":
        levels = {"country": place}
    elif place.endswith("kommuner"):
        levels = {"municipality_group": place, "country": "Hele landet"}
    random = np.random.default_rng(5)
    rows = []
    for code, part in parts.items():
        for area in ("at_risk", "disability") if code == "caseload" else (None,):
            for level, name in levels.items():
                centre = 0.4 if part.unit == "pct." else 40.0 if code == "caseload" else 2.0
                estimate, half = (
                    centre * random.uniform(0.8, 1.2),
                    centre * (0.15 if level == "municipality" else 0.03),
                )
                row = {
                    "measure": code,
                    "place": name,
                    "place_level": level,
                    "area": area,
                    "estimate": estimate,
                }
                row |= {"low": estimate - half, "high": estimate + half, "n": 40.0, "verdict": "none"}
                row |= {"reliability": "usikker" if code == "mentor" and level == "municipality" else "ok"}
                row["verdict"] = random.choice(["over", "maybe_over", "som", "maybe_under", "under"])
                hidden = level == "municipality" and (STATUS.get(name) or code == "handover" and "withheld")
                rows.append(row | {"status": hidden or "shown"})
    return charts.spine(protected(pd.DataFrame(rows)), parts=parts, **_words("spine", place))


CHARTS = (
    intervals, intervals_in_panels, intervals_of_shares, shrinkage, bars, funnel, tile_map, small_multiples,
    answers, matrix, joint_display, text_table, timeline, spine,
)  # fmt: skip
__all__ = ["CASES", "CHARTS", "NUMBERS", "PLACES"]
