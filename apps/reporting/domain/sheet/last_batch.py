"""上批量: what the institution planned of the same item the last time that a demand task of its was approved.

Invariants: the same item is one with the same code, or with the same national code (统一编码); a quantity counted in
another unit is none. Of several tasks the one published last counts, item by item.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import BigIntegerField, Q, QuerySet

from apps.projects.models import CatalogItem, Project, ProjectKind
from apps.reporting.models import DemandLine
from apps.review.models import Filing
from apps.review.models.statuses import Status
from apps.scope.prepared import Prepared


def last_batch(project: Project, filing: Filing, items: Sequence[CatalogItem]) -> Mapping[int, int]:
    """By item, in smallest units; items without one are left out. One statement."""
    if project.kind != ProjectKind.DEMAND or not items:
        return {}
    by_name: dict[tuple[str, str, str], int | None] = {}
    for code, unified, unit, planned in LINES(
        project=project.pk, organization=filing.organization_id
    ):
        by_name["code", code, unit] = planned
        by_name["unified", unified, unit] = planned
    last = {
        item.pk: by_name.get(
            ("code", item.item_code, item.unit),
            by_name.get(("unified", item.unified_code, item.unit)) if item.unified_code else None,
        )
        for item in items
    }
    return {item: planned for item, planned in last.items() if planned is not None}


def _lines(project: Any, organization: Any) -> QuerySet[Any]:
    """The earlier task first."""
    items = CatalogItem.objects.filter(project_id=project)
    same = Q(item__item_code__in=items.values("item_code")) | Q(
        item__unified_code__in=items.exclude(unified_code="").values("unified_code")
    )
    lines = DemandLine.objects.filter(
        same,
        filing__organization_id=organization,
        filing__kind=ProjectKind.DEMAND,
        filing__status=Status.APPROVED,
        planned__isnull=False,
    ).exclude(filing__project_id=project)
    return lines.order_by("filing__project__published_at", "filing__project_id").values_list(
        "item__item_code", "item__unified_code", "item__unit", "planned"
    )


LINES: Prepared[tuple[str, str, str, int]] = Prepared(
    _lines, project=BigIntegerField(), organization=BigIntegerField()
)
"""Read by every page of a sheet."""
