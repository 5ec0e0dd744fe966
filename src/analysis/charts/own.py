"""Anybody's axes on the house's sheet: a Matplotlib or seaborn drawing of a protected table as a figure.

The drawing gets the rows that may be shown and nothing else; the sheet brings headline, note, source and the mark of
synthetic data, Danish numbers, and the codebook's words for columns and codes.
"""

import re
import sys
import warnings
from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
from matplotlib import cbook, rc_context
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, QuadMesh
from matplotlib.figure import Figure as Drawing
from matplotlib.font_manager import weight_dict
from matplotlib.legend import Legend
from matplotlib.text import Text
from matplotlib.ticker import (
    FixedLocator,
    Formatter,
    FuncFormatter,
    LogFormatter,
    NullLocator,
    ScalarFormatter,
)
from matplotlib.transforms import Bbox, ScaledTranslation, Transform, blended_transform_factory

from analysis import codebook, danish, municipalities
from analysis.charts import canvas as axes_of
from analysis.charts import captions, marks, style
from analysis.charts.canvas import Canvas
from analysis.charts.figure import STATUS_WORDS, Figure, picture
from analysis.charts.fonts import check_letters
from analysis.charts.kind import kind
from analysis.charts.sheet import watermark
from analysis.disclosure import ProtectedTable, require_protected
from analysis.disclosure.table import HEADERS

Draw = Callable[..., object]
_NUMBERS = ("estimate", "low", "high", "n")
_NOT_TOLD = (
    "status",
    "verdict",
    "reliability",
    "place_level",
    "municipality",
    "region",
    "municipality_group",
)
_LEVELS = {
    "municipality": "Kommuner",
    "municipality_group": "Kommunegrupper",
    "region": "Regioner",
    "country": municipalities.COUNTRY,
}
# What seaborn writes of its own accord.
_LIBRARY_WORDS = {
    "Count": "Antal",
    "Density": "Tæthed",
    "Proportion": "Pct.",
    "Percent": "Pct.",
    "Probability": "Andel",
}
_ON_SLIDE = 0.55  # of a slide's height
_LIFT = 1.2  # mm that the name of an upright axis stands over it
_SIDE = 0.3  # mm that a drawing may reach over its frame: the rim of a mark


def own(
    table: ProtectedTable,
    draw: Draw,
    *,
    height_mm: float = 70,
    place: str = municipalities.COUNTRY,
    axes: tuple[int, int] = (1, 1),
    labels: Mapping[str, Mapping[str, str]] | None = None,
    **texts,
) -> Figure:
    """Draw a protected table with a function of one's own, on the house's sheet.

    What `draw` brings along from elsewhere has not passed the gate: give it the rows that it is handed, no others.

    Parameters
    ----------
    table : ProtectedTable
        What is drawn; only its shown rows are handed on.
    draw : callable
        ``draw(ax, rows)`` draws on a Matplotlib `Axes`, as seaborn's Axes-level functions do with ``ax=ax``; with more
        than one of `axes` it gets their array.
    height_mm : float
        Height of the drawing [mm]; the words around it come on top.
    place : str
        The place that the figure is about, whose report it lies in.
    axes : tuple of int
        Rows and columns of axes.
    labels : mapping, optional
        Column -> code -> Danish word, where the codebook has none.
    texts
        ``headline``, ``description``, ``note`` (of a table from `measures.ask` the last two are known: a note is put
        before its own), and ``name``, ``source``, ``alt``, ``unit``, ``decimals``,
        ``value_label``, ``columns`` where they aren't to follow from the headline and the table.

    Returns
    -------
    Figure

    Raises
    ------
    TypeError
        If `table` has not been through the disclosure gate.
    ValueError
        If `draw` draws nothing on the axes, draws outside them, or in a font that the house lacks.

    Examples
    --------
    >>> import pandas as pd
    >>> from analysis.disclosure import declare_public
    >>> rows = pd.DataFrame({"place": ["Sjælland", "Nordjylland"], "estimate": [1.5, 2.0]})
    >>> figure = own(
    ...     declare_public(rows, "Published numbers.", synthetic=False),
    ...     lambda ax, rows: ax.barh(rows["place"], rows["estimate"]),
    ...     headline="Tid til faglig sparring i to regioner",
    ...     description="Timer om ugen, 2014",
    ...     note="Vægtede gennemsnit.",
    ...     source="En rapport.",
    ... )
    >>> figure.kind
    'own'
    """
    quantity = require_protected(table).quantity
    note = " ".join(filter(None, [str(texts.get("note", "")).strip(), quantity.get("note", "")]))
    texts = {"description": quantity.get("description", "")} | texts | {"note": note}
    missing = [text for text in ("headline", "description", "note") if not str(texts.get(text, "")).strip()]
    if missing:
        raise ValueError(
            f"`own` must be told headline, description and note, but {len(missing)} of 3 are missing (first:"
            f" `{missing[0]}`). Write them: nobody else knows what is drawn."
        )
    check_letters([texts["headline"]], "`headline`")
    name = texts.get("name") or danish.slug(texts["headline"])[:60].strip("_")
    source = captions.source(quantity["table"], year=quantity.get("year")) if quantity.get("table") else ""
    given = {
        "name": name,
        "source": source,
        "unit": quantity.get("unit") or ("pct." if quantity.get("level") else ""),
        "decimals": quantity.get("decimals"),
    }
    figure = _own(table, draw, height_mm=height_mm, axes=axes, labels=labels, place=place, **(given | texts))
    picture(figure)  # a drawing that can't be is told where it is written, not where it is published
    return figure


def _columns(rows: pd.DataFrame, unit: str, options: Mapping) -> dict[str, str]:
    keys = [
        column
        for column in rows
        if not pd.api.types.is_numeric_dtype(rows[column]) and column not in _NOT_TOLD
    ]
    told = [*keys, *(column for column in _NUMBERS if column in rows)]
    if not set(_NUMBERS) & set(rows):
        told += [column for column in rows if pd.api.types.is_numeric_dtype(rows[column])]
    measured = f" ({unit})" if unit else ""
    headers = {column: _heading(column) or column.replace("_", " ").capitalize() for column in told}
    return headers | ({"estimate": f"Skøn{measured}"} if "estimate" in rows else {})


def _heading(column: str) -> str:
    """The Danish word for a column of a table; empty where nobody knows it."""
    if column in HEADERS:
        return HEADERS[column]
    try:
        return codebook.label(column)
    except KeyError:
        return ""


def _words(rows: pd.DataFrame, options: Mapping) -> dict[str, dict[str, str]]:
    """Column -> code -> Danish word, as far as the caller and the codebook know it."""
    words = {column: codebook.known_levels(column) for column in rows}
    words |= {"place_level": _LEVELS, "verdict": captions.VERDICTS} | dict(options["labels"] or {})
    return {column: words[column] for column in rows if words[column]}


def _describe(shows, headline, table: ProtectedTable, place, unit, decimals, options: Mapping) -> str:
    if {"place", "estimate"} <= set(table.frame):
        return captions.for_estimates(shows, headline, table, place, unit, decimals)
    return captions.alt_text(f"{shows} over {len(table)} rækker", headline, [], [], table.synthetic)


def _check(rows: pd.DataFrame, options: Mapping) -> None:
    if not callable(options["draw"]):
        raise TypeError(
            f"`draw` must be a function of an axes and the rows, but is a {type(options['draw']).__name__}."
            " Write `def draw(ax, rows): ...`."
        )


@kind("Diagram", columns=_columns, words=_words, describe=_describe, check=_check, uncertain="")
def _own(
    canvas: Canvas,
    figure: Figure,
    draw: Draw,
    *,
    height_mm: float,
    axes: tuple[int, int],
    labels: Mapping[str, Mapping[str, str]] | None,
) -> None:
    """Draw the shown rows with `draw`, on axes as wide as the sheet."""
    rows = figure.table.frame
    shown = _plain(rows[marks.is_shown(rows)])
    if shown.empty:
        marks.card(canvas, _why(rows))
        return
    wide = canvas.right - canvas.left
    high = _ON_SLIDE * canvas.sizes.height if canvas.sizes.height else height_mm
    drawing = canvas.drawing
    drawing.set_size_inches(wide / axes_of.MM_PER_INCH, high / axes_of.MM_PER_INCH)  # while it is laid out
    with rc_context(style.rc(canvas.width) | _sizes(canvas)):
        drawing.set_layout_engine("constrained", h_pad=0.02, w_pad=0.02, hspace=0.05, wspace=0.05)
        frames = drawing.subplots(*axes)
        _call(draw, frames, shown, drawing)
        for lines in drawing.findobj(
            LineCollection
        ):  # which look the names of a cycle's colours up when drawn
            lines.set_color(lines.get_color())
        for ax in drawing.axes:
            _in_danish(canvas, ax, figure)
        legends = [moved for ax in drawing.axes if (moved := _legend_above(canvas, ax))]
        for ax in drawing.axes:
            _in_house_font(canvas, ax)
        labels = [label for ax in drawing.axes if (label := _level_label(canvas, ax))]
        _lay_out(drawing, wide, high)
        for ax in drawing.axes:
            _hold_ticks(ax)
            _in_house_font(canvas, ax)
    edge = canvas.left / canvas.width
    for label, at in labels:
        label.set(x=edge, transform=at)
    for legend, at in legends:
        legend.set_bbox_to_anchor((edge, 1), at)
    for ax in drawing.axes:
        x0, y0, across, up = ax.get_position(original=True).bounds
        left, top = canvas.left + x0 * wide, canvas.y + (1 - y0 - up) * high
        canvas.place(ax, left, top, across * wide, up * high)
        if figure.synthetic and ax.axison and ax in np.ravel(frames):
            watermark(canvas, left, top, across * wide, up * high, over_marks=True, on=ax)
    canvas.y += high + 0.3 * canvas.line_height("small")


def _why(rows: pd.DataFrame) -> str:
    """Why no row is shown: "Diskretioneret"."""
    words = danish.join_words([STATUS_WORDS[status] for status in rows["status"].unique()])
    return words[:1].upper() + words[1:]


def _plain(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows as seaborn and Matplotlib take them: numbers that may be missing as float."""
    masked = [column for column in rows if pd.api.types.is_extension_array_dtype(rows[column].dtype)]
    numbers = [column for column in masked if pd.api.types.is_numeric_dtype(rows[column])]
    return rows.astype(dict.fromkeys(numbers, float)).reset_index(drop=True)


def _sizes(canvas: Canvas) -> dict[str, float]:
    small, body = canvas.points("small"), canvas.points("body")
    sizes = dict.fromkeys(("axes.labelsize", "xtick.labelsize", "ytick.labelsize", "legend.fontsize"), small)
    return sizes | {"legend.title_fontsize": small, "font.size": body, "axes.titlesize": body}


def _call(draw: Draw, frames, rows: pd.DataFrame, drawing: Drawing) -> None:
    """Call `draw`, and hold it to the axes that it is given."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    before = set(pyplot.get_fignums()) if pyplot else set()
    try:
        draw(frames, rows.copy())
    finally:
        pyplot = sys.modules.get("matplotlib.pyplot")
        opened = set(pyplot.get_fignums()) - before if pyplot else set()
        for number in opened:
            pyplot.close(number)
    empty = [ax for ax in np.ravel(frames) if ax.axison and not (ax.has_data() or ax.texts)]
    if empty:
        elsewhere = " (it opened a figure of its own, as `plt` and figure-level functions like `relplot` do)"
        raise ValueError(
            f"`draw` must draw on each of the axes that it is given, but {len(empty)} of {np.size(frames)} are empty"
            f"{elsewhere if opened else ''}. Use an Axes-level function with `ax=ax`, or `ax.set_axis_off()`."
        )
    beside = [*drawing.texts, *drawing.legends, *drawing.lines, *drawing.patches[1:]]
    beside += [drawing._suptitle] if drawing._suptitle else []
    if beside:
        raise ValueError(
            f"`draw` must draw on its axes alone, but {len(beside)} things stand on the figure around them (first:"
            f" {beside[0]}). Say it in `headline` or `description`, or draw it with `ax`."
        )


class _DanishNumbers(Formatter):
    """Ticks of an axis of numbers in Danish; shares as percentages, years without a thousands' point."""

    def __init__(self, shares: bool, years: bool):
        self.shares, self.years = shares, years

    def format_ticks(self, values) -> list[str]:
        if self.years:
            return [f"{value:.0f}" if float(value).is_integer() else "" for value in values]
        return axes_of.tick_texts([float(value) for value in values], self.shares)

    def __call__(self, value, position=None) -> str:
        return self.format_ticks([value])[0]


def _in_danish(canvas: Canvas, ax: Axes, figure: Figure) -> None:
    """Put the axes' labels, ticks, legend and numbers in Danish, and pale lines where values are read."""
    flat = {code: word for words in figure.texts.values() for code, word in words.items()}
    numbers = {}
    for axis in (ax.xaxis, ax.yaxis):
        label = axis.get_label_text()
        column = label if label in figure.table.frame else ""
        shares = figure.unit == "pct." and column in _NUMBERS[:3] or label == "Proportion"
        numbers[axis] = isinstance(axis.get_major_formatter(), ScalarFormatter | LogFormatter)
        axis.set_label_text(_label(label, figure))
        if numbers[axis]:
            axis.set_major_formatter(_DanishNumbers(shares, column == "year"))
        else:
            _translate_ticks(axis, flat | figure.texts.get(column, {}))
    ax.tick_params(axis="y", labelrotation=0)  # words are read level, however a library would turn them
    meshed = any(isinstance(drawn, QuadMesh) for drawn in ax.collections) or ax.images
    ax.grid(False)
    if not meshed and ax.get_frame_on():
        ax.xaxis.grid(numbers[ax.xaxis] and not numbers[ax.yaxis])
        ax.yaxis.grid(numbers[ax.yaxis])
    for text in ax.texts:
        text.set_text(_decimal_comma(flat.get(text.get_text(), text.get_text())))
    ax.set_title(flat.get(ax.get_title(loc="left"), ax.get_title(loc="left")), loc="left")
    legend = ax.get_legend()
    if legend:
        title = legend.get_title()
        words = flat | figure.texts.get(title.get_text(), {})
        title.set_text(_label(title.get_text(), figure))
        for text in legend.get_texts():
            text.set_text(_decimal_comma(words.get(text.get_text(), _label(text.get_text(), figure))))


def _label(text: str, figure: Figure) -> str:
    """The Danish word for a label that a library wrote: a column's heading, or its own words."""
    if text == "place":  # names say themselves what they are
        return ""
    if text not in figure.table.frame:
        return _LIBRARY_WORDS.get(text, text)
    word = figure.value_label if text == "estimate" else figure.columns.get(text) or _heading(text)
    if not word:
        raise ValueError(
            f"Labels must be Danish, but the column `{text}` has no word in data/codebook.csv. Name it in `draw`:"
            f" `ax.set_xlabel(...)`, or in `columns`."
        )
    return word


def _translate_ticks(axis, words: Mapping[str, str]) -> None:
    """Write categories in Danish; on a horizontal axis with many of them, upright."""
    formatter = axis.get_major_formatter()
    texts = formatter.format_ticks(axis.get_majorticklocs())
    told = [_decimal_comma(words.get(text, text)) for text in texts]
    if not isinstance(formatter, FuncFormatter) or isinstance(axis.get_major_locator(), FixedLocator):
        axis.set_ticks(axis.get_majorticklocs(), told)


def _hold_ticks(ax: Axes) -> None:
    """Keep the ticks that there was room for: later ones would come in another look than the house's."""
    for axis in (ax.xaxis, ax.yaxis):
        low, high = sorted(axis.get_view_interval())
        inside = [at for at in axis.get_majorticklocs() if low - 1e-9 <= at <= high + 1e-9]
        axis.set_ticks(inside, axis.get_major_formatter().format_ticks(inside))
        axis.set_minor_locator(NullLocator())


def _decimal_comma(text: str) -> str:
    """A number that a library wrote, in Danish; other texts as they are."""
    number = re.fullmatch(r"[-\u2212]?\d+\.(\d+)", text)
    return danish.number(float(text.replace("\u2212", "-")), len(number[1])) if number else text


def _legend_above(canvas: Canvas, ax: Axes) -> tuple[Legend, Transform] | None:
    """Move a legend that was left to find a place among the marks over the axes, in as few lines as it needs.

    Returns it, with what it is placed by, where it stands at the sheet's left edge.
    """
    legend = ax.get_legend()
    if legend is None or legend._get_loc() != Legend.codes["best"]:
        return None
    texts, title = [text.get_text() for text in legend.get_texts()], legend.get_title().get_text()
    each = canvas.widest(texts, "small") + 3 * canvas.line_height("small")
    fitting = int((canvas.right - canvas.left) * ax.get_position().width // each)
    name = 1.5 * canvas.points("small") * axes_of.MM_PER_POINT if ax.get_ylabel() else 0
    over, at = _over(canvas, ax, name + _LIFT)
    look = {
        "alignment": "left",
        "borderpad": 0,
        "borderaxespad": 0.3,
        "columnspacing": 1.5,
        "handlelength": 1.5,
    }
    where = {"loc": "lower left", "bbox_to_anchor": (0, 1), "bbox_transform": over}
    moved = ax.legend(
        legend.legend_handles, texts, title=title or None, ncols=max(1, fitting), **where, **look
    )
    return (moved, at) if at else None


def _over(canvas: Canvas, ax: Axes, lift: float) -> tuple[Transform, Transform | None]:
    """Where something stands, `lift` [mm] over the axes; and then, over leftmost axes, from the sheet's left edge.

    It is laid out over the axes: from the edge it would keep all room to the left of them.
    """
    above = ax.transAxes + ScaledTranslation(0, lift / axes_of.MM_PER_INCH, canvas.drawing.dpi_scale_trans)
    first = ax.get_subplotspec() is not None and ax.get_subplotspec().is_first_col()
    return above, blended_transform_factory(canvas.drawing.transFigure, above) if first else None


def _level_label(canvas: Canvas, ax: Axes) -> tuple[Text, Transform] | None:
    """Write the name of an upright axis level, above it, where it is read first; a title stands above that.

    Returns it, with what it is placed by, where it stands at the sheet's left edge.
    """
    label = ax.yaxis.label
    if ax.yaxis.get_label_position() != "left" or not label.get_text():
        return None
    over, at = _over(canvas, ax, _LIFT)
    look = {"color": label.get_color(), "fontproperties": label.get_fontproperties()}
    written = ax.text(0, 1, label.get_text(), ha="left", va="bottom", transform=over, **look)
    label.set_text("")
    pad = 1.3 * written.get_fontsize() + _LIFT / axes_of.MM_PER_POINT
    ax.set_title(ax.get_title(loc="left"), loc="left", pad=pad)
    return (written, at) if at else None


def _in_house_font(canvas: Canvas, ax: Axes) -> None:
    """Set every text in the house's font, no smaller than may be; refuse those that ask for another."""
    fonts = canvas.style.fonts
    (family,) = fonts["regular"].get_family()
    check_letters([text.get_text() for text in _texts(ax)], "What `draw` writes")
    for text in _texts(ax):
        (asked,) = text.get_fontfamily()[:1]
        if asked != family or text.get_parse_math() and cbook.is_math_text(text.get_text()):
            lacking = "signs of mathematics" if asked == family else f"`{asked}`"
            raise ValueError(
                f"`draw` must write in the house's font `{family}`, but {text.get_text()!r} is in {lacking}, which the"
                " typesetter lacks. Leave the font to the house, and write in plain letters."
            )
        weight = text.get_fontproperties().get_weight()
        heavy = weight_dict.get(weight, weight)
        font = fonts["bold" if heavy > 650 else "semibold" if heavy > 500 else "regular"].copy()
        font.set_size(max(text.get_fontsize(), canvas.style.text_points))
        text.set_fontproperties(font)


def _texts(ax: Axes) -> list[Text]:
    return [text for text in ax.findobj(Text) if text.get_text()]


def _lay_out(drawing: Drawing, wide: float, high: float) -> None:
    """Give axes the room that their labels leave, and hold everything to the sheet."""
    for ax in drawing.axes:
        _turn_crowded(drawing, ax)
    with warnings.catch_warnings(record=True) as told, rc_context({"text.hinting": "no_hinting"}):
        warnings.simplefilter("always")
        drawing.get_layout_engine().execute(drawing)
        drawing.set_layout_engine(None)  # what is laid out stays so when the sheet gets its height
        renderer = drawing._get_renderer()
        outside = [ax for ax in drawing.axes if not _within(ax.get_tightbbox(renderer), drawing, wide, high)]
        named = [
            text.get_text()
            for ax in outside
            for text in [*ax.texts, ax.xaxis.label, ax.yaxis.label, ax.title]
            if text.get_text() and not _within(text.get_window_extent(renderer), drawing, wide, high)
        ]
    if outside or any("collapsed" in str(warning.message) for warning in told):
        first = repr(named[0]) if named else "its ticks or its legend"
        raise ValueError(
            f"`draw` must stay on its {wide:.0f} x {high:.0f} mm, but {len(outside) or 'all'} of {len(drawing.axes)}"
            f" axes reach outside or find no room (first: {first}). Shorten it, move it, or give more `height_mm`."
        )


def _within(box: Bbox, drawing: Drawing, wide: float, high: float) -> bool:
    box = box.transformed(drawing.dpi_scale_trans.inverted())
    x0, y0, x1, y1 = (side * axes_of.MM_PER_INCH for side in box.extents)
    return x0 > -_SIDE and y0 > -_SIDE and x1 < wide + _SIDE and y1 < high + _SIDE


def _turn_crowded(drawing: Drawing, ax: Axes) -> None:
    """Turn the names under an axis upright where they would touch."""
    renderer = drawing._get_renderer()
    boxes = [text.get_window_extent(renderer) for text in ax.get_xticklabels() if text.get_text()]
    if sum(box.width for box in boxes) > 0.95 * ax.get_window_extent(renderer).width and len(boxes) > 1:
        ax.tick_params(axis="x", labelrotation=90)
