import pytest

from analysis import danish, files, municipalities


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
        ("Fåborg - Midtfyn", "Faaborg-Midtfyn"),
        ("Brønderslev-Dronninglund", "Brønderslev"),
        ("Mariager Fjord", "Mariagerfjord"),
        ("København (101)", "København"),
        ("[101] København", "København"),
        ("Aarhus Kommune (0751)", "Aarhus"),
        ("751.0", "Aarhus"),
        (101.0, "København"),
        ("Koebenhavn", "København"),
        ("Aeroe", "Ærø"),
        ("Læsoe komm.", "Læsø"),
        ("Kbh.", "København"),
        ("Høje\u2011Taastrup", "Høje-Taastrup"),
        ("Lyngby\u2014Taarbæk", "Lyngby-Taarbæk"),
        ("Ikast \u2013 Brande", "Ikast-Brande"),
        ("Ringkøbing\u00a0Skjern", "Ringkøbing-Skjern"),
    ],
)
def test_aliases(alias, name):
    assert municipalities.find(alias).name == name


@pytest.mark.parametrize(
    "written",
    [
        *(
            "-101",
            "(101)",
            "10.1",
            "10 1",
            "101.5",
            "1010",
            "101, 751",
            "101 Aarhus",
            "Aarhus (101)",
            "2 Aarhus",
        ),
        *(
            "var de",
            "Aarhus/Aalborg",
            "Aarhus, Aalborg",
            "Vejle?",
            "ikke Vejle",
            "Fredensborg-Humlebæk",
            "kommune",
        ),
        *(
            "Region Hovedstaden",
            "Region Nordjylland",
            "Landkommuner",
            "hele landet",
            "",
            "12",
            "nordfynss kommunes",
        ),
    ],
)
def test_what_is_no_municipality_is_never_taken_for_one(written):
    with pytest.raises(KeyError, match="is not"):
        municipalities.find(written)


def test_unknown_name_is_told_the_nearest():
    with pytest.raises(KeyError, match="`Roskild` is not. Nearest: Roskilde"):
        municipalities.find("Roskild")


def test_unknown_code_raises():
    with pytest.raises(KeyError, match="`9999` is not"):
        municipalities.find("9999")


@pytest.mark.parametrize(
    ("written", "place", "level"),
    [
        ("hele landet", "Hele landet", "country"),
        ("landkommuner", "Landkommuner", "municipality_group"),
        (" STORBYKOMMUNER ", "Storbykommuner", "municipality_group"),
        ("aarhus", "Aarhus", "municipality"),
        ("751", "Aarhus", "municipality"),
    ],
)
def test_a_place_is_the_country_a_group_or_a_municipality(written, place, level):
    assert municipalities.find_place(written) == place
    assert municipalities.place_level(written) == level
    assert municipalities.is_group(written) == (level == "municipality_group")
    assert municipalities.is_country(written) == (level == "country")


def test_places_are_the_country_then_the_groups_then_the_municipalities():
    groups = ["Hovedstadskommuner", "Landkommuner", "Oplandskommuner", "Provinsbykommuner", "Storbykommuner"]
    places = municipalities.places()
    assert places[:6] == ["Hele landet", *groups]
    assert places[6:] == [m.name for m in municipalities.everyone()]
    assert [municipalities.find_place(place) for place in places] == places
    assert len({danish.slug(place) for place in places}) == 104


@pytest.mark.parametrize("find", [municipalities.find_place, municipalities.place_level])
def test_an_unknown_place_is_told_the_nearest_group_too(find):
    with pytest.raises(
        KeyError, match=r"a municipality group \(.*`landkommune` is not. Nearest: Landkommuner"
    ):
        find("landkommune")


def test_a_group_is_no_municipality():
    with pytest.raises(KeyError, match="one of the 98 municipalities"):
        municipalities.find("Landkommuner")


@pytest.fixture
def municipality_list(tmp_path, monkeypatch):
    """Write another list of municipalities, and read it."""
    (tmp_path / "data").mkdir()
    own = (files.project() / "data" / "municipalities.csv").read_text(encoding="utf-8")

    def read(change, encoding="utf-8"):
        (tmp_path / "data" / "municipalities.csv").write_text(change(own), encoding=encoding)
        monkeypatch.setattr(files, "project", lambda: tmp_path)
        return municipalities._municipalities.__wrapped__()

    return read


def test_a_list_saved_by_danish_excel_is_read_as_meant(municipality_list):
    assert municipality_list(lambda own: own.replace(",", ";"), "cp1252") == municipalities.everyone()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("0101,", "01 01,"), "`data/municipalities.csv`, row 2: expected a code of up to four digits"),
        ((",7,16", ",7,"), "row 2: expected .* no empty cell, but found 0101, København"),
        (("landsdel", "landsdle"), "row 1: expected the 7 columns .* Rename it `landsdel`"),
    ],
)
def test_a_wrong_row_of_the_list_is_told(municipality_list, change, message):
    with pytest.raises(ValueError, match=message):
        municipality_list(lambda own: own.replace(*change, 1))
