import datetime
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pandas.testing as pdt
import pyreadstat
import pytest

from analysis.readers.spss import About, read_spss, spss_value, survey_of


@pytest.fixture(scope="module", params=["file.sav", "file.zsav"])
def delivery(tmp_path_factory, request):
    rows = pd.DataFrame(
        {
            "respondentid": [11.0, 12, 13, 14, 15],
            "area": [1.0, 2, 99, np.nan, 2],
            "caseload": [40.0, 55, -9, -8, np.nan],
            "hours": [37.0, 32.5, 37, 30, 25.25],
            "remark": ["ærligt talt", "", "x", "ø", "å"],
            "answered": pd.to_datetime(["2024-03-01"] * 5),
            "email": ["a@example.org"] * 5,
            "statoverall_3": [0.0, 0, 0, 1, 0],
            "statoverall_4": [1.0, 1, 1, 0, 1],
        }
    )
    path = tmp_path_factory.mktemp("spss") / request.param
    pyreadstat.write_sav(
        rows,
        str(path),
        column_labels={"area": "Hvilket område?", "caseload": "Hvor mange sager?"},
        variable_value_labels={
            "area": {3: "Begge ", 2: "Handicapområdet", 1: "Udsatteområdet", 99: "Ved ikke"},
            "caseload": {-9: "Ønsker ikke at svare"},
        },
        missing_ranges={"area": [99], "caseload": [{"lo": -99, "hi": -1}]},
        compress=request.param.endswith(".zsav"),
    )
    return path


@pytest.fixture(scope="module")
def survey(delivery):
    return read_spss(delivery)


def test_codes_and_types(survey):
    answers = survey.answers
    assert list(answers) == ["area", "caseload", "hours", "remark", "answered"]
    assert answers["area"].fillna(-1).tolist() == [1, 2, -1, -1, 2]
    assert [str(kind) for kind in answers.dtypes] == ["Int64", "Int64", "Float64", "string", "datetime64[s]"]
    assert answers["remark"].isna().tolist() == [False, True, False, False, False]


def test_reasons_for_missing_are_kept_apart_from_no_answer(survey):
    missing = survey.missing
    assert missing["area"].fillna("").tolist() == ["", "", "Ved ikke", "", ""]
    assert missing["caseload"].fillna("").tolist() == ["", "", "Ønsker ikke at svare", "-8", ""]


def test_scale_has_all_labels_in_order_of_the_codes(survey):
    assert survey.labels == {"area": {1: "Udsatteområdet", 2: "Handicapområdet", 3: "Begge"}}
    assert list(survey.labels["area"]) == [1, 2, 3]


def test_questions_and_status(survey):
    questions = survey.questions.set_index("variable")
    assert questions.loc["area", "text"] == "Hvilket område?"
    assert questions["type"].tolist() == ["single", "number", "number", "text", "date"]
    assert survey.status.tolist() == ["completed", "completed", "completed", "partial", "completed"]
    assert set(survey.dropped) == {"respondentid", "email", "statoverall_3", "statoverall_4"}


def test_respondent_twice_is_told_without_telling_who(tmp_path):
    path = tmp_path / "a.sav"
    pyreadstat.write_sav(pd.DataFrame({"respondentid": [4711.0, 4711.0], "a": [1.0, 2.0]}), str(path))
    with pytest.raises(ValueError, match="1 of 1 are there more than once by `respondentid`") as raised:
        read_spss(path)
    assert "4711" not in str(raised.value)


def test_labels_written_in_codes_of_text(tmp_path):
    path = tmp_path / "a.sav"
    rows = pd.DataFrame({"area": ["u", "h", "x"]})
    labels = {"area": {"u": "Udsat", "h": "Handicap", "x": "Ved ikke"}}
    pyreadstat.write_sav(rows, str(path), variable_value_labels=labels, missing_ranges={"area": ["x"]})
    survey = read_spss(path)
    assert survey.labels == {"area": {"h": "Handicap", "u": "Udsat"}}
    assert survey.missing["area"].fillna("").tolist() == ["", "", "Ved ikke"]


def test_file_cut_off_is_told(delivery, tmp_path):
    path = tmp_path / delivery.name
    path.write_bytes(delivery.read_bytes()[:-100])
    with pytest.raises(ValueError, match="must be a whole SPSS file"):
        read_spss(path)


def test_other_files_are_told(tmp_path):
    path = tmp_path / "a.sav"
    path.write_bytes(b"not at all an SPSS file" * 100)
    with pytest.raises(ValueError, match="must be a whole SPSS file"):
        read_spss(path)
    path.write_bytes(b"")
    with pytest.raises(ValueError, match="is empty"):
        read_spss(path)
    with pytest.raises(ValueError, match="is a folder"):
        read_spss(tmp_path)
    with pytest.raises(FileNotFoundError, match="there is none"):
        read_spss(tmp_path / "b.sav")


def test_file_that_brings_the_library_down_is_told(tmp_path, monkeypatch):
    path = tmp_path / "a.sav"
    pyreadstat.write_sav(pd.DataFrame({"a": [1.0]}), str(path))
    (tmp_path / "python").write_text("#!/bin/sh\nkill -SEGV $$\n")
    (tmp_path / "python").chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    with pytest.raises(ValueError, match="brings the program that reads it down"):
        read_spss(path)


def test_numbers_survive_as_written(tmp_path):
    path = tmp_path / "a.sav"
    hours = pd.DataFrame({"hours": [0.1, 37.125, 1e-9]})
    pyreadstat.write_sav(hours, str(path))
    pdt.assert_frame_equal(read_spss(path).answers, hours.astype("Float64"))


def seconds(year, month, day):
    """A date as SPSS counts it."""
    return (datetime.datetime(year, month, day) - datetime.datetime(1582, 10, 14)).total_seconds()


def written(tmp_path, rows, **about):
    path = tmp_path / "a.sav"
    pyreadstat.write_sav(pd.DataFrame(rows), str(path), **about)
    return read_spss(path)


def test_times_are_text(tmp_path):
    found = written(tmp_path, {"t": [datetime.time(8, 30), datetime.time(9, 0)]})
    assert found.answers["t"].tolist() == ["08:30:00", "09:00:00"]
    found = written(tmp_path, {"t": [93_784.0, -60.0]}, variable_format={"t": "DTIME12"})
    assert found.answers["t"].tolist() == ["26:03:04", "-00:01:00"]


@pytest.mark.parametrize(
    "form", ["DATE11", "EDATE10", "ADATE10", "SDATE10", "QYR6", "MOYR8", "WKYR10", "DATETIME20"]
)
def test_dates_of_every_format(tmp_path, form):
    found = written(tmp_path, {"d": [seconds(2024, 4, 1), np.nan]}, variable_format={"d": form})
    assert found.answers["d"].tolist() == [pd.Timestamp("2024-04-01"), pd.NaT]
    assert found.questions["type"].tolist() == ["date"]


def test_labelled_missing_dates_have_their_reason(tmp_path):
    unknown = seconds(1900, 1, 1)
    found = written(
        tmp_path,
        {"d": [seconds(2024, 4, 1), unknown]},
        variable_format={"d": "DATE11"},
        missing_ranges={"d": [unknown]},
        variable_value_labels={"d": {unknown: "Ikke oplyst"}},
    )
    assert found.answers["d"].tolist() == [pd.Timestamp("2024-04-01"), pd.NaT]
    assert found.missing["d"].fillna("").tolist() == ["", "Ikke oplyst"]


@pytest.mark.parametrize("impossible", [6.30615e12, -1e20, 9.0])
def test_one_impossible_date_spoils_one_cell(tmp_path, impossible):
    rows = {"d": [seconds(2024, 4, 1), impossible], "x": [1.0, 2.0]}
    found = written(tmp_path, rows, variable_format={"d": "DATETIME20"})
    assert found.answers["d"].tolist() == [pd.Timestamp("2024-04-01"), pd.NaT]
    assert found.missing["d"].fillna("").tolist() == ["", "ingen dato"]
    assert found.answers["x"].tolist() == [1, 2]


def test_everything_up_to_a_date_may_be_missing(tmp_path):
    ranges = {"d": [{"lo": -1e300, "hi": 99.0}]}
    rows = {"d": [seconds(2024, 4, 1), 9.0]}
    found = written(tmp_path, rows, variable_format={"d": "DATE11"}, missing_ranges=ranges)
    assert found.answers["d"].tolist() == [pd.Timestamp("2024-04-01"), pd.NaT]
    assert found.missing["d"].fillna("").tolist() == ["", "9"]


def test_codes_of_text_keep_the_blanks_in_front(tmp_path):
    found = written(tmp_path, {"a": [" 1", "1", "1 "]}, variable_value_labels={"a": {" 1": "Ja", "1": "Nej"}})
    assert found.answers["a"].tolist() == [" 1", "1", "1"]
    assert found.labels["a"] == {" 1": "Ja", "1": "Nej"}


@pytest.mark.parametrize("encoding", ["cp1252", "cp850"])
def test_bytes_that_contradict_the_encoding_are_read_by_what_they_are(tmp_path, encoding):
    path = tmp_path / "a.sav"
    pyreadstat.write_sav(pd.DataFrame({"a": ["Køge"] * 3, "b": ["så"] * 3}), str(path))
    for word in ("Køge", "så"):
        utf8, old = word.encode(), word.encode(encoding)
        path.write_bytes(path.read_bytes().replace(utf8, old.ljust(len(utf8))))
    answers = read_spss(path).answers
    assert (answers["a"][0], answers["b"][0]) == ("Køge", "så")


def test_weight_and_measures_are_told(tmp_path):
    path = tmp_path / "a.sav"
    rows = pd.DataFrame({"tekst": ["en lang tekst"], "x": [1.0], "vaegt": [1.5]})
    pyreadstat.write_sav(
        rows, str(path), variable_measure={"x": "ordinal"}, column_labels={"x": "Et spørgsmål"}
    )
    assert read_spss(path).weight is None
    content = bytearray(path.read_bytes())
    content[76:80] = (4).to_bytes(4, "little")  # the text takes two places
    path.write_bytes(bytes(content))
    found = read_spss(path)
    assert (found.weight, found.measures) == ("vaegt", {"x": "ordinal"})


def test_multiple_response_set_is_chosen_by_its_counted_value():
    """As read: pyreadstat writes no sets."""
    raw = pd.DataFrame({"q_1": [1.0, 2.0, np.nan], "q_2": [2.0, 1.0, 1.0], "r_1": [3.0, 4.0, 3.0]})
    sets = {
        "q": {"is_dichotomy": True, "counted_value": 1, "label": "Hvor?", "variable_list": ["q_1", "q_2"]},
        "r": {"is_dichotomy": False, "counted_value": None, "label": "Hvem?", "variable_list": ["r_1"]},
    }
    labels = {"q_1": {1.0: "Ja", 2.0: "Nej"}, "r_1": {3.0: "A", 4.0: "B"}}
    about = About(labels, {}, {"q_1": "Team", "q_2": "Leder"}, {}, sets, {})
    found = survey_of(raw, about, Path("a.sav"), spss_value)
    assert found.answers["q_1"].fillna(-1).tolist() == [1, 0, -1]
    assert found.answers["q_2"].tolist() == [0, 1, 1]
    assert found.questions["type"].tolist() == ["multiple", "multiple", "single"]
    assert found.questions["choice"].fillna("").tolist() == ["Team", "Leder", ""]
    assert list(found.labels) == ["r_1"]


def test_portable_file_reads_as_the_other(tmp_path):
    path = tmp_path / "a.por"
    pyreadstat.write_por(pd.DataFrame({"area": [1.0, 2.0]}), str(path))
    assert read_spss(path).answers["AREA"].tolist() == [1, 2]


def test_portable_and_system_files_are_told_apart_by_content(tmp_path):
    rows = pd.DataFrame({"a": [1.0, 2.0]})
    pyreadstat.write_por(rows, str(tmp_path / "a.sav"))
    pyreadstat.write_sav(rows, str(tmp_path / "a.por"))
    for name in ("a.sav", "a.por"):
        assert read_spss(tmp_path / name).answers.iloc[:, 0].tolist() == [1, 2]
