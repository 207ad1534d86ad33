"""Reports are kept, put back and released (product.md: 恢复上次上报; rules §3a.9)."""

import pytest
from django.db import IntegrityError

from apps.accounts.domain.actors import Actor
from apps.allocation.domain.confirming import withdraw_pending
from apps.allocation.domain.refusals import CapacityExceeded
from apps.allocation.domain.slots.saving import clear_slot, save_slot
from apps.allocation.models import Report, Slot, SlotLine, SlotState
from apps.review.domain.performing import perform
from apps.review.models.statuses import Action, Status
from tests import factories_allocation as make
from tests.correcting import limited

pytestmark = pytest.mark.usefixtures("country")


def allocated(round_):
    return {code: make.pool_of(product).allocated for code, product in round_.products.items()}


REPORTED = {"A": 4_500 + 2_988 + 288, "B": 1_008 + 72, "C": 3_000 + 330}


@pytest.fixture
def city(city_reviewer):
    return Actor.of(city_reviewer)


@pytest.fixture
def returned(reported, city):
    perform([reported.filing()], Action.RETURN, by=city, reason="请核对合同量")
    return reported


def change(round_):
    """Withdraw U, empty its highest-cut slot and take less of B."""
    context = {"project": round_.project, "by": round_.by}
    withdraw_pending(row=round_.row(), **context)
    clear_slot(row=round_.row(), slot=Slot.HIGHEST, **context)
    save_slot(row=round_.row(), slot=Slot.LOWEST, contracts=round_.contracts(B=984), **context)


def test_a_report_keeps_lines_with_their_terms(reported):
    report = Report.objects.get()

    lines = {
        (row, slot, contract) for row, slot, _product, contract, _terms in report.content["lines"]
    }
    assert (reported.row().pk, "highest", 4_500) in lines
    assert len(lines) == 7
    assert report.number == reported.filing().version
    terms = {terms for *_rest, terms in report.content["lines"]}
    assert terms == {make.pool_of(product).terms_id for product in reported.products.values()}


def test_a_return_keeps_reservations_and_changes_move_them(returned):
    assert allocated(returned) == REPORTED

    change(returned)

    assert allocated(returned) == REPORTED | {"A": 2_988 + 288, "B": 984 + 72}


def test_restoring_puts_lines_rows_and_reservations_back(returned, city, time_machine_of):
    change(returned)
    time_machine_of(days=20)

    perform([returned.filing()], Action.RESTORE, by=city)

    assert returned.filing().status == Status.SUBMITTED
    assert allocated(returned) == REPORTED
    row = returned.row()
    assert row.is_confirmed
    assert row.state(Slot.HIGHEST) == SlotState.PLACED
    assert SlotLine.objects.get(row=row, slot=Slot.LOWEST).contract == 1_008
    assert SlotLine.objects.get(row=row, slot=Slot.HIGHEST).reserved == 4_500


def test_restoring_is_refused_when_others_took_the_capacity(returned, city, time_machine_of):
    change(returned)
    pool = make.pool_of(returned.products["A"])
    limited(pool, pool.allocated + 4_499)
    time_machine_of(days=20)

    with pytest.raises(CapacityExceeded, match="超出 1 粒"):
        perform([returned.filing()], Action.RESTORE, by=city)

    assert returned.filing().status == Status.RETURNED
    assert returned.row().state(Slot.HIGHEST) == SlotState.EMPTY


def test_lapsing_releases_everything_reserved(worked, fill, city, time_machine_of):
    fill(worked)
    time_machine_of(days=20)

    perform([worked.filing()], Action.LAPSE, by=city)

    assert allocated(worked) == {"A": 0, "B": 0, "C": 0}
    assert not worked.row().is_confirmed
    assert worked.row().state(Slot.LOWEST) == SlotState.DRAFT
    assert SlotLine.objects.get(row=worked.row(), slot=Slot.LOWEST).contract == 1_008
    assert make.pool_of(worked.products["C"]).fixed == 5_761


def test_removing_a_participant_gives_the_confirmed_quantity_back(worked, fill, province_officer):
    fill(worked)

    perform([worked.filing()], Action.EXCLUDE, by=Actor.of(province_officer), reason="停业")

    assert allocated(worked) == {"A": 0, "B": 0, "C": 0}
    assert make.pool_of(worked.products["C"]).fixed == 0


@pytest.mark.parametrize("table", ["row", "line"])
def test_below_a_reported_filing_the_database_changes_nothing(reported, table):
    rows = {
        "row": lambda: type(reported.row()).objects.filter(pk=reported.row().pk).update(unplaced=0),
        "line": lambda: SlotLine.objects.filter(slot=Slot.OTHER).update(contract=1, reserved=0),
    }
    with pytest.raises(IntegrityError, match="frozen_branch"):
        rows[table]()
