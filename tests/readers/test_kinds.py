"""Files of other kinds than their names say, or that no reader is for: what it is, and what to do."""

import pytest

from analysis.prepare.delivery import read_delivery
from analysis.readers.tabular import read_table

TABLE = "kommune;antal;andel\nKøge;1;2,5\nGreve;2;3,5\nRoskilde;3;4,5\n"


def written(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize("name", ["~$a.csv", "~$a.xlsx", "~$a.qdpx", ".~lock.a.csv#", "._a.sav"])
def test_what_programs_keep_beside_a_file_is_told(tmp_path, name):
    with pytest.raises(ValueError, match=r"must be the delivery itself, but is .* Name `a\.\w+`"):
        read_delivery(written(tmp_path, name, b"\x05Navn" + bytes(160)))


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("a.zip", "Unpack it"),
        ("a.xlsb", "save it as .xlsx"),
        ("a.sas7bcat", "labels of a SAS file, not its answers: name the .sas7bdat"),
        ("a.pdf", "ask for the data itself"),
        ("a.json", "Ask for it as .csv or .xlsx"),
        ("a.parquet", "to_csv"),
        ("a.rds", "haven::write_sav"),
        ("a.jmp", "save it as SPSS"),
        ("a.mx24", "Export it as REFI-QDA"),
        ("a.sps", "holds no answers"),
        ("a.dat", "give it the ending .txt"),
        ("a.crdownload", "not downloaded whole"),
        ("uden", "give it the ending .txt"),
    ],
)
def test_advice_for_formats_without_a_reader(tmp_path, name, told):
    with pytest.raises(ValueError, match=told):
        read_delivery(written(tmp_path, name, TABLE))


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.csv", b"\x1f\x8b\x08\0", "is a packed file"),
        ("a.csv", b"%PDF-1.7", "is a PDF"),
        ("a.csv", '[{"a": 1}, {"a": 2}]', "is JSON"),
        ("a.csv", b"PAR1\x15\x04", "is a Parquet"),
        ("a.txt", b"SQLite format 3\0", "is a database"),
        ("a.csv", "<html>".encode("utf-16"), "is a page of HTML"),
        ("a.xls", "\n<html><table><tr><td>1</td></tr></table>", "is a page of HTML or XML under that name"),
        ("a.xls", '<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?>', "workbook as XML"),
        ("a.xls", "MIME-Version: 1.0\n", "is a web page under that name"),
        ("a.sav", b"PK\x03\x04" + bytes(90), "looks like an Excel workbook"),
        ("uden", b"$FL2@(#) SPSS", "looks like an SPSS file: give it its own ending"),
    ],
)
def test_another_content_than_the_name_says_is_told(tmp_path, name, content, told):
    with pytest.raises(ValueError, match=told):
        read_delivery(written(tmp_path, name, content))


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize("end", ["", "\x1a"])
def test_unicode_of_two_and_four_bytes_without_a_mark_reads(tmp_path, encoding, end):
    found = read_table(written(tmp_path, "a.csv", (TABLE + end).encode(encoding)))
    assert found.values.tolist() == [["Køge", 1, 2.5], ["Greve", 2, 3.5], ["Roskilde", 3, 4.5]]


@pytest.mark.parametrize("end", ["\x1a", "\x1a\0\0\0", "\0" * 512])
@pytest.mark.parametrize("encoding", ["utf-8", "cp850"])
def test_what_old_programs_write_behind_a_text_is_no_row(tmp_path, encoding, end):
    found = read_table(written(tmp_path, "a.csv", (TABLE + end).encode(encoding)))
    assert found["kommune"].tolist() == ["Køge", "Greve", "Roskilde"]
    delimited = read_table(written(tmp_path, "c.csv", (TABLE.replace("\n", ";\n") + end).encode(encoding)))
    assert delimited.equals(found)
    assert read_table(written(tmp_path, "b.csv", TABLE.rstrip() + "\x1a"))["andel"].tolist() == [
        2.5,
        3.5,
        4.5,
    ]


@pytest.mark.parametrize(
    "content", [TABLE[:-3] + "\0" * 512, TABLE.replace("Greve", "\0\0"), TABLE + "\0\n1;2;3"]
)
def test_a_text_that_was_not_copied_whole_is_told(tmp_path, content):
    with pytest.raises(ValueError, match="must be text in one encoding"):
        read_table(written(tmp_path, "a.csv", content))


@pytest.mark.parametrize(
    "content",
    [
        "kommune antal andel\nKoge 1 2,5\nGreve 2 3,5\nRoskilde 3 4,5\n",
        "kommune             antal  andel\nKøge                    1    2,5\nHøje-Taastrup Nord      2    3,5\n",
        "0265 12 1\n0101 13 2\n0259 14 1\n",
    ],
)
def test_columns_that_blanks_set_apart_are_told(tmp_path, content):
    with pytest.raises(ValueError, match="its 3 columns stand apart by blanks only"):
        read_table(written(tmp_path, "a.txt", content))


@pytest.mark.parametrize(
    "content", ["antal sager\n1 234\n12 500\n", "fulde navn\nAnders And\nFedtmule Hund\n"]
)
def test_one_column_with_blanks_in_it_is_one(tmp_path, content):
    assert read_table(written(tmp_path, "a.csv", content)).shape == (2, 1)
