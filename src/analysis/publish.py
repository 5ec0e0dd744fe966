"""A figure becomes files: the one place that writes figures and tables under ``reports/``."""

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from analysis import danish, data, disclosure, municipalities
from analysis import files as atomic
from analysis import files as paths
from analysis.charts import style
from analysis.charts.figure import Figure, Picture, picture, same_picture
from analysis.export import figure_data, images, slides, word, workbook
from analysis.export import record as provenance
from analysis.export import tables as export_table
from analysis.export.record import about
from analysis.export.record import record as record_of

FORMATS = ("png", "svg", "pdf", "xlsx", "csv")
ON_REQUEST = ("pptx", "docx", "zip")
SHARED = "faelles"  # folder of what is the same for every place
_SHELF = "ANALYSIS_SHARED"  # where a run finds what other runs have made of it
SLIDE_WIDTH = 254
PRINT_SUFFIX = "_tryk"
_PREFIX = "syntetisk_"
_DEFAULT_WIDTH = 160
_Image = Callable[[Picture, dict], bytes]
_IMAGES: dict[str, dict[str, _Image]] = {
    "png": {".png": images.png},
    "svg": {".svg": images.svg_for_web, f"{PRINT_SUFFIX}.svg": images.svg_for_print},
    "pdf": {".pdf": images.pdf},
}


def publish(
    figure: Figure,
    name: str | None = None,
    directory: Path | str | None = None,
    formats: Sequence[str] = FORMATS,
    *,
    width_mm: float = _DEFAULT_WIDTH,
    title_in_image: bool = True,
    publication: bool | None = None,
) -> list[Path]:
    """Write a figure to files that a publication can use, each with its record of how it was made.

    Parameters
    ----------
    figure : Figure
        Holds its protected table; what is withheld there is withheld in every format.
    name : str, optional
        Name of the files, without place and ending; the figure's own by default.
    directory : Path or str, optional
        Folder; ``reports/<place>/figurer`` by default, or ``reports/faelles/figurer`` for a figure that is the same
        for every place. Made when it isn't there.
    formats : sequence of str
        Of png, svg (two files: for the web, and for print with letters as paths), pdf, xlsx, csv, pptx, docx, zip.
        The zip holds the others of this call, and LAESMIG.txt.
    width_mm : float
        80, 120, 160, or 254 for a slide [mm]; others than 160 are named in the file.
    title_in_image : bool
        False leaves the headline out of the images.
    publication : bool, optional
        True refuses synthetic figures; by default what ``ANALYSIS_PUBLICATION`` says.

    Returns
    -------
    list of Path
        The files, in the order of `formats`. An earlier file of the same name is replaced, as a whole; its earlier
        formats are made anew too, so that all files of one name say the same.

    Raises
    ------
    TypeError
        If `figure` is not a `Figure` with a protected table.
    ValueError
        If a format is unknown, or a synthetic figure is made for publication.
    """
    _check(figure, formats, publication)
    how = {"width_mm": width_mm, "title_in_image": title_in_image}
    if directory is None and is_shared(figure):
        shared = replace(figure, place=municipalities.COUNTRY)
        said = _said(shared, name, how)
        written = _publish_shared(shared, said, formats)
        if written:
            if os.environ.get(_SHELF):
                same_picture(figure, _kept_picture(shared, said), **how)
            return written
    folder = paths.reports() / danish.slug(figure.place) / "figurer" if directory is None else Path(directory)
    return _write(figure, folder, _said(figure, name, how), formats)


def is_shared(figure: Figure) -> bool:
    """Whether a figure is the same for every place: neither its rows nor its words name one but the country."""
    rows = figure.table.frame.select_dtypes(["object", "string"])
    values = {value for column in rows for value in rows[column].dropna() if isinstance(value, str)}
    words = " ".join(
        [figure.headline, figure.description, figure.note, figure.alt, *figure.columns.values(), *values]
    )
    others = set(municipalities.places()) - {municipalities.COUNTRY}
    is_country = municipalities.is_country(figure.place)
    return not values & others and (is_country or figure.place not in words)


def _said(figure: Figure, name: str | None, how: dict) -> dict:
    """All that a figure's files say, but which files they are."""
    return figure_data.content(figure, record_of(figure, file_stem(figure, name, **how), **how))


def _names(stem: str, formats: Sequence[str]) -> dict[str, str]:
    """The name of each file by its format."""
    endings = [ending for kind in formats for ending in _IMAGES.get(kind, [f".{kind}"])]
    return {ending.lstrip("._").replace(".", "_"): f"{stem}{ending}" for ending in endings}


def _publish_shared(figure: Figure, said: dict, formats: Sequence[str]) -> list[Path]:
    """Write what is the same for every place, once; nothing where another run made something else of it.

    A run writes into a folder of its own: what stands in ``ANALYSIS_SHARED`` already is linked there. In an open
    notebook, whose code may be newer than its file, it is always written anew.
    """
    folder = paths.reports() / SHARED / "figurer"
    shelf = Path(os.environ.get(_SHELF) or folder)
    kept, names = shelf / f"{said['stem']}.json", _names(said["stem"], formats).values()
    if not kept.is_file() or not all((shelf / file).is_file() for file in names):
        return _write(figure, folder, said, formats)
    there = figure_data.read(kept)
    here = figure_data.plain(said | {name: there[name] for name in ("files", "picture")})
    if any(there["record"].get(key) != here["record"][key] for key in provenance.STATE):
        return _write(figure, folder, said, formats)  # of an earlier state
    if there != here:
        return []
    if shelf == folder:
        return _write(figure, folder, said, formats)
    folder.mkdir(parents=True, exist_ok=True)
    for file in [kept, *(shelf / file for file in names)]:
        atomic.link(file, folder / file.name)
    return [folder / file for file in names]


def _kept_picture(figure: Figure, said: dict) -> Picture:
    """The picture of a figure that is the same for every place: drawn once for all that show it."""

    def drawn() -> bytes:
        made = picture(figure, **said["record"]["export"])
        return json.dumps([made.svg, made.chart]).encode("ascii")

    made_from = f"{style.digest()}{figure_data.to_json(said).decode()}"
    svg, chart = json.loads(data.content("picture", made_from, drawn))
    return Picture(svg, tuple(chart))


def _write(figure: Figure, folder: Path, said: dict, formats: Sequence[str]) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    stem, record = said["stem"], said["record"]
    earlier = [kind for kind in (*FORMATS, *ON_REQUEST) if (folder / f"{stem}.{kind}").is_file()]
    kinds = list(dict.fromkeys([*formats, *earlier]))
    drawn = picture(figure, **record["export"]) if set(kinds) & {*_IMAGES, "docx"} else None
    written = _contents(figure, record, kinds, drawn)
    if "zip" in kinds:
        written[".zip"] = _package(figure, record, written)
    said = figure_data.with_picture(said, drawn) if drawn else said
    atomic.write(folder / f"{stem}.json", figure_data.to_json(said | {"files": _names(stem, kinds)}))
    files = [atomic.write(folder / f"{stem}{ending}", content) for ending, content in written.items()]
    return [file for file in files if file.name in _names(stem, formats).values()]


def _contents(
    figure: Figure, record: dict, formats: Sequence[str], drawn: Picture | None
) -> dict[str, bytes]:
    """A figure's files by the ending of their names; one drawing serves all images."""
    tables = {
        "xlsx": lambda: workbook.to_xlsx(figure, record),
        "csv": lambda: export_table.to_csv(figure),
        "pptx": lambda: slides.to_pptx(figure, record),
        "docx": lambda: word.to_docx(figure, record, drawn),
    }
    written = {}
    for kind in formats:
        if kind in _IMAGES:
            written |= {ending: image(drawn, record) for ending, image in _IMAGES[kind].items()}
        elif kind in tables:
            written[f".{kind}"] = tables[kind]()
    return written


def file_stem(
    figure: Figure, name: str | None = None, width_mm: float = _DEFAULT_WIDTH, title_in_image: bool = True
) -> str:
    """Return the name of a figure's files, without ending: ``syntetisk_roskilde_sagstal_omraade``."""
    width = {_DEFAULT_WIDTH: "", SLIDE_WIDTH: "_slide"}.get(width_mm, f"_{width_mm:g}mm")
    title = "" if title_in_image else "_uden_titel"
    prefix = _PREFIX if figure.synthetic else ""
    return f"{prefix}{danish.slug(figure.place)}_{danish.slug(name or figure.name)}{width}{title}"


def _check(figure: Figure, formats: Sequence[str], publication: bool | None) -> None:
    if not isinstance(figure, Figure):
        raise TypeError(
            f"`figure` must be a Figure, but is a {type(figure).__name__}. Make it with `analysis.charts` "
            "from a table that `analysis.disclosure.protect` has returned."
        )
    disclosure.require_protected(figure.table)
    known = (*FORMATS, *ON_REQUEST)
    unknown = [kind for kind in formats if kind not in known]
    if isinstance(formats, str) or unknown:
        raise ValueError(
            f"`formats` must be a list of {', '.join(known)}, but {formats!r} is not. Correct the names."
        )
    if publication is None:
        publication = os.environ.get("ANALYSIS_PUBLICATION", "") not in {"", "0"}
    if publication and figure.synthetic:
        raise ValueError(
            f"A publication must rest on real data, but `{figure.name}` ({figure.place}) rests on synthetic "
            "data. Put the delivery in data/raw and run `make data`, or unset `ANALYSIS_PUBLICATION`."
        )


def _package(figure: Figure, record: dict, written: dict[str, bytes]) -> bytes:
    members = {f"{record['file']}{ending}": content for ending, content in written.items()}
    readme = _readme(figure, record, list(members))
    return workbook.zipped(
        {
            "LAESMIG.txt": readme.encode("utf-8-sig"),
            "provenance.json": provenance.to_json(record).encode("ascii"),
            **members,
        }
    )


def _readme(figure: Figure, record: dict, names: list[str]) -> str:
    """Write what a reader of the files must know: source, method, caveats, and what each file is for."""
    uses = {
        f"{PRINT_SUFFIX}.svg": "til tryk, Word og PowerPoint (bogstaver som kurver)",
        ".png": "billede, 300 punkter pr. tomme",
        ".svg": "til nettet (tekst der kan søges og læses op)",
        ".pdf": "til tryk (indlejrede skrifttyper)",
        ".xlsx": "tallene, med et diagram der kan redigeres",
        ".csv": "tallene, til dansk Excel",
        ".pptx": "en side med et diagram der kan redigeres",
        ".docx": "figur, billedtekst og tabel til Word",
    }
    files = [f"{name}: {next(use for end, use in uses.items() if name.endswith(end))}" for name in names]
    pairs = about(figure, record)
    sections = [figure.headline, "=" * len(figure.headline), ""]
    sections += [f"{label}: {text}" for label, text in pairs if label != "Titel"]
    return "\r\n".join([*sections, "", "Filer", "-----", *files, ""])
