"""One's own breakdown of the survey: any question by any others, weighted, with intervals, and through the gate."""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from itertools import pairwise

import numpy as np
import pandas as pd

from analysis import codebook, data, municipalities
from analysis.comparisons import reliability
from analysis.disclosure import NEIGHBOURS, ProtectedTable, cells, not_asked, protect
from analysis.estimates import estimate_mean, estimate_proportion
from analysis.measures.described import NOTE, described
from analysis.measures.places import DESIGN, KEYS, answered, gate_columns, joined, was_asked

MOST_CLASSES = 100  # there are 98 municipalities
Where = Mapping[str, object] | str
_UNKNOWN = "(unknown)"
_YES_NO = {"yes": "Ja", "no": "Nej"}


def classes(
    values: pd.Series, cut: int | Sequence[float] = 3, labels: Sequence[str] | None = None
) -> pd.Series:
    """A number cut into classes, as a column to ask by.

    Parameters
    ----------
    values : Series
        A numeric column of the survey.
    cut : int or sequence of float
        Into how many classes of about as many respondents each (3 makes tertiles), or where the second class and each
        after it begin.
    labels : sequence of str, optional
        Danish names of the classes; where not given, where each begins (never the smallest or largest answer of all).
        Who hasn't answered is in none.

    Examples
    --------
    >>> classes(pd.Series([10, 20, 30, 40]), 2).astype(str).tolist()
    ['under 30', 'under 30', '30 og flere', '30 og flere']
    """
    numbers = pd.to_numeric(values).astype("Float64").astype("float64")
    begins = _begins(numbers, cut) if isinstance(cut, int) else list(cut)
    names = list(labels or _between([f"{begin:g}".replace(".", ",") for begin in begins]))
    if len(names) != len(begins) + 1:
        raise ValueError(
            f"`labels` must name {len(begins) + 1} classes, but names {len(names)}. Many answers are alike: ask for "
            "fewer."
        )
    return pd.cut(numbers, [-np.inf, *begins, np.inf], right=False, labels=names)


def _begins(numbers: pd.Series, count: int) -> list[float]:
    """Where the second of some classes of about as many each, and those after it, begin."""
    part = pd.qcut(numbers, count, labels=False, duplicates="drop")
    begins = numbers.groupby(part).min().tolist()[1:]
    if not begins:
        raise ValueError(
            f"`values` must differ to be cut into {count} classes, but nearly all are alike. Choose others."
        )
    return begins


def _between(begins: list[str]) -> list[str]:
    """Names of classes by where they begin."""
    middle = [f"{low} til under {high}" for low, high in pairwise(begins)]
    return [f"under {begins[0]}", *middle, f"{begins[-1]} og flere"]


def ask(
    variable: str,
    level: str | Sequence[str] | None = None,
    *,
    by: str | Sequence[str],
    year: int,
    classes: int | Sequence[float] | None = None,
    where: Where | None = None,
    people: pd.DataFrame | None = None,
    min_count: int = 5,
) -> ProtectedTable:
    """A question by others: weighted estimates with intervals, "ved ikke" out of the base, small cells withheld.

    Parameters
    ----------
    variable : str
        A column of the survey (the codebook's `caseworkers`, or `leaders` where only they have it), or of `people`.
    level : str or sequence of str, optional
        The answer, or answers together, whose share [0-1] is estimated. Without it: the mean of a number, or the
        share of each answer to a closed question, a row each.
    by : str or sequence of str
        One or more columns whose classes, or combinations of classes, get a row each.
    year : int
        The year of the survey.
    classes : int or sequence of float, optional
        Cuts the numbers among `by`, as `measures.classes` does: 3 makes tertiles of all respondents.
    where : mapping or str, optional
        Only some respondents: ``{"region": "Sjælland"}`` (a value or a list of values a column), or an expression
        as ``"weekly_hours >= 30"``. The others stay in the sample's design. A row is withheld where `where` leaves
        out so few of it that asking without it would tell of them. Several `where` are not protected from one
        another: publish one of them.
    people : DataFrame, optional
        ``data.read("caseworkers", year)`` with columns of one's own: ``people.assign(many=people["caseload"] > 40)``.
    min_count : int
        Fewest answers that are shown; at least 3.

    Returns
    -------
    ProtectedTable
        One row a class, or combination of classes (and answer): the columns of `by`, ``place`` (the classes in
        Danish), ``level`` where there are several, estimate, low, high, n, n_effective, reliability, status. Where
        the year did not ask, a row a class with the status not_asked.

    Raises
    ------
    KeyError
        If a column is unknown.
    ValueError
        If a level is, `by` has gaps or more than 100 classes, or nobody is left.

    Examples
    --------
    >>> ask("has_mentor", "yes", by="area", year=2014).frame["area"].tolist()
    ['at_risk', 'disability']
    """
    table = _table_of(variable, people)
    if table == "leaders" and where is not None:
        raise ValueError(
            "`where` must be left out for leaders, who are few in each place: their answers are told for the country "
            "only. Ask of caseworkers, or without it."
        )
    people = data.read(table, year) if people is None else _of_year(people, year)
    keys = [by] if isinstance(by, str) else list(by)
    for column in [variable, *keys]:
        _require_column(people, column)
        if column != variable and not was_asked(people, column):
            raise ValueError(
                f"`{column}` must be asked in {year}, but nobody has an answer. Choose another year."
            )
    people = _cut(people, keys, classes)
    if not was_asked(people, variable):
        rows = people[keys].dropna().drop_duplicates().sort_values(keys, ignore_index=True).astype(str)
        empty = rows.reindex(columns=[*keys, "level", "estimate", "low", "high", "n"])
        quantity = _quantity(table, variable, [], year, keys, where)
        return not_asked(empty.assign(place=_in_words(rows, keys)), min_count, quantity)
    people = answered(people, variable)
    if pd.api.types.is_bool_dtype(people[variable]):
        people = people.assign(**{variable: people[variable].map(_as_text)})
    levels = _levels(people[variable], variable, level)
    if level is not None:
        people = people.assign(**{variable: joined(people[variable], levels, "|".join(levels))})
        levels = ["|".join(levels)]
    inside = _inside(people, where)
    people, known = _grouped(people, keys, variable, table, inside)
    outside = people[~inside & known]
    people = people.assign(**{variable: people[variable].where(inside & known)})
    if people[variable].isna().all():
        raise ValueError(
            f"`{variable}` must be answered by somebody, but 0 of the {int(inside.sum())} chosen respondents have. "
            "Choose another year, or widen `where`."
        )
    rows = _estimated(people, variable, levels, keys)
    present = people.loc[inside & known, keys].drop_duplicates()
    rows = rows.merge(present, on=keys).sort_values(keys, kind="stable", ignore_index=True)
    rows = _with_outside(rows, outside, variable, levels, keys).astype(dict.fromkeys(keys, str))
    if len(levels) < 2:
        rows = rows.drop(columns="level", errors="ignore")
    rows["reliability"] = reliability(rows, is_share=bool(levels))
    rows = _places(rows, people[inside], [*keys, variable])
    places = [key for key in [*KEYS, "area"] if key in rows]
    return protect(
        rows.assign(place=_in_words(rows, keys)),
        min_count,
        within=list(dict.fromkeys([*keys, *places])),
        quantity=_quantity(table, variable, levels, year, keys, where),
        base=_respondents(table, year, min_count) if places else None,
    )


def _respondents(table: str, year: int, min_count: int) -> ProtectedTable:
    from analysis.measures import who_answered

    return who_answered(table, year, min_count)


def _quantity(table, variable, levels, year, keys, where) -> dict:
    level = None if not levels else "each" if len(levels) > 1 else levels[0]
    told = {"table": table, "variable": variable, "level": level, "year": year, "by": keys}
    told |= {"where": str(where) if where else None, "note": NOTE}
    told["description"] = described(table, variable, levels, year, keys, where)
    return told | ({"unit": "pct.", "decimals": 0} if levels else {"decimals": 1})


def _table_of(variable: str, people: pd.DataFrame | None) -> str:
    """Whose answers they are: caseworkers' wherever they have the question."""
    tables = {table: codebook.columns(table).index for table in ("caseworkers", "leaders")}
    if people is None:
        return next((table for table, columns in tables.items() if variable in columns), "caseworkers")
    for table, columns in tables.items():
        if columns.isin(people.columns).all():
            return table
    lacking = [column for column in tables["caseworkers"] if column not in people]
    raise ValueError(
        f'`people` must be data.read("caseworkers", year) with columns added, but {len(lacking)} of its columns are '
        f"not there (first: `{lacking[0]}`). Start from the whole table."
    )


def _cut(people: pd.DataFrame, keys: list[str], into: int | Sequence[float] | None) -> pd.DataFrame:
    """The people with the numbers among the keys in classes."""
    if into is None:
        return people
    numbers = [key for key in keys if _is_number(people[key])]
    if not numbers:
        raise ValueError(
            f"`classes` must cut a number of `by`, but {_listed(keys)} hold none. Leave `classes` out."
        )
    return people.assign(**{key: classes(people[key], into) for key in numbers})


def _is_number(values: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)


def _of_year(people: pd.DataFrame, year: int) -> pd.DataFrame:
    """The people given, who must be of the year that the figure says."""
    other = sorted(set(people["year"]) - {year})
    if other:
        raise ValueError(
            f"`people` must be of {year} alone, but hold {int(people['year'].ne(year).sum())} of {len(people)} rows of "
            f"other years (first: {other[0]}). Read them by `data.read(table, {year})`."
        )
    return people.reset_index(drop=True)


def _require_column(people: pd.DataFrame, column: str) -> None:
    if column not in people:
        near = get_close_matches(str(column), list(people.columns), n=3) or list(people.columns[:3])
        raise KeyError(
            f"`{column}` must be a column of the survey or of `people`, but is not. Nearest: {_listed(near)}. "
            "A column of one's own is made with `people.assign(...)`."
        )


def _listed(names) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _levels(values: pd.Series, variable: str, level: str | Sequence[str] | None) -> list[str]:
    """The answers whose shares are asked for; none for the mean of a number."""
    if _is_number(values):
        if level is not None:
            raise ValueError(
                f"`level` must be left out, for `{variable}` is a number and its mean is estimated, but is {level!r}. "
                "Cut it into classes with `classes` to ask for the share of one."
            )
        return []
    known = _answers_in_order(values, variable)
    if len(known) > MOST_CLASSES:
        raise ValueError(f"`{variable}` must have at most {MOST_CLASSES} answers, but has {len(known)}.")
    chosen = known if level is None else [level] if not isinstance(level, list | tuple) else list(level)
    unknown = [one for one in chosen if one not in known]
    if unknown or not chosen:
        raise ValueError(
            f"`level` must be one or more of the answers to `{variable}` ({_listed(known)}), but is {level!r}."
            " Choose among them."
        )
    return [str(one) for one in chosen]


def _answers_in_order(values: pd.Series, column: str) -> list[str]:
    """What has been answered, as text: in the codebook's order, a category's, or the alphabet's."""
    found = set(values.dropna().map(_as_text))
    scale = [level for level in codebook.known_levels(column) if level in found]
    if not scale and isinstance(values.dtype, pd.CategoricalDtype):
        scale = [word for word in map(_as_text, values.cat.categories) if word in found]
    return scale or [_as_text(value) for value in sorted(values.dropna().unique())]


def _as_text(value) -> str:
    return {True: "yes", False: "no"}[bool(value)] if isinstance(value, bool | np.bool_) else str(value)


def _inside(people: pd.DataFrame, where: Where | None) -> pd.Series:
    """Who is asked about."""
    inside = pd.Series(True, index=people.index)
    if isinstance(where, str):
        inside = _fulfilled(people, where)
    for column, value in where.items() if isinstance(where, Mapping) else ():
        _require_column(people, column)
        wanted = [value] if not isinstance(value, list | tuple | set) else list(value)
        known = people[column].astype(object).dropna().unique()
        unknown = [one for one in wanted if one not in known]
        if unknown:
            near = get_close_matches(str(unknown[0]), [str(one) for one in known], n=3, cutoff=0.4)
            raise ValueError(
                f"`where` must name values of `{column}`, but nobody has `{unknown[0]}`. "
                f"Nearest: {_listed(near or sorted(map(str, known))[:5])}."
            )
        inside &= people[column].isin(wanted).fillna(False).astype(bool)
    if not inside.any():
        raise ValueError(
            f"`where` must leave somebody, but 0 of {len(people)} respondents are left. Widen it."
        )
    return inside


def _fulfilled(people: pd.DataFrame, where: str) -> pd.Series:
    """For whom an expression holds."""
    try:
        found = people.eval(where, engine="python")
    except (SyntaxError, NameError, KeyError, TypeError, ValueError, AttributeError) as wrong:
        raise ValueError(
            f"`where` must be an expression of the survey's columns, but {where!r} is not: {wrong}. Correct it."
        ) from None
    if not pd.api.types.is_bool_dtype(found):
        raise ValueError(
            f"`where` must be true or false for each respondent, but {where!r} is not. Compare a column."
        )
    return found.fillna(False).astype(bool)


def _grouped(
    people: pd.DataFrame, keys: list[str], variable: str, table: str, inside: pd.Series
) -> tuple[pd.DataFrame, pd.Series]:
    """The people with classes as text in their order, and who is in one: of a question, those who answered it."""
    known = pd.Series(True, index=people.index)
    for key in keys:
        if key == variable:
            raise ValueError(
                f"`by` must be other columns than the one asked for, but names `{key}`. Choose another."
            )
        values = answered(people, key)[key]
        count = values.nunique()
        if count > MOST_CLASSES or (_is_number(values) and count > 20):
            raise ValueError(
                f"`by` must have at most {MOST_CLASSES} classes (a number 20), but `{key}` has {count}. Cut a number "
                "by `classes=3`; join answers to fewer in a column of your own."
            )
        gaps = values.isna()
        if (gaps & inside).any() and key not in codebook.columns(table).index:
            lacking = gaps & inside
            raise ValueError(
                f"`{key}` must have a value for every respondent, but {int(lacking.sum())} of {int(inside.sum())} "
                f"are missing (first: row {int(lacking.idxmax())}). Give them a class, or leave them out: "
                f'where="{key}.notna()".'
            )
        known &= ~gaps
        order = [*_answers_in_order(values, key), _UNKNOWN]
        words = values.astype(object).where(~gaps, _UNKNOWN).map(_as_text)
        people = people.assign(**{key: words.astype(pd.CategoricalDtype(order, ordered=True))})
    return people, known


def _estimated(people: pd.DataFrame, variable: str, levels: list[str], keys: list[str]) -> pd.DataFrame:
    """One row a combination of classes (and answer), with what only the gate sees."""
    if not levels:
        rows = estimate_mean(people, variable, DESIGN, by=keys, df="domain")
        return rows.merge(gate_columns(people, variable, None, keys), on=keys, how="left")
    people = people.assign(**{variable: people[variable].astype(object).astype("category")})
    parts = [
        estimate_proportion(people, variable, level, DESIGN, by=keys, df="domain")
        .merge(gate_columns(people, variable, level, keys), on=keys, how="left")
        .assign(level=level)
        for level in levels
    ]
    return pd.concat(parts, ignore_index=True)


def _with_outside(
    rows, outside: pd.DataFrame, variable: str, levels: list[str], keys: list[str]
) -> pd.DataFrame:
    """The rows with how many a slice leaves out of each group, and whether they tell on themselves.

    Whoever asks without the slice too can subtract: what is left must be nobody, or a group that could be shown.
    """
    left = outside.dropna(subset=[variable]).groupby(keys, observed=True)[variable].size()
    found = rows.merge(left.rename("outside_count").reset_index(), on=keys, how="left")
    found["outside_count"] = found["outside_count"].fillna(0).astype(int)
    if not found["outside_count"].any():
        return found.assign(secret=False)
    parts = [gate_columns(outside, variable, level, keys).assign(level=level) for level in levels or [None]]
    told = pd.concat(parts).drop(columns=[] if levels else "level")
    told = found[[*keys, *(["level"] if levels else [])]].merge(told, how="left")
    if levels:
        level, count = told["level_count"], found["outside_count"]
        alike = (level <= NEIGHBOURS) | (count - level <= NEIGHBOURS)
    else:
        alike = pd.Series(
            cells.is_dominated(1.0, told["largest_two_share"].to_numpy(float)), index=found.index
        )
    return found.assign(secret=(found["outside_count"].gt(0) & alike).to_numpy(bool))


def _in_words(rows: pd.DataFrame, keys: list[str]) -> pd.Series:
    """The classes of a row in the codebook's Danish words."""
    words = [rows[key].map(codebook.known_levels(key) or _YES_NO).fillna(rows[key]) for key in keys]
    return pd.concat(words, axis=1).astype(str).agg(", ".join, axis=1)


def _places(rows: pd.DataFrame, people: pd.DataFrame, taken: list[str]) -> pd.DataFrame:
    """The rows with the place and area that all chosen respondents share, and a municipality's region and group.

    They are keys to the gate: what is withheld of a place is withheld of it here, however it was chosen.
    """
    for key in [*KEYS, "area"]:
        if key not in taken and len(people[key].unique()) == 1:
            rows = rows.assign(**{key: str(people[key].iloc[0])})
    if "municipality" not in rows:
        return rows
    around = municipalities.table().set_index("municipality")[["region", "municipality_group"]]
    return rows.assign(**{key: rows["municipality"].map(around[key]) for key in around if key not in rows})
