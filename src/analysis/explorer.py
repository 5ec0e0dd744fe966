"""Widgets of the interactive notebook: choose a figure, see it at once, publish it, and take its code along.

What is shown comes from `analysis.views`; the widgets compute nothing. A mistake is one message, never a traceback.
"""

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


def _named(choices: dict[str, str]) -> list[tuple[str, str]]:
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
    place, measure, comparison, breakdown, year, min_count : widget
        The choices; setting ``.value`` is choosing.
    formats, width : widget
        How the figure is saved.
    picture, code, message : HTML
        The figure; the line that makes it again; what is to be told.
    button : Button
        Publishes the figure on the screen.
    figure : Figure or None
    """

    def __init__(self, municipality: str, year: int, min_count: int = 5):
        self.figure: Figure | None = None
        self.line = ""
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
        self.breakdown = _dropdown("Opdeling", [])
        self.year = _dropdown("År", [year], year)
        self.min_count = widgets.IntText(
            description="Færrest svar", value=min_count, continuous_update=False, **_WIDE
        )
        self._threshold = min_count
        self.formats = _dropdown("Gem som", _FORMATS, FORMATS)
        self.width = _dropdown("Bredde", _WIDTHS, 160)
        self.button = widgets.Button(
            description="Gem figuren", icon="save", layout={"margin": "0 0 0 10.3em"}
        )
        self.picture, self.code, self.message = widgets.HTML(), widgets.HTML(), widgets.HTML()
        self._start(municipality, year)

    def _start(self, municipality: str, year: int) -> None:
        """Make the first choices; one that isn't possible is told, and another is shown."""
        mistakes = [self._first_measure(), self._first_year(year), self._first_place(municipality)]
        for choice in self._choices():
            choice.observe(self._changed, "value")
        self.button.on_click(self._publish)
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
        return self.place, self.measure, self.comparison, self.breakdown, self.year, self.min_count

    def _changed(self, _=None) -> None:
        """Draw what is chosen, unless it is on the screen already."""
        try:
            _check_threshold(self.min_count.value)
            place = _place(self.place.value)
            if place != self.place.value:  # a code, or other capitals: asked for again by its name
                self.place.value = place
                return
            self._offer_breakdowns()
            chosen = tuple(choice.value for choice in self._choices())
            if chosen != self._drawn:
                self._drawn = chosen
                self._draw(*chosen)
        except _MISTAKES as mistake:
            self._clear()
            self._tell("Figuren kan ikke vises.", _told(mistake))

    def _offer_breakdowns(self) -> None:
        """Let the breakdowns be those of the measure, and keep the chosen one where it is still there."""
        table = measures.measure(self.measure.value, self.year.value, self.min_count.value)
        offered, kept = views.breakdowns(table, self.comparison.value), self.breakdown.value
        if tuple(self.breakdown.options) != tuple(_named(offered)):
            self.breakdown.unobserve(self._changed, "value")
            self.breakdown.options = _named(offered)
            self.breakdown.value = kept if kept in offered else next(iter(offered))
            self.breakdown.observe(self._changed, "value")
        self.comparison.disabled = self.breakdown.value in (views.ANSWERS, views.ROLE)
        self.place.disabled = self.breakdown.value == views.ROLE

    def _draw(self, place, measure, comparison, breakdown, year, min_count) -> None:
        chosen = (measure, place, comparison, breakdown)
        self.figure = views.view(*chosen, **_set(year, min_count))
        self.picture.value = f'<div style="line-height: 1.4">{figure_html(self.figure)}</div>'
        self.line = views.code(*chosen, **_set(year, min_count))
        self.code.value = f"<pre>from analysis.views import view\n{escape(self.line, quote=False)}</pre>"
        self.button.disabled, self.message.value = False, ""

    def _clear(self) -> None:
        """Take away what the choices no longer say."""
        self.figure, self.line, self._drawn = None, "", None
        self.picture.value, self.code.value, self.button.disabled = "", "", True

    def _tell(self, what: str, why: str = "") -> None:
        self.message.value = f'<p role="status" lang="da"><strong>{escape(what)}</strong> {escape(why)}</p>'

    def _publish(self, _=None) -> None:
        if self.figure is None:
            return
        if self.min_count.value != self._threshold:
            self._tell("Ikke gemt.", _two_thresholds(self.min_count.value, self._threshold))
            return
        self._tell("Gemmer figuren …")
        try:
            files = publish(self.figure, formats=self.formats.value, width_mm=self.width.value)
        except (*_MISTAKES, OSError) as mistake:
            self._tell("Figuren kan ikke gemmes.", _told(mistake))
            return
        self._tell(f"Gemt i {_relative(files[0].parent)}:", _named_once([file.name for file in files]))

    def box(self) -> widgets.VBox:
        """The widgets on top of each other."""
        saved = [self.formats, self.width, self.button, self.message]
        return widgets.VBox([*self._choices(), *saved, self.picture, self.code])

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
        f"tilsammen røbe det som hver af dem skjuler. Skriv {chosen} i notesbogens parametre, og kør den igen, hvis "
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
