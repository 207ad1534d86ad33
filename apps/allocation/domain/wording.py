"""How rows and slots read: words and tones of their states (S1-48)."""

from dataclasses import dataclass

from django.urls import reverse

from apps.allocation.domain.row_acts import (
    open_slots,
    why_not_allocate,
    why_not_confirm,
    why_not_withdraw,
)
from apps.allocation.models import PENDING_SLOTS, AllocationRow, Slot, SlotState


@dataclass(frozen=True, slots=True)
class Mark:
    """What a status pill shows."""

    label: str
    tone: str


SLOT_TITLES = {
    Slot.SELECTED: "中选产品确认",
    Slot.LOWEST: "日均费用最低",
    Slot.HIGHEST: "降幅最高",
    Slot.OTHER: "其他中选",
}
SLOT_MARKS = {
    SlotState.EMPTY: Mark("未分配", "neutral"),
    SlotState.DRAFT: Mark("草稿", "warning"),
    SlotState.PLACED: Mark("已保存", "info"),
    SlotState.SHORT: Mark("产能不足", "warning"),
}


def row_mark(row: AllocationRow, *, reported: bool) -> Mark:
    """未分配, 已保存, 已确认, 已上报; 未能分配 stands out wherever it is."""
    if row.is_confirmed:
        word = "已上报" if reported else "已确认"
        return Mark(word, "success") if not row.unplaced else Mark(f"{word}，有未能分配", "warning")
    saved = any(row.state(slot) != SlotState.EMPTY for slot in PENDING_SLOTS)
    return Mark("已保存", "working") if saved else Mark("未分配", "neutral")


def selected_mark(row: AllocationRow, *, reported: bool) -> Mark:
    if row.selected_confirmed_at is None:
        return Mark("未确认", "neutral")
    return Mark("已上报" if reported else "已确认", "success")


@dataclass(frozen=True, slots=True)
class SlotCell:
    """One slot of a row in a list. `is_shown` is false where the row has no such slot (S1-26).

    `may_allocate`: the row's own state allows 分量 (S1-45); whether the filing is open is the page's to know.
    """

    slot: Slot
    quantity: int
    moved: int
    is_shown: bool
    asks_nothing: bool
    may_allocate: bool
    mark: Mark

    @property
    def note(self) -> str:
        """What became of the original share for want of capacity."""
        return f"已转出 {self.moved:,}" if self.moved else ""


def slot_cell(row: AllocationRow, slot: Slot) -> SlotCell:
    hidden = slot == Slot.LOWEST and row.lowest == 0
    return SlotCell(
        slot=slot,
        quantity=row.target(slot),
        moved=0 if slot == Slot.OTHER else row.moved(slot),
        is_shown=not hidden,
        asks_nothing=row.asks_nothing(slot),
        may_allocate=why_not_allocate(row, slot) is None,
        mark=SLOT_MARKS[row.state(slot)],
    )


def shown_slots(row: AllocationRow) -> list[SlotCell]:
    """The slots that ask for something, in the order of the page."""
    cells = (slot_cell(row, slot) for slot in PENDING_SLOTS)
    return [cell for cell in cells if cell.is_shown and not cell.asks_nothing]


@dataclass(frozen=True, slots=True)
class Onward:
    """The work that follows a filled slot; `may_confirm`: the row waits for 确认 only."""

    url: str
    label: str
    may_confirm: bool = False


def onward(row: AllocationRow, slot: Slot, code: str) -> Onward | None:
    """From a filled slot to the row's next open one, or back to the list to confirm; from an open one nowhere."""
    if row.is_confirmed or not row.is_filled(slot):
        return None
    if waiting := open_slots(row):
        url = reverse("allocation:slot_edit", args=[code, row.pk, waiting[0].value])
        return Onward(url, f"下一项：{SLOT_TITLES[waiting[0]]}")
    return Onward(
        reverse("allocation:pending_list", args=[code]),
        "各项都已分配，回列表确认",
        may_confirm=True,
    )


@dataclass(frozen=True, slots=True)
class RowOffer:
    """What a row of the list offers, by the services' own rule; `waiting` names the slots that 确认 waits for."""

    may_confirm: bool
    may_withdraw: bool
    waiting: tuple[str, ...]


def row_offer(row: AllocationRow) -> RowOffer:
    waiting = () if row.is_confirmed else tuple(SLOT_TITLES[slot] for slot in open_slots(row))
    return RowOffer(
        may_confirm=why_not_confirm(row) is None,
        may_withdraw=why_not_withdraw(row) is None,
        waiting=waiting,
    )
