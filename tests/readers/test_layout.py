"""How a table lies in its file: no row lost, no title or data taken for a heading, sheets and merged cells as shown."""

import datetime

import openpyxl
import pytest

from analysis.readers.layout import Layout
from analysis.readers.tabular import read_table


def written(tmp_path, content, name="table.csv", encoding="utf-8"):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return path


def workbook(tmp_path, *sheets):
    """A workbook of (title, rows, shown) and what is merged."""
    path = tmp_path / "table.xlsx"
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows, shown, merged in sheets:
        sheet = book.create_sheet(title)
        sheet.sheet_state = "visible" if shown else "hidden"
        for row in rows:
            sheet.append(row)
        for area in merged:
            sheet.merge_cells(area)
    book.active = len(sheets) - 1
    book.save(path)
    return path


@pytest.mark.parametrize("encoding", ["cp1252", "cp850", "mac_roman", "utf-8"])
@pytest.mark.parametrize("text", ["Køge;1\nÆrø;2\nÅrhus;3\n", "Køge;1\nÉt år – “så”;2\n"])
def test_danish_words_in_old_encodings(tmp_path, encoding, text):
    if encoding == "cp850":
        text = text.replace("–", "-").replace("“", '"').replace("”", '"').replace(' "så"', " så")
    found = read_table(written(tmp_path, f"kommune;x\n{text}", encoding=encoding))
    assert found["kommune"].tolist() == [line.split(";")[0] for line in text.splitlines()]


def test_utf8_encoded_twice_is_read_once(tmp_path):
    text = "kommune;x\nKøge;1\nÆrø;2\nÅbenrå;3\n"
    broken = text.encode().decode("cp1252", "surrogateescape").encode("utf-8", "surrogateescape")
    assert read_table(written(tmp_path, broken))["kommune"].tolist() == ["Køge", "Ærø", "Åbenrå"]


@pytest.mark.parametrize(
    "content",
    [
        '"I alt";"Roskilde";"2021K1";313;298\n"I alt";"Greve";"2021K1";317;299\n',
        "Roskilde;2024-03-01;ja\nGreve;2024-03-02;nej\n",
        "Roskilde;2020;ja\nGreve;2021;nej\n",
        "0265;12,5\n0101;13,5\n",
    ],
)
def test_file_without_a_heading_is_told(tmp_path, content):
    path = written(tmp_path, content)
    with pytest.raises(
        ValueError, match="must begin with a header, but its first row looks like the rows below"
    ):
        read_table(path)
    assert len(read_table(path, layout=Layout(header_rows=1))) == 1


@pytest.mark.parametrize("header", ["kommune;2019;2020", "kommune;1;2", "id;q1;q2"])
def test_years_and_numbered_questions_are_headings(tmp_path, header):
    assert list(read_table(written(tmp_path, f"{header}\nRoskilde;3;4\n"))) == header.split(";")


def test_heading_that_comes_again_is_told(tmp_path):
    with pytest.raises(ValueError, match="must have its header once, but row 3 repeats it"):
        read_table(written(tmp_path, "a;b\n1;2\na;b\n3;4\n"))


@pytest.mark.parametrize(
    ("content", "row"),
    [
        ('kommune;svar\nRoskilde;"skærm\nGreve;ok\nKøge;fint\n', 2),
        ('kommune;svar\nRoskilde;"skærm\nGreve;"ok"\n', 2),
        ('kommune;svar\nRoskilde;"27" skærm"\nGreve;ok\n', 2),
    ],
)
def test_a_quote_that_is_not_closed_is_told(tmp_path, content, row):
    with pytest.raises(ValueError, match=f"must close each quote before the next delimiter, but row {row} "):
        read_table(written(tmp_path, content))


def test_quotes_and_lines_within_texts_are_text(tmp_path):
    found = read_table(written(tmp_path, 'a;b\n1;"linje 1\nlinje ""2"""\n2;27" skærm\n'))
    assert found["b"].tolist() == ['linje 1\nlinje "2"', '27" skærm']


def test_blank_rows_are_no_rows(tmp_path):
    assert len(read_table(written(tmp_path, "a;b\n;\n1;2\n\n;\n3;4\n;\n"))) == 2


def test_title_row_is_told_and_skipped(tmp_path):
    path = written(tmp_path, "Ansatte i kommunerne, 2024\nkommune;antal\nRoskilde;1\n")
    with pytest.raises(ValueError, match="its first row has one cell only, as a title has, .*`skip_rows: 1`"):
        read_table(path)
    assert read_table(path, layout=Layout(skip_rows=1)).to_dict("list") == {
        "kommune": ["Roskilde"],
        "antal": [1],
    }


def test_qualtrics_has_three_heading_rows(tmp_path):
    path = written(
        tmp_path,
        'StartDate,Finished,Q1\n"Start Date",Finished,"Hvor mange sager?"\n'
        '"{""ImportId"":""a""}","{""ImportId"":""b""}","{""ImportId"":""c""}"\n2024-04-05 08:30:00,True,25\n',
    )
    found = read_table(path)
    assert found["Q1"].tolist() == [25]
    assert found.attrs["questions"]["Q1"] == "Hvor mange sager?"


def test_excel_text_of_a_code_is_the_code(tmp_path):
    assert read_table(written(tmp_path, 'kom;x\n="0265";1\n="0101";2\n'))["kom"].tolist() == ["0265", "0101"]


@pytest.mark.parametrize("error", ["#DIVISION/0!", "#SPILL!", "#REFERENCE!", "#N/A"])
@pytest.mark.parametrize("kind", ["workbook", "text"])
def test_errors_of_excel_stop_only_who_uses_them(tmp_path, error, kind):
    if kind == "workbook":
        path = workbook(tmp_path, ("Data", [["a", "b"], [error, 1], [2, 2]], True, []))
    else:
        path = written(tmp_path, f"a;b\n{error};1\n2;2\n")
    with pytest.raises(ValueError, match="1 cells of `a` have Excel errors .first: row 2 = #"):
        read_table(path)
    assert read_table(path, wanted=["b"])["b"].tolist() == [1, 2]
    assert read_table(path, layout=Layout(missing=[error]))["a"].fillna(-1).tolist() == [-1, 2]


@pytest.mark.parametrize("rows", [[["a", "b"], ["(5)", 1], ["3", 2]], [["a", "b"], ["(5)", 1], [3, 2]]])
def test_numbers_in_brackets_are_asked_about(tmp_path, rows):
    path = workbook(tmp_path, ("Data", rows, True, []))
    with pytest.raises(ValueError, match=r"what brackets around its numbers mean, but 1 of 2 have .*row 1"):
        read_table(path)
    assert read_table(path, layout=Layout(missing={"(5)": -5}))["a"].tolist() == [-5, 3]


def test_codes_in_brackets_and_texts_with_them_are_text(tmp_path):
    found = read_table(written(tmp_path, "a;b\n(1);(5)\n(2);ja\n"))
    assert found.to_dict("list") == {"a": ["(1)", "(2)"], "b": ["(5)", "ja"]}


def test_numbers_of_a_workbook_pass_through_no_text(tmp_path):
    rows = [["a", "b", "c"], [0.125, "12,5", 1], [1.375, 8.25, 2]]
    found = read_table(workbook(tmp_path, ("Data", rows, True, [])))
    assert found.to_dict("list") == {"a": [0.125, 1.375], "b": [12.5, 8.25], "c": [1, 2]}


def test_text_among_numbers_of_a_workbook_is_asked_about(tmp_path):
    path = workbook(tmp_path, ("Data", [["a"], [12.125], ["1.234"]], True, []))
    with pytest.raises(ValueError, match="`a` must show its decimal mark"):
        read_table(path)


def test_sheets_that_are_hidden_or_hold_no_table_are_passed_over(tmp_path):
    data = ("Data", [["kommune"], ["Roskilde"], ["Greve"]], True, [])
    hidden = ("Gammel", [["a", "b"], [1, 2]], False, [])
    assert read_table(workbook(tmp_path, hidden, data))["kommune"].tolist() == ["Roskilde", "Greve"]
    note = ("Læs mig", [["Om filen"]], True, [])
    assert read_table(workbook(tmp_path, note, data, hidden))["kommune"].tolist() == ["Roskilde", "Greve"]


def test_merged_text_holds_for_its_rows_and_a_merged_number_is_told(tmp_path):
    rows = [["omraade", "kommune", "antal"], ["U", "Roskilde", 1], [None, "Greve", None]]
    found = read_table(workbook(tmp_path, ("Data", rows, True, ["A2:A3"])))
    assert found["omraade"].tolist() == ["U", "U"]
    with pytest.raises(ValueError, match="`antal` has merged cells .first: row 2 to 3"):
        read_table(workbook(tmp_path, ("Data", rows, True, ["C2:C3"])))


def test_once_written_groups_and_rows_by_value(tmp_path):
    rows = [["omraade", "kommune", "antal"], ["U", "Roskilde", 1], [None, "Greve", 2], [None, "I alt", 3]]
    path = workbook(tmp_path, ("Data", rows, True, []))
    layout = Layout(fill_down=("omraade",), rows_where={"kommune": {"not": ["I alt"]}})
    found = read_table(path, layout=layout)
    assert found["omraade"].tolist() == ["U", "U"]
    assert found["antal"].sum() == 3
    assert found.attrs["left_out"] == {"kommune": 1}
    assert len(read_table(path, layout=Layout(rows_where={"kommune": ["Greve", "Roskilde"]}))) == 2
    for wrong, told in (
        (Layout(fill_down=("x",)), "`fill_down` must name columns .* `x`"),
        (Layout(rows_where={"x": ["a"]}), "`rows_where` must name columns .* `x`"),
        (Layout(rows_where={"kommune": {"not": ["Total"]}}), "`rows_where` must name values .* `Total`"),
    ):
        with pytest.raises(ValueError, match=told):
            read_table(path, layout=wrong)


def test_times_and_dates_of_a_workbook(tmp_path):
    rows = [
        ["d", "t"],
        [datetime.datetime(2024, 3, 1, 8, 30), datetime.time(8, 30)],
        ["1.4.2024", datetime.time(9)],
    ]
    found = read_table(workbook(tmp_path, ("Data", rows, True, [])))
    assert [str(moment) for moment in found["d"]] == ["2024-03-01 08:30:00", "2024-04-01 00:00:00"]
    assert found["t"].tolist() == ["08:30:00", "09:00:00"]
