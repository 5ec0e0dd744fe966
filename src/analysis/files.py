"""Where the project's folders are."""

import functools
import hashlib
import os
import re
import tempfile
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


# Writing a file so that a reader sees the old one or the whole new one, never half.

_BESIDE = re.compile(r"\..+\.[a-z0-9_]{8}")


def write(path: Path, content: bytes) -> Path:
    """Write a file beside its place and move it there; the folder must exist."""
    handle, beside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as written:
            written.write(content)
        # mkstemp makes files that only their owner reads: give what an ordinary new file gets
        mask = os.umask(0)
        os.umask(mask)
        Path(beside).chmod(0o666 & ~mask)
        Path(beside).replace(path)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise
    return path


def link(file: Path, path: Path) -> Path:
    """Let a file stand in a second place, without a second copy where the file system can."""
    path.unlink(missing_ok=True)
    try:
        os.link(file, path)
    except OSError:  # another disk, or one that knows no links
        write(path, file.read_bytes())
    return path


def abandoned(folder: Path) -> list[Path]:
    """Files that were begun in a folder, and never came to their place: whoever wrote them was killed."""
    return sorted(file for file in folder.glob(".*") if file.is_file() and _BESIDE.fullmatch(file.name))


# What everything is made with: this package, and the lists that it reads.


def package_folder() -> Path:
    """Folder of the package `analysis`."""
    return Path(__file__).resolve().parent


@functools.cache
def code_digest() -> str:
    """Return the sha256 of what figures are made with: all files of `analysis` and the lists in ``data/``."""
    package = package_folder()
    own = [path for path in package.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    named = {path.relative_to(package).as_posix(): path for path in own}
    named |= {f"data/{path.name}": path for path in (project() / "data").glob("*.csv")}
    digest = hashlib.sha256()
    for name in sorted(named):
        digest.update(f"{name}\n".encode())
        digest.update(hashlib.sha256(named[name].read_bytes()).digest())
    return digest.hexdigest()
