"""Caseloads of the two areas compared at equal working hours, with the model's own reservations."""

import math

from analysis import danish, data, kept
from analysis.models import CountModel, caseload_ratios


def fit(year: int) -> CountModel:
    """Ratio of the caseloads of the areas at equal weekly hours, alike within municipalities."""
    return caseload_ratios(data.read("caseworkers", year), ["area"], cluster="municipality_code")


@kept.once
def ratio_at_equal_hours(year: int) -> str:
    """How many times more cases on one area than on the other at equal hours, and whether the model fits."""
    model = fit(year)
    row = model.ratios[model.ratios["term"].str.contains("disability")].iloc[0]
    broken = int((~model.checks["holds"].astype(bool)).sum())
    held = (
        f"Modellens {len(model.checks)} forudsætninger er efterprøvet og holder"
        if not broken
        else f"Forbehold: {broken} af modellens {len(model.checks)} forudsætninger holder ikke"
    )
    known = math.isfinite(row["low"]) and math.isfinite(row["high"])
    span = danish.interval(row["low"], row["high"], 2) if known else "kan ikke beregnes"
    return (
        f"Ved samme arbejdstid er sagstallet på handicapområdet {danish.number(row['ratio'], 2)} gange sagstallet på "
        f"udsatteområdet (95 pct. sikkerhedsinterval {span}; uvægtet negativ "
        f"binomial model af {danish.number(model.n)} svar, {danish.number(model.n_missing)} uden svar er udeladt). "
        f"{held}."
    )
