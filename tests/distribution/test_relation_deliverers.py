"""配送企业查询: of each product that an institution agreed to take, who delivers it; at a constant cost."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.accounts.models.roles import Role
from apps.allocation.models import SupplyTotal
from apps.distribution.models.relation_statuses import Status
from apps.projects.models import WinningProduct
from apps.scope.context import whole_country
from tests import factories
from tests import factories_allocation as make_round
from tests import factories_relations as make

pytestmark = pytest.mark.django_db
URL = "distribution:deliverer_list"


@pytest.fixture
def products(tree, alliance_officer):
    """A, B and C; the hospital takes A and B."""
    hospital = tree["H42010600001"]
    project = make_round.published_round([hospital, tree["H42000000001"]], alliance_officer)
    with whole_country(reason="test"):
        rows = WinningProduct.objects.filter(project=project).select_related("item", "enterprise")
        found = {row.item.item_code: row for row in rows.select_related("project")}
        for unit, codes in ((hospital, "AB"), (tree["H42000000001"], "A")):
            filing = make_round.filing_of(project, unit)
            for code in codes:
                SupplyTotal.objects.create(
                    filing=filing, path=unit.path, product=found[code], quantity=1_008,
                    institutions=1, lines=1, amount=0,
                )  # fmt: skip
    return found


def dealing(product, tree, *names):
    maker = factories.enterprise_account(product.enterprise, Role.MANUFACTURER, tree["0"])
    return make.Trade(maker, [product], [make.distributor(tree["42"], name) for name in names])


def test_an_institution_sees_who_delivers_what_it_takes(products, tree, hospital_clerk, client_of):
    trade = dealing(products["A"], tree, "全省配送", "直属配送", "黄石配送", "未答配送", "停用配送")
    trade.in_state(Status.AGREED, carrier=0, path=make.HUBEI)
    trade.in_state(Status.AGREED, carrier=1, path=make.DIRECT)
    trade.in_state(Status.AGREED, carrier=2, path=make.HUANGSHI)
    trade.in_state(Status.SUBMITTED, carrier=3, path=make.WUHAN)
    trade.in_state(Status.AGREED, carrier=4, path=make.WUCHANG)
    make.set_enabled(trade.carriers[4], active=False)
    province_s = factories.account_of(tree["H42000000001"])

    def shown(person):
        page = client_of(person).get(reverse(URL)).content.decode()
        named = {
            name for name in ("全省", "直属", "黄石", "未答", "停用") if f"{name}配送（" in page
        }
        return named, page.count("尚无配送企业"), "待更换" in page

    assert shown(hospital_clerk) == ({"全省", "停用"}, 1, True)
    assert shown(province_s) == ({"全省", "直属"}, 0, False)


def test_it_costs_the_same_for_one_product_and_two(products, tree, hospital_clerk, client_of):
    client = client_of(hospital_clerk)

    def cost():
        client.get(reverse(URL))
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse(URL))
        return len(queries)

    two = cost()
    with whole_country(reason="test"):
        SupplyTotal.objects.filter(product=products["B"]).delete()

    assert (cost(), two <= 12) == (two, True)
