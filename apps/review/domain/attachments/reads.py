"""Reading the signed PDFs of filings: which one is in force, who may see it, whether its reviewer has looked at it."""

from collections.abc import Sequence

from django.http import Http404

from apps.accounts.domain.actors import Actor
from apps.projects.models import Attachment, Project
from apps.review.domain.locks import Branch
from apps.review.domain.machine import TRANSITIONS
from apps.review.domain.refusals import ActionRefused, Refused, listing
from apps.review.models import AttachmentCheck, Filing, FilingAttachment
from apps.review.models.statuses import Action, Status


def in_force(filings: Sequence[Filing]) -> dict[int, FilingAttachment]:
    """By filing id, its one file; one statement."""
    rows = FilingAttachment.objects.filter(filing__in=[filing.pk for filing in filings]).in_force()
    return {row.filing_id: row for row in rows}


def visible_or_404(filing: Filing, reader: Actor) -> FilingAttachment:
    """The file in force, for who may read it: what is not reported yet is nobody else's (S0-15)."""
    place = reader.organization
    is_own = place is not None and place.pk == filing.organization_id
    if filing.state == Status.DRAFT and not is_own:
        raise Http404
    attachment: FilingAttachment | None = (
        FilingAttachment.objects.filter(filing=filing).in_force().first()
    )
    if attachment is None:
        raise Http404
    return attachment


def check_ticked(project: Project, branch: Branch, action: Action, by: Actor) -> None:
    """审核通过 of a 需求量汇总表 needs both ticks on the file in force (S3-14). Raises `ActionRefused`.

    Nothing is asked for filings without a file (代报), nor where the project asks for none or for a 承诺函.
    """
    if "sheet" not in TRANSITIONS[action].checks or project.attachment != Attachment.SUMMARY:
        return
    files = in_force([filing for filing in branch.filings if filing.is_institution])
    reviewer = by.on_behalf_of or by.organization
    if not files or reviewer is None:
        return
    checks = AttachmentCheck.objects.filter(
        attachment__in=[file.pk for file in files.values()], reviewer=reviewer
    )
    ticked = set(checks.values_list("attachment_id", flat=True))
    wanting = [f for f in branch.filings if f.pk in files and files[f.pk].pk not in ticked]
    if not wanting:
        return
    if len(branch.filings) == 1:
        raise ActionRefused("请先核对需求量汇总表，勾选“签章完整”和“数据一致”后再审核通过。")
    why = "需求量汇总表还没有勾选“签章完整”和“数据一致”"
    refused = [Refused(f.pk, f.organization.name, why) for f in wanting]
    raise ActionRefused(listing(refused, action.label), refused)
