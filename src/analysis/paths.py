"""Where the project's folders are."""

import os
from pathlib import Path


def project() -> Path:
    """Folder of the project: the one `ANALYSIS_HOME` names, else the one that this package was installed from."""
    return Path(os.environ.get("ANALYSIS_HOME") or Path(__file__).resolve().parents[2])


def raw() -> Path:
    """Folder of the deliveries, as they came."""
    return project() / "data" / "raw"


def processed() -> Path:
    """Folder of the tables that `prepare` writes."""
    return project() / "data" / "processed"


def reports() -> Path:
    """Folder that `publish` and the site write to."""
    return Path(os.environ.get("ANALYSIS_REPORTS") or project() / "reports")
