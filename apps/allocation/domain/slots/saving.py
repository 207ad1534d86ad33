"""Saving the contract quantities of one slot (S1-30, rules §3a.5-9).

Invariant: only a slot inside its bounds reserves capacity; what lies outside is kept as a draft without any.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction

from apps.accounts.domain.actors import Actor
from apps.allocation.domain.lines import sql
from apps.allocation.domain.refusals import (
    CapacityExceeded,
    Lack,
    QuantityInvalid,
    RowMoved,
    SlotNotOffered,
)
from apps.allocation.domain.row_acts import why_not_allocate
from apps.allocation.domain.slots.candidates import Candidate, ask_candidates
from apps.allocation.domain.slots.capacity import lock_pools, overdrawn, reserve_last
from apps.allocation.domain.slots.editing import HeldRow, hold_row
from apps.allocation.domain.slots.state import SlotCheck, broken_packs, check
from apps.allocation.models import AllocationRow, Slot, SlotState
from apps.audit.services import Entry, ask_record
from apps.projects.models import Project
from apps.scope.database import Ask, send

Contracts = Mapping[int, int | None]
LARGEST = 10**15
"""More than any country takes; keeps every product of quantities within what the database counts."""


@dataclass(frozen=True, slots=True)
class Saved:
    """How a slot stands after saving: its verdict, and the products that are no whole packs."""

    state: SlotState
    verdict: SlotCheck
    broken: tuple[int, ...]


def save_slot(
    *,
    row: AllocationRow,
    slot: Slot,
    contracts: Contracts,
    project: Project,
    by: Actor,
    seen: Contracts | None = None,
    offered: Sequence[Candidate] | None = None,
) -> Saved:
    """Keep what was typed, by product id (`None` blank, 0 explicitly none), and reserve it if the slot is right.

    `seen` is what the page showed; a slot saved by somebody else meanwhile is refused (`RowMoved`).
    `offered` is what the caller has just read: what didn't even fit then is refused without a lock, for on the last
    day most saves of a scarce product end so.
    Raises an `AllocationRefused`: `NotEditable`, `RowConfirmed`, `SlotNotOffered`, `CapacityExceeded`, …
    """
    typed = _Typed(slot, contracts, seen, by)
    if offered is not None and row.filing is not None:
        as_read = HeldRow(project, row.filing, row)
        _require_left(offered, typed.judged(as_read, offered).differences)
    try:
        return _save(row, typed, project)
    except IntegrityError as error:
        if not overdrawn(error):
            raise
    # Somebody was faster; now with the pools locked, which tells what is left.
    return _save(row, typed, project, pools_first=True)


@dataclass(frozen=True, slots=True)
class _Judged:
    saved: Saved
    differences: dict[int, int]
    """What is to be reserved more (or less) of each product, in smallest units."""


@dataclass(frozen=True, slots=True)
class _Typed:
    """What somebody typed into a slot, and what the page had shown."""

    slot: Slot
    contracts: Contracts
    seen: Contracts | None
    by: Actor

    def judged(self, held: HeldRow, candidates: Sequence[Candidate]) -> _Judged:
        """Raises `RowConfirmed`, `SlotNotOffered`, `QuantityInvalid` or `RowMoved`."""
        check_may_allocate(held, self.slot)
        _check_typed(candidates, self.contracts, self.seen)
        saved = judge(held, self.slot, candidates, self.contracts)
        reserving = saved.state == SlotState.PLACED
        differences = {
            candidate.product_id: (self.contracts[candidate.product_id] or 0) * reserving
            - candidate.reserved
            for candidate in candidates
        }
        return _Judged(saved, differences)


@transaction.atomic
def _save(
    row: AllocationRow, typed: _Typed, project: Project, *, pools_first: bool = False
) -> Saved:
    slot, contracts, by = typed.slot, typed.contracts, typed.by
    asked = ask_candidates(row, slot)
    if pools_first:
        held = hold_row(row, project=project, by=by)
        lock_pools(contracts)
        send(asked)
    else:
        held = hold_row(row, asked, project=project, by=by)
    candidates = asked.candidates(project)
    judged = typed.judged(held, candidates)
    _require_left(candidates, judged.differences)
    saved = judged.saved
    reserve_last(
        judged.differences,
        *_lines(held, slot, candidates, contracts, reserved=saved.state == SlotState.PLACED),
        _state(held.row, slot, saved.state),
        _entry(held, slot, candidates, contracts, by),
    )
    return saved


@transaction.atomic
def clear_slot(*, row: AllocationRow, slot: Slot, project: Project, by: Actor) -> None:
    """清空: blank every quantity of the slot and release what it reserved."""
    offered = ask_candidates(row, slot)
    held = hold_row(row, offered, project=project, by=by)
    check_may_allocate(held, slot)
    candidates = offered.candidates(project)
    blank: Contracts = {candidate.product_id: None for candidate in candidates}
    reserve_last(
        {candidate.product_id: -candidate.reserved for candidate in candidates},
        *_lines(held, slot, candidates, blank, reserved=False),
        _state(held.row, slot, SlotState.EMPTY),
        _entry(held, slot, candidates, blank, by),
    )


def check_may_allocate(held: HeldRow, slot: Slot) -> None:
    """Raises `SlotNotOffered` or `RowConfirmed` (S1-45)."""
    if refused := why_not_allocate(held.row, slot):
        raise refused


def judge(
    held: HeldRow, slot: Slot, candidates: Sequence[Candidate], contracts: Contracts
) -> Saved:
    """The verdict on what was typed; whole packs count where the project demands them."""
    rows = [candidate.with_contract(contracts[candidate.product_id]) for candidate in candidates]
    verdict = check(held.row.target(slot), held.row.item.daily_usage, rows)
    broken: tuple[int, ...] = ()
    if held.project.whole_packs_only:
        broken = tuple(candidates[index].product_id for index in broken_packs(rows))
    if all(row.contract is None for row in rows):
        state = SlotState.EMPTY
    else:
        state = SlotState.PLACED if verdict.inside and not broken else SlotState.DRAFT
    return Saved(state, verdict, broken)


def write_lines(
    held: HeldRow,
    slot: Slot,
    candidates: Sequence[Candidate],
    contracts: Contracts,
    *,
    reserved: bool,
) -> None:
    """One upsert; products that were and stay blank get no line."""
    send(*_lines(held, slot, candidates, contracts, reserved=reserved))


def _lines(
    held: HeldRow,
    slot: Slot,
    candidates: Sequence[Candidate],
    contracts: Contracts,
    *,
    reserved: bool,
) -> list[Ask[int]]:
    typed = [
        sql.Typed(candidate.product_id, contract, (contract or 0) if reserved else 0)
        for candidate in candidates
        if (contract := contracts[candidate.product_id]) is not None
        or candidate.contract is not None
    ]
    if not typed:
        return []
    row, filing = held.row, held.filing
    return [sql.saving(row=row.pk, filing=filing.pk, path=row.path, slot=slot, typed=typed)]


def _check_typed(
    candidates: Sequence[Candidate], contracts: Contracts, seen: Contracts | None
) -> None:
    offered = {candidate.product_id: candidate for candidate in candidates}
    if not offered or set(contracts) != set(offered):
        raise SlotNotOffered("可选的中选产品有变化，请刷新页面后重试。")
    if any(value is not None and not 0 <= value <= LARGEST for value in contracts.values()):
        raise QuantityInvalid("合同量必须是不小于 0 的整数。")
    if seen is not None and any(
        seen.get(pk) != candidate.contract for pk, candidate in offered.items()
    ):
        now = "，".join(
            f"{candidate.enterprise} {'空' if candidate.contract is None else format(candidate.contract, ',')}"
            for pk, candidate in offered.items()
            if seen.get(pk) != candidate.contract
        )
        raise RowMoved(
            f"页面打开之后，这一项已被保存为：{now}；没有覆盖。您填的内容还在，请刷新页面，核对后选择恢复或放弃。"
        )


def _require_left(candidates: Sequence[Candidate], differences: Mapping[int, int]) -> None:
    """Raises `CapacityExceeded` for what plainly doesn't fit, without making others wait; the database decides."""
    lacks = [
        Lack(
            product_id=candidate.product_id,
            name=f"{candidate.enterprise} {candidate.specification}",
            unit=candidate.unit,
            wanted=differences[candidate.product_id],
            left=max(candidate.left - candidate.reserved, 0),
        )
        for candidate in candidates
        if candidate.left is not None
        and differences[candidate.product_id] > max(candidate.left - candidate.reserved, 0)
    ]
    if lacks:
        raise CapacityExceeded(lacks)


def _state(row: AllocationRow, slot: Slot, state: SlotState) -> Ask[int]:
    setattr(row, f"{slot.value}_state", state)
    if slot == Slot.OTHER:
        row.unplaced = 0
    return sql.marking(row.pk, slot, state)


def _entry(
    held: HeldRow, slot: Slot, candidates: Sequence[Candidate], contracts: Contracts, by: Actor
) -> Ask[int]:
    typed = "、".join(
        f"{candidate.enterprise} {_quantity(contracts[candidate.product_id], candidate)}"
        for candidate in candidates
        if candidate.contract != contracts[candidate.product_id]
    )
    entry = Entry(
        verb="分量",
        object=str(held.row.item)[:200],
        sentence=f"{held.row.item} {slot.label}：{typed or '没有改动'}",
        path=held.row.path,
        project_code=held.project.code,
    )
    return ask_record(by, entry)


def _quantity(contract: int | None, candidate: Candidate) -> str:
    return "清空" if contract is None else f"{contract:,} {candidate.unit}"
