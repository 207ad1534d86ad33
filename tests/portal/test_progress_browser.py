"""催报 and 撤回处理 in Chromium, on the smallest screen."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from apps.accounts.models import User
from apps.notices.models import Message
from apps.review.models import WithdrawalRequest
from apps.review.models.statuses import Status
from apps.scope.context import whole_country
from tests.browser import fits, follow
from tests.cast import Tree
from tests.factories_review import put
from tests.review.acting import status_of
from tests.review.planting import filing_of, planted, register_paper

pytestmark = pytest.mark.browser
SignIn = Callable[[User], None]


@pytest.fixture
def sign_in(page: Page, client_of: Callable[[User], Client]) -> SignIn:
    """The browser of that person from here on."""

    def signed_in(user: User) -> None:
        session = client_of(user).cookies["sessionid"].value
        page.goto("/healthz")
        page.context.clear_cookies()
        page.context.add_cookies([{"name": "sessionid", "value": session, "url": page.url}])

    return signed_in


@pytest.fixture
def project(transactional_db: None, tree: Tree) -> Any:
    register_paper()
    with whole_country(reason="test"):
        units = [unit for unit in tree.values() if unit.tier == "institution"]
        return planted(units, institution_withdrawal="on_request")


@pytest.mark.covers("S3-02")
def test_a_city_reminds_the_ticked(
    page: Page, sign_in: SignIn, project: Any, hospital_clerk: User, city_reviewer: User
) -> None:
    assert hospital_clerk, "somebody reads it there"
    sign_in(city_reviewer)
    page.goto("/progress/PAPER/")
    assert fits(page)

    page.get_by_label("选择 武昌区人民医院").check()
    page.get_by_role("button", name="催报").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("附加的话").fill("今天截止")
    dialog.get_by_role("button", name="催报").click()

    expect(page.get_by_text("已催报 1 家")).to_be_visible()
    with whole_country(reason="test"):
        assert Message.objects.get().body.endswith("今天截止")


@pytest.mark.covers("S3-27", "S3-29")
def test_a_clerk_asks_and_the_city_agrees(
    page: Page, sign_in: SignIn, project: Any, hospital_clerk: User, city_reviewer: User
) -> None:
    with whole_country(reason="test"):
        (filing,) = put(Status.SUBMITTED, filing_of(project, hospital_clerk))
    sign_in(hospital_clerk)
    page.goto("/review/PAPER/withdrawal/")
    assert fits(page)
    page.get_by_label("申请原因").fill("填错了")
    page.get_by_role("button", name="申请撤回").click()
    expect(page.get_by_text("请等待上级处理").first).to_be_visible()

    sign_in(city_reviewer)
    page.goto("/review/PAPER/withdrawals/")
    assert fits(page)
    follow(page, page.get_by_role("link", name="处理", exact=True))
    assert fits(page)
    page.get_by_role("button", name="同意").click()

    expect(page.get_by_text("已同意武昌区人民医院的撤回申请")).to_be_visible()
    with whole_country(reason="test"):
        assert status_of(filing) == "returned"
        assert WithdrawalRequest.objects.get().state == "granted"
