"""The review pages in a browser: by keyboard at 1024 px, by thumb at 390 px, nothing serious for axe."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from apps.accounts.models import User
from apps.projects.models import Project
from apps.review.models import Filing
from apps.review.models.statuses import Status
from tests.browser import fits, follow, serious, tab_to
from tests.cast import Tree
from tests.factories_review import filings_of, put
from tests.review.acting import status_of

pytestmark = pytest.mark.browser
CITY = ("H42010600001", "H42010600002", "H42010000001")
PHONE = {"width": 390, "height": 844}
ZOOMED = {"width": 512, "height": 384}
"""The smallest screen at 200 %."""


@pytest.fixture
def waiting(transactional_db: None, round_on_paper: Project, tree: Tree) -> list[Filing]:
    """Three institutions that wait for the city's review, in the order of their paths."""
    found = put(Status.SUBMITTED, *filings_of(round_on_paper, [tree[code] for code in CITY]))
    return sorted(found, key=lambda filing: filing.path)


@pytest.fixture
def city(page: Page, client_of: Callable[[User], Client], city_reviewer: User) -> Page:
    """The city's reviewer, signed in."""
    session = client_of(city_reviewer).cookies["sessionid"].value
    page.goto("/healthz")
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": page.url}])
    return page


def test_a_reviewer_goes_through_the_list_by_keyboard(waiting: list[Filing], city: Page) -> None:
    city.goto("/review/PAPER/?status=submitted")
    assert fits(city)
    assert serious(city) == []
    tab_to(
        city,
        "document.activeElement.matches('table a') && document.activeElement.innerText === '审核'",
    )
    with city.expect_navigation():
        city.keyboard.press("Enter")
    expect(city.locator("h1")).to_have_text("武昌区人民医院")
    assert fits(city)
    assert serious(city) == []

    city.keyboard.press("Alt+Enter")
    expect(city.locator("h1")).to_have_text("武昌区中医医院")
    city.keyboard.press("Alt+PageDown")
    expect(city.locator("h1")).to_have_text("武汉市第一医院")

    assert [status_of(filing) for filing in waiting] == ["approved", "submitted", "submitted"]


def test_ticking_and_approving_many(waiting: list[Filing], city: Page) -> None:
    city.goto("/review/PAPER/")
    approve = city.get_by_role("button", name="审核通过")
    expect(approve).to_be_disabled()
    city.locator("[data-select-page]").check()
    expect(city.locator("[data-selected-count]").first).to_have_text("3")

    follow(city, approve)
    expect(city.locator(".dialog-effect")).to_have_text("将审核通过 3 家单位的申报。")
    assert serious(city) == []
    city.get_by_role("button", name="审核通过").click()

    expect(city.locator("main")).to_contain_text("已审核通过 3 家。")
    assert {status_of(filing) for filing in waiting} == {"approved"}


@pytest.mark.parametrize("size", [PHONE, ZOOMED], ids=["phone", "zoomed"])
def test_a_narrow_page_is_enough_to_return_and_approve(
    waiting: list[Filing], city: Page, size: Any
) -> None:
    city.set_viewport_size(size)
    for page in ("/", "/review/", "/review/PAPER/", "/review/PAPER/confirm/"):
        city.goto(page)
        assert fits(city), page

    city.goto(f"/review/PAPER/filings/{waiting[0].pk}/")
    assert fits(city)
    assert serious(city) == []
    for button in city.locator(".act-bar .btn").all():
        expect(button).to_be_in_viewport(ratio=1)
    city.get_by_role("button", name="退回修改").click()
    city.get_by_label("退回原因").fill("第三行漏填")
    confirm = city.get_by_role("button", name="确定")
    expect(confirm).to_be_in_viewport(ratio=1)
    assert serious(city) == []
    follow(city, confirm)
    expect(city.locator("main")).to_contain_text("市医保退回")
    expect(city.locator("main")).to_contain_text("第三行漏填")
    assert fits(city)

    city.goto(f"/review/PAPER/filings/{waiting[1].pk}/")
    follow(city, city.get_by_role("button", name="审核通过", exact=True))
    assert [status_of(filing) for filing in waiting] == ["returned", "approved", "submitted"]


def test_without_scripts_a_return_still_works(
    waiting: list[Filing], city: Page, city_reviewer: User, client_of: Callable[[User], Client]
) -> None:
    session = client_of(city_reviewer).cookies["sessionid"].value
    plain = city.context.browser.new_context(java_script_enabled=False)  # type: ignore[union-attr]
    page = plain.new_page()
    plain.add_cookies([{"name": "sessionid", "value": session, "url": city.url}])
    home = city.url.removesuffix("/healthz")

    page.goto(f"{home}/review/PAPER/filings/{waiting[0].pk}/")
    page.locator(".act-bar").get_by_text("退回修改").click()
    page.get_by_label("退回原因").fill("漏填")
    page.get_by_role("button", name="确定").click()

    expect(page.locator("main")).to_contain_text("市医保退回")
    plain.close()
