"""Projects for tests: a catalogue with winners, participants, windows. Nothing here needs a scope to be open."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from apps.organizations.models import Organization, Tier
from apps.organizations.models.pinyin import phrase_initials
from apps.projects.models import (
    CatalogItem,
    Obligation,
    OwnCode,
    Participation,
    Phase,
    Project,
    ProjectKind,
    ProjectWindow,
    SupplyProvince,
    WinningProduct,
    WinningTerms,
)
from apps.scope.context import whole_country
from tests.factories import EnterpriseFactory

STEPS = (Phase.DRAFT, Phase.PREPARING, Phase.PUBLISHED, Phase.CLOSED, Phase.CONCLUDED)
STAMPS = {
    Phase.PUBLISHED: "published_at",
    Phase.CLOSED: "closed_at",
    Phase.CONCLUDED: "concluded_at",
}


class ProjectFactory(DjangoModelFactory):
    """An allocation project, a draft: fill it first, then `walk_to` a later phase (a published one is frozen)."""

    code = factory.Sequence(lambda n: f"FL-{n:03d}")
    name = factory.Sequence(lambda n: f"中成药联盟第{n}批分量")
    kind = ProjectKind.ALLOCATION
    pinyin = factory.LazyAttribute(lambda project: phrase_initials(project.name))

    class Meta:
        model = Project


class CatalogItemFactory(DjangoModelFactory):
    """A specification of a product group of its own project."""

    project = factory.SubFactory(ProjectFactory)
    item_code = factory.Sequence(lambda n: f"ZCY{n:04d}")
    lot = "心脑血管"
    product_group = "丹参类"
    competition_unit = "丹参片"
    variety = "复方丹参片"
    pinyin = factory.LazyAttribute(lambda item: phrase_initials(item.variety))
    specification = "0.32g"
    unit = "片"
    pack_quantity = 36
    manufacturer_name = "江城制药有限公司"
    daily_usage = Decimal(9)

    class Meta:
        model = CatalogItem


class WinningProductFactory(DjangoModelFactory):
    """A selected item with terms; `supplied` names the provinces it supplies (none: all)."""

    item = factory.SubFactory(CatalogItemFactory)
    project = factory.LazyAttribute(lambda product: product.item.project)
    enterprise = factory.SubFactory(EnterpriseFactory)
    capacity = 1_000_000
    price = Decimal("28.80")
    pack = 36
    daily_usage = Decimal(9)
    cut = Decimal(52)

    class Meta:
        model = WinningProduct

    @classmethod
    def _create(cls, model_class: type[WinningProduct], *_: Any, **fields: Any) -> WinningProduct:
        supplied: Iterable[Organization] = fields.pop("supplied", ())
        terms = {name: fields.pop(name) for name in ("price", "pack", "daily_usage", "cut")}
        product = model_class.objects.create(**fields)
        WinningTerms.objects.create(product=product, **terms)
        SupplyProvince.objects.bulk_create(
            SupplyProvince(product=product, province=province) for province in supplied
        )
        return product


def enroll(
    project: Project, *units: Organization, obligation: Obligation = Obligation.REQUIRED
) -> None:
    """Let institutions take part."""
    Participation.objects.bulk_create(
        Participation(project=project, organization=unit, path=unit.path, obligation=obligation)
        for unit in units
    )


def open_windows(
    project: Project,
    *tiers: Tier,
    opens_at: datetime | None = None,
    closes_at: datetime | None = None,
    is_on: bool = True,
) -> None:
    """The same window for the tiers given, or for institutions and the project's chain; now by default."""
    now = timezone.now()
    ProjectWindow.objects.bulk_create(
        ProjectWindow(
            project=project,
            tier=tier,
            opens_at=opens_at or now - timedelta(days=1),
            closes_at=closes_at or now + timedelta(days=7),
            is_on=is_on,
        )
        for tier in tiers or (Tier.INSTITUTION, *map(Tier, project.chain))
    )


def walk_to(project: Project, phase: Phase) -> Project:
    """Move a project on, step by step, without planting its filings (`publish_project` does that)."""
    with whole_country(reason="test"):
        for step in STEPS[STEPS.index(Phase(project.phase)) + 1 : STEPS.index(phase) + 1]:
            stamp = {STAMPS[step]: timezone.now()} if step in STAMPS else {}
            Project.objects.filter(pk=project.pk).update(phase=step, **stamp)
    project.refresh_from_db()
    return project


def ready_project(*units: Organization, **fields: Any) -> Project:
    """A project in 筹备 that nothing on its own side keeps from publication."""
    project: Any = ProjectFactory(**fields)
    WinningProductFactory(item__project=project)
    enroll(project, *units)
    open_windows(project)
    return walk_to(project, Phase.PREPARING)


def own_code(project: Project, unit: Organization, item: str, code: str) -> int:
    """How a unit calls one of the project's items; the key of the row."""
    with whole_country(reason="test"):
        named = CatalogItem.objects.get(project=project, item_code=item)
        own = OwnCode.objects.create(organization=unit, path=unit.path, code=code, item=named)
        return int(own.pk)
