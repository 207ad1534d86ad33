"""Signing in, changing a password, resetting and issuing, as people do it: in a browser of 1024×768."""

import re

import pytest
from captcha.models import CaptchaStore
from playwright.sync_api import expect

from apps.accounts.models import User
from apps.scope.context import whole_country
from tests.browser import fits
from tests.factories import PASSWORD

pytestmark = pytest.mark.browser
NEW = "Teapot-Violin-61"


@pytest.fixture
def sign_in(page, settings):
    settings.CAPTCHA = "off"

    def signed_in(user, password=PASSWORD):
        page.goto("/accounts/login/")
        page.get_by_label("用户名").fill(user.username)
        page.get_by_label("密码").fill(password)
        page.get_by_role("button", name="登录").click()
        page.wait_for_url(lambda url: "/accounts/login/" not in url)
        return page

    return signed_in


@pytest.mark.covers("S1-03", "S1-06", "S2-01", "S2-11", "S2-13")
def test_login_with_digits_read_aloud_and_a_form_that_clears(page, settings, hospital_clerk):
    settings.CAPTCHA = "always"
    page.goto("/accounts/login/")
    assert fits(page)
    page.get_by_label("用户名").fill(hospital_clerk.username)
    page.get_by_label("密码").fill("x")
    page.get_by_role("button", name="重置").click()
    expect(page.get_by_label("用户名")).to_have_value("")

    page.get_by_label("用户名").fill(hospital_clerk.username)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_text("看不清？听数字").click()
    expect(page.locator("[data-captcha-audio]")).to_have_attribute("src", re.compile("/audio/$"))
    expect(page.locator("[data-captcha-audio]")).to_be_focused()
    key = page.locator("[data-captcha-key]").input_value()
    page.get_by_label("验证码").fill(CaptchaStore.objects.get(hashkey=key).response)
    page.get_by_role("button", name="登录").click()

    expect(page.get_by_role("button", name="退出")).to_be_visible()


def test_another_image_without_losing_what_was_typed(page, settings, db):
    settings.CAPTCHA = "always"
    page.goto("/accounts/login/")
    page.get_by_label("用户名").fill("somebody")
    first = page.locator("[data-captcha-image]").get_attribute("src")

    page.get_by_text("换一个").click()

    expect(page.locator("[data-captcha-image]")).not_to_have_attribute("src", first)
    expect(page.get_by_label("用户名")).to_have_value("somebody")


@pytest.mark.covers("S0-12", "S0-37", "S1-04", "S1-09", "S2-03", "S2-14")
def test_first_login_changes_the_password_behind_a_confirmation(page, sign_in, hospital_clerk):
    hospital_clerk.must_change_password = True
    hospital_clerk.save()
    sign_in(hospital_clerk)
    expect(page.get_by_text("请先修改初始密码")).to_be_visible()
    assert fits(page)

    page.get_by_label("原密码").fill(PASSWORD)
    page.get_by_label(re.compile("^新密码")).fill(NEW)
    page.get_by_label("确认新密码").fill(NEW)
    page.get_by_role("button", name="保存").click()
    page.get_by_role("dialog").get_by_role("button", name="确定").click()

    expect(page.get_by_text("密码已修改")).to_be_visible()


@pytest.mark.covers("S0-35", "S0-36")
def test_city_resets_a_password_and_passes_it_on(page, sign_in, city_reviewer, hospital_clerk):
    sign_in(city_reviewer)
    page.goto("/accounts/subordinates/")
    assert fits(page)

    page.get_by_role("row", name=re.compile("H42010600001")).get_by_text("重置密码").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("H42010600001")
    dialog.get_by_role("button", name="重置密码").click()

    password = page.locator("[data-copy-source]").inner_text()
    with whole_country(reason="test"):
        assert User.objects.get(pk=hospital_clerk.pk).check_password(password)


@pytest.mark.covers("S0-11")
def test_province_issues_accounts_and_takes_the_sheet(page, sign_in, province_officer):
    sign_in(province_officer)
    page.goto("/accounts/issue/")
    assert fits(page)

    page.get_by_label("选择本页全部").check()
    page.get_by_role("button", name="发放账号").click()
    page.get_by_role("dialog").get_by_role("button", name="发放账号").click()
    with page.expect_download() as taken:
        page.get_by_role("button", name="下载 Excel").click()

    assert taken.value.suggested_filename.startswith("账号发放单")
    page.reload()
    expect(page.get_by_text("一次性密码已删除")).to_be_visible()


@pytest.mark.parametrize(
    "address",
    [
        "/organizations/",
        "/organizations/new/",
        "/accounts/sub-accounts/new/",
        "/accounts/password/",
    ],
)
@pytest.mark.covers("S1-03")
def test_pages_fit_the_smallest_screen(page, sign_in, province_officer, address):
    sign_in(province_officer).goto(address)

    assert fits(page)
