"""All files of a place's figures in one zip, with a text that says what they are; the same bytes at every run."""

import io
import zipfile
from pathlib import Path

from analysis import atomic
from rerun.figure_files import SYNTHETIC_PREFIX
from rerun.figure_parts import Shown

_ENDING = "_figurer.zip"
_DATE = (1980, 1, 1, 0, 0, 0)
_PACKED = {".svg", ".csv", ".txt"}  # the other formats are packed already
_USES = (
    ("*.png", "billede, 300 punkter pr. tomme"),
    ("*.svg", "til nettet (tekst, der kan søges og læses op)"),
    ("*_tryk.svg", "til tryk, Word og PowerPoint (bogstaver som kurver)"),
    ("*.pdf", "til tryk (indlejrede skrifttyper)"),
    ("*.xlsx", "tallene, med et diagram, der kan redigeres"),
    ("*.csv", "tallene, til dansk Excel"),
)


def write_zip(folder: Path, place: str, figures: list[Shown], min_count: int) -> Path | None:
    """Write the zip of a place's figures, and remove one of another name.

    Returns
    -------
    Path or None
        The zip; None where there are no files.
    """
    published = [figure for figure in figures if figure.files]
    synthetic = any(figure.files.is_synthetic for figure in published)
    path = folder / f"{SYNTHETIC_PREFIX if synthetic else ''}{folder.name}{_ENDING}"
    for old in folder.glob(f"*{_ENDING}"):
        if old != path or not published:
            old.unlink()
    if not published:
        return None
    return atomic.write(path, _zipped(folder, published, _readme(place, published, synthetic, min_count)))


def _zipped(folder: Path, figures: list[Shown], readme: str) -> bytes:
    names = sorted({name for figure in figures for name, _ in figure.files.names})
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as package:
        package.writestr(_entry("LAESMIG.txt"), readme.encode("utf-8-sig"), compresslevel=6)
        for name in names:
            package.writestr(_entry(name), (folder / "figurer" / name).read_bytes(), compresslevel=1)
    return written.getvalue()


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _DATE)
    packed = Path(name).suffix in _PACKED
    entry.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
    entry.external_attr = 0o644 << 16
    return entry


def _readme(place: str, figures: list[Shown], synthetic: bool, min_count: int) -> str:
    heading = f"Børn og unge med særlige behov – {place}"
    lines = [heading, "=" * len(heading), ""]
    if synthetic:
        lines += ["SYNTETISKE DATA. Tallene er opdigtede og siger intet om nogen virkelig kommune.", ""]
    lines += [f"{files}: {use}" for files, use in _USES]
    lines += ["", f"Grupper med færre end {min_count} svar er diskretioneret.", "", "Figurer", "-------", ""]
    for figure in figures:
        record = figure.files.record
        lines += [
            figure.headline,
            f"  {record.get('description', '')}",
            f"  Kilde: {record.get('source', '')}",
        ]
        lines += [f"  {figure.files.stem}", ""]
    return "\r\n".join(lines)
