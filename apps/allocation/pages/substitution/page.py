"""系统代分 as its pages show it: the preview beside those who did not report."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.db.models import QuerySet, TextChoices

from apps.allocation.domain.substitution.missing import Missing, missing_of
from apps.allocation.domain.substitution.preview import (
    Preview,
    Share,
    is_short,
    planned_rows,
    preview_of,
)
from apps.allocation.models import CapacityPool
from apps.allocation.pages.substitution.tables import PlannedLineRow, TakenRow
from apps.projects.models import CatalogItem, Project
from apps.review.domain.checks import default_deadline
from apps.review.domain.locks import read_branch
from apps.review.models import Filing


class Pile(TextChoices):
    """The lists of the page."""

    MISSING = "missing", "未上报"
    PRODUCTS = "products", "预演：按中选产品"
    DONE = "done", "已代分"


@dataclass(frozen=True)
class SubstitutionPage:
    """A project's institutions that did not report, at one moment."""

    project: Project
    at: datetime

    @cached_property
    def missing(self) -> Missing:
        return missing_of(self.project, at=self.at)

    @property
    def proposed_deadline(self) -> datetime | None:
        """The end of the windows of those who return the packages, as in every return."""
        packages = self.missing.packages
        if not packages:
            return None
        return default_deadline(self.project, read_branch(packages), self.at)

    @cached_property
    def preview(self) -> Preview | None:
        """`None` where there is too much of it for a page."""
        filings = self.missing.over
        return preview_of(self.project, list(filings)) if is_short(filings) else None

    @property
    def shares(self) -> Mapping[int, Share]:
        return self.preview.shares if self.preview else {}

    @property
    def taken(self) -> list[TakenRow]:
        """The products that the preview takes of."""
        if self.preview is None:
            return []
        sums: dict[int, int] = {}
        for plan in self.preview.plans:
            for line in plan.lines:
                sums[line.product_id] = sums.get(line.product_id, 0) + line.reserved - line.before
        pools = CapacityPool.objects.filter(product_id__in=sums).with_offer()
        return [
            TakenRow(pool, sums[pool.product_id], self.preview.left[pool.product_id])
            for pool in pools
        ]

    def lines_of(self, filing: Filing) -> list[PlannedLineRow]:
        """What one institution would get, after those before it have taken theirs."""
        until = self.missing.over.filter(path__lte=filing.path)
        lines = [row for row in planned_rows(self.project, until) if row.filing.pk == filing.pk]
        pools = {
            pool.product_id: pool
            for pool in CapacityPool.objects.filter(
                product_id__in=[row.product_id for row in lines if row.product_id]
            ).with_offer()
        }
        items = CatalogItem.objects.in_bulk([row.plan.row.item_id for row in lines])
        return [
            PlannedLineRow(
                item=str(items[row.plan.row.item_id]),
                slot=row.slot,
                pool=pools.get(row.product_id or 0),
                quantity=row.contract or row.unplaced,
                pk=f"{row.plan.row.pk}-{row.slot}-{row.product_id}",
            )
            for row in lines
        ]


def done_filings(project: Project) -> QuerySet[Filing]:
    rows: QuerySet[Filing] = Filing.objects.of_project(project).institutions()
    return rows.filter(substituted=True).with_organization().order_by("path")  # type: ignore[attr-defined,no-any-return]
