"""The page of one slot around its numbers: what may be done, why not, and what 产能不足 would do."""

from fractions import Fraction
from typing import Any

from apps.allocation.domain.quantities import shown
from apps.allocation.domain.row_acts import why_not_allocate
from apps.allocation.domain.slots.exhausting import is_exhausted
from apps.allocation.domain.slots.state import Exhaustion
from apps.allocation.domain.wording import onward, row_mark, shown_slots, slot_cell
from apps.allocation.models import AllocationRow, Slot, SlotState
from apps.allocation.pages.allocation_page import AllocationPage
from apps.allocation.pages.forms import SlotForm
from apps.allocation.pages.slots.page import slot_page
from apps.review.pages.filing_page import Notice

MOVE_LABEL = "产能不足转其他"
SETTLE_LABEL = "产能不足，确认未能分配"


def page_context(
    office: AllocationPage, row: AllocationRow, slot: Slot, form: SlotForm, *, maintains: bool
) -> dict[str, Any]:
    """What the template of the slot page shows."""
    locked = _locked(row, slot)
    may_change = office.is_editable and maintains and why_not_allocate(row, slot) is None
    exhausted = is_exhausted(row, slot, form.candidates) if may_change else None
    return {
        "office": office,
        "project": office.project,
        "row": row,
        "cell": slot_cell(row, slot),
        "mark": row_mark(row, reported=office.is_reported),
        "slots": shown_slots(row),
        "onward": onward(row, slot, office.project.code) if office.is_editable else None,
        "page": slot_page(row, slot, form),
        "form": form,
        "usage": shown(Fraction(row.item.daily_usage), 4),
        "remark": locked or _remark(row, slot),
        "may_change": may_change,
        "may_appeal": office.may_appeal and slot != Slot.OTHER,
        "exhausted": exhausted,
        "move_label": SETTLE_LABEL if slot == Slot.OTHER else MOVE_LABEL,
        "move_effect": _effect(row, slot, exhausted) if exhausted else "",
        "whole_packs_only": office.project.whole_packs_only,
    }


def _locked(row: AllocationRow, slot: Slot) -> Notice | None:
    unit = row.item.unit
    if slot != Slot.OTHER and row.state(slot) == SlotState.SHORT:
        text = (
            f"剩余产能已全部占用，{row.moved(slot):,} {unit} 转到其他中选企业；需要修改时请先撤回。"
        )
        return Notice("warning", "产能不足，已转其他中选企业", text)
    if row.is_confirmed:
        return Notice("info", "已确认", "已确认的记录无法重新分量，需要修改时请先撤回。")
    if row.asks_nothing(slot):
        return Notice("info", "无需分配", "这一项没有需要分配的数量。")
    return None


def _remark(row: AllocationRow, slot: Slot) -> Notice | None:
    """What to know although the slot may be changed."""
    if slot != Slot.OTHER or not row.unplaced:
        return None
    text = (
        f"可选产品的产能都已用完，{row.unplaced:,} {row.item.unit} 未能分配；改动合同量后重新计算。"
    )
    return Notice("warning", "有未能分配的数量", text)


def _effect(row: AllocationRow, slot: Slot, exhaustion: Exhaustion) -> str:
    rest = "记为未能分配，列给各级医保局" if slot == Slot.OTHER else "转入“其他中选企业分配量”"
    return (
        f"本项可选产品剩余的整包装合 {shown(exhaustion.placed)} {row.item.unit}，不够分配。"
        f"将占用全部剩余整包装，其余 {exhaustion.moved:,} {row.item.unit} {rest}。上报之前可以撤回。"
    )
