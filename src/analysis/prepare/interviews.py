"""Coded interviews as two tables, by role only."""

import pandas as pd

from analysis import codebook
from analysis.prepare.decode import decode
from analysis.readers.refi_qda import PATH_MARK, CodedProject

_ROLE_VARIABLE = "Rolle"


def interviews_by_role(project: CodedProject) -> pd.DataFrame:
    """One row an interview: its name by role and number, and the role; nothing else of the case is kept."""
    roles = _roles(project)
    number = roles.groupby(roles).cumcount() + 1
    words = roles.map(codebook.levels("interview_role", "interviews"))
    return pd.DataFrame({"interview": words + " " + number.astype(str), "interview_role": roles})


def _roles(project: CodedProject) -> pd.Series:
    """Role of each source, by its guid, from the variable "Rolle" of the case that the source belongs to."""
    if _ROLE_VARIABLE not in project.cases.columns:
        variables = [name for name in project.cases.columns if name not in ("guid", "name")]
        raise ValueError(
            f"Coded interviews must have cases with the variable `{_ROLE_VARIABLE}`, but the delivery has "
            f"{', '.join(variables) or 'no variables'}. Add it to the cases in the analysis program, and export "
            "again."
        )
    of_case = project.cases.set_index("guid")[_ROLE_VARIABLE]
    links = project.case_sources.drop_duplicates("source").set_index("source")["case"]
    sources = project.sources["guid"]
    roles = sources.map(links.map(of_case))
    if roles.isna().any():
        raise ValueError(
            f"Each interview must belong to a case with `{_ROLE_VARIABLE}`, but {roles.isna().sum()} of "
            f"{len(roles)} don't (first: interview {int(roles.isna().argmax()) + 1}). Correct the cases, and "
            "export again."
        )
    levels = codebook.levels("interview_role", "interviews")
    return decode(roles.rename(_ROLE_VARIABLE), levels).set_axis(sources)


def codings_by_role(project: CodedProject) -> pd.DataFrame:
    """One row a coding: interview, role, theme (the topmost code), code, coder, segment with its place in the text."""
    names = interviews_by_role(project)
    codings = project.codings
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
            "coder": codings["coder"].map(coders).fillna("Koder 1").to_numpy(),
            "segment_start": codings["start"].to_numpy(),
            "segment_end": codings["end"].to_numpy(),
            "segment": codings["text"].to_numpy(),
        }
    )
