"""What a chart that can be edited in Excel or PowerPoint shows: categories and series of a figure's table."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from analysis.charts.rows import ranked
from analysis.export_table import decimals_of, exported
from analysis.figure import Figure

Cell = tuple[int, str]  # position of a row, header of a column in the exported table
_STATISTICS_OF_ROWS = {"status", "verdict", "reliability"}
_BESIDE = {"n", "n_effective", "df", "p", "p_adjusted", "rank", "low", "high", "standard_error"}
_BESIDE |= {"difference_low", "difference_high"}
_ESTIMATES = ("estimate", "shrunken")
_MOST_SERIES = 8
_LEAST_ANSWERS = 3  # two shares beside each other are areas, not parts of a whole


@dataclass(frozen=True)
class NativeChart:
    """A chart by the cells of the exported table that it shows.

    Attributes
    ----------
    kind : str
        ``bar``, ``stacked`` (shares of one whole) or ``line``.
    categories : list of str
    series : dict
        Name of the series -> one cell a category, None where there is no such row.
    intervals : tuple of list, or None
        Cells of lower and upper limits, for a chart of one series.
    number_format : str
        Format of the values, as Excel writes it.
    chosen : frozenset of int
        Positions of the categories that are the figure's own place, in a chart of one series.
    """

    kind: str
    categories: list[str]
    series: dict[str, list[Cell | None]]
    intervals: tuple[list[Cell], list[Cell]] | None
    number_format: str
    chosen: frozenset[int] = frozenset()


def native_chart(figure: Figure) -> NativeChart | None:
    """Return what a native chart of a figure shows; None for a figure without numbers in one unit."""
    rows, headers = figure.table.frame, figure.columns
    numeric = [name for name in headers if name not in _BESIDE and _is_number(rows, name)]
    values = [name for name in numeric if name in _ESTIMATES] or [name for name in numeric if name != "year"]
    mixed = "unit" in rows and _varies(rows["unit"])
    if not values or mixed or rows[values].isna().all(axis=None):
        return None
    labels = _labels(figure)
    decimals = decimals_of(exported(figure)[headers[values[0]]])
    form = "0." + "0" * decimals if decimals else "0"
    if len(values) > 1 or labels.shape[1] < 2 or not _is_grid(labels):
        return _plain(figure, labels, values, form)
    return _grid(figure, labels, headers[values[0]], form)


def _is_number(rows: pd.DataFrame, name: str) -> bool:
    return pd.api.types.is_numeric_dtype(rows[name]) and not pd.api.types.is_bool_dtype(rows[name])


def _labels(figure: Figure) -> pd.DataFrame:
    """The words that name a row, as a reader sees them; a year where there is more than one."""
    rows, headers = figure.table.frame, figure.columns
    words = [name for name in headers if name not in _STATISTICS_OF_ROWS and not _is_number(rows, name)]
    if "year" in headers and _varies(rows["year"]) and "year" not in words:
        words = ["year", *words]
    records = rows.to_dict("records")
    shown = pd.DataFrame({name: [figure.cell(name, row) for row in records] for name in words})
    varied = [name for name in words if _varies(shown[name])]
    return shown[varied or words[:1]]


def _varies(values: pd.Series) -> bool:
    return len(set(values.dropna())) > 1


def _is_grid(labels: pd.DataFrame) -> bool:
    few = labels.iloc[:, -1].nunique() <= _MOST_SERIES
    return few and not labels.duplicated().any() and labels.iloc[:, -1].nunique() < len(labels)


def _joined(labels: pd.DataFrame) -> list[str]:
    return [" · ".join(part for part in row if part) for row in labels.itertuples(index=False, name=None)]


def _plain(figure: Figure, labels: pd.DataFrame, values: Sequence[str], form: str) -> NativeChart:
    """One category a row, one series a column of numbers."""
    positions = _positions(figure)
    series = {figure.columns[name]: [(at, figure.columns[name]) for at in positions] for name in values}
    limits = None
    if len(values) == 1 and {"low", "high"} <= set(figure.columns):
        limits = tuple([(at, figure.columns[name]) for at in positions] for name in ("low", "high"))
    places = figure.table.frame.get("place", pd.Series([""] * len(labels)))
    chosen = [number for number, at in enumerate(positions) if places.iloc[at] == figure.place]
    words = _joined(labels)
    chosen = frozenset(chosen if len(series) == 1 else ())
    return NativeChart("bar", [words[at] for at in positions], series, limits, form, chosen)


def _positions(figure: Figure) -> list[int]:
    """The order of the bars: as ranked in the figure, where the rows are places with an estimate."""
    rows = figure.table.frame.reset_index(drop=True)
    return list(ranked(rows).index if {"place", "estimate"} <= set(rows) else rows.index)


def _grid(figure: Figure, labels: pd.DataFrame, header: str, form: str) -> NativeChart:
    """One category a name, one series a value of the last label: areas, answers, or places over years."""
    names, last = pd.Series(_joined(labels.iloc[:, :-1])), labels.iloc[:, -1]
    categories, kinds = list(dict.fromkeys(names)), list(dict.fromkeys(last))
    cells = {(name, kind): (at, header) for at, (name, kind) in enumerate(zip(names, last, strict=True))}
    parts = _parts(figure, names, last)
    series = {kind: [cells.get((name, kind)) for name in categories] for kind in parts or kinds}
    chart = "line" if "year" in labels.columns[:-1] else "stacked" if parts else "bar"
    return NativeChart(chart, categories, series, None, form)


def _parts(figure: Figure, names: pd.Series, kinds: pd.Series) -> list[str]:
    """The answers that make up a whole, without a last one that sums some of them; none where they don't."""
    if figure.unit != "pct.":
        return []
    estimates = pd.to_numeric(figure.table.frame["estimate"]).astype(float)
    wide = pd.DataFrame({"name": names, "kind": kinds, "estimate": estimates.to_numpy()})
    wide = wide.pivot_table(index="name", columns="kind", values="estimate", aggfunc="first")
    wide = wide.reindex(columns=list(dict.fromkeys(kinds)))
    for parts in (wide, wide.iloc[:, :-1]):
        sums = parts.sum(axis=1, skipna=False).dropna()
        if parts.shape[1] >= _LEAST_ANSWERS and len(sums) and sums.between(0.5, 1.005).all():
            return list(parts.columns)
    return []


def value(table: pd.DataFrame, cell: Cell | None) -> float | None:
    """Return the number in a cell of the exported table, None where nothing is shown."""
    found = None if cell is None else table[cell[1]].iloc[cell[0]]
    return None if found is None else float(found)


def values(figure: Figure, chart: NativeChart) -> dict[str, list[float | None]]:
    """Return the numbers of every series."""
    table = exported(figure)
    return {name: [value(table, cell) for cell in cells] for name, cells in chart.series.items()}
