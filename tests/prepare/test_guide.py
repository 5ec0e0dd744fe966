"""docs/vejledning.md shows a delivery from each family of tools: its examples are run as they are written."""

import re
from pathlib import Path

import openpyxl
import pandas as pd
import pyreadstat
import pytest

from analysis import files
from analysis.prepare import delivery

GUIDE = (Path(__file__).parents[2] / "docs" / "vejledning.md").read_text(encoding="utf-8")
FILES = dict(re.findall(r"(?ms)^```\w+ data/raw/(\S+)\n(.*?)^```$", GUIDE))
TOLD = dict(re.findall(r"(?ms)^```\n\$ make delivery FILE=data/raw/(\S+)\n(.*?)^```$", GUIDE))


def write_workbook(path, content):
    book = openpyxl.Workbook()
    for line in content.splitlines():
        book.active.append([int(cell) if cell.isdecimal() else cell or None for cell in line.split(";")])
    book.save(path)


def write_spss(path, content):
    rows = [line.split(";") for line in content.splitlines()]
    codes = {row[0]: re.findall(r"(\d+)=(.*?)(?: \((mangler)\))?(?:, |$)", row[2]) for row in rows}
    pyreadstat.write_sav(
        pd.DataFrame({row[0]: [float(value) for value in row[3].split()] for row in rows}),
        str(path),
        column_labels={row[0]: row[1] for row in rows},
        variable_value_labels={
            name: {float(c): label for c, label, _ in found} for name, found in codes.items() if found
        },
        missing_ranges={
            name: [float(c) for c, _, gone in found if gone] for name, found in codes.items() if found
        },
    )


@pytest.fixture
def raw(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "raw", lambda: tmp_path)
    for name, content in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        write = {".xlsx": write_workbook, ".sav": write_spss}.get(path.suffix)
        write(path, content) if write else path.write_text(content, encoding="utf-8")
    return tmp_path


def test_each_family_has_an_example():
    assert {Path(name).suffix for name in TOLD} == {"", ".csv", ".xlsx", ".sav", ".qde", ".json"}
    assert {name.partition("/")[0] for name in FILES} == set(TOLD)


@pytest.mark.parametrize("name", TOLD)
def test_the_command_says_what_the_guide_says(raw, name, capsys):
    delivery.main([str(raw / name)])
    said = "".join(capsys.readouterr()).splitlines()
    place, is_next = 0, True
    for line in TOLD[name].splitlines():
        if line == "…":
            is_next = False
            continue
        assert line in (said[place : place + 1] if is_next else said[place:]), line
        place, is_next = said.index(line, place) + 1, True
    assert place == len(said) or not is_next
