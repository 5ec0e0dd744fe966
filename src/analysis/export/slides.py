"""A figure as a slide whose chart can be edited in PowerPoint."""

import io

from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_AXIS_CROSSES, XL_CHART_TYPE, XL_LEGEND_POSITION, XL_TICK_LABEL_POSITION
from pptx.enum.text import PP_ALIGN
from pptx.util import Mm, Pt

from analysis.charts import style
from analysis.charts.figure import Figure
from analysis.export import record as provenance
from analysis.export import workbook
from analysis.export.workbook import series_colours

_WIDTH, _HEIGHT = 254, 142.875  # mm, a slide of 16:9
_TITLE_ONLY = 5  # its place among the layouts of python-pptx's template
_TEMPLATE_WORDS = {
    "Click to edit Master title style": "Titel",
    "Click to edit Master text styles": "Tekst",
    "Second level": "Andet niveau",
    "Third level": "Tredje niveau",
    "Fourth level": "Fjerde niveau",
    "Fifth level": "Femte niveau",
    "1/27/13": "",
}
_KINDS = {
    "bar": XL_CHART_TYPE.BAR_CLUSTERED,
    "stacked": XL_CHART_TYPE.BAR_STACKED,
    "line": XL_CHART_TYPE.LINE_MARKERS,
}


def to_pptx(figure: Figure, record: dict) -> bytes:
    """Write a figure as a presentation of one slide with a native chart.

    Raises
    ------
    ValueError
        If the figure has no numbers to chart.
    """
    chart = workbook.native_chart(figure)
    if chart is None:
        raise ValueError(
            f"A slide needs numbers to chart, but `{figure.name}` shows none. Use the png of 254 mm instead."
        )
    show = _empty_show()
    slide = show.slides.add_slide(show.slide_layouts[0])
    _write_title(slide, figure)
    _add_chart(slide, figure, chart)
    basis = f"{provenance.SYNTHETIC_WORDS}. " if figure.synthetic else ""
    _text_box(slide, "Noter", Mm(127), f"{basis}Anm.: {figure.note} Kilde: {figure.source}", 9)
    properties = show.core_properties
    properties.title, properties.language = basis + figure.headline, "da-DK"
    properties.author = properties.last_modified_by = ""
    # python-pptx stops at 255 characters here, which is its own limit and not the format's
    properties._element._get_or_add("description").text = provenance.to_json(record)
    written = io.BytesIO()
    show.save(written)
    return workbook.fixed(written.getvalue())


def _empty_show():
    """A presentation with one layout, a title and nothing else, and no English in its template."""
    show = Presentation()
    show.slide_width, show.slide_height = Mm(_WIDTH), Mm(_HEIGHT)
    for layout in [layout for at, layout in enumerate(show.slide_layouts) if at != _TITLE_ONLY]:
        show.slide_layouts.remove(layout)
    show.slide_layouts[0].name = "Titel og diagram"
    for shape in (*show.slide_master.shapes, *show.slide_layouts[0].shapes):
        shape.name = f"Pladsholder {shape.shape_id}"
        for paragraph in shape.text_frame.paragraphs if shape.has_text_frame else ():
            for run in paragraph.runs:
                run.text = _TEMPLATE_WORDS.get(run.text, run.text)
    return show


def _write_title(slide, figure: Figure) -> None:
    title = slide.shapes.title
    title.left, title.top, title.width, title.height = Mm(9), Mm(5), Mm(_WIDTH - 18), Mm(16)
    title.name = "Titel"
    title.text_frame.text = figure.headline
    title.text_frame.word_wrap = True
    title.text_frame.paragraphs[0].alignment = PP_ALIGN.LEFT
    _set_language(title.text_frame, 20, bold=True)
    _text_box(slide, "Beskrivelse", Mm(21), figure.description, 13)


def _text_box(slide, name: str, top: int, text: str, points: float) -> None:
    box = slide.shapes.add_textbox(Mm(9), top, Mm(_WIDTH - 18), Mm(9))
    box.name = name
    box.text_frame.word_wrap = True
    box.text_frame.text = text
    _set_language(box.text_frame, points)


def _set_language(frame, points: float, bold: bool = False) -> None:
    for run in (run for paragraph in frame.paragraphs for run in paragraph.runs):
        run.font.size, run.font.bold = Pt(points), bold
        run._r.get_or_add_rPr().set("lang", "da-DK")


def _add_chart(slide, figure: Figure, chart: workbook.NativeChart) -> None:
    look = style.read_style()
    numbers = CategoryChartData(number_format=chart.number_format)
    numbers.categories = chart.categories
    for name, values in workbook.values(figure, chart).items():
        numbers.add_series(name, values)
    place = Mm(9), Mm(36), Mm(_WIDTH - 18), Mm(90)
    frame = slide.shapes.add_chart(_KINDS[chart.kind], *place, numbers)
    named = frame._element.nvGraphicFramePr.cNvPr
    named.set("descr", figure.alt)
    named.set("name", "Diagram")
    drawn = frame.chart
    drawn.font.size = Pt(10)
    drawn.has_title = False
    drawn.has_legend = len(chart.series) > 1
    if drawn.has_legend:
        drawn.legend.position, drawn.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False
    if chart.kind != "line":
        drawn.category_axis.reverse_order = True
        # the numbers stand below: the first category is at the top, and they cross at the last
        drawn.value_axis._element.crosses.val = XL_AXIS_CROSSES.MAXIMUM
        drawn.plots[0].gap_width = 60
        drawn.category_axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    if chart.kind == "stacked":
        drawn.plots[0].overlap = 100
    if chart.kind == "stacked":
        drawn.value_axis.maximum_scale = 100
    drawn.value_axis.tick_labels.number_format = "General"
    drawn.value_axis.tick_labels.number_format_is_linked = False
    _fill(drawn.value_axis.major_gridlines.format.line.fill, look.colour("grid"))
    for series, colour in zip(drawn.plots[0].series, series_colours(chart), strict=True):
        _fill(series.format.line.fill if chart.kind == "line" else series.format.fill, colour)
    for at in chart.chosen:
        _fill(drawn.plots[0].series[0].points[at].format.fill, look.colour("accent"))


def _fill(fill, colour: str) -> None:
    fill.solid()
    fill.fore_color.rgb = RGBColor.from_string(colour.lstrip("#"))
