import nbformat
import notebook_rules
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from rerun import plan

GOOD = [
    ("md", "# Sagstal\n\nHvor mange sager?"),
    ("parameters", 'municipality: str = "Roskilde"  # navnet\nmin_count: int = 5  # færrest'),
    ("code", "from analysis import charts\nfrom analysis.municipalities import find_place"),
    ("code", "place = find_place(municipality)"),
    ("code", 'assert not table.duplicated(["place"]).any()'),
    ("code", "figure = charts.funnel(table)\npublish(figure)\nfigure"),
    ("md", "## Forbehold\n\nTallene er sagsbehandlernes eget svar."),
]


def made(changes=(), extra=()):
    cells = [
        new_markdown_cell(source)
        if kind == "md"
        else new_code_cell(source, metadata={"tags": ["parameters"] if kind == "parameters" else []})
        for kind, source in [*GOOD[:-1], *extra, GOOD[-1]]
    ]
    for number, source in dict(changes).items():
        cells[number]["source"] = source
    return new_notebook(cells=cells)


def complaints(notebook, *rules):
    return [complaint for rule in rules or notebook_rules.RULES for complaint in rule(notebook)]


@pytest.mark.parametrize("path", plan.notebooks(), ids=lambda path: path.stem)
def test_a_notebook_of_the_collection_has_the_shape(path):
    assert complaints(nbformat.read(path, as_version=4)) == []


def test_a_good_notebook_passes():
    assert complaints(made()) == []


@pytest.mark.parametrize(
    ("rule", "changes", "said"),
    [
        ("size", {3: "a = 1\n" * 11}, "11 lines"),
        ("order", {0: "Sagstal"}, "title and a question"),
        ("order", {2: "a = 1"}, "must be imports"),
        ("order", {6: "## Slut\n\nTak."}, "Forbehold"),
        ("parameters", {1: 'municipality = "Roskilde"  # navnet\nmin_count: int = 5  # f'}, "with its kind"),
        (
            "parameters",
            {1: "municipality: int = 265  # koden\nmin_count: int = 5  # f"},
            "`municipality: str`",
        ),
        ("parameters", {1: 'municipality: str = "Roskilde"\nmin_count: int = 5  # f'}, "has no comment"),
        ("parameters", {1: 'municipality: str = "Roskilde"  # navnet'}, "`min_count: int`"),
        ("language", {3: "def mean(x):\n    return x"}, "FunctionDef"),
        ("language", {3: "class A:\n    pass"}, "ClassDef"),
        ("language", {3: "try:\n    a = 1\nexcept KeyError:\n    a = 2"}, "Try"),
        ("language", {3: "for name in names:\n    a = name"}, "For"),
        ("language", {3: 'a = pd.read_csv("a.csv")'}, "read_csv"),
        ("language", {3: 'a = a.rename(columns={"x": "y"})'}, "rename"),
        ("language", {3: "caseworkers.head()"}, "head"),
        ("language", {3: 'warnings.filterwarnings("ignore")'}, "filterwarnings"),
        ("language", {3: "import pandas as pd"}, "import cell"),
        ("language", {3: 'a = "#b3123c"'}, "colours"),
        ("language", {3: 'a = draw(color="red")'}, "colours"),
        ("uses_place", {4: "a = municipality"}, "read once"),
        ("uses_place", {3: 'place = find_place("Roskilde")'}, "read once"),
        ("asserts_grain", {4: "a = 1"}, "grain"),
        ("figures", {5: "figure = charts.funnel(table)\nfigure"}, "publish"),
    ],
)
def test_each_rule_fires(rule, changes, said):
    found = complaints(made(changes), getattr(notebook_rules, rule))
    assert said in found[0]


def test_too_many_cells_are_seen():
    extra = [("code", "a = 1")] * 10
    assert complaints(made(extra=extra), notebook_rules.size) == ["15 code cells, at most 14"]


def test_a_missing_tag_is_seen():
    notebook = made()
    notebook.cells[1].metadata["tags"] = []
    assert complaints(notebook, notebook_rules.parameters) == ["0 cells tagged parameters, must be one"]


def test_outputs_are_seen():
    notebook = made()
    notebook.cells[3]["outputs"] = [nbformat.v4.new_output("stream", text="1")]
    assert complaints(notebook, notebook_rules.clean) == ["code cell 3 has outputs"]
