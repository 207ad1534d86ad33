"""One's own allocation: rows, the slots of a row with what they offer, saving, suggestions, confirming."""

from http import HTTPStatus
from typing import Any, Literal

from django.http import Http404, HttpRequest
from ninja import Field, Router, Schema, Status

from apps.accounts.models.roles import Permission, Role
from apps.allocation.domain.confirming import (
    confirm_filled,
    confirm_pending,
    confirm_selected,
    withdraw_pending,
)
from apps.allocation.domain.reads import own_slot, pending_rows, selected_lines
from apps.allocation.domain.slots.candidates import Candidate
from apps.allocation.domain.slots.exhausting import move_exhausted
from apps.allocation.domain.slots.saving import clear_slot, save_slot
from apps.allocation.domain.suggesting import fill_suggested, stamp_of, suggestions
from apps.allocation.domain.wording import row_mark, slot_cell
from apps.allocation.models import PENDING_SLOTS, AllocationRow, Slot, SlotLine
from apps.allocation.pages.allocation_page import AllocationPage
from apps.allocation.pages.forms import SlotForm
from apps.allocation.pages.slots.answers import saved_in_words
from apps.allocation.pages.slots.page import CandidateRow, slot_page
from apps.api.domain.cursors import page_of_query
from apps.api.domain.finding import items_by_code
from apps.api.pages.lines import found_or_refused
from apps.api.pages.paging import Cursor, Limit, Page, page
from apps.api.pages.problems import Problem
from apps.api.pages.rights import takes

router = Router()
INSTITUTION = (Role.INSTITUTION,)
SlotName = Literal["lowest", "highest", "other"]
ONE = "/projects/{slug:code}/allocation/rows/{str:item}"
SLOT = ONE + "/slots/{slug:slot}"


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


class CandidateOut(Schema):
    product: int
    item_code: str
    enterprise: str
    variety: str
    specification: str
    unit: str
    price: str
    pack: int
    daily_usage: str
    cut: str
    capacity: int | None
    capacity_left: int | None
    contract: int | None
    reserved: int
    allowed: str
    suggestion: int | None


class SlotOut(Schema):
    slot: str
    pending: int
    state: str
    gap: str
    is_inside: bool
    candidates: list[CandidateOut]


class ContractIn(Schema):
    product: int = Field(description="中选产品编号，取自 candidates。")
    contract: int | str | None = Field(
        description="合同量，以该产品的最小单位计；也可写“12盒”；null 为空。"
    )
    seen: int | None = Field(None, description="取数时的 contract；与现在不同时不保存。")


class SlotIn(Schema):
    contracts: list[ContractIn] = Field(
        min_length=1, max_length=500, description="这一项的每个候选产品都要列出。"
    )


class SlotSavedOut(Schema):
    state: str
    detail: str
    is_inside: bool


class MovedOnOut(Schema):
    moved: int


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
    request: HttpRequest, code: str, cursor: Cursor = "", limit: Limit = 100
) -> dict[str, Any]:
    office = _office(request, code)
    rows, following = page_of_query(pending_rows(office.filing).order_by(), cursor, limit)
    return page([_row(row, reported=office.is_reported) for row in rows], following)


def _office(request: HttpRequest, code: str) -> AllocationPage:
    return AllocationPage.of(request.actor, code)  # type: ignore[attr-defined]


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
    request: HttpRequest, code: str, cursor: Cursor = "", limit: Limit = 100
) -> dict[str, Any]:
    lines = selected_lines(_office(request, code).filing).order_by()
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
def selected_confirm(request: HttpRequest, code: str, body: SomeIn) -> dict[str, Any]:
    office = _office(request, code)
    rows = None
    if body.items is not None:
        found = items_by_code(office.project, body.items)
        items = found_or_refused(found, len(set(body.items)), len(body.items)).items.values()
        own = AllocationRow.objects.of_filing(office.filing).filter(item__in=items)
        rows = list(own.values_list("pk", flat=True))
    done = confirm_selected(filing=office.filing, project=office.project, by=office.by, rows=rows)
    return {"count": done}


def _own_row(office: AllocationPage, code: str) -> AllocationRow:
    """Raises `Http404`, `Problem`."""
    item = found_or_refused(items_by_code(office.project, [code]), 1, 1).items[code]
    row = pending_rows(office.filing).select_related("filing", "item").filter(item=item).first()
    if row is None:
        raise Http404
    return row  # type: ignore[no-any-return]


def _own_slot(
    request: HttpRequest, code: str, item: str, slot: str
) -> tuple[AllocationRow, Slot, list[Candidate]]:
    """As the page of the slot finds it. Raises `Http404`, `Problem`."""
    office = _office(request, code)
    row = _own_row(office, item)
    if slot not in PENDING_SLOTS or not slot_cell(row, Slot(slot)).is_shown:
        raise Http404
    own = own_slot(office.by, code, row.pk, Slot(slot))
    if own is None:
        raise Http404
    return own[0], Slot(slot), own[1]


@router.get(
    SLOT,
    response=SlotOut,
    summary="一个分配项",
    description="slot 为 lowest（日均费用最低）、highest（降幅最高）或 other（其他中选）。"
    "候选产品各带剩余产能、允许的范围和建议的整包装数量。",
)
@takes(Permission.QUERY, roles=INSTITUTION)
def slot_detail(request: HttpRequest, code: str, item: str, slot: SlotName) -> dict[str, Any]:
    row, wanted, candidates = _own_slot(request, code, item, slot)
    shown = slot_page(row, wanted, SlotForm(candidates=candidates))
    return {
        "slot": wanted.value,
        "pending": shown.pending,
        "state": row.state(wanted).value,
        "gap": shown.gap,
        "is_inside": shown.verdict.inside,
        "candidates": [_candidate(each) for each in shown.rows],
    }


def _candidate(shown: CandidateRow) -> dict[str, Any]:
    offered = shown.candidate
    exact = {name: f"{getattr(offered, name)}" for name in ("price", "daily_usage", "cut")}
    same = ("item_code", "enterprise", "variety", "specification", "unit", "pack", "capacity")
    return {
        "product": offered.product_id,
        **{name: getattr(offered, name) for name in same},
        **exact,
        "capacity_left": offered.left,
        "contract": offered.contract,
        "reserved": offered.reserved,
        "allowed": shown.allowed,
        "suggestion": shown.suggestion,
    }


@router.post(
    SLOT,
    response=SlotSavedOut,
    summary="保存一个分配项",
    description="在允许范围内的占用产能；范围之外的存为草稿，不占用。产能不足时拒绝，lacks 是各产品的剩余。",
)
@takes(Permission.MAINTAIN, roles=INSTITUTION, quantities=True)
def slot_save(
    request: HttpRequest, code: str, item: str, slot: SlotName, body: SlotIn
) -> dict[str, Any]:
    row, wanted, candidates = _own_slot(request, code, item, slot)
    by = request.actor  # type: ignore[attr-defined]
    saved = save_slot(
        row=row,
        slot=wanted,
        contracts=_contracts(body, candidates),
        seen={each.product: each.seen for each in body.contracts} if _says_seen(body) else None,
        offered=candidates,
        project=row.project,
        by=by,
    )
    return {
        "state": saved.state.value,
        "detail": saved_in_words(row, saved)[1],
        "is_inside": saved.verdict.inside,
    }


def _says_seen(body: SlotIn) -> bool:
    return any("seen" in each.model_fields_set for each in body.contracts)


def _contracts(body: SlotIn, candidates: list[Candidate]) -> dict[int, int | None]:
    """As typed on the page: whole quantities and packs. Raises `Problem`."""
    offered = {candidate.product_id for candidate in candidates}
    unknown = [each.product for each in body.contracts if each.product not in offered]
    sent = {each.product: each.contract for each in body.contracts}
    if unknown or len(sent) != len(body.contracts):
        sentence = "有的产品不在这一项的候选之内，或出现了不止一次。没有保存。"
        raise Problem(
            HTTPStatus.UNPROCESSABLE_ENTITY, "products_unknown", sentence, unknown=unknown
        )
    typed = {f"contract-{pk}": "" if value is None else str(value) for pk, value in sent.items()}
    form = SlotForm(typed, candidates=candidates)
    if not form.is_valid():
        field, (said, *_rest) = next(iter(form.errors.items()))
        sentence = f"{form.fields[field].label}：{said}"
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "quantity_unreadable", sentence)
    return {pk: quantity for pk, quantity in form.contracts.items() if pk in sent}


@router.post(
    SLOT + "/clear",
    response={HTTPStatus.NO_CONTENT: None},
    summary="清空一个分配项",
    description="合同量清空，占用的产能放回。",
)
@takes(Permission.MAINTAIN, roles=INSTITUTION, quantities=True)
def slot_clear(request: HttpRequest, code: str, item: str, slot: SlotName) -> Status[None]:
    row, wanted, _ = _own_slot(request, code, item, slot)
    clear_slot(row=row, slot=wanted, project=row.project, by=request.actor)  # type: ignore[attr-defined]
    return Status(HTTPStatus.NO_CONTENT, None)


@router.post(
    SLOT + "/move",
    response=MovedOnOut,
    summary="产能不足转其他",
    description="占用全部剩余整包装，其余转其他中选企业（other 的记为未能分配）；还有产能时拒绝。",
)
@takes(Permission.MAINTAIN, roles=INSTITUTION, quantities=True)
def slot_move(request: HttpRequest, code: str, item: str, slot: SlotName) -> dict[str, Any]:
    row, wanted, _ = _own_slot(request, code, item, slot)
    found = move_exhausted(row=row, slot=wanted, project=row.project, by=request.actor)  # type: ignore[attr-defined]
    return {"moved": found.moved}


@router.get(
    "/projects/{slug:code}/allocation/suggestions",
    response=SuggestionsOut,
    summary="按建议填入的数量",
    description="每个还空着的分配项的整包装建议，合计不超过剩余产能。contracts 的键是中选产品编号。",
)
@takes(Permission.QUERY, roles=INSTITUTION)
def suggestion_list(request: HttpRequest, code: str) -> dict[str, Any]:
    office = _office(request, code)
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
def suggestion_fill(request: HttpRequest, code: str, body: SeenIn) -> dict[str, Any]:
    office = _office(request, code)
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
def row_confirm_filled(request: HttpRequest, code: str) -> dict[str, Any]:
    office = _office(request, code)
    return {"count": confirm_filled(filing=office.filing, project=office.project, by=office.by)}


@router.post(
    ONE + "/confirm",
    response=AllocationRowOut,
    summary="确认一个品规",
    description="各分配项都填好之后；确认之后要先撤回才能改。",
)
@takes(Permission.MAINTAIN, roles=INSTITUTION, quantities=True)
def row_confirm(request: HttpRequest, code: str, item: str) -> dict[str, Any]:
    office = _office(request, code)
    confirm_pending(row=_own_row(office, item), project=office.project, by=office.by)
    return _row(_own_row(office, item), reported=False)


@router.post(
    ONE + "/withdraw",
    response=AllocationRowOut,
    summary="撤回一个品规的确认",
    description="可以重新分量；已占用的产能仍然保留。",
)
@takes(Permission.MAINTAIN, roles=INSTITUTION, quantities=True)
def row_withdraw(request: HttpRequest, code: str, item: str) -> dict[str, Any]:
    office = _office(request, code)
    withdraw_pending(row=_own_row(office, item), project=office.project, by=office.by)
    return _row(_own_row(office, item), reported=False)
