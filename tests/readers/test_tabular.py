import datetime
import time
import zipfile
from pathlib import Path

import openpyxl
import pandas as pd
import pandas.testing as pdt
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analysis.readers.layout import Layout
from analysis.readers.tabular import read_table

DANISH = (
    "Kommunekode;Navn;Sagstal;Beløb;Dato;Bemærkning\n"
    "101;København;40,5;1.234.567;01-03-2024;=1+1\n"
    "751;Århus;;12.000;1.4.2024;æ, ø\n"
)


def written(tmp_path, content, name="table.csv", encoding="utf-8"):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return path


def workbook(tmp_path, *rows):
    path = tmp_path / "table.xlsx"
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_danish_file_in_any_encoding(tmp_path, encoding, line_end):
    found = read_table(written(tmp_path, DANISH.replace("\n", line_end), encoding=encoding))
    expected = pd.DataFrame(
        {
            "Kommunekode": pd.array(["0101", "0751"], "string"),
            "Navn": pd.array(["København", "Århus"], "string"),
            "Sagstal": pd.array([40.5, None], "Float64"),
            "Beløb": pd.array([1234567, 12000], "Int64"),
            "Dato": pd.to_datetime(["2024-03-01", "2024-04-01"]).astype("datetime64[s]"),
            "Bemærkning": pd.array(["=1+1", "æ, ø"], "string"),
        }
    )
    pdt.assert_frame_equal(found, expected)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("a;b\n1,5;x\n2;y\n", [1.5, 2.0]),
        ("a;b\n1.234,5;x\n2;y\n", [1234.5, 2.0]),
        ("a,b\n1.5,x\n2,y\n", [1.5, 2.0]),
        ("a\tb\n1.5\tx\n2\ty\n", [1.5, 2.0]),
        ('a,b\n"1,234.5",x\n2,y\n', [1234.5, 2.0]),
        # three digits behind the only mark: what else stands in the column tells, whatever the delimiter
        ("a;b\n1.234;x\n2,5;y\n", [1234, 2.5]),
        ("a;b\n1.234;x\n2.5;y\n", [1.234, 2.5]),
        ("a,b\n1.234.567,x\n2.500,y\n", [1234567, 2500]),
        # no number of thousands begins with a zero, or has four digits before its mark
        ("a;b\n0.123;x\n2.500;y\n", [0.123, 2.5]),
        ('a,b\n"0,123",x\n"0,456",y\n', [0.123, 0.456]),
        ("a;b\n-0,123;x\n1.250;y\n", [-0.123, 1250]),
        ("a;b\n1234.567;x\n2.500;y\n", [1234.567, 2.5]),
        ("a;b\n12,5 %;x\n8%;y\n", [0.125, 0.08]),
        ("a;b\nkr. 1.000,00;x\n12,50 kr.;y\n", [1000, 12.5]),
        ("a;b\n1.000,-;x\n500,-;y\n", [1000, 500]),
        ("a;b\n1,5-;x\n2,5;y\n", [-1.5, 2.5]),
        ("a;b\n\u22121,5;x\n2,5;y\n", [-1.5, 2.5]),
        ("a;b\n1,5\u2212;x\n2,5;y\n", [-1.5, 2.5]),
        ("a;b\n1.234,- kr.;x\n200,- kr.;y\n", [1234, 200]),
        ("a;b\n-kr. 1.000,00;x\n-DKK 5,00;x\n", [-1000, -5]),
        ("a;b\nUnder 5;x\n7;y\nfærre end 3;x\n", [pd.NA, 7, pd.NA]),
        # an empty field at the end of each row but the heading
        ("a;b\n1;x;\n2;y;\n", [1, 2]),
        ("a;b\n1,5\u200b;x\n\ufeff2;y\n", [1.5, 2]),
        ("a;b\n1 234,5;x\n12\xa0000;y\n", [1234.5, 12000]),
        ("a;b\n1'234.5;x\n2;y\n", [1234.5, 2]),
        ("a;b\n<5;x\n7;y\n..;x\n\u2026;x\n*;x\n-;x\n", [pd.NA, 7, pd.NA, pd.NA, pd.NA, pd.NA]),
        ("a;b\n-1,5;x\n+2;y\n", [-1.5, 2.0]),
        ("sep=;\na;b\n1,5;x\n2;y\n", [1.5, 2.0]),
        ("\n\r\na;b\n\n1,5;x\n2;y\n\n", [1.5, 2.0]),
        ("a;b\nNA;x\n2;y\n", [pd.NA, 2]),
    ],
)
def test_decimal_marks(tmp_path, content, expected):
    found = read_table(written(tmp_path, content))["a"]
    assert found.isna().tolist() == [value is pd.NA for value in expected]
    assert found.dropna().tolist() == [value for value in expected if value is not pd.NA]


@pytest.mark.parametrize(
    "content",
    [
        "a;b\n1.234;1.5\n2.500;2\n",  # another column tells nothing
        'a,b\n"1,234",x\n"2,500",y\n',
        "a;b\n1.234;x\n17;y\n",
        "a;b\nkr. 1.234;x\n2.500 kr.;y\n",
        "a;b\n1.234 %;x\n",
    ],
)
def test_three_digits_behind_the_only_mark_are_asked_about(tmp_path, content):
    path = written(tmp_path, content)
    with pytest.raises(
        ValueError, match="`a` must show its decimal mark, but all . numbers .* `decimal: ','` or"
    ):
        read_table(path)
    comma, point = (read_table(path, layout=Layout(decimal={"a": mark}))["a"][0] for mark in ",.")
    assert max(comma, point) == pytest.approx(1000 * min(comma, point))
    # a column that nobody uses stops nothing
    assert str(read_table(path, wanted=["b"])["a"].dtype) == "string"


def test_decimal_mark_that_the_numbers_contradict_is_told(tmp_path):
    with pytest.raises(
        ValueError, match=r"`a` must have the decimal mark that the sidecar says \(`,`\), but 1 "
    ):
        read_table(written(tmp_path, "a;b\n1.5;x\n2;y\n"), layout=Layout(decimal=","))


def test_percent_sign_at_some_numbers_only_is_told(tmp_path):
    with pytest.raises(
        ValueError, match="`a` must have the percent sign at all numbers or at none, but 1 of 2"
    ):
        read_table(written(tmp_path, "a;b\n12,5 %;x\n0,3;y\n"))


def test_comma_and_point_in_one_column_are_told(tmp_path):
    with pytest.raises(ValueError, match="`a` must use one decimal mark"):
        read_table(written(tmp_path, "a;b\n1,5;x\n1.5;y\n"))


@pytest.mark.parametrize(
    "value",
    [
        "2024-03-01",
        "01-03-2024",
        "01.03.2024",
        "1/3/2024",
        "2024/03/01",
        "2024-03-01 00:00:00",
        "1.3.2024 00.00",
    ],
)
def test_dates_in_danish_styles(tmp_path, value):
    found = read_table(written(tmp_path, f"a;b\n{value};1\n"))["a"]
    assert found[0] == pd.Timestamp("2024-03-01")


def test_a_moment_with_its_zone_is_told_in_danish_time(tmp_path):
    values = [
        "2024-02-01T23:30:00Z",
        "2024-07-01T10:00:00.5+00:00",
        "2024-02-01T10:00+02:00",
        "2024-02-01 09:00",
    ]
    found = read_table(written(tmp_path, "a;b\n" + "".join(f"{value};1\n" for value in values)))["a"]
    assert found.astype(str).tolist() == [
        *("2024-02-02 00:30:00", "2024-07-01 12:00:00", "2024-02-01 09:00:00", "2024-02-01 09:00:00")
    ]


@pytest.mark.parametrize("value", ["13/13/2024", "31-02-2024", "03/25/2024"])
def test_dates_that_are_none_are_told(tmp_path, value):
    with pytest.raises(ValueError, match="`a` must hold dates .* 1 of 2"):
        read_table(written(tmp_path, f"a;b\n01-03-2024;1\n{value};2\n"))


def test_codes_keep_their_zeros(tmp_path):
    found = read_table(written(tmp_path, "kommune_nr;id;cpr\n265;007;0101701234\n0101;12;1\n"))
    assert found["kommune_nr"].tolist() == ["0265", "0101"]
    assert found["id"].tolist() == ["007", "12"]


def test_workbook_reads_like_the_file(tmp_path):
    path = workbook(
        tmp_path,
        ["Kommunekode", "Navn", "Sagstal", "Beløb", "Dato", "Bemærkning"],
        [101, "København", 40.5, 1234567, datetime.datetime(2024, 3, 1), None],
        [],
        [751, "Århus", None, 12000, datetime.date(2024, 4, 1), "æ, ø"],
    )
    expected = read_table(written(tmp_path, DANISH.replace("=1+1", "")))
    pdt.assert_frame_equal(read_table(path), expected)


def test_formula_as_text_stays_text_and_formula_without_result_is_told(tmp_path):
    path = workbook(tmp_path, ["a", "b"], [1, "x"], [2, "=1+1"])
    with pytest.raises(ValueError, match="1 cells hold a formula without a saved result .*B3"):
        read_table(path)
    book = openpyxl.load_workbook(path)
    book.active["B3"].data_type = "s"
    book.save(path)
    assert read_table(path)["b"].tolist() == ["x", "=1+1"]


def test_workbook_of_libreoffice_has_the_results_of_its_formulas():
    found = read_table(Path(__file__).parents[1] / "data" / "libreoffice" / "table_libreoffice.xlsx")
    assert found["Kommunekode"].tolist() == ["0101", "0751", "0265"]
    assert found["Sum"].tolist() == [81, 71.5, 71.5]
    assert found["Timer"].tolist() == [37.5, 32, 30.25]
    assert found["Note"].fillna("").tolist() == ["=1+1", "æ, ø; å", ""]
    assert found["Dato"][1] == pd.Timestamp("2024-11-12")


def test_excel_errors_are_told(tmp_path):
    with pytest.raises(ValueError, match="Excel errors .*row 2 = #REF!"):
        read_table(workbook(tmp_path, ["a"], ["#REF!"]))


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "is empty"),
        (b"a;b\n1;2;3\n", "must have 2 fields in each row, but 1 of 1"),
        (b"a;b\n1;2\n3\n", "must have 2 fields in each row, but 1 of 2 .*row 3 has 1"),
        (b"a;a\n1;2\n", "`a`"),
        (b"a;\n1;2\n", "column 2 has values and no name"),
        (b";;\n", "must have a header"),
        (b"a;b\n1;\x00\n", "one encoding"),
        (b"a\x00;b\n1;2\n", "one encoding"),
        ("a;b\næ;1\n".encode() + "ø;2\n".encode("cp1252"), "one encoding"),
        ("a;b\næ;1\n".encode("utf-16")[:-1], "one encoding"),
    ],
)
def test_broken_text_files_are_told(tmp_path, content, told):
    with pytest.raises(ValueError, match=told):
        read_table(written(tmp_path, content))


def test_other_things_than_files_are_told(tmp_path):
    with pytest.raises(ValueError, match="is a folder"):
        read_table(tmp_path)
    with pytest.raises(FileNotFoundError, match="there is none"):
        read_table(tmp_path / "none.csv")
    with pytest.raises(ValueError, match=r"must be \.csv, .* but is \.qdpx"):
        read_table(written(tmp_path, "x", "table.qdpx"))


def test_half_a_workbook_is_told(tmp_path):
    path = workbook(tmp_path, ["a"], *([number] for number in range(1000)))
    path.write_bytes(path.read_bytes()[:-2000])
    with pytest.raises(ValueError, match="must be a whole zip archive"):
        read_table(path)


def test_sheet_that_is_not_there_is_told(tmp_path):
    path = workbook(tmp_path, ["a"], [1])
    assert read_table(path, sheet="Sheet")["a"].tolist() == [1]
    with pytest.raises(ValueError, match="must have a sheet `Ark1`, but has `Sheet`"):
        read_table(path, sheet="Ark1")


def replaced(path, changes):
    """The same archive with other content in some members."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()} | changes
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def test_zip_bomb_is_told_before_it_fills_the_memory(tmp_path):
    path = replaced(workbook(tmp_path, ["a"], [1]), {"xl/worksheets/sheet1.xml": bytes(200 << 20)})
    assert path.stat().st_size < 1 << 20
    with pytest.raises(ValueError, match="zip bomb"):
        read_table(path)


def test_entities_in_a_workbook_are_told(tmp_path):
    xml = b'<!DOCTYPE x [<!ENTITY a "b"><!ENTITY c "&a;&a;">]><sst>&c;</sst>'
    with pytest.raises(ValueError, match="declares a document type"):
        read_table(replaced(workbook(tmp_path, ["a"], ["x"]), {"xl/worksheets/sheet1.xml": xml}))


@pytest.mark.parametrize("name", ["../out.xml", "/etc/out.xml", "..\\out.xml", "C:/out.xml"])
def test_paths_out_of_the_archive_are_told(tmp_path, name):
    with pytest.raises(ValueError, match="points outside"):
        read_table(replaced(workbook(tmp_path, ["a"], [1]), {name: b"x"}))


def test_encrypted_archive_is_told(tmp_path):
    path = workbook(tmp_path, ["a"], [1])
    content = bytearray(path.read_bytes())
    for mark, place in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        start = content.find(mark)
        while start >= 0:
            content[start + place] |= 1
            start = content.find(mark, start + 4)
    path.write_bytes(bytes(content))
    with pytest.raises(ValueError, match="without a password"):
        read_table(path)


def test_archive_of_another_kind_is_told(tmp_path):
    path = tmp_path / "table.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.txt", "x")
    with pytest.raises(ValueError, match="another kind of zip archive"):
        read_table(path)


FEW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@FEW
@given(st.binary(max_size=300))
def test_any_bytes_give_a_table_or_a_clear_error(tmp_path, content):
    try:
        read_table(written(tmp_path, content))
    except ValueError as error:
        assert " must " in str(error)


DAMAGE = st.lists(st.tuples(st.integers(0, 1 << 20), st.integers(0, 255)), min_size=1, max_size=4)


def damaged(content, damage):
    """The content with some bytes changed."""
    changed = bytearray(content)
    for place, byte in damage:
        changed[place % len(changed)] = byte
    return bytes(changed)


@FEW
@given(
    DAMAGE,
    st.sampled_from(
        ["", "[Content_Types].xml", "xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/styles.xml"]
    ),
)
def test_any_damage_to_a_workbook_gives_a_table_or_a_clear_error(tmp_path, damage, member):
    path = workbook(tmp_path, ["a", "b"], [1, "x"], [2.5, datetime.date(2024, 3, 1)])
    if member:
        with zipfile.ZipFile(path) as archive:
            content = archive.read(member)
        replaced(path, {member: damaged(content, damage)})
    else:
        path.write_bytes(damaged(path.read_bytes(), damage))
    try:
        read_table(path)
    except ValueError as error:
        assert " must " in str(error)


@FEW
@given(st.lists(st.floats(-1e9, 1e9, allow_nan=False), min_size=1, max_size=5))
def test_numbers_survive_either_decimal_mark(tmp_path, numbers):
    texts = [f"{number:.4f}" for number in numbers]
    pointed = read_table(written(tmp_path, "a,b\n" + "".join(f"{text},x\n" for text in texts)))["a"]
    comma = read_table(
        written(tmp_path, "a;b\n" + "".join(f"{text.replace('.', ',')};x\n" for text in texts))
    )["a"]
    assert pointed.tolist() == comma.tolist() == [float(text) for text in texts]


@pytest.mark.parametrize("mark", [":", "•", "nan", "None"])
def test_marks_for_no_number_are_missing(tmp_path, mark):
    file = tmp_path / "a.csv"
    file.write_text(f"navn;x\na;1\nb;{mark}\nc;3\n", encoding="utf-8")
    assert read_table(file)["x"].tolist() == [1, pd.NA, 3]


@pytest.mark.parametrize("sign", ["pct.", "pct", "procent"])
def test_percent_in_words_is_of_one(tmp_path, sign):
    file = tmp_path / "a.csv"
    file.write_text(f"navn;x\na;12,5 {sign}\nb;3 {sign}\n", encoding="utf-8")
    assert read_table(file)["x"].tolist() == [0.125, 0.03]


def test_durations_of_excel_are_hours(tmp_path):
    path = workbook(tmp_path, ["a"], [datetime.timedelta(hours=30, minutes=5)], [datetime.time(8, 30)])
    assert read_table(path)["a"].tolist() == ["30:05:00", "08:30:00"]


def test_a_workbook_as_strict_open_xml_is_told(tmp_path):
    path = workbook(tmp_path, ["a"], [1])
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    strict = b"http://purl.oclc.org/ooxml/officeDocument"
    usual = b"http://schemas.openxmlformats.org/officeDocument/2006"
    with pytest.raises(ValueError, match="may be saved as Strict Open XML"):
        read_table(
            replaced(path, {name: content.replace(usual, strict) for name, content in members.items()})
        )


def test_a_text_without_end_of_word_is_no_hang(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(b"a;b\nK\xf8ge;" + b"x" * 500_000 + b"\n")
    started = time.process_time()
    assert read_table(path)["a"].tolist() == ["Køge"]
    assert time.process_time() - started < 5
