"""Keeping the signed PDF of a filing, and what its reviewer found on it (S2-21, S3-14)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import DatabaseError, transaction
from django.db.models import F

from apps.accounts.domain.actors import Actor
from apps.audit.services import Entry, record_many
from apps.projects.models import Attachment, Project
from apps.review.domain.attachments.checks import AttachmentRefused, Ready
from apps.review.domain.attachments.reads import in_force
from apps.review.domain.carrying import Instruction, carries
from apps.review.domain.locks import lock_branch
from apps.review.domain.performing import perform
from apps.review.domain.refusals import NotYourTurn
from apps.review.domain.standing import parties_of
from apps.review.models import AttachmentCheck, Filing, FilingAttachment
from apps.review.models.statuses import Action


@transaction.atomic
def attach_file(
    held: Filing,
    *,
    project: Project,
    ready: Ready,
    data_hash: str,
    by: Actor,
    page_codes: Sequence[str] = (),
) -> FilingAttachment:
    """Make a checked PDF the filing's one file; the caller holds the filing and found it editable.

    The file before it stays if it was reported, else it is deleted. Raises `AttachmentRefused` where the project
    asks for none. `page_codes` as `page_codes.kept_of` gives them.
    """
    if project.attachment == Attachment.NONE:
        raise AttachmentRefused("本项目不要求上传附件。")
    at = by.moment
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
        page_codes=list(page_codes),
        is_original=ready.is_original,
        uploaded_at=at,
        uploaded_by=by.user,
        uploaded_by_name=by.name,
    )
    title = project.get_attachment_display()
    what = f"上传{title}“{ready.name}”，{ready.pages} 页"
    record_many(by=by, entries=[_entry(held, project, f"上传{title}", what)])
    attachment.file.save(ready.name, ContentFile(ready.content), save=False)
    try:
        attachment.save(force_insert=True)
    except DatabaseError:
        default_storage.delete(str(attachment.file.name))  # no file without its row
        raise
    return attachment


def _put_away(held: Filing, at: datetime) -> None:
    """Take the file in force out of it: evidence stays, what nobody has seen goes."""
    before = FilingAttachment.objects.filter(filing=held).in_force().first()
    if before is None:
        return
    if held.submitted_at is not None and before.uploaded_at <= held.submitted_at:
        FilingAttachment.objects.filter(pk=before.pk).update(replaced_at=at)
        return
    transaction.on_commit(partial(default_storage.delete, str(before.file.name)))
    FilingAttachment.objects.filter(pk=before.pk).delete()


@transaction.atomic
def restore_files(filings: Sequence[Filing], *, at: datetime) -> None:
    """恢复上次上报: the file that was reported is in force again, a later one kept aside. Three statements."""
    reported = FilingAttachment.objects.filter(
        filing__in=[filing.pk for filing in filings], uploaded_at__lte=F("filing__submitted_at")
    )
    last = reported.order_by("filing_id", "-uploaded_at").distinct("filing_id")
    aside = {row.filing_id: row.pk for row in last if row.replaced_at is not None}
    FilingAttachment.objects.filter(filing__in=aside).in_force().update(replaced_at=at)
    FilingAttachment.objects.filter(pk__in=aside.values()).update(replaced_at=None)


@carries(Action.APPROVE)
def approve_as_told(filings: Sequence[Filing], told: Instruction) -> list[Filing]:
    """Raises a `ReviewRefused`."""
    by, versions, reason = told.by, told.versions, told.reason
    if told.sheet_checked:
        return approve_checked(filings, by=by, versions=versions, reason=reason)
    return perform(filings, Action.APPROVE, by=by, versions=versions, reason=reason)


@transaction.atomic
def approve_checked(
    filings: Sequence[Filing],
    *,
    by: Actor,
    versions: Mapping[int, int] | None = None,
    reason: str = "",
) -> list[Filing]:
    """审核通过 by somebody who ticked 签章完整 and 数据一致 for each file in force (S3-14).

    Constant statements. Raises a `ReviewRefused` as `perform` does; then no finding is kept either.
    """
    check_attachments(filings, by=by)
    return perform(filings, Action.APPROVE, by=by, versions=versions, reason=reason)


@transaction.atomic
def check_attachments(filings: Sequence[Filing], *, by: Actor) -> int:
    """Keep both ticks on the files in force; returns how many are new. Raises `NotYourTurn`.

    A file can't be replaced below a submitted filing: what is found now is what was looked at.
    """
    branch = lock_branch(filings)
    reviewer = by.on_behalf_of or by.organization
    if reviewer is None or any(
        "reviewer" not in parties_of(filing, branch, by) for filing in branch.filings
    ):
        raise NotYourTurn("只有审核该单位的部门可以核对附件。")
    files = in_force(branch.filings)
    known = AttachmentCheck.objects.filter(attachment__in=files.values(), reviewer=reviewer)
    before = set(known.values_list("attachment_id", flat=True))
    fresh = [
        filing
        for filing in branch.filings
        if filing.pk in files and files[filing.pk].pk not in before
    ]
    AttachmentCheck.objects.bulk_create(
        AttachmentCheck(
            attachment=files[filing.pk],
            path=filing.path,
            reviewer=reviewer,
            checked_by=by.user,
            checked_by_name=by.name,
        )
        for filing in fresh
    )
    if fresh:
        project = Project.objects.get(pk=fresh[0].project_id)
        title = project.get_attachment_display()
        what = f"{title}签章完整、数据一致"
        record_many(by=by, entries=[_entry(e, project, f"核对{title}", what) for e in fresh])
    return len(fresh)


def _entry(held: Filing, project: Project, verb: str, what: str) -> Entry:
    name = held.organization.name
    return Entry(
        verb=verb,
        object=name,
        sentence=f"{name}在“{project.name}”的申报：{what}",
        path=held.path,
        project_code=project.code,
    )
