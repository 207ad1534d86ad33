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
    exhaustion = _exhaustion(held.row, slot, candidates)
    if exhaustion is None:
        raise CapacityRemains("剩余产能还够本项分配，不能按产能不足处理。")
    taken = dict(
        zip((candidate.product_id for candidate in candidates), exhaustion.contracts, strict=True)
    )
    write_lines(held, slot, candidates, taken, reserved=True)
    _write_row(held, slot, exhaustion)
    _log(held, slot, exhaustion, by)
    reserve(
        {
            candidate.product_id: taken[candidate.product_id] - candidate.reserved
            for candidate in candidates
        }
    )
    return exhaustion


def is_exhausted(
    row: AllocationRow, slot: Slot, candidates: Sequence[Candidate]
) -> Exhaustion | None:
    """The same question without locks, for the page."""
    if row.target(slot) == 0 or row.state(slot) == SlotState.SHORT:
        return None
    return _exhaustion(row, slot, candidates)


def _exhaustion(
    row: AllocationRow, slot: Slot, candidates: Sequence[Candidate]
) -> Exhaustion | None:
    return exhaustion(
        row.target(slot),
        row.item.daily_usage,
        [candidate.with_contract(None) for candidate in candidates],
        [candidate.left for candidate in candidates],
    )


def _under_lock(candidates: list[Candidate]) -> list[Candidate]:
    """The candidates with what is left of them now, locked."""
    left = lock_pools([candidate.product_id for candidate in candidates])
    return [
        candidate
        if candidate.capacity is None
        else replace(candidate, used=candidate.capacity - (left[candidate.product_id] or 0))
        for candidate in candidates
    ]


def _write_row(held: HeldRow, slot: Slot, exhaustion: Exhaustion) -> None:
    row = held.row
    values: dict[str, object] = {f"{slot.value}_state": SlotState.SHORT}
    if slot == Slot.OTHER:
        values["unplaced"] = exhaustion.moved
    else:
        setattr(row, f"moved_{slot.value}", exhaustion.moved)
        values |= {f"moved_{slot.value}": exhaustion.moved, "unplaced": 0}
        values["other_state"] = other_state(held.project, row)
    AllocationRow.objects.filter(pk=row.pk).update(**values)


def _log(held: HeldRow, slot: Slot, exhaustion: Exhaustion, by: Actor) -> None:
    item = held.row.item
    what = "未能分配" if slot == Slot.OTHER else "转其他中选企业"
    record(
        by=by,
        verb="产能不足转其他" if slot != Slot.OTHER else "未能分配",
        object=str(item),
        sentence=f"{item} {slot.label}：产能不足，{what} {exhaustion.moved:,} {item.unit}",
        path=held.row.path,
        project_code=held.project.code,
    )
