"""The desk of choosing: what it finds, what it counts before anything is written, and how few clicks it takes."""

import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from apps.accounts.domain.scopes import scope_of
from apps.distribution.domain.relations.declared import Declared, carriers_for
from apps.distribution.domain.relations.outlook import (
    Outcome,
    Standing,
    Wish,
    matrix,
    outcome_of,
    proposals,
)
from apps.distribution.files.choice_workbook import CARRIERS, PRODUCTS
from apps.distribution.models import DeliveryArea, DeliveryRelation
from apps.distribution.models.relation_statuses import Status
from apps.scope.context import enter, whole_country
from tests import factories_relations as make
from tests.pages import tags

pytestmark = pytest.mark.django_db
URL = "distribution:relation_choose"


@pytest.fixture
def trade(tree, manufacturer_agent):
    return make.trade(manufacturer_agent, tree["42"])


def declare(account, *codes):
    with whole_country(reason="test"):
        DeliveryArea.objects.bulk_create(
            [DeliveryArea(account=account, division_id=code) for code in codes]
        )


def relations():
    with whole_country(reason="test"):
        return set(DeliveryRelation.objects.values_list("product_id", "distributor_id", "path"))


def looked(client, trade, **ticked):
    data = {"province": "42", "look": "1", **ticked}
    return client.post(reverse(URL), data).content.decode()


def summed(page):
    """What the bar at the bottom says, without the blanks of its source."""
    (said,) = tags(page, "span", id="choice-sum")
    return said.words.replace(" ，", "，")


def test_those_that_declared_the_places_come_first_and_the_search_narrows(trade, tree):
    far, near = trade.carriers
    other = make.distributor(tree["42"], "安泰配送有限公司")
    declare(near, "420106")
    declare(far, "420202", "420000")
    with enter(scope_of(trade.maker)):
        wuhan = carriers_for("/0/42/", places=[make.WUHAN])
        assert [(c.pk, c.declares) for c in wuhan.carriers] == [
            (near.pk, True), (other.pk, False), (far.pk, False),
        ]  # fmt: skip
        assert (wuhan.number, wuhan.declaring) == (3, 1)
        county = carriers_for("/0/42/", places=[make.WUCHANG], keep=[far.pk])
        assert [c.pk for c in county.carriers] == [far.pk, near.pk, other.pk]
        direct = carriers_for("/0/42/", places=[make.DIRECT])
        assert direct.carriers[0].pk == far.pk
        found = carriers_for("/0/42/", query="at ps", keep=[near.pk])
        assert [c.pk for c in found.carriers] == [near.pk, other.pk]
        assert carriers_for("/0/42/", most=1).number == 3


def test_the_count_is_that_of_what_is_written(trade, client_of):
    near, far = trade.carriers
    declare(near, "420106")
    declare(far, "420202")
    trade.chosen(trade.proposal(path=make.WUHAN))
    client = client_of(trade.maker)
    ticked = {
        "product": [p.pk for p in trade.products],
        "place": [make.WUHAN, make.HUANGSHI],
        "carrier": [c.pk for c in trade.carriers],
    }

    assert summed(looked(client, trade, **ticked)) == "将新增 7 条，1 条原来已有"
    narrow = {**ticked, "only_declared": "on"}
    assert summed(looked(client, trade, **narrow)) == "将新增 3 条，1 条原来已有"
    assert len(relations()) == 1

    done = client.post(reverse(URL), {**narrow, "province": "42", "save": "1"}, follow=True)
    assert "新增 3 条配送关系，1 条原来已有" in done.content.decode()
    assert {(c, path) for _, c, path in relations()} == {
        (near.pk, make.WUHAN), (far.pk, make.HUANGSHI),
    }  # fmt: skip


def test_only_what_is_missing_is_filled(trade, client_of):
    trade.chosen(trade.proposal(path=make.WUHAN))
    client = client_of(trade.maker)
    ticked = {
        "province": "42", "only_missing": "on", "save": "1",
        "product": [p.pk for p in trade.products],
        "place": [make.WUHAN, make.HUANGSHI],
        "carrier": [trade.carriers[1].pk],
    }  # fmt: skip
    client.post(reverse(URL), ticked)
    assert len(relations()) == 4

    again = client.post(reverse(URL), ticked)
    assert again.status_code == 422
    assert "没有可以新增的配送关系" in again.content.decode()


def test_overlaps_are_counted_before_they_are_refused(trade, client_of):
    trade.chosen(trade.proposal(path=make.WUHAN))
    ticked = {
        "product": [trade.products[0].pk],
        "place": [make.HUBEI],
        "carrier": [trade.carriers[0].pk],
    }
    assert "其中 1 条与同一家企业的上级或下级地区重叠" in looked(
        client_of(trade.maker), trade, **ticked
    )


def test_the_matrix_says_what_is_there_partly_there_and_missing(trade):
    (county,) = trade.chosen(trade.proposal(path=make.WUCHANG))
    trade.chosen(trade.proposal(1, path=make.HUBEI))
    products = [each.pk for each in trade.products]
    with enter(scope_of(trade.maker)):
        standing = Standing(trade.maker.enterprise_id, products, make.HUBEI)
        wish = Wish(products[:1], [make.HUANGSHI], [trade.carriers[1].pk])
        wanted = proposals(wish, standing, Declared(wish.carriers))
        rows = matrix(
            products, [make.WUHAN, make.WUCHANG, make.HUANGSHI, make.DIRECT], wanted, standing
        )

    assert [[cell.state for cell in row] for row in rows] == [
        ["part", "there", "new", "none"],
        ["there"] * 4,
    ]
    assert outcome_of(wanted, standing) == Outcome(1, 0, 0)
    assert county.status == Status.DRAFT


def test_the_desk_costs_the_same_however_many_there_are(trade, client_of, tree):
    client = client_of(trade.maker)

    def cost(**ticked):
        with CaptureQueriesContext(connection) as queries:
            looked(client, trade, **ticked)
        return len(queries)

    cost()  # what is read once
    one = cost(product=trade.products[0].pk, place=make.WUHAN, carrier=trade.carriers[0].pk)
    for number in range(8):
        declare(make.distributor(tree["42"], f"汉江第{number}配送有限公司"), "420106")
    trade.chosen(trade.proposal(path=make.WUHAN), trade.proposal(1, 1, path=make.HUANGSHI))
    many = cost(
        product=[p.pk for p in trade.products],
        place=[make.WUHAN, make.HUANGSHI],
        carrier=[c.pk for c in trade.carriers],
    )
    assert many == one


def test_too_many_at_once_are_told_before_they_are_sent(trade, client_of, monkeypatch):
    monkeypatch.setattr("apps.distribution.pages.relations.choosing_page.MOST", 1)
    ticked = {
        "product": [p.pk for p in trade.products],
        "place": [make.WUHAN],
        "carrier": [trade.carriers[0].pk],
    }
    assert "一次最多选择 1 条" in looked(client_of(trade.maker), trade, **ticked)


@pytest.mark.covers("S4-02")
def test_the_template_lists_one_s_products_and_the_enabled_distributors(trade, client_of, tree):
    make.distributor(tree["42"], "停用配送有限公司", active=False)
    declare(trade.carriers[0], "420106")
    response = client_of(trade.maker).get(reverse("distribution:relation_import") + "?template")
    book = load_workbook(io.BytesIO(b"".join(response)))

    products = [row[:2] for row in book[PRODUCTS].iter_rows(min_row=3, values_only=True)]
    assert products == [(trade.project.code, each.item.item_code) for each in trade.products]
    carriers = [row[:5:2] for row in book[CARRIERS].iter_rows(min_row=3, values_only=True)]
    assert carriers == [
        ("湖北", "荆楚第0配送有限公司", "武昌区"),
        ("湖北", "荆楚第1配送有限公司", None),
    ]
