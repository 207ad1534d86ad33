"""A manufacturer's program chooses distributors: by codes, all or nothing, as the page does."""

import pytest

from apps.distribution.models import DeliveryRelation
from apps.distribution.models.relation_statuses import Status
from apps.scope.context import whole_country
from tests.factories_relations import DIRECT, WUHAN, set_enabled, trade, user_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def market(tree, manufacturer_agent):
    return trade(manufacturer_agent, tree["42"])


@pytest.fixture
def maker(market, program_of):
    return program_of(market.maker, name="ERP")


def wanted(market, *, product=0, carrier=0, place="420100", **more):
    return {
        "product": market.products[product].pk,
        "place": place,
        "distributor": market.carriers[carrier].enterprise.uscc,
    } | more


def relations():
    with whole_country(reason="test"):
        return list(DeliveryRelation.objects.order_by("pk").values_list("path", "status"))


def test_who_may_be_chosen_is_listed(market, maker, program_of):
    set_enabled(market.carriers[1], active=False)

    (told,) = maker.ask("distributors", place="420106")["items"]

    assert told["uscc"] == market.carriers[0].enterprise.uscc
    assert told["name"] == market.carriers[0].enterprise.name
    assert maker.ask("distributors", place="14")["items"] == []
    assert maker.get("/api/v1/distributors", {"place": "99"}).json()["code"] == "places_unknown"
    carrier = program_of(user_of(market.carriers[0].pk))
    assert carrier.get("/api/v1/distributors", {"place": "42"}).status_code == 403


def test_proposed_answered_and_proposed_again(market, maker, program_of):
    body = {"proposals": [wanted(market), wanted(market, carrier=1, place="42", direct=True)]}

    first = maker.send("relations/proposals", body).json()
    assert (first["created"], first["known"], first["submitted"]) == (2, 0, 0)
    assert [row["status"] for row in first["items"]] == [Status.DRAFT] * 2
    assert relations() == [(WUHAN, Status.DRAFT), (DIRECT, Status.DRAFT)]
    assert len(maker.ask("relations", updated_since="2000-01-01T00:00:00Z")["items"]) == 2
    assert maker.ask("relations", updated_since="2100-01-01T00:00:00Z")["items"] == []
    again = maker.send("relations/proposals", body | {"submit": True}).json()
    assert (again["created"], again["known"], again["submitted"]) == (0, 2, 2)

    seen = [{"id": row["id"], "version": row["version"]} for row in again["items"][:1]]
    carrier = program_of(user_of(market.carriers[0].pk))
    answer = carrier.send("relations/acts", {"action": "agree", "relations": seen})
    assert answer.json()["items"][0]["status"] == Status.AGREED
    assert [status for _, status in relations()] == [Status.AGREED, Status.SUBMITTED]


@pytest.mark.parametrize(
    ("more", "status", "code"),
    [
        ({"place": "武汉市"}, 422, "places_unknown"),
        ({"distributor": "荆楚第0配送有限公司"}, 422, "distributors_unknown"),
        ({"place": "140100"}, 422, "distributors_unknown"),
        ({"product": 10**12}, 409, "relations_missing"),
        ({"place": "420106"}, 409, "places_overlap"),
    ],
)
def test_one_that_may_not_be_writes_none(market, maker, more, status, code):
    refused = maker.send(
        "relations/proposals", {"proposals": [wanted(market), wanted(market) | more]}
    )

    assert (refused.status_code, refused.json()["code"]) == (status, code)
    assert relations() == []


def test_nobody_proposes_for_others(market, program_of, province_officer):
    body = {"proposals": [wanted(market)]}

    for person in (province_officer, user_of(market.carriers[0].pk)):
        assert program_of(person).send("relations/proposals", body).status_code == 403
    assert relations() == []
