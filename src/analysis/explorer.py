"""Widgets of the interactive notebook: choose a figure, see it at once, publish it, copy it or the code that makes it.

What is shown comes from `analysis.views`; the widgets compute nothing. A mistake is one message, never a traceback.
"""

import tempfile
from base64 import b64encode
from collections.abc import Mapping
from contextlib import contextmanager
from difflib import get_close_matches
from html import escape
from pathlib import Path

import ipywidgets as widgets

from analysis import danish, data, measures, municipalities, views
from analysis import files as paths
from analysis.charts.figure import Figure, figure_html
from analysis.disclosure import LOWEST_MIN_COUNT, ProtectedTable
from analysis.publish import FORMATS, publish

# What the figures may raise, each with a message of what was expected, what was found and what to do.
_MISTAKES = (KeyError, ValueError, FileNotFoundError)
# What is saved, as it is offered: the usual files, or those of one format.
_FORMATS = [("Alle de sædvanlige", FORMATS)]
_FORMATS += [(kind, (kind,)) for kind in ("png", "svg", "pdf", "xlsx", "docx", "pptx")]
_WIDTHS = [(f"{width} mm", width) for width in (80, 120, 160)]
_WIDE = {"layout": {"width": "34em"}, "style": {"description_width": "10em"}}
_UNDER_NAMES = {"layout": {"margin": "0 0 0 10.3em"}}
_NOT_CROSSED, _AS_DRAWN = ("Ingenting", ""), ("Som figuren", "")
# In the browser, which alone has a clipboard; where it lets nobody in, the reader is told another way.
_COPY_CODE = "navigator.clipboard.writeText(this.previousElementSibling.innerText)"
_COPY_IMAGE = (
    "fetch(this.src).then(file=>file.blob()).then(image=>navigator.clipboard.write([new ClipboardItem({[image.type]:"
    "image})])).then(()=>this.previousElementSibling.textContent='Billedet er kopieret. Sæt det ind med Ctrl+V.')"
)
_COPY_BY_HAND = "Hold Shift nede, højreklik på billedet, og vælg at kopiere det."


def warm_up(year: int, min_count: int = 5) -> list[ProtectedTable]:
    """Estimate and protect every measure, and draw each kind of figure once, so that later choices answer at once.

    Tells how far it is on one line. A mistake, as a year without data, is printed, and nothing is returned.
    """
    tables = []
    try:
        for index, measure in enumerate(names := measures.names(), start=1):
            print(f"\rBeregner mål {index} af {len(names)}", end="", flush=True)
            table = measures.measure(measure, year, min_count)
            tables.append(table)
            for split in views.breakdowns(table, "group"):
                figure_html(
                    views.view(measure, municipalities.COUNTRY, breakdown=split, **_set(year, min_count))
                )
    except _MISTAKES as mistake:
        print(f"\rMålene kan ikke beregnes. {_told(mistake)}")
        return []
    print(f"\r{len(tables)} mål er beregnet og klar til at blive vist.")
    return tables


def _set(year: int, min_count: int) -> dict[str, int]:
    return {"year": year, "min_count": min_count}


def _told(mistake: Exception) -> str:
    """A mistake's own words; a KeyError would put them in quotes."""
    return str(mistake.args[0]) if mistake.args and isinstance(mistake, KeyError) else str(mistake)


def _dropdown(name: str, options: list[tuple], value=None) -> widgets.Dropdown:
    return widgets.Dropdown(description=name, options=options, value=value, **_WIDE)


def _places() -> list[str]:
    """The country, the groups, and the municipalities by the alphabet."""
    names = sorted((m.name for m in municipalities.everyone()), key=danish.sort_key)
    return [municipalities.COUNTRY, *municipalities.groups(), *names]


def _named(choices: Mapping[str, str]) -> list[tuple[str, str]]:
    """Danish word and code, as a dropdown wants them."""
    return [(word, code) for code, word in choices.items()]


class Explorer:
    """The widgets, and the figure that is on the screen.

    Parameters
    ----------
    municipality : str
        The first choice: name or code of a municipality, a municipality group, or "Hele landet".
    year : int
    min_count : int
        The threshold of the notebook. Another can be tried on the screen, but only figures made with this one are
        published: figures with two thresholds may together give away what each of them hides.

    Attributes
    ----------
    place, measure, comparison, others, breakdown, crossed, year, min_count : widget
        The choices; setting ``.value`` is choosing. `others` are places of one's own to stand beside, `crossed` the
        question whose answers the measure is split by.
    order : widget
        The column that the table under the figure is sorted by.
    formats, width : widget
        How the figure is saved.
    picture, code, image, message : HTML
        The figure; the lines that make it again; the image to copy; what is to be told.
    button, copy : Button
        Publishes the figure on the screen, and copies it as an image.
    figure : Figure or None
    """

    def __init__(self, municipality: str, year: int, min_count: int = 5):
        self.figure: Figure | None = None
        self._drawn = None
        # not `ensure_option`: what isn't on the list would stay in the browser, and nothing be told
        self.place = widgets.Combobox(
            description="Kommune",
            options=_places(),
            value=municipalities.COUNTRY,
            continuous_update=False,
            **_WIDE,
        )
        self.measure = _dropdown("Mål", [])
        self.comparison = _dropdown("Sammenlign med", _named(views.COMPARISONS), "group")
        self.others = widgets.TagsInput(
            allowed_tags=_places(), allow_duplicates=False, placeholder="… eller egne steder", **_UNDER_NAMES
        )
        self.breakdown = _dropdown("Opdeling", [])
        self.crossed = _dropdown("Fordelt på", [_NOT_CROSSED], "")
        self.year = _dropdown("År", [year], year)
        self.min_count = widgets.IntText(
            description="Færrest svar", value=min_count, continuous_update=False, **_WIDE
        )
        self._threshold = min_count
        self.order = _dropdown("Sortér tabellen", [_AS_DRAWN], "")
        self.formats = _dropdown("Gem som", _FORMATS, FORMATS)
        self.width = _dropdown("Bredde", _WIDTHS, 160)
        self.button = widgets.Button(description="Gem figuren", icon="save")
        self.copy = widgets.Button(description="Kopiér billedet", icon="copy")
        self.picture, self.code, self.message, self.image = (widgets.HTML() for _ in range(4))
        self._start(municipality, year)

    def _start(self, municipality: str, year: int) -> None:
        """Make the first choices; one that isn't possible is told, and another is shown."""
        mistakes = [self._first_measure(), self._first_year(year), self._first_place(municipality)]
        for choice in self._choices():
            choice.observe(self._changed, "value")
        self.order.observe(self._show, "value")
        self.button.on_click(self._publish)
        self.copy.on_click(self._copy)
        self._changed()
        if any(mistakes) and self.figure is not None:
            self._tell("Notesbogens første valg er ikke muligt.", " ".join(filter(None, mistakes)))

    def _first_measure(self) -> str:
        try:
            self.measure.options = [(measures.named(name).label, name) for name in measures.names()]
            self.measure.value = measures.names()[0]
        except _MISTAKES as mistake:
            return _told(mistake)
        return ""

    def _first_place(self, municipality: str) -> str:
        try:
            self.place.value = _place(municipality)
        except KeyError as mistake:
            return _told(mistake)
        return ""

    def _first_year(self, year: int) -> str:
        try:
            years = data.years("caseworkers")
            self.year.options = years
            self.year.value = year if year in years else years[-1]
            data.read("caseworkers", year)
        except _MISTAKES as mistake:
            return _told(mistake)
        return ""

    def _choices(self) -> tuple:
        beside = self.comparison, self.others, self.breakdown, self.crossed
        return self.place, self.measure, *beside, self.year, self.min_count

    def _changed(self, _=None) -> None:
        """Draw what is chosen, unless it is on the screen already."""
        try:
            _check_threshold(self.min_count.value)
            place = _place(self.place.value)
            if place != self.place.value:  # a code, or other capitals: asked for again by its name
                self.place.value = place
                return
            self._offer_breakdowns()
            chosen = repr([choice.value for choice in self._choices()])
            if chosen != self._drawn:
                self._drawn = chosen
                self._draw()
        except _MISTAKES as mistake:
            self._clear()
            self._tell("Figuren kan ikke vises.", _told(mistake))

    def _offer_breakdowns(self) -> None:
        """Let breakdowns and questions be those of the measure, and keep the chosen one where it is still there."""
        table = measures.measure(self.measure.value, self.year.value, self.min_count.value)
        self._offer(self.breakdown, _named(views.breakdowns(table, self._beside())))
        self._offer(self.crossed, [_NOT_CROSSED, *_named(views.questions(self.measure.value))])
        is_crossed = bool(self.crossed.value)
        self.breakdown.disabled = is_crossed
        self.comparison.disabled = (
            is_crossed or bool(self.others.value) or self.breakdown.value in (views.ANSWERS, views.ROLE)
        )
        self.place.disabled = not is_crossed and self.breakdown.value == views.ROLE

    def _offer(self, dropdown: widgets.Dropdown, options: list[tuple]) -> None:
        """Give a dropdown its options, without drawing for it."""
        if list(dropdown.options) != options:
            codes, kept = [code for _, code in options], dropdown.value
            with self._unobserved(dropdown):
                dropdown.options = options
                dropdown.value = kept if kept in codes else codes[0]

    @contextmanager
    def _unobserved(self, dropdown: widgets.Dropdown):
        heard = self._show if dropdown is self.order else self._changed
        dropdown.unobserve(heard, "value")
        yield
        dropdown.observe(heard, "value")

    def _beside(self) -> str | list[str]:
        """What the place stands beside: places of one's own, where some are named."""
        return list(self.others.value) or self.comparison.value

    def _draw(self) -> None:
        measure, place, how = self.measure.value, self.place.value, self._how()
        if self.crossed.value:
            chosen = measure, self.crossed.value, place
            self.figure, called = views.crossed(*chosen, **how), "crossed"
        else:
            chosen = measure, place, self._beside(), self.breakdown.value
            self.figure, called = views.view(*chosen, **how), "view"
        lines = f"from analysis import views\n{views.code(called, *chosen, **how)}"
        button = f'<button class="jupyter-button" onclick="{_COPY_CODE}">Kopiér koden</button>'
        self.code.value = f"<pre>{escape(lines, quote=False)}</pre>{button}"
        self._offer(self.order, [_AS_DRAWN, *_named(self.figure.columns)])
        self._show()
        self.button.disabled = self.copy.disabled = False
        self.message.value = self.image.value = ""

    def _how(self) -> dict[str, int]:
        return _set(self.year.value, self.min_count.value)

    def _show(self, _=None) -> None:
        """Show the figure, its table sorted as is chosen."""
        if self.figure is not None:
            shown = figure_html(self.figure, self.order.value)
            self.picture.value = f'<div style="line-height: 1.4">{shown}</div>'

    def _clear(self) -> None:
        """Take away what the choices no longer say."""
        self.figure, self._drawn = None, None
        self.picture.value = self.code.value = self.image.value = ""
        self.button.disabled = self.copy.disabled = True

    def _tell(self, what: str, why: str = "") -> None:
        self.message.value = f'<p role="status" lang="da"><strong>{escape(what)}</strong> {escape(why)}</p>'

    def _publish(self, _=None) -> None:
        files = self._written("gemmes", formats=self.formats.value)
        if files:
            self._tell(f"Gemt i {_relative(files[0].parent)}:", _named_once([file.name for file in files]))

    def _copy(self, _=None) -> None:
        """Show the figure as the image that is published, which copies itself where the browser lets it."""
        with tempfile.TemporaryDirectory() as folder:
            for file in self._written("kopieres", formats=["png"], directory=folder):
                content = b64encode(file.read_bytes()).decode("ascii")
                self.image.value = (
                    f'<p role="status" lang="da">{_COPY_BY_HAND}</p><img src="data:image/png;base64,{content}" '
                    f'alt="{escape(self.figure.alt)}" style="max-width:100%" onload="{_COPY_IMAGE}">'
                )
                self.message.value = ""

    def _written(self, verb: str, **how) -> list[Path]:
        """Write what is on the screen to files; none where that must not be, which is told."""
        if self.figure is None:
            return []
        if self.min_count.value != self._threshold:
            self._tell(f"Figuren kan ikke {verb}.", _two_thresholds(self.min_count.value, self._threshold))
            return []
        self._tell("Et øjeblik …")
        try:
            return publish(self.figure, width_mm=self.width.value, **how)
        except (*_MISTAKES, OSError) as mistake:
            self._tell(f"Figuren kan ikke {verb}.", _told(mistake))
            return []

    def box(self) -> widgets.VBox:
        """The widgets on top of each other."""
        buttons = widgets.HBox([self.button, self.copy], **_UNDER_NAMES)
        saved = [self.formats, self.width, buttons, self.message, self.image]
        return widgets.VBox([*self._choices(), *saved, self.order, self.picture, self.code])

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict:
        return self.box()._repr_mimebundle_(include=include, exclude=exclude)


def _check_threshold(min_count: int) -> None:
    if min_count < LOWEST_MIN_COUNT:
        raise ValueError(
            f"Grænsen skal være mindst {LOWEST_MIN_COUNT} svar, men er {min_count}. Skriv et større tal."
        )


def _place(typed: str) -> str:
    """The official name of a place as it was typed, in any capitals, or by its code."""
    try:
        return municipalities.find_place(typed)
    except KeyError:
        places, found = _places(), typed.strip()
        near = danish.join_words(get_close_matches(found.capitalize(), places, n=3), "eller")
        raise KeyError(
            f"Skriv et af de {len(places)} steder: en kommune, en kommunegruppe eller {municipalities.COUNTRY}. "
            f"Fundet: {found or 'ingenting'}. {f'Nærmest: {near}.' if near else 'Slet feltet, og vælg på listen.'}"
        ) from None


def _two_thresholds(chosen: int, threshold: int) -> str:
    return (
        f"Figuren er vist med grænsen {chosen}, men notesbogen er sat til {threshold}. Figurer med hver sin grænse kan "
        f"tilsammen røbe det som hver af dem skjuler. Skriv {chosen} i notesbogens parametre, og kør den igen hvis "
        "alle figurer skal have den grænse."
    )


def _named_once(names: list[str]) -> str:
    """Files of one figure: their common name, and their endings.

    Examples
    --------
    >>> _named_once(["sagstal.png", "sagstal_tryk.svg"])
    'sagstal (.png, _tryk.svg)'
    """
    stem = Path(names[0]).stem
    return f"{stem} ({', '.join(name.removeprefix(stem) for name in names)})"


def _relative(folder: Path) -> str:
    """A folder as seen from the project's: reports/roskilde/figurer."""
    return folder.relative_to(paths.reports().parent).as_posix()
