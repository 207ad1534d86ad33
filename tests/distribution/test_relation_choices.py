"""Choosing distributors: by hand, from another product, from Excel; what isn't possible is refused whole."""

import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.accounts.domain.actors import Actor
from apps.accounts.domain.scopes import scope_of
from apps.accounts.models.roles import Role
from apps.audit.models import LogEntry
from apps.distribution.domain.relations import refusals
from apps.distribution.domain.relations.choosing import Chosen, choose, copy_choice
from apps.distribution.domain.relations.crowding import Proposal
from apps.distribution.files.choice_workbook import CHOICE_BOOK
from apps.distribution.files.relation_workbooks import RELATIONS
from apps.distribution.models import DeliveryRelation
from apps.distribution.models.relation_statuses import Action, Status
from apps.exchange.files.templates import write_template
from apps.scope.context import enter, whole_country
from tests import factories
from tests import factories_relations as make
from tests.exported import opened_export
from tests.pages import tags

pytestmark = pytest.mark.django_db


@pytest.fixture
def trade(tree, manufacturer_agent):
    return make.trade(manufacturer_agent, tree["42"])


def chosen(trade, *proposals, submit=False):
    with enter(scope_of(trade.maker)):
        return choose(proposals, by=Actor.of(trade.maker), submit=submit)


def everything():
    with whole_country(reason="test"):
        return list(
            DeliveryRelation.objects.order_by("pk").values_list("product_id", "path", "status")
        )


@pytest.mark.covers("S4-02")
def test_products_times_places_are_written_once(trade):
    wanted = [
        trade.proposal(p, c, path)
        for p in (0, 1)
        for c in (0, 1)
        for path in (make.WUHAN, make.HUANGSHI)
    ]

    assert chosen(trade, *wanted) == Chosen(created=8, known=0)
    assert chosen(trade, *wanted, trade.proposal(0, 0, make.DIRECT), submit=True) == Chosen(1, 8, 9)

    assert {status for _, _, status in everything()} == {Status.SUBMITTED}
    with whole_country(reason="test"):
        assert LogEntry.objects.filter(verb="选择配送企业").count() == 2


def test_many_cost_as_many_statements_as_one(trade):
    def cost(*wanted):
        with CaptureQueriesContext(connection) as queries:
            chosen(trade, *wanted)
        return len(queries)

    many = [trade.proposal(1, c, path) for c in (0, 1) for path in (make.WUCHANG, make.HUANGSHI)]
    assert cost(trade.proposal()) == cost(*many)


@pytest.mark.parametrize(
    ("there", "wanted"),
    [(make.HUBEI, make.WUHAN), (make.WUCHANG, make.HUBEI), (make.HUBEI, make.DIRECT)],
)
def test_a_distributor_has_a_place_or_part_of_it(trade, there, wanted):
    chosen(trade, trade.proposal(path=there))

    with pytest.raises(refusals.PlacesOverlap, match="包含该地区"):
        chosen(trade, trade.proposal(path=wanted), trade.proposal(path=make.HUANGSHI))
    with pytest.raises(refusals.PlacesOverlap):
        chosen(trade, trade.proposal(1, path=there), trade.proposal(1, path=wanted))

    assert len(everything()) == 1
    chosen(trade, trade.proposal(carrier=1, path=wanted), trade.proposal(1, path=wanted))
    assert len(everything()) == 3


def test_only_enabled_distributors_of_the_province_are_chosen(trade, tree):
    shanxi = make.distributor(tree["14"], "晋配送有限公司")
    trade.carriers.append(shanxi)
    make.set_enabled(trade.carriers[1], active=False)

    with pytest.raises(refusals.DistributorUnusable, match="不是该省"):
        chosen(trade, trade.proposal(carrier=2))
    with pytest.raises(refusals.DistributorUnusable, match="未启用"):
        chosen(trade, trade.proposal(), trade.proposal(carrier=1))
    assert everything() == []
    assert chosen(trade, trade.proposal(carrier=2, path=make.SHANXI)).created == 1


def test_only_own_products_where_they_are_supplied(trade, tree):
    rival = factories.EnterpriseFactory()
    trade.products += make.winners(rival, number=1, code="FL-R")
    trade.products += make.winners(
        trade.maker.enterprise, number=1, code="FL-14", supplied=[tree["14"]]
    )

    with pytest.raises(refusals.RelationsMissing, match="不是本企业"):
        chosen(trade, trade.proposal(2))
    with pytest.raises(refusals.NotSupplied, match="不供应"):
        chosen(trade, trade.proposal(3))
    for path in ("/0/", "/0/42/429999/", "/0/42/420100/420106/H42010600001/", "x"):
        with pytest.raises(refusals.RelationRefused):
            chosen(trade, trade.proposal(path=path))
    assert everything() == []


def test_copying_takes_what_is_alive_and_can_be(trade, tree):
    trade.chosen(trade.proposal(path=make.WUHAN), trade.proposal(carrier=1, path=make.HUANGSHI))
    dead = trade.in_state(Status.VOID, path=make.DIRECT)
    make.set_enabled(trade.carriers[1], active=False)
    trade.products += make.winners(
        trade.maker.enterprise, number=1, code="FL-14", supplied=[tree["14"]]
    )
    ids = [product.pk for product in trade.products]

    with enter(scope_of(trade.maker)):
        done = copy_choice(ids[0], ids, by=Actor.of(trade.maker))
        with pytest.raises(refusals.NotSupplied):
            copy_choice(ids[0], ids[2:], by=Actor.of(trade.maker))
        with pytest.raises(refusals.RelationsMissing):
            copy_choice(ids[2], ids[:1], by=Actor.of(trade.maker))

    assert done == Chosen(1, 0)
    assert (ids[1], make.WUHAN, Status.DRAFT) in everything()
    assert dead.pk


@pytest.mark.covers("S4-02")
def test_the_page_chooses_keeps_what_was_ticked_and_says_what_lacks(trade, client_of, tree):
    client = client_of(trade.maker)
    url = reverse("distribution:relation_choose")
    offered = client.get(url, {"province": "42"}).content.decode()
    assert "荆楚第0配送有限公司" in offered
    assert "湖北 省(区)直属" in offered
    assert "荆楚" not in client.get(url, {"province": "14"}).content.decode()

    ticked = {
        "province": "42",
        "product": [trade.products[0].pk, trade.products[1].pk],
        "carrier": [trade.carriers[0].pk],
    }
    lacking = client.post(url, ticked)
    assert lacking.status_code == 422
    assert "还没有勾选地区" in lacking.content.decode()
    assert lacking.content.decode().count("checked") == 3
    done = client.post(
        url, {**ticked, "place": [make.WUHAN, make.DIRECT], "submit": "1"}, follow=True
    )

    assert "新增 4 条配送关系，已提交 4 条。" in done.content.decode()
    clash = client.post(url, {**ticked, "place": [make.HUBEI], "save": "1"})
    assert (clash.status_code, len(everything())) == (422, 4)


def test_the_page_opens_where_there_is_something_to_choose(trade, client_of, tree):
    """The first province with products and distributors; afterwards the one that was chosen last."""
    client, url = client_of(trade.maker), reverse("distribution:relation_choose")

    def opened():
        (shown,) = [
            option.words
            for option in tags(client.get(url).content.decode(), "option")
            if "selected" in option
        ]
        return shown

    make.distributor(tree["14"], "晋配送有限公司", active=False)
    assert opened() == "湖北"
    make.distributor(tree["14"], "并州配送有限公司")
    assert opened() == "山西"
    chosen(trade, trade.proposal())
    assert opened() == "湖北"


def sheet(*rows):
    keys = ("project", "item_code", "province", "city", "county", "username", "carrier")
    content = write_template(
        CHOICE_BOOK, {RELATIONS: [dict(zip(keys, row, strict=True)) for row in rows]}
    )
    file = io.BytesIO(content)
    file.name = "选择.xlsx"
    return file


def upload(client, file):
    return client.post(reverse("distribution:relation_import"), {"file": file}, follow=True)


@pytest.mark.covers("S4-02")
def test_excel_is_checked_whole_then_written_whole(trade, client_of):
    client, item = client_of(trade.maker), trade.products[0].item
    username = make.user_of(trade.carriers[0].pk).username
    good = (
        trade.project.code,
        item.item_code,
        "湖北省",
        "武汉",
        "武昌区",
        username,
        "荆楚第0配送有限公司",
    )
    direct = (trade.project.code, item.item_code, "湖北", "省(区)直属", "", username, "")
    bad = [
        (trade.project.code, "X1", "湖北", "", "", username, ""),
        (trade.project.code, item.item_code, "湖南湖北", "", "", username, ""),
        (trade.project.code, item.item_code, "湖北", "太原市", "", username, ""),
        (trade.project.code, item.item_code, "湖北", "", "武昌区", username, ""),
        (trade.project.code, item.item_code, "湖北", "黄石市", "", "P420777", ""),
        (trade.project.code, item.item_code, "湖北", "黄石市", "黄石港区", username, "别的公司"),
        (trade.project.code, item.item_code, "湖北", "武汉市", "", username, ""),
    ]

    said = upload(client, sheet(good, direct, *bad)).content.decode()
    for words in ("不是本企业在该项目的中选产品", "没有这个省份", "没有这个地市", "请同时填写它所在的地市",
                  "不是该省已启用的配送企业用户名", "与用户名不一致", "包含该地区"):  # fmt: skip
        assert words in said
    assert everything() == []

    page = upload(client, sheet(good, direct))
    done = client.post(page.request["PATH_INFO"] + "?" + page.request["QUERY_STRING"], follow=True)
    assert "新增 2" in done.content.decode()
    assert {path for _, path, _ in everything()} == {make.WUCHANG, make.DIRECT}
    assert "文件内容与系统中的数据完全相同" in upload(client, sheet(good, direct)).content.decode()


def test_the_export_has_the_rows_of_the_filter_and_only_one_s_own(trade, client_of, tree):
    trade.in_state(Status.AGREED)
    trade.in_state(Status.DRAFT, product=1)
    other = factories.enterprise_account(
        factories.EnterpriseFactory(), Role.MANUFACTURER, tree["0"]
    )
    url = reverse("distribution:relation_export")

    def rows_of(user, **query):
        response = client_of(user).get(url, query)
        book = opened_export(io.BytesIO(response.getvalue()))
        found = list(book[RELATIONS].iter_rows(values_only=True))
        return [dict(zip(found[0], row, strict=True)) for row in found[1:]]

    assert [row["状态码"] for row in rows_of(trade.maker)] == [0, 2]
    assert [row["状态"] for row in rows_of(trade.maker, status="2")] == ["已同意"]
    assert [row["配送地区"] for row in rows_of(make.user_of(trade.carriers[0].pk))] == ["武汉市"]
    assert rows_of(other) == []


def test_what_is_chosen_again_after_a_void_is_a_new_relation(trade):
    void = trade.in_state(Status.VOID)
    (again,) = trade.chosen(Proposal(void.product_id, void.distributor_id, void.path))
    trade.by_maker(Action.SUBMIT, again)

    assert again.pk != void.pk
    assert make.fresh(void).status == Status.VOID
