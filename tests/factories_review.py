"""Filings planted where a test needs them: a published round, its filings moved to any status at once."""

from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from apps.organizations.models import Organization
from apps.projects.models import Project
from apps.review.models import Filing
from apps.review.statuses import Status
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
        Filing.objects.filter(pk__in=[filing.pk for filing in filings]).update(**values)
        for filing in filings:
            filing.refresh_from_db()
    return list(filings)


def units_below(parent: Organization, count: int) -> list[Organization]:
    """So many institutions directly under a bureau."""
    with whole_country(reason="test"):
        return list(InstitutionFactory.create_batch(count, parent=parent))


def filings_of(project: Project, units: Sequence[Organization]) -> list[Filing]:
    """The filings of units, in their order."""
    with whole_country(reason="test"):
        by_unit = {f.organization_id: f for f in Filing.objects.of_project(project)}
        return [by_unit[unit.pk] for unit in units]
