"""One system of commas in all Danish: none before a clause that begins with der, som, at, når, hvis …

The few patterns that are certain; a list ("på, hvordan … og hvad …") may have its commas.
"""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILES = [
    *(file for kind in ("py", "j2", "html", "typ", "js") for file in ROOT.glob(f"src/**/*.{kind}")),
    *(ROOT / "docs" / f"{name}.md" for name in ("vejledning", "databeskyttelse", "egne_figurer", "galleri")),
    *ROOT.glob("data/*.csv"),
    *ROOT.glob("notebooks/*.ipynb"),
]
_BEFORE = (
    "det|den|dem|de|alt|alle|noget|nogen|en|et|én|tal|svar|siger|betyder|viser|for|om|på|af|kommuner?|grupper"
)
# a string of a source file may go on in the next line
_GAP = r"""(?: |\n *|[ ]?"\n\s*f?"[ ]?)"""
START_COMMA = re.compile(
    rf",{_GAP}(?:når|hvis|fordi|medmindre)\s|\b(?:{_BEFORE}),{_GAP}(?:der|som|at|hvor)\s", re.IGNORECASE
)


def test_no_clause_has_a_comma_before_it():
    found = [
        (file.name, text[max(0, found.start() - 30) : found.end() + 20])
        for file in FILES
        for text in [file.read_text(encoding="utf-8")]
        for found in START_COMMA.finditer(text)
    ]
    assert found == []


@pytest.mark.parametrize(
    "wrong",
    ["de, der har svaret", "vises, når der", "siger, at der", 'det, "\n    "som ellers', "tal,\nder kan"],
)
def test_the_other_system_is_seen(wrong):
    assert START_COMMA.search(wrong)


@pytest.mark.parametrize("right", ["svar, også når", "hviler på, hvordan", "De som er her, kan"])
def test_lists_and_additions_keep_theirs(right):
    assert not START_COMMA.search(right)
