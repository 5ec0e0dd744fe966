import html.parser
import json
import re
import shutil

import nbformat
import pytest
from conftest import PLACES
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from analysis import style
from rerun import plan, site

VOID = {"meta", "link", "br", "hr", "input", "img", "col"}
ENGLISH = re.compile(
    r"\b(anchor|the|and|of the|figure of|table of|home|next|previous|page|none|nan|true|false|null|withheld|shown|"
    r"missing|not_relevant|at_risk|disability|warning|error)\b",
    re.IGNORECASE,
)


class Reader(html.parser.HTMLParser):
    """What a page holds: elements with their attributes in order, the text of each heading, and the words shown."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.headings, self.words, self._open, self.wrong = [], [], [], [], []
        self.feed(text)
        self.wrong += self._open

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        if tag not in VOID:
            self._open.append(tag)
        if re.fullmatch("h[1-6]", tag):
            self.headings.append([int(tag[1]), ""])

    def handle_startendtag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        if not self._open or self._open.pop() != tag:
            self.wrong.append(tag)

    def handle_data(self, words):
        if {"h1", "h2", "h3", "h4"} & set(self._open):
            self.headings[-1][1] += words
        if not {"script", "style"} & set(self._open):
            self.words.append(words)

    def all(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture(scope="module")
def pages(collection):
    return {
        path.relative_to(collection.folder).as_posix(): Reader(path.read_text(encoding="utf-8"))
        for path in collection.pages()
    }


def test_there_is_a_page_for_each_notebook_and_place_and_one_that_leads_to_them(pages):
    assert len(pages) == 1 + len(PLACES) * (1 + len(plan.notebooks()))


def test_pages_are_danish_titled_and_whole(pages):
    titles = []
    for name, page in pages.items():
        assert page.wrong == [], name
        assert page.all("html") == [{"lang": "da"}]
        assert page.all("main") == [{"id": "indhold"}]
        assert {"class": "spring", "href": "#indhold"} in page.all("a")
        assert len(page.all("title")) >= 1
        titles.append(name)
    assert len(set(titles)) == len(titles)


def test_headings_go_down_one_level_at_a_time(pages):
    for name, page in pages.items():
        levels = [level for level, _ in page.headings]
        assert levels[0] == 1, name
        assert levels.count(1) == 1, name
        assert all(after - before <= 1 for before, after in zip(levels, levels[1:], strict=False)), name
        assert all(text.strip() for _, text in page.headings), name


def test_nothing_comes_from_elsewhere(pages, collection):
    for name, page in pages.items():
        assert [script for script in page.all("script") if "src" in script] == [], name
        if name != "index.html":
            assert page.all("script") == [], name
        for attributes in (attributes for _, attributes in page.elements):
            for value in (attributes.get("href") or "", attributes.get("src") or ""):
                assert not re.match(r"(https?:)?//|file:|/", value), (name, value)


def test_every_link_leads_somewhere(pages, collection):
    for name, page in pages.items():
        identifiers = {attributes["id"] for _, attributes in page.elements if "id" in attributes}
        for link in page.all("a") + page.all("link"):
            target, _, anchor = link["href"].partition("#")
            if target:
                assert ((collection.folder / name).parent / target).exists(), (name, link["href"])
            else:
                assert anchor in identifiers, (name, anchor)


def test_identifiers_are_used_once(pages):
    for name, page in pages.items():
        identifiers = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
        assert len(identifiers) == len(set(identifiers)), name


def test_drawings_have_a_name_and_a_description(pages):
    seen = 0
    for name, page in pages.items():
        identifiers = {attributes["id"] for _, attributes in page.elements if "id" in attributes}
        for drawing in page.all("svg"):
            seen += 1
            assert drawing["role"] == "img", name
            assert set(drawing["aria-labelledby"].split()) <= identifiers, name
        assert len(page.all("figure")) == len(page.all("figcaption")) == len(page.all("svg")), name
    assert seen >= 2 * len(PLACES)


def test_tables_have_headers_and_those_of_figures_a_caption(pages):
    for name, page in pages.items():
        assert len(page.all("caption")) >= len(page.all("details")), name
        assert all(header.get("scope") in {"col", "row"} for header in page.all("th")), name


def test_no_english_word_is_on_a_page(pages):
    for name, page in pages.items():
        found = ENGLISH.findall(" ".join(page.words))
        assert found == [], name
        labels = " ".join(
            value
            for _, attributes in page.elements
            for key in ("aria-label", "title", "alt")
            if (value := attributes.get(key))
        )
        assert ENGLISH.findall(labels) == [], name


def test_synthetic_data_are_said_on_every_page_but_those_of_real_data(pages):
    for name, page in pages.items():
        if "07_supervision" not in name:
            assert "SYNTETISKE DATA" in "".join(page.words), name


def test_the_style_sheet_brings_its_fonts_and_has_contrast(collection):
    sheet = (collection.report("Fanø") / "aktiver" / "stil.css").read_text(encoding="utf-8")
    assert sheet.count("@font-face") == sheet.count("data:font/woff;base64,") == 3
    assert "http" not in sheet
    colours = dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", sheet))
    for name in ("ink", "muted", "accent", "link"):
        for ground in ("#ffffff", "#fbecef", "#f1f3f5"):
            assert style.contrast(colours[name], ground) >= 4.5, (name, ground)


def test_the_front_page_can_be_searched_without_a_network(collection):
    page = (collection.folder / "index.html").read_text(encoding="utf-8")
    words = json.loads(re.search(r'<script type="application/json" id="ord">(.*?)</script>', page)[1])
    assert words["koebenhavn"] == "københavn københavns 0101"
    assert 'id="soeg"' in page
    assert '<label for="soeg">' in page


def made(folder, name="01_made"):
    table = "<table><caption>Tal</caption></table>"
    figure = (
        '<figure lang="da" id="tal"><figcaption><strong>Højt &lt; lavt</strong><br>Alt</figcaption>'
        f"<svg></svg><details><summary>Tal bag figuren</summary>{table}</details></figure>"
    )
    cells = [
        new_markdown_cell("# Sagstal\n\nHvor mange?"),
        new_code_cell(
            "secret = 1",
            outputs=[
                new_output("execute_result", {"text/html": figure, "text/plain": "x"}),
                new_output("execute_result", {"text/plain": "only for the notebook"}),
                new_output("stream", text="/home/somebody/a.py"),
            ],
        ),
    ]
    (folder / "notesboeger").mkdir(parents=True, exist_ok=True)
    path = folder / "notesboeger" / f"{name}.ipynb"
    nbformat.write(new_notebook(cells=cells), path)
    return path


def test_a_page_has_results_and_no_code(tmp_path):
    page = site.make_page(made(tmp_path), tmp_path)
    assert (page.title, page.question, page.headlines) == ("Sagstal", "Hvor mange?", ["Højt &lt; lavt"])
    assert "secret" not in page.body
    assert "somebody" not in page.body
    assert "only for the notebook" not in page.body
    assert "¶" not in page.body
    assert "anchor-link" not in page.body


def test_a_page_links_to_the_files_that_are_there(tmp_path):
    folder = tmp_path / "roskilde"
    (folder / "figurer").mkdir(parents=True)
    for file in (
        "syntetisk_roskilde_tal.png",
        "syntetisk_roskilde_tal_andet.svg",
        "syntetisk_roskilde_tal.csv",
    ):
        (folder / "figurer" / file).touch()
    body = site.make_page(made(folder), folder).body
    assert re.findall(r'href="([^"]+)"', body) == [
        "figurer/syntetisk_roskilde_tal.png",
        "figurer/syntetisk_roskilde_tal.csv",
    ]
    assert 'aria-label="PNG af figuren Højt &lt; lavt"' in body


def test_a_failed_notebook_is_told_and_its_old_page_is_left(tmp_path, collection):
    folder = tmp_path / "fanoe"
    shutil.copytree(collection.report("Fanø"), folder)
    old = (folder / "02_caseload.html").read_bytes()
    executed = sorted((folder / "notesboeger").glob("*.ipynb"))
    failed = [file for file in executed if file.stem == "02_caseload"]
    others = [file for file in executed if file not in failed]
    index = site.write_site("Fanø", folder, others, failed, 5).read_text(encoding="utf-8")
    assert "<strong>Sagstal</strong> kunne ikke laves i denne kørsel." in index
    assert "Siden fra en tidligere kørsel" in index
    assert (folder / "02_caseload.html").read_bytes() == old
    (folder / "02_caseload.html").unlink()
    index = site.write_site("Fanø", folder, others, failed, 5).read_text(encoding="utf-8")
    assert "tidligere kørsel" not in index
