import pandas as pd
import pyreadstat
import pytest
import surveyxact_export as export

from analysis import files
from analysis.prepare import delivery
from analysis.prepare.delivery import propose, read_delivery, variables
from analysis.prepare.sidecars import read_sidecar, read_sidecars
from analysis.prepare.survey import survey_from_table
from analysis.synthetic.deliveries import write_deliveries
from analysis.synthetic.refi_qda_writer import write_refi_qda

SURVEY = pd.DataFrame(
    {
        "kommune": ["Roskilde", "Århus", "Roskilde", "Aarhus", "Ringsted"],
        "stilling": ["Sagsbehandler", "Leder", "Sagsbehandler", "Sagsbehandler", "Leder"],
        "omr": ["Udsatteområdet", "Handicapområdet", "Udsatte området", "Voksne", "Handicapområdet"],
        "sagstal": [40, None, 31, 300, None],
        "overlevering": ["I mindre grad", "Slet ikke", "I høj grad", "I mindre grad", "Slet ikke"],
        "kommentar": ["en", "skriv til a@example.org", "tre", "fire", "fem"],
    }
)


@pytest.fixture
def raw(tmp_path, monkeypatch):
    """The folder of deliveries of a project of its own."""
    folder = tmp_path / "data" / "raw"
    folder.mkdir(parents=True)
    monkeypatch.setattr(files, "raw", lambda: folder)
    return folder


@pytest.fixture
def survey_file(raw):
    path = raw / "survey_2024.csv"
    SURVEY.to_csv(path, index=False, sep=";", encoding="cp1252")
    return path


def test_proposed_sidecar_maps_what_it_recognises(survey_file):
    assert delivery.main([str(survey_file)]) == 0
    sidecar = survey_file.with_suffix(".yml")
    said = sidecar.read_text(encoding="utf-8")
    said = said.replace("UDFYLD: at_risk eller disability", "disability").replace("UDFYLD: ", "")
    sidecar.write_text(said, encoding="utf-8")
    proposed = read_sidecar(sidecar)
    assert proposed.columns == {
        "kommune": "municipality_code",
        "stilling": "role",
        "omr": "area",
        "sagstal": "caseload",
        "overlevering": "case_handover",
    }
    assert proposed.tables == ["caseworkers", "leaders", "missing_answers"]
    assert vars(proposed)["values"] == {"area": {"Udsatte området": "at_risk", "Voksne": "disability"}}
    assert (proposed.reader, proposed.year, proposed.synthetic) == ("tabular", 2024, False)
    assert proposed.files[survey_file.name]["rows"] == 5


def test_proposal_is_not_used_before_it_is_filled_in(survey_file, raw):
    delivery.main([str(survey_file)])
    with pytest.raises(ValueError, match="must be filled in, but 5 of its keys"):
        read_sidecars(raw)


def test_what_does_not_fit_is_named(survey_file, capsys):
    delivery.main([str(survey_file)])
    told = capsys.readouterr().out
    assert "area: »Voksne« er ingen af kodebogens svar" in told
    assert "»Udsatte området« som at_risk er et gæt på stavemåden" in told
    assert "kommentar indeholder noget der ligner e-mailadresser" in told
    assert "sparring_hours (Timer til faglig sparring) er ikke fundet i leverancen; kan undværes" in told
    assert "a@example.org" not in told
    assert "8 til 300" not in told
    assert "31 til 300" in told


def test_sidecar_that_is_there_is_never_touched(survey_file, capsys):
    sidecar = survey_file.with_suffix(".yml")
    sidecar.write_text("title: min egen\n", encoding="utf-8")
    for _ in range(2):
        delivery.main([str(survey_file)])
    assert sidecar.read_text(encoding="utf-8") == "title: min egen\n"
    assert "den er ikke rørt" in capsys.readouterr().out
    names = sorted(file.name for file in survey_file.parent.glob("*.yml"))
    assert names == ["survey_2024.2.forslag.yml", "survey_2024.forslag.yml", "survey_2024.yml"]


def test_delivery_elsewhere_is_shown_but_nothing_is_written(tmp_path, raw, capsys):
    path = tmp_path / "elsewhere.csv"
    SURVEY.to_csv(path, index=False, sep=";")
    assert delivery.main([str(path)]) == 0
    assert "læg elsewhere.csv i data/raw" in capsys.readouterr().out
    assert not list(tmp_path.rglob("*.yml"))


def test_export_is_recognised_by_folder_part_or_workbook(raw, capsys):
    folder = export.write_folder(raw / "export")
    book = export.write_workbook(raw / "book.xlsx")
    assert [read_delivery(path).reader for path in (folder, folder / "labels.csv", book)] == [
        "surveyxact"
    ] * 3
    assert read_delivery(folder / "dataset.csv").path == folder
    assert delivery.main([str(folder)]) == 0
    told = capsys.readouterr().out
    assert "2 gennemførte" in told
    assert "11 kolonner er udeladt" in told
    assert "Hvor foregår sparring?: Teammøde" in told
    proposed = (raw / "export.yml").read_text(encoding="utf-8")
    assert "labels.csv" in proposed
    assert "caseload: caseload" in proposed


def test_spss_tells_why_answers_are_missing(raw, capsys):
    path = raw / "survey.sav"
    pyreadstat.write_sav(
        pd.DataFrame({"omr": [1.0, 2, 99, 7]}),
        str(path),
        column_labels={"omr": "Hvilket område arbejder du på?"},
        variable_value_labels={
            "omr": {1: "Udsatteområdet", 2: "Handicapområdet", 3: "Begge", 99: "Ved ikke"}
        },
        missing_ranges={"omr": [99]},
    )
    assert delivery.main([str(path)]) == 0
    told = capsys.readouterr().out
    assert "mangler: 1 Ved ikke" in told
    assert "koder uden tekst: 7" in told
    assert "ikke brugt: Begge" in told
    assert "Årstallet er ikke fundet" in told


def test_choice_between_two_columns_is_left_to_the_researcher(raw, capsys):
    scale = ["I meget høj grad", "I høj grad", "I nogen grad", "I mindre grad", "Slet ikke"]
    path = raw / "survey.csv"
    places = {"kommune": ["Roskilde", "Vejle"] * 5, "rolle": ["Leder", "Sagsbehandler"] * 5}
    pd.DataFrame({**places, "q7": scale * 2}).to_csv(path, index=False, sep=";")
    assert delivery.main([str(path)]) == 0
    assert "q7 kan være introduction_sufficient eller case_handover" in capsys.readouterr().out.replace(
        "\n", " "
    )
    assert "q7" not in path.with_suffix(".yml").read_text(encoding="utf-8")


def test_coded_interviews_without_roles_are_told(raw, capsys):
    path = write_refi_qda(
        raw / "interviews.qdpx",
        codes=pd.DataFrame({"guid": ["a"], "name": ["Sparring"], "parent": [None], "is_codable": [True]}),
        sources=pd.DataFrame({"guid": ["i"], "name": ["Interview"], "text": ["Vi sparrer."]}),
        codings=pd.DataFrame({"source": ["i"], "code": ["a"], "coder": ["K"], "start": [0], "end": [2]}),
        cases=pd.DataFrame({"guid": ["c"], "name": ["Case"]}),
        case_sources=pd.DataFrame({"case": [], "source": []}),
        name="P",
        created="2024-01-01T00:00:00Z",
    )
    assert delivery.main([str(path)]) == 0
    told = capsys.readouterr().out
    assert "1 kilder, 1 koder, 1 kodninger af 1 kodere" in told
    assert "hvert interview skal have én rolle" in told


@pytest.mark.parametrize("name", ["none.csv", "", "note.docx"])
def test_what_cannot_be_read_is_told_in_one_message(raw, name, capsys):
    (raw / "note.docx").write_bytes(b"x")
    assert delivery.main([str(raw / name)] if name else []) == 1
    told = capsys.readouterr().err
    assert told
    assert "Traceback" not in told


def test_proposal_for_the_demonstration_survey_is_its_own_mapping(tmp_path):
    write_deliveries(tmp_path)
    sidecar = read_sidecar(tmp_path / "national_survey.yml")
    mapping = propose(variables(read_delivery(sidecar.delivery).survey))
    assert mapping.columns == sidecar.columns


def test_numbers_beyond_all_measure_are_shown(raw, capsys):
    path = raw / "a.csv"
    path.write_text("kommune;antal\nRoskilde;1e300\nGreve;-1e300\n")
    assert delivery.main([str(path)]) == 0
    assert "-1e+300 til 1e+300" in capsys.readouterr().out


def test_a_file_without_variables_is_shown_as_that():
    assert propose(variables(survey_from_table(pd.DataFrame(index=[0, 1])))).columns == {}
