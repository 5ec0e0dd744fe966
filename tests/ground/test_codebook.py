import pandas as pd
import pytest

from analysis import codebook


def staff(**changed):
    row = {
        "year": 2014,
        "municipality_code": "0265",
        "municipality": "Roskilde",
        "region": "Sjælland",
        "municipality_group": "Provinsbykommuner",
        "role": "caseworker",
        "area": "at_risk",
        "employed_count": 40,
        "answered_count": 25,
        "partial_count": 2,
    }
    return pd.DataFrame([row, row | changed])


def test_columns_come_out_typed_and_in_the_codebooks_order():
    got = codebook.validate(staff()[::-1][sorted(staff().columns)], "staff")
    assert list(got.columns) == list(codebook.columns("staff").index)
    assert got["employed_count"].dtype == "Int64"
    assert list(got["area"].cat.categories) == ["at_risk", "disability"]


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        (
            {"employed_count": 9000},
            r"`employed_count` must be within 0-5000 persons, but 1 of 2 rows are not \(first: row 2 = 9000",
        ),
        (
            {"employed_count": "mange"},
            r"`employed_count` must be a whole number, but 1 of 2 .*row 2 = mange",
        ),
        ({"employed_count": 2.5}, r"`employed_count` must be a whole number, but 1 of 2 .*row 2 = 2.5"),
        (
            {"employed_count": None},
            r"`employed_count` must be filled in every row, but 1 of 2 rows are empty",
        ),
        ({"role": "chef"}, r"`role` must be one of `caseworker`, `leader`, but 1 of 2 rows .*row 2 = chef"),
        (
            {"municipality_code": "265"},
            r"`municipality_code` must be one of the 98 municipality codes, but 1 of 2 .*row 2 = 265",
        ),
    ],
)
def test_values_that_do_not_fit_stop_with_count_and_first_row(changed, message):
    with pytest.raises(ValueError, match=message):
        codebook.validate(staff(**changed), "staff")


def test_a_column_that_is_not_in_the_codebook_stops_the_build():
    with pytest.raises(ValueError, match=r"1 are not in data/codebook.csv \(first: `extra`\). Add a row"):
        codebook.validate(staff().assign(extra=1), "staff")


def test_a_missing_column_stops_the_build():
    with pytest.raises(
        ValueError, match=r"`staff` must have the 10 columns .* 1 are missing \(first: `area`\)"
    ):
        codebook.validate(staff().drop(columns="area"), "staff")


def test_unknown_names_are_told():
    with pytest.raises(KeyError, match="`cats` must be a table of data/codebook.csv"):
        codebook.columns("cats")
    with pytest.raises(KeyError, match="`cats` must be a column of data/codebook.csv"):
        codebook.label("cats")


def test_one_quantity_has_one_label_and_unit_in_every_table():
    book = codebook.read_codebook()
    shared = book[book["dtype"].isin(["integer", "number"])].groupby("column")
    assert shared["label"].agg(set).map(len).eq(1).all()
    assert shared["unit"].agg(set).map(len).eq(1).all()


def test_every_column_says_what_it_is():
    book = codebook.read_codebook()
    assert not book.duplicated(["table", "column"]).any()
    assert (book[["dtype", "label", "definition", "source"]] != "").all(axis=None)
    assert set(book["dtype"]) <= {"string", "code", "integer", "number", "category", "ordered"}
    assert (book.loc[book["dtype"].isin(["category", "ordered"]), "categories"] != "").all()


def test_the_documentation_names_every_column():
    text = codebook.document()
    assert all(f"`{column}`" in text for column in codebook.read_codebook()["column"])
