"""Confirming rows and taking confirmations back (S1-20, S1-43..47, rules §3a.6)."""

from itertools import product

import pytest

from apps.accounts.domain.actors import Actor
from apps.allocation.domain.confirming import (
    confirm_filled,
    confirm_pending,
    confirm_selected,
    withdraw_pending,
)
from apps.allocation.domain.refusals import NothingToWithdraw, RowConfirmed, SlotsNotFilled
from apps.allocation.domain.row_acts import why_not_confirm
from apps.allocation.domain.slots.saving import save_slot
from apps.allocation.models import AllocationRow, Slot, SlotState
from apps.review.domain.performing import perform
from apps.review.domain.refusals import NotEditable
from apps.review.models.statuses import Action
from tests import factories_allocation as make
from tests.allocation.reading import url
from tests.pages import shown

pytestmark = pytest.mark.usefixtures("country")


def context(round_):
    return {"project": round_.project, "by": round_.by}


@pytest.mark.covers("S1-20")
def test_selected_quantities_are_confirmed_one_by_one_or_all_at_once(worked, tree):
    filing = worked.filing()

    one = confirm_selected(filing=filing, rows=[worked.row("C").pk], **context(worked))
    rest = confirm_selected(filing=filing, **context(worked))

    assert (one, rest) == (1, 0)
    assert worked.row("C").selected_confirmed_by == worked.clerk
    assert worked.row("U").selected_confirmed_at is None


def test_rows_of_others_are_not_confirmed_along(worked, tree, neighbour_clerk):
    with pytest.raises(NotEditable):
        confirm_selected(
            filing=worked.filing(), project=worked.project, by=Actor.of(neighbour_clerk)
        )


@pytest.mark.covers("S1-43", "S1-44")
def test_a_row_is_confirmed_when_all_its_slots_are_filled(worked, fill):
    with pytest.raises(SlotsNotFilled, match=r"日均费用最低中选企业.*降幅最高.*其他中选"):
        confirm_pending(row=worked.row(), **context(worked))

    fill(worked)

    assert worked.row().pending_confirmed_by == worked.clerk


def test_a_slot_outside_its_bounds_is_not_filled(worked, fill):
    fill(worked, confirm=False)
    save_slot(
        row=worked.row(),
        slot=Slot.LOWEST,
        contracts=worked.contracts(B=900),
        **context(worked),
    )

    with pytest.raises(SlotsNotFilled, match="“日均费用最低中选企业”还没有分配完成"):
        confirm_pending(row=worked.row(), **context(worked))


def test_the_database_refuses_a_confirmation_of_open_slots(worked):
    with pytest.raises(Exception, match="allocation_row_pending_confirmed_when_filled"):
        AllocationRow.objects.filter(pk=worked.row().pk).update(
            pending_confirmed_at="2026-11-22T00:00Z"
        )


@pytest.mark.covers("S1-45", "S1-46")
def test_withdrawing_opens_the_row_and_keeps_the_reservation(worked, fill):
    fill(worked)
    with pytest.raises(RowConfirmed):
        confirm_pending(row=worked.row(), **context(worked))

    withdraw_pending(row=worked.row(), **context(worked))

    assert not worked.row().is_confirmed
    assert make.pool_of(worked.products["A"]).allocated == 7_488
    confirm_pending(row=worked.row(), **context(worked))


def test_what_is_not_confirmed_needs_no_withdrawal(worked):
    with pytest.raises(NothingToWithdraw):
        withdraw_pending(row=worked.row(), **context(worked))


@pytest.mark.covers("S1-47")
def test_nothing_is_withdrawn_after_the_report(reported):
    with pytest.raises(NotEditable, match="待市医保审核"):
        withdraw_pending(row=reported.row(), **context(reported))


@pytest.mark.covers("S1-53")
def test_the_report_needs_both_confirmations(worked, fill):
    fill(worked)
    with pytest.raises(Exception, match="中选产品采购量还有 1 项没有确认") as refusal:
        perform([worked.filing()], Action.SUBMIT, by=worked.by)

    assert "待分配量还有 1 项没有确认" in str(refusal.value)


def test_all_filled_rows_are_confirmed_at_once_and_only_they(worked, fill, client_of):
    fill(worked, confirm=False)
    client = client_of(worked.clerk)
    assert "全部确认" in client.get(url("pending_list", "FL")).content.decode()

    seen = shown(client, url("pending_list", "FL"))
    answer = client.post(url("pending_confirm_all", "FL"), seen, follow=True)

    assert "已确认 1 项" in answer.content.decode()
    assert worked.row().is_confirmed
    assert worked.row("C").is_confirmed is False
    assert confirm_filled(filing=worked.filing(), **context(worked)) == 0


def test_ready_in_bulk_is_ready_in_the_row(worked, by_state):
    """The statement and the rule of one row agree, whatever the slots' states."""
    for states in by_state:
        AllocationRow.objects.filter(pk=worked.row().pk).update(**states)
        row = worked.row()
        found = AllocationRow.objects.filter(pk=row.pk).ready_to_confirm().exists()
        assert found == (why_not_confirm(row) is None), states


@pytest.fixture
def by_state():
    names = ("lowest_state", "highest_state", "other_state")
    return [dict(zip(names, states, strict=True)) for states in product(SlotState, repeat=3)]


def test_the_slot_page_offers_to_confirm_a_filled_row(worked, fill, client_of):
    address = url("slot_edit", "FL", worked.row().pk, "other")
    client = client_of(worked.clerk)
    before = client.get(address).content.decode().replace(" ", "")
    fill(worked, confirm=False)

    after = client.get(address).content.decode().replace(" ", "")

    marked = "data-slot-confirm\nhidden"
    assert (marked in before, marked in after) == (True, False)
