"""A figure as a slide: a chart that can be edited in PowerPoint, or the picture where that can't be the same chart."""

import io

from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import (
    XL_AXIS_CROSSES,
    XL_CHART_TYPE,
    XL_LEGEND_POSITION,
    XL_MARKER_STYLE,
    XL_TICK_LABEL_POSITION,
)
from pptx.enum.text import PP_ALIGN
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn
from pptx.util import Mm, Pt

from analysis.charts import style
from analysis.charts.figure import Figure, picture
from analysis.charts.marks import is_shown
from analysis.export import images, workbook
from analysis.export import record as provenance

_WIDTH, _HEIGHT = 254, 142.875  # mm, a slide of 16:9
_CHART = (Mm(9), Mm(34), Mm(_WIDTH - 18), Mm(92))  # left, top, width, height
_MANY = 16  # names that stand in 10 points
_MARKS = tuple(name.upper() for name in workbook.MARKERS)
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
    """Write a figure as a presentation of one slide, with a native chart where `workbook.native_chart` has one.

    Raises
    ------
    ValueError
        If the figure has no numbers to chart.
    """
    if not is_shown(figure.table.frame).any():
        raise ValueError(
            f"A slide needs numbers to chart, but `{figure.name}` shows none. Use the png of 254 mm instead."
        )
    chart = workbook.native_chart(figure)
    show = _empty_show()
    slide = show.slides.add_slide(show.slide_layouts[0])
    _write_title(slide, figure)
    frame = _add_picture(slide, figure, record) if chart is None else _add_chart(slide, figure, chart)
    frame.name = "Diagram"
    frame._element.xpath(".//p:cNvPr")[0].set("descr", figure.alt)
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
    _text_box(slide, "Beskrivelse", Mm(21), figure.description, 12)


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


def _add_picture(slide, figure: Figure, record: dict):
    """Place the figure's chart, without the words around it, as large as there is room for."""
    drawn = picture(figure, _WIDTH, title_in_image=False)
    (wide, high), (top, bottom) = drawn.size, drawn.chart
    image = images.light(images.png(drawn, record), (0, top / high, 1, bottom / high))
    left, above, most_wide, most_high = _CHART
    scale = min(most_wide / wide, most_high / (bottom - top))
    width, height = round(scale * wide), round(scale * (bottom - top))
    return slide.shapes.add_picture(io.BytesIO(image), left + (most_wide - width) // 2, above, width, height)


def _add_chart(slide, figure: Figure, chart: workbook.NativeChart):
    numbers = CategoryChartData(number_format=chart.number_format)
    numbers.categories = chart.categories
    for name, values in workbook.values(figure, chart).items():
        numbers.add_series(name, values)
    frame = slide.shapes.add_chart(_KINDS[chart.kind], *_CHART, numbers)
    drawn = frame.chart
    drawn.font.size = Pt(10 if len(chart.categories) <= _MANY else 8)
    drawn.has_title = False
    drawn.has_legend = len(chart.series) > 1
    if drawn.has_legend:
        drawn.legend.position, drawn.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False
    drawn.category_axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    every = parse_xml(f'<c:tickLblSkip {nsdecls("c")} val="1"/>')  # no name is left out
    drawn.category_axis._element.find(qn("c:noMultiLvlLbl")).addprevious(every)
    _set_values(drawn.value_axis, chart)
    if chart.kind == "line":
        # a source's own points are joined over years without one
        drawn._chartSpace.chart.find(qn("c:dispBlanksAs")).set("val", "span")
    else:
        drawn.category_axis.reverse_order = True
        # the numbers stand below: the first category is at the top, and they cross at the last
        drawn.value_axis._element.crosses.val = XL_AXIS_CROSSES.MAXIMUM
        drawn.plots[0].gap_width = 60
        drawn.plots[0].overlap = 100 if chart.kind == "stacked" else 0
    distances = workbook.distances(figure, chart)
    for index, series in enumerate(drawn.plots[0].series):
        _dress(series, chart, index)
        if series.name in distances:
            _add_error_bars(series, distances[series.name])
    return frame


def _set_values(axis, chart: workbook.NativeChart) -> None:
    axis.minimum_scale, axis.maximum_scale = chart.ends
    axis.tick_labels.number_format = "General"
    axis.tick_labels.number_format_is_linked = False
    _fill(axis.major_gridlines.format.line.fill, style.read_style().colour("grid"))


def _dress(series, chart: workbook.NativeChart, index: int) -> None:
    """Give a series the figure's colour, its own place another, and a source its own mark."""
    if chart.kind != "line":
        _fill(series.format.fill, chart.colours[index])
        for at in chart.shades:
            _fill(series.points[at].format.fill, chart.colour(index, at))
        return
    series.smooth = False
    _fill(series.format.line.fill, chart.colours[index])
    series.marker.style, series.marker.size = getattr(XL_MARKER_STYLE, _MARKS[index % len(_MARKS)]), 8
    _fill(series.marker.format.fill, chart.colours[index])
    _fill(series.marker.format.line.fill, chart.colours[index])


def _add_error_bars(series, distances: tuple[list[float], list[float]]) -> None:
    """Draw limits, which python-pptx doesn't: before the categories, as the format orders it."""
    sides = "".join(
        f'<c:{side}><c:numLit><c:formatCode>General</c:formatCode><c:ptCount val="{len(numbers)}"/>'
        + "".join(f'<c:pt idx="{at}"><c:v>{number:g}</c:v></c:pt>' for at, number in enumerate(numbers))
        + f"</c:numLit></c:{side}>"
        for side, numbers in zip(("plus", "minus"), reversed(distances), strict=True)
    )
    ink = style.read_style().colour("ink").lstrip("#")
    bars = parse_xml(
        f'<c:errBars {nsdecls("c", "a")}><c:errBarType val="both"/><c:errValType val="cust"/><c:noEndCap val="0"/>'
        f'{sides}<c:spPr><a:ln w="9525"><a:solidFill><a:srgbClr val="{ink}"/></a:solidFill></a:ln></c:spPr></c:errBars>'
    )
    series._element.find(qn("c:cat")).addprevious(bars)


def _fill(fill, colour: str) -> None:
    fill.solid()
    fill.fore_color.rgb = RGBColor.from_string(colour.lstrip("#"))
