"""Tables of text: rows of a theme and what several sources say of it."""

from collections.abc import Mapping

import pandas as pd

from analysis.charts import captions
from analysis.disclosure import ProtectedTable, declare_public
from analysis.texts import say

NOTHING = "–"
_NO_VERDICT = "no_verdict"


def public_texts(rows: pd.DataFrame, reason: str, synthetic: bool) -> ProtectedTable:
    """Rows of text in which nobody is counted, for `of_texts`."""
    return declare_public(rows.assign(**{_NO_VERDICT: None}), reason, synthetic)


def of_texts(
    table: ProtectedTable, headline: str, columns: Mapping[str, str], theme: str, heading: str
) -> dict:
    """Arguments of `charts.joint_display` for a table of text alone.

    Parameters
    ----------
    columns : mapping
        Columns of text with their headings, left to right.
    theme, heading : str
        The column that names the rows, and its heading.
    """
    return {
        "headline": headline,
        "texts": dict(columns),
        "theme": theme,
        "theme_heading": heading,
        "estimate_heading": "",
        "agreement": _NO_VERDICT,
        "agreement_heading": "",
        "agreement_labels": {"": ""},
        "columns": {theme: heading, **columns},
        "alt": captions.alt_text(f"Tabel med {len(table.frame)} rækker", headline, [], [], table.synthetic),
    }


def said(notebook: str, figure: str, place: str, **values) -> dict[str, str]:
    """The four texts of a figure, from the pieces of a template that are named after it."""
    parts = ("headline", "description", "note", "source")
    return {"place": place} | {
        part: say(notebook, f"{figure}_{part}", place=place, **values) for part in parts
    }
