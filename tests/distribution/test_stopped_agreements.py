"""取消中选 of a concluded project: agreements over what changed are marked, bind again after 撤销, are drawn anew."""

import pytest
from django.core.management import call_command

from apps.accounts.domain.actors import Actor
from apps.allocation.domain.stops.confirming import confirm_shares
from apps.allocation.domain.substitution.acts import substitute_missing
from apps.allocation.models import SupplyTotal
from apps.distribution.domain.agreements.refusals import AgreementRefused
from apps.distribution.domain.agreements.signing import void_agreement
from apps.distribution.models import Agreement, AgreementStatus
from apps.review.domain.performing import perform
from apps.review.models import Filing
from apps.review.models.statuses import Action
from apps.scope.context import whole_country
from tests import factories
from tests import factories_allocation as allocation
from tests import factories_relations as relations
from tests.factories_agreements import Deal, concluded
from tests.factories_relations import Trade
from tests.stopping import ended, standing, stopped

pytestmark = pytest.mark.django_db


@pytest.fixture
def deal(tree, manufacturer_agent, alliance_officer, hospital_clerk) -> Deal:
    """Reported and approved up to the province, concluded; A and B in one agreement of one distributor."""
    unit = hospital_clerk.organization
    project = allocation.allocation_project([unit], chain=["county", "city", "province"])
    products = allocation.worked_products(project)
    with whole_country(reason="test"):
        for code in ("A", "B"):
            type(products[code]).objects.filter(pk=products[code].pk).update(
                enterprise=manufacturer_agent.enterprise
            )
            products[code].refresh_from_db()
    allocation.volume(project, unit, allocation.UNSELECTED, 12_503)
    allocation.volume(project, unit, "B", 8_003)
    allocation.published(project, alliance_officer)
    allocation.move_window(project, "institution", days=-6)
    with whole_country(reason="test"):
        substitute_missing(project=project, by=Actor.of(alliance_officer))
        for code in ("420106", "420100", "42"):
            by = Actor.of(factories.account_of(tree[code]))
            below = Filing.objects.of_project(project).filter(parent__organization=tree[code])
            perform(list(below), Action.APPROVE, by=by)
            perform([allocation.filing_of(project, tree[code])], Action.SUBMIT, by=by)
    concluded(project)
    carrier = relations.distributor(tree["42"], "配送有限公司")
    made = Deal(
        project,
        products,
        Trade(manufacturer_agent, [products["A"], products["B"]], [carrier]),
        hospital_clerk,
    )
    made.choose(A=made.relation("A"), B=made.relation("B"))
    made.draw()
    return made


def sound() -> None:
    for command in ("verify_totals", "verify_capacity", "verify_audit", "verify_agreements"):
        call_command(command)


def test_what_changed_is_marked_and_drawn_anew(deal, alliance_officer, country) -> None:
    (drawn,) = Agreement.objects.all()
    before = standing(deal.project)
    b, a = deal.products["B"], deal.products["A"]
    more = SupplyTotal.objects.get(filing=drawn.filing, product=b).quantity
    assert more
    sound()

    stop = stopped(deal.project, alliance_officer, b, replacement=a)

    drawn.refresh_from_db()
    assert drawn.status == AgreementStatus.AFFECTED
    assert "取消中选第 1 号：测试胶囊B" in drawn.reason
    assert "替补为 测试胶囊A" in drawn.reason
    sound()
    with pytest.raises(AgreementRefused, match="请先在“取消中选调整”中确认"):
        deal.draw()
    ended(stop, alliance_officer)
    assert standing(deal.project) == before
    sound()

    stopped(deal.project, alliance_officer, b, replacement=a)
    by = Actor.of(deal.clerk)
    confirm_shares(filing=drawn.filing, project=deal.project, by=by)
    void_agreement(by=by, pk=drawn.pk, reason="取消中选")
    (fresh,) = deal.draw()
    assert [line.product_id for line in fresh.lines.all()] == [a.pk]
    assert (
        fresh.lines.get().quantity
        == SupplyTotal.objects.get(filing=drawn.filing, product=a).quantity
    )
    sound()
