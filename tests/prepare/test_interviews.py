"""Coded interviews: the role is found where the program keeps it, and only what is of text is used."""

import zipfile

import pytest

from analysis import codebook
from analysis.prepare.interviews import codings_by_role, interviews_by_role
from analysis.readers.refi_qda import read_refi_qda

ROLE = '<Variable guid="v1" name="Rolle" typeOfVariable="Text"/>'


def value(role):
    return f'<VariableValue><VariableRef targetGUID="v1"/><TextValue>{role}</TextValue></VariableValue>'


def source(guid, inner="", more=""):
    coded = (
        f'<PlainTextSelection guid="s{guid}" startPosition="3" endPosition="8">'
        f'<Coding guid="k{guid}"><CodeRef targetGUID="c1"/></Coding></PlainTextSelection>'
    )
    return (
        f'<TextSource guid="{guid}" name="{guid}">{more}<PlainTextContent>Vi taler meget</PlainTextContent>'
        f"{inner or coded}</TextSource>"
    )


def project(tmp_path, sources, cases="", sets="", codes="", variables=ROLE):
    path = tmp_path / "a.qdpx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(
            "project.qde",
            '<Project xmlns="urn:QDA-XML:project:1.0" name="P"><CodeBook><Codes>'
            f'<Code guid="c1" name="Sparring" isCodable="true"/>{codes}</Codes></CodeBook>'
            f"<Variables>{variables}</Variables><Cases>{cases}</Cases><Sources>{sources}</Sources>"
            f"<Sets>{sets}</Sets></Project>",
        )
    return read_refi_qda(path)


PERSON = (
    '<PlainTextSelection guid="p1" startPosition="0" endPosition="14"><Coding guid="q1">'
    '<CodeRef targetGUID="{}"/></Coding></PlainTextSelection>'
    '<PlainTextSelection guid="p2" startPosition="3" endPosition="8"><Coding guid="q2">'
    '<CodeRef targetGUID="c1"/></Coding></PlainTextSelection>'
)
WAYS = {
    "a variable of the case": {
        "sources": source("t1"),
        "cases": f'<Case guid="k">{value("Leder")}<SourceRef targetGUID="t1"/></Case>',
    },
    "a variable of the document": {"sources": source("t1", more=value("Leder"))},
    "a set of documents": {
        "sources": source("t1"),
        "sets": '<Set guid="g" name="Leder"><MemberSource targetGUID="t1"/></Set>',
    },
    "a set named with its variable": {
        "sources": source("t1"),
        "sets": '<Set guid="g" name="Rolle: Leder"><MemberSource targetGUID="t1"/></Set>',
    },
    "a case by its name": {
        "sources": source("t1"),
        "cases": '<Case guid="k" name="Leder"><SourceRef targetGUID="t1"/></Case>',
    },
    "a set in plural": {
        "sources": source("t1"),
        "sets": '<Set guid="g" name="Ledere"><MemberSource targetGUID="t1"/></Set>',
    },
    "a variable of another name": {
        "sources": source("t1", more=value("Leder")),
        "variables": ROLE.replace("Rolle", "Stilling"),
    },
    "a variable with a word more": {
        "sources": source("t1", more=value("leder ")),
        "variables": ROLE.replace("Rolle", "Person:Rolle i interviewet"),
    },
    "a case that is coded": {
        "sources": source("t1", PERSON.format("k")),
        "codes": '<Code guid="k" name="Leder 1"/>',
        "cases": f'<Case guid="k" name="Leder 1">{value("Leder")}</Case>',
    },
    "a case that refers to a code": {
        "sources": source("t1", PERSON.format("c2")),
        "codes": '<Code guid="c2" name="Interviewperson"/>',
        "cases": f'<Case guid="k">{value("Leder")}<CodeRef targetGUID="c2"/></Case>',
    },
}


@pytest.mark.parametrize("way", WAYS)
def test_role_is_found_where_the_program_keeps_it(tmp_path, way):
    found = project(tmp_path, **WAYS[way])
    codings = codings_by_role(found)
    assert codings.loc[codings["theme"] == "Sparring", "interview_role"].tolist() == ["leader"]
    assert codings["coder"].unique().tolist() == ["Koder 1"]
    codebook.validate(codings, "codings")


def test_a_person_that_is_a_code_is_no_theme(tmp_path):
    found = project(tmp_path, **WAYS["a case that is coded"])
    assert found.codes["name"].tolist() == ["Sparring"]
    assert codings_by_role(found)["theme"].tolist() == ["Sparring"]


def test_unknown_role_is_told_with_advice_that_works(tmp_path):
    found = project(tmp_path, source("t1", more=value("Teamleder")))
    with pytest.raises(ValueError, match="under `interview_role`: `Teamleder: caseworker`"):
        interviews_by_role(found)
    assert interviews_by_role(found, {"Teamleder": "leader"})["interview"].tolist() == ["Leder 1"]


def test_codings_of_pictures_and_sound_are_left_out(tmp_path):
    sound = (
        '<AudioSource guid="a1" name="lyd"><AudioSelection guid="s6" begin="0" end="5">'
        '<Coding guid="k6"><CodeRef targetGUID="c1"/></Coding></AudioSelection></AudioSource>'
    )
    found = project(tmp_path, source("t1", more=value("Leder")) + sound)
    assert len(found.codings) == 2
    assert len(codings_by_role(found)) == 1


def test_interview_without_a_role_or_with_two_is_told(tmp_path):
    with pytest.raises(ValueError, match="must tell the role of each, .* Give the cases"):
        interviews_by_role(project(tmp_path, source("t1")))
    with pytest.raises(ValueError, match="must have a role, but 1 of 2 don't .first: interview 2"):
        interviews_by_role(project(tmp_path, source("t1", more=value("Leder")) + source("t2")))
    cases = "".join(
        f'<Case guid="{role}">{value(role)}<SourceRef targetGUID="t1"/></Case>'
        for role in ("Leder", "Sagsbehandler")
    )
    with pytest.raises(ValueError, match="must have one role, but 1 of 1 have more .first: interview 1"):
        interviews_by_role(project(tmp_path, source("t1"), cases=cases))


def test_a_set_may_stand_for_a_role_by_the_sidecar(tmp_path):
    found = project(
        tmp_path, source("t1"), sets='<Set guid="g" name="Runde 1"><MemberSource targetGUID="t1"/></Set>'
    )
    with pytest.raises(ValueError, match="which role a set or a case stands for"):
        interviews_by_role(found)
    assert interviews_by_role(found, {"Runde 1": "leader"})["interview"].tolist() == ["Leder 1"]


def test_a_note_that_nobody_coded_is_no_interview(tmp_path):
    note = '<TextSource guid="t2"><PlainTextContent>Husk</PlainTextContent></TextSource>'
    found = project(tmp_path, source("t1", more=value("Leder")) + note)
    assert interviews_by_role(found)["interview"].tolist() == ["Leder 1"]
