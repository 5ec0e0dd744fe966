import pandas as pd
import pytest

from analysis.personal import check_personal


@pytest.mark.parametrize("text", ["skriv til a.b@example.org", "mit nummer er 010170-1234", "0101701234"])
def test_personal_data_in_a_text_is_told_without_telling_it(text):
    table = pd.DataFrame({"remark": pd.array(["ok", text, None], "string")})
    with pytest.raises(
        ValueError, match="`remark` has what looks like .* 1 of 3 rows .first: row 2"
    ) as raised:
        check_personal(table, "survey")
    assert text not in str(raised.value)


@pytest.mark.parametrize("name", ["email", "Fornavn", "CPR"])
def test_columns_named_as_personal_data_are_told(name):
    with pytest.raises(ValueError, match=f"first: `{name}`"):
        check_personal(pd.DataFrame({name: ["x"], "area": [1]}), "survey")


@pytest.mark.parametrize("text", ["2024-03-01", "123456789", "40 sager @ 37 timer", "991370-1234", None])
def test_other_texts_pass(text):
    check_personal(pd.DataFrame({"remark": pd.array([text], "string"), "count": [1701011234]}), "survey")
