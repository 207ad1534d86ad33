"""Filings planted where a test needs them: a published round, its filings moved to any status at once."""

from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from apps.organizations.models import Organization
from apps.projects.models import Attachment, Project
from apps.review.models import Filing, FilingAttachment
from apps.review.models.statuses import Status
from apps.scope.context import whole_country
from tests.factories import InstitutionFactory


def put(status: Status, *filings: Filing, **fields: Any) -> list[Filing]:
    """The filings at a status, as if their acts had happened; no events are written."""
    values: dict[str, Any] = {"status": status, **fields}
    if status in {Status.SUBMITTED, Status.APPROVED, Status.RETURNED}:
        values |= {"submitted_at": timezone.now(), "reported_once": True}
    if status == Status.RETURNED:
        values.setdefault("return_reason", "数量有误")
    with whole_country(reason="test"):
        if status == Status.SUBMITTED:
            _sign(filings)
        Filing.objects.filter(pk__in=[filing.pk for filing in filings]).update(**values)
        for filing in filings:
            filing.refresh_from_db()
    return list(filings)


def _sign(filings: Sequence[Filing]) -> None:
    """A document in force where the project asks for one and none is there; its bytes are nowhere."""
    asked = [f for f in filings if f.is_institution and f.project.attachment != Attachment.NONE]
    FilingAttachment.objects.bulk_create(
        FilingAttachment(
            filing=filing,
            path=filing.path,
            file="filings/none.pdf",
            name="签章.pdf",
            size=1,
            pages=1,
            uploaded_at=timezone.now(),
        )
        for filing in asked
        if not FilingAttachment.objects.filter(filing=filing).in_force().exists()
    )


def units_below(parent: Organization, count: int) -> list[Organization]:
    """So many institutions directly under a bureau."""
    with whole_country(reason="test"):
        return list(InstitutionFactory.create_batch(count, parent=parent))


def filings_of(project: Project, units: Sequence[Organization]) -> list[Filing]:
    """The filings of units, in their order."""
    with whole_country(reason="test"):
        by_unit = {f.organization_id: f for f in Filing.objects.of_project(project)}
        return [by_unit[unit.pk] for unit in units]
