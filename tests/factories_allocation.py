"""An allocation on the test tree with the worked products of rules §3a.8. Nothing here needs a scope to be open."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from apps.accounts.domain.actors import Actor
from apps.accounts.models import User
from apps.allocation.models import AllocationRow, CapacityPool, Given
from apps.organizations.models import Enterprise, Organization, Tier
from apps.projects.models import (
    CatalogItem,
    Phase,
    Project,
    ProjectKind,
    ProjectWindow,
    SupplyProvince,
    WinningProduct,
    WinningTerms,
)
from apps.review.domain.rounds.publishing import publish_project
from apps.review.models import Filing
from apps.scope.context import whole_country
from tests.factories import EnterpriseFactory
from tests.factories_projects import enroll, open_windows

SHARES = {
    "share_lowest": Decimal("0.2"),
    "share_highest": Decimal("0.3"),
    "share_other": Decimal("0.5"),
}
# Code: daily usage, pack, price, cut. Lowest daily cost: B; highest cut: A.
WORKED = {
    "A": ("9", 36, "28.80", "52"),
    "B": ("3", 24, "45.60", "41.35"),
    "C": ("6", 30, "40.00", "48.6"),
}
UNSELECTED = "U"


def allocation_project(
    institutions: Iterable[Organization], *, code: str = "FL", **policies: Any
) -> Project:
    """A project in preparation in which these take part, all windows open, shares 20/30/50."""
    with whole_country(reason="test"):
        project = Project.objects.create(
            code=code,
            name="测试中成药分量",
            kind=ProjectKind.ALLOCATION,
            **(SHARES | {name: _exact(value) for name, value in policies.items()}),
        )
        Project.objects.filter(pk=project.pk).update(phase=Phase.PREPARING)
        project.refresh_from_db()
        enroll(project, *institutions)
        open_windows(project, *Tier, closes_at=timezone.now() + timedelta(days=10))
        return project


def _exact(value: Any) -> Any:
    """Shares may be written as text."""
    return Decimal(value) if isinstance(value, str) and value[:1].isdigit() else value


def catalog_item(project: Project, code: str, **fields: Any) -> CatalogItem:
    """An item of the one product group; its code is its name."""
    defaults: dict[str, Any] = {
        "position": CatalogItem.objects.filter(project=project).count() + 1,
        "lot": "标的一",
        "product_group": "产品组一",
        "competition_unit": "竞争单元一",
        "variety": f"测试胶囊{code}",
        "pinyin": "csjn",
        "specification": f"0.3g×{fields.get('pack_quantity', 24)}粒",
        "unit": "粒",
        "pack_quantity": 24,
        "unified_code": f"ZA{code}",
        "manufacturer_name": f"{code}制药",
        "daily_usage": Decimal(6),
    }
    return CatalogItem.objects.create(project=project, item_code=code, **(defaults | fields))


def winner(
    project: Project,
    code: str,
    *,
    terms: tuple[str, int, str, str],
    enterprise: Enterprise | None = None,
    capacity: int | None = None,
    supplies: Sequence[Organization] = (),
    **fields: Any,
) -> WinningProduct:
    """A winning product: its own item, daily usage, pack, price and cut."""
    usage, pack, price, cut = terms
    item = catalog_item(project, code, pack_quantity=pack, daily_usage=Decimal(usage), **fields)
    product = WinningProduct.objects.create(
        project=project,
        item=item,
        enterprise=enterprise or EnterpriseFactory(name=f"{code}制药"),
        capacity=capacity,
    )
    WinningTerms.objects.create(
        product=product,
        price=Decimal(price),
        pack=pack,
        daily_usage=Decimal(usage),
        cut=Decimal(cut),
    )
    SupplyProvince.objects.bulk_create(
        SupplyProvince(product=product, province=province) for province in supplies
    )
    return product


def worked_products(
    project: Project, capacities: Mapping[str, int | None] | None = None
) -> dict[str, WinningProduct]:
    """A, B and C of the worked example, and the unselected item U with a daily usage of 6."""
    with whole_country(reason="test"):
        catalog_item(project, UNSELECTED)
        return {
            code: winner(project, code, terms=terms, capacity=(capacities or {}).get(code))
            for code, terms in WORKED.items()
        }


def merged_products(project: Project) -> dict[str, WinningProduct]:
    """B is the cheapest a day and has the highest cut as well; C is another enterprise."""
    with whole_country(reason="test"):
        catalog_item(project, UNSELECTED)
        return {
            "B": winner(project, "B", terms=("3", 24, "45.60", "60")),
            "C": winner(project, "C", terms=WORKED["C"]),
        }


def supplied_products(
    project: Project, supplied: Mapping[str, Sequence[str]], tree: Mapping[str, Organization]
) -> dict[str, WinningProduct]:
    """A, B and C, each supplying the provinces named by code, or all."""
    with whole_country(reason="test"):
        catalog_item(project, UNSELECTED)
        return {
            code: winner(
                project,
                code,
                terms=terms,
                supplies=[tree[province] for province in supplied.get(code, ())],
            )
            for code, terms in WORKED.items()
        }


def volume(
    project: Project, unit: Organization, code: str, reported: int, **numbers: Any
) -> AllocationRow:
    """What a unit reported of an item, before publication."""
    with whole_country(reason="test"):
        item = CatalogItem.objects.get(project=project, item_code=code)
        numbers.setdefault("agreed", numbers.get("kept", 0) + numbers.get("pending", 0))
        if {"kept", "pending"} & set(numbers):
            numbers.setdefault("given", Given.ALL)
        return AllocationRow.objects.create(
            project=project,
            organization=unit,
            item=item,
            path=unit.path,
            reported=reported,
            **({"is_excluded": True} if "pending" not in numbers else {}),
            **numbers,
        )


def published(project: Project, officer: User) -> Project:
    """The project published by the alliance."""
    with whole_country(reason="test"):
        publish_project(project, by=Actor.of(officer))
        project.refresh_from_db()
        return project


def published_round(units: Sequence[Organization], officer: User, **names: Any) -> Project:
    """The worked products published; the first unit has a volume of the unselected item."""
    project = allocation_project(units, **names)
    worked_products(project)
    volume(project, units[0], UNSELECTED, 12_503)
    return published(project, officer)


def row_of(project: Project, unit: Organization, code: str) -> AllocationRow:
    """A published row with what services read of it."""
    with whole_country(reason="test"):
        return AllocationRow.objects.select_related("filing", "item").get(
            project=project, organization=unit, item__item_code=code
        )


def filing_of(project: Project, unit: Organization) -> Filing:
    with whole_country(reason="test"):
        return Filing.objects.get(project=project, organization=unit)


def pool_of(product: WinningProduct) -> CapacityPool:
    with whole_country(reason="test"):
        return CapacityPool.objects.get(product=product)


def move_window(project: Project, tier: str, **ahead: float) -> None:
    """The window of a tier opens only later."""
    opens_at = timezone.now() + timedelta(**ahead)
    with whole_country(reason="test"):
        ProjectWindow.objects.filter(project=project, tier=tier).update(
            opens_at=opens_at, closes_at=opens_at + timedelta(days=5)
        )
