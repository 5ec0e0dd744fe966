import pandas as pd
import pandas.testing as pdt
import pytest
import surveyxact_export as export

from analysis.readers.surveyxact import read_surveyxact

FORMS = {
    "semicolon cp1252": {},
    "comma cp1252 quoted": {"delimiter": ",", "decimal": ".", "quoted": True, "line_end": "\r\n"},
    "tab utf-16": {"delimiter": "\t", "encoding": "utf-16", "line_end": "\r\n"},
    "semicolon utf-8": {"encoding": "utf-8"},
    "semicolon utf-8 with BOM": {"encoding": "utf-8-sig", "decimal": "."},
    "other case": {"names": str.upper},
}


@pytest.fixture
def expected(tmp_path):
    return read_surveyxact(export.write_folder(tmp_path / "expected"))


def assert_alike(found, expected):
    pdt.assert_frame_equal(found.answers, expected.answers)
    pdt.assert_frame_equal(found.questions, expected.questions)
    pdt.assert_series_equal(found.status, expected.status)
    assert found.labels == expected.labels
    assert [list(scale) for scale in found.labels.values()] == [
        list(scale) for scale in expected.labels.values()
    ]
    assert found.dropped == expected.dropped


def test_answers_of_one_form(expected):
    answers = expected.answers
    assert list(answers) == [name for name in export.COLUMNS if name not in (*export.SYSTEM, *export.STATUS)]
    assert answers["area"].tolist() == [1, 2, 2, 9]
    assert answers["weekly_hours"].tolist()[:2] == [37.0, 32.5]
    assert answers["weekly_hours"].isna().tolist() == [False, False, True, False]
    assert answers["sparring_forum_1"].tolist()[:2] == [1, 0]
    assert answers["remark"][0] == "Vi mangler tid;\nog rum"
    assert answers["answered"][3] == pd.Timestamp("2024-11-12 23:59:59")
    assert answers["empty_text"].isna().all()
    assert {str(kind) for kind in answers.dtypes} == {"Int64", "Float64", "string", "datetime64[s]"}


def test_labels_status_and_questions_of_one_form(expected):
    assert list(expected.labels["area"].items()) == [
        (2, "Handicapområdet"),
        (1, "Udsatteområdet"),
        (9, "Ved ikke"),
    ]
    assert "statoverall_1" not in expected.labels
    assert expected.status.tolist() == ["completed", "completed", "distributed", "partial"]
    questions = expected.questions.set_index("variable")
    assert questions.loc["sparring_forum_2", "choice"] == "Uformelt, mellem kolleger"
    assert questions.loc["sparring_forum_2", "type"] == "multiple"
    assert questions.loc["caseload", "text"] == "Spørgsmål om caseload"
    assert expected.dropped == (*export.SYSTEM, *export.STATUS)


@pytest.mark.parametrize("form", FORMS)
def test_every_form_reads_alike(tmp_path, expected, form):
    assert_alike(read_surveyxact(export.write_folder(tmp_path / "other", **FORMS[form])), expected)


@pytest.mark.parametrize("split", [None, 8])
def test_a_workbook_reads_like_the_files(tmp_path, expected, split):
    assert_alike(read_surveyxact(export.write_workbook(tmp_path / "export.xlsx", split)), expected)


def test_truncated_names_lose_the_same_columns(tmp_path, expected):
    found = read_surveyxact(export.write_folder(tmp_path / "old", short=True))
    assert list(found.answers) == [export.SHORT.get(name, name) for name in expected.answers]
    pdt.assert_frame_equal(found.answers.set_axis(list(expected.answers), axis=1), expected.answers)
    pdt.assert_series_equal(found.status, expected.status)
    assert "responde" in found.dropped
