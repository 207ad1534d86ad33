"""An institution's choices: the query bar, and 全部给一家 over what it leaves."""

import pytest
from django.urls import reverse

from apps.distribution.models import DeliveryChoice
from apps.scope.context import whole_country
from tests import factories_agreements as make
from tests.pages import shown

pytestmark = pytest.mark.django_db
LIST, GIVE = "/distribution/choices/?project=FL-AG", "/distribution/choices/give/"


@pytest.fixture
def deal(tree, manufacturer_agent, alliance_officer, hospital_clerk):
    deal = make.deal(tree, manufacturer_agent, alliance_officer, hospital_clerk)
    for code in ("A", "B"):
        deal.relation(code)
        deal.relation(code, carrier=1)
    return deal


def chosen():
    with whole_country(reason="test"):
        rows = DeliveryChoice.objects.select_related("relation")
        return {row.product_id: row.relation.distributor_id for row in rows}


def give(client, deal, carrier, query="", **more):
    seen = shown(client, f"{LIST}{query}", action=GIVE)
    data = {**seen, "distributor": deal.trade.carriers[carrier].pk, **more}
    return client.post(
        f"{reverse('distribution:choice_give')}?project=FL-AG{query}", data, follow=True
    )


def test_one_distributor_takes_all_that_it_delivers(deal, client_of):
    client = client_of(deal.clerk)
    first, second = (each.pk for each in deal.trade.carriers)
    page = client.get(LIST).content.decode()
    assert "FL-AG第0配送有限公司（可配送 2 个）" in page

    done = give(client, deal, 0, "&product=a")
    assert "已保存：选择 1 个产品的配送企业" in done.content.decode()
    assert chosen() == {deal.products["A"].pk: first}

    give(client, deal, 1, keep="on")
    assert chosen() == {deal.products["A"].pk: first, deal.products["B"].pk: second}
    give(client, deal, 1)
    assert set(chosen().values()) == {second}
    again = give(client, deal, 0, keep="on").content.decode()
    assert "没有改动" in again


def test_what_the_page_counted_is_what_is_given(deal, client_of):
    client = client_of(deal.clerk)
    seen = shown(client, LIST, action=GIVE)
    data = {**seen, "distributor": deal.trade.carriers[0].pk}
    refused = client.post(f"{GIVE}?project=FL-AG&product=a", data, follow=True)
    assert "符合条件的记录由 2 条变为 1 条" in refused.content.decode()
    assert chosen() == {}


@pytest.mark.parametrize(
    ("query", "there"),
    [
        ("product=b", {"B"}), ("maker=jczy", {"A", "B"}), ("carrier=第1", {"A", "B"}),
        ("state=none", {"C"}), ("state=to_choose", {"A", "B"}), ("state=chosen", set()),
    ],
)  # fmt: skip
def test_the_query_bar_narrows(deal, client_of, query, there):
    page = client_of(deal.clerk).get(f"{LIST}&{query}").content.decode()
    assert {code for code in "ABC" if f"测试胶囊{code}" in page} == there
