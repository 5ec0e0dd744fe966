"""A municipality group as the chosen place: its own row in headlines, its municipalities picked out in charts."""

import pandas as pd
import pytest
from chart_gallery import _limits, _words
from chart_tables import protected
from matplotlib.colors import to_rgba
from matplotlib.patches import Patch
from matplotlib.text import Text

from analysis import charts, figure_texts, measures, municipalities, sentences
from analysis.charts.captions import claims
from analysis.charts.style import read_style
from analysis.disclosure import ProtectedTable
from analysis.subjects import triangulation
from analysis.subjects.triangulation import MOST_FREQUENT

YEAR = 2014
GROUP = "Storbykommuner"
MEMBERS = ["Odense", "Aarhus", "Aalborg"]
TESTS = {"tests": 98, "group_tests": 5, "spread": {"": 12.0}}


def row(place: str, estimate: float, verdict: str = "som", **more) -> dict:
    level = municipalities.place_level(place)
    own = municipalities.find(place) if level == "municipality" else None
    spread = {"over": (2.0, 8.0), "under": (-8.0, -2.0)}.get(verdict, (-3.0, 3.0))
    return {
        "place": place,
        "place_level": level,
        "region": own.region if own else None,
        "municipality_group": own.group if own else place if level == "municipality_group" else None,
        "estimate": estimate,
        "low": estimate - 5,
        "high": estimate + 5,
        "n": 40.0,
        "n_effective": 38.0,
        "difference": sum(spread) / 2,
        "difference_low": spread[0],
        "difference_high": spread[1],
        "verdict": verdict,
        "reliability": "ok",
        "shrunken": 40 + (estimate - 40) / 2,
        "status": "shown",
    } | more


def made(*rows: dict) -> ProtectedTable:
    """A measure of caseload, of the rows given and the country."""
    table = protected(pd.DataFrame([*rows, row("Hele landet", 40.0, "none")]))
    table.quantity.update(
        {"measure": "caseload", "table": "caseworkers", "variable": "caseload", "year": YEAR} | TESTS
    )
    return table


@pytest.fixture
def table() -> ProtectedTable:
    """Two of three members shown, two others, the group itself and another group."""
    return made(
        row("Odense", 50.0, "over"),
        row("Aarhus", 30.0),
        row("Aalborg", 20.0, status="withheld"),
        row("Roskilde", 60.0, "over"),
        row("Læsø", 20.0, "under"),
        row(GROUP, 44.0, "over"),
        row("Landkommuner", 36.0, "under"),
    )


# ---- texts


@pytest.mark.parametrize(
    ("place", "headline"),
    [
        (GROUP, "storbykommunerne, 39,0 i resten af landet opgjort ens – 5,0 sager over"),
        ("Landkommuner", "landkommunerne, 41,0 i resten af landet opgjort ens – 5,0 sager under"),
    ],
)
def test_a_group_is_told_by_its_own_row(table, place, headline):
    assert sentences.headline(table, place).startswith("Sagstallet er ")
    assert sentences.headline(table, place).endswith(f" sager pr. sagsbehandler i {headline}")
    said = sentences.finding(table, place)
    value = {"Storbykommuner": "44,0", "Landkommuner": "36,0"}[place]
    assert f"Sagstallet er {value} sager pr. sagsbehandler i {place.lower()}ne (" in said
    assert said.endswith("Hele landet: 40,0 sager pr. sagsbehandler.")


def test_a_withheld_group_is_only_said_to_be():
    hidden = made(row("Odense", 50.0, "over"), row(GROUP, 44.0, status="withheld"))
    assert sentences.headline(hidden, GROUP) == "Sagstallet i storbykommunerne: tallet er diskretioneret"
    assert sentences.finding(hidden, GROUP) == (
        "Sagstallet i storbykommunerne er diskretioneret. Hele landet: 40,0 sager pr. sagsbehandler."
    )
    assert figure_texts.for_shrinkage(hidden, GROUP)["headline"] == sentences.headline(hidden, GROUP)


def test_a_note_counts_the_tests_that_the_verdict_was_one_of(table):
    assert (
        "Gruppernes sammenligning med resten af landet er justeret for 5 test."
        in (figure_texts.for_intervals(table, GROUP)["note"])
    )
    own = figure_texts.for_intervals(table, "Roskilde")["note"]
    assert "Sammenligningen med resten af landet er justeret for 98 test." in own
    for texts in (figure_texts.for_funnel(table, GROUP), figure_texts.for_shrinkage(table, GROUP)):
        assert "justeret" not in texts["note"], "nothing is compared with the rest there"


def test_the_municipalities_of_a_group_are_counted_among_all(table):
    funnel = figure_texts.for_funnel(table, GROUP)["headline"]
    assert funnel == "Sagstallet: ingen af 4 kommuner ligger uden for de yderste grænser"
    everywhere = figure_texts.for_all_places(table, GROUP)["headline"]
    assert everywhere == (
        "Sagstallet: 2 af 4 kommuner er over resten af landet, 1 er under; af 2 storbykommuner er 1 over og ingen under"
    )
    counted = everywhere.partition(";")[0]
    for place, own in {
        "Hele landet": "; 40,0 sager pr. sagsbehandler i hele landet",
        "Roskilde": "; 60,0 i Roskilde mod 55,0 – 5,0 sager over",
        "Oplandskommuner": "",  # none of its municipalities is shown
    }.items():
        assert figure_texts.for_funnel(table, place)["headline"] == funnel
        assert figure_texts.for_all_places(table, place)["headline"] == f"{counted}{own}"


def test_a_group_tells_how_far_apart_its_municipalities_are(table):
    assert figure_texts.for_shrinkage(table, GROUP)["headline"] == (
        "Sagstallet i storbykommunerne går fra 30,0 til 50,0 efter kommunernes egne svar og fra 35,0 til 45,0 udjævnet"
    )


@pytest.mark.parametrize("text", ["Flere sager i storbykommunerne", "Storbykommuner har flere sager"])
def test_a_headline_about_a_group_is_held_to_its_row(table, text):
    words = _words("guard", GROUP) | {"headline": text}
    assert charts.intervals(table, unit="sager", **words).headline == text
    other = made(row("Odense", 50.0, "over"), row(GROUP, 44.0))
    with pytest.raises(ValueError, match="says that Storbykommuner is over the rest"):
        charts.intervals(other, unit="sager", **words)


@pytest.mark.parametrize("group", municipalities.groups())
def test_every_group_is_shown_in_the_demonstration_data(group):
    for measure in (measures.measure("caseload", YEAR), measures.measure("turnover", YEAR)):
        own = sentences.own_rows(measure, group)
        assert own["status"].eq("shown").all() and own["place_level"].eq("municipality_group").all()
        for word in claims(sentences.headline(measure, group)):
            assert own["verdict"].eq(word).any()


# ---- the joint display


def test_a_group_stands_beside_the_country_on_the_same_answer():
    rows = triangulation.joint_table(YEAR, 5, GROUP).frame.set_index("theme")
    for theme in (theme for theme in triangulation.themes() if theme.answer):
        shares = triangulation.survey_of(theme, YEAR, 5)
        label = next(label for label in rows.index if label.startswith(theme.label))
        country = shares.select(place_level="country").frame.set_index("level")["estimate"]
        answer = country.drop("total").idxmax() if theme.answer == MOST_FREQUENT else theme.answer
        assert rows.loc[label, "estimate"] == country[answer]
        own = shares.row(place=GROUP, level=answer)["estimate"]
        assert rows.loc[label, "own"].startswith(f"{100 * own:.0f} pct. (")


# ---- charts


def accents(figure) -> int:
    """How many marks of a drawing have the accent."""
    accent = to_rgba(read_style().colour("accent"))
    marks = figure.render(160).findobj(Patch)
    return sum(accent in (mark.get_facecolor(), mark.get_edgecolor()) for mark in marks)


CHARTS = {
    "funnel": lambda table, words: charts.funnel(table, _limits(), unit="sager", **words),
    "small_multiples": lambda table, words: charts.small_multiples(table, unit="sager", **words),
    "tile_map": lambda table, words: charts.tile_map(table, unit="sager", **words),
}


@pytest.mark.parametrize(
    ("chart", "place", "marks"),
    [
        ("funnel", GROUP, 2 + 1),  # the two members that are shown, and the key
        ("small_multiples", GROUP, 2 + 1),
        ("tile_map", GROUP, 3 + 1),  # the edges of all three members, and the key
        ("funnel", "Oplandskommuner", 0),
        ("tile_map", "Oplandskommuner", 0),
        ("funnel", "Roskilde", 1),
        ("tile_map", "Roskilde", 1 + 1),
        ("funnel", "Hele landet", 0),
        ("small_multiples", "Hele landet", 0),
    ],
)
def test_the_municipalities_of_a_group_are_picked_out(table, chart, place, marks):
    whole = measures.all_municipalities(table)
    assert accents(CHARTS[chart](whole, _words(chart, place))) == marks


def test_the_row_of_a_group_is_the_chosen_one(table):
    figure = charts.intervals(measures.peers(table, GROUP), unit="sager", **_words("peers", GROUP))
    assert figure.table.frame["place"].tolist() == [*MEMBERS, GROUP, "Hele landet"]
    named = [text for text in figure.render(160).findobj(Text) if text.get_text() == GROUP]
    assert [text.get_color() for text in named] == [read_style().colour("accent")]
    assert "Storbykommuner: 44,0 sager (39,0–49,0), 40 svar." in figure.alt
