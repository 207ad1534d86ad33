"""Who of 184 institutions has not signed is found and chased: nobody else is, and their number is called at hand."""

from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from apps.accounts.models import User
from apps.distribution.models import (
    Agreement,
    AgreementClauses,
    AgreementLine,
    AgreementStatus,
    DeliveryChoice,
)
from apps.distribution.models.relation_statuses import Status
from apps.notices.models import Message, MessageKind
from apps.organizations.models import Organization
from apps.review.models import Filing
from apps.scope.context import whole_country
from tests import factories
from tests import factories_agreements as agreements
from tests import factories_allocation as allocation
from tests import factories_relations as relations
from tests.cast import Tree
from tests.factories_review import units_below
from tests.journeys.conftest import Enter
from tests.journeys.counting import Hand

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
UNITS, SILENT, MOST_CLICKS = 184, 12, 6
CODE, QUANTITY = "FL-AG", 1_080


@pytest.fixture
def unsigned(
    transactional_db: Any, tree: Tree, manufacturer_agent: User, alliance_officer: User
) -> list[Organization]:
    """184 institutions of one county agreed to take B and drew its agreement; every fifteenth has not signed."""
    units = units_below(tree["420106"], UNITS)
    project = allocation.allocation_project(units, code=CODE)
    product = allocation.worked_products(project)["B"]
    with whole_country(reason="test"):
        type(product).objects.filter(pk=product.pk).update(enterprise=manufacturer_agent.enterprise)
        product.refresh_from_db()
    allocation.volume(project, units[0], allocation.UNSELECTED, 12_503)
    allocation.published(project, alliance_officer)
    for unit in units:
        agreements.totals(project, unit, {"B": product}, B=QUANTITY)
    agreements.concluded(project)
    carrier = relations.distributor(tree["42"], "荆楚配送有限公司")
    trade = relations.Trade(manufacturer_agent, [product], [carrier])
    silent = [unit for at, unit in enumerate(units) if at % 15 == 7][:SILENT]
    draw(units, trade.in_state(Status.AGREED), signed=set(units) - set(silent))
    for unit in silent:
        factories.account_of(unit)
    return silent


def draw(units: list[Organization], relation: Any, *, signed: set[Organization]) -> None:
    """Each unit chose the relation and drew its agreement."""
    product, now = relation.product, timezone.now()
    with whole_country(reason="test"):
        amount = agreements.amount_of(product, QUANTITY)
        found = Filing.objects.of_project(product.project).institutions()
        filings = {filing.organization_id: filing for filing in found}
        clauses = AgreementClauses.objects.create(project=product.project)
        DeliveryChoice.objects.bulk_create(
            DeliveryChoice(
                filing=filings[unit.pk], product=product, relation=relation, path=unit.path,
                chosen_at=now, chosen_by=relation.distributor.user,
            )
            for unit in units
        )  # fmt: skip
        drawn = Agreement.objects.bulk_create(
            Agreement(
                project=product.project, number=number, code=f"XY-{number}", filing=filings[unit.pk],
                institution=unit, path=unit.path, manufacturer=product.enterprise,
                distributor=relation.distributor, carrier=relation.distributor.enterprise,
                clauses=clauses, products=1, amount=amount, check_code="0" * 64, wording={},
                drawn_by=relation.distributor.user,
            )
            for number, unit in enumerate(units, start=1)
        )  # fmt: skip
        AgreementLine.objects.bulk_create(
            AgreementLine(
                agreement=agreement, filing=agreement.filing, product=product,
                terms=product.terms.earliest("version"), relation=relation, quantity=QUANTITY,
                amount=Decimal(amount),
            )
            for agreement in drawn
        )  # fmt: skip
        Agreement.objects.filter(institution__in=signed).update(
            status=AgreementStatus.SIGNED, signed_at=now
        )


def test_who_has_not_signed_is_found_and_chased(
    unsigned: list[Organization], enter: Enter, county_reviewer: User
) -> None:
    county = enter("signing").sign_in(county_reviewer)
    hand, page = Hand(county), county.page

    directory = page.locator("main .subsystems")
    hand.click(directory.get_by_role("link", name="协议签署进度"), leads=True)
    hand.click(page.locator("main .figures").get_by_role("link", name="未签署"), leads=True)
    names = page.locator("table.data-table tbody tr th").all_inner_texts()
    assert [name.strip() for name in names] == [unit.name for unit in unsigned]
    hand.click(page.locator("[data-select-page]"))
    hand.press("催报")
    hand.press("催报")
    county.sees(f"已催报 {SILENT} 家")

    hand.rest(most=MOST_CLICKS)
    with whole_country(reason="test"):
        told = Message.objects.filter(kind=MessageKind.REMINDER).values_list("path", flat=True)
        assert sorted(told) == sorted(unit.path for unit in unsigned)
    assert county.download("电话单").startswith(b"%PDF")
