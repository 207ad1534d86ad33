"""What a slot's state is when its quantity changed without its lines (moving on and taking back).

Reservations stay as they are: only changing a slot's lines, 清空 and lapsing release them (rules §3a.9).
"""

from apps.allocation.domain.slots.candidates import Candidate, candidates_of
from apps.allocation.domain.slots.state import check
from apps.allocation.models import AllocationRow, Slot, SlotState
from apps.projects.models import Project


def other_state(project: Project, row: AllocationRow) -> SlotState:
    """The state of the slot of the others for its quantity as `row` has it now."""
    return slot_state(row, Slot.OTHER, candidates_of(project, row, Slot.OTHER))


def slot_state(row: AllocationRow, slot: Slot, candidates: list[Candidate]) -> SlotState:
    """Placed only if inside its bounds and reserved as it stands."""
    if all(candidate.contract is None for candidate in candidates):
        return SlotState.EMPTY
    verdict = check(
        row.target(slot), row.item.daily_usage, [candidate.terms for candidate in candidates]
    )
    reserved = all(candidate.reserved == (candidate.contract or 0) for candidate in candidates)
    return SlotState.PLACED if verdict.inside and reserved else SlotState.DRAFT
