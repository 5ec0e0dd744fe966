"""Danish sentences on the nine visited municipalities: counted in the data, beside what the report says."""

import pandas as pd

from analysis import codebook, danish, data, municipalities, practices, published
from analysis.disclosure import ProtectedTable
from analysis.sentences import first_upper, own_rows

_NUMBERS = ("ingen", "én", "to", "tre", "fire", "fem", "seks", "syv", "otte", "ni", "ti", "elleve", "tolv")


def in_words(number: int) -> str:
    """A count in words up to twelve, as Danish prose has it."""
    return _NUMBERS[number] if number < len(_NUMBERS) else danish.number(number)


def neuter(count: int) -> str:
    """A count in words before a neuter noun: "ét tema", "intet fund"."""
    return {0: "intet", 1: "ét"}.get(count, in_words(count))


def of_nine(count: int, known: int) -> str:
    """ "fire af de ni"."""
    return f"{in_words(count)} af de {in_words(known)}"


def _say(key: str) -> str:
    """What the report states, with its place."""
    said = published.figure(key)
    return f"Rapporten skriver: {said['statement']} ({said['place_in_source'].lower()})."


def _lower(column: str, mean: float) -> pd.Series:
    """How many cases each of the visited lies below the national mean [cases]; negative above it."""
    return mean - practices.read()[column].dropna().astype(float)


def caseloads(table: ProtectedTable) -> str:
    """How the caseloads of the nine lie to the national means, area by area, beside the report's statement."""
    said = []
    typical = published.figure("caseload_visited")
    for area, word in codebook.levels("area").items():
        rows = own_rows(table, municipalities.COUNTRY)
        row = rows[rows["area"].eq(area)].iloc[0]
        if row["status"] != "shown":
            continue
        mean = float(row["estimate"])
        below = _lower(f"caseload_{area}", mean).round(0)
        within = int(below.between(typical["value"], typical["value_high"]).sum())
        far = int((below > typical["value_high"]).sum())
        span = danish.interval(typical["value"], typical["value_high"], 0)
        said.append(
            f"På {word.lower()} ligger {of_nine(within, len(below))} {span} sager under landets gennemsnit på "
            f"{danish.number(mean, 1)}, og {in_words(far)} endnu længere under."
        )
    return " ".join([*said, _say("caseload_visited"), _say("caseload_visited_outlier")])


def sparring() -> str:
    """Hours, forum, responsible, description and practice of sparring in the nine."""
    hours = practices.read()["sparring_hours"].dropna().astype(float)
    forum, informal = (
        practices.count("sparring_forum", "team_meeting"),
        practices.count("has_informal_sparring", "yes"),
    )
    none, gap = practices.count("has_systematic_sparring", "no"), practices.count("sparring_gap", "yes")
    leader = practices.count("sparring_responsible", "leader")
    return (
        f"I de ni kommuner er der afsat {danish.number(hours.min(), 0)}–{danish.number(hours.max(), 0)} timer om ugen. "
        f"Sparringen foregår hovedsagelig på teammødet i {of_nine(*forum)}, og {of_nine(*informal)} "
        f"fortæller også om uformel "
        f"sparring. Lederen har ansvaret i {of_nine(*leader)}. {first_upper(of_nine(*none))} har ingen "
        f"systematisk sparring, "
        f"og i {of_nine(*gap)} afviger praksis markant fra beskrivelsen. {_say('sparring_hours')} "
        f"{_say('sparring_forum')} "
        f"{_say('sparring_none')}"
    )


def introduction() -> str:
    """The two readings of the nine: a fixed approach, and a programme judged to work well."""
    fixed, well = (
        practices.count("has_fixed_introduction", "yes"),
        practices.count("introduction_works_well", "yes"),
    )
    days = practices.read()["introduction_days"].dropna().astype(float)
    rows = practices.read()
    smaller = rows[rows["size"].eq("smaller")]
    leaders = int(smaller["has_leader_introduction"].eq("yes").sum())
    return (
        f"To læsninger står i samme rapport. Brødteksten taler om flertallet: i data har "
        f"{of_nine(*fixed)} en fast tilgang. "
        f"Konklusionen tæller dem der selv vurderer at programmet fungerer godt: i data {of_nine(*well)}. "
        f"De to tal måler "
        f"ikke det samme, og begge kan være rigtige. Hvor der er et program, varer det typisk "
        f"{danish.number(days.median(), 0)} dage, og i {in_words(leaders)} af de {in_words(len(smaller))} "
        f"mindre kommuner "
        f"introducerer den nærmeste leder også selv. {_say('introduction_majority')} {_say('introduction_systematic')} "
        f"{_say('introduction_days')}"
    )


def headline(theme: str) -> str:
    """The finding on the nine as a headline, by theme: caseload, sparring, introduction."""
    makers = {
        "caseload": lambda: _caseload_headline(),
        "sparring": lambda: (
            f"{first_upper(of_nine(*practices.count('sparring_forum', 'team_meeting')))} sparrer "
            f"hovedsagelig på teammødet"
        ),
        "introduction": lambda: (
            f"{first_upper(of_nine(*practices.count('has_fixed_introduction', 'yes')))} har en fast "
            f"introduktion; {in_words(practices.count('introduction_works_well', 'yes')[0])} vurderer at "
            f"den fungerer godt"
        ),
    }
    return makers[theme]()


def _caseload_headline() -> str:
    low, high = practices.read()["caseload_at_risk"].agg(["min", "max"]).astype(float)
    span = danish.interval(low, high, 0)
    note = "opdigtede " if data.is_synthetic("practices") else ""
    return f"De ni {note}kommuners sagstal på udsatteområdet spænder over {span} sager"
