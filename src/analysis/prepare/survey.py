"""The national survey, one wave or several: raw answers and staff counts to weighted respondents."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd

from analysis import codebook, municipalities
from analysis.prepare.decode import decode_survey
from analysis.prepare.sidecars import Sidecar
from analysis.prepare.tools import CHOICE_MARK, is_said, tool_of, with_choices
from analysis.prepare.weights import calibrate, design_weights
from analysis.readers.raw_survey import RawSurvey, all_completed, no_questions
from analysis.readers.spss import read_spss
from analysis.readers.stata import read_stata
from analysis.readers.surveyxact import read_surveyxact
from analysis.readers.tabular import read_table

# Weights of the national survey: staff per answer, calibrated to the staff of municipalities, groups and areas.


def _target_by_municipality(staff: pd.DataFrame, answered: pd.Index) -> pd.Series:
    """Staff that each answering municipality stands for.

    A municipality without a single answer cannot be represented by its own: its staff is carried by the answering
    municipalities of its municipality group, in proportion to theirs.
    """
    by_place = staff.groupby(["municipality_group", "municipality_code"])["employed_count"].sum()
    by_group = by_place.groupby("municipality_group").sum()
    kept = by_place[by_place.index.get_level_values("municipality_code").isin(answered)]
    carried = kept * by_group / kept.groupby("municipality_group").sum()
    return carried.droplevel("municipality_group")


def weigh(respondents: pd.DataFrame, staff: pd.DataFrame) -> pd.DataFrame:
    """Respondents of one role and year with `employed_count`, `design_weight` and `weight`.

    Parameters
    ----------
    respondents : DataFrame
        One row a respondent: municipality_code, municipality_group, area.
    staff : DataFrame
        One row a municipality and area of the same role and year: employed_count [persons].

    Returns
    -------
    DataFrame
        The respondents with the staff of their municipality, staff per answer, and the weight that also meets the
        staff by municipality group and area.

    Raises
    ------
    ValueError
        If a municipality has answers but no staff, or more answers than staff.
    """
    employed = staff.groupby("municipality_code")["employed_count"].sum().astype(float)
    design = design_weights(respondents, "municipality_code", employed)
    answered = pd.Index(respondents["municipality_code"].unique())
    margins = {
        "municipality_code": _target_by_municipality(staff, answered).astype(float),
        ("municipality_group", "area"): staff.groupby(["municipality_group", "area"], observed=True)[
            "employed_count"
        ]
        .sum()
        .astype(float),
    }
    weight = calibrate(respondents.assign(design_weight=design), "design_weight", margins)
    counts = respondents["municipality_code"].map(employed).astype("Int64")
    return respondents.assign(employed_count=counts, design_weight=design, weight=weight)


# The national survey, one wave or several: raw answers and staff counts to weighted respondents.

ROLE_TABLES = {"caseworker": "caseworkers", "leader": "leaders"}
_BACKGROUND = ["municipality_code", "role", "area"]
_COUNTED = {"answered": "completed", "partial": "partial"}


def _places(codes: pd.Series) -> pd.DataFrame:
    """Name, region and group of municipality codes, aligned with them."""
    places = municipalities.table().set_index("municipality_code")
    return places.loc[codes, ["municipality", "region", "municipality_group"]].set_axis(codes.index)


def survey_from_table(table: pd.DataFrame, questions: dict | None = None) -> RawSurvey:
    """A survey delivered as a plain table, labels written out; `questions` are what the file tells of them."""
    table = with_choices(table)
    told = [(name, name, text, None, None) for name, text in (questions or {}).items() if text]
    told = pd.DataFrame(told, columns=list(no_questions())).astype("string")
    return RawSurvey(table, {}, told, all_completed(table), pd.DataFrame(index=table.index))


def read_survey(sidecar: Sidecar) -> RawSurvey:
    """A survey in any of its formats."""
    readers: dict[str, Callable] = {
        "surveyxact": read_surveyxact,
        "spss": read_spss,
        "stata": read_stata,
        "tabular": lambda path: read_answers(path, sidecar),
    }
    if sidecar.reader not in readers:
        raise ValueError(f"`reader` in {sidecar.file.name} must be one of {', '.join(readers)} for a survey.")
    path = sidecar.delivery
    if sidecar.reader == "surveyxact":
        survey = read_surveyxact(path, sidecar.decimal)
    else:
        survey = readers[sidecar.reader](path if path.is_file() else sidecar.paths()[0])
    return with_status(survey, sidecar)


def read_answers(path: Path, sidecar: Sidecar) -> RawSurvey:
    """A survey that is a table, as its sidecar says it lies in the file."""
    wanted = {*sidecar.columns, *sidecar.completed_when}
    table = read_table(
        path, layout=sidecar.layout, wanted=wanted | {name.split(CHOICE_MARK)[0] for name in wanted}
    )
    return survey_from_table(table, table.attrs.get("questions"))


def with_status(survey: RawSurvey, sidecar: Sidecar) -> RawSurvey:
    """The survey with each answer completed or partial, as the sidecar's `completed_when` says.

    Raises
    ------
    ValueError
        A column that is not there; or none said of a delivery whose tool tells which answers are finished.
    """
    if not sidecar.completed_when:
        tool = None if sidecar.reader == "surveyxact" else tool_of(survey.answers, survey.labels)
        if tool and tool.completed_when:
            raise ValueError(
                f"`completed_when` must be in {sidecar.file.name}, because `{sidecar.path}` is an export of "
                f"{tool.name} that holds unfinished answers too. Write `completed_when: {tool.completed_when}`."
            )
        return survey
    for name in sidecar.completed_when:
        if name not in survey.answers:
            raise ValueError(
                f"`completed_when` in {sidecar.file.name} must name columns of `{sidecar.path}`, but `{name}` is none. "
                "Correct it."
            )
    status = status_by(survey, sidecar.completed_when)
    done = status.eq("completed")
    if len(done) and not done.any():
        raise ValueError(
            f"`completed_when` in {sidecar.file.name} must hold for some answers of `{sidecar.path}`, but holds for "
            f"none of {len(done)}. Correct its values."
        )
    return replace(survey, status=status)


def status_by(survey: RawSurvey, completed_when: dict) -> pd.Series:
    """Status of each answer: completed where all that is said holds, else partial; others as they are."""
    done = pd.Series(True, index=survey.answers.index)
    for name, said in completed_when.items():
        done &= is_said(survey.answers[name], survey.labels.get(name, {}), said)
    status = pd.Series("partial", index=done.index).mask(done, "completed").astype(survey.status.dtype)
    return survey.status.where(survey.status.ne("completed"), status).rename("status")


def survey_answers(survey: RawSurvey, sidecar: Sidecar) -> pd.DataFrame:
    """Answers by our names and levels, one row an invited person, with status and year."""
    require_background_columns(sidecar)
    answers = decode_survey(survey, sidecar, [*ROLE_TABLES.values(), "staff"])
    answers = answers.assign(status=survey.status, year=sidecar.year)
    _require_background(answers[answers["status"] == "completed"])
    return answers


def require_background_columns(sidecar: Sidecar) -> None:
    """Raise if a survey or its staff counts lack what ties the two together: municipality, role or area."""
    for column in _BACKGROUND:
        if column not in sidecar.columns.values():
            raise ValueError(
                f"`{column}` must be among the columns of {sidecar.file.name}, but is not. Map it under `columns`."
            )


def _require_background(completed: pd.DataFrame) -> None:
    for column in _BACKGROUND:
        empty = completed.index[completed[column].isna()]
        if len(empty):
            raise ValueError(
                f"`{column}` must be answered in every completed answer, but {len(empty)} of {len(completed)} are "
                f"empty (first: row {completed.index.get_loc(empty[0]) + 1}). Correct the delivery."
            )


def prepare_respondents(answers: pd.DataFrame, staff: pd.DataFrame, role: str) -> pd.DataFrame:
    """One row a completed answer of one role and year, weighted, checked against the codebook."""
    table = ROLE_TABLES[role]
    people = answers[(answers["role"] == role) & (answers["status"] == "completed")]
    people = people.join(_places(people["municipality_code"]))
    weighed = weigh(people, staff[staff["role"] == role])
    wanted = codebook.columns(table).index
    optional = [c for c in wanted if c not in weighed and codebook.columns(table).loc[c, "required"] == "no"]
    weighed = weighed.assign(**dict.fromkeys(optional, pd.NA))
    return codebook.validate(weighed[list(wanted)], table).reset_index(drop=True)


def prepare_missing(respondents: pd.DataFrame, role: str) -> pd.DataFrame:
    """How many answered each question, and why the others did not: one row a role, question and reason."""
    book, rows = codebook.columns(ROLE_TABLES[role]), []
    background = {"area", "year", "employed_count", "design_weight", "weight", "municipality_code"}
    for question in [c for c in book.index if c not in background and book.loc[c, "dtype"] != "string"]:
        if respondents[question].isna().all():  # this wave doesn't have the question
            continue
        reasons = respondents[question].astype(object)
        reasons = reasons.where(reasons.isin(codebook.MISSING_REASONS), "answered")
        reasons = reasons.mask(respondents[question].isna(), "unanswered")
        asked = _asked(respondents, book.loc[question, "asked_if"])
        counts = reasons.mask(~asked, "not_relevant").value_counts()
        rows += [(question, reason, count) for reason, count in counts.items()]
    missing = pd.DataFrame(rows, columns=["question", "reason", "count"])
    return missing.assign(role=role, year=respondents["year"].iloc[0])


def _asked(respondents: pd.DataFrame, condition: str) -> pd.Series:
    """Whom a question was put to, by the codebook's `asked_if` ("column=level"; empty: everybody)."""
    if not condition:
        return pd.Series(True, index=respondents.index)
    column, level = condition.split("=")
    return respondents[column].eq(level).fillna(False).astype(bool)


def _count(answers: pd.DataFrame, status: str) -> pd.Series:
    keys = _BACKGROUND
    return answers[answers["status"] == status].groupby(keys, observed=True).size()


def prepare_staff(delivered: pd.DataFrame, answers: pd.DataFrame, year: int) -> pd.DataFrame:
    """Staff of one year by municipality, role and area, with the answers and the partial answers."""
    keys = _BACKGROUND
    doubled = delivered.duplicated(keys)
    if doubled.any():
        raise ValueError(
            f"The staff counts must have one row a municipality, role and area, but {doubled.sum()} of {len(doubled)} "
            f"rows are repeated (first: row {doubled.argmax() + 1}). Correct the delivery."
        )
    counts = pd.DataFrame({f"{name}_count": _count(answers, status) for name, status in _COUNTED.items()})
    staff = delivered.merge(counts.reset_index(), on=keys, how="left").join(
        _places(delivered["municipality_code"])
    )
    staff = staff.assign(year=year).fillna({name: 0 for name in counts.columns})
    return codebook.validate(staff[list(codebook.columns("staff").index)], "staff")


def missing_of_roles(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """The missing answers of both roles of one wave."""
    parts = [prepare_missing(tables[name], role) for role, name in ROLE_TABLES.items()]
    return codebook.validate(pd.concat(parts, ignore_index=True), "missing_answers")


def prepare_questions(survey: RawSurvey, sidecar: Sidecar) -> pd.DataFrame:
    """Wording and answers of each question as delivered, by our names: what a later wave is compared with.

    A delivery that tells nothing of its questions, as a plain table, leaves them empty: unknown, not the same.
    """
    told = survey.questions.drop_duplicates("variable").set_index("variable")[["text", "choice"]]
    rows = []
    for raw, ours in sidecar.columns.items():
        parts = told.loc[raw].dropna() if raw in told.index else []
        text = ": ".join(" ".join(str(part).split()) for part in parts)
        rows.append((sidecar.year, ours, text, "|".join(_answers_of(survey, raw))))
    questions = pd.DataFrame(rows, columns=["year", "question", "text", "answers"])
    return codebook.validate(questions, "questions")


def _answers_of(survey: RawSurvey, raw: str) -> list[str]:
    """Labels of a question in order; an answer that the delivery counts as missing ("Ved ikke" in SPSS) is last.

    A code without a label is nothing that anybody could choose.
    """
    labels = [" ".join(str(label).split()) for label in survey.labels.get(raw, {}).values()]
    if not labels or raw not in survey.missing.columns:
        return labels
    reasons = sorted(survey.missing[raw].dropna().astype(str).unique())
    return [
        *labels,
        *(reason for reason in reasons if reason not in labels and re.search(r"[^\W\d]", reason)),
    ]
