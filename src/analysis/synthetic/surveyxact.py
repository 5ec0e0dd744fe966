"""Writes the synthetic survey as a SurveyXact export: three files, semicolon, cp1252, LF."""

import csv
import io
from pathlib import Path

import pandas as pd

from analysis import codebook, municipalities

# Raw name, our name, question. The raw names are the sidecar's mapping too.
QUESTIONS = {
    "kommune": ("municipality_code", "Hvilken kommune er du ansat i?"),
    "rolle": ("role", "Er du sagsbehandler eller leder?"),
    "omraade": ("area", "Hvilket område arbejder du på?"),
    "sagstal": ("caseload", "Hvor mange sager har du i dag?"),
    "enhed": ("case_unit", "Hvad tæller I som én sag?"),
    "arbtid": ("weekly_hours", "Hvad er din ugentlige arbejdstid i timer?"),
    "spar_tim": ("sparring_hours", "Hvor mange timer om ugen er der afsat til faglig sparring?"),
    "spar_for": ("sparring_forum", "Hvor foregår den faglige sparring hovedsagelig?"),
    "spar_ans": ("sparring_responsible", "Hvem har ansvaret for sparringens forløb?"),
    "intro": ("has_introduction_programme", "Har I et fast introduktionsprogram for nye medarbejdere?"),
    "intro_dg": ("introduction_days", "Hvor mange dage varer introduktionsprogrammet?"),
    "mentor": ("has_mentor", "Får nye medarbejdere deres egen mentor?"),
    "oplaer": (
        "introduction_sufficient",
        "I hvilken grad er oplæringen af nye medarbejdere tilstrækkelig?",
    ),
    "overlev": (
        "case_handover",
        "I hvilken grad følges et skift af sagsbehandler af hurtig og effektiv overlevering?",
    ),
    "skift": ("change_planned", "Var det seneste skift af sagsbehandler planlagt eller uforudset?"),
    "arbplads": ("has_changed_workplace", "Har du skiftet arbejdsplads inden for det seneste år?"),
}
_ROLES = {"caseworker": "Sagsbehandler", "leader": "Leder"}
_STATUS = {"new": 1, "distributed": 2, "partial": 3, "completed": 4, "dropped_out": 5}


def _codes(ours: str) -> dict[str, tuple[int, str]]:
    """Level -> (raw code, label) of a closed question; empty for an open one."""
    if ours == "municipality_code":
        return {m.code: (int(m.code), m.name) for m in municipalities.everyone()}
    labels = _ROLES if ours == "role" else codebook.levels(ours, "caseworkers")
    return {level: (code, label) for code, (level, label) in enumerate(labels.items(), start=1)}


def _number(value: float) -> str:
    return f"{value:g}".replace(".", ",")


def _raw_column(answers: pd.Series, ours: str) -> pd.Series:
    codes = _codes(ours)
    if codes:
        return answers.map({level: str(code) for level, (code, _) in codes.items()})
    return answers.astype("Float64").map(_number, na_action="ignore")


def _dataset(answers: pd.DataFrame) -> pd.DataFrame:
    number = pd.Series(range(1, len(answers) + 1), index=answers.index).astype(str)
    system = {
        "respondentid": "9" + number.str.zfill(6),
        "email": "svarperson" + number + "@example.invalid",
        "created": "01-09-2014 08:00:00",
        "closetime": answers["status"].map({"completed": "15-09-2014 12:00:00"}),
    }
    questions = {raw: _raw_column(answers[ours], ours) for raw, (ours, _) in QUESTIONS.items()}
    status = {
        f"statoverall_{code}": (answers["status"] == name).astype(int).astype(str)
        for name, code in _STATUS.items()
    }
    return pd.DataFrame(system | questions | status, index=answers.index)


def _labels() -> list[tuple[str, str, str]]:
    return [
        (raw, str(code), label)
        for raw, (ours, _) in QUESTIONS.items()
        for code, label in _codes(ours).values()
    ]


def _structure() -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = [
        (
            "questionName",
            "variableName",
            "questionType",
            "subType",
            "questionText",
            "choiceValue",
            "choiceText",
        )
    ]
    for raw, (ours, text) in QUESTIONS.items():
        choices = [(str(code), label) for code, label in _codes(ours).values()]
        kind = ("Closed", "Single") if choices else ("Open", "Double")
        rows += [(raw, raw, *kind, text, *choice) for choice in choices or [("", "")]]
    return rows


def _csv_bytes(rows: list) -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=";", lineterminator="\n").writerows(rows)
    return text.getvalue().encode("cp1252")


def write_surveyxact(answers: pd.DataFrame, folder: Path) -> dict[str, int]:
    """Write dataset, labels and structure to a folder; returns the data rows of each file."""
    folder.mkdir(parents=True, exist_ok=True)
    dataset = _dataset(answers).fillna("")
    files = {
        "dataset.csv": [list(dataset.columns), *dataset.to_numpy().tolist()],
        "labels.csv": _labels(),
        "structure.csv": _structure(),
    }
    for name, rows in files.items():
        (folder / name).write_bytes(_csv_bytes(rows))
    return {name: len(rows) - (name != "labels.csv") for name, rows in files.items()}
