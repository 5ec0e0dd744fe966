"""Reports as `publish` leaves them, for the tests of the audit: a csv and a web svg with its record."""

import html
import json

import pandas as pd

WORDS = {
    "shown": "vist",
    "withheld": "diskretioneret",
    "missing": "ingen svar",
    "not_relevant": "ikke relevant",
}
WORD_COLUMNS = (
    "municipality",
    "region",
    "municipality_group",
    "area",
    "role",
    "level",
    "place_level",
    "place",
)


def write_figure(reports, place, name, table, decimals=2):
    """Write a protected table as a figure of a place's report."""
    folder = reports / place / "figurer"
    folder.mkdir(parents=True, exist_ok=True)
    frame = table.frame
    lines = ["Skøn;Antal svar;Status"]
    for _, row in frame.iterrows():
        lines.append(
            ";".join([_number(row["estimate"], decimals), _number(row["n"], 0), WORDS[row["status"]]])
        )
    (folder / f"{name}.csv").write_text("\r\n".join(lines) + "\r\n", encoding="utf-8-sig")
    names = [column for column in WORD_COLUMNS if column in frame]
    rows = frame[names].astype(object).where(frame[names].notna(), None).to_numpy().tolist()
    record = {
        "title": name,
        "min_count": table.min_count,
        "quantity": table.quantity,
        "columns": {"estimate": "Skøn", "n": "Antal svar"},
        "keys": {"columns": names, "rows": rows},
    }
    text = f"<svg><metadata>{html.escape(json.dumps(record))}</metadata></svg>"
    (folder / f"{name}.svg").write_text(text, encoding="utf-8")


def _number(value, decimals):
    return "" if pd.isna(value) else f"{float(value):.{decimals}f}".replace(".", ",")
