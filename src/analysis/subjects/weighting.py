"""What the weights change: national figures with and without them, through the gate."""

import numpy as np
import pandas as pd

from analysis import codebook, danish, data
from analysis.disclosure import ProtectedTable, protect
from analysis.estimates import Design, estimate_mean, estimate_proportion
from analysis.estimates.variance import weighting_change
from analysis.measures import catalogue
from analysis.measures.places import DESIGN, answered, joined

_UNWEIGHTED = Design(weights="one")


def both_ways(
    people: pd.DataFrame, variable: str, levels: tuple[str, ...] = (), by: str | None = None
) -> pd.DataFrame:
    """A national mean, or share of some levels, weighted and unweighted.

    Parameters
    ----------
    people : DataFrame
        One row a respondent, with ``weight``; all of the country.
    variable : str
        Numeric column, or a categorical one when `levels` are given.
    levels : tuple of str
        Levels whose joined share [0-1] is estimated.
    by : str, optional
        Column whose values each get a row.

    Returns
    -------
    DataFrame
        `by` (or nothing), ``estimate``, ``low``, ``high`` (weighted), ``unweighted``, ``difference`` (weighted less
        unweighted, of the same answers) with ``difference_low`` and ``difference_high``, ``n`` and ``n_kish``: the
        answers of equal weight that would be worth as much (Kish), and ``level_count`` for the gate.

    References
    ----------
    Kish, L. (1965), Survey Sampling, Wiley.
    """
    people = answered(people, variable).assign(one=1.0)
    if levels:
        people = people.assign(**{variable: joined(people[variable], levels)})
    keys = [by] if by else None
    weighted, plain = (
        _estimate(people, variable, design, bool(levels), keys) for design in (DESIGN, _UNWEIGHTED)
    )
    rows = weighted[[*(keys or []), "estimate", "low", "high", "n"]].assign(unweighted=plain["estimate"])
    change = weighting_change(people, variable, DESIGN, by, level="in" if levels else None)
    rows = rows.join(change[["difference", "difference_low", "difference_high"]])
    known = people.dropna(subset=[variable])
    groups = known.groupby(by, observed=True) if by else [(None, known)]
    kish = {key: group["weight"].sum() ** 2 / (group["weight"] ** 2).sum() for key, group in groups}
    rows["n_kish"] = [float(kish[key]) for key in (rows[by] if by else [None])]
    if levels:
        rows["level_count"] = int(known[variable].eq("in").sum())
    return rows


def _estimate(people, variable, design, is_share, keys) -> pd.DataFrame:
    if is_share:
        return estimate_proportion(people, variable, "in", design, by=keys)
    return estimate_mean(people, variable, design, by=keys)


@data.once
def weighted_beside_unweighted(names: tuple[str, ...], year: int, min_count: int = 5) -> ProtectedTable:
    """Some measures of caseworkers in the country, weighted and unweighted.

    Parameters
    ----------
    names : tuple of str
        Of `measures.names`.
    year, min_count : int

    Returns
    -------
    ProtectedTable
        One row a measure (and area): the columns of `both_ways`, ``measure`` (its name), place, place_level.
    """
    people = data.read("caseworkers", year)
    parts = [
        both_ways(people, row.variable, row.answers, "area" if row.by_area else None).assign(measure=row.name)
        for row in (catalogue.named(name) for name in names)
    ]
    rows = pd.concat(parts, ignore_index=True)
    rows["area"] = rows["area"].astype(object).where(rows["area"].notna(), pd.NA)
    rows["level_count"] = rows["level_count"].astype("Float64")
    rows = rows.assign(place="Hele landet", place_level="country")
    is_share = rows["level_count"].notna()
    rows["unit"], rows["decimals"] = np.where(is_share, "pct.", ""), np.where(is_share, 0, 1)
    quantity = {"table": "caseworkers", "variable": "several", "level": None, "year": year}
    return protect(rows, min_count, synthetic=data.is_synthetic("caseworkers"), quantity=quantity)


def largest_change(table: ProtectedTable) -> pd.Series:
    """The row that the weights change most, relative to the weighted figure."""
    shown = table.frame[table.frame["status"].eq("shown")]
    change = np.abs(shown["estimate"] - shown["unweighted"]) / shown["estimate"]
    return shown.loc[change.astype(float).idxmax()]


# Danish texts on the weights: what they do, what they change, and what they cost.


def comparison(table: ProtectedTable) -> str:
    """Weighted beside unweighted figures as a table in Markdown."""
    lines = ["| Hele landet, sagsbehandlere | Vægtet | Uvægtet | Antal svar |", "|:--|--:|--:|--:|"]
    for _, row in table.frame.iterrows():
        spoken = catalogue.named(row["measure"])
        cells = ["diskretioneret"] * 3
        if row["status"] == "shown":
            cells = [
                _cell(row["estimate"], spoken),
                _cell(row["unweighted"], spoken),
                danish.number(row["n"]),
            ]
        lines.append(f"| {_measure_name(row, spoken)} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _cell(value: float, spoken: catalogue.Measure) -> str:
    return danish.percent(value) if spoken.is_share else f"{danish.number(value, 1)} {spoken.unit}"


def _measure_name(row: pd.Series, spoken: catalogue.Measure) -> str:
    area = "" if pd.isna(row["area"]) else f" på {codebook.levels('area')[row['area']].lower()}"
    return f"{danish.first_upper(spoken.subject)}{area}"


def change(table: ProtectedTable) -> str:
    """What the weights do, what they change most, and what they cost in certainty."""
    shown = table.frame[table.frame["status"].eq("shown")]
    if shown.empty:
        return "Tallene er diskretioneret."
    most = largest_change(table)
    spoken = catalogue.named(most["measure"])
    is_clear = most["difference_low"] > 0 or most["difference_high"] < 0
    worth = danish.number(100 * float((shown["n_kish"] / shown["n"]).min()))
    return (
        "Hver besvarelse tæller for så mange ansatte som den står for: vægten er ansatte pr. besvarelse i kommunen, "
        "tilpasset antallet af ansatte pr. kommunegruppe og område. Den største ændring gælder "
        f"{_lower_name(most, spoken)}: {_cell(most['unweighted'], spoken)} uden vægte og "
        f"{_cell(most['estimate'], spoken)} med vægte. Svarene er de samme, så ændringen er prøvet parret: den er "
        f"{'' if is_clear else 'ikke '}til at skelne fra ingen ændring. Vægtene koster lidt sikkerhed: 100 svar er "
        f"mindst så meget værd som {worth} svar med ens vægt."
    )


def _lower_name(row: pd.Series, spoken: catalogue.Measure) -> str:
    name = _measure_name(row, spoken)
    return name[:1].lower() + name[1:]
