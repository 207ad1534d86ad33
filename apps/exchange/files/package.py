"""What a workbook's archive says of itself, read by the parts' local names: transitional and strict OOXML, any prefix.

Invariant: only what a cell's value depends on is read (sheets, shared strings, number formats, epoch); what decorates
them may be wrong or missing. Only archives that passed `upload_checks` come here.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat
from zipfile import ZipFile, ZipInfo

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format

from apps.exchange.files.displayed import GENERAL, LONGEST_FORMAT

CHUNK = 256 * 1024
ROOT = "_rels/.rels"
ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
LONGEST_TEXT = 32_767
"""Characters of a cell. What is longer no program has written; one more is kept, so that it is refused as too long."""
Attributes = dict[str, str]
Handlers = dict[str, Callable[[Attributes], None]]


def part_name(name: str) -> str:
    """Programs write backslashes, a slash in front, and any case."""
    return name.replace("\\", "/").lstrip("/").lower()


def parts_of(archive: ZipFile) -> dict[str, ZipInfo]:
    return {part_name(entry.filename): entry for entry in archive.infolist()}


@dataclass(frozen=True, slots=True)
class SheetPart:
    title: str
    state: str
    path: str


@dataclass(slots=True)
class Package:
    """The parts by `part_name`. Raises `LookupError` or expat's error if there is no workbook in it."""

    archive: ZipFile
    parts: dict[str, ZipInfo] = field(init=False)
    workbook: str = field(init=False)
    sheets: list[SheetPart] = field(init=False, default_factory=list)
    is_from_1904: bool = field(init=False, default=False)
    strings: list[str] = field(init=False, default_factory=list)
    formats: list[str] = field(init=False)
    dates: frozenset[int] = field(init=False)
    durations: frozenset[int] = field(init=False)

    def __post_init__(self) -> None:
        self.parts = parts_of(self.archive)
        self.workbook = workbook_part(self.archive, self.parts)
        targets = _relations(self.archive, self.parts, self.workbook)
        self._read_workbook(targets)
        kinds = {kind: path for kind, path in targets.values() if path in self.parts}
        folder = self.workbook.rpartition("/")[0]
        self._read_strings(kinds.get("sharedstrings", f"{folder}/sharedstrings.xml"))
        self._read_styles(kinds.get("styles", f"{folder}/styles.xml"))

    def open(self, path: str) -> Any:
        return self.archive.open(self.parts[path])

    def _read_workbook(self, targets: dict[str, tuple[str, str]]) -> None:
        def sheet(attributes: Attributes) -> None:
            named = (value for key, value in attributes.items() if local(key) == "id")
            kind, path = targets.get(next(named, ""), ("", ""))
            if path in self.parts and kind in {"", "worksheet"}:
                state = attributes.get("state", "visible")
                self.sheets.append(SheetPart(attributes.get("name", ""), state, path))

        def properties(attributes: Attributes) -> None:
            self.is_from_1904 = attributes.get("date1904", "").lower() in {"1", "true", "on"}

        self._scan(self.workbook, {"sheet": sheet, "workbookPr": properties})

    def _read_strings(self, path: str) -> None:
        if path in self.parts:
            collector = Strings()
            parse(self._chunks(path), collector.start, collector.end, collector.text)
            self.strings = collector.found

    def _read_styles(self, path: str) -> None:
        """Number formats only. A style sheet that can't be read says nothing, and numbers are shown plainly."""
        own: dict[int, str] = {}
        used: list[int] = []
        depth = {"cellXfs": 0}

        def number_format(attributes: Attributes) -> None:
            text = attributes.get("formatCode", GENERAL)[:LONGEST_FORMAT]
            own[int(attributes.get("numFmtId", "0"))] = text

        def look(attributes: Attributes) -> None:
            if depth["cellXfs"]:
                used.append(int(attributes.get("numFmtId") or 0))

        def start(name: str, attributes: Attributes) -> None:
            depth["cellXfs"] += local(name) == "cellXfs"
            {"numFmt": number_format, "xf": look}.get(local(name), _ignore)(attributes)

        def end(name: str) -> None:
            depth["cellXfs"] -= local(name) == "cellXfs"

        if path in self.parts:
            try:
                parse(self._chunks(path), start, end)
            except (expat.ExpatError, ValueError):
                used.clear()
        self.formats = [own.get(n) or BUILTIN_FORMATS.get(n, GENERAL) for n in used] or [GENERAL]
        distinct = set(self.formats)
        dates = set(filter(is_date_format, distinct))
        durations = set(filter(is_timedelta_format, distinct))
        told = list(enumerate(self.formats))
        self.dates = frozenset(n for n, text in told if text in dates)
        self.durations = frozenset(n for n, text in told if text in durations)

    def _scan(self, path: str, handlers: Handlers) -> None:
        parse(self._chunks(path), lambda name, told: handlers.get(local(name), _ignore)(told))

    def _chunks(self, path: str) -> Iterator[bytes]:
        return _chunks(self.archive, self.parts[path])


def workbook_part(archive: ZipFile, parts: dict[str, ZipInfo]) -> str:
    """The part that names the sheets: by the relations, else by its usual name. Raises `LookupError`."""
    targets = _relations(archive, parts, "")
    for kind, path in targets.values():
        if kind == "officedocument" and path in parts:
            return path
    return next(name for name in parts if name.startswith("xl/workbook") and name.endswith(".xml"))


def _relations(
    archive: ZipFile, parts: dict[str, ZipInfo], part: str
) -> dict[str, tuple[str, str]]:
    """Id → (last word of the type, target's part name) of a part; "" is the archive itself."""
    folder, _, name = part.rpartition("/")
    path = "/".join(filter(None, (folder, f"_rels/{name}.rels")))
    relations: dict[str, tuple[str, str]] = {}

    def relation(attributes: Attributes) -> None:
        kind = attributes.get("Type", "").rpartition("/")[2].lower()
        relations[attributes.get("Id", "")] = (kind, _target(folder, attributes.get("Target", "")))

    if path in parts:
        parse(
            _chunks(archive, parts[path]),
            lambda tag, told: relation(told) if local(tag) == "Relationship" else None,
        )
    return relations


def _target(folder: str, target: str) -> str:
    """From where it stands, or from the top."""
    target = target.replace("\\", "/")
    steps = [] if target.startswith("/") else folder.split("/")
    for step in target.split("/"):
        if step == "..":
            steps = steps[:-1]
        elif step not in {"", "."}:
            steps.append(step)
    return part_name("/".join(steps))


@dataclass(slots=True)
class Strings:
    """Collects shared strings: all runs of a text, none of what is written above it to be read aloud."""

    found: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    is_text: bool = False
    is_phonetic: bool = False

    def start(self, name: str, _attributes: Attributes) -> None:
        match local(name):
            case "si":
                self.texts = []
            case "t":
                self.is_text = not self.is_phonetic
            case "rPh":
                self.is_phonetic = True

    def end(self, name: str) -> None:
        match local(name):
            case "si":
                self.found.append(unescaped("".join(self.texts)[: LONGEST_TEXT + 1]))
            case "t":
                self.is_text = False
            case "rPh":
                self.is_phonetic = False

    def text(self, text: str) -> None:
        if self.is_text:
            self.texts.append(text)


def unescaped(text: str) -> str:
    """Excel writes what XML can't hold by its number, and underscores that look like it (ECMA-376, ST_Xstring)."""
    if "_x" not in text:
        return text
    plain = ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)
    return plain.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def local(name: str) -> str:
    return name.rpartition(":")[2]


def parse(
    chunks: Iterator[bytes],
    start: Callable[[str, Attributes], None],
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
) -> None:
    """Raises `expat.ExpatError` for what is no XML, and for a document type."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = refuse_doctype
    if end:
        parser.EndElementHandler = end
    if text:
        parser.CharacterDataHandler = text
    for chunk in chunks:
        parser.Parse(chunk, False)  # noqa: FBT003
    parser.Parse(b"", True)  # noqa: FBT003


def refuse_doctype(*_declaration: object) -> None:
    raise expat.ExpatError("A document type is declared.")


def _chunks(archive: ZipFile, entry: ZipInfo) -> Iterator[bytes]:
    with archive.open(entry) as part:
        while chunk := part.read(CHUNK):
            yield chunk


def _ignore(_attributes: Attributes) -> None:
    pass
