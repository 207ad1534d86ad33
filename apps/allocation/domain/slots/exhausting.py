"""产能不足: the way on when a slot's products can't fill it any more (rules §3a.10).

Invariant: whether capacity is exhausted is decided under the lock of its pools, own reservations included.
"""

from collections.abc import Sequence
from dataclasses import replace

from django.db import transaction

from apps.accounts.domain.actors import Actor
from apps.allocation.domain.refusals import CapacityRemains
from apps.allocation.domain.slots.candidates import Candidate, candidates_of
from apps.allocation.domain.slots.capacity import lock_pools, reserve
from apps.allocation.domain.slots.editing import HeldRow, hold_row
from apps.allocation.domain.slots.reassessing import other_state
from apps.allocation.domain.slots.saving import check_may_allocate, write_lines
from apps.allocation.domain.slots.state import Exhaustion, exhaustion
from apps.allocation.models import AllocationRow, Slot, SlotState
from apps.audit.services import record
from apps.projects.models import Project


@transaction.atomic
def move_exhausted(*, row: AllocationRow, slot: Slot, project: Project, by: Actor) -> Exhaustion:
    """Take the whole packs left and move the rest of a fixed slot to the others (产能不足转其他).

    For the slot of the others themselves the rest stays as 未能分配. Raises `CapacityRemains`.
    """
    held = hold_row(row, project=project, by=by)
    check_may_allocate(held, slot)
    candidates = _under_lock(candidates_of(project, held.row, slot))
    found = _exhaustion(held.row, slot, candidates)
    if found is None:
        raise CapacityRemains("剩余产能还够本项分配，不能按产能不足处理。")
    taken = dict(zip((each.product_id for each in candidates), found.contracts, strict=True))
    write_lines(held, slot, candidates, taken, reserved=True)
    _write_row(held, slot, found)
    _log(held, slot, found, by)
    reserve({each.product_id: taken[each.product_id] - each.reserved for each in candidates})
    return found


def is_exhausted(
    row: AllocationRow, slot: Slot, candidates: Sequence[Candidate]
) -> Exhaustion | None:
    """The same question without locks, for the page."""
    if not candidates or row.target(slot) == 0 or row.state(slot) == SlotState.SHORT:
        return None
    return _exhaustion(row, slot, candidates)


def _exhaustion(
    row: AllocationRow, slot: Slot, candidates: Sequence[Candidate]
) -> Exhaustion | None:
    return exhaustion(
        row.target(slot),
        row.item.daily_usage,
        [each.with_contract(None) for each in candidates],
        [each.left for each in candidates],
    )


def _under_lock(candidates: list[Candidate]) -> list[Candidate]:
    """The candidates with what is left of them now, locked."""
    left = lock_pools([each.product_id for each in candidates])
    return [
        each
        if each.capacity is None
        else replace(each, used=each.capacity - (left[each.product_id] or 0))
        for each in candidates
    ]


def _write_row(held: HeldRow, slot: Slot, found: Exhaustion) -> None:
    row = held.row
    values: dict[str, object] = {f"{slot.value}_state": SlotState.SHORT}
    if slot == Slot.OTHER:
        values["unplaced"] = found.moved
    else:
        setattr(row, f"moved_{slot.value}", found.moved)
        values |= {f"moved_{slot.value}": found.moved, "unplaced": 0}
        values["other_state"] = other_state(held.project, row)
    AllocationRow.objects.filter(pk=row.pk).update(**values)


def _log(held: HeldRow, slot: Slot, found: Exhaustion, by: Actor) -> None:
    item = held.row.item
    what = "未能分配" if slot == Slot.OTHER else "转其他中选企业"
    record(
        by=by,
        verb="产能不足转其他" if slot != Slot.OTHER else "未能分配",
        object=str(item),
        sentence=f"{item} {slot.label}：产能不足，{what} {found.moved:,} {item.unit}",
        path=held.row.path,
        project_code=held.project.code,
    )
