"""How a page is written: templates, the style sheet with its fonts inside, scripts and data that a page may hold."""

import base64
import functools
import hashlib
import json
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from analysis import files
from analysis.charts.fonts import web_font
from analysis.charts.style import read_style

_HERE = Path(__file__).parent / "templates"
# Pages of the whole collection: file, and what links to them say.
FRONT, COMPARISON, METHOD, STATUS = "index.html", "sammenlign.html", "metode.html", "status.html"
EVERYWHERE = [
    (FRONT, "Alle rapporter"),
    (COMPARISON, "Sammenlign"),
    (METHOD, "Data og metode"),
    (STATUS, "Status"),
]


@functools.cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("rerun.site", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def script(name: str) -> str:
    """A script of the templates' folder, as it stands in a page."""
    return "\n" + (_HERE / name).read_text(encoding="utf-8")


def write(
    folder: Path, name: str, template: str, *, root: str = "", script: str = "", **values: object
) -> Path:
    """Write a page from a template.

    Parameters
    ----------
    folder, name : Path, str
    template : str
    root : str
        Way to the folder of all reports: ``"../"`` in a place's folder.
    script : str
        The one script that the page may run; every other is refused by the browser.
    **values
        What the template fills in; texts are escaped.
    """
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    shared = {
        "root": root,
        "here": "" if root else name,
        "everywhere": EVERYWHERE,
        "script": script,
        "script_source": f"'sha256-{digest}'" if script else "'none'",
    }
    text = _templates().get_template(template).render(**shared | values)
    return files.write(folder / name, text.encode("utf-8"))


def inline_json(value: object) -> str:
    """JSON that can stand in a page's script element: nothing in it ends the element or begins a comment.

    Examples
    --------
    >>> inline_json("</script><!--")
    '"\\\\u003c/script\\\\u003e\\\\u003c!--"'
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text


@functools.cache
def style_sheet() -> bytes:
    """The style sheet with its fonts inside: browsers refuse font files beside a double-clicked page."""
    faces = []
    for font in read_style().fonts.values():
        letters = base64.b64encode(web_font(font.get_file())).decode("ascii")
        faces.append(
            f'@font-face {{ font-family: "Source Sans Pro"; font-weight: {font.get_weight()}; '
            f"src: url(data:font/woff;base64,{letters}) format('woff'); }}\n"
        )
    return ("".join(faces) + (_HERE / "style.css").read_text(encoding="utf-8")).encode("utf-8")


def write_style(folder: Path) -> None:
    """Put the style sheet into a folder, which can then be copied alone."""
    (folder / "aktiver").mkdir(parents=True, exist_ok=True)
    files.write(folder / "aktiver" / "stil.css", style_sheet())
