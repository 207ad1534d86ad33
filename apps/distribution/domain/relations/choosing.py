"""Choosing distributors (遴选配送企业, S4-02): products × places × distributors, all or nothing.

Invariants: only distributors enabled in the province are chosen, only for products that supply it; what is there
already stays as it is; the same choice twice is one relation.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction

from apps.accounts.domain.actors import Actor
from apps.audit.services import record
from apps.distribution.domain.relations.acts import (
    BEYOND,
    check_right,
    lock_products,
    perform,
    told,
)
from apps.distribution.domain.relations.crowding import Names, Proposal, check_apart, live_beside
from apps.distribution.domain.relations.directory import (
    Carrier,
    Unit,
    carriers_by_id,
    in_same_province,
    name_of,
    units_at,
)
from apps.distribution.domain.relations.refusals import (
    DistributorUnusable,
    NotSupplied,
    RelationRefused,
    RelationsMissing,
    listed,
)
from apps.distribution.models import DeliveryRelation
from apps.distribution.models.relation_places import is_direct, place_of, unit_path
from apps.distribution.models.relation_statuses import Action, Status
from apps.projects.models import WinningProduct
from apps.scope.context import whole_country
from apps.scope.paths import province_path

MOST = 20_000


class TooMany(RelationRefused):
    """More at once than a page writes."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a choice came to; `known` were there already, alive."""

    created: int
    known: int
    submitted: int = 0


@dataclass(frozen=True, slots=True)
class _Known:
    """What the choice is judged by."""

    products: Mapping[int, WinningProduct]
    units: dict[str, Unit]
    carriers: Mapping[int, Carrier]

    def name(self, proposal: Proposal) -> str:
        product = self.products[proposal.product_id]
        carrier = self.carriers[proposal.distributor_id]
        return f"{product.item} · {name_of(proposal.path, self.units)} · {carrier.name}"


@transaction.atomic
def choose(proposals: Iterable[Proposal], *, by: Actor, submit: bool = False) -> Chosen:
    """Write what is missing as 未提交, or submit it at once together with the drafts among it.

    Raises a `RelationRefused`; then nothing is written.
    """
    check_right(by, "manufacturer")
    wanted = list(dict.fromkeys(proposals))
    if not wanted:
        raise RelationsMissing("请先选择产品、地区和配送企业。")
    if len(wanted) > MOST:
        raise TooMany(f"一次最多选择 {MOST:,} 条，现在是 {len(wanted):,} 条。请分批选择。")
    products = own_products(by, {proposal.product_id for proposal in wanted})
    with whole_country(reason=BEYOND):
        lock_products(products)
        known = known_of(products, wanted)
        check_choice(wanted, known)
        beside = live_beside(wanted)
        names = {proposal: known.name(proposal) for proposal in wanted}
        check_apart(wanted, [proposal for _, proposal, _ in beside], names)
        there = {proposal: (pk, status) for pk, proposal, status in beside}
        created = _write([proposal for proposal in wanted if proposal not in there], known)
    drafts = [*created, *(there[e][0] for e in wanted if there.get(e, (0, 1))[1] == Status.DRAFT)]
    _log(by, created, wanted, known)
    if submit and drafts:
        perform(drafts, Action.SUBMIT, by=by)
    kept = len(wanted) - len(created)
    return Chosen(len(created), kept, len(drafts) if submit else 0)


@transaction.atomic
def copy_choice(
    source_id: int, target_ids: Collection[int], *, by: Actor, submit: bool = False
) -> Chosen:
    """One product's live relations for others, where they supply the province and the distributor is enabled."""
    check_right(by, "manufacturer")
    targets = own_products(by, set(target_ids) - {source_id})
    own_products(by, {source_id})
    rows = DeliveryRelation.objects.of_manufacturer(_enterprise(by)).live()
    usable = rows.filter(product_id=source_id, distributor__user__is_active=True)
    places = list(usable.values_list("distributor_id", "path").order_by("pk"))
    if not places:
        raise RelationsMissing("这个产品还没有可以复制的配送关系。")
    proposals = [
        Proposal(pk, distributor, path)
        for pk, product in targets.items()
        for distributor, path in places
        if supplies(product, province_path(path))
    ]
    if not proposals:
        raise NotSupplied("所选产品都不供应这些省份，没有可以复制的配送关系。")
    return choose(proposals, by=by, submit=submit)


def relations_of(proposals: Collection[Proposal], *, by: Actor) -> list[DeliveryRelation]:
    """The enterprise's own live relations that these came to, by id."""
    rows = DeliveryRelation.objects.of_manufacturer(_enterprise(by)).live().with_names()
    near = rows.filter(
        product__in={each.product_id for each in proposals},
        distributor__in={each.distributor_id for each in proposals},
    )
    wanted = set(proposals)
    return [
        row
        for row in near.order_by("pk")
        if Proposal(row.product_id, row.distributor_id, row.path) in wanted
    ]


def own_products(by: Actor, ids: Collection[int]) -> dict[int, WinningProduct]:
    """The enterprise's own winning products by id. Raises `RelationsMissing` for others."""
    rows = WinningProduct.objects.filter(pk__in=set(ids), enterprise_id=_enterprise(by))
    products = {row.pk: row for row in rows.select_related("item", "project").with_supplies()}
    if len(products) != len(set(ids)):
        raise RelationsMissing("部分产品不是本企业的中选产品，没有写入任何数据，请刷新后再操作。")
    return products


def supplies(product: WinningProduct, province: str) -> bool:
    """Whether the product supplies the province (path); without any province it supplies all."""
    named = [supply.province.path for supply in product.supplies.all()]
    return not named or province in named


def known_of(products: Mapping[int, WinningProduct], wanted: Sequence[Proposal]) -> _Known:
    return _Known(
        products,
        units_at(proposal.path for proposal in wanted),
        carriers_by_id({proposal.distributor_id for proposal in wanted}),
    )


def check_choice(wanted: Sequence[Proposal], known: _Known) -> None:
    """Raises `RelationsMissing`, `DistributorUnusable` or `NotSupplied`."""
    if any(unit_path(proposal.path) not in known.units for proposal in wanted):
        raise RelationsMissing("部分地区不存在，没有写入任何数据，请重新选择地区。")
    if any(proposal.distributor_id not in known.carriers for proposal in wanted):
        raise DistributorUnusable(
            "部分配送企业未启用或不存在，没有写入任何数据，请重新选择配送企业。"
        )
    elsewhere = [
        e for e in wanted if not in_same_province(e.path, known.carriers[e.distributor_id])
    ]
    if elsewhere:
        names = listed([known.name(proposal) for proposal in elsewhere])
        raise DistributorUnusable(f"{names}：配送企业不是该省启用的配送企业，没有写入任何数据。")
    unsupplied = [
        proposal
        for proposal in wanted
        if not supplies(known.products[proposal.product_id], province_path(proposal.path))
    ]
    if unsupplied:
        names = listed([known.name(proposal) for proposal in unsupplied])
        raise NotSupplied(f"{names}：该产品不供应这个省份，没有写入任何数据。")


def names_of(wanted: Sequence[Proposal], known: _Known) -> Names:
    return {proposal: known.name(proposal) for proposal in wanted}


def _enterprise(by: Actor) -> int:
    user: Any = by.user
    return int(user.enterprise_id)


def _write(missing: Sequence[Proposal], known: _Known) -> list[int]:
    try:
        with transaction.atomic():
            rows = DeliveryRelation.objects.bulk_create(
                [_relation(proposal, known) for proposal in missing], batch_size=2_000
            )
    except IntegrityError as error:
        raise told(error) from error
    return [row.pk for row in rows]


def _relation(proposal: Proposal, known: _Known) -> DeliveryRelation:
    product = known.products[proposal.product_id]
    unit = known.units[unit_path(proposal.path)]
    return DeliveryRelation(
        project_id=product.project_id,
        product=product,
        manufacturer_id=product.enterprise_id,
        distributor_id=proposal.distributor_id,
        carrier_id=known.carriers[proposal.distributor_id].enterprise_id,
        area_id=unit.pk,
        path=place_of(unit.path, direct=is_direct(proposal.path)),
    )


def _log(by: Actor, created: Sequence[int], wanted: Sequence[Proposal], known: _Known) -> None:
    if not created:
        return
    user: Any = by.user
    codes = {product.project.code for product in known.products.values()}
    areas = len({proposal.path for proposal in wanted})
    record(
        by=by,
        verb="选择配送企业",
        object=f"{len(known.products):,} 个产品、{areas:,} 个地区、{len(known.carriers):,} 家配送企业",
        sentence=f"{user.enterprise.name}为 {len(known.products):,} 个中选产品在 {areas:,} 个地区选择 "
        f"{len(known.carriers):,} 家配送企业，新增 {len(created):,} 条未提交的配送关系。",
        path=user.path,
        project_code=codes.pop() if len(codes) == 1 else "",
        enterprise_id=user.enterprise_id,
    )
