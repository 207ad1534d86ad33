"""The sheet in the last Chromium of Windows 7, and for people who do not see it: axe finds nothing serious."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests.browser import serious

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.covers("S2-01")
def test_the_sheet_works_in_chromium_109(old_chromium, live_server, round_, sign_in):
    context = old_chromium.new_context(base_url=live_server.url)
    sign_in(context, round_.clerk)
    page = context.new_page()
    page.goto(reverse("reporting:demand_edit", args=["BL"]))
    page.wait_for_selector("[data-body] .spacer", state="attached")

    page.locator("[data-field=planned]").first.fill("100盒")
    expect(page.locator("[data-cell=rate]").first).to_have_text("0.0%")
    expect(page.locator("[data-saved]")).to_contain_text("已自动保存")
    page.locator("[data-field=planned]").first.press("Shift+ArrowDown")
    expect(page.locator("[data-chosen]")).to_have_text("已选 2 行 × 1 列")
    page.keyboard.press("Control+d")
    expect(page.locator("[data-field=planned]").nth(1)).to_have_value("2,800")
    context.close()


@pytest.mark.parametrize("name", ["demand_edit", "result_list", "variety_list"])
def test_nothing_serious_for_screen_readers(page, round_, sign_in, name):
    sign_in(page.context, round_.clerk)
    page.goto(reverse(f"reporting:{name}", args=["BL"]))
    page.wait_for_load_state("networkidle")

    assert serious(page) == []
