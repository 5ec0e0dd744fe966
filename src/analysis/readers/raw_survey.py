"""What the readers of surveys hand on: answers as delivered, with the labels that explain them."""

from dataclasses import dataclass, field

import pandas as pd

STATUSES = ("new", "distributed", "partial", "completed", "dropped_out")
KINDS = ("single", "multiple", "text", "number", "date")


@dataclass(frozen=True, eq=False)
class RawSurvey:
    """A survey as it was delivered: codes and labels, nothing renamed, nothing judged.

    Attributes
    ----------
    answers : DataFrame
        One row a respondent. Whole numbers (codes, multiple choice as 0/1) are `Int64`, other numbers
        `Float64`,
        text `string`, dates `datetime64`; missing is `<NA>`. Columns of the survey tool and personal data
        are not here.
    labels : dict
        Variable -> {code: label}, in the order of the scale as delivered.
    questions : DataFrame
        One row a variable, columns `variable`, `question` (its name), `text`, `type` (one of `KINDS`),
        `choice` (what
        this column of a multiple-choice question stands for). Without rows when the delivery tells nothing
        of its questions.
    status : Series
        One of `STATUSES` a respondent, aligned with `answers`; `completed` throughout when the delivery does
        not say.
    missing : DataFrame
        Why an answer is missing, aligned with `answers`; only the columns in which a reason was given.
    dropped : tuple of str
        Columns that were left out: the survey tool's own, and personal data.
    weight : str or None
        The variable that the delivery says its rows are weighted by.
    measures : dict
        Variable -> `nominal`, `ordinal` or `scale`, where the delivery tells.
    """

    answers: pd.DataFrame
    labels: dict
    questions: pd.DataFrame
    status: pd.Series
    missing: pd.DataFrame
    dropped: tuple = field(default=())
    weight: str | None = None
    measures: dict = field(default_factory=dict)


def no_questions() -> pd.DataFrame:
    """Empty table of questions."""
    return pd.DataFrame(
        {name: pd.Series(dtype="string") for name in ("variable", "question", "text", "type", "choice")}
    )


def all_completed(answers: pd.DataFrame) -> pd.Series:
    """Status of a delivery that tells nothing of completion: every row in it is an answer."""
    return pd.Series(
        "completed", index=answers.index, dtype=pd.CategoricalDtype(list(STATUSES)), name="status"
    )
