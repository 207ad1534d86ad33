"""Publishing an allocation: numbers, designations, filings and pools (rules §3a.2-3, §3a.9)."""

import pytest

from apps.allocation.models import CapacityPool, GroupDesignation, Slot, SlotLine


@pytest.mark.covers("S1-26")
def test_rows_get_the_worked_numbers(worked):
    unselected, selected = worked.row(), worked.row("C")

    assert [unselected.agreed, unselected.kept, unselected.pending] == [10_002, 0, 10_002]
    assert [unselected.lowest, unselected.highest, unselected.other] == [2_000, 3_000, 5_002]
    assert [selected.agreed, selected.kept, selected.pending] == [6_402, 5_761, 641]
    assert [selected.lowest, selected.highest, selected.other] == [128, 192, 321]
    assert unselected.filing == worked.filing()


def test_designations_name_the_enterprises(worked, country):
    (designation,) = GroupDesignation.objects.all()

    assert designation.lowest == worked.products["B"].enterprise
    assert designation.highest == worked.products["A"].enterprise
    assert not designation.merged


def test_confirmed_quantities_are_lines_and_fixed_in_the_pool(worked, country):
    line = SlotLine.objects.get(slot=Slot.SELECTED)

    assert (line.product, line.contract, line.reserved) == (worked.products["C"], 5_761, 0)
    fixed = dict(CapacityPool.objects.values_list("product__item__item_code", "fixed"))
    assert fixed == {"A": 0, "B": 0, "C": 5_761}
