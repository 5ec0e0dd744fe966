"""Survey tools besides SurveyXact: an unfinished answer is no answer, and the sidecar says which are."""

import pandas as pd
import pyreadstat
import pytest

from analysis.prepare.delivery import read_delivery
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
    "SurveyXact": ("respondentid;statoverall_3;statoverall_4;Q1\n1;0;1;25\n2;1;0;30\n", {"statoverall_4": 1}),
    "Typeform": (
        "#,Q1,Submit Date (UTC)\na,25,2024-04-05 08:30:00\nb,30,\n",
        {"Submit Date (UTC)": "filled"},
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


QUESTIONS = "Start Date,End Date,Response Type,Finished,Recorded Date,Hvor mange sager?\n"
QUALTRICS = (
    f"StartDate,EndDate,Status,Finished,RecordedDate,Q1\n{QUESTIONS}"
    "2024-04-05 08:30:00,2024-04-05 08:40:00,IP Address,True,2024-04-05 08:40:00,25\n"
    "2024-04-05 09:30:00,2024-04-05 09:40:00,IP Address,False,2024-04-05 09:40:00,30\n"
    "2024-04-05 09:30:00,2024-04-05 09:40:00,Survey Preview,True,2024-04-05 09:40:00,99\n"
)


def statuses(path):
    return read_delivery(path).survey.status.tolist()


def test_questions_below_the_names_are_no_answer_and_a_preview_is_none(tmp_path):
    """Qualtrics writes its third heading row in text files only."""
    path = tmp_path / "a.csv"
    path.write_text(QUALTRICS)
    assert statuses(path) == ["completed", "partial", "partial"]
    found = read_delivery(path)
    assert found.said["completed_when"] == {"Finished": "True", "Status": ["IP Address"]}
    assert found.survey.answers["Q1"].tolist() == [25, 30, 99]
    assert found.survey.questions.set_index("variable").loc["Q1", "text"] == "Hvor mange sager?"
    path.write_text(QUALTRICS.replace(QUESTIONS, ""))
    assert len(statuses(path)) == 3


@pytest.mark.parametrize(
    "content",
    [
        "Respondent;Respondentstatus;Q1\n1;Fuldført;25\n2;Delvist fuldført;30\n",
        "Respondent;Completion status;Q1\n1;Completed;25\n2;Partially completed;30\n",
        "Response ID;Date Submitted;Status;Q1\n1;2024-04-05;Complete;25\n2;2024-04-05;Partial;30\n",
        "id. Svar;submitdate. Dato indsendt;Q1\n1;2024-04-05 08:30:00;25\n2;;30\n",
        "id;submitdate;Q1\n1;1980-01-01 00:00:00;25\n2;N/A;30\n",
        "Record ID;Q1;Complete?\n1;25;Complete\n2;30;Incomplete\n",
        "study_id;Q1;skema_complete\n1;25;2\n2;30;0\n",
        "responde;stato_3;stato_4;Q1\n1;0;1;25\n2;1;0;30\n",
    ],
)
def test_other_ways_to_write_what_is_finished(tmp_path, content):
    path = tmp_path / "a.csv"
    path.write_text(content)
    assert statuses(path) == ["completed", "partial"]


def test_an_unknown_word_among_known_ones_is_not_finished(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("id;Status;Q1\n1;Completed;25\n2;Partially completed;30\n3;Bounced;\n")
    assert statuses(path) == ["completed", "partial", "partial"]
    path.write_text("id;Status;Q1\n1;3;25\n2;2;30\n")
    assert statuses(path) == ["completed", "completed"]
    assert "Kolonnen Status kan fortælle" in read_delivery(path).reasons[0]


def test_tools_are_known_by_their_spss_files_too(tmp_path):
    path = tmp_path / "a.sav"
    labels = {"status": {1: "Gennemført", 2: "Delvist gennemført"}}
    answers = pd.DataFrame({"status": [1.0, 2], "Q1": [25.0, 30]})
    pyreadstat.write_sav(answers, str(path), variable_value_labels=labels)
    assert statuses(path) == ["completed", "partial"]
    with pytest.raises(ValueError, match="`completed_when` must be in a.yml"):
        read_survey(sidecar(path, reader="spss"))
    survey = read_survey(sidecar(path, reader="spss", completed_when={"status": "Gennemført"}))
    assert survey.status.tolist() == ["completed", "partial"]


@pytest.mark.parametrize("mark", [";", ", "])
def test_answers_of_google_forms_are_a_multiple_choice(tmp_path, mark):
    path = tmp_path / "a.csv"
    path.write_text(
        f"Timestamp\tForum\tNote\nx\tTeam{mark}Leder\tJa, det går\nx\tLeder\tNej; se\nx\tTeam\tNej\n"
    )
    answers = read_delivery(path).survey.answers
    assert answers["Forum / Team"].tolist() == [1, 0, 1]
    assert list(answers) == ["Timestamp", "Forum", "Note", "Forum / Leder", "Forum / Team"]
