"""Writing a file so that a reader sees the old one or the whole new one, never half."""

import os
import tempfile
from pathlib import Path


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
