"""Cases on supervision (tilsyn), theme by theme: what a case tells, how it tells it, and who took part.

Each case is a file in ``data/raw/supervision_cases``, and the tables grow with it. The findings are published and
qualitative: there is nothing to estimate, and nothing to protect.
"""

import pandas as pd

from analysis import codebook, data, municipalities
from analysis.disclosure import ProtectedTable
from analysis.subjects import tables
from analysis.texts import say

_REASON = "Offentliggjorte cases uden svar fra personer."
_TABLE = "supervision_findings"
_SEPARATOR = " – "
_NOTEBOOK = "07_supervision_case"


def read() -> pd.DataFrame:
    """The findings, one row a case and theme.

    Raises
    ------
    ValueError
        If a case has a theme twice.
    """
    return check_findings(data.read(_TABLE))


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


def places_of_cases(findings: pd.DataFrame) -> list[str]:
    """The municipalities of the cases, in order: "Roskilde – Samskabt Styring" is Roskilde's."""
    return list(dict.fromkeys(findings["case"].str.split(_SEPARATOR).str[0]))


def by_theme(findings: pd.DataFrame) -> pd.DataFrame:
    """The findings theme by theme, cases side by side under a theme, with words for codes.

    Returns
    -------
    DataFrame
        As `findings`, with ``name`` (the theme, and the case too where there are several) and ``told_as`` in Danish;
        what a case doesn't say is a dash.
    """
    several = len(findings["case"].unique()) > 1
    rows = findings.assign(
        name=findings["theme"] + (" (" + findings["case"] + ")" if several else ""),
        told_as=findings["told_as"].astype(str).map(codebook.levels("told_as", _TABLE)),
    )
    met = {theme: number for number, theme in enumerate(findings["theme"].drop_duplicates())}
    rows = rows.sort_values("theme", key=lambda themes: themes.map(met), kind="stable", ignore_index=True)
    return rows.fillna({"took_part": tables.NOTHING})


def findings(rows: pd.DataFrame | None = None) -> ProtectedTable:
    """All findings by theme, as `by_theme`."""
    return _public(by_theme(read() if rows is None else rows))


def proposals(rows: pd.DataFrame | None = None) -> ProtectedTable:
    """The findings that the project has a proposal on for casework, as `by_theme`."""
    rows = by_theme(read() if rows is None else rows)
    return _public(rows[rows["carries_over"].notna()])


def _public(rows: pd.DataFrame) -> ProtectedTable:
    return tables.public_texts(rows, _REASON, data.is_synthetic(_TABLE))


def _told(rows: pd.DataFrame, place: str) -> dict:
    """What the template's blocks speak of."""
    places = places_of_cases(rows)
    words = codebook.levels("told_as", _TABLE)
    themes = {
        code: list(rows.loc[rows["told_as"].eq(word), "theme"].unique()) for code, word in words.items()
    }
    return {
        "place": place,
        "places": places,
        "cases": list(rows["case"].drop_duplicates()),
        "count": len(rows),
        "themes": themes,
        "recommended": rows[rows["recommendation"].notna()].to_dict("records"),
        "sources": list(dict.fromkeys(rows["source"])),
        "in_group": [m.name for m in municipalities.everyone() if m.group == place and m.name in places],
    }


def text(block: str, place: str, table: ProtectedTable | None = None) -> str:
    """A block of the notebook's template, on the cases."""
    rows = (table or findings()).frame
    return say(_NOTEBOOK, block, **_told(rows, place))


def _texts(figure: str, table: ProtectedTable, place: str, columns: dict[str, str]) -> dict:
    texts = tables.said(_NOTEBOOK, figure, **_told(table.frame, place))
    return texts | tables.of_texts(table, texts["headline"], columns, "name", "Tema")


def for_findings(table: ProtectedTable, place: str) -> dict:
    """Texts of what the cases tell of each theme, as arguments of `charts.text_table`."""
    columns = {"told_as": "Fortalt som", "finding": "Casen fortæller", "took_part": "Hvem var med"}
    return _texts("findings", table, place, columns)


def for_proposals(table: ProtectedTable, place: str) -> dict:
    """Texts of what may carry over to casework, as arguments of `charts.text_table`."""
    columns = {"carries_over": "Projektets forslag om sagsbehandling"}
    return _texts("proposals", table, place, columns)
