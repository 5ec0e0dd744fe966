"""Text files with delimiters, whatever encoding and delimiter they came in, as rows of text."""

import codecs
import csv
import io
import re
from array import array
from collections import Counter
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv

from analysis.readers.kinds import existing_file, kind_by_content

DELIMITERS = ";\t,|"
NO_DELIMITER = "\x1f"
CHUNK = 1 << 20
SAMPLE = 1 << 16
FIELD_LIMIT = 1 << 24
# UTF-8 letters read as cp1252: æ ø å Æ Ø Å é ö ü
MOJIBAKE = re.compile("Ã[¦¸¥†˜…©¶¼]")
UTF8_LETTER = re.compile(rb"\xc3[\xa6\xb8\xa5\x86\x98\x85\xa9\xb6\xbc]")
TWICE = "utf-8 twice"
# the longer one first: its mark begins with the other's
BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
WIDE_ENCODINGS = ("utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be")
# what old programs write behind a text, and fill its last block with
END = "\x1a\0"
OLD_ENCODINGS = ("cp1252", "cp850", "mac_roman")
LETTERS = "æøåéöüäèóáëíúñçß"
# signs that Danish texts have, beside letters
SIGNS = set("§½¼¾€£«»´·°²³–—‘’“”„…•™©®\xa0")
PLAIN_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?")
# one number, with blanks for thousands
GROUPED = re.compile(r"[+-]?\d{1,3}( \d{3})+([.,]\d+)?")
WORD = re.compile(rb"[A-Za-z\x80-\xff]+")


def sniff_encoding(path) -> str:
    """Encoding of the whole file: by its BOM, else strict UTF-8 (once or twice), else the old one that explains it."""
    with Path(path).open("rb") as stream:
        start = stream.read(SAMPLE)
    marked = next((encoding for mark, encoding in BYTE_ORDER_MARKS if start.startswith(mark)), None)
    if encoding := marked or wide_encoding(start):
        return checked_encoding(path, encoding)
    if first_failure(path, "utf-8") is None:
        return TWICE if is_twice_encoded(path) else "utf-8"
    return checked_encoding(path, old_encoding(path))


def wide_encoding(sample) -> str | None:
    """The Unicode of two or four bytes a character that makes Latin text of a sample without a mark, if one does."""
    sample = sample.rstrip(b"\0\x1a") + bytes(4)
    for encoding in WIDE_ENCODINGS if b"\0" in sample[:-4] else ():
        text = sample[: len(sample) // 4 * 4].decode(encoding, "replace").rstrip(END)
        if text and sum("\0" < char < "\u0250" for char in text) > 0.9 * len(text):
            return encoding
    return None


def checked_encoding(path, encoding) -> str:
    """The encoding, if every byte of the file can be read by it."""
    failure = first_failure(path, encoding)
    if failure is not None:
        raise ValueError(
            f"`{Path(path).name}` must be text in one encoding, but at byte {failure} it is no text in {encoding}. The "
            "file is damaged, not copied whole, or put together from several files: ask for the delivery again, or "
            "save it as CSV UTF-8."
        )
    return encoding


def first_failure(path, encoding) -> int | None:
    """Position of the first bytes that the encoding does not explain (to within a megabyte), or None."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    position, last, end = 0, "\n", ""
    with Path(path).open("rb") as stream:
        while True:
            piece = stream.read(CHUNK)
            try:
                text = decoder.decode(piece, final=not piece)
            except UnicodeDecodeError as error:
                return position + error.start
            if encoding in OLD_ENCODINGS and UTF8_LETTER.search(piece):
                return position
            body = text.rstrip(END)
            if "\0" in body or (body and "\0" in end):
                return position
            last, end = body[-1:] or last, text[len(body) :] if body else end + text
            if not piece:
                # in the middle of a line, what fills the end may stand for rows that are lost
                return position if end.startswith("\0") and last not in "\r\n" else None
            position += len(piece)


def is_twice_encoded(path) -> bool:
    """Whether a file is UTF-8 that was taken for cp1252 and encoded once more, throughout."""
    with Path(path).open("rb") as stream:
        has_signs = any(
            MOJIBAKE.search(piece.decode("utf-8", "ignore"))
            for piece in iter(lambda: stream.read(CHUNK), b"")
        )
    if not has_signs:
        return False
    try:
        decoded_twice(Path(path).read_bytes())
    except UnicodeError:
        return False
    return True


def decoded_twice(content) -> str:
    """Text of bytes that are UTF-8 of UTF-8."""
    # cp1252 leaves five bytes open, which programs pass through
    inner = [
        char.encode("latin-1" if "\x80" <= char < "\xa0" else "cp1252") for char in content.decode("utf-8")
    ]
    return b"".join(inner).decode("utf-8")


def old_encoding(path) -> str:
    """Which of the old encodings makes Danish words of the bytes that are no ASCII; cp1252 if none does better."""
    words = Counter()
    with Path(path).open("rb") as stream:
        while (piece := stream.read(CHUNK)) and len(words) < 10_000:
            words.update(odd_words(piece))
    return old_encoding_of(words)


def odd_words(content) -> list[bytes]:
    """Words of some bytes that are not all ASCII."""
    return [word for word in WORD.findall(content) if not word.isascii()]


def old_encoding_of(words) -> str:
    """The old encoding in which the words (bytes -> count) are likeliest."""
    scores = {
        encoding: sum(likelihood(word.decode(encoding, "replace")) * count for word, count in words.items())
        for encoding in OLD_ENCODINGS
    }
    return max(scores, key=scores.get)


def likelihood(word) -> int:
    """How like a Danish word: a point a Danish letter, none a sign at its place, minus for what no word has."""
    points = 0
    for place, char in enumerate(word):
        if char.isascii():
            continue
        inside = 0 < place < len(word) - 1 and word[place - 1].isalpha() and word[place + 1].isalpha()
        if char.lower() in LETTERS:
            points += -1 if char.isupper() and word[:place][-1:].islower() else 2
        elif char not in SIGNS or (inside and char not in "’´"):
            points -= 2
    return points


def lines(stream):
    """Lines of a file, without what stands for its end behind the last."""
    return (line for raw in stream if (line := raw.rstrip(END)))


def open_text(path, encoding):
    """The file as a stream of text, line ends as they are."""
    if encoding == TWICE:
        return io.StringIO(decoded_twice(Path(path).read_bytes()), newline="")
    return Path(path).open(encoding=encoding, newline="")


def rows(path, delimiter=None):
    """Rows of a file as lists of text, blank ones as empty lists; Excel's `sep=` line is no row."""
    path = existing_file(path)
    refuse_other_kinds(path)
    encoding = sniff_encoding(path)
    told, found = told_delimiter(path, encoding)
    delimiter = delimiter or found
    csv.field_size_limit(FIELD_LIMIT)
    with open_text(path, encoding) as stream:
        if told:
            stream.readline()
        found = csv.reader(lines(stream), delimiter=delimiter, strict=True)
        number = 1
        try:
            for row in found:
                number += 1
                yield row
        except csv.Error as error:
            raise ValueError(
                f"`{path.name}` must close each quote before the next delimiter, but row {number} (about "
                f"line {found.line_num}) does not ({error}). A text there begins with a quote of its own: ask for "
                "the delivery again with quotes doubled, or save it as .xlsx."
            ) from error


def columns_at_once(path) -> tuple[pa.Table, np.ndarray] | None:
    """Columns of text and row numbers of a file whose rows all have as many fields; None if they have not.

    Every row is looked at, as `rows` does; its fields are taken by a faster reader.
    """
    path = existing_file(path)
    refuse_other_kinds(path)
    encoding = sniff_encoding(path)
    told, delimiter = told_delimiter(path, encoding)
    widths, numbers = set(), array("q")
    for count, width in enumerate(row_widths(path, encoding, told, delimiter), start=1):
        if width:
            widths.add(width)
            numbers.append(count)
    if len(widths) != 1 or encoding == TWICE or has_end(path):
        return None
    names = [str(place) for place in range(widths.pop())]
    try:
        table = pyarrow.csv.read_csv(
            path,
            # a block must hold the longest row
            pyarrow.csv.ReadOptions(
                encoding=encoding,
                skip_rows=int(told),
                column_names=names,
                use_threads=False,
                block_size=16 * CHUNK,
            ),
            pyarrow.csv.ParseOptions(delimiter=delimiter, newlines_in_values=True),
            pyarrow.csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=True, null_values=[""]
            ),
        )
    except pa.ArrowInvalid:
        return None
    return (table, np.array(numbers, dtype=np.int64)) if table.num_rows == len(numbers) else None


def has_end(path) -> bool:
    """Whether a file may have something behind its text that stands for its end."""
    with path.open("rb") as stream:
        stream.seek(max(0, path.stat().st_size - 4))
        end = stream.read()
    return b"\x1a" in end or end.endswith(b"\0\0")


def row_widths(path, encoding, told, delimiter):
    """Number of fields of each row, 0 of an empty one."""
    with path.open("rb") as stream:
        # of UTF-16 too, a quote is this byte
        has_quotes = any(b'"' in piece for piece in iter(lambda: stream.read(CHUNK), b""))
    if has_quotes or encoding == TWICE:
        yield from map(len, rows(path, delimiter))
        return
    with open_text(path, encoding) as stream:
        if told:
            stream.readline()
        for line in lines(stream):
            yield line.count(delimiter) + 1 if line.strip("\r\n") else 0


def told_delimiter(path, encoding) -> tuple[bool, str]:
    """Whether Excel's `sep=` line is there, and the delimiter that it tells, else the one found."""
    with open_text(path, encoding) as stream:
        sample = stream.read(SAMPLE)
    told = re.match(r"sep=(.)\r?(?:\n|$)", sample)
    if not told and (columns := columns_by_blanks(sample)):
        raise ValueError(
            f"`{Path(path).name}` must have a delimiter between its columns, but its {columns} columns stand apart by "
            "blanks only. Open it in Excel (Data, From text, fixed width or blank), and save it as .xlsx; or ask for "
            "it with semicolons."
        )
    return bool(told), told[1] if told else sniff_delimiter(sample)


def refuse_other_kinds(path) -> None:
    """Raise if a text file by name is another by content."""
    if kind := kind_by_content(path):
        raise ValueError(
            f"`{path.name}` must be a text file with delimiters, but is {kind}. Give it its own ending, or open "
            "it in the program that it is of and save it as .xlsx or CSV UTF-8."
        )


def columns_by_blanks(sample: str) -> int:
    """How many columns blanks set apart, where no delimiter does and some of them hold numbers; else 0."""
    found = [line.strip() for line in sample.rstrip(END).splitlines()[:50] if line.strip()]
    if len(found) < 3 or any(d in found[0] for d in DELIMITERS) or all(map(GROUPED.fullmatch, found[1:])):
        return 0
    for gap in (" +", "  +"):
        parts = [re.split(gap, line) for line in found]
        below = list(zip(*parts[1:], strict=False))
        if {len(part) for part in parts} == {len(below)} and len(below) > 1:
            return len(below) if any(all(map(PLAIN_NUMBER.fullmatch, cells)) for cells in below) else 0
    return 0


def header_delimiter(line: str) -> str:
    """The delimiter that a header has most of, outside quotes; a comma if it has none."""
    unquoted = re.sub(r'"[^"]*"', "", line)
    return max(",", *DELIMITERS, key=unquoted.count)


def sniff_delimiter(sample: str) -> str:
    """The delimiter that the header and the line below have alike, else the one that most lines have alike."""
    unquoted = re.sub(r'"[^"]*"', "", sample.replace('""', ""))
    lines = [line for line in re.split(r"[\r\n]+", unquoted) if line.strip()][:50]
    if not lines:
        return NO_DELIMITER
    header = {delimiter: lines[0].count(delimiter) for delimiter in DELIMITERS}
    alike = {d: n for d, n in header.items() if n and lines[1:2] and lines[1].count(d) == n}
    if alike:
        return max(alike, key=alike.get)
    shared = {}
    for delimiter in DELIMITERS:
        count, times = Counter(line.count(delimiter) for line in lines[1:] or lines).most_common(1)[0]
        if count and 2 * times > len(lines[1:] or lines):
            shared[delimiter] = count
    if shared:
        return max(shared, key=shared.get)
    return max(header, key=header.get) if any(header.values()) else NO_DELIMITER
