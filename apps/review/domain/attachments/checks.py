"""Is an upload the one PDF of a filing, or photos of its pages? Asked before anything is stored (S2-02, S2-21).

Invariants: nothing active, locked behind a password or unreadable is kept; each refusal is one sentence that names
the file and says what to do. Only the first bytes are looked at here; a file is opened in a process of its own.
"""

import io
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Any

from django.core.files.uploadedfile import UploadedFile

from apps.quarantine import found
from apps.quarantine.found import Found
from apps.quarantine.inside import Refused
from apps.quarantine.opening import Unopened, open_files
from apps.quarantine.turns import Busy
from apps.quarantine.walls import Limits
from apps.review.domain.refusals import ReviewRefused

OFFICE = "“{name}”是 Office 文件，请另存为 PDF 后再上传。"
ANOTHER_PICTURE = "“{name}”不是 JPG 或 PNG 照片，请改存为 JPG、PNG 或 PDF 后再上传。"
ARCHIVE = "“{name}”是压缩包，请解压后上传里面的 PDF 或照片。"
OFD = "“{name}”是 OFD 文件，请另存为 PDF 后再上传。"
UNKNOWN = "“{name}”不是 PDF，也不是 JPG 或 PNG 照片，请确认选对了文件。"
SIGNATURES = (
    (b"\xd0\xcf\x11\xe0", OFFICE),
    (b"GIF8", ANOTHER_PICTURE),
    (b"BM", ANOTHER_PICTURE),
    (b"II*\0", ANOTHER_PICTURE),
    (b"MM\0*", ANOTHER_PICTURE),
    (b"Rar!", ARCHIVE),
    (b"7z\xbc\xaf", ARCHIVE),
)


def what_it_is(head: bytes, name: str) -> str:
    """By its first bytes, in the sentence that refuses it."""
    extension = name.lower().rpartition(".")[2]
    if extension == "ofd" or b"OFD.xml" in head:
        return OFD
    if head.startswith(b"PK"):
        return OFFICE if extension in {"docx", "xlsx", "pptx", "wps", "et"} else ARCHIVE
    if head[4:8] == b"ftyp" or (head.startswith(b"RIFF") and head[8:12] == b"WEBP"):
        return ANOTHER_PICTURE
    return next((sentence for mark, sentence in SIGNATURES if head.startswith(mark)), UNKNOWN)


MB = 1024 * 1024
MAX_SIZE = 20 * MB
MAX_PHOTO = 15 * MB
MAX_TOTAL = 50 * MB
MAX_PAGES = 200
MOST_PHOTOS = 20
LONGEST_NAME = 100
PAPER = Limits()
PHOTOS = Limits(cpu=40, clock=60)
PHOTOS_TOO_MUCH = "照片的内容过于复杂，请重新拍摄，或扫描成 PDF 后再上传。"

PROBLEMS = {
    found.PASSWORD: "“{name}”设置了打开密码，请取消密码后再上传。",
    found.UNREADABLE: "“{name}”读不出来，可能已损坏，请重新扫描或另存为 PDF 后再上传。",
    found.TOO_COMPLEX: "“{name}”的内部结构过于复杂，请打印后扫描成 PDF 再上传。",
    found.SCRIPT: "“{name}”含有脚本（JavaScript），请打印成普通 PDF 后再上传。",
    found.LAUNCH: "“{name}”含有打开其他程序或文件的动作，请打印成普通 PDF 后再上传。",
    found.EMBEDDED: "“{name}”里面嵌有其他文件，请打印成普通 PDF 后再上传。",
    found.MEDIA: "“{name}”含有音视频或三维内容，请打印成普通 PDF 后再上传。",
    found.FORM: "“{name}”含有会提交数据的表单，请打印成普通 PDF 后再上传。",
}


class AttachmentRefused(ReviewRefused):
    """The upload can't be taken; nothing was stored."""


@dataclass(frozen=True, slots=True)
class Ready:
    """A PDF that passed: what is stored and what is known of it; `codes`: what the QR codes of each page say."""

    content: bytes
    name: str
    pages: int
    photos: int = 0
    is_signed: bool = False
    is_original: bool = False
    codes: Sequence[Sequence[str]] = ()


def check_upload(files: Sequence["UploadedFile[bytes]"], *, title: str) -> Ready:
    """One PDF, or up to twenty photos made into one; `title` is what it is (承诺函). Raises `AttachmentRefused`."""
    if not files:
        raise AttachmentRefused(f"请选择签字盖章后的{title}。")
    kinds = {_kind(file) for file in files}
    if kinds == {"pdf"}:
        if len(files) > 1:
            raise AttachmentRefused(f"{title}只支持上传一份 PDF，请合并成一份后再上传。")
        return _checked(files[0])
    if "pdf" in kinds:
        raise AttachmentRefused("请只上传一份 PDF，或者只上传照片，不要混在一起。")
    return _assembled(files, title)


def _kind(file: "UploadedFile[bytes]") -> str:
    """`pdf` or `photo`, by content. Raises for everything else."""
    name = plain_name(file.name or "")
    if not file.size:
        raise AttachmentRefused(f"“{name}”是空文件，请重新选择。")
    file.seek(0)
    head = file.read(1024)
    file.seek(0)
    if head.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")):
        return "photo"
    is_another = what_it_is(head, name)
    if is_another == UNKNOWN and b"%PDF-" in head:  # readers allow for what stands before it
        return "pdf"
    raise AttachmentRefused(is_another.format(name=name))


def _checked(file: "UploadedFile[bytes]") -> Ready:
    name = plain_name(file.name or "")
    if (file.size or 0) > MAX_SIZE:
        size = (file.size or 0) / MB
        raise AttachmentRefused(
            f"“{name}”有 {size:.1f} MB，超过上限 {MAX_SIZE // MB} MB，请降低扫描分辨率后再上传。"
        )
    content = file.read()
    seen = look_into(content)
    if seen.problem:
        sentence = PROBLEMS.get(seen.problem, PROBLEMS[found.UNREADABLE])
        raise AttachmentRefused(sentence.format(name=name))
    if seen.pages > MAX_PAGES:
        raise AttachmentRefused(
            f"“{name}”有 {seen.pages} 页，超过上限 {MAX_PAGES} 页，请确认选对了文件。"
        )
    return Ready(
        content,
        name,
        seen.pages,
        is_signed=seen.is_signed,
        is_original=seen.is_original,
        codes=seen.codes,
    )


def look_into(content: bytes, *, with_faces: bool = False) -> Found:
    """What is found in the bytes of a PDF. Raises `AttachmentRefused` if nobody has the time to look."""
    try:
        told = _opened(
            "apps.quarantine.pdf:look",
            [io.BytesIO(content)],
            {"with_faces": with_faces, "with_codes": True},
            PAPER,
        )
    except Unopened:
        return Found(problem=found.TOO_COMPLEX)
    codes = tuple(tuple(page) for page in told["codes"])
    return Found(**{**told, "faces": tuple(told["faces"]), "codes": codes})


def _opened(
    opener: str,
    files: Sequence[IO[bytes]],
    arguments: Mapping[str, Any],
    limits: Limits,
    output: IO[bytes] | None = None,
) -> Any:
    """Raises `AttachmentRefused`, `Unopened`."""
    try:
        return open_files(opener, files, arguments, output=output, limits=limits)
    except Busy as busy:
        raise AttachmentRefused(str(busy)) from busy
    except Refused as refused:
        raise AttachmentRefused(str(refused)) from refused


def _assembled(files: Sequence["UploadedFile[bytes]"], title: str) -> Ready:
    if len(files) > MOST_PHOTOS:
        raise AttachmentRefused(
            f"一次最多上传 {MOST_PHOTOS} 张照片，现在有 {len(files)} 张；页数较多时请扫描成一份 PDF。"
        )
    for file in files:
        if (file.size or 0) > MAX_PHOTO:
            name, limit = plain_name(file.name or ""), MAX_PHOTO // MB
            raise AttachmentRefused(f"照片“{name}”超过上限 {limit} MB，请压缩后再上传。")
    if sum(file.size or 0 for file in files) > MAX_TOTAL:
        raise AttachmentRefused(f"照片合计超过上限 {MAX_TOTAL // MB} MB，请压缩后再上传。")
    names = [plain_name(file.name or "") for file in files]
    with tempfile.TemporaryFile() as made:
        try:
            opener = "apps.review.domain.attachments.photos:make"
            codes = _opened(opener, files, {"names": names}, PHOTOS, made)
        except Unopened as unopened:
            raise AttachmentRefused(PHOTOS_TOO_MUCH) from unopened
        made.seek(0)
        content = made.read()
    name = f"{title}（{len(files)} 张照片）.pdf"
    return Ready(content, name, len(files), photos=len(files), codes=codes)


def plain_name(name: str) -> str:
    """The last part of the path without control characters, short, with its ending."""
    last = name.replace("\\", "/").rpartition("/")[2]
    shown = "".join(sign for sign in last if sign.isprintable()).strip() or "文件"
    stem, dot, ending = shown.rpartition(".")
    return f"{stem[:LONGEST_NAME]}{dot}{ending[:10]}" if dot else shown[:LONGEST_NAME]
