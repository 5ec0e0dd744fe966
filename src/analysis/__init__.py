"""Helper package that the notebooks import."""

from analysis.mistakes import shorten

shorten()
