"""Processed tables are read only as they were built; anything else is told with what to do."""

import shutil

import pandas as pd
import pytest

from analysis import data, files


@pytest.fixture
def processed(tmp_path, monkeypatch):
    folder = tmp_path / "data" / "processed"
    shutil.copytree(files.processed(), folder)
    monkeypatch.setenv("ANALYSIS_HOME", str(tmp_path))
    return folder


@pytest.mark.parametrize("harm", ["cut", "emptied", "other numbers", "gone"])
def test_a_table_that_is_not_the_one_that_was_built_is_refused(processed, harm):
    file = processed / "staff.parquet"
    if harm == "gone":
        file.unlink()
    elif harm == "other numbers":
        table = pd.read_parquet(file)
        table.assign(employed_count=table["employed_count"] + 1).to_parquet(file, index=False)
    else:
        file.write_bytes(file.read_bytes()[:100] if harm == "cut" else b"")
    with pytest.raises(
        ValueError, match=r"`data/processed/staff.parquet` must be the table that was built.*Run `make data`"
    ):
        data.read("staff")


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"tables": 3}', '{"tables": {}}'])
def test_digests_that_cannot_be_read_are_told(processed, text):
    (processed / "digests.json").write_text(text)
    with pytest.raises(ValueError, match=r"digests.json` must list the built tables.*Run `make data`"):
        data.read("staff")
