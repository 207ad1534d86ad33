"""The catalogue of a project."""

from typing import Any

from django.shortcuts import get_object_or_404
from ninja import Router, Schema

from apps.accounts.models.roles import Permission
from apps.api.domain.cursors import page_of_query
from apps.api.pages.paging import Cursor, Limit, Page, page
from apps.api.pages.requests import ProgramRequest
from apps.api.pages.rights import takes
from apps.projects.models import CatalogItem, Project

router = Router()


class ItemOut(Schema):
    item_code: str
    unified_code: str
    registration_no: str
    variety: str
    dosage_form: str
    specification: str
    unit: str
    pack_quantity: int
    manufacturer_name: str
    lot: str
    product_group: str
    competition_unit: str
    daily_usage: str
    reference_price: str | None
    filling_note: str
    is_withdrawn: bool


class ItemPage(Page):
    items: list[ItemOut]


@router.get(
    "/projects/{slug:code}/items",
    response=ItemPage,
    summary="目录",
    description="项目的全部品规。数量一律以 unit（最小单位）计，价格为每包装的元。撤下的品规带 is_withdrawn。",
)
@takes(Permission.QUERY)
def item_list(
    request: ProgramRequest, code: str, cursor: Cursor = "", limit: Limit = 100
) -> dict[str, Any]:
    project = get_object_or_404(Project.objects.all(), code=code)
    found, following = page_of_query(CatalogItem.objects.filter(project=project), cursor, limit)
    return page([item_out(item) for item in found], following)


def item_out(item: CatalogItem) -> dict[str, Any]:
    told = {name: getattr(item, name) for name in ItemOut.model_fields}
    price = item.reference_price
    exact = {
        "daily_usage": f"{item.daily_usage}",
        "reference_price": None if price is None else f"{price}",
    }
    return told | exact
