"""Danish prose, one template a notebook: Python hands the numbers, a template makes the sentences.

A template is a file ``NN_subject.j2`` of macros, one a paragraph, list or headline; those that begin with ``_`` help
the others. What a macro may use beside the values that it is given: numbers (``number``, ``percent``, ``interval``,
``percents``), places (``at``, ``plural``), grammar (``words``, ``neuter``, ``listed``, ``of``, ``capital``, ``small``)
and what the sources say (``statement``, ``report``, ``published``).
"""

import functools
import re
from pathlib import Path

import jinja2
from jinja2.runtime import Macro

from analysis import danish, municipalities
from analysis.danish import first_lower as small
from analysis.texts import sources

_NUMBERS = ("ingen", "én", "to", "tre", "fire", "fem", "seks", "syv", "otte", "ni", "ti", "elleve", "tolv")
_LIST = re.compile(r"(- |\d+\. |\||#)")


def in_words(number: float) -> str:
    """A count in words up to twelve, as Danish prose has it."""
    return _NUMBERS[int(number)] if number < len(_NUMBERS) else danish.number(number)


def neuter(count: int) -> str:
    """A count in words before a neuter noun: "ét tema", "intet fund"."""
    return {0: "intet", 1: "ét"}.get(count, in_words(count))


def of(count: int, known: int) -> str:
    """How many of the visited municipalities: "fire af de ni", "alle ni", "ingen af de ni"."""
    return f"alle {in_words(known)}" if count == known else f"{in_words(count)} af de {in_words(known)}"


@functools.cache
def _environment() -> jinja2.Environment:
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,  # noqa: S701 - Markdown and plain text; pages escape what they show
    )
    made.filters |= {
        "number": danish.number,
        "percent": danish.percent,
        "words": in_words,
        "neuter": neuter,
        "listed": danish.join_words,
        "capital": danish.first_upper,
        "small": small,
        "genitive": danish.genitive,
        "at": danish.locate,
        "plural": danish.plural,
    }
    made.globals |= {
        "interval": danish.interval,
        "percents": danish.percent_interval,
        "of": of,
        "is_country": municipalities.is_country,
        "is_group": municipalities.is_group,
        "statement": sources.statement,
        "report": sources.report,
        "published": sources.published,
    }
    return made


def pieces(notebook: str) -> list[str]:
    """The pieces of text that a notebook's template holds."""
    exported = _environment().get_template(f"{notebook}.j2").make_module({}).__dict__
    return [name for name, macro in exported.items() if isinstance(macro, Macro)]


def say(notebook: str, piece: str, **values) -> str:
    """What a piece of a notebook's template says of some values.

    Parameters
    ----------
    notebook : str
        Name of the notebook, as "02_caseload".
    piece : str
        Name of the macro.
    **values
        What it speaks of: numbers, rows, places.

    Returns
    -------
    str
        Danish; paragraphs are one line each, with a blank line between them; lists and tables keep their lines.

    Raises
    ------
    KeyError
        If the template has no such piece.
    jinja2.UndefinedError
        If the piece speaks of a value that it isn't given.
    """
    if piece not in pieces(notebook):
        raise KeyError(
            f"`{piece}` must be a macro of {notebook}.j2 ({', '.join(pieces(notebook))}). Add it there."
        )
    if both := sorted(set(values) & set(pieces(notebook))):
        raise KeyError(f"`{both[0]}` must be a value or a macro of {notebook}.j2, but is both. Rename one.")
    return "\n\n".join(
        filter(None, map(_paragraph, re.split(r"\n[ \t]*\n", _rendered(notebook, piece, values))))
    )


def _rendered(notebook: str, piece: str, values: dict) -> str:
    return getattr(_environment().get_template(f"{notebook}.j2").make_module(values), piece)()


def _paragraph(text: str) -> str:
    lines = [re.sub(r"[ \t]+", " ", line).strip() for line in text.splitlines()]
    lines = [line for line in lines if line]
    return ("\n" if lines and all(map(_LIST.match, lines)) else " ").join(lines)
