"""What is hostile in a Word, Excel or PowerPoint file: macros, objects, what it fetches. Runs inside alone.

Invariants: it goes by what the parts are and by what the relations say, not by what parts are called; every part is
read once, within limits, and no XML that declares a document type is parsed.
"""

import io
import re
import zipfile
from collections.abc import Iterator
from typing import IO
from urllib.parse import unquote
from xml.parsers import expat

from apps.quarantine.office_text import Reading

MACROS, OBJECTS, REMOTE, DAMAGED, TOO_LARGE = "macros", "objects", "remote", "damaged", "large"
ENTRIES = 2_000
INFLATED = 400 * 1024 * 1024
RELATIONS = 4 * 1024 * 1024  # bytes of one part that names relations or types
PACKED = 50 * 1024 * 1024  # bytes of a part that is an archive itself
DEEPEST = 2  # a chart brings its workbook along; nothing is packed deeper
CHUNK = 256 * 1024
PLAIN = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # others unpack without a limit
COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # a file of the old kind: macros, and objects of any program
ARCHIVE = b"PK\x03\x04"
MACRO_TYPES = ("macroenabled", "vbaproject", "vbadata", "macrosheet")
MACRO_RELATIONS = {
    "vbaproject",
    "wordvbadata",
    "xlmacrosheet",
    "xlintlmacrosheet",
    "attachedtoolbars",
}
OBJECT_RELATIONS = {"oleobject", "control", "activexcontrolbinary", "afchunk"}
STARTS_PROGRAMS = re.compile(rb"DDEAUTO|[<:]ddeLink[\s/>]")
LONGEST_MARK = 16
HARMLESS = {"hyperlink"}  # followed by whoever clicks it
LOCAL = re.compile(r"(file:///?)?[a-z]:[\\/]", re.IGNORECASE)
REACHES_OUT = re.compile(r"([a-z][a-z0-9+.-]*:|[\\/]{2})", re.IGNORECASE)


class Hostile(Exception):
    """Carries what is."""


def look_into(file: IO[bytes], *, depth: int = 1) -> None:
    """Look at every part. Raises `Hostile`, `zipfile.BadZipFile` and its like for damage."""
    with zipfile.ZipFile(file) as archive:
        entries = archive.infolist()
        if len(entries) > ENTRIES or sum(entry.file_size for entry in entries) > INFLATED:
            raise Hostile(TOO_LARGE)
        for entry in entries:
            if entry.compress_type not in PLAIN:
                raise Hostile(DAMAGED)
            _look_at(archive, entry, depth)


def _look_at(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, depth: int) -> None:
    name = entry.filename.replace("\\", "/").lower()
    if name.endswith("vbaproject.bin"):
        raise Hostile(MACROS)
    with archive.open(entry) as part:
        head = part.read(len(COMPOUND))
        if head == COMPOUND:
            raise Hostile(MACROS if b"V\0B\0A\0" in part.read(RELATIONS) else OBJECTS)
    if head.startswith(ARCHIVE):
        _look_deeper(archive, entry, depth)
    elif name.endswith(".rels"):
        for tag, told in _tags(archive, entry):
            if tag == "Relationship":
                _check_relation(told)
    elif name.rpartition("/")[2] == "[content_types].xml":
        for _tag, told in _tags(archive, entry):
            kind = told.get("ContentType", "").lower()
            if any(mark in kind for mark in MACRO_TYPES):
                raise Hostile(MACROS)
    else:
        _inflate(archive, entry)


def _look_deeper(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, depth: int) -> None:
    if depth == DEEPEST:
        raise Hostile(OBJECTS)
    with archive.open(entry) as part:
        content = part.read(PACKED + 1)
    if len(content) > PACKED:
        raise Hostile(TOO_LARGE)
    look_into(io.BytesIO(content), depth=depth + 1)


def _check_relation(told: dict[str, str]) -> None:
    """Of which kind, and whether it leads out of the file without being clicked."""
    kind = told.get("Type", "").rpartition("/")[2].lower()
    if kind in MACRO_RELATIONS:
        raise Hostile(MACROS)
    if kind in OBJECT_RELATIONS:
        raise Hostile(OBJECTS)
    target = unquote(told.get("Target", "")).strip()
    is_outside = told.get("TargetMode", "").lower() == "external" and kind not in HARMLESS
    if is_outside and REACHES_OUT.match(target) and not LOCAL.match(target):
        raise Hostile(REMOTE)


def _tags(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[tuple[str, dict[str, str]]]:
    """The tags of a part by their local names; none of what is no XML, which no program reads either."""
    tags: list[tuple[str, dict[str, str]]] = []
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda name, told: tags.append((name.rpartition(":")[2], told))
    parser.StartDoctypeDeclHandler = _refuse
    with archive.open(entry) as part:
        content = part.read(RELATIONS + 1)
    if len(content) > RELATIONS:
        raise Hostile(TOO_LARGE)
    try:
        parser.Parse(content, True)  # noqa: FBT003
    except expat.ExpatError:
        if content.lstrip().startswith((b"<", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\0<")):
            raise Hostile(DAMAGED) from None
    return iter(tags)


def _refuse(*_declaration: object) -> None:
    raise Hostile(DAMAGED)


def _inflate(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    """To its end: what is longer than it declares fails its check sum. Its instructions are read on the way."""
    tail, reading, goes_on = b"", Reading(), True
    with archive.open(entry) as part:
        while chunk := part.read(CHUNK):
            if STARTS_PROGRAMS.search(tail + chunk):
                raise Hostile(OBJECTS)
            tail = chunk[-LONGEST_MARK:]
            goes_on = goes_on and reading.feed(chunk)
            if reading.found:
                raise Hostile(reading.found)
