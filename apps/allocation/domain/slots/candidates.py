"""What a slot offers: the winning products that an institution may choose from (S1-27..29, rules §3a.3-4).

Read in one statement, because every save reads it: the institution's own row decides what is looked at.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from apps.allocation.engine import Row
from apps.allocation.models import AllocationRow, Slot
from apps.projects.models import Project
from apps.scope.paths import province_path
from apps.scope.together import Rows, send

OFFERED = """
    SELECT w.id, w.enterprise_id, d.lowest_id, d.highest_id, e.name, i.variety, i.specification, i.item_code, i.unit,
        t.price, t.pack, t.daily_usage, t.cut, p.capacity, p.fixed + p.allocated, l.contract,
        COALESCE(l.reserved, 0)
    FROM allocation_allocationrow r
    JOIN projects_catalogitem own ON own.id = r.item_id
    JOIN allocation_groupdesignation d ON d.project_id = r.project_id AND d.product_group = own.product_group
        AND d.path = %(province)s
    JOIN projects_catalogitem i ON i.project_id = d.project_id AND i.product_group = d.product_group
    JOIN projects_winningproduct w ON w.item_id = i.id
    JOIN allocation_capacitypool p ON p.product_id = w.id AND (p.provinces IS NULL OR d.path = ANY(p.provinces))
    JOIN projects_winningterms t ON t.id = p.terms_id
    JOIN organizations_enterprise e ON e.id = w.enterprise_id
    LEFT JOIN allocation_slotline l ON l.row_id = r.id AND l.slot = %(slot)s AND l.product_id = w.id
    WHERE r.id = %(row)s AND r.organization_id = %(organization)s
    ORDER BY i.position, p.id
"""


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

    @property
    def left(self) -> int | None:
        """What this institution can take here: what is left, its own reservation included."""
        return None if self.capacity is None else self.capacity - self.used + self.reserved

    @property
    def terms(self) -> Row:
        return self.with_contract(self.contract)

    def with_contract(self, contract: int | None) -> Row:
        return Row(self.daily_usage, self.pack, self.price, contract)


class CandidatesAsk(Rows):
    """The products of a slot, to be asked together with other things. `place` is the institution's path."""

    def __init__(self, *, row: int, slot: Slot, organization: int, place: str) -> None:
        super().__init__(
            OFFERED,
            {
                "row": row,
                "slot": slot.value,
                "organization": organization,
                "province": province_path(place),
            },
        )
        self._slot = slot

    def candidates(self, project: Project) -> list[Candidate]:
        """In display order; none where the row's group has no winner."""
        found = self.answer
        if not found:
            return []
        fixed = (found[0][2], found[0][3])
        candidates = [Candidate(each[0], each[1], *each[4:]) for each in found]
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
        return [each for each in candidates if each.enterprise_id == owner]
    if not project.other_excludes_fixed:
        return list(candidates)
    return [each for each in candidates if each.enterprise_id not in fixed] or list(candidates)
