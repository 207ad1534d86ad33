"""产能不足: what a fixed slot can't place moves on, what nobody can place is shown (rules §3a.10)."""

import pytest

from apps.allocation.domain.confirming import confirm_pending, withdraw_pending
from apps.allocation.domain.refusals import CapacityRemains, RowConfirmed
from apps.allocation.domain.slots.exhausting import move_exhausted
from apps.allocation.domain.slots.saving import save_slot
from apps.allocation.models import Slot, SlotLine, SlotState
from tests import factories_allocation as make

pytestmark = pytest.mark.usefixtures("country")


@pytest.fixture
def scarce(worked, institutions, alliance_officer):
    """A has 900 left; the hospital's H is 3,000 of U."""

    def built(**capacities):
        project = make.allocation_project(institutions, code="FL2")
        worked.products = make.worked_products(project, capacities)
        make.volume(project, worked.hospital, make.UNSELECTED, 12_503)
        worked.project = make.published(project, alliance_officer)
        return worked

    return built


def context(round_):
    return {"project": round_.project, "by": round_.by}


def save(round_, slot, **quantities):
    contracts = round_.contracts(**quantities)
    return save_slot(row=round_.row(), slot=slot, contracts=contracts, **context(round_))


def test_the_worked_example(scarce):
    round_ = scarce(A=900)

    found = move_exhausted(row=round_.row(), slot=Slot.HIGHEST, **context(round_))

    row = round_.row()
    assert (found.contracts, found.placed, found.moved) == ((900,), 600, 2_400)
    assert (row.target(Slot.HIGHEST), row.target(Slot.OTHER)) == (600, 7_402)
    assert row.state(Slot.HIGHEST) == SlotState.SHORT
    line = SlotLine.objects.get(slot=Slot.HIGHEST)
    assert (line.contract, line.reserved) == (900, 900)
    assert make.pool_of(round_.products["A"]).left == 0


def test_what_can_be_filled_does_not_move(scarce):
    round_ = scarce(A=4_500)
    with pytest.raises(CapacityRemains):
        move_exhausted(row=round_.row(), slot=Slot.HIGHEST, **context(round_))


def test_own_reservations_count_as_left(scarce):
    round_ = scarce(A=4_500)
    save(round_, Slot.HIGHEST, A=4_500)
    with pytest.raises(CapacityRemains):
        move_exhausted(row=round_.row(), slot=Slot.HIGHEST, **context(round_))


def test_a_moved_slot_is_locked_until_withdrawn(scarce):
    round_ = scarce(A=900)
    move_exhausted(row=round_.row(), slot=Slot.HIGHEST, **context(round_))
    with pytest.raises(RowConfirmed, match="撤回"):
        save(round_, Slot.HIGHEST, A=10)


def test_the_others_are_judged_by_their_larger_quantity(scarce):
    round_ = scarce(A=900)
    save(round_, Slot.OTHER, A=None, B=None, C=5_010)
    assert round_.row().state(Slot.OTHER) == SlotState.PLACED

    move_exhausted(row=round_.row(), slot=Slot.HIGHEST, **context(round_))

    assert round_.row().state(Slot.OTHER) == SlotState.DRAFT
    assert make.pool_of(round_.products["C"]).allocated == 5_010
    assert save(round_, Slot.OTHER, A=None, B=None, C=7_410).state == SlotState.PLACED


def test_withdrawing_undoes_the_move_and_keeps_the_reservation(scarce):
    round_ = scarce(A=900)
    save(round_, Slot.OTHER, A=None, B=None, C=5_010)
    move_exhausted(row=round_.row(), slot=Slot.HIGHEST, **context(round_))

    withdraw_pending(row=round_.row(), **context(round_))

    row = round_.row()
    assert (row.target(Slot.HIGHEST), row.target(Slot.OTHER)) == (3_000, 5_002)
    assert row.state(Slot.HIGHEST) == SlotState.DRAFT
    assert row.state(Slot.OTHER) == SlotState.PLACED
    assert make.pool_of(round_.products["A"]).allocated == 900


def test_exhausted_everywhere_the_rest_stays_unplaced_and_counts_as_filled(scarce):
    round_ = scarce(A=900, B=0, C=3_000)
    for slot in (Slot.LOWEST, Slot.HIGHEST, Slot.OTHER):
        move_exhausted(row=round_.row(), slot=slot, **context(round_))

    row = round_.row()
    assert row.target(Slot.OTHER) == 5_002 + 2_400 + 2_000
    assert row.unplaced == 9_402 - 3_000
    confirm_pending(row=row, **context(round_))
    assert round_.row().is_confirmed
    withdraw_pending(row=row, **context(round_))
    assert round_.row().unplaced == 0
