"""What a sidecar may say of how a table lies in its file, proposed from what can be seen in it, and why."""

import re
from dataclasses import dataclass, replace

import pandas as pd
import pyarrow.compute as pc

from analysis import municipalities
from analysis.danish import join_words, number
from analysis.prepare.sidecars import TO_FILL_IN
from analysis.prepare.tools import STATUS, tool_of
from analysis.readers import columns
from analysis.readers.layout import Grid, Layout, table_of, typed_frame
from analysis.readers.tabular import read_grid
from analysis.readers.workbook import WORKBOOKS, only_table, open_sheets, tables_in

# what stands where a municipality should, and is none
NO_MUNICIPALITY = re.compile(
    r"(?i)(i alt|ialt|total(er)?|sum|hele landet|landet|danmark|uoplyst|ukendt|andre|øvrige|000|998|999|411)\b.*"
    r"|region .*|landsdel .*|.*christiansø|kilde:.*|note:.*|anm\..*|\*.*"
)
# more rows with one cell than this are no notes
NOTES_AT_MOST = 50
DASHES = ("-", "–", "—")


@dataclass(frozen=True)
class Proposal:
    """Keys of a sidecar, each with its reason, and the table as it is read with them."""

    said: dict
    reasons: list
    frame: pd.DataFrame


def propose_layout(path) -> Proposal:
    """Look at a table, and propose what its sidecar should say of how it lies in the file."""
    said, reasons = {}, []
    grid = proposed_sheet(path, said, reasons)
    layout = Layout(sheet=said.get("sheet"))
    for find in (skipped_rows, heading_rows):
        layout = find(grid, layout, said, reasons)
    for find in (notes_below, written_once, no_municipalities, unknown_marks, dashes):
        layout = find(table_of(grid, layout), layout, said, reasons)
    frame = typed_frame(table_of(grid, layout), layout, wanted=[])
    return Proposal(said, reasons, frame)


def propose_status(survey) -> tuple[dict, list]:
    """Which answers are finished, where the tool that wrote them is known, as a sidecar says it; and why."""
    tool = tool_of(survey.answers, survey.labels)
    if tool and tool.completed_when:
        rules = join_words([f"{name} er {told(value)}" for name, value in tool.completed_when.items()])
        reason = f"Filen ligner en eksport fra {tool.name}: gennemført er kun svar hvor {rules}."
        return {"completed_when": tool.completed_when}, [reason]
    unclear = [str(name) for name in survey.answers if re.fullmatch(STATUS, str(name).strip().lower())]
    if not unclear:
        return {}, []
    reason = (
        f"Kolonnen {unclear[0]} kan fortælle hvilke svar der er færdige, men dens ord er ukendte: alle rækker er "
        "regnet som gennemførte. Skriv completed_when hvis det er forkert."
    )
    return {}, [reason]


def told(value) -> str:
    """A value of `completed_when`, in Danish."""
    if isinstance(value, list):
        return join_words([str(one) for one in value], "eller")
    return "udfyldt" if value == "filled" else f"»{value}«"


def proposed_sheet(path, said, reasons) -> Grid:
    """Cells of the file; of the first sheet that holds a table, where several do."""
    if path.suffix.lower() not in WORKBOOKS:
        return read_grid(path)
    present = open_sheets(path)
    tables = tables_in(present)
    if len(tables) < 2:
        return only_table(present, path)
    name = said["sheet"] = next(iter(tables))
    reasons.append(
        f"Filen har {len(tables)} ark med tabeller: {join_words(list(tables))}. Arket {name} er læst; ret linjen "
        "sheet hvis det er et andet."
    )
    return tables[name]


def skipped_rows(grid, layout, said, reasons) -> Layout:
    """Rows above the heading: those with one cell only, as titles and notes have."""
    counts = [sum(bool(text) for text in grid.row(place)) for place in range(min(20, len(grid.numbers)))]
    wide = next((place for place, count in enumerate(counts) if count > 1), 0)
    # of two columns, the first without a name: row names, as R and pandas write them, and no title
    if not wide or len(grid.cells) < 2 or (len(grid.cells) == 2 and not grid.row(0)[0]):
        return layout
    skipped = int(grid.numbers[wide]) - 1
    said["skip_rows"] = skipped
    reasons.append(
        f"Overskriften ligner række {skipped + 1}; de {skipped} rækker over den er titel eller tomme."
    )
    return replace(layout, skip_rows=skipped)


def heading_rows(grid, layout, said, reasons) -> Layout:
    """Two rows for the heading, where the first leaves columns without a name, or names some alike."""
    below = grid.take(grid.numbers > layout.skip_rows)
    if len(below.numbers) < 3:
        return layout
    first, second = ([text.strip() for text in below.row(place)] for place in (0, 1))
    named = [text for text in first if text]
    is_unclear = len(set(named)) < len(named) or any(
        not upper and lower for upper, lower in zip(first, second, strict=True)
    )
    is_text = any(second) and not any(re.fullmatch(r"[-+]?[\d.,]+", text) for text in second if text)
    if not (is_unclear and is_text):
        return layout
    said["header_rows"] = 2
    reasons.append("Overskriften fylder to rækker: kolonnernes navne er sat sammen af dem.")
    return replace(layout, header_rows=2)


def notes_below(table, layout, said, reasons) -> Layout:
    """Notes below the table: the last rows, with one cell only."""
    filled = {name: columns.filled(cells).to_pylist() for name, cells in table.cells.items()}
    notes = {}
    for place in reversed(range(len(table.grid.numbers))):
        names = [name for name, present in filled.items() if present[place]]
        if len(names) != 1 or len(filled) < 3:
            break
        one = table.grid.take(slice(place, place + 1)).cells[table.places[names[0]]]
        notes.setdefault(names[0], []).append(columns.as_strings(one)[0].as_py())
        if sum(map(len, notes.values())) > NOTES_AT_MOST:
            return layout
    if not notes:
        return layout
    rows_where = {name: {"not": texts[::-1]} for name, texts in notes.items()}
    said["rows_where"] = rows_where
    count = sum(map(len, notes.values()))
    rows = "Den sidste række" if count == 1 else f"De sidste {count} rækker"
    reasons.append(f"{rows} har kun én celle udfyldt, som noter har, og er udeladt.")
    return replace(layout, rows_where=rows_where)


def written_once(table, layout, said, reasons) -> Layout:
    """Columns to the left in which each group is written once, and is empty in the rows below."""
    found, above = [], [()] * len(table.grid.numbers)
    for name, cells in list(table.cells.items())[:3]:
        text = columns.as_strings(cells)
        # within the group to the left, which may have the same ones as another
        present = [(*group, value) for group, value in zip(above, text.to_pylist(), strict=True) if value]
        is_group = (
            len(text) > 2
            and text[0].is_valid
            and text.null_count >= 0.3 * len(text)
            and len(set(present)) == len(present)
            and not columns.is_filled(cells.numbers)
        )
        if not is_group:
            break
        found.append(name)
        filled = pc.fill_null_forward(text).to_pylist()
        above = [(*group, value) for group, value in zip(above, filled, strict=True)]
    if not found or len(found) == len(table.cells):
        return layout
    said["fill_down"] = found
    reasons.append(
        f"{join_words(found)} er kun skrevet én gang for hver gruppe og gælder også rækkerne nedenunder."
    )
    return replace(layout, fill_down=tuple(found))


def no_municipalities(table, layout, said, reasons) -> Layout:
    """Rows of totals, unknowns and notes in a column of municipalities."""
    rows_where = {}
    for name, cells in table.cells.items():
        values = [text for text in pc.unique(columns.as_strings(cells)).to_pylist() if text]
        others = [text for text in values if not is_place(text)]
        if len(values) - len(others) < 2 or not others:
            continue
        left_out = [
            text for text in others if NO_MUNICIPALITY.fullmatch(text) or only_cell(table, name, text)
        ]
        if left_out and len(others) - len(left_out) <= len(values) / 2:
            rows_where[name] = {"not": left_out}
            reasons.append(
                f"{name} indeholder også andet end kommuner; disse rækker er udeladt: {join_words(left_out[:6])}"
                + (f" og {number(len(left_out) - 6)} til." if len(left_out) > 6 else ".")
            )
    if not rows_where:
        return layout
    for name, more in layout.rows_where.items():
        rows_where[name] = {"not": [*more["not"], *rows_where.get(name, {"not": []})["not"]]}
    said["rows_where"] = rows_where
    return replace(layout, rows_where=rows_where)


def only_cell(table, name, text) -> bool:
    """Whether the rows with this text have nothing else, as notes below a table have."""
    rows = pc.fill_null(pc.equal(columns.as_strings(table.cells[name]), text), False)
    return not any(
        pc.any(pc.and_(columns.filled(cells), rows)).as_py()
        for other, cells in table.cells.items()
        if other != name
    )


def is_place(text) -> bool:
    """Whether a text names a municipality, or is its code."""
    try:
        municipalities.find(text)
    except KeyError:
        return False
    return True


def unknown_marks(table, layout, said, reasons) -> Layout:
    """Columns whose numbers do not show whether their mark is of decimals or of thousands."""
    found = [
        name
        for name, cells in table.cells.items()
        if columns.decimal_mark(columns.without_marks(columns.clean(cells.text))) == "either"
    ]
    if not found:
        return layout
    said["decimal"] = dict.fromkeys(found, f"{TO_FILL_IN}: ',' eller '.' som decimaltegn")
    reasons.append(
        f"Tallene i {join_words(found)} har tre cifre efter deres eneste tegn: 1.234 kan være tusinder eller "
        "decimaler. Skriv under decimal hvad der er decimaltegnet."
    )
    # whatever it is, they are numbers
    return replace(layout, decimal=dict.fromkeys(found, ","))


def dashes(table, layout, said, reasons) -> Layout:
    """Dashes among numbers: zero in Statistics Denmark's tables, missing in others'."""
    found = {}
    for name, cells in table.cells.items():
        text = columns.clean(cells.text)
        numbers = columns.without_marks(text)
        has_numbers = columns.is_filled(numbers) or columns.is_filled(cells.numbers)
        if has_numbers and columns.decimal_mark(numbers) != "no":
            found[name] = [dash for dash in DASHES if columns.any_match(text, f"^{dash}$")]
    signs = sorted({dash for used in found.values() for dash in used})
    if not signs:
        return layout
    said["missing"] = signs
    reasons.append(
        f"Der står »{signs[0]}« mellem tallene i {join_words([name for name, used in found.items() if used])}; det er "
        f"læst som manglende. I Danmarks Statistiks tabeller betyder det nul: skriv da missing: {{'{signs[0]}': 0}}."
    )
    return replace(layout, missing=signs)
