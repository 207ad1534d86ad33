"""Two clerks of an institution choose distributors on pages that they opened at the same time."""

import pytest

from apps.distribution.models import DeliveryChoice
from apps.scope.context import whole_country
from tests import factories_agreements as make
from tests.net.page_forms import forms_on

pytestmark = pytest.mark.django_db
CHOICES = "/distribution/choices/"


@pytest.fixture
def deal(tree, manufacturer_agent, alliance_officer, hospital_clerk):
    return make.deal(tree, manufacturer_agent, alliance_officer, hospital_clerk)


def shown(client):
    """What the page of choices would send untouched."""
    page = client.get(CHOICES).content.decode()
    return next(form for form in forms_on(page) if form.attributes.get("id") == "choices").sent()


def chosen(deal, code):
    with whole_country(reason="test"):
        choice = DeliveryChoice.objects.filter(product=deal.products[code]).first()
        return choice.relation_id if choice else None


def test_a_choice_that_was_left_alone_undoes_nobodys(deal, client_of):
    a = [deal.relation("A", carrier=number) for number in (0, 1)]
    b = [deal.relation("B", carrier=number) for number in (0, 1)]
    deal.choose(A=a[0])
    client = client_of(deal.clerk)
    stale = shown(client)
    deal.choose(A=a[1])

    client.post(CHOICES, {**stale, f"choice-{deal.products['B'].pk}": b[1].pk})

    assert (chosen(deal, "A"), chosen(deal, "B")) == (a[1].pk, b[1].pk)


def test_a_choice_that_both_made_is_told_and_kept(deal, client_of):
    a = [deal.relation("A", carrier=number) for number in (0, 1)]
    client = client_of(deal.clerk)
    stale = shown(client)
    deal.choose(A=a[1])

    answer = client.post(
        CHOICES, {**stale, f"choice-{deal.products['A'].pk}": a[0].pk}, follow=True
    )

    assert "您打开页面之后，配送企业已被改选，没有保存" in answer.content.decode()
    assert f"现在选的是{a[1].carrier.name}（{deal.clerk.name}" in answer.content.decode()
    assert chosen(deal, "A") == a[1].pk
