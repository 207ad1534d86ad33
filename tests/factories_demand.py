"""A demand round on the test tree: items with packs and prices, purchase history, lines. No scope need be open."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from apps.accounts.domain.actors import Actor
from apps.accounts.models import User
from apps.organizations.models import Organization, Tier
from apps.projects.models import (
    CatalogItem,
    Phase,
    Project,
    ProjectKind,
)
from apps.reporting.models import DemandLine, PurchaseHistory
from apps.review.domain.rounds.publishing import publish_project
from apps.review.models import Filing
from apps.scope.context import whole_country
from tests.factories_projects import enroll, open_windows

YEAR = 2025


def demand_project(
    institutions: Iterable[Organization], *, code: str = "BL", items: int = 4, **policies: Any
) -> Project:
    """A project in preparation in which these take part, all windows open, baseline 2025, 20 % down explained."""
    policies.setdefault("baseline_years", [YEAR])
    policies.setdefault("kind", ProjectKind.DEMAND)
    with whole_country(reason="test"):
        project = Project.objects.create(code=code, name="测试药品报量", **policies)
        Project.objects.filter(pk=project.pk).update(phase=Phase.PREPARING)
        project.refresh_from_db()
        enroll(project, *institutions)
        open_windows(project, *Tier, closes_at=timezone.now() + timedelta(days=10))
        add_items(project, items)
        return project


def add_items(project: Project, number: int) -> list[CatalogItem]:
    """Tablets in packs of 28 at 14.00 yuan: P0001, P0002, …"""
    there = CatalogItem.objects.filter(project=project).count()
    return CatalogItem.objects.bulk_create(
        CatalogItem(
            project=project,
            position=place,
            item_code=f"P{place:04d}",
            lot="标的一",
            product_group="产品组一",
            competition_unit="竞争单元一",
            variety=f"测试片{place}",
            pinyin="csp",
            specification="5mg×28片",
            unit="片",
            pack_quantity=28,
            manufacturer_name="测试制药",
            daily_usage=Decimal(1),
            reference_price=Decimal(14),
            filling_note="按片填报",
        )
        for place in range(there + 1, there + number + 1)
    )


def bought(
    project: Project, unit: Organization, quantities: Mapping[str, int], *, year: int = YEAR
) -> None:
    """What a unit bought in a year, by item code."""
    with whole_country(reason="test"):
        items = items_of(project)
        PurchaseHistory.objects.bulk_create(
            PurchaseHistory(
                project=project,
                organization=unit,
                item=items[code],
                year=year,
                path=unit.path,
                quantity=quantity,
            )
            for code, quantity in quantities.items()
        )


def published(project: Project, officer: User) -> Project:
    """The project published by the alliance."""
    with whole_country(reason="test"):
        publish_project(project, by=Actor.of(officer))
        project.refresh_from_db()
        return project


def filing_of(project: Project, unit: Organization) -> Filing:
    with whole_country(reason="test"):
        found: Filing = Filing.objects.select_related("organization", "project").get(
            project=project, organization=unit
        )
        return found


def items_of(project: Project) -> dict[str, CatalogItem]:
    with whole_country(reason="test"):
        return {item.item_code: item for item in CatalogItem.objects.filter(project=project)}


def planned(
    project: Project, unit: Organization, quantities: Mapping[str, int | None], **fields: Any
) -> None:
    """Lines as if typed and kept; `fields` go to all of them."""
    filing, items = filing_of(project, unit), items_of(project)
    with whole_country(reason="test"):
        DemandLine.objects.bulk_create(
            DemandLine(
                filing=filing,
                item=items[code],
                path=filing.path,
                planned=quantity,
                updated_at=timezone.now(),
                **fields,
            )
            for code, quantity in quantities.items()
        )


def line_of(project: Project, unit: Organization, code: str) -> DemandLine | None:
    """The line of an item, freshly read."""
    filing, item = filing_of(project, unit), items_of(project)[code]
    with whole_country(reason="test"):
        found: DemandLine | None = DemandLine.objects.filter(filing=filing, item=item).first()
        return found
