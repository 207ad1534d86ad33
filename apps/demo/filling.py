"""Institutions of the demo at work: they confirm, allocate and report through the product's services."""

import random
from collections.abc import Sequence

from apps.accounts.domain.actors import Actor
from apps.allocation.domain.confirming import confirm_pending, confirm_selected
from apps.allocation.domain.slots.candidates import Candidate, candidates_of
from apps.allocation.domain.slots.saving import save_slot
from apps.allocation.engine import NoWholePack, suggest
from apps.allocation.models import PENDING_SLOTS, AllocationRow, Slot
from apps.projects.models import Project
from apps.review.models import Filing


def fill(project: Project, filing: Filing, by: Actor) -> None:
    """Everything that an institution does before it reports."""
    confirm_selected(filing=filing, project=project, by=by)
    for row in _rows(filing):
        allocate(project, row, by)
        confirm_pending(row=row, project=project, by=by)


def fill_half(project: Project, filing: Filing, by: Actor) -> None:
    """Half of it: some rows confirmed, one only saved, the rest untouched."""
    selected = AllocationRow.objects.of_filing(filing).selected().order_by("item__position")
    ids = list(selected.values_list("pk", flat=True))
    confirm_selected(filing=filing, project=project, by=by, rows=ids[: len(ids) // 2])
    rows = _rows(filing)
    for row in rows[: len(rows) // 2]:
        allocate(project, row, by)
        confirm_pending(row=row, project=project, by=by)
    allocate(project, rows[len(rows) // 2], by)


def allocate(project: Project, row: AllocationRow, by: Actor) -> None:
    """Fill every slot of a row with whole packs of one product."""
    for slot in PENDING_SLOTS:
        if not row.asks_nothing(slot):
            contracts = _chosen(row, slot, candidates_of(project, row, slot))
            save_slot(row=row, slot=slot, contracts=contracts, project=project, by=by)


def _rows(filing: Filing) -> list[AllocationRow]:
    rows = AllocationRow.objects.of_filing(filing).to_allocate().select_related("item", "filing")
    return list(rows.order_by("item__position"))


def _chosen(
    row: AllocationRow, slot: Slot, candidates: Sequence[Candidate]
) -> dict[int, int | None]:
    """The suggestion for the first product that has a whole pack and capacity for it; the order is by chance."""
    chance = random.Random(f"{row.path}:{row.item.item_code}:{slot}")  # noqa: S311 - no secret
    for place in chance.sample(range(len(candidates)), len(candidates)):
        blank = [candidate.with_contract(None) for candidate in candidates]
        try:
            quantity = suggest(row.target(slot), row.item.daily_usage, blank, place)
        except NoWholePack:
            continue
        left = candidates[place].left
        if left is None or quantity <= left:
            return {
                candidate.product_id: quantity if index == place else None
                for index, candidate in enumerate(candidates)
            }
    raise LookupError(f"{row}: no product can fill {slot.label}")
