"""上批量: what the institution planned of the same item the last time that a demand task of its was approved.

Invariants: the same item is one with the same code, or with the same national code (统一编码); a quantity counted in
another unit is none. Of several tasks the one published last counts, item by item; what merged into the institution
counts with it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.db.models import BigIntegerField, Q, QuerySet

from apps.organizations.models import Organization
from apps.projects.models import CatalogItem, Project, ProjectKind
from apps.reporting.models import DemandLine
from apps.review.models import Filing
from apps.review.models.statuses import Status
from apps.scope.context import current_scope, enter
from apps.scope.paths import province_path
from apps.scope.prepared import Prepared

Name = tuple[str, str, str]
Line = tuple[str, str, str, int, int, int]
"""Code, national code, unit of an item; quantity; project; institution."""


def last_batch(project: Project, filing: Filing, items: Sequence[CatalogItem]) -> Mapping[int, int]:
    """By item, in smallest units; items without one are left out. One statement."""
    if project.kind != ProjectKind.DEMAND or not items:
        return {}
    by_name: dict[Name, tuple[int, dict[int, int]]] = {}
    for code, unified, unit, planned, task, institution in _lines_of(project, filing):
        for name in (("code", code, unit), ("unified", unified, unit)):
            if by_name.get(name, (0, {}))[0] != task:
                by_name[name] = task, {}
            by_name[name][1][institution] = planned
    sums = {name: sum(parts.values()) for name, (_task, parts) in by_name.items()}
    last = {
        item.pk: sums.get(
            ("code", item.item_code, item.unit),
            sums.get(("unified", item.unified_code, item.unit)) if item.unified_code else None,
        )
        for item in items
    }
    return {item: planned for item, planned in last.items() if planned is not None}


def _lines_of(project: Project, filing: Filing) -> list[Line]:
    """Of the institution and of what merged into it, which stands beyond its scope; the earlier task first."""
    around = replace(current_scope(), paths=(province_path(filing.path),))
    with enter(around):
        return LINES(project=project.pk, organization=filing.organization_id)


def _lines(project: Any, organization: Any) -> QuerySet[Any]:
    items = CatalogItem.objects.filter(project_id=project)
    same = Q(item__item_code__in=items.values("item_code")) | Q(
        item__unified_code__in=items.exclude(unified_code="").values("unified_code")
    )
    lines = DemandLine.objects.filter(
        same,
        filing__organization__in=Organization.objects.filter(
            Q(pk=organization) | Q(merged_into=organization)
        ).values("pk"),
        filing__kind=ProjectKind.DEMAND,
        filing__status=Status.APPROVED,
        planned__isnull=False,
    ).exclude(filing__project_id=project)
    return lines.order_by("filing__project__published_at", "filing__project_id").values_list(
        "item__item_code",
        "item__unified_code",
        "item__unit",
        "planned",
        "filing__project_id",
        "filing__organization_id",
    )


LINES: Prepared[Line] = Prepared(_lines, project=BigIntegerField(), organization=BigIntegerField())
"""Read by every page of a sheet."""
