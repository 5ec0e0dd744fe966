"""The coded interviews: how many interviews each code is found in, by role, and quotations that a hand has passed.

Interviews are people: the counts go through the gate, each code by itself, and nothing is told by municipality.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis import codebook, data, files
from analysis.charts.captions import source
from analysis.disclosure import ProtectedTable, protect
from analysis.subjects import tables
from analysis.texts import say

# Agreement between coders: Krippendorff's alpha for nominal codes, with a bootstrap interval.

RELIABLE, TENTATIVE = 0.800, 0.667
_UNIT = ["interview", "segment_start", "segment_end"]
_BOTH = " + "


@dataclass(frozen=True)
class Agreement:
    """How well coders agree.

    Attributes
    ----------
    alpha : float
        1 is perfect agreement, 0 what chance gives; missing where only one code is in use.
    low, high : float
        Bootstrap interval; missing where alpha is.
    unit_count, cluster_count, coder_count : int
        Segments that at least two coded, the interviews that they are in, and the coders.
    """

    alpha: float
    low: float
    high: float
    unit_count: int
    cluster_count: int
    coder_count: int


def codes_by_unit(units: pd.DataFrame) -> pd.DataFrame:
    """How many coders gave a unit each code.

    Parameters
    ----------
    units : DataFrame
        One row a unit, one column a coder; the code, or missing where the coder left the unit out.

    Returns
    -------
    DataFrame
        One row a unit that at least two coded, one column a code.
    """
    codes = sorted({code for coder in units for code in units[coder].dropna()})
    counts = pd.DataFrame({code: units.eq(code).sum(axis=1) for code in codes}, index=units.index)
    return counts[counts.sum(axis=1) >= 2]


def _parts(counts: np.ndarray) -> np.ndarray:
    """Per unit, what alpha is made of: observed disagreement, values, and the values of each code."""
    values = counts.sum(axis=1)
    observed = (values**2 - (counts**2).sum(axis=1)) / (values - 1)
    return np.column_stack([observed, values, counts])


def _alpha(sums: np.ndarray) -> np.ndarray:
    """Alpha of sums of parts, one a row; missing where nothing but one code is left."""
    observed, values, codes = sums[:, 0], sums[:, 1], sums[:, 2:]
    expected = (values**2 - (codes**2).sum(axis=1)) / np.maximum(values - 1, 1)
    shares = np.divide(observed, expected, out=np.full(len(sums), np.nan), where=expected > 0)
    return 1 - shares


def nominal_alpha(counts: np.ndarray) -> float:
    """Krippendorff's alpha of nominal codes.

    Parameters
    ----------
    counts : array, shape (units, codes)
        How many coders gave the unit the code; units with fewer than two codings count for nothing.

    Examples
    --------
    >>> nominal_alpha(np.array([[2, 0], [0, 2], [2, 0]]))
    1.0
    """
    counts = np.asarray(counts, dtype=float)
    paired = counts[counts.sum(axis=1) >= 2]
    return float(_alpha(_parts(paired).sum(axis=0, keepdims=True))[0])


def bootstrap_interval(
    counts: np.ndarray, clusters: np.ndarray, draws: int = 5000, seed: int = 2014, coverage: float = 0.95
) -> tuple[float, float]:
    """Percentile interval of alpha, whole clusters drawn with replacement.

    Parameters
    ----------
    counts : array, shape (units, codes)
        Units with at least two codings.
    clusters : array, shape (units,)
        The interview of each unit: segments of one interview are not independent.

    Returns
    -------
    tuple of float
        Missing where alpha is, in so many draws that nothing is left.
    """
    names, cluster = np.unique(np.asarray(clusters), return_inverse=True)
    parts = _parts(np.asarray(counts, dtype=float))
    sums = np.zeros((len(names), parts.shape[1]))
    np.add.at(sums, cluster, parts)
    weights = np.random.default_rng(seed).multinomial(
        len(names), np.full(len(names), 1 / len(names)), size=draws
    )
    alphas = _alpha(weights @ sums)
    defined = alphas[~np.isnan(alphas)]
    if not len(defined):
        return float("nan"), float("nan")
    low, high = np.quantile(defined, [(1 - coverage) / 2, (1 + coverage) / 2])
    return float(low), float(high)


def units_of(codings: pd.DataFrame, value: str = "code") -> pd.DataFrame:
    """Coded segments as units: one row a segment, one column a coder.

    A segment is the same unit for two coders when it begins and ends at the same characters. Where a coder
    gave a segment several codes, the set of them is one value.

    Parameters
    ----------
    codings : DataFrame
        The processed table `codings`.
    value : str
        "code", or "theme" for agreement on themes only.
    """
    return codings.pivot_table(
        index=_UNIT, columns="coder", values=value, aggfunc=lambda codes: _BOTH.join(sorted(set(codes)))
    )


def coder_agreement(codings: pd.DataFrame, value: str = "code", draws: int = 5000) -> Agreement:
    """Agreement of the coders on the segments that at least two of them coded.

    Raises
    ------
    ValueError
        If no segment was coded twice.
    """
    units = units_of(codings, value)
    twice = units[units.notna().sum(axis=1) >= 2]
    if twice.empty:
        raise ValueError(
            f"`codings` must have segments that two coders coded, but none of {len(units)} segments has."
            " Let two code the same interviews, or leave the agreement out."
        )
    counts = codes_by_unit(twice)
    interviews = counts.index.get_level_values("interview")
    low, high = bootstrap_interval(counts.to_numpy(), interviews.to_numpy(), draws)
    coders = int(twice.notna().any().sum())
    return Agreement(nominal_alpha(counts.to_numpy()), low, high, len(counts), interviews.nunique(), coders)


# The coded interviews: how many interviews each code is found in, by role, and quotations that a hand has passed.

ROLE = "interview_role"
_NOTEBOOK = "06_deep_mapping"


def count_codes(codings: pd.DataFrame, interviews: pd.DataFrame) -> pd.DataFrame:
    """In how many interviews each code is found.

    Parameters
    ----------
    codings, interviews : DataFrame
        As the processed tables.

    Returns
    -------
    DataFrame
        One row a code and role: theme, place (the code), position (the first highest, theme by theme),
        role, estimate [interviews with the code], n [interviews of the role].
    """
    codes = codings[["theme", "code"]].drop_duplicates()
    codes["theme"] = pd.Categorical(codes["theme"], categories=codes["theme"].unique())
    codes = codes.sort_values(["theme", "code"]).astype({"theme": str})
    codes["position"] = -np.arange(len(codes), dtype=float)
    found = codings.groupby(["theme", "code", ROLE], observed=True)["interview"].nunique().rename("estimate")
    held = interviews.groupby(ROLE, observed=True).size().rename("n").reset_index().astype({ROLE: str})
    rows = codes.merge(held, how="cross")
    rows = rows.merge(found.reset_index().astype({ROLE: str}), on=["theme", "code", ROLE], how="left")
    rows = rows.assign(estimate=rows["estimate"].fillna(0).astype(float))
    return rows.rename(columns={"code": "place", ROLE: "role"})


@data.once
def codes_by_role(min_count: int = 5) -> ProtectedTable:
    """In how many interviews each code is found, by role, protected.

    A code that all of a role mention, or none, tells what each of them said, and is withheld.
    """
    rows = count_codes(data.read("codings"), data.read("interviews"))
    rows = rows.assign(variable=rows["place"], level_count=rows["estimate"].astype(int))
    quantity = {"table": "codings", "variable": "code", "level": None, "unit": "interview", "decimals": 0}
    return protect(rows, min_count, within="role", quantity=quantity)


def interviews_with(table: ProtectedTable, code: str) -> tuple[int, int] | None:
    """In how many of how many interviews a code is found, both roles together; None where it isn't shown."""
    rows = table.frame[table.frame["place"].eq(code)]
    if rows.empty:
        return 0, len(data.read("interviews"))
    if rows["status"].ne("shown").any():
        return None
    return int(rows["estimate"].sum()), int(rows["n"].sum())


def _held() -> list[dict]:
    """How many interviews were held with each role."""
    held = data.read("interviews").groupby(ROLE, observed=True).size()
    return [{"role": role, "count": int(held.get(role, 0))} for role in codebook.levels(ROLE, "interviews")]


def for_codes(table: ProtectedTable, place: str) -> dict:
    """Texts of the codes by role, as arguments of `charts.bars`."""
    rows = table.frame
    values = {
        "held": _held(),
        "gap": _largest_gap(rows),
        "codes": rows["place"].nunique(),
        "hidden": int(rows["status"].eq("withheld").sum()),
        "invented": table.synthetic,
    }
    return tables.said(_NOTEBOOK, "codes", place, **values, sources=source("codings")) | {
        "unit": "interview",
        "panel": "role",
        "panel_labels": codebook.levels(ROLE, "interviews"),
        "order": "position",
        "columns": {
            "theme": "Tema",
            "place": "Kode",
            "role": "Rolle",
            "estimate": "Interview med koden",
            "n": "Interview",
        },
        "alt": say(_NOTEBOOK, "codes_alt", **values),
    }


def _largest_gap(rows: pd.DataFrame) -> dict | None:
    """The code that the roles differ most on, with the count of each; None where no code is shown for both."""
    both = rows[rows["status"].eq("shown")].pivot_table(
        index="place", columns="role", values="estimate", sort=False
    )
    both = both.dropna()
    if both.empty or both.shape[1] < 2:
        return None
    code = (both["caseworker"] - both["leader"]).abs().idxmax()
    return {"code": code} | {role: int(both.loc[code, role]) for role in ("caseworker", "leader")}


# ---- quotations


def _approved() -> pd.DataFrame:
    """The quotations that a hand has passed for publication, by role and code."""
    return pd.read_csv(files.project() / "data" / "quotations.csv", dtype="str", keep_default_na=False)


def quotations(codings: pd.DataFrame, approved: pd.DataFrame) -> pd.DataFrame:
    """The approved quotations that are in the material, word for word, with the same code and role.

    Returns
    -------
    DataFrame
        One row a quotation: theme, code, interview_role, segment; in the order of the approved.
    """
    columns = ["theme", "code", ROLE, "segment"]
    segments = codings.astype({ROLE: str})[columns].drop_duplicates()
    return approved.merge(segments, on=["code", ROLE, "segment"], how="inner")


@data.once
def quotation_list(codes: tuple[str, ...] = ()) -> str:
    """Quotations as a Danish list in markdown, by theme and role only; all codes when none are named."""
    found = quotations(data.read("codings"), _approved())
    if codes:
        found = found[found["code"].isin(codes)]
    rows = found.assign(role=found[ROLE].map(codebook.levels(ROLE, "interviews"))).to_dict("records")
    return say(_NOTEBOOK, "quotations", rows=rows, invented=data.is_synthetic("codings"))


# ---- agreement


@data.once
def agreement_sentence() -> str:
    """How well the coders agree on codes and on themes, with intervals."""
    codings = data.read("codings")
    if units_of(codings).notna().sum(axis=1).lt(2).all():
        return say(_NOTEBOOK, "agreement", code=None)
    code, theme = coder_agreement(codings), coder_agreement(codings, "theme")
    return say(_NOTEBOOK, "agreement", code=code, theme=theme, reliable=RELIABLE, tentative=TENTATIVE)
