"""Rows of allocation's exports, as mappings by the keys of their column tables."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from django.db.models import F, QuerySet

from apps.allocation.domain.reads import SUPPLY_RANKS
from apps.allocation.domain.stops.reads import instead_in_words, shares_of
from apps.allocation.domain.substitution.missing import missing_of
from apps.allocation.domain.substitution.preview import planned_rows
from apps.allocation.domain.volumes.acts import NUMBERS
from apps.allocation.domain.wording import SLOT_TITLES
from apps.allocation.engine import daily_cost, rounded
from apps.allocation.models import (
    AllocationRow,
    CapacityPool,
    Given,
    ProductStop,
    Slot,
    SlotLine,
    SupplyTotal,
)
from apps.organizations.models import Division, Tier
from apps.projects.domain.packs import whole_packs
from apps.projects.models import CatalogItem, Project, WinningTerms
from apps.review.domain.labels import status_text
from apps.ui.formats import moment


def export_rows(project: Project, at: datetime) -> Iterator[dict[str, Any]]:
    """Records of the preview's file."""
    pools = {
        pool.product_id: pool for pool in CapacityPool.objects.of_project(project).with_offer()
    }
    items = CatalogItem.objects.filter(project=project).in_bulk()
    for row in planned_rows(project, missing_of(project, at=at).over):
        item, unit = items[row.plan.row.item_id], row.filing.organization
        pool = pools.get(row.product_id or 0)
        product = pool.product if pool else None
        yield {
            "code": unit.code,
            "name": unit.name,
            "source": str(item),
            "source_code": item.item_code,
            "slot": row.slot,
            "item_code": product.item.item_code if product else "",
            "specification": product.item.specification if product else "",
            "enterprise": product.enterprise.name if product else "",
            "unit": product.item.unit if product else item.unit,
            "contract": row.contract or None,
            "unplaced": row.unplaced or None,
        }


Record = dict[str, Any]
UNLIMITED = "不限"
"""As on the page; an empty cell would leave open whether somebody forgot it."""


def volumes(rows: QuerySet[AllocationRow]) -> Iterator[Record]:
    """What was given stands in the columns of the import, what was computed beside them."""
    named = rows.values(
        "reported",
        "given",
        "agreed",
        "is_excluded",
        *NUMBERS,
        code=F("organization__code"),
        name=F("organization__name"),
        item_code=F("item__item_code"),
    )
    for row in named.iterator(chunk_size=5_000):
        results = {f"result_{name}": row[name] for name in ("agreed", *NUMBERS)}
        given = {} if row["given"] == Given.ALL else dict.fromkeys(NUMBERS)
        if row["given"] == Given.NOTHING:
            given["agreed"] = None
        yield row | given | results


def supply(pool: CapacityPool) -> Record:
    return {
        **_item(pool.product.item),
        **_winner(pool.product),
        **_terms(pool.terms),
        "product_group": pool.product.item.product_group,
        "unit": pool.product.item.unit,
        "daily_usage": pool.terms.daily_usage,
        "daily_cost": rounded(daily_cost(pool.terms_row), 4),
        "cut": pool.terms.cut,
        "capacity": UNLIMITED if pool.capacity is None else pool.capacity,
        "left": UNLIMITED if pool.left is None else pool.left,
        "supply_rank": SUPPLY_RANKS[pool.supply_rank],
        "stopped": pool.supply_words,
    }


def shares(stop: ProductStop) -> Iterator[Record]:
    """What 取消中选 moved in each institution."""
    said = instead_in_words(stop)
    for share in shares_of(stop).iterator(chunk_size=2_000):
        yield {
            "code": share.filing.organization.code,
            "name": share.filing.organization.name,
            **_item(stop.product.item),
            **_winner(stop.product),
            "since": f"{stop.from_date:%Y-%m-%d}",
            "unit": stop.product.item.unit,
            "kept": share.kept,
            "contract": share.contract,
            "instead": said(share),
            "confirmed": moment(share.confirmed_at) if share.confirmed_at else "待确认",
            "status": status_text(share.filing),
        }


def line(row: SlotLine) -> Record:
    return {
        **_item(row.product.item),
        **_winner(row.product),
        "price": row.price,
        "pack": row.pack,
        "source": str(row.row.item),
        "source_code": row.row.item.item_code,
        "slot": SLOT_TITLES[Slot(row.slot)],
        "unit": row.product.item.unit,
        "contract": row.contract,
        "amount": row.amount,
        "stopped": row.product.pool.supply_words,
    }


def agreements(rows: Iterable[SupplyTotal]) -> Iterator[Record]:
    """By institution, or by province for an enterprise before 办结."""
    regions = _regions()
    for row in rows:
        unit = row.filing.organization
        is_institution = row.filing.tier == Tier.INSTITUTION
        item = row.product.item
        province, city = _places(row.path, regions)
        yield {
            **_item(item),
            **_winner(row.product),
            **_terms(row.agreed_terms),
            "province": province,
            "city": city,
            "code": unit.code if is_institution else "",
            "name": unit.name,
            "lot": item.lot,
            "product_group": item.product_group,
            "unit": item.unit,
            "quantity": row.quantity,
            "amount": row.amount,
            "status": status_text(row.filing),
            "stopped": row.product.pool.supply_words,
        }


def his(row: SupplyTotal) -> Record:
    """One agreement as a hospital's system takes it: whole packs to order, and what they leave of the units."""
    terms, item, project = row.agreed_terms, row.product.item, row.filing.project
    packs, remainder = whole_packs(row.quantity, terms.complete.pack, project.pack_rounding)
    return {
        **_item(item),
        **_winner(row.product),
        **_terms(terms),
        "project": project.code,
        "code": row.filing.organization.code,
        "unit": item.unit,
        "quantity": row.quantity,
        "packs": packs,
        "status": status_text(row.filing),
        "remainder": remainder,
        "pack_rounding": project.get_pack_rounding_display(),
    }


def _regions() -> Mapping[str, str]:
    """Names of divisions by code: public, so a city's file names its province, which lies outside its scope."""
    return dict(Division.objects.values_list("code", "name"))


def _places(path: str, regions: Mapping[str, str]) -> tuple[str, str]:
    """Province and city of a unit; a unit directly below its province has no city."""
    _root, province, *below = path.strip("/").split("/")
    return regions.get(f"{province}0000", ""), regions.get(below[0], "") if below else ""


def _item(item: Any) -> Record:
    return {
        name: getattr(item, name)
        for name in ("variety", "item_code", "specification", "unified_code")
    }


def _winner(product: Any) -> Record:
    return {"enterprise": product.enterprise.name, "uscc": product.enterprise.uscc}


def _terms(terms: WinningTerms) -> Record:
    return {"price": terms.price, "pack": terms.pack}
