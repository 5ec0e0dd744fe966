"""What goes together: how handover, training and turnover are answered, beside caseload and how the work is organised.

The source's own claim is that caseload bears on how handover and introduction are experienced. Here it is examined
with the survey's design; all words are of going together, none of effects.
"""

import numpy as np
import pandas as pd
import seaborn as sns

from analysis import danish, data, sentences
from analysis.charts.style import read_style
from analysis.comparisons import chance_findings
from analysis.disclosure import ProtectedTable
from analysis.subjects import practices
from analysis.subjects.association_models import NAMES, OUTCOMES, beside_curve, curve, effects, scale
from analysis.texts import say, small

__all__ = [
    "OUTCOMES",
    "beside_curve",
    "curve",
    "draw_curve",
    "draw_effects",
    "effects",
    "finding",
    "for_curve",
    "for_effects",
    "nine",
    "of_place",
    "on_the_scale",
    "reservations",
    "scale",
]

_STEMS = {
    "case_handover": "overlevering",
    "introduction_sufficient": "oplaering",
    "has_changed_workplace": "skift",
}
_CERTAINTY = {
    "over": "Ja",
    "maybe_over": "Måske",
    "som": "Ikke målbar",
    "maybe_under": "Måske",
    "under": "Ja",
}


# ---- drawings


def draw_effects(ax, rows: pd.DataFrame) -> None:
    """Draw a mark and an interval for each term, and a line at 0: nothing goes together."""
    style = read_style()
    rows = rows.iloc[::-1]
    at = np.arange(len(rows))
    clear = rows["verdict"].isin(["over", "under"]).to_numpy()
    ax.axvline(0, color=style.colour("rule"), linewidth=0.8)
    for marked, colour in ((clear, "series"), (~clear, "calm_light")):
        shade = style.colours[colour][0] if colour == "series" else style.colour(colour)
        ax.hlines(at[marked], rows["low"][marked], rows["high"][marked], color=shade, linewidth=1.4)
        ax.scatter(rows["estimate"][marked], at[marked], color=shade, s=20, zorder=3)
    ax.set_yticks(at, rows["term"])
    ax.set_ylim(-0.6, len(rows) - 0.4)
    ax.set_xlabel("Procentpoint flere eller færre")


def draw_curve(ax, rows: pd.DataFrame) -> None:
    """Draw the expected share with its band over caseload, and what was answered in each class."""
    style = read_style()
    line, mark = style.colours["series"][:2]
    classes, own = rows[rows["estimate"].notna()], rows[rows["estimate"].isna()]
    ax.fill_between(classes["caseload"], classes["low"], classes["high"], color=line, alpha=0.15, linewidth=0)
    sns.lineplot(classes, x="caseload", y="estimate", ax=ax, color=line, label="Modellen, alt andet lige")
    sns.scatterplot(
        classes, x="caseload", y="observed", ax=ax, color=mark, s=24, label="Svarene i hver klasse"
    )
    if len(own):
        name, accent = own["cases"].iloc[0].rpartition(", ")[0], style.colour("accent")
        ax.vlines(own["caseload"], own["low"], own["high"], color=accent, linewidth=0.8)
        ax.plot(
            own["caseload"], own["observed"], color=accent, marker="D", markersize=5, linewidth=1, label=name
        )
        ax.legend()
    ax.set_xlabel("Sager pr. sagsbehandler")
    ax.set_ylim(0, 1)


# ---- words: the prose is in texts/08_associations.j2


def _say(piece: str, table: ProtectedTable, **values) -> str:
    if table.frame["status"].eq("not_asked").all():
        asked = f"ikke spurgt i {table.quantity['year']}"
        said = f"Andelen {OUTCOMES[table.quantity['variable']][1]}: {asked}"
        told = {"effects_headline": said, "curve_headline": said, "finding": f"{said}.", "scale": ""}
        return told.get(piece, f"{danish.first_upper(asked)}.")
    return say("08_associations", piece, invented=table.synthetic, **values)


def _shown(table: ProtectedTable, *verdicts: str) -> pd.DataFrame:
    rows = table.frame[table.frame["status"].eq("shown")]
    return rows[rows["verdict"].isin(verdicts)] if verdicts else rows


def _texts(table: ProtectedTable, place: str, stem: str, headline: str, described: str) -> dict:
    return {
        "name": f"{stem}_{_STEMS[table.quantity['variable']]}",
        "place": place,
        "headline": headline,
        "description": f"{described}. Sagsbehandlere, {table.quantity['year']}. 95 pct. sikkerhedsinterval",
        "alt": f"{described}, {len(table.frame)} rækker. {headline.removesuffix('.')}.",
    }


def for_effects(table: ProtectedTable, place: str) -> dict:
    """Texts of the figure of effects; the headline tells of caseload, which the source's claim is about."""
    _, who, in_full = OUTCOMES[table.quantity["variable"]]
    rows = _shown(table, "over", "under")
    caseload = rows[rows["term"].eq(NAMES["caseload_within"])].to_dict("records")
    headline = _say("effects_headline", table, who=who, caseload=caseload[0] if caseload else None)
    return _texts(table, place, "sammenhaenge", headline, f"Forskel i andelen {in_full}, alt andet lige") | {
        "note": _say("effects_note", table, used=table.quantity["used"], left_out=table.quantity["left_out"]),
        "columns": {"term": "Forhold", "estimate": "Procentpoint", "low": "Fra", "high": "Til", "n": "Svar"}
        | {"p_adjusted": "p, justeret", "verdict": "Sammenhæng"},
        "labels": {"verdict": _CERTAINTY},
    }


def for_curve(table: ProtectedTable, place: str) -> dict:
    """Texts of the figure of expected shares over caseload."""
    _, who, in_full = OUTCOMES[table.quantity["variable"]]
    rows = _shown(table)
    own = rows["estimate"].isna().any()
    rows = rows.dropna(subset="estimate").to_dict("records")
    ends = {"first": rows[0], "last": rows[-1]} if rows else {}
    headline = _say("curve_headline", table, who=who, **ends)
    columns = {"cases": "Sager", "estimate": "Modellen (pct.)", "low": "Fra", "high": "Til"}
    return _texts(table, place, "sagstal_og", headline, f"Andel {in_full}, efter sagstal") | {
        "note": _say("curve_note", table, marked=place if own else ""),
        "value_label": "Andel (pct.)",
        "columns": columns | {"observed": "Svarene (pct.)", "n": "Svar"},
    }


def finding(table: ProtectedTable) -> str:
    """What goes together with an answer, and what may do so by chance, in one paragraph."""
    clear, tests = _shown(table, "over", "under"), len(_shown(table))
    maybe = _shown(table, "maybe_over", "maybe_under")["term"]
    return _say(
        "finding",
        table,
        in_full=OUTCOMES[table.quantity["variable"]][2],
        clear=clear.assign(phrase=clear["term"].map(_phrase)).to_dict("records"),
        maybe=[_phrase(term) for term in maybe],
        tests=tests,
        by_chance=chance_findings(tests),
    )


def _phrase(term: str) -> str:
    return small(term).replace(", mod ", " frem for ")


def on_the_scale(table: ProtectedTable) -> str:
    """The sentence of `scale`."""
    rows = _shown(table).to_dict("records")
    return _say("scale", table, row=rows[0] if rows else None, phrase=_phrase(NAMES["caseload_within"]))


def of_place(caseloads: ProtectedTable, difficult: ProtectedTable, place: str) -> str:
    """Where a place lies on both: its caseload, its share, and what the model expects of so many cases.

    Parameters
    ----------
    caseloads, difficult : ProtectedTable
        The measures of caseload and of difficult handover.
    """
    table = curve("case_handover", difficult.quantity["year"], difficult.min_count)
    classes = _shown(table)
    cases = sentences.own_rows(caseloads, place)
    cases = cases[cases["status"].eq("shown")]
    share = sentences.own_rows(difficult, place).iloc[0]
    near = [(classes["caseload"].astype(float) - row).abs().idxmin() for row in cases["estimate"]]
    return _say(
        "place",
        table,
        where=danish.locate(place),
        who=OUTCOMES["case_handover"][1],
        caseloads=[
            f"{danish.number(row['estimate'], 1)}{sentences.on_area(row)}" for _, row in cases.iterrows()
        ],
        expected=[danish.percent(classes.loc[row, "estimate"]) for row in near],
        share=share if share["status"] == "shown" else None,
    )


def nine() -> str:
    """What the nine visited municipalities showed of the same: cases beside the survey, no test."""
    visited = practices.read().dropna(subset=["handover_difficulty"])
    cases = visited[["caseload_at_risk", "caseload_disability"]].astype(float).mean(axis=1).dropna()
    kinds = visited.loc[cases.index, "handover_difficulty"]
    parts = [cases[kinds.eq(kind)] for kind in ("lesser", "same")]
    groups = [{"count": len(part), "mean": part.mean()} for part in parts if len(part)]
    return say("08_associations", "nine", invented=data.is_synthetic("practices"), groups=groups)


def reservations(year: int) -> str:
    """What non-response and what wasn't asked may do to the associations."""
    people = data.read("caseworkers", year)
    return say("08_associations", "reservations", responding=len(people) / people["weight"].sum())
