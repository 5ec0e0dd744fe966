"""A place's report as one accessible PDF (PDF/UA-1), set by Typst."""

import functools
import json
from pathlib import Path

import typst

from analysis import files
from analysis.charts.figure import Picture, chart_alone
from analysis.charts.style import read_style
from analysis.export import record as provenance
from analysis.export.images import typeset_fonts
from rerun.site import document
from rerun.site.figures import Published, own_note

_TEMPLATE = Path(__file__).parent / "templates" / "report.typ"


def write_pdf(notebooks: list[Path], place: str, path: Path, state: dict | None = None) -> Path:
    """Write the executed notebooks of a place as one tagged PDF.

    Parameters
    ----------
    notebooks : list of Path
        Executed notebooks, in the order of the chapters.
    place : str
        The municipality, or "Hele landet".
    path : Path
        The PDF, in the place's folder, where the figures are.
    state : dict, optional
        What the report's record says instead of today's state of the project, when it is made again.

    Raises
    ------
    ValueError
        If there are no notebooks.
    """
    said = told(notebooks, place, path, state)
    pdf = _typesetter().compile(
        _TEMPLATE.read_bytes(),
        format="pdf",
        sys_inputs={"content": json.dumps(said, ensure_ascii=False)},
        pdf_standards=["ua-1"],
    )
    return files.write(path, pdf)


def told(notebooks: list[Path], place: str, path: Path, state: dict | None = None) -> dict:
    """Return everything that the template sets, JSON-able."""
    chapters = document.chapters_of(notebooks, path.parent)
    record = document.report_record(notebooks, chapters, place, path.stem) | (state or {})
    said = document.content(chapters, record)
    said["chapters"] = [
        chapter | {"blocks": [part for told in chapter["blocks"] for part in _part(told, said)]}
        for chapter in said["chapters"]
    ]
    if said["spine"]:
        said["spine"] = _figure(said["spine"], said)
    return said | {"look": _look(), "logo": _logo(), "record": provenance.to_json(record)}


def _part(told: document.Told, said: dict) -> list[dict]:
    """A piece of a chapter; a result that isn't a published figure is a matter of the page."""
    if told.block.figure:
        return [{"figure": _figure(told.block.figure, said)}]
    return [{"prose": told.block.prose, "more": told.is_more}] if told.block.prose else []


def _figure(figure: Published, said: dict) -> dict:
    headers, cells, widths = document.table_of(figure)
    texts, picture = figure.data["texts"], figure.data["picture"]
    image = None if figure.is_table else figure.file("svg")
    shown = {name: texts[name] for name in ("headline", "description", "source", "alt")}
    shown["note"] = own_note(figure, said["notes"])
    shown["source"] = "" if texts["source"] == said["source"] else texts["source"]
    if image is None or not image.is_file():
        return shown | {"svg": "", "headers": headers, "cells": cells, "widths": widths}
    svg = image.read_text(encoding="utf-8")
    top, bottom = picture["chart"]
    alone = chart_alone(Picture(svg[svg.index("<svg") :], (top, bottom)))
    return shown | {"svg": alone, "width": picture["width"], "height": bottom - top}


def _look() -> dict:
    look = read_style()
    colours = {name: look.colour(name) for name in ("ink", "muted", "accent", "grid")}
    return colours | {"font": look.fonts["regular"].get_family()[0]}


def _logo() -> list[int] | None:
    logo = read_style().logo
    return list(logo.read_bytes()) if logo else None


@functools.cache
def _typesetter() -> typst.Compiler:
    return typst.Compiler(font_paths=typeset_fonts())
