"""The statements of the sources: a checked table, numbers that agree with the published figures, no false quotation."""

import json
import re

import pandas as pd
import pytest
from demo_home import PROJECT, home  # noqa: F401

from analysis import data
from analysis.subjects import interviews
from analysis.texts import in_words, sources

TERM = 30  # characters: the name of something, as a report or a questionnaire has it
QUOTED = re.compile(r"[»“”](.*?)[«“”]", re.DOTALL)
WRITTEN = [
    *(PROJECT / "src/analysis/texts").glob("*.j2"),
    *(PROJECT / "data").glob("*.csv"),
    *(PROJECT / "data/raw").rglob("*.csv"),
    *(PROJECT / "notebooks").glob("*.ipynb"),
    *(PROJECT / "src/analysis").rglob("*.py"),
]


def altered(home, old, new):  # noqa: F811
    file = home / "data/statements.csv"
    text = file.read_text(encoding="utf-8")
    assert text.count(old) >= 1
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


# ---- the table


def test_every_published_figure_has_its_statement_and_its_study():
    rows, figures = sources.statements(kind="figure"), data.read("published_figures").set_index("id")
    assert rows["published_figure"].tolist() == rows["id"].tolist()
    assert set(rows["id"]) == set(figures.index)
    assert (rows["study"].astype(str) == figures["study"].astype(str).reindex(rows["id"]).to_numpy()).all()


def test_a_statement_tells_the_number_that_is_published():
    for key in sources.statements(kind="figure")["id"]:
        row, said = sources.figure(key), sources.statement(key).lower()
        for number in (row["value"], row["value_high"]):
            if pd.notna(number):
                told = {f"{number:g}", in_words(number), f"alle {in_words(number)}"}
                assert any(re.search(rf"\b{word}\b", said) for word in told), key


def test_the_reports_own_verdicts_are_the_deep_mappings():
    judged = sources.statements()["verdict"].dropna()
    assert set(judged) == {"confirms", "nuances"}
    assert sources.statements().loc[judged.index, "study"].eq("deep_mapping").all()


def test_an_unknown_statement_names_the_known():
    with pytest.raises(KeyError, match="`sagstal` must be an id of data/statements.csv .*turnover"):
        sources.statement("sagstal")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "id;study",
            "id;undersoegelse",
            r"data/statements.csv: .* 1 are not in .*\(first: `undersoegelse`\)",
        ),
        ("deep_mapping;", "dybdekort;", r"`study` must be one of .* 1 of \d+ rows .*row 1 = dybdekort"),
        (";evidence;", ";belæg;", r"`kind` must be one of .* 1 of"),
        (
            "whole_nuanced;",
            "whole_confirmed;",
            r"`id` must be there once, but 1 of .*row 2 = whole_confirmed",
        ),
    ],
)
def test_a_fault_is_named_by_row_and_column(home, old, new, said):  # noqa: F811
    altered(home, old, new)
    with pytest.raises(ValueError, match=said):
        sources.statements()


def test_danish_excel_may_have_saved_it(home):  # noqa: F811
    file = home / "data/statements.csv"
    text = file.read_text(encoding="utf-8").replace("–", "-")
    file.write_bytes(text.replace("\n", "\r\n").encode("cp1252"))
    assert sources.statement("sparring_forum").startswith("I alle ni foregår")


# ---- quotation marks


def quotations(text: str) -> list[str]:
    return [found for found in QUOTED.findall(text) if "{" not in found]


def approved() -> set[str]:
    rows = pd.read_csv(PROJECT / "data/quotations.csv", dtype="str")
    return set(rows["segment"])


def false_quotations(text: str) -> list[str]:
    return [found for found in quotations(text) if len(found) > TERM and found not in approved()]


@pytest.mark.parametrize("file", WRITTEN, ids=lambda file: file.name)
def test_only_interviews_are_quoted(file):
    assert false_quotations(file.read_text(encoding="utf-8", errors="replace")) == []


def test_a_paraphrase_in_quotation_marks_is_seen():
    assert false_quotations("Casen: »alle parter var med fra begyndelsen, hver med sin opgave«.")
    assert not false_quotations("Det kaldes »ledelse i døren«.")
    assert not false_quotations(interviews.quotation_list())


# ---- the notebooks


def test_no_notebook_tells_a_source_by_heart():
    """What the report says stands in the table; a notebook's own prose has no number of it."""
    for file in sorted((PROJECT / "notebooks").glob("0*.ipynb")):
        cells = json.loads(file.read_text(encoding="utf-8"))["cells"]
        prose = " ".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
        assert not re.search(r"rapporten (skriver|siger)|\b\d+ pct\.|Kvifa", prose), file.name
