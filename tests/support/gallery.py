"""The gallery's calls, run as they stand in docs/galleri.md. As a command: draws its pictures anew."""

import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from PIL import Image

from analysis import files
from analysis.charts.figure import Figure, picture
from analysis.export import images
from analysis.export.record import record

GUIDE = files.project() / "docs" / "galleri.md"
_STEP = re.compile(r"(?:!\[[^]]*\]\(([^)]*)\)\s+)?```python\n(.*?)```", re.DOTALL)


def shown() -> Iterator[tuple[Path, Figure]]:
    """The picture and the figure of each call, in the order of the page."""
    names = {}
    for image, call in _STEP.findall(GUIDE.read_text(encoding="utf-8")):
        exec(call, names)
        if image:
            yield GUIDE.parent / image, names["figure"]


def drawn(figure: Figure, name: str) -> Image.Image:
    """The picture of a figure, 120 mm wide, in as few colours as a page on the screen needs."""
    content = images.png(picture(figure, 120), record(figure, name, width_mm=120, title_in_image=True))
    with Image.open(io.BytesIO(content)) as image:
        return image.convert("RGB").reduce(2).quantize(64, dither=Image.Dither.NONE)


def main(*only: str) -> None:
    """Draw the pictures."""
    (GUIDE.parent / "galleri").mkdir(exist_ok=True)
    for file, figure in shown():
        if not only or file.stem in only:
            drawn(figure, file.stem).save(file, optimize=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
