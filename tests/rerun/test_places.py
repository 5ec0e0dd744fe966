"""Which places a wish names."""

import pytest

from analysis import municipalities
from rerun import plan

SEVERAL = [name for name in municipalities.places() if " " in name or "-" in name]


@pytest.mark.parametrize("between", [" ", ", ", ";", "  "])
def test_every_place_is_found_in_a_row_of_all(between):
    assert plan.named(between.join(municipalities.places())) == municipalities.places()


@pytest.mark.parametrize("name", SEVERAL)
def test_a_name_of_several_words_is_one_place_with_others_around_it(name):
    for spelt in (name, name.replace("-", " "), name.lower(), f"{name} Kommune"):
        if spelt == "hele landet kommune":
            continue
        assert plan.named(f"Køge {spelt} 0265") == ["Køge", name, "Roskilde"]


@pytest.mark.parametrize("text", ["Sjælland", "Region Sjælland", "region sjælland", "Sjælland, Roskilde"])
def test_a_region_is_its_municipalities(text):
    expected = [m.name for m in municipalities.everyone() if m.region == "Sjælland"]
    assert sorted(plan.named(text)) == sorted(expected)


def test_a_place_that_is_named_twice_is_made_once():
    assert plan.named("Roskilde 265 roskilde Region Sjælland").count("Roskilde") == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Køge Roskild", "but `Roskild` is not. Nearest: Roskilde"),
        ("Hele landt Køge", "but `Hele landt` is not. Nearest: Hele landet"),
        ("Høje-Tastrup, Køge", "but `Høje-Tastrup` is not. Nearest: Høje-Taastrup"),
        ("Faaborg Midfyn", "but `Faaborg Midfyn` is not. Nearest: Faaborg-Midtfyn"),
        ("Foo Køge Bar", "but `Foo` is not.*Nor are `Bar`"),
    ],
)
def test_an_unknown_name_is_told_with_the_nearest(text, said):
    with pytest.raises(KeyError, match=said):
        plan.named(text)


@pytest.mark.parametrize("text", ["", " ", " , ;"])
def test_nothing_named_is_told(text):
    with pytest.raises(ValueError, match="must name places"):
        plan.named(text)
