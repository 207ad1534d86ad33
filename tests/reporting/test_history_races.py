"""Import and report at the same moment: one waits for the other, and the second finds what the first left (S2-07c)."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from apps.accounts.domain.actors import Actor
from apps.reporting.domain.purchases.acts import Purchase, import_purchases
from apps.reporting.domain.refusals import HistoryFrozen
from apps.reporting.domain.sheet.reporting import report
from apps.reporting.models import PurchaseHistory
from apps.review.models.statuses import Status
from apps.scope.context import whole_country
from tests import factories_demand as make

pytestmark = pytest.mark.django_db(transaction=True)
LONG = 20  # seconds that a thread may wait
HELD = 0.5  # seconds that the first one stays in its transaction


def one_then_the_other(first, second):
    """`second` starts while the transaction of `first` is still open. Returns the outcomes in order of their ends."""
    begun, ends = threading.Event(), []

    def act(name, work, *, holds):
        try:
            with whole_country(reason="test"), transaction.atomic():
                if not holds:
                    assert begun.wait(LONG)
                work()
                if holds:
                    begun.set()
                    threading.Event().wait(HELD)
                    ends.append(name)  # before the commit: the other one is still waiting for it
        except HistoryFrozen as refusal:
            ends.append(str(refusal))
        else:
            if not holds:
                ends.append(name)
        finally:
            begun.set()
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        running = [
            pool.submit(act, "first", first, holds=True),
            pool.submit(act, "second", second, holds=False),
        ]
        for each in running:
            each.result(LONG)
    return ends


@pytest.fixture
def acts(round_, province_officer):
    """The hospital's report, complete, and the province's import of another number."""
    quantities = {"P0001": 2_800, "P0002": 1_000, "P0003": 100, "P0004": 0}
    make.planned(round_.project, round_.hospital, quantities)
    place, hospital = round_.place, round_.hospital
    purchase = Purchase(hospital.pk, hospital.path, round_.item("P0001"), ((make.YEAR, 3_000),))

    def reported():
        report(**place)

    def imported():
        by = Actor.of(province_officer)
        import_purchases(project=round_.project, purchases=[purchase], by=by)

    return reported, imported


def bought(round_):
    with whole_country(reason="test"):
        rows = PurchaseHistory.objects.of_institution(round_.project, round_.hospital.pk)
        return rows.get(item__item_code="P0001").quantity


def test_a_report_waits_for_an_import(round_, acts):
    reported, imported = acts

    assert one_then_the_other(imported, reported) == ["first", "second"]
    assert (bought(round_), round_.filing.state) == (3_000, Status.SUBMITTED)


def test_an_import_waits_for_a_report_and_is_refused(round_, acts):
    reported, imported = acts

    first, refusal = one_then_the_other(reported, imported)

    assert first == "first"
    assert "武昌区人民医院已经上报，历史采购量已固定" in refusal
    assert (bought(round_), round_.filing.state) == (2_800, Status.SUBMITTED)
