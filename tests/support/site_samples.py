"""Small made-up reports, as the runner and `publish` leave them, for the tests of the site."""

import json

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from analysis import danish
from analysis.export.figure_data import MIME

NASTY = '<script>document.title = "kørt"</script><img src=x onerror="document.title=1">'
COLUMNS = {
    "place": "Sted",
    "estimate": "Skøn (timer)",
    "low": "Nedre grænse",
    "high": "Øvre grænse",
    "n": "Antal svar",
}
COUNTRY = ("Hele landet", "2,0", "1,9", "2,1", "2.912", "vist", ["none", "ok"])


def row(place, verdict="som", certainty="ok"):
    """A shown row of a place."""
    return (place, "1,6", "1,4", "1,9", "42", "vist", [verdict, certainty])


def withheld(place, status="diskretioneret"):
    """A row of a place without numbers."""
    return (place, status, status, status, status, status, None)


def write_report(
    reports, place, rows=None, headline="Tiden er kort", said="Roskilde, 2014", name="03_sparring"
):
    """Write one notebook of a place's report with one figure, as it was executed and published."""
    folder = reports / danish.slug(place)
    rows = [row(place), COUNTRY] if rows is None else rows
    (folder / "figurer").mkdir(parents=True, exist_ok=True)
    (folder / "notesboeger").mkdir(exist_ok=True)
    stem = f"syntetisk_{folder.name}_timer"
    _write_files(folder / "figurer", stem, headline, rows)
    cells = [
        new_markdown_cell("# Faglig sparring\n\nHvor megen tid?"),
        new_markdown_cell("## Hvor megen tid er der?"),
        new_code_cell(
            "secret = 1",
            outputs=[
                new_output(
                    "execute_result", {MIME: {"name": "timer", "place": place}, "text/html": "<svg></svg>"}
                ),
                new_output("execute_result", {"text/markdown": said}),
                new_output("execute_result", {"text/plain": "only for the notebook"}),
                new_output("stream", text="/home/somebody/a.py"),
            ],
        ),
    ]
    metadata = {"papermill": {"parameters": {"municipality": place, "min_count": 5}}}
    path = folder / "notesboeger" / f"{name}.ipynb"
    nbformat.write(new_notebook(cells=cells, metadata=metadata), path)
    return path


STATUS = {"vist": "shown", "diskretioneret": "withheld", "ingen svar": "missing"}


def figure_data(stem, headline, rows):
    """What `publish` writes of a figure of hours, one row a place."""
    files = {"png": f"{stem}.png", "svg": f"{stem}.svg", "csv": f"{stem}.csv"}
    texts = {
        "headline": headline,
        "description": "Timer om ugen",
        "note": "n er antal svar.",
        "source": "Opdigtet kilde",
    }
    return {
        "format": 1,
        "name": "timer",
        "place": rows[0][0],
        "stem": stem,
        "kind": "chart",
        "synthetic": True,
        "texts": texts
        | {
            "source": "Opdigtet kilde",
            "alt": "Et billede & mere",
            "title": headline,
            "value_label": "Skøn (timer)",
        },
        "unit": "timer",
        "decimals": 1,
        "columns": [
            {
                "name": name,
                "header": header,
                "unit": "",
                "decimals": 1,
                "kind": "text" if name == "place" else "number",
            }
            for name, header in COLUMNS.items()
        ],
        "rows": [_row(line) for line in rows],
        "cells": [list(line[:5]) for line in rows],
        "chosen": [0],
        "reference": None,
        "picture": {"width": 450, "height": 160, "chart": [40, 140]},
        "files": files,
        "record": _record(headline),
    }


def _row(line):
    verdict, certainty = line[6] or (None, None)
    numbers = {name: _number(text) for name, text in zip(COLUMNS, line, strict=False) if name != "place"}
    return {
        "place": line[0],
        "status": STATUS[line[5]],
        "verdict": verdict,
        "reliability": certainty,
    } | numbers


def _number(text):
    return float(text.replace(".", "").replace(",", ".")) if text[0].isdigit() else None


def _record(headline):
    return {
        "title": headline,
        "name": "timer",
        "notebook": "03_sparring",
        "description": "Timer om ugen",
        "source": "Opdigtet kilde",
        "unit": "timer",
        "min_count": 5,
        "quantity": {"measure": "sparring_hours", "table": "caseworkers", "variable": "sparring_hours"}
        | {"level": None, "year": 2014},
        "data_digest": "d" * 64,
        "code_digest": "c" * 64,
        "commit": "",
        "uncommitted_changes": False,
        "packages": {"python": "3.11.7"},
    }


def _write_files(figures, stem, headline, rows):
    drawn = '<rect width="450" height="160"/>'
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" width="450pt" viewBox="0 0 450 160">{drawn}</svg>'
    (figures / f"{stem}.json").write_text(json.dumps(figure_data(stem, headline, rows)), encoding="utf-8")
    (figures / f"{stem}.svg").write_text(svg, encoding="utf-8")
    (figures / f"{stem}.csv").write_text("Sted\r\n", encoding="utf-8-sig")
    (figures / f"{stem}.png").write_bytes(b"png")
