"""代填 in a browser at 1024×768: given with a password, filled in two tabs of two units, ended under an open page."""

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect

from apps.accounts.domain.actors import Actor
from apps.accounts.domain.scopes import scope_of
from apps.accounts.models import User
from apps.review.domain.mandates.acts import end_mandate
from apps.review.models import Mandate
from apps.scope.context import enter, whole_country
from tests import factories
from tests import factories_demand as demand
from tests.browser import SCREEN, fits, follow, serious
from tests.cast import Tree
from tests.factories import PASSWORD
from tests.reporting.sheet_page import cell
from tests.review.lending import LENDER, THIRD, Pair, lend, pair_of

pytestmark = pytest.mark.browser
PICTURES = os.environ.get("JOURNEY_PICTURES", "")


@pytest.fixture
def pair(transactional_db: None, tree: Tree, alliance_officer: User, hospital_clerk: User) -> Pair:
    return pair_of(tree, alliance_officer, hospital_clerk)


def sign_in(page: Page, client: Client) -> None:
    page.set_viewport_size(SCREEN)  # type: ignore[arg-type]
    page.goto("/healthz")
    page.context.clear_cookies()
    session = client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": page.url}])


def looked_at(page: Page, name: str) -> None:
    assert serious(page) == []
    assert fits(page)
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)


def typed(page: Page, quantity: str, *, told: str = "已自动保存") -> None:
    cell(page, "P0001").fill(quantity)
    cell(page, "P0001").press("Enter")
    expect(page.locator("[data-saved]")).to_contain_text(told)


def test_two_units_in_two_tabs(
    page: Page, pair: Pair, tree: Tree, client_of: Callable[[User], Client]
) -> None:
    code = pair.project.code
    sign_in(page, client_of(pair.lender))
    page.goto(f"/projects/{code}/")
    follow(page, page.get_by_role("link", name="代填授权"))
    follow(page, page.get_by_role("link", name="授权代填"))
    page.get_by_label("被授权账号的用户名").fill(pair.holder.username)
    page.get_by_label("被授权单位的名称").fill("武昌区中医医院")
    page.get_by_label("授权至").fill(f"{timezone.localdate() + timedelta(days=5)}")
    looked_at(page, "mandate_grant")
    follow(page, page.get_by_role("button", name="授权代填"))
    page.locator("[name=proof]").fill(PASSWORD)
    page.get_by_role("button", name="验证并办理").click()
    expect(page.get_by_text("徐代填").first).to_be_visible()
    looked_at(page, "mandate_list")
    with whole_country(reason="test"):
        first = Mandate.objects.get()
    second = lend(pair, by=factories.account_of(tree[THIRD], name="冯三院"), may_report=True)

    sign_in(page, client_of(pair.holder))
    page.goto("/")
    follow(page, page.get_by_role("link", name="武昌区中医医院"))
    looked_at(page, "mandate_held_list")
    page.get_by_role("row", name="武昌区人民医院").get_by_role("link", name="代填").click()
    expect(page.locator("[data-acting]")).to_contain_text("武昌区人民医院")
    other = page.context.new_page()
    other.goto(f"/for/{second.pk}/demand/{code}/entry/")
    expect(other.locator("[data-acting]")).to_contain_text("武汉市第一医院")
    typed(page, "111")
    typed(other, "222")
    looked_at(page, "mandate_sheet")

    lines = [demand.line_of(pair.project, tree[unit], "P0001") for unit in (LENDER, THIRD)]
    assert [line.planned for line in lines if line] == [111, 222]
    with enter(scope_of(pair.lender)):
        end_mandate(mandate_id=first.pk, by=Actor.of(pair.lender))
    typed(page, "333", told="没有保存")
    expect(page.locator("[data-entry-notice]")).to_contain_text("已经结束")
    line = demand.line_of(pair.project, tree[LENDER], "P0001")
    assert line is not None
    assert line.planned == 111
    with whole_country(reason="test"):
        assert Mandate.objects.get(pk=second.pk).is_live
