import pytest
import yaml
from demo_home import PROJECT
from hypothesis import given
from hypothesis import strategies as st

from analysis.prepare import sidecars

SAID = yaml.safe_load((PROJECT / "data/raw/practices.yml").read_text())


def write(folder, **changed):
    file = folder / "practices.yml"
    sidecars.write_sidecar(file, {k: v for k, v in (SAID | changed).items() if v is not None})
    return file


def test_all_sidecars_of_the_project_are_read():
    found = sidecars.read_sidecars(PROJECT / "data" / "raw")
    assert {"published_figures", "supervision_findings", "practices", "caseworkers"} <= {
        table for s in found for table in s.tables
    }


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"title": None}, "`title` in practices.yml must be of kind str, but is None"),
        ({"synthetic": "ja"}, "`synthetic` in practices.yml must be of kind bool, but is 'ja'"),
        ({"titel": "x"}, "`titel` in practices.yml must be one of the sidecar's keys"),
        ({"reader": "word"}, "`reader` in practices.yml must be one of surveyxact, spss, stata, tabular"),
        ({"skip_row": 1}, "`skip_row` in practices.yml must be one of .* The nearest is `skip_rows`"),
        ({"skip_rows": "1"}, "`skip_rows` in practices.yml must be of kind int, but is '1'"),
        ({"decimal": ";"}, "`decimal` in practices.yml must be ',' or '.', .* but is ';'"),
        ({"tables": [1]}, "`tables` in practices.yml must be a list of tables, but is '.1.'"),
        ({"path": "\0"}, "`path` in practices.yml must be the name of a file or folder"),
        ({"files": {"a.csv": "abc"}}, "`files` in practices.yml must be one file's name or more"),
        ({"values": {"a": ["x"]}}, "`values` in practices.yml must be our name of a column, and under it"),
        ({"header_rows": 0}, "`header_rows` in practices.yml must be 1 or more, but is '0'"),
        ({"rows_where": {"a": {"not": {}}}}, "`rows_where` in practices.yml must be a column: .values."),
        ({"fill_down": [["a"]]}, "`fill_down` in practices.yml must be a list of columns"),
        ({"missing": {"-": "x"}}, "`missing` in practices.yml must be a list of what stands for"),
        ({"missing": {"-": float("inf")}}, "`missing` in practices.yml must be a list of what stands for"),
        ({"completed_when": {"a": {}}}, "`completed_when` in practices.yml must be a column: the value"),
        (
            {"tables": ["practises"]},
            "`tables` in practices.yml .* `practises` is none. The nearest is `practices`",
        ),
        (
            {"columns": {"a": "sparing_hours"}},
            "1 of 1 are none .first: `sparing_hours`.. The nearest is `sparring_hours`",
        ),
        ({"columns": {1: "sparring_hours"}}, "1 of 1 are not .first: 1.. Put quotes round them"),
    ],
)
def test_a_wrong_sidecar_is_told(tmp_path, changed, message):
    with pytest.raises(ValueError, match=message):
        sidecars.read_sidecar(write(tmp_path, **changed))


@pytest.mark.parametrize("content", [b"title: [", b"\xff\xfe", b"", b"- a\n- b\n"])
def test_what_is_no_sidecar_is_told(tmp_path, content):
    file = tmp_path / "x.yml"
    file.write_bytes(content)
    with pytest.raises(ValueError, match="`x.yml` must"):
        sidecars.read_sidecar(file)


def test_a_proposal_is_not_read(tmp_path):
    (tmp_path / "x.forslag.yml").write_text("title: [")
    assert sidecars.read_sidecars(tmp_path) == []


@given(st.text(min_size=1, max_size=300).filter(lambda name: name.isprintable() or "\n" in name))
def test_any_header_is_written_and_read_back(tmp_path_factory, header):
    folder = tmp_path_factory.mktemp("sidecar")
    said = SAID | {
        "columns": {header: "sparring_hours"},
        "missing": [header],
        "rows_where": {header: {"not": [header]}},
    }
    sidecars.write_sidecar(folder / "a.yml", said)
    found = sidecars.read_sidecar(folder / "a.yml")
    assert (found.columns, found.layout.rows_where) == (said["columns"], said["rows_where"])
    assert found.layout.missing == [header]


@pytest.mark.parametrize("path", ["../practices.csv", "/etc/hostname", "out/practices.csv"])
def test_a_path_that_leads_out_of_the_folder_is_refused(tmp_path, path):
    raw = tmp_path / "raw"
    raw.mkdir()
    (tmp_path / "practices.csv").write_text("a")
    (raw / "out").symlink_to(tmp_path)
    with pytest.raises(ValueError, match="1 of 1 lead out of it"):
        sidecars.read_sidecar(write(raw, path=path))
