"""Is an upload really a workbook, and is it safe to open? Asked before any parser sees it.

Invariant: nothing is inflated beyond the limits, whatever the archive declares; each refusal is one sentence.
The passes over the XML look at bytes only, so the cost is bounded by the limits, not by what a parser builds.
"""

import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import BinaryIO

from openpyxl.utils import column_index_from_string

from apps.exchange.files.package import part_name
from apps.quarantine.inside import Refused

MB = 1024 * 1024


class FileRefused(Refused):
    """The upload as a whole can't be used; the message is the sentence for the person."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What an upload may cost. Sizes in bytes; `rows` counts the rows present in a sheet, empty ones too.

    `tags` bounds what a parser builds from styles, relations and the like, `strings` and `texts` bytes and number of
    the shared strings; `sheet_tags` and `row_tags` bound the time that cells cost (a cell is one to five tags),
    `merges` and `merged` merged ranges and the cells below each other in all of them.
    """

    size: int = 30 * MB
    entries: int = 1_000
    inflated: int = 400 * MB
    strings: int = 40 * MB
    texts: int = 1_200_000
    part: int = 12 * MB
    tags: int = 300_000
    rows: int = 300_000
    row_size: int = 2 * MB
    row_tags: int = 100_000
    sheet_tags: int = 25_000_000
    merges: int = 5_000
    merged: int = 300_000


LIMITS = Limits()


@dataclass(slots=True)
class SheetShape:
    """What the bytes of one sheet tell that openpyxl's read-only mode does not."""

    rows: int = 0
    tags: int = 0
    hidden_rows: set[int] = field(default_factory=set)
    merges: list[str] = field(default_factory=list)
    uncalculated: dict[int, set[int]] = field(default_factory=dict)  # row → positions from 0


class Shapes(dict[str, SheetShape]):
    """Of each sheet by its part's name; `others` are the tags of all parts that are no sheets."""

    others: int = 0

    @property
    def rows(self) -> int:
        return sum(shape.rows for shape in self.values())

    @property
    def tags(self) -> int:
        """What a parser has to go through."""
        return self.others + sum(shape.tags for shape in self.values())


SIGNATURES = (
    (b"%PDF", "这是一个 PDF 文件，只是文件名写成了表格，请上传 .xlsx 表格"),
    (b"\x89PNG", "这是一张图片，请上传 .xlsx 表格"),
    (b"\xff\xd8\xff", "这是一张图片，请上传 .xlsx 表格"),
    (b"Rar!", "这是一个压缩包，请解压后上传里面的 .xlsx 表格"),
    (b"7z\xbc\xaf", "这是一个压缩包，请解压后上传里面的 .xlsx 表格"),
    (b"<", "这是一个网页，不是真正的 Excel 文件：请用 Excel 或 WPS 打开后另存为 .xlsx 再上传"),
    (
        b"\xef\xbb\xbf<",
        "这是一个网页，不是真正的 Excel 文件：请用 Excel 或 WPS 打开后另存为 .xlsx 再上传",
    ),
)
XLSB = "这是 .xlsb 二进制工作簿，请用 Excel 或 WPS 打开后另存为 .xlsx 再上传"
OTHERS = (
    ("word/document.xml", "这是 Word 或 PPT 文件，请上传 .xlsx 表格"),
    ("ppt/presentation.xml", "这是 Word 或 PPT 文件，请上传 .xlsx 表格"),
    ("xl/workbook.bin", XLSB),
    ("content.xml", "这是 OpenDocument（.ods）表格，请另存为 .xlsx 再上传"),
    ("index/document.iwa", "这是 Numbers 表格，请导出为 Excel（.xlsx）再上传"),
)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED_NAME = "EncryptedPackage".encode("utf-16-le")
DAMAGED = "文件已损坏或不是 Excel 文件，请用 Excel 或 WPS 打开后另存为 .xlsx 再上传"
MERGED_TOO_FAR = "合并单元格过多，请取消合并后再上传"
WIDE_ROW = "工作表里有一行的内容过大，请检查后再上传"
TOO_BIG_INSIDE = "文件展开后过大，请删除多余的工作表、图片和空行后再上传"
SHEET_ROOT = re.compile(rb"<(?:[^\s<>/:]{1,50}:)?worksheet[\s/>]")
ROOT_WITHIN = 8 * 1024
ROW_START = re.compile(rb"<(?:[^\s<>/:]{1,50}:)?row[\s/>]")
ROW_NUMBER = re.compile(rb"\sr\s{0,9}=\s{0,9}[\"'](\d{1,9})[\"']")
ROW_HIDDEN = re.compile(rb"\shidden\s{0,9}=\s{0,9}[\"'](?:1|true)[\"']")
MERGE_TAG = re.compile(rb"(?:[^\s<>/:]{1,50}:)?mergeCell\s")
MERGE = re.compile(rb"\sref\s{0,9}=\s{0,9}[\"']([A-Z]{1,3}(\d{1,7}):[A-Z]{1,3}(\d{1,7}))[\"']")
TEXT_TAG = re.compile(rb"<(?:[^\s<>/:]{1,50}:)?si[\s/>]")
FORBIDDEN = (b"<!DOCTYPE", b"<!ENTITY")
XML_STARTS = (b"<", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\0<")
CELL = re.compile(rb"<(?:[^\s<>/:]{1,50}:)?c\s")
CELL_COLUMN = re.compile(rb"(?:^|\s)r\s{0,9}=\s{0,9}[\"']([A-Z]{1,3})\d{1,7}[\"']")
FORMULA = re.compile(rb"<(?:[^\s<>/:]{1,50}:)?f[\s/>]")
CACHED = re.compile(rb"<(?:[^\s<>/:]{1,50}:)?v(?:\s[^<>]{0,200})?>[^<]")
IS_TEXT = re.compile(rb"(?:^|\s)t\s{0,9}=\s{0,9}[\"']str[\"']")
LAST_ROW = 1_048_576
CHUNK = 256 * 1024
LONGEST_START = 64  # bytes of the longest `<prefix:row` looked for
LONGEST_MERGE = 500  # bytes of a tag that merges cells


def check_upload(file: BinaryIO, filename: str, limits: Limits = LIMITS) -> Shapes:
    """Return the shape of each sheet by its part name. Raises `FileRefused`; leaves the file at its start.

    Asked inside `apps.quarantine` alone, like everything that opens an upload.
    """
    try:
        _check_size(file, limits)
        _check_type(file, filename)
        with zipfile.ZipFile(file) as archive:
            _check_entries(archive, limits)
            return _scan(archive, limits)
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        OSError,
        RuntimeError,
    ) as error:
        raise FileRefused(DAMAGED) from error
    finally:
        file.seek(0)


def _check_size(file: BinaryIO, limits: Limits) -> None:
    size = file.seek(0, 2)
    if size == 0:
        raise FileRefused("文件是空的，请选择填好的 .xlsx 表格")
    if size > limits.size:
        raise FileRefused(
            f"文件大小为 {size / MB:.1f} MB，超过上限 {limits.size // MB} MB，请分成几份上传"
        )


def _check_type(file: BinaryIO, filename: str) -> None:
    file.seek(0)
    head = file.read(4096)
    extension = filename.lower().rpartition(".")[2] if "." in filename else ""
    if head.startswith(OLE):
        file.seek(0)
        if ENCRYPTED_NAME in file.read(4 * MB):
            raise FileRefused("文件设置了打开密码，请在 Excel 或 WPS 中取消密码后再上传")
        raise FileRefused("这是旧版 .xls 文件，请用 Excel 或 WPS 打开后另存为 .xlsx 再上传")
    for signature, sentence in SIGNATURES:
        if head.lstrip().startswith(signature):
            raise FileRefused(sentence)
    if not head.startswith(b"PK"):
        kind = "文本（CSV）文件" if b"\0" not in head else "不认识的文件"
        raise FileRefused(
            f"这是{kind}，不是 Excel 文件：请用 Excel 或 WPS 打开后另存为 .xlsx 再上传"
        )
    if extension in {"xlsm", "xltm", "xlam"}:
        raise FileRefused("带宏的表格不能上传，请另存为不带宏的 .xlsx 再上传")
    if extension != "xlsx":
        raise FileRefused("只能上传扩展名为 .xlsx 的表格")


def _check_entries(archive: zipfile.ZipFile, limits: Limits) -> None:
    """What the archive declares about itself."""
    entries = archive.infolist()
    names = {part_name(entry.filename) for entry in entries}
    if len(entries) > limits.entries:
        raise FileRefused(
            f"文件内部有 {len(entries)} 个部件，超过上限 {limits.entries} 个，不像正常的表格"
        )
    if len(names) < len(entries):
        raise FileRefused(DAMAGED)
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise FileRefused("文件设置了密码，请取消密码后再上传")
    for part, sentence in OTHERS:
        if part in names:
            raise FileRefused(sentence)
    if not any(name.startswith("xl/") and name.endswith(".xml") for name in names):
        raise FileRefused(
            "这不是 .xlsx 表格：压缩包或其他软件的文件请先用 Excel 或 WPS 另存为 .xlsx"
        )
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise FileRefused("带宏的表格不能上传，请另存为不带宏的 .xlsx 再上传")
    if sum(entry.file_size for entry in entries) > limits.inflated:
        raise FileRefused(TOO_BIG_INSIDE)


def _scan(archive: zipfile.ZipFile, limits: Limits) -> Shapes:
    """Inflate every part once, within the limits, and look at it."""
    budget, shapes = limits.inflated, Shapes()
    for entry in archive.infolist():
        name = part_name(entry.filename)
        inspect = (
            SheetScan(limits)
            if _is_sheet(archive, entry)
            else PartScan(limits, strings=name.endswith("sharedstrings.xml"))
        )
        for chunk in _inflated(archive, entry):
            budget -= len(chunk)
            if budget < 0:
                raise FileRefused(TOO_BIG_INSIDE)
            inspect.feed(chunk)
        if isinstance(inspect, SheetScan):
            shapes[name] = inspect.finish()
        else:
            shapes.others += inspect.tags
    return shapes


def _is_sheet(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bool:
    """By what it is, not by what it is called."""
    with archive.open(entry) as part:
        return bool(SHEET_ROOT.search(part.read(ROOT_WITHIN)))


def _inflated(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """The part in chunks; XML parts are refused if they declare a document type or are no UTF-8."""
    is_xml: bool | None = None
    tail = b""
    # A drawing may name its type, as many do; no parser loads what it names, but one would take up entities.
    forbidden = (b"<!ENTITY",) if entry.filename.lower().endswith(".svg") else FORBIDDEN
    with archive.open(entry) as part:
        while chunk := part.read(CHUNK):
            is_xml = _is_xml(entry.filename, chunk) if is_xml is None else is_xml
            if is_xml:
                if not tail and (chunk[:2] in {b"\xff\xfe", b"\xfe\xff"} or b"\0" in chunk[:64]):
                    raise FileRefused(DAMAGED)
                if any(mark in tail + chunk for mark in forbidden):
                    raise FileRefused(
                        "文件内含有不允许的 XML 定义，请用 Excel 或 WPS 打开后另存为 .xlsx 再上传"
                    )
                tail = chunk[-16:]
            yield chunk


def _is_xml(name: str, start: bytes) -> bool:
    """By what a parser would take it for, and by what it is called."""
    named = name.lower().endswith((".xml", ".rels", ".vml"))
    return named or start.lstrip().startswith(XML_STARTS)


class PartScan:
    """Bounds bytes and tags of a part that is no sheet: parsers keep those in memory as a whole."""

    def __init__(self, limits: Limits, *, strings: bool) -> None:
        self.size_left = limits.strings if strings else limits.part
        self.tags_left = limits.rows * 20 if strings else limits.tags
        self.texts_left = limits.texts
        self.tags = 0
        self.tail = b""

    def feed(self, chunk: bytes) -> None:
        self.size_left -= len(chunk)
        self.tags += chunk.count(b"<")
        data = self.tail + chunk
        last = data.rfind(b"<")
        # A tag that the chunk may have cut is counted with the next one.
        end = last if last >= 0 and len(data) - last < LONGEST_START else len(data)
        self.texts_left -= len(TEXT_TAG.findall(data[:end]))
        self.tail = data[end:]
        if min(self.size_left, self.tags_left - self.tags, self.texts_left) < 0:
            raise FileRefused(TOO_BIG_INSIDE)


@dataclass(slots=True)
class SheetScan:
    """Counts the rows; one row, and what stands before and after all rows, must be small."""

    limits: Limits
    shape: SheetShape = field(default_factory=SheetShape)
    pending: bytes = b""
    in_row: bool = False

    def feed(self, chunk: bytes) -> None:
        self._count_tags(chunk)
        data = self.pending + chunk
        # What is pending begins with the row it belongs to, and holds no other whole start of a row.
        searched = max(len(self.pending) - LONGEST_START, 1 if self.in_row else 0)
        starts = [0] if self.in_row else []
        starts += [match.start() for match in ROW_START.finditer(data, searched)]
        for start, end in pairwise(starts):
            self._row(data[start:end])
        # The last row may go on in the next chunk: it is taken up again from its start.
        self.in_row = bool(starts)
        self.pending = data[starts[-1] :] if starts else data
        if len(self.pending) > self.limits.row_size:
            raise FileRefused(WIDE_ROW)

    def finish(self) -> SheetShape:
        if self.in_row:
            self._row(self.pending)
        self._take_merges(self.pending)
        return self.shape

    def _take_merges(self, end: bytes) -> None:
        """Tag by tag, none looked at further than such a tag goes: the time is that of one pass."""
        high = 0
        for tag in end.split(b"<"):
            if not MERGE_TAG.match(tag):
                continue
            if not (match := MERGE.search(tag[:LONGEST_MERGE].partition(b">")[0])):
                continue
            self.shape.merges.append(match[1].decode())
            high += abs(int(match[3]) - int(match[2]))
            if len(self.shape.merges) > self.limits.merges:
                raise FileRefused(f"合并单元格超过 {self.limits.merges} 处，请取消合并后再上传")
            if high > self.limits.merged:
                raise FileRefused(MERGED_TOO_FAR)

    def _count_tags(self, chunk: bytes) -> None:
        self.shape.tags += chunk.count(b"<")
        if self.shape.tags > self.limits.sheet_tags:
            raise FileRefused("工作表里的单元格过多，请删除空行空列，或分成几份上传")

    def _row(self, row: bytes) -> None:
        self.shape.rows += 1
        if row.count(b"<") > self.limits.row_tags:
            raise FileRefused(WIDE_ROW)
        if self.shape.rows > self.limits.rows:
            raise FileRefused(
                f"工作表超过 {self.limits.rows:,} 行（空行也计算在内）："
                "请选中数据下方的空行，用右键“删除”后再上传，或分成几份上传"
            )
        tag = row[: row.find(b">") + 1]
        number = ROW_NUMBER.search(tag)
        if number and int(number[1]) > LAST_ROW:
            raise FileRefused(DAMAGED)
        if number and ROW_HIDDEN.search(tag):
            self.shape.hidden_rows.add(int(number[1]))
        if number and FORMULA.search(row) and (positions := _uncalculated(row)):
            self.shape.uncalculated[int(number[1])] = positions


def _uncalculated(row: bytes) -> set[int]:
    """The positions of formulas without a result: their program never calculated, and openpyxl reads nothing."""
    positions = set()
    for cell in CELL.split(row)[
        1:
    ]:  # a pattern over whole cells would take time squared on hostile rows
        attributes, _, content = cell.partition(b">")
        column = CELL_COLUMN.search(attributes)
        if column is None or not FORMULA.search(content):
            continue
        if not (CACHED.search(content) or IS_TEXT.search(attributes)):
            positions.add(column_index_from_string(column[1].decode()) - 1)
    return positions
