"""A distributor that its province disables: manufacturers and institutions that rest on it hear of it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.accounts.domain.actors import Actor
from apps.accounts.domain.passwords import set_active
from apps.accounts.domain.scopes import scope_of
from apps.notices.models import Message
from apps.scope.context import enter, whole_country
from tests import factories_agreements as make
from tests.factories_relations import HUANGSHI
from tests.pages import tags

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


def test_a_disabled_distributor_is_marked_and_not_chosen_anew(client_of, deal, province_officer):
    """On an agreement that rests on it, on a choice still without one, and no longer on offer."""
    deal.choose(A=deal.relation("A"))
    (agreement,) = deal.draw()
    deal.choose(B=deal.relation("B"))
    other = deal.relation("B", carrier=1)
    client = client_of(deal.clerk)
    paper = f"/distribution/agreements/{agreement.pk}/"
    for page in ("/distribution/choices/", paper):
        assert "账号已禁用" not in client.get(page).content.decode()

    switch(province_officer, deal.trade.carriers[0].user, active=False)

    page = client.get("/distribution/choices/").content.decode()
    assert "配送企业账号已禁用" in client.get(paper).content.decode()
    assert page.count("账号已禁用") == 2
    assert "原选 FL-AG第0配送有限公司，账号已禁用" in " ".join(page.split())
    assert "需重新选择" in page
    (select,) = tags(page, "select", name=f"choice-{deal.products['B'].pk}")
    assert "FL-AG第1配送有限公司" in select.words
    assert "第0" not in select.words
    refused = client.post("/distribution/choices/draw/", {"project": "FL-AG"}, follow=True)
    assert "配送企业账号已禁用，没有生成任何协议" in refused.content.decode()
    deal.choose(B=other)
    assert len(deal.draw()) == 1
