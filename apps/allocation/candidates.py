"""What a slot offers: the winning products that an institution may choose from (S1-27..29, rules §3a.3-4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from apps.projects.models import Project
from apps.projects.timings import province_path

from .engine import Row
from .models import AllocationRow, CapacityPool, GroupDesignation, Slot, SlotLine


@dataclass(frozen=True, slots=True)
class Candidate:
    """One product of a slot with what the institution saved of it. Quantities in the product's smallest units."""

    pool: CapacityPool
    contract: int | None
    reserved: int

    @property
    def product_id(self) -> int:
        return self.pool.product_id

    @property
    def left(self) -> int | None:
        """What this institution can take here: what is left, its own reservation included."""
        return None if self.pool.left is None else self.pool.left + self.reserved

    @property
    def terms(self) -> Row:
        return self.with_contract(self.contract)

    @property
    def cut(self) -> Fraction:
        return Fraction(self.pool.terms.cut)

    def with_contract(self, contract: int | None) -> Row:
        return self.pool.row_of(contract)


def designation_of(project: Project, row: AllocationRow) -> GroupDesignation | None:
    """The enterprises of the row's fixed slots; `None` where its group has no winner."""
    return GroupDesignation.objects.filter(
        project=project,
        product_group=row.item.product_group,
        path=province_path(row.path),
    ).first()


def candidates_of(project: Project, row: AllocationRow, slot: Slot) -> list[Candidate]:
    """The products of a slot in display order, with two or three statements."""
    designation = designation_of(project, row)
    if designation is None:
        return []
    offered = CapacityPool.objects.offered(
        project, row.item.product_group, province_path(row.path)
    ).with_offer()
    pools = _in_slot(list(offered), slot, designation, project)
    lines = {
        line.product_id: line
        for line in SlotLine.objects.filter(row=row, slot=slot).only(
            "product_id", "contract", "reserved"
        )
    }
    return [
        Candidate(
            pool,
            lines[pool.product_id].contract if pool.product_id in lines else None,
            lines[pool.product_id].reserved if pool.product_id in lines else 0,
        )
        for pool in pools
    ]


def _in_slot(
    pools: Sequence[CapacityPool], slot: Slot, designation: GroupDesignation, project: Project
) -> list[CapacityPool]:
    if slot != Slot.OTHER:
        owner = designation.enterprise_of(slot)
        return [pool for pool in pools if pool.product.enterprise_id == owner]
    if not project.other_excludes_fixed:
        return list(pools)
    fixed = {designation.lowest_id, designation.highest_id}
    return [pool for pool in pools if pool.product.enterprise_id not in fixed] or list(pools)
