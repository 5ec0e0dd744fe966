"""Text files with delimiters, whatever encoding and delimiter they came in, as tables of text."""

import codecs
import csv
import re
from pathlib import Path

import pyarrow as pa
import pyarrow.csv

DELIMITERS = ";\t,|"
# UTF-8 letters read as cp1252: æ ø å Æ Ø Å é ö ü
MOJIBAKE = re.compile("Ã[¦¸¥†˜…©¶¼]")
CHUNK = 1 << 20


def read_delimited(path, delimiter=None) -> pa.Table:
    """Read a delimited file with a header row as text; an empty field is null.

    Raises
    ------
    ValueError
        An empty file, an encoding that does not hold throughout, a name used twice, rows with too many or
        too few fields.
    """
    path = existing_file(path)
    encoding = sniff_encoding(path)
    skipped, header_text = first_line(path, encoding)
    delimiter = delimiter or skipped or sniff_delimiter(header_text)
    names = header_names(path, encoding, delimiter, 1 if skipped else 0)
    table, rejected = parse(path, encoding, delimiter, names, 1 if skipped else 0)
    if rejected and only_phantom_delimiters(rejected, delimiter):
        table = parse_row_by_row(path, encoding, delimiter, names, 1 if skipped else 0)
    elif rejected:
        raise ValueError(ragged_message(path, rejected, table.num_rows))
    return without_nameless(table, path)


def existing_file(path) -> Path:
    """The path, if it is a file with something in it."""
    path = Path(path)
    if path.is_dir():
        raise ValueError(f"`{path.name}` must be a file, but is a folder. Name the file in it.")
    if not path.exists():
        raise FileNotFoundError(f"`{path}` must be a file, but there is none. Check the name and the folder.")
    if path.stat().st_size == 0:
        raise ValueError(f"`{path.name}` must hold data, but is empty (0 bytes). Ask for the delivery again.")
    return path


def sniff_encoding(path) -> str:
    """Encoding of the whole file: by its BOM, else strict UTF-8, else cp1252; read in pieces.

    Raises
    ------
    ValueError
        When none holds throughout, or when the file mixes UTF-8 and cp1252.
    """
    with Path(path).open("rb") as stream:
        start = stream.read(4)
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if start.startswith(mark):
            return checked_encoding(path, encoding)
    if first_failure(path, "utf-8") is None:
        return checked_encoding(path, "utf-8")
    return checked_encoding(path, "cp1252")


def checked_encoding(path, encoding) -> str:
    """The encoding, if every byte of the file can be read by it."""
    failure = first_failure(path, encoding)
    if failure is not None:
        raise ValueError(
            f"`{Path(path).name}` must be text in one encoding, but byte {failure} is not {encoding}. The "
            "file is damaged, or put "
            "together from several files: ask for the delivery again, or save it as CSV UTF-8."
        )
    return encoding


def first_failure(path, encoding) -> int | None:
    """Position of the first bytes that the encoding does not explain (to within a megabyte), or None."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    position = 0
    with Path(path).open("rb") as stream:
        while True:
            piece = stream.read(CHUNK)
            try:
                text = decoder.decode(piece, final=not piece)
            except UnicodeDecodeError as error:
                return position + error.start
            if "\0" in text or (encoding == "cp1252" and MOJIBAKE.search(text)):
                return position
            if not piece:
                return None
            position += len(piece)


def first_line(path, encoding) -> tuple[str | None, str]:
    """Delimiter that Excel's `sep=` line names (or None), and the header line."""
    with Path(path).open(encoding=encoding, newline="") as stream:
        line = stream.readline(CHUNK)
        told = re.fullmatch(r"sep=(.)[\r\n]*", line)
        line = stream.readline(CHUNK) if told else line
        while line and not line.strip("\r\n"):
            line = stream.readline(CHUNK)
        return (told[1] if told else None), line


def sniff_delimiter(line: str) -> str:
    """The delimiter that a header line has most of, outside quotes; a comma if it has none."""
    unquoted = re.sub(r'"[^"]*"', "", line)
    counts = {delimiter: unquoted.count(delimiter) for delimiter in DELIMITERS}
    best = max(counts, key=counts.get)
    return best if counts[best] else ","


def rows(path, encoding, delimiter):
    """Rows of a small file, as lists of text."""
    with Path(path).open(encoding=encoding, newline="") as stream:
        try:
            yield from csv.reader(stream, delimiter=delimiter)
        except csv.Error as error:
            raise ValueError(
                f"`{Path(path).name}` must be a delimited text file, but {error}. Ask for it again."
            ) from error


def header_names(path, encoding, delimiter, skip) -> list[str]:
    """Names in the header, as they stand."""
    found = rows(path, encoding, delimiter)
    for _ in range(skip):
        next(found, None)
    return next((row for row in found if row), [])


def parse(path, encoding, delimiter, names, skip) -> tuple[pa.Table, list]:
    """All rows with as many fields as the header has, and the others."""
    rejected = []

    def reject(row):
        rejected.append(row)
        return "skip"

    try:
        table = pyarrow.csv.read_csv(
            path,
            # one thread: row numbers are known only then; a block must hold the longest row
            pyarrow.csv.ReadOptions(
                encoding=encoding, skip_rows=skip, use_threads=False, block_size=16 * CHUNK
            ),
            pyarrow.csv.ParseOptions(
                delimiter=delimiter, newlines_in_values=True, invalid_row_handler=reject
            ),
            pyarrow.csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=True, null_values=[""]
            ),
        )
    except pa.ArrowInvalid as error:
        raise ValueError(
            f"`{Path(path).name}` must be a table with {len(names)} columns, but could not be read as one "
            f"({str(error)[:80]}). "
            "Ask for the delivery again, or save it as CSV UTF-8."
        ) from error
    if any(kind != pa.string() for kind in table.schema.types):
        raise ValueError(
            f"`{Path(path).name}` must begin with a header, but its first row is none. Add the header."
        )
    return table, rejected


def only_phantom_delimiters(rejected, delimiter) -> bool:
    """Whether the rows that do not fit have nothing but empty fields too many."""
    return all(
        row.actual_columns > row.expected_columns
        and row.text.rstrip("\r\n").endswith(delimiter * (row.actual_columns - row.expected_columns))
        for row in rejected
    )


def parse_row_by_row(path, encoding, delimiter, names, skip) -> pa.Table:
    """All rows, without the empty fields after the last column."""
    found = [row[: len(names)] for row in rows(path, encoding, delimiter) if row][skip + 1 :]
    columns = zip(*found, strict=True)
    return pa.table(
        [pa.array([field or None for field in column], pa.string()) for column in columns], names=names
    )


def ragged_message(path, rejected, good) -> str:
    """Tell of rows that have another number of fields than the header."""
    first = rejected[0]
    return (
        f"`{Path(path).name}` must have {first.expected_columns} fields in each row, but {len(rejected)} of "
        f"{good + len(rejected)} "
        f"rows have not (first: row {first.number} has {first.actual_columns}). The file may be cut off, or "
        "a text holds "
        "the delimiter without quotes: ask for the delivery again."
    )


def without_nameless(table: pa.Table, path) -> pa.Table:
    """The table without empty nameless columns; names stripped, and each used once.

    Raises
    ------
    ValueError
        A column with values but no name, or a name used twice.
    """
    names = [name.strip() for name in table.column_names]
    for position, name in enumerate(names):
        if not name and table.column(position).null_count < table.num_rows:
            raise ValueError(
                f"`{Path(path).name}` must have a name for each column, but column {position + 1} has values "
                "and no name. Name it."
            )
    repeated = [name for name in dict.fromkeys(names) if name and names.count(name) > 1]
    if repeated:
        raise ValueError(
            f"`{Path(path).name}` must name each column once, but {len(repeated)} of {len(names)} names are "
            "used more than once "
            f"(first: `{repeated[0]}`). Rename or remove the repeated columns."
        )
    kept = [position for position, name in enumerate(names) if name]
    if not kept:
        raise ValueError(
            f"`{Path(path).name}` must have a header with names, but its first row has none. Add the header."
        )
    return table.select(kept).rename_columns([names[position] for position in kept])
