import pytest

from analysis import municipalities


def test_there_are_98_with_unique_codes_and_tiles():
    everyone = municipalities.everyone()
    assert len({m.code for m in everyone}) == len({m.tile for m in everyone}) == len(everyone) == 98


@pytest.mark.parametrize("municipality", municipalities.everyone(), ids=lambda m: m.code)
def test_each_is_found_by_name_and_by_code_in_either_form(municipality):
    forms = [municipality.name, municipality.name.upper(), f"{municipality.name} Kommune"]
    codes = [municipality.code, municipality.code.lstrip("0"), int(municipality.code)]
    assert {municipalities.find(form) for form in forms + codes} == {municipality}


@pytest.mark.parametrize(
    ("alias", "name"),
    [
        ("Århus", "Aarhus"),
        ("Høje Tåstrup", "Høje-Taastrup"),
        ("Bornholms Regionskommune", "Bornholm"),
        ("Lyngby Taarbæk", "Lyngby-Taarbæk"),
        ("Nordfyns Kommune", "Nordfyns"),
        ("Københavns Kommune", "København"),
    ],
)
def test_aliases(alias, name):
    assert municipalities.find(alias).name == name


def test_unknown_name_is_told_the_nearest():
    with pytest.raises(KeyError, match="`Roskild` is not. Nearest: Roskilde"):
        municipalities.find("Roskild")


def test_unknown_code_raises():
    with pytest.raises(KeyError, match="`9999` is not"):
        municipalities.find("9999")


def test_whole_country_is_a_place():
    assert municipalities.find_place("hele landet") == "Hele landet"
    assert municipalities.find_place("aarhus") == "Aarhus"
