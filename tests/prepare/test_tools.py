"""Survey tools besides SurveyXact: an unfinished answer is no answer, and the sidecar says which are."""

import pandas as pd
import pytest

from analysis.prepare.sidecars import Sidecar, sha256
from analysis.prepare.survey import read_survey
from analysis.prepare.tools import tool_of

EXPORTS = {
    "Qualtrics": (
        "StartDate,Finished,Q1\nStart Date,Finished,Hvor mange sager?\n"
        '"{""ImportId"":""startDate""}","{""ImportId"":""finished""}","{""ImportId"":""QID1""}"\n'
        "2024-04-05 08:30:00,True,25\n2024-04-05 09:30:00,False,30\n",
        {"Finished": "True"},
    ),
    "LimeSurvey": (
        "id;submitdate;lastpage;startlanguage;Q1\n1;2024-04-05 08:30:00;3;da;25\n2;;1;da;30\n",
        {"submitdate": "filled"},
    ),
    "Enalyzer": (
        "Respondent;Status;Q1\n1;Gennemført;25\n2;Delvist gennemført;30\n",
        {"Status": "Gennemført"},
    ),
    "REDCap": ("record_id,Q1,skema_complete\n1,25,2\n2,30,0\n", {"skema_complete": "2"}),
}


def sidecar(path, **said):
    keys = {
        "title": "t", "producer": "p", "dates": "d", "licence": "l", "provided": False, "synthetic": True,
        "reader": "tabular", "tables": ["caseworkers"], "columns": {"Q1": "caseload"}, "path": path.name,
        "files": {path.name: {"sha256": sha256(path), "rows": 2}},
    }  # fmt: skip
    return Sidecar(file=path.with_suffix(".yml"), **keys | said)


@pytest.mark.parametrize("tool", EXPORTS)
def test_unfinished_answers_are_partial(tmp_path, tool):
    content, completed_when = EXPORTS[tool]
    path = tmp_path / "a.csv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(
        ValueError, match=f"`completed_when` must be in a.yml, because `a.csv` is an export of {tool}"
    ):
        read_survey(sidecar(path))
    survey = read_survey(sidecar(path, completed_when=completed_when))
    assert survey.status.tolist() == ["completed", "partial"]
    assert survey.answers["Q1"].tolist() == [25, 30]
    assert tool_of(survey.answers).completed_when == completed_when


def test_wording_of_questions_that_the_heading_tells_is_kept(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(EXPORTS["Qualtrics"][0])
    questions = read_survey(sidecar(path, completed_when={"Finished": True})).questions
    assert questions.set_index("variable").loc["Q1", "text"] == "Hvor mange sager?"


@pytest.mark.parametrize(
    ("completed_when", "told"),
    [
        ({"finish": True}, "must name columns of `a.csv`, but `finish` is none"),
        ({"Finished": "måske"}, "must hold for some answers of `a.csv`, but holds for none of 2"),
    ],
)
def test_a_wrong_completed_when_is_told(tmp_path, completed_when, told):
    path = tmp_path / "a.csv"
    path.write_text(EXPORTS["Qualtrics"][0])
    with pytest.raises(ValueError, match=told):
        read_survey(sidecar(path, completed_when=completed_when))


def test_several_answers_in_a_cell_are_a_multiple_choice(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text('id,Starttidspunkt,Forum\n1,x,"Team;Leder;"\n2,x,"Leder;"\n3,x,\n')
    answers = read_survey(sidecar(path, columns={"Forum / Team": "caseload"})).answers
    assert answers["Forum / Team"].fillna(-1).tolist() == [1, 0, -1]
    assert answers["Forum / Leder"].fillna(-1).tolist() == [1, 1, -1]


def test_a_column_status_of_something_else_is_no_tool():
    assert tool_of(pd.DataFrame({"Status": ["Gift", "Ugift"]})) is None
