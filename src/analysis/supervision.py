"""Cases on supervision (tilsyn): findings by theme, outcome, who was involved and when.

Each case is a file in ``data/raw/supervision_cases``; a new case is a new file, and the tables grow with it. The
findings are published and qualitative: there is nothing to estimate, and nothing to protect.
"""

import pandas as pd

from analysis import codebook, data
from analysis.disclosure import ProtectedTable, declare_public

NOT_TOLD = "not_told"
SIGNS = {
    "worked": "full",
    "decisive": "half",
    "demanding": "empty",
    "failed_at_first": "cross",
    NOT_TOLD: "dash",
}
_REASON = "Offentliggjorte cases uden svar fra personer."
_SEPARATOR = " – "
# Points of a course in their order; others follow as the cases name them.
_COURSE = ("Før start", "Fra start", "Undervejs", "Hele vejen", "Til sidst")


def read() -> pd.DataFrame:
    """The findings, one row a case and theme.

    Raises
    ------
    ValueError
        If a case has a theme twice.
    """
    return check_findings(data.read("supervision_findings"))


def check_findings(findings: pd.DataFrame) -> pd.DataFrame:
    """The findings as they are, when each case has each theme once.

    Raises
    ------
    ValueError
        If a case has a theme twice.
    """
    double = findings[findings.duplicated(["case", "theme"])]
    if len(double):
        first = double.iloc[0]
        raise ValueError(
            f"Each case must have a theme once, but {len(double)} of {len(findings)} findings repeat one (first: "
            f"`{first['theme']}` in `{first['case']}`). Join them in the case's file."
        )
    return findings


def case_places(findings: pd.DataFrame) -> list[str]:
    """The municipalities of the cases, in order: "Roskilde – Samskabt Styring" is Roskilde's."""
    return list(dict.fromkeys(findings["case"].str.split(_SEPARATOR).str[0]))


def outcome_labels() -> dict[str, str]:
    """The outcomes and their Danish words, with one for a theme that a case does not tell of."""
    return codebook.levels("outcome", "supervision_findings") | {NOT_TOLD: "Ikke omtalt"}


def outcome_cells(findings: pd.DataFrame) -> pd.DataFrame:
    """Themes by case, one row a cell.

    Returns
    -------
    DataFrame
        theme, case, value (an outcome, or not_told where the case doesn't tell of the theme); themes and cases in
        the order in which they are met.
    """
    themes, cases = findings[["theme"]].drop_duplicates(), findings[["case"]].drop_duplicates()
    cells = themes.merge(cases, how="cross")
    told = findings[["theme", "case", "outcome"]].astype({"outcome": str})
    cells = cells.merge(told, on=["theme", "case"], how="left").rename(columns={"outcome": "value"})
    return cells.assign(value=cells["value"].fillna(NOT_TOLD))


def outcomes() -> ProtectedTable:
    """The matrix of themes by case: theme, case, value."""
    return _public(outcome_cells(read()))


def named(findings: pd.DataFrame) -> pd.DataFrame:
    """The findings with a name for each row: the theme, and the case too where there are several."""
    if len(findings["case"].drop_duplicates()) == 1:
        return findings.assign(name=findings["theme"])
    return findings.assign(name=findings["theme"] + " (" + findings["case"] + ")")


def findings() -> ProtectedTable:
    """All findings, one row a case and theme, with a column `name`."""
    rows = named(read())
    return _public(rows.assign(outcome=rows["outcome"].astype(str)))


def involvement_cells(findings: pd.DataFrame) -> pd.DataFrame:
    """Who was involved, when, and in which themes.

    Returns
    -------
    DataFrame
        One row a party and time: involved, involved_when, themes (Danish, joined); the times in the course's order.
    """
    known = dict.fromkeys([*_COURSE, *findings["involved_when"]])
    order = [time for time in known if time in set(findings["involved_when"])]
    rows = findings.assign(
        involved_when=pd.Categorical(findings["involved_when"], categories=order, ordered=True)
    )
    joined = rows.groupby(["involved_when", "involved"], observed=True, sort=True)["theme"]
    cells = joined.agg(lambda themes: ", ".join(dict.fromkeys(themes))).rename("themes").reset_index()
    return cells.astype({"involved_when": str})


def involvement() -> ProtectedTable:
    """Who was involved and when: involved, involved_when, themes."""
    return _public(involvement_cells(read()))


def _public(rows: pd.DataFrame) -> ProtectedTable:
    return declare_public(rows, _REASON, data.is_synthetic("supervision_findings"))
