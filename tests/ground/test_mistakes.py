"""In a notebook a mistake that this package tells is one message; every other error keeps its traceback."""

import nbclient
from nbformat.v4 import new_code_cell, new_notebook


def shown(*sources):
    notebook = new_notebook(
        cells=[new_code_cell(source) for source in ("import analysis.data as data", *sources)]
    )
    nbclient.NotebookClient(notebook, allow_errors=True, kernel_name="python3").execute()
    return [
        output["traceback"]
        for cell in notebook.cells
        for output in cell.outputs
        if output.output_type == "error"
    ]


def test_own_errors_are_short_and_others_are_whole(monkeypatch):
    monkeypatch.delenv("ANALYSIS_RUN", raising=False)
    own, foreign, of_pandas = shown("data.read('staf')", "int('x')", "data.read('staff')['no column']")
    assert len(own) == 1 and own[0].startswith("KeyError: `staf` must be a processed table")
    assert len(foreign) > 1 and len(of_pandas) > 1


def test_in_a_run_of_the_collection_nothing_is_cut(monkeypatch):
    monkeypatch.setenv("ANALYSIS_RUN", '{"notebook": "01_made", "parameters": {}}')
    assert len(shown("data.read('staf')")[0]) > 1
