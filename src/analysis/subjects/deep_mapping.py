"""What the deep mapping says itself: its statements beside the survey's, its verdicts, and what bears out its points.

All of it is the report's, from ``data/statements.csv``; nothing here is computed from a delivery. Which statements a
focus point rests on, and which codes of the interviews speak of it, stands in ``data/focus_points.csv``.
"""

import pandas as pd

from analysis import codebook, danish, files
from analysis.disclosure import ProtectedTable
from analysis.readers.tabular import read_table
from analysis.subjects import interviews, tables
from analysis.texts import say, small, sources

_NOTEBOOK = "06_deep_mapping"
_REASON = "Offentliggjorte udsagn; ingen svar fra personer."
_COLUMNS = ["id", "source", "key"]
_NINE, _COUNTRY = "deep_mapping", "national_survey"
# Told at length beside the sparring of the nine.
_ELSEWHERE = ("sparring_kvifa",)


def _sentences(rows: pd.DataFrame) -> str:
    return "".join(f"{text}. " for text in rows["statement"]).strip() or tables.NOTHING


def _verdict(rows: pd.DataFrame) -> str:
    """The report's own verdict in words; a dash where it gives none."""
    words = codebook.levels("verdict", "statements")
    said = [words[code].lower() for code in words if rows["verdict"].eq(code).any()]
    return danish.first_upper(danish.join_words(said)) or tables.NOTHING


def reported() -> ProtectedTable:
    """What the report says of each theme.

    Returns
    -------
    ProtectedTable
        One row a theme: theme (code), name, survey, visited (what is told of the country, and of the nine), verdict.
    """
    rows = sources.statements()
    rows = rows[rows["study"].isin([_NINE, _COUNTRY]) & rows["kind"].ne("focus_point")]
    rows = rows[~rows["id"].isin(_ELSEWHERE)]
    told = [
        {
            "theme": theme,
            "name": name,
            "survey": _sentences(own[own["study"].eq(_COUNTRY)]),
            "visited": _sentences(own[own["study"].eq(_NINE)]),
            "verdict": _verdict(own),
        }
        for theme, name in codebook.levels("theme", "statements").items()
        if len(own := rows[rows["theme"].eq(theme)])
    ]
    return tables.public_texts(pd.DataFrame(told), _REASON, synthetic=False)


def for_reported(table: ProtectedTable, place: str) -> dict:
    """Texts of what the report says, as arguments of `charts.text_table`."""
    rows = table.frame[table.frame["theme"].ne("whole")]
    by_verdict = rows.groupby("verdict")["name"].agg(lambda names: [small(name) for name in names])
    texts = tables.said(_NOTEBOOK, "report", place, verdicts=by_verdict.to_dict())
    columns = {
        "survey": "Landsdækkende kortlægning",
        "visited": "Dybdekortlægningen",
        "verdict": "Rapportens vurdering",
    }
    return texts | tables.of_texts(table, texts["headline"], columns, "name", "Tema")


def read_focus_points() -> pd.DataFrame:
    """What each focus point is traced to, one row a statement of the report or a code of the interviews.

    Raises
    ------
    ValueError
        If the file lacks a column, or names a source or a statement that is none.
    """
    file = files.project() / "data" / "focus_points.csv"
    rows = read_table(file)
    if list(rows.columns) != _COLUMNS:
        raise ValueError(
            f"`{file.name}` must have the columns {', '.join(_COLUMNS)}, but has {', '.join(rows.columns)}."
            " Correct the file."
        )
    known = {"source": {"report", "interview"}, "id": set(sources.statements(kind="focus_point")["id"])}
    _check_known(rows, file.name, known)
    _check_known(rows[rows["source"].eq("report")], file.name, {"key": set(sources.statements()["id"])})
    return rows


def _check_known(rows: pd.DataFrame, file: str, known: dict[str, set[str]]) -> None:
    for column, values in known.items():
        unknown = rows[~rows[column].isin(values)]
        if len(unknown):
            raise ValueError(
                f"`{column}` must be one of {', '.join(sorted(values))}, but {len(unknown)} of {len(rows)} rows are"
                f" not (first: row {unknown.index[0] + 1} = {unknown[column].iloc[0]}). Correct {file}."
            )


def focus_points() -> ProtectedTable:
    """The six focus points, each with what the report itself bears it out by: id, point, evidence."""
    traced = read_focus_points()
    rows = [
        {
            "id": key,
            "point": f"{number}. {text}",
            "evidence": _sentences(
                sources.statements().loc[traced[traced["id"].eq(key) & traced["source"].eq("report")]["key"]]
            ),
        }
        for number, (key, text) in enumerate(sources.statements(kind="focus_point")["statement"].items(), 1)
    ]
    return tables.public_texts(pd.DataFrame(rows), _REASON, synthetic=False)


def for_focus_points(table: ProtectedTable, place: str) -> dict:
    """Texts of the focus points, as arguments of `charts.text_table`."""
    counts = {"points": len(table), "borne_out": int(table.frame["evidence"].ne(tables.NOTHING).sum())}
    texts = tables.said(_NOTEBOOK, "focus", place, **counts)
    return texts | tables.of_texts(
        table, texts["headline"], {"evidence": "Udsagn i kapitlet"}, "point", "Fokuspunkt"
    )


def focus_interviews(codes: ProtectedTable) -> str:
    """In how many interviews of the delivery that which a focus point speaks of is mentioned."""
    traced = read_focus_points()
    keys = list(sources.statements(kind="focus_point")["id"])
    rows = [
        {
            "number": keys.index(row["id"]) + 1,
            "code": row["key"],
            "found": interviews.interviews_with(codes, row["key"]),
        }
        for _, row in traced[traced["source"].eq("interview")].iterrows()
    ]
    return say(_NOTEBOOK, "focus_interviews", rows=rows, invented=codes.synthetic)
