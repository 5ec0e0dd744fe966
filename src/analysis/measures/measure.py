"""The Danish words of each measure: what it is called, how a value of it is said, and with how many decimals."""

from dataclasses import dataclass

from analysis import danish, municipalities
from analysis.disclosure import ProtectedTable


@dataclass(frozen=True)
class Words:
    """How one measure is spoken of.

    Attributes
    ----------
    subject : str
        As a sentence begins, in lower case: "sagstallet".
    statistic : str
        What is estimated, for the line under a headline.
    phrase : str
        A value in a sentence; ``{}`` is the number.
    unit : str
        Unit of the numbers; "pct." for shares.
    decimals : int
    """

    subject: str
    statistic: str
    phrase: str
    unit: str
    decimals: int

    def value(self, estimate: float) -> str:
        """A value as it is said, with its unit."""
        if self.unit == "pct.":
            return danish.percent(estimate, self.decimals)
        return self.phrase.format(danish.number(estimate, self.decimals))

    def interval(self, low: float, high: float) -> str:
        """An interval in the measure's unit."""
        if self.unit == "pct.":
            return danish.percent_interval(low, high, self.decimals)
        return danish.interval(low, high, self.decimals)


_WORDS = {
    "caseload": Words(
        "sagstallet", "Gennemsnitligt antal sager pr. sagsbehandler", "{} sager pr. sagsbehandler", "sager", 1
    ),
    "sparring_hours": Words(
        "tiden til faglig sparring",
        "Gennemsnitligt antal timer til faglig sparring om ugen",
        "{} timer om ugen",
        "timer",
        1,
    ),
    "has_introduction_programme": Words(
        "andelen med et fast introduktionsprogram",
        "Andel sagsbehandlere hvis arbejdsplads har et fast introduktionsprogram",
        "{}",
        "pct.",
        0,
    ),
    "introduction_days": Words(
        "introduktionsprogrammets længde",
        "Gennemsnitlig længde hvor der er et fast introduktionsprogram",
        "{} dage",
        "dage",
        1,
    ),
    "has_mentor": Words(
        "andelen hvor nye kolleger får en mentor",
        "Andel hvor nye kolleger får en mentor, blandt arbejdspladser med et program",
        "{}",
        "pct.",
        0,
    ),
    "introduction_sufficient": Words(
        "andelen der oplever oplæringen som utilstrækkelig",
        "Andel sagsbehandlere der svarer at oplæringen i mindre grad eller slet ikke er tilstrækkelig",
        "{}",
        "pct.",
        0,
    ),
    "case_handover": Words(
        "andelen der oplever vanskelig overlevering",
        "Andel sagsbehandlere der svarer at skift i mindre grad eller slet ikke følges af hurtig og effektiv "
        "overlevering",
        "{}",
        "pct.",
        0,
    ),
    "has_changed_workplace": Words(
        "personaleomsætningen",
        "Andel sagsbehandlere der har skiftet arbejdsplads inden for et år",
        "{}",
        "pct.",
        0,
    ),
    "change_planned": Words(
        "andelen af uforudsete skift",
        "Andel sagsbehandlere hvis seneste skift i en sag var uforudset",
        "{}",
        "pct.",
        0,
    ),
}


def of(table: ProtectedTable) -> Words:
    """The words of the measure that a table holds.

    Raises
    ------
    KeyError
        If the measure has no words yet.
    """
    return named(table.quantity.get("variable"))


def named(variable: str) -> Words:
    """The words of the measure of a variable; raises as `of`."""
    if variable not in _WORDS:
        raise KeyError(
            f"`{variable}` must have Danish words in analysis/words.py, but has none. Add a row there."
        )
    return _WORDS[variable]


def definite(group: str) -> str:
    """A municipality group as it is spoken of in a sentence.

    Examples
    --------
    >>> definite("Landkommuner")
    'landkommunerne'
    """
    return f"{plural(group)}ne"


def plural(group: str) -> str:
    """The municipalities of a group in a sentence: "landkommuner"."""
    return group[:1].lower() + group[1:]


def locate(place: str) -> str:
    """A place with its preposition.

    Examples
    --------
    >>> locate("Roskilde"), locate("Læsø"), locate("Nordfyns"), locate("Hele landet")
    ('i Roskilde', 'på Læsø', 'i Nordfyns Kommune', 'i hele landet')
    >>> locate("Landkommuner")
    'i landkommunerne'
    """
    if place == municipalities.COUNTRY:
        return "i hele landet"
    if municipalities.is_group(place):
        return f"i {definite(place)}"
    if place in _ON:
        return f"på {place}"
    return f"i {place} Kommune" if place in _GENITIVE else f"i {place}"


# Islands and a few others are "på" in Danish; two municipalities have a genitive as their name.
_ON = {
    "Bornholm",
    "Fanø",
    "Frederiksberg",
    "Langeland",
    "Lolland",
    "Læsø",
    "Samsø",
    "Stevns",
    "Ærø",
}
_GENITIVE = {"Nordfyns", "Vesthimmerlands"}
