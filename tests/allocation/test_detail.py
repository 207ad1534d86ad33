"""What reviewers read of a filing: an institution's lines, a bureau's products (S0-26)."""

import pytest
from django.template.loader import render_to_string

from apps.accounts.domain.actors import Actor
from apps.allocation.domain.confirming import confirm_pending, withdraw_pending
from apps.allocation.domain.slots.saving import save_slot
from apps.allocation.models import Slot
from apps.allocation.pages.detail import detail_of
from apps.review.domain.carrying import Instruction
from apps.review.domain.performing import carry, perform
from apps.review.models.statuses import Action
from tests import factories_allocation as make

pytestmark = pytest.mark.usefixtures("country")


def lines_of(detail):
    return [
        (line.title, line.product.enterprise.name, line.contract, line.amount, line.was)
        for row in detail.context["rows"]
        for line in row.lines
    ]


@pytest.mark.covers("S0-26")
def test_an_institution_s_lines(reported):
    detail = detail_of(reported.filing(), {})

    assert lines_of(detail)[:4] == [
        ("日均费用最低", "B制药", 1_008, "1,915.20", ""),
        ("降幅最高", "A制药", 4_500, "3,600.00", ""),
        ("其他中选", "A制药", 2_988, "2,390.40", ""),
        ("其他中选", "C制药", 3_000, "4,000.00", ""),
    ]
    html = render_to_string(detail.template, {"detail": detail.context})
    assert "测试胶囊U" in html
    assert "已上报" in html


def test_a_corrected_report_shows_what_changed(reported, city_reviewer):
    by = {"project": reported.project, "by": reported.by}
    perform([reported.filing()], Action.RETURN, by=Actor.of(city_reviewer), reason="请核对")
    withdraw_pending(row=reported.row(), **by)
    contracts = reported.contracts(B=984)
    save_slot(row=reported.row(), slot=Slot.LOWEST, contracts=contracts, **by)
    confirm_pending(row=reported.row(), **by)

    correcting = lines_of(detail_of(reported.filing(), {}))
    perform([reported.filing()], Action.SUBMIT, by=reported.by)
    again = lines_of(detail_of(reported.filing(), {}))

    changed = [line for line in again if line[-1]]
    assert changed == [("日均费用最低", "B制药", 984, "1,869.60", "上次 1,008")]
    assert [line for line in correcting if line[-1]] == changed


def test_a_bureau_s_products(reported, tree, city_reviewer):
    perform([reported.filing()], Action.APPROVE, by=Actor.of(city_reviewer))

    detail = detail_of(make.filing_of(reported.project, tree["420100"]), {})

    found = [
        (each.product.enterprise.name, each.quantity, each.institutions)
        for each in detail.context["products"]
    ]
    assert found == [("A制药", 7_776, 1), ("B制药", 1_080, 1), ("C制药", 9_091, 1)]
    assert "7,776" in render_to_string(detail.template, {"detail": detail.context})


def test_nothing_approved_yet(reported, tree):
    detail = detail_of(make.filing_of(reported.project, tree["42"]), {})
    html = render_to_string(detail.template, {"detail": detail.context})
    assert "还没有审核通过的分量" in html


def returned(reported, city_reviewer):
    told = Instruction(Actor.of(city_reviewer), reason="请核对", lines=[reported.row().pk])
    carry([reported.filing()], Action.RETURN, told)


def test_what_a_return_asked_for_is_said_on_the_second_pass(reported, city_reviewer):
    by = {"project": reported.project, "by": reported.by}
    returned(reported, city_reviewer)
    withdraw_pending(row=reported.row(), **by)
    save_slot(row=reported.row(), slot=Slot.LOWEST, contracts=reported.contracts(B=984), **by)
    confirm_pending(row=reported.row(), **by)
    perform([reported.filing()], Action.SUBMIT, by=reported.by)

    detail = detail_of(reported.filing(), {})

    assert detail.context["again"].words == "要求改 1 条，已改 1 条"
    assert detail.context["rows"][0].is_asked


def test_a_report_without_any_change_says_so(reported, city_reviewer):
    returned(reported, city_reviewer)
    perform([reported.filing()], Action.SUBMIT, by=reported.by)

    detail = detail_of(reported.filing(), {})

    assert detail.context["again"].words == "要求改 1 条，已改 0 条"
    html = render_to_string(detail.template, {"detail": detail.context})
    assert "与上次上报相比没有任何变动" in html
    assert "要求修改，未改" in html
