"""What changed since another folder of reports, as a page: numbers, verdicts and withheld cells of each place."""

from collections.abc import Iterator
from pathlib import Path

from analysis import danish, files
from analysis.charts.figure import STATUS_WORDS
from analysis.export import figure_data
from rerun.site import pages
from rerun.site.summary import VERDICTS

PAGE = "aendringer.html"


def write_changes(known: Path) -> Path:
    """Write the page of what changed since the reports in another folder.

    Parameters
    ----------
    known : Path
        A folder of reports of an earlier edition.

    Returns
    -------
    Path
        The page, in the folder of reports.

    Raises
    ------
    FileNotFoundError
        If there are no figures in one of the folders.
    """
    before, now = _figures(known), _figures(files.reports())
    changes = [
        change for key in sorted({*before, *now}) for change in _changes(key, before.get(key), now.get(key))
    ]
    places = {place for place, _ in (*before, *now)}
    by_place: dict[str, list[dict]] = {}
    for change in sorted(changes, key=lambda change: danish.sort_key(change["place"])):
        by_place.setdefault(change["place"], []).append(change)
    return pages.write(
        files.reports(),
        PAGE,
        "changes.html",
        script=pages.script("scroll.js"),
        by_place=by_place,
        told=_told(changes, len(by_place), len(places)),
        synthetic=any(figure["synthetic"] for figure in now.values()),
    )


def _figures(folder: Path) -> dict[tuple[str, str], dict]:
    """Folder of the place and name of the figure -> what its .json says."""
    paths = sorted(folder.glob("*/figurer/*.json"))
    if not paths:
        raise FileNotFoundError(
            f"`{folder.name}` must hold published figures (*/figurer/*.json), but holds none. Name a folder of "
            "reports as `make reports` writes it."
        )
    return {(path.parts[-3], _bare(path)): figure_data.read(path) for path in paths}


def _bare(path: Path) -> str:
    """The name of a figure's files, the same for synthetic and real data."""
    return path.stem.removeprefix("syntetisk_")


def _changes(key: tuple[str, str], before: dict | None, now: dict | None) -> Iterator[dict]:
    """One dictionary a change of a figure: `place`, `figure`, `what`, `before`, `now` and `kind`."""
    known = now or before
    told = {"place": known["place"], "figure": known["texts"]["headline"]}
    if before is None or now is None:
        is_new = before is None
        yield (
            told
            | {"what": "figuren", "before": "" if is_new else "vist", "now": "vist" if is_new else ""}
            | {"kind": "ny figur" if is_new else "figur borte"}
        )
        return
    earlier, later = _rows(before), _rows(now)
    for row in {**earlier, **later}:
        for what, kind, old, new in _differences(earlier.get(row, {}), later.get(row, {})):
            label = ", ".join(filter(None, [*row, what]))
            yield told | {"what": label, "before": old, "now": new, "kind": kind}


def _rows(figure: dict) -> dict[tuple[str, ...], dict[str, str]]:
    """What names a row -> header -> how it is shown, and status and verdict in words."""
    named = {column["header"] for column in figure["columns"] if column["kind"] == "text"}
    headers = [column["header"] for column in figure["columns"]]
    found: dict[tuple[str, ...], dict[str, str]] = {}
    for row, cells in zip(figure["rows"], figure["cells"], strict=True):
        shown = dict(zip(headers, map(str, cells), strict=True))
        values = {header: shown[header] for header in headers if header not in named}
        key = tuple(shown[header] for header in headers if header in named)
        judged = {
            "": STATUS_WORDS.get(row["status"], "vist"),
            "sammenligning": VERDICTS.get(row.get("verdict"), ""),
        }
        found[key] = values | judged
    return found


def _differences(before: dict[str, str], now: dict[str, str]) -> Iterator[tuple[str, str, str, str]]:
    """Header, kind of change, and both texts, of what a row says otherwise; a changed status says all of it."""
    if before.get("") != now.get(""):
        yield "", "status", before.get("", ""), now.get("", "")
        return
    for header in before:
        if before[header] != now.get(header):
            kind = "vurdering" if header == "sammenligning" else "tal"
            yield header, kind, before[header], now.get(header, "")


def _told(changes: list[dict], changed: int, places: int) -> str:
    if not changes:
        return f"Intet er ændret i {danish.number(places)} mapper med figurer."
    kinds = dict.fromkeys(change["kind"] for change in changes)
    counts = [f"{danish.number(sum(c['kind'] == kind for c in changes))} {kind}" for kind in kinds]
    folders = f"{danish.number(changed)} af {danish.number(places)}"
    return f"{danish.number(len(changes))} ændringer ({danish.join_words(counts)}) om {folders} steder."
