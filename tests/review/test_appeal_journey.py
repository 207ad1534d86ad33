"""申诉 in a browser at 1024×768: from the return to the answer, seen by both sides."""

from collections.abc import Callable

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from apps.accounts.models import User
from apps.projects.models import Project
from tests.review.appealing import returned
from tests.review.planting import filing_of
from tests.review.test_acting_journey import SCREEN, looked_at

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("country"),
]


def sign_in(page: Page, client: Client) -> None:
    session = client.cookies["sessionid"].value
    page.context.clear_cookies()
    page.goto("/healthz")
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": page.url}])


def test_from_the_return_to_the_answer(
    round_on_paper: Project,
    page: Page,
    client_of: Callable[[User], Client],
    hospital_clerk: User,
    city_reviewer: User,
) -> None:
    filing = filing_of(round_on_paper, hospital_clerk)
    returned(filing, hospital_clerk, city_reviewer)
    page.set_viewport_size(SCREEN)  # type: ignore[arg-type]

    sign_in(page, client_of(hospital_clerk))
    page.goto(f"/review/PAPER/filings/{filing.pk}/")
    page.locator("#history").get_by_role("link", name="申诉").click()
    expect(page.get_by_role("heading", name="提出申诉")).to_be_visible()
    page.get_by_label("申诉内容").fill("数量属实，有进货单")
    looked_at(page, "appeal-create")
    page.get_by_role("button", name="提交申诉").click()
    expect(page.get_by_text("已提交申诉，由武汉市医疗保障局答复")).to_be_visible()
    looked_at(page, "appeal-own")

    sign_in(page, client_of(city_reviewer))
    page.goto("/")
    page.get_by_role("link", name="申诉待答复").click()
    looked_at(page, "appeal-list")
    page.get_by_role("main").get_by_role("link", name="查看").first.click()
    page.get_by_label("支持：申诉成立").check()
    page.get_by_label("答复", exact=False).last.fill("核实无误，请重新上报")
    looked_at(page, "appeal-answer")
    page.get_by_role("button", name="提交答复").click()
    expect(page.get_by_text("关联更正").first).to_be_visible()
    looked_at(page, "appeal-upheld")

    sign_in(page, client_of(hospital_clerk))
    page.goto("/review/PAPER/appeals/")
    expect(page.get_by_role("cell", name="核实无误，请重新上报")).to_be_visible()
