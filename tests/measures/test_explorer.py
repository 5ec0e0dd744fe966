"""The interactive notebook: every choice gives a figure, its code line makes it again, publish writes it."""

import html
import re
from base64 import b64encode

import nbformat
import pytest
from nbclient import NotebookClient

from analysis import danish, explorer, measures, views
from analysis import files as paths
from analysis.charts.figure import figure_html
from analysis.municipalities import COUNTRY
from analysis.publish import FORMATS, publish

YEAR = 2014
PROJECT_LISTS = list((paths.project() / "data").glob("*.csv"))
PLACES = ("København", "Læsø", "Fanø", "Storbykommuner", COUNTRY)


@pytest.fixture(scope="module")
def shown():
    return explorer.Explorer("Roskilde", YEAR, 5)


def choose(shown, **choices):
    for name, value in choices.items():
        getattr(shown, name).value = value
    return shown.figure


def made_by(shown):
    """The figure that the lines of code make."""
    first, line = re.search(r"<pre>(.*)\n(.*)</pre>", html.unescape(shown.code.value)).groups()
    names = {}
    exec(first, names)
    return eval(line, names)


def numbers_of_hidden(figure):
    """The numbers of rows without a value; one told as a limit (bounded) has its limit and its n, and no more."""
    rows = figure.table.frame
    told = rows["status"].eq("bounded")
    if told.any():
        assert (
            rows.loc[told, "estimate"].isna().all()
            and rows.loc[told, ["low", "high"]].isna().sum(axis=1).eq(1).all()
        )
    return (
        rows[~rows["status"].isin(["shown", "bounded"])]
        .select_dtypes("number")
        .drop(columns="year", errors="ignore")
    )


@pytest.mark.parametrize("measure", measures.names())
def test_every_choice_of_the_widgets_gives_a_figure(shown, measure):
    turn = measures.names().index(measure) % len(views.COMPARISONS)
    choose(shown, measure=measure, comparison=list(views.COMPARISONS)[turn])
    for breakdown in [code for _, code in shown.breakdown.options]:
        for place in PLACES:
            figure = choose(shown, place=place, breakdown=breakdown)
            assert shown.message.value == ""
            assert figure.place == (COUNTRY if breakdown == "role" else place)
            assert figure.headline in html.unescape(shown.picture.value)


@pytest.mark.parametrize("measure", measures.names())
def test_nothing_withheld_is_in_a_figure(measure):
    for comparison in views.COMPARISONS:
        for breakdown in views.breakdowns(measures.measure(measure, YEAR), comparison):
            for place in ("Roskilde", "Læsø"):
                figure = views.view(measure, place, comparison, breakdown, year=YEAR)
                assert numbers_of_hidden(figure).isna().all(axis=None)


@pytest.mark.parametrize("place", ["København", "Fanø"])
@pytest.mark.parametrize(
    "choice",
    [
        ("caseload", "group", "areas"),
        ("caseload", "funnel", "disability"),
        ("turnover", "map", "whole"),
        ("handover_difficult", "region", "role"),
    ],
)
def test_the_line_of_code_makes_the_same_figure(shown, place, choice):
    measure, comparison, breakdown = choice
    figure = choose(shown, place=place, measure=measure, comparison=comparison, breakdown=breakdown)
    assert figure_html(made_by(shown)) == figure_html(figure)
    assert figure_html(figure) in shown.picture.value
    choose(shown, breakdown=next(code for _, code in shown.breakdown.options))


def test_leaders_are_shown_for_the_country_only(shown):
    figure = choose(shown, place="København", measure="handover_difficult", breakdown="role")
    assert set(figure.table.frame["place"]) == {"Sagsbehandler", "Leder"}
    assert figure.place == COUNTRY
    assert shown.place.disabled and shown.comparison.disabled
    choose(shown, breakdown="whole")
    assert not shown.place.disabled and not shown.comparison.disabled
    for measure in measures.names():
        for comparison in views.COMPARISONS:
            for split in views.breakdowns(measures.measure(measure, YEAR), comparison):
                table = views.view(measure, "Roskilde", comparison, split, year=YEAR).table
                assert split == "role" or table.quantity["table"] == "caseworkers"


def test_a_breakdown_stays_where_the_measure_has_it(shown):
    choose(shown, place="Roskilde", measure="turnover", comparison="group", breakdown="answers")
    assert choose(shown, measure="mentor") is not None and shown.breakdown.value == "answers"
    choose(shown, measure="caseload")
    assert [code for _, code in shown.breakdown.options] == ["areas", "at_risk", "disability"]
    choose(shown, comparison="funnel")
    assert shown.breakdown.value == "at_risk"


def test_publishes_what_is_on_the_screen(shown, tmp_path, monkeypatch):
    monkeypatch.setenv("ANALYSIS_REPORTS", str(tmp_path / "reports"))
    choose(shown, place="Roskilde", measure="turnover", comparison="region", breakdown="whole", min_count=5)
    shown.button.click()
    folder = tmp_path / "reports" / "roskilde" / "figurer"
    files = sorted(file.name for file in folder.iterdir())
    assert "syntetisk_roskilde_udforsk_personaleomsaetning_2014_region.svg" in files and len(files) == 7
    assert "Gemt i reports/roskilde/figurer:" in shown.message.value
    assert "personaleomsaetning_2014_region (.png, .svg, _tryk.svg, .pdf, .xlsx, .csv)" in shown.message.value
    assert str(tmp_path) not in shown.message.value


def test_figures_of_another_threshold_are_shown_but_not_published(shown, tmp_path, monkeypatch):
    monkeypatch.setenv("ANALYSIS_REPORTS", str(tmp_path))
    figure = choose(shown, place="Roskilde", measure="turnover", min_count=10)
    assert figure.table.min_count == 10
    shown.button.click()
    assert "Figuren kan ikke gemmes" in shown.message.value and not list(tmp_path.iterdir())
    shown.copy.click()
    assert "Figuren kan ikke kopieres" in shown.message.value and shown.image.value == ""
    choose(shown, min_count=5)


def test_a_measure_is_split_by_the_answers_to_another_question(shown):
    figure = choose(shown, place="Hele landet", measure="turnover", crossed="sparring_forum")
    assert list(figure.table.frame["sparring_forum"]) == ["team_meeting", "informal", "individual", "none"]
    assert "Forum for sparring" in figure.columns.values() and "Sted" not in figure.columns.values()
    assert figure.place == COUNTRY and shown.breakdown.disabled and shown.comparison.disabled
    assert figure_html(made_by(shown)) == figure_html(figure)
    assert "has_changed_workplace" not in [code for _, code in shown.crossed.options]
    choose(shown, crossed="")
    assert not shown.breakdown.disabled and "views.view(" in shown.code.value


def test_a_set_of_places_of_ones_own_stands_beside(shown):
    choose(shown, place="Roskilde", measure="turnover", comparison="map", breakdown="whole")
    figure = choose(shown, others=["Odense", "Landkommuner"])
    assert set(figure.table.frame["place"]) == {"Roskilde", "Odense", "Landkommuner", COUNTRY}
    assert figure.name == "udforsk_personaleomsaetning_2014_ved_odense_landkommuner"
    assert shown.comparison.disabled and figure_html(made_by(shown)) == figure_html(figure)
    many = views.view("turnover", "Roskilde", shown.place.options[6:60], year=YEAR)
    assert re.fullmatch(r"udforsk_personaleomsaetning_2014_ved_54_steder_[0-9a-f]{6}", many.name)
    with pytest.raises(KeyError, match="Odense"):
        views.view("turnover", "Roskilde", ["Odens"], year=YEAR)
    assert choose(shown, others=[], comparison="group").kind == "intervals"


def test_the_table_is_sorted_as_is_chosen(shown):
    def column(index):
        table = shown.picture.value.split("<tbody>")[1]
        cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row) for row in table.split("</tr>")[:-1]]
        return [row[index] for row in cells]

    figure = choose(shown, place="Roskilde", measure="turnover", comparison="group", breakdown="whole")
    header = list(figure.columns.values())
    choose(shown, order="n")
    counts = [
        float(cell.replace(".", "")) for cell in column(header.index("Antal svar")) if cell[0].isdigit()
    ]
    assert counts == sorted(counts, reverse=True) and "<details open>" in shown.picture.value
    choose(shown, order="place")
    assert column(0) == sorted(column(0), key=danish.sort_key)
    assert shown.figure is figure
    choose(shown, order="")
    assert "<details>" in shown.picture.value


def test_the_picture_is_copied_as_it_would_be_published(shown, tmp_path):
    figure = choose(shown, place="Roskilde", measure="turnover", breakdown="whole", width=80)
    shown.copy.click()
    (file,) = publish(figure, directory=tmp_path, formats=["png"], width_mm=80)
    assert b64encode(file.read_bytes()).decode() in shown.image.value
    assert "clipboard" in shown.image.value and "clipboard" in shown.code.value
    choose(shown, measure="mentor", width=160)
    assert shown.image.value == ""


@pytest.mark.parametrize("too_few", [2, 0, -1])
def test_a_threshold_that_is_too_low_is_told_and_not_changed(shown, too_few):
    assert choose(shown, min_count=too_few) is None
    assert f"mindst 3 svar, men er {too_few}" in shown.message.value
    assert shown.min_count.value == too_few and shown.picture.value == "" and shown.button.disabled
    assert choose(shown, min_count=3).table.min_count == 3 and shown.message.value == ""
    choose(shown, min_count=5)


def test_a_place_is_typed_and_one_that_is_unknown_is_told(shown):
    assert set(PLACES) < set(shown.place.options) and len(shown.place.options) == 104
    assert choose(shown, place="265").place == shown.place.value == "Roskilde"
    assert choose(shown, place="københavn").place == shown.place.value == "København"
    assert choose(shown, place="Rokslide") is None and shown.picture.value == ""
    assert "et af de 104 steder" in shown.message.value and "Nærmest: Roskilde" in shown.message.value
    assert choose(shown, place="") is None and "ingenting" in shown.message.value
    assert choose(shown, place="Roskilde").place == "Roskilde" and shown.message.value == ""


@pytest.mark.parametrize("kind", ["png", "svg", "pdf", "xlsx", "docx", "pptx"])
def test_a_format_and_a_width_are_chosen_when_saving(shown, kind, tmp_path, monkeypatch):
    monkeypatch.setenv("ANALYSIS_REPORTS", str(tmp_path / "reports"))
    choose(shown, place="Roskilde", measure="turnover", comparison="group", breakdown="whole", width=80)
    choose(shown, formats=(kind,))
    shown.button.click()
    files = list((tmp_path / "reports" / "roskilde" / "figurer").iterdir())
    assert {file.suffix for file in files} == {".json", f".{kind}"}
    assert all("_80mm" in file.name for file in files)
    choose(shown, formats=FORMATS, width=160)


def test_mistakes_are_told_in_a_message(tmp_path, monkeypatch, capsys):
    mistaken = explorer.Explorer("Roskild", 2030)
    assert "Nærmest: Roskilde" in mistaken.message.value and "2030" in mistaken.message.value
    assert (mistaken.place.value, mistaken.year.value) == (COUNTRY, YEAR) and mistaken.figure is not None
    monkeypatch.setenv("ANALYSIS_PUBLICATION", "1")
    mistaken.button.click()
    assert "Figuren kan ikke gemmes" in mistaken.message.value
    monkeypatch.setenv("ANALYSIS_HOME", str(tmp_path))
    no_list = explorer.Explorer("Roskilde", YEAR)
    assert "measures.csv` must be a file" in no_list.message.value and no_list.picture.value == ""
    (tmp_path / "data").mkdir()
    for file in PROJECT_LISTS:
        (tmp_path / "data" / file.name).write_bytes(file.read_bytes())
    empty = explorer.Explorer("Roskilde", YEAR)
    assert "make data" in empty.message.value and empty.button.disabled and empty.picture.value == ""
    empty.button.click()
    assert explorer.warm_up(YEAR) == [] and "make data" in capsys.readouterr().out


def test_an_unknown_choice_names_the_known_ones():
    with pytest.raises(ValueError, match="`measure` must be one of caseload"):
        views.view("sagstal", "Roskilde", year=YEAR)
    with pytest.raises(ValueError, match="`comparison` must be one of group"):
        views.view("caseload", "Roskilde", "alle", year=YEAR)
    with pytest.raises(ValueError, match="`breakdown` must be one of at_risk, disability"):
        views.view("caseload", "Roskilde", "funnel", "areas", year=YEAR)


def test_the_notebook_runs():
    notebook = nbformat.read(paths.project() / "notebooks" / "explore.ipynb", as_version=4)
    done = NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    outputs = [output for cell in done.cells if cell.cell_type == "code" for output in cell.outputs]
    assert "9 mål er beregnet" in "".join(output.get("text", "") for output in outputs)
    views_shown = [
        output for output in outputs if "application/vnd.jupyter.widget-view+json" in output.get("data", {})
    ]
    assert len(views_shown) == 1
