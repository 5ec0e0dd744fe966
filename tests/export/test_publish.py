"""Files for publication: what is in them, what is withheld from them, and that every run gives the same."""

import csv
import io
import re
import zipfile
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

import chart_gallery
import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops
from pptx import Presentation
from published import figure, rows

from analysis import charts
from analysis import files as atomic
from analysis.charts import style
from analysis.charts.figure import chart_alone, picture
from analysis.disclosure import declare_public
from analysis.export import figure_data, images, record_reader, tables, workbook
from analysis.publish import FORMATS, file_stem, publish

EVERYTHING = (*FORMATS, "pptx", "zip")
STEM = "syntetisk_roskilde_sagstal"
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("figurer")
    return {
        path.name.removeprefix(STEM): path for path in publish(figure(), directory=folder, formats=EVERYTHING)
    }


def test_every_format_is_written_under_its_name(files):
    assert list(files) == [".png", ".svg", "_tryk.svg", ".pdf", ".xlsx", ".csv", ".pptx", ".zip"]


def test_default_folder_is_that_of_the_place(tmp_path, monkeypatch):
    monkeypatch.setenv("ANALYSIS_REPORTS", str(tmp_path))
    (path,) = publish(figure(), formats=("csv",))
    assert path == tmp_path / "roskilde" / "figurer" / f"{STEM}.csv"


def test_one_format_made_anew_leaves_no_file_of_the_name_behind(tmp_path):
    publish(figure(), directory=tmp_path, formats=("csv", "svg"))
    changed = figure().but(headline="En anden overskrift", drop=["Vejle"])
    (path,) = publish(changed, directory=tmp_path, formats=("xlsx",))
    assert path.suffix == ".xlsx"
    said = figure_data.read(tmp_path / f"{STEM}.json")
    assert set(said["files"].values()) == {file.name for file in tmp_path.iterdir()} - {f"{STEM}.json"}
    assert set(said["files"]) == {"xlsx", "svg", "tryk_svg", "csv"} and said["picture"]
    contents = {ending: (tmp_path / f"{STEM}{ending}").read_text("utf-8") for ending in (".csv", ".svg")}
    assert "Vejle" not in contents[".csv"] and "En anden overskrift" in contents[".svg"]


def test_one_format_of_what_is_the_same_for_all_places_stands_with_the_others(tmp_path, monkeypatch):
    monkeypatch.setenv("ANALYSIS_REPORTS", str(tmp_path))
    rows = declare_public(
        pd.DataFrame({"place": ["Hele landet"], "estimate": [1.0], "n": [9]}), "Published.", False
    )
    words = {"headline": "Et tal", "description": "Timer, 2014", "note": "Et tal.", "source": "En rapport."}
    country = charts.bars(rows, place="Hele landet", name="et_tal", **words)
    publish(country, formats=("csv", "svg"))
    (path,) = publish(country, formats=("csv",))
    assert path == tmp_path / "faelles" / "figurer" / "hele_landet_et_tal.csv"
    assert {file.parent.parent.name for file in tmp_path.rglob("*.*")} == {"faelles"}


def test_a_drawing_edited_in_an_open_notebook_is_written_anew(tmp_path, monkeypatch):
    monkeypatch.setenv("ANALYSIS_REPORTS", str(tmp_path))
    rows = declare_public(pd.DataFrame({"place": ["Hele landet"], "estimate": [1.0]}), "Published.", False)
    words = {"headline": "Et tal", "description": "Timer, 2014", "note": "Et tal.", "source": "En rapport."}
    written = []
    for colour in ("#123456", "#654321"):
        drawn = charts.own(rows, lambda ax, rows, c=colour: ax.barh([0], rows["estimate"], color=c), **words)
        (svg, _) = publish(drawn, formats=("svg",))
        written.append(svg.read_text("utf-8"))
    assert "#123456" in written[0] and "#654321" in written[1]


def test_a_second_run_gives_the_same_bytes(files, tmp_path):
    again = publish(figure(), directory=tmp_path, formats=EVERYTHING)
    different = [
        path.name for path in again if path.read_bytes() != files[path.name.removeprefix(STEM)].read_bytes()
    ]
    assert different == []


def _unpacked(content: bytes) -> bytes:
    if content[:2] != b"PK":
        return record_reader.pdf_plain(content) if content[:4] == b"%PDF" else content
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return b"\n".join(_unpacked(package.read(name)) for name in package.namelist())


def test_no_file_tells_of_the_machine(files):
    told = [str(Path.cwd()), f"{Path.home()}/", "/src/analysis", "site-packages"]
    found = [
        (name, word)
        for name, path in files.items()
        for word in told
        if word.encode() in _unpacked(path.read_bytes())
    ]
    assert found == []


def test_withheld_numbers_are_in_no_file(files):
    withheld = rows().query("place == 'Læsø'").iloc[0]
    numbers = [f"{withheld[name]:.{places}f}" for name in ("estimate", "low", "high") for places in (1, 2, 4)]
    written = [number.replace(".", sign).encode() for number in numbers for sign in ".,"]
    texts = {name: _unpacked(files[name].read_bytes()) for name in (".csv", ".xlsx", ".pptx")}
    root = ElementTree.fromstring(files[".svg"].read_bytes())  # its coordinates are numbers of another kind
    texts[".svg"] = "\n".join(root.itertext()).encode()
    assert [(name, number) for name, text in texts.items() for number in written if number in text] == []


def test_png_is_160_mm_at_300_dots(files):
    with Image.open(files[".png"]) as image:
        assert image.width == pytest.approx(160 / 25.4 * 300, abs=1)
        assert image.info["dpi"] == pytest.approx((300, 300), abs=0.1)
        assert image.text["Title"] == figure().headline
        assert image.text["Warning"] == "SYNTETISKE DATA"


@pytest.mark.parametrize("chart", ["intervals", "tile_map"])
def test_a_palette_makes_a_png_small_and_changes_nothing_that_is_seen(chart):
    before = images._rendered(picture(getattr(chart_gallery, chart)("Roskilde")))
    before.save(whole := io.BytesIO(), "PNG")
    small = images._in_palette(before, images._COLOURS)
    with Image.open(io.BytesIO(small)) as after:
        assert after.mode == "P"
        moved = ImageChops.difference(before.convert("RGB"), after.convert("RGB"))
    assert max(high for _, high in moved.getextrema()) <= 4  # of 255: an eye sees none of it
    assert len(small) < 0.6 * len(whole.getvalue())


@pytest.mark.parametrize("chart", ["intervals", "tile_map"])
def test_a_light_picture_is_small_and_keeps_what_stands_behind_the_chosen_place(chart):
    drawn = picture(getattr(chart_gallery, chart)("Ringkøbing-Skjern"))
    png = images._in_palette(images._rendered(drawn), 256)
    for coarser in (2, 3):
        small = images.light(png, coarser=coarser)
        with Image.open(io.BytesIO(small)) as image:
            assert image.mode == "P" and len(small) < 0.75 * len(png)
            colours = {colour for _, colour in image.convert("RGB").getcolors()}
        band = style.read_style().colour("band" if chart == "intervals" else "accent")
        wanted = tuple(int(band[at : at + 2], 16) for at in (1, 3, 5))
        assert min(max(abs(a - b) for a, b in zip(wanted, one, strict=True)) for one in colours) < 8


def test_an_image_of_very_many_colours_keeps_them():
    colours = np.random.default_rng(1).integers(0, 256, (150, 150, 3), dtype=np.uint8)
    photograph = Image.fromarray(colours)
    with Image.open(io.BytesIO(images._in_palette(photograph, 256))) as after:
        assert after.mode == "RGB" and after.tobytes() == photograph.tobytes()


@pytest.mark.parametrize("width", [80, 120, 254])
def test_other_widths_are_exact_too(width, tmp_path):
    png, svg, _ = publish(figure(), directory=tmp_path, formats=("png", "svg"), width_mm=width)
    with Image.open(png) as image:
        assert image.width == pytest.approx(width / 25.4 * 300, abs=1)
        assert width != 254 or image.height == pytest.approx(143 / 25.4 * 300, abs=1)
    points = ElementTree.fromstring(svg.read_bytes()).attrib["width"]
    assert float(points.removesuffix("pt")) == pytest.approx(width / 25.4 * 72, abs=0.01)


def test_web_svg_is_text_with_its_font_title_description_and_language(files):
    text = files[".svg"].read_text(encoding="utf-8")
    root = ElementTree.fromstring(text)
    assert root.attrib["lang"] == "da" and root.attrib["role"] == "img"
    assert figure().headline in root.find(f"{SVG}title").text
    assert "yntetiske data" in root.find(f"{SVG}desc").text
    words = {"".join(element.itertext()) for element in root.iter(f"{SVG}text")}
    assert {"Lyngby-Taarbæk", "Ringkøbing-Skjern", "diskretioneret"} <= words
    used = set(re.findall(r"<text style=\"(?:font-weight: (\d+))?", text))
    embedded = set(
        re.findall(
            r"@font-face{font-family:'Source Sans Pro';font-weight:(\d+);src:url\(data:font/woff", text
        )
    )
    assert {weight or "400" for weight in used} <= embedded


def test_print_svg_has_letters_as_paths(files):
    root = ElementTree.fromstring(files["_tryk.svg"].read_text(encoding="utf-8"))
    assert not list(root.iter(f"{SVG}text"))
    assert root.find(f"{SVG}title") is not None


def test_pdf_embeds_its_fonts_and_has_no_date(files):
    content = files[".pdf"].read_bytes()
    assert content.count(b"/FontFile2") >= 2
    assert b"/Type3" not in content and b"CreationDate" not in content
    assert "SYNTETISKE DATA" in record_reader.pdf_strings(content, "Title")[0]


def test_pdf_is_a_tagged_figure_with_its_alternative_text_and_language(files):
    content = record_reader.pdf_plain(files[".pdf"].read_bytes())
    assert b"/S/Figure" in content and b"/Marked true" in content
    assert record_reader.pdf_strings(content, "Alt")[0].endswith(figure().alt)
    assert b"/Lang(da)" in content and b"<pdfuaid:part>1<" in content


def test_images_are_not_set_in_another_font(monkeypatch):
    house = style.read_style()
    other = house.fonts["bold"].copy()
    other.set_family("Comic Sans MS")
    monkeypatch.setattr(style, "read_style", lambda: replace(house, fonts=house.fonts | {"bold": other}))
    with pytest.raises(
        FileNotFoundError, match=r"but 1 of 3 are not found \(first: Comic Sans MS, weight 700\)"
    ):
        images.typeset_fonts.__wrapped__()


def test_a_page_shows_the_chart_of_the_picture_without_the_words_around_it():
    drawn = picture(figure())
    alone, (top, bottom) = chart_alone(drawn), drawn.chart
    across, down = (float(side) for side in re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', drawn.svg).groups())
    found = re.search(r'viewBox="0 ([\d.]+) ([\d.]+) ([\d.]+)"', alone).groups()
    assert [float(side) for side in found] == pytest.approx([top, across, bottom - top], abs=0.01)
    assert 0 < top < bottom < down
    words = {"".join(text.itertext()) for text in ElementTree.fromstring(alone).iter(f"{SVG}text")}
    assert "Lyngby-Taarbæk" in words
    outside = re.compile("Anm|Kilde|" + figure().headline[:12])
    assert [word for word in words if outside.match(word)] == []
    assert outside.search(drawn.svg)


def test_csv_reads_as_danish_excel_reads_it(files):
    content = files[".csv"].read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    table = pd.read_csv(files[".csv"], sep=";", decimal=",", encoding="utf-8-sig").set_index("Sted")
    assert table.loc["Lyngby-Taarbæk", "Skøn (sager)"] == 21.2
    assert table.loc["Læsø", "Status"] == "diskretioneret"
    assert table.loc["Ærø", "Status"] == "ingen svar"
    assert table.loc[["Læsø", "Ærø"], ["Skøn (sager)", "Antal svar"]].isna().all(axis=None)
    assert table.loc["Aarhus", "Antal svar"] == 24
    assert set(table["Datagrundlag"]) == {"SYNTETISKE DATA"}


def test_text_that_a_spreadsheet_takes_for_a_formula_is_guarded(files):
    lines = list(csv.reader(io.StringIO(files[".csv"].read_text(encoding="utf-8-sig")), delimiter=";"))
    assert "'=Køge" in [line[0] for line in lines]
    book = openpyxl.load_workbook(files[".xlsx"])
    cell = next(cell for cell in book["Tal"]["A"] if cell.value == "=Køge")
    assert cell.data_type == "s"


@settings(max_examples=30, deadline=None)
@given(st.text(min_size=1))
def test_no_guarded_text_begins_as_a_formula(text):
    guarded = tables.guarded(text)
    assert guarded.lstrip("'") == text.lstrip("'")
    assert guarded[0] not in "=+-@\t\r"


def test_workbook_has_numbers_as_numbers_and_says_what_they_are(files):
    book = openpyxl.load_workbook(files[".xlsx"])
    assert book.sheetnames == ["Tal", "Diagram", "Om figuren"]
    assert book["Tal"]["A1"].value.startswith("SYNTETISKE DATA")
    values = {row[0].value: row for row in book["Tal"].iter_rows(min_row=6)}
    assert values["Lyngby-Taarbæk"][1].value == 21.2
    assert values["Lyngby-Taarbæk"][1].number_format == "#,##0.0"
    assert values["Læsø"][1].value is None
    about = dict(book["Om figuren"].iter_rows(values_only=True))
    assert about["Kilde"] == "Landsdækkende kortlægning"
    assert "SYNTETISKE DATA" in book.properties.title


def test_workbook_has_a_native_chart_with_alt_text_that_points_at_the_numbers(files):
    with zipfile.ZipFile(files[".xlsx"]) as package:
        drawing = package.read("xl/drawings/drawing1.xml").decode()
        chart = package.read("xl/charts/chart1.xml").decode()
    assert "yntetiske data" in drawing and 'descr="' in drawing
    assert "barChart" in chart and "errBars" in chart and "Diagram!$B$2" in chart
    cells = openpyxl.load_workbook(files[".xlsx"])["Diagram"]
    pointed = {row[0].value: [cell.value for cell in row[1:4]] for row in cells.iter_rows(min_row=2)}
    assert pointed["Vejle"] == ["=Tal!B13", "=ABS(Tal!C13-Tal!B13)", "=ABS(Tal!D13-Tal!B13)"]
    cached = openpyxl.load_workbook(files[".xlsx"], data_only=True)["Diagram"]
    numbers = {row[0].value: [cell.value for cell in row[1:4]] for row in cached.iter_rows(min_row=2)}
    assert numbers["Vejle"] == pytest.approx([28.6, 2, 2])
    assert numbers["Læsø"] == [None, None, None]


def test_slide_has_a_native_chart_with_alt_text(files):
    slide = Presentation(files[".pptx"]).slides[0]
    frame = next(shape for shape in slide.shapes if shape.has_chart)
    series = frame.chart.plots[0].series[0]
    shown = dict(zip(frame.chart.plots[0].categories, series.values, strict=True))
    assert shown["Lyngby-Taarbæk"] == 21.2 and shown["Læsø"] is None
    assert "Roskilde" in frame._element.nvGraphicFramePr.cNvPr.get("descr")


def test_zip_says_source_method_and_caveats(files):
    with zipfile.ZipFile(files[".zip"]) as package:
        assert package.read(f"{STEM}.png") == files[".png"].read_bytes()
        text = package.read("LAESMIG.txt").decode("utf-8-sig")
    assert (
        "Kilde: Landsdækkende kortlægning" in text and "færre end 5 svar" in text and f"{STEM}.csv: " in text
    )


@pytest.mark.parametrize("chart", chart_gallery.CHARTS, ids=lambda chart: chart.__name__)
def test_every_chart_exports_what_it_shows(chart):
    for place in chart_gallery.CASES[:2]:
        drawn = chart(place)
        shown, written = drawn.shown_table(), tables.exported(drawn)
        hidden = written["Status"] != "vist"
        for header in shown:
            numbers = written[header].map(lambda value: isinstance(value, Decimal))
            assert not (numbers & hidden).any()
            read = shown.loc[numbers, header].str.replace(".", "").str.replace(",", ".").str.replace("−", "-")
            assert (read.astype(float) - written.loc[numbers, header].astype(float)).abs().le(0.56).all()
            words = ~numbers & ~hidden & written[header].notna()
            assert (written.loc[words, header] == shown.loc[words, header]).all()


@pytest.mark.parametrize(
    ("chart", "kind", "series"),
    [
        ("answers", "stacked", 5),
        ("shrinkage", "bar", 2),
        ("timeline", "line", 4),
        ("intervals_in_panels", "bar", 2),
    ],
)
def test_native_charts_take_the_form_of_the_figure(chart, kind, series):
    found = workbook.native_chart(getattr(chart_gallery, chart)("Roskilde"))
    assert (found.kind, len(found.series)) == (kind, series)


@pytest.mark.parametrize("chart", ["matrix", "joint_display"])
def test_words_and_mixed_units_have_no_native_chart(chart):
    assert workbook.native_chart(getattr(chart_gallery, chart)("Roskilde")) is None


def test_two_areas_become_two_series():
    chart = workbook.native_chart(figure(areas=("at_risk", "disability")))
    assert list(chart.series) == ["A", "B"]
    assert chart.categories[0] == "Vejle" and len(chart.categories) == 8  # ranked, as the figure is


def test_shares_are_exported_as_percentages():
    table = tables.exported(figure(unit="pct.", decimals=0, headline="Roskilde ligger som resten"))
    assert str(table.loc[1, table.columns[1]]) == "2120"  # a share of 21.2, as the gate rounds it


def test_a_count_is_never_scaled_to_percent():
    counted = figure(unit="pct.", decimals=0, headline="Roskilde ligger som resten")
    rows = counted.table.frame.assign(count=12, asked_count=30.0)
    public = declare_public(rows, "Et eksempel.", synthetic=True)
    counted = replace(
        counted, table=public, columns={"place": "Sted", "count": "Antal", "asked_count": "Spurgte"}
    )
    assert [str(value) for value in tables.exported(counted).loc[1, ["Antal", "Spurgte"]]] == ["12", "30"]
    assert counted.shown_table().loc[1, ["Antal", "Spurgte"]].tolist() == ["12", "30"]


def test_a_figure_without_numbers_has_a_workbook_but_no_chart(tmp_path):
    empty = figure()
    unanswered = figure(headline="Ingen svar")
    object.__setattr__(unanswered, "table", empty.table.select(place=["Læsø", "Ærø"]))
    (path,) = publish(unanswered, directory=tmp_path, formats=("xlsx",))
    assert openpyxl.load_workbook(path).sheetnames == ["Tal", "Om figuren"]
    with pytest.raises(ValueError, match="numbers to chart"):
        publish(unanswered, directory=tmp_path, formats=("pptx",))


def test_only_a_figure_is_published(tmp_path):
    with pytest.raises(TypeError, match="must be a Figure, but is a DataFrame"):
        publish(rows(), directory=tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_figure_whose_table_is_not_protected_is_not_published(tmp_path):
    careless = figure()
    object.__setattr__(careless, "table", rows())
    with pytest.raises(TypeError):
        publish(careless, directory=tmp_path)


def test_unknown_format_is_refused(tmp_path):
    with pytest.raises(ValueError, match="`formats` must be a list of png"):
        publish(figure(), directory=tmp_path, formats=("png", "gif"))
    with pytest.raises(ValueError, match="`formats` must be a list"):
        publish(figure(), directory=tmp_path, formats="png")


def test_synthetic_figures_are_refused_for_publication(tmp_path, monkeypatch):
    with pytest.raises(ValueError, match="must rest on real data"):
        publish(figure(), directory=tmp_path, publication=True)
    monkeypatch.setenv("ANALYSIS_PUBLICATION", "1")
    with pytest.raises(ValueError, match="must rest on real data"):
        publish(figure(), directory=tmp_path)
    (path,) = publish(figure(synthetic=False), directory=tmp_path, formats=("csv",))
    assert path.name == "roskilde_sagstal.csv"
    assert "SYNTETISKE" not in path.read_text(encoding="utf-8-sig")


@pytest.mark.parametrize(
    ("width", "title", "stem"),
    [(160, True, STEM), (80, True, f"{STEM}_80mm"), (254, False, f"{STEM}_slide_uden_titel")],
)
def test_other_sizes_are_named_in_the_file(width, title, stem):
    assert file_stem(figure(), None, width, title) == stem


def test_a_failed_write_leaves_the_old_file(tmp_path):
    path = atomic.write(tmp_path / "a.csv", b"old")
    with pytest.raises(TypeError):
        atomic.write(path, "not bytes")
    assert path.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.csv"]
