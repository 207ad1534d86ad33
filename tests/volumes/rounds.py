"""A demand round whose institutions and bureaus are approved, with frozen totals; winners and rules put beside it."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import pgtrigger

from apps.accounts.domain.actors import Actor
from apps.accounts.models import User
from apps.organizations.models import Enterprise, Organization, Tier
from apps.projects.models import CatalogItem, Project, WinningProduct, WinningTerms
from apps.reporting.domain.totals import freeze_totals
from apps.reporting.models import DemandLine
from apps.review.models import Filing
from apps.review.models.statuses import Status
from apps.scope.context import whole_country
from apps.volumes.domain.agreed.acts import generate_agreed, publish_agreed
from apps.volumes.domain.bases.acts import generate_base, publish_base
from apps.volumes.domain.rules.rulebook import default_rules
from apps.volumes.domain.versions import review_version
from apps.volumes.models import (
    AgreedQuantity,
    AgreedVersion,
    BaseVersion,
    UnitRule,
    VolumeRules,
)
from tests import factories_demand as make
from tests.factories import EnterpriseFactory
from tests.factories_review import put

Reports = Mapping[Organization, Mapping[str, int]]


def approved_round(
    reports: Reports,
    officer: User,
    *,
    units: Mapping[str, str],
    code: str = "BL",
    name: str = "测试药品报量",
    waiting: Sequence[Organization] = (),
    **policies: Any,
) -> Project:
    """`units`: competition unit by item code. The bureaus in `waiting` have not been approved."""
    project = make.demand_project(reports, code=code, items=0, **policies)
    with whole_country(reason="test"):
        add_items(project, units)
        Project.objects.filter(pk=project.pk).update(name=name)
    make.published(project, officer)
    for unit, quantities in reports.items():
        make.planned(project, unit, quantities)
    put(Status.APPROVED, *(make.filing_of(project, unit) for unit in reports))
    approve_bureaus(project, waiting)
    return project


def add_items(project: Project, units: Mapping[str, str]) -> None:
    CatalogItem.objects.bulk_create(
        CatalogItem(
            project=project,
            position=place,
            item_code=code,
            lot=f"标的{unit}",
            product_group=f"产品组{unit}",
            competition_unit=unit,
            variety=f"测试片{unit}",
            pinyin="csp",
            specification="5mg×28片",
            unit="片",
            pack_quantity=28,
            manufacturer_name="测试制药",
            daily_usage=Decimal(1),
            reference_price=Decimal(14),
        )
        for place, (code, unit) in enumerate(units.items(), 1)
    )


def approve_bureaus(project: Project, waiting: Sequence[Organization] = ()) -> None:
    """From the bottom up: submitted, totals frozen, approved."""
    kept = {unit.pk for unit in waiting}
    for tier in (Tier.COUNTY, Tier.CITY, Tier.PROVINCE):
        with whole_country(reason="test"):
            rows = Filing.objects.of_project(project).filter(tier=tier, status=Status.DRAFT)
            bureaus = [filing for filing in rows if filing.organization_id not in kept]
        if bureaus:
            put(Status.SUBMITTED, *bureaus)
            with whole_country(reason="test"):
                freeze_totals(bureaus)
            put(Status.APPROVED, *bureaus)


def set_rules(project: Project, **fields: Any) -> VolumeRules:
    with whole_country(reason="test"):
        settings = default_rules(project)
        for name, value in fields.items():
            setattr(settings, name, value)
        settings.save()
        return settings


def set_unit(project: Project, unit: str, **fields: Any) -> None:
    with whole_country(reason="test"):
        UnitRule.objects.update_or_create(project=project, competition_unit=unit, defaults=fields)


def won(project: Project, *results: tuple[str, str, str | None, int | None]) -> None:
    """Item code, enterprise (registered if need be), cut, rank."""
    items = make.items_of(project)
    with whole_country(reason="test"):
        for code, name, cut, rank in results:
            product = WinningProduct.objects.create(
                project=project, item=items[code], enterprise=enterprise(name), rank=rank
            )
            if cut is not None:
                WinningTerms.objects.create(product=product, cut=Decimal(cut))


def enterprise(name: str) -> Enterprise:
    """The one of this name, with a credit code of its own."""
    found = Enterprise.objects.filter(name=name).first()
    return found or EnterpriseFactory(name=name)


def published_base(project: Project, officer: User, **options: Any) -> BaseVersion:
    by = Actor.of(officer)
    with whole_country(reason="test"):
        version = generate_base(project=project, by=by, **options)
        review_version(version=version, by=by)
        return publish_base(version=version, by=by)


def generated(project: Project, officer: User) -> AgreedVersion:
    with whole_country(reason="test"):
        return generate_agreed(project=project, by=Actor.of(officer))


def published_agreed(project: Project, officer: User) -> AgreedVersion:
    by = Actor.of(officer)
    with whole_country(reason="test"):
        version = generate_agreed(project=project, by=by)
        review_version(version=version, by=by)
        return publish_agreed(version=version, by=by)


def held(version: AgreedVersion, unit: Organization, code: str) -> tuple[int, int, int, int]:
    """agreed, kept, pending, fixed of a unit; zeros where it has none."""
    with whole_country(reason="test"):
        rows = AgreedQuantity.objects.filter(
            version=version, filing__organization=unit, item__item_code=code
        )
        found = rows.values_list("agreed", "kept", "pending", "fixed").first()
        return found or (0, 0, 0, 0)


def tamper(project: Project, unit: Organization, code: str, planned: int) -> None:
    """A line changed behind the back of everything that protects it."""
    with whole_country(reason="test"), pgtrigger.ignore():
        lines = DemandLine.objects.filter(
            filing=make.filing_of(project, unit), item__item_code=code
        )
        lines.update(planned=planned)
