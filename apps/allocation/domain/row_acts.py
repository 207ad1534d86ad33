"""What may be done with a row now: the one rule behind the buttons of the pages and the refusals of the services.

Invariant: a page offers exactly what its service would carry out; each function returns the refusal, or nothing.
"""

from apps.allocation.domain.refusals import (
    AllocationRefused,
    NothingToWithdraw,
    RowConfirmed,
    SlotNotOffered,
    SlotsNotFilled,
)
from apps.allocation.models import PENDING_SLOTS, AllocationRow, Slot, SlotState


def open_slots(row: AllocationRow) -> list[Slot]:
    """The shown slots that are not filled yet, in the order of the page (S1-44)."""
    return [slot for slot in PENDING_SLOTS if not row.is_filled(slot)]


def why_not_allocate(row: AllocationRow, slot: Slot) -> AllocationRefused | None:
    """分量: `SlotNotOffered`, or `RowConfirmed` for what waits for 撤回 first (S1-45)."""
    if slot not in PENDING_SLOTS or row.is_excluded or row.asks_nothing(slot):
        return SlotNotOffered("该项没有需要分配的数量。")
    if row.is_confirmed:
        return RowConfirmed("已确认的记录无法重新分量，需要修改时请先撤回。")
    if slot != Slot.OTHER and row.state(slot) == SlotState.SHORT:
        return RowConfirmed("该项因产能不足已转其他中选企业，需要修改时请先撤回。")
    return None


def why_not_confirm(row: AllocationRow) -> AllocationRefused | None:
    """确认: `RowConfirmed`, or `SlotsNotFilled` naming the slots (S1-43, S1-44)."""
    if row.is_confirmed:
        return RowConfirmed("该记录已经确认，没有重复执行。")
    if waiting := open_slots(row):
        named = "、".join(f"“{slot.label}”" for slot in waiting)
        return SlotsNotFilled(f"{named}还没有分配完成，请先在“分量”中填写合同量并保存。")
    return None


def why_not_withdraw(row: AllocationRow) -> AllocationRefused | None:
    """撤回: `NothingToWithdraw` unless the row is confirmed or moved for want of capacity (S1-46, rules §3a.10)."""
    if row.is_confirmed or row.has_moved:
        return None
    return NothingToWithdraw("该记录还没有确认，无需撤回。")
