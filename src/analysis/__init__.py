"""Helper package that the notebooks import."""
