"""What goes together, in numbers: design-based models of handover, training and turnover, behind the gate.

Terms are of the country: caseload within and between municipalities, and how the work is organised.
"""

import numpy as np
import pandas as pd

from analysis import codebook, danish, data, sentences
from analysis.comparisons import judge
from analysis.disclosure import ProtectedTable, not_asked, protect
from analysis.estimates import Design, estimate_proportion
from analysis.estimates.intervals import t_interval
from analysis.estimates.models import Model, logit, ordinal, predicted_shares
from analysis.measures.places import DESIGN, answered
from analysis.municipalities import COUNTRY

_LITTLE = "der kun i mindre grad eller slet ikke "
# What is explained: column -> answers that count, who gives them (in a headline, in full), and the file's word.
OUTCOMES = {
    "case_handover": (
        ("lesser", "not_at_all"),
        "der oplever overleveringen som vanskelig",
        _LITTLE + "oplever en hurtig og effektiv overlevering",
    ),
    "introduction_sufficient": (
        ("lesser", "not_at_all"),
        "der finder oplæringen utilstrækkelig",
        _LITTLE + "finder oplæringen tilstrækkelig",
    ),
    "has_changed_workplace": (
        ("yes",),
        "der har skiftet arbejdsplads",
        "der har skiftet arbejdsplads inden for et år",
    ),
}
# Municipality is the cluster: much of what stands beside the answers is the same for all colleagues.
_CLUSTERS = Design(cluster="municipality_code", weights="weight")
_STEP = 10  # cases
_SIZES = {"small": (0, 30), "middle": (30, 60), "large": (60, np.inf)}
# Nothing can be said of three municipalities: they stand with those most like them.
_JOINED = dict.fromkeys(["Provinsbykommuner", "Storbykommuner"], "Provins- og storbykommuner")
_COMMON = ["sparring_hours", "introduction", "area", "case_unit", "municipality_group", "size"]
_TERMS = ["caseload_within", "caseload_between", *_COMMON]
NAMES = {
    "caseload_within": f"{_STEP} sager flere end kollegerne",
    "caseload_between": f"{_STEP} sager flere i kommunens gennemsnit",
    "sparring_hours": "1 time mere til sparring om ugen",
    "introduction[programme]": "Introduktionsprogram uden mentor, mod intet",
    "introduction[mentor]": "Introduktionsprogram med mentor, mod intet",
    "size[middle]": "30–59 sagsbehandlere i kommunen, mod færre",
    "size[large]": "60 eller flere sagsbehandlere i kommunen, mod under 30",
    "case_unit[family]": "Kommunen tæller familier, mod børn",
}
# A term that nobody answered, or all alike.
_LEFT_OUT = {
    "caseload_within": "sagstal i forhold til kollegernes",
    "caseload_between": "kommunens sagstal",
    "sparring_hours": "timer til sparring",
    "introduction": "introduktionsprogram",
    "area": "område",
    "case_unit": "opgørelse pr. barn eller familie",
    "municipality_group": "kommunegruppe",
    "size": "kommunens størrelse",
}


def _people(year: int) -> pd.DataFrame:
    """Caseworkers with what is put beside their answers."""
    people = answered(answered(data.read("caseworkers", year), "has_mentor"), "has_introduction_programme")
    people = people.assign(caseload=people["caseload"].astype("Float64"))
    mean = people["caseload"] * people["weight"]
    by = people["municipality_code"]
    known = people["weight"].where(people["caseload"].notna())
    own = mean.groupby(by).transform("sum") / known.groupby(by).transform("sum")
    has, mentor = people["has_introduction_programme"], people["has_mentor"]
    kinds = np.select(
        [has.eq("no"), has.eq("yes") & mentor.eq("no"), has.eq("yes") & mentor.eq("yes")],
        ["none", "programme", "mentor"],
        "",
    )
    introduction = pd.Series(kinds, index=people.index).replace("", pd.NA)
    size = pd.Series(pd.NA, index=people.index, dtype="object")
    for name, (low, high) in _SIZES.items():
        size = size.mask(people["employed_count"].ge(low) & people["employed_count"].lt(high), name)
    return people.assign(
        caseload_within=(people["caseload"] - own) / _STEP,
        caseload_between=own.where(people["caseload"].notna()) / _STEP,
        introduction=introduction.astype(pd.CategoricalDtype(["none", "programme", "mentor"])),
        size=size.astype(pd.CategoricalDtype(list(_SIZES))),
        municipality_group=people["municipality_group"].replace(_JOINED),
    )


def _with_outcome(people: pd.DataFrame, outcome: str) -> pd.DataFrame:
    people = answered(people, outcome)
    low = people[outcome].isin(OUTCOMES[outcome][0]).astype("Int64")
    return people.assign(low=low.where(people[outcome].notna()))


def _asked(people: pd.DataFrame, terms: list[str]) -> list[str]:
    """The terms that the year's survey has: one that was never answered, or always alike, tells nothing."""
    return [term for term in terms if len(people[term].dropna().unique()) > 1]


def _left_out(people: pd.DataFrame) -> list[str]:
    """The terms that can't be examined, in Danish."""
    gone = [term for term in _TERMS if term not in _asked(people, _TERMS)]
    return [_LEFT_OUT[term] for term in gone]


def _none_asked(keys: dict[str, list[str]], outcome: str, year: int, min_count: int) -> ProtectedTable:
    """The rows of an outcome that the year's survey didn't ask."""
    columns = ["estimate", "low", "high", "caseload", "observed", "n", "p_adjusted", "verdict"]
    rows = pd.DataFrame(keys).reindex(columns=[*keys, *columns])
    return not_asked(
        rows,
        min_count,
        _quantity(outcome, year) | {"used": 0, "left_out": []},
    )


def _numbers_behind(people: pd.DataFrame, model: Model, terms: list[str]) -> pd.DataFrame:
    """Respondents behind each row, and of them those with the answer: of a level, no more than of its reference."""
    used = people.dropna(subset=["low", *terms])
    rows = []
    for term in model.margins["term"]:
        column, _, level = term.removesuffix("]").partition("[")
        groups = [used] if not level else [used[used[column].astype(str).eq(level)], _reference(used, column)]
        smallest = min(groups, key=len)
        rows.append(
            {"n": len(groups[0]), "smallest": len(smallest), "level_count": int(smallest["low"].sum())}
        )
    return pd.DataFrame(rows)


def _reference(used: pd.DataFrame, column: str) -> pd.DataFrame:
    values = used[column]
    categories = (
        values.cat.categories if isinstance(values.dtype, pd.CategoricalDtype) else sorted(values.unique())
    )
    return used[values.eq(next(level for level in categories if values.eq(level).any()))]


@data.once
def effects(outcome: str, year: int, min_count: int = 5) -> ProtectedTable:
    """Average marginal effects on the share with an answer: what goes together, with everything else equal.

    Parameters
    ----------
    outcome : str
        One of `OUTCOMES`.
    year : int
        The survey's year.
    min_count : int
        A level (or its reference) with fewer respondents is withheld.

    Returns
    -------
    ProtectedTable
        One row a term: ``term`` (Danish), ``estimate``, ``low``, ``high`` [percentage points], ``n``, ``p_adjusted``
        (over the terms) and ``verdict`` (`comparisons.judge`: over is more of the answer).

    Raises
    ------
    ValueError
        If the model can't be fitted: separation, or a term with one level.
    """
    people = _with_outcome(_people(year), outcome)
    if people["low"].isna().all():
        return _none_asked({"term": [OUTCOMES[outcome][1]]}, outcome, year, min_count)
    terms = _asked(people, _TERMS)
    model = logit(people, "low", terms, _CLUSTERS)
    margins = model.margins.assign(difference=model.margins["estimate"])
    judged = judge(
        margins,
        lambda coverage: t_interval(margins["estimate"], margins["standard_error"], model.df, coverage),
    )
    behind = _numbers_behind(people, model, terms)
    rows = pd.DataFrame(
        {
            "term": [_label(term, people) for term in judged["term"]],
            "estimate": 100 * judged["estimate"],
            "low": 100 * judged["difference_low"],
            "high": 100 * judged["difference_high"],
            "n": behind["n"].where(behind["smallest"] >= min_count, behind["smallest"]),
            "level_count": behind["level_count"].where(
                behind["level_count"] < behind["smallest"], behind["n"]
            ),
            "p_adjusted": judged["p_adjusted"],
            "verdict": judged["verdict"],
        }
    )
    used = {"used": model.n, "left_out": _left_out(people)}
    quantity = _quantity(outcome, year) | {"unit": "procentpoint", "decimals": 1} | used
    return protect(rows, min_count, quantity=quantity)


def _quantity(outcome: str, year: int) -> dict:
    return {"table": "caseworkers", "variable": outcome, "year": year}


def _label(term: str, people: pd.DataFrame) -> str:
    column, _, level = term.removesuffix("]").partition("[")
    if term in NAMES:
        return NAMES[term]
    reference = _reference(people.dropna(subset=[column]), column)[column].iloc[0]
    if column == "area":
        words = codebook.levels("area")
        return f"{words[level]}, mod {words[str(reference)].lower()}"
    return f"{level}, mod {str(reference).lower()}"


@data.once
def curve(outcome: str, year: int, min_count: int = 5) -> ProtectedTable:
    """Shares over caseload: what the model expects if all had so many cases, beside what was answered.

    Returns
    -------
    ProtectedTable
        One row a class of caseload: ``cases`` (Danish text), ``caseload`` [cases, its middle], ``estimate``, ``low``,
        ``high`` (expected share [0-1]), ``observed`` (share among those in the class) and ``n``.
    """
    people = _with_outcome(_people(year), outcome)
    terms = _asked(people, ["caseload", *_COMMON])
    if people["low"].isna().all() or "caseload" not in terms:
        return _none_asked({"cases": ["alle"]}, outcome, year, min_count)
    model = logit(people, "low", terms, _CLUSTERS)
    used = people.dropna(subset=["low", *terms])
    edges = _edges(used["caseload"].to_numpy(dtype=float), max(min_count, 30))
    band = pd.cut(people["caseload"].astype(float), [*edges[:-1], np.inf], right=False, labels=edges[:-1])
    classes = people.assign(band=band.where(people["low"].notna())).dropna(subset=["band"])
    observed = estimate_proportion(classes, "low", 1, DESIGN, by=["band"])
    middle = np.array([(low + high) / 2 for low, high in zip(edges, edges[1:], strict=False)])
    expected = predicted_shares(model, "caseload", middle)
    counts = classes.groupby("band", observed=True)["low"].agg(["size", "sum"])
    rows = expected[["caseload", "estimate", "low", "high"]].assign(
        cases=[f"{low:.0f}–{high - 1:.0f}" for low, high in zip(edges, edges[1:], strict=False)],
        observed=observed["estimate"].to_numpy(),
        n=counts["size"].to_numpy(),
        level_count=counts["sum"].to_numpy(),
    )
    rows.loc[rows.index[-1], "cases"] = f"{edges[-2]:.0f} og flere"
    rows["caseload"] = rows["caseload"].astype(int)
    quantity = _quantity(outcome, year) | {
        "unit": "pct.",
        "decimals": 0,
        "level": "|".join(OUTCOMES[outcome][0]),
    }
    return protect(rows, min_count, quantity=quantity)


def beside_curve(
    table: ProtectedTable, caseloads: ProtectedTable, difficult: ProtectedTable, place: str
) -> ProtectedTable:
    """The curve with what a place itself answered: a row for each area whose caseload is shown; else the curve alone.

    Parameters
    ----------
    table : ProtectedTable
        From `curve`, of case_handover.
    caseloads, difficult : ProtectedTable
        The measures of caseload and of difficult handover: what they withhold of the place stays withheld.
    place : str
        A municipality, a group, or the country, which the curve itself is of.
    """
    cases, share = sentences.own_rows(caseloads, place), sentences.own_rows(difficult, place)
    cases = cases[cases["status"].eq("shown")]
    if (
        place == COUNTRY
        or cases.empty
        or share["status"].ne("shown").any()
        or table.frame["status"].ne("shown").any()
    ):
        return table
    own = pd.DataFrame(
        {
            "cases": [
                f"{place}, {danish.number(row['estimate'], 1)}{sentences.on_area(row)}"
                for _, row in cases.iterrows()
            ],
            "caseload": cases["estimate"].round().astype(int),
            "observed": share["estimate"].iloc[0],
            **share[["low", "high", "n"]].iloc[0],
        }
    )
    return protect(
        pd.concat([table.frame.drop(columns="status"), own], ignore_index=True),
        table.min_count,
        quantity=table.quantity,
    )


def _edges(cases: np.ndarray, fewest: int) -> list[float]:
    """Tens of cases, joined at both ends until each class has enough respondents."""
    edges = list(np.arange(10 * np.floor(cases.min() / 10), cases.max() + 10, 10))
    for end in (1, -2):
        while len(edges) > 3:
            counts = np.histogram(cases, edges)[0]
            if counts[0 if end == 1 else -1] >= fewest:
                break
            edges.pop(end)
    counts = np.histogram(cases, edges)[0]
    while len(edges) > 3 and counts.min() < fewest:  # a gap in the middle
        edges.pop(int(np.clip(counts.argmin(), 1, len(edges) - 2)))
        counts = np.histogram(cases, edges)[0]
    # the last class is drawn as wide as the others, whatever the highest caseload is
    return [*edges[:-1], edges[-2] + 10]


@data.once
def scale(outcome: str, year: int, min_count: int = 5) -> ProtectedTable:
    """Odds ratio of a less content answer at more cases than the colleagues, over all answers of a question.

    Returns
    -------
    ProtectedTable
        One row: ``estimate``, ``low``, ``high`` (ratios of odds) and ``n``, by proportional odds.
    """
    people = answered(_people(year), outcome)
    terms = _asked(people, _TERMS)
    if people[outcome].isna().all() or "caseload_within" not in terms:
        return _none_asked({"place": [COUNTRY]}, outcome, year, min_count)
    model = ordinal(people, outcome, terms, _CLUSTERS)
    row = model.coefficients.set_index("term").loc["caseload_within", ["estimate", "low", "high"]]
    rows = pd.DataFrame([np.exp(row.astype(float)).to_dict() | {"n": model.n, "place": COUNTRY}])
    quantity = _quantity(outcome, year) | {"unit": "", "decimals": 2}
    return protect(rows, min_count, quantity=quantity)
