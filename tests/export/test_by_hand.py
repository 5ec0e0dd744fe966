"""A figure made in JupyterLab carries the same record as one made by a run of the collection."""

import nbclient
import nbformat
from demo_home import copy_data
from small_runs import write_notebook

from analysis import files
from analysis.export import record_reader

FIGURE = """
from published import figure
from analysis.publish import publish
publish(figure(), formats=["svg"])
"""


def test_a_figure_made_by_hand_names_its_notebook_and_what_its_parameters_were(tmp_path, monkeypatch):
    support = str(files.project() / "tests" / "support")
    home = copy_data(tmp_path)
    path = write_notebook(home / "notebooks" / "egne" / "digital.ipynb", "min_count = 7", FIGURE)
    for name, value in {
        "ANALYSIS_HOME": str(home),
        "JPY_SESSION_NAME": str(path),
        "PYTHONPATH": support,
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("ANALYSIS_RUN", raising=False)
    nbclient.NotebookClient(nbformat.read(path, as_version=4), kernel_name="python3").execute()
    file = next((home / "reports").rglob("*.svg"))
    found = record_reader.read(file)
    assert found["notebook"] == "egne/digital"
    assert found["parameters"] == {"municipality": "Roskilde", "min_count": 7}
