"""Stata (.dta) and SAS (.sas7bdat, .xpt) files: codes with their labels, and why an answer is missing."""

import re
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.readers.apart import read_apart
from analysis.readers.kinds import existing_file
from analysis.readers.raw_survey import RawSurvey
from analysis.readers.spss import About, checked, clock_times, moments, read_encoded, survey_of

EPOCH = np.datetime64("1960-01-01", "s")
DAY = 86400
# Stata's periods since 1960: how many in a year
PERIODS = {"m": 12, "q": 4, "h": 2, "y": 1}
SAS_MOMENTS = r"(E8601DT|B8601DT|DATETIME|DTDATE|NLDATM|DATEAMPM|MDYAMPM).*"
SAS_CLOCKS = r"(E8601TM|B8601TM|TIME|HHMM|HOUR|MMSS|TOD|NLTIME?).*"
SAS_DATES = (
    r"(DATE|DAY|DDMMYY|MMDDYY|YYMMDD|YYMM|MMYY|MONYY|YYQ|YYMON|JULDAY|JULIAN|WEEKDATE|WEEKDATX|WORDDATE|WORDDATX|"
    r"E8601DA|B8601DA|NLDATE|EURDF|MINGUO).*"
)


def read_stata(path) -> RawSurvey:
    """Read a file of Stata or SAS as `read_spss` reads one of SPSS.

    Stata's and SAS' extended missing values (`.a` to `.z`) are reasons, by their labels where they have some. SAS
    keeps its labels in another file, which is not read: its answers are codes.

    Parameters
    ----------
    path : path
        A .dta, .sas7bdat or .xpt file.

    Raises
    ------
    FileNotFoundError
        No such file.
    ValueError
        A file that is not whole, or is of another program; or a respondent who is there twice.
    """
    path = existing_file(path)
    is_stata = path.suffix.lower() == ".dta"
    raw, about = read_apart("analysis.readers.stata:read_file", path, "Stata" if is_stata else "SAS")
    return survey_of(raw, About(*about), path, stata_value if is_stata else sas_value)


def read_file(path: Path):
    """Codes and what the file says of them, as the library gives them."""
    import pyreadstat

    suffix = path.suffix.lower()
    if suffix == ".xpt":
        return checked(*pyreadstat.read_xport(path, disable_datetime_conversion=True), path)
    read = pyreadstat.read_dta if suffix == ".dta" else pyreadstat.read_sas7bdat
    return checked(*read_encoded(read, path), path)


def stata_value(values, form) -> pd.Series:
    """Dates of a Stata column, by its format; other columns as they are."""
    kind = re.match(r"%-?(?:t|d)([a-zA-Z]?)", form)
    letter = "" if not kind else kind[1] or "d"
    if form.startswith(("%d", "%-d")) or letter == "d":
        return moments(numeric(values), EPOCH, DAY)
    if letter in ("c", "C"):
        return moments(numeric(values), EPOCH, 0.001)
    if letter == "y":
        return values
    if letter in PERIODS or letter == "w":
        return moments(numeric(values).map(lambda count: period_days(count, letter), "ignore"), EPOCH, DAY)
    return values


def period_days(count, letter) -> float:
    """Days from 1960 to the beginning of a week, month, quarter or half-year, by its number since then."""
    if not abs(count) < 1e6:
        return np.nan
    if letter == "w":
        years, weeks = divmod(int(count), 52)
        return float(
            (np.datetime64(f"{1960 + years:04d}-01-01") - EPOCH.astype("datetime64[D]")).astype(int)
            + 7 * weeks
        )
    months = np.datetime64("1960-01", "M") + int(count) * (12 // PERIODS[letter])
    return float((months.astype("datetime64[D]") - EPOCH.astype("datetime64[D]")).astype(int))


def sas_value(values, form) -> pd.Series:
    """Dates and times of a SAS column, by its format; other columns as they are."""
    if re.fullmatch(SAS_MOMENTS, form, re.I):
        return moments(numeric(values), EPOCH, 1)
    if re.fullmatch(SAS_CLOCKS, form, re.I):
        return clock_times(numeric(values))
    return moments(numeric(values), EPOCH, DAY) if re.fullmatch(SAS_DATES, form, re.I) else values


def numeric(values) -> pd.Series:
    """A column as numbers; letters of extended missing values are gone by now."""
    return pd.to_numeric(values, errors="coerce").astype("float64")
