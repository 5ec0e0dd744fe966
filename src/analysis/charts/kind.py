"""What every kind of chart has in common: its parameters, its checks, and the figure that it becomes.

A kind of chart is a function ``body(canvas, figure, **options)`` that draws at the canvas's cursor, under `kind`.
What it is called with besides its own options is the same for all of them:

table : ProtectedTable
    What is drawn.
place : str
    The chosen municipality or group, or "Hele landet".
name : str
    What the figure is about: an ASCII slug without the place.
headline, description, note, source : str
    Danish texts; what withheld rows and uncertain marks need said is added to the note.
unit, decimals : str, int
    Of the quantity; "pct." for shares [0-1].
value_label : str, optional
    Heading of the values, or name of their axis; the unit by default.
columns : mapping, optional
    Column of the table -> Danish header, as a reader is shown them.
alt : str, optional
    Alternative text; made from the table by default. That the data are synthetic is added.
highlight : sequence of str
    Other places to stand out, in ink and bold: the accent is the chosen place's alone.
annotations : sequence of (row, text, offset_mm)
    As `Figure.annotate` adds them.
"""

import functools
import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

import pandas as pd

from analysis.charts import captions
from analysis.charts.captions import with_explanations
from analysis.charts.figure import Figure
from analysis.charts.sheet import compose
from analysis.disclosure import ProtectedTable, require_protected


def estimate_columns(rows: pd.DataFrame, unit: str, options: Mapping) -> dict[str, str]:
    """Return the columns that a table of estimates shows, with their Danish headers."""
    measured = f" ({unit})" if unit else ""
    panel = options.get("panel")
    first = {"place": "Sted"} | ({panel: "Område"} if panel else {})
    numbers = {"estimate": f"Skøn{measured}", "low": "Nedre grænse", "high": "Øvre grænse", "n": "Antal svar"}
    numbers |= {"n_effective": "Effektivt antal svar"} if options.get("size") == "n_effective" else {}
    numbers |= {"standardised": f"Omregnet{measured}"} if options.get("value") == "standardised" else {}
    compared = COMPARED if "verdict" in rows and rows["verdict"].ne("none").any() else {}
    named = first | numbers | compared | silent_columns(rows)
    return {column: header for column, header in named.items() if column in rows}


def silent_columns(rows: pd.DataFrame) -> dict[str, str]:
    """Headers of what those who did not answer may change: if they lay lower, and whatever they are."""
    told = {"if_lower": "Lå tavse lavere", "bound_low": "Lavest muligt", "bound_high": "Højest muligt"}
    return {
        column: header for column, header in told.items() if column in rows and rows[column].notna().any()
    }


# What a headline rests on stands in the table: the difference from the rest, its limits, and the verdict.
COMPARED = {
    "difference": "Forskel fra resten",
    "difference_low": "Forskel, nedre",
    "difference_high": "Forskel, øvre",
    "p_adjusted": "p, justeret",
    "verdict": "Sammenligning",
}


@dataclass(frozen=True)
class Kind:
    """A kind of chart: its body, and what its words must say of it.

    Parameters
    ----------
    shows : what it is, as an alternative text begins: ``"Søjlediagram"``.
    columns : ``columns(rows, unit, options)`` -> column of the table -> Danish header.
    words : ``words(rows, options)`` -> column -> code -> Danish word.
    check : ``check(rows, options)`` raises ValueError where the rows can't be drawn.
    describe : writes the alternative text, as `captions.for_estimates`.
    uncertain : how an uncertain estimate is drawn; empty where it isn't marked.
    explains : sentences that every note of this kind ends with; or ``explains(rows)``, where they follow the rows.
    unit, decimals : of the quantity, where the caller doesn't say.
    """

    body: Callable
    shows: str
    columns: Callable[[pd.DataFrame, str, Mapping], Mapping[str, str]] = estimate_columns
    words: Callable[[pd.DataFrame, Mapping], Mapping[str, Mapping[str, str]]] = lambda rows, options: {}
    check: Callable[[pd.DataFrame, Mapping], None] = lambda rows, options: None
    describe: Callable[..., str] = captions.for_estimates
    uncertain: str = "Hult mærke"
    explains: str | Callable[[pd.DataFrame], str] = ""
    unit: str = ""
    decimals: int = 1

    @property
    def name(self) -> str:
        """Name of the chart function."""
        return self.body.__name__.strip("_")

    def explained(self, rows: pd.DataFrame) -> str:
        """What a note must say of these rows as this kind draws them."""
        return self.explains(rows) if callable(self.explains) else self.explains

    @property
    def own(self) -> inspect.Signature:
        """The body's own options."""
        _, _, *own = inspect.signature(self.body).parameters.values()
        return inspect.Signature(own)


def kind(shows: str, **traits) -> Callable[[Callable], Callable[..., Figure]]:
    """Make a chart function of a body: ``chart(table, *, place, name, headline, …, **options) -> Figure``.

    Parameters
    ----------
    shows, traits
        As in `Kind`.
    """

    def decorate(body: Callable) -> Callable[..., Figure]:
        its = Kind(body, shows, **traits)

        @functools.wraps(body)
        def chart(table, *extra, **given):
            return _figure(its, extra, table, **given)

        _, _, first, *shared, _ = inspect.signature(_figure).parameters.values()
        chart.__signature__ = inspect.Signature(
            sorted([first, *its.own.parameters.values(), *shared], key=lambda parameter: parameter.kind),
            return_annotation=Figure,
        )
        return chart

    return decorate


def _figure(
    its: Kind,
    extra: tuple,
    table: ProtectedTable,
    *,
    place: str,
    name: str,
    headline: str,
    description: str,
    note: str,
    source: str,
    unit: str | None = None,
    decimals: int | None = None,
    value_label: str | None = None,
    columns: Mapping[str, str] | None = None,
    alt: str | None = None,
    highlight: Sequence[str] = (),
    annotations: Sequence[tuple] = (),
    **options,
) -> Figure:
    given = {name: value for name, value in locals().items() if name not in _NOT_KEPT} | options
    rows = require_protected(table).frame
    _require_known(its, options, [*its.own.parameters, *(name for name in given if name not in options)])
    options = _complete(its, extra, options)
    its.check(rows, options)
    unit = its.unit if unit is None else unit
    decimals = its.decimals if decimals is None else decimals
    described = (its.shows, headline, table, place, unit, decimals, options)
    return Figure(
        name=name,
        table=table,
        place=place,
        headline=headline,
        description=description,
        note=with_explanations(f"{note.strip()} {its.explained(rows)}".strip(), table, its.uncertain),
        source=source,
        alt=captions.marked(alt, table.synthetic) if alt else its.describe(*described),
        columns=columns or its.columns(rows, unit, options),
        draw=functools.partial(compose, its.body),
        unit=unit,
        decimals=decimals,
        texts={"verdict": captions.VERDICTS} | dict(its.words(rows, options)),
        kind=its.name,
        value_label=value_label or (unit or "værdi").capitalize(),
        options=options,
        highlight=tuple(highlight),
        annotations=tuple(annotations),
        again=functools.partial(_again, its, extra, table, given),
    )


_NOT_KEPT = {"its", "extra", "table", "alt", "options"}


def _again(its: Kind, extra: tuple, table: ProtectedTable, given: dict, /, **changed) -> Figure:
    """The figure with other arguments; its alternative text is made anew if not told."""
    return _figure(its, extra, changed.pop("table", table), **(given | changed))


def _require_known(its: Kind, options: Mapping, known: Sequence[str]) -> None:
    """Refuse what a kind of chart can't be told, before Python does it at length."""
    unknown = [name for name in options if name not in its.own.parameters]
    if unknown:
        near = get_close_matches(unknown[0], known, n=1)
        raise ValueError(
            f"`{unknown[0]}` must be something that a `{its.name}` can be told, but is not. "
            + (f"Nearest: `{near[0]}`. " if near else "")
            + f"It can be told {', '.join(f'`{name}`' for name in known)}."
        )


def _complete(its: Kind, extra: tuple, options: Mapping) -> dict:
    """All options of a kind, by name; tables among them have passed the gate."""
    bound = its.own.bind(*extra, **options)
    bound.apply_defaults()
    for value in bound.arguments.values():
        if isinstance(value, pd.DataFrame | ProtectedTable):
            require_protected(value)
    return dict(bound.arguments)
