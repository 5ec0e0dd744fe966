"""The page on the house is true: it names every room, every room it names is there, and so are the places to touch."""

import re

from demo_home import PROJECT

PAGE = (PROJECT / "docs" / "architecture.md").read_text(encoding="utf-8")
ROOMS = PAGE.split("## The rooms")[1].split("## To add")[0]


def test_every_room_of_analysis_is_on_the_page_and_none_that_is_not_there():
    analysis, rerun = (PROJECT / "src" / name for name in ("analysis", "rerun"))
    folders = [path for path in analysis.iterdir() if path.is_dir() and any(path.glob("*.py"))]
    rooms = {path.stem for path in [*folders, *analysis.glob("*.py")]} - {"__init__"}
    named = set(re.findall(r"`(?:rerun/)?([a-z_]+)/?`", ROOMS))
    assert rooms - named == set()
    here = rooms | {path.stem for path in rerun.iterdir()} | {"rerun", "casework", "ask", "own"}
    assert named - here == set()


def test_every_file_that_is_named_is_there():
    files = set(re.findall(r"`((?:data|src|tests|rerun)/[\w./]+)`", PAGE)) | {"docs/egne_figurer.md"}
    lost = [
        name for name in files if not any((PROJECT / root / name).exists() for root in ("", "src", "docs"))
    ]
    assert [name for name in lost if name != "data/processed"] == []
