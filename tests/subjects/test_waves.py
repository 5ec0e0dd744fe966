"""Two waves side by side: a development only where the same was asked and counted, and nothing withheld told."""

import re

import pandas as pd
import pytest
import yaml
from demo_home import copy_data

from analysis import data, measures, municipalities, prepare
from analysis.codebook import levels
from analysis.prepare import sidecars
from analysis.subjects import caseload

FIRST, SECOND = 2014, 2026
LOWERED = 15


def rewrite(file, change):
    lines = file.read_bytes().decode("cp1252").splitlines()
    file.write_bytes(("\n".join(change(line) for line in lines) + "\n").encode("cp1252"))


def fewer_cases(line):
    """Every caseworker of København has fewer cases."""
    cells = line.split(";")
    if cells[4] == "101" and cells[7]:
        cells[7] = str(max(int(cells[7]) - LOWERED, 1))
    return ";".join(cells)


def families(line):
    """Every other respondent who counted children counts families."""
    cells = line.split(";")
    if cells[8] == "1" and int(cells[0]) % 2:
        cells[8] = "2"
    return ";".join(cells)


def reworded(line):
    line = line.replace("Hvor mange sager har du i dag?", "Hvor mange <b>*sager*</b> har du?")
    return re.sub(r"^(intro;.*3;)Ved ikke$", r"\1Det ved jeg ikke", line)


def add_wave(folder, answers, told=str):
    """Put the same delivery beside itself with another year, its answers and questions changed."""
    raw = folder / "data" / "raw"
    for name, other in (("national_survey", "survey_2026"), ("staff_counts", "staff_2026")):
        said = yaml.safe_load((raw / f"{name}.yml").read_text())
        path = said["path"].replace(name, other)
        copied = raw / path
        if (raw / said["path"]).is_dir():
            copied.mkdir()
        for file in sidecars.read_sidecar(raw / f"{name}.yml").paths():
            (copied / file.name if copied.is_dir() else copied).write_bytes(file.read_bytes())
        if copied.is_dir():
            rewrite(copied / "dataset.csv", answers)
            rewrite(copied / "structure.csv", told)
            rewrite(copied / "labels.csv", told)
            said["values"] = {"has_introduction_programme": {"Det ved jeg ikke": "dont_know"}}
            said["files"] = {n: {"sha256": sidecars.sha256(copied / n)} for n in said["files"]}
        sidecars.write_sidecar(raw / f"{other}.yml", said | {"path": path, "year": SECOND})


def built(factory, name, *wave):
    folder = copy_data(factory.mktemp(name))
    if wave:
        add_wave(folder, *wave)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ANALYSIS_HOME", str(folder))
        assert prepare.main() == 0
    return folder


@pytest.fixture(scope="module")
def one_wave(tmp_path_factory):
    return built(tmp_path_factory, "one")


@pytest.fixture(scope="module")
def two_waves(tmp_path_factory):
    return built(tmp_path_factory, "two", fewer_cases)


@pytest.fixture(scope="module")
def changed_waves(tmp_path_factory):
    return built(tmp_path_factory, "changed", families, reworded)


@pytest.fixture
def alike(two_waves, monkeypatch):
    monkeypatch.setenv("ANALYSIS_HOME", str(two_waves))


@pytest.fixture
def changed(changed_waves, monkeypatch):
    monkeypatch.setenv("ANALYSIS_HOME", str(changed_waves))


@pytest.fixture
def questions_without(alike, monkeypatch):
    """Let the second wave's delivery lack something of a question."""
    read = data.read

    def without(column, *rows):
        def reads(name, year=None):
            table = read(name, year)
            if name != "questions" or year != SECOND:
                return table
            if column == "question":
                return table[~table["question"].isin(rows)]
            return table.assign(**{column: table[column].mask(table["question"].isin(rows), "")})

        monkeypatch.setattr(data, "read", reads)

    return without


def test_one_wave_is_no_development(one_wave, monkeypatch):
    monkeypatch.setenv("ANALYSIS_HOME", str(one_wave))
    said = caseload.comparison("caseload", "Roskilde")
    assert said == "Der er kun én måling (2014); en udvikling kan ikke opgøres."


def test_questions_are_kept_as_delivered(changed):
    asked = data.read("questions").set_index(["year", "question"])
    assert asked.loc[(FIRST, "caseload"), "text"] == "Hvor mange sager har du i dag?"
    assert asked.loc[(SECOND, "caseload"), "text"] == "Hvor mange <b>*sager*</b> har du?"
    assert asked.loc[(FIRST, "caseload"), "answers"] == ""
    assert asked.loc[(FIRST, "case_handover"), "answers"] == "|".join(levels("case_handover").values())
    assert asked.loc[(SECOND, "has_introduction_programme"), "answers"] == "Ja|Nej|Det ved jeg ikke"
    assert data.is_synthetic("questions") and data.titles("questions") == data.titles("caseworkers")


def test_a_table_that_is_not_built_yet_says_what_to_do(alike):
    with pytest.raises(KeyError, match="`question` must be a processed table .* Run `make data`"):
        data.read("question")


def test_a_fall_is_told_where_the_interval_excludes_nought(alike):
    said = caseload.comparison("caseload", "København")
    assert "Spørgsmålets ordlyd og svarmuligheder er de samme. Opgørelsesenheden er omtrent den samme" in said
    found = re.search(
        r"Fra 2014 til 2026 er sagstallet i København på udsatteområdet faldet: forskellen ligger mellem −"
        r"([\d,]+) og −([\d,]+) sager",
        said,
    )
    low, high = (float(bound.replace(",", ".")) for bound in found.groups())
    assert high < LOWERED < low


def test_no_development_where_nothing_has_changed(alike):
    said = caseload.comparison("caseload", "Aarhus")
    for area in ("udsatteområdet", "handicapområdet"):
        assert f"er sagstallet i Aarhus på {area} ikke målbart ændret" in said
    said = caseload.comparison("handover_difficult", "Aarhus")
    assert "Opgørelsesenheden" not in said and "procentpoint" in said
    assert not re.search(r"\b(steget|faldet)\b", said)


def test_estimates_of_both_years_are_those_of_the_measures(alike):
    said = caseload.comparison("sparring_hours", municipalities.COUNTRY)
    row = measures.measure("sparring_hours", FIRST).row(place_level="country")
    assert said.count(f"{round(60 * row['estimate'])} minutter om ugen") == 2
    assert said.startswith("Tiden til faglig sparring i hele landet: ")


def test_another_wording_and_another_unit_forbid_a_development(changed):
    said = caseload.comparison("caseload", "København")
    assert "Spørgsmålet er stillet forskelligt: *Hvor mange sager har du i dag?* (2014)" in said
    assert r"og *Hvor mange &lt;b&gt;\*sager\*&lt;/b&gt; har du?* (2026)." in said
    people = data.read("caseworkers").dropna(subset=["case_unit"])
    counted = people["case_unit"].eq("child") * people["weight"]
    share = counted.groupby(people["year"]).sum() / people.groupby("year")["weight"].sum() * 100
    told = re.search(r"er forskellig: en sag er et barn for (\d+) pct. i 2014 og (\d+) pct. i 2026", said)
    assert [int(one) for one in told.groups()] == [round(share[FIRST]), round(share[SECOND])]
    assert "Derfor kan tallene fra 2014 og 2026 ikke læses som en udvikling." in said
    assert not re.search(r"\b(steget|faldet|ændret)\b", said)


def test_another_scale_forbids_a_development(changed):
    said = caseload.comparison("introduction_programme", "Aarhus")
    assert (
        "Svarmulighederne er forskellige: *Ja, Nej, Ved ikke* (2014) og *Ja, Nej, Det ved jeg ikke* (2026)."
        in said
    )
    assert "Spørgsmålet er stillet forskelligt" not in said
    assert "ikke læses som en udvikling" in said


@pytest.mark.parametrize(
    ("column", "message"),
    [
        ("text", "ordlyd er ikke kendt for 2026; kendt er *I hvilken grad"),
        ("answers", "Svarmulighederne er ikke kendt for 2026."),
        ("question", "Spørgsmålet er ikke stillet i 2026."),
    ],
)
def test_what_is_not_known_is_not_taken_as_the_same(questions_without, column, message):
    questions_without(column, "case_handover")
    said = caseload.comparison("handover_difficult", "Aarhus")
    assert message in said and "ikke læses som en udvikling" in said
    assert not re.search(r"\b(steget|faldet|ændret)\b", said)


def test_a_unit_that_was_not_asked_for_forbids_a_development(alike, monkeypatch):
    read = data.read

    def reads(name, year=None):
        table = read(name, year)
        return table.assign(case_unit=pd.NA) if (name, year) == ("caseworkers", SECOND) else table

    monkeypatch.setattr(data, "read", reads)
    said = caseload.comparison("caseload", "Aarhus")
    assert "Opgørelsesenheden er ikke oplyst i 2026." in said and "ikke læses som en udvikling" in said


def test_a_measure_that_a_year_did_not_ask_for_is_told_as_not_asked(alike, monkeypatch):
    read = data.read

    def reads(name, year=None):
        table = read(name, year)
        return table.assign(caseload=pd.NA) if (name, year) == ("caseworkers", SECOND) else table

    monkeypatch.setattr(data, "digest", lambda: "no caseload in the second year")
    monkeypatch.setattr(data, "read", reads)
    said = caseload.comparison("caseload", "Aarhus")
    assert f"ikke spurgt ({SECOND})" in said
    assert not re.search(r"\b(steget|faldet|ændret)\b", said)


@pytest.mark.parametrize("measure", ["caseload", "turnover"])
def test_nothing_withheld_is_told(alike, measure):
    """A place without a shown number gets the word for it, no number and no development."""
    frames = [measures.measure(measure, year).frame for year in (FIRST, SECOND)]
    own = pd.concat(frames)[lambda rows: rows["place_level"].eq("municipality")]
    hidden = own.groupby("place")["status"].agg(lambda status: not status.eq("shown").any())
    assert hidden.sum() >= 4
    for place in hidden.index[hidden]:
        said = caseload.comparison(measure, place)
        own_part = said[: said.index("i hele landet")]
        assert set(re.findall(r"\d+", own_part)) <= {str(FIRST), str(SECOND)}
        assert re.search("diskretioneret|ingen svar|under/over", own_part)
        assert (
            f"{place} på" not in said.split("de samme.")[1]
            and f"i {place} " not in said.split("de samme.")[1]
        )


def test_a_difference_of_means_by_hand():
    one = pd.Series({"estimate": 40.0, "low": 34.0, "high": 46.0})
    two = pd.Series({"estimate": 30.0, "low": 22.0, "high": 38.0})
    found = caseload.difference(one, two, is_share=False)
    # the half widths 6 and 8 together are 10
    assert found == {"estimate": -10, "low": -20, "high": 0}
    assert caseload.difference(one, two * 0 + 30, is_share=False) is None
