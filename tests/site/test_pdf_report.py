"""The printed report: tagged, described, in Danish, with everything in it and the same at every run.

What PDF/UA-1 asks of a file and a program can check is checked here; a person has to judge the reading order.
"""

import json
import re

import nbformat
import pytest
from nbformat import v4
from published import figure, project

from analysis.export import record as provenance
from analysis.export import record_reader
from analysis.publish import publish
from rerun.site import document, pdf

_REQUIRED = {
    "/MarkInfo": rb"/MarkInfo\s*<<[^>]*/Marked true",
    "/Lang": rb"/Lang\s*\(da-DK\)",
    "/StructTreeRoot": rb"/StructTreeRoot \d+ 0 R",
    "/DisplayDocTitle": rb"/DisplayDocTitle true",
    "pdfuaid:part": rb"<pdfuaid:part>1<",
    "dc:title": rb"<dc:title>",
    "/Tabs": rb"/Tabs\s*/S",
}


def executed(folder, name, *figures):
    cells = [
        v4.new_markdown_cell(f"# {name.capitalize()} på området\n\nHvor mange sager har en *rådgiver*?"),
        v4.new_code_cell('municipality: str = "Roskilde"', metadata={"tags": ["parameters"]}),
    ]
    for shown in figures:
        bundle = shown._repr_mimebundle_()
        cells += [
            v4.new_markdown_cell("## Har kommunen flere sager end andre?"),
            v4.new_code_cell("secret_code", outputs=[v4.new_output("display_data", data=bundle)]),
        ]
    sentence = {"text/markdown": "Roskilde har **20,0** sager."}
    cells.append(v4.new_code_cell("", outputs=[v4.new_output("display_data", data=sentence)]))
    cells.append(v4.new_markdown_cell("## Forbehold\n\n- Kommunerne opgør sager forskelligt."))
    parameters = {"municipality": "Roskilde", "min_count": 7}
    path = folder / f"{name}.ipynb"
    nbformat.write(v4.new_notebook(cells=cells, metadata={"papermill": {"parameters": parameters}}), path)
    return path


@pytest.fixture(scope="module")
def printed(tmp_path_factory):
    """Notebooks of a small project, and their report."""
    patch = pytest.MonkeyPatch()
    home = project(tmp_path_factory.mktemp("project"))
    patch.setenv("ANALYSIS_HOME", str(home))
    folder = home / "roskilde"
    folder.mkdir()
    for shown in (figure(), _of_all()):
        publish(shown, directory=folder / "figurer")
    notebooks = [
        executed(folder, "02_sagstal", figure(), _of_all()),
        executed(folder, "03_sparring", figure()),
    ]
    yield notebooks, pdf.write_pdf(notebooks, "Roskilde", folder / "syntetisk_roskilde_rapport.pdf")
    patch.undo()


def _of_all():
    return figure(areas=("at_risk", "disability"), headline="Alle kommuner", name="sagstal_alle")


def _missing_rules(plain: bytes) -> list[str]:
    """What a PDF, its streams of objects unpacked, lacks of what PDF/UA-1 asks for."""
    missing = [name for name, pattern in _REQUIRED.items() if not re.search(pattern, plain)]
    figures = re.findall(rb"/S\s*/Figure.*?(?=/Type\s*/StructElem|\Z)", plain, flags=re.DOTALL)
    if not figures or not all(b"/Alt" in element for element in figures):
        missing.append("Alt of every Figure")
    fonts = re.findall(rb"/Type\s*/FontDescriptor.*?(?=/Type\s*/FontDescriptor|\Z)", plain, flags=re.DOTALL)
    if not fonts or not all(re.search(rb"/FontFile[23]? \d", font) for font in fonts):
        missing.append("embedded fonts")
    levels = [int(level) for level in re.findall(rb"/S\s*/H([1-6])\b", plain)]
    if levels[:1] != [1] or any(
        later > before + 1 for before, later in zip(levels, levels[1:], strict=False)
    ):
        missing.append("headings without a gap")
    links = plain.count(b"/Subtype/Link")
    if len(re.findall(rb"/Subtype/Link.{0,300}?/Contents", plain, flags=re.DOTALL)) != links:
        missing.append("Contents of every link")
    headers = re.findall(rb"/S\s*/TH\b.*?(?=/Type\s*/StructElem|\Z)", plain, flags=re.DOTALL)
    if not headers or not all(b"/ID" in header for header in headers):
        missing.append("headers of tables that cells name")
    return missing


@pytest.fixture(scope="module")
def content(printed):
    return record_reader.pdf_plain(printed[1].read_bytes())


def test_the_report_holds_to_pdf_ua(content):
    assert _missing_rules(content) == []


@pytest.mark.parametrize(
    ("rule", "old", "new"),
    [
        ("/Lang", b"/Lang(da-DK)", b"/Long(da-DK)"),
        ("Alt of every Figure", b"/Alt", b"/Old"),
        ("/DisplayDocTitle", b"/DisplayDocTitle", b"/DisplayDacTitle"),
    ],
)
def test_the_check_of_pdf_ua_finds_what_is_missing(content, rule, old, new):
    assert rule in _missing_rules(content.replace(old, new))


def test_title_and_record_are_in_the_report(printed):
    record = record_reader.read(printed[1])
    assert record["notebooks"] == ["02_sagstal", "03_sparring"]
    assert record["parameters"] == {"min_count": 7, "municipality": "Roskilde"}
    assert record["file"] == "syntetisk_roskilde_rapport" and record["synthetic"] is True
    titles = record_reader.pdf_strings(record_reader.pdf_plain(printed[1].read_bytes()), "Title")
    assert "SYNTETISKE DATA. Børn og unge med særlige behov – Roskilde" in titles


def test_alternative_texts_of_the_figures_are_the_figures_own(content):
    alts = record_reader.pdf_strings(content, "Alt")
    assert [alt for alt in alts if "Prikdiagram" in alt] == [figure().alt, _of_all().alt, figure().alt]


def test_a_second_report_is_the_same(printed):
    notebooks, path = printed
    before = path.read_bytes()
    assert pdf.write_pdf(notebooks, "Roskilde", path).read_bytes() == before


def test_the_report_says_everything_and_shows_no_code(printed):
    text = json.dumps(pdf.told(printed[0], "Roskilde", printed[1]), ensure_ascii=False)
    for words in (
        "Syntetiske data",
        "færre end 7 besvarelser",
        "02_sagstal på området",
        "Har kommunen flere sager end andre?",
        "Alle kommuner",
        "Roskilde har ",
        "Kommunerne opgør sager forskelligt.",
        provenance.state()["data_digest"],
    ):
        assert words in text, words
    assert "secret_code" not in text


def test_a_notebook_without_a_title_and_no_notebooks_are_errors(tmp_path):
    path = tmp_path / "a.ipynb"
    nbformat.write(v4.new_notebook(cells=[v4.new_markdown_cell("Hej")]), path)
    with pytest.raises(ValueError, match="must begin with a heading"):
        pdf.write_pdf([path], "Roskilde", tmp_path / "a.pdf")
    with pytest.raises(ValueError, match="at least one executed notebook"):
        pdf.write_pdf([], "Roskilde", tmp_path / "a.pdf")
    assert not (tmp_path / "a.pdf").exists()


def test_the_name_says_synthetic(printed, monkeypatch):
    monkeypatch.setenv("ANALYSIS_HOME", str(printed[0][0].parents[1]))
    assert document.report_name("Hele landet", ".pdf") == "syntetisk_hele_landet_rapport.pdf"
    assert provenance.state()["data_digest"]
