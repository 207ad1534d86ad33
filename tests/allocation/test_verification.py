"""`manage.py verify_capacity` recomputes the pools and names the first difference."""

import pytest
from django.core.management import CommandError, call_command

from apps.accounts.domain.actors import Actor
from apps.allocation.models import CapacityPool, SupplyTotal
from apps.review.domain.performing import perform
from apps.review.models.statuses import Action
from tests import factories_allocation as make

pytestmark = pytest.mark.usefixtures("country")


def test_sums_agree_after_everything(reported, capsys):
    call_command("verify_capacity", project="FL")
    assert "3 个中选产品" in capsys.readouterr().out


@pytest.mark.parametrize("column", ["fixed", "allocated"])
def test_the_first_difference_is_named(reported, column):
    pool = CapacityPool.objects.get(product=reported.products["C"])
    setattr(pool, column, getattr(pool, column) + 1)
    pool.save()

    with pytest.raises(CommandError, match="FL C制药 C") as refusal:
        call_command("verify_capacity")

    assert refusal.value.returncode == 1


@pytest.mark.parametrize("column", ["amount", "quantity"])
def test_an_agreement_that_does_not_follow_from_its_lines_is_named(reported, column):
    total = SupplyTotal.objects.get(filing=reported.filing(), product=reported.products["C"])
    setattr(total, column, getattr(total, column) + 1)
    total.save()

    with pytest.raises(
        CommandError, match=r"FL .+ C：协议量汇总为 .+，按明细应为 9091（12121.33 元）"
    ):
        call_command("verify_capacity")


def test_a_bureau_s_amount_adds_up_those_below_it(reported, tree, city_reviewer):
    by = Actor.of(city_reviewer)
    perform([reported.filing()], Action.APPROVE, by=by)
    city = make.filing_of(reported.project, tree["420100"])
    perform([city], Action.SUBMIT, by=by, confirmed=True)
    call_command("verify_capacity")
    SupplyTotal.objects.filter(filing=city, product=reported.products["C"]).update(
        amount="12121.34"
    )

    with pytest.raises(CommandError, match=r"FL 武汉市.* C：协议量汇总为 9091（12121.34 元）"):
        call_command("verify_capacity")


def test_an_unknown_project_is_refused(db):
    with pytest.raises(CommandError, match="没有项目 NONE"):
        call_command("verify_capacity", project="NONE")
