"""更正 in an allocation: prices from now on, measures with what rests on them, capacities above what is taken."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.accounts.domain.actors import Actor
from apps.allocation.domain.confirming import confirm_selected
from apps.allocation.domain.reads import amount_of_lines, confirmed_lines
from apps.allocation.domain.verification import differences
from apps.allocation.models import AllocationRow, CapacityPool, Slot, SlotLine, SupplyTotal
from apps.projects.models import WinningTerms
from apps.review.domain.performing import perform
from apps.review.domain.refusals import ActionRefused
from apps.review.models.statuses import Action, Status
from tests import factories
from tests import factories_allocation as make
from tests.correcting import corrected

pytestmark = pytest.mark.usefixtures("country")


def totals(round_) -> dict[int, Decimal]:
    rows = SupplyTotal.objects.filter(filing=round_.filing())
    return dict(rows.values_list("product_id", "amount"))


def test_what_was_reported_keeps_its_price(reported, alliance_officer, fill) -> None:
    before, a = totals(reported), reported.products["A"]
    lines = confirmed_lines(reported.filing())
    shown = amount_of_lines(lines)

    corrected(reported.project, alliance_officer, a, price=Decimal("57.60"))

    assert reported.filing().status == Status.SUBMITTED
    assert totals(reported) == before
    assert amount_of_lines(lines) == sum(line.amount for line in lines) == shown
    assert make.pool_of(a).terms.price == Decimal("57.60")
    assert WinningTerms.objects.filter(product=a).count() == 2
    assert list(differences(reported.project)) == []


def test_what_is_reported_later_has_the_new_price(reported, alliance_officer) -> None:
    before, a = totals(reported), reported.products["A"]
    corrected(reported.project, alliance_officer, a, price=Decimal("57.60"))
    perform(
        [reported.filing()], Action.CORRECT, by=Actor.of(alliance_officer), reason="重报",
        deadline=timezone.now() + timedelta(days=1),
    )  # fmt: skip

    perform([reported.filing()], Action.SUBMIT, by=reported.by)

    after = totals(reported)
    assert after[a.pk] == 2 * before[a.pk]
    assert {pk: amount for pk, amount in after.items() if pk != a.pk} == {
        pk: amount for pk, amount in before.items() if pk != a.pk
    }
    assert list(differences(reported.project)) == []


def test_a_pack_opens_what_rests_on_it(reported, alliance_officer) -> None:
    held = {pool.product_id: pool.allocated for pool in CapacityPool.objects.all()}

    made = corrected(reported.project, alliance_officer, reported.products["A"], pack=24)

    assert reported.filing().status == Status.RETURNED
    assert (made.filings, made.returned) == (1, 1)
    row = reported.row()
    assert (row.lowest_state, row.highest_state, row.other_state) == ("placed", "draft", "draft")
    assert row.pending_confirmed_at is row.pending_confirmed_by_id is None
    # What is typed and reserved stays until the slot is saved again; of C nothing of A was confirmed.
    assert {pool.product_id: pool.allocated for pool in CapacityPool.objects.all()} == held
    assert reported.row("C").selected_confirmed_at is not None
    assert SlotLine.objects.filter(row=row, slot=Slot.HIGHEST).get().contract == 4_500
    assert list(differences(reported.project)) == []


def test_a_confirmed_quantity_is_confirmed_again(worked, alliance_officer) -> None:
    confirm_selected(filing=worked.filing(), project=worked.project, by=worked.by)

    corrected(worked.project, alliance_officer, worked.products["C"], daily_usage=Decimal(5))

    row = worked.row("C")
    assert row.selected_confirmed_at is row.selected_confirmed_by_id is None
    assert row.kept == 5_761
    assert list(differences(worked.project)) == []


def test_the_daily_usage_of_an_item_opens_its_rows_alone(worked, fill, alliance_officer) -> None:
    fill(worked)
    item = worked.row().item

    corrected(worked.project, alliance_officer, item, daily_usage=Decimal(7))

    row = worked.row()
    assert {row.lowest_state, row.highest_state, row.other_state} == {"draft"}
    assert not row.is_confirmed
    assert list(differences(worked.project)) == []


def test_what_a_slot_moved_on_comes_back_to_it(worked, fill, alliance_officer) -> None:
    fill(worked)
    AllocationRow.objects.filter(pk=worked.row().pk).update(
        highest_state="short", moved_highest=100, other_state="short", unplaced=40
    )

    corrected(worked.project, alliance_officer, worked.products["A"], pack=24)

    row = worked.row()
    assert (row.moved_highest, row.unplaced, row.other_state) == (0, 0, "draft")


def test_a_capacity_never_goes_below_what_is_taken(reported, alliance_officer) -> None:
    a = reported.products["A"]
    used = make.pool_of(a).used

    with pytest.raises(ActionRefused, match=f"{used:,}"):
        corrected(reported.project, alliance_officer, a, capacity=used - 1)
    corrected(reported.project, alliance_officer, a, capacity=used)

    a.refresh_from_db()
    assert a.capacity == make.pool_of(a).capacity == used
    assert reported.filing().status == Status.SUBMITTED


def test_the_database_lets_nothing_else_change(worked) -> None:
    a = worked.products["A"]
    terms = WinningTerms.objects.create
    for change in (
        lambda: CapacityPool.objects.filter(product=a).update(capacity=1),
        lambda: type(a).objects.filter(pk=a.pk).update(capacity=1),
        lambda: terms(product=a, version=2, price=1, pack=1, daily_usage=1, cut=1),
    ):
        with pytest.raises(ProgrammingError, match="frozen"), transaction.atomic():
            change()


def test_statements_do_not_grow_with_what_is_touched(tree, alliance_officer) -> None:
    numbers = []
    for count in (2, 9):
        units = factories.InstitutionFactory.create_batch(count, parent=tree["420106"])
        project = make.allocation_project(units, code=f"N{count}")
        products = make.worked_products(project)
        for unit in units:
            make.volume(project, unit, "C", 8_003)
        make.published(project, alliance_officer)
        with CaptureQueriesContext(connection) as seen:
            made = corrected(project, alliance_officer, products["C"], pack=15)
        assert made.filings == count
        numbers.append(len(seen))
    assert numbers[0] == numbers[1]
