"""Keeping the signed PDF of a filing, and what its reviewer found on it (S2-21, S3-14)."""

from datetime import datetime
from functools import partial

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from apps.accounts.actors import Actor
from apps.accounts.roles import Permission
from apps.audit.services import record
from apps.projects.models import Attachment, Project
from apps.review.attachment_checks import AttachmentRefused, Ready
from apps.review.exceptions import NotYourTurn
from apps.review.locks import lock_branch
from apps.review.models import AttachmentCheck, Filing, FilingAttachment
from apps.review.standing import parties_of


@transaction.atomic
def attach_file(
    held: Filing, *, project: Project, ready: Ready, data_hash: str, by: Actor, at: datetime
) -> FilingAttachment:
    """Make a checked PDF the filing's one file; the caller holds the filing and found it editable.

    The file before it stays if it was reported, else it is deleted. Raises `AttachmentRefused` where the project
    asks for none.
    """
    if project.attachment == Attachment.NONE:
        raise AttachmentRefused("本项目不要求上传附件。")
    _put_away(held, at)
    attachment = FilingAttachment(
        filing=held,
        path=held.path,
        name=ready.name,
        size=len(ready.content),
        pages=ready.pages,
        photos=ready.photos,
        is_signed=ready.is_signed,
        data_hash=data_hash,
        printed_hash=ready.printed,
        uploaded_at=at,
        uploaded_by=by.user,
        uploaded_by_name=by.name,
    )
    attachment.file.save(ready.name, ContentFile(ready.content), save=False)
    attachment.save(force_insert=True)
    title = project.get_attachment_display()
    _log(held, project, by, f"上传{title}", f"上传{title}“{ready.name}”，{ready.pages} 页")
    return attachment


def _put_away(held: Filing, at: datetime) -> None:
    """Take the file in force out of it: evidence stays, what nobody has seen goes."""
    before = FilingAttachment.objects.filter(filing=held).in_force().first()
    if before is None:
        return
    if held.submitted_at is not None and before.uploaded_at <= held.submitted_at:
        FilingAttachment.objects.filter(pk=before.pk).update(replaced_at=at)
        return
    transaction.on_commit(partial(default_storage.delete, before.file.name))
    FilingAttachment.objects.filter(pk=before.pk).delete()


@transaction.atomic
def check_attachment(
    filing: Filing, *, project: Project, attachment_id: int, by: Actor
) -> AttachmentCheck | None:
    """签章完整 and 数据一致 were both ticked by the tier that reviews the filing, looking at this very file.

    `None` where no file is asked for or there is none. Raises `NotYourTurn`, and `AttachmentRefused` if the file
    was replaced since.
    """
    branch = lock_branch([filing])
    if not branch.filings or "reviewer" not in parties_of(branch.filings[0], branch, by):
        raise NotYourTurn("只有审核该单位的部门可以核对附件。")
    if not by.may(Permission.REVIEW) or by.organization is None:
        raise NotYourTurn("您的账号没有“审核”权限。")
    attachment = FilingAttachment.objects.filter(filing=filing).in_force().first()
    if attachment is None:
        return None
    if attachment.pk != attachment_id:
        raise AttachmentRefused("附件已重新上传，请刷新页面后重新核对。")
    check, is_new = AttachmentCheck.objects.get_or_create(
        attachment=attachment,
        reviewer=by.on_behalf_of or by.organization,
        defaults={"path": filing.path, "checked_by": by.user, "checked_by_name": by.name},
    )
    if is_new:
        title = project.get_attachment_display()
        _log(branch.filings[0], project, by, f"核对{title}", f"{title}签章完整、数据一致")
    found: AttachmentCheck = check
    return found


def _log(held: Filing, project: Project, by: Actor, verb: str, what: str) -> None:
    name = held.organization.name
    record(
        by=by,
        verb=verb,
        object=name,
        sentence=f"{name}在“{project.name}”的申报：{what}",
        path=held.path,
        project_code=project.code,
    )
