"""Stata and SAS files read as SPSS' do."""

import datetime

import numpy as np
import pandas as pd
import pyreadstat
import pytest

from analysis.readers.stata import read_stata, sas_value, stata_value


def test_codes_labels_reasons_and_dates(tmp_path):
    path = tmp_path / "a.dta"
    rows = pd.DataFrame(
        {
            "area": [1, 2, "a"],
            "d": pd.to_datetime(["2024-03-01", "2024-04-01 08:30", None], format="ISO8601"),
            "hours": [37.5, np.nan, 30],
            "remark": ["ærligt", "", "x"],
        }
    )
    pyreadstat.write_dta(
        rows,
        str(path),
        variable_value_labels={"area": {1: "Udsatteområdet", 2: "Handicapområdet", "a": "Ved ikke"}},
        missing_user_values={"area": ["a"]},
        column_labels={"area": "Hvilket område?"},
    )
    found = read_stata(path)
    assert found.answers["area"].fillna(-1).tolist() == [1, 2, -1]
    assert found.missing["area"].fillna("").tolist() == ["", "", "Ved ikke"]
    assert found.labels["area"] == {1: "Udsatteområdet", 2: "Handicapområdet"}
    assert [str(moment) for moment in found.answers["d"]] == [
        "2024-03-01 00:00:00",
        "2024-04-01 08:30:00",
        "NaT",
    ]
    assert [str(kind) for kind in found.answers.dtypes] == ["Int64", "datetime64[s]", "Float64", "string"]
    assert found.questions.set_index("variable").loc["area", "text"] == "Hvilket område?"


@pytest.mark.parametrize(
    ("form", "value", "expected"),
    [
        ("%td", 23_436.0, "2024-03-01"),
        ("%tc", 23_436 * 86_400_000.0, "2024-03-01"),
        ("%tdDD/NN/CCYY", 23_436.0, "2024-03-01"),
        ("%tm", 770.0, "2024-03-01"),
        ("%tq", 256.0, "2024-01-01"),
        ("%tw", 64 * 52.0, "2024-01-01"),
        ("%td", 9e12, "NaT"),
    ],
)
def test_periods_of_stata(form, value, expected):
    assert str(stata_value(pd.Series([value]), form)[0])[:10] == expected


@pytest.mark.parametrize(
    ("form", "value", "expected"),
    [
        ("DATE9", 23_436.0, "2024-03-01"),
        ("DDMMYY10", 23_436.0, "2024-03-01"),
        ("DATETIME20", 23_436 * 86_400.0, "2024-03-01"),
        ("TIME8", 30_600.0, "08:30:00"),
        ("BEST12", 5.0, "5.0"),
    ],
)
def test_formats_of_sas(form, value, expected):
    assert str(sas_value(pd.Series([value]), form)[0])[:10] == expected


@pytest.mark.parametrize("name", ["a.dta", "a.sas7bdat"])
def test_what_is_no_such_file_is_told(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(b"not at all" * 1000)
    with pytest.raises(ValueError, match="must be a whole (Stata|SAS) file"):
        read_stata(path)


@pytest.mark.parametrize("version", [10, 13, 15])
def test_letters_are_read_by_what_they_are(tmp_path, version):
    """Before version 14, a file does not say how it is encoded; programs besides Stata write UTF-8 in it."""
    path = tmp_path / "a.dta"
    pyreadstat.write_dta(pd.DataFrame({"kommune": ["Køge", "Ærø", "Århus"]}), str(path), version=version)
    assert read_stata(path).answers["kommune"].tolist() == ["Køge", "Ærø", "Århus"]
    content = path.read_bytes()
    for word in ("Køge", "Ærø", "Århus"):
        old = word.encode("cp1252")
        content = content.replace(word.encode(), old + bytes(len(word.encode()) - len(old)))
    path.write_bytes(content)
    assert read_stata(path).answers["kommune"].tolist() == ["Køge", "Ærø", "Århus"]


def test_sas_transport_file_reads_with_its_dates(tmp_path):
    path = tmp_path / "a.xpt"
    answers = pd.DataFrame(
        {"antal": [1.0, 2.5], "kommune": ["Køge", ""], "dato": [datetime.date(2024, 4, 1), None]}
    )
    pyreadstat.write_xport(answers, str(path))
    found = read_stata(path).answers
    assert found["antal"].tolist() == [1, 2.5]
    assert found["kommune"].fillna("-").tolist() == ["Køge", "-"]
    assert found["dato"].tolist() == [pd.Timestamp("2024-04-01"), pd.NaT]
