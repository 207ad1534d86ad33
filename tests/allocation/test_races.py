"""Many institutions at the same moment, on real transactions (S1-42, rules §3a.9)."""

import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta

import psycopg
import pytest
from django.db import connection, transaction
from django.utils import timezone

from apps.accounts.domain.actors import Actor
from apps.accounts.domain.scopes import scope_of
from apps.allocation.domain.confirming import confirm_pending
from apps.allocation.domain.refusals import AllocationRefused, CapacityExceeded
from apps.allocation.domain.slots.saving import clear_slot, save_slot
from apps.allocation.domain.verification import differences
from apps.allocation.models import AllocationRow, Slot, SlotLine, SlotState
from apps.organizations.models import Tier
from apps.projects.models import ProjectWindow
from apps.review.domain.performing import perform
from apps.review.models import Filing
from apps.review.models.statuses import Action, Status
from apps.scope.context import enter, whole_country
from tests import factories
from tests import factories_allocation as make
from tests.racing import answers_at_once
from tests.waiting import wait_for_waiting

pytestmark = pytest.mark.django_db(transaction=True)
CLIENTS, PACKS, PACK = 20, 100, 30


@pytest.fixture
def market(tree, alliance_officer):
    """20 institutions, each with 8 rows of one pack, and a product with 100 packs."""
    units = [factories.InstitutionFactory(parent=tree["420106"]) for _ in range(CLIENTS)]
    project = make.allocation_project(units)
    with whole_country(reason="test"):
        product = make.winner(project, "A", terms=("6", PACK, "40", "50"), capacity=PACKS * PACK)
        for number in range(8):
            make.catalog_item(project, f"U{number}")
    for unit in units:
        for number in range(8):
            numbers = {"kept": 0, "pending": PACK, "highest": PACK}
            make.volume(project, unit, f"U{number}", PACK, **numbers)
    make.published(project, alliance_officer)
    return project, product, [factories.account_of(unit) for unit in units]


def rows_of(project, clerk):
    return list(
        AllocationRow.objects.filter(project=project, organization=clerk.organization)
        .select_related("filing", "item")
        .order_by("pk")
    )


def buyer(project, product, clerk, quantity=PACK):
    """Buys a pack on each of the clerk's rows; how often it got one."""

    def buy():
        got = 0
        with enter(scope_of(clerk)):
            for row in rows_of(project, clerk):
                try:
                    save_slot(
                        row=row,
                        slot=Slot.HIGHEST,
                        contracts={product.pk: quantity},
                        project=project,
                        by=Actor.of(clerk),
                    )
                    got += 1
                except CapacityExceeded:
                    pass
        return got

    return buy


@pytest.mark.covers("S1-40", "S1-42")
def test_twenty_clients_end_at_exactly_a_hundred_packs(market):
    project, product, clerks = market

    bought = answers_at_once(*(buyer(project, product, clerk) for clerk in clerks))

    assert sum(bought) == PACKS
    pool = make.pool_of(product)
    assert (pool.allocated, pool.left) == (PACKS * PACK, 0)
    with whole_country(reason="test"):
        assert list(differences(project)) == []
        assert SlotLine.objects.filter(reserved__gt=0).count() == PACKS


def test_who_comes_second_to_the_last_packs_hears_what_is_left(market):
    """The pool is taken between the look and the write: the database refuses, the second look says why."""
    project, product, clerks = market
    pool = make.pool_of(product)
    raw = connection.connection
    buy = buyer_of_one(project, product, clerks[0])
    # Whatever goes wrong, the transaction ends before the thread that waits for it is waited for.
    with (
        ThreadPoolExecutor(1) as others,
        psycopg.connect(raw.info.dsn, password=raw.info.password) as faster,
    ):
        taken = "UPDATE allocation_capacitypool SET allocated = capacity - 29 WHERE id = %s"
        faster.execute(taken, [pool.pk])
        waiting = others.submit(buy)
        wait_for_waiting(faster.cursor())
        faster.commit()
        refusal = waiting.result()
        faster.execute("UPDATE allocation_capacitypool SET allocated = 0 WHERE id = %s", [pool.pk])

    assert [lack.left for lack in refusal.lacks] == [29]
    with whole_country(reason="test"):
        assert not SlotLine.objects.filter(reserved__gt=0).exists()


def buyer_of_one(project, product, clerk):
    """Buys one pack; the refusal it got."""

    def buy():
        try:
            with enter(scope_of(clerk)), pytest.raises(CapacityExceeded) as refused:
                save_slot(
                    row=rows_of(project, clerk)[0],
                    slot=Slot.HIGHEST,
                    contracts={product.pk: PACK},
                    project=project,
                    by=Actor.of(clerk),
                )
            return refused.value
        finally:
            connection.close()

    return buy


def test_buying_and_giving_back_at_once_keeps_the_sums(market):
    project, product, clerks = market
    with whole_country(reason="test"):
        for clerk in clerks[:10]:
            buyer(project, product, clerk)()

    def give_back(clerk):
        def clear():
            with enter(scope_of(clerk)):
                for row in rows_of(project, clerk):
                    clear_slot(row=row, slot=Slot.HIGHEST, project=project, by=Actor.of(clerk))

        return clear

    answers_at_once(
        *(give_back(clerk) for clerk in clerks[:10]),
        *(buyer(project, product, clerk) for clerk in clerks[10:]),
    )

    assert make.pool_of(product).allocated <= PACKS * PACK
    with whole_country(reason="test"):
        assert list(differences(project)) == []


def test_one_row_in_two_windows_is_saved_once_at_a_time(market):
    project, product, clerks = market
    clerk = clerks[0]
    with whole_country(reason="test"):
        row = rows_of(project, clerk)[0]

    def save(quantity):
        def act():
            with enter(scope_of(clerk)):
                fresh = AllocationRow.objects.select_related("filing", "item").get(pk=row.pk)
                return save_slot(
                    row=fresh,
                    slot=Slot.HIGHEST,
                    contracts={product.pk: quantity},
                    seen={product.pk: None},
                    project=project,
                    by=Actor.of(clerk),
                ).state

        return act

    outcomes = Counter(answers_at_once(save(PACK), save(PACK + 1)))

    assert outcomes == {SlotState.PLACED: 1, "RowMoved": 1}
    with whole_country(reason="test"):
        line = SlotLine.objects.get(row=row)
        assert make.pool_of(product).allocated == line.reserved == line.contract


def test_saving_against_reporting(market):
    """Whatever comes first: a reported filing's lines and its report agree."""
    project, product, clerks = market
    clerk = clerks[0]
    by = Actor.of(clerk)
    with whole_country(reason="test"):
        buyer(project, product, clerk)()
        rows = rows_of(project, clerk)
        for row in rows[1:]:
            confirm_pending(row=row, project=project, by=by)
        filing = Filing.objects.get(pk=rows[0].filing_id)

    def save():
        with enter(scope_of(clerk)):
            fresh = rows_of(project, clerk)[0]
            return save_slot(
                row=fresh, slot=Slot.HIGHEST, contracts={product.pk: 31}, project=project, by=by
            ).state

    def report():
        with enter(scope_of(clerk)):
            confirm_pending(row=rows_of(project, clerk)[0], project=project, by=by)
            return perform([filing], Action.SUBMIT, by=by)[0].state

    outcomes = answers_at_once(save, report)

    assert outcomes[1] == Status.SUBMITTED
    assert outcomes[0] in {SlotState.PLACED, "RowConfirmed", "NotEditable"}
    with whole_country(reason="test"):
        contract = SlotLine.objects.get(row=rows[0]).contract
        assert contract == (31 if outcomes[0] == SlotState.PLACED else PACK)
        assert list(differences(project)) == []


def test_the_database_itself_refuses_to_overdraw(market):
    _project, product, _clerks = market
    pool = make.pool_of(product)
    with whole_country(reason="test"), pytest.raises(Exception, match="capacity_never_exceeded"):
        type(pool).objects.filter(pk=pool.pk).update(allocated=PACKS * PACK + 1)
    assert issubclass(CapacityExceeded, AllocationRefused)


def test_who_queued_for_a_pool_before_the_end_is_not_late(market):
    """Twenty saves, a confirmation and a report wait for one pool while the window ends: their arrival counts."""
    project, product, clerks = market
    with whole_country(reason="test"):
        rows = {clerk: rows_of(project, clerk)[0] for clerk in clerks}
    arrived, ends = timezone.now(), timezone.now() + timedelta(seconds=1)
    with whole_country(reason="test"):
        ProjectWindow.objects.filter(project=project, tier=Tier.INSTITUTION).update(closes_at=ends)

    def save(clerk, at):
        def act():
            by = Actor.of(clerk, arrived_at=at)
            with enter(scope_of(clerk)):
                save_slot(
                    row=rows[clerk],
                    slot=Slot.HIGHEST,
                    contracts={product.pk: PACK},
                    project=project,
                    by=by,
                )
                confirm_pending(row=rows[clerk], project=project, by=by)
            return "saved"

        return act

    with pool_held(product, until=ends + timedelta(seconds=0.5)):
        ended = answers_at_once(*(save(clerk, arrived) for clerk in clerks))
    late = answers_at_once(save(clerks[0], ends))

    assert ended == ["saved"] * CLIENTS
    assert late == ["NotEditable"]
    assert make.pool_of(product).allocated == CLIENTS * PACK


@contextmanager
def pool_held(product, until):
    """Another session holds the pool until that moment."""
    held = threading.Event()

    def hold():
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT 1 FROM allocation_capacitypool WHERE product_id = %s FOR UPDATE",
                [product.pk],
            )
            held.set()
            time.sleep(max((until - timezone.now()).total_seconds(), 0))
        connection.close()

    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(hold)
        held.wait()
        yield
        done.result()
