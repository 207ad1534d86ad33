"""Writing, publishing, withdrawing and reading notices. Each act is in the operation log; reading is a receipt."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from apps.audit.domain.seen import Seen, require_seen
from apps.audit.services import Author, record

from .attachments import MAX_FILES, TOO_MANY, Checked
from .models import Attachment, Notice, Receipt

# `accounts` stands above this app: its right is asked for by name.
REVIEW = "review"


class NoticeRefused(Exception):
    """The act is not possible; the message is the sentence for the person. Nothing was written."""


@dataclass(frozen=True, slots=True)
class Content:
    """What the publisher writes. `audience`: role codes, empty for all units below."""

    kind: str
    title: str
    body: str
    audience: Sequence[str] = ()
    is_pinned: bool = False


@transaction.atomic
def create_notice(
    *, by: Author, content: Content, files: Sequence[Checked] = (), publish: bool
) -> Notice:
    """Write a notice in the name of the author's unit; a draft unless `publish`."""
    _require_right(by)
    notice = Notice(
        path=by.organization.path, publisher_name=by.organization.name, created_by=by.user
    )
    return _write(notice, by=by, content=content, files=files, removed=(), publish=publish)


@transaction.atomic
def edit_notice(
    notice: Notice,
    *,
    by: Author,
    content: Content,
    files: Sequence[Checked] = (),
    removed: Sequence[int] = (),
    publish: bool,
    seen: Seen | None = None,
) -> Notice:
    """Change a notice, draft or in force; `removed` are ids of attachments to drop. Receipts stay.

    Raises `NoticeRefused`, `ChangedMeanwhile`.
    """
    notice = _own(notice, by)
    require_seen(seen, notice)
    if notice.withdrawn_at is not None:
        raise NoticeRefused("通知已撤回，不能再修改；需要时请重新发布一条。")
    return _write(notice, by=by, content=content, files=files, removed=removed, publish=publish)


@transaction.atomic
def withdraw_notice(notice: Notice, *, by: Author) -> Notice:
    """Take a notice out of force; readers no longer find it, the receipts stay."""
    notice = _own(notice, by)
    if not notice.is_in_force:
        raise NoticeRefused("这条通知不在发布状态，无需撤回。")
    notice.withdrawn_at = timezone.now()
    notice.save(update_fields=["withdrawn_at"])
    _log(notice, by, "撤回通知")
    return notice


def mark_read(notice: Notice, *, by: Author) -> None:
    """Leave a receipt, once for each account; publishers leave none on their own."""
    if by.user is None or by.user.path == notice.path:
        return
    Receipt.objects.bulk_create(
        [Receipt(notice=notice, user=by.user, path=by.user.path)],
        ignore_conflicts=True,
    )


def _require_right(by: Author) -> None:
    """Raises `NoticeRefused` unless a unit writes, by an account that reviews for it."""
    if by.organization is None or not by.may(REVIEW):
        raise NoticeRefused("只有联采办和医保部门中有“审核”权限的账号可以发布和修改通知。")


def _own(notice: Notice, by: Author) -> Notice:
    """The notice locked, if the author's unit wrote it. Raises `NoticeRefused`."""
    _require_right(by)
    own = by.organization.path if by.organization else ""
    held = Notice.objects.of_publisher(own).select_for_update(of=("self",), no_key=True)
    found: Notice | None = held.filter(pk=notice.pk).first()
    if found is None:
        raise NoticeRefused("只有发布单位可以修改或撤回这条通知。")
    return found


def _write(
    notice: Notice,
    *,
    by: Author,
    content: Content,
    files: Sequence[Checked],
    removed: Sequence[int],
    publish: bool,
) -> Notice:
    now = timezone.now()
    is_new, was_draft = notice.pk is None, notice.is_draft
    notice.kind, notice.title, notice.body = content.kind, content.title, content.body
    notice.audience, notice.is_pinned = sorted(content.audience), content.is_pinned
    if publish and was_draft:
        notice.published_at = now
    elif not is_new:
        notice.edited_at = now
    notice.save()
    _change_files(notice, files, removed)
    _log(notice, by, _verb(is_new=is_new, published=publish and was_draft))
    return notice


def _change_files(notice: Notice, files: Sequence[Checked], removed: Sequence[int]) -> None:
    dropped = list(Attachment.objects.filter(notice=notice, pk__in=removed))
    for attachment in dropped:
        transaction.on_commit(partial(default_storage.delete, str(attachment.file.name)))
    Attachment.objects.filter(pk__in=[attachment.pk for attachment in dropped]).delete()
    kept = Attachment.objects.filter(notice=notice).count()
    if kept + len(files) > MAX_FILES:
        raise NoticeRefused(TOO_MANY)
    for checked in files:
        attachment = Attachment(notice=notice, name=checked.name, size=checked.size)
        attachment.file.save(checked.name, checked.file, save=False)
        attachment.save()


def _verb(*, is_new: bool, published: bool) -> str:
    if published:
        return "发布通知"
    return "起草通知" if is_new else "修改通知"


def _log(notice: Notice, by: Author, verb: str) -> None:
    sentence = f"{verb}：{notice.get_kind_display()}“{notice.title}”"
    record(by=by, verb=verb, object=notice.title, sentence=sentence, path=notice.path)
