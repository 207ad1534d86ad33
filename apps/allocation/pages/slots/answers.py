"""What saving a slot answers, in words for people and as data for the page's script."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from apps.allocation.domain.refusals import CapacityExceeded, RowMoved
from apps.allocation.domain.slots.exhausting import is_exhausted
from apps.allocation.domain.slots.saving import Saved
from apps.allocation.domain.wording import SLOT_MARKS, onward, row_mark
from apps.allocation.models import AllocationRow, Slot, SlotState
from apps.allocation.pages.forms import SlotForm, name_of, stamp_of_contracts
from apps.allocation.pages.slots.page import gap_in_words
from apps.audit.domain.seen import last_told
from apps.review.domain.refusals import ReviewRefused
from apps.ui.formats import moment

Answer = dict[str, Any]


def saved_in_words(row: AllocationRow, saved: Saved) -> tuple[str, str]:
    """Tone and sentence."""
    unit = row.item.unit
    if saved.state == SlotState.PLACED:
        return "success", "已保存，合同量在允许范围内，产能已为本机构占用。"
    if saved.state == SlotState.EMPTY:
        return "success", "已保存，合同量都是空的。"
    if saved.broken and saved.verdict.inside:
        return "warning", "已保存为草稿：本项目要求合同量是整包装，还没有占用产能。"
    return "warning", f"已保存为草稿：{gap_in_words(saved.verdict)} {unit}，还没有占用产能。"


def saved_state(
    row: AllocationRow, slot: Slot, saved: Saved, contracts: Mapping[int, int | None]
) -> Answer:
    """For the script: what to say, what the slot is marked with, what the page has now seen."""
    tone, sentence = saved_in_words(row, saved)
    placed = saved.state == SlotState.PLACED
    next_step = onward(row, slot, row.project.code)
    return {
        "tone": tone,
        "onward": asdict(next_step) if next_step else None,
        "message": sentence,
        "seen": stamp_of_contracts(contracts),
        "reserved": {
            name_of(product): (quantity or 0) * placed for product, quantity in contracts.items()
        },
        "marks": {
            slot.value: asdict(SLOT_MARKS[saved.state]),
            "row": asdict(row_mark(row, reported=False)),
        },
    }


def refused(refusal: ReviewRefused, row: AllocationRow, slot: Slot, form: SlotForm) -> Answer:
    """A refusal with, for want of capacity, what is left of each product, and whether the slot can be filled at all."""
    lacks = refusal.lacks if isinstance(refusal, CapacityExceeded) else ()
    return {
        "tone": "danger",
        "exhausted": bool(lacks) and is_exhausted(row, slot, form.candidates) is not None,
        "message": f"{refusal}{_by_whom(refusal, row)}",
        "lacks": [
            {"input": name_of(lack.product_id), "free": lack.left, "sentence": lack.sentence}
            for lack in lacks
        ],
    }


def _by_whom(refusal: ReviewRefused, row: AllocationRow) -> str:
    """Of a slot that was saved meanwhile, who did it and when."""
    if not isinstance(refusal, RowMoved):
        return ""
    item = str(row.item)[:200]
    trail = {"path": row.path, "project_code": row.project.code, "verb": "分量", "object": item}
    entry = last_told(trail)
    return f"（{entry.actor_name}，{moment(entry.at)}）" if entry else ""


def unreadable(form: SlotForm) -> Answer:
    """What can't be read, by input."""
    return {
        "tone": "danger",
        "message": "没有保存，请先改正标红的合同量。",
        "errors": {name: errors[0] for name, errors in form.errors.items()},
    }
