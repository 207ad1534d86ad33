"""The documents of the demo: its institutions' own numbers, nobody's signature, their reviewers' ticks."""

import io
from collections.abc import Sequence

from apps.accounts.domain.actors import Actor
from apps.projects.models import Attachment, Project
from apps.reporting.domain.fingerprints import fingerprint
from apps.reporting.files.letters import filename_of, write_letter
from apps.review.domain.attachments.acts import attach_file, check_attachments
from apps.review.domain.attachments.checks import Ready
from apps.review.models import Filing


def attach(project: Project, filing: Filing, by: Actor) -> None:
    """What the project asks for before 上报, as an upload would keep it; nothing where it asks for nothing."""
    if project.attachment == Attachment.NONE:
        return
    file, digest = io.BytesIO(), fingerprint(filing)
    pages = write_letter(file, project=project, filing=filing)
    ready = Ready(file.getvalue(), filename_of(project, filing), pages, is_original=True)
    attach_file(
        filing, project=project, ready=ready, data_hash=digest, page_codes=[digest] * pages, by=by
    )


def tick(project: Project, filings: Sequence[Filing], by: Actor) -> None:
    """签章完整 and 数据一致 on each, where a 需求量汇总表 is asked for."""
    if project.attachment == Attachment.SUMMARY:
        check_attachments([filing for filing in filings if filing.is_institution], by=by)
