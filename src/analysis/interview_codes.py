"""The coded interviews: how many interviews each code is found in, by role, and quotations that a hand has passed.

Interviews are people: the counts go through the gate, each code by itself, and nothing is told by municipality.
"""

import numpy as np
import pandas as pd

from analysis import agreement, codebook, danish, data, kept, paths
from analysis.disclosure import ProtectedTable, protect
from analysis.practice_sentences import in_words
from analysis.sentences import first_upper, source

ROLE = "interview_role"


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


@kept.once
def codes_by_role(min_count: int = 5) -> ProtectedTable:
    """In how many interviews each code is found, by role, protected.

    A code that all of a role mention, or none, tells what each of them said, and is withheld.
    """
    rows = count_codes(data.read("codings"), data.read("interviews"))
    rows = rows.assign(variable=rows["place"], level_count=rows["estimate"].astype(int))
    quantity = {"table": "codings", "variable": "code", "level": None}
    return protect(rows, min_count, within="role", synthetic=data.is_synthetic("codings"), quantity=quantity)


def interviews_with(table: ProtectedTable, code: str) -> tuple[int, int] | None:
    """In how many of how many interviews a code is found, both roles together; None where it isn't shown."""
    rows = table.frame[table.frame["place"].eq(code)]
    if rows.empty:
        return 0, len(data.read("interviews"))
    if rows["status"].ne("shown").any():
        return None
    return int(rows["estimate"].sum()), int(rows["n"].sum())


def for_codes(table: ProtectedTable, place: str) -> dict:
    """Texts of the codes by role, as arguments of `charts.bars`."""
    rows = table.frame
    roles = codebook.levels(ROLE, "interviews")
    held = data.read("interviews").groupby(ROLE, observed=True).size()
    counts = [f"{in_words(held.get(role, 0))} {_PLURAL[role]}" for role in roles]
    return {
        "place": place,
        "headline": _headline(rows),
        "description": f"Antal interview hvor en kode er brugt, efter den interviewedes rolle. I alt "
        f"{danish.join_words(counts)}",
        "note": "En kode tælles én gang i hvert interview, uanset hvor mange der kodede det. Koden siger at temaet "
        "er nævnt, ikke hvad der menes. Interviewene er ingen stikprøve, så forskelle mellem rollerne kan være "
        "tilfældige. Koder som alle i en rolle nævner, eller ingen, diskretioneres, for de fortæller hvad hver "
        "enkelt sagde.",
        "source": source("codings"),
        "unit": "interview",
        "panel": "role",
        "panel_labels": roles,
        "order": "position",
        "columns": {
            "theme": "Tema",
            "place": "Kode",
            "role": "Rolle",
            "estimate": "Interview med koden",
            "n": "Interview",
        },
        "alt": _alt(table, counts),
    }


_PLURAL = {"caseworker": "sagsbehandlere", "leader": "ledere"}


def _largest_gap(rows: pd.DataFrame) -> tuple[str, dict[str, int]] | None:
    """The code that the roles differ most on, with the count of each; None where no code is shown for both."""
    both = rows[rows["status"].eq("shown")].pivot_table(
        index="place", columns="role", values="estimate", sort=False
    )
    both = both.dropna()
    if both.empty or both.shape[1] < 2:
        return None
    code = (both["caseworker"] - both["leader"]).abs().idxmax()
    return code, {role: int(both.loc[code, role]) for role in ("caseworker", "leader")}


def _headline(rows: pd.DataFrame) -> str:
    gap = _largest_gap(rows)
    if gap is None:
        return "Kodernes fordeling på roller er diskretioneret"
    code, counts = gap
    return (
        f"Sagsbehandlere og ledere er længst fra hinanden om »{code}«: "
        f"{in_words(counts['caseworker'])} mod {in_words(counts['leader'])} interview"
    )


def _alt(table: ProtectedTable, counts: list[str]) -> str:
    mark = "Syntetiske data. " if table.synthetic else ""
    codes, hidden = table.frame["place"].nunique(), int(table.frame["status"].eq("withheld").sum())
    return (
        f"{mark}Søjlediagram over {codes} koder i interview med {danish.join_words(counts)}, en kolonne for hver "
        f"rolle. {_headline(table.frame)}. {hidden} tal er diskretionerede."
    )


# ---- quotations


def _approved() -> pd.DataFrame:
    """The quotations that a hand has passed for publication, by role and code."""
    return pd.read_csv(paths.project() / "data" / "quotations.csv", dtype="str", keep_default_na=False)


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


@kept.once
def quotation_list(codes: tuple[str, ...] = ()) -> str:
    """Quotations as a Danish list in markdown, by theme and role only; all codes when none are named."""
    found = quotations(data.read("codings"), _approved())
    if codes:
        found = found[found["code"].isin(codes)]
    if found.empty:
        return "Ingen citater er godkendt til offentliggørelse."
    roles = codebook.levels(ROLE, "interviews")
    lines = [
        f"- »{row['segment']}« – {roles[row[ROLE]].lower()}, *{row['code']}*" for _, row in found.iterrows()
    ]
    mark = "Citaterne er opdigtede. " if data.is_synthetic("codings") else ""
    return f"{mark}Hvert citat er godkendt enkeltvis og står kun med rolle.\n\n" + "\n".join(lines)


# ---- agreement


def _verdict(found: agreement.Agreement) -> str:
    """What the agreement is good for, judged by the lower bound of its interval."""
    if found.low >= agreement.RELIABLE:
        return "Enigheden om koderne er stor nok til at bygge på"
    if found.low >= agreement.TENTATIVE:
        return "Enigheden om koderne rækker til foreløbige konklusioner"
    return "Enigheden om koderne er for usikker til at bygge på"


@kept.once
def agreement_sentence() -> str:
    """How well the coders agree on codes and on themes, with intervals."""
    codings = data.read("codings")
    if agreement.units_of(codings).notna().sum(axis=1).lt(2).all():
        return "Ingen dele af interviewene er kodet af to, så enigheden kan ikke måles."
    code, theme = agreement.coder_agreement(codings), agreement.coder_agreement(codings, "theme")
    bounds = [danish.number(limit, 2) for limit in (agreement.RELIABLE, agreement.TENTATIVE)]
    return (
        f"{first_upper(in_words(code.coder_count))} har kodet de samme {danish.number(code.unit_count)} tekststykker i "
        f"{in_words(code.cluster_count)} interview. Krippendorffs alfa er {_alpha(code)} for koder og {_alpha(theme)} "
        f"for temaer. {_verdict(code)}: grænserne er {bounds[0]} og {bounds[1]}, og det er intervallets "
        "nedre ende der tæller. Intervallet er fundet ved at trække hele interview med tilbagelægning."
    )


def _alpha(found: agreement.Agreement) -> str:
    if pd.isna(found.alpha):
        return "ikke til at beregne, fordi kun én kode er brugt,"
    if found.alpha == 1:
        return "1, altså fuld enighed,"
    span = danish.interval(found.low, found.high, 2)
    return f"{danish.number(found.alpha, 2)} (95 pct. interval {span})"
