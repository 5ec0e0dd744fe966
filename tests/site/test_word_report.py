"""The report for Word: opened by python-docx, with captions, alternative texts, headers and its record."""

import pytest
from docx import Document
from docx.oxml.ns import qn
from published import figure, project
from test_pdf_report import executed

from analysis.export import record_reader
from analysis.publish import publish
from rerun.site import docx


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    patch = pytest.MonkeyPatch()
    home = project(tmp_path_factory.mktemp("project"))
    patch.setenv("ANALYSIS_HOME", str(home))
    folder = home / "roskilde"
    folder.mkdir()
    publish(figure(), directory=folder / "figurer")
    notebooks = [executed(folder, "02_sagstal", figure()), executed(folder, "03_sparring", figure())]
    yield notebooks, docx.write_docx(notebooks, "Roskilde", folder / "syntetisk_roskilde_rapport.docx")
    patch.undo()


@pytest.fixture(scope="module")
def opened(written):
    return Document(written[1])


def test_every_figure_has_alternative_text_an_svg_and_a_caption_that_word_counts(opened):
    described = [element.get("descr") for element in opened.element.iter(qn("wp:docPr"))]
    assert described == [figure().alt] * 2
    assert opened.element.xml.count("svgBlip") == 2
    captions = [p for p in opened.paragraphs if p.style.name == "Caption"]
    assert len(captions) == 2
    for caption in captions:
        assert " SEQ Figur " in caption._p.xml and figure().headline in caption.text
    assert 'TOC \\h \\z \\c "Figur"' in opened.element.xml


def test_headings_are_those_that_word_knows_and_go_down_by_one(opened):
    levels = [int(p.style.name[-1]) for p in opened.paragraphs if p.style.name.startswith("Heading")]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in zip(levels, levels[1:], strict=False))


def test_tables_have_a_header_row(opened):
    assert opened.tables
    for table in opened.tables:
        assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None


def test_it_is_danish_says_synthetic_and_carries_its_record(written, opened):
    assert opened.core_properties.language == "da-DK"
    assert {element.get(qn("w:val")) for element in opened.styles.element.iter(qn("w:lang"))} == {"da-DK"}
    assert opened.core_properties.title.startswith("SYNTETISKE DATA")
    assert "Syntetiske data" in opened.sections[0].footer.paragraphs[0].text
    record = record_reader.read(written[1])
    assert record["notebooks"] == ["02_sagstal", "03_sparring"] and record["kind"] == "report"


def test_a_second_file_is_the_same(written):
    before = written[1].read_bytes()
    assert docx.write_docx(written[0], "Roskilde", written[1]).read_bytes() == before


def test_one_figure_for_word_has_its_caption_and_numbers(tmp_path):
    (path,) = publish(figure(), directory=tmp_path, formats=["docx"])
    document = Document(path)
    assert [element.get("descr") for element in document.element.iter(qn("wp:docPr"))] == [figure().alt]
    captions = [p.text for p in document.paragraphs if p.style.name == "Caption"]
    assert len(captions) == 2 and figure().headline in captions[0]
    cells = [[cell.text for cell in row.cells] for row in document.tables[0].rows]
    assert cells[0] == list(figure().shown_table().columns)
    assert cells[1:] == figure().shown_table().to_numpy().tolist()
    assert record_reader.read(path)["headline"] == figure().headline
