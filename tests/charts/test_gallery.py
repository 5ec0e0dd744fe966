"""The gallery shows every kind of chart, and each call makes the figure that stands over it."""

import re

from gallery import GUIDE, drawn, shown
from PIL import Image, ImageChops, ImageStat

from analysis import charts

KINDS = set(charts.__all__) - {"rc", "Figure"}

TOLERANCE = 2  # root mean square of a channel's difference [0-255]; one changed word is more
AGAIN = "draw it anew with `PYTHONPATH=tests/support python tests/support/gallery.py` and look at it"


def apart(one, other):
    """How far two pictures are from each other; as far as can be where their sizes differ."""
    if one.size != other.size:
        return 255
    return max(ImageStat.Stat(ImageChops.difference(one.convert("RGB"), other.convert("RGB"))).rms)


def test_each_call_of_the_gallery_makes_its_figure_and_no_kind_is_missing():
    kinds = set()
    for file, figure in shown():
        kinds.add(figure.kind)
        assert file.stem.startswith(figure.kind), file.name
        with Image.open(file) as image:
            assert image.width > 600, file.name
            assert apart(image, drawn(figure, file.stem)) < TOLERANCE, (
                f"{file.name} shows something else: {AGAIN}"
            )
    assert kinds == KINDS


def test_every_picture_of_the_gallery_is_on_its_page():
    named = re.findall(r"\(galleri/(.*?)\)", GUIDE.read_text(encoding="utf-8"))
    assert sorted(named) == sorted(file.name for file in (GUIDE.parent / "galleri").iterdir())
