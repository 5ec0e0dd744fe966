from pathlib import Path

import openpyxl
import pandas as pd
import pandas.testing as pdt
import pytest
import surveyxact_export as export
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analysis.readers.surveyxact import read_surveyxact

SAVED = Path(__file__).parents[1] / "data" / "libreoffice"
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


@pytest.mark.parametrize("name", ["surveyxact_libreoffice.xlsx", "export"])
def test_export_saved_again_by_libreoffice_reads_alike(expected, name):
    assert_alike(read_surveyxact(SAVED / name), expected)


def change(folder, part, **replaced):
    """The export with some text of a part replaced."""
    path = folder / f"{part}.csv"
    text = path.read_bytes().decode("cp1252")
    for old, new in replaced["texts"].items():
        assert old in text
        text = text.replace(old, new, 1)
    path.write_bytes(text.encode("cp1252"))
    return folder


@pytest.mark.parametrize(
    ("part", "texts", "told"),
    [
        ("dataset", {";1001;": ";1000;"}, "1 of 3 are there more than once by `respondentid`"),
        ("dataset", {"caseload": "area"}, "must name each column once, .*first: `area`"),
        ("dataset", {";0;0;0;1;0": ";1;0;0;1;0"}, "one overall status a respondent, but 1 of 4 .*row 1"),
        ("dataset", {";1;40;": ";mange;40;"}, "`area` must hold numbers, but 1 of 4 values are not"),
        ("dataset", {";1;40;": ";1,5;40;"}, "`area` must hold whole codes"),
        ("dataset", {";32,5;": ";32.5;"}, "`weekly_hours` must use one decimal mark"),
        ("dataset", {"2024-03-02 10:00:00": "i marts"}, "`answered` must hold dates"),
        ("dataset", {";1;40;": ";1;40;7;"}, "must have 20 fields in each row, but 1 of 4"),
        ("labels", {"area;1;Udsatteområdet": "area;1"}, "three fields a row .* row 2 has 2"),
        ("labels", {"area;1;": "area;2;"}, "`area` must name each code once"),
        ("labels", {"Ved ikke": "Ved ikke; ej"}, "three fields a row .* row 3 has 4"),
        ("structure", {"Spørgsmål om area": "Spørgsmål; om area;"}, "must have 7 fields a row, but 1 of 20"),
        ("structure", {"questionName": "name"}, "must begin with the header"),
    ],
)
def test_broken_exports_are_told(tmp_path, part, texts, told):
    folder = change(export.write_folder(tmp_path / "export"), part, texts=texts)
    with pytest.raises(ValueError, match=told):
        read_surveyxact(folder)


@pytest.mark.parametrize("part", ["dataset", "labels", "structure"])
def test_half_a_delivery_is_told(tmp_path, part):
    folder = export.write_folder(tmp_path / "export")
    (folder / f"{part}.csv").unlink()
    with pytest.raises(FileNotFoundError, match=f"1 of 3 are not there .first: file `{part}.csv`"):
        read_surveyxact(folder)


def test_other_things_than_exports_are_told(tmp_path):
    with pytest.raises(FileNotFoundError, match="there is none"):
        read_surveyxact(tmp_path / "none.xlsx")
    with pytest.raises(FileNotFoundError, match="3 of 3 are not there"):
        read_surveyxact(tmp_path)
    book = export.write_workbook(tmp_path / "book.xlsx")
    workbook = openpyxl.load_workbook(book)
    del workbook["Labels"]
    workbook.save(book)
    with pytest.raises(FileNotFoundError, match="sheet `labels`"):
        read_surveyxact(book)


@pytest.mark.parametrize("part", ["dataset", "labels", "structure"])
def test_a_part_that_is_empty_or_cut_off_is_told(tmp_path, part):
    folder = export.write_folder(tmp_path / "export")
    path = folder / f"{part}.csv"
    path.write_bytes(b"")
    with pytest.raises(ValueError, match=r"empty \(0 bytes\)"):
        read_surveyxact(folder)


def test_dataset_cut_off_within_a_row_is_told(tmp_path):
    folder = export.write_folder(tmp_path / "export")
    path = folder / "dataset.csv"
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(ValueError, match="must have 20 fields in each row, but 1 of 4"):
        read_surveyxact(folder)


def test_parts_of_a_split_dataset_with_other_respondents_are_told(tmp_path):
    book = export.write_workbook(tmp_path / "book.xlsx", split=8)
    workbook = openpyxl.load_workbook(book)
    workbook["Dataset(2)"].delete_rows(3)
    workbook.save(book)
    with pytest.raises(ValueError, match="they have 4 and 3 rows"):
        read_surveyxact(book)


def test_labels_without_values_and_values_without_labels_are_kept(tmp_path):
    folder = change(
        export.write_folder(tmp_path / "export"),
        "labels",
        texts={"area;9;Ved ikke": "area;8;Begge\nextra;1;Ja"},
    )
    found = read_surveyxact(folder)
    assert found.labels["area"] == {2: "Handicapområdet", 1: "Udsatteområdet", 8: "Begge"}
    assert found.labels["extra"] == {1: "Ja"}
    assert found.answers["area"].tolist() == [1, 2, 2, 9]


def test_rows_without_a_status_have_none(tmp_path):
    folder = change(export.write_folder(tmp_path / "export"), "dataset", texts={";0;0;0;1;0": ";0;0;0;0;0"})
    assert read_surveyxact(folder).status.isna().tolist() == [True, False, False, False]


def test_export_without_status_is_of_completed_answers(tmp_path):
    folder = change(
        export.write_folder(tmp_path / "export"),
        "dataset",
        texts={f"statoverall_{number}": f"kept_{number}" for number in range(1, 6)},
    )
    assert read_surveyxact(folder).status.tolist() == ["completed"] * 4


def test_line_breaks_in_texts_without_quotes(tmp_path, expected):
    texts = {'"Uformelt,\nmellem kolleger"': "Uformelt,\nmellem kolleger"}
    folder = change(export.write_folder(tmp_path / "a"), "structure", texts=texts)
    assert_alike(read_surveyxact(folder), expected)
    texts = {"Hvor foregår sparring?;1": "Hvor foregår\nsparring?;1"}
    folder = change(export.write_folder(tmp_path / "b"), "structure", texts=texts)
    assert_alike(read_surveyxact(folder), expected)
    folder = change(export.write_folder(tmp_path / "c"), "labels", texts={"Ved ikke": "Ved\nikke"})
    assert_alike(read_surveyxact(folder), expected)


def test_export_named_by_one_of_its_files(tmp_path, expected):
    folder = export.write_folder(tmp_path / "export")
    assert_alike(read_surveyxact(folder / "dataset.csv"), expected)


def test_phantom_delimiters_in_the_dataset_are_passed_over(tmp_path, expected):
    folder = export.write_folder(tmp_path / "export")
    path = folder / "dataset.csv"
    text = path.read_bytes().decode("cp1252")
    path.write_bytes(text.replace(";0;0;0;1;0\n", ";0;0;0;1;0;\n").encode("cp1252"))
    assert_alike(read_surveyxact(folder), expected)


FEW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
DAMAGE = st.lists(st.tuples(st.integers(0, 1 << 16), st.integers(0, 255)), min_size=1, max_size=3)


@FEW
@given(st.sampled_from(["dataset", "labels", "structure"]), DAMAGE, st.booleans())
def test_any_damage_gives_a_survey_or_a_clear_error(tmp_path_factory, part, damage, is_cut):
    folder = export.write_folder(tmp_path_factory.mktemp("export") / "export")
    path = folder / f"{part}.csv"
    content = bytearray(path.read_bytes())
    for place, byte in damage:
        content[place % len(content)] = byte
    path.write_bytes(bytes(content[: damage[0][0] % len(content)] if is_cut else content))
    try:
        read_surveyxact(folder)
    except ValueError as error:
        assert " must " in str(error)
