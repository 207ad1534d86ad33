"""上传承诺函 / 需求量汇总表: one signed PDF beside the numbers that it vouches for (S2-21, S3-08)."""

from collections.abc import Sequence

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from apps.accounts.domain.actors import Actor
from apps.projects.models import Project
from apps.reporting.domain.fingerprints import KIND, fingerprint
from apps.reporting.domain.sheet.filling import DEMAND
from apps.review.domain.attachments.acts import attach_file
from apps.review.domain.attachments.checks import Ready, check_upload
from apps.review.domain.attachments.page_codes import kept_of
from apps.review.domain.holding import hold
from apps.review.models import Filing, FilingAttachment


def upload_letter(
    *,
    filing: Filing,
    project: Project,
    files: Sequence[UploadedFile],  # type: ignore[type-arg]
    by: Actor,
) -> FilingAttachment:
    """Check the upload, then keep it in place of the one before.

    Raises `NotEditable`, `AttachmentRefused`; then the one before stays.
    """
    ready = check_upload(files, title=project.get_attachment_display())
    return _keep(filing, project, ready, by)


@transaction.atomic
def _keep(filing: Filing, project: Project, ready: Ready, by: Actor) -> FilingAttachment:
    held = hold(filing, project=project, by=by, work=DEMAND)
    return attach_file(
        held,
        project=project,
        ready=ready,
        data_hash=fingerprint(held),
        page_codes=kept_of(ready.codes, kind=KIND, subject=str(held.pk)),
        by=by,
    )
