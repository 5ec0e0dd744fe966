"""Alternative text, written from the figure's own table."""

import re
from collections.abc import Mapping, Sequence

import pandas as pd

from analysis import danish, data, municipalities
from analysis.disclosure import ProtectedTable, limit_words

LONGEST = 299
_FEW = 4  # rows whose names, and values where none is the place's own, are told one by one
_SYNTHETIC = "Syntetiske data"
VERDICTS = {
    "over": "Over resten af landet",
    "maybe_over": "Måske over",
    "som": "Ingen forskel set",
    "maybe_under": "Måske under",
    "under": "Under resten af landet",
    "none": "Ikke sammenlignet",
}
STATUS_WORDS = {
    "bounded": "under/over",
    "withheld": "diskretioneret",
    "missing": "ingen svar",
    "not_relevant": "ikke relevant",
    "not_asked": "ikke spurgt",
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
    first = marked(_sentence(shows), synthetic)
    tries = [
        [_sentence(finding), *map(_sentence, values), _hidden(hidden)],
        [_sentence(finding), *map(_sentence, values), _hidden_count(hidden)],
        [_sentence(finding), *map(_sentence, values[:1]), _hidden_count(hidden)],
        [*map(_sentence, values[:1]), _hidden_count(hidden)],
        [_hidden_count(hidden)],
    ]
    texts = [" ".join(part for part in [first, *parts] if part) for parts in tries]
    return next((text for text in texts if len(text) <= LONGEST), texts[-1][: LONGEST - 1] + "…")


def marked(alt: str, synthetic: bool) -> str:
    """An alternative text that begins with the words that the data are synthetic, where they are."""
    return f"{_SYNTHETIC}. {alt}" if synthetic and _SYNTHETIC.lower() not in alt.lower() else alt


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
    if row["status"] == "bounded":
        return f"{name}: {limit_words(row)}"
    if row["status"] != "shown":
        return f"{name}: {STATUS_WORDS[row['status']]}"
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
    options: Mapping | None = None,
) -> str:
    """Write the alternative text of a chart whose rows are places with estimates; `options` may name a panel."""
    rows, panel = table.frame, (options or {}).get("panel")
    own = rows[rows["place"] == place]
    labels = (options or {}).get("panel_labels") or {}
    values = [
        row_value(row, unit, decimals, labels.get(row[panel], str(row[panel])) if panel else "")
        for _, row in own.iterrows()
    ]
    if own.empty and len(rows) <= _FEW:  # classes of answers, or other places
        values = ["; ".join(row_value(row, unit, decimals) for _, row in rows.iterrows())]
    hidden = sorted(
        set(rows.loc[rows["status"].eq("withheld") & rows["place"].ne(place), "place"]), key=danish.sort_key
    )
    return alt_text(f"{chart} for {_count(rows)}", headline, values, hidden, table.synthetic)


def _count(rows: pd.DataFrame) -> str:
    """Say which places are drawn: by name where they are few, else how many municipalities."""
    names = list(dict.fromkeys(rows["place"]))
    if len(names) <= _FEW:
        return danish.join_words(names)
    municipal = rows["place_level"].eq("municipality") if "place_level" in rows else rows["place"].notna()
    places = rows.loc[municipal, "place"].nunique()
    return f"{places} kommuner" if places > 1 else f"{len(names)} steder"


def source(*tables: str, year: int | None = None) -> str:
    """The source line of the processed tables that a figure rests on, of one year where it is told."""
    titles = dict.fromkeys(title for table in tables for title in data.titles(table, year))
    return f"{'; '.join(titles)}, og egne beregninger."


# What a note must say because of what is drawn: withheld rows, hollow marks, missing answers.


def with_explanations(note: str, table: ProtectedTable, uncertain_mark: str = "Hult mærke") -> str:
    """Add to a note what the table's rows need explained, each sentence once.

    Parameters
    ----------
    uncertain_mark : how the chart draws an uncertain estimate; empty where it does not.
    """
    rows = table.frame
    sentences = [note.strip()]
    if uncertain_mark and "reliability" in rows and rows["reliability"].eq("usikker").any():
        sentences.append(f"{uncertain_mark}: usikkert skøn (få svar eller bredt interval).")
    if rows["status"].eq("withheld").any():
        sentences.append(
            f"Diskretioneret: færre end {table.min_count} svar, eller skjult så andre ikke kan regnes ud."
            if table.min_count
            else "Diskretioneret: vises ikke af hensyn til anonymiteten."
        )
    if rows["status"].eq("bounded").any():
        sentences.append("Hvor ingen eller alle, eller næsten, har svaret sådan, vises kun en grænse.")
    if rows["status"].eq("missing").any():
        sentences.append("Ingen svar: spørgsmålet er ikke besvaret.")
    return " ".join(sentence for sentence in sentences if sentence)


# The guard of headlines: a figure says "flere" or "færre" only where the difference says so.

_WORDS = {
    "over": {"flere", "over", "mere", "højere", "længere", "oftere"},
    "under": {"færre", "under", "mindre", "lavere", "kortere", "sjældnere"},
}
# What takes the claim out of a word: a denial, or a population ("under 18 år").
_NOT_A_CLAIM = re.compile(
    r"hverken \w+ eller \w+|af \d+ kommuner er over resten af landet, (?:\d+|ingen) er under|"
    r"\bikke \w+|\b(?:over|under) \d+ år\b|\bover for\b|\bmere eller mindre\b"
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
    return place in headline or (municipalities.is_group(place) and danish.plural(place) in headline)


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
