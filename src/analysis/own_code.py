"""What everything is made with: this package, and the lists that it reads."""

import functools
import hashlib
from pathlib import Path

from analysis import paths


@functools.cache
def code_digest() -> str:
    """Return the sha256 of what figures are made with: all files of `analysis` and the lists in ``data/``."""
    package = Path(__file__).resolve().parent
    own = [path for path in package.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    named = {path.relative_to(package).as_posix(): path for path in own}
    named |= {f"data/{path.name}": path for path in (paths.project() / "data").glob("*.csv")}
    digest = hashlib.sha256()
    for name in sorted(named):
        digest.update(f"{name}\n".encode())
        digest.update(hashlib.sha256(named[name].read_bytes()).digest())
    return digest.hexdigest()
