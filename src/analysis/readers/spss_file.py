"""The bytes of an SPSS file, read in a process of its own: a damaged file can bring the C library down."""

import pickle
import subprocess
import sys
import tempfile
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pyreadstat

# a file states its own size: one that is made to fill the memory is turned down before it does
CELLS_LIMIT = 500_000_000
SECONDS_LIMIT = 600
SAID = ("variable_value_labels", "missing_ranges", "column_names_to_labels", "mr_sets")


def read_apart(path) -> tuple[pd.DataFrame, SimpleNamespace]:
    """Codes as numbers, user-missing ones among them, and what the file says of them.

    Raises
    ------
    ValueError
        A file that is no SPSS file, is cut off or damaged, or is larger than a survey is.
    """
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "read.pickle"
        command = [sys.executable, "-m", "analysis.readers.spss_file", str(path), str(target)]
        try:
            done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=SECONDS_LIMIT)
        except subprocess.TimeoutExpired as error:
            raise ValueError(damaged_message(path, f"reading took over {SECONDS_LIMIT} seconds")) from error
        if done.returncode or not target.exists():
            raise ValueError(damaged_message(path, "it brings the program that reads it down"))
        raw, said, error = pickle.loads(target.read_bytes())
    if error:
        raise ValueError(error)
    return raw, SimpleNamespace(**said)


def read_file(path):
    """Codes and what the file says of them, as the library gives them.

    Raises
    ------
    ValueError
        A file that is no SPSS file, is cut off, or is larger than a survey is.
    """
    for encoding in (None, "WINDOWS-1252"):
        try:
            _, said = pyreadstat.read_sav(path, metadataonly=True, encoding=encoding)
            check_size(said, path)
            return pyreadstat.read_sav(path, user_missing=True, encoding=encoding)
        except UnicodeDecodeError:
            continue
        except (
            pyreadstat.ReadstatError,
            pyreadstat.PyreadstatError,
            OverflowError,
            LookupError,
            TypeError,
        ) as error:
            # old files do not say how they are encoded
            if encoding is None and "convert" in str(error):
                continue
            raise ValueError(damaged_message(path, error)) from error
    raise ValueError(damaged_message(path, "its text is neither in the encoding it states nor in cp1252"))


def check_names(raw, path) -> None:
    """Raise if a column has no name, or the name of another."""
    names = list(raw.columns)
    wrong = [name for name in names if not isinstance(name, str) or not name or names.count(name) > 1]
    if wrong:
        raise ValueError(
            damaged_message(path, f"{len(wrong)} of {len(names)} names of columns are empty or repeated")
        )


def damaged_message(path, error) -> str:
    """Tell of a file that cannot be read."""
    return (
        f"`{path.name}` must be a whole SPSS file, but could not be read ({str(error)[:120]}). It may be "
        "cut off, or another format under this name: ask for the delivery again."
    )


def check_size(said, path) -> None:
    """Raise if the file states more cells than a survey has."""
    cells = (said.number_rows or 0) * (said.number_columns or 0)
    if cells > CELLS_LIMIT:
        raise ValueError(
            f"`{path.name}` must have at most {CELLS_LIMIT} cells, but states {cells} ({said.number_rows} "
            "rows). If it is right, ask for it in parts."
        )


def main(source, target) -> None:
    """Read one file, and leave the outcome in another: codes, what is said of them, or what is wrong."""
    try:
        raw, said = read_file(Path(source))
        check_names(raw, Path(source))
        outcome = raw, {name: getattr(said, name) for name in SAID}, ""
    except ValueError as error:
        outcome = None, {}, str(error)
    Path(target).write_bytes(pickle.dumps(outcome, protocol=5))


if __name__ == "__main__":
    main(*sys.argv[1:])
