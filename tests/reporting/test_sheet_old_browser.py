"""The sheet in the last Chromium of Windows 7, and for people who do not see it: axe finds nothing serious."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SERIOUS = {"serious", "critical"}


@pytest.fixture
def sign_in(live_server, client_of):
    def signed_in(context, person):
        cookie = client_of(person).cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])

    return signed_in


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
    context.close()


@pytest.mark.parametrize("name", ["demand_edit", "result_list", "variety_list"])
def test_nothing_serious_for_screen_readers(page, round_, sign_in, name):
    sign_in(page.context, round_.clerk)
    page.goto(reverse(f"reporting:{name}", args=["BL"]))
    page.wait_for_load_state("networkidle")

    found = Axe().run(page).response["violations"]

    assert [
        (each["id"], each["nodes"][0]["html"]) for each in found if each["impact"] in SERIOUS
    ] == []
