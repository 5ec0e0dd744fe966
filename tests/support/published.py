"""A figure to publish and a small project to run it in, for the tests of exports."""

import json
import shutil
from pathlib import Path

import nbformat
import pandas as pd
from nbformat import v4

from analysis import disclosure
from analysis.charts.figure import Figure
from analysis.charts.ranked import intervals

PROJECT = Path(__file__).resolve().parents[2]
NAMES = ["Roskilde", "Lyngby-Taarbæk", "Ringkøbing-Skjern", "Læsø", "Aarhus", "Ærø", "=Køge", "Vejle"]
_KERNEL = {"kernelspec": {"name": "python3", "language": "python", "display_name": "Python 3"}}


def rows(areas=(None,)) -> pd.DataFrame:
    """One row a municipality (and area); Læsø has too few answers, Ærø none."""
    table = pd.DataFrame(
        [
            {
                "place_level": "municipality",
                "place": name,
                "municipality": name,
                "area": area,
                "estimate": 20 + 1.23456 * number,
                "low": 18 + 1.23456 * number,
                "high": 22 + 1.23456 * number,
                "n": {"Læsø": 3, "Ærø": 0}.get(name, 20 + number),
            }
            for area in areas
            for number, name in enumerate(NAMES)
        ]
    )
    return table if areas != (None,) else table.drop(columns="area")


def figure(synthetic=True, areas=(None,), **changed) -> Figure:
    table = disclosure.protect(
        rows(areas), synthetic=synthetic, quantity={"table": "caseworkers", "variable": "caseload"}
    )
    words = {
        "place": "Roskilde",
        "name": "sagstal",
        "headline": 'Roskilde har 20,0 sager pr. rådgiver (<test> & "citat")',
        "description": "Gennemsnitligt antal sager pr. rådgiver",
        "note": "Streg: 95 pct. sikkerhedsinterval.",
        "source": "Landsdækkende kortlægning",
        "unit": "sager",
    }
    panel = (
        {} if areas == (None,) else {"panel": "area", "panel_labels": dict(zip(areas, "AB", strict=False))}
    )
    return intervals(table, **(words | panel | changed))


def project(folder: Path) -> Path:
    """A project of one notebook that publishes the figure, with the digests of its data."""
    shutil.copytree(PROJECT / "data", folder / "data", ignore=shutil.ignore_patterns("raw", "processed"))
    (folder / "data" / "processed").mkdir()
    write_digest(folder, "1" * 64)
    (folder / "notebooks").mkdir()
    shutil.copy(__file__, folder / "notebooks")  # where the notebook's kernel looks first
    cells = [
        v4.new_markdown_cell("# Sagstal\n\nHvor mange sager har en rådgiver?"),
        v4.new_code_cell('municipality: str = "Roskilde"', metadata={"tags": ["parameters"]}),
        v4.new_code_cell("import published"),
        v4.new_markdown_cell("## Har Roskilde flere sager end andre?"),
        v4.new_code_cell(
            "from analysis.publish import publish\nfigure = published.figure()\nfiles = publish(figure)"
        ),
        v4.new_code_cell("figure"),
        v4.new_markdown_cell("## Forbehold\n\n- Kommunerne opgør *sager* forskelligt."),
    ]
    nbformat.write(v4.new_notebook(cells=cells, metadata=_KERNEL), folder / "notebooks" / "02_caseload.ipynb")
    return folder


def write_digest(folder: Path, digest: str) -> None:
    delivery = {"title": "En undersøgelse", "synthetic": True, "year": 2014, "counted_with": []}
    described = {
        "tables": {"caseworkers": {"sha256": digest}},
        "deliveries": {"survey": delivery | {"tables": ["caseworkers"]}},
    }
    (folder / "data" / "processed" / "digests.json").write_text(json.dumps(described), encoding="utf-8")
