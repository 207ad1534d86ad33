"""What an enterprise's account shows depends on who issued it: the alliance the country's, a province its own."""

import pytest

from apps.accounts.domain.actors import Actor
from apps.accounts.domain.scopes import scope_of
from apps.accounts.models import User
from apps.accounts.models.roles import Role
from apps.allocation.models import SupplyTotal
from apps.audit.models import LogEntry
from apps.audit.services import Entry, record_many
from apps.distribution.models import (
    Agreement,
    AgreementLine,
    DeliveryRelation,
    DistributorAccount,
    RelationEvent,
)
from apps.notices.messages import Letter, send_letters
from apps.notices.models import Message, MessageKind
from apps.organizations.models import Enterprise
from apps.projects.models import Project, WinningProduct
from apps.scope.context import enter, whole_country
from tests import factories
from tests import factories_agreements as make
from tests import factories_relations as relations

pytestmark = pytest.mark.django_db
EVERYTHING = (
    Agreement,
    AgreementLine,
    DeliveryRelation,
    RelationEvent,
    DistributorAccount,
    SupplyTotal,
    WinningProduct,
    Project,
    LogEntry,
    Message,
)


@pytest.fixture
def deal(tree, manufacturer_agent, alliance_officer, hospital_clerk):
    """A signed-up round in Hubei: relations, an agreement, log entries."""
    deal = make.deal(tree, manufacturer_agent, alliance_officer, hospital_clerk)
    deal.choose(A=deal.relation("A"))
    deal.draw()
    return deal


def seen_by(person: User) -> dict[str, int]:
    with enter(scope_of(person)):
        return {model.__name__: model.objects.count() for model in EVERYTHING}


def of_shanxi(tree, enterprise: Enterprise) -> User:
    """What a province could give itself: an account of any enterprise."""
    return factories.enterprise_account(
        enterprise, Role.DISTRIBUTOR, tree["14"], username=f"P14{enterprise.uscc[-4:]}"
    )


def test_an_account_from_another_province_shows_nothing_of_the_distributor(deal, tree):
    carrier = deal.trade.carriers[0]

    assert seen_by(of_shanxi(tree, carrier.enterprise)) == dict.fromkeys(
        (model.__name__ for model in EVERYTHING), 0
    )


def test_nor_of_the_manufacturer_and_what_it_won(deal, tree):
    spy = of_shanxi(tree, deal.trade.maker.enterprise)

    assert seen_by(spy) == dict.fromkeys((model.__name__ for model in EVERYTHING), 0)


def test_nor_of_its_drafts_in_its_own_province(deal, tree):
    """As a distributor an enterprise sees what was submitted, in that province; a draft is the manufacturer's alone."""
    draft = deal.trade.chosen(deal.trade.proposal(product=1, carrier=1))[0]
    branch = factories.enterprise_account(
        deal.trade.maker.enterprise, Role.DISTRIBUTOR, tree["42"], username="P420777"
    )

    with enter(scope_of(branch)):
        assert not DeliveryRelation.objects.filter(pk=draft.pk).exists()
        assert Agreement.objects.count() == 1
        assert WinningProduct.objects.count() == 0


def test_what_stands_in_its_province_it_sees_as_before(deal):
    carrier = deal.trade.carriers[0]
    with whole_country(reason="test"):
        user = User.objects.get(pk=carrier.user_id)

    seen = seen_by(user)

    names = ("Agreement", "AgreementLine", "DeliveryRelation", "DistributorAccount")
    assert {name: seen[name] for name in names} == dict.fromkeys(names, 1)
    assert seen["RelationEvent"] == 2


def test_the_manufacturer_sees_the_country(deal, tree):
    shanxi = relations.distributor(tree["14"], "三晋配送有限公司")
    deal.trade.carriers.append(shanxi)
    deal.trade.chosen(deal.trade.proposal(product=0, carrier=2, path=relations.SHANXI), submit=True)

    with enter(scope_of(deal.trade.maker)):
        paths = set(DeliveryRelation.objects.values_list("path", flat=True))
    assert paths == {relations.WUHAN, relations.SHANXI}


def test_the_log_and_messages_of_one_province_are_not_the_others(tree, province_officer):
    carrier = factories.EnterpriseFactory()
    here = factories.enterprise_account(carrier, Role.DISTRIBUTOR, tree["42"], username="P420001")
    there = of_shanxi(tree, carrier)
    with whole_country(reason="test"):
        by = Actor.of(province_officer)
        entries = [
            Entry("试", "试", "试。", user.path, enterprise_id=carrier.pk) for user in (here, there)
        ]
        record_many(by=by, entries=entries)
        letters = [Letter(user.path, user.username, "试") for user in (here, there)]
        send_letters(letters, kind=MessageKind.DELIVERY, by=by)

    for user in (here, there):
        with enter(scope_of(user)):
            assert [entry.path for entry in LogEntry.objects.all()] == [user.path]
            assert [message.title for message in Message.objects.all()] == [user.username]
            assert list(User.objects.all()) == [user]


def test_sub_accounts_see_no_more(deal, tree):
    spy = of_shanxi(tree, deal.trade.maker.enterprise)

    assert seen_by(factories.sub_account_of(spy)) == seen_by(spy)
