"""Writing catalogue and winning results, all or nothing, until publication. Terms are never updated."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import Max, ProtectedError, QuerySet

from apps.accounts.actors import Actor
from apps.audit.services import record
from apps.exchange.dry_run import DryRun
from apps.organizations.models import Enterprise
from apps.organizations.pinyin import phrase_initials
from apps.projects.catalogue_check import (
    ITEM_FIELDS,
    ItemChange,
    WinnerChange,
    supplies_differ,
    terms_differ,
)
from apps.projects.models import (
    CatalogItem,
    Project,
    SupplyProvince,
    WinningProduct,
    WinningTerms,
)

from .refusals import ProjectRefused, locked, place_of, require_alliance, require_changeable

BATCH = 2_000


@transaction.atomic
def save_catalogue(*, project: Project, outcome: DryRun, by: Actor) -> None:
    """Write what the check found new or changed. Raises `ProjectFrozen`, `NotAllowed`."""
    require_alliance(by)
    project = locked(project)
    require_changeable(project)
    writing = [*outcome.new, *outcome.changed]
    items = [change for change in writing if isinstance(change, ItemChange)]
    winners = [change for change in writing if isinstance(change, WinnerChange)]
    _save_items(project, items)
    _save_winners(project, winners)
    sentence = f"导入目录 {len(items):,} 个品规、中选结果 {len(winners):,} 个产品"
    _log(project, by, "导入目录", sentence)


@transaction.atomic
def remove_items(*, project: Project, items: QuerySet[CatalogItem], by: Actor) -> int:
    """Delete catalogue items with their winning results. Returns how many items."""
    require_alliance(by)
    project = locked(project)
    require_changeable(project)
    try:
        _, removed = items.filter(project=project).order_by().delete()
    except ProtectedError as error:
        raise ProjectRefused("选中的品规已有导入的采购量，请先删除这些采购量。") from error
    number = removed.get("projects.CatalogItem", 0)
    if number:
        _log(project, by, "删除目录", f"从目录中删除 {number:,} 个品规")
    return number


@transaction.atomic
def remove_winners(*, project: Project, products: QuerySet[WinningProduct], by: Actor) -> int:
    """Delete winning results; their items stay in the catalogue. Returns how many."""
    require_alliance(by)
    project = locked(project)
    require_changeable(project)
    try:
        _, removed = products.filter(project=project).order_by().delete()
    except ProtectedError as error:
        raise ProjectRefused("选中的中选产品已有分配数据，不能删除。") from error
    number = removed.get("projects.WinningProduct", 0)
    if number:
        _log(project, by, "删除中选结果", f"删除 {number:,} 个中选产品")
    return number


def _save_items(project: Project, changes: Sequence[ItemChange]) -> None:
    last = CatalogItem.objects.filter(project=project).aggregate(last=Max("position"))["last"] or 0
    last = max([last, *(change.position for change in changes)])
    rows = []
    for change in changes:
        last += not change.position
        rows.append(
            CatalogItem(
                project=project,
                item_code=change.code,
                position=change.position or last,
                pinyin=phrase_initials(change.values["variety"]),
                **change.values,
            )
        )
    CatalogItem.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["project", "item_code"],
        update_fields=["position", "pinyin", *ITEM_FIELDS],
        batch_size=BATCH,
    )


def _save_winners(project: Project, changes: Sequence[WinnerChange]) -> None:
    if not changes:
        return
    enterprises = _enterprises(changes)
    items = dict(CatalogItem.objects.filter(project=project).values_list("item_code", "pk"))
    products = [
        change.existing or WinningProduct(project=project, item_id=items[change.code])
        for change in changes
    ]
    for change, product in zip(changes, products, strict=True):
        product.enterprise_id = enterprises[change.uscc]
        product.capacity = change.capacity
        product.supply_rank = change.supply_rank
    WinningProduct.objects.bulk_create(
        (product for product in products if product.pk is None), batch_size=BATCH
    )
    known = [change.existing for change in changes if change.existing]
    WinningProduct.objects.bulk_update(
        known, ["enterprise", "capacity", "supply_rank"], batch_size=BATCH
    )
    _save_terms(changes, products)
    _save_supplies(changes, products)


def _enterprises(changes: Sequence[WinnerChange]) -> dict[str, int]:
    """Ids by code; what is not registered yet is registered under the name in the file."""
    named = {change.uscc: change.enterprise for change in changes}
    Enterprise.objects.bulk_create(
        (Enterprise.named(uscc, name) for uscc, name in named.items()), ignore_conflicts=True
    )
    return dict(Enterprise.objects.filter(uscc__in=named).values_list("uscc", "pk"))


def _save_terms(changes: Sequence[WinnerChange], products: Sequence[WinningProduct]) -> None:
    versions: dict[int, int] = dict(
        WinningTerms.objects.filter(product__in=products)
        .values_list("product_id")
        .annotate(last=Max("version"))
    )
    WinningTerms.objects.bulk_create(
        (
            WinningTerms(product=product, version=versions.get(product.pk, 0) + 1, **change.terms)
            for change, product in zip(changes, products, strict=True)
            if change.existing is None or terms_differ(change, change.existing)
        ),
        batch_size=BATCH,
    )


def _save_supplies(changes: Sequence[WinnerChange], products: Sequence[WinningProduct]) -> None:
    moved: list[tuple[WinnerChange, Any]] = [
        (change, product)
        for change, product in zip(changes, products, strict=True)
        if change.existing is None or supplies_differ(change, change.existing)
    ]
    SupplyProvince.objects.filter(product__in=[product for _, product in moved]).delete()
    SupplyProvince.objects.bulk_create(
        (
            SupplyProvince(product=product, province_id=province)
            for change, product in moved
            for province in change.provinces
        ),
        batch_size=BATCH,
    )


def _log(project: Project, by: Actor, verb: str, sentence: str) -> None:
    record(
        by=by,
        verb=verb,
        object=project.name,
        sentence=f"项目“{project.name}”：{sentence}",
        path=place_of(by),
        project_code=project.code,
    )
