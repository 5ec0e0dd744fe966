"""Tables of text: rows of a theme and what several sources say of it."""

from collections.abc import Mapping

import pandas as pd

from analysis.disclosure import ProtectedTable, declare_public
from analysis.texts import say

NOTHING = "–"


def public_texts(rows: pd.DataFrame, reason: str, synthetic: bool) -> ProtectedTable:
    """Rows of text in which nobody is counted, for `of_texts`."""
    return declare_public(rows, reason, synthetic)


def of_texts(
    table: ProtectedTable, headline: str, columns: Mapping[str, str], theme: str, heading: str
) -> dict:
    """Arguments of `charts.text_table`.

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
    }


def said(notebook: str, figure: str, place: str, **values) -> dict[str, str]:
    """The four texts of a figure, from the pieces of a template that are named after it."""
    parts = ("headline", "description", "note", "source")
    return {"place": place} | {
        part: say(notebook, f"{figure}_{part}", place=place, **values) for part in parts
    }
