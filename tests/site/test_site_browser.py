"""The site used as its reader does: opened by double-click in a browser, by mouse, by keyboard and on a phone."""

import os
import re
import shutil
from pathlib import Path
from urllib.parse import unquote, urlparse

import axe_playwright_python
import pytest
from playwright.sync_api import sync_playwright
from site_samples import NASTY, write_report

from rerun import site, state
from rerun.plan import Run

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]
KINDS = {
    "front": "index.html",
    "comparison": "sammenlign.html",
    "method": "metode.html",
    "status": "status.html",
    "place": "laesoe/index.html",
    "country": "hele_landet/index.html",
    "group": "storbykommuner/index.html",
    "notebook": "laesoe/04_introduction.html",
    "cases": "laesoe/07_supervision_case.html",
}
SHOWN = {"roskilde/03_sparring.html", "status.html"}  # pages that say what the data say in full
PHONE = {"width": 320, "height": 640}


@pytest.fixture(scope="module")  # not the session: while it is open, the thread has a running event loop
def browser():
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        missing = "Chromium isn't installed (apt-get install chromium)"
        if os.environ.get("REQUIRE_BROWSER"):
            pytest.fail(f"{missing}, but REQUIRE_BROWSER is set: the browser tests must be run here.")
        pytest.skip(missing)
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield opened
        opened.close()


class Visit:
    """A page of the browser that notes what it should not: errors, and requests that leave the folder."""

    def __init__(self, browser, folder, **options):
        self.folder, self.errors, self.requests = folder, [], []
        self.context = browser.new_context(**options)
        self.page = self.context.new_page()
        self.page.set_default_timeout(5000)
        self.page.on("console", lambda said: self.errors.append(said.text) if said.type == "error" else None)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("requestfailed", self._failed)
        self.context.on("request", lambda request: self.requests.append(request.url))

    def _failed(self, request):
        if "ERR_ABORTED" not in (request.failure or ""):  # a download begins as a page that isn't shown
            self.errors.append(request.url)

    def open(self, name, anchor=""):
        self.page.goto((self.folder / name).as_uri() + anchor)
        return self.page

    def at(self):
        """The file that is open, from the folder."""
        return Path(unquote(urlparse(self.page.url).path)).relative_to(self.folder.resolve()).as_posix()


@pytest.fixture
def visit(browser, collection):
    yield from visiting(browser, collection.folder)


@pytest.fixture
def phone(browser, collection):
    yield from visiting(browser, collection.folder, viewport=PHONE)


def visiting(browser, folder, **options):
    made = Visit(browser, folder, **options)
    yield made
    made.context.close()
    assert made.errors == []
    assert [url for url in made.requests if not url.startswith(("file:", "data:"))] == []


def listed(page):
    return page.locator("ul.kommuner li:visible").all_inner_texts()


def test_a_municipality_is_found_by_name_and_code(visit):
    page = visit.open("index.html")
    for asked in ("Læsø", "læsø", "laesoe", "0825", "825", "Læsø Kommune"):
        page.get_by_label("Find en kommune").fill(asked)
        assert listed(page) == ["Læsø"], asked
        assert page.get_by_role("status").inner_text() == "1 fund"
    found = page.locator("ul.kommuner a:visible")
    below = found.bounding_box()["y"] - page.get_by_label("Find en kommune").bounding_box()["y"]
    assert 0 < below < 300  # seen without scrolling past the map
    found.click()
    assert visit.at() == "laesoe/index.html"


def test_a_municipality_without_a_report_is_found_too(visit):
    page = visit.open("index.html")
    for asked in ("Århus", "aarhus", "0751", "751"):
        page.get_by_label("Find en kommune").fill(asked)
        assert [" ".join(name.split()) for name in listed(page)] == ["Aarhus (ingen rapport endnu)"], asked


def test_search_says_when_there_is_nothing_and_comes_back(visit):
    page = visit.open("index.html")
    every = len(listed(page))
    page.get_by_label("Find en kommune").fill("Malmø")
    assert listed(page) == [] and page.get_by_role("status").inner_text() == "0 fund"
    page.get_by_label("Find en kommune").fill("")
    assert len(listed(page)) == every >= 99 and page.get_by_role("status").inner_text() == ""


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("Kobenhavn", "København"),
        ("kobnhavn", "København"),
        ("laso", "Læsø"),
        ("fano", "Fanø"),
        ("563", "Fanø"),
    ],
)
def test_search_forgives(visit, asked, found):
    page = visit.open("index.html")
    page.get_by_label("Find en kommune").fill(asked)
    assert found in listed(page) and len(listed(page)) <= 3


def test_a_region_finds_its_municipalities_and_a_near_hit_is_offered_as_one(visit):
    page = visit.open("index.html")
    page.get_by_label("Find en kommune").fill("Sjælland")
    assert len(listed(page)) == 17
    page.get_by_label("Find en kommune").fill("rokslide")
    assert [name.split()[0] for name in listed(page)] == ["Roskilde"]
    assert page.get_by_role("status").inner_text() == "0 fund. Mente du et af disse?"


def test_search_is_used_by_keyboard_alone(visit):
    page = visit.open("index.html")
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "soeg":
            break
    page.keyboard.type("qqqq")
    page.keyboard.press("Enter")
    assert visit.at() == "index.html"  # no such name
    page.keyboard.press("Control+A")
    page.keyboard.type("fanø")
    page.keyboard.press("Enter")
    page.wait_for_url("**/fanoe/index.html")


def test_the_skip_link_is_the_first_stop_and_is_seen(visit):
    page = visit.open("laesoe/index.html")
    page.keyboard.press("Tab")
    focused = page.locator(":focus")
    assert focused.inner_text() == "Spring til indhold"
    box = focused.bounding_box()
    assert box["x"] >= 0 and box["y"] >= 0
    page.keyboard.press("Enter")
    assert page.url.endswith("#indhold")


def test_the_map_is_used_by_keyboard(visit):
    page = visit.open("index.html")
    tiles = page.get_by_role("navigation", name="Kort over kommunerne").get_by_role("link")
    assert sorted(tiles.evaluate_all("links => links.map(link => link.getAttribute('href'))")) == [
        f"{place}/index.html" for place in ("fanoe", "koebenhavn", "laesoe")
    ]
    page.get_by_role("link", name="Spring over kortet").focus()
    names = []
    for _ in range(3):
        page.keyboard.press("Tab")
        names.append(page.evaluate("document.activeElement.dataset.navn"))
        assert page.locator(":focus").evaluate("tile => getComputedStyle(tile).outlineStyle") == "solid"
    assert set(names) == {"København", "Læsø", "Fanø"}
    page.keyboard.press("Enter")
    page.wait_for_url("**/index.html")
    assert page.get_by_role("heading", level=1).inner_text() == names[-1]


def test_every_download_is_there_and_has_bytes(visit, collection):
    page = visit.open("laesoe/02_caseload.html")
    links = page.locator("p.hent a").evaluate_all("links => links.map(link => link.getAttribute('href'))")
    assert {Path(link).suffix for link in links} == {".png", ".svg", ".pdf", ".xlsx", ".csv"}
    assert all((collection.report("Læsø") / link).stat().st_size > 100 for link in links)
    visit.open("laesoe/index.html")
    papers = visit.page.locator("ul.genveje a").evaluate_all(
        "links => links.map(link => link.getAttribute('href'))"
    )
    for ending in (".pdf", ".docx"):
        assert (collection.report("Læsø") / f"syntetisk_laesoe_rapport{ending}").stat().st_size > 100_000
        assert f"syntetisk_laesoe_rapport{ending}" in papers


def test_every_image_of_a_page_is_drawn(visit):
    page = visit.open("laesoe/02_caseload.html")
    sizes = page.locator("figure img").evaluate_all("images => images.map(image => image.naturalWidth)")
    assert len(sizes) >= 3 and all(size > 100 for size in sizes)
    for crop in page.locator(".udsnit").all():  # the headline above and the note below are cut off
        inner = crop.locator("img").bounding_box()
        assert inner["height"] > crop.bounding_box()["height"]


def test_folds_are_opened_by_keyboard(visit):
    page = visit.open("laesoe/02_caseload.html")
    fold = page.locator("figure summary").first
    fold.focus()
    page.keyboard.press("Enter")
    assert page.locator("figure table").first.is_visible()


def chosen(page):
    return page.locator("#hoved th").all_inner_texts()[1:]


def test_two_places_are_compared(visit):
    page = visit.open("laesoe/index.html")
    page.get_by_role("link", name="Sammenlign med et andet sted").click()
    assert chosen(page)[0] == "Læsø"
    page.get_by_label("Ved siden af").select_option(label="København")
    assert chosen(page) == ["Læsø", "København", "Hele landet", "Landkommuner", "Hovedstadskommuner"]
    assert visit.page.url.endswith("#laesoe,koebenhavn")
    cells = page.locator("#krop tr").first.locator("td").all_inner_texts()
    assert cells[0] == "diskretioneret"
    assert re.fullmatch(
        r"[\d,]+ sager\ninterval [\d,]+–[\d,]+\n[\d.]+ svar\n(over resten|ingen forskel set|under resten).*",
        cells[1],
        re.DOTALL,
    )
    assert re.fullmatch(r"[\d,]+ sager\ninterval [\d,]+–[\d,]+\n[\d.]+ svar", cells[2])
    assert page.get_by_text("ikke en prøve på").is_visible()


def test_the_comparison_shows_what_the_notebook_page_shows(visit):
    page = visit.open("koebenhavn/02_caseload.html")
    row = page.locator("#sagstal_omraade tbody tr").first.locator("th, td").all_text_contents()
    page = visit.open("sammenlign.html", "#koebenhavn,fanoe")
    said = page.locator("#krop tr").first.locator("td").first.inner_text().split("\n")
    assert row[0] == "København"
    assert said[:3] == [f"{row[2]} sager", f"interval {row[3]}–{row[4]}", f"{row[5]} svar"]


def test_without_scripts_there_are_still_numbers_and_links(browser, collection):
    for made in visiting(browser, collection.folder, java_script_enabled=False):
        page = made.open("sammenlign.html")
        assert "Hele landet" in chosen(page)
        assert page.locator("#krop tr").count() >= 8
        assert page.get_by_role("link", name="Læsø").count() == 1
        made.open("index.html").get_by_role("link", name="Læsø").last.click()
        assert made.at() == "laesoe/index.html"


def test_no_page_is_wider_than_a_phone(phone):
    for name in [
        *KINDS.values(),
        "laesoe/01_respondents.html",
        "laesoe/02_caseload.html",
        "laesoe/06_deep_mapping.html",
    ]:
        page = phone.open(name)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], name


@pytest.mark.parametrize("kind", KINDS)
def test_axe_finds_nothing(visit, kind):
    assert axe(visit.open(KINDS[kind])) == []


def axe(page):
    """What axe-core finds on a page with its folds opened; it need not load the style sheet once more."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    page.evaluate("document.querySelectorAll('details').forEach(fold => { fold.open = true; })")
    options = {
        "runOnly": {"type": "tag", "values": RULES},
        "resultTypes": ["violations"],
        "preload": False,
    }
    found = page.evaluate("options => axe.run(document, options)", options)
    return [(rule["id"], rule["nodes"][0]["html"][:200]) for rule in found["violations"]]


def test_axe_would_find_something(visit):
    page = visit.open(KINDS["place"])
    page.evaluate(
        "document.querySelector('h1').outerHTML = '<img src=\"\"><h4 style=\"color:#ccc\">Bleg</h4>'"
    )
    assert {"image-alt", "color-contrast"} <= {rule for rule, _ in axe(page)}


@pytest.fixture
def nasty(browser, tmp_path, monkeypatch):
    """A small collection with a script wherever a text comes from data, and with a failed run."""
    monkeypatch.setenv("ANALYSIS_REPORTS", str(tmp_path))
    executed = write_report(tmp_path, "Roskilde", headline=f"Tiden {NASTY}", said=f"Et svar: {NASTY}")
    write_report(tmp_path, "Fanø")
    failed = Run(executed.with_name("02_caseload.ipynb"), "Roskilde", {})
    state.keep([failed], [(failed, f"cell 1: ValueError: {NASTY}")])
    site.write_site()
    yield from visiting(browser, tmp_path)


def test_a_script_in_the_data_stays_text(nasty):
    for name in ("roskilde/03_sparring.html", "roskilde/index.html", "status.html", "sammenlign.html"):
        page = nasty.open(name)
        title = page.title()
        page.wait_for_timeout(50)
        assert page.title() == title not in {"kørt", "1"}, name
        assert page.locator("img[src=x]").count() == 0, name
        assert page.get_by_text("<script>document.title").count() >= (name in SHOWN), name


def test_a_failed_run_is_a_matter_of_words_on_accessible_pages(nasty):
    page = nasty.open("index.html")
    tile = page.get_by_role("link", name="Roskilde, en kørsel slog fejl")
    assert tile.evaluate("tile => getComputedStyle(tile, '::before').content") == '"!"'
    assert axe(page) == []
    assert axe(nasty.open("status.html")) == axe(nasty.open("roskilde/index.html")) == []


def test_a_page_runs_no_script_but_its_own(nasty):
    page = nasty.open("index.html")
    page.evaluate(
        "document.body.append(Object.assign(document.createElement('script'), {text: 'document.title = 1'}))"
    )
    assert page.title() != "1"
    assert len(nasty.errors) == 1 and "Content Security Policy" in nasty.errors.pop()


def test_a_printed_page_has_its_findings_and_no_navigation(visit):
    page = visit.open("laesoe/02_caseload.html")
    page.emulate_media(media="print")
    assert page.get_by_role("heading", level=1).is_visible() and page.locator("figure img").first.is_visible()
    for gone in ("header nav", ".hent", ".videre", "summary"):
        assert not page.locator(gone).first.is_visible(), gone
    assert page.pdf()[:4] == b"%PDF"
