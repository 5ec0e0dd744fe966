"""What a file is, by its name and its first bytes, and what to do with one that no reader is for."""

import re
from pathlib import Path

TEXT_FILES = (".csv", ".txt", ".tsv")
# what programs keep beside a file that somebody has open or has copied
BESIDE = {
    r"~\$(.+)": "the lock that Excel keeps while `{}` is open",
    r"\.~lock\.(.+)#": "the lock that LibreOffice keeps while `{}` is open",
    r"\._(.+)": "what a Mac keeps beside `{}`",
}
ARCHIVE = "an Excel workbook or another zip archive"
OLD = "an old Excel workbook"
MARKS = {
    rb"PK(\x03\x04|\x05\x06)": ARCHIVE,
    rb"\xd0\xcf\x11\xe0": OLD,
    rb"\$FL[23]@": "an SPSS file",
    rb"<stata_dta>|[\x69-\x73][\x01\x02]\x01": "a Stata file",
    rb"\x00{12}\xc2\xea\x81\x60|HEADER RECORD\*{7}LI": "a SAS file",
    rb"RD[AX][23]\n|[XAB]\n\0\0\0[\2\3]": "a file of R",
    rb"PAR1[\0-\x1f]|ARROW1\0|FEA1[\0-\x1f]": "a Parquet or Arrow file",
    rb"SQLite format 3\0|\x00\x01\x00\x00Standard (Jet|ACE)": "a database",
    rb"\x1f\x8b|7z\xbc\xaf|Rar!\x1a|BZh\d1AY|\xfd7zXZ": "a packed file",
    rb"%PDF": "a PDF",
    rb"\{\\rtf": "a document",
    rb"MIME-Version:": "a web page",
    rb"<\?xml.*?<\?mso-application progid=\"Excel|<(\w+:)?Workbook\b": "an Excel workbook as XML (of 2003)",
    rb"<(!doctype html|html|head|meta|body|style|table|\?xml|\w+:)": "a page of HTML or XML",
    rb"[\[{]\s*[\[{\"]": "JSON",
}
TEXT = "If it is text with delimiters, give it the ending .txt."
UNPACK = "Unpack it, and name the file (or the folder of a SurveyXact export) that is in it."
DOCUMENT = "A table in a document may be cut or typed: ask for the data itself, as .xlsx or .csv."
SAVE = "Open it in the program that wrote it, and save it as .xlsx or .csv."
STATISTICS = "Open it in the program that wrote it, and save it as SPSS (.sav) or .csv."
PROGRAM = "It is a program or a list of columns, and holds no answers: ask for the data file that it is of."
WHOLE = "It was not downloaded whole, or is a link: get the file itself."
REFI = "Export it as REFI-QDA (.qdpx)."
# what to do with a file, by its ending
ADVICE = {
    suffix: advice
    for endings, advice in (
        (
            ".rds .rdata .rda",
            "Write it from R with haven::write_sav(), or write.csv2(fileEncoding = 'UTF-8').",
        ),
        (".zip .gz .tgz .tar .bz2 .xz .7z .rar", UNPACK),
        (".xlsb .xltx .xlt .xlk .numbers .fods .123 .wk1 .xml .html .htm .mht .dbf", SAVE),
        (".accdb .mdb .sqlite .db .sql", SAVE),
        (".jmp .omv .jasp .mtw .pzfx .sd2 .sas7bvew", STATISTICS),
        (
            ".sas7bcat",
            "It holds the labels of a SAS file, not its answers: name the .sas7bdat, or ask for .sav, which has both.",
        ),
        (".sps .sas .do .dct .r .spv .spo .lss .lsq .qsf", PROGRAM),
        (".lsa", "Export the answers from LimeSurvey as CSV or Excel."),
        (
            ".parquet .feather .arrow",
            "Write it from Python with to_csv(index=False), or from R with write.csv2().",
        ),
        (".json .jsonl .ndjson", "Ask for it as .csv or .xlsx, which the same programs can export."),
        (".pdf .docx .doc .rtf .odt .pptx .md .pages", DOCUMENT),
        (".msg .eml", "It is a letter: save the file that is attached to it, and name that."),
        (".dat .asc .prn .tab .log .data", TEXT),
        (".mx18 .mx20 .mx22 .mx24 .mex22 .mex24 .nvp .nvpx .atlproj .atlcb .hpr7 .qrk .qda .qpdx", REFI),
        (".crdownload .part .tmp .url .lnk .webloc .gsheet .download", WHOLE),
    )
    for suffix in endings.split()
}


def existing_file(path) -> Path:
    """The path, if it is a file with something in it, and not what a program keeps beside one.

    Raises
    ------
    FileNotFoundError, ValueError
        None there; a folder, an empty file, the lock of another file.
    """
    path = Path(path)
    if path.is_dir():
        raise ValueError(f"`{path.name}` must be a file, but is a folder. Name the file in it.")
    if not path.exists():
        raise FileNotFoundError(f"`{path}` must be a file, but there is none. Check the name and the folder.")
    for pattern, what in BESIDE.items():
        if found := re.fullmatch(pattern, path.name):
            raise ValueError(
                f"`{path.name}` must be the delivery itself, but is {what.format(found[1])}. Name `{found[1]}`, and "
                "close it first where it is open."
            )
    if path.stat().st_size == 0:
        raise ValueError(f"`{path.name}` must hold data, but is empty (0 bytes). Ask for the delivery again.")
    return path


def kind_by_content(path) -> str:
    """What a file is by its first bytes; nothing if they do not tell, as those of text don't."""
    with Path(path).open("rb") as stream:
        start = stream.read(512)
    # the same in Unicode of two bytes, or behind its mark
    bare = re.sub(rb"^(\xef\xbb\xbf|\xff\xfe|\xfe\xff)|\0", b"", start).lstrip()
    found = (
        kind for mark, kind in MARKS.items() for some in (start, bare) if re.match(mark, some, re.I | re.S)
    )
    return next(found, "")


def advice_for(path) -> str:
    """What to do with a file that no reader is for, by its ending, else by its content."""
    suffix = Path(path).suffix.lower()
    if suffix in ADVICE:
        return ADVICE[suffix]
    kind = kind_by_content(path)
    return f"It looks like {kind}: give it its own ending, or ask for it in one of these." if kind else TEXT
