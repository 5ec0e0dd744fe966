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
# Two regions across two groups; in each corner a small place, which a gate hides Læsø among, and three large ones.
_CORNERS = {
    "A": [((1, 1), (2, 2)), ((29, 30), (35, 34)), ((39, 21), (42, 25)), ((31, 28), (33, 30))],
    "B": [((5, 5), (8, 13)), ((23, 33), (30, 36)), ((25, 28), (28, 36)), ((23, 37), (30, 44))],
    "C": [((5, 6), (11, 11)), ((33, 33), (39, 35)), ((39, 31), (47, 34)), ((27, 37), (30, 39))],
    "D": [((6, 7), (8, 15)), ((26, 24), (31, 32)), ((37, 37), (41, 39)), ((35, 34), (42, 36))],
}
SQUARE_SIZES = {
    "Læsø" if (corner, at) == ("A", 0) else f"{corner}{at}": size
    for corner, own in _CORNERS.items()
    for at, size in enumerate(own)
}
SQUARE = pd.DataFrame(
    [
        (name, "Nord" if corner in "AB" else "Syd", "By" if corner in "BD" else "Land")
        for (corner, own) in _CORNERS.items()
        for name in list(SQUARE_SIZES)[4 * "ABCD".index(corner) :][:4]
    ],
    columns=PLACES.columns,
)
KEYS = ["municipality", "region", "municipality_group", "area"]
WORDS = {"shown": "vist", "bounded": "under/over", "withheld": "diskretioneret", "missing": "ingen svar"}


def people(places: pd.DataFrame = PLACES, sizes: dict = _SIZES) -> pd.DataFrame:
    """Respondents with a caseload, and whether there is a programme; weights are staff / answered by place."""
    rows = []
    for place in places.to_dict("records"):
        answered, staff = sizes[place["municipality"]]
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


def staff(sizes: dict = _SIZES) -> pd.DataFrame:
    """The public staff counts."""
    rows = [
        {"municipality": name, "area": area, "employed_count": count, "role": "caseworker", "year": 2014}
        for name, (_, counts) in sizes.items()
        for area, count in zip(("at_risk", "disability"), counts, strict=True)
    ]
    return pd.DataFrame(rows)


def measured(table: pd.DataFrame, column: str, areas: bool) -> pd.DataFrame:
    """Every cell's weighted mean and count; shares in percent, and how many said so."""
    said = table[column].eq("yes")
    value = said * 100.0 if column == "programme" else table[column].astype(float)
    table = table.assign(value=value, said=said, weighted=value * table["weight"])
    split = ["area"] if areas else []
    parts = []
    for keys in (["municipality", "region", "municipality_group"], ["region"], ["municipality_group"], []):
        by = [*keys, *split]
        grouped = table.groupby(by) if by else table.groupby(lambda row: 0)
        sums = grouped.agg(
            weight=("weight", "sum"),
            weighted=("weighted", "sum"),
            n=("value", "size"),
            said_so=("said", "sum"),
        ).reset_index()
        parts.append(sums.reindex(columns=[*KEYS, "weight", "weighted", "n", "said_so"], fill_value=""))
    cells = pd.concat(parts, ignore_index=True)
    return cells.assign(estimate=cells["weighted"] / cells["weight"], status="shown")


def release(
    folder, name, cells, *, quantity, unit="sager", drawn_rounded=True, min_count=5, digest="a" * 64, own=None
):
    """Write cells as a figure: a csv, and an svg with its record, a grid and a mark a number.

    A bounded cell has its limit in a column `limit`, and its n. `own` are further words of every row.
    """
    target = folder / "hele_landet" / "figurer"
    target.mkdir(parents=True, exist_ok=True)
    decimals = 0 if unit == "pct." else 2
    shown = cells["status"].eq("shown")
    limits = cells.get("limit", pd.Series("", index=cells.index))
    printed = [
        f"{x:.{decimals}f}".replace(".", ",") if s else limit
        for x, s, limit in zip(cells["estimate"], shown, limits, strict=True)
    ]
    told = cells["status"].isin(["shown", "bounded"])
    counts = [f"{n}" if s else "" for n, s in zip(cells["n"], told, strict=True)]
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
            "columns": [*KEYS, *(own or {})],
            "rows": [
                [word or None for word in (*row, *(own or {}).values())]
                for row in cells[KEYS].to_numpy().tolist()
            ],
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
