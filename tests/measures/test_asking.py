"""One's own breakdown: by hand, with ved ikke out of the base, through the gate, and a clear error for each mistake."""

import re

import pandas as pd
import pytest

from analysis import charts, codebook, data, files, measures, views

YEAR = 2014


@pytest.fixture(scope="module")
def people() -> pd.DataFrame:
    read = data.read("caseworkers", YEAR)
    return read.assign(tertile=measures.classes(read["caseload"]))


def share(rows: pd.DataFrame, level: str) -> float:
    told = rows[rows["has_mentor"].isin(["yes", "no"])]
    weight = told["weight"].astype(float)
    return weight[told["has_mentor"].eq(level)].sum() / weight.sum()


def test_mentor_by_tertile_of_caseload_in_a_region(people):
    """The question of a new user, in a line; the tertiles are those of the whole country."""
    where = {"region": "Sjælland"}
    table = measures.ask("has_mentor", "yes", by="caseload", classes=3, where=where, year=YEAR)
    rows = table.frame
    assert list(rows["caseload"]) == list(people["tertile"].cat.categories)
    for _, row in rows.iterrows():
        own = people[people["region"].eq("Sjælland") & people["tertile"].eq(row["caseload"])]
        assert row["estimate"] == pytest.approx(share(own, "yes"), abs=0.005)
        assert row["n"] == own["has_mentor"].isin(["yes", "no"]).sum()
        assert row["low"] < row["estimate"] < row["high"]
    assert table.quantity["by"] == ["caseload"] and table.synthetic and table.min_count == 5
    assert table.quantity["description"].endswith("efter sagstal. Sagsbehandlere, Region Sjælland, 2014")
    assert not {"level_count", "weight", "standard_error"} & set(rows)


def test_a_measure_and_a_question_by_place_agree():
    own = measures.measure("turnover", YEAR).select(place_level="region").frame.set_index("place")
    asked = measures.ask("has_changed_workplace", ("yes",), by="region", year=YEAR).frame.set_index("region")
    for column in ("estimate", "low", "high", "n"):
        assert own[column].to_dict() == pytest.approx(asked[column].to_dict())


def test_where_is_a_domain_and_never_a_smaller_design():
    """The strata of the others stay: as the country's rows of the same region."""
    by_region = measures.ask("caseload", by=["region", "area"], year=YEAR)
    asked = measures.ask("caseload", by="area", year=YEAR, where={"region": "Sjælland"})
    for area in ("at_risk", "disability"):
        one, other = by_region.row(region="Sjælland", area=area), asked.row(area=area)
        assert (
            one[["estimate", "low", "high", "n"]].tolist() == other[["estimate", "low", "high", "n"]].tolist()
        )


def test_without_a_level_each_answer_is_a_cell_and_they_add_up():
    rows = measures.ask("case_handover", by="sparring_forum", year=YEAR).frame
    assert set(rows["level"]) == set(codebook.valid_levels("case_handover"))
    assert set(rows["sparring_forum"]) == set(codebook.valid_levels("sparring_forum"))
    assert rows.groupby("sparring_forum")["estimate"].sum().round(2).between(0.97, 1.03).all()
    assert rows["place"].str[0].str.isupper().all()


def test_small_cells_are_withheld_and_can_not_be_summed_out():
    rows = measures.ask("has_mentor", "yes", by=["municipality", "area"], year=YEAR).frame
    hidden = rows[rows["status"].eq("withheld")]
    assert len(hidden) and hidden[["estimate", "low", "high", "n"]].isna().all(axis=None)
    assert rows.loc[rows["status"].eq("shown"), "n"].ge(5).all()
    assert (
        measures.ask("has_mentor", "yes", by="area", year=YEAR, min_count=5000).frame["estimate"].isna().all()
    )


def test_what_a_place_withholds_is_not_asked_out_of_it():
    base = measures.who_answered("caseworkers", YEAR).frame
    hidden = base[base["status"].eq("withheld") & base["municipality"].notna() & base["area"].isna()]
    small = base.loc[base["status"].eq("withheld") & base["area"].notna(), ["municipality", "area"]].dropna()
    secret = set(small.itertuples(index=False, name=None))
    assert len(secret) > 3
    answering = set(data.read("caseworkers", YEAR)["municipality"])
    for place in sorted(set(hidden["municipality"]) & answering):  # of nobody, nothing can be asked
        for where in ({"municipality": place}, f"municipality == {place!r}"):
            rows = measures.ask("caseload", by="area", year=YEAR, where=where).frame
            shown = rows.loc[rows["status"].eq("shown"), "area"]
            assert not {(place, area) for area in shown} & secret
    rows = measures.ask("caseload", by=["municipality", "area"], year=YEAR).frame
    shown = rows.loc[rows["status"].eq("shown"), ["municipality", "area"]]
    assert not set(shown.itertuples(index=False, name=None)) & secret


def test_a_slice_whose_rest_all_answered_alike_is_withheld(people):
    """The rest is large enough, but all of it said no: less the slice, the whole would say so of each."""
    big = people["municipality"].eq("København") & people["has_mentor"].notna()
    rest = big & (people["has_mentor"] == "no").fillna(False)
    part = people.assign(part=~rest)
    asked = measures.ask("has_mentor", "yes", by="municipality", year=2014, people=part, where="part").frame
    assert rest.sum() > 5
    assert asked.set_index("municipality").loc["København", "status"] == "withheld"


def test_leaders_are_asked_of_for_the_country_only():
    leaders = data.read("leaders", YEAR)
    asked = {"variable": "case_handover", "level": "lesser", "year": YEAR, "people": leaders}
    assert not measures.ask(by="region", **asked).frame["status"].eq("shown").any()
    with pytest.raises(ValueError, match="`where` must be left out for leaders"):
        measures.ask(by="area", where="region == 'Sjælland'", **asked)


def test_columns_of_ones_own_are_yes_and_no_in_danish(people):
    many = people.assign(many=people["caseload"].fillna(0).gt(50).astype(bool))
    rows = measures.ask("case_handover", ("lesser", "not_at_all"), by="many", year=YEAR, people=many).frame
    assert rows["many"].tolist() == ["no", "yes"] and rows["place"].tolist() == ["Nej", "Ja"]


@pytest.mark.parametrize(
    ("asked", "error", "message"),
    [
        ({"level": "maybe"}, ValueError, r"answers to `has_mentor` \(`yes`, `no`\), but is 'maybe'"),
        ({"variable": "has_mentr"}, KeyError, "Nearest: `has_mentor`"),
        ({"by": "regoin"}, KeyError, "Nearest: `region`"),
        ({"by": "caseload"}, ValueError, "at most 100 classes .* has 101. Cut a number by `classes=3`"),
        (
            {"by": "area", "classes": 3},
            ValueError,
            "`classes` must cut a number of `by`, but `area` hold none",
        ),
        ({"by": "number"}, ValueError, "`number` has 200"),
        ({"by": "has_mentor"}, ValueError, "other columns than the one asked for"),
        (
            {"by": "tertile"},
            ValueError,
            r"`tertile` must have a value .*59 of 2964 .*first: row 9.*tertile.notna",
        ),
        ({"variable": "caseload"}, ValueError, "`level` must be left out, for `caseload` is a number"),
        (
            {"where": {"region": "Region Sjælland"}},
            ValueError,
            "nobody has `Region Sjælland`. Nearest: `Sjælland`",
        ),
        ({"where": "weekly_hours >"}, ValueError, "`where` must be an expression"),
        ({"where": "weekly_hours + 1"}, ValueError, "true or false"),
        ({"where": "weekly_hours > 900"}, ValueError, "0 of 2964 respondents are left"),
        ({"people": pd.DataFrame({"has_mentor": ["yes"]})}, ValueError, "`people` must be data.read"),
        ({"min_count": 2}, ValueError, "`min_count` must be at least 3"),
        ({"by": "never"}, ValueError, "`never` must be asked in 2014, but nobody has an answer"),
        ({"year": 2030}, ValueError, "`year` must be a year of `caseworkers`"),
    ],
)
def test_a_mistake_is_one_message(people, asked, error, message):
    people = people.assign(number=[str(i % 200) for i in range(len(people))], never=pd.NA)
    if asked.get("year"):
        people = None
    given = {"variable": "has_mentor", "level": "yes", "by": "area", "year": YEAR, "people": people} | asked
    with pytest.raises(error, match=message):
        measures.ask(given.pop("variable"), given.pop("level"), **given)


def test_a_question_that_the_year_did_not_ask_has_its_rows_and_no_number(people):
    asked = measures.ask("never", "yes", by="area", year=YEAR, people=people.assign(never=pd.NA))
    assert asked.frame["place"].tolist() == ["Udsatteområdet", "Handicapområdet"]
    assert asked.frame["status"].eq("not_asked").all() and asked.frame["estimate"].isna().all()


def test_classes_tell_no_smallest_or_largest_answer(people):
    words = " ".join(people["tertile"].cat.categories)
    assert str(people["caseload"].max()) not in words and str(people["caseload"].min()) not in words.split()
    counts = people["tertile"].value_counts(normalize=True)
    assert counts.between(0.25, 0.42).all()
    with pytest.raises(ValueError, match="must name 3 classes, but names 2"):
        measures.classes(people["caseload"], 3, ["få", "mange"])
    with pytest.raises(ValueError, match="nearly all are alike"):
        measures.classes(pd.Series([1, 1, 1, 1]))


def test_classes_begin_where_they_are_told_to(people):
    begins = measures.classes(people["caseload"], [30, 50])
    assert list(begins.cat.categories) == ["under 30", "30 til under 50", "50 og flere"]
    assert begins.isna().equals(people["caseload"].isna())
    for low, high, name in [(0, 30, "under 30"), (30, 50, "30 til under 50"), (50, 999, "50 og flere")]:
        inside = people["caseload"].ge(low) & people["caseload"].lt(high)
        assert begins.eq(name).sum() == inside.sum()


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"by": "area"}, "Mentor: andel af hvert svar, i pct., efter område. Sagsbehandlere, 2014"),
        (
            {"by": "region", "level": "no", "where": {"sparring_responsible": ["leader", "nobody"]}},
            "Mentor: andel med svaret nej, i pct., efter region. Sagsbehandlere, ansvarlig for sparring: lederen eller "
            "ingen fast, 2014",
        ),
        ({"by": "area", "where": "weekly_hours > 30"}, ""),
        ({"by": "tertile", "where": "tertile.notna()"}, ""),
    ],
)
def test_what_was_asked_is_said_where_the_lists_have_the_words(people, asked, said):
    table = measures.ask("has_mentor", **asked, people=people, year=YEAR)
    assert table.quantity["description"] == said
    if not said:
        with pytest.raises(ValueError, match=r"1 of 3 are missing \(first: `description`\)"):
            charts.own(table, lambda ax, rows: ax.plot(rows["estimate"]), headline="Mentor")


def test_a_measure_is_crossed_with_a_question():
    figure = views.crossed("handover_difficult", "sparring_forum", "Hele landet", year=YEAR)
    assert figure.name == "udforsk_hurtig_og_effektiv_overlevering_2014_efter_forum_for_sparring"
    rows = figure.table.frame.set_index("sparring_forum")["estimate"]
    low, high = round(100 * rows.min()), round(100 * rows.max())
    assert figure.headline.endswith(f"efter forum for sparring: fra {low} til {high} pct.")
    group = views.crossed("caseload", "sparring_responsible", "Provinsbykommuner", year=YEAR)
    assert group.headline.startswith("Sagstallet i provinsbykommunerne efter ansvarlig for sparring: fra ")
    with pytest.raises(ValueError, match="`question` must be one of area"):
        views.crossed("caseload", "municipality", "Roskilde", year=YEAR)


def test_the_guide_runs_as_it_is_written(tmp_path, monkeypatch):
    monkeypatch.setenv("ANALYSIS_REPORTS", str(tmp_path))
    text = (files.project() / "docs" / "egne_figurer.md").read_text(encoding="utf-8")
    steps = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    assert len(steps) == 4
    assert "publish(figure)" in steps[0] and len(re.findall(r"^.*\S", steps[0], re.MULTILINE)) <= 10
    names = {}
    for step in steps:
        exec(step, names)
        if "figure" in names:
            names["figure"].render(160)
    assert {file.suffix for file in tmp_path.rglob("*.*")} == {
        ".json",
        ".png",
        ".svg",
        ".pdf",
        ".xlsx",
        ".csv",
    }


@pytest.mark.parametrize("where", ["weekly_hours >= 30", {"area": "at_risk"}])
def test_a_slice_taken_from_the_whole_leaves_nobody_or_more_than_the_threshold(where):
    asked = {"variable": "has_mentor", "level": "yes", "by": "municipality", "year": YEAR}
    whole, part = measures.ask(**asked).frame, measures.ask(**asked, where=where).frame
    both = whole.merge(part, on="municipality", suffixes=("", "_part"))
    both = both[both["status"].eq("shown") & both["status_part"].eq("shown")]
    left_out = both["n"] - both["n_part"]
    assert len(both) and not left_out.between(1, 5).any()
