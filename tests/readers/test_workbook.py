"""Workbooks by their content, whatever they are called: old ones, OpenDocument, and what is none."""

import zipfile
from pathlib import Path

import openpyxl
import pytest

from analysis.readers.tabular import read_table

OLE = bytes.fromhex("d0cf11e0a1b11ae1")
ODS = """<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0">
<office:body><office:spreadsheet><table:table table:name="Ark1">
<table:table-row><table:table-cell office:value-type="string"><text:p>kommune</text:p></table:table-cell>
 <table:table-cell office:value-type="string"><text:p>andel</text:p></table:table-cell>
 <table:table-cell office:value-type="string"><text:p>dato</text:p></table:table-cell></table:table-row>
<table:table-row table:number-rows-repeated="{rows}">
 <table:table-cell office:value-type="string"><text:p>Roskilde</text:p></table:table-cell>
 <table:table-cell office:value-type="percentage" office:value="0.125"><text:p>12,5%</text:p></table:table-cell>
 <table:table-cell office:value-type="date" office:date-value="2024-03-01"><text:p>1/3</text:p></table:table-cell>
 <table:table-cell table:number-columns-repeated="16000"/></table:table-row>
<table:table-row table:number-rows-repeated="1048000"><table:table-cell table:number-columns-repeated="16384"/>
</table:table-row></table:table></office:spreadsheet></office:body></office:document-content>"""


def ods(tmp_path, rows=2):
    path = tmp_path / "a.ods"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", ODS.replace("{rows}", str(rows)))
    return path


def test_opendocument_reads_with_its_repeats(tmp_path):
    found = read_table(ods(tmp_path))
    assert found["kommune"].tolist() == ["Roskilde"] * 2
    assert found["andel"].tolist() == [0.125] * 2
    assert str(found["dato"][0].date()) == "2024-03-01"


def test_opendocument_made_to_fill_the_memory_is_told(tmp_path):
    with pytest.raises(ValueError, match="must have at most"):
        read_table(ods(tmp_path, rows=999_999_999))


@pytest.mark.parametrize("name", ["table.xls", "table.xlsx"])
def test_old_workbook_reads_under_either_name(tmp_path, name):
    path = tmp_path / name
    path.write_bytes((Path(__file__).parents[1] / "data" / "old_workbook.xls").read_bytes())
    found = read_table(path)
    assert found["kommune"].tolist() == ["Køge", "Roskilde"]
    assert found["timer"].tolist() == [1.125, 0.375]
    assert found["antal"].tolist() == [7, 8]
    assert str(found["dato"][0].date()) == "2024-03-01"


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.xlsx", OLE + bytes(600) + "EncryptedPackage".encode("utf-16-le"), "readable without a password"),
        ("a.xlsx", OLE + bytes(2000), "may have a password"),
        ("~$a.xlsx", b"\x05Navn" + bytes(160), "is the lock that Excel keeps while `a.xlsx` is open"),
        (
            "a.xls",
            b"<html><table><tr><td>1</td></tr></table></html>",
            "is a page of HTML or XML under that name",
        ),
        ("a.xlsx", b"a;b\n1;2\n", "is text or a page under that name"),
        ("a.csv", b"PK\x03\x04" + bytes(100), "is an Excel workbook or another zip archive"),
        ("a.csv", OLE + bytes(100), "is an old Excel workbook"),
        ("a.csv", b"<!DOCTYPE html><html></html>", "is a page of HTML"),
        ("a.csv", b"$FL2@(#) SPSS DATA FILE", "is an SPSS file"),
    ],
)
def test_what_a_file_is_and_what_to_do(tmp_path, name, content, told):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(ValueError, match=told):
        read_table(path)


@pytest.mark.parametrize("number", [b"99999999999", b"2000000"])
def test_row_numbers_beyond_any_sheet_are_told(tmp_path, number):
    path, changed = tmp_path / "a.xlsx", tmp_path / "b.xlsx"
    book = openpyxl.Workbook()
    book.active.append(["a"])
    book.active.append([1])
    book.save(path)
    with zipfile.ZipFile(path) as archive, zipfile.ZipFile(changed, "w") as other:
        for name in archive.namelist():
            other.writestr(name, archive.read(name).replace(b'<row r="2"', b'<row r="' + number + b'"'))
    with pytest.raises(ValueError, match="must have at most 1048576 rows in a sheet"):
        read_table(changed)
