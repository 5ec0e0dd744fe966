"""Charts of one's own: on the house's sheet like any other, and told at once where they can't be."""

from functools import cache

import numpy as np
import pytest
import seaborn as sns
from chart_tables import STATUS, estimates, protected
from figure_lint import lint, texts_of
from matplotlib import pyplot as plt
from matplotlib import rcParams
from matplotlib.text import Text

from analysis import charts
from analysis.charts import style
from analysis.charts.figure import picture
from analysis.publish import publish

WORDS = {
    "headline": "Sagstallet i kommunerne",
    "description": "Gennemsnitligt antal sager pr. sagsbehandler, 2014",
    "note": "n er antal svar.",
    "source": "KL's undersøgelse 2014.",
    "unit": "sager",
}


def bars(ax, rows):
    sns.barplot(rows, x="estimate", y="place", hue="area", ax=ax)


def points(ax, rows):
    sns.scatterplot(rows, x="n", y="estimate", hue="area", style="area", ax=ax)


def histogram(ax, rows):
    sns.histplot(rows, x="estimate", hue="area", ax=ax)


def curve(ax, rows):
    sns.ecdfplot(rows, x="estimate", hue="area", ax=ax)


def tiles(ax, rows):
    cells = rows.pivot(index="place", columns="area", values="estimate")
    sns.heatmap(cells, annot=True, fmt=".1f", ax=ax)


def upright(ax, rows):
    sns.pointplot(rows, x="place", y="estimate", hue="area", ax=ax)


def two(axes, rows):
    for ax, (area, part) in zip(axes, rows.groupby("area"), strict=True):
        ax.plot(part["n"], part["estimate"], "o")
        ax.set(title=area, xlabel="n")


def own(draw, table=None, **changed):
    return charts.own(table or estimates(), draw, **(WORDS | changed))


DRAWN = [(bars, {"height_mm": 110}), (points, {}), (histogram, {}), (curve, {}), (upright, {})]
DRAWN += [(tiles, {"height_mm": 100}), (two, {"axes": (1, 2)})]
EACH = pytest.mark.parametrize("draw", dict(DRAWN), ids=lambda draw: draw.__name__)


@cache
def figure_of(draw, synthetic=True):
    return own(draw, estimates(synthetic=synthetic), **dict(DRAWN)[draw])


@pytest.mark.parametrize("width", [80, 120, 160, 254])
@EACH
def test_anybodys_axes_pass_the_lint_of_the_house(draw, width):
    assert lint(figure_of(draw).render(width), width) == []


@EACH
def test_the_mark_of_synthetic_data_is_on_every_axes_and_on_no_real_one(draw):
    for synthetic in (True, False):
        drawing = figure_of(draw, synthetic).render(160)
        marked = [
            ax
            for ax in drawing.axes
            if any((text.get_gid() or "").startswith("watermark") for text in ax.findobj(Text))
        ]
        assert len(marked) == (np.prod(dict(DRAWN)[draw].get("axes", (1, 1))) if synthetic else 0)


def test_axes_that_are_left_empty_have_no_mark():
    def draw(axes, rows):
        axes[0].plot(rows["n"], rows["estimate"], "o")
        axes[0].set(xlabel="n", ylabel="Sager")
        axes[1].set_axis_off()

    drawn, empty = own(draw, axes=(1, 2)).render(160).axes
    assert "SYNTETISKE DATA" in [text.get_text() for text in drawn.texts]
    assert not empty.texts


def test_only_rows_that_are_shown_are_handed_on():
    seen = []

    def draw(ax, rows):
        seen.append(rows)
        points(ax, rows)

    figure = own(draw)
    assert set(STATUS) & set(figure.table.frame["place"]) == set(STATUS)
    assert not set(STATUS) & set(seen[0]["place"])
    assert seen[0]["status"].eq("shown").all()


def test_the_words_are_the_codebooks_and_numbers_are_danish():
    written = [text.get_text() for text, *_ in texts_of(own(points).render(160))]
    assert {"Sager", "Antal svar", "Område", "Udsatteområdet", "Handicapområdet", "1.000"} <= set(written)
    written = [text.get_text() for text, *_ in texts_of(own(curve).render(160))]
    assert {"Pct.", "100"} <= set(written)


def test_lines_are_drawn_in_the_houses_colours():
    def draw(ax, rows):
        ax.hlines(rows["place"], rows["low"], rows["high"], color="C1")

    svg = picture(own(draw, height_mm=120)).svg
    assert style.read_style().colour("series")[1].lower() in svg and "#ff7f0e" not in svg


def test_an_upright_axis_takes_no_more_room_than_its_ticks():
    def draw(ax, rows):
        ax.plot(rows["n"], rows["estimate"], "o")
        ax.set(xlabel="n", ylabel="Sager")

    drawing = own(draw).render(160)
    assert drawing.axes[0].get_position().x0 * 160 < 16


def test_names_beside_an_axis_are_read_level():
    ax = own(tiles, height_mm=100).render(160).axes[0]
    assert {label.get_rotation() for label in ax.get_yticklabels()} == {0}


def test_a_column_without_a_danish_word_is_named():
    def draw(ax, rows):
        sns.scatterplot(rows, x="n_effective", y="estimate", ax=ax)

    with pytest.raises(ValueError, match="`n_effective` has no word"):
        own(draw)
    assert own(draw, columns={"place": "Sted", "n_effective": "Effektivt antal svar"})


def test_a_figure_of_ones_own_is_published_as_any_other(tmp_path):
    figure = own(points, place="Roskilde", name="proeve")
    files = publish(figure, directory=tmp_path)
    assert {file.name for file in files} <= {file.name for file in tmp_path.iterdir()}
    assert {file.suffix for file in files} == {".png", ".svg", ".pdf", ".xlsx", ".csv"}
    svg = picture(figure).svg
    assert svg == picture(own(points, place="Roskilde", name="proeve")).svg
    assert figure.alt.startswith("Syntetiske data.") and "Roskilde" in figure.alt


def test_a_table_that_has_not_passed_the_gate_is_refused():
    with pytest.raises(TypeError, match="ProtectedTable"):
        charts.own(estimates().frame, points, **WORDS)


def test_an_alternative_text_of_ones_own_says_that_the_data_are_synthetic_once():
    figure = own(points, alt="En sky af prikker.")
    assert figure.alt == figure.but(alt=figure.alt).alt == "Syntetiske data. En sky af prikker."
    assert own(points, estimates(synthetic=False), alt="En sky.").alt == "En sky."
    assert figure.but(alt="Prikker (syntetiske data).").alt == "Prikker (syntetiske data)."


def test_a_remark_is_written_by_the_drawing_itself():
    with pytest.raises(ValueError, match=r"a `own` has none.*Write in `draw`, with `ax.annotate"):
        own(points).annotate("Roskilde", "her")


def test_a_headline_in_strange_letters_is_blamed_itself():
    with pytest.raises(ValueError, match="`headline` must be written with letters of the font.*日"):
        own(points, headline="日本語")
    assert own(points, headline="αβ", name="alfa").name == "alfa"


@pytest.mark.parametrize("missing", ["headline", "description", "note"])
def test_words_that_are_missing_are_named(missing):
    with pytest.raises(ValueError, match=f"`{missing}`"):
        own(points, **{missing: " "})


def test_a_keyword_that_is_misspelt_is_told_with_the_nearest():
    with pytest.raises(
        ValueError, match="`heigth_mm` must be something that a `own` can be told.*`height_mm`"
    ):
        own(points, heigth_mm=50)


def test_something_that_is_no_function_is_refused():
    with pytest.raises(TypeError, match="function of an axes"):
        own("barplot")


def nothing(ax, rows):
    pass


def elsewhere(ax, rows):
    sns.relplot(rows, x="n", y="estimate")


def over_the_sheet(ax, rows):
    points(ax, rows)
    ax.figure.suptitle("Min egen overskrift")


def far_out(ax, rows):
    points(ax, rows)
    ax.text(1.4, 0.5, "for langt ude", transform=ax.transAxes)


def in_another_font(ax, rows):
    points(ax, rows)
    ax.text(20, 40, "skråt", fontfamily="Comic Sans MS")


def in_mathematics(ax, rows):
    points(ax, rows)
    ax.set_xlabel(r"$\beta$")


@pytest.mark.parametrize(
    ("draw", "told"),
    [
        (nothing, "1 of 1 are empty"),
        (elsewhere, "figure-level functions"),
        (over_the_sheet, "on its axes alone.*Min egen overskrift"),
        (far_out, "stay on its 151 x 70 mm.*'for langt ude'"),
        (in_another_font, "'skråt' is in `Comic Sans MS`"),
        (in_mathematics, "signs of mathematics"),
    ],
)
def test_a_drawing_that_cannot_be_is_told_at_once(draw, told):
    before, look = plt.get_fignums(), dict(rcParams)
    with pytest.raises(ValueError, match=told):
        own(draw)
    assert plt.get_fignums() == before
    assert dict(rcParams) == look


def test_a_letter_that_the_font_lacks_is_refused_by_its_name_everywhere(tmp_path):
    with pytest.raises(ValueError, match="SLIGHTLY SMILING FACE"):
        own(points, headline="Sagstallet \U0001f642")

    def draw(ax, rows):
        points(ax, rows)
        ax.text(20, 40, "\U0001f642")

    with pytest.raises(ValueError, match="SLIGHTLY SMILING FACE"):
        publish(own(draw), directory=tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("status", "words"), [("withheld", "Diskretioneret"), ("not_asked", "Ikke spurgt i undersøgelsen")]
)
def test_where_nothing_may_be_shown_a_card_says_why(status, words):
    frame = estimates(("at_risk",)).frame.assign(status=status)
    drawing = own(points, protected(frame)).render(80)
    assert words in [text.get_text() for text, *_ in texts_of(drawing)]
    assert drawing.axes == []
    assert lint(drawing, 80) == []


def test_the_style_for_quick_looks_is_the_houses():
    with plt.style.context("analysis.charts.house"):
        assert rcParams["font.family"] == ["Source Sans Pro"]
        assert rcParams["axes.prop_cycle"].by_key()["color"][0] == style.read_style().colour("series")[0]
    file = style.STYLE_FILE.parent / "charts" / "house.mplstyle"
    assert file.read_text(encoding="utf-8") == style.mplstyle()
    with plt.rc_context(charts.rc(80)):
        assert rcParams["xtick.labelsize"] == style.read_style().at(80).small
