"""协议签署进度 says what counting every product one by one says, whoever writes; `verify_agreements` compares."""

import io
import threading

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.accounts.domain.scopes import scope_of
from apps.accounts.models import User
from apps.allocation.models import SupplyTotal
from apps.distribution.domain.agreements.listing import agreed_products, counted, standings
from apps.distribution.domain.agreements.progress import progress_of
from apps.distribution.models import (
    Agreement,
    AgreementLine,
    AgreementProgress,
    AgreementStatus,
    DeliveryChoice,
)
from apps.distribution.models.relation_statuses import Action
from apps.scope.context import enter, whole_country
from tests import factories
from tests import factories_agreements as make
from tests import factories_relations as relations
from tests.live_progress import assert_exact, figures
from tests.waiting import PATIENCE, wait_for_waiting

SIGNED = {"status": AgreementStatus.SIGNED, "signed_at": timezone.now()}
COUNTY = relations.WUCHANG


@pytest.fixture
def deal(tree, manufacturer_agent, alliance_officer, hospital_clerk):
    """A by the first distributor and B by the second, each drawn; C is nobody's."""
    deal = make.deal(tree, manufacturer_agent, alliance_officer, hospital_clerk)
    deal.choose(A=deal.relation("A"), B=deal.relation("B", carrier=1))
    deal.draw()
    return deal


def own(deal):
    """The figures of the institution, which has to be the only one with any."""
    assert_exact(deal.project)
    with whole_country(reason="test"):
        found = figures(deal.project, COUNTY).get(deal.clerk.organization.code)
    with enter(scope_of(deal.clerk)):
        totals = list(agreed_products(deal.clerk, deal.project))
        own_page = counted(standings(deal.clerk.organization.path, totals).values())
    assert tuple(own_page.values()) == (found[:4] if found else (0, 0, 0, 0))
    return found


def rested_on(agreement):
    with whole_country(reason="test"):
        return agreement.lines.select_related("relation").get().relation


@pytest.mark.django_db
def test_every_step_and_its_undoing_count(deal):
    assert own(deal) == (3, 2, 2, 2, 0)
    with whole_country(reason="test"):
        first, second = Agreement.objects.order_by("number")
        Agreement.objects.filter(pk=first.pk).update(**SIGNED)
    assert own(deal) == (3, 2, 2, 2, 1)

    deal.trade.by_maker(Action.VOID, rested_on(first), reason="停产")

    assert own(deal) == (3, 1, 1, 1, 0)
    with whole_country(reason="test"):
        AgreementLine.objects.filter(agreement=second).update(ended_at=timezone.now())
        assert own(deal) == (3, 1, 1, 0, 0)
        DeliveryChoice.objects.all().delete()
    assert own(deal) == (3, 1, 0, 0, 0)


@pytest.mark.django_db
def test_what_is_no_longer_agreed_counts_nowhere_until_it_is_again(deal, tree):
    with whole_country(reason="test"):
        SupplyTotal.objects.filter(product=deal.products["A"]).delete()
        assert own(deal) == (2, 1, 1, 1, 0)
        SupplyTotal.objects.all().delete()
    assert own(deal) is None

    make.totals(deal.project, deal.clerk.organization, deal.products, A=1, B=1)
    make.totals(deal.project, tree["H42010600002"], deal.products, C=1)

    assert own(deal) == (2, 2, 2, 2, 0)


@pytest.mark.django_db
def test_a_disabled_distributor_delivers_nothing_until_it_is_enabled_again(deal):
    with whole_country(reason="test"):
        relation = rested_on(Agreement.objects.order_by("number")[0])
        account = relation.distributor.user

    for enabled, held in ((False, 1), (True, 2)):
        with whole_country(reason="test"):
            User.objects.filter(pk=account.pk).update(is_active=enabled)
        assert own(deal) == (3, held, held, 2, 0)


@pytest.mark.django_db
def test_one_statement_for_every_tier(deal):
    with whole_country(reason="test"), CaptureQueriesContext(connection) as queries:
        assert [row.name for row in progress_of(deal.project, "/0/")] == ["湖北省医疗保障局"]

    assert len(queries) == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("column", "said"),
    [
        ("chosen", "武昌区人民医院 已选择：记为 0 个，实有 2 个"),
        ("drawn", "武昌区人民医院 已生成协议：记为 0 个，实有 2 个"),
        ("agreed", "武昌区人民医院 协议产品：记为 0 个，实有 3 个"),
    ],
)
def test_what_is_off_is_named(deal, column, said):
    call_command("verify_agreements", project="FL-AG", stdout=io.StringIO())
    with whole_country(reason="test"):
        AgreementProgress.objects.update(**{column: F("signed")})

    with pytest.raises(CommandError, match=f"FL-AG {said}"):
        call_command("verify_agreements")


@pytest.mark.django_db
def test_an_unknown_project_is_refused():
    with pytest.raises(CommandError, match="没有分量项目 NONE"):
        call_command("verify_agreements", project="NONE")


@pytest.mark.django_db(transaction=True)
def test_two_agreements_that_are_signed_at_once_both_count():
    tree = factories.build_tree()
    officer, clerk = (factories.account_of(tree[code]) for code in ("0", "H42010600001"))
    maker = factories.enterprise_account(factories.EnterpriseFactory(), "manufacturer", tree["0"])
    deal = make.deal(tree, maker, officer, clerk)
    deal.choose(A=deal.relation("A"), B=deal.relation("B", carrier=1))
    first, second = deal.draw()

    def sign_other():
        try:
            with whole_country(reason="test"):
                Agreement.objects.filter(pk=second.pk).update(**SIGNED)
        finally:
            connection.close()

    other = threading.Thread(target=sign_other)
    with transaction.atomic(), whole_country(reason="test"), connection.cursor() as cursor:
        list(AgreementProgress.objects.select_for_update(no_key=True))
        other.start()
        wait_for_waiting(cursor)
        Agreement.objects.filter(pk=first.pk).update(**SIGNED)
    other.join(PATIENCE)

    assert own(deal) == (3, 2, 2, 2, 2)
