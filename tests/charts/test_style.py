import re
import shutil
import tomllib
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from chart_gallery import intervals
from matplotlib.colors import to_rgb

from analysis.charts import style
from analysis.charts.figure import picture

# Machado, Oliveira and Fernandes (2009): what a full deficiency makes of linear RGB.
DEFICIENCIES = {
    "protan": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deutan": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritan": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
    "none": np.eye(3),
}


def as_seen(colour, deficiency):
    """Return a colour as CIE L*a*b* as an eye with the deficiency sees it."""
    rgb = np.array(to_rgb(colour))
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    seen = np.clip(np.array(DEFICIENCIES[deficiency]) @ linear, 0, 1)
    xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]) @ seen
    ratio = xyz / np.array([0.9505, 1.0, 1.089])
    f = np.where(ratio > 0.008856, np.cbrt(ratio), 7.787 * ratio + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def distance(first, second, deficiency):
    return float(np.linalg.norm(as_seen(first, deficiency) - as_seen(second, deficiency)))


@pytest.fixture(scope="module")
def house():
    return style.read_style()


def test_contrast_is_that_of_the_guidelines():
    assert style.contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert style.contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize(
    "name", ["calm", "calm_light", "accent", "accent_light", "rule", "answers", "interest", "series"]
)
def test_marks_hold_3_to_1(house, name):
    shades = house.colour(name)
    for shade in [shades] if isinstance(shades, str) else shades:
        assert style.contrast(shade, house.colour("paper")) >= 3


@pytest.mark.parametrize("ground", ["paper", "band", "stripe", "watermark"])
@pytest.mark.parametrize("text", ["ink", "muted", "accent"])
def test_text_holds_4_5_to_1_on_every_ground(house, text, ground):
    assert style.contrast(house.colour(text), house.colour(ground)) >= 4.5


@pytest.mark.parametrize("name", ["answers", "interest", "sequence"])
def test_numbers_in_bars_and_tiles_hold_4_5_to_1(house, name):
    for shade in house.colour(name):
        assert style.contrast(style.readable_on(shade, house), shade) >= 4.5


@pytest.mark.parametrize("deficiency", DEFICIENCIES)
def test_the_chosen_place_is_told_from_the_rest_by_every_eye(house, deficiency):
    for other in ("calm", "ink", "calm_light"):
        assert distance(house.colour("accent"), house.colour(other), deficiency) > 15


@pytest.mark.parametrize("deficiency", DEFICIENCIES)
@pytest.mark.parametrize("name", ["series", "sequence"])
def test_shades_of_one_kind_are_told_apart_by_every_eye(house, name, deficiency):
    for first, second in combinations(house.colour(name), 2):
        assert distance(first, second, deficiency) > 9, (first, second)


@pytest.mark.parametrize("deficiency", DEFICIENCIES)
def test_neighbours_in_a_bar_are_told_apart_by_every_eye(house, deficiency):
    bar = [*house.colour("answers"), *house.colour("interest")]
    for first, second in zip(bar, bar[1:], strict=False):
        assert distance(first, second, deficiency) > 9, (first, second)


def test_the_sequence_darkens_step_by_step(house):
    lightness = [as_seen(shade, "none")[0] for shade in house.colour("sequence")]
    assert all(before - after > 10 for before, after in zip(lightness, lightness[1:], strict=False))


def test_every_printed_size_is_there_and_no_text_is_under_the_minimum(house):
    assert set(house.sizes) == {80, 120, 160, 254}
    assert all(min(size.small, size.body, size.description) >= 6.5 for size in house.sizes.values())
    with pytest.raises(ValueError, match="must be one of"):
        house.at(100)


def altered(tmp_path, old, new):
    """Return a copy of the style file with one value changed."""
    text = style.STYLE_FILE.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "style.toml"
    path.write_text(text.replace(old, new), encoding="utf-8")
    return path


def test_another_house_style_is_held_to_the_same_contrast(tmp_path):
    with pytest.raises(ValueError, match="3:1"):
        style.read_style(altered(tmp_path, 'calm = "#5B7C9D"', 'calm = "#AFC6DD"'))


def test_a_style_with_small_text_is_refused(tmp_path):
    with pytest.raises(ValueError, match="6.5 points"):
        style.read_style(altered(tmp_path, "small = 6.6", "small = 6.0"))


def test_a_missing_font_is_not_replaced_in_silence(tmp_path):
    with pytest.raises(FileNotFoundError, match="Install the package"):
        style.read_style(altered(tmp_path, 'package = "font_source_sans_pro"', 'package = "font_not_there"'))


def test_a_house_colour_is_used(tmp_path):
    house = style.read_style(altered(tmp_path, 'accent = "#B3123C"', 'accent = "#005A9C"'))
    assert house.colour("accent") == "#005A9C"


def test_colours_are_named_in_the_style_file_alone():
    folder = style.STYLE_FILE.parent
    colours = set(tomllib.loads(style.STYLE_FILE.read_text(encoding="utf-8"))["colours"])
    assert {"accent", "calm", "ink", "paper"} <= colours
    for module in sorted((folder / "charts").glob("*.py")):
        assert not re.search(r'"#[0-9A-Fa-f]{3,8}"', module.read_text(encoding="utf-8")), module.name


def test_another_style_is_chosen_by_its_path_with_fonts_from_a_folder(tmp_path, monkeypatch):
    fonts = [font.get_file() for font in style.read_style().fonts.values()]
    (tmp_path / "skrifter").mkdir()
    for font in fonts:
        shutil.copy(font, tmp_path / "skrifter")
    path = altered(tmp_path, 'package = "font_source_sans_pro"', 'folder = "skrifter"')
    path.write_text(
        path.read_text(encoding="utf-8").replace('accent = "#B3123C"', 'accent = "#005A9C"'), encoding="utf-8"
    )
    before = style.digest()
    monkeypatch.setenv("STYLE", str(path))
    assert style.digest() != before
    house = style.read_style()
    assert house.colour("accent") == "#005A9C"
    assert {Path(font.get_file()).parent for font in house.fonts.values()} == {tmp_path / "skrifter"}
    svg = picture(intervals("Roskilde")).svg
    assert "#005a9c" in svg and "#b3123c" not in svg
    monkeypatch.delenv("STYLE")
    assert "#b3123c" in picture(intervals("Roskilde")).svg


def test_a_style_or_a_font_or_a_logo_that_is_not_there_is_named(tmp_path, monkeypatch):
    path = altered(tmp_path, 'package = "font_source_sans_pro"', 'folder = "skrifter"')
    with pytest.raises(FileNotFoundError, match=r"folder .*skrifter.* Put it there"):
        style.read_style(path)
    with pytest.raises(FileNotFoundError, match=r"logo .*kl\.png"):
        style.read_style(altered(tmp_path, 'logo = ""', 'logo = "kl.png"'))
    monkeypatch.setenv("STYLE", str(tmp_path / "ingen.toml"))
    with pytest.raises(FileNotFoundError, match="`STYLE` must name a style file"):
        style.read_style()
