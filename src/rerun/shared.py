"""Where runs keep what is the same for every place (`analysis.kept`): one folder a state of code, data and versions."""

import functools
import hashlib
import json
import shutil
import time
from pathlib import Path

from analysis import data, paths, provenance

_DAY = 24 * 3600  # seconds; a younger folder may be that of a batch that runs beside this one


def _folders() -> Path:
    return paths.project() / ".cache" / "kept"


def folder() -> Path:
    """Return the folder of the state as it is now; it need not be there yet."""
    return _folders() / _state(data.digest())[:16]


@functools.cache
def _state(data_digest: str) -> str:
    said = [data_digest, provenance.code_digest(), provenance.packages()]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def forget_others() -> None:
    """Remove what other states have kept, unless it was made within a day."""
    for other in _folders().glob("*"):
        if other != folder() and time.time() - other.stat().st_mtime > _DAY:
            shutil.rmtree(other, ignore_errors=True)
