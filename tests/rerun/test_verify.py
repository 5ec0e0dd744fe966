"""`make verify`: an intact, an altered and an outdated file are told apart."""

import json

import pytest
from published import figure, project, write_digest

from analysis.export import record as provenance
from analysis.export import record_reader
from analysis.publish import publish
from rerun import verify

RUN = {"notebook": "02_caseload", "parameters": {"municipality": "Roskilde"}}


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A small project, and the files that its notebook publishes."""
    patch = pytest.MonkeyPatch()
    folder = project(tmp_path_factory.mktemp("project"))
    patch.setenv("ANALYSIS_HOME", str(folder))
    provenance.commit.cache_clear()
    provenance.code_digest.cache_clear()
    (folder / "reports").mkdir()
    files = verify.make_again(RUN, folder / "reports")
    yield folder, {path.name.removeprefix("syntetisk_roskilde_sagstal"): path for path in files}
    patch.undo()
    provenance.commit.cache_clear()
    provenance.code_digest.cache_clear()


@pytest.fixture
def files(built):
    """The published files, which a test may change; they are whole again for the next."""
    folder, by_ending = built
    before = {path: path.read_bytes() for path in by_ending.values()}
    yield by_ending
    for path, content in before.items():
        path.write_bytes(content)
    write_digest(folder, "1" * 64)


@pytest.fixture
def made_once(built, monkeypatch):
    """The notebook gives what it gave: what is told of a file doesn't need another run."""
    kept = {path: path.read_bytes() for path in built[1].values()}

    def again(record, folder):
        copies = [folder / path.name for path in kept]
        for copy, content in zip(copies, kept.values(), strict=True):
            copy.write_bytes(content)
        return copies

    monkeypatch.setattr(verify, "make_again", again)


def test_an_intact_file_is_equal(files, capsys):
    assert verify.main([str(files[".xlsx"])]) == 0
    said = capsys.readouterr().out
    assert "EQUAL: made again from 02_caseload (municipality = Roskilde)" in said


@pytest.mark.parametrize("ending", [".png", ".svg", "_tryk.svg", ".pdf", ".xlsx", ".csv"])
def test_every_format_is_verified(files, made_once, ending):
    assert verify.verify(files[ending]).outcome == verify.EQUAL


@pytest.mark.parametrize(
    ("ending", "old", "new"),
    [
        (".csv", b";vist;", b";ikke;"),
        (".svg", b">Roskilde<", b">Rosenhof<"),
        (".pdf", b"/Type/Page", b"/Type/Papa"),
    ],
)
def test_an_altered_file_is_altered(files, made_once, ending, old, new):
    content = files[ending].read_bytes()
    assert old in content
    files[ending].write_bytes(content.replace(old, new, 1))
    verdict = verify.verify(files[ending])
    assert verdict.outcome == verify.ALTERED
    assert "was changed after it was made" in str(verdict)


def test_an_altered_workbook_and_a_broken_one_are_altered(files, made_once):
    content = bytearray(files[".xlsx"].read_bytes())
    files[".xlsx"].write_bytes(bytes(content) + b"\0")
    assert verify.verify(files[".xlsx"]).outcome == verify.ALTERED
    files[".xlsx"].write_bytes(bytes(content[:500]))
    assert "can't be read" in str(verify.verify(files[".xlsx"]))
    files[".png"].write_bytes(b"\x89PNG\r\n\x1a\nbroken")
    assert verify.verify(files[".png"]).outcome == verify.ALTERED


def test_a_file_of_other_data_is_outdated(built, files, made_once, capsys):
    write_digest(built[0], "2" * 64)
    assert verify.main([str(files[".png"])]) == 1
    said = capsys.readouterr().out
    assert "OUTDATED" in said and "data changed since: digest " in said
    assert "code changed" not in said and "packages changed" not in said


def test_what_has_changed_is_named(files, made_once, monkeypatch):
    record = record_reader.read(files[".png"])
    older = record | {"code_digest": "0" * 64, "packages": record["packages"] | {"matplotlib": "3.0"}}
    said = "\n".join(verify.changes_since(older))
    assert "code changed since: digest 000000000000, now" in said
    assert f"matplotlib 3.0, now {record['packages']['matplotlib']}" in said
    assert verify.changes_since(record) == []


def test_a_commit_that_has_moved_on_does_not_make_a_file_outdated(files, made_once, monkeypatch):
    monkeypatch.setattr(provenance, "commit", lambda: ("f" * 40, False))
    verdict = verify.verify(files[".svg"])
    assert verdict.outcome == verify.EQUAL
    assert "is ffffffffffff; data, code and packages are the same" in str(verdict)


def test_a_renamed_file_is_found_by_its_record(files, made_once):
    renamed = files[".svg"].with_name("figur_3.svg")
    renamed.write_bytes(files["_tryk.svg"].read_bytes())
    assert verify.verify(renamed).outcome == verify.EQUAL
    renamed.unlink()


def test_a_figure_made_by_hand_cannot_be_told(tmp_path, capsys):
    (path,) = publish(figure(), directory=tmp_path, formats=("pdf",))
    assert verify.main([str(path)]) == 1
    assert "CAN'T TELL: syntetisk_roskilde_sagstal.pdf was made by hand" in capsys.readouterr().out


def test_a_notebook_that_is_gone_is_said(files, tmp_path, monkeypatch):
    monkeypatch.setenv("ANALYSIS_RUN", json.dumps(RUN | {"notebook": "99_gone"}))
    (path,) = publish(figure(), directory=tmp_path, formats=("svg",))[:1]
    monkeypatch.delenv("ANALYSIS_RUN")
    assert "99_gone.ipynb is not there" in str(verify.verify(path))


def test_a_missing_file_is_said_and_no_file_is_a_question(capsys):
    assert verify.main(["reports/none.png"]) == 1
    assert "none.png is not there" in capsys.readouterr().out
    assert verify.main([]) == 2
