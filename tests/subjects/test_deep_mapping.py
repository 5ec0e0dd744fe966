"""What the report says stands first, with its own verdicts; what is invented beside it says so."""

import pytest
from demo_home import home  # noqa: F401

from analysis import charts, data
from analysis.subjects import deep_mapping, interviews
from analysis.texts import sources


def reported():
    return deep_mapping.reported().frame.set_index("theme")


def test_the_reports_table_is_not_synthetic():
    assert not deep_mapping.reported().synthetic
    assert not deep_mapping.focus_points().synthetic


def test_the_verdict_is_the_reports_own_and_a_dash_where_it_gives_none():
    assert reported()["verdict"].to_dict() == {
        "whole": "Bekræfter og nuancerer",
        "caseload": "–",
        "sparring": "Bekræfter",
        "introduction": "Nuancerer",
        "handover": "Nuancerer",
        "turnover": "–",
        "goals": "Bekræfter",
        "cooperation": "Bekræfter",
        "methods": "Bekræfter",
    }


def test_every_statement_of_the_two_studies_is_in_the_table():
    told = " ".join(deep_mapping.reported().frame[["survey", "visited"]].to_numpy().ravel())
    rows = sources.statements()
    own = rows[rows["study"].ne("context") & rows["kind"].ne("focus_point")]
    absent = [key for key, text in own["statement"].items() if text not in told]
    assert absent == ["sparring_kvifa"]  # told in 03, where there is room


def test_the_survey_has_no_figure_on_introduction():
    rows = sources.statements(study="national_survey", theme="introduction")
    assert rows["id"].tolist() == ["training_insufficient"]
    assert data.read("published_figures").set_index("id")["value"].isna()["training_insufficient"]


@pytest.mark.parametrize("place", ["Roskilde", "Fanø", "Hele landet"])
def test_the_tables_of_text_are_drawn(place):
    first, second = deep_mapping.reported(), deep_mapping.focus_points()
    figure = charts.text_table(first, name="rapport", **deep_mapping.for_reported(first, place))
    assert figure.headline == (
        "Rapporten nuancerer selv billedet af introduktion af nye og overlevering og bekræfter det på fire andre temaer"
    )
    assert list(figure.shown_table().columns) == [
        "Tema",
        "Landsdækkende kortlægning",
        "Dybdekortlægningen",
        "Rapportens vurdering",
    ]
    figure = charts.text_table(second, name="punkter", **deep_mapping.for_focus_points(second, place))
    assert (
        figure.headline
        == "Rapportens seks fokuspunkter: fire har efter projektets læsning belæg i kapitlets egen tekst"
    )


def test_focus_points_stand_on_the_reports_own_text():
    rows = deep_mapping.focus_points().frame.set_index("id")["evidence"]
    assert len(rows) == 6
    assert sources.statement("goals_visited") in rows["focus_1_goals"]
    assert rows[["focus_4_anchoring", "focus_5_new_knowledge"]].tolist() == ["–", "–"]


def test_every_code_of_the_interviews_is_in_the_data_and_told_as_demonstration():
    rows = deep_mapping.read_focus_points()
    codes = rows.loc[rows["source"].eq("interview"), "key"]
    assert set(codes) <= set(data.read("codings")["code"])
    said = deep_mapping.focus_interviews(interviews.codes_by_role(5))
    assert said.startswith("**Demonstration.**") and said.count("\n- ") == len(codes)
    assert "»It-systemer« er nævnt i ti af 18 interview" in said
    assert "»It-systemer« er diskretioneret" in deep_mapping.focus_interviews(interviews.codes_by_role(10))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            ",interview,",
            ",rumour,",
            "`source` must be one of interview, report, but 1 of 17 rows .*row 3 = rumour",
        ),
        ("report,goals_survey", "report,goals", "`key` must be one of .*but 1 of .*row 1 = goals"),
        (
            "id,source,key",
            "id,source,code",
            "must have the columns id, source, key, but has id, source, code",
        ),
    ],
)
def test_a_fault_in_the_file_is_said(home, old, new, said):  # noqa: F811
    file = home / "data" / "focus_points.csv"
    file.write_text(file.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ValueError, match=said):
        deep_mapping.read_focus_points()
