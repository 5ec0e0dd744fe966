"""The guard of headlines: a figure says "flere" or "færre" only where the difference says so."""

import re
from collections.abc import Mapping

import pandas as pd

from analysis import municipalities, words

_WORDS = {
    "over": {"flere", "over", "mere", "højere", "længere", "oftere"},
    "under": {"færre", "under", "mindre", "lavere", "kortere", "sjældnere"},
}
# What takes the claim out of a word: a denial, or a population ("under 18 år").
_NOT_A_CLAIM = re.compile(
    r"hverken \w+ eller \w+|\bikke \w+|\b(?:over|under) \d+ år\b|\bover for\b|\bmere eller mindre\b"
    r"|\bi mindre grad\b"
)


def claims(headline: str) -> set[str]:
    """Return the directions that a headline claims: ``{"over"}``, ``{"under"}``, both or none."""
    used = set(re.findall(r"\w+", _NOT_A_CLAIM.sub(" ", headline.lower())))
    return {direction for direction, signals in _WORDS.items() if used & signals}


def check_headline(
    headline: str, rows: pd.DataFrame, place: str, texts: Mapping[str, Mapping[str, str]] | None = None
) -> None:
    """Hold a headline about a place to the verdict of the place's own rows.

    Parameters
    ----------
    rows : the figure's table, with ``place`` and ``verdict`` (over, som, under, none); without them nothing
        is checked.
    texts : column -> code -> Danish word: a headline that names an area is held to the rows of that area.

    Raises
    ------
    ValueError
        If the headline names the place and a direction that no row of the place has, with an interval of the
        difference that excludes 0.
    """
    wanted = claims(headline) if _names(headline, place) else set()
    if not wanted or not {"place", "verdict"} <= set(rows.columns):
        return
    own = _spoken_of(headline, rows[rows["place"] == place], texts or {})
    if "place_level" in own:
        own = own[own["place_level"] != "country"]
    if own.empty:
        return
    for direction in sorted(wanted):
        held = own["verdict"].eq(direction).fillna(False) & _excludes_zero(own)
        if not held.any():
            found = ", ".join(own["verdict"].astype("object").fillna("withheld or missing").astype(str))
            raise ValueError(
                f"`headline` says that {place} is {direction} the rest, but none of its {len(own)} rows is"
                f" (found: {found}). Write the headline from the table, or drop the comparison: {headline!r}."
            )


def _names(headline: str, place: str) -> bool:
    """Whether a headline is about a place; of a group it speaks in lower case, "i landkommunerne"."""
    return place in headline or (municipalities.is_group(place) and words.plural(place) in headline)


def _spoken_of(headline: str, own: pd.DataFrame, texts: Mapping[str, Mapping[str, str]]) -> pd.DataFrame:
    """Return the rows whose area (or other coded column) the headline names; all of them where it names none."""
    for column, labels in texts.items():
        named = [code for code, label in labels.items() if str(label).lower() in headline.lower()]
        if column in own and own[column].isin(named).any():
            own = own[own[column].isin(named)]
    return own


def _excludes_zero(rows: pd.DataFrame) -> pd.Series:
    if not {"difference_low", "difference_high"} <= set(rows.columns):
        return pd.Series(True, index=rows.index)
    low = pd.to_numeric(rows["difference_low"])
    high = pd.to_numeric(rows["difference_high"])
    return (low.gt(0) | high.lt(0)).fillna(False).astype(bool)
