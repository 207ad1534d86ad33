"""上传承诺函 / 需求量汇总表: one signed PDF beside the numbers that it vouches for (S2-21, S3-08)."""

from collections.abc import Sequence
from datetime import datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from apps.accounts.actors import Actor
from apps.projects.models import Project
from apps.reporting.editing import hold_filing
from apps.reporting.fingerprints import fingerprint
from apps.review.attachment_checks import Ready, check_upload
from apps.review.models import Filing, FilingAttachment
from apps.review.services import attach_file


def upload_letter(
    *,
    filing: Filing,
    project: Project,
    files: Sequence[UploadedFile],  # type: ignore[type-arg]
    by: Actor,
    at: datetime | None = None,
) -> FilingAttachment:
    """Check the upload, then keep it in place of the one before. `at` is when the request arrived.

    Raises `NotEditable`, `AttachmentRefused`; then the one before stays.
    """
    ready = check_upload(files, title=project.get_attachment_display())
    return _keep(filing, project, ready, by, at)


@transaction.atomic
def _keep(
    filing: Filing, project: Project, ready: Ready, by: Actor, at: datetime | None
) -> FilingAttachment:
    held = hold_filing(filing, project=project, by=by, at=at)
    code = fingerprint(held)
    return attach_file(
        held, project=project, ready=ready, data_hash=code, by=by, at=at or timezone.now()
    )
