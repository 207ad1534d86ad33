"""系统代分 against clerks who are still at it and against a second run, on real transactions (rules §3a.11, S1-42)."""

import itertools
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import pytest
from django.db import connection, transaction
from django.utils import timezone

from apps.accounts.domain.actors import Actor
from apps.accounts.domain.scopes import scope_of
from apps.accounts.models import User
from apps.allocation.domain.confirming import confirm_pending, withdraw_pending
from apps.allocation.domain.refusals import AllocationRefused, NothingToSubstitute
from apps.allocation.domain.slots.saving import clear_slot, save_slot
from apps.allocation.domain.substitution.acts import Substituted, substitute_missing
from apps.allocation.domain.verification import differences
from apps.allocation.models import AllocationRow, Slot, SlotLine, SlotState, Substitution
from apps.organizations.models import Organization
from apps.projects.models import Project, ProjectWindow, WinningProduct
from apps.review.domain.performing import perform
from apps.review.domain.refusals import NotEditable, ReviewRefused
from apps.review.models import Filing, FilingEvent
from apps.review.models.statuses import Action, Status
from apps.scope.context import enter, whole_country
from tests import factories
from tests import factories_allocation as make
from tests.waiting import PATIENCE, wait_for_waiting, wait_until

pytestmark = pytest.mark.django_db(transaction=True)
PACK, ROWS, CLERKS = 30, 3, 6
WANTED = 3 * PACK
CAPACITY = CLERKS * ROWS * WANTED // 2
"""Enough for half of them."""
OPEN_FOR = 0.8


@dataclass(frozen=True)
class Fair:
    """Institutions that each have three rows to place on one product, and the alliance that waits for the end."""

    project: Project
    product: WinningProduct
    clerks: Sequence[User]
    alliance: Actor

    def rows_of(self, clerk: User) -> list[AllocationRow]:
        rows = AllocationRow.objects.filter(project=self.project, organization=clerk.organization)
        return list(rows.select_related("filing", "item").order_by("pk"))

    def save(self, clerk: User, row: AllocationRow, quantity: int) -> SlotState:
        return save_slot(
            row=row,
            slot=Slot.HIGHEST,
            contracts={self.product.pk: quantity},
            project=self.project,
            by=Actor.of(clerk),
        ).state

    def close(self, *, after: float = 0) -> datetime:
        """Let the institutions' time end so many seconds from now; returns when that is."""
        now = timezone.now()
        end = now + timedelta(seconds=after)
        with whole_country(reason="test"):
            ProjectWindow.objects.filter(project=self.project, tier="institution").update(
                opens_at=now - timedelta(days=1), closes_at=end
            )
        return end

    def substitute(self) -> Substituted:
        """What a run did; nothing where it finds nobody left."""
        with whole_country(reason="test"):
            try:
                return substitute_missing(project=self.project, by=self.alliance)
            except NothingToSubstitute:
                return Substituted()


@pytest.fixture
def fair(tree: dict[str, Organization], alliance_officer: User) -> Fair:
    units = [factories.InstitutionFactory(parent=tree["420106"]) for _ in range(CLERKS)]
    project = make.allocation_project(units)
    with whole_country(reason="test"):
        product = make.winner(project, "A", terms=("6", PACK, "40", "50"), capacity=CAPACITY)
        for number in range(ROWS):
            make.catalog_item(project, f"U{number}")
    for unit in units:
        for number in range(ROWS):
            numbers = {"kept": 0, "pending": WANTED, "highest": WANTED}
            make.volume(project, unit, f"U{number}", WANTED, **numbers)
    make.published(project, alliance_officer)
    clerks = [factories.account_of(unit) for unit in units]
    return Fair(project, product, clerks, Actor.of(alliance_officer))


def started(pool: ThreadPoolExecutor, act: Callable[[], object]) -> Callable[[], object]:
    """Run it on a connection of its own; returns what waits for its outcome, a refusal as its class name."""

    def work() -> object:
        try:
            return act()
        except ReviewRefused as refused:
            return type(refused).__name__
        finally:
            connection.close()

    return pool.submit(work).result


def assert_legal(fair: Fair) -> None:
    """Everybody reported once, by himself or by 系统代分; nothing is exceeded, doubled or left half done."""
    with whole_country(reason="test"):
        assert list(differences(fair.project)) == []
        filings = list(Filing.objects.of_project(fair.project).institutions())
        events = FilingEvent.objects.filter(filing__in=filings)
        told = Counter(events.values_list("filing", flat=True))
        kept = Counter(Substitution.objects.values_list("filing", flat=True))
        rows = list(AllocationRow.objects.of_project(fair.project))
        taken = Counter[int]()
        for line in SlotLine.objects.filter(filing__in=filings):
            taken[line.row_id] += line.contract or 0
    assert {filing.state for filing in filings} == {Status.SUBMITTED}
    assert told == {filing.pk: 1 for filing in filings}
    assert kept == {filing.pk: 1 for filing in filings if filing.substituted}
    assert all(row.is_confirmed for row in rows)
    assert all(abs(WANTED - row.unplaced - taken[row.pk]) < PACK for row in rows)
    pool = make.pool_of(fair.product)
    assert pool.allocated == taken.total() <= CAPACITY


def test_a_save_under_way_when_the_time_ends_comes_first_and_is_kept(fair: Fair) -> None:
    clerk = fair.clerks[0]
    with ThreadPoolExecutor() as pool:
        with enter(scope_of(clerk)), transaction.atomic():
            row = fair.rows_of(clerk)[0]
            assert fair.save(clerk, row, WANTED + 1) == SlotState.PLACED
            started(pool, fair.close)()
            run = started(pool, fair.substitute)
            wait_for_waiting(connection.cursor())
        done = run()

    assert isinstance(done, Substituted)
    assert done.institutions == CLERKS
    with whole_country(reason="test"):
        assert SlotLine.objects.get(row=row).contract == WANTED + 1
    assert_legal(fair)


def test_a_save_and_a_second_run_wait_for_the_first_and_change_nothing(fair: Fair) -> None:
    """The time is extended while 系统代分 runs: the clerk may write again, but his filing is reported by then."""
    clerk = fair.clerks[-1]
    with enter(scope_of(clerk)):
        row = fair.rows_of(clerk)[0]
    fair.close()

    def save() -> SlotState:
        with enter(scope_of(clerk)):
            return fair.save(clerk, row, WANTED + 1)

    with ThreadPoolExecutor() as pool:
        with transaction.atomic():
            assert fair.substitute().institutions == CLERKS
            second = started(pool, fair.substitute)
            wait_for_waiting(connection.cursor())
            started(pool, lambda: fair.close(after=60))()
            late = started(pool, save)
            wait_for_waiting(connection.cursor(), 2)
        assert (second(), late()) == (Substituted(), "NotEditable")

    assert_legal(fair)


@pytest.mark.covers("S1-42")
def test_clerks_and_two_runs_at_once_when_the_time_ends(fair: Fair) -> None:
    """Clerks save, clear, confirm and take back until they are refused; one reports in the last moment."""
    reporter, *others = fair.clerks
    with enter(scope_of(reporter)):
        rows = fair.rows_of(reporter)
        for row in rows:
            fair.save(reporter, row, WANTED)
            confirm_pending(row=row, project=fair.project, by=Actor.of(reporter))
    fair.close(after=2 * PATIENCE)
    carried_out = Counter[int]()

    def report(end: datetime) -> Status:
        sleep_until(end)
        with enter(scope_of(reporter)):
            by, at = Actor.of(reporter), end - timedelta(milliseconds=1)
            return perform([rows[0].filing], Action.SUBMIT, by=by, at=at)[0].state

    def run(end: datetime) -> Substituted:
        sleep_until(end)
        return fair.substitute()

    with ThreadPoolExecutor(CLERKS + 2) as pool:
        writers = [started(pool, partial(work_on, fair, each, carried_out)) for each in others]
        wait_until(lambda: len(carried_out) == len(others), lambda: f"only {carried_out}")
        end = fair.close(after=OPEN_FOR)
        runs = [started(pool, partial(run, end)) for _ in range(2)]
        reported = started(pool, partial(report, end))()
        ended = [writer() for writer in writers]
        done = [outcome() for outcome in runs]

    with whole_country(reason="test"):
        substituted = Filing.objects.of_project(fair.project).filter(substituted=True).count()
    assert set(ended) == {"NotEditable"}
    assert reported in {Status.SUBMITTED, "ActionRefused"}
    assert sum(each.institutions for each in done if isinstance(each, Substituted)) == substituted
    assert substituted == CLERKS - (reported == Status.SUBMITTED)
    assert_legal(fair)


def sleep_until(end: datetime) -> None:
    time.sleep(max((end - timezone.now()).total_seconds(), 0))


def work_on(fair: Fair, clerk: User, carried_out: Counter[int]) -> None:
    """Act after act on row after row until the time is over. Raises `NotEditable` then."""
    by = Actor.of(clerk)
    with enter(scope_of(clerk)):
        for turn in itertools.count():
            row = fair.rows_of(clerk)[turn % ROWS]
            acts: list[Callable[[], object]] = [
                partial(fair.save, clerk, row, WANTED + turn % 7),
                partial(confirm_pending, row=row, project=fair.project, by=by),
                partial(withdraw_pending, row=row, project=fair.project, by=by),
                partial(clear_slot, row=row, slot=Slot.HIGHEST, project=fair.project, by=by),
            ]
            try:
                acts[turn // ROWS % len(acts)]()
            except NotEditable:
                raise
            except AllocationRefused:
                continue
            carried_out[clerk.pk] += 1
