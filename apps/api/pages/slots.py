"""The slots of a row: what each offers, saving, clearing, moving on what it can't hold."""

from http import HTTPStatus
from typing import Any, Literal

from django.http import Http404
from ninja import Field, Router, Schema, Status

from apps.accounts.models.roles import Permission, Role
from apps.allocation.domain.reads import own_slot
from apps.allocation.domain.slots.candidates import Candidate
from apps.allocation.domain.slots.exhausting import move_exhausted
from apps.allocation.domain.slots.saving import clear_slot, save_slot
from apps.allocation.domain.wording import slot_cell
from apps.allocation.models import PENDING_SLOTS, AllocationRow, Slot
from apps.allocation.pages.forms import SlotForm
from apps.allocation.pages.slots.answers import saved_in_words
from apps.allocation.pages.slots.page import CandidateRow, slot_page
from apps.api.pages.allocation import ONE, office_of, own_row_of
from apps.api.pages.parsing import Quantity
from apps.api.pages.problems import Problem
from apps.api.pages.requests import ProgramRequest
from apps.api.pages.rights import takes

router = Router()
INSTITUTION = (Role.INSTITUTION,)
SlotName = Literal["lowest", "highest", "other"]
SLOT = ONE + "/slots/{slug:slot}"


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
    contract: Quantity = Field(
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


def _own_slot(
    request: ProgramRequest, code: str, item: str, slot: str
) -> tuple[AllocationRow, Slot, list[Candidate]]:
    """As the page of the slot finds it. Raises `Http404`, `Problem`."""
    office = office_of(request, code)
    row = own_row_of(office, item)
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
def slot_detail(request: ProgramRequest, code: str, item: str, slot: SlotName) -> dict[str, Any]:
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
    request: ProgramRequest, code: str, item: str, slot: SlotName, body: SlotIn
) -> dict[str, Any]:
    row, wanted, candidates = _own_slot(request, code, item, slot)
    by = request.actor
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
def slot_clear(request: ProgramRequest, code: str, item: str, slot: SlotName) -> Status[None]:
    row, wanted, _ = _own_slot(request, code, item, slot)
    clear_slot(row=row, slot=wanted, project=row.project, by=request.actor)
    return Status(HTTPStatus.NO_CONTENT, None)


@router.post(
    SLOT + "/move",
    response=MovedOnOut,
    summary="产能不足转其他",
    description="占用全部剩余整包装，其余转其他中选企业（other 的记为未能分配）；还有产能时拒绝。",
)
@takes(Permission.MAINTAIN, roles=INSTITUTION, quantities=True)
def slot_move(request: ProgramRequest, code: str, item: str, slot: SlotName) -> dict[str, Any]:
    row, wanted, _ = _own_slot(request, code, item, slot)
    found = move_exhausted(row=row, slot=wanted, project=row.project, by=request.actor)
    return {"moved": found.moved}
