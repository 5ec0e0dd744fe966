"""Coded interviews as two tables, by role only."""

import re

import pandas as pd

from analysis import codebook
from analysis.prepare.decode import decode, folded
from analysis.readers.refi_qda import PATH_MARK, CodedProject

_ROLE = r"^\s*(interview)?\s*(rolle|role)\b"
_ADVICE = (
    "Give the cases (or the documents) a variable `Rolle`, or put the documents in a set or a case for each role, in "
    "the analysis program, and export again; or say in the sidecar's `values`, under `interview_role`, which role a "
    "set or a case stands for."
)
# endings of a role in plural or in the definite form
_ENDINGS = r"(e|en|ne|erne|s)$"


def interviews_by_role(project: CodedProject, said: dict | None = None) -> pd.DataFrame:
    """One row an interview: its name by role and number, and the role; nothing else of the case is kept.

    Parameters
    ----------
    project : CodedProject
    said : dict, optional
        Role as the project has it -> level, from the sidecar's `values`.
    """
    roles = _roles(project, said)
    number = roles.groupby(roles).cumcount() + 1
    words = roles.map(codebook.levels("interview_role", "interviews"))
    return pd.DataFrame({"interview": words + " " + number.astype(str), "interview_role": roles})


def has_place(codings: pd.DataFrame) -> pd.Series:
    """Which codings are of a text that the project holds; those of pictures, sound and other files are not used."""
    return codings["start"].notna() & codings["text"].notna()


def _roles(project: CodedProject, said: dict | None) -> pd.Series:
    """Role of each source that is an interview, by its guid; a source without text needs none, and may have one."""
    told = _roles_told(project, said or {})
    if told.empty:
        variables = [name for name in project.cases.columns if name not in ("guid", "name")]
        raise ValueError(
            f"Coded interviews must tell the role of each, but neither cases, documents nor sets do (variables of the "
            f"cases: {', '.join(variables) or 'none'}). {_ADVICE}"
        )
    several = told.groupby("source")["role"].nunique()
    several = several[several > 1]
    if len(several):
        raise ValueError(
            f"Each interview must have one role, but {len(several)} of {len(project.sources)} have more "
            f"(first: interview {project.sources['guid'].tolist().index(several.index[0]) + 1}). Correct the "
            "cases, and export again."
        )
    sources = project.sources["guid"]
    roles = sources.map(told.drop_duplicates("source").set_index("source")["role"])
    coded = set(project.codings.loc[has_place(project.codings), "source"])
    # a text that nobody coded and that has no role is a note, not an interview
    needed = sources.isin(coded)
    absent = needed & roles.isna()
    if absent.any():
        raise ValueError(
            f"Each interview must have a role, but {absent.sum()} of {needed.sum()} don't (first: interview "
            f"{int(absent.argmax()) + 1}). {_ADVICE}"
        )
    known = roles.notna()
    levels = codebook.levels("interview_role", "interviews")
    return decode(roles[known].rename("interview_role"), levels, said=said).set_axis(sources[known])


def _known_roles(said: dict) -> dict[str, str]:
    """Folded role, as the codebook or the sidecar writes it -> as written there."""
    levels = codebook.levels("interview_role", "interviews")
    return {folded(text): text for text in (*levels, *levels.values(), *said)}


def _as_known(role: object, known: dict) -> object:
    """A role as it is written where it is known (`Ledere` is Leder); one that is not, as it is."""
    text = folded(role)
    return known.get(text) or known.get(re.sub(_ENDINGS, "", text)) or role


def _roles_told(project: CodedProject, said: dict) -> pd.DataFrame:
    """One row a source and role, by the first that tells: a variable of its case, its own, its set, its case's name."""
    known = _known_roles(said)
    of_case = project.case_sources.merge(project.cases, left_on="case", right_on="guid")
    own = project.sources.rename(columns={"guid": "source"})
    found = [
        table[["source", name]].set_axis(["source", "role"], axis=1)
        for table in (of_case, own)
        for name in _role_variables(table, known)
    ]
    for named in (project.groups[["source", "name"]], of_case[["source", "name"]]):
        role = named["name"].str.split(r"[:=]", regex=True).str[-1].str.strip()
        is_role = role.map(lambda text: not pd.isna(text) and folded(_as_known(text, known)) in known).astype(
            bool
        )
        found.append(named.assign(role=role)[is_role][["source", "role"]])
    for told in found:
        told = told.dropna()
        if len(told):
            return told.assign(role=[_as_known(role, known) for role in told["role"]]).reset_index(drop=True)
    return pd.DataFrame({"source": [], "role": []})


def unknown_roles(project: CodedProject) -> list[str]:
    """Roles that the project tells, and that are none of the codebook's."""
    known = _known_roles({})
    return sorted({str(role) for role in _roles_told(project, {})["role"] if folded(role) not in known})


def _role_variables(table: pd.DataFrame, known: dict) -> list[str]:
    """Variables that hold the role, by their names (some programs put that of a classification in front); else those
    whose values are all roles.
    """
    variables = [name for name in table if name not in ("guid", "name", "text", "source", "case")]
    named = [name for name in variables if re.search(_ROLE, folded(name).split(":")[-1])]
    return named or [
        name
        for name in variables
        if table[name].notna().any()
        and all(folded(_as_known(v, known)) in known for v in table[name].dropna())
    ]


def codings_by_role(project: CodedProject, said: dict | None = None) -> pd.DataFrame:
    """One row a coding: interview, role, theme (the topmost code), code, coder, segment with its place in the text."""
    names = interviews_by_role(project, said)
    codings = project.codings[has_place(project.codings)]
    codes = project.codes.set_index("guid")
    coders = {
        coder: f"Koder {i}" for i, coder in enumerate(sorted(codings["coder"].dropna().unique()), start=1)
    }
    named = names.loc[codings["source"]].reset_index(drop=True)
    return pd.DataFrame(
        {
            "interview": named["interview"],
            "interview_role": named["interview_role"],
            "theme": codes.loc[codings["code"], "path"].str.split(PATH_MARK).str[0].to_numpy(),
            "code": codes.loc[codings["code"], "name"].to_numpy(),
            "coder": [coders.get(coder, "Koder 1") for coder in codings["coder"]],
            "segment_start": codings["start"].to_numpy(),
            "segment_end": codings["end"].to_numpy(),
            "segment": codings["text"].to_numpy(),
        }
    )
