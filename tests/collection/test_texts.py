"""What the collection says, cell by cell: a large, a small and an unanswered municipality, a group and the country.

The notebooks' cells are run as they stand, without drawing or publishing anything; what they say is read.
"""

import ast
import re
from pathlib import Path

import pytest
from IPython.display import Markdown
from nbformat import read
from readme_table import PUBLISHED, figures_by_id

from analysis import data, publish, texts
from analysis.charts.figure import Figure
from analysis.subjects import interviews
from analysis.texts import sources
from rerun import plan

PLACES = ("København", "Læsø", "Fanø", "Storbykommuner", "Hele landet")
TERM = 35  # characters: the name of something, as a report or a questionnaire has it
TEMPLATES = sorted(Path(texts.__file__).parent.glob("*.j2"))


def cells_of(file: Path, place: str) -> list[str]:
    """The code cells of a notebook, its parameters for a place."""
    notebook = read(file, as_version=4)
    sources_ = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    return [
        re.sub(r'^municipality: str = "[^"]*"', f'municipality: str = "{place}"', text, flags=re.MULTILINE)
        for text in sources_
    ]


def shown_by(cell: str, names: dict):
    """Run a cell; the value of its last line, as a notebook shows it."""
    *statements, last = ast.parse(cell).body
    exec(compile(ast.Module(statements, []), "cell", "exec"), names)
    if isinstance(last, ast.Expr):
        return eval(compile(ast.Expression(last.value), "cell", "eval"), names)
    exec(compile(ast.Module([last], []), "cell", "exec"), names)
    return None


def said_by(shown) -> list[str]:
    if isinstance(shown, Markdown):
        return [shown.data]
    if isinstance(shown, Figure):
        cells = shown.shown_table().astype(str).to_numpy().ravel()
        return [shown.headline, shown.description, shown.note, shown.source, shown.alt, *filter(None, cells)]
    return []


@pytest.fixture(scope="module")
def said():
    """Every text by place and notebook, the pieces of templates that were used, and the figures by notebook."""
    used, found, figures = set(), {}, set()
    rendered = texts._rendered

    def record(notebook, piece, values):
        used.add((notebook, piece))
        return rendered(notebook, piece, values)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(texts, "_rendered", record)
        patch.setattr(publish, "publish", lambda *figure, **how: [])
        digest = f"{data.digest()} for the texts"  # nothing that other tests keep is used
        patch.setattr(data, "digest", lambda: digest)
        for place in PLACES:
            for file in plan.notebooks():
                names, found[place, file.stem] = {}, []
                for cell in cells_of(file, place):
                    shown = shown_by(cell, names)
                    found[place, file.stem] += said_by(shown)
                    figures |= {(file.stem, shown.name)} if isinstance(shown, Figure) else set()
    return found, used, figures


def everything(said) -> list[tuple[str, str]]:
    return [(f"{place}, {notebook}", text) for (place, notebook), own in said[0].items() for text in own]


def test_every_notebook_says_something_of_every_place(said):
    assert all(said[0].values()) and len(said[0]) == len(PLACES) * len(plan.notebooks())


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda file: file.stem)
def test_every_piece_of_a_template_is_used(said, template):
    unused = [piece for piece in texts.pieces(template.stem) if (template.stem, piece) not in said[1]]
    assert unused == []


@pytest.mark.parametrize(
    "wrong",
    [r"\bnan\b", r"\bNone\b", r"\{\{|\{%", r" [,.;:]", r"\.\.", r",,", r"\ba[f]? de fem af", r"^[ ,.]"],
)
def test_no_text_has_a_slip(said, wrong):
    assert [(where, text) for where, text in everything(said) if re.search(wrong, text)] == []


def test_only_interviews_are_quoted(said):
    quoted = interviews.quotation_list()
    long = [
        (where, found)
        for where, text in everything(said)
        for found in re.findall(r"[»“”](.*?)[«“”]", text)
        if len(found) > TERM and found not in quoted
    ]
    assert long == []


def test_every_statement_of_the_sources_is_shown(said):
    shown = " ".join(text for _, text in everything(said)).lower()
    absent = [key for key, text in sources.statements()["statement"].items() if text.lower() not in shown]
    assert absent == []


@pytest.mark.parametrize(
    "unfounded",
    [
        "valgt med vilje",  # how the nine were chosen is not told
        "inden for intervallet",  # invented data are made after the published numbers, and hold them by construction
        r"rapporten (anbefaler|opfordrer)",  # it points to focus points
        r"casen (viser|beviser) at",
    ],
)
def test_nothing_is_said_that_no_source_bears_out(said, unfounded):
    assert data.is_synthetic("caseworkers")
    assert [
        (where, text) for where, text in everything(said) if re.search(unfounded, text, re.IGNORECASE)
    ] == []


def test_a_page_has_a_statement_of_the_sources_once_in_its_prose(said):
    """A table may gather what is told elsewhere; the sentences of one page don't repeat each other."""
    for (place, notebook), own in said[0].items():
        prose = " ".join(text for text in own if "**Rapporten" in text).lower()
        twice = [
            key for key, text in sources.statements()["statement"].items() if prose.count(text.lower()) > 1
        ]
        assert twice == [], (place, notebook)


def test_what_is_invented_is_called_so_wherever_the_report_stands_beside_it(said):
    for where, text in everything(said):
        if "**Rapporten" in text and data.is_synthetic("practices"):
            assert "**Data:**" not in text, where


@pytest.mark.parametrize("key", PUBLISHED)
def test_a_published_figure_is_shown_where_the_readme_says(said, key):
    assert figures_by_id()[key] in said[2]
