"""One survey, delivered in the forms that its producers use, gives the same processed tables."""

import csv
from dataclasses import replace

import pandas as pd
import pandas.testing as pdt
import pyreadstat
import pytest
import xlsxwriter

from analysis.prepare import Ledger, prepare_waves
from analysis.prepare.sidecars import read_sidecar
from analysis.synthetic.deliveries import write_deliveries

OPEN = ("caseload", "weekly_hours", "sparring_hours", "introduction_days")


@pytest.fixture(scope="module")
def raw(tmp_path_factory):
    """A folder with the demonstration deliveries."""
    folder = tmp_path_factory.mktemp("raw")
    write_deliveries(folder)
    return folder


def rows_of(raw, part):
    with (raw / "national_survey" / f"{part}.csv").open(encoding="cp1252", newline="") as stream:
        return list(csv.reader(stream, delimiter=";"))


def prepared(raw, **changes):
    """Tables of the survey, delivered otherwise."""
    survey = replace(read_sidecar(raw / "national_survey.yml"), **changes)
    return prepare_waves([survey, read_sidecar(raw / "staff_counts.yml")], Ledger())


@pytest.fixture(scope="module")
def expected(raw):
    return prepared(raw)


def assert_same(found, expected, names=None):
    for name in names or expected:
        pdt.assert_frame_equal(found[name], expected[name])


@pytest.mark.parametrize(
    ("encoding", "delimiter", "line_end", "quoting", "decimal"),
    [
        ("cp1252", ",", "\r\n", csv.QUOTE_ALL, "."),
        ("utf-16", "\t", "\r\n", csv.QUOTE_MINIMAL, ","),
        ("utf-8", ";", "\n", csv.QUOTE_MINIMAL, ","),
    ],
)
def test_text_files(raw, expected, encoding, delimiter, line_end, quoting, decimal):
    folder = raw / f"survey {encoding} {delimiter!r}".replace("\\", "")
    folder.mkdir()
    for part in ("dataset", "labels", "structure"):
        with (folder / f"{part}.csv").open("w", encoding=encoding, newline="") as stream:
            writer = csv.writer(stream, delimiter=delimiter, lineterminator=line_end, quoting=quoting)
            rows = rows_of(raw, part)
            if part == "dataset":
                rows = [[field.replace(",", decimal) for field in row] for row in rows]
            writer.writerows(rows)
    assert_same(prepared(raw, path=folder.name), expected)


def as_number(field):
    """A field of the dataset as a workbook holds it."""
    try:
        return float(field.replace(",", "."))
    except ValueError:
        return field


def test_workbook_with_a_split_dataset(raw, expected):
    path = raw / "survey.xlsx"
    dataset = [[as_number(field) for field in row] for row in rows_of(raw, "dataset")]
    sheets = {
        "Dataset(1)": [row[:10] for row in dataset],
        "Dataset(2)": [row[10:] for row in dataset],
        "Labels": rows_of(raw, "labels"),
        "Structure": rows_of(raw, "structure"),
    }
    with xlsxwriter.Workbook(path) as workbook:
        for name, rows in sheets.items():
            sheet = workbook.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    assert_same(prepared(raw, path=path.name), expected)


def labels_of(raw):
    """Variable -> code -> label."""
    labels = {}
    for variable, code, label in rows_of(raw, "labels"):
        labels.setdefault(variable, {})[int(code)] = label.strip()
    return labels


def wordings_of(raw):
    """Variable -> wording of its question."""
    return {variable: wording for _, variable, _, _, wording, *_ in rows_of(raw, "structure")[1:]}


@pytest.mark.parametrize("is_missing", [False, True])
def test_spss_file(raw, expected, is_missing):
    """Also when "don't know" is a code for a missing answer."""
    path = raw / ("survey.zsav" if is_missing else "survey.sav")
    header, *rows = rows_of(raw, "dataset")
    numbers = [[as_number(field) if field else None for field in row] for row in rows]
    answers = pd.DataFrame(numbers, columns=header).drop(columns=["created", "closetime"])
    labels = {variable: scale for variable, scale in labels_of(raw).items() if variable in answers}
    unknown = {
        variable: [code for code, label in scale.items() if label == "Ved ikke"]
        for variable, scale in labels.items()
    }
    pyreadstat.write_sav(
        answers,
        str(path),
        variable_value_labels=labels,
        column_labels={variable: text for variable, text in wordings_of(raw).items() if variable in answers},
        missing_ranges={variable: codes for variable, codes in unknown.items() if codes}
        if is_missing
        else {},
    )
    assert_same(prepared(raw, path=path.name, reader="spss", files={path.name: {}}), expected)


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_plain_table_of_completed_answers(raw, expected, suffix):
    path = raw / f"answers{suffix}"
    header, *rows = rows_of(raw, "dataset")
    answers = pd.DataFrame(rows, columns=header)
    answers = answers[answers["statoverall_4"] == "1"]
    sidecar = read_sidecar(raw / "national_survey.yml")
    for variable, scale in labels_of(raw).items():
        if variable in sidecar.columns:
            answers[variable] = answers[variable].map({str(code): label for code, label in scale.items()})
    table = answers[list(sidecar.columns)].replace("", None)
    if suffix == ".csv":
        table.to_csv(path, index=False, sep=";", encoding="utf-8-sig")
    else:
        opened = [raw for raw, ours in sidecar.columns.items() if ours in OPEN]
        table[opened] = table[opened].map(lambda field: as_number(field) if isinstance(field, str) else None)
        table.to_excel(path, index=False, engine="xlsxwriter")
    found = prepared(raw, path=path.name, reader="tabular", files={path.name: {}})
    assert_same(found, expected, ["caseworkers", "leaders", "missing_answers"])
