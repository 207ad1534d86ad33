"""What a slot offers: the winning products that an institution may choose from (S1-27..29, rules §3a.3-4).

Read in one statement, because every save reads it: the institution's own row decides what is looked at.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from apps.allocation.domain.lines.sql import OfferedAsk
from apps.allocation.engine import Row
from apps.allocation.models import AllocationRow, Slot
from apps.projects.models import Project
from apps.scope.database import send
from apps.scope.paths import province_path


@dataclass(frozen=True, slots=True)
class Candidate:
    """One product of a slot with what the institution saved of it. Quantities in the product's smallest units."""

    product_id: int
    enterprise_id: int
    enterprise: str
    variety: str
    specification: str
    item_code: str
    unit: str
    price: Decimal
    pack: int
    daily_usage: Decimal
    cut: Decimal
    capacity: int | None
    used: int
    contract: int | None
    reserved: int
    is_suspended: bool = False

    @property
    def left(self) -> int | None:
        """What this institution can take here: what is left, its own reservation included."""
        return None if self.capacity is None else self.capacity - self.used + self.reserved

    @property
    def terms(self) -> Row:
        return self.with_contract(self.contract)

    def with_contract(self, contract: int | None) -> Row:
        return Row(self.daily_usage, self.pack, self.price, contract)


class CandidatesAsk(OfferedAsk):
    """The products of a slot, to be asked together with other things. `place` is the institution's path."""

    def __init__(self, *, row: int, slot: Slot, organization: int, place: str) -> None:
        super().__init__(
            row=row, slot=slot, organization=organization, province=province_path(place)
        )
        self._slot = slot

    def candidates(self, project: Project) -> list[Candidate]:
        """In display order; none where the row's group has no winner."""
        rows = self.answer
        if not rows:
            return []
        fixed = (rows[0].lowest_id, rows[0].highest_id)
        candidates = [Candidate(row[0], row[1], *row[4:]) for row in rows]
        return _in_slot(candidates, self._slot, fixed, project)


def ask_candidates(row: AllocationRow, slot: Slot) -> CandidatesAsk:
    return CandidatesAsk(row=row.pk, slot=slot, organization=row.organization_id, place=row.path)


def candidates_of(project: Project, row: AllocationRow, slot: Slot) -> list[Candidate]:
    """The products of a slot in display order; none where the row's group has no winner."""
    ask = ask_candidates(row, slot)
    send(ask)
    return ask.candidates(project)


def _in_slot(
    candidates: Sequence[Candidate], slot: Slot, fixed: tuple[int, int], project: Project
) -> list[Candidate]:
    lowest, highest = fixed
    if slot != Slot.OTHER:
        owner = lowest if slot == Slot.LOWEST else highest
        return [candidate for candidate in candidates if candidate.enterprise_id == owner]
    if not project.other_excludes_fixed:
        return list(candidates)
    return [candidate for candidate in candidates if candidate.enterprise_id not in fixed] or list(
        candidates
    )
