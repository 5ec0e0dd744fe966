"""From a delivery's own names and codes to the codebook's columns and levels."""

import pandas as pd

from analysis import codebook, municipalities
from analysis.prepare.sidecars import Sidecar
from analysis.readers.raw_survey import RawSurvey

_REASONS = {
    word: reason
    for reason, words in {
        "dont_know": ("ved ikke", "ved ej", "don't know", "don’t know", "do not know", "dont know", "dk"),
        "refused": (
            *("ønsker ikke at svare", "vil ikke svare", "refused", "refusal"),
            *("prefer not to say", "prefer not to answer"),
        ),
        "not_relevant": ("ikke relevant", "not relevant", "not applicable", "inapplicable"),
        "skipped": ("sprunget over", "skipped", "no answer", "ikke besvaret", "uoplyst"),
    }.items()
    for word in words
}


def folded(text: object) -> str:
    """What two spellings of one label share: lower case, single blanks, no blanks at the ends."""
    return " ".join(str(text).split()).casefold()


def rename_columns(delivered: pd.DataFrame, sidecar: Sidecar) -> pd.DataFrame:
    """The columns that the sidecar lists, by our names; all others are left out."""
    missing = [raw for raw in sidecar.columns if raw not in delivered.columns]
    if missing:
        raise ValueError(
            f"`{sidecar.path}` must have the {len(sidecar.columns)} columns of {sidecar.file.name}, but {len(missing)} "
            f"are missing (first: `{missing[0]}`). Correct `columns` in the sidecar, or the delivery."
        )
    ours = pd.Series(list(sidecar.columns.values()))
    if ours.duplicated().any():
        raise ValueError(
            f"`columns` in {sidecar.file.name} must name each of our columns once, but {ours.duplicated().sum()} stand "
            f"twice (first: `{ours[ours.duplicated()].iloc[0]}`). Correct the sidecar."
        )
    return delivered[list(sidecar.columns)].rename(columns=sidecar.columns)


def _level_of(levels: dict[str, str], said: dict) -> dict[str, str]:
    """Folded label, level or raw code -> level; what the sidecar says comes first."""
    by_label = {folded(label): level for level, label in levels.items()}
    by_level = {folded(level): level for level in levels}
    reasons = {label: level for label, level in _REASONS.items() if level in levels}
    return reasons | by_level | by_label | {folded(raw): level for raw, level in said.items()}


def decode(
    values: pd.Series, levels: dict[str, str], labels: dict | None = None, said: dict | None = None
) -> pd.Series:
    """Levels of the codebook for the raw codes or labels of one column.

    Parameters
    ----------
    values : Series
        Raw codes, or labels in text.
    levels : dict
        Level -> Danish label, from the codebook.
    labels : dict, optional
        Raw code -> label, from the delivery.
    said : dict, optional
        Raw code or label -> level, from the sidecar.

    Raises
    ------
    ValueError
        If a value is no level of the codebook.
    """
    known, labels = _level_of(levels, said or {}), labels or {}
    by_value = {}
    for raw in values.dropna().unique():
        label = labels.get(raw, raw)
        by_value[raw] = known.get(folded(raw)) if folded(raw) in (said or {}) else known.get(folded(label))
    unknown = [raw for raw, level in by_value.items() if level is None]
    if unknown:
        rows = int(values.isin(unknown).sum())
        raise ValueError(
            f"`{values.name}` must be one of {', '.join(levels.values())}, but {rows} of {len(values)} rows are "
            f"not (first: {labels.get(unknown[0], unknown[0])}). Say which it is in the sidecar's `values`, under "
            f"`{values.name}`: `{labels.get(unknown[0], unknown[0])}: {next(iter(levels))}`; or correct the delivery."
        )
    return values.map(by_value).astype(object)


def _column_levels(column: str, tables: list[str]) -> dict[str, str]:
    book = codebook.read_codebook()
    for table in tables:
        if len(book[(book["table"] == table) & (book["column"] == column)]):
            return codebook.levels(column, table)
    return {}


def _code_of(raw: object, labels: dict) -> str | None:
    """The code of a raw value: by its label where the delivery has one, else by itself."""
    text = f"{raw:g}" if isinstance(raw, float) else str(raw)
    for candidate in (labels.get(raw), text):
        try:
            if candidate is not None:
                return municipalities.find(candidate).code
        except KeyError:
            continue
    return None


def municipality_codes(values: pd.Series, labels: dict | None = None) -> pd.Series:
    """Four-digit municipality codes from names, codes in either form, or a tool's own codes with names as labels."""
    codes = {raw: _code_of(raw, labels or {}) for raw in values.dropna().unique()}
    wrong = [raw for raw, code in codes.items() if code is None]
    if wrong:
        rows = int(values.isin(wrong).sum())
        raise ValueError(
            f"`municipality_code` must be one of the 98 municipality codes, but {rows} of {len(values)} rows are "
            f"not (first: {wrong[0]}). Leave rows of totals and unknowns out with a line in the sidecar, "
            f"`rows_where: {{<the column>: {{not: [{', '.join(map(str, wrong[:5]))}]}}}}`, or correct the delivery."
        )
    return values.map(codes).astype(object)


def decode_survey(survey: RawSurvey, sidecar: Sidecar, tables: list[str]) -> pd.DataFrame:
    """Answers by our names and levels; a missing answer with a known reason holds the reason where the scale has it."""
    answers = rename_columns(survey.answers, sidecar)
    decoded = {}
    for raw, ours in sidecar.columns.items():
        values, levels = answers[ours], _column_levels(ours, tables)
        labels = survey.labels.get(raw, {})
        if ours == "municipality_code":
            decoded[ours] = municipality_codes(values, labels)
        elif levels:
            level = decode(values, levels, labels, sidecar.values.get(ours))
            decoded[ours] = level.where(level.notna(), _reasons(survey, raw, levels))
        else:
            decoded[ours] = values
    return pd.DataFrame(decoded, index=survey.answers.index)


def _reasons(survey: RawSurvey, raw: str, levels: dict[str, str]) -> pd.Series:
    """Why the answers of one raw column are missing, as levels of the column that are reasons."""
    if raw not in survey.missing.columns:
        return pd.Series(None, index=survey.answers.index, dtype=object)
    reasons = (
        survey.missing[raw]
        .astype(object)
        .map(lambda reason: _REASONS.get(folded(reason), "skipped"), "ignore")
    )
    return reasons.where(reasons.isin(list(levels)), None)
