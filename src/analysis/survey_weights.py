"""Weights of the national survey: staff per answer, calibrated to the staff of municipalities, groups and areas."""

import pandas as pd

from analysis.weights import calibrate, design_weights


def _target_by_municipality(staff: pd.DataFrame, answered: pd.Index) -> pd.Series:
    """Staff that each answering municipality stands for.

    A municipality without a single answer cannot be represented by its own: its staff is carried by the answering
    municipalities of its municipality group, in proportion to theirs.
    """
    by_place = staff.groupby(["municipality_group", "municipality_code"])["employed_count"].sum()
    by_group = by_place.groupby("municipality_group").sum()
    kept = by_place[by_place.index.get_level_values("municipality_code").isin(answered)]
    carried = kept * by_group / kept.groupby("municipality_group").sum()
    return carried.droplevel("municipality_group")


def weigh(respondents: pd.DataFrame, staff: pd.DataFrame) -> pd.DataFrame:
    """Respondents of one role and year with `employed_count`, `design_weight` and `weight`.

    Parameters
    ----------
    respondents : DataFrame
        One row a respondent: municipality_code, municipality_group, area.
    staff : DataFrame
        One row a municipality and area of the same role and year: employed_count [persons].

    Returns
    -------
    DataFrame
        The respondents with the staff of their municipality, staff per answer, and the weight that also meets the
        staff by municipality group and area.

    Raises
    ------
    ValueError
        If a municipality has answers but no staff, or more answers than staff.
    """
    employed = staff.groupby("municipality_code")["employed_count"].sum().astype(float)
    design = design_weights(respondents, "municipality_code", employed)
    answered = pd.Index(respondents["municipality_code"].unique())
    margins = {
        "municipality_code": _target_by_municipality(staff, answered).astype(float),
        ("municipality_group", "area"): staff.groupby(["municipality_group", "area"], observed=True)[
            "employed_count"
        ]
        .sum()
        .astype(float),
    }
    weight = calibrate(respondents.assign(design_weight=design), "design_weight", margins)
    counts = respondents["municipality_code"].map(employed).astype("Int64")
    return respondents.assign(employed_count=counts, design_weight=design, weight=weight)
