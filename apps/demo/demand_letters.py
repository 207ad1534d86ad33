"""The signed letters of the demo's institutions: one page each, stored as an upload would be."""

import hashlib
import io

from django.core.files.base import ContentFile
from django.utils import timezone

from apps.accounts.actors import Actor
from apps.exchange.pdf import Document, Text, write_pdf
from apps.projects.models import Attachment, Project
from apps.review.models import Filing, FilingAttachment

SENTENCE = "本机构承诺所报采购需求量真实、准确，并按约定采购。（演示文件，无实际签章）"


def attach(project: Project, filing: Filing, by: Actor) -> None:
    """What the project asks for before 上报; nothing where it asks for nothing."""
    if project.attachment == Attachment.NONE:
        return
    title = Attachment(project.attachment).label
    content = _pdf(title, project, filing)
    FilingAttachment.objects.create(
        filing=filing,
        path=filing.path,
        file=ContentFile(content, name="letter.pdf"),
        name=f"{filing.organization.name}-{title}.pdf",
        size=len(content),
        pages=1,
        data_hash=hashlib.sha256(content).hexdigest(),
        uploaded_at=timezone.now(),
        uploaded_by=by.user,
        uploaded_by_name=by.name,
    )


def _pdf(title: str, project: Project, filing: Filing) -> bytes:
    file = io.BytesIO()
    facts = (("项目", project.name), ("医疗机构", filing.organization.name))
    write_pdf(file, Document(title=title, facts=facts, blocks=(Text(SENTENCE),)))
    return file.getvalue()
