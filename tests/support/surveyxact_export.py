"""One small made-up survey, written in every form that SurveyXact exports."""

import csv
import io
import re

import openpyxl

SYSTEM = ("survey", "respondentid", "organization", "created", "difftime", "email")
STATUS = tuple(f"statoverall_{number}" for number in range(1, 6))
ROWS = [
    # area, caseload, hours, forum (1-3), text, date, status
    (1, 40, 37.0, (1, 0, 1), "Vi mangler tid;\nog rum", "2024-03-01 09:15:00", 4),
    (2, 55, 32.5, (0, 1, 0), 'Ærlig talt: "for mange"', "2024-03-02 10:00:00", 4),
    (2, None, None, (None, None, None), None, None, 2),
    (9, 31, 18.25, (0, 0, 0), "ø, æ – å", "2024-11-12 23:59:59", 3),
]
SELECTED = ((0, "Ikke valgt"), (1, "Valgt"))
LABELS = [
    ("area", 2, "Handicapområdet "),
    ("area", 1, "Udsatteområdet"),
    ("area", 9, "Ved ikke"),
    *((f"sparring_forum_{number}", *label) for number in (1, 2, 3) for label in SELECTED),
    *(("statoverall_1", *label) for label in SELECTED),
]
FORUMS = ("Teammøde", "Uformelt,\nmellem kolleger", "Med lederen")
COLUMNS = (
    *SYSTEM,
    "area",
    "caseload",
    "weekly_hours",
    *(f"sparring_forum_{number}" for number in (1, 2, 3)),
    "remark",
    "answered",
    "empty_text",
    *STATUS,
)
SHORT = {
    "respondentid": "responde",
    "organization": "organiza",
    "weekly_hours": "weekly_h",
    "sparring_forum_1": "sparri_1",
    "sparring_forum_2": "sparri_2",
    "sparring_forum_3": "sparri_3",
    "empty_text": "empty_te",
    **{name: f"stato_{name[-1]}" for name in STATUS},
}


def dataset():
    """Header and rows, as Python values."""
    rows = [
        (
            77,
            1000 + number,
            5,
            "2024-02-28 08:00:00",
            12.5,
            f"person{number}@example.org",
            area,
            caseload,
            hours,
            *forum,
            remark,
            answered,
            None,
            *(int(place == status) for place in range(1, 6)),
        )
        for number, (area, caseload, hours, forum, remark, answered, status) in enumerate(ROWS)
    ]
    return [COLUMNS, *rows]


def structure(phantom=True):
    """Header and rows of the structure; rows of multiple choice end in a phantom field."""
    kinds = {
        "Single": ("survey", "organization", "area"),
        "Date": ("created", "answered"),
        "Double": ("respondentid", "difftime", "caseload", "weekly_hours"),
        "String": ("email", "remark", "empty_text"),
    }
    rows = []
    for name in COLUMNS:
        multiple = re.fullmatch(r"(sparring_forum|statoverall)_(\d)", name)
        if multiple:
            text = (
                FORUMS[int(multiple[2]) - 1] if multiple[1] == "sparring_forum" else f"status {multiple[2]}"
            )
            row = (multiple[1], name, "Closed", "Multiple", "Hvor foregår sparring?", int(multiple[2]), text)
            rows.append((*row, None) if phantom else row)
        else:
            kind = next(kind for kind, names in kinds.items() if name in names)
            rows.append(
                (
                    name,
                    name,
                    "Closed" if kind == "Single" else "Open",
                    kind,
                    f"Spørgsmål om {name}  ",
                    None,
                    None,
                )
            )
    return [
        (
            "questionName",
            "variableName",
            "questionType",
            "subType",
            "questionText",
            "choiceValue",
            "choiceText",
        ),
        *rows,
    ]


def shortened(rows, position=None):
    """Rows with old, short names: in the header, or (`position`) in that field of every row."""
    if position is None:
        return [[SHORT.get(name, name) for name in rows[0]], *rows[1:]]
    return [
        [SHORT.get(value, value) if place == position else value for place, value in enumerate(row)]
        for row in rows
    ]


def text(rows, delimiter, line_end, decimal, quoted):
    """Rows as a text file."""

    def field(value):
        return (
            str(value).replace(".", decimal) if isinstance(value, float) else "" if value is None else value
        )

    stream = io.StringIO()
    style = csv.QUOTE_NONNUMERIC if quoted else csv.QUOTE_MINIMAL
    writer = csv.writer(stream, delimiter=delimiter, lineterminator=line_end, quoting=style)
    writer.writerows([[field(value) for value in row] for row in rows])
    return stream.getvalue()


def write_folder(
    folder, delimiter=";", encoding="cp1252", line_end="\n", decimal=",", quoted=False, short=False, names=str
):
    """Write the export as three text files; `names` changes their names."""
    folder.mkdir()
    parts = {"dataset": dataset(), "labels": LABELS, "structure": structure()}
    if short:
        parts = {
            "dataset": shortened(parts["dataset"]),
            "labels": shortened(LABELS, 0),
            "structure": shortened(parts["structure"], 1),
        }
    for part, rows in parts.items():
        content = text(rows, delimiter, line_end, decimal, quoted)
        (folder / names(f"{part}.csv")).write_bytes(content.encode(encoding))
    return folder


def write_workbook(path, split=None):
    """Write the export as one workbook; `split`: after so many columns, the dataset goes on in another sheet."""
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    rows = dataset()
    parts = {"Dataset": rows}
    if split:
        parts = {"Dataset(1)": [row[:split] for row in rows], "Dataset(2)": [row[split:] for row in rows]}
    for title, content in {**parts, "Labels": LABELS, "Structure": structure(phantom=False)}.items():
        sheet = workbook.create_sheet(title)
        for row in content:
            sheet.append(row)
    workbook.save(path)
    return path
