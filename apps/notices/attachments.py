"""Is a file what its name says, and safe to hand out? Asked before it is stored.

Invariants: nothing with macros, scripts or a password is stored, and a ZIP holds only files that could be attached
by themselves; each refusal is one sentence that names the file. It is opened in a process of its own (`judging`).
"""

from dataclasses import dataclass

from django.core.files.base import File

from apps.notices.limits import EXTENSIONS, MAX_SIZE, MB, OFFERED, plain_name
from apps.quarantine.inside import Refused
from apps.quarantine.opening import Unopened, open_files
from apps.quarantine.turns import Busy
from apps.quarantine.walls import Limits

MAX_FILES = 10
TOO_MANY = f"一条通知最多 {MAX_FILES} 个附件，请删去一些或打包上传。"
LIMITS = Limits()
TOO_COMPLEX = "“{name}”的内容过于复杂，没有检查完，请另存为普通 PDF 后再上传。"


class AttachmentRefused(ValueError):
    """The file can't be attached; the message is the sentence for the person."""


class AttachmentBusy(AttachmentRefused):
    """Nothing is wrong with the file: others are looked at before it."""


class AttachmentEnded(AttachmentRefused):
    """It has used up what a file may cost: those that came with it are not opened any more."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A file that passed, with the name and size (bytes) to store."""

    file: File  # type: ignore[type-arg]
    name: str
    size: int


def check_attachment(upload: File) -> Checked:  # type: ignore[type-arg]
    """Size, real type, no active content. Raises `AttachmentRefused`; leaves the file at its start."""
    name = plain_name(upload.name or "")
    extension = name.lower().rpartition(".")[2]
    if extension not in EXTENSIONS:
        raise AttachmentRefused(f"“{name}”的格式不能上传，请改为 {OFFERED}。")
    if not upload.size:
        raise AttachmentRefused(f"“{name}”是空文件，请重新选择。")
    if upload.size > MAX_SIZE:
        size, limit = upload.size / MB, MAX_SIZE // MB
        raise AttachmentRefused(f"“{name}”有 {size:.1f} MB，超过上限 {limit} MB，请压缩后再上传。")
    try:
        told = {"name": name, "extension": extension}
        open_files("apps.notices.judging:judge", [upload], told, limits=LIMITS)
    except Busy as busy:
        raise AttachmentBusy(str(busy)) from busy
    except Refused as refused:
        raise AttachmentRefused(str(refused)) from refused
    except Unopened as unopened:
        raise AttachmentEnded(TOO_COMPLEX.format(name=name)) from unopened
    return Checked(upload, name, upload.size)
