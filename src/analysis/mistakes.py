"""A mistake of a notebook's writer, told by this package, is one message in JupyterLab, not a traceback."""

import os
import sys
import traceback
from pathlib import Path
from types import TracebackType

_PACKAGE = Path(__file__).resolve().parent


def is_told_here(trace: TracebackType | None) -> bool:
    """Whether an error was raised by a line of this package, and so says what to do; others keep their traceback."""
    frames = traceback.extract_tb(trace)
    return bool(frames) and Path(frames[-1].filename).is_relative_to(_PACKAGE)


def _short(shell, kind: type, error: BaseException, trace: TracebackType | None, tb_offset=None) -> list[str]:
    if not is_told_here(trace):
        shell.showtraceback((kind, error, trace), tb_offset=tb_offset)
        return []
    message = error.args[-1] if isinstance(error, KeyError) and error.args else error
    lines = [f"{kind.__name__}: {message}"]
    shell._showtraceback(kind, error, lines)
    return lines


def shorten() -> None:
    """Have the notebook that imports this package show its own errors short; a run of the collection keeps all."""
    module = sys.modules.get("IPython")
    shell = module.get_ipython() if module else None
    if shell and not os.environ.get("ANALYSIS_RUN"):
        shell.set_custom_exc((ValueError, KeyError, TypeError, OSError), _short)
