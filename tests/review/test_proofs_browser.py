"""Where a project asks for the password once more, in a browser: in the dialog, and on the page of who went without."""

import os
from collections.abc import Callable

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from apps.accounts.models import User
from apps.review.models import Filing
from apps.review.models.statuses import Status
from tests.browser import serious
from tests.cast import Tree
from tests.factories import PASSWORD
from tests.factories_review import filings_of, put
from tests.review.acting import status_of
from tests.review.planting import Paper, planted

pytestmark = pytest.mark.browser
CITY = ("H42010600001", "H42010600002")
KEPT = "Object.values(localStorage).join() + Object.values(sessionStorage).join()"


@pytest.fixture
def waiting(transactional_db: None, tree: Tree, country: object, paper: Paper) -> list[Filing]:
    units = [tree[code] for code in CITY]
    project = planted(units, chain=["city", "province"], asks_proof=True)
    return sorted(put(Status.SUBMITTED, *filings_of(project, units)), key=lambda each: each.path)


@pytest.fixture
def city(page: Page, client_of: Callable[[User], Client], city_reviewer: User) -> Page:
    session = client_of(city_reviewer).cookies["sessionid"].value
    page.goto("/healthz")
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": page.url}])
    return page


def shot(page: Page, name: str) -> None:
    if folder := os.environ.get("SHOTS"):
        page.screenshot(path=f"{folder}/{name}.png")


def test_the_dialog_asks_and_what_is_typed_stays_nowhere(waiting: list[Filing], city: Page) -> None:
    city.goto(f"/review/PAPER/filings/{waiting[0].pk}/")
    city.get_by_role("button", name="审核通过", exact=True).first.click()
    field = city.get_by_role("dialog").get_by_label("登录密码或动态验证码")
    field.fill("Guess-Typed-17")
    assert serious(city) == []
    shot(city, "proof_dialog")
    city.wait_for_timeout(700)
    assert "Guess-Typed-17" not in city.evaluate(KEPT)
    field.press("Enter")

    expect(city.get_by_text("密码或动态验证码不正确，没有办理")).to_be_visible()
    assert serious(city) == []
    shot(city, "proof_page")
    city.get_by_label("登录密码或动态验证码").fill(PASSWORD)
    city.get_by_role("button", name="验证并办理").click()

    expect(city.get_by_text("已审核通过").first).to_be_visible()
    assert status_of(waiting[0]) == "approved"


def test_the_quick_way_to_the_next_one_asks_as_well(waiting: list[Filing], city: Page) -> None:
    city.goto(f"/review/PAPER/filings/{waiting[0].pk}/?queue=status%3Dsubmitted")
    city.keyboard.press("Alt+Enter")
    field = city.get_by_role("dialog").get_by_label("登录密码或动态验证码")
    expect(field).to_be_focused()
    field.fill(PASSWORD)
    field.press("Enter")

    expect(city.locator("h1")).to_have_text("武昌区中医医院")
    assert [status_of(filing) for filing in waiting] == ["approved", "submitted"]
