"""Danish texts on the weights: what they do, what they change, and what they cost."""

import pandas as pd

from analysis import codebook, danish, weighting, words
from analysis.disclosure import ProtectedTable
from analysis.sentences import first_upper


def comparison(table: ProtectedTable) -> str:
    """Weighted beside unweighted figures as a table in Markdown."""
    lines = ["| Hele landet, sagsbehandlere | Vægtet | Uvægtet | Antal svar |", "|:--|--:|--:|--:|"]
    for _, row in table.frame.iterrows():
        spoken = words.named(row["measure"])
        cells = ["diskretioneret"] * 3
        if row["status"] == "shown":
            cells = [
                _cell(row["estimate"], spoken),
                _cell(row["unweighted"], spoken),
                danish.number(row["n"]),
            ]
        lines.append(f"| {_measure_name(row, spoken)} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _cell(value: float, spoken: words.Words) -> str:
    if spoken.unit == "pct.":
        return danish.percent(value, 1)
    return f"{danish.number(value, 1)} {spoken.unit}"


def _measure_name(row: pd.Series, spoken: words.Words) -> str:
    area = "" if pd.isna(row["area"]) else f" på {codebook.levels('area')[row['area']].lower()}"
    return f"{first_upper(spoken.subject)}{area}"


def change(table: ProtectedTable) -> str:
    """What the weights do, what they change most, and what they cost in certainty."""
    shown = table.frame[table.frame["status"].eq("shown")]
    if shown.empty:
        return "Tallene er diskretioneret."
    most = weighting.largest_change(table)
    spoken = words.named(most["measure"])
    within = abs(most["estimate"] - most["unweighted"]) < (most["high"] - most["low"]) / 2
    worth = danish.number(100 * float((shown["n_kish"] / shown["n"]).min()))
    return (
        "Hver besvarelse tæller for så mange ansatte som den står for: vægten er ansatte pr. besvarelse i kommunen, "
        "tilpasset antallet af ansatte pr. kommunegruppe og område. Den største ændring gælder "
        f"{_lower_name(most, spoken)}: {_cell(most['unweighted'], spoken)} uden vægte og "
        f"{_cell(most['estimate'], spoken)} med vægte. Ændringen er {'mindre' if within else 'ikke mindre'} end den "
        f"statistiske usikkerhed. Vægtene koster lidt sikkerhed: 100 svar er mindst så meget værd som {worth} svar "
        "med ens vægt."
    )


def _lower_name(row: pd.Series, spoken: words.Words) -> str:
    name = _measure_name(row, spoken)
    return name[:1].lower() + name[1:]
