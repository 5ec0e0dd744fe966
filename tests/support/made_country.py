"""A small made country, and a release of it as files: for the tests of the attacker. Its gate is a stub."""

import html
import json

import pandas as pd

PLACES = pd.DataFrame(
    [
        ("Læsø", "Nordjylland", "Landkommuner"),
        ("Mariagerfjord", "Nordjylland", "Landkommuner"),
        ("Aalborg", "Nordjylland", "Storbykommuner"),
        ("Hjørring", "Nordjylland", "Landkommuner"),
        ("Lolland", "Sjælland", "Landkommuner"),
        ("Roskilde", "Sjælland", "Storbykommuner"),
        ("Køge", "Sjælland", "Storbykommuner"),
    ],
    columns=["municipality", "region", "municipality_group"],
)
# answers at risk and on disability, and staff of each
_SIZES = {
    "Læsø": ((1, 1), (1, 1)),
    "Mariagerfjord": ((29, 18), (130, 81)),
    "Aalborg": ((30, 21), (45, 34)),
    "Hjørring": ((19, 12), (31, 19)),
    "Lolland": ((14, 9), (22, 17)),
    "Roskilde": ((25, 17), (44, 33)),
    "Køge": ((27, 19), (46, 30)),
}
KEYS = ["municipality", "region", "municipality_group", "area"]
WORDS = {"shown": "vist", "withheld": "diskretioneret", "missing": "ingen svar"}


def people() -> pd.DataFrame:
    """Respondents with a caseload, and whether there is a programme; weights are staff / answered by place."""
    rows = []
    for place in PLACES.to_dict("records"):
        answered, staff = _SIZES[place["municipality"]]
        for area, count in zip(("at_risk", "disability"), answered, strict=True):
            for number in range(count):
                seed = (number * 7919 + len(place["municipality"]) * 104729 + count * 31) % 41
                rows.append(
                    place | {"area": area, "caseload": 25 + seed, "weight": sum(staff) / sum(answered)}
                )
    table = pd.DataFrame(rows).assign(year=2014, role="caseworker")
    lonely = table["municipality"].eq("Læsø")
    table.loc[lonely, "caseload"] = [49, 55]
    table["programme"] = [("yes", "no")[number % 3 == 0] for number in range(len(table))]
    table.loc[table["municipality"].eq("Køge"), "programme"] = "yes"
    return table


def staff() -> pd.DataFrame:
    """The public staff counts."""
    rows = [
        {"municipality": name, "area": area, "employed_count": count, "role": "caseworker", "year": 2014}
        for name, (_, counts) in _SIZES.items()
        for area, count in zip(("at_risk", "disability"), counts, strict=True)
    ]
    return pd.DataFrame(rows)


def measured(table: pd.DataFrame, column: str, areas: bool) -> pd.DataFrame:
    """Every cell's weighted mean and count; shares in percent."""
    value = table[column].eq("yes") * 100.0 if column == "programme" else table[column].astype(float)
    table = table.assign(value=value, weighted=value * table["weight"])
    split = ["area"] if areas else []
    parts = []
    for keys in (["municipality", "region", "municipality_group"], ["region"], ["municipality_group"], []):
        by = [*keys, *split]
        grouped = table.groupby(by) if by else table.groupby(lambda row: 0)
        sums = grouped.agg(
            weight=("weight", "sum"), weighted=("weighted", "sum"), n=("value", "size")
        ).reset_index()
        parts.append(sums.reindex(columns=[*KEYS, "weight", "weighted", "n"], fill_value=""))
    cells = pd.concat(parts, ignore_index=True)
    return cells.assign(estimate=cells["weighted"] / cells["weight"], status="shown")


def release(folder, name, cells, *, quantity, unit="sager", drawn_rounded=True, min_count=5, digest="a" * 64):
    """Write cells as a figure: a csv, and an svg with its record, a grid and a mark a number."""
    target = folder / "hele_landet" / "figurer"
    target.mkdir(parents=True, exist_ok=True)
    decimals = 0 if unit == "pct." else 2
    shown = cells["status"].eq("shown")
    printed = [
        f"{x:.{decimals}f}".replace(".", ",") if s else ""
        for x, s in zip(cells["estimate"], shown, strict=True)
    ]
    counts = [f"{n}" if s else "" for n, s in zip(cells["n"], shown, strict=True)]
    lines = ["Skøn;Antal svar;Status"]
    lines += [f"{a};{b};{WORDS[s]}" for a, b, s in zip(printed, counts, cells["status"], strict=True)]
    (target / f"{name}.csv").write_text("\r\n".join(lines) + "\r\n", encoding="utf-8-sig")
    record = {
        "title": name,
        "min_count": min_count,
        "unit": unit,
        "data_digest": digest,
        "quantity": quantity | {"year": 2014},
        "columns": {"estimate": "Skøn", "n": "Antal svar"},
        "keys": {
            "columns": KEYS,
            "rows": [[word or None for word in row] for row in cells[KEYS].to_numpy().tolist()],
        },
    }
    marks = [round(x, decimals) if drawn_rounded else x for x in cells.loc[shown, "estimate"]]
    paths = [f'<path d="M {50 + 30 * tick} 0 L {50 + 30 * tick} 200"/>' for tick in range(11)]
    for row, value in enumerate(marks):
        x, y = 50 + 3 * value, 2.0 * row + 5
        paths.append(f'<circle cx="{x:.6f}" cy="{y}" r="2"/>')
    text = f"<svg><metadata>{html.escape(json.dumps(record))}</metadata>{''.join(paths)}</svg>"
    (target / f"{name}.svg").write_text(text, encoding="utf-8")


def withhold(cells: pd.DataFrame, *names: str) -> pd.DataFrame:
    """The cells of these municipalities withheld, as a gate would."""
    hidden = cells["municipality"].isin(names)
    return cells.assign(status=cells["status"].mask(hidden, "withheld"))
