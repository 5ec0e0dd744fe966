import json
import re
import shutil

import nbformat
import pytest
from site_samples import COUNTRY, NASTY, figure_data, row, withheld, write_report

from analysis import municipalities
from analysis.texts import sources
from rerun import plan, site, state
from rerun.plan import Run
from rerun.site import collection, figures, notebook, pages, reading, shelf, summary


@pytest.fixture
def reports(tmp_path, monkeypatch):
    monkeypatch.setenv("ANALYSIS_REPORTS", str(tmp_path / "reports"))
    return tmp_path / "reports"


def text_of(path):
    return path.read_text(encoding="utf-8")


def times(folder):
    return {path.name: path.stat().st_mtime_ns for path in folder.iterdir() if path.is_file()}


def run_of(executed, place):
    return Run(executed, place, {"municipality": place})


def page_of(reports, **given):
    write_report(reports, "Roskilde", **given)
    site.write_site()
    return text_of(reports / "roskilde" / "03_sparring.html")


def test_a_page_has_results_and_no_code(reports):
    executed = write_report(reports, "Roskilde", headline="Højt < lavt")
    chapter = notebook.read_chapter(executed, reports / "roskilde")
    assert (chapter.title, chapter.question, chapter.headlines) == (
        "Faglig sparring",
        "Hvor megen tid?",
        ["Højt < lavt"],
    )
    assert chapter.sections == [("afsnit-1", "Hvor megen tid er der?")]
    page = page_of(reports, headline="Højt < lavt")
    assert '<h2 id="afsnit-1">Hvor megen tid er der?</h2>' in page and "Højt &lt; lavt" in page
    for word in ("secret", "somebody", "only for the notebook", "¶", "anchor-link"):
        assert word not in page


def test_a_page_links_to_the_files_that_the_figure_names(reports):
    write_report(reports, "Roskilde")
    (reports / "roskilde" / "figurer" / "syntetisk_roskilde_timer_andet.pdf").touch()
    page = page_of(reports, headline="Højt < lavt")
    assert re.findall(r'href="(figurer/[^"]+)"', page) == [
        f"figurer/syntetisk_roskilde_timer.{ending}" for ending in ("png", "svg", "csv")
    ]
    assert 'aria-label="PNG af figuren Højt &lt; lavt"' in page


def test_a_figure_is_the_published_image_cropped_to_what_the_page_does_not_say_itself(reports):
    page = page_of(reports)
    assert "<svg" not in page
    assert 'src="figurer/syntetisk_roskilde_timer.svg" alt="Et billede &amp; mere"' in page
    assert 'style="aspect-ratio:450/100"' in page
    assert 'style="margin-top:-8.889%"' in page


def test_a_figure_of_words_is_a_table(reports):
    write_report(reports, "Roskilde")
    path = reports / "roskilde" / "figurer" / "syntetisk_roskilde_timer.json"
    path.write_text(json.dumps(json.loads(text_of(path)) | {"kind": "table"}), encoding="utf-8")
    site.write_site()
    page = text_of(reports / "roskilde" / "03_sparring.html")
    assert "<img" not in page and "<details>" not in page and page.count("<table>") == 1


def test_a_figure_that_was_not_published_stays_as_the_notebook_shows_it(reports):
    write_report(reports, "Roskilde")
    (reports / "roskilde" / "figurer" / "syntetisk_roskilde_timer.json").unlink()
    site.write_site()
    assert "<svg></svg>" in text_of(reports / "roskilde" / "03_sparring.html")


@pytest.mark.parametrize("broken", ["{", '{"format": 2}', "[]"])
def test_a_broken_figure_is_told_with_what_to_do(reports, broken):
    write_report(reports, "Roskilde")
    path = reports / "roskilde" / "figurer" / "syntetisk_roskilde_timer.json"
    path.write_text(broken, encoding="utf-8")
    with pytest.raises(ValueError, match="timer.json.*FORCE=1"):
        site.write_site()


@pytest.mark.parametrize("where", ["headline", "said", "cell", "html"])
def test_what_data_say_stays_text(reports, where):
    """A script in a headline, a sentence, a cell or a result is shown, never part of the page."""
    given = {where: NASTY} if where in {"headline", "said"} else {}
    executed = write_report(reports, "Roskilde", **given)
    if where in {"cell", "html"}:
        content = nbformat.read(executed, as_version=4)
        if where == "cell":
            content.cells[0].source += f"\n\n{NASTY}"
        else:
            content.cells[2].outputs[1] = nbformat.v4.new_output("display_data", {"text/html": NASTY})
        nbformat.write(content, executed)
    site.write_site()
    for page in reports.rglob("*.html"):
        text = text_of(page)
        assert "document.title = " not in text.replace("&lt;script&gt;document.title = ", ""), page.name
        assert "<img src=x" not in text
    if where != "html":
        assert "&lt;script&gt;" in text_of(reports / "roskilde" / "03_sparring.html")


def test_every_page_allows_its_own_script_and_no_other(reports):
    write_report(reports, "Roskilde")
    site.write_site()
    allowed = {
        page.name: re.search(r"script-src ([^;]+);", text_of(page))[1] for page in reports.rglob("*.html")
    }
    assert allowed.pop("metode.html") == "'none'"
    assert {name for name, source in allowed.items() if source.startswith("'sha256-")} >= {
        "sammenlign.html",
        "03_sparring.html",
    }


def test_json_in_a_page_never_ends_its_element():
    text = pages.inline_json({"a": "</script><!-- & \u2028"})
    assert not set("<>&\u2028") & set(text)
    assert json.loads(text) == {"a": "</script><!-- & \u2028"}


def test_a_failed_notebook_is_told_on_its_page_on_the_overview_and_on_the_status_page(reports):
    executed = write_report(reports, "Roskilde")
    run = run_of(executed, "Roskilde")
    state.keep([run], [(run, "cell 3: KeyError: `<b>`")])
    site.write_site()
    assert "<strong>Faglig sparring</strong> kunne ikke laves i denne kørsel." in text_of(
        reports / "roskilde/index.html"
    )
    assert "Siden fra en tidligere kørsel" in text_of(reports / "roskilde/index.html")
    assert "Denne side er fra en tidligere kørsel." in text_of(executed.parents[1] / "03_sparring.html")
    assert "cell 3: KeyError: `&lt;b&gt;`" in text_of(reports / "status.html")
    assert "en kørsel slog fejl" in text_of(reports / "index.html")
    assert '"diskretioneret"' not in text_of(reports / "sammenlign.html")
    assert '"1,6 timer"' not in text_of(reports / "sammenlign.html")  # of an earlier run
    state.keep([run], [])
    site.write_site()
    assert "tidligere kørsel" not in text_of(executed.parents[1] / "03_sparring.html")
    assert "KeyError" not in text_of(reports / "status.html")


def test_a_place_that_never_succeeded_has_a_page_that_says_so(reports):
    executed = reports / "roskilde" / "notesboeger" / "03_sparring.ipynb"
    run = run_of(executed, "Roskilde")
    state.keep([run], [(run, "cell 1: ValueError: no")])
    site.write_site()
    index = text_of(reports / "roskilde/index.html")
    assert "<strong>Faglig sparring</strong> kunne ikke laves i denne kørsel." in index
    assert "tidligere kørsel" not in index and "<strong>Sagstal</strong> er ikke lavet endnu." in index


def test_pages_of_what_is_gone_are_removed(reports):
    first, second = write_report(reports, "Roskilde"), write_report(reports, "Roskilde", name="02_caseload")
    write_report(reports, "Fanø")
    site.write_site()
    assert (reports / "roskilde" / "02_caseload.html").is_file()
    second.unlink()
    shutil.rmtree(reports / "fanoe")
    site.write_site()
    assert first.is_file() and not (reports / "roskilde" / "02_caseload.html").exists()
    for page in reports.rglob("*.html"):
        assert 'href="fanoe/' not in text_of(page) and "../fanoe/" not in text_of(page)


def test_only_what_has_changed_is_made_again(reports):
    for place in ("Roskilde", "Aarhus", "Vejle"):
        write_report(reports, place)
    site.write_site()
    before = {place: times(reports / place) for place in ("roskilde", "aarhus", "vejle")}
    site.write_site()
    assert {place: times(reports / place) for place in before} == before
    write_report(reports, "Aabenraa")  # stands between Vejle and Aarhus
    site.write_site()
    assert times(reports / "roskilde") == before["roskilde"]
    assert times(reports / "aarhus") != before["aarhus"] and times(reports / "vejle") != before["vejle"]
    assert 'rel="next" href="../aabenraa/index.html"' in text_of(reports / "vejle/index.html")


def test_a_page_that_was_removed_comes_back(reports):
    write_report(reports, "Roskilde")
    site.write_site()
    (reports / "roskilde" / "03_sparring.html").unlink()
    site.write_site()
    assert (reports / "roskilde" / "03_sparring.html").is_file()


def test_places_come_as_country_groups_and_municipalities_each_in_danish_order(reports):
    for place in ("Aarhus", "Landkommuner", "Ærø", "Hele landet", "Roskilde"):
        write_report(reports, place)
    assert [(report.place, report.kind) for report in shelf.reports()] == [
        ("Hele landet", shelf.COUNTRY),
        ("Landkommuner", shelf.GROUP),
        ("Roskilde", shelf.MUNICIPALITY),
        ("Ærø", shelf.MUNICIPALITY),
        ("Aarhus", shelf.MUNICIPALITY),
    ]
    site.write_site()
    front = text_of(reports / "index.html")
    assert "Her er rapporter for landet, 1 kommunegruppe og 3 af de 98 kommuner." in front
    assert front.index("hele_landet/index.html") < front.index("landkommuner/index.html")
    wider = re.findall(r'<li><a href="../(\w+)/index.html">', text_of(reports / "aeroe/index.html"))
    assert wider == ["hele_landet", "landkommuner"]
    group = text_of(reports / "landkommuner/index.html").partition("Kommuner i gruppen")[2]
    assert re.findall(r'href="../(\w+)/index.html"', group) == ["aeroe"]
    assert len(re.findall('class="felt (?:har|mangler_felt)" style', front)) == 98


def test_what_is_withheld_is_listed_with_the_reason(reports):
    write_report(reports, "Læsø", [withheld("Læsø"), withheld("Fanø", "ingen svar"), COUNTRY])
    write_report(reports, "Roskilde")
    site.write_site()
    page = text_of(reports / "laesoe/index.html")
    own = page.partition("<strong>Diskretioneret</strong> på Læsø i disse figurer:")[2]
    assert '<li><a href="03_sparring.html#timer">Tiden er kort</a></li>' in own.partition("</ul>")[0]
    assert '<a href="03_sparring.html#timer">Tiden er kort</a>: 1 ingen svar af 3 tal</li>' in page
    assert "Færre end 5 har svaret" in page
    assert "Ingen tal i Roskilde er skjult i figurerne." in text_of(reports / "roskilde/index.html")


def compared(reports):
    site.write_site()
    found = re.search(r'id="tal">(.*?)</script>', text_of(reports / "sammenlign.html"), re.DOTALL)
    return json.loads(found[1])


def test_the_comparison_says_verdict_interval_and_answers_or_why_not(reports):
    write_report(
        reports, "Roskilde", [row("Roskilde", "under", "usikker"), row("Provinsbykommuner", "none"), COUNTRY]
    )
    write_report(reports, "Læsø", [withheld("Læsø"), COUNTRY])
    write_report(reports, "Fanø", [row("Fanø", "none"), COUNTRY])
    table = compared(reports)
    told = {slug: place["tal"][0] for slug, place in table["steder"].items()}
    assert told["roskilde"] == ["1,6 timer", "interval 1,4–1,9", "42 svar", "under resten", "usikkert skøn"]
    assert told["laesoe"] == ["diskretioneret"]
    assert told["fanoe"][-1] == "for få svar til en sammenligning"
    around = dict(table["steder"]["roskilde"]["omkring"])
    assert list(around) == ["Provinsbykommuner", "Hele landet"]
    assert table["omkring"][around["Hele landet"]][0] == ["2,0 timer", "interval 1,9–2,1", "2.912 svar"]
    assert table["omkring"][around["Provinsbykommuner"]][0] == ["1,6 timer", "interval 1,4–1,9", "42 svar"]


def test_the_comparison_holds_no_order_but_the_alphabet(reports):
    for place in ("Aarhus", "Roskilde", "Fanø"):
        write_report(reports, place)
    assert list(compared(reports)["steder"]) == ["fanoe", "roskilde", "aarhus"]


def test_reports_of_different_thresholds_are_not_held_side_by_side(reports):
    write_report(reports, "Fanø")
    executed = write_report(reports, "Roskilde")
    content = nbformat.read(executed, as_version=4)
    content.metadata["papermill"]["parameters"]["min_count"] = 10
    nbformat.write(content, executed)
    places = compared(reports)["steder"]
    assert places["fanoe"]["grundlag"] != places["roskilde"]["grundlag"]
    assert "hviler ikke alle på det samme" in text_of(reports / "status.html")


def test_the_whole_country_is_compared_in_a_small_page(reports):
    table = {"maal": ["Andel sagsbehandlere der svarer"] * 8, "steder": {}, "omkring": {}}
    cell = collection.lines(
        {
            "estimate": "43,0",
            "interval": "37,2–48,8",
            "n": "1.025",
            "status": "vist",
            "verdict": "none",
            "uncertain": True,
        },
        "sager",
        True,
    )
    table["steder"] = {
        str(at): {"navn": "Ringkøbing-Skjern", "tal": [cell] * 8, "omkring": []} for at in range(104)
    }
    assert len(pages.inline_json(table).encode()) < 150_000


def test_an_error_is_kept_until_the_next_run_goes_well(reports):
    executed = reports / "roskilde" / "notesboeger" / "03_sparring.ipynb"
    run = run_of(executed, "Roskilde")
    state.keep([run], [(run, "cell 1: no")])
    assert state.recorded(executed) == {
        "place": "Roskilde",
        "notebook": "03_sparring",
        "error": "cell 1: no",
    }
    state.keep([run], [])
    assert state.recorded(executed) == {}


def test_the_status_counts_whole_failed_and_missing_notebooks(reports):
    run = run_of(write_report(reports, "Roskilde"), "Roskilde")
    failed = run_of(run.notebook.with_name("02_caseload.ipynb"), "Roskilde")
    state.keep([run, failed], [(failed, "cell 1: no")])
    found = shelf.reports()
    count = len(found[0].parts)
    assert shelf.told(found) == f"1 rapport med {count} notesbøger: 1 hele, 1 slog fejl, {count - 2} mangler."
    missing = shelf.absent(found)
    assert missing[0] == "Hele landet" and missing[-1] == "Aarhus" and "Roskilde" not in missing
    assert len(missing) == len(municipalities.places()) - 1


def test_the_size_counts_what_is_handed_out(reports):
    write_report(reports, "Roskilde")
    site.write_site()
    total, files = site.size()
    names = [path for path in reports.rglob("*") if path.is_file()]
    handed_out = [p for p in names if "notesboeger" not in p.parts and not p.name.startswith(".")]
    assert files == len(handed_out) and total == sum(path.stat().st_size for path in handed_out)


@pytest.mark.parametrize(
    "html",
    [
        "<script>1</script>",
        "<p onclick='run()'>",
        '<p class="a"onclick=run()>',
        '<img src="x"/onerror=run()>',
        '<a href=" javascript:run()">',
        "<a href=javascript:run()>",
        "<IFRAME src='x'>",
        "<p onclick=run()",
    ],
)
def test_a_result_that_could_run_something_is_shown_as_text(html):
    assert notebook.harmless(html).startswith("<pre>&lt;")


def test_a_result_that_only_speaks_of_such_things_is_a_result():
    html = '<p title="onclick=1 and javascript:">Se onload= i teksten</p>'
    assert notebook.harmless(html) == html


def test_a_whole_collection_is_told_as_whole():
    every = [{"state": "har"}] * 98
    told = collection._told({"country": [{}], "municipality_group": [{}] * 5, "municipality": every})
    assert told == "Her er rapporter for landet, 5 kommunegrupper og alle 98 kommuner."


def measures_of(*rows):
    data = figure_data("a", "Tiden", list(rows))
    return figures.measures([figures.Published(data, None, "figurer")], rows[0][0])


@pytest.mark.parametrize(
    ("verdict", "told"),
    [
        ("under", "Et af de 1 mål der kan sammenlignes, skiller sig ud"),
        ("maybe_under", "Intet skiller sig ud"),
        ("som", "Intet skiller sig ud"),
        ("none", "Der er for få svar i Roskilde"),
    ],
)
def test_what_stands_out_is_what_the_verdict_says(verdict, told):
    measures = measures_of(row("Roskilde", verdict, "usikker"), COUNTRY)
    found = summary.stands_out(measures, "Roskilde")
    assert told in summary.plainly("Roskilde", "i Roskilde", measures, found)
    assert len(found) == (verdict == "under")
    if found:
        assert (found[0]["value"], found[0]["beside"]) == (
            "1,6 timer",
            "under resten af landet (hele landet: 2,0 timer)",
        )
        assert "42 svar" in found[0]["certainty"] and "usikkert skøn" in found[0]["certainty"]


@pytest.mark.parametrize(
    ("alike", "rest"), [("", "resten af landet 2,1"), ("case_unit", "resten af landet opgjort ens 2,1")]
)
def test_a_finding_s_reference_and_size_are_of_the_comparison_that_was_made(alike, rest):
    data = figure_data("a", "Tiden", [row("Roskilde", "under"), COUNTRY])  # the country, with the place: 2.0
    data["rows"][0]["difference"] = -0.5
    data["record"]["quantity"]["alike"] = alike
    measures = figures.measures([figures.Published(data, None, "figurer")], "Roskilde")
    found = summary.stands_out(measures, "Roskilde")
    assert found[0]["beside"] == f"{rest} timer, altså 0,5 timer under"


def test_the_words_of_prose_are_kept_and_escaped():
    text = "A **b** *c* `d` <i>e</i> & [f](javascript:g) [h](https://i)\n\n1. j\n\n| k |\n|---|\n| l |"
    html = notebook.to_html(notebook.prose(text))
    assert "<strong>b</strong>" in html and "&lt;i&gt;e&lt;/i&gt; &amp; f" in html
    assert '<a href="https://i">h</a>' in html and "javascript" not in html
    assert "<ol><li>j</li></ol>" in html and '<th scope="col">k</th>' in html and "<td>l</td>" in html


def test_what_to_discuss_is_the_study_s_own_focus_points_the_nearest_first():
    points = sources.statements(kind="focus_point")
    near = points["statement"][points["theme"].eq("sparring")].tolist()
    assert summary.discuss([{"theme": "sparring"}])[: len(near)] == near
    assert summary.discuss([]) == points["statement"].tolist()


def test_a_finding_on_sparring_brings_the_focus_point_on_sparring_first():
    measures = measures_of(row("Roskilde", "under"), COUNTRY)
    first = summary.discuss(summary.stands_out(measures, "Roskilde"))[0]
    assert first == sources.statement("focus_3_team_tools")


def talk_of(verdict, place="Roskilde"):
    measures = measures_of(row(place, verdict), COUNTRY)
    return summary.talk(summary.stands_out(measures, place), place)


def test_what_to_talk_about_is_tied_to_what_stands_out():
    told = talk_of("under")
    ((about, words),) = told["points"]
    assert told["heading"] == "Hvad kan I tale om?"
    assert about.endswith(": 1,6 timer, under resten af landet")
    assert words == sources.statement("focus_3_team_tools")


@pytest.mark.parametrize("verdict", ["som", "none"])
def test_where_nothing_stands_out_the_points_are_those_of_all(verdict):
    told = talk_of(verdict)
    assert "de samme for alle kommuner" in told["lead"]
    assert [words for _, words in told["points"]] == summary.discuss([])
    assert {about for about, _ in told["points"]} == {""}


@pytest.mark.parametrize("place", [municipalities.COUNTRY, "Landkommuner"])
def test_the_country_and_a_group_are_not_spoken_to(place):
    told = talk_of("som", place)
    assert told["heading"] == "Hvad peger undersøgelsen på?"


def test_two_findings_of_a_theme_never_bring_the_same_statement():
    twice = summary.discuss([{"theme": "caseload"}, {"theme": "caseload"}])
    assert twice[0] == sources.statement("caseload_bearing") and twice[1] == ""


def test_a_subject_says_what_it_finds_of_the_place(reports):
    executed = write_report(reports, "Roskilde", headline="Tiden er kort i Roskilde")
    chapter = notebook.read_chapter(executed, reports / "roskilde")
    assert summary.subject(chapter, "Roskilde") == "Tiden er kort i Roskilde"
    site.write_site()
    assert "<p>Tiden er kort i Roskilde.</p>" in text_of(reports / "roskilde" / "index.html")
    empty = notebook.Chapter("a.html", "A", "Hvor megen tid?", (notebook.Block(),), {})
    assert summary.subject(empty, "Roskilde") == "Hvor megen tid?"


def section_of(text, place="Roskilde"):
    blocks = [notebook.Block(), notebook.Block(notebook.prose(text))]
    chapter = notebook.Chapter("a.html", "A", "", tuple(blocks), {})
    notebook._give_anchors(blocks)
    return reading.sections(chapter, place)


def told_of(blocks):
    return [notebook.plain(node) for block in blocks for node in block.prose]


def test_a_claim_is_two_sentences_about_the_place_and_the_rest_is_behind_a_fold():
    long = "Og her står der så meget mere om det, end en leder har tid til at læse på en formiddag."
    (section,) = section_of(
        f"## Hvor?\n\nOm landet.\n\nRoskilde har **to**. Det er lidt. {long}\n\n- et punkt"
    )
    assert section.heading == "Hvor?"
    assert told_of(section.shown) == ["Roskilde har to. Det er lidt."]
    assert told_of(section.more) == ["Om landet.", long, "et punkt"]


def test_no_word_of_a_chapter_is_lost_by_the_folds():
    sentence = "En sætning på præcis otte ord står her nu. "
    text = f"Før.\n\n## A\n\n{sentence * 9}\n\n{sentence}\n\n## B\n\n> Sagt\n\n{sentence * 3}"
    read = [words for section in section_of(text) for words in told_of([*section.shown, *section.more])]
    assert " ".join(read).split().count("sætning") == 13 and "Sagt" in read and "Før." in read


def test_of_long_sentences_one_is_read_at_once():
    sentence = "Det er " + "meget " * 40 + "langt. "
    (section,) = section_of(f"## A\n\n{sentence * 2}")
    assert told_of(section.shown) == [sentence.strip()] and told_of(section.more) == [sentence.strip()]


def test_notes_that_differ_in_a_number_alone_stand_in_the_folds():
    def noted(name, note):
        data = figure_data(name, "A", [row("Roskilde")])
        data["name"], data["texts"]["note"] = name, note
        return figures.Published(data, None, "figurer")

    told = [noted("a", "Justeret for 84 test. Prik: skøn."), noted("b", "Justeret for 7,5 test.")]
    assert figures.brief_notes(told) == {"a": "Prik: skøn.", "b": ""}
    assert figures.brief_notes([noted("a", "ord " * 30)]) == {"a": ""}


def test_the_table_of_measures_says_what_a_verdict_is_held_against(reports):
    write_report(reports, "Roskilde", [row("Roskilde", "maybe_under"), COUNTRY])
    site.write_site()
    page = text_of(reports / "roskilde" / "index.html")
    assert '<th scope="col">Mod resten af landet</th>' in page and "<td>måske under</td>" in page
    assert "under landet" not in page


def test_many_hidden_figures_are_a_sentence_with_a_fold(reports):
    for name in ("02_caseload", "03_sparring", "04_introduction", "05_handover"):
        write_report(reports, "Læsø", [withheld("Læsø"), COUNTRY], name=name)
    site.write_site()
    page = text_of(reports / "laesoe" / "index.html")
    fold = page.partition("<summary><strong>Diskretioneret</strong> på Læsø i 4 figurer</summary>")[2]
    assert fold.partition("</details>")[0].count("<li>") == 4


def test_two_processes_write_the_same_as_one(reports):
    def written():
        return {
            path.relative_to(reports): path.read_bytes()
            for path in sorted(reports.rglob("*"))
            if path.suffix in {".html", ".pdf", ".docx"}
        }

    for place in ("Roskilde", "Køge", "Hele landet"):
        write_report(reports, place)
    site.write_site()
    alone = written()
    for path in reports.rglob("*.html"):
        path.unlink()
    site.write_site(workers=2)
    assert written() == alone and len(alone) > 6


def test_what_is_hidden_is_named_by_its_measure_and_not_by_its_status():
    data = figure_data("a", "Tiden", [withheld("Læsø")])
    data["rows"][0]["measure"], data["columns"] = (
        "Sagstallet",
        [{"name": "measure", "header": "Mål"}, *data["columns"]],
    )
    data["cells"] = [["Sagstallet", *data["cells"][0]]]
    own = figures.withheld([figures.Published(data, None, "figurer")], "Læsø")[0]["own"]
    assert own == {"diskretioneret": ["Sagstallet"]}


def test_a_notebook_of_ones_own_is_a_part_of_the_reports_that_it_was_run_for(tmp_path, monkeypatch):
    own = tmp_path / "egne" / "digital.ipynb"
    own.parent.mkdir()
    cells = [nbformat.v4.new_markdown_cell("# Digitale sager")]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), own)
    for place in ("koege", "roskilde"):
        (tmp_path / "reports" / place / "notesboeger").mkdir(parents=True)
    kept = tmp_path / "reports" / "koege" / "notesboeger"
    (kept / "egne_digital.ipynb").write_bytes(own.read_bytes())
    (kept / "02_caseload.ipynb").write_bytes(own.read_bytes())
    monkeypatch.setenv("ANALYSIS_REPORTS", str(tmp_path / "reports"))
    broken = tmp_path / "Untitled.ipynb"
    broken.write_text("{")
    scratch = {"egne/digital": own, "Untitled": broken}
    monkeypatch.setattr(shelf, "all_notebooks", lambda: scratch)
    (report,) = [report for report in shelf.reports() if report.slug == "koege"]
    assert [part.title for part in report.parts][-1] == "Digitale sager"
    assert report.parts[-1].is_whole and len(report.parts) == len(plan.notebooks()) + 1
