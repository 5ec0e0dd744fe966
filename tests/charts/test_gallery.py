"""The gallery shows every kind of chart, and each call makes the figure that stands over it."""

import re

from gallery import GUIDE, shown
from PIL import Image

from analysis import charts

KINDS = set(charts.__all__) - {"rc", "Figure"}


def test_each_call_of_the_gallery_makes_its_figure_and_no_kind_is_missing():
    kinds = set()
    for file, figure in shown():
        kinds.add(figure.kind)
        assert file.stem.startswith(figure.kind), file.name
        with Image.open(file) as image:
            assert image.width > 600, file.name
        figure.render(120)
    assert kinds == KINDS


def test_every_picture_of_the_gallery_is_on_its_page():
    named = re.findall(r"\(galleri/(.*?)\)", GUIDE.read_text(encoding="utf-8"))
    assert sorted(named) == sorted(file.name for file in (GUIDE.parent / "galleri").iterdir())
