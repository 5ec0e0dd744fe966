"""SPSS files (.sav, .zsav, .por): codes with their labels, and why an answer is missing."""

import re
import struct
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from analysis.readers import text
from analysis.readers.apart import damaged_message, read_apart
from analysis.readers.columns import clock
from analysis.readers.kinds import existing_file
from analysis.readers.raw_survey import RawSurvey, no_questions
from analysis.readers.surveyxact import (
    check_respondents,
    completion_status,
    respondent_columns,
    status_columns,
    tool_columns,
)

EXACT = 2**53  # above it, a number may stand for its neighbours
# a file states its own size: one that is made to fill the memory is turned down before it does
CELLS_LIMIT = 500_000_000
NO_DATE = "ingen dato"
SPSS_EPOCH = np.datetime64("1582-10-14", "s")
SPSS_DATES = r"(A|E|J|S)?DATE\d*|DATETIME[\d.]*|YMDHMS[\d.]*|(Q|MO|WK)YR\d*"
SPSS_CLOCKS = r"(D|M)?TIME[\d.]*"
FIRST_DATE, LAST_DATE = np.datetime64("1583-01-01", "s"), np.datetime64("9999-12-31T23:59:59", "s")
ICONV = {"cp1252": "WINDOWS-1252", "cp850": "CP850", "mac_roman": "MACINTOSH"}


class About(NamedTuple):
    """What a file says of its variables: each is a dict by variable."""

    labels: dict
    missing: dict
    titles: dict
    formats: dict
    sets: dict
    measures: dict
    weight: str | None = None


def read_spss(path) -> RawSurvey:
    """Read an SPSS file: answers as codes, labels in the order of the codes, why answers are missing.

    A survey tool's own columns, if it wrote the file, give the status and are dropped, as are personal data.
    Times of day and durations are text (`08:30:00`); a date that is none is missing, with that as its reason; a
    multiple response set is 0/1 by its counted value. A .por does not tell why an answer is missing.

    Parameters
    ----------
    path : path
        A .sav, .zsav or .por file.

    Raises
    ------
    FileNotFoundError
        No such file.
    ValueError
        A file that is no SPSS file, or is cut off; or a respondent who is there twice.
    """
    path = existing_file(path)
    raw, about = read_apart("analysis.readers.spss:read_file", path, "SPSS")
    return survey_of(raw, About(*about), path, spss_value)


def survey_of(raw, about, path, value_of) -> RawSurvey:
    """A survey of raw values and what is said of them; `value_of` makes dates and times of a column by its format."""
    owned = tool_columns(list(raw), {})
    for name in respondent_columns(raw):
        check_respondents(raw[name], path)
    kept = [name for name in raw if name not in owned]
    reasons = {name: missing_reasons(raw[name], about, name) for name in kept}
    answers = {}
    for name in kept:
        valid = raw[name].mask(reasons[name].notna())
        made = value_of(valid, about.formats.get(name) or "")
        answers[name] = typed(made)
        reasons[name] = reasons[name].mask(valid.notna() & made.isna(), NO_DATE)
    answers = pd.DataFrame(answers, index=raw.index)
    chosen = {
        name: float(found["counted_value"])
        for found in about.sets.values()
        for name in counted(found, answers)
    }
    answers = answers.assign(
        **{name: answers[name].eq(value).astype("Int64") for name, value in chosen.items()}
    )
    labels = {name: found for name in kept if (found := scale(about, name))}
    flags = pd.DataFrame({status: raw[name] for status, name in status_columns(raw).items()})
    return RawSurvey(
        answers=answers,
        labels={name: found for name, found in labels.items() if name not in chosen},
        questions=questions_table(about, answers, labels, chosen),
        status=completion_status(flags, answers, path),
        missing=pd.DataFrame(
            {name: found for name, found in reasons.items() if found.notna().any()}, index=raw.index
        ),
        dropped=tuple(name for name in raw if name in owned),
        weight=about.weight,
        measures={name: about.measures[name] for name in kept if about.measures.get(name) in MEASURES},
    )


MEASURES = ("nominal", "ordinal", "scale")


def counted(about_set, answers) -> list[str]:
    """Variables of a multiple response set that are chosen where they have its counted value."""
    value = str(about_set.get("counted_value") or "").strip()
    if not about_set.get("is_dichotomy") or not re.fullmatch(r"-?\d+(\.\d+)?", value):
        return []
    return [
        name
        for name in about_set["variable_list"]
        if name in answers and pd.api.types.is_numeric_dtype(answers[name]) and not is_flag(answers[name])
    ]


def is_flag(values) -> bool:
    """Whether values are 0 and 1 already."""
    return bool(values.dropna().isin([0, 1]).all()) and bool(values.dropna().eq(0).any())


def missing_reasons(values, about, name) -> pd.Series:
    """Why an answer is missing: the label of its user-missing code, or the code itself."""
    is_missing = pd.Series(False, index=values.index)
    for bounds in about.missing.get(name, []):
        if isinstance(bounds["lo"], str):
            is_missing |= values.map(trimmed).eq(trimmed(bounds["lo"])).fillna(False)
        else:
            is_missing |= pd.to_numeric(values, errors="coerce").between(bounds["lo"], bounds["hi"])
    labels = {trimmed(code): label.strip() for code, label in about.labels.get(name, {}).items()}
    reasons = values.where(is_missing)
    named = {
        code: labels.get(trimmed(code)) or str(plain(trimmed(code))) for code in reasons.dropna().unique()
    }
    return reasons.map(named).astype("string")


def trimmed(code):
    """A code of text without the blanks behind it, with which SPSS fills it up; those in front are its own."""
    return code.rstrip() if isinstance(code, str) else code


def plain(code):
    """A whole code as an integer."""
    return int(code) if isinstance(code, float) and code.is_integer() else code


def is_within(code, ranges) -> bool:
    """Whether a code is in one of the ranges of codes that stand for a missing answer."""
    code = trimmed(code)
    return any(
        code == trimmed(bounds["lo"])
        if isinstance(bounds["lo"], str) or isinstance(code, str)
        else bounds["lo"] <= code <= bounds["hi"]
        for bounds in ranges
    )


def scale(about, name) -> dict:
    """Code -> label in the order of the codes, without those that stand for a missing answer."""
    ranges, labels = about.missing.get(name, []), about.labels.get(name, {})
    kept = [
        code for code in sorted(labels, key=lambda c: (isinstance(c, str), c)) if not is_within(code, ranges)
    ]
    return {plain(trimmed(code)): labels[code].strip() for code in kept}


def spss_value(values, form) -> pd.Series:
    """Dates and times of an SPSS column, by its format; other columns as they are."""
    if re.fullmatch(SPSS_DATES, form, re.I):
        return moments(values, SPSS_EPOCH, 1)
    return clock_times(values) if re.fullmatch(SPSS_CLOCKS, form, re.I) else values


def moments(values, epoch, seconds) -> pd.Series:
    """Dates, from the number of units of so many seconds since an epoch; what is no date is missing."""
    counted_seconds = values.astype("float64").to_numpy() * seconds
    limits = [float((limit - epoch).astype("int64")) for limit in (FIRST_DATE, LAST_DATE)]
    is_date = (counted_seconds >= limits[0]) & (counted_seconds <= limits[1])
    whole = np.where(is_date, np.round(np.where(is_date, counted_seconds, 0)), 0).astype("int64")
    found = np.where(is_date, epoch + whole.astype("timedelta64[s]"), np.datetime64("NaT"))
    return pd.Series(found.astype("datetime64[s]"), index=values.index)


def clock_times(values) -> pd.Series:
    """Seconds as hours, minutes and seconds, in text: a time of day, or a duration."""
    return values.astype("float64").map(clock, na_action="ignore").astype("string")


def typed(values) -> pd.Series:
    """Values as nullable integers if all are whole, else as numbers, dates or text."""
    if pd.api.types.is_numeric_dtype(values):
        present = values.dropna()
        is_whole = len(present) > 0 and ((present % 1 == 0) & (present.abs() < EXACT)).all()
        return values.astype("Int64" if is_whole else "Float64")
    if pd.api.types.is_datetime64_any_dtype(values):
        return values.astype("datetime64[s]")
    if pd.api.types.infer_dtype(values, skipna=True) in ("floating", "integer", "mixed-integer-float"):
        return typed(pd.to_numeric(values))
    return values.astype("string").str.rstrip().replace("", pd.NA)


def questions_table(about, answers, labels, chosen) -> pd.DataFrame:
    """Questions as told by the variable labels: one row a variable."""
    sets = {name: (group, found) for group, found in about.sets.items() for name in found["variable_list"]}
    rows = []
    for name, values in answers.items():
        label = about.titles.get(name)
        group, found = sets.get(name, (name, None))
        is_multiple = found is not None and (name in chosen or found.get("is_dichotomy", True))
        title = (found.get("label") if found else None) or label
        kind = "multiple" if is_multiple else kind_of(values, name in labels)
        rows.append((name, group, title or pd.NA, kind, (label or pd.NA) if is_multiple else pd.NA))
    return pd.DataFrame(rows, columns=list(no_questions())).astype("string")


def kind_of(values, has_labels) -> str:
    """Type of a question, by its values."""
    if has_labels:
        return "single"
    if pd.api.types.is_numeric_dtype(values):
        return "number"
    return "date" if pd.api.types.is_datetime64_any_dtype(values) else "text"


def read_file(path):
    """Codes and what the file says of them, as the library gives them."""
    import pyreadstat

    with path.open("rb") as stream:
        is_system = stream.read(4) in (b"$FL2", b"$FL3")
    if not is_system and path.suffix.lower() == ".por" or b"SPSS PORT FILE" in path.read_bytes()[:500]:
        return checked(*pyreadstat.read_por(path, disable_datetime_conversion=True), path)
    return checked(
        *read_encoded(pyreadstat.read_sav, path), path, weight_variable(path) if is_system else None
    )


def read_encoded(read, path):
    """What a reader of the library gives, in the encoding that the file's bytes are in, whatever it states."""
    import pyreadstat

    wrong = (UnicodeDecodeError, pyreadstat.ReadstatError, pyreadstat.PyreadstatError)
    try:
        found = read_sized(read, path, None)
    except wrong as error:
        # old files do not say how they are encoded, others say it wrongly
        if not isinstance(error, UnicodeDecodeError) and "convert" not in str(error):
            raise
        lines = [line.encode("latin-1", "ignore") for line in text_of(*read_sized(read, path, "ISO-8859-1"))]
        words = Counter(word for line in lines for word in text.odd_words(line))
        found = read_sized(read, path, ICONV[text.old_encoding_of(words)])
    if any(text.MOJIBAKE.search(line) for line in text_of(*found)):
        with suppress(*wrong):
            return read_sized(read, path, "UTF-8")
    return found


def read_sized(read, path, encoding):
    """Codes and what is said of them, in one encoding, if the file states a size that a survey has."""
    check_size(read(path, metadataonly=True, encoding=encoding)[1], path)
    return read(path, user_missing=True, encoding=encoding, disable_datetime_conversion=True)


def text_of(raw, said) -> list[str]:
    """Texts of a file: labels, and a thousand different values a column of text."""
    found = [label for label in said.column_names_to_labels.values() if label]
    found += [label for labels in said.variable_value_labels.values() for label in labels.values()]
    for name in raw.select_dtypes(exclude="number"):
        found += [value for value in raw[name].dropna().unique()[:1000] if isinstance(value, str)]
    return [line for line in found if isinstance(line, str)]


def checked(raw, said, path, weight=None):
    """What was read, if each column has a name of its own and the size is that of a survey."""
    check_size(said, path)
    names = list(raw.columns)
    wrong = [name for name in names if not isinstance(name, str) or not name or names.count(name) > 1]
    if wrong:
        raise ValueError(
            damaged_message(
                path, "SPSS", f"{len(wrong)} of {len(names)} names of columns are empty or repeated"
            )
        )
    tagged = {
        name: [{"lo": code, "hi": code} for code in codes] for name, codes in said.missing_user_values.items()
    }
    about = About(
        labels=said.variable_value_labels,
        missing=said.missing_ranges | tagged,
        titles=said.column_names_to_labels,
        formats=said.original_variable_types,
        sets=said.mr_sets or {},
        measures=said.variable_measure,
        weight=next((name for name in names if weight and name.upper()[:8] == weight.upper()), None),
    )
    return raw, tuple(about)


def check_size(said, path) -> None:
    """Raise if the file states more cells than a survey has."""
    cells = (said.number_rows or 0) * (said.number_columns or 0)
    if cells > CELLS_LIMIT:
        raise ValueError(
            f"`{path.name}` must have at most {CELLS_LIMIT} cells, but states {cells} ({said.number_rows} "
            "rows). If it is right, ask for it in parts."
        )


def weight_variable(path) -> str | None:
    """Short name of the variable that the file says weighs its rows, by the file's header."""
    content = Path(path).read_bytes()[: 1 << 22]
    order = next((o for o in "<>" if struct.unpack_from(f"{o}i", content, 64)[0] in (2, 3)), None)
    wanted = struct.unpack_from(f"{order}i", content, 76)[0] if order else 0
    place, number = 176, 0
    while wanted > 0 and place + 32 <= len(content):
        kind, _, has_label, missing = struct.unpack_from(f"{order}4i", content, place)
        if kind != 2:
            return None
        number += 1
        if number == wanted:
            return content[place + 24 : place + 32].decode("latin-1").strip()
        place += 32
        if has_label:
            place += 4 + (struct.unpack_from(f"{order}i", content, place)[0] + 3) // 4 * 4
        place += 8 * abs(missing)
    return None
