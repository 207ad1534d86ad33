"""A distributor that its province disables: manufacturers and institutions that rest on it hear of it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.accounts.actors import Actor
from apps.accounts.scopes import scope_of
from apps.accounts.services.passwords import set_active
from apps.notices.models import Message
from apps.scope.context import enter, whole_country
from tests import factories_agreements as make
from tests.factories_relations import HUANGSHI

pytestmark = pytest.mark.django_db


@pytest.fixture
def deal(tree, manufacturer_agent, alliance_officer, hospital_clerk):
    return make.deal(tree, manufacturer_agent, alliance_officer, hospital_clerk)


def switch(officer, account, *, active):
    """Letters that it sent, as (recipient, title, text), and the number of statements."""
    with whole_country(reason="test"):
        before = set(Message.objects.values_list("pk", flat=True))
    with enter(scope_of(officer)), CaptureQueriesContext(connection) as statements:
        set_active(by=Actor.of(officer), account_id=account.pk, active=active)
    with whole_country(reason="test"):
        sent = Message.objects.exclude(pk__in=before).order_by("path")
        return [(each.path, each.title, each.body) for each in sent], len(statements)


@pytest.mark.covers("S4-21")
def test_a_disabled_distributor_is_told_to_whoever_rests_on_it(
    deal, province_officer, manufacturer_agent, hospital_clerk
):
    account, idle = (each.user for each in deal.trade.carriers)
    first = deal.relation("A")
    deal.choose(A=first)
    deal.draw()

    letters, few = switch(province_officer, account, active=False)

    title = f"配送企业{account.enterprise}已被禁用"
    assert [letter[:2] for letter in letters] == [
        (hospital_clerk.path, title),
        (manufacturer_agent.path, title),
    ]
    assert "涉及您选择了它的 1 个产品、有效的三方协议 1 份" in letters[0][2]
    assert "涉及您的 1 条配送关系" in letters[1][2]
    assert switch(province_officer, account, active=False)[0] == []

    letters, _ = switch(province_officer, account, active=True)
    assert {body.split("。")[1] for _, _, body in letters} == {"可以继续配送，不需要更换"}
    deal.choose(B=deal.relation("B"))
    deal.relation("A", path=HUANGSHI)
    letters, many = switch(province_officer, account, active=False)
    assert "涉及您选择了它的 2 个产品" in letters[0][2]
    assert "涉及您的 3 条配送关系" in letters[1][2]
    assert many == few
    assert switch(province_officer, idle, active=False)[0] == []
