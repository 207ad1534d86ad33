"""Is a file what its name says, and safe to hand out? Asked before it is stored.

Invariants: nothing with macros, scripts or a password is stored, and a ZIP holds only files that could be attached
by themselves; each refusal is one sentence that names the file.
"""

import io
import zipfile
import zlib
from dataclasses import dataclass
from typing import IO

from django.core.files.base import File

MB = 1024 * 1024
MAX_SIZE = 20 * MB
MAX_FILES = 10
INFLATED = 400 * MB
ENTRIES = 2_000
PACKED = 100  # files in a ZIP,
UNPACKED = 100 * MB  # and what they come to
PLAIN = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # others unpack without a limit
PDF_HEAD = 1024  # bytes within which readers look for the header
PDF_ACTIVE = (b"/JavaScript", b"/JS ", b"/JS(", b"/Launch", b"/EmbeddedFile", b"/RichMedia")
OFFICE_PARTS = {
    "xlsx": "xl/workbook.xml",
    "docx": "word/document.xml",
    "pptx": "ppt/presentation.xml",
}
IMAGES = {"png": b"\x89PNG\r\n\x1a\n", "jpg": b"\xff\xd8\xff", "jpeg": b"\xff\xd8\xff"}
PACKABLE = ("pdf", *OFFICE_PARTS, *IMAGES)
EXTENSIONS = (*PACKABLE, "zip")
KINDS = "PDF、Word（.docx）、Excel（.xlsx）、PPT（.pptx）、PNG、JPG"
OFFERED = f"{KINDS}、ZIP（里面只能是前面几种文件）"


class AttachmentRefused(ValueError):
    """The file can't be attached; the message is the sentence for the person."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A file that passed, with the name and size (bytes) to store."""

    file: File  # type: ignore[type-arg]
    name: str
    size: int


def check_attachment(upload: File) -> Checked:  # type: ignore[type-arg]
    """Size, real type, no active content. Raises `AttachmentRefused`; leaves the file at its start."""
    name = _plain_name(upload.name or "")
    extension = name.lower().rpartition(".")[2]
    if extension not in EXTENSIONS:
        raise AttachmentRefused(f"“{name}”的格式不能上传，请改为 {OFFERED}。")
    if not upload.size:
        raise AttachmentRefused(f"“{name}”是空文件，请重新选择。")
    if upload.size > MAX_SIZE:
        size, limit = upload.size / MB, MAX_SIZE // MB
        raise AttachmentRefused(f"“{name}”有 {size:.1f} MB，超过上限 {limit} MB，请压缩后再上传。")
    upload.seek(0)
    try:
        _check_content(upload, name, extension)
    finally:
        upload.seek(0)
    return Checked(upload, name, upload.size)


def _plain_name(name: str) -> str:
    """The last part of the path without control characters, at most 150 characters with its ending."""
    last = name.replace("\\", "/").rpartition("/")[2]
    shown = "".join(sign for sign in last if sign.isprintable()).strip() or "附件"
    stem, dot, ending = shown.rpartition(".")
    return f"{stem[:130]}{dot}{ending[:15]}" if dot else shown[:150]


def _check_content(file: IO[bytes], name: str, extension: str) -> None:
    if extension == "pdf":
        _check_pdf(file.read(), name)
    elif extension in IMAGES:
        if not file.read(16).startswith(IMAGES[extension]):
            raise AttachmentRefused(f"“{name}”的内容不是图片，请确认选对了文件。")
    elif extension == "zip":
        _check_packed(file, name)
    else:
        _check_office(file, name, extension)


def _check_pdf(content: bytes, name: str) -> None:
    if b"%PDF-" not in content[:PDF_HEAD]:
        raise AttachmentRefused(f"“{name}”的内容不是 PDF，请确认选对了文件。")
    if b"/Encrypt" in content:
        raise AttachmentRefused(f"“{name}”设置了密码或加密，请取消后再上传。")
    if any(mark in content for mark in PDF_ACTIVE):
        raise AttachmentRefused(f"“{name}”含有脚本或内嵌文件，请另存为普通 PDF 后再上传。")


def _entries(
    file: IO[bytes], name: str, *, most: int, inflated: int
) -> tuple[zipfile.ZipFile, list[zipfile.ZipInfo]]:
    """The archive and its entries, neither too many nor too large by what they declare nor behind a password."""
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, OSError, NotImplementedError, ValueError) as error:
        raise AttachmentRefused(f"“{name}”已损坏，或内容与扩展名不符，请重新选择。") from error
    entries = archive.infolist()
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise AttachmentRefused(f"“{name}”设置了密码，请取消后再上传。")
    if len(entries) > most or sum(entry.file_size for entry in entries) > inflated:
        raise AttachmentRefused(f"“{name}”展开后过大，请拆分后再上传。")
    return archive, entries


def _check_office(file: IO[bytes], name: str, extension: str) -> None:
    _, entries = _entries(file, name, most=ENTRIES, inflated=INFLATED)
    names = {entry.filename for entry in entries}
    if OFFICE_PARTS[extension] not in names:
        raise AttachmentRefused(f"“{name}”的内容与扩展名不符，请用 Office 或 WPS 另存后再上传。")
    if any(part.lower().endswith("vbaproject.bin") for part in names):
        raise AttachmentRefused(f"“{name}”带有宏，请另存为不带宏的文件后再上传。")


def _check_packed(file: IO[bytes], name: str) -> None:
    """A ZIP: every file in it is looked at as if it were attached by itself; no archive in an archive."""
    archive, entries = _entries(file, name, most=PACKED, inflated=UNPACKED)
    files = [entry for entry in entries if not entry.is_dir()]
    if not files:
        raise AttachmentRefused(f"“{name}”里没有文件，请重新选择。")
    for entry in files:
        inner = f"{name}/{_plain_name(entry.filename)}"
        if entry.filename.startswith("/") or ".." in entry.filename.split("/"):
            raise AttachmentRefused(f"压缩包里的“{inner}”路径不正常，请重新打包。")
        extension = inner.lower().rpartition(".")[2]
        if extension not in PACKABLE:
            raise AttachmentRefused(
                f"压缩包里的“{inner}”不能上传：压缩包里只能有 {KINDS}，不能再套压缩包。"
            )
        if not 0 < entry.file_size <= MAX_SIZE:
            limit = MAX_SIZE // MB
            raise AttachmentRefused(f"压缩包里的“{inner}”是空文件，或超过 {limit} MB。")
        _check_content(io.BytesIO(_unpacked(archive, entry, name)), inner, extension)


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str) -> bytes:
    """The entry's bytes, unpacked no further than it declares: what is longer fails its check sum."""
    broken = f"“{name}”已损坏，或用了不常见的压缩方式，请重新打包。"
    if entry.compress_type not in PLAIN:
        raise AttachmentRefused(broken)
    try:
        with archive.open(entry) as opened:
            return opened.read(entry.file_size + 1)
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError) as error:
        raise AttachmentRefused(broken) from error
