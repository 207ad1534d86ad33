"""Delivery relations of an enterprise: its own products, what was proposed, and the answers."""

from datetime import datetime
from typing import Any, Literal

from django.db.models import Exists, OuterRef, Q
from ninja import Field, Router, Schema

from apps.accounts.models.roles import Permission, Role
from apps.api.domain.cursors import page_of_query
from apps.api.pages.paging import Cursor, Limit, Page, Since, page
from apps.api.pages.requests import ProgramRequest
from apps.api.pages.rights import takes
from apps.distribution.domain.relations.acts import perform
from apps.distribution.domain.relations.choosing import MOST
from apps.distribution.domain.relations.listing import rows_for
from apps.distribution.models import DeliveryRelation, RelationEvent
from apps.distribution.models.relation_statuses import Action
from apps.distribution.pages.relations.views import PARTICIPANTS, READERS
from apps.projects.models import WinningProduct

router = Router()
LARGEST = 2**63


class ProductOut(Schema):
    id: int
    project: str
    item_code: str
    unified_code: str
    variety: str
    specification: str
    unit: str
    price: str | None
    pack: int | None
    capacity: int | None
    provinces: str


class ProductPage(Page):
    items: list[ProductOut]


class RelationOut(Schema):
    id: int
    version: int
    project: str
    product: int
    item_code: str
    variety: str
    specification: str
    manufacturer: str
    carrier: str
    place: str
    status: int
    status_text: str
    needs_replacement: bool
    reason: str
    submitted_at: datetime | None
    answered_at: datetime | None


class RelationPage(Page):
    items: list[RelationOut]


class SeenRelationIn(Schema):
    id: int = Field(ge=1, lt=LARGEST)
    version: int = Field(ge=1, lt=2**31, description="取数时的 version；不是最新的，全部不办理。")


class RelationActIn(Schema):
    action: Literal["submit", "agree", "refuse", "retract", "void", "resubmit"]
    relations: list[SeenRelationIn] = Field(min_length=1, max_length=MOST)
    reason: str = Field("", max_length=200, description="拒绝、作废的原因。")


class RelationsOut(Schema):
    items: list[RelationOut]


@router.get(
    "/products",
    response=ProductPage,
    summary="本企业的中选产品",
    description="生产企业的中选产品，各带价格、包装、产能和供应省。",
)
@takes(Permission.QUERY, roles=(Role.MANUFACTURER,))
def product_list(
    request: ProgramRequest, cursor: Cursor = "", limit: Limit = 100
) -> dict[str, Any]:
    own = WinningProduct.objects.filter(enterprise=request.user.enterprise_id)
    rows = own.with_terms().with_supplies().select_related("item", "project")
    found, following = page_of_query(rows, cursor, limit)
    return page([_product(each) for each in found], following)


def _product(product: WinningProduct) -> dict[str, Any]:
    item = product.item
    return {
        "id": product.pk,
        "project": product.project.code,
        "item_code": item.item_code,
        "unified_code": item.unified_code,
        "variety": item.variety,
        "specification": item.specification,
        "unit": item.unit,
        "price": None if product.price is None else f"{product.price}",
        "pack": product.pack,
        "capacity": product.capacity,
        "provinces": product.supplied,
    }


@router.get(
    "/relations",
    response=RelationPage,
    summary="配送关系",
    description="生产企业看本企业选择的，配送企业看提交给本账号的，医保部门看辖区的。status 可以筛选，如 1。",
)
@takes(Permission.QUERY, roles=READERS)
def relation_list(
    request: ProgramRequest,
    cursor: Cursor = "",
    limit: Limit = 100,
    status: int | None = None,
    updated_since: Since = None,
) -> dict[str, Any]:
    rows = rows_for(request.user).order_by()
    rows = rows.filter(status=status) if status in {0, 1, 2, 3, 99} else rows
    if updated_since is not None:
        steps = RelationEvent.objects.filter(relation=OuterRef("pk"), at__gte=updated_since)
        rows = rows.filter(Exists(steps) | Q(created_at__gte=updated_since))
    found, following = page_of_query(rows, cursor, limit)
    return page([relation_out(each) for each in found], following)


def relation_out(relation: DeliveryRelation) -> dict[str, Any]:
    item = relation.product.item
    return {
        "id": relation.pk,
        "version": relation.version,
        "project": relation.project.code,
        "product": relation.product_id,
        "item_code": item.item_code,
        "variety": item.variety,
        "specification": item.specification,
        "manufacturer": relation.manufacturer.name,
        "carrier": relation.carrier.name,
        "place": relation.place,
        "status": relation.status,
        "status_text": relation.state.label,
        "needs_replacement": relation.needs_replacement,
        "reason": relation.reason,
        "submitted_at": relation.submitted_at,
        "answered_at": relation.answered_at,
    }


@router.post(
    "/relations/acts",
    response=RelationsOut,
    summary="办理配送关系",
    description="生产企业：submit 提交、void 作废、resubmit 重新提交；配送企业：agree 同意、refuse 拒绝、"
    "retract 撤回答复。全部办理或全部不办理。",
)
@takes(Permission.DELIVERY, roles=PARTICIPANTS)
def relation_act(request: ProgramRequest, body: RelationActIn) -> dict[str, Any]:
    versions = {each.id: each.version for each in body.relations}
    by = request.actor
    done = perform(
        list(versions), Action(body.action), by=by, reason=body.reason, versions=versions
    )
    return {"items": [relation_out(each) for each in done]}
