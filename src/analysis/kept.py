"""What is the same for every municipality, kept on disk while the collection is run: made once, not 98 times.

Only `rerun` names a folder for it (``ANALYSIS_KEPT``), another for other versions of packages. Elsewhere (in
JupyterLab, say, where code is edited while it runs) nothing is kept.
"""

import functools
import hashlib
import os
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import ParamSpec, TypeVar

from analysis import atomic, data
from analysis.own_code import code_digest

_Given = ParamSpec("_Given")
_Made = TypeVar("_Made")


def _folder() -> Path | None:
    named = os.environ.get("ANALYSIS_KEPT", "")
    return Path(named) if named else None


def content(kind: str, made_from: str, make: Callable[[], bytes]) -> bytes:
    """Return what `make` makes, made once for all that is made from the same text.

    Parameters
    ----------
    kind : str
        What is made, as "png".
    made_from : str
        Everything that the content depends on, beside code and packages.
    make : callable
        Makes it.
    """
    folder = _folder()
    if folder is None:
        return make()
    digest = hashlib.sha256(f"{kind}\n{code_digest()}\n{made_from}".encode()).hexdigest()
    file = folder / f"{digest}.{kind}"
    try:
        return file.read_bytes()
    except FileNotFoundError:
        folder.mkdir(parents=True, exist_ok=True)
        made = make()
        atomic.write(file, made)
        return made


def once(function: Callable[_Given, _Made]) -> Callable[_Given, _Made]:
    """Decorate a function of names and numbers that computes from the processed data: it computes once.

    Its result is kept for as long as the processed data is the same: in this process, and in the folder where there is
    one. Results are shared: nobody may change them.
    """

    @functools.lru_cache(maxsize=64)
    def computed(digest: str, *given: _Given.args, **named: _Given.kwargs) -> _Made:
        said = (
            f"{function.__module__}.{function.__qualname__}\n{given!r}\n{sorted(named.items())!r}\n{digest}"
        )
        return pickle.loads(content("pickle", said, lambda: pickle.dumps(function(*given, **named))))

    @functools.wraps(function)
    def wrapper(*given: _Given.args, **named: _Given.kwargs) -> _Made:
        return computed(data.digest(), *given, **named)

    return wrapper
