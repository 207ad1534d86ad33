"""Changing statuses: by the law, by the right party, with an event, a log entry and a message for each."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from apps.accounts.domain.actors import Actor
from apps.accounts.domain.scopes import scope_of
from apps.accounts.models.roles import Role
from apps.audit.models import LogEntry
from apps.distribution.domain.policy import set_limit
from apps.distribution.domain.relations import dependents, refusals
from apps.distribution.domain.relations.acts import perform
from apps.distribution.domain.relations.crowding import Proposal
from apps.distribution.models import DeliveryRelation, RelationEvent
from apps.distribution.models.relation_statuses import Action, Status
from apps.notices.models import Message
from apps.scope.context import enter, whole_country
from tests import factories
from tests import factories_distribution as delivery
from tests import factories_relations as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def trade(tree, manufacturer_agent):
    return make.trade(manufacturer_agent, tree["42"])


@pytest.fixture
def limit(trade, alliance_officer):
    def limited(most):
        with enter(scope_of(alliance_officer)):
            set_limit(trade.project, most, by=Actor.of(alliance_officer))

    return limited


@pytest.mark.covers("S4-02", "S4-03")
def test_the_whole_life_of_a_relation(trade):
    (relation,) = trade.chosen(trade.proposal())
    for action, by, reason, status in (
        (Action.SUBMIT, trade.by_maker, "", Status.SUBMITTED),
        (Action.REFUSE, trade.by_carrier, "运力不足", Status.REFUSED),
        (Action.RESUBMIT, trade.by_maker, "", Status.SUBMITTED),
        (Action.AGREE, trade.by_carrier, "", Status.AGREED),
        (Action.RETRACT, trade.by_carrier, "", Status.SUBMITTED),
        (Action.AGREE, trade.by_carrier, "", Status.AGREED),
        (Action.VOID, trade.by_maker, "改由他人配送", Status.VOID),
        (Action.RESUBMIT, trade.by_maker, "", Status.SUBMITTED),
    ):
        by(action, relation, reason=reason)
        assert (make.fresh(relation).status, make.fresh(relation).reason) == (status, reason)

    assert make.fresh(relation).version == 9
    with whole_country(reason="test"):
        events = list(RelationEvent.objects.order_by("pk").values_list("source", "target"))
        logged = LogEntry.objects.filter(verb__endswith="配送关系").count()
    assert events == [(0, 1), (1, 3), (3, 1), (1, 2), (2, 1), (1, 2), (2, 99), (99, 1)]
    assert logged == 8


@pytest.mark.parametrize("act", ["refuse", "void"])
def test_an_answer_is_refused_or_voided_with_a_reason_only(trade, act):
    status = Status.SUBMITTED if act == "refuse" else Status.AGREED
    relation = trade.in_state(status)
    by = trade.by_carrier if act == "refuse" else trade.by_maker

    for reason in ("", "  ", "长" * 201):
        with pytest.raises(refusals.ReasonMissing):
            by(Action(act), relation, reason=reason)

    assert make.fresh(relation).status == status


def test_each_party_acts_in_its_turn_and_on_its_own_only(trade, tree):
    relation = trade.in_state(Status.SUBMITTED)
    rival = factories.enterprise_account(
        factories.EnterpriseFactory(), Role.MANUFACTURER, tree["0"]
    )
    other = make.user_of(trade.carriers[1].pk)

    with pytest.raises(refusals.NotYourTurn):
        trade.by_maker(Action.AGREE, relation)
    with pytest.raises(refusals.NotYourTurn):
        trade.by_carrier(Action.VOID, relation)
    with pytest.raises(refusals.RelationsMissing):
        trade.act([relation], Action.VOID, rival)
    with pytest.raises(refusals.RelationsMissing):
        trade.act([relation], Action.AGREE, other)
    assert make.fresh(relation).status == Status.SUBMITTED


def test_a_sub_account_without_the_right_acts_on_nothing(trade):
    relation = trade.in_state(Status.DRAFT)
    clerk = factories.sub_account_of(trade.maker, permission_subset=["query", "maintain"])

    with pytest.raises(refusals.NotYourTurn, match="配送关系"):
        trade.act([relation], Action.SUBMIT, clerk)


def test_a_distributor_of_two_provinces_answers_with_the_account_it_was_asked_by(trade, tree):
    relation = trade.in_state(Status.SUBMITTED)
    officer = factories.account_of(tree["14"])
    elsewhere = delivery.distributor(tree["14"], enterprise=trade.carriers[0].enterprise)
    delivery.confirmed(elsewhere, asker=officer, by=make.user_of(trade.carriers[0].pk))
    there = delivery.issued(elsewhere, officer, username="P140001")

    with pytest.raises(refusals.RelationsMissing):
        trade.act([relation], Action.AGREE, there)


def test_all_of_them_or_none(trade):
    one = trade.in_state(Status.SUBMITTED)
    two = trade.in_state(Status.AGREED, path=make.HUANGSHI)

    with pytest.raises(refusals.ActionRefused, match="黄石市"):
        trade.by_carrier(Action.AGREE, one, two)

    assert make.fresh(one).status == Status.SUBMITTED


def test_what_changed_since_the_page_was_shown_is_not_overwritten(trade):
    relation = trade.in_state(Status.SUBMITTED)
    seen = {relation.pk: make.fresh(relation).version}
    trade.by_carrier(Action.AGREE, relation)

    with enter(scope_of(trade.maker)), pytest.raises(refusals.RelationsMoved, match="另一方"):
        perform([relation.pk], Action.VOID, by=Actor.of(trade.maker), reason="改", versions=seen)


def test_a_thousand_cost_as_many_statements_as_one(trade):
    pairs = [
        trade.proposal(0, carrier, path)
        for carrier in (0, 1)
        for path in (make.WUHAN, make.HUANGSHI)
    ]
    relations = trade.chosen(*pairs, trade.proposal(1))

    def cost(*some):
        with enter(scope_of(trade.maker)), CaptureQueriesContext(connection) as queries:
            perform([r.pk for r in some], Action.SUBMIT, by=Actor.of(trade.maker))
        return len(queries)

    assert cost(relations[0]) == cost(*relations[1:])


@pytest.mark.covers("S4-02")
def test_a_limit_counts_the_areas_above(trade, limit):
    limit(1)
    over = trade.chosen(trade.proposal(0, 0, make.HUBEI), trade.proposal(0, 1, make.WUCHANG))
    trade.by_maker(Action.SUBMIT, over[0])

    with pytest.raises(refusals.LimitReached, match="最多 1 家"):
        trade.by_maker(Action.SUBMIT, over[1])

    trade.by_carrier(Action.REFUSE, over[0], reason="无运力")
    trade.by_maker(Action.SUBMIT, over[1])
    with pytest.raises(refusals.LimitReached):
        trade.by_carrier(Action.RETRACT, over[0])
    limit(None)
    trade.by_carrier(Action.RETRACT, over[0])
    assert {make.fresh(each).status for each in over} == {Status.SUBMITTED}


def test_a_limit_is_one_product_s_and_siblings_do_not_share_it(trade, limit):
    limit(1)
    relations = trade.chosen(
        trade.proposal(0, 0, make.WUHAN),
        trade.proposal(0, 1, make.HUANGSHI),
        trade.proposal(1, 1, make.WUHAN),
    )

    assert len(trade.by_maker(Action.SUBMIT, *relations)) == 3


def test_a_disabled_distributor_is_listed_for_replacement(trade):
    relation, dead = trade.in_state(Status.AGREED), trade.in_state(Status.REFUSED, carrier=1)
    make.set_enabled(trade.carriers[0], active=False)

    with enter(scope_of(trade.maker)):
        found = DeliveryRelation.objects.all().to_replace().with_names()
        assert [each.needs_replacement for each in found] == [True]
        assert found[0].pk == relation.pk
    trade.by_maker(Action.RESUBMIT, dead)
    trade.by_maker(Action.VOID, relation, reason="账号停用")
    with pytest.raises(refusals.ActionRefused, match="未启用"):
        trade.by_maker(Action.RESUBMIT, relation)


def test_a_void_agreement_is_told_to_both_and_to_what_rests_on_it(trade):
    told, bound = [], set()

    def on_void(relations, *, by, reason):
        told.append(([each.pk for each in relations], by.user, reason))

    resting = dependents.Dependents("test", lambda ids: bound & set(ids), on_void)
    dependents.register(resting)
    relation = trade.in_state(Status.AGREED)
    bound.add(relation.pk)
    try:
        with pytest.raises(refusals.ActionRefused, match="协议"):
            trade.by_carrier(Action.RETRACT, relation)
        trade.by_maker(Action.VOID, relation, reason="停产")
    finally:
        dependents._registered.pop("test")

    assert told == [([relation.pk], trade.maker, "停产")]
    assert make.fresh(relation).was_agreed_before
    for person in (trade.maker, make.user_of(relation.distributor_id)):
        with enter(scope_of(person)):
            message = Message.objects.all().to_unit(person).get()
        assert "作废了配送关系" in message.title
        assert "停产" in message.body


def test_a_withdrawn_draft_is_nobody_else_s_business(trade, province_officer):
    relation = trade.in_state(Status.VOID)
    (draft,) = trade.chosen(trade.proposal(1, 1))
    trade.by_maker(Action.VOID, draft)
    carrier = make.user_of(draft.distributor_id)

    for person in (carrier, province_officer):
        with enter(scope_of(person)):
            assert not DeliveryRelation.objects.filter(pk=draft.pk).exists()
            assert not LogEntry.objects.filter(sentence__contains="0.2g").exists()
            assert not Message.objects.filter(body__contains="0.2g").exists()
    with enter(scope_of(province_officer)):
        assert DeliveryRelation.objects.filter(pk=relation.pk).exists()


def test_the_database_refuses_what_gets_past(trade):
    relation = trade.in_state(Status.SUBMITTED)

    def refused(change):
        with whole_country(reason="test"), transaction.atomic(), pytest.raises(Exception) as caught:  # noqa: PT011
            change(DeliveryRelation.objects.filter(pk=relation.pk))
        return str(caught.value)

    assert "relation_refused_with_reason" in refused(
        lambda r: r.update(status=3, answered_at="2026-01-01T00:00Z")
    )
    assert "relation_answered_at_some_time" in refused(lambda r: r.update(status=2))
    assert "relation_void_since" in refused(lambda r: r.update(status=99))
    assert "subject_never_changes" in refused(lambda r: r.update(path=make.HUBEI))
    with (
        whole_country(reason="test"),
        pytest.raises(IntegrityError, match="relation_places_overlap"),
    ):
        DeliveryRelation.objects.create(
            project=trade.project, product=trade.products[0], manufacturer=trade.maker.enterprise,
            distributor=trade.carriers[0], carrier=trade.carriers[0].enterprise,
            area=trade.carriers[0].province, path=make.HUBEI,
        )  # fmt: skip


def test_of_two_dead_rows_of_one_choice_only_one_comes_back(trade):
    first = trade.in_state(Status.REFUSED)
    second = trade.in_state(Status.VOID)

    assert second.pk != first.pk
    with pytest.raises(refusals.ActionRefused, match="已有有效"):
        trade.by_maker(Action.RESUBMIT, first, second)
    trade.by_maker(Action.RESUBMIT, second)
    for action, by in ((Action.RESUBMIT, trade.by_maker), (Action.RETRACT, trade.by_carrier)):
        with pytest.raises(refusals.ActionRefused, match="已有有效"):
            by(action, first)


def test_a_wider_choice_keeps_the_narrower_dead(trade):
    dead = trade.in_state(Status.REFUSED)
    trade.chosen(Proposal(trade.products[0].pk, trade.carriers[0].pk, make.HUBEI))

    with pytest.raises(refusals.PlacesOverlap):
        trade.by_maker(Action.RESUBMIT, dead)
