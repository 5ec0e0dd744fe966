import html.parser
import json
import re

import numpy as np
import pypdfium2
import pytest
from conftest import PLACES

from analysis.charts import style
from analysis.publish import SHARED
from rerun import plan
from rerun.site import pages as page_files

LIMIT = 300_000  # bytes of a page without its images
UNSEEN = {"spring", "kun_hoert", "kun_tryk", "smal"}  # on a wide screen
VOID = {"meta", "link", "br", "hr", "input", "img", "col"}
ENGLISH = re.compile(
    r"\b(anchor|the|and|of the|figure of|table of|home|next|previous|page|none|nan|true|false|null|withheld|shown|"
    r"missing|not_relevant|at_risk|disability|warning|error)\b",
    re.IGNORECASE,
)


MOST_PAGES = 23  # of a place's PDF
MOST_WORDS, MOST_BYTES = 3_900, 12_700_000  # of a place: half of the words once read, and twelve megabytes


class Reader(html.parser.HTMLParser):
    """What a page holds: elements with their attributes in order, the text of each heading, and the words shown."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.headings, self.words, self._open, self.wrong = [], [], [], [], []
        self.at_once, self._classes = 0, []  # words that are seen without opening a fold
        self.feed(text)
        self.wrong += self._open

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        if tag not in VOID:
            self._open.append(tag)
            self._classes.append(dict(attributes).get("class") or "")
        if re.fullmatch("h[1-6]", tag):
            self.headings.append([int(tag[1]), ""])

    def handle_startendtag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        if not self._open or self._open.pop() != tag:
            self.wrong.append(tag)
        self._classes = self._classes[: len(self._open)]

    def handle_data(self, words):
        if {"h1", "h2", "h3", "h4"} & set(self._open):
            self.headings[-1][1] += words
        if not {"script", "style"} & set(self._open):
            self.words.append(words)
            self.at_once += 0 if self._unseen() else len(words.split())

    def _unseen(self):
        return {"details", "title"} & set(self._open) or UNSEEN & set(self._classes)

    def all(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture(scope="module")
def pages(collection):
    return {
        path.relative_to(collection.folder).as_posix(): Reader(path.read_text(encoding="utf-8"))
        for path in collection.pages()
    }


def test_there_is_a_page_for_each_notebook_and_place_and_those_that_lead_to_them(pages):
    assert len(pages) == len(page_files.EVERYWHERE) + len(PLACES) * (1 + len(plan.notebooks()))


def test_pages_are_small_and_bring_no_drawing_twice(pages, collection):
    for name, page in pages.items():
        assert (collection.folder / name).stat().st_size < LIMIT, name
        assert page.all("svg") == [], name


@pytest.mark.parametrize("place", PLACES)
def test_a_place_is_read_in_half_the_words(pages, collection, place):
    own = [page for name, page in pages.items() if name.startswith(f"{collection.report(place).name}/")]
    assert 0 < sum(page.at_once for page in own) < MOST_WORDS


@pytest.mark.parametrize("place", PLACES)
def test_a_place_is_small_with_all_its_files(collection, place):
    files = [path for path in collection.report(place).rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < MOST_BYTES


@pytest.mark.parametrize("place", PLACES)
def test_a_report_on_paper_is_short_and_no_page_of_it_is_near_empty(collection, place):
    (path,) = collection.report(place).glob("*_rapport.pdf")
    pages = list(pypdfium2.PdfDocument(path))
    assert len(pages) <= MOST_PAGES
    for number, page in enumerate(pages[:-1], start=1):
        dark = np.asarray(page.render(scale=0.5, grayscale=True).to_pil().convert("L")) < 200
        height = 0.94 * len(dark)  # above the foot
        rows = np.flatnonzero(dark.any(axis=1))
        gaps = np.diff([0.05 * len(dark), *rows[rows < height], height])
        assert gaps.max() < 0.6 * len(dark), number


def test_executed_notebooks_hold_light_pictures_and_no_drawing(pages, collection):
    executed = [path for place in PLACES for path in collection.report(place).glob("notesboeger/*.ipynb")]
    assert [path.name for path in executed if path.stat().st_size > 500_000] == []
    assert [path.name for path in executed if "<svg" in path.read_text(encoding="utf-8")] == []


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
        if name == "metode.html":
            assert page.all("script") == [], name
        for attributes in (attributes for _, attributes in page.elements):
            for value in (attributes.get("href") or "", attributes.get("src") or ""):
                assert not re.match(r"(https?:)?//|file:|/", value), (name, value)


def anchors(page):
    return {attributes["id"] for _, attributes in page.elements if "id" in attributes}


def test_every_link_leads_somewhere(pages, collection):
    for name, page in pages.items():
        for link in page.all("a") + page.all("link"):
            target, _, anchor = link["href"].partition("#")
            path = (collection.folder / name).parent / target if target else collection.folder / name
            assert path.exists(), (name, link["href"])
            if anchor and path.name != page_files.COMPARISON:  # there it names places
                other = path.resolve().relative_to(collection.folder.resolve()).as_posix()
                assert anchor in anchors(pages[other]), (name, link["href"])


def test_a_folder_of_a_place_lacks_nothing_when_it_travels_with_what_is_shared(pages, collection):
    for name, page in pages.items():
        if "/" in name:
            needed = [image["src"] for image in page.all("img")] + [link["href"] for link in page.all("link")]
            assert not any(target.startswith("..") and SHARED not in target for target in needed), name
            assert all(((collection.folder / name).parent / target).is_file() for target in needed), name


def test_every_place_leads_to_the_one_before_and_the_one_after(pages):
    def around(name):
        return {link["rel"]: link["href"] for link in pages[f"{name}/index.html"].all("a") if "rel" in link}

    assert around("fanoe") == {"next": "../koebenhavn/index.html"}
    assert around("koebenhavn") == {"prev": "../fanoe/index.html", "next": "../laesoe/index.html"}
    assert around("hele_landet") == {}


def test_identifiers_are_used_once(pages):
    for name, page in pages.items():
        identifiers = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
        assert len(identifiers) == len(set(identifiers)), name


def test_images_have_a_description(pages):
    seen = 0
    for name, page in pages.items():
        images = page.all("img")
        seen += len(images)
        assert all(image["alt"].strip() for image in images), name
        assert len(page.all("figure")) == len(page.all("figcaption")) >= len(images), name
    assert seen >= 2 * len(PLACES)


def test_tables_have_headers_and_those_of_figures_a_caption(pages):
    for name, page in pages.items():
        assert len(page.all("caption")) >= len(page.all("figure")), name
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
    assert style.contrast(colours["ink"], colours["calm"]) >= 4.5


def test_the_front_page_can_be_searched_without_a_network(collection):
    page = (collection.folder / "index.html").read_text(encoding="utf-8")
    words = json.loads(re.search(r'<script type="application/json" id="ord">(.*?)</script>', page)[1])
    assert words["koebenhavn"] == "københavn|københavns|kbh|0101|hovedstaden"
    assert words["aarhus"] == "aarhus|århus|0751|midtjylland"
    assert len(words) >= 98
    assert 'id="soeg"' in page
    assert '<label for="soeg">' in page
