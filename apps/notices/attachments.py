"""Is a file what its name says, and safe to hand out? Asked before it is stored.

Invariant: nothing with macros, scripts or a password is stored; each refusal is one sentence that names the file.
"""

import zipfile
from dataclasses import dataclass
from typing import IO

from django.core.files.base import File

MB = 1024 * 1024
MAX_SIZE = 20 * MB
MAX_FILES = 10
INFLATED = 400 * MB
ENTRIES = 2_000
PDF_ACTIVE = (b"/JavaScript", b"/JS ", b"/JS(", b"/Launch", b"/EmbeddedFile", b"/RichMedia")
OFFICE_PARTS = {
    "xlsx": "xl/workbook.xml",
    "docx": "word/document.xml",
    "pptx": "ppt/presentation.xml",
}
IMAGES = {"png": b"\x89PNG\r\n\x1a\n", "jpg": b"\xff\xd8\xff", "jpeg": b"\xff\xd8\xff"}
EXTENSIONS = ("pdf", *OFFICE_PARTS, *IMAGES, "zip")
OFFERED = "PDF、Word（.docx）、Excel（.xlsx）、PPT（.pptx）、PNG、JPG、ZIP"


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
    else:
        _check_archive(file, name, extension)


def _check_pdf(content: bytes, name: str) -> None:
    if not content.startswith(b"%PDF-"):
        raise AttachmentRefused(f"“{name}”的内容不是 PDF，请确认选对了文件。")
    if b"/Encrypt" in content:
        raise AttachmentRefused(f"“{name}”设置了密码或加密，请取消后再上传。")
    if any(mark in content for mark in PDF_ACTIVE):
        raise AttachmentRefused(f"“{name}”含有脚本或内嵌文件，请另存为普通 PDF 后再上传。")


def _check_archive(file: IO[bytes], name: str, extension: str) -> None:
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, NotImplementedError) as error:
        raise AttachmentRefused(f"“{name}”已损坏，或内容与扩展名不符，请重新选择。") from error
    names = {entry.filename for entry in entries}
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise AttachmentRefused(f"“{name}”设置了密码，请取消后再上传。")
    if len(entries) > ENTRIES or sum(entry.file_size for entry in entries) > INFLATED:
        raise AttachmentRefused(f"“{name}”展开后过大，请拆分后再上传。")
    if extension == "zip":
        return
    if OFFICE_PARTS[extension] not in names:
        raise AttachmentRefused(f"“{name}”的内容与扩展名不符，请用 Office 或 WPS 另存后再上传。")
    if any(part.lower().endswith("vbaproject.bin") for part in names):
        raise AttachmentRefused(f"“{name}”带有宏，请另存为不带宏的文件后再上传。")
