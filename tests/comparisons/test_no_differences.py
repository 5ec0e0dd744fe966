"""Municipalities that don't differ: no headline, sentence or notebook says that they do."""

import hashlib
import json
import re
import shutil

import nbformat
import numpy as np
import pandas as pd
import pytest
from demo_home import PROJECT, copy_data
from nbclient import NotebookClient

from analysis import charts, data, figure_texts, files, measures, municipalities, sentences
from analysis.charts.captions import claims
from analysis.comparisons import compare_places
from analysis.measures import places

YEAR = 2014
# What differs in practice: the answers. Drawn again for all, from one distribution by area.
ANSWERS = [
    "caseload",
    "sparring_hours",
    "introduction_days",
    "has_introduction_programme",
    "case_handover",
    "has_changed_workplace",
]
SEED = 20
CLAIM = re.compile(r"(?<! ingen af \d\d kommuner er )\b(over|under) resten af landet")


def without_differences(people: pd.DataFrame, seed: int) -> pd.DataFrame:
    """The same people with answers drawn, with replacement, from those of everybody on their area."""
    rng = np.random.default_rng(seed)
    people = people.copy()
    for variable in ANSWERS:
        for _, rows in people[people[variable].notna()].groupby("area", observed=True):
            drawn = rng.choice(len(rows), len(rows))
            people.loc[rows.index, variable] = rows[variable].to_numpy()[drawn]
    return people


def write_processed(folder, people: pd.DataFrame) -> None:
    shutil.copytree(PROJECT / "data" / "processed", folder / "data" / "processed", dirs_exist_ok=True)
    file = folder / "data" / "processed" / "caseworkers.parquet"
    people.to_parquet(file, index=False)
    described = file.with_name("digests.json")
    content = json.loads(described.read_text(encoding="utf-8"))
    content["tables"]["caseworkers"]["sha256"] = hashlib.sha256(file.read_bytes()).hexdigest()
    described.write_text(json.dumps(content), encoding="utf-8")


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A project whose municipalities differ by nothing but chance."""
    folder = copy_data(tmp_path_factory.mktemp("home"))
    write_processed(folder, without_differences(data.read("caseworkers"), SEED))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ANALYSIS_HOME", str(folder))
        patch.setenv("ANALYSIS_REPORTS", str(folder / "reports"))
        yield folder


@pytest.fixture(scope="module")
def caseloads(home):
    return measures.measure("caseload", YEAR)


def test_no_headline_or_sentence_claims_a_difference(caseloads):
    assert caseloads.frame["status"].eq("shown").sum() > 100
    areas = [caseloads.select(area=area) for area in ("at_risk", "disability")]
    for place in municipalities.places():
        said = [figure_texts.for_intervals(caseloads, place)["headline"], sentences.finding(caseloads, place)]
        said += [figure_texts.for_shrinkage(area, place)["headline"] for area in areas]
        assert not [text for text in said if CLAIM.search(text)]
        assert not claims(said[0])
    for area in areas:
        assert ": ingen af " in figure_texts.for_funnel(area, "Roskilde")["headline"]


def test_data_with_differences_are_seen(home):
    """The same with one municipality that does differ: the test above can fail."""
    people = data.read("caseworkers")
    mine = people["municipality"].eq("Aarhus")
    people.loc[mine, "caseload"] = people.loc[mine, "caseload"] + 30
    table = places.estimate_places(people, "caseload", areas=True)
    own = table[table["place"].eq("Aarhus")]
    assert own["verdict"].eq("over").all()
    assert CLAIM.search("Sagstallet i Aarhus er over resten af landet")
    assert CLAIM.search("Sagstallet: 3 af 73 kommuner er over resten af landet, ingen er under")
    assert not CLAIM.search("Sagstallet: ingen af 73 kommuner er over resten af landet, ingen er under")


@pytest.mark.parametrize("variable, level", [("caseload", None), ("has_changed_workplace", "yes")])
def test_alarms_are_as_rare_as_the_theory_says(variable, level):
    """Benjamini-Hochberg at 5 %: in twelve draws an alarm in 0.6 of them; four or more in 1 of 300."""
    people = data.read("caseworkers", YEAR)
    alarms = 0
    for seed in range(12):
        drawn = places.answered(without_differences(people, seed), variable)
        table = compare_places(drawn, variable, places.DESIGN, "municipality", level=level)
        alarms += int(table["verdict"].isin(["over", "under"]).any())
    assert alarms <= 3


def test_the_notebook_claims_none(home):
    notebook = nbformat.read(PROJECT / "notebooks" / "02_caseload.ipynb", as_version=4)
    shutil.copytree(PROJECT / "notebooks", home / "notebooks")
    done = NotebookClient(notebook, timeout=300, kernel_name="python3").execute()
    outputs = [output for cell in done.cells if cell.cell_type == "code" for output in cell.outputs]
    texts = [str(text) for output in outputs for text in output.get("data", {}).values()]
    assert len([text for text in texts if "<figure" in text]) >= 4
    assert not [text for text in texts if CLAIM.search(text)]
    assert sum(": ingen af " in text for text in texts if "<figcaption" in text) >= 2
    assert list((files.reports() / "roskilde" / "figurer").glob("*.png"))


def test_charts_accept_the_headlines(caseloads):
    for place in ("København", "Læsø", "Fanø", "Landkommuner", municipalities.COUNTRY):
        texts = figure_texts.for_intervals(caseloads, place)
        figure = charts.intervals(measures.around(caseloads, place), name="sagstal", panel="area", **texts)
        assert figure.headline == texts["headline"]
