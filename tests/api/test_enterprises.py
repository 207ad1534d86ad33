"""A manufacturer's and a distributor's acts by a program, to their end: proposals, answers, own products."""

import pytest

from apps.distribution.models import DeliveryRelation
from apps.distribution.models.relation_statuses import Status
from apps.scope.context import whole_country
from tests.factories_relations import HUANGSHI, trade, user_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def market(tree, manufacturer_agent):
    return trade(manufacturer_agent, tree["42"])


@pytest.fixture
def carrier(market, program_of):
    return program_of(user_of(market.carriers[0].pk), name="ERP")


@pytest.fixture
def maker(market, program_of):
    return program_of(market.maker, name="ERP")


def act(program, action, reason=""):
    rows = program.ask("relations")["items"]
    seen = [{"id": row["id"], "version": row["version"]} for row in rows]
    body = {"action": action, "relations": seen, "reason": reason}
    return program.send("relations/acts", body)


def statuses():
    with whole_country(reason="test"):
        return list(DeliveryRelation.objects.order_by("pk").values_list("status", "reason"))


def test_a_proposal_goes_there_and_back(market, maker, carrier):
    market.chosen(market.proposal(), market.proposal(path=HUANGSHI))
    assert [row["status"] for row in maker.ask("relations")["items"]] == [0, 0]
    assert carrier.ask("relations")["items"] == []

    assert {row["status"] for row in act(maker, "submit").json()["items"]} == {1}
    assert {row["status"] for row in act(carrier, "agree").json()["items"]} == {2}
    assert statuses() == [(Status.AGREED, "")] * 2
    act(carrier, "retract")
    assert {status for status, _ in statuses()} == {Status.SUBMITTED}
    act(carrier, "refuse", reason="运力不足")
    assert statuses() == [(Status.REFUSED, "运力不足")] * 2
    act(maker, "resubmit")
    assert {status for status, _ in statuses()} == {Status.SUBMITTED}
    act(maker, "void", reason="换企业")
    assert {status for status, _ in statuses()} == {Status.VOID}
    with whole_country(reason="test"):
        events = DeliveryRelation.objects.earliest("pk").steps.order_by("pk")
        names = list(events.values_list("actor_name", flat=True))
    assert sum("（接口令牌：ERP）" in name for name in names) == 6


def test_nobody_answers_for_the_other_side(market, maker, carrier):
    market.chosen(market.proposal(), submit=True)

    assert act(maker, "agree").status_code == 409
    assert act(carrier, "void", reason="不做").status_code == 409
    assert statuses() == [(Status.SUBMITTED, "")]


def test_a_version_that_has_moved_moves_nothing(market, maker, carrier):
    (relation,) = market.chosen(market.proposal(), submit=True)
    body = {"action": "agree", "relations": [{"id": relation.pk, "version": 99}]}

    refused = carrier.send("relations/acts", body)

    assert (refused.status_code, refused.json()["code"]) == (412, "relations_moved")
    assert statuses() == [(Status.SUBMITTED, "")]


def test_own_products_alone_are_shown(market, maker):
    shown = {row["id"] for row in maker.ask("products")["items"]}

    assert shown == {product.pk for product in market.products}
