"""The attacker finds what a gate leaves open, and reads everything that was released."""

import json
import zipfile

import numpy as np
import pandas as pd
import pytest
from made_country import PLACES, measured, people, release, staff, withhold

from analysis import municipalities
from analysis.export import record_reader
from rerun.audit import audit, main
from rerun.audit.counts import System, count_intervals
from rerun.audit.granted import Granted
from rerun.audit.marks import agreed, find_scale, grain_of, labelled_scales, read_drawing, shapes
from rerun.audit.marks import candidates as candidates_of
from rerun.audit.texts import find_leaks, leaks_in
from rerun.audit.weighted import Total, candidates, rule_out

RATE = {"table": "staff", "variable": "response_rate", "level": None}
CASELOAD = {"table": "caseworkers", "variable": "caseload", "level": None}
PROGRAMME = {"table": "caseworkers", "variable": "programme", "level": "yes"}


@pytest.fixture
def country(monkeypatch):
    """The made country instead of Denmark, and what the attacker is granted of it."""
    monkeypatch.setattr(municipalities, "table", lambda: PLACES.copy())
    return Granted(staff(), people(), {}, {"caseload": 1.0})


def rates(folder, *hidden, table=None):
    cells = measured(people() if table is None else table, "caseload", False)
    release(folder, "svar", withhold(cells, *hidden), quantity=RATE, unit="pct.")


def caseloads(folder, *hidden, **how):
    release(
        folder, "sagstal", withhold(measured(people(), "caseload", True), *hidden), quantity=CASELOAD, **how
    )


def found(result, kind):
    rows = result.findings[result.findings["kind"].eq(kind)]
    return dict(zip(rows["cell"], rows["detail"], strict=True))


# ---- the three faults of an earlier gate


def test_with_rounding_switched_off_the_caseloads_of_two_caseworkers_are_found(country, tmp_path):
    rates(tmp_path, "Læsø", "Mariagerfjord")
    caseloads(tmp_path, "Læsø", "Mariagerfjord", drawn_rounded=False)
    result = audit(tmp_path, granted=country)
    assert found(result, "withheld mean")["Læsø, at_risk"] == "it is 49"
    assert found(result, "withheld mean")["Læsø, disability"] == "it is 55"
    assert any("sagstal.svg" in name for name in result.findings["quantity"])


def test_drawn_as_printed_they_are_not(country, tmp_path):
    rates(tmp_path, "Læsø", "Mariagerfjord")
    caseloads(tmp_path, "Læsø", "Mariagerfjord")
    result = audit(tmp_path, granted=country)
    assert not any("Læsø" in cell for cell in found(result, "withheld mean"))
    assert not found(result, "finer than shown")
    # the attacker never rules out what is true
    true = measured(people(), "caseload", True).set_index("municipality")["n"]
    for row in result.intervals.itertuples():
        if "caseload" in row.quantity:
            area = row.key[3]
            n = true[row.key[0]].iloc[["at_risk", "disability"].index(area)]
            assert row.least <= n <= row.most


def test_a_share_withheld_where_enough_answered_is_told_by_its_status(country, tmp_path):
    cells = measured(people(), "programme", False)
    rates(tmp_path)
    release(tmp_path, "program", withhold(cells, "Køge"), quantity=PROGRAMME, unit="pct.")
    assert set(found(audit(tmp_path, granted=country), "told by its status")) == {"Køge"}


def test_a_share_under_a_limit_that_only_nobody_is_is_told(country, tmp_path):
    cells = withhold(measured(people(), "programme", False), "Læsø", "Mariagerfjord")
    rates(tmp_path)
    release(tmp_path, "program", cells, quantity=PROGRAMME, unit="pct.")
    file = tmp_path / "hele_landet" / "figurer" / "program.csv"
    text = file.read_text(encoding="utf-8-sig")
    assert "100;46;vist" in text
    file.write_text(text.replace("100;46;vist", "over 98;46;under/over"), encoding="utf-8-sig")
    assert set(found(audit(tmp_path, granted=country), "told by its status")) == {"Køge"}
    file.write_text(text.replace("100;46;vist", "over 90;46;under/over"), encoding="utf-8-sig")
    assert not found(audit(tmp_path, granted=country), "told by its status")


def test_nobody_of_two_employed_is_told_by_its_status(country, tmp_path):
    table = people()
    gone = table["municipality"].eq("Læsø") & table["area"].eq("at_risk")
    silent = measured(table[gone], "caseload", True)[:1].assign(n=0, status="missing")
    rows = pd.concat([measured(table[~gone], "caseload", True), silent], ignore_index=True)
    release(tmp_path, "sagstal", rows, quantity=CASELOAD)
    assert found(audit(tmp_path, granted=country), "told by its status") == {
        "Læsø, at_risk": "nobody of fewer than 4 employed: so a withheld group as small is somebody"
    }


def test_a_higher_threshold_that_shows_what_the_lowest_withholds_gives_it(country, tmp_path):
    rates(tmp_path / "low", "Læsø", "Mariagerfjord", "Hjørring")
    rates(tmp_path / "high", "Læsø")
    alone = audit(tmp_path / "low", granted=country)
    assert not found(alone, "shown and withheld")
    both = audit(tmp_path / "low", [tmp_path / "high"], granted=country)
    assert set(found(both, "shown and withheld")) == {"Mariagerfjord", "Hjørring"}


# ---- counts


def test_one_withheld_part_of_a_shown_total_is_pinned(country, tmp_path):
    rates(tmp_path, "Hjørring")
    assert found(audit(tmp_path, granted=country), "pinned count") == {"Hjørring": "n can only be 31"}


def test_who_answers_a_question_has_answered(country, tmp_path):
    rates(tmp_path, "Læsø", "Hjørring")
    told = found(audit(tmp_path, granted=country), "narrow count")
    # two are employed in Læsø, of whom nobody need have answered, so 31 to 33 of the 33 are in Hjørring
    assert told == {"Hjørring": "n is between 31 and 33"}


def test_a_respondent_subtracts_himself(country, tmp_path):
    table = people()
    few = table[~table["municipality"].eq("Mariagerfjord") | (table.groupby("municipality").cumcount() < 3)]
    rates(tmp_path, "Læsø", "Mariagerfjord", table=few)
    assert (
        "2 withheld parts have n = 5 together"
        in found(audit(tmp_path, granted=country), "small union")["Nordjylland"]
    )
    assert not found(audit(tmp_path, granted=country, coalition=0), "small union")


def test_what_the_public_staff_alone_says_is_no_finding(country, tmp_path):
    rates(tmp_path, "Læsø", "Mariagerfjord", "Hjørring", "Aalborg")
    assert not any("Læsø" in cell for cell in audit(tmp_path, granted=country).findings["cell"])


def test_numbers_that_contradict_each_other_are_told():
    system = System()
    system.add(("q", "a", "n"), 1, 3)
    system.add(("q", "b", "n"), 1, 3)
    system.rows.append(((0, 1), (1.0, 1.0), 9.0, 9.0))
    with pytest.raises(ValueError, match="contradict"):
        count_intervals(system, [("q", "a", "n")])


def test_sums_bound_whole_numbers():
    system = System()
    for name in "abc":
        system.add(("q", name, "n"), 1, np.inf)
    system.rows += [((0, 1, 2), (1.0, 1.0, 1.0), 7.0, 7.0), ((0, 1), (2.0, 2.0), 5.0, 9.0)]
    bounds = count_intervals(system, [("q", "a", "n"), ("q", "c", "n")])
    assert list(bounds.values()) == [(1.0, 3.0), (3.0, 4.0)]


def test_a_figure_saved_as_an_image_alone_is_read_from_what_stands_beside_it(country, tmp_path):
    rates(tmp_path, "Hjørring")
    figures = tmp_path / "hele_landet" / "figurer"
    names, *lines = [
        line.split(";") for line in (figures / "svar.csv").read_text(encoding="utf-8-sig").splitlines()
    ]
    record = record_reader.read(figures / "svar.svg")
    codes = {"vist": "shown", "diskretioneret": "withheld"}
    said = {
        "record": record,
        "columns": [{"header": name} for name in names[:-1]],
        "cells": [line[:-1] for line in lines],
        "rows": [{"status": codes[line[-1]]} for line in lines],
    }
    (figures / "svar.csv").unlink()
    (figures / "svar.json").write_text(json.dumps(said), encoding="utf-8")
    assert record_reader.read(figures / "svar.json")["min_count"] == 5
    assert found(audit(tmp_path, granted=country), "pinned count") == {"Hjørring": "n can only be 31"}


def test_slices_a_few_people_apart_are_told(country, tmp_path):
    table = people()
    rates(tmp_path)
    few = table["municipality"].eq("Køge") & (table["caseload"] > 62)
    for name, rows, where in (
        ("alle", table, None),
        ("under", table[~few], "caseload <= 62"),
        ("udsatte", table[table["area"].eq("at_risk")], {"area": "at_risk"}),
    ):
        told = measured(rows, "caseload", False)
        quantity = CASELOAD | {"by": ["municipality"], "where": None if where is None else str(where)}
        release(tmp_path, name, told, quantity=quantity)
    told = found(audit(tmp_path, granted=country), "slices")
    assert 0 < few.sum() < 6
    assert told["Køge"] == f"{few.sum()} are in `everybody` and not in `caseload <= 62`"
    assert "Lolland" not in told


def test_classes_together_are_no_more_than_all(country, tmp_path):
    """In three classes of Køge's 46 only the third is withheld: beside what all answered it is no secret."""
    rates(tmp_path)
    whole = measured(people(), "caseload", False)
    release(tmp_path, "alle", whole, quantity=CASELOAD)
    one = whole[whole["municipality"].eq("Køge")]
    for part, n in (("lav", 25), ("mellem", 19), ("høj", 2)):
        cells = withhold(one.assign(n=n), *(["Køge"] if n < 5 else []))
        release(tmp_path, part, cells, quantity=CASELOAD | {"by": ["klasse"]}, own={"klasse": part})
    told = found(audit(tmp_path, granted=country), "narrow count")
    assert told == {"Køge": "n is between 1 and 2"}


# ---- editions


def test_two_editions_one_respondent_apart_give_that_respondent(country, tmp_path):
    table = people()
    less = table.drop(table.index[table["municipality"].eq("Roskilde") & table["programme"].eq("no")][0])
    for folder, rows, digest in (("old", less, "b" * 64), ("new", table, "a" * 64)):
        rates(tmp_path / folder, table=rows)
        cells = measured(rows, "programme", False)
        release(tmp_path / folder, "program", cells, quantity=PROGRAMME, unit="pct.", digest=digest)
    told = found(audit(tmp_path / "new", [tmp_path / "old"], granted=country), "between editions")
    assert "0 of them said so" in told["Roskilde"]


# ---- drawings


def test_a_mark_is_read_back_to_the_last_digit(tmp_path):
    file = tmp_path / "a.svg"
    grid = "".join(f'<path d="M {20 + 40 * tick} 0 L {20 + 40 * tick} 90"/>' for tick in range(5))
    values = [12.34567, 27.1234, 33.98765]
    marks = "".join(
        f'<path d="M {20 + 4 * v - 1:.6f} 5 L {20 + 4 * v + 1:.6f} 5 L {20 + 4 * v:.6f} 8 z"/>'
        for v in values
    )
    file.write_text(f"<svg>{grid}{marks}</svg>", encoding="utf-8")
    told = read_drawing(file, np.array([12.3, 27.1, 34.0]), np.full(3, 0.05))
    assert [round(value, 4) for _, value, _ in sorted(told)] == [12.3457, 27.1234, 33.9877]


def test_a_scale_that_hardly_fits_is_none():
    rng = np.random.default_rng(1)
    assert find_scale(rng.uniform(0, 100, 5), (0.0, 10.0), rng.uniform(0, 100, 30), 0.005) is None


def test_two_drawings_that_disagree_say_nothing():
    assert agreed([("a", 1.01, 1e-5), ("b", 1.02, 1e-5)]) is None
    assert agreed([("a", 1.01, 1e-5), ("b", 1.01, 1e-6), ("b", 1.02, 1e-6)]) == (1.01, 1e-6)


def test_numbers_of_a_record_at_full_precision_are_told(country, tmp_path):
    rates(tmp_path)
    caseloads(tmp_path)
    file = tmp_path / "hele_landet" / "figurer" / "sagstal.svg"
    text = file.read_text(encoding="utf-8")
    file.write_text(
        text.replace("&quot;year&quot;: 2014", "&quot;year&quot;: 2014, &quot;spread&quot;: 13.2628256"),
        encoding="utf-8",
    )
    assert found(audit(tmp_path, granted=country), "finer than shown") == {
        "": "1 numbers of the record have 9 digits"
    }


def test_a_workbook_with_more_decimals_than_its_table_is_told(country, tmp_path):
    rates(tmp_path)
    caseloads(tmp_path)
    beside = tmp_path / "hele_landet" / "figurer" / "sagstal.xlsx"
    for value, told in (("43.5", set()), ("43.483127", {"hele_landet/figurer/sagstal.xlsx"})):
        with zipfile.ZipFile(beside, "w") as package:
            package.writestr("xl/worksheets/sheet1.xml", f"<c><v>{value}</v></c><c><v>25</v></c>")
        findings = audit(tmp_path, granted=country).findings
        assert set(findings.loc[findings["kind"].eq("finer than shown"), "quantity"]) == told


def test_the_numbers_at_the_lines_tell_the_scale(tmp_path):
    """Stacked bars end at sums of what is printed, which another scale than theirs fits better."""
    shares = np.array([[11, 16, 4, 69], [13, 17, 5, 65], [7, 12, 3, 78], [8, 14, 3, 75], [11, 15, 5, 69]])
    lines = [103.834972 + 53.983677 * tick for tick in range(6)]
    grid = "".join(f'<path d="M {x:.6f} 60 L {x:.6f} 203"/>' for x in lines)
    texts = "".join(f'<text x="{x:.6f}" y="212">{20 * tick}</text>' for tick, x in enumerate(lines))
    ends = lines[0] + np.cumsum(shares, axis=1) * 53.983677 / 20
    bars = "".join(
        f'<path d="M {lines[0]:.6f} {70 + 15 * row} L {end:.6f} {80 + 15 * row} z"/>'
        for row, of_row in enumerate(ends)
        for end in of_row
    )
    (tmp_path / "a.svg").write_text(f"<svg>{grid}{texts}{bars}</svg>", encoding="utf-8")
    told = read_drawing(tmp_path / "a.svg", shares.ravel().astype(float), np.full(20, 0.5))
    assert told
    assert all(abs(value - round(value)) < 1e-4 for _, value, _ in told)


@pytest.mark.parametrize("decimals", [3, 6])
def test_coordinates_of_fewer_decimals_are_known_less_exactly(decimals, tmp_path):
    lines = "".join(
        f'<path d="M {20 + 86.8243 * t:.{decimals}f} 0 V 90 L {20 + 86.8243 * t:.{decimals}f} 90"/>'
        for t in range(5)
    )
    marks = "".join(
        f'<circle cx="{20 + 86.8243 / 5 * v:.{decimals}f}" cy="{v}" r="2"/>' for v in (1.3, 7.1, 12.6)
    )
    (tmp_path / "a.svg").write_text(f"<svg>{lines}{marks}</svg>", encoding="utf-8")
    assert grain_of(tmp_path / "a.svg") == pytest.approx(0.5 * 10.0**-decimals)


def test_two_panels_with_two_lines_each_tell_their_scale_together():
    grids = [(20.0, 40.0, 2), (120.0, 40.0, 2)]
    labels = np.array([(20, 99, 40), (60, 99, 50), (120, 99, 40), (160, 99, 50)], float)
    assert [scale.step for _, scale in labelled_scales(grids, labels, 0)] == [10, 10]
    assert labelled_scales(grids[:1], labels, 0) == []
    assert labelled_scales(grids, labels + [0.5, 0, 0], 0) == []  # not under their lines


def test_neither_letters_nor_lines_across_are_numbers(tmp_path):
    letter = '<path d="M 1 1 L 1 3 L 2 1 L 5 1 L 2 6 L 1.4 7 L 1.6 8 L 1 4 L 1 2 z"/>'
    (tmp_path / "a.svg").write_text(
        f'<svg><defs><path d="M 0 0 L 9 9"/></defs><path d="M 7 0 L 7 90"/>{letter}'
        '<circle cx="30" cy="9" r="2"/></svg>',
        encoding="utf-8",
    )
    assert candidates_of(shapes(tmp_path / "a.svg"), 0).tolist() == [30.0]


def test_a_p_value_with_decimals_of_its_own_is_no_finer_number(country, tmp_path):
    rates(tmp_path)
    figures = tmp_path / "hele_landet" / "figurer"
    file = figures / "svar.csv"
    text = file.read_text(encoding="utf-8-sig").replace("Status", "p, justeret;Status", 1)
    file.write_text(text.replace(";vist", ";0,025;vist").replace(";disk", ";;disk"), encoding="utf-8-sig")
    for value, told in ((0.025, set()), (0.0251234, {"hele_landet/figurer/svar.json"})):
        (figures / "svar.json").write_text(json.dumps({"rows": [{"p_adjusted": value}]}), encoding="utf-8")
        findings = audit(tmp_path, granted=country).findings
        assert set(findings.loc[findings["kind"].eq("finer than shown"), "quantity"]) == told


# ---- weighted sums


def test_a_weighted_total_rules_out_all_but_the_truth():
    cells = {
        "small": candidates((1, 1), (1, 1), 100, 1, lambda people: [1.0], 0.0),
        "other": candidates((8, 8), (8, 8), 100, 1, lambda people: [28 / 13], 0.0),
    }
    # 49 in the one, 276 in the other, beside 1000 of weight with a mean of 40
    weight, total = 1 + 8 * 28 / 13 + 1000, 49 + 276 * 28 / 13 + 40000
    mean = total / weight
    left = rule_out(cells, [Total(("small", "other"), mean, 0.0, 1000 * (40 - mean), 1e-6, 9.0)])
    assert 49 in left["small"].total
    assert len(left["small"]) < 8
    # rounded to whole cases it says little
    loose = rule_out(
        cells, [Total(("small", "other"), round(mean), 0.5, 1000 * (40 - round(mean)), 500, 9.0)]
    )
    assert len(loose["small"]) > 90


# ---- texts


@pytest.mark.parametrize(
    ("name", "text", "leak"),
    [
        ("side.html", "<p>ring 23 45 67 89</p>", "what looks like a telephone number"),
        ("side.html", '<img alt="anne (at) example.dk">', "what looks like an e-mail address"),
        (
            "side.html",
            '<script type="application/json">{"a": "010170-1234"}</script>',
            "what looks like a CPR number",
        ),
        (
            "figur.svg",
            "<svg><path d='M 0 0'/><desc>Barn 010170-1234</desc></svg>",
            "what looks like a CPR number",
        ),
        ("data.json", '{"rows": [{"note": "010170 1234"}]}', "what looks like a CPR number"),
        ("bog.ipynb", '{"cells": [{"source": ["# 0101", "70-1234"]}]}', "what looks like a CPR number"),
        ("tal.csv", "Sted;Note\nKøge;010170-1234\n", "what looks like a CPR number"),
        ("010170-1234.csv", "Sted\nKøge\n", "what looks like a CPR number"),
        ("side.html", "C:\\Users\\Anne\\rapport", "an absolute path"),
        ("side.html", "Traceback (most recent call last)", "a traceback"),
    ],
)
def test_what_no_file_may_hold_is_found(name, text, leak, tmp_path):
    (tmp_path / name).write_text(text, encoding="utf-8")
    assert find_leaks(tmp_path) == [(name, leak)]


@pytest.mark.parametrize("name", ["rapport.docx", "side.pptx", "tal.xlsx", "figurer.zip"])
def test_packages_are_opened(name, tmp_path):
    with zipfile.ZipFile(tmp_path / name, "w") as package:
        package.writestr("word/document.xml", "<w:t>Barnet 010170-1234</w:t>")
    assert find_leaks(tmp_path) == [(name, "what looks like a CPR number")]


def test_ordinary_pages_and_drawings_leak_nothing(tmp_path):
    (tmp_path / "side.html").write_text(
        '<a href="02_caseload.html">Sagstal</a> <table><th>Sted</th></table>', "utf-8"
    )
    (tmp_path / "figur.svg").write_text(
        '<svg><path d="M 23.456789 45.678923 L 67.891234 1.5"/></svg>', "utf-8"
    )
    (tmp_path / "tal.json").write_text(
        '{"cells": [["Herlev", "70", "33", "94", "10"]], "low": 0.1201701234}', "utf-8"
    )
    assert find_leaks(tmp_path) == []


def test_the_user_is_no_leak_unless_named(monkeypatch):
    monkeypatch.setattr("getpass.getuser", lambda: "annehansen")
    assert leaks_in("skrevet af annehansen") == ["the name of a user"]


# ---- the command


def test_the_audit_says_what_it_saw_and_the_price(country, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("rerun.audit.of_this_project", lambda: country)
    monkeypatch.setattr("rerun.audit._is_this_data", lambda edition: True)
    rates(tmp_path, "Læsø", "Mariagerfjord", "Hjørring", "Aalborg", "Køge", "Lolland")
    caseloads(tmp_path, "Læsø", "Mariagerfjord", "Lolland", "Roskilde", "Hjørring", "Køge")
    code = main([str(tmp_path)])
    told = capsys.readouterr().out
    assert "1 reports, 2 files, 2 quantities" in told
    assert "Withheld: 12 cells with 191 answers; of them 10 cells with 189 answers for others' sake." in told
    assert "Names and addresses of people are not looked for" in told
    assert code == (0 if "pinned nothing" in told else 1)


def test_an_empty_folder_and_a_csv_that_is_not_its_record_are_told(country, tmp_path, capsys):
    assert main([str(tmp_path)]) == 2
    assert "Run `make reports` first" in capsys.readouterr().err
    rates(tmp_path)
    file = tmp_path / "hele_landet" / "figurer" / "svar.csv"
    file.write_text(file.read_text(encoding="utf-8").split("\n")[0] + "\n", encoding="utf-8")
    assert main([str(tmp_path)]) == 2
    assert "has 0." in capsys.readouterr().err
    rates(tmp_path)
    file.write_text(
        file.read_text(encoding="utf-8-sig").replace(";vist", ";sandsynlig"), encoding="utf-8-sig"
    )
    assert main([str(tmp_path)]) == 2
    assert "must be one of vist" in capsys.readouterr().err


def test_a_number_in_a_withheld_row_is_found(country, tmp_path):
    rates(tmp_path, "Læsø", "Mariagerfjord", "Hjørring", "Aalborg")
    file = tmp_path / "hele_landet" / "figurer" / "svar.csv"
    text = file.read_text(encoding="utf-8-sig")
    file.write_text(text.replace(";;diskretioneret", "50;;diskretioneret", 1), encoding="utf-8-sig")
    assert "number in a withheld row" in set(audit(tmp_path, granted=country).findings["kind"])


def test_numbers_that_differ_between_files_are_found(country, tmp_path):
    rates(tmp_path)
    other = people().drop(people().index[-9:])
    release(tmp_path, "svar2", measured(other, "caseload", False), quantity=RATE, unit="pct.")
    assert "contradiction" in set(audit(tmp_path, granted=country).findings["kind"])


def test_the_made_country_is_whole():
    assert pd.Series(people()["municipality"].unique()).isin(PLACES["municipality"]).all()
    assert len(people()) == 242
