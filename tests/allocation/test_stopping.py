"""取消中选 and 暂停: who takes over, to the unit and under capacity; who confirms; the ways back; what is refused."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.accounts.domain.actors import Actor
from apps.allocation.domain.confirming import confirm_pending, confirm_selected
from apps.allocation.domain.refusals import AllocationRefused, CapacityExceeded, SlotNotOffered
from apps.allocation.domain.slots.saving import save_slot
from apps.allocation.domain.stops.acts import stop_product
from apps.allocation.domain.stops.confirming import confirm_shares
from apps.allocation.domain.stops.planning import Choice
from apps.allocation.domain.stops.preview import preview_of
from apps.allocation.domain.verification import differences
from apps.allocation.models import CapacityPool, ProductStop, Slot, SlotLine, StopShare, SupplyTotal
from apps.audit.models import LogEntry
from apps.notices.models import Message, MessageKind
from apps.review.domain.guards import objections
from apps.review.domain.performing import perform
from apps.review.domain.proving import differences as events_apart
from apps.review.domain.refusals import NotYourTurn, ReasonMissing
from apps.review.domain.returns.second_pass import last_return
from apps.review.domain.rounds.correcting import keep_from_restoring
from apps.review.models import Filing, FilingEvent
from apps.review.models.statuses import Action, Status
from tests import factories
from tests import factories_allocation as make
from tests.correcting import limited
from tests.stopping import asked, ended, standing, stopped, suspended

pytestmark = pytest.mark.usefixtures("country")


def taken(round_, row) -> dict[tuple[str, str], int]:
    lines = SlotLine.objects.filter(row=row).taken().select_related("product__item")
    return {(line.slot, line.product.item.item_code): line.contract for line in lines}


def sums(round_) -> dict[str, int]:
    rows = SupplyTotal.objects.filter(filing=round_.filing()).select_related("product__item")
    return {row.product.item.item_code: row.quantity for row in rows}


def pool(round_, code: str) -> CapacityPool:
    return make.pool_of(round_.products[code])


def sound(round_) -> None:
    assert list(differences(round_.project)) == []
    assert list(events_apart(round_.project)) == []


def test_others_take_over_what_was_reported(reported, alliance_officer) -> None:
    b, c = reported.products["B"], reported.products["C"]
    before = taken(reported, reported.row())

    made = stopped(reported.project, alliance_officer, c, replacement=b)

    # K 5,761 of C (Du 6) are 2,880.5 of B (3): the nearest unit, halves up, all 5,761 accounted for.
    row = reported.row("C")
    assert taken(reported, row)["selected", "B"] == 2_881
    assert SlotLine.objects.get(row=row, slot=Slot.SELECTED).taken == row.kept == 5_761
    # What the hospital chose of A stays; the 3,000 of C go on to B, in whole packs.
    after = taken(reported, reported.row())
    assert after == {key: n for key, n in before.items() if key[1] != "C"} | {("other", "B"): 1_512}
    assert (made.filings, made.lines, made.kept, made.contract) == (1, 3, 5_761, 3_330)
    assert (pool(reported, "C").used, pool(reported, "C").stopped) == (0, "cancelled")
    assert pool(reported, "C").replacement == b
    assert reported.filing().status == Status.SUBMITTED
    assert "C" not in sums(reported)
    sound(reported)


def test_a_fixed_slot_without_its_enterprise_moves_on(reported, alliance_officer) -> None:
    stopped(reported.project, alliance_officer, reported.products["A"])

    row = reported.row()
    assert (row.highest_state, row.moved_highest, row.other_state) == ("short", 3_000, "placed")
    assert ("highest", "A") not in taken(reported, row)
    assert row.is_confirmed
    sound(reported)


def test_one_line_in_the_log_and_messages_to_whom_it_concerns(reported, alliance_officer) -> None:
    known = set(LogEntry.objects.values_list("pk", flat=True))

    stopped(
        reported.project,
        alliance_officer,
        reported.products["C"],
        replacement=reported.products["B"],
    )

    (entry,) = LogEntry.objects.exclude(pk__in=known)
    assert entry.verb == "取消中选"
    assert (
        "1 家机构 3 条明细（确认量 5,761 粒、合同量 3,330 粒）由替补承接，替补为" in entry.sentence
    )
    letter = Message.objects.get(path=reported.hospital.path, kind=MessageKind.CORRECTION)
    assert letter.url == "/allocation/FL/adjusted/"
    assert "请核对并确认" in letter.body


def test_the_chain_of_each_touched_filing_tells_it_and_its_undoing(
    reported, alliance_officer, client_of
) -> None:
    before, untouched = reported.filing(), Filing.objects.exclude(pk=reported.filing().pk)
    versions = sorted(untouched.values_list("pk", "version"))
    stop = stopped(reported.project, alliance_officer, reported.products["C"])
    ended(stop, alliance_officer)

    first, second = FilingEvent.objects.filter(action__in=["stopped", "stop_undone"]).order_by("pk")
    assert (first.filing, second.filing) == (before, before)
    assert (first.source, first.target) == (before.status, before.status)
    assert first.reason.startswith("取消中选第 1 号：")
    assert second.reason.startswith("撤销取消中选第 2 号：")
    assert reported.filing().version == before.version + 2
    assert sorted(untouched.values_list("pk", "version")) == versions
    page = client_of(reported.clerk).get(f"/review/FL/filings/{before.pk}/").content.decode()
    assert "撤销取消中选第 2 号" in page
    sound(reported)


def test_a_stop_is_no_return_and_hides_no_correction(reported, alliance_officer) -> None:
    perform([reported.filing()], Action.CORRECT, by=Actor.of(alliance_officer), reason="包装更正")
    stop = stopped(reported.project, alliance_officer, reported.products["C"])
    ended(stop, alliance_officer)

    filing = reported.filing()
    assert last_return(filing).action == Action.CORRECT
    assert filing.pk in keep_from_restoring(reported.project, [filing], Action.RESTORE)


def test_undone_everything_stands_as_before(reported, alliance_officer) -> None:
    before = standing(reported.project)
    stop = stopped(reported.project, alliance_officer, reported.products["C"])
    assert standing(reported.project) != before

    ended(stop, alliance_officer)

    assert standing(reported.project) == before
    with pytest.raises(AllocationRefused, match="已经结束"):
        ended(stop, alliance_officer)
    sound(reported)


def test_not_after_the_first_confirmation(reported, alliance_officer, tree) -> None:
    stop = stopped(reported.project, alliance_officer, reported.products["C"])

    confirm_shares(filing=reported.filing(), project=reported.project, by=reported.by)

    assert StopShare.objects.get().confirmed_by == reported.clerk
    with pytest.raises(AllocationRefused, match="已重新确认"):
        ended(stop, alliance_officer)
    with pytest.raises(AllocationRefused, match="没有重复办理"):
        confirm_shares(filing=reported.filing(), project=reported.project, by=reported.by)
    with pytest.raises(NotYourTurn):
        confirm_shares(
            filing=reported.filing(), project=reported.project, by=Actor.of(alliance_officer)
        )


def test_who_is_at_work_confirms_again_as_always(worked, fill, fill_rest, alliance_officer) -> None:
    fill(worked)
    fill_rest(worked)
    before = standing(worked.project)

    stop = stopped(worked.project, alliance_officer, worked.products["C"])

    assert worked.row().pending_confirmed_at is None
    assert worked.row("C").selected_confirmed_at is None
    ended(stop, alliance_officer)
    assert standing(worked.project) == before
    stop = stopped(worked.project, alliance_officer, worked.products["C"])
    confirm_selected(filing=worked.filing(), project=worked.project, by=worked.by)
    with pytest.raises(AllocationRefused, match="已重新确认"):
        ended(stop, alliance_officer)
    for code in ("U", "C"):
        confirm_pending(row=worked.row(code), project=worked.project, by=worked.by)
    perform([worked.filing()], Action.SUBMIT, by=worked.by)
    assert StopShare.objects.filter(confirmed_at=None).count() == 0
    sound(worked)


def test_a_draft_only_loses_what_is_gone(worked, alliance_officer) -> None:
    contracts = worked.contracts(A=None, B=24, C=30)
    save_slot(
        row=worked.row(), slot=Slot.OTHER, contracts=contracts, project=worked.project, by=worked.by
    )

    stopped(worked.project, alliance_officer, worked.products["C"])

    row = worked.row()
    assert (row.lowest_state, row.highest_state, row.other_state) == ("empty", "empty", "draft")
    assert taken(worked, row) == {("other", "B"): 24}


@pytest.mark.parametrize("policies", [{}, {"capacity_counts_confirmed": False}])
def test_capacity_is_never_exceeded(tree, institutions, alliance_officer, policies) -> None:
    project = make.allocation_project(institutions, **policies)
    products = make.worked_products(project, {"A": 3_000, "B": 4_000, "C": None})
    for unit in institutions:
        make.volume(project, unit, "C", 8_003)
    make.published(project, alliance_officer)

    made = stopped(project, alliance_officer, products["C"], replacement=products["B"])

    assert list(differences(project)) == []
    counted = policies.get("capacity_counts_confirmed", True)
    assert (made.unplaced > 0) is counted
    rows = [make.row_of(project, unit, "C") for unit in institutions]
    left = sum(row.kept_unplaced for row in rows)
    assert left + sum(SlotLine.objects.filter(slot="selected").values_list("taken", flat=True)) == (
        5_761 * len(institutions)
    )
    # Of B as much as there is, to the last unit; what one institution had from both is one confirmation.
    assert not counted or make.pool_of(products["B"]).left == 0
    ended(made, alliance_officer)
    assert all(make.row_of(project, unit, "C").kept_unplaced == 0 for unit in institutions)
    assert list(differences(project)) == []


def test_others_may_have_taken_what_an_undo_needs(reported, alliance_officer) -> None:
    c = reported.products["C"]
    stop = stopped(reported.project, alliance_officer, c)
    limited(pool(reported, "C"), 5_000)

    with pytest.raises(CapacityExceeded), transaction.atomic():
        ended(stop, alliance_officer)

    assert pool(reported, "C").stopped == "cancelled"
    sound(reported)


def test_a_suspended_product_is_given_to_nobody(worked, fill, alliance_officer) -> None:
    a = worked.products["A"]
    suspended(worked.project, alliance_officer, a)

    with pytest.raises(CapacityExceeded, match="剩余产能 0"):
        save_slot(
            row=worked.row(), slot=Slot.HIGHEST, contracts=worked.contracts(A=4_500),
            project=worked.project, by=worked.by,
        )  # fmt: skip
    stop = ProductStop.objects.get()
    ended(stop, alliance_officer)
    fill(worked)
    assert pool(worked, "A").used == 7_488
    suspended(worked.project, alliance_officer, a)
    with pytest.raises(IntegrityError, match="stopped product"), transaction.atomic():
        CapacityPool.objects.filter(product=a).update(allocated=8_000)
    CapacityPool.objects.filter(product=a).update(allocated=7_488)
    with pytest.raises(AllocationRefused, match="已暂停"):
        suspended(worked.project, alliance_officer, a)


def test_it_is_suspended_from_its_day(worked, fill, alliance_officer, time_machine_of) -> None:
    tomorrow = timezone.localdate() + timedelta(days=1)
    suspended(worked.project, alliance_officer, worked.products["A"], tomorrow)

    fill(worked)

    assert pool(worked, "A").left is None
    time_machine_of(days=1)
    assert pool(worked, "A").left == 0


def test_a_suspended_product_may_be_cancelled_and_is_suspended_again(
    reported, alliance_officer
) -> None:
    c = reported.products["C"]
    suspended(reported.project, alliance_officer, c)
    stop = stopped(reported.project, alliance_officer, c)
    assert pool(reported, "C").stopped == "cancelled"

    ended(stop, alliance_officer)

    assert pool(reported, "C").stopped == "suspended"
    sound(reported)


def test_nobody_chooses_what_is_cancelled(worked, alliance_officer) -> None:
    stopped(worked.project, alliance_officer, worked.products["A"])
    context = {"row": worked.row(), "project": worked.project, "by": worked.by}

    with pytest.raises(SlotNotOffered, match="有变化"):
        save_slot(slot=Slot.OTHER, contracts=worked.contracts(A=36, B=None, C=None), **context)
    with pytest.raises(SlotNotOffered):
        save_slot(slot=Slot.HIGHEST, contracts=worked.contracts(A=36), **context)


def test_what_is_asked_must_hold(worked, alliance_officer, hospital_clerk) -> None:
    project, c = worked.project, worked.products["C"]
    by = Actor.of(alliance_officer)
    for wrong, error, words in (
        (asked(c, reason=" "), ReasonMissing, "原因"),
        (asked(c, paper=None), ReasonMissing, "文件"),
        (asked(c, replacement=c), AllocationRefused, "替补产品须是"),
        (asked(c, digest="0" * 64), AllocationRefused, "预览之后数据有变化"),
    ):
        with pytest.raises(error, match=words):
            stop_product(project=project, wanted=wrong, by=by)
    with pytest.raises(NotYourTurn):
        stop_product(project=project, wanted=asked(c), by=Actor.of(hospital_clerk))
    stopped(project, alliance_officer, c)
    with pytest.raises(AllocationRefused, match="已取消中选"):
        stopped(project, alliance_officer, c)
    with pytest.raises(AllocationRefused, match="替补产品须是"):
        stopped(project, alliance_officer, worked.products["A"], replacement=c)


def test_what_was_shown_is_what_is_done(reported, alliance_officer) -> None:
    c, b = reported.products["C"], reported.products["B"]
    shown = preview_of(reported.project, pool(reported, "C"), Choice(c.pk, b.pk))

    stopped(reported.project, alliance_officer, c, replacement=b, digest=shown.plan.digest)

    (first, *_) = shown.taking
    assert (first.pool.product_id, first.kept) == (b.pk, 2_881)
    assert [unit.filing.pk for unit in shown.units] == [reported.filing().pk]


def test_a_report_of_before_is_not_put_back(reported, alliance_officer) -> None:
    stopped(reported.project, alliance_officer, reported.products["C"])
    perform(
        [reported.filing()], Action.CORRECT, by=Actor.of(alliance_officer), reason="重报",
        deadline=timezone.now() + timedelta(days=1),
    )  # fmt: skip

    yesterday = timezone.now() - timedelta(days=1)
    Filing.objects.filter(pk=reported.filing().pk).update(submitted_at=yesterday)
    assert list(objections(reported.project, [reported.filing()], Action.RESTORE)) == [
        reported.filing().pk
    ]
    assert objections(reported.project, [reported.filing()], Action.SUBMIT) == {}


def test_the_database_lets_nothing_else_move(reported, alliance_officer) -> None:
    line = SlotLine.objects.filter(row=reported.row()).taken().first()
    a = CapacityPool.objects.filter(pk=pool(reported, "A").pk)
    lines = SlotLine.objects.filter(pk=line.pk)
    with pytest.raises(IntegrityError, match="frozen_branch"), transaction.atomic():
        lines.update(contract=0, reserved=0)
    with pytest.raises(ProgrammingError, match="by an act alone"), transaction.atomic():
        a.update(stopped="suspended", stops_on=timezone.localdate())

    stopped(reported.project, alliance_officer, reported.products["C"])

    with pytest.raises(ProgrammingError, match="by an act alone"), transaction.atomic():
        a.update(stopped="suspended", stops_on=timezone.localdate())
    with pytest.raises(ProgrammingError), transaction.atomic():
        ProductStop.objects.update(reason="改")


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
            stop = stopped(project, alliance_officer, products["C"])
            ended(stop, alliance_officer)
        assert stop.filings == count
        # What is asked for the first time is prepared within a savepoint of its own.
        asked = [str(one["sql"]) for one in seen.captured_queries]
        numbers.append(sum("SAVEPOINT" not in sql for sql in asked))
    assert numbers[0] == numbers[1]
