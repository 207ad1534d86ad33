"""What an attachment is, looked at inside `apps.quarantine` alone; `attachments` asks for it.

Invariants: what passes is what its name says, with nothing in it that acts; letters and attachments are judged by the
same eyes. Each refusal is one sentence that names the file.
"""

import io
import zipfile
import zlib
from typing import IO

from apps.notices.limits import (
    IMAGES,
    KINDS,
    MAX_SIZE,
    MB,
    OFFICE_PARTS,
    PACKABLE,
    PACKED,
    UNPACKED,
    plain_name,
)
from apps.quarantine import found, office
from apps.quarantine.inside import Inside, Refused
from apps.quarantine.pdf import probe
from apps.quarantine.pictures import Giant, picture

PDF_HEAD = 1024  # bytes within which readers look for the header
SIDE = 1_000  # pixels: as much as has to be decoded to know that it can be
DAMAGED_ZIP = "“{name}”已损坏，或内容与扩展名不符，请重新选择。"
LOCKED = "“{name}”设置了密码，请取消后再上传。"
LARGE = "“{name}”展开后过大，请拆分后再上传。"
ACTIVE = "“{name}”含有脚本或内嵌文件，请另存为普通 PDF 后再上传。"
PDF_PROBLEMS = {
    found.PASSWORD: "“{name}”设置了密码或加密，请取消后再上传。",
    found.UNREADABLE: "“{name}”读不出来，可能已损坏，请重新另存为 PDF 后再上传。",
    found.TOO_COMPLEX: "“{name}”的内部结构过于复杂，请打印成普通 PDF 后再上传。",
}
OFFICE_PROBLEMS = {
    office.MACROS: "“{name}”带有宏，请另存为不带宏的文件后再上传。",
    office.OBJECTS: "“{name}”里嵌有其他程序的对象（OLE），请删去或另存为 PDF 后再上传。",
    office.REMOTE: "“{name}”引用了网络上的模板、图片或文件，请断开链接或另存为 PDF 后再上传。",
    office.DAMAGED: DAMAGED_ZIP,
    office.TOO_LARGE: LARGE,
}
DAMAGE = (zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError, NotImplementedError, ValueError)  # fmt: skip


def judge(inside: Inside, *, name: str, extension: str) -> bool:
    """Raises `Refused`."""
    _check(inside.files[0], name, extension)
    return True


def _check(file: IO[bytes], name: str, extension: str) -> None:
    if extension == "pdf":
        _check_pdf(file.read(), name)
    elif extension in IMAGES:
        _check_image(file, name, extension)
    elif extension == "zip":
        _check_packed(file, name)
    else:
        _check_office(file, name, extension)


def _check_pdf(content: bytes, name: str) -> None:
    if b"%PDF-" not in content[:PDF_HEAD]:
        raise Refused(f"“{name}”的内容不是 PDF，请确认选对了文件。")
    if b"/Encrypt" in content:
        raise Refused(PDF_PROBLEMS[found.PASSWORD].format(name=name))
    seen = probe(content)
    if seen.problem:
        raise Refused(PDF_PROBLEMS.get(seen.problem, ACTIVE).format(name=name))
    if seen.is_locked:
        raise Refused(PDF_PROBLEMS[found.PASSWORD].format(name=name))


def _check_image(file: IO[bytes], name: str, extension: str) -> None:
    if not file.read(16).startswith(IMAGES[extension]):
        raise Refused(f"“{name}”的内容不是图片，请确认选对了文件。")
    try:
        with picture(file, "RGB", SIDE) as opened:
            opened.load()
    except Giant as giant:
        raise Refused(f"“{name}”的尺寸过大，请压缩后再上传。") from giant
    except (OSError, SyntaxError, ValueError) as error:
        raise Refused(f"“{name}”读不出来，可能已损坏，请重新选择。") from error


def _entries(file: IO[bytes], name: str) -> tuple[zipfile.ZipFile, list[zipfile.ZipInfo]]:
    """The archive and its entries, none of them behind a password."""
    try:
        archive = zipfile.ZipFile(file)
    except DAMAGE as error:
        raise Refused(DAMAGED_ZIP.format(name=name)) from error
    entries = archive.infolist()
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise Refused(LOCKED.format(name=name))
    return archive, entries


def _check_office(file: IO[bytes], name: str, extension: str) -> None:
    _archive, entries = _entries(file, name)
    if OFFICE_PARTS[extension] not in {entry.filename for entry in entries}:
        raise Refused(f"“{name}”的内容与扩展名不符，请用 Office 或 WPS 另存后再上传。")
    try:
        office.look_into(file)
    except office.Hostile as hostile:
        raise Refused(OFFICE_PROBLEMS[str(hostile)].format(name=name)) from hostile
    except DAMAGE as error:
        raise Refused(DAMAGED_ZIP.format(name=name)) from error


def _check_packed(file: IO[bytes], name: str) -> None:
    """A ZIP: every file in it is looked at as if it were attached by itself; no archive in an archive."""
    archive, entries = _entries(file, name)
    if len(entries) > PACKED or sum(entry.file_size for entry in entries) > UNPACKED:
        raise Refused(LARGE.format(name=name))
    files = [entry for entry in entries if not entry.is_dir()]
    if not files:
        raise Refused(f"“{name}”里没有文件，请重新选择。")
    for entry in files:
        inner = f"{name}/{plain_name(entry.filename)}"
        if entry.filename.startswith("/") or ".." in entry.filename.split("/"):
            raise Refused(f"压缩包里的“{inner}”路径不正常，请重新打包。")
        extension = inner.lower().rpartition(".")[2]
        if extension not in PACKABLE:
            raise Refused(f"压缩包里的“{inner}”不能上传：压缩包里只能有 {KINDS}，不能再套压缩包。")
        if not 0 < entry.file_size <= MAX_SIZE:
            limit = MAX_SIZE // MB
            raise Refused(f"压缩包里的“{inner}”是空文件，或超过 {limit} MB。")
        _check(io.BytesIO(_unpacked(archive, entry, name)), inner, extension)


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str) -> bytes:
    """The entry's bytes, unpacked no further than it declares: what is longer fails its check sum."""
    broken = f"“{name}”已损坏，或用了不常见的压缩方式，请重新打包。"
    if entry.compress_type not in office.PLAIN:
        raise Refused(broken)
    try:
        with archive.open(entry) as opened:
            return opened.read(entry.file_size + 1)
    except DAMAGE as error:
        raise Refused(broken) from error
