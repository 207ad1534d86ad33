"""What a slot offers: the winning products that an institution may choose from (S1-27..29, rules §3a.3-4).

Read in one statement, because every save reads it: the institution's own row decides what is looked at.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from apps.projects.models import Project
from apps.projects.timings import province_path

from .engine import Row
from .models import AllocationRow, Slot
from .statements import rows as select

OFFERED = """
    SELECT w.id, w.enterprise_id, d.lowest_id, d.highest_id, e.name, i.variety, i.specification, i.item_code, i.unit,
        t.price, t.pack, t.daily_usage, t.cut, p.capacity, p.fixed + p.allocated, l.contract,
        COALESCE(l.reserved, 0)
    FROM allocation_groupdesignation d
    JOIN projects_catalogitem i ON i.project_id = d.project_id AND i.product_group = d.product_group
    JOIN projects_winningproduct w ON w.item_id = i.id
    JOIN allocation_capacitypool p ON p.product_id = w.id AND (p.provinces IS NULL OR d.path = ANY(p.provinces))
    JOIN projects_winningterms t ON t.id = p.terms_id
    JOIN organizations_enterprise e ON e.id = w.enterprise_id
    LEFT JOIN allocation_slotline l ON l.row_id = %(row)s AND l.slot = %(slot)s AND l.product_id = w.id
    WHERE d.project_id = %(project)s AND d.product_group = %(group)s AND d.path = %(province)s
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


def candidates_of(project: Project, row: AllocationRow, slot: Slot) -> list[Candidate]:
    """The products of a slot in display order; none where the row's group has no winner."""
    which = {
        "row": row.pk,
        "slot": slot.value,
        "project": project.pk,
        "group": row.item.product_group,
        "province": province_path(row.path),
    }
    found = select(OFFERED, which)
    if not found:
        return []
    fixed = (found[0][2], found[0][3])
    candidates = [Candidate(each[0], each[1], *each[4:]) for each in found]
    return _in_slot(candidates, slot, fixed, project)


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
