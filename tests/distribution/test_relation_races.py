"""Two people at the same moment, on real transactions: limits hold, answers and voids exclude one another."""

from collections.abc import Iterator

import pytest

from apps.accounts.domain.actors import Actor
from apps.accounts.domain.scopes import scope_of
from apps.distribution.domain.policy import set_limit
from apps.distribution.domain.relations.chains import set_link
from apps.distribution.domain.relations.choosing import choose
from apps.distribution.models import ChainLink, DeliveryRelation, RelationEvent
from apps.distribution.models.relation_statuses import Action, Status
from apps.scope.context import enter, whole_country
from tests import factories_relations as make
from tests.racing import at_once

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 5


@pytest.fixture
def trade(tree, manufacturer_agent) -> Iterator[make.Trade]:
    trade = make.trade(manufacturer_agent, tree["42"], products=1, carriers=3)
    yield trade
    with whole_country(reason="test"):
        for relation in DeliveryRelation.objects.all():
            last = RelationEvent.objects.filter(relation=relation).order_by("pk").last()
            assert (last.target if last else Status.DRAFT) == relation.status


def test_parallel_submits_never_pass_the_limit(trade, alliance_officer):
    with enter(scope_of(alliance_officer)):
        set_limit(trade.project, 1, by=Actor.of(alliance_officer))
    places = (make.HUBEI, make.WUHAN, make.WUCHANG)
    rivals = trade.chosen(*(trade.proposal(0, n, path) for n, path in enumerate(places)))

    for _round in range(ROUNDS):
        outcome = at_once(*(lambda r=r: trade.by_maker(Action.SUBMIT, r) for r in rivals))
        assert sorted(outcome) == ["LimitReached", "LimitReached", "done"]
        (winner,) = [r for r, said in zip(rivals, outcome, strict=True) if said == "done"]
        trade.by_maker(Action.VOID, winner)
        at = rivals.index(winner)
        rivals[at] = trade.chosen(trade.proposal(0, at, places[at]))[0]


def test_an_answer_against_a_void_leaves_one_story(trade):
    for _round in range(ROUNDS):
        relation = trade.in_state(Status.SUBMITTED)
        answered, voided = at_once(
            lambda r=relation: trade.by_carrier(Action.AGREE, r),
            lambda r=relation: trade.by_maker(Action.VOID, r, reason="停产"),
        )
        assert voided == "done"
        assert answered in ("done", "ActionRefused")
        after = make.fresh(relation)
        assert (after.status, after.was_agreed_before) == (Status.VOID, answered == "done")


def test_the_same_choice_twice_is_one_relation(trade):
    def chosen(path):
        with enter(scope_of(trade.maker)):
            return choose([trade.proposal(path=path)], by=Actor.of(trade.maker))

    assert at_once(*(lambda: chosen(make.HUANGSHI),) * 3) == ["done"] * 3
    assert sorted(at_once(lambda: chosen(make.HUBEI), lambda: chosen(make.HUANGSHI))) == [
        "PlacesOverlap",
        "done",
    ]
    assert sorted(at_once(lambda: chosen(make.WUHAN), lambda: chosen(make.WUCHANG))) == [
        "PlacesOverlap",
        "done",
    ]
    with whole_country(reason="test"):
        assert DeliveryRelation.objects.count() == 2


def test_a_chain_never_closes_from_both_ends(trade):
    first, second, third = trade.carriers

    def link(upper, lower):
        user = make.user_of(upper.pk)
        with enter(scope_of(user)):
            set_link(lower.pk, by=Actor.of(user))

    outcome = at_once(
        lambda: link(first, second), lambda: link(second, third), lambda: link(third, first)
    )

    assert sorted(outcome) == ["ChainRefused", "done", "done"]
    with whole_country(reason="test"):
        assert ChainLink.objects.in_force().count() == 2
