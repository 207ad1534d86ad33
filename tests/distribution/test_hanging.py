"""禁用 and 改名 say first what hangs on a unit or an enterprise."""

import pytest
from django.urls import reverse

from apps.accounts.domain.switching import hangs_on
from apps.accounts.models.roles import Role
from apps.scope.context import whole_country
from tests import factories_agreements as make
from tests import factories_relations as relations

pytestmark = pytest.mark.django_db


@pytest.fixture
def deal(tree, manufacturer_agent, alliance_officer, hospital_clerk):
    deal = make.deal(tree, manufacturer_agent, alliance_officer, hospital_clerk)
    deal.choose(A=deal.relation("A"))
    deal.draw()
    return deal


def test_a_distributor_is_disabled_knowing_what_rests_on_it(deal, client_of, province_officer):
    (carrier, idle), client = deal.trade.carriers, client_of(province_officer)
    asked = client.get(reverse("distribution:distributor_disable", args=[carrier.pk]))
    page = asked.content.decode()
    for said in ("有效的配送关系 1 条", "有效的三方协议 1 份", "选择了它的医疗机构 1 家"):
        assert said in page
    assert "上下级配送" not in page
    free = client.get(reverse("distribution:distributor_disable", args=[idle.pk]))
    assert "现在与它有关的" not in free.content.decode()
    enable = client.get(reverse("distribution:distributor_enable", args=[carrier.pk]))
    assert "现在与它有关的" not in enable.content.decode()


def test_a_manufacturer_and_a_bureau_too(deal, tree):
    maker = deal.trade.maker
    with whole_country(reason="test"):
        made = hangs_on(maker.path, Role.MANUFACTURER)
        assert made == ["有效的配送关系 1 条", "有效的三方协议 1 份"]
        assert "有效的配送关系 1 条" in hangs_on(relations.WUHAN, Role.CITY)
        assert hangs_on(tree["140105"].path, Role.COUNTY) == []


def test_an_institution_is_disabled_and_renamed_knowing_its_rounds_and_papers(
    deal, client_of, tree, province_officer, alliance_officer
):
    make.deal(tree, deal.trade.maker, alliance_officer, deal.clerk, code="FL-AH", conclude=False)
    client, unit = client_of(province_officer), deal.clerk.organization
    for name in ("unit_disable", "unit_edit"):
        page = client.get(reverse(f"administration:{name}", args=[unit.pk])).content.decode()
        assert "有效的三方协议 1 份" in page, name
        assert "1 家医疗机构参加，其中 1 家还没有上报" in page, name
