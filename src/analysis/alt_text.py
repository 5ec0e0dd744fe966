"""Alternative text, written from the figure's own table."""

from collections.abc import Sequence

import pandas as pd

from analysis import danish
from analysis.disclosure import ProtectedTable

LONGEST = 299
_STATUS = {
    "withheld": "diskretioneret",
    "missing": "ingen svar",
    "not_relevant": "ikke relevant",
}


def alt_text(shows: str, finding: str, values: Sequence[str], hidden: Sequence[str], synthetic: bool) -> str:
    """Put an alternative text together, under 300 characters.

    Where it would be longer, the names of what is withheld, the values beyond the first and the finding are
    left out, in this order; the mark of synthetic data never is.

    Parameters
    ----------
    shows : what is drawn: ``"Prikdiagram med ... for 14 kommuner"``.
    values : the chosen place's values, one a text, most important first.
    hidden : names of the withheld rows.
    """
    first = ("Syntetiske data. " if synthetic else "") + _sentence(shows)
    tries = [
        [_sentence(finding), *map(_sentence, values), _hidden(hidden)],
        [_sentence(finding), *map(_sentence, values), _hidden_count(hidden)],
        [_sentence(finding), *map(_sentence, values[:1]), _hidden_count(hidden)],
        [*map(_sentence, values[:1]), _hidden_count(hidden)],
        [_hidden_count(hidden)],
    ]
    texts = [" ".join(part for part in [first, *parts] if part) for parts in tries]
    return next((text for text in texts if len(text) <= LONGEST), texts[-1][: LONGEST - 1] + "…")


def _sentence(text: str) -> str:
    text = text.strip()
    return text if not text or text[-1] in ".!?" else text + "."


def _hidden(names: Sequence[str]) -> str:
    if not names or len(names) > 3:
        return _hidden_count(names)
    return f"Diskretioneret: {danish.join_words(names)}."


def _hidden_count(names: Sequence[str]) -> str:
    return (
        f"{len(names)} {'er diskretioneret' if len(names) == 1 else 'er diskretionerede'}." if names else ""
    )


def quantity(value: float, unit: str, decimals: int) -> str:
    """Write a value with its unit: ``27,8 sager``, ``55 pct.``."""
    if unit == "pct.":
        return danish.percent(value, decimals)
    return f"{danish.number(value, decimals)} {unit}".strip()


def row_value(row: pd.Series, unit: str, decimals: int, label: str = "") -> str:
    """Write one row: ``Roskilde: 27,8 sager (26,0–29,7), 47 svar``, or its status."""
    name = f"{row['place']}{', ' + label if label else ''}"
    if row["status"] != "shown":
        return f"{name}: {_STATUS[row['status']]}"
    text = f"{name}: {quantity(row['estimate'], unit, decimals)}"
    if "low" in row and pd.notna(row["low"]):
        factor = 100 if unit == "pct." else 1
        text += f" ({danish.interval(row['low'] * factor, row['high'] * factor, decimals)})"
    return text + (f", {danish.number(row['n'])} svar" if "n" in row and pd.notna(row["n"]) else "")


def for_estimates(
    chart: str,
    headline: str,
    table: ProtectedTable,
    place: str,
    unit: str,
    decimals: int,
    panel: str | None = None,
    panel_labels: dict[str, str] | None = None,
) -> str:
    """Write the alternative text of a chart whose rows are places with estimates."""
    rows = table.frame
    own = rows[rows["place"] == place]
    labels = panel_labels or {}
    values = [
        row_value(row, unit, decimals, labels.get(row[panel], str(row[panel])) if panel else "")
        for _, row in own.iterrows()
    ]
    hidden = sorted(
        set(rows.loc[rows["status"].eq("withheld") & rows["place"].ne(place), "place"]), key=danish.sort_key
    )
    return alt_text(f"{chart} for {_count(rows)}", headline, values, hidden, table.synthetic)


def _count(rows: pd.DataFrame) -> str:
    """Say which places are drawn: by name where they are few, else how many municipalities."""
    names = list(dict.fromkeys(rows["place"]))
    if len(names) <= 4:
        return danish.join_words(names)
    municipal = rows["place_level"].eq("municipality") if "place_level" in rows else rows["place"].notna()
    places = rows.loc[municipal, "place"].nunique()
    return f"{places} kommuner" if places > 1 else f"{len(names)} steder"
