"""Small made-up reports, as the runner and `publish` leave them, for the tests of the site."""

import html
import json

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from analysis import danish

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
                new_output("execute_result", {"text/html": figure_html(headline, rows), "text/plain": "x"}),
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


def figure_html(headline, rows, view_box="0 40 450 100"):
    """A figure as a notebook shows it."""
    head = "".join(f"<th>{header}</th>" for header in COLUMNS.values())
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in line[:5])}</tr>" for line in rows)
    return (
        f'<figure lang="da" id="timer"><figcaption><strong>{html.escape(headline)}</strong><br>Timer</figcaption>'
        f'<svg viewBox="{view_box}"><title>x</title><desc>Et billede &amp; mere</desc></svg>'
        "<p><small>Anm.: n er antal svar.<br>Kilde: opdigtet.</small></p>"
        "<details><summary>Tal bag figuren</summary>"
        f"<table><caption>Timer</caption><tr>{head}</tr>{body}</table></details></figure>"
    )


def _write_files(figures, stem, headline, rows):
    record = {
        "title": headline,
        "name": "timer",
        "description": "Timer om ugen",
        "source": "Opdigtet kilde",
        "unit": "timer",
        "min_count": 5,
        "quantity": {"table": "caseworkers", "variable": "sparring_hours", "level": None, "year": 2014},
        "columns": COLUMNS,
        "keys": {"columns": ["place"], "rows": [[line[0]] for line in rows]},
        "verdicts": [line[6] for line in rows],
        "data_digest": "d" * 64,
        "code_digest": "c" * 64,
        "commit": "",
        "uncommitted_changes": False,
        "packages": {"python": "3.11.7"},
    }
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="450pt" viewBox="0 0 450 160">'
        f'<metadata>{html.escape(json.dumps(record))}</metadata><rect width="450" height="160"/></svg>'
    )
    csv = "Sted;Status\r\n" + "".join(f"{line[0]};{line[5]}\r\n" for line in rows)
    (figures / f"{stem}.svg").write_text(svg, encoding="utf-8")
    (figures / f"{stem}.csv").write_text(csv, encoding="utf-8-sig")
    (figures / f"{stem}.png").write_bytes(b"png")
