"""A place's report as a Word file, to be edited: the same content as the PDF."""

from pathlib import Path

from docx.document import Document
from docx.text.paragraph import Paragraph

from analysis import files
from analysis.export import word
from rerun.site import document
from rerun.site.figures import Published, own_note
from rerun.site.notebook import Block, plain


def write_docx(notebooks: list[Path], place: str, path: Path, state: dict | None = None) -> Path:
    """Write the executed notebooks of a place as a Word file; parameters as of `pdf.write_pdf`."""
    chapters = document.chapters_of(notebooks, path.parent)
    record = document.report_record(notebooks, chapters, place, path.stem) | (state or {})
    said = document.content(chapters, record)
    report = word.new_document(record["title"], record["synthetic"])
    told = [one.block for chapter in said["chapters"] for one in chapter["blocks"]]
    figures = [block.figure for block in told if block.figure]
    figures = [said["spine"], *figures] if said["spine"] else figures
    _add_summary(report, said)
    _add_lists(report, said, figures)
    counted = {"Figur": 1 if said["spine"] and _images(said["spine"]) else 0, "Tabel": 0}
    for chapter in said["chapters"]:
        report.add_heading(chapter["title"], 1)
        for one in chapter["blocks"]:
            _add_block(report, one.block, counted, said["notes"])
    report.add_heading("Metode og forbehold", 1)
    for words in said["method"]:
        report.add_paragraph(words)
    report.add_heading("Om figurerne", 2)
    for words in said["notes"]:
        word.add_paragraph(report, words, "ListBullet")
    report.add_heading("Lavet af", 2)
    word.add_table(report, ["Hvad", "Udgave"], said["made_of"])
    return files.write(path, word.finished(report, record))


def _add_summary(report: Document, said: dict) -> None:
    report.add_paragraph(said["place"], style="Title")
    report.add_paragraph(said["description"])
    if said["synthetic"]:
        warned = report.add_paragraph()
        warned.add_run("SYNTETISKE DATA. ").bold = True
        warned.add_run(document.INVENTED)
    report.add_heading("Hvad skiller sig ud?", 1)
    report.add_paragraph(said["plainly"])
    for one in said["found"]:
        paragraph = word.add_paragraph(report, style_id="ListBullet")
        paragraph.add_run(f"{one['title']}: {one['value']}").bold = True
        paragraph.add_run(f"; {one['beside']}. {one['certainty']}")
    images = _images(said["spine"]) if said["spine"] else None
    if images:
        word.add_figure(report, said["spine"].data, *images, 1, own_note(said["spine"], said["notes"]))
    if said["overview"]:
        report.add_heading("Alle mål", 2)
        heads = ["Mål", said["place"], "Interval", "Svar", "Landet", "Mod resten af landet"]
        word.add_table(report, heads[: len(said["overview"][0])], said["overview"])
    report.add_heading(said["talk"]["heading"], 2)
    report.add_paragraph(said["talk"]["lead"])
    for about, words in said["talk"]["points"]:
        paragraph = word.add_paragraph(report, style_id="ListBullet")
        paragraph.add_run(f"{about}. " if about else "").bold = True
        paragraph.add_run(f"{words}." if words else "")
    report.add_heading("Hvad er ikke vist?", 2)
    report.add_paragraph(said["hidden"])
    report.add_heading("Emnerne", 2)
    for chapter in said["chapters"]:
        paragraph = word.add_paragraph(report, style_id="ListBullet")
        paragraph.add_run(f"{chapter['title'].rstrip('?')}: ").bold = True
        paragraph.add_run(f"{chapter['says'].rstrip('?')}.")


def _add_lists(report: Document, said: dict, figures: list[Published]) -> None:
    report.add_heading("Indhold", 2)
    word.add_list_of(report, 'TOC \\o "1-1" \\h \\z', [chapter["title"] for chapter in said["chapters"]])
    drawn = [figure.headline for figure in figures if _images(figure)]
    if drawn:
        report.add_heading("Figurer", 2)
        lines = [f"Figur {number}. {headline}" for number, headline in enumerate(drawn, start=1)]
        word.add_list_of(report, 'TOC \\h \\z \\c "Figur"', lines)


def _images(figure: Published) -> tuple[bytes, bytes] | None:
    """The published images; None for a figure that is a table."""
    found = [figure.file(kind) for kind in ("png", "tryk_svg")]
    if figure.is_table or not all(file and file.is_file() for file in found):
        return None
    return found[0].read_bytes(), found[1].read_bytes()


def _add_block(report: Document, block: Block, counted: dict[str, int], common: list[str]) -> None:
    if block.figure is None:
        _add_prose(report, block.prose)
        return
    images = _images(block.figure)
    if images:
        counted["Figur"] += 1
        word.add_figure(report, block.figure.data, *images, counted["Figur"], own_note(block.figure, common))
        return
    counted["Tabel"] += 1
    texts = block.figure.data["texts"]
    word.add_table(
        report, block.figure.headers, block.figure.data["cells"], texts["headline"], counted["Tabel"]
    )
    word.add_notes(report, own_note(block.figure, common), texts["source"])


def _add_prose(report: Document, nodes: list[dict]) -> None:
    for node in nodes:
        if node["type"] == "heading":
            report.add_heading(plain(node), max(2, node["attrs"]["level"]))
        elif node["type"] == "list":
            kind = "ListNumber" if node["attrs"]["ordered"] else "ListBullet"
            for item in node["children"]:
                _add_words(word.add_paragraph(report, style_id=kind), item["children"])
        elif node["type"] == "table":
            head, *rows = _rows(node)
            word.add_table(report, head, rows)
        else:
            _add_words(word.add_paragraph(report), [node])


def _rows(node: dict) -> list[list[str]]:
    """The cells of a table in prose, row by row."""
    head, body = node["children"][0], node["children"][1:]
    rows = [head, *(row for part in body for row in part["children"])]
    return [[plain(cell) for cell in row["children"]] for row in rows]


def _add_words(paragraph: Paragraph, nodes: list[dict], bold: bool = False, italic: bool = False) -> None:
    for node in nodes:
        kind = node["type"]
        if "children" in node:
            _add_words(paragraph, node["children"], bold or kind == "strong", italic or kind == "emphasis")
        else:
            run = paragraph.add_run(" " if kind == "softbreak" else plain(node))
            run.bold, run.italic = bold or None, italic or None
