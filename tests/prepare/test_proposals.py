"""`make delivery` proposes what the sidecar must say of how a table lies in its file, and it reads so."""

import openpyxl
import pandas as pd
import pytest
import yaml

from analysis import files
from analysis.prepare import delivery
from analysis.prepare.proposals import propose_layout
from analysis.prepare.sidecars import read_sidecar
from analysis.readers.layout import Layout
from analysis.readers.tabular import read_table


def workbook(tmp_path, *rows, more=()):
    path = tmp_path / "a.xlsx"
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for title, cells in more:
        sheet = book.create_sheet(title)
        for row in cells:
            sheet.append(row)
    book.save(path)
    return path


def as_proposed(path):
    """What is proposed, and the table as a sidecar with it reads it."""
    said = propose_layout(path).said
    keys = {key: value for key, value in said.items() if key not in ("completed_when", "decimal")}
    return said, read_table(path, layout=Layout(**keys))


def test_title_rows_are_skipped(tmp_path):
    said, table = as_proposed(
        workbook(tmp_path, ["Ansatte 2024"], [], ["kommune", "antal"], ["Roskilde", 1], ["Greve", 2])
    )
    assert said == {"skip_rows": 2}
    assert table["antal"].tolist() == [1, 2]


def test_two_heading_rows_are_joined(tmp_path):
    path = workbook(
        tmp_path,
        ["kommune", "2023", None, "2024"],
        [None, "antal", "andel", "antal"],
        ["Roskilde", 1, 0.5, 2],
    )
    said, table = as_proposed(path)
    assert said == {"header_rows": 2}
    assert list(table) == ["kommune", "2023 / antal", "2023 / andel", "2024 / antal"]
    assert table.iloc[0].tolist() == ["Roskilde", 1, 0.5, 2]


def test_groups_written_once_are_filled_down(tmp_path):
    rows = (["Udsatte", "Roskilde", 1], [None, "Greve", 2], ["Handicap", "Roskilde", 3], [None, "Greve", 4])
    said, table = as_proposed(workbook(tmp_path, ["omraade", "kommune", "antal"], *rows))
    assert said == {"fill_down": ["omraade"]}
    assert table["omraade"].tolist() == ["Udsatte", "Udsatte", "Handicap", "Handicap"]


def test_totals_unknowns_and_notes_are_left_out(tmp_path):
    rows = [["101 København", 5], ["Ålborg", 6], ["Bornholms Regionskommune", 7], ["411 Christiansø", 1]]
    path = workbook(
        tmp_path, ["kommune", "antal"], ["Hele landet", 19], *rows, ["I alt", 19], ["Kilde: registret"]
    )
    said, table = as_proposed(path)
    assert set(said["rows_where"]["kommune"]["not"]) == {
        "Hele landet",
        "411 Christiansø",
        "I alt",
        "Kilde: registret",
    }
    assert table["kommune"].tolist() == ["101 København", "Ålborg", "Bornholms Regionskommune"]
    assert table.attrs["left_out"] == {"kommune": 4}


def test_one_of_several_sheets_is_proposed(tmp_path):
    path = workbook(tmp_path, ["a", "b"], [1, 2], more=[("Andet", [["c", "d"], [3, 4]])])
    with pytest.raises(ValueError, match="must say which of its sheets is meant, but 2 hold tables"):
        read_table(path)
    said, table = as_proposed(path)
    assert said == {"sheet": "Sheet"}
    assert table["a"].tolist() == [1]
    assert read_table(path, sheet="Andet")["c"].tolist() == [3]


def test_dashes_among_numbers_may_be_zero(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("kommune;antal\nRoskilde;-\nGreve;5\n")
    said, table = as_proposed(path)
    assert said == {"missing": ["-"]}
    assert table["antal"].fillna(-1).tolist() == [-1, 5]
    assert read_table(path, layout=Layout(missing={"-": 0}))["antal"].tolist() == [0, 5]


@pytest.fixture
def raw(tmp_path, monkeypatch):
    folder = tmp_path / "data" / "raw"
    folder.mkdir(parents=True)
    monkeypatch.setattr(files, "raw", lambda: folder)
    return folder


def test_decimal_mark_is_asked_for_in_the_sidecar(raw, capsys):
    path = raw / "staff_2024.csv"
    path.write_text("kommune;timer\nRoskilde;1.234\nGreve;2.500\n")
    assert delivery.main([str(path)]) == 0
    assert "1.234 kan være tusinder eller decimaler" in capsys.readouterr().out
    said = yaml.safe_load(path.with_suffix(".yml").read_text())
    assert said["decimal"]["timer"].startswith("UDFYLD")
    said |= dict.fromkeys(("title", "producer", "dates", "licence"), "x")
    path.with_suffix(".yml").write_text(yaml.safe_dump(said))
    with pytest.raises(ValueError, match="first: `decimal: timer`"):
        read_sidecar(path.with_suffix(".yml"))


def test_unfinished_answers_are_told_and_proposed(raw, capsys):
    path = raw / "svar_2024.csv"
    path.write_text("id;submitdate;lastpage;sagstal\n1;2024-04-05 08:30:00;3;25\n2;;1;30\n")
    assert delivery.main([str(path)]) == 0
    told = capsys.readouterr().out
    assert "ligner en eksport fra LimeSurvey: gennemført er kun svar hvor submitdate er udfyldt" in told
    assert "1 delvist besvarede" in told
    assert yaml.safe_load(path.with_suffix(".yml").read_text())["completed_when"] == {"submitdate": "filled"}


def test_two_deliveries_with_one_stem_get_a_sidecar_each(raw):
    paths = [raw / "samme.csv", raw / "samme.txt"]
    for path in paths:
        path.write_text("kommune;ansatte\nRoskilde;5\nGreve;6\n")
        assert delivery.main([str(path)]) == 0
    found = {yaml.safe_load(file.read_text())["path"]: file.name for file in raw.glob("*.yml")}
    assert found == {"samme.csv": "samme.yml", "samme.txt": "samme.txt.yml"}


def test_any_header_gives_a_sidecar_that_is_yaml(raw):
    path = raw / "a.csv"
    names = ["kommune: kode", "- antal", "ja", "#1", "{x}", "null", "'", "*a", "&b"]
    pd.DataFrame([range(10, 19)] * 3, columns=names).to_csv(path, sep=";", index=False)
    assert delivery.main([str(path)]) == 0
    assert set(yaml.safe_load(path.with_suffix(".yml").read_text())["columns"]) <= set(names)


def test_notes_below_a_table_with_groups_are_left_out(tmp_path):
    rows = [
        ["U", "Roskilde", 1],
        [None, "Greve", 2],
        ["H", "Roskilde", 3],
        [None, "Greve", 4],
        ["Kilde: registret"],
    ]
    said, table = as_proposed(workbook(tmp_path, ["omraade", "kommune", "antal"], *rows))
    assert said == {"fill_down": ["omraade"], "rows_where": {"omraade": {"not": ["Kilde: registret"]}}}
    assert table["omraade"].tolist() == ["U", "U", "H", "H"]
    assert table["antal"].sum() == 10


def test_row_names_without_a_heading_are_no_title(tmp_path):
    """R and pandas leave the first heading empty: the row below is data, and would be lost as the heading."""
    file = tmp_path / "med_raekkenavne.csv"
    file.write_text(";antal\n1;2\n2;4\n", encoding="utf-8")
    with pytest.raises(ValueError, match="column 1 has values and no name"):
        propose_layout(file)


def test_groups_within_groups_are_filled_down(tmp_path):
    """What is written once in each group to the left may be the same in several."""
    rows = [
        ["U", "Leder", "Roskilde", 1],
        [None, None, "Greve", 2],
        ["H", "Leder", "Roskilde", 3],
        [None, None, "Greve", 4],
    ]
    said, table = as_proposed(workbook(tmp_path, ["omraade", "rolle", "kommune", "antal"], *rows))
    assert said == {"fill_down": ["omraade", "rolle"]}
    assert table["rolle"].tolist() == ["Leder"] * 4


def test_very_many_rows_with_one_cell_are_no_notes(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("kommune;antal;note\nRoskilde;1;x\n" + "Greve;;\n" * 100_000)
    assert "rows_where" not in propose_layout(path).said
