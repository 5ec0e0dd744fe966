"""What the figures of a place's report say, as `publish` has written it: their .json, and nothing else."""

import functools
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from analysis import danish, files, municipalities
from analysis.charts.figure import STATUS_WORDS
from analysis.export import figure_data
from analysis.measures import catalogue
from analysis.publish import SHARED

SYNTHETIC_PREFIX = "syntetisk_"
_COUNTRY = danish.slug(municipalities.COUNTRY)
FORMATS = {
    "png": "PNG",
    "svg": "SVG",
    "tryk_svg": "SVG til tryk",
    "pdf": "PDF",
    "xlsx": "Excel",
    "csv": "CSV",
    "docx": "Word",
    "pptx": "PowerPoint",
}

# What a sentence says of rows that are not shown in full.
_HIDDEN = STATUS_WORDS | {"bounded": "vist som en grænse"}
_MOST_COLUMNS = 7
_SHORT_MATRIX = 12  # rows: a longer one is read as an image, with its table behind a fold


@dataclass(frozen=True)
class Published:
    """A published figure.

    Attributes
    ----------
    data : dict
        Its .json.
    folder : Path
        Where its files are.
    way : str
        From the place's folder to `folder`, as a link has it.
    """

    data: dict
    folder: Path
    way: str

    @property
    def name(self) -> str:
        """Its anchor."""
        return self.data["name"]

    @property
    def headline(self) -> str:
        """Its finding."""
        return self.data["texts"]["headline"]

    @property
    def record(self) -> dict:
        """How it was made."""
        return self.data["record"]

    @property
    def is_table(self) -> bool:
        """Whether it is words rather than a drawing, and narrow enough to be a table wherever there can be one."""
        kind, rows = self.data["kind"], len(self.data["cells"])
        in_words = kind in {"table", "text_table", "joint_display"} or (
            kind == "matrix" and rows <= _SHORT_MATRIX
        )
        return in_words and len(self.data["columns"]) <= _MOST_COLUMNS

    @property
    def words(self) -> int:
        """How many words its table holds."""
        return sum(len(str(cell).split()) for cells in self.data["cells"] for cell in cells)

    @property
    def headers(self) -> list[str]:
        """What stands above its columns."""
        return [column["header"] for column in self.data["columns"]]

    @property
    def links(self) -> list[tuple[str, str]]:
        """Way to each of its files, and what the format is called."""
        names = self.data["files"]
        return [(f"{self.way}/{names[kind]}", word) for kind, word in FORMATS.items() if kind in names]

    def file(self, kind: str) -> Path | None:
        """The file of a format, where there is one."""
        name = self.data["files"].get(kind)
        return self.folder / name if name else None


def find(folder: Path, name: str) -> Published | None:
    """The figure of this name in a place's folder, or of all places; None where it was not published."""
    shared = folder.parent / SHARED
    for of, slug, way in ((folder, folder.name, "figurer"), (shared, _COUNTRY, f"../{SHARED}/figurer")):
        for prefix in (SYNTHETIC_PREFIX, ""):
            path = of / "figurer" / f"{prefix}{slug}_{name}.json"
            if path.is_file():
                return Published(figure_data.read(path), path.parent, way)
    return None


# Notes: what several figures say the same of is said once.

_BRIEF, _LONG = 25, 4  # words
_NUMBER = re.compile(r"\d[\d.,]*")
_SENTENCES = re.compile(r"(?<=[.!?]) (?=[A-ZÆØÅ])")


def common_notes(figures: list[Published]) -> list[str]:
    """The sentences that stand in the notes of two figures or more, each once."""
    counted = Counter(sentence for figure in figures for sentence in set(_sentences(figure)))
    every = dict.fromkeys(sentence for figure in figures for sentence in _sentences(figure))
    return [sentence for sentence in every if counted[sentence] > 1]


def own_note(figure: Published, common: list[str]) -> str:
    """What is left of a figure's note where some sentences are said elsewhere; empty where nothing is."""
    return " ".join(sentence for sentence in _sentences(figure) if sentence not in common)


def brief_descriptions(figures: list[Published]) -> dict[str, str]:
    """Each figure's description by its name, without longer sentences that an earlier one has said already."""
    seen: set[str] = set()
    brief = {}
    for figure in figures:
        said = _SENTENCES.split(figure.data["texts"]["description"])
        brief[figure.name] = " ".join(s for s in said if s not in seen or len(s.split()) < _LONG)
        seen.update(said)
    return brief


def common_source(figures: list[Published]) -> str:
    """The source that most of the figures have, which is told once; empty where no two share one."""
    counted = Counter(figure.data["texts"]["source"] for figure in figures).most_common(1)
    return counted[0][0] if counted and counted[0][1] > 1 else ""


def brief_notes(figures: list[Published]) -> dict[str, str]:
    """What of each figure's note is read at once, by the figure's name: what only it says, where that is short.

    Sentences that differ in their numbers alone are of the method, and stand in the figure's fold with the rest.
    """
    alike = Counter(_NUMBER.sub("0", sentence) for figure in figures for sentence in set(_sentences(figure)))
    own = {
        figure.name: " ".join(s for s in _sentences(figure) if alike[_NUMBER.sub("0", s)] == 1)
        for figure in figures
    }
    return {name: note if len(note.split()) <= _BRIEF else "" for name, note in own.items()}


def _sentences(figure: Published) -> list[str]:
    return _SENTENCES.split(figure.data["texts"]["note"])


# What the figures say of the place itself, its group and the country, and what they withhold.

_NEEDED = {"place", "estimate", "low", "high", "n"}
_LABELS = ("measure", "area", "role", "level", "theme")  # what tells two rows of one place apart


def surroundings(place: str) -> list[str]:
    """The place, its group and the country, each once."""
    own = [m.group for m in municipalities.everyone() if m.name == place]
    return list(dict.fromkeys([place, *own, municipalities.COUNTRY]))


def _rows(figure: Published) -> list[tuple[dict, dict[str, str]]]:
    """Each row as values, and as the words that are shown of it, by column."""
    names = [column["name"] for column in figure.data["columns"]]
    shown = [dict(zip(names, cells, strict=True)) for cells in figure.data["cells"]]
    return list(zip(figure.data["rows"], shown, strict=True))


def _is_measure(figure: Published) -> bool:
    """Whether a figure shows one estimate a place, with interval and number of answers."""
    columns, record = {column["name"] for column in figure.data["columns"]}, figure.record
    return bool(
        record.get("min_count")
        and record.get("quantity", {}).get("measure")
        and columns >= _NEEDED
        and not columns & {"level", "role"}
    )


def measures(figures: list[Published], place: str) -> list[dict]:
    """What is said of a place, its group and the country, measure by measure.

    Returns
    -------
    list of dict
        One a measure and area, as the figures have them first: `key`, `name` (of the figure), `theme`, `measure`,
        `title`, `short` (its name in a word or two), `area`, `unit`, `decimals`, `alike` (whether it is compared with
        those who count alike), and `rows`: place -> estimate, interval and n (as shown; empty where not), value, low,
        high and difference to the rest of the country (numbers; None where not shown), status (Danish), verdict (empty
        where unknown) and whether it is uncertain.
    """
    found: dict[str, dict] = {}
    around = surroundings(place)
    for figure in filter(_is_measure, figures):
        for row, shown in _rows(figure):
            if row.get("place") in around:
                quantity = figure.record["quantity"] | {
                    name: figure.data[name] for name in ("unit", "decimals")
                }
                _add(found, _measure(figure, quantity, row, shown), row, shown)
    covered = set(found)  # what has no figure of its own stands in that of all measures
    for figure in figures:
        for row, shown in _rows(figure) if "parts" in figure.record.get("quantity", {}) else ():
            measure = _measure(figure, figure.record["quantity"]["parts"][row["measure"]], row, shown)
            if measure["key"] not in covered and row.get("place") in around:
                _add(found, measure | {"theme": _theme(measure["measure"], figure)}, row, shown)
    return list(found.values())


def _add(found: dict[str, dict], measure: dict, row: dict, shown: dict) -> None:
    measure = found.setdefault(measure["key"], measure)
    measure["rows"].setdefault(row["place"], _numbers(row, shown))


def _measure(figure: Published, quantity: dict, row: dict, shown: dict) -> dict:
    area = row.get("area") or ""
    return {
        "key": "|".join([quantity["variable"], quantity.get("level") or "", area]),
        "name": figure.name,
        "theme": figure.record["notebook"].partition("_")[2],
        "measure": quantity["measure"],
        "title": catalogue.named(quantity["measure"]).statistic,
        "short": danish.first_upper(catalogue.named(quantity["measure"]).subject),
        "area": shown.get("area", "") if area else "",
        "unit": quantity["unit"],
        "decimals": quantity["decimals"],
        "alike": bool(quantity.get("alike")),
        "rows": {},
    }


@functools.cache
def _codes(folder: Path) -> dict[str, str]:
    """Each notebook of the collection as it is written, by its name."""
    return {path.stem: path.read_text(encoding="utf-8") for path in sorted(folder.glob("[0-9][0-9]_*.ipynb"))}


def _theme(measure: str, figure: Published) -> str:
    """The subject of the notebook that asks for a measure, beside that of the figure of all measures."""
    asking = [
        name for name, code in _codes(files.project() / "notebooks").items() if f'\\"{measure}\\"' in code
    ]
    return next((name for name in asking if name != figure.record["notebook"]), "").partition("_")[2]


def _numbers(row: dict, shown: dict) -> dict:
    is_shown = row["status"] in {"shown", "bounded"}
    between = " til " if "\u2212" in shown["low"] + shown["high"] else "\u2013"
    return {
        "estimate": shown["estimate"] if is_shown else "",
        "interval": f"{shown['low']}{between}{shown['high']}" if is_shown else "",
        "n": shown["n"] if is_shown else "",
        "value": row["estimate"],
        "low": row["low"],
        "high": row["high"],
        "difference": row.get("difference") if is_shown else None,
        "status": STATUS_WORDS.get(row["status"], ""),
        "verdict": (row.get("verdict") or "") if is_shown else "",
        "uncertain": is_shown and row.get("reliability") == "usikker",
    }


def _label(shown: dict, status: str) -> str:
    """What a row of a place is about, as "Sagstallet (Handicapområdet)"; a cell with nothing in it says the status."""
    first, *more = [shown[name] for name in _LABELS if shown.get(name, status) != status] or [""]
    return f"{first} ({', '.join(more)})" if more else first


def withheld(figures: list[Published], place: str) -> list[dict]:
    """What the figures don't show, figure by figure.

    Returns
    -------
    list of dict
        One a figure that withholds something: `name`, `headline`, `own` (status -> what of the place, as words),
        `others` (status -> number of rows about others) and `rows` (of the whole table).
    """
    found = []
    for figure in figures:
        rows = _rows(figure)
        own: dict[str, list[str]] = {}
        others: dict[str, int] = {}
        for row, shown in rows:
            status = _HIDDEN.get(row["status"])
            if status and place in (row.get("place"), row.get("municipality")):
                own.setdefault(status, []).append(_label(shown, status))
            elif status:
                others[status] = others.get(status, 0) + 1
        if own or others:
            said = {"name": figure.name, "headline": figure.headline, "rows": len(rows)}
            found.append(said | {"own": own, "others": others})
    return found
