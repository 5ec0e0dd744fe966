"""What the demonstration data is calibrated to, and what it assumes."""

from functools import cache

import pandas as pd

from analysis import files


def read_manifest() -> pd.DataFrame:
    """The manifest, one row a quantity: key, kind (calibrated, assumed), value, published_id, explanation."""
    return pd.read_csv(files.project() / "data" / "synthetic_manifest.csv", sep=";", keep_default_na=False)


@cache
def _values() -> dict[str, float]:
    manifest = read_manifest()
    return dict(zip(manifest["key"], manifest["value"].astype(float), strict=True))


def value(key: str) -> float:
    """The value of one quantity of the manifest."""
    return _values()[key]
