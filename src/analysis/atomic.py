"""Writing a file so that a reader sees the old one or the whole new one, never half."""

import os
import re
import tempfile
from pathlib import Path

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


def abandoned(folder: Path) -> list[Path]:
    """Files that were begun in a folder, and never came to their place: whoever wrote them was killed."""
    return sorted(file for file in folder.glob(".*") if file.is_file() and _BESIDE.fullmatch(file.name))
