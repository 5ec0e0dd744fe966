"""The published figures, and sentences that hold the data beside them."""

import pandas as pd

from analysis import codebook, danish, data, kept, municipalities, words
from analysis.disclosure import ProtectedTable
from analysis.estimates import Design, estimate_mean
from analysis.sentences import own_rows


def figure(key: str) -> pd.Series:
    """One published figure by its id.

    Raises
    ------
    KeyError
        If there is none of that id.
    """
    figures = data.read("published_figures").set_index("id")
    if key not in figures.index:
        raise KeyError(
            f"`{key}` must be an id of data/raw/published_figures.csv ({', '.join(figures.index)})."
        )
    return figures.loc[key]


def value(key: str) -> str:
    """A published value as it is written: "40 sager", "20–30 sager", "55 pct."."""
    said = figure(key)
    number = danish.number(said["value"])
    if pd.notna(said["value_high"]):
        number = danish.interval(said["value"], said["value_high"], 0)
    return f"{number} {said['unit']}"


def beside(table: ProtectedTable, key: str, area: str | None = None) -> str:
    """The published figure beside what the data say for the whole country, in one sentence.

    The published value lies within the interval of the data, or it does not, and the sentence says which.
    """
    spoken, said = words.of(table), figure(key)
    rows = own_rows(table, municipalities.COUNTRY)
    row = rows[rows["area"].eq(area)].iloc[0] if area else rows.iloc[0]
    if row["status"] != "shown":
        return f"Offentliggjort: {value(key)} ({said['source']}). Tallet i data er diskretioneret."
    scale = 100 if spoken.unit == "pct." else 1
    inside = row["low"] * scale <= said["value"] <= row["high"] * scale
    where = f" på {codebook.levels('area')[area].lower()}" if area else ""
    return (
        f"Offentliggjort{where}: {value(key)} ({said['source']}). I data: {spoken.value(row['estimate'])} "
        f"(95 pct. sikkerhedsinterval {spoken.interval(row['low'], row['high'])}). Det offentliggjorte tal ligger "
        f"{'inden for' if inside else 'uden for'} intervallet."
    )


def recommended_caseload(table: ProtectedTable, place: str) -> str:
    """Where the place's caseload on each area lies from the union's recommended range."""
    said = figure("recommended_2020")
    span = danish.interval(said["value"], said["value_high"], 0)
    parts = []
    for _, row in own_rows(table, place).iterrows():
        if row["status"] != "shown":
            continue
        below, above = row["high"] < said["value"], row["low"] > said["value_high"]
        verdict = "over" if above else "under" if below else "ikke til at skelne fra"
        parts.append(f"{verdict} spændet på {codebook.levels('area')[row['area']].lower()}")
    found = f" Sagstallet {words.locate(place)} er {danish.join_words(parts)}." if parts else ""
    return (
        f"Dansk Socialrådgiverforenings vejledende sagstal er {span} siden februar 2020; det er ikke opgjort som "
        f"undersøgelsens, for dér tælles et barn én gang.{found}"
    )


@kept.once
def unweighted(variable: str, year: int) -> str:
    """The national mean with and without weights, by area: what the weights change."""
    people = data.read("caseworkers", year).assign(one=1.0)
    weighted = estimate_mean(
        people, variable, Design(strata="municipality_code", weights="weight"), by="area"
    )
    plain = estimate_mean(people, variable, Design(weights="one"), by="area")
    both = weighted.merge(plain, on="group", suffixes=("", "_plain"))
    said = [
        f"{danish.number(row['estimate'], 1)} vægtet og {danish.number(row['estimate_plain'], 1)} uvægtet på "
        f"{codebook.levels('area')[row['group']].lower()}"
        for _, row in both.iterrows()
    ]
    return f"Landets gennemsnit er {danish.join_words(said)}."
