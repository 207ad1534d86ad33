"""One's own allocation: rows, the slots of a row with what they offer, saving, suggestions, confirming."""

from typing import Any

from django.http import Http404
from ninja import Field, Router, Schema

from apps.accounts.models.roles import Permission, Role
from apps.allocation.domain.confirming import (
    confirm_filled,
    confirm_pending,
    confirm_selected,
    withdraw_pending,
)
from apps.allocation.domain.reads import pending_rows, selected_lines
from apps.allocation.domain.suggesting import fill_suggested, stamp_of, suggestions
from apps.allocation.domain.wording import row_mark, slot_cell
from apps.allocation.models import PENDING_SLOTS, AllocationRow, SlotLine
from apps.allocation.pages.allocation_page import AllocationPage
from apps.api.domain.cursors import page_of_query
from apps.api.pages.lines import found_or_refused
from apps.api.pages.paging import Cursor, Limit, Page, page
from apps.api.pages.requests import ProgramRequest
from apps.api.pages.rights import takes
from apps.projects.domain.own_codes.finding import items_by_code

router = Router()
INSTITUTION = (Role.INSTITUTION,)
ONE = "/projects/{slug:code}/allocation/rows/{str:item}"


class SlotCellOut(Schema):
    slot: str
    quantity: int
    state: str
    state_text: str
    moved: int


class AllocationRowOut(Schema):
    item_code: str
    unified_code: str
    variety: str
    specification: str
    unit: str
    agreed: int
    kept: int
    pending: int
    unplaced: int
    is_confirmed: bool
    status_text: str
    slots: list[SlotCellOut]


class AllocationRowPage(Page):
    items: list[AllocationRowOut]


class SelectedOut(Schema):
    item_code: str
    variety: str
    specification: str
    unit: str
    enterprise: str
    contract: int
    amount: str
    is_confirmed: bool


class SelectedPage(Page):
    items: list[SelectedOut]


class SuggestedOut(Schema):
    item_code: str
    slot: str
    pending: int
    contracts: dict[str, int | None]
    why_not: str


class SuggestionsOut(Schema):
    seen: str
    items: list[SuggestedOut]


class SeenIn(Schema):
    seen: str = Field(max_length=200, description="取建议时的 seen：有变化时一项也不填。")


class FilledOut(Schema):
    saved: int
    refused: list[str]


class SomeIn(Schema):
    items: list[str] | None = Field(
        None, max_length=5000, description="品规编号；null：全部未确认的。"
    )


class CountOut(Schema):
    count: int


@router.get(
    "/projects/{slug:code}/allocation/rows",
    response=AllocationRowPage,
    summary="待分配量",
    description="要分配的品规，各分配项的数量和状态。",
)
@takes(Permission.QUERY, roles=INSTITUTION)
def row_list(
    request: ProgramRequest, code: str, cursor: Cursor = "", limit: Limit = 100
) -> dict[str, Any]:
    office = office_of(request, code)
    rows, following = page_of_query(pending_rows(office.filing).order_by(), cursor, limit)
    return page([_row(row, reported=office.is_reported) for row in rows], following)


def office_of(request: ProgramRequest, code: str) -> AllocationPage:
    return AllocationPage.of(request.actor, code)


def _row(row: AllocationRow, *, reported: bool) -> dict[str, Any]:
    item = row.item
    cells = [slot_cell(row, slot) for slot in PENDING_SLOTS]
    return {
        "item_code": item.item_code,
        "unified_code": item.unified_code,
        "variety": item.variety,
        "specification": item.specification,
        "unit": item.unit,
        "agreed": row.agreed,
        "kept": row.kept,
        "pending": row.pending,
        "unplaced": row.unplaced,
        "is_confirmed": row.is_confirmed,
        "status_text": row_mark(row, reported=reported).label,
        "slots": [
            {
                "slot": cell.slot.value,
                "quantity": cell.quantity,
                "state": row.state(cell.slot).value,
                "state_text": cell.mark.label,
                "moved": cell.moved,
            }
            for cell in cells
            if cell.is_shown
        ],
    }


@router.get(
    "/projects/{slug:code}/allocation/selected",
    response=SelectedPage,
    summary="中选产品采购量",
    description="本机构选了中选产品的，要确认的数量。",
)
@takes(Permission.QUERY, roles=INSTITUTION)
def selected_list(
    request: ProgramRequest, code: str, cursor: Cursor = "", limit: Limit = 100
) -> dict[str, Any]:
    lines = selected_lines(office_of(request, code).filing).order_by()
    found, following = page_of_query(lines, cursor, limit)
    return page([_selected(line) for line in found], following)


def _selected(line: SlotLine) -> dict[str, Any]:
    item = line.row.item
    return {
        "item_code": item.item_code,
        "variety": item.variety,
        "specification": item.specification,
        "unit": item.unit,
        "enterprise": line.product.enterprise.name,
        "contract": line.contract or 0,
        "amount": f"{line.amount}",
        "is_confirmed": line.row.selected_confirmed_at is not None,
    }


@router.post(
    "/projects/{slug:code}/allocation/selected/confirm",
    response=CountOut,
    summary="确认中选产品采购量",
    description="指明的品规，或全部；答复是新确认的项数。",
)
@takes(Permission.MAINTAIN, roles=INSTITUTION, quantities=True)
def selected_confirm(request: ProgramRequest, code: str, body: SomeIn) -> dict[str, Any]:
    office = office_of(request, code)
    rows = None
    if body.items is not None:
        found = items_by_code(office.project, body.items, office.by.organization)
        items = found_or_refused(found, len(set(body.items)), len(body.items)).items.values()
        own = AllocationRow.objects.of_filing(office.filing).filter(item__in=items)
        rows = list(own.values_list("pk", flat=True))
    done = confirm_selected(filing=office.filing, project=office.project, by=office.by, rows=rows)
    return {"count": done}


def own_row_of(office: AllocationPage, code: str) -> AllocationRow:
    """Raises `Http404`, `Problem`."""
    named = items_by_code(office.project, [code], office.by.organization)
    item = found_or_refused(named, 1, 1).items[code]
    row = pending_rows(office.filing).select_related("filing", "item").filter(item=item).first()
    if row is None:
        raise Http404
    return row  # type: ignore[no-any-return]


@router.get(
    "/projects/{slug:code}/allocation/suggestions",
    response=SuggestionsOut,
    summary="按建议填入的数量",
    description="每个还空着的分配项的整包装建议，合计不超过剩余产能。contracts 的键是中选产品编号。",
)
@takes(Permission.QUERY, roles=INSTITUTION)
def suggestion_list(request: ProgramRequest, code: str) -> dict[str, Any]:
    office = office_of(request, code)
    found = suggestions(office.project, office.filing)
    rows = {row.pk: row.item.item_code for row in pending_rows(office.filing)}
    return {
        "seen": str(stamp_of(found)),
        "items": [
            {
                "item_code": rows[each.row.pk],
                "slot": each.slot.value,
                "pending": each.pending,
                "contracts": {str(product): value for product, value in each.contracts.items()},
                "why_not": each.why_not,
            }
            for each in found
        ],
    }


@router.post(
    "/projects/{slug:code}/allocation/suggestions",
    response=FilledOut,
    summary="按建议全部填入",
    description="传回取建议时的 seen；其间有变化时一项也不填。",
)
@takes(Permission.MAINTAIN, roles=INSTITUTION, quantities=True)
def suggestion_fill(request: ProgramRequest, code: str, body: SeenIn) -> dict[str, Any]:
    office = office_of(request, code)
    done = fill_suggested(
        filing=office.filing, project=office.project, seen=body.seen, by=office.by
    )
    return {"saved": done.saved, "refused": list(done.refused)}


@router.post(
    "/projects/{slug:code}/allocation/rows/confirm",
    response=CountOut,
    summary="全部确认",
    description="各分配项都填好的品规一次确认。",
)
@takes(Permission.MAINTAIN, roles=INSTITUTION, quantities=True)
def row_confirm_filled(request: ProgramRequest, code: str) -> dict[str, Any]:
    office = office_of(request, code)
    return {"count": confirm_filled(filing=office.filing, project=office.project, by=office.by)}


@router.post(
    ONE + "/confirm",
    response=AllocationRowOut,
    summary="确认一个品规",
    description="各分配项都填好之后；确认之后要先撤回才能改。",
)
@takes(Permission.MAINTAIN, roles=INSTITUTION, quantities=True)
def row_confirm(request: ProgramRequest, code: str, item: str) -> dict[str, Any]:
    office = office_of(request, code)
    confirm_pending(row=own_row_of(office, item), project=office.project, by=office.by)
    return _row(own_row_of(office, item), reported=False)


@router.post(
    ONE + "/withdraw",
    response=AllocationRowOut,
    summary="撤回一个品规的确认",
    description="可以重新分量；已占用的产能仍然保留。",
)
@takes(Permission.MAINTAIN, roles=INSTITUTION, quantities=True)
def row_withdraw(request: ProgramRequest, code: str, item: str) -> dict[str, Any]:
    office = office_of(request, code)
    withdraw_pending(row=own_row_of(office, item), project=office.project, by=office.by)
    return _row(own_row_of(office, item), reported=False)
