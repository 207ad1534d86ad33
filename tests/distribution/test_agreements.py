"""Choosing, drawing, signing and voiding three-party agreements (rules §4)."""

import threading
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from apps.accounts.domain.actors import Actor
from apps.accounts.domain.scopes import scope_of
from apps.accounts.models.roles import Role
from apps.allocation.models import SupplyTotal
from apps.audit.models import LogEntry
from apps.distribution.domain.agreements.drawing import draw_agreements
from apps.distribution.domain.agreements.refusals import AgreementRefused
from apps.distribution.domain.agreements.signing import void_agreement, write_clauses
from apps.distribution.domain.relations.refusals import RelationRefused
from apps.distribution.models import (
    Agreement,
    AgreementClauses,
    AgreementLine,
    AgreementSequence,
    AgreementStatus,
    DeliveryChoice,
)
from apps.distribution.models.relation_statuses import Action
from apps.notices.models import Message, MessageKind
from apps.scope.context import enter, whole_country
from tests import factories
from tests import factories_agreements as make
from tests.live_progress import assert_exact

pytestmark = pytest.mark.django_db


@pytest.fixture
def deal(tree, manufacturer_agent, alliance_officer, hospital_clerk):
    """Whatever was done with it, its progress is what counting comes to."""
    deal = make.deal(tree, manufacturer_agent, alliance_officer, hospital_clerk)
    yield deal
    assert_exact(deal.project)


def all_of(model):
    with whole_country(reason="test"):
        return list(model.objects.order_by("pk"))


def fresh(agreement):
    with whole_country(reason="test"):
        return Agreement.objects.get(pk=agreement.pk)


def void(deal, agreement, reason="更换配送企业"):
    with enter(scope_of(deal.clerk)):
        return void_agreement(by=Actor.of(deal.clerk), pk=agreement.pk, reason=reason)


def test_products_of_one_manufacturer_and_distributor_share_an_agreement(deal):
    first, second = deal.relation("A"), deal.relation("B")
    assert deal.choose(A=first, B=second) == (2, 0)

    (agreement,) = deal.draw()

    assert (agreement.code, agreement.number) == ("FL-AG-XY000001", 1)
    assert (agreement.products, agreement.state) == (2, AgreementStatus.DRAWN)
    assert agreement.amount == Decimal("28.80") / 36 * 7_776 + Decimal("45.60") / 24 * 1_080
    lines = {
        line.product_id: (line.quantity, line.amount, line.relation_id)
        for line in all_of(AgreementLine)
    }
    assert lines == {
        deal.products["A"].pk: (7_776, Decimal("6220.80"), first.pk),
        deal.products["B"].pk: (1_080, Decimal("2052.00"), second.pk),
    }
    with whole_country(reason="test"):
        said = LogEntry.objects.get(verb="生成三方协议").sentence
    assert "2 个产品，8,272.80 元" in said


def test_another_distributor_gets_an_agreement_and_a_number_of_its_own(deal):
    deal.choose(A=deal.relation("A", carrier=0), B=deal.relation("B", carrier=1))

    drawn = deal.draw()

    assert [agreement.number for agreement in drawn] == [1, 2]
    assert len({agreement.carrier_id for agreement in drawn}) == 2
    with pytest.raises(AgreementRefused, match="没有可以生成协议的产品"):
        deal.draw()
    assert [row.last for row in all_of(AgreementSequence)] == [2]


def test_only_who_delivers_here_can_be_chosen(deal, tree):
    elsewhere = deal.relation("A", path="/0/42/420200/")
    of_another = deal.relation("B")

    for wrong in (elsewhere, of_another):
        with pytest.raises(AgreementRefused, match="不能向本机构配送该产品"):
            deal.choose(A=wrong)
    assert all_of(DeliveryChoice) == []


def test_choices_are_changed_and_taken_back(deal):
    one, other = deal.relation("A", carrier=0), deal.relation("A", carrier=1)

    assert deal.choose(A=one) == (1, 0)
    assert deal.choose(A=one) == (0, 0)
    assert deal.choose(A=other) == (1, 0)
    assert [row.relation_id for row in all_of(DeliveryChoice)] == [other.pk]
    assert deal.choose(A=None) == (0, 1)
    assert all_of(DeliveryChoice) == []


def test_what_stands_in_an_agreement_is_not_chosen_anew(deal):
    deal.choose(A=deal.relation("A"))
    (agreement,) = deal.draw()

    with pytest.raises(AgreementRefused, match=f"已在协议 {agreement.code} 中"):
        deal.choose(A=deal.relation("A", carrier=1))


def test_nothing_is_drawn_before_the_conclusion(
    tree, manufacturer_agent, alliance_officer, hospital_clerk
):
    deal = make.deal(tree, manufacturer_agent, alliance_officer, hospital_clerk, conclude=False)
    deal.choose(A=deal.relation("A"))

    with pytest.raises(AgreementRefused, match="尚未办结"):
        deal.draw()
    assert all_of(Agreement) == []


def test_only_the_institution_s_maintainers_act(deal, city_reviewer, manufacturer_agent):
    deal.choose(A=deal.relation("A"))
    (agreement,) = deal.draw()
    reader = factories.sub_account_of(deal.clerk, permission_subset=["query"])

    for person in (city_reviewer, manufacturer_agent, reader):
        with enter(scope_of(person)), pytest.raises(AgreementRefused, match="维护"):
            draw_agreements(by=Actor.of(person), project=deal.project)
        with enter(scope_of(person)), pytest.raises(AgreementRefused, match="维护"):
            void_agreement(by=Actor.of(person), pk=agreement.pk, reason="x")


def test_a_void_frees_its_products_and_never_its_number(deal):
    deal.choose(A=deal.relation("A"), B=deal.relation("B"))
    (agreement,) = deal.draw()

    with pytest.raises(AgreementRefused, match="请填写作废原因"):
        void(deal, agreement, reason=" ")
    void(deal, agreement)
    with pytest.raises(AgreementRefused, match="已作废，不能再操作"):
        void(deal, agreement)
    (again,) = deal.draw()

    assert (fresh(agreement).state, fresh(agreement).reason) == (
        AgreementStatus.VOID,
        "更换配送企业",
    )
    assert (again.number, again.check_code == agreement.check_code) == (2, False)
    assert sum(line.ended_at is None for line in all_of(AgreementLine)) == 2


def test_an_answer_that_an_agreement_rests_on_is_not_taken_back(deal):
    relation = deal.relation("A")
    deal.choose(A=relation)
    (agreement,) = deal.draw()

    with pytest.raises(RelationRefused):
        deal.trade.by_carrier(Action.RETRACT, relation)
    void(deal, agreement)
    deal.trade.by_carrier(Action.RETRACT, relation)


def test_a_void_relation_marks_the_agreement_and_tells_the_institution(deal):
    relation = deal.relation("A")
    deal.choose(A=relation)
    (agreement,) = deal.draw()

    deal.trade.by_maker(Action.VOID, relation, reason="改由他人配送")

    held = fresh(agreement)
    assert (held.state, held.reason) == (
        AgreementStatus.AFFECTED,
        "生产企业作废了配送关系：改由他人配送",
    )
    with whole_country(reason="test"):
        letter = Message.objects.get(path=deal.clerk.path, kind=MessageKind.DELIVERY)
    assert letter.title == f"三方协议 {agreement.code} 受影响"
    void(deal, agreement)
    with pytest.raises(AgreementRefused, match="请重新选择后再生成"):
        deal.draw()


def test_clauses_are_versions_and_old_agreements_keep_theirs(deal, alliance_officer, city_reviewer):
    deal.choose(A=deal.relation("A"))
    (old,) = deal.draw()
    texts = {"period": "2027 年度", "delivery": "24 小时", "payment": "30 日", "breach": "依法"}

    with enter(scope_of(alliance_officer)):
        write_clauses(by=Actor.of(alliance_officer), project=deal.project, texts=texts)
    with enter(scope_of(city_reviewer)), pytest.raises(AgreementRefused):
        write_clauses(by=Actor.of(city_reviewer), project=deal.project, texts=texts)
    void(deal, old)
    (new,) = deal.draw()

    versions = {row.pk: row.version for row in all_of(AgreementClauses)}
    assert (versions[fresh(old).clauses_id], versions[fresh(new).clauses_id]) == (1, 2)


def test_the_database_keeps_numbers_content_and_products(deal):
    deal.choose(A=deal.relation("A"))
    (agreement,) = deal.draw()

    def refused(change):
        with whole_country(reason="test"), pytest.raises(DatabaseError), transaction.atomic():
            change()

    rows = Agreement.objects
    refused(lambda: rows.filter(pk=agreement.pk).update(amount=1))
    refused(lambda: rows.filter(pk=agreement.pk).update(number=7))
    refused(lambda: rows.filter(pk=agreement.pk).delete())
    refused(lambda: AgreementLine.objects.update(quantity=1))
    refused(lambda: AgreementLine.objects.create(**_copy(all_of(AgreementLine)[0])))


def _copy(line):
    names = ("agreement", "filing", "product", "terms", "relation", "quantity", "amount")
    return {f"{name}_id" if name not in {"quantity", "amount"} else name: getattr(
        line, f"{name}_id" if name not in {"quantity", "amount"} else name
    ) for name in names}  # fmt: skip


def test_each_party_and_tier_sees_its_agreements_and_nobody_else(
    deal, tree, city_reviewer, neighbour_officer, alliance_officer
):
    deal.choose(A=deal.relation("A"))
    deal.draw()
    rival = factories.enterprise_account(
        factories.EnterpriseFactory(), Role.MANUFACTURER, tree["0"]
    )
    with whole_country(reason="test"):
        carriers = [account.user for account in deal.trade.carriers]
    people = {
        "clerk": deal.clerk,
        "maker": deal.trade.maker,
        "carrier": carriers[0],
        "city": city_reviewer,
        "alliance": alliance_officer,
        "other carrier": carriers[1],
        "rival": rival,
        "foreign": neighbour_officer,
    }

    seen = {}
    for name, person in people.items():
        with enter(scope_of(person)):
            seen[name] = (Agreement.objects.count(), AgreementLine.objects.count())

    nothing = {"other carrier", "rival", "foreign"}
    assert seen == {name: (0, 0) if name in nothing else (1, 1) for name in people}


def test_drawing_costs_the_same_however_many_products(deal):
    deal.choose(A=deal.relation("A"))
    with CaptureQueriesContext(connection) as one:
        (agreement,) = deal.draw()
    void(deal, agreement)
    deal.choose(B=deal.relation("B", carrier=1))
    with CaptureQueriesContext(connection) as more:
        assert len(deal.draw()) == 2

    assert len(more) <= len(one)


@pytest.mark.django_db(transaction=True)
def test_two_institutions_that_draw_at_once_leave_no_gap():
    tree = factories.build_tree()
    officer = factories.account_of(tree["0"])
    maker = factories.enterprise_account(
        factories.EnterpriseFactory(), Role.MANUFACTURER, tree["0"]
    )
    clerks = [factories.account_of(tree[code]) for code in ("H42010600001", "H42010600002")]
    first = make.deal(tree, maker, officer, clerks[0], conclude=False)
    make.totals(first.project, tree["H42010600002"], first.products, A=360, B=240)
    make.concluded(first.project)
    second = make.Deal(first.project, first.products, first.trade, clerks[1])
    one, other = first.relation("A"), first.relation("B", carrier=1)
    for each in (first, second):
        each.choose(A=one, B=other)
    barrier, numbers = threading.Barrier(2), []

    def draw(each):
        try:
            barrier.wait()
            numbers.extend(agreement.number for agreement in each.draw())
        finally:
            connection.close()

    threads = [threading.Thread(target=draw, args=[each]) for each in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(numbers) == [1, 2, 3, 4]
    with whole_country(reason="test"):
        assert SupplyTotal.objects.count() == 5
    assert_exact(first.project)
