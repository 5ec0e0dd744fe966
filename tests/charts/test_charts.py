import base64
import io
import re
import xml.etree.ElementTree as ET
from functools import cache
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from chart_gallery import (
    AREAS,
    CASES,
    CHARTS,
    _everywhere,
    _limits,
    _words,
    answers,
    intervals,
    intervals_in_panels,
    matrix,
    tile_map,
)
from chart_tables import estimates, protected
from figure_lint import ENGLISH, lint, texts_of
from matplotlib.text import Text
from PIL import Image

from analysis import charts, danish
from analysis.charts import canvas, sheet, style
from analysis.charts.canvas import Canvas
from analysis.charts.figure import picture
from analysis.charts.style import read_style
from analysis.disclosure import protect
from analysis.publish import publish


@cache
def figure_of(chart, place):
    return chart(place)


def cases(*places):
    """Return the charts' figures for places, as parameters."""
    pairs = [(chart, place) for chart in CHARTS for place in places]
    return pytest.mark.parametrize(
        "figure",
        pairs,
        indirect=True,
        ids=[f"{chart.__name__}-{danish.slug(place)}" for chart, place in pairs],
    )


@pytest.fixture
def figure(request):
    return figure_of(*request.param)


@cases(CASES[0])
def test_every_text_of_a_drawing_stands_whole_in_its_svg(figure):
    """Coordinates are cut to a hundredth of a point; a number that is read, "3.104", is not."""
    letters = [
        text for text, *_ in texts_of(figure.render()) if not text.get_path_effects()
    ]  # the others are curves
    drawn = {text.get_text() for text in letters}
    written = {"".join(text.itertext()) for text in ET.fromstring(picture(figure).svg).iterfind(".//{*}text")}
    assert drawn - written == set()


@cases(*CASES)
def test_every_figure_passes_the_lint_in_one_column(figure):
    assert lint(figure.render(80), 80) == []


@cases(CASES[0], CASES[1], CASES[4])
def test_every_figure_passes_the_lint_in_full_width(figure):
    assert lint(figure.render(160), 160) == []


@cases(CASES[2])
def test_every_figure_passes_the_lint_in_one_and_a_half_column(figure):
    assert lint(figure.render(120), 120) == []


@cases(CASES[1])
def test_every_figure_passes_the_lint_on_a_slide(figure):
    drawing = figure.render(254)
    assert lint(drawing, 254) == []
    assert drawing.get_size_inches()[1] * 25.4 == pytest.approx(143)


def test_the_lint_sees_what_it_looks_for():
    canvas = Canvas(read_style(), 80)
    canvas.text(10, 10, "Hele landet 25,3")
    canvas.text(12, 10.5, "Sager")
    canvas.text(70, 30, "Ringkøbing-Skjern")
    canvas.text(10, 40, "withheld")
    canvas.text(10, 50, "25.3")
    canvas.text(10, 60, "for lille").set_fontsize(6)
    canvas.y = 70
    kinds = [wrong.split(":")[0] for wrong in lint(canvas.finish(), 80)]
    assert kinds == ["outside", "not Danish", "decimal point", "6.0 points", "overlap"]


@cases(CASES[1])
def test_the_title_can_stand_outside_the_image(figure):
    inside, outside = figure.render(160), figure.render(160, title_in_image=False, note_in_image=False)
    assert lint(outside, 160) == []
    assert outside.get_size_inches()[1] < inside.get_size_inches()[1]
    written = " ".join(text.get_text() for text, *_ in texts_of(outside))
    assert "Kilde:" not in written
    assert figure.description[:20] not in written


@cases(*CASES)
def test_the_alternative_text_says_what_a_reader_needs(figure):
    assert 30 < len(figure.alt) < 300
    assert figure.synthetic == figure.alt.startswith("Syntetiske data.")
    assert not ENGLISH.search(figure.alt)


@cases(CASES[1])
def test_the_mark_of_synthetic_data_is_on_the_face(figure):
    drawing = figure.render(160, title_in_image=False, note_in_image=False)
    marks = [text for text in drawing.findobj(Text) if (text.get_gid() or "").startswith("watermark")]
    assert bool(marks) == figure.synthetic
    assert all(text.get_text() == "SYNTETISKE DATA" for text in marks)


@cases(CASES[1])
def test_the_page_shows_the_figure_its_words_and_its_numbers(figure):
    html = figure._repr_mimebundle_()["text/html"]
    root = ET.fromstring(html.replace("<br>", "<br/>"))
    assert root.tag == "figure"
    assert root.get("lang") == "da"
    svg = root.find("{http://www.w3.org/2000/svg}svg")
    labels = svg.get("aria-labelledby").split()
    named = {element.get("id"): element.text for element in svg if element.get("id") in labels}
    assert list(named.values()) == [figure.headline, figure.alt]
    assert len(root.find("details/table/tbody")) == len(figure.table.frame)
    assert not ENGLISH.search(" ".join(root.find("details").itertext()))


def test_identifiers_on_a_page_are_unique_and_references_hold():
    pages = [chart("Læsø")._repr_mimebundle_()["text/html"] for chart in CHARTS[:3]]
    identifiers = [set(re.findall(r'\bid="([^"]+)"', page)) for page in pages]
    for first, second in combinations(identifiers, 2):
        assert not first & second
    for page, own in zip(pages, identifiers, strict=True):
        assert set(re.findall(r'href="#([^"]+)"', page)) <= own
        assert set(re.findall(r"url\(#([^)]+)\)", page)) <= own


def test_a_figure_made_again_is_the_same_to_the_byte():
    first, second = (intervals_in_panels("Roskilde")._repr_mimebundle_() for _ in range(2))
    assert first == second


def rows_with(n, estimate):
    frame = pd.DataFrame(
        {
            "place": ["Lejre", "Køge", "Greve", "Læsø", "Hele landet"],
            "place_level": ["municipality"] * 4 + ["country"],
            "municipality": ["Lejre", "Køge", "Greve", "Læsø", None],
            "estimate": [40.0, 41.0, 42.0, estimate, 41.0],
            "low": [38.0, 39.0, 40.0, estimate - 1, 40.0],
            "high": [42.0, 43.0, 44.0, estimate + 1, 42.0],
            "n": [30, 40, 6, n, 76 + n],
        }
    )
    return protect(frame, synthetic=True)


def test_neither_the_axis_nor_the_order_tells_of_a_withheld_row():
    drawn = []
    for estimate in (3.0, 41.5, 400.0):
        figure = charts.intervals(rows_with(2, estimate), unit="sager", **_words("secret", "Læsø"))
        assert set(figure.table.frame.set_index("place").loc["Læsø", ["estimate", "low", "high"]].isna()) == {
            True
        }
        drawn.append(figure._repr_mimebundle_()["text/html"])
    assert drawn[0] == drawn[1] == drawn[2]
    assert "diskretioneret" in drawn[0]


def test_only_protected_tables_are_drawn():
    with pytest.raises(TypeError, match="ProtectedTable"):
        charts.intervals(estimates().frame, unit="sager", **_words("raw", "Roskilde"))


def test_a_bar_starts_at_zero_and_a_negative_value_is_refused():
    drawing = charts.bars(estimates(("at_risk",)), unit="sager", **_words("bars", "Roskilde")).render()
    assert "0" in [text.get_text() for text, *_ in texts_of(drawing)]
    below = estimates(("at_risk",)).frame.assign(estimate=-1.0)
    with pytest.raises(ValueError, match="0 or more"):
        charts.bars(protected(below), **_words("bars", "Roskilde"))


def headline(text, verdict="over", low=1.0, high=5.0):
    frame = estimates(("at_risk",)).frame
    own = frame["place"].eq("Roskilde")
    frame.loc[own, ["verdict", "difference_low", "difference_high"]] = [verdict, low, high]
    words = _words("guard", "Roskilde") | {"headline": text}
    return charts.intervals(protected(frame), unit="sager", **words)


@pytest.mark.parametrize(
    ("text", "verdict", "low", "high"),
    [
        ("Roskilde har flere sager end resten af landet", "som", -1.0, 3.0),
        ("Roskilde har flere sager end resten af landet", "over", -0.1, 3.0),
        ("Roskilde har færre sager end resten af landet", "over", 1.0, 5.0),
        ("Roskilde ligger under resten af landet", "none", np.nan, np.nan),
        ("I Roskilde bruges mere tid på sparring", "som", 0.1, 3.0),
    ],
)
def test_a_headline_may_not_say_more_than_the_table(text, verdict, low, high):
    with pytest.raises(ValueError, match="headline"):
        headline(text, verdict, low, high)


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("Roskilde har flere sager end resten af landet", "over"),
        ("Roskilde ligger hverken over eller under resten af landet", "som"),
        ("Roskilde har ikke flere sager end resten af landet", "som"),
        ("Roskildes arbejde med børn under 18 år", "som"),
        ("Sagstallet er under pres i hele landet", "som"),
    ],
)
def test_a_true_headline_stands(text, verdict):
    assert headline(text, verdict).headline == text


def test_a_headline_about_a_withheld_place_compares_nothing():
    with pytest.raises(ValueError, match="headline"):
        charts.intervals(
            estimates(),
            panel="area",
            unit="sager",
            **_words("guard", "Læsø") | {"headline": "Læsø har flere sager"},
        )


def test_names_of_panels_signs_and_answers_are_checked():
    words = _words("checks", "Roskilde")
    with pytest.raises(ValueError, match="panel_labels"):
        charts.intervals(estimates(), panel="area", panel_labels={"at_risk": "Udsatteområdet"}, **words)
    with pytest.raises(ValueError, match="among"):
        charts.matrix(estimates(("at_risk",)), signs={"yes": "smiley"}, **words)


def test_a_slide_that_cannot_hold_its_rows_says_so():
    places = [f"Kommune {number}" for number in range(90)]
    figure = charts.intervals(
        estimates(("at_risk",), places=places), unit="sager", **_words("many", "Roskilde")
    )
    assert lint(figure.render(160), 160) == []
    with pytest.raises(ValueError, match="Select fewer rows"):
        figure.render(254)


def test_the_chosen_place_is_bold_and_in_the_accent():
    drawing = intervals("Ringkøbing-Skjern").render()
    accent = read_style().colour("accent")
    bold = [text.get_text() for text, *_ in texts_of(drawing) if text.get_color() == accent]
    assert "Ringkøbing-Skjern" in bold
    assert all(
        text.get_fontproperties().get_weight() == 700
        for text, *_ in texts_of(drawing)
        if text.get_color() == accent
    )


@pytest.mark.parametrize("chart", [intervals_in_panels, answers, tile_map, matrix])
@pytest.mark.mpl_image_compare(
    baseline_dir="baseline", tolerance=6, style="default", savefig_kwargs={"dpi": 80}, remove_text=False
)
def test_the_picture_is_the_one_that_was_looked_at(chart):
    return chart("Ringkøbing-Skjern").render(120)


@pytest.mark.parametrize("chart", [charts.intervals, charts.shrinkage, charts.bars])
def test_a_figure_of_nothing_but_withheld_rows_is_drawn(chart):
    frame = estimates(("at_risk",)).frame.assign(status="withheld")
    figure = chart(protected(frame), unit="sager", **_words("hidden", "Roskilde"))
    assert lint(figure.render(80), 80) == []
    written = [text.get_text() for text, *_ in texts_of(figure.render(80))]
    assert written.count("diskretioneret") == len(frame)


def test_a_map_and_a_funnel_of_nothing_but_withheld_rows_are_drawn():
    frame = _everywhere().frame.assign(status="withheld")
    hidden = protected(frame)
    words = _words("hidden", "Roskilde")
    for figure in (
        charts.funnel(hidden, _limits(), unit="sager", **words),
        charts.tile_map(hidden.select(place_level="municipality"), unit="sager", **words),
        charts.small_multiples(hidden, unit="sager", **words),
    ):
        assert lint(figure.render(120), 120) == []


def test_one_row_is_enough_and_real_data_carry_no_mark():
    frame = estimates(("at_risk",)).frame.query("place == 'Roskilde'")
    figure = charts.intervals(protected(frame, synthetic=False), unit="sager", **_words("one", "Roskilde"))
    assert lint(figure.render(80), 80) == []
    assert "SYNTETISK" not in figure._repr_mimebundle_()["text/html"]
    assert not figure.alt.startswith("Syntetiske")


def test_a_headline_that_names_an_area_is_held_to_it():
    frame = estimates().frame
    own = frame["place"].eq("Roskilde")
    risk = own & frame["area"].eq("at_risk")
    columns = ["verdict", "difference_low", "difference_high"]
    for rows, values in ((own, ["som", -1.0, 1.0]), (risk, ["over", 1.0, 5.0])):
        frame.loc[rows, columns] = values
    table, words = protected(frame), _words("area", "Roskilde")
    texts = {"unit": "sager", "panel": "area", "panel_labels": AREAS}
    charts.intervals(table, **words | texts | {"headline": "Roskilde har flere sager på udsatteområdet"})
    with pytest.raises(ValueError, match="headline"):
        charts.intervals(table, **words | texts | {"headline": "Roskilde har flere sager på handicapområdet"})


def pixels(figure):
    written = io.BytesIO()
    figure.render(120).savefig(written, dpi=100)
    with Image.open(written) as image:
        return np.asarray(image.convert("L"), dtype=float)


@pytest.mark.parametrize("chart", CHARTS, ids=lambda chart: chart.__name__)
@pytest.mark.parametrize("place", ["Roskilde", "Læsø"])
def test_a_line_of_text_looks_as_matplotlib_draws_it_with_its_rim_and_its_ground(chart, place, monkeypatch):
    own = pixels(figure_of(chart, place))
    monkeypatch.setattr(canvas._Line, "draw", Text.draw)
    assert np.mean(np.abs(own - pixels(figure_of(chart, place))) > 80) < 0.0002


def test_a_logo_stands_at_the_bottom_right_the_right_way_up_and_sharp(tmp_path, monkeypatch):
    picture_of = Image.new("RGB", (400, 100), "#b3123c")
    picture_of.paste("#1b4268", (0, 50, 400, 100))  # red above blue
    picture_of.save(tmp_path / "logo.png")
    text = style.STYLE_FILE.read_text(encoding="utf-8").replace('logo = ""', 'logo = "logo.png"')
    (tmp_path / "style.toml").write_text(text, encoding="utf-8")
    monkeypatch.setenv("STYLE", str(tmp_path / "style.toml"))
    drawing = CHARTS[0]("Roskilde").render(160)
    wide, high = (side * 25.4 for side in drawing.get_size_inches())
    (drawn,) = drawing.findobj(sheet._Logo)
    x0, y0, x1, y1 = (side * 25.4 / drawing.dpi for side in drawn.get_window_extent().extents)
    assert 0 < y0 < y1 < 0.5 * high
    assert 0.8 * wide < x0 < x1 < wide
    assert (x1 - x0) / (y1 - y0) == pytest.approx(4, rel=0.01)
    under = [words for words, *box in texts_of(drawing) if box[0] < x1 and x0 < box[2] and box[1] < y1]
    assert under == []
    written = io.BytesIO()
    drawing.savefig(written, dpi=50)
    published = next(
        file for file in publish(CHARTS[0]("Roskilde"), directory=tmp_path, formats=["png", "svg"])
    )
    for source in (written, published):
        with Image.open(source) as image:
            seen = image.convert("RGB")
        across = seen.width * (x0 + x1) / 2 / wide
        for part, colour in ((0.9, (0xB3, 0x12, 0x3C)), (0.1, (0x1B, 0x42, 0x68))):
            up = y0 + part * (y1 - y0)
            assert seen.getpixel((round(across), round(seen.height * (1 - up / high)))) == pytest.approx(
                colour, abs=3
            )
    svg = next(tmp_path.glob("*roskilde_proeve_intervals.svg")).read_text(encoding="utf-8")
    inside = base64.b64decode(re.search(r"data:image/png;base64,([^\"]+)", svg)[1])
    with Image.open(io.BytesIO(inside)) as image:
        assert image.size == (400, 100)
    assert "pixelated" not in svg


def test_every_kind_of_chart_is_in_the_gallery_but_ones_own():
    kinds = {name for name in charts.__all__ if name not in {"Figure", "own", "rc"}}
    assert {figure_of(chart, "Roskilde").kind for chart in CHARTS} == kinds
