"""A figure, or a whole report, as a Word file: styles and captions that Word knows, real tables, Danish."""

import io
from collections.abc import Sequence
from html import escape

from docx import Document
from docx.document import Document as WordDocument
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph

from analysis.charts import style
from analysis.charts.figure import Figure, Picture
from analysis.export import figure_data, images, workbook
from analysis.export import record as provenance

WIDTH = 160  # mm between the margins of an A4 page
NOTES = "Noter"  # style of what stands under a figure
_SVG = "http://schemas.microsoft.com/office/drawing/2016/SVG/main"
_SIZES = {
    "Normal": 10.5,
    NOTES: 8.5,
    "Caption": 10.5,
    "Title": 24,
    "Heading 1": 17,
    "Heading 2": 13,
    "Heading 3": 11,
}
_POINTS_A_MM = 72 / 25.4
_TWIPS_A_MM = 1440 / 25.4


def to_docx(figure: Figure, record: dict, drawn: Picture) -> bytes:
    """Write one figure with its caption, notes and numbers."""
    shown = figure_data.with_picture(figure_data.content(figure, record), drawn)
    document = new_document(record["title"], record["synthetic"])
    images_of = images.png(drawn, record), images.svg_for_print(drawn, record)
    add_figure(document, shown, *images_of, 1, figure.note)
    add_table(document, shown["columns"], shown["cells"], f"Tal bag figuren: {figure.description}", 1)
    return finished(document, record)


def new_document(title: str, synthetic: bool) -> WordDocument:
    """Return an empty Danish document in the house style."""
    document, look = Document(), style.read_style()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(25)
    section.top_margin = section.bottom_margin = Mm(22)
    properties = document.core_properties
    properties.title, properties.language = provenance.marked(title, synthetic), "da-DK"
    properties.author = properties.last_modified_by = properties.comments = ""
    _set_styles(document, look)
    foot = section.footer.paragraphs[0]
    foot.text = f"{'Syntetiske data · ' if synthetic else ''}{title} · side "
    _add_field(foot, "PAGE", "1")
    return document


def _set_styles(document: WordDocument, look: style.Style) -> None:
    family = look.fonts["regular"].get_family()[0]
    styles = document.styles
    notes = styles.add_style(NOTES, 1)  # of paragraphs
    notes.base_style = styles["Normal"]
    for name, points in _SIZES.items():
        of = styles[name]
        of.font.name, of.font.size = family, Pt(points)
        of.font.color.rgb = RGBColor.from_string(look.colour("muted" if name == NOTES else "ink").lstrip("#"))
        fonts = of.element.get_or_add_rPr().get_or_add_rFonts()
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
        fonts.set(qn("w:hAnsi"), family)
    styles["Caption"].font.bold, styles["Caption"].paragraph_format.keep_with_next = True, True
    styles["Caption"].paragraph_format.space_before = Pt(12)
    for language in styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), "da-DK")


def _add_field(paragraph: Paragraph, code: str, result: str) -> None:
    """Add a field, which Word can work out anew, with its result as it is now."""
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), f" {code} ")
    run = paragraph.add_run(result)
    field.append(run._r)
    paragraph._p.append(field)


def add_list_of(document: WordDocument, code: str, entries: Sequence[str]) -> None:
    """Add a list of contents, figures or tables that Word keeps: its field, and its lines as they are now."""
    field = [_field_sign("begin"), OxmlElement("w:instrText"), _field_sign("separate"), _field_sign("end")]
    field[1].text = f" {code} "
    field[1].set(qn("xml:space"), "preserve")
    first = _close_line(document).add_run()
    first._r.extend(field[:3])
    lines = [first]
    for at, entry in enumerate(entries):
        run = first if at == 0 else _close_line(document).add_run()
        run.add_text(entry)
        lines.append(run)
    lines[-1]._r.append(field[3])


def _close_line(document: WordDocument) -> Paragraph:
    """A line of a list, close to the next."""
    paragraph = add_paragraph(document, style_id=NOTES)
    paragraph.paragraph_format.space_after = Pt(2)
    return paragraph


def _field_sign(kind: str):
    sign = OxmlElement("w:fldChar")
    sign.set(qn("w:fldCharType"), kind)
    return sign


def add_caption(document: WordDocument, label: str, number: int, text: str) -> None:
    """Add a caption whose number Word counts, so that a list of figures or tables finds it."""
    caption = add_paragraph(document, f"{label} ", "Caption")
    _add_field(caption, f"SEQ {label} \\* ARABIC", str(number))
    caption.add_run(f". {text}")


def add_figure(document: WordDocument, shown: dict, png: bytes, svg: bytes, number: int, note: str) -> None:
    """Add a figure: caption, description, image with alternative text, note and source.

    Parameters
    ----------
    document : Document
    shown : dict
        What the figure's .json says.
    png, svg : bytes
        The published images, with letters as curves; what they say around the chart is cropped.
    number : int
    note : str
        What is said under it.
    """
    texts, picture = shown["texts"], shown["picture"]
    add_caption(document, "Figur", number, texts["headline"])
    _notes(document, texts["description"]).paragraph_format.keep_with_next = True
    paragraph = document.add_paragraph()
    paragraph.paragraph_format.keep_with_next = True
    top, bottom = picture["chart"]
    width = Mm(min(WIDTH, picture["width"] / _POINTS_A_MM))
    inline = paragraph.add_run().add_picture(io.BytesIO(images.light(png)), width=width)._inline
    inline.docPr.set("descr", texts["alt"])
    inline.docPr.set("name", f"Figur {number}")
    _crop(inline, top / picture["height"], 1 - bottom / picture["height"])
    inline.extent.cy = round(inline.extent.cy * (bottom - top) / picture["height"])
    inline.graphic.graphicData.pic.spPr.cy = inline.extent.cy
    _embed_svg(document, inline, svg, number)
    add_notes(document, note, texts["source"])


def add_notes(document: WordDocument, note: str, source: str) -> None:
    """Add note and source, each a line."""
    if note:
        _notes(document, f"Anm.: {note}")
    _notes(document, f"Kilde: {source}")


def add_paragraph(document: WordDocument, text: str = "", style_id: str = "") -> Paragraph:
    """Add a paragraph of a style by its identifier, which python-docx would look up anew each time."""
    paragraph = document.add_paragraph()
    if style_id:
        paragraph._p.get_or_add_pPr().get_or_add_pStyle().val = style_id
    if text:
        paragraph.add_run(text)
    return paragraph


def _notes(document: WordDocument, text: str) -> Paragraph:
    paragraph = add_paragraph(document, text, NOTES)
    paragraph.paragraph_format.space_after = Pt(3)
    return paragraph


def _crop(inline, above: float, below: float) -> None:
    """Cut an image at top and bottom by these shares of its height; the image itself stays whole."""
    cut = OxmlElement("a:srcRect")
    cut.set("t", str(round(100_000 * above)))
    cut.set("b", str(round(100_000 * below)))
    inline.graphic.graphicData.pic.blipFill.find(qn("a:blip")).addnext(cut)


def _embed_svg(document: WordDocument, inline, svg: bytes, number: int) -> None:
    """Let Word draw the SVG instead of the image behind it."""
    name = PackURI(f"/word/media/figur{number}.svg")
    part = Part(name, "image/svg+xml", svg, document.part.package)
    related = document.part.relate_to(part, RELATIONSHIP_TYPE.IMAGE)
    extension = parse_xml(
        f'<a:extLst {nsdecls("a", "r")}><a:ext uri="{{96DAC541-7B7A-43D3-8B79-37D633B846F1}}">'
        f'<asvg:svgBlip xmlns:asvg="{_SVG}" r:embed="{related}"/></a:ext></a:extLst>'
    )
    inline.graphic.graphicData.pic.blipFill.find(qn("a:blip")).append(extension)


def add_table(
    document: WordDocument,
    columns: Sequence[dict | str],
    cells: Sequence[Sequence[str]],
    text: str = "",
    number: int = 0,
) -> None:
    """Add a table with a header row that is repeated on each page, and a caption where there is a text."""
    if text:
        add_caption(document, "Tabel", number, text)
    headers = [column if isinstance(column, str) else column["header"] for column in columns]
    widths = [round(width * _TWIPS_A_MM) for width in _widths(headers, cells)]
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    rows = [
        _row(headers, widths, "<w:tblHeader/>", "<w:rPr><w:b/></w:rPr>"),
        *(_row(line, widths) for line in cells),
    ]
    table = parse_xml(
        f'<w:tbl {nsdecls("w")}><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/>'
        f"<w:tblBorders>{_lines()}</w:tblBorders>"
        f'<w:tblLook w:val="0020" w:firstRow="1"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>{"".join(rows)}</w:tbl>'
    )
    add_paragraph(document, style_id=NOTES)._p.addprevious(table)


def _lines() -> str:
    """The thin lines of a table: at top and bottom, and between its rows."""
    colour = style.read_style().colour("rule").lstrip("#")
    return "".join(
        f'<w:{side} w:val="single" w:sz="4" w:color="{colour}"/>' for side in ("top", "bottom", "insideH")
    )


def _row(cells: Sequence[str], widths: Sequence[int], kind: str = "", looks: str = "") -> str:
    """A row of a table that is never parted by the end of a page."""
    parts = [
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr><w:p><w:pPr><w:pStyle w:val="{NOTES}"/>'
        f'<w:spacing w:after="20"/></w:pPr><w:r>{looks}<w:t xml:space="preserve">{escape(str(cell))}</w:t></w:r>'
        "</w:p></w:tc>"
        for cell, width in zip(cells, widths, strict=True)
    ]
    return f"<w:tr><w:trPr><w:cantSplit/>{kind}</w:trPr>{''.join(parts)}</w:tr>"


def _widths(headers: Sequence[str], cells: Sequence[Sequence[str]]) -> list[float]:
    """Widths of the columns [mm], by how much stands in them."""
    lengths = [[len(header), *(len(str(line[at])) for line in cells)] for at, header in enumerate(headers)]
    wanted = [max(max(column) ** 0.5, 2.5) for column in lengths]
    return [WIDTH * share / sum(wanted) for share in wanted]


def finished(document: WordDocument, record: dict) -> bytes:
    """Return a document's bytes, the same at every run; the record stands in its comments."""
    # python-docx stops at 255 characters here, which is its own limit and not the format's
    document.core_properties._element._get_or_add("description").text = provenance.to_json(record)
    written = io.BytesIO()
    document.save(written)
    return workbook.fixed(written.getvalue())
