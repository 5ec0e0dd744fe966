"""The printed report: tagged, described, in Danish, with everything in it and the same at every run.

What PDF/UA-1 asks of a file and a program can check is checked here; a person has to judge the reading order.
"""

import logging
import re

import nbformat
import pytest
from nbformat import v4
from published import figure, project

from analysis.export import record as provenance
from analysis.export import record_reader
from rerun.site import notebook, pdf

_REQUIRED = {
    "/MarkInfo": rb"/MarkInfo\s*<<[^>]*/Marked true",
    "/Lang": rb"/Lang\s*\(da\)",
    "/StructTreeRoot": rb"/StructTreeRoot \d+ 0 R",
    "/DisplayDocTitle": rb"/DisplayDocTitle true",
    "pdfuaid:part": rb"pdfuaid:part=\"1\"",
    "dc:title": rb"<dc:title>",
    "/Tabs": rb"/Tabs\s*/S",
}


def _executed(folder, name, *figures):
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
    """Notebooks of a small project, and their report; None where WeasyPrint's libraries are missing."""
    patch = pytest.MonkeyPatch()
    folder = project(tmp_path_factory.mktemp("project"))
    patch.setenv("ANALYSIS_HOME", str(folder))
    notebooks = [
        _executed(folder, "02_sagstal", figure(), _of_all()),
        _executed(folder, "03_sparring", figure()),
    ]
    yield (
        notebooks,
        pdf.write_pdf_report(notebooks, "Roskilde", folder / "syntetisk_roskilde_rapport.pdf"),
    )
    patch.undo()


def _of_all():
    return figure(areas=("at_risk", "disability"), headline="Alle kommuner")


def _missing_rules(plain: bytes) -> list[str]:
    """What a PDF, its streams of objects unpacked, lacks of what PDF/UA-1 asks for."""
    missing = [name for name, pattern in _REQUIRED.items() if not re.search(pattern, plain)]
    figures = re.findall(rb"/S /Figure.*?(?=/Type /StructElem|\Z)", plain, flags=re.DOTALL)
    if not figures or not all(b"/Alt" in element for element in figures):
        missing.append("Alt of every Figure")
    fonts = re.findall(rb"/Type /FontDescriptor.*?(?=/Type /FontDescriptor|\Z)", plain, flags=re.DOTALL)
    if not fonts or not all(re.search(rb"/FontFile[23]? \d", font) for font in fonts):
        missing.append("embedded fonts")
    levels = [int(level) for level in re.findall(rb"/S /H([1-6])\b", plain)]
    if levels[:1] != [1] or any(
        later > before + 1 for before, later in zip(levels, levels[1:], strict=False)
    ):
        missing.append("headings without a gap")
    links = plain.count(b"/Subtype /Link")
    if len(re.findall(rb"/Subtype /Link.{0,300}?/Contents", plain, flags=re.DOTALL)) != links:
        missing.append("Contents of every link")
    headers = re.findall(rb"/S /TH\b.*?(?=/Type /StructElem|\Z)", plain, flags=re.DOTALL)
    if not headers or not all(b"/ID" in header for header in headers):
        missing.append("headers of tables that cells name")
    return missing


@pytest.fixture(scope="module")
def content(printed):
    path = printed[1]
    if path is None:  # said in words by the test below; there is no report to look into
        return None
    return record_reader.pdf_plain(path.read_bytes())


def test_the_report_is_made_or_what_to_install_is_said(printed, capsys):
    notebooks, path = printed
    if path is None:
        assert pdf.write_pdf_report(notebooks, "Roskilde", notebooks[0].with_suffix(".pdf")) is None
        assert "apt-get install libpango-1.0-0" in capsys.readouterr().err
    else:
        assert path.read_bytes().startswith(b"%PDF-1.7")


def test_the_report_holds_to_pdf_ua(content):
    assert content is None or _missing_rules(content) == []


@pytest.mark.parametrize(
    ("rule", "old", "new"),
    [
        ("/Lang", b"/Lang (da)", b"/Long (da)"),
        ("Alt of every Figure", b"/Alt <", b"/Old <"),
        ("/DisplayDocTitle", b"/DisplayDocTitle", b"/DisplayDacTitle"),
    ],
)
def test_the_check_of_pdf_ua_finds_what_is_missing(content, rule, old, new):
    assert content is None or rule in _missing_rules(content.replace(old, new))


def test_title_and_record_are_in_the_report(printed):
    path = printed[1]
    if path is not None:
        record = record_reader.read(path)
        assert record["notebooks"] == ["02_sagstal", "03_sparring"]
        assert record["parameters"] == {"min_count": 7, "municipality": "Roskilde"}
        assert record["file"] == "syntetisk_roskilde_rapport" and record["synthetic"] is True
        titles = record_reader.pdf_strings(record_reader.pdf_plain(path.read_bytes()), "Title")
        assert "Børn og unge med særlige behov – Roskilde" in titles


def test_alternative_texts_of_the_figures_are_the_figures_own(content):
    if content is not None:
        alts = record_reader.pdf_strings(content, "Alt")
        assert alts == [figure().alt, _of_all().alt, figure().alt]


def test_a_second_report_is_the_same(printed, tmp_path):
    notebooks, path = printed
    again = pdf.write_pdf_report(notebooks, "Roskilde", tmp_path / "syntetisk_roskilde_rapport.pdf")
    assert (path is None and again is None) or path.read_bytes() == again.read_bytes()


def test_weasyprint_has_nothing_to_complain_of(printed, tmp_path, caplog):
    with caplog.at_level(logging.WARNING, logger="weasyprint"):
        pdf.write_pdf_report(printed[0], "Roskilde", tmp_path / "rapport.pdf")
    complaints = [message for message in caplog.messages if "HarfBuzz-Subset" not in message]
    assert complaints == []


def test_the_report_says_everything_and_shows_no_code(printed):
    text = pdf.report_html(printed[0], pdf.report_record(printed[0], "Roskilde"))
    for words in (
        "SYNTETISKE DATA",
        "færre end 7 besvarelser",
        "Metode og forbehold",
        'Tal bag figuren: <a href="#tabel-1-1">Tabel 1.1</a>',
        "Roskilde har <strong>20,0</strong> sager",
        "diskretioneret",
        "data-kapitel",
    ):
        assert words in text
    for absent in ("secret_code", "<details", "<summary", "<figure", "anchor-link", "<svg", "parameters"):
        assert absent not in re.sub(r"<meta[^>]*>", "", text)
    assert text.count("<img ") == 3


def test_no_anchor_is_given_twice_and_every_link_has_its_place(printed):
    text = pdf.report_html(printed[0], pdf.report_record(printed[0], "Roskilde"))
    anchors = re.findall(r'<h\d[^>]* id="([^"]+)"', text)
    assert len(anchors) == len(set(anchors))
    assert set(re.findall(r'href="#([^"]+)"', text)) <= set(anchors)


def test_a_figure_without_alternative_text_is_an_error():
    drawing = "<figure><svg><title>a</title></svg></figure>"
    cell = v4.new_code_cell("", outputs=[v4.new_output("display_data", data={"text/html": drawing})])
    with pytest.raises(ValueError, match="must have an alternative text"):
        notebook.chapter(v4.new_notebook(cells=[v4.new_markdown_cell("# A"), cell]), 1)


def test_a_notebook_without_a_title_and_no_notebooks_are_errors(tmp_path):
    with pytest.raises(ValueError, match="must begin with a heading"):
        notebook.chapter(v4.new_notebook(cells=[v4.new_markdown_cell("Hej")]), 1)
    with pytest.raises(ValueError, match="at least one executed notebook"):
        pdf.write_pdf_report([], "Roskilde", tmp_path / "a.pdf")


def test_missing_libraries_are_said_and_nothing_is_written(monkeypatch, printed, tmp_path, capsys):
    def missing(name):
        raise OSError("cannot load library 'libpango-1.0-0'")

    monkeypatch.setattr(pdf.importlib, "import_module", missing)
    path = tmp_path / "rapport.pdf"
    assert pdf.write_pdf_report(printed[0], "Roskilde", path) is None
    assert not path.exists()
    assert "apt-get install libpango-1.0-0 libpangoft2-1.0-0" in capsys.readouterr().err


def test_the_name_says_synthetic(printed, monkeypatch):
    monkeypatch.setenv("ANALYSIS_HOME", str(printed[0][0].parent))
    assert pdf.report_name("Hele landet") == "syntetisk_hele_landet_rapport.pdf"
    assert provenance.state()["data_digest"]
