"""A measure is a row of data/measures.csv: everything follows from it, and a row that can't be is told."""

import csv
import json
import re
import shutil

import pytest

from analysis import codebook, explorer, files, measures, views
from analysis.measures import catalogue

YEAR = 2014
NEW = {
    "name": "sparring_alone",
    "table": "caseworkers",
    "variable": "sparring_forum",
    "answers": "individual|none",
    "by_area": "no",
    "alike": "",
    "label": "Sparring uden kolleger",
    "stem": "sparring_alene",
    "population": "Sagsbehandlere",
    "subject": "andelen uden sparring med kolleger",
    "statistic": "Andel sagsbehandlere uden sparring med kolleger",
    "phrase": "{}",
    "unit": "pct.",
    "decimals": "0",
    "factor": "",
    "definition": "Sparringen foregår alene med lederen, eller der er ingen",
}
SOURCES = [path for path in (files.package_folder().parent).rglob("*.py")]


def rows() -> list[dict[str, str]]:
    with (files.project() / "data" / "measures.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def write(tmp_path, monkeypatch):
    """Write the rows of another measures.csv beside the same data, and read from there."""
    shutil.copytree(files.project() / "data", tmp_path / "data", ignore=shutil.ignore_patterns("raw"))
    given = rows()

    def write(changed: list[dict], delimiter: str = ",", encoding: str = "utf-8"):
        with (tmp_path / "data" / "measures.csv").open("w", encoding=encoding, newline="") as file:
            writer = csv.DictWriter(file, list(changed[0]), delimiter=delimiter)
            writer.writeheader()
            writer.writerows(changed)
        monkeypatch.setenv("ANALYSIS_HOME", str(tmp_path))

    write.rows = given
    return write


def test_a_new_row_is_a_measure_everywhere(write):
    write([*write.rows, NEW])
    assert measures.names()[-1] == "sparring_alone"
    table = measures.measure("sparring_alone", YEAR)
    country = table.row(place_level="country")
    assert country["status"] == "shown" and 0 < country["estimate"] < 1
    figure = views.view("sparring_alone", "Roskilde", "map", year=YEAR)
    assert figure.name == "udforsk_sparring_uden_kolleger_2014_kort"
    assert figure.description.startswith(
        "Andel sagsbehandlere uden sparring med kolleger. Sagsbehandlere, 2014"
    )
    shown = explorer.Explorer("Roskilde", YEAR)
    assert ("Sparring uden kolleger", "sparring_alone") in shown.measure.options
    shown.measure.value = "sparring_alone"
    assert shown.figure is not None and shown.message.value == ""
    cell = {}
    exec("from analysis import measures, views", cell)
    exec('figure = views.ranked(measures.measure("sparring_alone", 2014), "Roskilde")', cell)
    assert cell["figure"].name == "sparring_alene"
    assert (
        cell["figure"].headline.startswith("Andelen uden sparring med kolleger er ")
        and "pct. i Roskilde, " in cell["figure"].headline
    )


def test_a_file_saved_by_danish_excel_is_read_as_meant(write):
    plain = dict(catalogue._all())
    write(write.rows, ";", "cp1252")
    assert dict(catalogue._all()) == plain
    write(write.rows, ";", "utf-8-sig")
    assert dict(catalogue._all()) == plain


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("name", "turnover", r"row 3, column `name`: expected a name of its own, but found `turnover`"),
        ("name", "Mit mål", r"row 3, column `name`: expected a name as `my_measure`, but found `Mit mål`"),
        ("table", "staff", r"row 3, column `table`: expected one of `caseworkers`, `leaders`"),
        ("variable", "has_mentr", r"row 3, column `variable`: .*nearest: `has_mentor`"),
        ("variable", "municipality", r"row 3, column `variable`: expected a number or a closed question"),
        ("variable", "caseload", r"row 3, column `answers`: expected nothing, for `caseload` is a number"),
        ("answers", "yes|maybe", r"row 3, column `answers`: .*`yes`, `no`.*but found `maybe`"),
        ("answers", "yes|dont_know", r"row 3, column `answers`: .*but found `dont_know`"),
        ("answers", "", r"row 3, column `answers`: expected one or more of `yes`, `no`"),
        ("answers", "yes|no", r"row 3, column `answers`: expected some of the levels"),
        ("by_area", "ja", r"row 3, column `by_area`: expected yes or no, but found `ja`"),
        ("subject", "", r"row 3, column `subject`: expected a value, but found ``"),
        ("alike", "units", r"row 3, column `alike`: expected a column of the table, or nothing"),
        ("phrase", "pct.", r"row 3, column `phrase`: expected one `\{\}`"),
        ("unit", "sager", r"row 3, column `unit`: expected `pct.`"),
        ("decimals", "0,5", r"row 3, column `decimals`: expected 0, 1, 2 or 3"),
        ("label", "Personaleomsætning", r"row 3, column `label`: expected one of its own"),
        ("stem", "Mål", r"row 3, column `stem`: expected a name as `maal`"),
    ],
)
def test_a_wrong_cell_is_named(write, column, value, message):
    others = {row["name"]: row for row in write.rows}
    write([others["turnover"], others["mentor"] | {column: value}])
    with pytest.raises(ValueError, match=message):
        measures.names()


def test_a_wrong_column_is_named(write):
    write(
        [
            {("decimal" if name == "decimals" else name): cell for name, cell in row.items()}
            for row in write.rows
        ]
    )
    with pytest.raises(ValueError, match=r"row 1: expected the 16 columns .*`decimal` is none.*`decimals`"):
        measures.measure("caseload", YEAR)
    write([{name: cell for name, cell in row.items() if name != "unit"} for row in write.rows])
    with pytest.raises(ValueError, match=r"row 1: .*`unit` is missing"):
        measures.names()


def test_an_unknown_measure_names_the_known_ones():
    with pytest.raises(
        ValueError, match="`measure` must be one of caseload, .*but is 'sagstal'.*measures.csv"
    ):
        measures.measure("sagstal", YEAR)


def test_no_python_names_a_measure():
    """A measure is taken out with its row, and the cells that show it."""
    asked = re.compile(r'\b(measure|named|by_group|by_role|answers_of|Theme)\(\s*"([a-z_]+)"')
    rooms = [path for path in SOURCES if "synthetic" not in path.parts]
    found = {m[2] for path in rooms for m in asked.finditer(path.read_text(encoding="utf-8"))}
    assert found & set(measures.names()) == set()
    unlike_a_column = set(measures.names()) - set(codebook.read_codebook()["column"]) - {"mentor", "turnover"}
    assert len(unlike_a_column) == 4
    for path in rooms:
        text = path.read_text(encoding="utf-8")
        assert not [name for name in unlike_a_column if f'"{name}"' in text], path


def test_every_measure_is_shown_by_a_notebook():
    notebooks = [json.loads(path.read_text()) for path in (files.project() / "notebooks").glob("0*.ipynb")]
    cells = "".join("".join(cell["source"]) for notebook in notebooks for cell in notebook["cells"])
    assert all(f'"{name}"' in cells for name in measures.names())
