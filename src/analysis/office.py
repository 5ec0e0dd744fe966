"""Office packages and zip files whose bytes depend on nothing but what is in them."""

import datetime
import io
import re
import zipfile

# A fixed day: a re-run must give the same bytes, and when a file was made is in the file system.
FIXED_DATE = datetime.datetime(2000, 1, 1)
_DATES = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(</dcterms)")
_ZIP_DATE = (1980, 1, 1, 0, 0, 0)


def fixed(content: bytes) -> bytes:
    """Return an Office package with the same members, no date of its own, and Danish as its language."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        members = {name: package.read(name) for name in package.namelist()}
    date = FIXED_DATE.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    for name, member in members.items():
        if name.endswith(".xml"):
            members[name] = member = member.replace(b'lang="en-US"', b'lang="da-DK"')
        if name.endswith(".xlsx"):
            members[name] = fixed(member)
        elif name == "docProps/core.xml":
            members[name] = _DATES.sub(rb"\g<1>" + date + rb"\g<2>", member)
    return zipped(members)


def zipped(members: dict[str, bytes]) -> bytes:
    """Return a zip of members whose bytes depend on nothing but names and contents."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in members.items():
            entry = zipfile.ZipInfo(name, _ZIP_DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            package.writestr(entry, content)
    return written.getvalue()
