"""What is kept for all municipalities: made once, the same as if it weren't kept, and never of another state."""

import pytest
from published import figure

from analysis import data, measures, publish


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("ANALYSIS_KEPT", str(tmp_path / "kept"))
    return tmp_path / "kept"


def counted(calls):
    def total(year: int, *, least: int = 5) -> str:
        """The total of a year."""
        calls.append(year)
        return f"{year} of {least}"

    return data.once(total)


def test_nothing_is_kept_where_no_folder_is_named(tmp_path, monkeypatch):
    monkeypatch.delenv("ANALYSIS_KEPT", raising=False)
    made = [data.content("txt", "a", lambda: b"1"), data.content("txt", "a", lambda: b"2")]
    assert made == [b"1", b"2"]
    assert list(tmp_path.iterdir()) == []


def test_content_is_made_once_for_all_that_is_made_from_the_same(folder):
    assert data.content("txt", "a", lambda: b"1") == b"1"
    assert data.content("txt", "a", lambda: b"2") == b"1"
    assert data.content("txt", "b", lambda: b"2") == b"2"
    assert data.content("png", "a", lambda: b"3") == b"3"


@pytest.mark.parametrize("harm", [lambda kept: kept[:-1], lambda kept: b"", lambda kept: kept[:-1] + b"x"])
def test_a_kept_file_that_was_harmed_is_made_again(folder, harm):
    data.content("txt", "a", lambda: b"content")
    (file,) = folder.iterdir()
    file.write_bytes(harm(file.read_bytes()))
    assert data.content("txt", "a", lambda: b"made again") == b"made again"
    assert data.content("txt", "a", lambda: b"never") == b"made again"


def test_a_folder_where_nothing_can_be_kept_stops_nothing(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("ANALYSIS_KEPT", str(tmp_path / "file" / "kept"))
    assert data.content("txt", "a", lambda: b"1") == b"1"


def test_other_code_finds_nothing_of_this(folder, monkeypatch):
    data.content("txt", "a", lambda: b"1")
    monkeypatch.setattr(data, "code_digest", lambda: "other")
    assert data.content("txt", "a", lambda: b"2") == b"2"


def test_a_function_computes_once_a_process_and_once_a_folder(folder):
    calls = []
    first, second = counted(calls), counted(calls)
    assert first(2014) == first(2014) == second(2014) == "2014 of 5"
    assert calls == [2014]
    assert first(2014, least=3) == "2014 of 3"
    assert calls == [2014, 2014]
    assert first.__name__ == "total" and first.__doc__ == "The total of a year."


def test_other_data_is_computed_anew(folder, monkeypatch):
    calls = []
    total = counted(calls)
    total(2014)
    monkeypatch.setattr(data, "digest", lambda: "other")
    total(2014)
    assert calls == [2014, 2014]


def test_nothing_is_kept_of_what_failed(folder):
    with pytest.raises(ZeroDivisionError):
        data.content("txt", "a", lambda: 1 // 0)
    assert data.content("txt", "a", lambda: b"1") == b"1"


def test_files_are_the_same_whether_their_picture_is_kept_or_not(folder, tmp_path, monkeypatch):
    first = {path.name: path.read_bytes() for path in publish.publish(figure(), directory=tmp_path / "a")}
    assert {path.suffix for path in folder.iterdir()} == {".png"}
    again = {path.name: path.read_bytes() for path in publish.publish(figure(), directory=tmp_path / "b")}
    monkeypatch.delenv("ANALYSIS_KEPT")
    alone = {path.name: path.read_bytes() for path in publish.publish(figure(), directory=tmp_path / "c")}
    assert first == again == alone


def test_a_kept_table_is_the_table(folder):
    computed = measures.measure("sparring_hours", 2014)
    read_back = data.once(measures._protected.__wrapped__)(measures.named("sparring_hours"), 2014, 5)
    assert read_back is not computed
    assert read_back.frame.equals(computed.frame)
    assert read_back.quantity == computed.quantity
