"""The demonstration deliveries: the same bytes each time, in the real form, and calibrated as the manifest says."""

import numpy as np
import pandas as pd
import pytest
import yaml
from demo_home import PROJECT

from analysis.prepare import sidecars
from analysis.synthetic import answers, manifest
from analysis.synthetic.deliveries import write_deliveries


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("raw")
    write_deliveries(folder)
    return folder


def test_bytes_are_those_of_the_sidecars_in_git(written):
    for sidecar in sidecars.read_sidecars(written):
        sidecars.check_delivery(sidecar)
        in_git = PROJECT / "data" / "raw" / sidecar.file.name
        assert yaml.safe_load(sidecar.file.read_text()) == yaml.safe_load(in_git.read_text())


def test_the_survey_is_a_surveyxact_export(written):
    folder = written / "national_survey"
    assert sorted(file.name for file in folder.iterdir()) == ["dataset.csv", "labels.csv", "structure.csv"]
    for file in folder.iterdir():
        content = file.read_bytes()
        assert b";" in content and b"\r" not in content
        content.decode("cp1252")
    with pytest.raises(UnicodeDecodeError):
        (folder / "labels.csv").read_bytes().decode("utf-8")


def test_each_delivery_says_that_it_is_synthetic(written):
    found = sidecars.read_sidecars(written)
    assert {s.path for s in found} == {
        "national_survey",
        "staff_counts.csv",
        "practices.csv",
        "interviews.qdpx",
    }
    assert all(s.synthetic and "ynteti" in s.title for s in found)


def test_what_is_there_is_left_alone(written):
    before = (written / "practices.csv").stat().st_mtime_ns
    assert all(line.endswith("there already") for line in write_deliveries(written))
    assert (written / "practices.csv").stat().st_mtime_ns == before


def test_half_a_delivery_is_not_filled_up(tmp_path):
    write_deliveries(tmp_path)
    (tmp_path / "national_survey" / "labels.csv").unlink()
    with pytest.raises(FileNotFoundError, match=r"3 files, but 1 are missing \(first: labels.csv\)"):
        write_deliveries(tmp_path)
    assert not (tmp_path / "national_survey" / "labels.csv").exists()


def test_no_demonstration_data_where_real_data_gives_the_same_tables(tmp_path):
    write_deliveries(tmp_path)
    said = yaml.safe_load((tmp_path / "practices.yml").read_text()) | {
        "synthetic": False,
        "path": "visits.csv",
    }
    (tmp_path / "practices.csv").rename(tmp_path / "visits.csv")
    (tmp_path / "practices.yml").unlink()
    sidecars.write_sidecar(tmp_path / "visits.yml", said)
    assert "practices.csv: left out, real data stands in its place" in write_deliveries(tmp_path)
    assert not (tmp_path / "practices.csv").exists()


def test_the_manifest_ties_each_calibrated_value_to_a_published_figure():
    table = manifest.read_manifest()
    figures = pd.read_csv(PROJECT / "data/raw/published_figures.csv", sep=";", index_col="id")
    for _, row in table[table["kind"] == "calibrated"].iterrows():
        published = figures.loc[row["published_id"]]
        scale = 100 if published["unit"] == "pct." else 1
        assert float(row["value"]) * scale == pytest.approx(published["value"])
    assert (table.loc[table["kind"] == "assumed", "published_id"] == "").all()
    assert (table["explanation"] != "").all()


def test_cut_gives_the_weighted_shares():
    random = np.random.default_rng(1)
    weights = random.uniform(1, 3, 4000)
    levels = answers.cut(random.normal(size=4000), weights, {"yes": 0.21, "no": 0.79})
    assert np.average(levels == "yes", weights=weights) == pytest.approx(0.21, abs=0.001)


def test_counts_have_the_weighted_mean_and_are_overdispersed():
    random = np.random.default_rng(1)
    weights = random.uniform(1, 3, 2000)
    counts = answers.counts_with_mean(random.normal(size=2000), weights, 40.0, 0.09, random)
    assert np.average(counts, weights=weights) == pytest.approx(40, abs=0.002)
    assert counts.var() > 2 * counts.mean()


def test_scale_shares_add_up_with_the_low_answers_last():
    shares = answers.scale_shares(0.55)
    assert sum(shares.values()) == pytest.approx(1)
    assert shares["lesser"] + shares["not_at_all"] == pytest.approx(0.55)
