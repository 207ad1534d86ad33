"""A clerk makes a token for the hospital's system, reads what it can do, and ends it."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser import fits, follow
from tests.factories import PASSWORD

pytestmark = pytest.mark.browser


@pytest.mark.covers("S1-03")
def test_from_the_head_of_the_page_to_the_token_and_back(page, settings, hospital_clerk):
    settings.CAPTCHA = "off"
    page.goto("/accounts/login/")
    page.get_by_label("用户名").fill(hospital_clerk.username)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()

    page.locator(".topbar-person").click()
    page.get_by_role("link", name="新建令牌").click()
    page.get_by_label("名称").fill("HIS 接口")
    page.get_by_label("维护").check()
    page.get_by_label("允许的地址").fill("10.20.0.0/16")
    page.get_by_role("button", name="生成令牌").click()
    page.get_by_label(re.compile("密码")).fill(PASSWORD)
    page.get_by_role("button", name="验证并办理").click()

    expect(page.locator("[data-copy-source]")).to_have_text(re.compile(r"flt_[\w-]{43}"))
    assert fits(page)
    page.get_by_role("link", name="已存放，返回账号安全").click()
    expect(page.get_by_role("rowheader", name="HIS 接口")).to_be_visible()
    assert fits(page)
    follow(page, page.get_by_role("link", name="接口说明"))
    page.get_by_text("/api/v1/projects/{code}/lines").first.click()
    expect(page.get_by_text("上报", exact=False).first).to_be_visible()
    assert fits(page)
    page.go_back()
    page.get_by_role("button", name="终止").click()
    expect(page.get_by_text("没有接口令牌")).to_be_visible()
