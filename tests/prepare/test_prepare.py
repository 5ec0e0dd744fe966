"""From data/raw to data/processed: nothing lost, nothing doubled, and bad deliveries harm nothing."""

import hashlib
import re
import shutil

import pandas as pd
import pytest
import yaml
from demo_home import copy_data

from analysis import data, municipalities, prepare
from analysis import files as paths
from analysis.prepare import sidecars

SURVEY = "data/raw/national_survey"


@pytest.fixture(scope="module")
def prebuilt(tmp_path_factory):
    folder = copy_data(tmp_path_factory.mktemp("prebuilt"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ANALYSIS_HOME", str(folder))
        assert prepare.main() == 0
    return folder


@pytest.fixture
def built(prebuilt, tmp_path, monkeypatch):
    """A built project of one's own, copied from the one that this module built."""
    shutil.copytree(prebuilt, tmp_path, dirs_exist_ok=True)
    monkeypatch.setenv("ANALYSIS_HOME", str(tmp_path))
    return tmp_path


def digests(folder):
    files = sorted((folder / "data" / "processed").iterdir())
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def change(file, old, new, encoding="cp1252"):
    text = file.read_bytes().decode(encoding)
    assert re.search(old, text), old
    file.write_bytes(re.sub(old, new, text, count=1).encode(encoding))


def sign(home, delivery="national_survey"):
    """Let the sidecar know the files as they are now, so that only what is in them is at fault."""
    sidecar = sidecars.read_sidecar(home / f"data/raw/{delivery}.yml")
    said = yaml.safe_load(sidecar.file.read_text())
    for name, path in zip(said["files"], sidecar.paths(), strict=True):
        said["files"][name]["sha256"] = sidecars.sha256(path)
    sidecars.write_sidecar(sidecar.file, said)


def first_completed(home):
    lines = (home / SURVEY / "dataset.csv").read_bytes().decode("cp1252").split("\n")
    return next(line for line in lines[1:] if line.endswith(";0;0;0;1;0"))


def test_rows_add_up_from_the_export_to_the_tables(built):
    lines = (built / SURVEY / "dataset.csv").read_bytes().decode("cp1252").splitlines()[1:]
    completed = sum(line.endswith(";0;0;0;1;0") for line in lines)
    staff = data.read("staff")
    assert completed == len(data.read("caseworkers")) + len(data.read("leaders"))
    assert completed == staff["answered_count"].sum()
    assert len(lines) == staff["employed_count"].sum()


def test_weights_add_up_to_the_staff_by_group_and_area(built):
    people, staff = data.read("caseworkers"), data.read("staff")
    staff = staff[staff["role"] == "caseworker"]
    keys = ["municipality_group", "area"]
    got = people.groupby(keys, observed=True)["weight"].sum().astype(float)
    exp = staff.groupby(keys, observed=True)["employed_count"].sum().astype(float)
    pd.testing.assert_series_equal(got, exp, check_names=False, rtol=1e-8)


def test_personal_columns_are_not_kept(built):
    for name in ("caseworkers", "leaders"):
        assert not {"respondentid", "email"} & set(data.read(name).columns)


def test_twice_built_is_the_same_bytes(built):
    before = digests(built)
    assert prepare.main() == 0
    assert digests(built) == before


FAULTS = {
    "missing file": (lambda h: (h / SURVEY / "labels.csv").unlink(), "3 files, but 1 are missing"),
    "other bytes": (lambda h: change(h / SURVEY / "dataset.csv", "\n9", "\n8"), "must have the sha256"),
    "renamed column": (
        lambda h: (change(h / SURVEY / "dataset.csv", "sagstal", "antal"), sign(h)),
        "are missing (first: `sagstal`)",
    ),
    "out of range": (
        lambda h: (change(h / SURVEY / "dataset.csv", r"(;1;1;)\d\d;", r"\g<1>900;"), sign(h)),
        "`caseload` must be within 0-300 cases, but 1 of",
    ),
    "wrong kind": (
        lambda h: (change(h / SURVEY / "dataset.csv", r"(;1;1;)\d\d;", r"\g<1>mange;"), sign(h)),
        "`sagstal` must hold numbers, but 1 of",
    ),
    "unknown code": (
        lambda h: (change(h / SURVEY / "dataset.csv", ";101;1;", ";999;1;"), sign(h)),
        "`municipality_code` must be one of the 98 municipality codes, but 1 of",
    ),
    "doubled respondent": (
        lambda h: (
            change(h / SURVEY / "dataset.csv", "\n(9000002;)", f"\n{first_completed(h)}\n\\1"),
            sign(h),
        ),
        "respondentid",
    ),
    "empty file": (lambda h: ((h / SURVEY / "dataset.csv").write_bytes(b""), sign(h)), "dataset.csv"),
    "two encodings": (
        lambda h: (
            (h / SURVEY / "labels.csv").write_bytes(
                (h / SURVEY / "labels.csv").read_bytes() + "ekstra;1;Får\n".encode()
            ),
            sign(h),
        ),
        "must be text in one encoding",
    ),
    "no delivery": (
        lambda h: [file.unlink() for file in (h / "data/raw").rglob("*.yml")],
        "must hold one delivery of the national survey, but holds 0",
    ),
    "staff without roles": (
        lambda h: change(h / "data/raw/staff_counts.yml", "  rolle: role\n", "", "utf-8"),
        "`role` must be among the columns of staff_counts.yml",
    ),
    "e-mail in text": (
        lambda h: (
            change(h / "data/raw/practices.csv", "Kommune A", "navn@kommune.dk", "utf-8"),
            sign(h, "practices"),
        ),
        "e-mail",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_bad_delivery_stops_with_one_message_and_leaves_the_old_data(built, fault, capsys):
    before = digests(built)
    harm, message = FAULTS[fault]
    harm(built)
    capsys.readouterr()
    assert prepare.main() == 1
    said = capsys.readouterr()
    assert message in said.err
    assert "Traceback" not in said.err and said.out == ""
    assert digests(built) == before


def test_surplus_columns_are_left_out_and_counted(built, capsys):
    file = built / SURVEY / "dataset.csv"
    lines = file.read_bytes().decode("cp1252").splitlines()
    added = [lines[0] + ";fri", *(f"{line};7" for line in lines[1:])]
    file.write_bytes(("\n".join(added) + "\n").encode("cp1252"))
    structure = built / SURVEY / "structure.csv"
    structure.write_bytes(structure.read_bytes() + b"fri;fri;Open;Double;Fri;;\n")
    sign(built)
    assert prepare.main() == 0
    assert "1 columns not in the sidecar" in capsys.readouterr().out
    assert "fri" not in data.read("caseworkers")


def test_a_real_delivery_in_the_same_form_needs_no_change_of_code(built):
    file = built / f"{SURVEY}.yml"
    said = yaml.safe_load(file.read_text()) | {
        "synthetic": False,
        "provided": False,
        "title": "Ægte levering",
    }
    sidecars.write_sidecar(file, said)
    assert prepare.main() == 0
    assert not data.is_synthetic("questions") and data.is_synthetic("practices")
    assert data.is_synthetic("caseworkers")  # weighed by synthetic staff counts
    assert data.titles("caseworkers") == ["Ægte levering"]


def test_a_second_wave_stands_beside_the_first(built):
    for name, other in (("national_survey", "survey_2026"), ("staff_counts", "staff_2026")):
        said = yaml.safe_load((built / f"data/raw/{name}.yml").read_text())
        path = said["path"].replace(name, other)
        (built / "data/raw" / said["path"]).rename(built / "data/raw" / path)
        sidecars.write_sidecar(built / f"data/raw/{other}.yml", said | {"path": path, "year": 2026})
        (built / f"data/raw/{name}.yml").unlink()
    from analysis.synthetic.deliveries import write_deliveries

    written = write_deliveries(paths.raw())
    assert "national_survey: SYNTETISKE DATA written" in written
    assert prepare.main() == 0
    assert data.years("caseworkers") == [2014, 2026]
    assert len(data.read("caseworkers", 2026)) == len(data.read("caseworkers", 2014))
    with pytest.raises(
        ValueError, match=r"`year` must be a year of `caseworkers` \(2014, 2026\), but is 2020"
    ):
        data.read("caseworkers", 2020)


def test_an_interrupted_write_leaves_the_old_tables(built, monkeypatch):
    before = digests(built)
    tables = {"caseworkers": data.read("caseworkers")}

    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(prepare, "_described", interrupted)
    with pytest.raises(KeyboardInterrupt):
        prepare.write(tables, [], [])
    assert digests(built) == before


def test_tables_left_between_the_two_renames_come_back(built):
    processed = built / "data" / "processed"
    processed.rename(processed.with_name("processed.old"))
    with pytest.raises(FileNotFoundError, match="Run `make data`"):
        data.read("caseworkers")
    assert prepare.main() == 0
    assert len(data.read("caseworkers"))


def test_reconciliation_finds_a_lost_row(built):
    names = ("staff", "caseworkers", "leaders")
    tables = {name: data.read(name) for name in names}
    prepare.reconcile(tables)
    tables["caseworkers"] = tables["caseworkers"].iloc[1:]
    with pytest.raises(ValueError, match="caseworkers by municipality_code must add up, but 1 of"):
        prepare.reconcile(tables)


def test_each_table_is_that_of_the_codebook(built):
    from analysis import codebook
    from analysis.texts import sources

    tables = set(codebook.read_codebook()["table"])
    assert list(sources.statements().columns) == list(codebook.columns("statements").index)
    for name in tables - {"statements"}:  # a list of the project's, read as it is
        assert list(data.read(name).columns) == list(codebook.columns(name).index)


def test_smallest_municipalities_have_few_answers_and_one_has_none(built):
    people = data.read("caseworkers")
    counts = people.groupby("municipality").size().reindex([m.name for m in municipalities.everyone()])
    assert counts.isna().sum() == 1
    assert counts.lt(5).sum() >= 4
    assert 2500 < len(people) < 3500 and 400 < len(data.read("leaders")) < 600
