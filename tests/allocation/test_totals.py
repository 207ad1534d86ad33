"""A bureau's package: totals climb when it submits and vanish when it is withdrawn (architecture.md)."""

from decimal import Decimal

import pytest

from apps.accounts.domain.actors import Actor
from apps.accounts.models.roles import Role
from apps.allocation.domain.totals import sums_of
from apps.allocation.kind import AllocationKind
from apps.allocation.models import SupplyTotal
from apps.review.domain.performing import perform
from apps.review.domain.rounds.concluding import conclude_project
from apps.review.models.statuses import Action
from tests import factories_allocation as make
from tests.factories import enterprise_account

pytestmark = pytest.mark.usefixtures("country")

QUANTITIES = {"A": 7_776, "B": 1_080, "C": 3_330 + 5_761}
AMOUNT = Decimal("6220.80") + Decimal("2052.00") + Decimal("12121.33")
"""28.80/36 × 7,776; 45.60/24 × 1,080; 40.00/30 × 9,091, each rounded to the fen."""


@pytest.fixture
def approved(reported, city_reviewer):
    perform([reported.filing()], Action.APPROVE, by=Actor.of(city_reviewer))
    return reported


@pytest.fixture
def city(approved, tree, city_reviewer):
    """The city's filing, submitted to the province."""
    filing = make.filing_of(approved.project, tree["420100"])
    perform([filing], Action.SUBMIT, by=Actor.of(city_reviewer), confirmed=True)
    return make.filing_of(approved.project, tree["420100"])


AGREED = {("A", 7_776, 1, 3), ("B", 1_080, 1, 2), ("C", 9_091, 1, 3)}


def totals(tier):
    rows = SupplyTotal.objects.filter(filing__tier=tier)
    return set(rows.values_list("product__item__item_code", "quantity", "institutions", "lines"))


@pytest.mark.covers("S0-29")
def test_a_report_is_an_agreement_of_institution_and_product(reported):
    assert totals("institution") == AGREED


def test_a_return_takes_the_agreement_away(reported, city_reviewer):
    perform([reported.filing()], Action.RETURN, by=Actor.of(city_reviewer), reason="请核对")
    assert totals("institution") == set()


def test_a_city_freezes_the_sums_of_its_approved_institutions(city):
    assert totals("city") == AGREED


def test_a_province_adds_up_its_approved_cities(city, tree, province_officer):
    by = Actor.of(province_officer)
    perform([city], Action.APPROVE, by=by)
    province = make.filing_of(city.project, tree["42"])
    perform([province], Action.SUBMIT, by=by, confirmed=True)

    assert totals("province") == AGREED


def test_withdrawing_takes_the_totals_away(city, city_reviewer):
    perform([city], Action.WITHDRAW, by=Actor.of(city_reviewer))
    assert totals("city") == set()


def test_figures_are_the_same_before_and_after_submitting(approved, tree, city_reviewer):
    filing = make.filing_of(approved.project, tree["420100"])
    before = sums_of([filing, approved.filing()])
    perform([filing], Action.SUBMIT, by=Actor.of(city_reviewer), confirmed=True)
    after = sums_of([filing])

    assert before[approved.filing().pk].amount == AMOUNT
    assert before[filing.pk] == after[filing.pk]
    assert (after[filing.pk].lines, after[filing.pk].amount) == (8, AMOUNT)


def test_an_enterprise_sees_provinces_first_and_institutions_after_conclusion(
    city, tree, province_officer, alliance_officer, scope_of_user
):
    by = Actor.of(province_officer)
    perform([city], Action.APPROVE, by=by)
    province = make.filing_of(city.project, tree["42"])
    (province,) = perform([province], Action.SUBMIT, by=by, confirmed=True)
    maker = SupplyTotal.objects.get(filing=province, product__item__item_code="C").product
    agent = enterprise_account(maker.enterprise, Role.MANUFACTURER, tree["0"])

    def seen():
        with scope_of_user(agent):
            rows = SupplyTotal.objects.values_list("filing__tier", "product_id")
            return sorted(rows)

    assert seen() == [("province", maker.pk)]
    perform([province], Action.APPROVE, by=Actor.of(alliance_officer))
    conclude_project(city.project, by=Actor.of(alliance_officer), confirmed=True)
    assert seen() == [("institution", maker.pk), ("province", maker.pk)]


@pytest.mark.covers("S1-52")
def test_figures_in_words(approved):
    (figures,) = AllocationKind().figures([approved.filing()]).values()

    assert figures == [("协议明细", "8 条"), ("合同金额", "¥ 20,394.13")]
