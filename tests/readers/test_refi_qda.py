import re
import time
import zipfile

import pandas as pd
import pandas.testing as pdt
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analysis.readers.refi_qda import read_refi_qda
from analysis.synthetic.refi_qda_writer import write_refi_qda

PROJECT = "urn:QDA-XML:project:1.0"
CODE = "11111111-0000-4000-8000-00000000000A"
CHILD = "11111111-0000-4000-8000-00000000000b"
SOURCE = "22222222-0000-4000-8000-00000000000C"
TEXT = "Vi sparrer.\r\nHver uge 😀 på mødet.\r\nDet virker."


def project(
    selections, origin="", text_path=f"internal://{SOURCE}.txt", more="", cases="", namespace=PROJECT
):
    """XML of a project with one source."""
    return f"""<?xml version="1.0" encoding="utf-8"?>
    <Project name="P" origin="{origin}" xmlns="{namespace}">
      <Users><User guid="{{33333333-0000-4000-8000-000000000001}}" name="Koder 1"/></Users>
      <CodeBook><Codes>
        <Code guid="{{{CODE}}}" name="Sparring" isCodable="false">
          <Description>Om sparring</Description>
          <Code guid="{CHILD}" name="Tid" isCodable="true"/>
        </Code>
      </Codes></CodeBook>
      <Variables>
        <Variable guid="44444444-0000-4000-8000-000000000001" name="Rolle" typeOfVariable="Text"/>
        <Variable guid="44444444-0000-4000-8000-000000000002" name="Antal" typeOfVariable="Integer"/>
        <Variable guid="44444444-0000-4000-8000-000000000003" name="Dato" typeOfVariable="Date"/>
      </Variables>
      <Cases>{cases}</Cases>
      <Sources>
        <TextSource guid="{SOURCE}" name="Interview 1" plainTextPath="{text_path}">{selections}</TextSource>
        {more}
      </Sources>
    </Project>"""


def selection(start, end, code=CHILD, name="", coder="33333333-0000-4000-8000-000000000001"):
    coding = (
        f'<Coding guid="x" creatingUser="{coder}"><CodeRef targetGUID="{code}"/></Coding>' if code else ""
    )
    return (
        f'<PlainTextSelection guid="s{start}" name="{name}" startPosition="{start}" endPosition="{end}">'
        f"<Description>note</Description>{coding}</PlainTextSelection>"
    )


def archive(tmp_path, xml, text=TEXT, folder="sources", members=()):
    path = tmp_path / "project.qdpx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as written:
        written.writestr("project.qde", xml)
        written.writestr(f"{folder}/{SOURCE}.txt", b"\xef\xbb\xbf" + text.encode())
        for name, content in members:
            written.writestr(name, content)
    return path


def test_codes_are_a_tree(tmp_path):
    codes = read_refi_qda(archive(tmp_path, project(""))).codes
    assert codes["guid"].tolist() == [CODE, CHILD]
    assert codes["parent"].fillna("").tolist() == ["", CODE]
    assert codes["path"].tolist() == ["Sparring", "Sparring > Tid"]
    assert codes["is_codable"].tolist() == [False, True]
    assert codes["description"].fillna("").tolist() == ["Om sparring", ""]


@pytest.mark.parametrize("origin", ["MAXQDA 2022", "NVivo", "QualCoder", ""])
def test_line_end_counts_as_two(tmp_path, origin):
    start = TEXT.index("Det")
    found = read_refi_qda(archive(tmp_path, project(selection(start, start + 3), origin)))
    assert found.sources["text"][0] == TEXT
    assert found.codings[["start", "end", "text"]].to_numpy().tolist() == [[start, start + 3, "Det"]]
    assert found.codings["coder"].tolist() == ["Koder 1"]
    assert found.codings["code_name"].tolist() == ["Tid"]
    assert found.codings["source_name"].tolist() == ["Interview 1"]


def test_line_end_counts_as_one_in_atlas_ti(tmp_path):
    text = TEXT.replace("\r\n", "\n")
    start = text.index("Det")
    found = read_refi_qda(archive(tmp_path, project(selection(start, start + 3), "ATLAS.ti 23")))
    assert found.codings["text"].tolist() == ["Det"]
    row = found.codings.iloc[0]
    assert found.sources["text"][0][row["start"] : row["end"]] == "Det"


@pytest.mark.parametrize(
    ("text", "units"),
    [(TEXT, 1), (TEXT.replace("\r\n", "\n"), 1), (TEXT, 2), (TEXT.replace("\r\n", "\n"), 2)],
)
def test_names_of_selections_tell_how_positions_count(tmp_path, text, units):
    start = text.index("Det") + (units - 1)
    xml = project(
        selection(start, start + 10, name="Det virker") + selection(0, 2, name="Vi"), "another program"
    )
    found = read_refi_qda(archive(tmp_path, xml)).codings
    assert found["text"].tolist() == ["Det virker", "Vi"]


def test_characters_beyond_the_basic_plane_count_as_one(tmp_path):
    start = TEXT.index("på")
    found = read_refi_qda(archive(tmp_path, project(selection(start, start + 2))))
    assert found.codings["text"].tolist() == ["på"]


def test_selection_without_code_is_no_coding(tmp_path):
    found = read_refi_qda(archive(tmp_path, project(selection(0, 2, code=None) + selection(0, 2))))
    assert len(found.codings) == 1


def test_folder_in_another_case_braces_and_another_case_of_guid(tmp_path):
    xml = project(selection(0, 2, code=f"{{{CHILD.upper()}}}"))
    found = read_refi_qda(archive(tmp_path, xml, folder="Sources"))
    assert found.codings["code"].tolist() == [CHILD]
    assert found.codings["text"].tolist() == ["Vi"]


def test_project_of_another_version_of_the_namespace(tmp_path):
    found = read_refi_qda(archive(tmp_path, project(selection(0, 2), namespace="urn:QDA-XML:project:1.5")))
    assert len(found.codes) == 2
    assert len(found.codings) == 1


def test_sources_of_other_kinds_and_without_names(tmp_path):
    more = f"""
      <TextSource guid="t2"><PlainTextContent>Kort tekst</PlainTextContent>{selection(0, 4)}</TextSource>
      <PDFSource guid="p1" name="Bilag" path="internal://p1.pdf">
        <PDFSelection guid="z"><Coding guid="y"><CodeRef targetGUID="{CODE}"/></Coding></PDFSelection>
        <Representation guid="r1" plainTextPath="internal://r1.txt">{selection(1, 3)}</Representation>
      </PDFSource>
      <TextSource guid="t3" plainTextPath="relative://elsewhere.txt">{selection(5, 9)}</TextSource>"""
    path = archive(tmp_path, project("", more=more), members=[("sources/r1.txt", "abcd")])
    found = read_refi_qda(path)
    assert found.sources["name"].fillna("").tolist() == ["Interview 1", "", "Bilag", ""]
    assert found.sources["text"].fillna("")[2] == "abcd"
    assert found.codings["text"].fillna("").tolist() == ["Kort", "bc", "", ""]
    assert found.codings["start"].fillna(-1).tolist() == [0, 1, -1, 5]


def test_cases_have_their_variables_and_sources(tmp_path):
    def value(number, kind, text):
        reference = f'<VariableRef targetGUID="44444444-0000-4000-8000-00000000000{number}"/>'
        return f"<VariableValue>{reference}<{kind}>{text}</{kind}></VariableValue>"

    cases = f"""
      <Case guid="c1" name="Kommune A">{value(1, "TextValue", "leder")}{value(2, "IntegerValue", "14")}
        {value(3, "DateValue", "2024-03-01")}<SourceRef targetGUID="{{{SOURCE.lower()}}}"/></Case>
      <Case guid="c2">{value(1, "TextValue", "sagsbehandler")}</Case>"""
    found = read_refi_qda(archive(tmp_path, project("", cases=cases)))
    assert found.cases["name"].fillna("").tolist() == ["Kommune A", ""]
    assert found.cases["Rolle"].tolist() == ["leder", "sagsbehandler"]
    assert found.cases["Antal"].fillna(-1).tolist() == [14, -1]
    assert found.cases["Dato"][0] == pd.Timestamp("2024-03-01")
    assert found.case_sources.to_numpy().tolist() == [["c1", SOURCE]]


def tables():
    """A small project, with keys that are no GUIDs."""
    text = "Vi har 😀 møde hver uge.\nDet virker."
    return {
        "codes": pd.DataFrame(
            {
                "guid": ["a", "b"],
                "name": ["Sparring", "Tid"],
                "parent": [None, "a"],
                "is_codable": [False, True],
            }
        ),
        "sources": pd.DataFrame({"guid": ["i1"], "name": ["Interview & 1"], "text": [text]}),
        "codings": pd.DataFrame(
            {
                "source": ["i1"] * 2,
                "code": ["b", "a"],
                "coder": ["Koder 1", "Koder 2"],
                "start": [9, 0],
                "end": [23, 6],
            }
        ),
        "cases": pd.DataFrame({"guid": ["k"], "name": ["Kommune A"], "days": [14], "is_small": [True]}),
        "case_sources": pd.DataFrame({"case": ["k"], "source": ["i1"]}),
    }


def test_what_is_written_is_read(tmp_path):
    path = write_refi_qda(tmp_path / "a.qdpx", **tables(), name="Demo", created="2024-01-01T00:00:00Z")
    found = read_refi_qda(path)
    assert found.name == "Demo"
    assert found.codes["path"].tolist() == ["Sparring", "Sparring > Tid"]
    assert found.codings[["code_name", "coder", "start", "end", "text"]].to_numpy().tolist() == [
        ["Sparring", "Koder 2", 0, 6, "Vi har"],
        ["Tid", "Koder 1", 9, 23, "møde hver uge."],
    ]
    assert found.cases[["name", "days", "is_small"]].to_numpy().tolist() == [["Kommune A", 14, True]]
    assert len(found.case_sources) == 1


def test_written_twice_is_the_same_bytes_and_read_again_the_same_tables(tmp_path):
    about = {"name": "Demo", "created": "2024-01-01T00:00:00Z"}
    first = write_refi_qda(tmp_path / "a.qdpx", **tables(), **about)
    second = write_refi_qda(tmp_path / "b.qdpx", **tables(), **about)
    assert first.read_bytes() == second.read_bytes()
    found = read_refi_qda(first)
    parts = ("codes", "sources", "codings", "cases", "case_sources")
    again = write_refi_qda(tmp_path / "c.qdpx", **{part: getattr(found, part) for part in parts}, **about)
    for part in parts:
        names = [name for name in getattr(found, part) if part != "codings" or name != "guid"]
        pdt.assert_frame_equal(getattr(read_refi_qda(again), part)[names], getattr(found, part)[names])


def test_order_of_elements_follows_the_schema(tmp_path):
    path = write_refi_qda(tmp_path / "a.qdpx", **tables(), name="Demo", created="2024-01-01T00:00:00Z")
    with zipfile.ZipFile(path) as written:
        xml = written.read("project.qde").decode()
    places = [xml.index(f"<{name}>") for name in ("Users", "CodeBook", "Variables", "Cases", "Sources")]
    assert places == sorted(places)
    assert xml.index("<VariableValue>") < xml.index("<SourceRef")


def test_writer_tells_of_codings_outside_their_text(tmp_path):
    parts = tables()
    parts["codings"].loc[1, "end"] = 999
    with pytest.raises(ValueError, match="1 of 2 codings do not .first: row 2"):
        write_refi_qda(tmp_path / "a.qdpx", **parts, name="Demo", created="2024-01-01T00:00:00Z")


@pytest.mark.parametrize(
    ("xml", "told"),
    [
        (project(selection(0, 999)), "selections inside their text .0-46"),
        (project(selection(0, 2, code="unknown")), "each code it uses"),
        (project(selection("x", 2)), "`startPosition` of each selection"),
        (project("", text_path="internal://../../secret.txt"), "points outside"),
        (project("", text_path="internal://none.txt"), "that of `Interview 1` is not there"),
        (
            project("", cases='<Case guid="c"><SourceRef targetGUID="x"/></Case>'),
            "each source that its cases name",
        ),
        (project("")[:-20], "must be plain XML"),
        ("", "must be plain XML"),
        ('<!DOCTYPE a [<!ENTITY b "c">]><Project>&b;</Project>', "declares a document type"),
        ('<!DOCTYPE a [<!ENTITY b "c">]><Project>&b;</Project>'.encode("utf-16"), "declares a document type"),
    ],
)
def test_broken_projects_are_told(tmp_path, xml, told):
    with pytest.raises(ValueError, match=told):
        read_refi_qda(archive(tmp_path, xml))


def test_codes_nested_to_fill_the_memory_are_told(tmp_path):
    nested = '<Code guid="c" name="x">' * 50_000 + "</Code>" * 50_000
    xml = f'<Project xmlns="{PROJECT}"><CodeBook><Codes>{nested}</Codes></CodeBook></Project>'
    with pytest.raises(ValueError, match="at most 100 deep"):
        read_refi_qda(archive(tmp_path, xml))


def test_zip_bomb_in_a_project_is_told(tmp_path):
    with pytest.raises(ValueError, match="zip bomb"):
        read_refi_qda(archive(tmp_path, project(""), members=[("sources/big.txt", bytes(200 << 20))]))


def test_source_that_is_no_unicode_text_is_told(tmp_path):
    path = tmp_path / "project.qdpx"
    with zipfile.ZipFile(path, "w") as written:
        written.writestr("project.qde", project(""))
        written.writestr(f"sources/{SOURCE}.txt", "møde".encode("cp1252"))
    with pytest.raises(ValueError, match="sources as UTF-8, but `Interview 1` is not"):
        read_refi_qda(path)


def test_archive_without_a_project_is_told(tmp_path):
    path = tmp_path / "a.qdpx"
    with zipfile.ZipFile(path, "w") as written:
        written.writestr("a.txt", "x")
    with pytest.raises(ValueError, match="must hold a REFI-QDA project"):
        read_refi_qda(path)


EMOJI = "Vi glæder os 😀 til sparring om onsdagen"


@pytest.mark.parametrize(
    ("origin", "units"), [("NVivo 14", 2), ("MAXQDA 24", 1), ("NVivo 14", 1), ("MAXQDA 24", 2), ("", 2)]
)
def test_where_words_begin_and_end_tells_how_positions_count(tmp_path, origin, units):
    start = EMOJI.index("sparring") + units - 1
    xml = project(selection(start, start + 8) + selection(0, 2), origin)
    assert read_refi_qda(archive(tmp_path, xml, EMOJI)).codings["text"].tolist() == ["sparring", "Vi"]


def test_time_grows_with_the_codings_not_with_the_text(tmp_path):
    text = "😀" + "Vi taler om sager. " * 26_000
    xml = project("".join(selection(200 * place, 200 * place + 20) for place in range(1000)))
    start = time.perf_counter()
    assert len(read_refi_qda(archive(tmp_path, xml, text)).codings) == 1000
    assert time.perf_counter() - start < 5  # each looking at the whole text took minutes


def pages(*found):
    """Selections of a PDF: guid, page, name, code."""
    return "".join(
        f'<PDFSelection guid="{guid}" page="{page}" name="{name}"><Coding guid="k{guid}"><CodeRef targetGUID="{code}"/>'
        "</Coding></PDFSelection>"
        for guid, page, name, code in found
    )


def pdf(tmp_path, selections, texts):
    more = (
        f'<PDFSource guid="p1" name="Bilag">{selections}<Representation guid="r1">'
        f"<PlainTextContent>Vi taler om sparring</PlainTextContent>{texts}</Representation></PDFSource>"
    )
    return read_refi_qda(archive(tmp_path, project("", more=more))).codings["text"].fillna("").tolist()


def test_one_quotation_in_a_pdf_and_its_text_is_one_coding(tmp_path):
    assert pdf(tmp_path, pages(("s0", 0, "x", CHILD)), selection(0, 8)) == ["Vi taler"]
    assert pdf(tmp_path, pages(("s0", 0, "x", CHILD), ("b", 1, "x", CHILD)), selection(0, 8)) == ["Vi taler"]


def test_other_selections_of_a_pdf_are_codings_of_their_own(tmp_path):
    assert pdf(tmp_path, pages(("s0", 0, "x", CHILD), ("b", 1, "y", CHILD)), selection(0, 8)) == [
        "Vi taler",
        "",
    ]
    assert pdf(tmp_path, pages(("s0", 0, "x", CHILD), ("b", 1, "x", CODE)), selection(0, 8)) == [
        "Vi taler",
        "",
    ]
    assert pdf(tmp_path, pages(("a", 0, "x", CHILD), ("b", 1, "x", CHILD)), selection(0, 8)) == [
        "Vi taler",
        "",
        "",
    ]


def test_two_coders_of_one_selection_are_two_codings(tmp_path):
    coding = '<Coding guid="{0}" creatingUser="{0}"><CodeRef targetGUID="' + CHILD + '"/></Coding>'
    both = coding.format("a") + coding.format("b")
    xml = project(
        f'<PlainTextSelection guid="s" startPosition="0" endPosition="2">{both}</PlainTextSelection>'
    )
    assert read_refi_qda(archive(tmp_path, xml)).codings["coder"].tolist() == ["a", "b"]


def test_each_transcript_has_its_own_positions(tmp_path):
    transcripts = "".join(
        f'<Transcript guid="t{place}"><PlainTextContent>{text}</PlainTextContent>'
        f'<SyncPoint guid="a{place}" position="0"/><SyncPoint guid="b{place}" position="{len(text)}"/>'
        f'<TranscriptSelection guid="s{place}" fromSyncPoint="a{place}" toSyncPoint="b{place}">'
        f'<Coding guid="k{place}"><CodeRef targetGUID="{CODE}"/></Coding></TranscriptSelection></Transcript>'
        for place, text in enumerate(["Kort", "En meget længere udskrift"])
    )
    found = read_refi_qda(
        archive(tmp_path, project("", more=f'<AudioSource guid="l">{transcripts}</AudioSource>'))
    )
    assert found.codings["text"].tolist() == ["Kort", "En meget længere udskrift"]


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("Date", "2024-05-01+02:00", "2024-05-01 00:00:00"),
        ("DateTime", "2024-05-01T00:30:00+02:00", "2024-05-01 00:30:00"),
        ("DateTime", "2024-05-01T23:30:00Z", "2024-05-01 23:30:00"),
        ("Boolean", " true ", "True"),
        ("Boolean", "ja", "`Antal` must be of type Boolean, but some of 1 are not"),
        ("Integer", "tolv", "`Antal` must be of type Integer, but some of 1 are not"),
    ],
)
def test_values_of_every_type(tmp_path, kind, value, expected):
    reference = '<VariableRef targetGUID="44444444-0000-4000-8000-000000000002"/>'
    case = (
        f'<Case guid="c"><VariableValue>{reference}<{kind}Value>{value}</{kind}Value></VariableValue></Case>'
    )
    path = archive(
        tmp_path, project("", cases=case).replace('typeOfVariable="Integer"', f'typeOfVariable="{kind}"')
    )
    if expected.startswith("`"):
        with pytest.raises(ValueError, match=expected):
            read_refi_qda(path)
    else:
        assert str(read_refi_qda(path).cases["Antal"][0]) == expected


def test_project_and_codebook_without_an_archive(tmp_path):
    path = tmp_path / "a.qde"
    more = (
        f'<TextSource guid="t2"><PlainTextContent>Kort tekst</PlainTextContent>{selection(0, 4)}</TextSource>'
    )
    path.write_text(project(selection(0, 2), more=more), encoding="utf-8")
    assert read_refi_qda(path).codings["text"].fillna("").tolist() == ["", "Kort"]
    path = tmp_path / "a.qdc"
    path.write_text(
        '<CodeBook xmlns="urn:QDA-XML:codebook:1.0"><Codes><Code guid="1" name="Tid"/></Codes></CodeBook>'
    )
    found = read_refi_qda(path)
    assert (found.codes["name"].tolist(), len(found.codings), len(found.sources)) == (["Tid"], 0, 0)
    path.write_text("<html/>")
    with pytest.raises(ValueError, match="must be a REFI-QDA project or codebook"):
        read_refi_qda(path)


FEW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@FEW
@given(st.lists(st.tuples(st.integers(0, 1 << 16), st.integers(32, 126)), min_size=1, max_size=4))
def test_any_damage_gives_a_project_or_a_clear_error(tmp_path, damage):
    xml = bytearray(project(selection(0, 2) + selection(5, 9)).encode())
    for place, byte in damage:
        xml[place % len(xml)] = byte
    try:
        read_refi_qda(archive(tmp_path, bytes(xml)))
    except ValueError as error:
        assert " must " in str(error)


@FEW
@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\x00"), min_size=1), st.data())
def test_any_place_in_any_text_comes_back(tmp_path, text, data):
    text = text.removeprefix("\ufeff") or "x"
    parts = tables()
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    parts["sources"]["text"] = [text]
    parts["codings"] = pd.DataFrame(
        {"source": ["i1"], "code": ["b"], "coder": ["Koder 1"], "start": [start], "end": [end]}
    )
    path = write_refi_qda(tmp_path / "a.qdpx", **parts, name="Demo", created="2024-01-01T00:00:00Z")
    assert read_refi_qda(path).codings["text"].tolist() == [text[start:end]]


def packed(tmp_path, xml, files):
    path = tmp_path / "b.qdpx"
    with zipfile.ZipFile(path, "w") as made:
        for name, content in {**files, "mappe/project.qde": xml}.items():
            made.writestr(name, content)
    return read_refi_qda(path)


def test_a_project_that_was_unpacked_and_packed_again_reads(tmp_path):
    """A Mac puts a file of its own before each, and the folder itself into the archive."""
    xml = project(selection(0, 2))
    name = re.search('internal://([^"]*)', xml)[1]
    files = {
        "__MACOSX/mappe/._project.qde": b"\0\5\x16\7",
        f"mappe/sources/{name}": "Vi taler om sparring " * 3,
    }
    assert packed(tmp_path, xml, files).codings["text"].tolist() == ["Vi"]


@pytest.mark.parametrize("written", ["Interview%20%C3%A5.txt", "Interview a\u030a.txt", "INTERVIEW Å.TXT"])
def test_names_of_files_may_be_escaped_and_composed_otherwise(tmp_path, written):
    xml = project(selection(0, 2), text_path=f"internal://{written}")
    assert packed(tmp_path, xml, {"mappe/sources/Interview å.txt": "Vi taler"}).codings["text"].tolist() == [
        "Vi"
    ]


def test_what_has_the_guid_of_another_is_told(tmp_path):
    xml = project(selection(0, 2))
    doubled = re.sub(r"(<Code [^>]*/>)", r"\1\1", xml, count=1)
    with pytest.raises(ValueError, match="must name each code by a GUID of its own, but 1 of"):
        read_refi_qda(archive(tmp_path, doubled))
    doubled = re.sub(r"(<TextSource .*</TextSource>)", r"\1\1", xml, count=1, flags=re.S)
    with pytest.raises(ValueError, match="must name each source by a GUID of its own, but 1 of 2"):
        read_refi_qda(archive(tmp_path, doubled))
