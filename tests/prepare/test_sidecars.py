import pytest
import yaml
from demo_home import PROJECT

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
        ({"reader": "word"}, "`reader` in practices.yml must be one of surveyxact, spss, tabular, refi_qda"),
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
